#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: through a real proxy (squid) the check reads Azure, obeys NO_PROXY, and names the proxy that fails without its password.
. "$(dirname "$0")/lib.sh"

needs <<'NEEDS'
squid   squid   squid
python3 python3 python3
openssl openssl openssl
NEEDS

password=gehe1m
work=$(mktemp -d)
chmod 755 "$work"
runs=0
end() {
    [ -z "${squid:-}" ] || kill "$squid" 2>/dev/null || :
    [ -z "${squid:-}" ] || wait "$squid" || :
    azure_stop
    rm -rf "$work"
}

free_port() {
    python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

helper() {
    find /usr/lib/squid /usr/lib64/squid -name basic_ncsa_auth 2>/dev/null | head -n 1
}

# Who is root must name another user, who then writes the logs.
squid_configure() {
    mkdir "$work/squid"
    echo "watcher:$(openssl passwd -apr1 "$password")" >"$work/squid/users"
    cat >"$work/squid/conf" <<CONF
http_port 127.0.0.1:$port
auth_param basic program $(helper) $work/squid/users
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
cache deny all
cache_mem 0 MB
memory_cache_shared off
pinger_enable off
access_log stdio:$work/squid/access
logfile_rotate 0
cache_log $work/squid/log
pid_filename $work/squid/pid
coredump_dir $work/squid
visible_hostname proxy.example
shutdown_lifetime 0 seconds
CONF
    [ "$(id -u)" -ne 0 ] || echo "cache_effective_user nobody" >>"$work/squid/conf"
    [ "$(id -u)" -ne 0 ] || chown -R nobody "$work/squid"
}

squid_start() {
    port=$(free_port)
    squid_configure
    squid -N -n "amr$$" -f "$work/squid/conf" >"$work/squid.out" 2>&1 &
    squid=$!
    tries=0
    until grep -qs 'Accepting HTTP' "$work/squid/log"; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || fail "squid is not ready: $(cat "$work/squid.out" "$work/squid/log")"
        kill -0 "$squid" 2>/dev/null || fail "squid ended: $(cat "$work/squid.out" "$work/squid/log")"
        sleep 0.1
    done
    proxy=http://watcher:$password@127.0.0.1:$port
}

# A tunnel is logged when it is closed: the check's end comes a moment before.
proxy_log() {
    sleep 0.3
    grep -v 'error:transaction-end-before-headers' "$work/squid/access" || :
}

# run CODE COMMAND...: the command with what is common to all, which must end within -t and 1 s;
# its answer in $work/answer, what the proxy saw of it in $work/seen
run() {
    wanted=$1
    shift
    : >"$work/squid/access"
    begun=$(date +%s)
    status=0
    "$@" --subscription "$SUBSCRIPTION" --arm-endpoint "$ARM_ENDPOINT" --authority "$AUTHORITY" \
        --ca-file "$CA_FILE" --catalog tests/azure/catalog-demo.json \
        --as-of 2027-01-05T13:12:00Z --cache-dir none --state-dir none -t 20 -vv \
        >"$work/answer" 2>&1 || status=$?
    [ $(($(date +%s) - begun)) -le 21 ] || fail "it took longer than -t: $*"
    [ "$status" -eq "$wanted" ] || fail "exit code $status of $*: $(cat "$work/answer")"
    ! grep -q "$password" "$work/answer" || fail "the password is told: $(cat "$work/answer")"
    proxy_log >"$work/seen"
    runs=$((runs + 1))
}

with_secret() {
    run "$@" --tenant "$TENANT" --client-id "$CLIENT_ID" --client-secret-file "$CLIENT_SECRET_FILE"
}

says() {
    grep -q -e "$1" "$work/answer" || fail "lacks '$1': $(cat "$work/answer")"
}

# Every request that the proxy saw was a tunnel to Azure, made with the right password.
saw_tunnels() {
    grep -q . "$work/seen" || fail "the proxy saw nothing of it"
    ! grep -v "/200 [0-9]* CONNECT ${ARM_ENDPOINT#https://} watcher " "$work/seen" ||
        fail "the proxy saw something else"
}

saw_nothing() {
    [ ! -s "$work/seen" ] || fail "the proxy was asked: $(cat "$work/seen")"
}

fact() {
    python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$AZURE_DIR/ready.json" "$1"
}

configured proxy
make -C "$where" -j "$jobs" check_amr_upgrade check_elsewhere
check=$where/check_amr_upgrade
unset http_proxy https_proxy all_proxy no_proxy HTTPS_PROXY ALL_PROXY NO_PROXY
export AZURE_HOME=tests/azure
. tests/azure/azure.sh
azure_start "$work/azure" --identities || fail "no Azure on loopback"
trap end EXIT
squid_start

with_secret 2 "$check" --proxy "$proxy"
saw_tunnels
with_secret 2 env "https_proxy=$proxy" "$check"
saw_tunnels
for variable in no_proxy NO_PROXY; do
    with_secret 2 env "https_proxy=$proxy" "$variable=localhost,127.0.0.1" "$check"
    saw_nothing
done
# Refused: by --proxy and from the environment.
wrong=http://watcher:x$password@127.0.0.1:$port
with_secret 3 "$check" --proxy "$wrong"
says "proxy http://127.0.0.1:$port.*407"
with_secret 3 env "https_proxy=$wrong" "$check"
says "proxy http://127.0.0.1:$port.*407"
with_secret 3 "$check" --proxy "http://127.0.0.1:$port"
says "proxy http://127.0.0.1:$port.*407"
# Dead.
dead=$(free_port)
with_secret 3 "$check" --proxy "http://watcher:$password@127.0.0.1:$dead"
says "proxy http://127.0.0.1:$dead"
# Identity endpoints: the proxy sees tunnels to Azure only.
for how in "--proxy $proxy" ""; do
    # shellcheck disable=SC2086
    run 2 env "AZURE_POD_IDENTITY_AUTHORITY_HOST=$(fact imds_host)" "http_proxy=$proxy" \
        "https_proxy=$proxy" "$check" --auth managed-identity $how
    saw_tunnels
    # shellcheck disable=SC2086
    run 2 env "IDENTITY_ENDPOINT=$(fact arc_endpoint)" "IMDS_ENDPOINT=$(fact imds_host)" \
        "TEST_ARC_TOKENS=$(fact arc_tokens_directory)" "http_proxy=$proxy" "https_proxy=$proxy" \
        "$where/check_elsewhere" --auth arc $how
    saw_tunnels
done
[ "$(azure_requests imds)-$(azure_requests arc)" = 2-4 ] || fail "the identities were asked otherwise"
echo "$runs runs: tunnels through squid, none for no_proxy or an identity; 407 and a dead proxy named without the password"
