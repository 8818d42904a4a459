#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The plugin of collectd in the daemon of mock_daemon.c: runs each case of a file and compares.

usage: plugin.py MOCK PLUGIN CASES [NAME...]

A case is an object: name; azure (options of the loopback Azure), fleet and fleet_set as in
tests/cli/run.py; settings (lines above the accounts, besides those of COMMON, or instead of them
where `bare` is true); accounts (a list of [NAME, LINES]; one "prod" unless told); files (name ->
text, or [text, mode], written to {scratch}); steps. The real clock of the plugin starts at CLOCK. A step does first
what it asks for:
  faults, fleet_set   what befalls the loopback Azure from now on
  copies              object: name -> file that is copied to {scratch}, as those of the case are
                      (`copies`, too); {other_ca_file} is that of an authority that nobody uses
  clock               seconds by which the plugin's clock moves on
  spoil               what befalls told-*.json at a restart: one of SPOILS of tests/cli/steps.py
  restart             true: collectd is ended and started anew; "kill": killed
then reads until all of this is so, or ten seconds are over:
  values    object: INSTANCE/TYPE-TYPE_INSTANCE -> value, of one reading
  least     object: the same -> least value
  series    object: INSTANCE -> list of all its series in that reading ([]: it has ended)
  logs      list of texts, each in some line logged since the step began
  notes     list of [severity, INSTANCE/TYPE-TYPE_INSTANCE, text] told since the step began
and, once more so after `stays` seconds (default 0), compares:
  quiet     true: nothing else was logged, and told, than that
  lacks     list of texts that no line logged or told since the start has
  seconds_most  most seconds that `restart` may take
  counts_most   object: count of the loopback Azure -> most since the case began; a control of a
                step is a handshake, too
"""
import calendar
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))
import run as cli  # noqa: E402

CLOCK = calendar.timegm((2027, 1, 5, 13, 12, 0))
LIMIT_S = 10
DAEMON_LIMIT_S = 60
COMMON = """PollInterval 1
Subscription "{subscription}"
ArmEndpoint "{arm_endpoint}"
Authority "{authority}"
CaFile "{ca_file}"
Tenant "{tenant}"
ClientId "{client_id}"
ClientSecretFile "{client_secret_file}"
Catalog "{catalog}"
CacheDir "{scratch}/cache"
StateDir "{scratch}/state"
""".splitlines()


def configuration(case, facts):
    lines = ["<Plugin amr_upgrade>", *([] if case.get("bare") else COMMON),
             *case.get("settings", [])]
    for name, options in case.get("accounts", [["prod", []]]):
        lines += [f'<Account "{name}">', *options, "</Account>"]
    return "\n".join(cli.fill(line, facts) for line in [*lines, "</Plugin>", ""])


class Daemon:
    """A mocked daemon with the plugin configured and started."""

    def __init__(self, command, path, clock_s, env=None):
        environment = cli.environment({"env": env or {}})
        for name in ("TSAN_OPTIONS", "LD_PRELOAD"):
            if name in os.environ:
                environment[name] = os.environ[name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=environment)
        self.logs, self.notes = [], []
        self.cpu_us = None  # of each reading of the last "reads"
        for line in (f"clock {clock_s}", f"config {path}", "init"):
            self.ask(line)

    def ask(self, line):
        """The values of what the line makes the plugin do; what it tells is added to the lists."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        values = {}
        for answer in iter(self.process.stdout.readline, b""):
            word, _, rest = answer.decode("utf-8").rstrip("\n").partition(" ")
            if word == "done":
                if not rest.startswith("0 "):
                    raise RuntimeError(f"{line}: status {rest}")
                return values
            self.take(word, rest, values)
        raise RuntimeError(f"{line}: the daemon has ended: {self.process.wait(DAEMON_LIMIT_S)}")

    def take(self, word, rest, values):
        if word == "value":
            name, value = rest.rsplit(" ", 1)
            if name in values:
                raise RuntimeError(f"{name} twice in one reading")
            values[name.replace("mock/amr_upgrade-", "")] = float(value)
        elif word == "note":
            level, name, text = rest.split(" ", 2)
            self.notes.append([int(level), name.replace("mock/amr_upgrade-", ""), text])
        elif word == "log":
            self.logs.append(rest)
        elif word == "cpu_us":
            self.cpu_us = int(rest)

    def stop(self):
        begun = time.monotonic()
        self.ask("shutdown")
        seconds = time.monotonic() - begun
        self.process.stdin.close()
        status = self.process.wait(DAEMON_LIMIT_S)
        if status != 0:
            raise RuntimeError(f"the daemon ended with {status}")
        return seconds

    def kill(self):
        self.process.kill()
        self.process.wait(DAEMON_LIMIT_S)


def series_of(values, instance):
    return sorted(name.split("/", 1)[1] for name in values if name.startswith(instance + "/"))


def wrong_values(step, values):
    for name, wanted in step.get("values", {}).items():
        if values.get(name) != wanted:
            yield f"{name} is {values.get(name)}, not {wanted}"
    for name, least in step.get("least", {}).items():
        if not values.get(name, -1e9) >= least:
            yield f"{name} is {values.get(name)}, less than {least}"
    for instance, wanted in step.get("series", {}).items():
        got = series_of(values, instance)
        if got != sorted(wanted):
            yield f"{instance} has {got}, not {sorted(wanted)}"


def is_note(note, wanted):
    return note[:2] == wanted[:2] and wanted[2] in note[2]


def wrong_words(step, daemon):
    for text in step.get("logs", []):
        if not any(text in line for line in daemon.logs):
            yield f"not logged: {text!r}, but {daemon.logs}"
    for wanted in step.get("notes", []):
        if not any(is_note(note, wanted) for note in daemon.notes):
            yield f"not told: {wanted}, but {daemon.notes}"


def other_words(step, daemon):
    if not step.get("quiet"):
        return
    for line in daemon.logs:
        if not any(text in line for text in step.get("logs", [])):
            yield f"logged: {line!r}"
    for note in daemon.notes:
        if not any(is_note(note, wanted) for wanted in step.get("notes", [])):
            yield f"told: {note}"
    if len(daemon.notes) > len(step.get("notes", [])):
        yield f"told twice: {daemon.notes}"


def lacking_words(step, daemon):
    lines = daemon.logs + [note[2] for note in daemon.notes]
    for text in step.get("lacks", []):
        for line in lines:
            if text in line:
                yield f"has {text!r}: {line!r}"


def wrong_counts(step, azure):
    if "counts_most" not in step:
        return
    counts = azure.ask("/_loopback/requests")
    for kind, most in step["counts_most"].items():
        if counts[kind] > most:
            yield f"{counts[kind]} {kind}, more than {most}"


def problems_of(step, daemon, values):
    return [*wrong_values(step, values), *wrong_words(step, daemon)]


def await_step(step, daemon):
    until = time.monotonic() + LIMIT_S
    while True:
        values = daemon.ask("read")
        problems = problems_of(step, daemon, values)
        if not problems or time.monotonic() > until:
            return problems
        time.sleep(0.05)


def other_authority():
    path = os.path.join(cli.SCRATCH, "other-ca.pem")
    if not os.path.exists(path):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", os.devnull, "-out", path,
                        "-days", "2", "-subj", "/CN=Another authority"],
                       stderr=subprocess.DEVNULL, check=True)
    return path


class Case:
    """A case while it runs."""

    def __init__(self, command, case, azure, directory=None):
        self.command, self.case, self.azure = command, case, azure
        self.directory = directory or tempfile.mkdtemp(prefix="amr-collectd-", dir=cli.SCRATCH)
        self.clock_s = case.get("clock", CLOCK)
        self.begun_s = time.monotonic()
        self.facts = {"scratch": self.directory, "other_ca_file": other_authority(), "catalog": os.path.join(
            HERE, "..", "azure", "catalog-demo.json"), **azure.facts}
        self.path = os.path.join(self.directory, "collectd.conf")
        azure.prepare(case)
        self.copy(case)
        for name, content in case.get("files", {}).items():
            text, mode = content if isinstance(content, list) else (content, "0600")
            path = os.path.join(self.directory, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(cli.fill(text, self.facts))
            os.chmod(path, int(mode, 8))
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(configuration(case, self.facts))
        self.daemon = self.start()

    def now_s(self):
        return int(self.clock_s + time.monotonic() - self.begun_s)

    def start(self):
        return Daemon(self.command, self.path, self.now_s())

    def copy(self, step):
        for name, path in step.get("copies", {}).items():
            shutil.copy(cli.fill(path, self.facts), os.path.join(self.directory, name))

    def prepare(self, step):
        self.copy(step)
        if "fleet_set" in step:
            self.azure.prepare({**self.case, "fleet_set": step["fleet_set"]})
        if "faults" in step:
            self.azure.ask("/_loopback/faults", json.dumps(step["faults"]).encode())
        if "clock" in step:
            self.clock_s += step["clock"]
            self.daemon.ask(f"clock {self.now_s()}")

    def spoil(self, how):
        paths = glob.glob(os.path.join(self.directory, "state", "**", "told-*.json"),
                          recursive=True)
        if not paths:
            raise RuntimeError("nothing was kept that was told")
        for path in paths:
            cli.steps.SPOILS[how](path)

    def restart(self, step):
        seconds = 0
        if step.get("restart") == "kill":
            self.daemon.kill()
        else:
            seconds = self.daemon.stop()
        if "spoil" in step:
            self.spoil(step["spoil"])
        self.daemon = self.start()
        if seconds > step.get("seconds_most", 2):
            yield f"the end took {seconds:.1f} s"

    def run(self, step):
        self.prepare(step)
        if not step.get("restart"):
            self.daemon.logs, self.daemon.notes = [], []
        problems = [*self.restart(step)] if step.get("restart") else []
        problems += await_step(step, self.daemon)
        until = time.monotonic() + step.get("stays", 0)
        while not problems and time.monotonic() < until:
            time.sleep(0.1)
            problems += problems_of(step, self.daemon, self.daemon.ask("read"))
        return [*problems, *other_words(step, self.daemon), *lacking_words(step, self.daemon),
                *wrong_counts(step, self.azure)]

    def end(self):
        self.daemon.stop()
        shutil.rmtree(self.directory)


def run_case(command, case, azure):
    running = Case(command, case, azure)
    for number, step in enumerate(case["steps"], 1):
        problems = running.run(step)
        if problems:
            running.daemon.kill()
            return [f"step {number}:", *problems]
    running.end()
    return []


def main():
    command = [os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])]
    names = sys.argv[4:]
    with open(sys.argv[3], encoding="utf-8") as file:
        cases = [case for case in json.load(file) if not names or case["name"] in names]
    failed = 0
    azure = None
    for case in cases:
        if azure is None or azure.options != case.get("azure", []):
            if azure is not None:
                azure.stop()
            azure = cli.Azure(case.get("azure", []))
        try:
            problems = run_case(command, case, azure)
        except RuntimeError as error:
            problems = [str(error)]
        failed += bool(problems)
        if problems:
            print(f"FAIL {case['name']}", *problems, sep="\n  ")
    if azure is not None:
        azure.stop()
    print(f"{len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
