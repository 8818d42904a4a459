#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Allocations of the plugin and of its libcurl fail, one in each run of the mocked daemon.

usage: in_daemon.py MOCK PLUGIN FAIL RUNS

FAIL is fail_allocation.c, to be preloaded. RUNS: at most so many runs of a torture, spread over the
allocations; 0: all of them. Each is compared with the whole: the run in which none fails.

The callbacks return 0, the daemon ends well, within two seconds, and all that it allocated is freed.
What a reading dispatches is right:
  a database has all series of the whole, with their values, or none; while its account is not up,
  it may be as it was read earlier
  where one is lacking an account is not up, or an ERROR was logged since the reading before
  an account has the counts and the severity of the whole; where it is not up, or an ERROR was
  logged, it may have lower counts, none, or those of earlier, and the severity "unknown"
What is told is right: what the whole tells, the summary of an account, or the state and severity
that a database has in the whole; each once, and all that the whole tells but for the summary. What
had no memory is not said to be wrong.
It recovers: in some seconds all series of the whole are there, and all that it keeps is kept. What
could not be configured or started stays away, with gauge-up 0 or nothing, and an ERROR.
"""
import collections
import concurrent.futures
import glob
import os
import re
import shutil
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "collectd"))
import facts  # noqa: E402
import plugin  # noqa: E402

cli = plugin.cli
MOCK, PLUGIN, FAIL = (os.path.abspath(name) for name in sys.argv[1:4])
RUNS_MOST = int(sys.argv[4])
AT_ONCE = 18
PAUSE_S = 0.25
RECOVERY_S = 20
RUN_S = 90
# A hundredth of a day does not end during a run.
CLOCK = plugin.CLOCK + 60
TIMELESS = re.compile(r"^account\.[^/]*/(?:derive-|duration-|response_time-)")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# What a busy machine makes of a poll that has a second, and what Azure's absence does.
OTHER_FAILURES = re.compile("timed out|timeout|in time|proxy|Couldn't connect|AADSTS")
NO_TEXT = ": out of memory for the text"
NOT_READ = ": this account is not read"

CLUSTERS = os.path.join(HERE, "fleet.json")
LISTED = os.path.join(HERE, "..", "cli", "data", "fleet.json")
# Of one line, as a secret is.
WRONG = os.path.join(HERE, "..", "cli", "data", "arc", "full.key")
CATALOG = os.path.join(HERE, "..", "azure", "catalog-demo.json")
# What was read earlier: 16 days ago, when west was not deferred yet, and ten minutes ago.
SOUTH = {"version": "7.4", "defer": False}
EARLIER = ((16 * 86400, {"west": {"version": "7.4", "defer": False}, "south": SOUTH}),
           (600, {"west": {"version": "7.4"}, "south": SOUTH}))
NOW = {"west": {"version": "7.4"}, "south": {"defer": False}}

ONE = {"account.prod": {"north.northeurope", "south.uksouth", "west.westeurope"}}
CART = {"cart.northeurope"}
TWO = {"account.prod": CART, "account.b": CART | {
    "orders.westeurope", "reports.uksouth", "search.swedencentral", "sessions.westeurope"}}
TWO_CASE = {"bare": True, "accounts": [["prod", ['Cluster "cart"']], ["b", []]], "settings": [
    "PollInterval 1", 'FromFile "{listed}"', 'Catalog "{catalog}"', 'StateDir "{scratch}/state"']}

# `own`: account -> what it dispatches where no other one does. `kept`: there was an earlier run.
# `leaves`: Azure takes the secret no longer for a while once it was read.
Scene = collections.namedtuple("Scene", "own case kept leaves", defaults=({}, False, False))
SCENES = {
    "first": Scene(ONE),
    "kept": Scene(ONE, kept=True),
    "left": Scene(ONE, {"settings": ['ClientSecretFile "{scratch}/secret"']}, kept=True, leaves=True),
    "away": Scene(ONE, {"settings": ['Proxy "http://127.0.0.1:1"']}, kept=True),
    "two": Scene(TWO, TWO_CASE),
}
OWN = "amr_upgrade.so"
# Scene, whose allocations, and the most runs (0: as many as there are).
TORTURES = (("first", OWN, 0), ("kept", OWN, 0), ("kept", "libcurl", 0), ("left", OWN, 80),
            ("away", OWN, 0), ("two", OWN, 0))


class Run:
    """A daemon that goes on from a copy of what is kept in a directory."""

    def __init__(self, azure, scene, kept, clock_s=CLOCK, env=None):
        self.directory = tempfile.mkdtemp(prefix="torture-", dir=cli.SCRATCH)
        if kept is not None:
            shutil.copytree(kept, self.directory, dirs_exist_ok=True)
        self.secret = azure.facts["client_secret_file"]
        self.present(self.secret)
        path = os.path.join(self.directory, "collectd.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(plugin.configuration(scene.case, {
                **azure.facts, "scratch": self.directory, "listed": LISTED, "catalog": CATALOG}))
        told = {name: os.path.join(self.directory, name) for name in ("FAIL_COUNT", "FAIL_HELD")}
        self.daemon = plugin.Daemon([MOCK, PLUGIN], path, clock_s, {**told, **(env or {})})
        self.watchdog = threading.Timer(RUN_S, self.daemon.process.kill)
        self.watchdog.start()
        self.is_start_failed = self.has_error(0)

    def present(self, path):
        """What stands in the file is the secret from now on."""
        shutil.copy(path, os.path.join(self.directory, "secret"))

    def has_error(self, since):
        return any(line.startswith("3 ") for line in self.daemon.logs[since:])

    def read(self, pause_s=PAUSE_S):
        """The values, and whether an ERROR was logged meanwhile."""
        time.sleep(pause_s)
        since = len(self.daemon.logs)
        return self.daemon.ask("read"), self.has_error(since)

    def stop(self):
        seconds = self.daemon.stop()
        if seconds >= 2:
            yield f"the end took {seconds:.1f} s"

    def end(self):
        self.watchdog.cancel()
        self.daemon.kill()
        shutil.rmtree(self.directory)

    def number(self, name):
        with open(os.path.join(self.directory, name), encoding="utf-8") as file:
            return int(file.read())

    def kept(self):
        """File -> what it says of databases, without instants."""
        kept = {}
        for path in glob.glob(os.path.join(self.directory, "*", "*", "*.json")):
            with open(path, encoding="utf-8") as file:
                lines = INSTANT.sub("", file.read()).split("\n")
            kept[os.path.basename(path)] = {line.rstrip(",]}") for line in lines
                                            if "/databases/" in line}
        return kept


def is_account(instance):
    return instance.startswith("account.")


def groups_of(values):
    """Instance -> its series, without those of times and requests."""
    groups = {}
    for name, value in values.items():
        if not TIMELESS.match(name):
            instance, series = name.rsplit("/", 1)
            groups.setdefault(instance, {})[series] = value
    return groups


def is_up(groups, account):
    return groups.get(account, {}).get("gauge-up") == 1


def account_problems(account, groups, has_error, wholes):
    got = groups.get(account, {})
    is_sure = is_up(groups, account) and not has_error
    for name in {*got, *wholes[0][account]}:
        value, wanted = got.get(name), [whole[account].get(name) for whole in wholes]
        is_aloud = "gauge-up" in got and (name, value) in (("gauge-up", 0), ("gauge-severity", 1))
        if value == wanted[0] or not is_sure and (value in (None, *wanted) or is_aloud):
            continue
        if is_sure or not name.startswith("objects-") or value > max(wanted):
            yield f"{account}/{name} is {value}, not {wanted[0]}"


def reading_problems(values, has_error, wholes):
    """Of the wholes the first is what is so now, the second what was so earlier."""
    got = groups_of(values)
    is_all_up = all(is_up(got, account) for account in wholes[0] if is_account(account))
    for instance in {*got, *wholes[0]}:
        right = [whole.get(instance) for whole in (wholes[:1] if is_all_up else wholes)]
        if is_account(instance) and instance in wholes[0]:
            yield from account_problems(instance, got, has_error, wholes)
        elif instance in got and got[instance] not in right:
            yield f"{instance} has {got[instance]}, not {right[0]}"
        elif instance not in got and is_all_up and not has_error:
            yield f"{instance} is not there, and nothing says so"


def is_state_told(note, whole):
    """The text begins: NAME: SEVERITY, STATE, ..."""
    series = whole.get(note[1].rsplit("/", 1)[0], {})
    words = re.split("[:,] ", note[2])
    return len(words) > 2 and facts.SEVERITIES.get(words[1]) == series.get("gauge-severity") and \
        facts.STATES.get(words[2]) == series.get("gauge-state")


def is_summary(note):
    return is_account(note[1]) and note[1].endswith("/gauge-severity")


def log_problems(logs):
    is_explained = any("memory" in line for line in logs)
    for line in logs:
        is_right = "memory" in line or OTHER_FAILURES.search(line) or (
            is_explained and line.endswith(NOT_READ))
        if line.startswith("3 ") and not is_right:
            yield f"logged: {line}"


class Torture:
    """A scene in which allocations of some file fail."""

    def __init__(self, azure, name, files, kept=None, earlier=None):
        self.azure, self.scene, self.files = azure, SCENES[name], files
        self.before = kept if self.scene.kept else None
        run = self.start(0)
        values = {}
        while not all("gauge-up" in groups_of(values).get(name, {}) for name in self.scene.own):
            values, _ = run.read()
        run.read()
        self.names, self.whole = set(values), groups_of(values)
        self.wholes = [self.whole, earlier if earlier and self.scene.kept else self.whole]
        self.notes = run.daemon.notes
        for problem in run.stop():
            raise SystemExit(problem)
        self.kept = run.kept()
        self.count, self.held = run.number("FAIL_COUNT"), run.number("FAIL_HELD")
        run.end()

    def start(self, at):
        return Run(self.azure, self.scene, self.before, env={
            "LD_PRELOAD": FAIL, "FAIL_IN": self.files, "FAIL_AT": str(at)})

    def is_recovered(self, run, values):
        got = groups_of(values)
        on = [name for name in self.scene.own
              if not run.is_start_failed or got.get(name, {}) not in ({}, {"gauge-up": 0})]
        wanted = {*on}.union(*(self.scene.own[name] for name in on))
        if {name for name in got if name in on or not is_account(name)} != wanted:
            return False
        is_whole = len(on) < len(self.scene.own) or (
            set(values) == self.names and run.kept() == self.kept)
        return is_whole and all(got[name] == self.whole[name] for name in wanted)

    def read_until(self, run, is_over):
        """The problems of the readings until one that is_over likes, and one more."""
        until = time.monotonic() + RECOVERY_S
        found = False
        while not found:
            values, has_error = run.read()
            yield from reading_problems(values, has_error, self.wholes)
            found = is_over(values)
            if not found and time.monotonic() > until:
                yield f"no recovery: {values}, {run.kept()}"
                return
        yield from reading_problems(*run.read(0), self.wholes)

    def leave(self, run):
        """Azure is read, and takes the secret no longer: what was read stays."""
        def is_polled(state):
            return lambda values: values.get("account.prod/gauge-up") in (state, 0)

        yield from self.read_until(run, is_polled(1))
        run.present(WRONG)
        yield from self.read_until(run, is_polled(0))
        values, has_error = run.read()
        if not has_error:
            yield from (f"{name} is lost" for name in self.whole if name not in groups_of(values))
        run.present(run.secret)

    def note_problems(self, run):
        notes = [note for note in run.daemon.notes if not note[1].endswith("/gauge-up")]
        for note in notes:
            if notes.count(note) > 1:
                yield f"told twice: {note}"
            if not (note in self.notes or is_summary(note) and note[2] or
                    is_state_told(note, self.whole) or note[2].endswith(NO_TEXT)):
                yield f"told: {note}"
        if run.is_start_failed or any(is_summary(note) for note in notes):
            return
        yield from (f"not told: {note}" for note in self.notes
                    if note[:2] not in [other[:2] for other in notes])

    def run_problems(self, run):
        if self.scene.leaves and not run.is_start_failed:
            yield from self.leave(run)
        yield from self.read_until(run, lambda values: self.is_recovered(run, values))
        yield from self.note_problems(run)
        if self.files == OWN:
            yield from log_problems(run.daemon.logs)
        yield from run.stop()
        if run.number("FAIL_HELD") > self.held:
            yield f"{run.number('FAIL_HELD')} allocations are not freed, {self.held} in the whole"

    def problems(self, at):
        run = self.start(at)
        problems = []
        try:
            problems.extend(self.run_problems(run))
        except RuntimeError as error:
            problems.append(str(error))
        if problems:
            problems = [*dict.fromkeys(problems), *run.daemon.logs, *map(str, run.daemon.notes)]
        run.end()
        return problems


def prime(azure):
    """A directory with what is kept from earlier."""
    kept = None
    for before_s, changes in EARLIER:
        azure.prepare({"fleet": CLUSTERS, "fleet_set": changes})
        run = Run(azure, SCENES["first"], kept, CLOCK - before_s)
        while run.read()[0].get("account.prod/gauge-up") != 1:
            pass
        if list(run.stop()) or len(run.kept()) < 3:
            raise SystemExit("nothing is kept from earlier")
        run.watchdog.cancel()
        kept = run.directory
    azure.prepare({"fleet": CLUSTERS, "fleet_set": NOW})
    return kept


def torture(one, name, runs_most):
    step = 1 if runs_most == 0 else one.count // runs_most + 1
    numbers = range(1, one.count + 1, step)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for number, problems in zip(numbers, pool.map(one.problems, numbers)):
            failed += bool(problems)
            if problems:
                print(f"FAIL {name}: allocation {number} of {one.files}", *problems, sep="\n  ")
    print(f"{name}: {len(numbers)} of {one.count} allocations of {one.files} failed in the daemon: "
          f"{len(numbers) - failed} runs were right", flush=True)
    return failed == 0 and len(numbers) > 5


def main():
    azure = cli.Azure(["--certificate", "fast"])
    kept = prime(azure)
    earlier = Torture(azure, "away", OWN, kept).whole
    results = [torture(Torture(azure, name, files, kept, earlier), name,
                       min(filter(None, (most, RUNS_MOST)), default=0))
               for name, files, most in TORTURES]
    azure.stop()
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
