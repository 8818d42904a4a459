# SPDX-License-Identifier: MIT
"""Faults: answers that are late, wrong, cut short, too large, or missing.

A fault is a JSON object; its members are described in README.md beside this
file. The first fault that matches a request, and has some of its count left,
decides what becomes of the request.
"""
import base64
import gzip
import http.client
import json
import re
import threading
import time
import zlib

import loopback_arm
from loopback_http import (Answer, add_common_headers, as_body, html_answer,
                           set_reset, swallow)

HANG_SECONDS = 600
PIECE_BYTES = 65536

KEYS = {"comment", "match", "phase", "skip", "count", "preset", "delay",
        "hang", "close", "reset", "status", "headers", "remove_headers",
        "body", "body_base64", "content_type", "redirect", "set", "remove",
        "next_link", "gzip", "chunked", "drip", "drip_after", "short", "huge",
        "endless", "header_flood", "header_bytes"}
WITHOUT_ANSWER = ("hang", "close")
OWN_ANSWER = ("status", "body", "body_base64", "redirect", "preset")


class FaultError(ValueError):
    """The list of faults is not what README.md describes."""


# -- presets: answers seen in the field, made for the request at hand

def name_in(request, pattern, default):
    match = re.search(pattern, request.path, re.IGNORECASE)
    return match.group(1) if match else default


def subscription_of(request):
    return name_in(request, r"/subscriptions/([^/]+)",
                   "00000000-0000-0000-0000-000000000000")


def throttled(request, wait):
    kind = "read" if request.method == "GET" else "write"
    return loopback_arm.error_answer(
        429, "SubscriptionRequestsThrottled",
        "Number of '%s' requests for subscription '%s' actor "
        "'44444444-4444-4444-8444-444444444444' exceeded. Please try again "
        "after '%s' seconds." % (kind, subscription_of(request), wait),
        [("Retry-After", wait)])


def denied(request, _):
    return loopback_arm.authorization_failed(request).answer


def unauthorized(code, message):
    def make(request, _):
        return loopback_arm.error_answer(
            401, code, message,
            [("WWW-Authenticate",
              'Bearer authorization_uri="%s/55555555-5555-4555-8555-'
              '555555555555", error="invalid_token", error_description="%s"'
              % (request.origin, message))])
    return make


def server_error(_, __):
    return loopback_arm.error_answer(
        500, "InternalServerError", "Encountered internal server error. "
        "Diagnostic information: timestamp '20261123T120000Z'.")


def html_error(status, text):
    return lambda _, __: html_answer(status, text)


PRESETS = {
    "throttled": throttled,
    "denied": denied,
    "expired-token": unauthorized(
        "ExpiredAuthenticationToken", "The access token expiry UTC time "
        "'11/23/2026 8:00:00 AM' is earlier than current UTC time "
        "'11/23/2026 9:00:00 AM'."),
    "wrong-tenant": unauthorized(
        "InvalidAuthenticationTokenTenant", "The access token is from the "
        "wrong issuer. It must match the tenant associated with this "
        "subscription."),
    "server-error": server_error,
    "html-502": html_error(502, "Bad Gateway."),
    "html-503": html_error(503, "The service is unavailable."),
    "html-504": html_error(504, "The gateway timed out."),
    "garbage": lambda _, __: Answer(200, b'{"value": [{"id": "/subscr\x00\xff'),
}


class Fault:
    """One fault, with what is left of its count."""

    def __init__(self, value, position):
        where = "fault %d" % position
        if not isinstance(value, dict):
            raise FaultError("%s: not an object" % where)
        unknown = sorted(set(value) - KEYS)
        if unknown:
            raise FaultError("%s: unknown key '%s'" % (where, unknown[0]))
        if value.get("preset", "garbage") not in PRESETS:
            raise FaultError("%s: unknown preset '%s'"
                             % (where, value["preset"]))
        try:
            self.pattern = re.compile(value.get("match", ""), re.IGNORECASE)
        except (re.error, TypeError) as error:
            raise FaultError("%s: match: %s" % (where, error)) from None
        self.value = value
        self.phase = value.get("phase", "request")
        self.skip = value.get("skip", 0)
        self.left = value.get("count")

    def takes(self, phase, line):
        """Does it want this one? Uses up one of skip or count if so."""
        if self.phase != phase or not self.pattern.search(line):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left is None:
            return True
        self.left -= 1
        return self.left >= 0

    def has(self, *keys):
        return any(self.value.get(key) not in (None, False) for key in keys)

    # -- before the handshake

    def before_tls(self, connection):
        time.sleep(self.value.get("delay", 0))
        if self.has("hang"):
            swallow(connection, HANG_SECONDS)
        if self.has("reset"):
            set_reset(connection)
        if self.has("hang", "close", "reset"):
            connection.close()
            raise ConnectionAbortedError("fault before TLS")

    # -- instead of, or on top of, the answer

    def send(self, request, handler, normal):
        """Answer the request; normal(request) gives the right answer."""
        if self.has("delay") and not handler.pause(self.value["delay"]):
            handler.close_now(False)
            return
        if self.has("hang"):
            handler.pause(HANG_SECONDS)
        if self.has(*WITHOUT_ANSWER):
            handler.close_now(self.value.get("close") == "reset")
            return
        own = self.has(*OWN_ANSWER) or "body" in self.value
        answer = self.own(request) if own else normal(request)
        add_common_headers(answer, request)
        self.edit(answer, request)
        self.transmit(answer, handler)

    def fill(self, text, request):
        """Replace {endpoint}, {path} and {target} in texts of the fault."""
        return (str(text).replace("{endpoint}", request.origin)
                .replace("{path}", request.path)
                .replace("{target}", request.target))

    def own(self, request):
        value = self.value
        if "preset" in value:
            answer = PRESETS[value["preset"]](request, self.retry_after())
            answer.status = value.get("status", answer.status)
        elif "redirect" in value:
            answer = Answer(value.get("status", 302), headers=[
                ("Location", self.fill(value["redirect"], request))])
        else:
            answer = self.plain(value.get("status", 200))
        body = self.own_body(request)
        if body is not None:
            answer.body = body
            if not answer.has_header("Content-Type"):
                answer.set_header("Content-Type",
                                  "application/json; charset=utf-8")
        return answer

    def plain(self, status):
        if status < 400:
            return Answer(status)
        reason = http.client.responses.get(status, "Unknown")
        return loopback_arm.error_answer(status, reason.replace(" ", ""),
                                         "%s (a fault of the loopback Azure)."
                                         % reason)

    def retry_after(self):
        headers = dict(self.header_pairs())
        return str(headers.get("Retry-After", "10"))

    def own_body(self, request):
        value = self.value
        if "body_base64" in value:
            return base64.b64decode(value["body_base64"])
        if "body" not in value:
            return None
        if isinstance(value["body"], str):
            return self.fill(value["body"], request).encode("utf-8",
                                                            "surrogatepass")
        return as_body(value["body"])

    def header_pairs(self):
        headers = self.value.get("headers", {})
        return headers.items() if isinstance(headers, dict) else headers

    def edit(self, answer, request):
        self.edit_json(answer, request)
        if self.has("gzip"):
            answer.body = gzip.compress(answer.body)
            answer.set_header("Content-Encoding", "gzip")
        self.edit_headers(answer, request)

    def edit_json(self, answer, request):
        if not self.has("set", "remove", "next_link"):
            return
        body = json.loads(answer.body.decode("utf-8"))
        body.update(self.value.get("set", {}))
        for name in self.value.get("remove", []):
            body.pop(name, None)
        link = self.value.get("next_link")
        if link is not None:
            body["nextLink"] = (request.url() if link == "loop"
                                else self.fill(link, request))
        answer.body = as_body(body)

    def edit_headers(self, answer, request):
        for name in self.value.get("remove_headers", []):
            answer.remove_header(name)
        if "content_type" in self.value:
            answer.set_header("Content-Type", self.value["content_type"])
        seen = set()
        for name, text in self.header_pairs():
            if name.lower() not in seen:  # a list may repeat a header
                answer.remove_header(name)
            seen.add(name.lower())
            answer.headers.append((name, self.fill(text, request)))
        for number in range(self.value.get("header_flood", 0)):
            answer.headers.append(("x-flood-%06d" % number, "a" * 16))
        if self.has("header_bytes"):
            answer.headers.append(("x-long", "a" * self.value["header_bytes"]))

    # -- on the wire

    def transmit(self, answer, handler):
        if self.has("huge"):
            send_huge(answer, handler, self.value["huge"], self.has("gzip"))
        elif self.has("endless"):
            send_endless(answer, handler)
        elif self.has("chunked"):
            send_chunked(answer, handler)
        elif self.has("drip"):
            send_drip(answer, handler, float(self.value["drip"]),
                      self.value.get("drip_after", 0))
        elif self.has("reset", "short"):
            send_part(answer, handler, self.part(len(answer.body)),
                      self.has("reset"))
        else:
            handler.send(answer)

    def part(self, length):
        """How many bytes of the body to send: half of it unless told."""
        if self.value.get("reset") not in (None, False, True):
            return min(self.value["reset"], length)
        if self.value.get("short") not in (None, False, True):
            return max(length - self.value["short"], 0)
        return length // 2


def send_part(answer, handler, length, with_reset):
    handler.wfile.write(answer.head(len(answer.body)) + answer.body[:length])
    if with_reset:
        handler.pause(0.05)  # let the bytes arrive before the reset
    handler.close_now(with_reset)


def send_drip(answer, handler, bytes_per_second, at_once):
    data = answer.head(len(answer.body)) + answer.body
    handler.wfile.write(data[:at_once])
    for position in range(at_once, len(data)):
        if not handler.pause(1 / bytes_per_second):
            break
        handler.wfile.write(data[position:position + 1])
    else:
        return
    handler.close_now(False)


def send_huge(answer, handler, length, compressed):
    """A valid JSON list of that many bytes, nearly all of them blanks."""
    begin, end = b'{"value":[', b"]}"
    blanks = max(length - len(begin) - len(end), 0)
    if compressed:
        answer.body = squeeze(begin, blanks, end)
        handler.send(answer)
        return
    handler.wfile.write(answer.head(len(begin) + blanks + len(end)) + begin)
    for piece in blank_pieces(blanks):
        handler.wfile.write(piece)
    handler.wfile.write(end)


def blank_pieces(blanks):
    piece = b" " * PIECE_BYTES
    while blanks > 0:
        yield piece[:blanks]
        blanks -= PIECE_BYTES


def squeeze(begin, blanks, end):
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    parts = [packer.compress(begin)]
    parts += [packer.compress(piece) for piece in blank_pieces(blanks)]
    parts += [packer.compress(end), packer.flush()]
    return b"".join(parts)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def send_chunked(answer, handler):
    answer.set_header("Transfer-Encoding", "chunked")
    handler.wfile.write(answer.head(None))
    for start in range(0, len(answer.body), 100):
        handler.wfile.write(chunk(answer.body[start:start + 100]))
    handler.wfile.write(b"0\r\n\r\n")


def send_endless(answer, handler):
    """Chunks until the client has had enough."""
    answer.set_header("Transfer-Encoding", "chunked")
    handler.wfile.write(answer.head(None) + chunk(b'{"value":['))
    blanks = chunk(b" " * PIECE_BYTES)
    while True:
        handler.wfile.write(blanks)


class Faults:
    """The list of faults in force."""

    def __init__(self, values=()):
        self.lock = threading.Lock()
        self.replace(values)

    def replace(self, values):
        if not isinstance(values, (list, tuple)):
            raise FaultError("the faults are not a list")
        faults = [Fault(value, number) for number, value in enumerate(values)]
        with self.lock:
            self.faults = faults

    def pick(self, phase, line=""):
        """The fault for this request or connection, or None."""
        with self.lock:
            for fault in self.faults:
                if fault.takes(phase, line):
                    return fault
        return None


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)
