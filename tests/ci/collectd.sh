#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: in a real collectd beside other plugins, and under valgrind, the plugin shows all series, recovers, ends and leaks nothing.
. "$(dirname "$0")/lib.sh"

needs <<'EOF'
collectd-core    collectd                  collectd
collectd-dev     -                         -
libcurl3-gnutls  collectd-curl_json        -
libmicrohttpd12  collectd-write_prometheus -
libprotobuf-c1   -                         -
librrd8          collectd-rrdtool          -
libyajl2         collectd-write_http       -
valgrind         valgrind                  valgrind
EOF

find_collectd
configured collectd CFLAGS='-O2 -g'
make -C "$where" -j "$jobs" all mock_daemon
cd "$where"
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 PYTHONDONTWRITEBYTECODE=1
CC=${CC:-cc} NM=${NM:-nm} srcdir=$top sh "$top/tests/collectd/abi.sh" >abi.txt || fail "$(cat abi.txt)"
# Fedora and EL install no headers of collectd.
[ ! -f /etc/debian_version ] || grep -q 'agree in' abi.txt || fail "abi.h was not compared"
python3 "$top/tests/collectd/facts.py" ./mock_daemon ./amr_upgrade.so ./check_amr_upgrade \
    "$daemon" "$plugins"
python3 -W ignore "$top/tests/collectd/real.py" "$daemon" "$plugins" ./amr_upgrade.so
aside leaks.txt python3 -W ignore "$top/tests/collectd/leaks.py" ./mock_daemon ./amr_upgrade.so \
    "$daemon" "$plugins"
python3 -W ignore "$top/tests/collectd/real.py" "$daemon" "$plugins" ./amr_upgrade.so \
    valgrind -q --error-exitcode=99
join_aside

# A plugin that keeps the names of each reading must be found out.
cat >leaking.h <<'EOF'
#include "arena.h"
#define amr_arena_free(arena) ((void)(arena))
EOF
rm plugins/collectd/pass.o
make amr_upgrade.so CPPFLAGS="-include $PWD/leaking.h"
if python3 -W ignore "$top/tests/collectd/leaks.py" ./mock_daemon ./amr_upgrade.so >leaking.txt; then
    fail "planted, and not found: a leak in each reading"
fi
grep -q '^0 passed, 1 failed' leaking.txt || fail "$(cat leaking.txt)"
echo "all series, recovery, twenty restarts with a request in flight, no leak that grows"
