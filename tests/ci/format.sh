#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: every C file is as clang-format lays it out, and cppcheck finds nothing in it.
. "$(dirname "$0")/lib.sh"

needs <<'EOF'
clang-format clang-tools-extra clang-format
cppcheck     cppcheck          cppcheck
EOF

c_files >build-ci/c-files
clang-format --version
xargs clang-format --dry-run -Werror <build-ci/c-files
grep -v '/tests/' build-ci/c-files >build-ci/cppcheck-files
cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
    -I common/core -I common/io -I common \
    --error-exitcode=1 --file-list=build-ci/cppcheck-files
echo "$(wc -l <build-ci/c-files) C files are laid out by clang-format; cppcheck has nothing to say"
