#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: with a name server that says nothing (in a network namespace) the check ends within -t + 1 s and judges its snapshot; collectd keeps its rhythm and its databases, and ends at once.
. "$(dirname "$0")/lib.sh"

# in_namespaces COMMAND...: with a network and mounts of its own, which go away with it
in_namespaces() {
    if [ "$(id -u)" -eq 0 ]; then
        unshare --net --mount --propagation private "$@"
    else
        unshare --map-root-user --net --mount --propagation private "$@"
    fi
}

if [ -z "${SILENT_DNS_IS_APART:-}" ]; then
    needs <<'NEEDS'
python3        python3   python3
openssl        openssl   openssl
iproute2       iproute   ip
collectd-core  collectd  collectd
NEEDS
    in_namespaces ip link set lo up || skip "namespaces are not permitted here"
    configured silent-dns
    make -C "$where" -j "$jobs" check_amr_upgrade amr_upgrade.so
    SILENT_DNS_IS_APART=1 in_namespaces sh "$top/tests/ci/silent-dns.sh"
    exit
fi

check=build-ci/silent-dns/check_amr_upgrade
timeout_s=3
host=elsewhere.example
work=$(mktemp -d)
end() {
    [ -z "${silent:-}" ] || kill "$silent" 2>/dev/null || :
    azure_stop
    rm -rf "$work"
}
trap end EXIT

# Names come from this file and from a server on 127.0.0.2, as glibc would ask any other.
mount_names() {
    : >"$work/hosts"
    echo 'nameserver 127.0.0.2' >"$work/resolv.conf"
    echo 'hosts: files dns' >"$work/nsswitch.conf"
    for file in hosts resolv.conf nsswitch.conf; do
        mount --bind "$work/$file" "/etc/$file"
    done
}

# Takes every question, by UDP and TCP, writes a line for it, and never answers.
silent_start() {
    python3 - "$work/questions" <<'PYTHON' &
import select, socket, sys
ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ask.bind(("127.0.0.2", 53))
listener = socket.create_server(("127.0.0.2", 53))
held = []
with open(sys.argv[1], "w", buffering=1) as log:
    log.write("ready\n")
    while True:
        for ready in select.select([ask, listener], [], [])[0]:
            if ready is ask:
                log.write("question of %d bytes\n" % len(ask.recv(4096)))
            else:
                held.append(listener.accept())
PYTHON
    silent=$!
    tries=0
    until grep -qs ready "$work/questions"; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || fail "the silent name server is not ready"
        sleep 0.1
    done
}

now_ms() {
    date +%s%3N
}

# run CODE [OPTION...]: within -t and 1 s; its answer in $work/answer
run() {
    wanted=$1
    shift
    begun_ms=$(now_ms)
    status=0
    "$check" --subscription "$SUBSCRIPTION" --arm-endpoint "https://$host:${ARM_ENDPOINT##*:}" \
        --ca-file "$CA_FILE" --catalog tests/azure/catalog-demo.json --as-of 2027-01-05T13:12:00Z \
        --state-dir none -t "$timeout_s" "$@" >"$work/answer" 2>&1 || status=$?
    took_ms=$(($(now_ms) - begun_ms))
    [ "$took_ms" -le $((timeout_s * 1000 + 1000)) ] || fail "it took $took_ms ms: $*"
    [ "$status" -eq "$wanted" ] || fail "exit code $status of $*: $(cat "$work/answer")"
    [ "$took_ms" -le "${slowest_ms:=0}" ] || slowest_ms=$took_ms
}

says() {
    grep -q -e "$1" "$work/answer" || fail "lacks '$1': $(cat "$work/answer")"
}

questions() {
    grep -c question "$work/questions" || :
}

ip link set lo up
mount_names
silent_start
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY
export AZURE_HOME=tests/azure
. tests/azure/azure.sh
azure_start "$work/azure" --certificate wrong-name || fail "no Azure on loopback"

run 3 --token-file "$TOKEN_FILE" --cache-dir none
says 'resolve: '
[ "$(questions)" -gt 0 ] || fail "the name server was not asked"
run 3 --cache-dir none --authority "https://$host:${ARM_ENDPOINT##*:}" --tenant "$TENANT" \
    --client-id "$CLIENT_ID" --client-secret-file "$CLIENT_SECRET_FILE"
says 'resolve: '
# A snapshot from when the name was known, older than its time to live.
echo "127.0.0.1 $host" >"$work/hosts"
run 2 --token-file "$TOKEN_FILE" --cache-dir "$work/cache"
says '6 of 11 databases'
: >"$work/hosts"
sleep 2
run 2 --token-file "$TOKEN_FILE" --cache-dir "$work/cache" --cache-ttl 1
says '6 of 11 databases.*(data [0-9]* s old: timeout)'
says 'not read anew: .*resolve: '
find_collectd
python3 -W ignore tests/collectd/silent.py "$work/hosts" "$work/questions" \
    "$daemon" "$plugins" build-ci/silent-dns/amr_upgrade.so
echo "a silent name server ($(questions) questions): 'resolve' is named, the snapshot judged, slowest run $slowest_ms ms at -t $timeout_s; collectd as well, in its rhythm"
