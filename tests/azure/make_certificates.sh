#!/bin/sh
# SPDX-License-Identifier: MIT
# Make the certificates of the loopback Azure with the openssl command.
#
#   make_certificates.sh DIR [NAME...]
#
# Without a NAME every certificate is made; what exists in DIR is kept. Each
# NAME gives DIR/NAME.pem and DIR/NAME.key (0600); DIR/ca.pem and DIR/ca.key
# are always made, because nearly every NAME is signed by them; DIR/authorities
# is a directory with ca.pem under the hash of its name.
#
#   server       127.0.0.1 and localhost, RSA 2048
#   fast         the same with an EC P-256 key: made in a few milliseconds
#   expired      the same, ended in 2021
#   wrong-name   for another host
#   self-signed  signed by itself
#   other-ca     signed by an authority that is not ca.pem (DIR/other-root.pem)
#
# and, for applications that sign assertions, only where they are named:
#
#   client          RSA 2048
#   client-other    another one
#   client-expired  RSA 2048, ended in 2021
#   client-ec       EC P-256
#
# All but the expired ones hold from 2020 to 2099, so that tests may move the clock.
set -eu

usage() {
    echo "usage: make_certificates.sh DIR [NAME...]" >&2
    exit 3
}

[ $# -ge 1 ] || usage
dir=$1
shift
[ $# -gt 0 ] || set -- server fast expired wrong-name self-signed other-ca

umask 077
mkdir -p "$dir"
work=$(mktemp -d "$dir/.making.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
: >"$work/index"

cat >"$work/openssl.cnf" <<EOF
[ca]
default_ca = loopback
[loopback]
database = $work/index
new_certs_dir = $work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
organizationName = optional
commonName = supplied
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[loopback_host]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = DNS:localhost, IP:127.0.0.1
[application]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
[other_host]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = DNS:elsewhere.example
EOF

# Run openssl quietly; show what it said only where it failed.
run_openssl() {
    if ! openssl "$@" >"$work/said" 2>&1; then
        cat "$work/said" >&2
        exit 1
    fi
}

# request NAME rsa|ec COMMON_NAME: key and signing request
request() {
    case $2 in
    rsa) algorithm='rsa:2048' option='rsa_keygen_bits:2048' ;;
    *) algorithm='ec' option='ec_paramgen_curve:P-256' ;;
    esac
    run_openssl req -new -config "$work/openssl.cnf" -newkey "$algorithm" \
        -pkeyopt "$option" -nodes -subj "/O=Loopback Azure (tests)/CN=$3" \
        -keyout "$work/$1.key" -out "$work/$1.csr"
}

# sign NAME EXTENSIONS FROM UNTIL WITH...: certificate from the request
sign() {
    name=$1 extensions=$2 from=$3 until=$4
    shift 4
    run_openssl ca -batch -notext -config "$work/openssl.cnf" \
        -extensions "$extensions" -startdate "$from" -enddate "$until" \
        -in "$work/$name.csr" -out "$work/$name.pem" "$@"
}

# The key goes first: whoever sees the certificate may rely on the key.
deliver() {
    mv "$work/$1.key" "$dir/$1.key"
    mv "$work/$1.pem" "$dir/$1.pem"
}

begin=20200101000000Z
end=20991231235959Z

make_authority() {
    [ -s "$dir/$1.pem" ] && return 0
    request "$1" ec "$2"
    sign "$1" authority $begin $end -selfsign -keyfile "$work/$1.key"
    deliver "$1"
}

# make_leaf NAME rsa|ec EXTENSIONS UNTIL AUTHORITY
make_leaf() {
    request "$1" "$2" "Loopback Azure $1"
    sign "$1" "$3" $begin "$4" -keyfile "$dir/$5.key" -cert "$dir/$5.pem"
    deliver "$1"
}

make_self_signed() {
    request "$1" ec "Loopback Azure $1"
    sign "$1" loopback_host $begin $end -selfsign -keyfile "$work/$1.key"
    deliver "$1"
}

make_directory() {
    run_openssl x509 -hash -noout -in "$dir/ca.pem"
    mkdir -p "$dir/authorities"
    cp "$dir/ca.pem" "$work/hashed.pem"
    mv "$work/hashed.pem" "$dir/authorities/$(cat "$work/said").0"
}

make_authority ca "Loopback Azure CA"
make_directory
for certificate; do
    [ -s "$dir/$certificate.pem" ] && continue
    case $certificate in
    server) make_leaf server rsa loopback_host $end ca ;;
    fast) make_leaf fast ec loopback_host $end ca ;;
    expired) make_leaf expired ec loopback_host 20210101000000Z ca ;;
    wrong-name) make_leaf wrong-name ec other_host $end ca ;;
    self-signed) make_self_signed self-signed ;;
    client | client-other) make_leaf "$certificate" rsa application $end ca ;;
    client-expired) make_leaf client-expired rsa application 20210101000000Z ca ;;
    client-ec) make_leaf client-ec ec application $end ca ;;
    other-ca)
        make_authority other-root "Another CA"
        make_leaf other-ca ec loopback_host $end other-root
        ;;
    *) usage ;;
    esac
done
