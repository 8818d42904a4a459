# shellcheck shell=sh disable=SC2034,SC2154,SC2164
# SPDX-License-Identifier: MIT
# Shared by the stages that make packages, sourced after root.sh.

# make_twice KIND: makes the packages here and, elsewhere, from what was made here; $packages is
# where the first ones are. Both must be the same to the byte.
make_twice() {
    configured "$1"
    # The stage distcheck has run the tests of the archive, with the same flags but for hardening.
    (umask 022 && DEB_BUILD_OPTIONS=nocheck make -s -C "$where" "$1" RPMBUILD_OPTIONS='--without check')
    packages=$where/$1
    mkdir "$work/other"
    tar -xf "$where"/*.tar.xz -C "$work/other" --strip-components=1
    (
        umask 077
        export TZ=Asia/Kathmandu LC_ALL=C.UTF-8 LANGUAGE=de HOME="$work" DEB_BUILD_OPTIONS=nocheck
        cd "$work/other"
        ./configure --prefix=/opt/other
        make -s "$1" RPMBUILD_OPTIONS='--without check'
    )
    sums "$where" "$1" >"$work/sums"
    sums "$work/other" "$1" >"$work/other-sums"
    cat "$work/sums"
    diff "$work/sums" "$work/other-sums" || fail "made again, the packages are others"
    same=$(wc -l <"$work/sums")
}

# sums DIR KIND
sums() (
    cd "$1"
    find ./*.tar.xz "$2" -type f ! -name '*.buildinfo' ! -name '*.changes' | sort | xargs sha256sum
)

# as_told WHO PROGRAM...: what is installed, told where Azure is; sets $status
as_told() {
    who=$1
    shift
    status=0
    in_root "$who" "$@" --arm-endpoint "$ARM_ENDPOINT" --authority "$AUTHORITY" \
        --ca-file /etc/amr-upgrade/ca.pem --subscription "$SUBSCRIPTION" \
        --credentials /etc/amr-upgrade/credentials >"$work/said" || status=$?
    head -n 1 "$work/said" | cut -c1-200
}

# judges WHO OPTION...: the check judges the fleet, whatever the day makes of it
judges() {
    who=$1
    shift
    as_told "$who" "$check" "$@"
    [ "$status" -le 2 ] || fail "exit code $status"
    grep -q '^AMR UPGRADE .* databases=11 ' "$work/said" || fail "the fleet is not judged"
}

# says STATUS TEXT: the last as_told ended so and said so
says() {
    [ "$status" -eq "$1" ] || fail "exit code $status, not $1"
    grep -q -e "$2" "$work/said" || fail "this was to be said: $2"
}

# write_credentials MODE: the example filled in as it says
write_credentials() {
    sed -e "s/^tenant = .*/tenant = $TENANT/" -e "s/^client-id = .*/client-id = $CLIENT_ID/" \
        -e "s/^client-secret = .*/client-secret = $(cat "$CLIENT_SECRET_FILE")/" \
        "$root$example" >"$root/etc/amr-upgrade/credentials"
    chown "0:${user#*:}" "$root/etc/amr-upgrade/credentials"
    chmod "$1" "$root/etc/amr-upgrade/credentials"
}

# What the installed check does with credentials, its cache and its history, as $user (UID:GID)
# and as root.
check_works() {
    install -m 0644 "$CA_FILE" "$root/etc/amr-upgrade/ca.pem"
    install -m 0644 tests/azure/catalog-demo.json "$root/etc/amr-upgrade/catalog.json"
    as_told "$user" "$check"
    says 3 'No such file or directory: write tenant, client-id and client-secret into it, mode 0640'
    write_credentials 0600
    as_told "$user" "$check"
    says 3 "Permission denied: the user with the id ${user%:*} must be able to read it"
    write_credentials 0644
    judges "$user"
    grep -q 'can read /etc/amr-upgrade/credentials: chmod 0600 or 0640' "$work/said" ||
        fail "a secret that all can read is not told"
    write_credentials 0640
    for one in "$user" 0:0; do
        judges "$one" -v
        ! grep -e '^cache:' -e '^state:' "$work/said" || fail "a directory cannot be used"
        asked=$(azure_requests list)
        judges "$one"
        [ "$(azure_requests list)" -eq "$asked" ] || fail "the cache is not used"
        kept_is_own "${one%:*}"
    done
    as_told "$user" amr-upgrade list
    says 0 orders.westeurope
}

# kept_is_own UID: there are a snapshot and a history, and nobody else's file among them
kept_is_own() {
    for parent in var/cache/amr-upgrade var/lib/amr-upgrade; do
        [ -n "$(find "$root/$parent/$1" -type f)" ] || fail "nothing is kept in $parent/$1"
        [ -z "$(find "$root/$parent/$1" ! -uid "$1")" ] || fail "others write in $parent/$1"
        [ "$(stat -c %a "$root/$parent/$1")" = 700 ] || fail "$parent/$1 is not 0700"
    done
}

# append LINE FILE...
append() {
    line=$1
    shift
    for file; do
        echo "$line" >>"$file"
    done
}

# The files of configuration, which a stage names in $nagios and $collectd, as an administrator
# leaves them.
edit_configuration() {
    append '# edited' "$root$nagios" "$root$collectd"
}

# edits_are_in SUFFIX: in the files, or in those that have the suffix since
edits_are_in() {
    for file in "$nagios" "$collectd"; do
        [ "$(tail -n 1 "$root$file$1")" = '# edited' ] || fail "$file$1 has lost the edit"
    done
}

# offered SUFFIX: the files of the later package are beside the edited ones; collectd's is the
# sample with every line commented out
offered() {
    cmp "$root$nagios$1" packaging/nagios/amr-upgrade.cfg
    ! grep -v '^#' "$root$collectd$1" || fail "$collectd does something unasked"
    sed 's/^#//' "$root$collectd$1" | cmp - packaging/collectd/amr-upgrade.conf
}

# A fingerprint of all that is the user's: configuration, cache and history.
users_own() {
    (cd "$root" && find etc/amr-upgrade var/cache/amr-upgrade var/lib/amr-upgrade \
        -printf '%p %m %U %G %s\n' -type f -exec sha256sum {} + | sort)
}

# mount_full FOLDER: no file can be made there
mount_full() {
    mount -t tmpfs -o nr_inodes=1 tmpfs "$root/$1"
}
