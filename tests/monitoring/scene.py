# SPDX-License-Identifier: MIT
"""What the tests with real daemons share: the loopback Azure and what becomes of its fleet, the
installed check, and a strict reader of performance data."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(SOURCES, "tests", "azure"))
from azure import LoopbackAzure  # noqa: E402

AS_OF = "2027-01-05T13:12:00Z"
LIMIT_S = 60
# So long a check that was asked for must not come, and an alert may take.
SUSPENDED_S = 4
ALERTS_S = 10
DAEMONS_USER = "nagios"

HOSTILE = ("a|b=1", "it's", "x=1;2;3", "y;z", "line\nbreak", "tab\there", "esc\x1b[31mred",
           "c1\x9b31m", "rlo\u202etxt", "n" * 10240, "../../x", "%n%s%d", "<script>alert(1)</script>",
           "$HOSTNAME$ `id` $(id)", "\\n\\\"")

BALANCED_80 = {"sku": "Balanced_B10", "version": "8.0", "defer": True}
CALM = {"orders": BALANCED_80,
        "sessions": {"sku": "MemoryOptimized_M20", "version": "8.0", "defer": False}}


def changed(**clusters):
    return {name: {**CALM[name], **clusters.get(name, {})} for name in CALM}


DUE = changed(orders={"version": "7.4", "defer": False})
DEFERRED = changed(orders={"version": "7.4"}, sessions={"version": "7.4", "defer": True})
OVERDUE = changed(orders={"sku": "ComputeOptimized_X10", "version": "7.4"})
NO_VERSION = changed(orders={"version": None})
DENIED = [{"match": "redisEnterprise", "preset": "denied"}]
SESSIONS_DENIED = [{"match": "/sessions/", "preset": "denied"}]


class Step:
    """A fleet or faults, and what the four services of the example's hosts are then."""

    def __init__(self, name, fleet, states, faults=(), is_cache_lost=False):
        self.name = name
        self.fleet = fleet
        self.faults = list(faults)
        self.is_cache_lost = is_cache_lost
        self.states = dict(zip(SERVICES, states.split()))


# (host, service) of amr-upgrade-example.cfg and amr-upgrade-hosts.conf.
SERVICES = (("azure-redis", "amr-upgrade"), ("azure-redis-shop", "amr-upgrade"),
            ("azure-redis-shop", "amr-upgrade orders"),
            ("azure-redis-shop", "amr-upgrade sessions"))
DATABASES = SERVICES[2:]

STEPS = (
    Step("nothing newer is GA", CALM, "OK OK OK OK"),
    Step("orders is due", DUE, "WARNING WARNING WARNING OK"),
    Step("both deferred, 23.45 and 51.45 days are left", DEFERRED, "WARNING WARNING WARNING OK"),
    Step("orders cannot be judged", NO_VERSION, "UNKNOWN WARNING UNKNOWN OK"),
    Step("orders is overdue", OVERDUE, "CRITICAL CRITICAL CRITICAL OK"),
    # One service says so, and those of the databases keep their states.
    Step("nothing can be read", OVERDUE, "UNKNOWN UNKNOWN CRITICAL OK", DENIED, True),
    Step("it can be read again", OVERDUE, "CRITICAL CRITICAL CRITICAL OK"),
    Step("a part cannot be read", CALM, "UNKNOWN WARNING OK OK", SESSIONS_DENIED, True),
    Step("calm again", CALM, "OK OK OK OK"),
)


def fleet_document(subscription, clusters):
    def cluster(name, facts):
        database = {"defer": facts["defer"]}
        if facts["version"] is not None:
            database["version"] = facts["version"]
        return {"name": name, "resource_group": "rg", "location": "West Europe",
                "sku": facts["sku"], "databases": [database]}
    return {"subscriptions": [{"id": subscription, "name": "shop", "clusters": [
        cluster(name, facts) for name, facts in clusters.items()]}]}


def hostile_cluster(name, text, version, more):
    return {"name": name, "resource_group": "rg", "location": text, "sku": "Balanced_" + text,
            "tags": {text[:256]: text}, "provisioning_state": text, "resource_state": text,
            "databases": [{"version": version, "defer": True, "provisioning_state": text,
                           "resource_state": text}], **more}


def hostile_document(subscription):
    """Two clusters for each hostile text: in the fields of one, and as the name of another."""
    clusters = []
    for number, text in enumerate(HOSTILE):
        name = "c%02d" % number
        clusters.append(hostile_cluster(name, text, text if number % 2 else "7.4",
                                        {"raw": {"name": name, "location": text}}))
        clusters.append(hostile_cluster(text, "West Europe", "7.4", {}))
    return {"subscriptions": [{"id": subscription, "name": "shop", "clusters": clusters}]}


# Of the names two hold a slash, which no name can, and one is too long to be asked for.
HOSTILE_DATABASES = 2 * len(HOSTILE) - 3
HOSTILE_ERRORS = 3


PERFORMANCE_VALUE = re.compile(
    r"([A-Za-z0-9_.-]+)=(-?[0-9]+(?:\.[0-9]+)?)(s?)((?:;[0-9.:~@-]*){0,4})")


def performance(text):
    """{label: value} of performance data to the letter of the guidelines; anything else fails."""
    values = {}
    for item in text.split():
        found = PERFORMANCE_VALUE.fullmatch(item)
        if not found or found[1] in values:
            raise AssertionError("no performance value: %r" % item)
        values[found[1]] = float(found[2])
    return values


class Scene:
    """A loopback Azure and the check that `make install` put below `prefix`."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.plugins = os.path.join(prefix, "lib", "nagios", "plugins")
        self.share = os.path.join(prefix, "share", "amr-upgrade-monitor")
        self.dir = tempfile.mkdtemp(prefix="amr-monitoring-")
        os.chmod(self.dir, 0o755)
        self.azure = LoopbackAzure(["--certificate", "fast"])
        self.subscription = self.azure.facts["subscription"]
        self.cache = self.folder("cache")
        self.write_credentials()
        self.authorities = self.copy(self.azure.facts["ca_file"])
        self.catalog = self.copy(os.path.join(SOURCES, "tests", "azure", "catalog-demo.json"))

    def folder(self, name):
        """A folder of the daemon's own."""
        path = os.path.join(self.dir, name)
        os.makedirs(path)
        shutil.chown(path, DAEMONS_USER, DAEMONS_USER)
        return path

    def copy(self, path):
        """One that every user can read."""
        copied = shutil.copy(path, self.dir)
        os.chmod(copied, 0o644)
        return copied

    def write_credentials(self):
        with open(self.azure.facts["client_secret_file"], encoding="utf-8") as file:
            secret = file.read().strip()
        self.credentials = self.write("credentials", "tenant = %s\nclient-id = %s\nclient-secret = %s\n" % (
            self.azure.facts["tenant"], self.azure.facts["client_id"], secret))
        shutil.chown(self.credentials, "root", DAEMONS_USER)
        os.chmod(self.credentials, 0o640)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def settings(self):
        """Beyond subscription and credentials, what a run on loopback needs: {setting: value}"""
        return {"arm-endpoint": self.azure.facts["arm_endpoint"],
                "authority": self.azure.facts["authority"],
                "ca-file": self.authorities, "catalog": self.catalog,
                "as-of": AS_OF, "cache-dir": self.cache, "cache-ttl": "0",
                "state-dir": "none"}

    def example(self, *path):
        """An installed file with this Azure's subscription and address instead of its own."""
        options = "".join(" --%s %s" % option for option in self.settings().items())
        with open(os.path.join(self.share, *path), encoding="utf-8") as file:
            text = file.read()
        text = text.replace("00000000-0000-0000-0000-000000000000", self.subscription)
        text = text.replace("/usr/lib/nagios/plugins", self.plugins)
        return re.sub("(--credentials) /etc/amr-upgrade/credentials",
                      r"\1 " + self.credentials + options, text)

    def set(self, fleet, faults=()):
        self.azure.ask("/_loopback/fleet", json.dumps(fleet).encode())
        self.azure.ask("/_loopback/faults", json.dumps(list(faults)).encode())

    def begin(self, step):
        self.set(fleet_document(self.subscription, step.fleet), step.faults)
        if step.is_cache_lost:
            self.lose_cache()

    def lose_cache(self):
        for name in os.listdir(self.cache):
            shutil.rmtree(os.path.join(self.cache, name))

    def oracle(self):
        """What the installed check itself says now, as JSON, without a cache."""
        options = {**self.settings(), "cache-dir": "none", "subscription": self.subscription,
                   "credentials": self.credentials, "output": "json"}
        done = subprocess.run(
            [os.path.join(self.plugins, "check_amr_upgrade"),
             *["--%s=%s" % option for option in options.items()]],
            stdout=subprocess.PIPE, timeout=LIMIT_S, check=False)
        return json.loads(done.stdout)

    def close(self):
        self.azure.stop()
        shutil.rmtree(self.dir)


def expected_performance(document):
    """{label: value} that the oracle's document stands for, but for the data's age."""
    values = {"catalog_age": float(document["catalog"]["age_days"])}
    if not document["databases"]:
        return values
    values.update((name, float(count)) for name, count in document["counts"].items())
    left = [one["days_left"] for one in document["databases"] if one["days_left"] is not None]
    if left:
        values["days_left"] = min(left)
    for one in document["databases"]:
        for key in ("days_left", "days_to_ga"):
            if one[key] is not None:
                values["%s_%s" % (one["name"], key)] = one[key]
    return values


def compare_performance(seen, document, is_by_label=True):
    """Labels and values; of hostile names, whose labels are cleaned, the values only."""
    seen = {label: value for label, value in seen.items() if label != "data_age"}
    right = expected_performance(document)
    if not is_by_label:
        seen, right = sorted(seen.values()), sorted(right.values())
    if seen != right:
        raise AssertionError("performance values are %s, not %s" % (seen, right))
    return len(seen)


class Daemon:
    """A process of ours, ended by its id."""

    def __init__(self, command, log):
        with open(log, "ab") as file:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file,
                                            stderr=subprocess.STDOUT)

    def is_running(self):
        return self.process.poll() is None

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def next_second():
    """Awaits the next one and returns it: a reading of this second would still be fresh then."""
    since = int(time.time()) + 1
    time.sleep(since + 0.01 - time.time())
    return since


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def show_logs(*paths):
    for path in paths:
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                print("--- %s\n%s" % (path, file.read()[-6000:]))


class NotYet(Exception):
    """Why something that is waited for is not so."""


def await_that(what, question, limit_s=LIMIT_S):
    """Asks until it no longer raises NotYet; its answer."""
    deadline = time.monotonic() + limit_s
    while True:
        try:
            return question()
        except NotYet as why:
            if time.monotonic() > deadline:
                raise AssertionError("%s: %s" % (what, why)) from why
        time.sleep(0.2)


def alerts_of(before, after):
    """What contacts are to hear when states have changed so: {(host, service, kind, state)}"""
    return {(*key, "RECOVERY" if state == "OK" else "PROBLEM", state)
            for key, state in after.items() if before.get(key, "OK") != state}


class Monitor:
    """What Nagios and Icinga have in common. A kind of it has `services`, `wake`, `checked_s`,
    `state`, `output`, and `performance`, each of a service, and writes alerts into its folder."""

    def __init__(self, scenery, name):
        self.scene = scenery
        self.name = name
        self.dir = scenery.folder(name)
        self.alerts_seen = 0

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def wanted(self, step):
        return step.states

    def see(self, wanted, since):
        """Raises NotYet until all are in these states for good, and checked since then."""
        services = self.services()
        for key, state in wanted.items():
            facts = services[key]
            if self.checked_s(facts) < since or self.state(facts) != (state, "hard"):
                self.wake(key)
                raise NotYet("%s: %s" % (key, self.output(facts)))

    def see_suspended(self, wanted):
        """Services that depend on one that knows nothing are not checked, though asked to be."""
        before = self.services()
        for key in wanted:
            self.wake(key)
        time.sleep(SUSPENDED_S)
        after = self.services()
        for key, state in wanted.items():
            if (self.checked_s(after[key]) != self.checked_s(before[key]) or
                    self.state(after[key])[0] != state):
                raise AssertionError("%s was checked in spite of its dependency" % (key,))

    def await_states(self, step, wanted):
        """The fleet's services first: those of the databases depend on one of them."""
        since = next_second()
        databases = {key: wanted[key] for key in DATABASES}
        fleets = {key: state for key, state in wanted.items() if key not in databases}
        await_that(step.name, lambda: self.see(fleets, since))
        if step.states[SERVICES[1]] == "UNKNOWN":
            self.see_suspended(databases)
        else:
            await_that(step.name, lambda: self.see(databases, since))

    def alerts(self):
        try:
            with open(os.path.join(self.dir, "alerts"), encoding="utf-8") as file:
                return [tuple(line.rstrip("\n").split("\t")) for line in file][self.alerts_seen:]
        except FileNotFoundError:
            return []

    def see_alerts(self, wanted):
        new = self.alerts()
        if sorted(new) != sorted(wanted):
            raise NotYet("alerts %s, not %s" % (new, sorted(wanted)))
        self.alerts_seen += len(new)
        return len(new)

    def see_output(self, key, text):
        output = self.output(self.services()[key])
        if text not in output:
            self.wake(key)
            raise NotYet(output)
        first, _, further = output.partition("\n")
        return first, further


def run_steps(monitor):
    """Takes a monitor through STEPS: states, performance values, alerts."""
    before = {}
    for step in STEPS:
        monitor.scene.begin(step)
        wanted = monitor.wanted(step)
        begun = time.monotonic()
        monitor.await_states(step, wanted)
        values = compare_performance(performance(monitor.performance(SERVICES[0])),
                                     monitor.scene.oracle())
        heard = alerts_of(before, wanted)
        alerts = await_that("alerts", lambda: monitor.see_alerts(heard), ALERTS_S)
        before = wanted
        print("%s: %s: %s; %d performance values, %d alerts (%.1f s)" % (
            monitor.name, step.name, " ".join(wanted.values()), values, alerts,
            time.monotonic() - begun), flush=True)


def run_hostile(monitor):
    """Hostile texts pass through: one line, values that parse, nothing that controls."""
    monitor.scene.set(hostile_document(monitor.scene.subscription))
    monitor.scene.lose_cache()
    document = monitor.scene.oracle()
    got = len(document["databases"]), len(document["data"]["errors"])
    if got != (HOSTILE_DATABASES, HOSTILE_ERRORS):
        raise AssertionError("%d hostile databases, %d errors" % got)
    text = "%d databases" % HOSTILE_DATABASES
    first, further = await_that(text, lambda: monitor.see_output(SERVICES[0], text))
    if not re.fullmatch(r"AMR UPGRADE [A-Z]+ - [^|<>&]*(?:[^|<>&]*->)*[^|<>&]*", first):
        raise AssertionError("first line: %r" % first)
    bad = re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e<&|]", further)
    if bad:
        raise AssertionError("further lines hold %r" % bad.group())
    count = compare_performance(performance(monitor.performance(SERVICES[0])), document,
                                is_by_label=False)
    print("%s: %d hostile databases: %d performance values" % (monitor.name, HOSTILE_DATABASES, count))


def run(kind):
    """Takes a monitor of this kind, which the command line's PREFIX is for, through all."""
    scenery = Scene(sys.argv[1])
    monitor = kind(scenery)
    try:
        monitor.start()
        run_steps(monitor)
        run_hostile(monitor)
        if not monitor.daemon.is_running():
            raise AssertionError("it has ended")
    except AssertionError:
        show_logs(*(os.path.join(monitor.dir, name) for name in monitor.logs))
        raise
    finally:
        monitor.stop()
        scenery.close()
