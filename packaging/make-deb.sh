#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: make-deb.sh TARBALL DIR
# Makes Debian's source and binary packages in DIR, which it empties first. Nothing of the caller's
# surroundings is in them.
set -eu
name=$(basename "$1" .tar.xz)
source=${name%-*}
version=${name##*-}
epoch=$(sh "$(dirname "$0")/epoch.sh")
rm -rf "$2"
mkdir "$2"
cp "$1" "$2/${source}_$version.orig.tar.xz"

umask 022
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH="$epoch"
cd "$2"
tar -xf "${source}_$version.orig.tar.xz"
cp -Rp "$name/packaging/debian" "$name/debian"
(cd "$name" && exec dpkg-buildpackage --no-sign)
rm -rf "$name"
ls -l ./*.deb
