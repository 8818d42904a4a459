#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: all tests pass under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer.
. "$(dirname "$0")/lib.sh"

needs <<'EOF'
-     libasan  -
-     libubsan -
EOF

configured sanitizers --enable-sanitizers CFLAGS='-O1 -g'
ASAN_OPTIONS=detect_stack_use_after_return=1
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS
make -C "$where" -j "$jobs"
VERBOSE=1 make -C "$where" -j "$jobs" check
echo "no bad access, no leak, no undefined behaviour"
