#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: the measurements still run, and prints them (make bench).
. "$(dirname "$0")/lib.sh"

grep -q '^bench:' Makefile.am || skip "Makefile.am has no target bench"
configured bench
make -C "$where" -j "$jobs"
make -C "$where" bench
echo "measured"
