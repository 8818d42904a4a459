#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: gcc and clang compile everything, tests included, without a warning.
. "$(dirname "$0")/lib.sh"

needs <<'EOF'
clang clang clang
EOF

for compiler in gcc clang; do
    configured "warnings-$compiler" --enable-werror CC="$compiler" \
        CFLAGS='-O3 -g -D_FORTIFY_SOURCE=2'
    make -C "$where" -j "$jobs"
    make -C "$where" -j "$jobs" check TESTS=
done
echo "gcc and clang have nothing to say"
