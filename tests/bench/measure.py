# SPDX-License-Identifier: MIT
"""What the benchmarks measure with: commands, the table of rows, and fleets in a loopback Azure."""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

AZURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "azure")
sys.dont_write_bytecode = True  # the source tree may be read-only
sys.path.insert(0, AZURE)
# pylint: disable=wrong-import-position
import fleets
from azure import LoopbackAzure

CATALOG = os.path.join(AZURE, "catalog-demo.json")
# No proxy, no settings of the machine.
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
# A child's peak starts with that of the process that forks it: a small one.
PEAK = [sys.executable, "-I", "-S", "-c", """
import os, sys
child = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print("\\npeak", usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""]


class Command:
    """A command line, what must come out of it, and what its runs took."""

    def __init__(self, words, code, text=""):
        self.words = words
        self.code = code
        self.text = text
        self.last = None
        self.cpu_s, self.wall_s = [], []

    def run(self):
        """One run, which is not counted; its output."""
        with tempfile.TemporaryFile() as output:
            begun = time.monotonic()
            process = subprocess.Popen(self.words, stdout=output, stdin=subprocess.DEVNULL,
                                       env=ENVIRONMENT)
            _, status, usage = os.wait4(process.pid, 0)
            self.last = usage.ru_utime + usage.ru_stime, time.monotonic() - begun
            output.seek(0)
            said = output.read().decode()
        if os.waitstatus_to_exitcode(status) != self.code or self.text not in said:
            sys.exit(f"{self.words[0]} went wrong: {status} {said[:300]}")
        return said

    def measure(self):
        said = self.run()
        self.cpu_s.append(self.last[0])
        self.wall_s.append(self.last[1])
        return said

    def peak_mib(self):
        said = Command([*PEAK, *self.words], self.code, self.text).run()
        return int(said.rsplit("peak ", 1)[1]) / 1024


class Table:
    """The rows, and whether all are within their limits."""

    def __init__(self, pairs):
        self.pairs = pairs
        self.is_within = True
        print(f"{pairs} pairs, medians")
        print(f"{'benchmark':<62}{'ours':>10}{'theirs':>10}{'value':>8}{'most':>7}")

    def add(self, name, ours, theirs, value, most):
        self.is_within &= value <= most
        print(f"{name:<62}{ours:>10}{theirs:>10}{value:>8.2f}{most:>7.2f} "
              f"{'ok' if value <= most else 'BEYOND'}", flush=True)

    def add_ratio(self, name, ours_s, theirs_s, most):
        ours, theirs = statistics.median(ours_s), statistics.median(theirs_s)
        self.add(name, f"{ours * 1000:.1f} ms", f"{theirs * 1000:.1f} ms", ours / theirs, most)

    def add_peak(self, name, command, most):
        peak = command.peak_mib()
        self.add(name, f"{peak:.1f} MiB", "", peak, most)


def start_fleet(folder, subscriptions, clusters, *options):
    """An Azure with so many subscriptions of so many clusters; and the ids of these."""
    fleet = fleets.azure_fleet(subscriptions, clusters)
    path = os.path.join(folder, "azure.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(fleet, file)
    azure = LoopbackAzure(["--fleet", path, "--lifetime-s", "3600", *options])
    return azure, fleet["subscriptions"]
