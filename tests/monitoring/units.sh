#!/bin/sh
# SPDX-License-Identifier: MIT
# systemd knows every word of the drop-in for collectd's service.
#
# usage: units.sh DROP-IN SERVICE
set -eu

unit=$(mktemp -d)
trap 'rm -rf "$unit"' EXIT
mkdir "$unit/collectd.service.d"
cp "$2" "$unit/collectd.service"

# complaints FILE: what systemd says of it
complaints() {
    cp "$1" "$unit/collectd.service.d/amr-upgrade.conf"
    SYSTEMD_UNIT_PATH=$unit: systemd-analyze verify "$unit/collectd.service" 2>&1 |
        grep -F "$unit" || :
}

found=$(complaints "$1")
[ -z "$found" ] || {
    echo "$found"
    exit 1
}
level=$(SYSTEMD_UNIT_PATH=$unit: systemd-analyze security --offline=yes \
    "$unit/collectd.service" 2>/dev/null | tail -n 1)
sed 's/^ProtectHome=/ProtectHomes=/' "$1" >"$unit/planted.conf"
[ -n "$(complaints "$unit/planted.conf")" ] || {
    echo "planted, and not found: an unknown word"
    exit 1
}
echo "systemd-analyze security: $level"
