#!/bin/sh
# SPDX-License-Identifier: MIT
# Rules 1 and 9 of STYLE on the objects and on the includes: the core is pure, and each library
# knows only those below it.
#
# Run by make check in the build folder; srcdir, CC, NM and AR come from there.
set -eu
: "${srcdir:=.}" "${CC:=cc}" "${NM:=nm}" "${AR:=ar}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0

# Memory, text and arithmetic: what a computation may ask of libc. _chk are the same, hardened.
pure_functions="bcmp bsearch calloc explicit_bzero free malloc memchr memcmp memcpy memmove memset
qsort realloc snprintf strchr strcmp strcspn strlen strncmp strnlen strpbrk strrchr strspn
strstr vsnprintf __assert_fail"
# What compilers add for themselves.
compiler_symbols='^(__stack_chk_(fail|guard)|_GLOBAL_OFFSET_TABLE_|__(asan|ubsan|sanitizer)_.*)$'
pure_headers="assert.h inttypes.h limits.h math.h stdalign.h stdarg.h stdbool.h stddef.h stdint.h stdio.h
stdlib.h string.h strings.h"

own_symbols() {
    "$NM" --defined-only "$@" 2>/dev/null | awk 'NF == 3 { print $3 }'
}

# imports ARCHIVE: a line "OBJECT SYMBOL" for each
imports() {
    "$NM" -A -u "$1" 2>/dev/null |
        awk '{ n = split($1, part, ":"); print part[n - 1] != "" ? part[n - 1] : part[n], $NF }'
}

# not_allowed ARCHIVE RULE OWN...: imports of ARCHIVE that no archive OWN defines and that RULE,
# an awk expression on object and symbol, does not allow
not_allowed() {
    archive=$1
    rule=$2
    shift 2
    own_symbols "$@" >"$tmp/own"
    imports "$archive" | awk -v own="$tmp/own" -v pure="$pure_functions" \
        -v compiler="$compiler_symbols" '
        BEGIN {
            while ((getline name < own) > 0) defined[name] = 1
            for (n = split(pure, list, /[ \n]+/); n > 0; n--) is_pure[list[n]] = 1
        }
        { object = $1; symbol = $2; plain = symbol; sub(/_chk$/, "", plain) }
        plain != symbol { sub(/^__/, "", plain) }
        symbol in defined || symbol ~ compiler || ('"$rule"') { next }
        { print "  " object " imports " symbol }'
}

# libsurvey's objects are called libsurvey_a-NAME.o.
core_objects() {
    not_allowed "$1" 'plain in is_pure || (object ~ /(^|-)json\.o$/ && symbol ~ /^json_/)' "$1"
}

openssl='^(ASN1|BIO|ERR|EVP|OPENSSL|PEM|RAND|RSA|X509)_'

io_objects() {
    not_allowed "$1" 'symbol !~ /^(amr|json)_/ &&
        (symbol !~ /'"$openssl"'/ || object ~ /(^|-)sign\.o$/)' "$1" libcore.a
}

survey_objects() {
    not_allowed "$1" 'symbol !~ /^(amr|json|curl)_/ && symbol !~ /'"$openssl"'/' "$1" \
        libio.a libcore.a
}

# wrong_includes DIR ALLOWED_DIR...: own headers that DIR must not know
wrong_includes() {
    sources=$1
    shift
    for source in "$sources"/*.[ch]; do
        sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$source" | while read -r header; do
            is_in "$header" "$@" || echo "  $source includes \"$header\""
        done
    done
}

is_in() {
    header_name=$1
    shift
    for folder; do
        [ ! -f "$folder/$header_name" ] || return 0
    done
    return 1
}

wrong_system_includes() {
    for source in "$1"/*.[ch]; do
        sed -n 's/^ *# *include *<\([^>]*\)>.*/\1/p' "$source" | while read -r header; do
            case "$(basename "$source"):$header" in
            json.[ch]:json-c/*) continue ;;
            esac
            echo " $(echo "$pure_headers" | tr '\n' ' ') " | grep -qF " $header " ||
                echo "  $source includes <$header>"
        done
    done
}

# includes ROOT: of the tree below ROOT
includes() {
    wrong_includes "$1/common/core" "$1/common/core"
    wrong_system_includes "$1/common/core"
    wrong_includes "$1/common/io" "$1/common/core" "$1/common/io"
    wrong_includes "$1/common" "$1/common/core" "$1/common/io" "$1/common" |
        grep -v ' "config.h"$' || :
}

passes() {
    what=$1
    shift
    found=$("$@")
    if [ -z "$found" ]; then
        echo "ok: $what"
    else
        echo "WRONG: $what:"
        echo "$found"
        failures=$((failures + 1))
    fi
}

# A check that guards a rule must fail where the rule is broken.
fails() {
    what=$1
    shift
    found=$("$@")
    if [ -n "$found" ]; then
        echo "ok: planted, and found: $what"
    else
        echo "WRONG: planted, and not found: $what"
        failures=$((failures + 1))
    fi
}

# with_object LIBRARY SOURCE_TEXT: a copy of LIBRARY with one more object
with_object() {
    printf '%s\n' "$2" >"$tmp/planted.c"
    cp "$1" "$tmp/$1"
    # CC may hold options too
    # shellcheck disable=SC2086
    (cd "$tmp" && $CC -w -fno-builtin -c planted.c && "$AR" r "$1" planted.o 2>/dev/null)
}

# with_include FILE LINE: a copy of the sources in which FILE starts with LINE
with_include() {
    rm -rf "$tmp/tree"
    mkdir -p "$tmp/tree"
    cp -R "$srcdir/common" "$tmp/tree"
    chmod -R u+w "$tmp/tree"
    { echo "$2"; cat "$srcdir/$1"; } >"$tmp/tree/$1"
}

# planted_call FUNCTION: an object's source
planted_call() {
    echo "long $1(void *); long amr_planted(void); long amr_planted(void) { return $1(0); }"
}

plant_in_core() {
    with_object libcore.a "$(planted_call "$1")"
    fails "$1() in the core" core_objects "$tmp/libcore.a"
}

plant_in_io() {
    with_object libio.a "$(planted_call "$1")"
    fails "$1() in libio" io_objects "$tmp/libio.a"
}

plant_include() {
    with_include "$1" "#include $2"
    fails "$2 in $1" includes "$tmp/tree"
}

own_symbols libcore.a | grep -q '^amr_' || {
    echo "WRONG: $NM does not tell the symbols of libcore.a"
    exit 1
}
passes "the core imports pure functions only, and json-c in json.o only" core_objects libcore.a
passes "libio imports OpenSSL in sign.o only, neither json-c nor anything above it" io_objects libio.a
passes "libsurvey imports neither json-c nor libcurl nor OpenSSL nor anything above it" survey_objects libsurvey.a
passes "each folder includes only what is below it" includes "$srcdir"
for name in time getenv puts exit fopen socket setlocale json_object_put amr_http_open; do
    plant_in_core "$name"
done
for name in json_object_put amr_survey_read EVP_sha256; do
    plant_in_io "$name"
done
plant_include common/core/arm.c '"http.h"'
plant_include common/core/text.h '<time.h>'
plant_include common/core/report.c '<json-c/json.h>'
plant_include common/io/file.c '"survey.h"'
plant_include common/survey.c '"status.h"'
[ "$failures" -eq 0 ]
