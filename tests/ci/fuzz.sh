#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: made-up input breaks none of the parsers (libFuzzer with sanitizers; FUZZ_SECONDS each, 20 unless told).
. "$(dirname "$0")/lib.sh"

set -- tests/fuzz/fuzz_*.c
[ -f "$1" ] || skip "there is no tests/fuzz/fuzz_*.c"
needs <<'EOF'
clang clang clang
EOF
# On Debian libFuzzer is in a package of its own, named after clang's version.
needs <<EOF
libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev compiler-rt -
EOF

seconds=${FUZZ_SECONDS:-20}
sanitize=-fsanitize=address,undefined
checked="-O1 -g -fno-sanitize-recover=all -fno-omit-frame-pointer"

# libFuzzer's own status for a crash is 77, which would be taken for a skipped stage.
# fuzz SOURCE: its corpus is the folder of the same name; what is found new stays in the build
fuzz() {
    name=$(basename "$1" .c)
    mkdir -p "$where/new-$name"
    # shellcheck disable=SC2046,SC2086
    clang $checked $sanitize,fuzzer -I common/core $(pkg-config --cflags json-c) -o "$where/$name" \
        "$1" "$where/libcore.a" $(pkg-config --libs json-c)
    "$where/$name" -error_exitcode=1 -timeout_exitcode=1 -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
        -artifact_prefix="$where/$name-" "$where/new-$name" "tests/fuzz/corpus/${name#fuzz_}"
}

configured fuzz CC=clang CFLAGS="$checked $sanitize,fuzzer-no-link"
make -C "$where" -j "$jobs" libcore.a
for source; do
    fuzz "$source"
done
echo "$# fuzzers ran $seconds s each and found nothing"
