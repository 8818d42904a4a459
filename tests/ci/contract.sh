#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: the check reads databases from a mock of Microsoft's API description, and the operator's command changes them; it finds no fault in their requests.
. "$(dirname "$0")/lib.sh"

contract=${SHARED_DIR:-}/azure/contract.json
[ -f "$contract" ] || skip "SHARED_DIR names no folder with azure/contract.json"
needs <<'EOF'
npm     nodejs-npm npm
python3 python3    python3
EOF

prism_version=5.12.0
work=$top/build-ci/contract-run
rm -rf "$work"
port=$(python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])')

prism_start() {
    mkdir -p "$work"
    # Later ones need a newer Node.js than Debian 12's; naming the parts keeps them from moving.
    npm install --prefix "$work" --no-package-lock --ignore-scripts --loglevel=error \
        "@stoplight/prism-cli@$prism_version" "@stoplight/prism-http@$prism_version" \
        "@stoplight/prism-http-server@$prism_version"
    "$work/node_modules/.bin/prism" mock -h 127.0.0.1 -p "$port" "$contract" >"$work/prism.log" 2>&1 &
    prism=$!
    trap 'kill "$prism" 2>/dev/null || :' EXIT
}

prism_await() {
    tries=0
    until grep -q "Prism is listening" "$work/prism.log"; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || fail "prism is not ready: $(cat "$work/prism.log")"
        kill -0 "$prism" 2>/dev/null || fail "prism ended: $(cat "$work/prism.log")"
        sleep 0.2
    done
}

# run_check [OPTION...]: into $work/answer
run_check() {
    build-ci/contract/check_amr_upgrade --arm-endpoint "http://127.0.0.1:$port" \
        --token-file "$work/token" --subscription e7b5a9d2-6b6a-4d2f-9143-20d9a10f5b8f \
        --catalog common/catalog.json -v "$@" >"$work/answer" || [ $? -le 2 ] ||
        fail "the check could not read: $(cat "$work/answer")"
    cat "$work/answer"
}

# run_command VERB [OPTION...]: what the mock answers never changes, so that what is read back
# never fits; the requests count
run_command() {
    verb=$1
    shift
    status=0
    build-ci/contract/amr-upgrade "$verb" --arm-endpoint "http://127.0.0.1:$port" \
        --token-file "$work/token" --subscription e7b5a9d2-6b6a-4d2f-9143-20d9a10f5b8f \
        --catalog "$work/catalog.json" --cache-dir none --state-dir none --wait-limit 5 \
        --yes "$@" >"$work/answer" 2>&1 || status=$?
    cat "$work/answer"
    [ "$status" -le 1 ] || fail "amr-upgrade $verb ends with $status"
}

# The database of the examples: on a line below one that is GA.
write_catalog() {
    cat >"$work/catalog.json" <<'EOF'
{"schema": 1, "releases": [
    {"line": "1.0", "tiers": {"Enterprise": {"ga": "2020-01-01"}, "EnterpriseFlash": {"ga": "2020-01-01"}}},
    {"line": "99.0", "tiers": {"Enterprise": {"ga": "2020-01-01"}, "EnterpriseFlash": {"ga": "2020-01-01"}}}]}
EOF
}

# saw METHOD URL_PATTERN: the mock had such a request, and took it
saw() {
    prism_log | grep -qE "\[HTTP SERVER\] $1 /subscriptions/e7b5a9d2-.*$2" || fail "prism saw no $1 of $2"
}

prism_log() {
    sed 's/\x1b\[[0-9;]*m//g' "$work/prism.log"
}

# Without an api-version prism must object, else its silence on the check says nothing.
prism_objects() {
    python3 - "http://127.0.0.1:$port/subscriptions/x/providers/Microsoft.Cache/redisEnterprise" <<'EOF'
import sys, urllib.error, urllib.request
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=10)
except urllib.error.HTTPError as error:
    sys.exit(0 if error.code == 422 else "prism answered %d" % error.code)
sys.exit("prism took a bad request")
EOF
    prism_log | grep -q 'Violation: request' || fail "prism's log does not tell violations"
}

# A proxy of the environment is for npm only.
export no_proxy="127.0.0.1${no_proxy:+,$no_proxy}"

configured contract
make -C "$where" -j "$jobs" check_amr_upgrade amr-upgrade
if grep -q '^test_contract_SOURCES' Makefile.am; then
    make -C "$where" -j "$jobs" test_contract
    "$where/test_contract"
fi
prism_start
prism_await
(umask 077 && echo not-a-token >"$work/token")
run_check
grep -q ' databases=[1-9]' "$work/answer" || fail "the check saw no database"
run_check --resource-group rg1
write_catalog
run_command defer --force
run_command start
saw patch '/databases/'
saw post '/upgradeDBRedisVersion'
! prism_log | grep 'Violation: request' || fail "the check's requests break the contract"
requests=$(prism_log | grep -c 'The request passed the validation rules')
[ "$requests" -ge 4 ] || fail "prism saw $requests requests only"
prism_objects
echo "prism validated $requests requests of the check and the command and objected to none"
