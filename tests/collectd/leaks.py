#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No leak grows: the plugin under valgrind in the mocked daemon, for few and for many readings and
surveys, loses the same number of bytes, none.

usage: leaks.py MOCK PLUGIN
"""
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import plugin  # noqa: E402

cli = plugin.cli
RUNS = ((50, 5), (1000, 100))
LIMIT_S = 400


def surveys(azure):
    return azure.ask("/_loopback/requests")["token"]


def run(command, readings, count, azure):
    """(bytes lost, bytes still in use) after so many readings and at least so many surveys."""
    log = os.path.join(cli.SCRATCH, "valgrind.log")
    valgrind = ["valgrind", "--leak-check=full", "--error-exitcode=99", "--log-file=" + log,
                "--errors-for-leak-kinds=definite"]
    case = {"accounts": [["prod", ["Cluster \"cart\" \"orders\""]]]}
    running = plugin.Case([*valgrind, *command], case, azure)
    until = time.monotonic() + LIMIT_S
    done = 0
    while (surveys(azure) < count or done < readings) and time.monotonic() < until:
        running.daemon.ask("reads 10")
        done += 10
        time.sleep(0.02)
    if surveys(azure) < count or done < readings:
        raise SystemExit("too slow: %d surveys, %d readings" % (surveys(azure), done))
    running.end()
    with open(log, encoding="utf-8") as file:
        text = file.read()
    lost = sum(int(number.replace(",", "")) for number in re.findall(r"(?:definitely|indirectly) lost: ([\d,]+) bytes", text))
    used = re.search(r"in use at exit: ([\d,]+) bytes", text)
    return lost, int(used[1].replace(",", ""))


def main():
    command = [os.path.abspath(name) for name in sys.argv[1:3]]
    azure = cli.Azure([])
    results = [run(command, *counts, azure) for counts in RUNS]
    azure.stop()
    for (readings, count), (lost, used) in zip(RUNS, results):
        print("%d readings, %d surveys: %d bytes lost, %d in use at the end"
              % (readings, count, lost, used))
    is_right = all(lost == 0 for lost, _ in results) and results[1][1] <= results[0][1]
    print("1 passed, 0 failed" if is_right else "0 passed, 1 failed")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
