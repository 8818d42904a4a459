#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: every allocation of the check and of libcurl may fail, in turn, without a crash or a wrong answer.
. "$(dirname "$0")/lib.sh"

needs <<'NEEDS'
python3 python3 python3
openssl openssl openssl
NEEDS

configured torture
make -C "$where" -j "$jobs" check_amr_upgrade
(cd "$where" && TORTURE_RUNS=0 srcdir=$top timeout 900 sh "$top/tests/torture/torture.test") >"$where/torture.txt" ||
    fail "$(tail -n 20 "$where/torture.txt")"
sed 's/^/show: /' "$where/torture.txt"
runs=$(awk '{sum += $2} END {print sum}' "$where/torture.txt")
echo "$runs runs with one failed allocation each: a message or the whole right answer"
