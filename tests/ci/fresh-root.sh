#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: on a minimal Debian a clean clone is set up by ./bootstrap demo and check alone, twice over, and leaves nothing else behind.
. "$(dirname "$0")/lib.sh"

[ -d .git ] || skip "no repository to clone"
. tests/ci/root.sh
needs <<'EOF'
git        git        git
EOF

home=/home/nagios
clone=$home/amr-upgrade-monitor

make_clone() {
    chroot "$root" useradd -u 1000 -m nagios
    git clone -q --no-hardlinks "file://$top" "$root$clone"
    chown -R 1000:1000 "$root$clone"
}

# in_clone WHO COMMAND...
in_clone() {
    who=$1
    shift
    in_root "$who" sh -c "cd $clone && exec \"\$@\"" sh "$@"
}

# as_told NAME WHO COMMAND...: shows what an operator sees, keeps it, wants exit code 0
as_told() {
    seen=$work/$1
    who=$2
    shift 2
    begun=$(date +%s)
    status=0
    in_clone "$who" "$@" >"$seen" 2>&1 || status=$?
    cat "$seen"
    echo "[$*: exit code $status, $(($(date +%s) - begun)) s]"
    [ "$status" -eq 0 ] || fail "$* ended with $status"
}

sees() {
    grep -q -e "$1" "$seen" || fail "this was to be seen: $1"
}

sees_no() {
    ! grep -q -e "$1" "$seen" || fail "this was not to be seen: $1"
}

demo_is_shown() {
    sees '^\$ build-demo/check_amr_upgrade'
    sees '^AMR UPGRADE CRITICAL - 6 of 11 databases need attention'
    sees 'current=2 preview=1 available=1 choice=2 due=1 deferred=1 overdue=1 late=1 unknown=1 '
    sees 'exit code 2: CRITICAL'
    sees 'AZURE_SUBSCRIPTION_ID='
}

no_process_is_left() {
    for link in /proc/[0-9]*/root; do
        [ "$(readlink "$link" 2>/dev/null)" != "$root" ] || fail "a process is left: $link"
    done
}

# Files that changed since the stamp, outside the clone.
no_file_is_left() {
    changed=$(find "$root" -xdev -path "$root$clone" -prune -o \
        -newer "$work/stamp" ! -type d ! -type c -print)
    [ -z "$changed" ] || fail "files outside the clone changed: $changed"
}

make_root --variant=minbase
make_clone
as_told needy-demo 1000:1000 sh -c './bootstrap demo || test $? -eq 1'
sees 'not root, and no sudo; please run as root: apt-get install'
as_told first-demo 0:0 ./bootstrap demo
sees 'installing them: apt-get install'
demo_is_shown
touch "$work/stamp"
as_told second-demo 0:0 ./bootstrap demo
sees_no installing
demo_is_shown
no_file_is_left
# The tests run in the second check, where what they leave behind is seen.
as_told first-check 0:0 env MAKEFLAGS='-- TESTS=test_version' ./bootstrap check
touch "$work/stamp"
as_told second-check 0:0 ./bootstrap check
sees_no installing
sees '^All tests passed'
chown -R 1000:1000 "$root$clone"
as_told users-demo 1000:1000 ./bootstrap demo
demo_is_shown
no_file_is_left
no_process_is_left
echo "a minimal $suite was set up; nothing is left beside the clone"
