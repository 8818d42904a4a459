#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the operator's command does at a terminal: it asks for the cluster's name, ends on Ctrl-C,
and draws in colour. Run in the build folder; $srcdir (or .) holds the sources."""
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time

SOURCES = os.path.abspath(os.environ.get("srcdir", "."))
sys.path.insert(0, os.path.join(SOURCES, "tests", "cli"))
import run  # noqa: E402

LIMIT_S = 30
PROGRAM = os.path.abspath("./amr-upgrade")
DEMO = ["--catalog", os.path.join(SOURCES, "tests", "azure", "catalog-demo.json"),
        "--as-of", "2027-01-05T13:12:00Z"]
START = ["start", "--cluster", "sessions", "--wait"]


def own_terminal(slave):
    """The child's own session with the terminal as the one that controls it."""
    def prepare():
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    return prepare


def read_until(master, wanted, limit_s=LIMIT_S):
    """What the terminal shows up to the text, or to its end where wanted is None."""
    shown, end = "", time.monotonic() + limit_s
    while (wanted is None or wanted not in shown) and time.monotonic() < end:
        if not select.select([master], [], [], 0.1)[0]:
            continue
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part.decode("utf-8", "replace")
    return shown


def at_terminal(arguments, exchanges, env=None, **files):
    """(exit code, all that the terminal showed); exchanges: (text to wait for, what is typed)."""
    master, slave = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8",
                   **(env or {})}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    process = subprocess.Popen(
        [PROGRAM, *arguments], stdin=slave, stdout=files.get("stdout", slave),
        stderr=files.get("stderr", slave), env=environment, preexec_fn=own_terminal(slave))
    os.close(slave)
    shown = ""
    for wanted, typed in exchanges:
        shown += read_until(master, wanted)
        os.write(master, typed.encode())
    shown += read_until(master, None)
    try:
        code = process.wait(LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    os.close(master)
    return code, shown


class Checks:
    """Runs commands against one loopback Azure and counts what is wrong."""

    def __init__(self, azure):
        self.azure = azure
        self.wrong = 0

    def live(self, arguments):
        options = [run.fill(one, self.azure.facts) for one in run.LIVE_ARGS]
        return arguments[:1] + run.KEEP_NONE + options + DEMO + arguments[1:]

    def expect(self, name, arguments, exchanges, code, upgrades, has=(), **more):
        self.azure.prepare({})
        got, shown = at_terminal(self.live(arguments), exchanges, **more)
        counted = self.azure.ask("/_loopback/requests")["upgrade"]
        problems = ["shows no %r" % text for text in has if text not in shown]
        if got != code:
            problems.append("exit %d, not %d" % (got, code))
        if counted != upgrades:
            problems.append("%d upgrades, not %d" % (counted, upgrades))
        self.tell(name, problems, shown)

    def tell(self, name, problems, shown):
        self.wrong += bool(problems)
        print("FAIL" if problems else "ok", name, *problems, sep="\n  " if problems else " ")
        if problems:
            print(shown)


def check_names(checks):
    ask = "Type the cluster's name (sessions) to go on: "
    checks.expect("the name typed", START, [(ask, "sessions\n")], 0, 1, [
        "it will be upgraded from 7.4 to 8.0", "Succeeded (", "current, 8.0"])
    for what, typed in (("another name", "session\n"), ("the name and more", "sessions \n"),
                        ("another case", "Sessions\n"), ("yes", "yes\n"), ("nothing", "\n"),
                        ("the end of input", "\x04"), ("a long line", "x" * 1000 + "\n")):
        checks.expect(what, START, [(ask, typed)], 2, 0, ["that is not the cluster's name"])
    checks.expect("--yes asks nothing", START + ["--yes"], [], 0, 1, ["current, 8.0"])
    checks.expect("several are not asked about", ["start", "--cluster", "sessions", "--cluster",
                                                  "pricing"], [], 2, 0, ["--yes does it"])
    with open(os.devnull, "wb") as nowhere:
        checks.expect("asked at the terminal wherever the output goes", START,
                      [(ask, "sessions\n")], 0, 1, stdout=nowhere, stderr=nowhere)


def check_interrupts(checks):
    ask = "Type the cluster's name (sessions) to go on: "
    checks.expect("Ctrl-C when asked", START, [(ask, "\x03")], -2, 0)


def check_left(checks):
    """On an Azure whose operations do not end."""
    checks.expect("Ctrl-C while Azure works", START + ["--yes"], [("Pending (", "\x03")], 1, 1, [
        "no longer followed; what Azure has begun goes on",
        "to follow it: amr-upgrade wait --subscription"])


def timeline(env=None, **files):
    data = os.path.join(SOURCES, "tests", "cli", "data")
    return at_terminal(["timeline", "--from-file", os.path.join(data, "fleet.json"), "--catalog",
                        os.path.join(data, "catalog.json"), "--as-of", "2027-01-05T13:12:00Z"],
                       [], env, **files)


def check_drawing(checks):
    for name, env, colour, unicode in (
            ("colour and drawing", {}, True, True),
            ("NO_COLOR", {"NO_COLOR": "1"}, False, True),
            ("NO_COLOR that is empty", {"NO_COLOR": ""}, True, True),
            ("a dumb terminal", {"TERM": "dumb"}, False, True),
            ("no UTF-8", {"LC_ALL": "C"}, True, False),
            ("LANG alone", {"LC_ALL": "", "LANG": "de_DE.utf8"}, True, True)):
        code, shown = timeline(env)
        plain = re.sub("\x1b\\[[0-9;]*m", "", shown)
        problems = [] if code == 0 else ["exit %d" % code]
        if ("\x1b[" in shown) != colour:
            problems.append("colour: %s" % (not colour))
        if ("\u25c6" in shown) != unicode:
            problems.append("drawing: %s" % (not unicode))
        if "\x1b" in plain or max(map(len, plain.splitlines())) > 80:
            problems.append("wider than 80 columns")
        checks.tell(name, problems, shown)


def with_azure(options, *parts):
    azure = run.Azure(options)
    checks = Checks(azure)
    for part in parts:
        part(checks)
    azure.stop()
    return checks.wrong


def main():
    wrong = with_azure([], check_names, check_interrupts, check_drawing)
    wrong += with_azure(["--operation-seconds", "9999"], check_left)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    # A job in the background of a shell ignores it, and so would what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
