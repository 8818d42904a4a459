# SPDX-License-Identifier: MIT
"""The token endpoint of the loopback Azure, in Entra's shapes."""
import base64
import json
import re
import secrets
import threading
import time
import urllib.parse
import uuid

from loopback_http import Answer, json_answer

TOKEN_PATH = re.compile(r"^/([^/]+)/oauth2/v2\.0/token/?$", re.IGNORECASE)
OPENID_PATH = re.compile(
    r"^/([^/]+)/v2\.0/\.well-known/openid-configuration$", re.IGNORECASE)
PUBLIC_ERRORS = "https://login.microsoftonline.com/error?code=%d"

# AADSTS code: HTTP status, OAuth error, text
ERRORS = {
    70011: (400, "invalid_scope",
            "The provided value for the input parameter 'scope' is not valid. "
            "The scope %s is not valid."),
    70003: (400, "unsupported_grant_type",
            "The app requested an unsupported grant type '%s'."),
    90002: (400, "invalid_request",
            "Tenant '%s' not found. Check to make sure you have the correct "
            "tenant ID and are signing into the correct cloud. Check with your "
            "subscription administrator, this may happen if there are no "
            "active subscriptions for the tenant."),
    700016: (400, "unauthorized_client",
             "Application with identifier '%s' was not found in the directory "
             "'Loopback'. This can happen if the application has not been "
             "installed by the administrator of the tenant or consented to by "
             "any user in the tenant. You may have sent your authentication "
             "request to the wrong tenant."),
    900144: (400, "invalid_request",
             "The request body must contain the following parameter: '%s'."),
    7000215: (401, "invalid_client",
              "Invalid client secret provided. Ensure the secret being sent "
              "in the request is the client secret value, not the client "
              "secret ID, for a secret added to app '%s'."),
    50027: (401, "invalid_client",
            "JWT token is invalid or malformed: %s."),
    700021: (401, "invalid_client",
             "Client assertion application identifier doesn't match "
             "'client_id' parameter: %s."),
    700023: (401, "invalid_client",
             "Client assertion audience claim does not match Realm issuer: "
             "%s."),
    700024: (401, "invalid_client",
             "Client assertion is not within its valid time range: %s."),
    700027: (401, "invalid_client",
             "The certificate with identifier used to sign the client "
             "assertion is not registered on application. [Reason - %s.]"),
    700213: (401, "invalid_client",
             "No matching federated identity record found for presented "
             "assertion subject '%s'."),
}


def error_answer(code, subject):
    status, error, text = ERRORS[code]
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
    description = ("AADSTS%d: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\n"
                   "Timestamp: %s"
                   % (code, text % subject, trace, correlation, stamp))
    return token_answer(status, {
        "error": error, "error_description": description,
        "error_codes": [code], "timestamp": stamp, "trace_id": trace,
        "correlation_id": correlation, "error_uri": PUBLIC_ERRORS % code})


def token_answer(status, value):
    body = json.dumps(value, separators=(",", ":")).encode("utf-8")
    return Answer(status, body,
                  headers=[("Cache-Control", "no-store, no-cache"),
                           ("x-ms-ests-server", "loopback")])


def unpadded(value):
    text = json.dumps(value, separators=(",", ":")).encode("utf-8")
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode("ascii")


class Tokens:
    """The bearer tokens given out; nothing else is accepted."""

    def __init__(self):
        self.lock = threading.Lock()
        self.ends = {}

    def issue(self, claims, seconds):
        """A new token that looks like Entra's and holds for `seconds`."""
        now = int(time.time())
        claims = dict(claims, iat=now, nbf=now, exp=now + int(seconds))
        token = "%s.%s.%s" % (unpadded({"typ": "JWT", "alg": "RS256"}),
                              unpadded(claims), secrets.token_urlsafe(256))
        with self.lock:
            self.ends[token] = time.time() + seconds
        return token

    def end_of(self, token):
        """The instant at which it ends, None for one we never gave out."""
        with self.lock:
            return self.ends.get(token)


class Entra:
    """Client credentials with a secret or an assertion; one tenant, one
    application."""

    assertions = None  # who looks at assertions, where they are taken

    def __init__(self, origins, tenant, client_id, secret, token_seconds):
        self.tenant = tenant
        self.client_id = client_id
        self.secret = secret
        self.token_seconds = token_seconds
        self.scopes = [origin + "/.default" for origin in origins]
        self.audience = origins[0]
        self.tokens = Tokens()

    def claims(self):
        return {"aud": self.audience, "appid": self.client_id,
                "iss": "%s/%s/v2.0" % (self.audience, self.tenant),
                "oid": "44444444-4444-4444-8444-444444444444",
                "tid": self.tenant, "ver": "1.0"}

    def issue(self, seconds=None):
        return self.tokens.issue(self.claims(), self.token_seconds
                                 if seconds is None else seconds)

    def answer(self, request):
        """The answer to a token request; None where it is none."""
        match = TOKEN_PATH.match(request.path)
        if match is None:
            return self.openid(request)
        if request.method != "POST":
            return Answer(405, headers=[("Allow", "POST")])
        tenant = urllib.parse.unquote(match.group(1))
        form = self.form(request)
        return (self.refusal(tenant, form, request.url())
                or token_answer(200, {"token_type": "Bearer",
                                      "expires_in": self.token_seconds,
                                      "ext_expires_in": self.token_seconds,
                                      "access_token": self.issue()}))

    def openid(self, request):
        """Where the tenant's endpoints are: libraries ask for that first."""
        match = OPENID_PATH.match(request.path)
        if match is None or request.method != "GET":
            return None
        base = "%s/%s" % (request.origin, match.group(1))
        return token_answer(200, {
            "token_endpoint": base + "/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post", "private_key_jwt"],
            "jwks_uri": base + "/discovery/v2.0/keys",
            "issuer": base + "/v2.0",
            "authorization_endpoint": base + "/oauth2/v2.0/authorize"})

    @staticmethod
    def form(request):
        kind = request.headers.get("Content-Type", "").split(";")[0].strip()
        if kind.lower() != "application/x-www-form-urlencoded":
            return {}
        text = request.body.decode("utf-8", "replace")
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))

    def refusal(self, tenant, form, url):
        """The first thing wrong with the request, in Entra's order."""
        if tenant.lower() != self.tenant.lower():
            return error_answer(90002, tenant)
        proof = ("client_assertion" if "client_assertion" in form
                 and self.assertions else "client_secret")
        for name in ("grant_type", "client_id", "scope", proof):
            if not form.get(name):
                return error_answer(900144, name)
        if form["grant_type"] != "client_credentials":
            return error_answer(70003, form["grant_type"])
        if form["client_id"].lower() != self.client_id.lower():
            return error_answer(700016, form["client_id"])
        if form["scope"].lower() not in self.scopes:
            return error_answer(70011, form["scope"])
        if proof == "client_assertion":
            problem = self.assertions.problem(form, url)
            return error_answer(*problem) if problem else None
        if not secrets.compare_digest(form["client_secret"].encode("utf-8"),
                                      self.secret.encode("utf-8")):
            return error_answer(7000215, form["client_id"])
        return None


def challenge(origin, tenant, description):
    return [("WWW-Authenticate",
             'Bearer authorization_uri="%s/%s", error="invalid_token", '
             'error_description="%s"' % (origin, tenant, description))]


def unauthorized(code, message, origin, tenant):
    return json_answer(401, {"error": {"code": code, "message": message}},
                       challenge(origin, tenant, message))


def bearer_refusal(entra, request):
    """401 unless the request carries a token that holds; else None."""
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if not header:
        return unauthorized("AuthenticationFailed", "Authentication failed. "
                            "The 'Authorization' header is missing.",
                            request.origin, entra.tenant)
    end = entra.tokens.end_of(token) if scheme.lower() == "bearer" else None
    if end is None:
        return unauthorized("InvalidAuthenticationToken",
                            "The access token is invalid.",
                            request.origin, entra.tenant)
    now = time.time()
    if end <= now:
        return unauthorized(
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time '%s' is earlier than current "
            "UTC time '%s'." % (stamp_of(end), stamp_of(now)),
            request.origin, entra.tenant)
    return None


def stamp_of(instant):
    return time.strftime("%m/%d/%Y %I:%M:%S %p", time.gmtime(instant))
