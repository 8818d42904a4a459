#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the time that what is packed carries: SOURCE_DATE_EPOCH, else that of the newest entry of
# the changelog, so that packing again gives the same bytes.
set -eu
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    day=$(sed -n '/^ -- /{s/.*>  //p;q;}' "$(dirname "$0")/debian/changelog")
    SOURCE_DATE_EPOCH=$(LC_ALL=C date -d "$day" +%s)
fi
echo "$SOURCE_DATE_EPOCH"
