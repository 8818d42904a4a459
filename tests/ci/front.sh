#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: behind an HTTP/2 front (nghttpx) the check speaks HTTP/2 over few connections and says the same.
. "$(dirname "$0")/lib.sh"

needs <<'NEEDS'
nghttp2-proxy nghttp2 nghttpx
python3       python3 python3
openssl       openssl openssl
NEEDS

work=$top/build-ci/front-run
clusters=100

free_port() {
    python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# a fleet of so many clusters, on several pages
make_fleet() {
    python3 - "$clusters" >"$work/fleet.json" <<'PYTHON'
import json, sys
sku = {"resource_group": "rg", "location": "West Europe", "sku": "Balanced_B10"}
clusters = [{"name": "cache-%03d" % number, **sku, "databases": [{"version": "7.4"}]}
            for number in range(int(sys.argv[1]))]
json.dump({"subscriptions": [{"id": "11111111-1111-4111-8111-111111111111",
                              "clusters": clusters}]}, sys.stdout)
PYTHON
}

# Its log: protocol, the client's port, status and request line of each request.
front_start() {
    # shellcheck disable=SC2016
    nghttpx --conf=/dev/null --frontend="127.0.0.1,$front_port" \
        --backend="127.0.0.1,${ARM_ENDPOINT##*:};;tls;sni=localhost" --cacert="$CA_FILE" \
        --accesslog-format='$alpn $remote_port $status "$request"' --accesslog-file="$work/access" \
        --errorlog-file="$work/front.log" --workers=1 "$AZURE_DIR/fast.key" "$AZURE_DIR/fast.pem" \
        >"$work/front.out" 2>&1 &
    front=$!
}

front_await() {
    tries=0
    until python3 -c 'import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$front_port" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || fail "nghttpx is not ready: $(cat "$work/front.log")"
        kill -0 "$front" 2>/dev/null || fail "nghttpx ended: $(cat "$work/front.log" "$work/front.out")"
        sleep 0.1
    done
}

end() {
    [ -z "${front:-}" ] || kill "$front" 2>/dev/null || :
    azure_stop
}

# run_check NAME ENDPOINT: into $work/NAME.json, with the instants of reading taken out
run_check() {
    timeout 60 build-ci/front/check_amr_upgrade --subscription "$SUBSCRIPTION" \
        --arm-endpoint "$2" --authority "$2" --ca-file "$CA_FILE" \
        --tenant "$TENANT" --client-id "$CLIENT_ID" --client-secret-file "$CLIENT_SECRET_FILE" \
        --catalog tests/azure/catalog-demo.json --as-of 2027-01-05 --max-output 1000000 \
        --cache-dir none --state-dir none --output json >"$work/$1.raw" || [ $? -le 2 ] ||
        fail "the check: $(cat "$work/$1.raw")"
    sed 's/"fetched_at":"[^"]*"/"fetched_at":""/g; s/"age_seconds":[0-9]*/"age_seconds":0/' \
        "$work/$1.raw" >"$work/$1.json"
}

configured front
make -C "$where" -j "$jobs" check_amr_upgrade
rm -rf "$work"
mkdir -p "$work"
make_fleet
front_port=$(free_port)
# A proxy of the environment is for the world outside.
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 AZURE_HOME=tests/azure
. tests/azure/azure.sh
azure_start "$work/azure" --fleet "$work/fleet.json" --page-size 40 --latency-ms 20 \
    --front-port "$front_port" || fail "no Azure on loopback"
trap end EXIT
front_start
front_await
run_check plain "$ARM_ENDPOINT"
run_check front "https://127.0.0.1:$front_port"
cmp "$work/plain.json" "$work/front.json" || fail "the answers differ"
databases=$(grep -c '^{"id":' "$work/front.json")
[ "$databases" -eq "$clusters" ] || fail "$databases databases, not $clusters"
# A token, three pages of clusters, a read a cluster: all of them through the front.
peak=$(azure_requests peak)
kill "$front"
wait "$front" || :
requests=$(grep -c '^h2 [0-9]* 200 "[A-Z]* [^"]* HTTP/2"$' "$work/access")
all=$(wc -l <"$work/access")
[ "$requests-$all" = "$((clusters + 4))-$((clusters + 4))" ] ||
    fail "$requests requests by HTTP/2 of $all: $(cut -c 1-200 "$work/access")"
connections=$(cut -d ' ' -f 2 "$work/access" | sort -u | wc -l)
[ "$connections" -le 3 ] || fail "$connections connections"
[ "$peak" -ge 4 ] || fail "only $peak requests at a time"
echo "$requests requests by HTTP/2 (ALPN h2), up to $peak at a time, connections: $connections; the same JSON for $databases databases as by HTTP/1.1"
