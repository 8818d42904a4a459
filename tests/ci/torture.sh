#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: every allocation of the check, of collectd's plugin and of libcurl may fail, in turn, without a crash, a leak or a wrong answer.
. "$(dirname "$0")/lib.sh"

needs <<'NEEDS'
python3 python3 python3
openssl openssl openssl
NEEDS

configured torture
make -C "$where" -j "$jobs" check_amr_upgrade amr_upgrade.so mock_daemon

# every_run NAME: the test tests/torture/NAME.test without its limit of runs
every_run() (
    cd "$where"
    TORTURE_RUNS=0 srcdir=$top timeout 900 sh "$top/tests/torture/$1.test"
)

aside "$where/torture.txt" every_run torture
every_run daemon >"$where/daemon.txt" || fail "$(tail -n 20 "$where/daemon.txt")"
join_aside
sed 's/^/show: /' "$where/torture.txt" "$where/daemon.txt"
runs=$(awk '{sum += $2} END {print sum}' "$where/torture.txt" "$where/daemon.txt")
echo "$runs runs with one failed allocation each: a message or the whole right answer, and a daemon that goes on"
