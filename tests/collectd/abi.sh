#!/bin/sh
# SPDX-License-Identifier: MIT
# plugins/collectd/abi.h agrees with the headers of the collectd that is installed: sizes, offsets,
# values, types of functions; and the plugin's sources are compiled with those headers in its place.
# And the plugin wants nothing of the daemon that is not in it.
#
# Run by make check in the build folder; srcdir, CC and NM come from there.
set -eu
: "${srcdir:=.}" "${CC:=cc}" "${NM:=nm}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
srcdir=$(cd "$srcdir" && pwd)
plugin=amr_upgrade.so
own=$srcdir/plugins/collectd/abi.h

# facts NAME INCLUDE [OPTION...]: what a file that starts with INCLUDE says
facts() {
    name=$1
    printf '%s\n#include "abi_facts.h"\n' "$2" >"$tmp/$name.c"
    shift 2
    # CC may hold options too; sizeof keeps no name of the daemon, so nothing is left to link.
    # shellcheck disable=SC2086
    $CC -w -O2 "$@" -I"$srcdir/tests/collectd" -I"$srcdir/common/core" \
        -o "$tmp/$name" "$tmp/$name.c"
    "$tmp/$name" >"$tmp/$name.facts"
}

differs() {
    ! cmp -s "$tmp/$1.facts" "$tmp/$2.facts"
}

# A header in which one thing is other must be found.
planted() {
    sed "$2" "$own" >"$tmp/planted.h"
    facts planted "#include \"$tmp/planted.h\""
    differs planted own || {
        echo "planted, and not found: $1"
        exit 1
    }
}

daemon_names() {
    grep -oE '\<(plugin_[a-z_]+|hostname_g)\>' "$own" | sort -u
}

# What neither the plugin's libraries nor the linker brings; they are told by their prefixes.
wanted_names() {
    "$NM" -D --undefined-only "$1" | awk '{ print $NF }' |
        grep -E '^(plugin_|cf_|hostname|daemon_|global_option|oconfig|fc_|uc_|ssnprintf|sstr)' | sort
}

facts own "#include \"$own\""
grep -q ' = 1$' "$tmp/own.facts"
if grep '_Generic.* = 0$' "$tmp/own.facts"; then
    exit 1
fi
planted "a length" 's/DATA_MAX_NAME_LEN = 128/DATA_MAX_NAME_LEN = 64/'
planted "an order" 's/^    int severity;/    void *other; int severity;/'
planted "a type" 's/plugin_dispatch_values(value_list_t const/plugin_dispatch_values(void const/'
echo "ok: a length, an order and a type that are other are found"

wanted_names "$plugin" >"$tmp/wanted"
[ -s "$tmp/wanted" ]
daemon_names >"$tmp/offered"
if comm -23 "$tmp/wanted" "$tmp/offered" | grep .; then
    echo "the plugin wants them of the daemon, and abi.h does not have them"
    exit 1
fi
echo "ok: the plugin wants $(wc -l <"$tmp/wanted") names of the daemon, all in abi.h"

headers=/usr/include/collectd
if [ ! -f "$headers/core/daemon/plugin.h" ]; then
    echo "no headers of collectd here: abi.h was not compared"
    exit 0
fi
facts system '#include "collectd/core/daemon/plugin.h"' -DHAVE_CONFIG_H=1 \
    -I"$headers" -I"$headers/core"
diff "$tmp/own.facts" "$tmp/system.facts"

# The daemon's config.h has names that our own has, too.
compiled=0
for source in "$srcdir"/plugins/collectd/*.c; do
    # shellcheck disable=SC2086
    $CC -fsyntax-only -w -D_GNU_SOURCE -DHAVE_CONFIG_H=1 -DAMR_COLLECTD_ABI_H \
        -include "$headers/core/daemon/plugin.h" -include "$srcdir/common/core/attributes.h" \
        -I. -I"$srcdir/common/core" -I"$srcdir/common/io" -I"$srcdir/common" \
        -I"$headers" -I"$headers/core" "$source"
    compiled=$((compiled + 1))
done
echo "ok: $compiled sources of the plugin are compiled with $headers"
echo "ok: abi.h and $headers agree in $(wc -l <"$tmp/own.facts") facts"
