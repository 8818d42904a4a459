#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: Microsoft's own JavaScript client reads, updates and upgrades on the loopback Azure, and reads what the check reads.
. "$(dirname "$0")/lib.sh"

needs <<'NEEDS'
npm     nodejs-npm npm
python3 python3    python3
openssl openssl    openssl
NEEDS

work=$top/build-ci/client-run
cluster=orders

# The client's packages as the lock names them, run by nothing.
install_client() {
    rm -rf "$work"
    mkdir -p "$work"
    cp tests/client/package.json tests/client/package-lock.json tests/client/client.js "$work"
    timeout 300 npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error
}

# run_check NAME: what the check reads, into $work/NAME.json
run_check() {
    timeout 60 build-ci/client/check_amr_upgrade --subscription "$SUBSCRIPTION" \
        --arm-endpoint "$ARM_ENDPOINT" --authority "$AUTHORITY" --ca-file "$CA_FILE" \
        --tenant "$TENANT" --client-id "$CLIENT_ID" --client-secret-file "$CLIENT_SECRET_FILE" \
        --catalog tests/azure/catalog-demo.json --cache-dir none --state-dir none \
        --output json >"$work/$1.json" || [ $? -le 2 ] || fail "the check: $(cat "$work/$1.json")"
}

run_client() {
    NODE_EXTRA_CA_CERTS=$CA_FILE timeout 120 node "$work/client.js" "$AZURE_DIR/ready.json" \
        "$cluster" >"$work/client.json" || fail "the client could not"
}

compared() {
    python3 tests/client/compare.py "$work/client.json" "$1" "$work/$1.json" "$cluster" ||
        fail "the client and the check differ"
}

# A difference that is planted must be found, else the comparison says nothing.
planted_difference_is_found() {
    sed 's/"version":"7\.4"/"version":"7.5"/' "$work/before.json" >"$work/planted.json"
    ! python3 tests/client/compare.py "$work/client.json" before "$work/planted.json" "$cluster" \
        >/dev/null || fail "the comparison sees no difference"
}

configured client
make -C "$where" -j "$jobs" check_amr_upgrade
install_client
# A proxy of the environment is for npm only.
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 AZURE_HOME=tests/azure
. tests/azure/azure.sh
azure_start "$work/azure" --page-size 3 || fail "no Azure on loopback"
trap azure_stop EXIT
run_check before
run_client
run_check after
compared before
compared after
planted_difference_is_found
[ "$(azure_requests upgrade)-$(azure_requests patch)" = 1-1 ] || fail "requests were repeated"
echo "@azure/arm-redisenterprisecache: $(compared after); its own poller saw the upgrade through"
