#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: shellcheck finds nothing in the shell scripts, pyflakes nothing in the Python ones.
. "$(dirname "$0")/lib.sh"

needs <<'EOF'
shellcheck ShellCheck shellcheck
pyflakes3  python3-pyflakes pyflakes3
EOF

shell_files >build-ci/shell-files
python_files >build-ci/python-files
xargs shellcheck -x <build-ci/shell-files
xargs "$(command -v pyflakes3 || command -v pyflakes-3)" <build-ci/python-files
echo "$(wc -l <build-ci/shell-files) shell and $(wc -l <build-ci/python-files) Python scripts are clean"
