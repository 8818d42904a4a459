# SPDX-License-Identifier: MIT
"""What the plugin costs collectd.

Memory is what a real collectd has written to (Private_Dirty) with the plugin, less what it has
without it: what is only mapped, such as the code of libcurl, is shared with whoever uses it.
"""
import glob
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

from measure import CATALOG, ENVIRONMENT, start_fleet

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "collectd"))
import plugin as mocked  # pylint: disable=wrong-import-position

LIMIT_S = 60
# One subscription is not read faster than Azure allows: many databases want several.
READ_SUBSCRIPTIONS, READ_CLUSTERS, READ_MS_MOST = 5, 200, 3.0
# The least of so many runs: what else a machine does only adds.
READ_RUNS, READS = 20, 20
MEMORY_CLUSTERS, MEMORY_RUNS, MEMORY_POLLS, MEMORY_MIB_MOST = 100, 5, 8, 4.0
SERIES_LEAST = 5  # of a database
POLL_CLUSTERS, POLL_RUNS = 50, 2
# What is polled, after what idle time the loopback Azure closes a connection, how many polls are
# measured in a run, and the most.
POLLED = (("new connections", 0.3, 2, 1.0), ("kept connections", 60, 8, 1.75))
PLUGIN_DIRS = ("/usr/lib/collectd", "/usr/lib64/collectd", "/usr/lib/*/collectd")
DAEMON = """Hostname "bench"
BaseDir "{work}"
PIDFile "{work}/pid"
PluginDir "{work}"
TypesDB "/usr/share/collectd/types.db"
Interval 1
LoadPlugin logfile
<Plugin logfile>
  LogLevel err
  File "{work}/log"
</Plugin>
LoadPlugin unixsock
<Plugin unixsock>
  SocketFile "{work}/socket"
</Plugin>
"""
URL = """  <URL "{url}?api-version=2025-07-01">
    Instance "{instance}"
    CACert "{ca_file}"
    Header "Authorization: Bearer {token}"
    <Key "value/*/properties/{key}">
      Type "gauge"
      Instance "{key}"
    </Key>
  </URL>
"""


def settings_of(subscriptions):
    """What the tests of the plugin use, for these subscriptions."""
    return [*(line for line in mocked.COMMON if not line.startswith("Subscription")),
            *(f'Subscription "{one["id"]}"' for one in subscriptions)]


def our_lines(azure, subscriptions, scratch):
    case = {"bare": True, "settings": settings_of(subscriptions)}
    facts = {**azure.facts, "catalog": CATALOG, "scratch": scratch}
    return "LoadPlugin amr_upgrade\n" + mocked.configuration(case, facts)


def their_lines(azure, subscription):
    """curl_json with the same reads, and the version of each database."""
    root = f"{azure.facts['arm_endpoint']}/subscriptions/{subscription['id']}"
    clusters = "/providers/Microsoft.Cache/redisEnterprise"
    with open(azure.facts["token_file"], encoding="utf-8") as file:
        known = {"token": file.read(), "ca_file": azure.facts["ca_file"]}
    urls = [URL.format(url=root + clusters, instance="clusters", key="port", **known)]
    for one in subscription["clusters"]:
        url = f"{root}/resourceGroups/{one['resource_group']}{clusters}/{one['name']}/databases"
        urls.append(URL.format(url=url, instance=one["name"], key="redisVersion", **known))
    return "\n".join(["LoadPlugin curl_json", "<Plugin curl_json>", *urls, "</Plugin>", ""])


class Collectd:
    """A real daemon with these lines at the end of its configuration."""

    def __init__(self, plugins, work, lines=""):
        os.makedirs(work, exist_ok=True)
        self.work = work
        for path in plugins:
            shutil.copy(path, work)
        os.sync()  # what is not on the disk yet counts as written to by whoever maps it
        path = os.path.join(work, "collectd.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(DAEMON.format(work=work) + lines)
        self.process = subprocess.Popen([find_daemon(), "-f", "-C", path],
                                        stdin=subprocess.DEVNULL, env=ENVIRONMENT)

    def series(self):
        """How many the daemon has."""
        with socket.socket(socket.AF_UNIX) as asked:
            try:
                asked.connect(os.path.join(self.work, "socket"))
            except OSError:
                return -1
            asked.sendall(b"LISTVAL\n")
            return int(asked.makefile().readline().split()[0])

    def dirty_mib(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            kib = next(line.split()[1] for line in file if line.startswith("Private_Dirty:"))
        return int(kib) / 1024

    def cpu_s(self):
        """Of its threads, which stay, to the nanosecond."""
        total_ns = 0
        for path in glob.glob(f"/proc/{self.process.pid}/task/*/schedstat"):
            with open(path, encoding="ascii") as file:
                total_ns += int(file.read().split()[0])
        return total_ns / 1e9

    def stop(self):
        self.process.terminate()
        if self.process.wait(LIMIT_S) != 0:
            sys.exit("collectd did not end well")


def find_daemon():
    return shutil.which("collectd", path=ENVIRONMENT["PATH"] + ":/usr/sbin")


def find_plugins(*names):
    return [next(path for folder in PLUGIN_DIRS for path in glob.glob(f"{folder}/{name}.so"))
            for name in ("logfile", "unixsock", *names)]


def wait_for(question, what):
    until = time.monotonic() + LIMIT_S
    while not question():
        if time.monotonic() > until:
            sys.exit(f"not within {LIMIT_S} s: {what}")
        time.sleep(0.1)


def lists_read(azure):
    return azure.ask("/_loopback/requests")["list"]


def cpu_of_reads(daemon):
    daemon.ask(f"reads {READS}")
    return daemon.cpu_us


def bench_read(table, mock, plugin, folder):
    azure, subscriptions = start_fleet(folder, READ_SUBSCRIPTIONS, READ_CLUSTERS)
    case = {"fleet": os.path.join(folder, "azure.json"), "bare": True,
            "settings": ["PollInterval 3600", *settings_of(subscriptions)[1:]]}
    azure.prepare = lambda case: None  # it has its fleet
    running = mocked.Case([os.path.abspath(mock), os.path.abspath(plugin)], case, azure)
    databases = READ_SUBSCRIPTIONS * READ_CLUSTERS
    wait_for(lambda: running.daemon.ask("read").get("account.prod/objects-databases") == databases,
             f"{databases} databases")
    read_ms = min(cpu_of_reads(running.daemon) for _ in range(READ_RUNS)) / 1000
    running.end()
    azure.stop()
    table.add(f"CPU, collectd's read of {databases:,} databases", f"{read_ms:.2f} ms", "",
              read_ms, READ_MS_MOST)


def dirty_mib_after(daemon, azure, polls, series):
    wait_for(lambda: azure is None or lists_read(azure) >= polls, f"{polls} polls")
    # A poll that is under way is over, and the last one dispatched.
    time.sleep(1.5)
    dirty_mib = daemon.dirty_mib()
    # Not before: the answer takes memory of the daemon's.
    wait_for(lambda: daemon.series() >= series, f"{series} series")
    daemon.stop()
    return dirty_mib


def bench_memory(table, plugin, folder):
    azure, subscriptions = start_fleet(folder, 1, MEMORY_CLUSTERS)
    added = []
    for run in range(MEMORY_RUNS):
        azure.ask("/_loopback/reset", b"")
        works = [os.path.join(folder, f"{word}-{run}") for word in ("without", "with")]
        without = Collectd(find_plugins(), works[0])
        theirs = dirty_mib_after(without, None, 0, 0)
        ours = start_ours(azure, subscriptions, works[1], plugin)
        added.append(dirty_mib_after(ours, azure, MEMORY_POLLS, SERIES_LEAST * MEMORY_CLUSTERS) - theirs)
    azure.stop()
    value = statistics.median(added)
    table.add(f"memory that the plugin adds, {MEMORY_CLUSTERS} databases", f"{value:.1f} MiB", "",
              value, MEMORY_MIB_MOST)


class Polled:
    """A daemon, and the Azure that it alone polls."""

    def __init__(self, work, start, idle_s):
        self.azure, subscriptions = start_fleet(work, 1, POLL_CLUSTERS, "--idle-s", str(idle_s))
        self.daemon = start(self.azure, subscriptions, work)
        self.taken_s = []

    def has_all(self):
        return self.daemon.series() >= POLL_CLUSTERS

    def pause(self):
        """Nothing of it runs while the other one is measured."""
        self.daemon.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.daemon.process.send_signal(signal.SIGCONT)

    def cpu_s_at_list(self, number):
        """(lists read, CPU) when they are so many at least, and a short poll is over."""
        wait_for(lambda: lists_read(self.azure) >= number, f"{number} lists read")
        time.sleep(0.4)
        return lists_read(self.azure), self.daemon.cpu_s()

    def measure(self, polls):
        """Notes the CPU of a poll, each of which reads the list once, and then each database."""
        self.azure.ask("/_loopback/reset", b"")
        first, begun_s = self.cpu_s_at_list(2)  # what was missed is caught up with
        last, ended_s = self.cpu_s_at_list(first + polls)
        counts = self.azure.ask("/_loopback/requests")
        if not -1 <= counts["list"] - counts["databases"] / POLL_CLUSTERS <= 1:
            sys.exit(f"not all of each poll was read: {counts['list']}, {counts['databases']}")
        self.taken_s.append((ended_s - begun_s) / (last - first))

    def stop(self):
        self.daemon.stop()
        self.azure.stop()


def start_ours(azure, subscriptions, work, path):
    return Collectd([*find_plugins(), path], work, our_lines(azure, subscriptions, work))


def start_theirs(azure, subscriptions, work):
    return Collectd(find_plugins("curl_json"), work, their_lines(azure, subscriptions[0]))


def bench_poll(table, plugin, folder, what, idle_s, polls, ratio_most):
    works = [os.path.join(folder, f"{word}-{idle_s}") for word in ("ours", "theirs")]
    for work in works:
        os.mkdir(work)
    polled = [Polled(works[0], lambda *words: start_ours(*words, plugin), idle_s),
              Polled(works[1], start_theirs, idle_s)]
    for one in polled:
        wait_for(one.has_all, f"{POLL_CLUSTERS} series")
        one.pause()
    for one in POLL_RUNS * polled:
        one.go_on()
        one.measure(polls)
        one.pause()
    for one in polled:
        one.go_on()
        one.stop()
    # The least of each: what else a machine does only adds.
    table.add_ratio(f"CPU, a poll of {POLL_CLUSTERS} databases, {what} : curl_json",
                    *([min(one.taken_s)] for one in polled), ratio_most)


def bench_plugin(table, mock, plugin, folder):
    bench_read(table, mock, plugin, folder)
    if find_daemon() is None:
        print("left out, as collectd is not here: its memory, and curl_json")
        return
    bench_memory(table, plugin, folder)
    for polled in POLLED:
        bench_poll(table, plugin, folder, *polled)
