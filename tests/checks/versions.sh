#!/bin/sh
# SPDX-License-Identifier: MIT
# The packages carry the version that configure.ac names, the same release and the same day.
set -eu
srcdir=${srcdir:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version() {
    sed -n 's/^AC_INIT(\[[^]]*\], \[\([^]]*\)\]).*/\1/p' "$1/configure.ac"
}

changelog() {
    sed -n '1s/.*(\(.*\)).*/\1/p' "$1/packaging/debian/changelog"
}

changelog_day() {
    LC_ALL=C date -u -d "@$(env -u SOURCE_DATE_EPOCH sh "$1/packaging/epoch.sh")" '+%a %b %d %Y'
}

spec() {
    sed -n 's/^'"$2"': *\([^%]*\).*/\1/p' "$1/packaging/rpm/amr-upgrade-monitor.spec"
}

spec_changelog() {
    sed -n '/^%changelog/{n;s/\* \(.*20[0-9][0-9]\) .* - \(.*\)/\1 \2/p;}' \
        "$1/packaging/rpm/amr-upgrade-monitor.spec"
}

# agree DIR: prints what differs from configure.ac
differences() {
    wanted=$(version "$1")-$(spec "$1" Release)
    [ "$(spec "$1" Version)-$(spec "$1" Release)" = "$wanted" ] || echo "the spec"
    [ "$(changelog "$1")" = "$wanted" ] || echo "debian/changelog"
    [ "$(spec_changelog "$1")" = "$(changelog_day "$1") $wanted" ] || echo "the spec's changelog"
}

# planted FILE EXPRESSION: a copy in which sed EXPRESSION changed FILE must not agree
planted() {
    rm -rf "$work/copy"
    mkdir -p "$work/copy/packaging"
    cp -R "$srcdir/packaging/debian" "$srcdir/packaging/rpm" "$srcdir/packaging/epoch.sh" \
        "$work/copy/packaging/"
    cp "$srcdir/configure.ac" "$work/copy/"
    chmod -R u+w "$work/copy"
    sed -i "$2" "$work/copy/$1"
    [ -n "$(differences "$work/copy")" ] || {
        echo "planted, and not found: $2 in $1"
        exit 1
    }
}

found=$(differences "$srcdir")
[ -z "$found" ] || {
    echo "not version $(version "$srcdir") of configure.ac, or not its day: $found"
    exit 1
}
planted configure.ac '/^AC_INIT/s/[0-9]\.[0-9]/7.7/'
planted packaging/debian/changelog '1s/(.*)/(7.7.7-1)/'
planted packaging/debian/changelog '/^ -- /s/> .*/>  Sat, 02 Jan 2027 12:00:00 +0000/'
planted packaging/rpm/amr-upgrade-monitor.spec '/^Version/s/[0-9]\.[0-9]/7.7/'
planted packaging/rpm/amr-upgrade-monitor.spec '/^Release/s/[0-9]/7/'
planted packaging/rpm/amr-upgrade-monitor.spec '/^\* /s/-[0-9]*$/-7/'
echo "version $(version "$srcdir") everywhere"
