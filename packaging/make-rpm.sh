#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: make-rpm.sh TARBALL DIR [OPTION of rpmbuild...]
# Makes the source and binary packages of EL and Fedora in DIR, which it empties first. Nothing of
# the caller's surroundings is in them.
set -eu
name=$(basename "$1" .tar.xz)
spec=${name%-*}.spec
epoch=$(sh "$(dirname "$0")/epoch.sh")
umask 022
rm -rf "$2"
mkdir -p "$2/SOURCES" "$2/SPECS"
install -m 0644 "$1" "$2/SOURCES/"
tar -xOf "$1" "$name/packaging/rpm/$spec" >"$2/SPECS/$spec"
cd "$2"
shift 2

export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH="$epoch"
made_alike() {
    rpmbuild --define '_buildhost localhost' --define 'use_source_date_epoch_as_buildtime 1' \
        --define 'clamp_mtime_to_source_date_epoch 1' "$@" "SPECS/$spec"
}

# Where rpm itself came as no RPM, it does not know what is installed and does not take the folder
# of the build out of what it packs; the shell that compiles expands PWD.
# shellcheck disable=SC2016
rpm -q rpm >/dev/null 2>&1 ||
    set -- --nodeps --define 'optflags -O2 -g -ffile-prefix-map=$PWD=.' "$@"
# The source package keeps the paths, the processors and the options of its own build.
made_alike -bs --nodeps --define '_topdir .' --define '_smp_mflags -j1'
made_alike -bb --define "_topdir $PWD" "$@"
rm -rf BUILD BUILDROOT SPECS SOURCES
find . -name '*.rpm'
