#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No leak grows: the plugin under valgrind, for few and for many readings and surveys, loses no
byte and has the same number in use at the end.

usage: leaks.py MOCK PLUGIN [COLLECTD PLUGIN_DIR]

It is run in the mocked daemon and at the same time in COLLECTD. Without that the runs are short,
for a plugin with a planted leak.
"""
import concurrent.futures
import glob
import os
import re
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import facts  # noqa: E402
import plugin  # noqa: E402

cli = plugin.cli
RUNS = ((50, 5), (1000, 100))
SHORT_RUNS = ((20, 2), (100, 6))
CASE = {"accounts": [["prod", ["Cluster \"cart\" \"orders\""]]]}
INTERVAL_S = 0.1
LIMIT_S = 400
END_S = 60


def surveys(azure):
    return azure.ask("/_loopback/requests")["token"]


def valgrind(log):
    return ["valgrind", "--leak-check=full", "--errors-for-leak-kinds=definite",
            "--log-file=" + log]


def bytes_of(log):
    """(bytes lost, bytes still in use) at the end."""
    with open(log, encoding="utf-8") as file:
        text = file.read()
    if "ERROR SUMMARY: 0 errors" not in text:
        print(text)
    lost = sum(int(number.replace(",", "")) for number in re.findall(
        r"(?:definitely|indirectly) lost: ([\d,]+) bytes", text))
    used = re.search(r"in use at exit: ([\d,]+) bytes", text)
    return lost, int(used[1].replace(",", ""))


def await_counts(readings, count, read, azure):
    """read() has the plugin read, or waits, and says how often it has read."""
    until = time.monotonic() + LIMIT_S
    done = 0
    while surveys(azure) < count or done < readings:
        if time.monotonic() > until:
            raise SystemExit("too slow: %d surveys, %d readings" % (surveys(azure), done))
        done = read(done)


def run_mock(command, readings, count, azure):
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "valgrind.log")
        running = plugin.Case([*valgrind(log), *command], CASE, azure)

        def read(done):
            running.daemon.ask("reads 10")
            time.sleep(0.02)
            return done + 10

        await_counts(readings, count, read, azure)
        running.end()
        return bytes_of(log)


def lines_of(work):
    """Readings that collectd has written down, of the account."""
    paths = glob.glob(os.path.join(work, "csv", "*", "amr_upgrade-account.prod", "gauge-severity-*"))
    return max((sum(1 for _ in open(path, encoding="utf-8")) - 1 for path in paths), default=0)


def run_real(command, daemon, plugin_dir, readings, count, azure):
    running = plugin.Case(command, CASE, azure)
    running.daemon.stop()
    azure.prepare(CASE)
    with tempfile.TemporaryDirectory() as work:
        log = os.path.join(work, "valgrind.log")
        process = facts.start_daemon([*valgrind(log), daemon], plugin_dir, running, work, INTERVAL_S)

        def read(_):
            time.sleep(0.5)
            return lines_of(work)

        await_counts(readings, count, read, azure)
        process.terminate()
        if process.wait(END_S) != 0:
            raise SystemExit("collectd did not end well")
        return bytes_of(log)


def compare(name, run, runs):
    """Both runs; true where none loses any, and the longer one holds no more."""
    azure = cli.Azure([])
    results = [run(*counts, azure) for counts in runs]
    azure.stop()
    for (readings, count), (lost, used) in zip(runs, results):
        print("%s, %d readings, %d surveys: %d bytes lost, %d in use at the end"
              % (name, readings, count, lost, used))
    return all(lost == 0 for lost, _ in results) and results[1][1] <= results[0][1]


def main():
    command = [os.path.abspath(name) for name in sys.argv[1:3]]
    runs = RUNS if len(sys.argv) > 4 else SHORT_RUNS
    with concurrent.futures.ThreadPoolExecutor() as pool:
        done = [pool.submit(compare, "mocked", lambda *counts: run_mock(command, *counts), runs)]
        if len(sys.argv) > 4:
            done.append(pool.submit(compare, "collectd", lambda *counts: run_real(
                command, *sys.argv[3:5], *counts), runs))
        results = [one.result() for one in done]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 1 if False in results else 0


if __name__ == "__main__":
    sys.exit(main())
