#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of loopback_identity.py: what it must refuse, it refuses."""
import sys

sys.dont_write_bytecode = True  # the source tree may be read-only

# pylint: disable=wrong-import-position
import base64
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import time
import unittest
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import loopback_identity
from loopback_identity import Assertions, Certificate, Identity, is_pss

URL = "https://127.0.0.1:1/tenant/oauth2/v2.0/token"
CLIENT = "33333333-3333-4333-8333-333333333333"


def encoded(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode("ascii")


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="amr-identity-")
        script = os.path.join(HERE, "make_certificates.sh")
        subprocess.run(["/bin/sh", script, cls.dir, "client", "client-other"],
                       check=True, stdin=subprocess.DEVNULL)
        cls.certificate = Certificate(cls.path("client.pem"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.dir, name)

    def setUp(self):
        self.assertions = Assertions(self.certificate, self.path("federated"))

    def sign(self, message, key="client.key", salt="32", padding="pss",
             digest="-sha256"):
        """By the openssl command, which the verifier does not use."""
        options = ["-sigopt", "rsa_padding_mode:" + padding]
        if padding == "pss":
            options += ["-sigopt", "rsa_pss_saltlen:" + salt]
        return subprocess.run(
            ["openssl", "dgst", digest, "-sign", self.path(key), *options],
            input=message, check=True, stdout=subprocess.PIPE).stdout


class Signatures(Case):
    def verify(self, message, signature):
        return is_pss(self.certificate.modulus, 65537, message, signature)

    def test_taken(self):
        for message in (b"", b"a", b"header.claims", b"x" * 5000):
            self.assertTrue(self.verify(message, self.sign(message)))

    def test_refused(self):
        good = self.sign(b"m")
        modulus = self.certificate.modulus.to_bytes(256, "big")
        rows = {"another message": (b"n", good),
                "another key": (b"m", self.sign(b"m", key="client-other.key")),
                "no salt": (b"m", self.sign(b"m", salt="0")),
                "a salt of 20": (b"m", self.sign(b"m", salt="20")),
                "PKCS 1": (b"m", self.sign(b"m", padding="pkcs1")),
                "SHA-512": (b"m", self.sign(b"m", digest="-sha512")),
                "a bit": (b"m", good[:-1] + bytes([good[-1] ^ 1])),
                "cut": (b"m", good[:-1]), "longer": (b"m", good + b"\0"),
                "empty": (b"m", b""), "zero": (b"m", b"\0" * 256),
                "modulus": (b"m", modulus)}
        for name, (message, signature) in rows.items():
            self.assertFalse(self.verify(message, signature), name)


class Assertion(Case):
    def claims(self, **changes):
        now = int(time.time())
        claims = {"aud": URL, "iss": CLIENT, "sub": CLIENT,
                  "jti": str(uuid.uuid4()), "nbf": now, "iat": now,
                  "exp": now + 600}
        claims.update(changes)
        return {name: value for name, value in claims.items()
                if value is not None}

    def header(self, **changes):
        with open(self.path("client.pem"), encoding="ascii") as file:
            der = ssl.PEM_cert_to_DER_cert(file.read())
        return dict({"alg": "PS256", "typ": "JWT",
                     "x5t#S256": encoded(hashlib.sha256(der).digest())},
                    **changes)

    def jwt(self, header=None, claims=None, **how):
        message = "%s.%s" % (encoded(header or self.header()),
                             encoded(claims or self.claims()))
        return message + "." + encoded(self.sign(message.encode(), **how))

    def problem(self, assertion, kind=loopback_identity.JWT_BEARER):
        form = {"client_id": CLIENT, "client_assertion": assertion,
                "client_assertion_type": kind}
        found = self.assertions.problem(form, URL)
        return found and found[0]

    def test_taken_once(self):
        assertion = self.jwt()
        self.assertIsNone(self.problem(assertion))
        self.assertEqual(50027, self.problem(assertion))

    def test_refused(self):
        now = int(time.time())
        good = self.jwt()
        rows = {
            "another key": (700027, self.jwt(key="client-other.key")),
            "PKCS 1": (700027, self.jwt(padding="pkcs1")),
            "claims changed": (700027, "%s.%s.%s" % (
                good.split(".")[0], encoded(self.claims(iss="x")),
                good.split(".")[2])),
            "no signature": (50027, good.rpartition(".")[0] + "."),
            "padding": (50027, good + "="),
            "another fingerprint": (700027, self.jwt(
                header=self.header(**{"x5t#S256": encoded(b"x" * 32)}))),
            "RS256": (700213, self.jwt(header=self.header(alg="RS256"))),
            "a member more": (50027, self.jwt(header=self.header(kid="x"))),
            "issuer": (700021, self.jwt(claims=self.claims(iss="x"))),
            "subject": (700021, self.jwt(claims=self.claims(sub="x"))),
            "audience": (700023, self.jwt(claims=self.claims(aud=URL + "/"))),
            "over": (700024, self.jwt(claims=self.claims(
                nbf=now - 601, iat=now - 601, exp=now - 1))),
            "to come": (700024, self.jwt(claims=self.claims(
                nbf=now + 400, iat=now + 400, exp=now + 1000))),
            "too long": (700024, self.jwt(claims=self.claims(
                nbf=now, iat=now, exp=now + 601))),
            "no exp": (50027, self.jwt(claims=self.claims(exp=None))),
            "a text": (50027, self.jwt(claims=self.claims(exp="soon"))),
            "jti": (50027, self.jwt(claims=self.claims(jti="1"))),
            "nothing": (50027, "x"), "two parts": (50027, "a.b")}
        for name, (code, assertion) in rows.items():
            self.assertEqual(code, self.problem(assertion), name)
        self.assertEqual(900144, self.problem(good, kind="x"))

    def test_a_federated_token_is_good_once(self):
        with open(self.path("federated"), encoding="ascii") as file:
            token = file.read().strip()
        self.assertIsNone(self.problem(token))
        self.assertEqual(700213, self.problem(token))
        with open(self.path("federated"), encoding="ascii") as file:
            self.assertIsNone(self.problem(file.read().strip()))


class Question:
    """As much of a request as Identity looks at."""
    method = "GET"

    def __init__(self, kind, query, **headers):
        self.path = loopback_identity.PATHS[kind]
        self.query = query
        self.headers = {name.replace("_", "-"): value
                        for name, value in headers.items()}


class Machine(Case):
    class Entra:
        """As much of Entra as Identity asks."""
        scopes = ["https://arm/.default"]
        audience = "https://arm"
        client_id = CLIENT
        token_seconds = 60
        assertions = None

        @staticmethod
        def issue():
            return "token"

    def setUp(self):
        self.identity = Identity(self.dir, self.Entra())

    def ask(self, kind, version, changes=(), **headers):
        query = dict({"api-version": version, "resource": "https://arm"},
                     **dict(changes))
        return self.identity.answer(Question(kind, query, **headers))

    def test_imds(self):
        def status(*changes, **headers):
            return self.ask("imds", "2018-02-01", changes, **headers).status
        self.assertEqual(200, status(Metadata="true"))
        self.assertEqual(200, status(("client_id", CLIENT), Metadata="true"))
        self.assertEqual(400, status())
        self.assertEqual(400, status(Metadata="1"))
        self.assertEqual(400, status(Metadata="true", X_Forwarded_For="x"))
        self.assertEqual(400, status(("resource", "x"), Metadata="true"))
        self.assertEqual(400, status(("api-version", "x"), Metadata="true"))
        self.assertEqual(400, status(("client_id", "x"), Metadata="true"))
        body = json.loads(self.ask("imds", "2018-02-01",
                                   Metadata="true").body)
        self.assertTrue(all(isinstance(v, str) for v in body.values()))

    def test_app_service(self):
        def status(**headers):
            return self.ask("app_service", "2019-08-01", **headers).status
        self.assertEqual(200, status(**{"X-IDENTITY-HEADER":
                                        self.identity.header}))
        self.assertEqual(401, status(**{"X-IDENTITY-HEADER": "x"}))
        self.assertEqual(401, status(Metadata="true"))

    def test_arc(self):
        def ask(**headers):
            return self.ask("arc", "2020-06-01", Metadata="true", **headers)
        first = ask()
        self.assertEqual(401, first.status)
        path = dict(first.headers)["WWW-Authenticate"].partition("=")[2]
        with open(path, encoding="ascii") as file:
            key = file.read()
        self.assertEqual(401, ask(Authorization="Basic x").status)
        self.assertEqual(401, ask(Authorization="Bearer " + key).status)
        self.assertEqual(200, ask(Authorization="Basic " + key).status)
        self.assertEqual(401, ask(Authorization="Basic " + key).status)
        self.assertFalse(os.path.exists(path))


if __name__ == "__main__":
    unittest.main()
