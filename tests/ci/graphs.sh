#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: dashboards, alerts, thresholds and pictures find every series in what the plugin shows in a real collectd.
. "$(dirname "$0")/lib.sh"

needs <<'EOF'
collectd-core    collectd                  collectd
libmicrohttpd12  collectd-write_prometheus -
libprotobuf-c1   -                         -
rrdtool          collectd-rrdtool          rrdtool
fonts-dejavu-core dejavu-sans-mono-fonts   -
prometheus       -                         promtool
graphite-web     -                         -
python3-whisper  -                         -
npm              nodejs-npm                npm
openssl          openssl                   openssl
mandoc           mandoc                    mandoc
EOF
command -v promtool >/dev/null || skip "there is no promtool among the packages of this system"

# The modules of Graphite are those of the system's own Python.
python=/usr/bin/python3
"$python" -c 'import graphite, whisper' 2>/dev/null || skip "there is no Graphite for $python"

# Grafana's own library and types, run by nothing but the tests; pinned, as the next ones may move.
# The overrides run on Debian's Node.js 18.
grafana=12.4.10
install_grafana() {
    mkdir -p "$NODE_MODULES"
    cat >"$NODE_MODULES/package.json" <<'JSON'
{"private": true, "overrides": {"marked": "12.0.2", "d3-color": "2.0.0",
    "d3-interpolate": "2.0.1", "d3-scale-chromatic": "2.0.0"}}
JSON
    timeout 300 npm install --prefix "$NODE_MODULES" --no-package-lock --ignore-scripts \
        --no-audit --no-fund --loglevel=error "@grafana/data@$grafana" "@grafana/schema@$grafana" \
        react@18.3.1 react-dom@18.3.1 jsdom@22.1.0 typescript@5.9.3
}

configured graphs
make -C "$where" -j "$jobs" amr_upgrade.so mock_daemon check_amr_upgrade
NODE_MODULES=$top/build-ci/graphs-run
export NODE_MODULES
rm -rf "$NODE_MODULES"
install_grafana
# A proxy of the environment is for npm only.
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
cd "$where"
PYTHONDONTWRITEBYTECODE=1 timeout 900 "$python" -W ignore ../../tests/graphs/test_graphs.py \
    >tests.txt 2>&1 || { cat tests.txt; fail "see above"; }
cat tests.txt
echo "$(sed -n 's/^Ran \([0-9]*\) tests.*/\1/p' tests.txt) tests on a scrape of the plugin, Grafana $grafana, $(promtool --version 2>&1 | sed -n 's/^promtool, version \([^ ]*\).*/Prometheus \1/p')"
