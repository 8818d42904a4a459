# SPDX-License-Identifier: MIT
"""The plugin in a real collectd, on a loopback Azure that shows every state, and all who ask it.

    with Scene(BUILD) as scene:     from the build folder
        scene.prometheus, scene.graphite, scene.collectd, scene.names

The instant is 2027-01-05T13:12:00Z, whose states tests/azure/README.md derives. Beside them
  orders     has been seen not deferred after GA, so it is late
  ancient    is older than MaxStale: its subscription cannot be read after the first poll
  account refused   has a wrong secret, account broken an option that does not exist
  account twice     selects what account prod does
"""
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from daemon import PLUGINS, Collectd, wait_until
from servers import Carbon, Graphite, Prometheus

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(SOURCES, "tests", "cli"))
from run import Azure, environment  # noqa: E402 pylint: disable=wrong-import-position

AS_OF = "2027-01-05T13:12:00Z"
ANCIENT = "99999999-9999-4999-8999-999999999999"
RULES = os.path.join(SOURCES, "packaging", "prometheus", "amr-upgrade.rules.yml")
THRESHOLD = os.path.join(SOURCES, "packaging", "collectd", "threshold.conf")
CONFIG = """
PluginDir "{build}"
LoadPlugin "amr_upgrade"
<Plugin "amr_upgrade">
  ArmEndpoint "{arm_endpoint}"
  Authority "{authority}"
  CaFile "{ca_file}"
  Tenant "{tenant}"
  ClientId "{client_id}"
  ClientSecretFile "{client_secret_file}"
  Catalog "{sources}/tests/azure/catalog-demo.json"
  AsOf "{as_of}"
  CacheDir "none"
  StateDir "{folder}/state"
  PollInterval 1
  <Account "prod">
    Subscription "{subscription}"
  </Account>
  <Account "twice">
    Subscription "{subscription}"
    StateDir "none"
  </Account>
  <Account "old">
    Subscription "{ancient}"
    StateDir "none"
    MaxStale 2
  </Account>
  <Account "refused">
    Subscription "{subscription}"
    StateDir "none"
    ClientSecretFile "{folder}/wrong"
  </Account>
  <Account "broken">
    Subcsription "{subscription}"
  </Account>
</Plugin>
PluginDir "{system}"
Include "{threshold}"
"""
KINDS = ("gauge", "derive_total", "objects", "duration_seconds", "response_time")


def demo_fleet():
    with open(os.path.join(SOURCES, "tests/azure/fleet-demo.json"), encoding="utf-8") as file:
        fleet = json.load(file)
    fleet["subscriptions"].append({"id": ANCIENT, "name": "Old", "clusters": [{
        "name": "ancient", "resource_group": "rg-old", "location": "West Europe",
        "sku": "Balanced_B5", "databases": [{"version": "7.4", "defer": True}]}]})
    return fleet


def hurried_rules():
    """The alert rules, without their patience."""
    with open(RULES, encoding="utf-8") as file:
        rules = file.read()
    rules, intervals = re.subn(r"interval: \w+", "interval: 1s", rules)
    rules, patience = re.subn(r"\n +for: \w+", "", rules)
    if not intervals or not patience:
        raise ValueError("the rules have no interval or wait for nothing")
    return rules


def not_deferred(facts):
    """A fault: orders as it was before somebody deferred it, too late."""
    return {"match": "orders/databases", "body": {"value": [{
        "id": "/subscriptions/%s/resourceGroups/rg-shop/providers/Microsoft.Cache/redisEnterprise/"
              "orders/databases/default" % facts["subscription"],
        "properties": {"redisVersion": "7.4", "deferUpgrade": "NotDeferred"}}]}}


class Scene(contextlib.ExitStack):
    """All of it, until the end of the with statement."""

    def __init__(self, build):
        super().__init__()
        self.build = os.path.abspath(build)
        self.folder = tempfile.mkdtemp(prefix="amr-graphs-")
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def __enter__(self):
        super().__enter__()
        with contextlib.ExitStack() as guard:
            guard.push(self)
            try:
                self.start()
            except TimeoutError:
                print(self.collectd.log())
                raise
            guard.pop_all()
        return self

    def start(self):
        self.azure = Azure(["--certificate", "fast", "--fleet", self.file("fleet", json.dumps(
            demo_fleet()))])
        self.callback(self.azure.stop)
        self.remember_orders()
        self.carbon = self.enter_context(Carbon())
        self.collectd = self.enter_context(
            Collectd(os.path.join(self.folder, "collectd"), self.carbon.port, self.config()))
        self.prometheus = self.enter_context(
            Prometheus(os.path.join(self.folder, "prometheus"), self.collectd.port,
                       [self.file("rules.yml", hurried_rules())]))
        wait_until("the first survey", lambda: self.is_there("state", "ancient.westeurope"))
        self.azure.ask("/_loopback/faults", json.dumps([
            {"match": ANCIENT, "status": 500}]).encode())
        wait_until("a database beyond MaxStale",
                   lambda: not self.is_there("state", "ancient.westeurope"))
        wait_until("requests that fail", lambda: self.prometheus.query(
            "rate(collectd_amr_upgrade_derive_total{type=\"api_errors\"}[1m]) > 0"))
        # Graphite has no word for a series that has ended but its silence.
        begun_s = int(time.time())
        self.names = [row for kind in KINDS
                      for row in self.prometheus.query("collectd_amr_upgrade_" + kind)]
        self.graphite = Graphite(os.path.join(self.folder, "graphite"))
        wait_until("lines for Graphite", lambda: int(self.carbon.lines[-1][2]) > begun_s + 4)
        self.graphite.store([line for line in self.carbon.lines if int(line[2]) > begun_s])

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def remember_orders(self):
        """The check and the plugin share what they have seen."""
        facts = self.azure.facts
        self.azure.ask("/_loopback/faults", json.dumps([not_deferred(facts)]).encode())
        done = subprocess.run(
            [os.path.join(self.build, "check_amr_upgrade"), "--cluster", "orders",
             "--cache-dir", "none", "--state-dir", os.path.join(self.folder, "state"),
             "--catalog", os.path.join(SOURCES, "tests/azure/catalog-demo.json"),
             *(word for name in ("subscription", "arm_endpoint", "authority", "ca_file", "tenant",
                                 "client_id", "client_secret_file")
               for word in ("--" + name.replace("_", "-"), facts[name]))],
            env=environment({}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
        if done.returncode == 3:
            raise RuntimeError(done.stdout.decode())
        self.azure.ask("/_loopback/faults", b"[]")

    def config(self):
        self.file("wrong", "wrong")
        return CONFIG.format(folder=self.folder, sources=os.path.abspath(SOURCES), as_of=AS_OF,
                             ancient=ANCIENT, threshold=os.path.abspath(THRESHOLD),
                             build=self.build, system=PLUGINS, **self.azure.facts)

    def is_there(self, kind, database):
        return bool(self.prometheus.query(
            'collectd_amr_upgrade_gauge{type="%s",amr_upgrade="%s"}' % (kind, database)))
