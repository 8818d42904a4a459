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
for tested in torture daemon; do
    (cd "$where" && TORTURE_RUNS=0 srcdir=$top timeout 900 sh "$top/tests/torture/$tested.test") \
        >>"$where/torture.txt" || fail "$(tail -n 20 "$where/torture.txt")"
done
sed 's/^/show: /' "$where/torture.txt"
runs=$(awk '{sum += $2} END {print sum}' "$where/torture.txt")
echo "$runs runs with one failed allocation each: a message or the whole right answer, and a daemon that goes on"
