#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The check and the plugin of collectd tell the same facts: those of facts.json, written by hand.

usage: facts.py MOCK PLUGIN CHECK [COLLECTD PLUGIN_DIR]

With COLLECTD (the daemon; csv.so is in PLUGIN_DIR) the plugin is run in it, too. Each comparison is
also made with a fact that is wrong, which it must find.
"""
import calendar
import copy
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import plugin  # noqa: E402

cli = plugin.cli
SEEN_S = calendar.timegm((2026, 12, 20, 0, 0, 0))
SEVERITIES = {"ok": 0, "unknown": 1, "warning": 2, "critical": 3}
STATES = {"current": 0, "preview": 1, "available": 2, "deferred": 3, "choice": 4, "due": 5,
          "late": 6, "overdue": 7, "unknown": -1}
DEFERRALS = {"deferred": 1, "not-deferred": 0, "absent": 0}
COUNTS = ("databases", "current", "preview", "available", "choice", "due", "deferred", "overdue",
          "late", "unknown")
DAEMON = """Hostname "mock"
BaseDir "{work}"
PIDFile "{work}/pid"
PluginDir "{plugins}"
TypesDB "/usr/share/collectd/types.db"
Interval {interval_s}
LoadPlugin csv
<Plugin csv>
DataDir "{work}/csv"
StoreRates false
</Plugin>
LoadPlugin amr_upgrade
"""


def epoch(instant):
    return calendar.timegm(time.strptime(instant, "%Y-%m-%dT%H:%M:%SZ"))


def line_number(line):
    major, minor = line.split(".")
    return int(major) * 100 + int(minor)


def series_of(facts):
    """What the plugin must dispatch: name -> value, of the databases and the account."""
    series = {"account.prod/gauge-up": 1, "account.prod/gauge-catalog_age": facts["account"]["catalog_age"],
              "account.prod/gauge-severity": SEVERITIES[facts["account"]["severity"]]}
    for count in COUNTS:
        series["account.prod/objects-" + count] = facts["account"][count]
    for name, one in facts["databases"].items():
        known = {"severity": SEVERITIES[one["severity"]], "state": STATES[one["state"]],
                 "deferred": DEFERRALS[one["deferral"]], "days_left": one["days_left"],
                 "days_to_ga": one["days_to_ga"]}
        for key, number in (("version", line_number), ("target", line_number), ("deadline", epoch)):
            known[key] = None if one[key] is None else number(one[key])
        series.update({f"{name}/gauge-{key}": value for key, value in known.items()
                       if value is not None})
    return series


def is_of_facts(name):
    """Series of times and of counted requests are no facts of the fleet."""
    return not name.startswith("account.") or name.split("/")[1].startswith(("objects-", "gauge-"))


def differences(wanted, got):
    for name in sorted({*wanted, *got}):
        if wanted.get(name) != got.get(name):
            yield f"{name} is {got.get(name)}, not {wanted.get(name)}"


def document_of(facts):
    """What the check's JSON must say, flat."""
    flat = {"severity": facts["account"]["severity"], "age_days": facts["account"]["catalog_age"]}
    flat.update({"counts/" + count: facts["account"][count] for count in COUNTS})
    for name, one in facts["databases"].items():
        flat.update({f"{name}/{key}": value for key, value in one.items()})
    return flat


def flat_document(document, facts):
    flat = {"severity": document["severity"], "age_days": document["catalog"]["age_days"]}
    flat.update({"counts/" + count: value for count, value in document["counts"].items()})
    keys = next(iter(facts["databases"].values())).keys()
    for one in document["databases"]:
        flat.update({f"{one['name']}/{key}": one[key] for key in keys})
    return flat


def run_check(check, facts, running):
    where = {**running.facts, "state": os.path.join(running.directory, "state")}
    args = cli.LIVE_ARGS + ["--cache-dir", "none", "--state-dir", "{state}", "--catalog", "{catalog}",
                            "--as-of", facts["as_of"], "--output", "json"]
    done = subprocess.run([check, *[cli.fill(arg, where) for arg in args]], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, timeout=60, env=cli.environment({}), check=False)
    return flat_document(json.loads(done.stdout), facts)


def run_mock(running):
    values = {}
    until = time.monotonic() + plugin.LIMIT_S
    while values.get("account.prod/gauge-up") != 1 and time.monotonic() < until:
        values = running.daemon.ask("read")
        time.sleep(0.05)
    return {name: value for name, value in values.items() if is_of_facts(name)}


def csv_values(directory):
    """The last value of each series, to the digits that the daemon writes."""
    values = {}
    for path in glob.glob(os.path.join(directory, "mock", "amr_upgrade-*", "*")):
        name = os.path.relpath(path, os.path.join(directory, "mock"))[len("amr_upgrade-"):]
        with open(path, encoding="utf-8") as file:
            values[name[:-len("-2027-01-05")]] = float(file.read().split(",")[-1])
    return {name: value for name, value in values.items() if is_of_facts(name)}


def start_daemon(command, plugin_dir, running, work, interval_s=1):
    """A real daemon with csv and the configuration of the mocked one."""
    plugins = os.path.join(work, "plugins")
    os.mkdir(plugins)
    for path in (os.path.join(plugin_dir, "csv.so"), running.command[1]):
        shutil.copy(path, plugins)
    with open(os.path.join(work, "collectd.conf"), "w", encoding="utf-8") as file:
        file.write(cli.fill(DAEMON, {"work": work, "plugins": plugins, "interval_s": interval_s}))
        with open(running.path, encoding="utf-8") as own:
            file.write(own.read())
    with open(os.path.join(work, "log"), "wb") as log:
        return subprocess.Popen([*command, "-f", "-C", os.path.join(work, "collectd.conf")],
                                stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def run_daemon(command, plugin_dir, running):
    work = tempfile.mkdtemp(dir=running.directory)
    daemon = start_daemon([command], plugin_dir, running, work)
    values = {}
    until = time.monotonic() + 30
    while values.get("account.prod/gauge-up") != 1 and time.monotonic() < until:
        time.sleep(0.5)
        values = csv_values(os.path.join(work, "csv"))
    time.sleep(2)  # the files of one reading are written one after the other
    daemon.terminate()
    daemon.wait(30)
    return csv_values(os.path.join(work, "csv"))


def told(what, wanted, got):
    """Prints what is wrong; true where nothing is, and one wrong fact is found."""
    problems = list(differences(wanted, got))
    wrong = copy.deepcopy(wanted)
    wrong[sorted(wrong)[len(wrong) // 2]] = -123
    if not list(differences(wrong, got)):
        problems.append("planted, and not found")
    print(f"{what}: {len(wanted)} facts", *problems, sep="\n  ")
    return not problems


def main():
    mock, path, check = (os.path.abspath(name) for name in sys.argv[1:4])
    with open(os.path.join(HERE, "facts.json"), encoding="utf-8") as file:
        facts = json.load(file)
    azure = cli.Azure([])
    case = {"fleet_set": {"orders": {"version": "7.4", "defer": False}}, "clock": SEEN_S}
    before = plugin.Case([mock, path], case, azure)
    run_mock(before)
    before.daemon.stop()
    case = {"settings": [f"AsOf \"{facts['as_of']}\""]}
    running = plugin.Case([mock, path], case, azure, before.directory)
    results = [told("plugin in the mocked daemon", series_of(facts), run_mock(running)),
               told("check", document_of(facts), run_check(check, facts, running))]
    if len(sys.argv) > 5:
        results.append(told("plugin in collectd", series_of(facts),
                            run_daemon(sys.argv[4], sys.argv[5], running)))
    running.end()
    azure.stop()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 1 if False in results else 0


if __name__ == "__main__":
    sys.exit(main())
