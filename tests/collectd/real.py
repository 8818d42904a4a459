#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The plugin in a real collectd, beside plugins that have a libcurl of their own.

usage: real.py COLLECTD PLUGIN_DIR PLUGIN [VALGRIND...]

With a command VALGRIND the daemon runs under it, for a short while, and only ends well or not.
"""
import glob
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import plugin  # noqa: E402

cli = plugin.cli
COLLECTD, PLUGIN_DIR, PLUGIN = sys.argv[1], sys.argv[2], os.path.abspath(sys.argv[3])
VALGRIND = sys.argv[4:]
BASE_BESIDE = ("logfile", "csv", "uptime")
BESIDE = (*BASE_BESIDE, "rrdtool", "write_http", "write_prometheus", "curl_json")
LIMIT_S = 60 if VALGRIND else 20
BASE = """Hostname "real"
BaseDir "{work}"
PIDFile "{work}/pid"
PluginDir "{work}/plugins"
TypesDB "/usr/share/collectd/types.db"
Interval 1
ReadThreads 1
LoadPlugin logfile
<Plugin logfile>
  LogLevel info
  File "{work}/log"
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "{work}/csv"
  StoreRates false
</Plugin>
LoadPlugin uptime
LoadPlugin amr_upgrade
"""
CONFIG = BASE + """LoadPlugin rrdtool
<Plugin rrdtool>
  DataDir "{work}/rrd"
</Plugin>
LoadPlugin write_http
<Plugin write_http>
  <Node "test">
    URL "http://127.0.0.1:{port}/post"
    Format "JSON"
    BufferSize 8192
  </Node>
</Plugin>
LoadPlugin write_prometheus
<Plugin write_prometheus>
  Port "{scrape_port}"
  Host "127.0.0.1"
</Plugin>
<LoadPlugin curl_json>
  Globals true
</LoadPlugin>
<Plugin curl_json>
  <URL "http://127.0.0.1:{port}/numbers">
    Instance "test"
    <Key "number">
      Type "gauge"
    </Key>
  </URL>
</Plugin>
"""


class Peer(http.server.BaseHTTPRequestHandler):
    """Takes what write_http posts, and gives curl_json a number."""
    posted = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Peer.posted.extend(json.loads(body))
        self.answer(b"{}")

    def do_GET(self):
        self.answer(b'{"number": 42}')

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_port():
    with http.server.HTTPServer(("127.0.0.1", 0), Peer) as server:
        return server.server_port


class Real:
    """A running collectd."""
    config, beside = CONFIG, BESIDE

    def __init__(self, azure, case, directory=None):
        self.work = directory or tempfile.mkdtemp(prefix="real-", dir=cli.SCRATCH)
        self.facts = {**azure.facts, **self.ports(), "work": self.work, "scratch": self.work,
                      "catalog": os.path.join(HERE, "..", "azure", "catalog-demo.json")}
        os.makedirs(os.path.join(self.work, "plugins"), exist_ok=True)
        for path in (*(os.path.join(PLUGIN_DIR, name + ".so") for name in self.beside), PLUGIN):
            shutil.copy(path, os.path.join(self.work, "plugins"))
        path = os.path.join(self.work, "collectd.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(cli.fill(self.config, self.facts))
            file.write(plugin.configuration(case, self.facts))
        self.process = subprocess.Popen([*VALGRIND, COLLECTD, "-f", "-C", path],
                                        stdin=subprocess.DEVNULL, env=cli.environment({}))

    def ports(self):
        return {"port": PEER.server_port, "scrape_port": free_port()}

    def stop(self):
        begun = time.monotonic()
        self.process.terminate()
        status = self.process.wait(60)
        return status, time.monotonic() - begun

    def log(self):
        with open(os.path.join(self.work, "log"), encoding="utf-8") as file:
            return file.read()

    def series(self, instance):
        """Series -> (instant, value) of the last line of each file."""
        found = {}
        for path in glob.glob(os.path.join(self.work, "csv", "real", instance, "*")):
            with open(path, encoding="utf-8") as file:
                lines = file.read().rstrip("\n").split("\n")
            if len(lines) > 1:
                instant, value = lines[-1].split(",")
                found[os.path.basename(path)[:-len("-2027-01-05")]] = (float(instant), float(value))
        return found

    def value(self, instance, name, newer_s=0):
        instant, value = self.series("amr_upgrade-" + instance).get(name, (0, None))
        return value if instant > newer_s else None

    def scrape(self):
        url = "http://127.0.0.1:%d/metrics" % self.facts["scrape_port"]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=10) as answer:
            return answer.read().decode()


def wait_for(question, what):
    until = time.monotonic() + LIMIT_S
    while not question():
        if time.monotonic() > until:
            raise AssertionError("not within %d s: %s" % (LIMIT_S, what))
        time.sleep(0.2)


class RealTest(unittest.TestCase):
    def setUp(self):
        AZURE.prepare({})

    def begin(self, *options, directory=None):
        real = Real(AZURE, {"settings": options}, directory)
        self.addCleanup(lambda: real.process.poll() is None and real.process.kill())
        return real

    def end(self, real):
        status, seconds = real.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 30 if VALGRIND else 2)

    def test_all_plugins_get_all_series(self):
        real = self.begin()
        wait_for(lambda: real.value("account.prod", "gauge-up") == 1, "up")
        wait_for(lambda: len(real.series("amr_upgrade-account.prod")) == 18, "all series of the account")
        self.assertEqual(real.value("account.prod", "objects-databases"), 11)
        wait_for(lambda: real.series("curl_json-test").get("gauge-number", (0, 0))[1] == 42, "curl_json")
        wait_for(lambda: any(one["plugin_instance"] == "cart.northeurope" for one in Peer.posted),
                 "write_http")
        metric = 'collectd_amr_upgrade_gauge{amr_upgrade="cart.northeurope",type="version",instance="real"} 704'
        wait_for(lambda: metric in real.scrape(), "write_prometheus")
        self.end(real)
        self.assertTrue(glob.glob(os.path.join(real.work, "rrd", "real", "amr_upgrade-cart*", "*.rrd")))

    def test_recovers_from_an_azure_that_was_away(self):
        real = self.begin("MaxStale 6")
        wait_for(lambda: real.value("cart.northeurope", "gauge-version") == 704, "a version")
        AZURE.ask("/_loopback/faults", json.dumps([{"close": "reset"}]).encode())
        wait_for(lambda: real.value("account.prod", "gauge-up") == 0, "up 0")
        wait_for(lambda: real.value("cart.northeurope", "gauge-severity") == 1, "severity 1")
        stale_s = time.time()
        time.sleep(3)
        ended = real.series("amr_upgrade-cart.northeurope")
        self.assertLess(ended["gauge-version"][0], stale_s + 1)
        self.assertGreater(ended["gauge-severity"][0], stale_s + 1)
        self.assertGreater(real.value("account.prod", "duration-data_age"), 6)
        AZURE.ask("/_loopback/faults", b"[]")
        wait_for(lambda: real.value("cart.northeurope", "gauge-version", time.time() - 2) == 704, "a version")
        wait_for(lambda: real.value("account.prod", "gauge-up") == 1, "up 1")
        self.end(real)
        if not VALGRIND:  # whose polls may be too slow
            self.assertEqual(real.log().count("poll failed"), 1)

    def test_a_database_that_is_gone_ends(self):
        real = self.begin()
        wait_for(lambda: real.value("cart.northeurope", "gauge-version") == 704, "a version")
        AZURE.prepare({"fleet_set": {"cart": None}})
        wait_for(lambda: real.value("account.prod", "objects-databases") == 10, "ten databases")
        gone_s = time.time()
        time.sleep(3)
        self.assertLess(real.series("amr_upgrade-cart.northeurope")["gauge-severity"][0], gone_s + 1)
        self.end(real)

    def test_ends_at_once_with_a_request_in_flight(self):
        directory = tempfile.mkdtemp(prefix="real-", dir=cli.SCRATCH)
        AZURE.ask("/_loopback/faults", json.dumps([{"hang": True}]).encode())
        for _ in range(2 if VALGRIND else 20):
            before = AZURE.ask("/_loopback/requests")["token"]
            real = self.begin("PollInterval 600", directory=directory)
            wait_for(lambda: AZURE.ask("/_loopback/requests")["token"] > before, "a request")
            self.end(real)

    def test_starts_whatever_the_configuration(self):
        real = self.begin("MaxStale \"many\"", "NoSuchOption 1")
        wait_for(lambda: real.value("account.prod", "gauge-up") == 0, "up 0")
        wait_for(lambda: real.series("curl_json-test"), "the others")
        self.end(real)
        self.assertIn('account "prod": MaxStale: ', real.log())
        self.assertIn('account "prod": NoSuchOption: unknown option', real.log())


if __name__ == "__main__":
    PEER = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    threading.Thread(target=PEER.serve_forever, daemon=True).start()
    AZURE = cli.Azure([])
    done = unittest.main(argv=sys.argv[:1], exit=False)
    AZURE.stop()
    sys.exit(0 if done.result.wasSuccessful() else 1)
