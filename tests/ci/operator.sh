#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: other programs read the operator's pictures (librsvg, libxml2) and calendars (python3-icalendar), and find its manual clean (mandoc).
. "$(dirname "$0")/lib.sh"

needs <<'NEEDS'
librsvg2-bin      librsvg2-tools     rsvg-convert
libxml2-utils     libxml2            xmllint
python3-icalendar python3-icalendar  -
mandoc            mandoc             mandoc
NEEDS

configured operator
make -C build-ci/operator -j "$jobs" amr-upgrade
command=$top/build-ci/operator/amr-upgrade
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without -m lint's own findings are no failure.
mandoc -T lint -W warning packaging/man/amr-upgrade.1

# The system's python3 is the one whose modules the packages bring.
/usr/bin/python3 tests/operator/readers.py "$command" "$work"
