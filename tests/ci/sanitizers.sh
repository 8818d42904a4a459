#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: all tests pass under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, those of collectd's plugin under ThreadSanitizer.
. "$(dirname "$0")/lib.sh"

needs <<'EOF'
-     libasan  -
-     libubsan -
-     libtsan  -
EOF

# in_mocked_daemon [CASE...]: the cases of collectd's plugin with that of the build folder
in_mocked_daemon() (
    cd "$where"
    TSAN_OPTIONS=halt_on_error=1
    export TSAN_OPTIONS
    python3 "$top/tests/collectd/plugin.py" ./mock_daemon ./amr_upgrade.so \
        "$top/tests/collectd/cases.json" "$@"
)

# Most of their time is waiting.
configured threads --enable-sanitizers=thread CFLAGS='-O1 -g'
make -C "$where" -j "$jobs" all mock_daemon
aside "$where/mocked.txt" in_mocked_daemon

configured sanitizers --enable-sanitizers CFLAGS='-O1 -g'
ASAN_OPTIONS=detect_stack_use_after_return=1
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS
make -C "$where" -j "$jobs"
VERBOSE=1 make -C "$where" -j "$jobs" check
join_aside

# Without its lock the plugin must be found out.
where=build-ci/threads
cat >"$where/unlocked.h" <<'EOF'
#include <pthread.h>
#define pthread_mutex_lock(mutex) ((void)(mutex), 0)
#define pthread_mutex_unlock(mutex) ((void)(mutex), 0)
EOF
rm "$where/plugins/collectd/worker.o"
make -C "$where" amr_upgrade.so CPPFLAGS="-include $top/$where/unlocked.h"
if in_mocked_daemon "the series of a database that is deferred, and of the account"; then
    fail "planted, and not found: a worker without a lock"
fi
echo "no bad access, no leak, no undefined behaviour, no race"
