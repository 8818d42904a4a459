#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: the Debian packages are made alike twice, please lintian, and on a fresh Debian install, work, upgrade, survive a full disk and go without a trace.
. "$(dirname "$0")/lib.sh"
. tests/ci/root.sh
. tests/ci/packed.sh
needs <<'EOF'
debhelper       -       dh
dpkg-dev        -       dpkg-buildpackage
fakeroot        -       fakeroot
lintian         -       lintian
autopkgtest     -       autopkgtest
xz-utils        xz      xz
EOF

check=/usr/lib/nagios/plugins/check_amr_upgrade
nagios=/etc/nagios-plugins/config/amr-upgrade.cfg
collectd=/etc/collectd/collectd.conf.d/amr-upgrade.conf
example=/usr/share/doc/amr-upgrade-monitor-common/examples/credentials.example

# Asked about an edited file, dpkg gets the answer that it proposes.
in_root_apt() {
    in_root 0:0 env DEBIAN_FRONTEND=noninteractive \
        apt-get -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold -qy "$@"
}

# as_earlier DEB: the same package as an earlier build with other configuration, in the root's
# folder /earlier
as_earlier() {
    dpkg-deb -R "$1" "$work/repack"
    sed -i "s/$version/$earlier/" "$work/repack/DEBIAN/control"
    find "$work/repack/etc" -type f 2>/dev/null | while read -r file; do append '# earlier' "$file"; done
    dpkg-deb -b "$work/repack" "$root/earlier/$(basename "$1" | sed "s/$version/$earlier/")"
    rm -rf "$work/repack"
}

put_packages() {
    version=$(dpkg-parsechangelog -l packaging/debian/changelog -S Version)
    earlier=$version~earlier
    mkdir "$root/now" "$root/earlier"
    for deb in "$packages"/*.deb; do
        case $deb in
        *-dbgsym_*) ;;
        *)
            cp "$deb" "$root/now/"
            as_earlier "$deb"
            ;;
        esac
    done
    # Nothing may be started here.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
}

# install_from FOLDER [OPTION...]: all packages that it holds
install_from() {
    folder=$1
    shift
    # shellcheck disable=SC2046
    in_root_apt install --no-install-recommends "$@" $(cd "$root" && printf '/%s\n' "$folder"/*.deb)
}

names() {
    for deb in "$root"/now/*.deb; do
        basename "$deb" | sed 's/_.*//'
    done
}

modes_are_right() {
    for entry in '755 0:0 /etc/amr-upgrade' '755 0:0 /var/cache/amr-upgrade' \
        '755 0:0 /var/lib/amr-upgrade' "755 0:0 $check" "644 0:0 $example" \
        "644 0:0 $nagios" "644 0:0 $collectd"; do
        path=${entry##* }
        [ "$(stat -c '%a %u:%g' "$root$path") $path" = "$entry" ] || fail "$path is not as: $entry"
    done
}

# The user comes later than the packages, and the disk is full for his directory.
user_comes() {
    [ -z "$(ls "$root/var/lib/amr-upgrade")" ] || fail "there are directories of users who are not there"
    mount_full var/lib/amr-upgrade
    in_root_apt install --no-install-recommends nagios-nrpe-server >"$work/full" 2>&1
    cat "$work/full"
    umount "$root/var/lib/amr-upgrade"
    grep 'No space left on device' "$work/full"
    advice=$(sed -n 's/.*when that is mended, run: //p' "$work/full")
    # shellcheck disable=SC2086
    in_root 0:0 $advice
    user=$(in_root 0:0 id -u nagios):$(in_root 0:0 id -g nagios)
    [ -d "$root/var/lib/amr-upgrade/${user%:*}" ] || fail "the user has got no directory"
}

# Where the disk is full, apt says so, checks go on, the user loses nothing, and what apt advises
# mends it.
upgrade_on_full_disk() {
    users_own >"$work/before"
    mount_full usr/share/bash-completion/completions
    if install_from now >"$work/full" 2>&1; then
        fail "installed on a full disk"
    fi
    cat "$work/full"
    umount "$root/usr/share/bash-completion/completions"
    grep 'No space left on device' "$work/full" || fail "a full disk is not told"
    users_own | diff "$work/before" - || fail "a full disk cost the user something"
    judges "$user"
    install_from now --fix-broken
}

traces() {
    find "$root" -xdev \( -path "$root/proc" -o -path "$root/now" -o -path "$root/earlier" \) -prune -o \
        -path '*amr[-_]upgrade*' -print
}

make_twice deb
lintian --allow-root -EIL +pedantic --fail-on error,warning "$packages"/*.changes
make_root --variant=apt
put_packages
. tests/azure/azure.sh
azure_start "$work/azure"
trap 'azure_stop; root_remove' EXIT

in_root_apt update
install_from earlier
user_comes
check_works
edit_configuration
upgrade_on_full_disk
users_own | diff "$work/before" - || fail "the upgrade changed what is the user's"
edits_are_in ''
offered .dpkg-dist
modes_are_right
judges "$user"

# shellcheck disable=SC2046
in_root_apt remove $(names)
[ ! -e "$root$check" ] || fail "the check is still there"
users_own | diff "$work/before" - || fail "removal took what is the user's"
edits_are_in ''
# shellcheck disable=SC2046
in_root 0:0 dpkg --purge $(names)
traces >"$work/traces"
[ ! -s "$work/traces" ] || fail "these are left: $(cat "$work/traces")"
autopkgtest "$packages"/*.changes -- chroot "$root"
echo "$same files are the same made twice; the packages were installed, upgraded and removed without a trace"
