# SPDX-License-Identifier: MIT
"""Assertions for the loopback Entra, and the identity endpoints of a machine:
IMDS, App Service, Azure Arc."""
import base64
import hashlib
import json
import os
import re
import secrets
import ssl
import subprocess
import threading
import time
import uuid

from loopback_http import Answer

CLIENTS = ("client", "client-other", "client-expired", "client-ec")
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PATHS = {"imds": "/metadata/identity/oauth2/token",
         "app_service": "/msi/token/",
         "arc": "/arc/metadata/identity/oauth2/token"}
HASH_BYTES = SALT_BYTES = 32
LIFE_MOST_S = 600
SKEW_MOST_S = 300


def kind_of(path):
    for kind, known in PATHS.items():
        if path.lower() == known:
            return kind
    return None


def write_private(path, text):
    """Replace it whole, readable by the owner only."""
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
                         0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    os.replace(path + ".new", path)


def read_text(path):
    with open(path, encoding="ascii") as file:
        return file.read()


# -- RSASSA-PSS of RFC 8017, written out: no OpenSSL checks OpenSSL

def mask(seed, length):
    blocks = (hashlib.sha256(seed + counter.to_bytes(4, "big")).digest()
              for counter in range(-(-length // HASH_BYTES)))
    return b"".join(blocks)[:length]


def is_pss(modulus, exponent, message, signature):
    """RFC 8017 8.1.2 and 9.1.2 with SHA-256, MGF1 and a salt of 32 bytes."""
    bits = modulus.bit_length()
    if len(signature) != (bits + 7) // 8:
        return False
    encoded = pow(int.from_bytes(signature, "big"), exponent, modulus)
    encoded = encoded.to_bytes((bits + 6) // 8, "big")
    masked, digest = encoded[:-HASH_BYTES - 1], encoded[-HASH_BYTES - 1:-1]
    unused = 8 * len(encoded) - (bits - 1)
    if encoded[-1] != 0xbc or masked[0] >> (8 - unused):
        return False
    block = bytearray(a ^ b for a, b in zip(masked, mask(digest, len(masked))))
    block[0] &= 0xff >> unused
    padding, salt = bytes(block[:-SALT_BYTES]), bytes(block[-SALT_BYTES:])
    if padding != b"\0" * (len(padding) - 1) + b"\1":
        return False
    again = b"\0" * 8 + hashlib.sha256(message).digest() + salt
    return hashlib.sha256(again).digest() == digest


def unpadded(text):
    """Bytes of base64url without padding, and nothing else."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Certificate:
    """The certificate that the application has registered."""

    def __init__(self, path):
        der = ssl.PEM_cert_to_DER_cert(read_text(path))
        self.thumbprint = hashlib.sha256(der).digest()
        said = subprocess.run(
            ["openssl", "x509", "-in", path, "-noout", "-modulus"], check=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
        self.modulus = int(said.decode("ascii").split("=")[1], 16)

    def has_signed(self, message, signature):
        return is_pss(self.modulus, 65537, message, signature)


class Assertions:
    """What an application may show instead of a secret."""

    def __init__(self, certificate, federated_path):
        self.certificate = certificate
        self.federated_path = federated_path
        self.lock = threading.Lock()
        self.seen = set()
        self.rotate()

    def rotate(self):
        """A federated token is good for one use: whoever keeps it fails."""
        self.federated = "eyJhbGciOiJSUzI1NiJ9.%s.%s" % (
            secrets.token_urlsafe(120), secrets.token_urlsafe(256))
        write_private(self.federated_path, self.federated + "\n")

    def problem(self, form, url):
        """AADSTS code and what it is about; None where all is right."""
        assertion = form["client_assertion"]
        if form.get("client_assertion_type") != JWT_BEARER:
            return 900144, "client_assertion_type"
        with self.lock:
            if assertion == self.federated:
                self.rotate()
                return None
            try:
                return self.problem_of_jwt(assertion, form["client_id"], url)
            except (ValueError, KeyError, TypeError) as error:
                return 50027, str(error)

    def problem_of_jwt(self, assertion, client_id, url):
        parts = assertion.split(".")
        if len(parts) != 3:
            return 50027, "not three parts"
        if "PS256" not in unpadded(parts[0]).decode("ascii", "replace"):
            return 700213, "system:serviceaccount:loopback"
        header, claims = (json.loads(unpadded(part)) for part in parts[:2])
        signature = unpadded(parts[2])
        if (set(header) != {"alg", "typ", "x5t#S256"}
                or header["alg"] != "PS256" or header["typ"] != "JWT"):
            return 50027, "header"
        if unpadded(header["x5t#S256"]) != self.certificate.thumbprint:
            return 700027, "The key was not found"
        message = assertion.rpartition(".")[0].encode("ascii")
        if not self.certificate.has_signed(message, signature):
            return 700027, "Client assertion failed signature validation"
        return self.problem_of_claims(claims, client_id, url)

    def problem_of_claims(self, claims, client_id, url):
        now = time.time()
        if set(claims) != {"aud", "iss", "sub", "jti", "nbf", "iat", "exp"}:
            return 50027, "claims"
        if claims["iss"] != client_id or claims["sub"] != client_id:
            return 700021, claims["iss"]
        if claims["aud"] != url:
            return 700023, claims["aud"]
        if (claims["nbf"] > now + SKEW_MOST_S or claims["exp"] <= now
                or not 0 < claims["exp"] - claims["nbf"] <= LIFE_MOST_S
                or claims["iat"] != claims["nbf"]):
            return 700024, "%s to %s" % (claims["nbf"], claims["exp"])
        if uuid.UUID(claims["jti"]).version != 4 or claims["jti"] in self.seen:
            return 50027, "jti"
        self.seen.add(claims["jti"])
        return None


# -- endpoints of the machine

def json_body(status, value, headers=()):
    return Answer(status, json.dumps(value).encode("utf-8"),
                  "application/json; charset=utf-8", headers)


def refusal(status, description, headers=()):
    return json_body(status, {"error": "invalid_request",
                              "error_description": description}, headers)


class Identity:
    """A machine with one identity: that of the application."""

    def __init__(self, directory, entra):
        self.directory = directory
        self.tokens_directory = os.path.join(directory, "tokens")
        self.entra = entra
        self.header = secrets.token_urlsafe(24)
        self.keys = {}
        self.lock = threading.Lock()
        os.makedirs(self.tokens_directory, mode=0o700, exist_ok=True)
        self.federated_path = os.path.join(directory, "federated-token")
        entra.assertions = Assertions(
            Certificate(os.path.join(directory, "client.pem")),
            self.federated_path)

    def answer(self, request):
        answers = {"imds": self.imds, "app_service": self.app_service,
                   "arc": self.arc}
        answer = answers.get(kind_of(request.path))
        if answer is None or request.method != "GET":
            return refusal(404, "no such endpoint")
        if "X-Forwarded-For" in request.headers or "Via" in request.headers:
            return refusal(400, "a request that came through a proxy")
        return answer(request)

    def refuse_question(self, request, api_version):
        resource = request.query.get("resource", "").rstrip("/")
        if request.query.get("api-version") != api_version:
            return refusal(400, "api-version is not %s" % api_version)
        if resource + "/.default" not in self.entra.scopes:
            return refusal(400, "AADSTS500011: The resource principal named "
                           "%s was not found" % resource)
        if request.query.get("client_id",
                             self.entra.client_id) != self.entra.client_id:
            return refusal(400, "Identity not found")
        return None

    def token(self, names):
        """IMDS and its relatives send all numbers as strings."""
        now = int(time.time())
        seconds = self.entra.token_seconds
        values = {"access_token": self.entra.issue(),
                  "client_id": self.entra.client_id,
                  "expires_in": str(seconds), "ext_expires_in": str(seconds),
                  "expires_on": str(now + seconds), "not_before": str(now),
                  "resource": self.entra.audience, "token_type": "Bearer"}
        return json_body(200, {name: values[name] for name in names})

    def imds(self, request):
        if request.headers.get("Metadata", "").lower() != "true":
            return refusal(400, "Required metadata header not specified")
        return (self.refuse_question(request, "2018-02-01")
                or self.token(("access_token", "client_id", "expires_in",
                               "expires_on", "ext_expires_in", "not_before",
                               "resource", "token_type")))

    def app_service(self, request):
        if request.headers.get("X-IDENTITY-HEADER") != self.header:
            return json_body(401, {"statusCode": 401,
                                   "message": "The header is not right."})
        return (self.refuse_question(request, "2019-08-01")
                or self.token(("access_token", "client_id", "expires_on",
                               "resource", "token_type")))

    def arc(self, request):
        if request.headers.get("Metadata", "").lower() != "true":
            return refusal(400, "Required metadata header not specified")
        if "client_id" in request.query:
            return refusal(400, "there is one identity only")
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        with self.lock:
            path = self.keys.pop(key, None) if scheme == "Basic" else None
            if path is None:
                return self.challenge()
            os.unlink(path)
        return (self.refuse_question(request, "2020-06-01")
                or self.token(("access_token", "expires_in", "expires_on",
                               "not_before", "resource", "token_type")))

    def challenge(self):
        """Only who may read the file can come back with the key."""
        path = os.path.join(self.tokens_directory, "%s.key" % uuid.uuid4())
        key = secrets.token_urlsafe(48)
        write_private(path, key)
        self.keys[key] = path
        return refusal(401, "Missing Basic Authorization header",
                       [("WWW-Authenticate", "Basic realm=%s" % path)])

    # -- facts for ready.json

    def facts(self, origin):
        files = self.write_certificates()
        return dict(files, federated_token_file=self.federated_path,
                    imds_host=origin, arc_endpoint=origin + PATHS["arc"],
                    arc_tokens_directory=self.tokens_directory,
                    app_service_endpoint=origin + PATHS["app_service"],
                    app_service_header=self.header)

    def write_certificates(self):
        """Files with certificate and key, most with something wrong."""
        def part(name):
            return read_text(os.path.join(self.directory, name))
        texts = {
            "certificate": part("client.key") + part("client.pem"),
            "certificate_chain": (part("ca.pem") + part("client.pem")
                                  + self.changed_key("rsa", "-traditional")),
            "certificate_other": part("client-other.pem")
                                 + part("client-other.key"),
            "certificate_expired": part("client-expired.pem")
                                   + part("client-expired.key"),
            "certificate_ec": part("client-ec.pem") + part("client-ec.key"),
            "certificate_mixed": part("client.pem") + part("client-other.key"),
            "certificate_locked": part("client.pem") + self.changed_key(
                "pkey", "-aes256", "-passout", "pass:locked"),
            "certificate_without_key": part("client.pem"),
            "certificate_without_certificate": part("client.key")}
        facts = {}
        for name, text in texts.items():
            path = os.path.join(self.directory, name.replace("_", "-"))
            write_private(path, text)
            facts[name + "_file"] = path
        return facts

    def changed_key(self, *command):
        """The key of `client` in another form."""
        return subprocess.run(
            ["openssl", *command, "-in",
             os.path.join(self.directory, "client.key")], check=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL).stdout.decode("ascii")
