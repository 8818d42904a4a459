# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Shared by the stages that need a fresh Debian, sourced after lib.sh. It makes $work, an empty
# folder, and $root within it, where make_root puts a minimal Debian; both go away with the stage.

[ "$(id -u)" -eq 0 ] || skip "not root: a chroot cannot be made"
[ -x /usr/bin/apt-get ] || skip "the machine has no apt, whose sources the new root would use"
needs <<'EOF'
mmdebstrap mmdebstrap mmdebstrap
EOF

# A mount namespace of its own: what is mounted goes away with this script.
if [ -z "${ROOT_IS_APART:-}" ]; then
    unshare --mount true || skip "mounts cannot be kept apart here"
    ROOT_IS_APART=1 exec unshare --mount --propagation private sh "$PWD/tests/ci/$(basename "$0")"
fi

work=$(mktemp -d)
chmod 755 "$work"
root=$work/root

# Mounts would keep rm from their folders.
root_remove() {
    awk -v root="$root/" 'index($2, root) == 1 { print $2 }' /proc/self/mounts | sort -r |
        while read -r mounted; do umount "$mounted"; done
    rm -rf --one-file-system "$work"
}
trap root_remove EXIT

# apt's set-up of this machine is the only one known to work here.
apt_sources() {
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ ! -s "$file" ] || echo "$file"
    done
}

# Only where apt itself speaks https: the package ca-certificates comes through it.
copy_authorities() {
    apt_sources | xargs grep -qs 'https:' || return 0
    mkdir -p "$root/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
}

# make_root [OPTION of mmdebstrap...]: a minimal Debian, of the kind that this machine is
make_root() {
    # shellcheck disable=SC1091
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    # shellcheck disable=SC2046
    mmdebstrap --mode=root "$@" "$suite" "$root" $(apt_sources) </dev/null
    cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    copy_authorities
    mount -t proc proc "$root/proc"
    mkdir -p "$root/dev/pts"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
    ln -sf pts/ptmx "$root/dev/ptmx"
}

# in_root WHO COMMAND...: as on a machine where nothing was set
in_root() {
    who=$1
    shift
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="${home:-/}" TERM=dumb \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        chroot --userspec="$who" "$root" "$@" </dev/null
}
