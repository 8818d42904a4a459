#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: a real Nagios (and NRPE) and a real Icinga 2 run the installed check on the installed objects, see every state come and go, alert once for each, and take every performance value; hostile names harm neither. collectd-nagios and systemd take what the guide says.
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" -eq 0 ] || skip "not root: the daemons have a user of their own"
[ -x /usr/bin/apt-get ] || skip "Debian's packages of the daemons are needed"
needs_without_services <<'EOF'
nagios4-core        - nagios4
nagios-nrpe-server  - nrpe
nagios-nrpe-plugin  - -
icinga2-bin         - icinga2
collectd-core       - collectd
collectd-utils      - collectd-nagios
systemd             - systemd-analyze
mandoc              - mandoc
shellcheck          - shellcheck
EOF

# The user of the daemons must be able to get at it.
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
chmod 755 "$prefix"

configured monitoring --prefix="$prefix"
make -C "$where" -j "$jobs" install >/dev/null

find "$prefix/share/man" -type f >build-ci/manuals
while read -r manual; do
    lint=$(mandoc -T lint "$manual" || :)
    [ -z "$lint" ] || fail "mandoc -T lint: $lint"
done <build-ci/manuals
find "$prefix/share/bash-completion/completions" -type f -exec shellcheck {} +

export PYTHONDONTWRITEBYTECODE=1
for daemon in nagios icinga; do
    python3 "tests/monitoring/$daemon.py" "$prefix" >build-ci/monitoring.seen 2>&1 || {
        cat build-ci/monitoring.seen
        fail "see above: $daemon"
    }
    cat build-ci/monitoring.seen
done
python3 tests/monitoring/collectd_nagios.py packaging/doc/operations.md
sh tests/monitoring/units.sh packaging/systemd/collectd-amr-upgrade.conf \
    /lib/systemd/system/collectd.service
echo "Nagios and Icinga saw every state; $(wc -l <build-ci/manuals) manuals and the completion are clean"
