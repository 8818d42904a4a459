# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Shared by the stages, which source it first: each then runs in the top folder, ends at the
# first failure, and closes with one line that says what came out.
# shellcheck disable=SC2034
set -eu
cd "$(dirname "$0")/../.."
top=$PWD
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
test_jobs=$((jobs + 1)) # tests wait more than they compute

# 77 is what ./bootstrap ci takes as skipped.
skip() {
    echo "skipped: $*"
    exit 77
}

fail() {
    echo "failed: $*"
    exit 1
}

# needs: install what a table on standard input names, as in ./bootstrap
needs() {
    ./bootstrap needs
}

# needs_without_services: the same; Debian's packages start no service that they bring
needs_without_services() {
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ] || [ ! -d /etc/dpkg ]; then
        needs
        return
    fi
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    status=0
    needs || status=$?
    rm -f "$policy"
    return "$status"
}

# configured NAME [OPTION...]: an empty build folder build-ci/NAME, configured
configured() {
    where=build-ci/$1
    shift
    [ -f configure ] || autoreconf -i
    rm -rf "$where"
    mkdir -p "$where"
    (cd "$where" && ../../configure "$@")
}

# aside LOG COMMAND...: runs it beside the rest of the stage, which ends no sooner; once, in a stage
# that sets no trap of its own
aside() {
    aside_log=$1
    shift
    "$@" >"$aside_log" 2>&1 &
    aside=$!
    trap 'wait; cat "$aside_log"' EXIT
}

# join_aside: waits for it, and fails as it did
join_aside() {
    wait "$aside" || fail "what ran aside: exit code $?"
    trap - EXIT
    cat "$aside_log"
}

# shell_files, c_files, python_files: the project's own
own_files() {
    find . \( -name 'build*' -o -name .git -o -name autom4te.cache -o -name node_modules \) -prune -o \
        -type f "$@" -print | sort
}

c_files() {
    own_files -name '*.[ch]' ! -name config.h
}

python_files() {
    own_files -name '*.py'
}

# Scripts without a suffix are known by their first line.
shell_files() {
    own_files \( -name '*.sh' -o -name '*.test' \)
    own_files ! -name '*.*' ! -name '*~' ! -name configure -perm -u+x | while read -r file; do
        ! head -n 1 "$file" | grep -q '^#!.*sh$' || echo "$file"
    done
}

# find_collectd: the daemon as $daemon, the folder of its own plugins as $plugins
find_collectd() {
    daemon=$(PATH=$PATH:/usr/sbin command -v collectd)
    for plugins in /usr/lib/collectd /usr/lib64/collectd /usr/lib/*/collectd; do
        [ ! -f "$plugins/csv.so" ] || break
    done
}
