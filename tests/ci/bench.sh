#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: the ratios of cost and the peaks of memory are within their limits, and prints them (make bench).
. "$(dirname "$0")/lib.sh"

grep -q '^bench:' Makefile.am || skip "Makefile.am has no target bench"
needs <<'EOF'
curl             curl-minimal       curl
collectd-core    collectd           collectd
libyajl2         collectd-curl_json -
libcurl3-gnutls  -                  -
EOF
configured bench
make -C "$where" -j "$jobs" all parse_whole mock_daemon
# 40 pairs, the default, would take five minutes.
status=0
make -s -C "$where" bench PAIRS=10 >"$where/bench.txt" || status=$?
sed 's/^/show: /' "$where/bench.txt"
! grep -q "left out" "$where/bench.txt" || fail "collectd is not here"
[ "$status" -eq 0 ] || fail "beyond a limit, or not measured"
echo "within the limits"
