# shellcheck shell=sh disable=SC2119,SC2120,SC3028
# SPDX-License-Identifier: MIT
# To be sourced by shell tests:
#
#   . tests/azure/azure.sh
#   azure_start DIR [options of loopback_azure.py]
#   azure_requests list          -> 1
#   azure_faults '[{"match": "databases", "preset": "throttled", "count": 1}]'
#   azure_stop
#
# azure_start exports ARM_ENDPOINT, AUTHORITY, TENANT, CLIENT_ID,
# CLIENT_SECRET_FILE, TOKEN_FILE, EXPIRED_TOKEN_FILE, CA_FILE, SUBSCRIPTION,
# AZURE_DIR and AZURE_PID; none of them is read by the programs under test. It
# uses the certificate `fast` unless --certificate is given, and it returns 1,
# with the reason on stderr, where the server is not ready within ten seconds.
# The server ends with the shell that started it, with azure_stop, or after its
# lifetime, whichever comes first.
#
# In a shell other than bash the files are looked for in $AZURE_HOME,
# $srcdir/tests/azure, tests/azure and beside or near the script.

: "${PYTHON:=python3}"

azure_home() {
    for azure_candidate in "${AZURE_HOME:-}" \
        "$(dirname "${BASH_SOURCE:-/nowhere}")" \
        "${srcdir:-.}/tests/azure" tests/azure \
        "$(dirname "$0")" "$(dirname "$0")/../azure"; do
        if [ -f "$azure_candidate/loopback_azure.py" ]; then
            (cd "$azure_candidate" && pwd)
            return 0
        fi
    done
    echo "azure.sh: loopback_azure.py not found; set AZURE_HOME" >&2
    return 1
}

azure_exports() {
    "$PYTHON" - "$1/ready.json" <<'EOF'
import json, shlex, sys
with open(sys.argv[1], encoding="utf-8") as file:
    ready = json.load(file)
for name in ("arm_endpoint", "authority", "tenant", "client_id",
             "client_secret_file", "token_file", "expired_token_file",
             "ca_file", "subscription"):
    print("export %s=%s" % (name.upper(), shlex.quote(str(ready[name]))))
EOF
}

# azure_start DIR [options]
azure_start() {
    AZURE_HOME=$(azure_home) || return 1
    AZURE_DIR=$1
    shift
    mkdir -p "$AZURE_DIR" || return 1
    rm -f "$AZURE_DIR/ready.json"
    "$PYTHON" "$AZURE_HOME/loopback_azure.py" --dir "$AZURE_DIR" \
        --certificate fast --parent $$ "$@" \
        </dev/null >"$AZURE_DIR/server.log" 2>&1 &
    AZURE_PID=$!
    echo "$AZURE_PID" >"$AZURE_DIR/pid"
    azure_await || return 1
    eval "$(azure_exports "$AZURE_DIR")"
    export AZURE_DIR AZURE_PID
}

azure_await() {
    azure_tries=0
    while [ ! -f "$AZURE_DIR/ready.json" ]; do
        azure_tries=$((azure_tries + 1))
        if [ $azure_tries -gt 200 ] || ! kill -0 "$AZURE_PID" 2>/dev/null; then
            echo "azure.sh: the server did not get ready:" >&2
            cat "$AZURE_DIR/server.log" >&2
            azure_stop
            return 1
        fi
        sleep 0.05
    done
}

# azure_stop [DIR]: the last one started unless DIR is given
azure_stop() {
    azure_where=${1:-${AZURE_DIR:-}}
    [ -n "$azure_where" ] && [ -f "$azure_where/pid" ] || return 0
    azure_pid=$(cat "$azure_where/pid")
    rm -f "$azure_where/pid"
    kill "$azure_pid" 2>/dev/null || return 0
    wait "$azure_pid" 2>/dev/null || :
}

# azure_ask METHOD PATH [BODY|@FILE]: the answer to a control of /_loopback/
azure_ask() {
    "$PYTHON" -W ignore - "$CA_FILE" "$ARM_ENDPOINT" "$@" <<'EOF'
import ssl, sys, urllib.error, urllib.request
ca_file, endpoint, method, path = sys.argv[1:5]
text = sys.argv[5] if len(sys.argv) > 5 else ""
if text.startswith("@"):
    with open(text[1:], encoding="utf-8") as file:
        text = file.read()
body = text.encode("utf-8") if method == "POST" else None
request = urllib.request.Request(endpoint + path, body, method=method)
tls = ssl.create_default_context(cafile=ca_file)
tls.check_hostname = False
tls.verify_mode = ssl.CERT_NONE  # a control must work with any certificate
tls.set_ciphers("DEFAULT:@SECLEVEL=0")  # and with any version of TLS
tls.minimum_version = ssl.TLSVersion.TLSv1
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                     urllib.request.HTTPSHandler(context=tls))
try:
    sys.stdout.write(opener.open(request, timeout=10).read().decode("utf-8"))
except urllib.error.HTTPError as error:
    sys.exit("azure.sh: %s" % error.read().decode("utf-8"))
EOF
}

# azure_requests [KEY]: all counts, or one number (or the lines of one list)
azure_requests() {
    azure_ask GET /_loopback/requests | if [ $# -eq 0 ]; then cat; else
        "$PYTHON" -c 'import json, sys
value = json.load(sys.stdin)[sys.argv[1]]
for item in value if isinstance(value, list) else [value]:
    print(item if not isinstance(item, dict) else json.dumps(item))' "$1"
    fi
}

azure_reset() { azure_ask POST /_loopback/reset >/dev/null; }

# azure_faults JSON|@FILE; azure_faults '[]' removes them
azure_faults() { azure_ask POST /_loopback/faults "$1" >/dev/null; }

# azure_fleet FILE
azure_fleet() { azure_ask POST /_loopback/fleet "@$1" >/dev/null; }
