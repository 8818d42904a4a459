#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: the tarball is complete; from read-only sources it builds, passes all tests, installs and cleans up.
. "$(dirname "$0")/lib.sh"

needs <<'EOF'
xz-utils xz xz
git      git git
EOF

# What only the repository needs.
is_left_out() {
    case $1 in
    .ci/* | .gitignore | */.gitignore | */.gitkeep) return 0 ;;
    *) return 1 ;;
    esac
}

# Every tracked file is in the tarball, else EXTRA_DIST has lost one.
compare_with_repository() {
    tar -tf "$1" | sed 's|^[^/]*/||' | sort >"$where/packed"
    git ls-files | while read -r file; do
        is_left_out "$file" || grep -qxF "$file" "$where/packed" || echo "$file"
    done
}

configured distcheck
VERBOSE=1 make -s -C "$where" -j "$test_jobs" distcheck DISTCHECK_CONFIGURE_FLAGS=--enable-werror
tarball=$(ls "$where"/*.tar.xz)
if git rev-parse --git-dir >/dev/null 2>&1; then
    lost=$(compare_with_repository "$tarball")
    [ -z "$lost" ] || fail "not in the tarball: $lost"
fi
echo "$(basename "$tarball") is complete and builds from read-only sources"
