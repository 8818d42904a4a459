# SPDX-License-Identifier: MIT
"""Requests, answers and the TLS server of the loopback Azure."""
import http.client
import http.server
import json
import select
import socket
import socketserver
import ssl
import sys
import time
import traceback
import urllib.parse
import uuid
from email.utils import formatdate

HANDSHAKE_SECONDS = 10
LARGEST_REQUEST_BYTES = 16 << 20
JSON_TYPE = "application/json; charset=utf-8"


class Request:
    """One request as the services see it."""

    def __init__(self, method, target, headers, body, origin):
        if not target.startswith("/"):
            target = "/" + target
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.origin = origin
        parts = urllib.parse.urlsplit("https://loopback" + target)
        self.path = parts.path
        self.query = {name.lower(): value for name, value in
                      urllib.parse.parse_qsl(parts.query,
                                             keep_blank_values=True)}

    def url(self):
        """The absolute URL, with the host name that the client used."""
        return self.origin + self.target


class Answer:
    """Status, headers (a list of pairs) and body."""

    def __init__(self, status, body=b"", content_type=JSON_TYPE, headers=()):
        self.status = status
        self.body = body
        self.headers = list(headers)
        if body:
            self.headers.append(("Content-Type", content_type))

    def set_header(self, name, value):
        self.remove_header(name)
        self.headers.append((name, value))

    def remove_header(self, name):
        self.headers = [pair for pair in self.headers
                        if pair[0].lower() != name.lower()]

    def has_header(self, name):
        return any(pair[0].lower() == name.lower() for pair in self.headers)

    def head(self, length):
        """Status line and headers as bytes; length None: without a length."""
        reason = http.client.responses.get(self.status, "Unknown")
        lines = ["HTTP/1.1 %d %s" % (self.status, reason)]
        lines += ["%s: %s" % pair for pair in self.headers]
        if length is not None and not self.has_header("Content-Length"):
            lines.append("Content-Length: %d" % length)
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def as_body(value):
    """JSON as ARM sends it: indented, with CRLF, not escaped to ASCII."""
    try:
        text = json.dumps(value, indent=2, ensure_ascii=False)
        return text.replace("\n", "\r\n").encode("utf-8")
    except UnicodeEncodeError:  # lone surrogates can only be sent escaped
        return json.dumps(value, indent=2).replace("\n", "\r\n").encode("ascii")


def json_answer(status, value, headers=()):
    return Answer(status, as_body(value), JSON_TYPE, headers)


def html_answer(status, text):
    title = "%d %s" % (status, http.client.responses.get(status, "Unknown"))
    body = ("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\r\n"
            "<HTML><HEAD><TITLE>%s</TITLE></HEAD>\r\n"
            "<BODY><h2>%s</h2><hr><p>HTTP Error %s. %s</p></BODY></HTML>\r\n"
            % (title, title, title, text))
    return Answer(status, body.encode("utf-8"), "text/html; charset=us-ascii")


def add_common_headers(answer, request):
    """What every answer has, unless something set it on purpose."""
    request_id = str(uuid.uuid4())
    asked = request.headers.get("x-ms-correlation-request-id")
    for name, value in (
            ("Cache-Control", "no-cache"), ("Pragma", "no-cache"),
            ("Expires", "-1"), ("x-ms-request-id", request_id),
            ("x-ms-correlation-request-id", asked or request_id),
            ("Strict-Transport-Security",
             "max-age=31536000; includeSubDomains"),
            ("X-Content-Type-Options", "nosniff"),
            ("Date", formatdate(usegmt=True))):
        if not answer.has_header(name):
            answer.headers.append((name, value))


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection: the handshake, then requests until one side closes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        self.plain = self.request
        self.request.settimeout(HANDSHAKE_SECONDS)
        fault = self.server.app.connected()
        if fault is not None:
            fault.before_tls(self.request)
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request,
                                                       server_side=True)
            self.server.app.secured()
        self.timeout = self.server.app.args.idle_s
        super().setup()

    def finish(self):
        super().finish()
        self.connection.close()

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # the client went away, or a fault closed the connection

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def origin(self):
        """https://HOST:PORT as the client wrote it, if it is one of ours."""
        host = self.headers.get("Host", "").lower()
        ours = ["%s:%d" % (name, port) for port in self.server.ports
                for name in ("127.0.0.1", "localhost")]
        return "https://" + (host if host in ours else ours[0])

    def read_body(self):
        """The body, or None where the request has none that we can take."""
        length = self.headers.get("Content-Length")
        if length is None:
            return b"" if self.command in ("GET", "HEAD") else None
        if not length.isdigit() or int(length) > LARGEST_REQUEST_BYTES:
            return None
        return self.rfile.read(int(length))

    def serve(self):
        body = self.read_body()
        if body is None and self.path.startswith("/_loopback/"):
            body = b""
        request = Request(self.command, self.path, self.headers, body,
                          self.origin())
        if body is None or "Transfer-Encoding" in self.headers:
            self.close_connection = True
        self.server.app.serve(request, self)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = serve
    do_OPTIONS = serve

    def send(self, answer):
        """Send it as it is, in one write."""
        body = b"" if self.command == "HEAD" else answer.body
        if self.close_connection:
            answer.set_header("Connection", "close")
        length = None if answer.status == 204 else len(answer.body)
        self.wfile.write(answer.head(length) + body)

    def close_now(self, with_reset):
        """Close without a goodbye; with_reset: with RST instead of FIN.

        Ends the handling of this connection: does not return.
        """
        self.close_connection = True
        if with_reset:
            set_reset(self.connection)
        self.wfile.close()
        self.rfile.close()
        self.connection.close()
        raise ConnectionAbortedError("closed by a fault")

    def pause(self, seconds):
        """Wait; False as soon as the client has gone."""
        return pause(self.connection, seconds)


def set_reset(connection):
    linger = b"\x01\0\0\0\0\0\0\0"  # on, zero seconds: close sends RST
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def pause(connection, seconds):
    """Wait; False as soon as the client says anything: it is leaving.

    A client that waits for an answer has nothing to say but goodbye, which
    under TLS is a record before the end of the connection.
    """
    readable, _, _ = select.select([connection], [], [], seconds)
    return not readable


def swallow(connection, seconds):
    """Read and forget until the other side closes or the time is over."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            connection.settimeout(max(end - time.monotonic(), 0.01))
            if not connection.recv(65536):
                return
    except OSError:
        return


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Threaded; the handshake happens in the thread of the connection. With
    tls None it speaks plain http."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, port, tls, app):
        self.tls = tls
        self.app = app
        super().__init__(("127.0.0.1", port), Handler)
        self.ports = [self.server_address[1]]

    def server_bind(self):
        socketserver.TCPServer.server_bind(self)  # without a DNS question
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        """A refused handshake is ordinary here; anything else is a bug."""
        self.app.connection_failed()
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()


def tls_context(certificate, key, newest):
    """A server context that speaks nothing above `newest`, 1.0 to 1.3."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if newest != "1.3":
        old = getattr(ssl.TLSVersion, "TLSv" + newest.replace(".", "_")
                      if newest != "1.0" else "TLSv1")
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = old
    context.load_cert_chain(certificate, key)
    return context
