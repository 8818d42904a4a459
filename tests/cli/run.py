#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command line's contract as data: runs each case of a file of cases and compares.

usage: run.py CHECK CASES [NAME...]

A case is an object: name; args; verb (a list: what goes before all arguments); stdin (text), or many (a list document of `count` copies of the
cluster `of` for each of `names`, which with a number replaces NAME in it); env (object); cwd is the folder `data` beside this
file; exit; and any of
  stdout        the whole standard output (text, or a list of lines)
  first         a regular expression that the first line fits as a whole
  has, lacks    texts that standard output has, or lacks
  lines         number of lines
  bytes_most    most bytes of output
  perfdata      object: label -> value as printed
  json          object: JSON pointer -> value, of the output as JSON
  files         object: name -> text, or [text, mode], written to the folder {scratch} first
  fleet_copies  instead of its clusters, so many copies of the fleet's first
  fleet_subscriptions  so many subscriptions, the last digit of their ids from 1, for the copies
  seconds_least  fewest seconds that the run must take (of a limit that it keeps to)
  seconds_most  most seconds that the run may take, where a second more than -t is too much
  stderr        texts that standard error has; without it standard error is empty
A case with `faults`, `fleet`, `azure` (options of the loopback
Azure) or `live` runs against the loopback Azure: {ARM_ENDPOINT} and the like are replaced in args,
`requests` compares its counts. `live` is true (the arguments say where Azure is, and a secret),
"where" (only where it is) or "bare" (nothing). A case with `steps` is told in
steps.py.
"""
import atexit
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import steps

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "azure"))
from azure import LoopbackAzure  # pylint: disable=wrong-import-position

WHERE_ARGS = ["--subscription", "{subscription}", "--arm-endpoint", "{arm_endpoint}",
              "--authority", "{authority}", "--ca-file", "{ca_file}"]
LIVE_ARGS = WHERE_ARGS + ["--tenant", "{tenant}", "--client-id", "{client_id}",
                          "--client-secret-file", "{client_secret_file}"]
KEEP = ["--cache-dir", "{cache}", "--state-dir", "{state}", "--catalog", "{catalog}"]
KEEP_NONE = ["--cache-dir", "none", "--state-dir", "none"]
LIMIT_S = 60
SCRATCH = tempfile.mkdtemp(prefix="amr-cli-")
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)


def make_black_hole():
    """A port that never answers, {black_hole} in args: its queue of connections is full."""
    sockets = [socket.create_server(("127.0.0.1", 0), backlog=0)]
    for _ in range(4):
        sockets.append(socket.socket())
        sockets[-1].setblocking(False)
        sockets[-1].connect_ex(sockets[0].getsockname())
    return sockets


BLACK_HOLE = make_black_hole()


class Azure(LoopbackAzure):
    """One for the cases that want these options."""

    def prepare(self, case):
        fleet = case.get("fleet", os.path.join(HERE, "..", "azure", "fleet-demo.json"))
        if isinstance(fleet, str):
            with open(os.path.join(HERE, "data", fleet), encoding="utf-8") as file:
                fleet = json.load(file)
        fleet = steps.change_fleet(fleet, case.get("fleet_set", {}))
        fleet = steps.change_access(fleet, case.get("fleet_access", {}))
        fleet = steps.copy_fleet(fleet, case.get("fleet_copies"),
                                 case.get("fleet_subscriptions", 1))
        self.ask("/_loopback/fleet", json.dumps(fleet).encode())
        self.ask("/_loopback/reset", b"")
        # Last: a fault of connections would meet the next control.
        self.ask("/_loopback/faults", json.dumps(case.get("faults", [])).encode())


def is_live(case):
    return any(key in case for key in ("live", "faults", "fleet", "azure", "steps"))


def environment(case):
    # No test asks the machine that it runs on for an identity.
    env = {"PATH": os.environ["PATH"], "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8",
           "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:1"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(case.get("env", {}))
    return env


def fill(text, facts):
    for key, value in facts.items():
        text = text.replace("{" + key + "}", str(value))
    return text


def arguments(case, facts):
    args = list(case.get("args", []))
    if is_live(case):
        args = {"bare": [], "where": WHERE_ARGS}.get(case.get("live"), LIVE_ARGS) + args
        args = KEEP_NONE + args
    return [fill(arg, facts) for arg in case.get("verb", []) + args]


def at_pointer(document, pointer):
    for part in pointer.split("/")[1:]:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def perfdata(stdout):
    first = stdout.split("\n", 1)[0]
    words = first.split(" | ", 1)[1].split() if " | " in first else []
    return dict(word.split("=", 1) for word in words)


def compare_json(case, stdout):
    document = json.loads(stdout)
    for pointer, wanted in case["json"].items():
        got = at_pointer(document, pointer)
        if got != wanted or isinstance(got, bool) != isinstance(wanted, bool):
            yield f"{pointer} is {got!r}, not {wanted!r}"


def compare_stdout(case, stdout):
    wanted = case.get("stdout")
    if isinstance(wanted, list):
        wanted = "".join(line + "\n" for line in wanted)
    if wanted is not None and stdout != wanted:
        yield f"stdout is not\n{wanted}"
    if "first" in case and not re.fullmatch(case["first"], stdout.split("\n", 1)[0]):
        yield f"the first line does not fit {case['first']}"
    for text in case.get("has", []):
        if text not in stdout:
            yield f"lacks {text!r}"
    for text in case.get("lacks", []):
        if text in stdout:
            yield f"has {text!r}"
    if "lines" in case and stdout.count("\n") != case["lines"]:
        yield f"{stdout.count(chr(10))} lines, not {case['lines']}"
    if len(stdout.encode()) > case.get("bytes_most", 1 << 30):
        yield f"{len(stdout.encode())} bytes"
    for label, value in case.get("perfdata", {}).items():
        if perfdata(stdout).get(label) != value:
            yield f"perfdata {label} is {perfdata(stdout).get(label)}, not {value}"


def compare_stderr(case, stderr):
    for text in case.get("stderr", []):
        if text not in stderr:
            yield f"standard error lacks {text!r}: {stderr}"
    if stderr and "stderr" not in case:
        yield f"standard error: {stderr}"


def timeout_s(case):
    """The check's own limit: what no run may exceed by more than a second."""
    args = case.get("args", [])
    for option, value in zip(args, args[1:]):
        if option in ("-t", "--timeout") and value.split(":")[0].isdigit():
            return min(int(value.split(":")[0]), LIMIT_S)
    return 30


def compare(case, result, seconds, azure):
    stdout = result.stdout.decode("utf-8", "strict")
    if result.returncode != case["exit"]:
        yield f"exit {result.returncode}, not {case['exit']}"
    yield from compare_stderr(case, result.stderr.decode("utf-8", "replace"))
    yield from compare_stdout(case, stdout)
    if "json" in case:
        yield from compare_json(case, stdout)
    if seconds > case.get("seconds_most", timeout_s(case) + 1):
        yield f"took {seconds:.1f} s"
    if seconds < case.get("seconds_least", 0):
        yield f"took only {seconds:.1f} s"
    if "requests" in case:
        counts = azure.ask("/_loopback/requests")
        for key, wanted in case["requests"].items():
            if counts[key] != wanted:
                yield f"{counts[key]} requests of {key}, not {wanted}"


def write_files(case, facts):
    for name, content in case.get("files", {}).items():
        text, mode = content if isinstance(content, list) else (content, "0600")
        path = os.path.join(SCRATCH, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(fill(text, facts))
        os.chmod(path, int(mode, 8))


def stdin_of(case):
    if "many" not in case:
        return case.get("stdin", "")
    many = case["many"]
    template = json.dumps(many["of"])
    names = [f"{name}-{number:03}" for name in many["names"] for number in range(many["count"])]
    return '{"value":[' + ",".join(template.replace("NAME", name) for name in names) + "]}"


def start(check, case, facts):
    process = subprocess.Popen(
        [check, *arguments(case, facts)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True, cwd=os.path.join(HERE, "data"), preexec_fn=steps.limit(case),
        env={key: fill(value, facts) for key, value in environment(case).items()})
    process.stdin.write(stdin_of(case).encode())
    process.stdin.close()
    process.stdin = None
    return process


def finish(process):
    try:
        stdout, stderr = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def run(check, case, azure, kept=None):
    facts = {"fifo": os.path.join(SCRATCH, "silent.fifo"), "scratch": SCRATCH,
             "mega": "x" * 1000000,
             "black_hole": "http://127.0.0.1:%d" % BLACK_HOLE[0].getsockname()[1],
             **(kept or {})}
    if azure is not None:
        azure.prepare(case)
        facts.update(azure.facts, azure_dir=azure.dir)
        with open(facts["client_secret_file"], encoding="utf-8") as file:
            facts["client_secret"] = file.read().strip()
    write_files(case, facts)
    begun = time.monotonic()
    processes = [start(check, case, facts) for _ in range(case.get("parallel", 1))]
    results = [finish(process) for process in processes]
    seconds = time.monotonic() - begun
    problems = [problem for result in results
                for problem in compare(case, result, seconds, azure)]
    return problems, results[-1].stdout


def run_steps(check, case, azure):
    """The first step that goes wrong ends the case."""
    directory = tempfile.mkdtemp(prefix="amr-keep-", dir=SCRATCH)
    kept = {name: os.path.join(directory, name) for name in ("cache", "state")}
    kept["catalog"] = steps.make_catalog(directory)
    stdouts = []
    for number, step in enumerate(case["steps"], 1):
        step = {"live": True, **step}
        steps.prepare(step, kept)
        held = steps.hold(step, kept)
        problems, stdout = run(check, {**step, "args": KEEP + step.get("args", [])}, azure, kept)
        for descriptor in held:
            os.close(descriptor)
        stdouts.append(stdout)
        problems += [*steps.compare_kept(step, kept), *steps.compare_said(step, stdouts)]
        if problems:
            return [f"step {number}:", *problems], stdout
    return [], b""


def make_fifo():
    """A pipe with a writer that says nothing: {fifo} in args."""
    path = os.path.join(SCRATCH, "silent.fifo")
    os.mkfifo(path)
    return os.open(path, os.O_RDWR)


def main():
    make_fifo()
    check, path, names = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    with open(path, encoding="utf-8") as file:
        cases = [case for case in json.load(file) if not names or case["name"] in names]
    failed = 0
    azure = None
    for case in cases:
        options = case.get("azure", [])
        if is_live(case) and (azure is None or azure.options != options):
            if azure is not None:
                azure.stop()
            azure = Azure(options)
        run_case = run_steps if "steps" in case else run
        problems, stdout = run_case(check, case, azure if is_live(case) else None)
        failed += bool(problems)
        if problems:
            print(f"FAIL {case['name']}", *problems, stdout.decode("utf-8", "replace"), sep="\n  ")
    if azure is not None:
        azure.stop()
    print(f"{len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
