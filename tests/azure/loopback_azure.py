#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A loopback Azure: Entra's token endpoint and the part of ARM that a watcher
of Azure Managed Redis needs, over HTTPS on 127.0.0.1, from a small fleet file.

README.md beside this file describes the fleet, the faults and the answers.
"""
import sys

sys.dont_write_bytecode = True  # the source tree may be read-only

# pylint: disable=wrong-import-position
import argparse
import collections
import json
import os
import secrets
import signal
import subprocess
import threading
import time

import loopback_arm
import loopback_faults
import loopback_fleet
import loopback_identity
from loopback_arm import Arm
from loopback_entra import TOKEN_PATH, Entra
from loopback_faults import Faults
from loopback_http import (Server, add_common_headers, html_answer,
                           json_answer, tls_context)

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("token", "subscriptions", "list", "cluster", "databases", "database",
         "patch", "upgrade", "operation", "graph", "imds", "app_service", "arc",
         "other")
CERTIFICATES = ("server", "fast", "expired", "wrong-name", "self-signed",
                "other-ca")
TEST_TOKEN_SECONDS = 366 * 86400


class Counts:
    """What has been asked since the start or the last reset."""

    def __init__(self):
        self.lock = threading.Lock()
        self.active = 0
        self.reset()

    def reset(self):
        with self.lock:
            self.numbers = dict.fromkeys(
                KINDS + ("total", "connections", "handshakes",
                         "failed_connections", "with_authorization", "pages",
                         "faults", "peak"), 0)
            self.log = collections.deque(maxlen=1000)
            self.targets = collections.deque(maxlen=1000)
            self.writes = collections.deque(maxlen=100)
            self.last_headers = {}

    def add(self, name):
        with self.lock:
            self.numbers[name] += 1

    def begin(self, request):
        with self.lock:
            self.active += 1
            numbers = self.numbers
            numbers["peak"] = max(numbers["peak"], self.active)
            numbers["total"] += 1
            numbers[kind_of(request)] += 1
            numbers["with_authorization"] += "Authorization" in request.headers
            numbers["pages"] += "$skiptoken" in request.query
            self.note(request)

    def note(self, request):
        """Keep what a test may ask for; never a secret or a token."""
        self.log.append("%s %s" % (request.method, request.path))
        self.targets.append("%s %s" % (request.method, request.target))
        self.last_headers = {name.lower(): text for name, text
                             in request.headers.items()
                             if name.lower() != "authorization"}
        if request.method != "GET" and not TOKEN_PATH.match(request.path):
            self.writes.append({
                "target": "%s %s" % (request.method, request.path),
                "body": (request.body or b"").decode("utf-8", "replace")})

    def end(self):
        with self.lock:
            self.active -= 1

    def body(self):
        with self.lock:
            return dict(self.numbers, log=list(self.log),
                        targets=list(self.targets), writes=list(self.writes),
                        last_headers=self.last_headers)


def kind_of(request):
    if TOKEN_PATH.match(request.path):
        return "token"
    found, _ = loopback_arm.route(request.method, request.path)
    if found:
        return found[0]
    return loopback_identity.kind_of(request.path) or "other"


class App:
    """Leads each request to its service; knows the faults and the counts."""

    def __init__(self, arm, entra, faults, args):
        self.arm = arm
        self.entra = entra
        self.faults = faults
        self.args = args
        self.counts = Counts()

    # -- told by the server

    def connected(self):
        self.counts.add("connections")
        return self.faults.pick("tls")

    def secured(self):
        self.counts.add("handshakes")

    def connection_failed(self):
        self.counts.add("failed_connections")
        if self.args.verbose:
            print("connection failed: %s" % sys.exc_info()[1], file=sys.stderr)

    def serve(self, request, handler):
        if request.path.startswith("/_loopback/"):
            handler.send(self.control(request))
            return
        self.counts.begin(request)
        try:
            self.serve_azure(request, handler)
        finally:
            self.counts.end()

    def serve_azure(self, request, handler):
        line = "%s %s" % (request.method, request.target)
        fault = self.faults.pick("request", line)
        if self.args.verbose:
            print(line + (" (fault)" if fault else ""), file=sys.stderr)
        time.sleep(self.args.latency_ms / 1000)
        if fault is None:
            handler.send(self.answer(request))
            return
        self.counts.add("faults")
        fault.send(request, handler, self.answer)

    def answer(self, request):
        if request.body is None:
            answer = html_answer(411, "The request must be chunked or have a "
                                 "content length.")
        else:
            answer = self.entra.answer(request) or self.arm.answer(request)
        add_common_headers(answer, request)
        return answer

    # -- /_loopback

    def control(self, request):
        actions = {("GET", "/_loopback/requests"): self.show_counts,
                   ("POST", "/_loopback/reset"): self.reset_counts,
                   ("POST", "/_loopback/faults"): self.set_faults,
                   ("POST", "/_loopback/fleet"): self.set_fleet}
        action = actions.get((request.method, request.path))
        if action is None:
            return json_answer(404, {"error": "no such control"})
        try:
            return json_answer(200, action(request.body))
        except ValueError as error:  # also JSON, FaultError, FleetError
            return json_answer(400, {"error": str(error)})

    def show_counts(self, _):
        return self.counts.body()

    def reset_counts(self, _):
        self.counts.reset()
        return {}

    def set_faults(self, body):
        values = json.loads(body)
        self.faults.replace(values)
        return {"faults": len(values)}

    def set_fleet(self, body):
        fleet = loopback_fleet.Fleet(json.loads(body))
        self.arm.replace(fleet)
        return fleet.size()


class IdentityApp(App):
    """The same for the plain port: the identity endpoints of a machine."""

    def __init__(self, app, identity):
        super().__init__(app.arm, app.entra, app.faults, app.args)
        self.counts = app.counts
        self.identity = identity

    def answer(self, request):
        return self.identity.answer(request)


# -- files

def write_file(path, text):
    """Write it whole, readable by the owner only."""
    temporary = "%s.%d" % (path, os.getpid())
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(temporary, flags, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def ensure_certificate(directory, name):
    """Make ca.pem and NAME.pem where they are not there yet."""
    wanted = [os.path.join(directory, "%s.%s" % (stem, end))
              for stem in ("ca", name) for end in ("pem", "key")]
    if not all(os.path.exists(path) for path in wanted):
        script = os.path.join(HERE, "make_certificates.sh")
        subprocess.run(["/bin/sh", script, directory, name], check=True,
                       stdin=subprocess.DEVNULL)
    return wanted[2], wanted[3]


def ready_document(args, port, fleet, paths):
    endpoint = "https://127.0.0.1:%d" % port
    subscriptions = fleet.subscriptions
    return {"port": port, "arm_endpoint": endpoint, "authority": endpoint,
            "tenant": fleet.tenant, "client_id": fleet.client_id,
            "client_secret_file": paths["client-secret"],
            "token_file": paths["token"],
            "expired_token_file": paths["token-expired"],
            "ca_file": os.path.join(args.dir, "ca.pem"),
            "ca_path": os.path.join(args.dir, "authorities"),
            "certificate": args.certificate,
            "subscription": subscriptions[0].id if subscriptions else None,
            "pid": os.getpid()}


def write_credentials(args, entra):
    texts = {"client-secret": entra.secret,
             "token": entra.issue(TEST_TOKEN_SECONDS),
             "token-expired": entra.issue(-60)}
    paths = {name: os.path.join(args.dir, name) for name in texts}
    for name, text in texts.items():
        write_file(paths[name], text)
    return paths


# -- life and death

def is_alive(pid):
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def has_parent(args, first_parent):
    """Is there still somebody to serve?"""
    if args.parent is None:
        return os.getppid() == first_parent
    return args.parent == 0 or is_alive(args.parent)


def wait_for_end(args, stop, first_parent):
    """Until SIGTERM, the end of the lifetime, or the end of the parent."""
    end = time.monotonic() + args.lifetime_s
    while (not stop.wait(0.1) and time.monotonic() < end
           and has_parent(args, first_parent)):
        pass


def parse_arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add = parser.add_argument
    add("--dir", required=True, help="certificates, credentials, ready.json")
    add("--fleet", default=os.path.join(HERE, "fleet-demo.json"))
    add("--faults", help="a JSON list of faults in force from the start")
    add("--port", type=int, default=0, help="default: any free one")
    add("--front-port", type=int, metavar="N",
        help="where a front stands before it: its own address besides")
    add("--page-size", type=int, default=0, help="items a page; 0: all")
    add("--certificate", choices=CERTIFICATES, default="server")
    add("--tls-max", choices=("1.0", "1.1", "1.2", "1.3"), default="1.3")
    add("--operation-seconds", type=float, default=1.0,
        help="how long PATCH and upgrade take")
    add("--patch-status", type=int, choices=(200, 202),
        help="default: 202, with --operation-seconds 0 200")
    add("--token-seconds", type=int, default=3599, help="life of a new token")
    add("--latency-ms", type=float, default=0, help="before each answer")
    add("--idle-s", type=float, default=60, help="then a connection is closed")
    add("--lifetime-s", type=float, default=600, help="then it ends by itself")
    add("--parent", type=int, metavar="PID",
        help="end when PID has ended; 0: no; default: the parent process")
    add("--identities", action="store_true",
        help="take assertions too, and be a machine with an identity")
    add("--verbose", action="store_true", help="each request on stderr")
    args = parser.parse_args(argv)
    args.dir = os.path.abspath(args.dir)
    return args


def start(args):
    """Everything up to the first request; gives the server and ready.json."""
    ready = os.path.join(args.dir, "ready.json")
    os.makedirs(args.dir, mode=0o700, exist_ok=True)
    if os.path.exists(ready):
        os.unlink(ready)
    fleet = loopback_fleet.load(args.fleet)
    faults = Faults(loopback_faults.load(args.faults) if args.faults else ())
    tls = tls_context(*ensure_certificate(args.dir, args.certificate),
                      args.tls_max)
    server = Server(args.port, tls, None)
    port = server.server_address[1]
    server.ports += [args.front_port] if args.front_port else []
    entra = Entra(["https://%s:%d" % (host, port) for port in server.ports
                   for host in ("127.0.0.1", "localhost")], fleet.tenant,
                  fleet.client_id, secrets.token_urlsafe(30),
                  args.token_seconds)
    arm = Arm(entra, fleet, args.page_size, args.operation_seconds,
              args.patch_status)
    server.app = App(arm, entra, faults, args)
    paths = write_credentials(args, entra)
    document = ready_document(args, port, fleet, paths)
    if args.identities:
        document.update(start_identities(args, server.app))
    return server, ready, json.dumps(document, indent=2) + "\n"


def start_identities(args, app):
    """Certificates, a federated token and the plain port; their facts."""
    for name in loopback_identity.CLIENTS:
        ensure_certificate(args.dir, name)
    identity = loopback_identity.Identity(args.dir, app.entra)
    plain = Server(0, None, IdentityApp(app, identity))
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    return identity.facts("http://127.0.0.1:%d" % plain.server_address[1])


def main(argv):
    first_parent = os.getppid()
    args = parse_arguments(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        server, ready, document = start(args)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print("loopback_azure: %s" % error, file=sys.stderr)
        return 1
    threading.Thread(target=server.serve_forever, daemon=True).start()
    write_file(ready, document)
    wait_for_end(args, stop, first_parent)
    os.unlink(ready)
    sys.stderr.flush()
    os._exit(0)  # connections in the middle of a fault do not hold us up


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
