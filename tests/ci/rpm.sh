#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: the RPMs are made alike twice, please rpmlint, and in empty roots install, verify, work, upgrade, survive a full disk and are erased.
. "$(dirname "$0")/lib.sh"
. tests/ci/root.sh
. tests/ci/packed.sh
needs <<'EOF'
rpm             rpm-build  rpmbuild
rpmlint         rpmlint    rpmlint
xz-utils        xz         xz
EOF

check=/usr/lib64/nagios/plugins/check_amr_upgrade
nagios=/etc/nagios/conf.d/amr-upgrade.cfg
collectd=/etc/collectd.d/amr-upgrade.conf
example=/usr/share/doc/amr-upgrade-monitor-common/examples/credentials.example

# into ROOT OPTION...: rpm there; what its packages need comes from Debian, if at all
into() {
    where=$1
    shift
    rpm --root "$where" --dbpath /var/lib/rpm "$@"
}

binaries() {
    find "$1/RPMS" -name '*.rpm'
}

names() {
    # shellcheck disable=SC2046
    rpm -qp --qf '%{NAME}\n' $(binaries "$packages")
}

# A release before this one, of the same sources but for the configuration.
make_earlier() {
    mkdir "$work/source"
    tar -xf "$(dirname "$packages")"/*.tar.xz -C "$work/source"
    spec=$work/source/$(ls "$work/source")/packaging/rpm/amr-upgrade-monitor.spec
    sed -i 's/^Release: .*/Release: 0.1/' "$spec"
    of=${spec%/rpm/*}
    append '# earlier' "$of/nagios/amr-upgrade.cfg" "$of/collectd/amr-upgrade.conf"
    tarball=$work/$(ls "$work/source").tar.xz
    tar -cJf "$tarball" -C "$work/source" "$(ls "$work/source")"
    sh packaging/make-rpm.sh "$tarball" "$work/earlier" --without check
}

# Where there is nothing, not even a shell.
empty_root() {
    mkdir "$work/empty"
    # shellcheck disable=SC2046
    into "$work/empty" -i --nodeps --noscripts $(binaries "$packages")
    # shellcheck disable=SC2046
    into "$work/empty" -V --nodeps $(names)
    # shellcheck disable=SC2046
    into "$work/empty" -e --noscripts $(names)
    left=$(find "$work/empty" -path "$work/empty/var/lib/rpm" -prune -o ! -type d -print)
    [ -z "$left" ] || fail "left in the empty root: $left"
}

# As the package nrpe of EL does, it brings the user.
make_nrpe() {
    mkdir "$work/nrpe"
    cat >"$work/nrpe/nrpe.spec" <<'EOF'
Name: nrpe
Version: 4
Release: 1
Summary: A user
License: MIT
BuildArch: noarch
%description
A user.
%pre
echo 'nrpe:x:900:900::/:/bin/sh' >>/etc/passwd
echo 'nrpe:x:900:' >>/etc/group
%files
EOF
    rpmbuild -bb --define "_topdir $work/nrpe" "$work/nrpe/nrpe.spec"
}

user_comes() {
    [ -z "$(ls "$root/var/lib/amr-upgrade")" ] || fail "there are directories of users who are not there"
    make_nrpe
    # shellcheck disable=SC2046
    into "$root" -i --nodeps $(binaries "$work/nrpe")
    user=900:900
    [ -d "$root/var/lib/amr-upgrade/900" ] || fail "the user has got no directory"
}

upgrade_on_full_disk() {
    users_own >"$work/before"
    mount_full usr/share/bash-completion/completions
    # shellcheck disable=SC2046
    if into "$root" -U --nodeps $(binaries "$packages") >"$work/full" 2>&1; then
        fail "installed on a full disk"
    fi
    cat "$work/full"
    umount "$root/usr/share/bash-completion/completions"
    grep 'needs .* on the .* filesystem' "$work/full" || fail "a full disk is not told"
    users_own | diff "$work/before" - || fail "a full disk cost the user something"
    judges "$user"
    # shellcheck disable=SC2046
    into "$root" -U --nodeps $(binaries "$packages")
}

make_twice rpm
# shellcheck disable=SC2046
rpmlint --strict -c packaging/rpm/rpmlint.toml packaging/rpm/*.spec $(find "$packages" -name '*.rpm')
empty_root
make_earlier
make_root --variant=apt --include=libcurl4,libjson-c5,libssl3
. tests/azure/azure.sh
azure_start "$work/azure"
trap 'azure_stop; root_remove' EXIT

# shellcheck disable=SC2046
into "$root" -i --nodeps $(binaries "$work/earlier")
user_comes
check_works
edit_configuration
upgrade_on_full_disk
users_own | diff "$work/before" - || fail "the upgrade changed what is the user's"
edits_are_in ''
offered .rpmnew
# shellcheck disable=SC2046
into "$root" -V --nodeps --noconfig $(names)
judges "$user"

# shellcheck disable=SC2046
into "$root" -e $(names)
[ ! -e "$root$check" ] || fail "the check is still there"
[ ! -e "$root/var/cache/amr-upgrade" ] || fail "the cache is still there"
grep -v 'var/cache' "$work/before" >"$work/kept"
edits_are_in .rpmsave
users_own 2>/dev/null | diff "$work/kept" - || fail "erasure took what is the user's"
echo "$same files are the same made twice; the packages were installed, verified, upgraded and erased"
