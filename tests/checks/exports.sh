#!/bin/sh
# SPDX-License-Identifier: MIT
# A plugin for collectd exports module_register and nothing else, so that no symbol of it
# meets one of the daemon or of another plugin.
#
# usage: exports.sh [PLUGIN.so...]; without any it is the one in this folder. The check is also run
# on planted plugins.
set -eu
: "${CC:=cc}" "${NM:=nm}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Older linkers export marks of their own.
exports() {
    "$NM" -D --defined-only "$1" |
        awk '$NF !~ /^(_init|_fini|_edata|_end|__bss_start)$/ { print $NF }'
}

is_right() {
    found=$(exports "$1" | tr '\n' ' ')
    [ "$found" = "module_register " ] || {
        echo "$1 exports: ${found:-nothing}"
        return 1
    }
}

# plant NAME TEXT
plant() {
    printf '%s\n' "$2" >"$tmp/$1.c"
    # CC may hold options too
    # shellcheck disable=SC2086
    $CC -shared -fPIC -o "$tmp/$1.so" "$tmp/$1.c"
}

plant one 'void module_register(void); void module_register(void) {}'
plant two 'void module_register(void); void module_register(void) {}
void amr_other(void); void amr_other(void) {}'
plant none 'static void module_register(void) {} void (*const amr_unused)(void) = module_register;'

is_wrong() {
    if is_right "$1"; then
        echo "not found: $1"
        return 1
    fi
}

is_right "$tmp/one.so"
is_wrong "$tmp/two.so"
is_wrong "$tmp/none.so"
[ $# -gt 0 ] || set -- amr_upgrade.so
for plugin; do
    is_right "$plugin"
    echo "ok: $plugin"
done
echo "ok: one export passes; two, or another one, do not"
