#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ratios measured within one run, and memory. Exits 1 beyond a limit.

usage: bench.py CHECK PARSE_WHOLE MOCK PLUGIN PAIRS

Each ratio is that of two medians, over PAIRS runs of ours and of the yardstick, which take turns.
CPU is user and system time of the process; that of the loopback Azure does not count. Peaks are
those of one run. What the plugin costs is measured in a mocked daemon, and in collectd where it is;
of its CPU and curl_json's the least of several runs counts.
"""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree may be read-only
# pylint: disable=wrong-import-position
import daemon
import fleets
from measure import CATALOG, Command, LoopbackAzure, Table, start_fleet

JUDGE = ["--catalog", CATALOG, "--as-of", "2027-01-05T13:12:00Z"]
SUBSCRIPTIONS, CLUSTERS, CONNECTIONS, LATENCY_MS = 5, 200, 8, 20
API = "?api-version=2025-07-01"
CLUSTERS_PATH = "/providers/Microsoft.Cache/redisEnterprise"


def take_turns(ours, theirs, pairs):
    for command in (ours, theirs):
        command.run()
    for _ in range(pairs):
        ours.measure()
        theirs.measure()


def bench_file(table, check, parse_whole, folder):
    path = os.path.join(folder, "fleet.json")
    subprocess.run([sys.executable, fleets.__file__, path], check=True)
    ours = Command([check, "--from-file", path, *JUDGE], 1, f"databases={fleets.DATABASES} ")
    theirs = Command([parse_whole, path], 0)
    ours.run()
    theirs_s = []
    for _ in range(table.pairs):
        ours.measure()
        theirs_s.append(float(theirs.run()))
    table.add_ratio(f"CPU, {fleets.DATABASES:,} databases from a file : json-c parsing it whole",
                    ours.cpu_s, theirs_s, 2.0)
    table.add_peak("peak memory of ours", ours, 64)


def azure_options(azure, kept="none"):
    facts = azure.facts
    return ["--arm-endpoint", facts["arm_endpoint"], "--authority", facts["authority"],
            "--tenant", facts["tenant"], "--client-id", facts["client_id"],
            "--client-secret-file", facts["client_secret_file"], "--ca-file", facts["ca_file"],
            "--cache-dir", kept, "--state-dir", kept, *JUDGE]


def write_bearer(azure):
    """A file with the header that a token is shown in, for curl."""
    path = os.path.join(azure.dir, "bearer")
    with open(azure.facts["token_file"], encoding="utf-8") as file:
        token = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"Authorization: Bearer {token}\n")
    return path


def curl_token(azure):
    facts = azure.facts
    return ["--fail", "--silent", "--cacert", facts["ca_file"], "--output", "/dev/null",
            "--data", f"client_id={facts['client_id']}", "--data", "grant_type=client_credentials",
            "--data-urlencode", f"scope={facts['arm_endpoint']}/.default",
            "--data-urlencode", f"client_secret@{facts['client_secret_file']}",
            f"{facts['authority']}/{facts['tenant']}/oauth2/v2.0/token"]


def curl_reads(azure, paths):
    """The reads of ARM, with the options that `--next` has forgotten."""
    words = ["--fail", "--silent", "--cacert", azure.facts["ca_file"],
             "--header", "@" + write_bearer(azure)]
    for path in paths:
        words += ["--output", "/dev/null", azure.facts["arm_endpoint"] + path + API]
    return words


def counts_of(azure, command, kinds):
    azure.ask("/_loopback/reset", b"")
    command.run()
    counts = azure.ask("/_loopback/requests")
    return {kind: counts[kind] for kind in kinds}


def insist_on_same(azure, ours, theirs, kinds):
    """A comparison of two that ask for different things would prove nothing."""
    counts = [counts_of(azure, command, kinds) for command in (ours, theirs)]
    if counts[0] != counts[1]:
        sys.exit(f"not the same requests: {counts}")


def bench_one(table, check, folder):
    azure = LoopbackAzure(["--lifetime-s", "3600"])
    subscription = "/subscriptions/" + azure.facts["subscription"]
    one = [check, "--subscription", azure.facts["subscription"], "--cluster", "orders"]
    kept = os.path.join(folder, "kept")
    os.mkdir(kept)
    live = Command([*one, *azure_options(azure)], 1, "databases=1 ")
    fresh = Command([*one, *azure_options(azure, kept), "--cache-ttl", "86400"], 1, "databases=1 ")
    curl = Command(["curl", "--disable", *curl_token(azure), "--next", *curl_reads(azure, [
        subscription + CLUSTERS_PATH,
        subscription + "/resourceGroups/rg-shop" + CLUSTERS_PATH + "/orders/databases"])], 0)
    version = Command(["curl", "--version"], 0, "libcurl")
    insist_on_same(azure, live, curl, ("token", "list", "databases", "total", "handshakes"))
    take_turns(live, curl, table.pairs)
    table.add_ratio("CPU, one cluster asked of Azure : curl, same requests", live.cpu_s,
                    curl.cpu_s, 1.25)
    fresh.run()
    azure.stop()
    take_turns(fresh, version, table.pairs)
    table.add_ratio("CPU, one cluster from a fresh snapshot : curl --version", fresh.cpu_s,
                    version.cpu_s, 0.8)


def paths_of(subscriptions):
    """All the reads of a survey: the lists, and the databases of each cluster."""
    for subscription in subscriptions:
        root = "/subscriptions/" + subscription["id"]
        yield root + CLUSTERS_PATH
        for cluster in subscription["clusters"]:
            yield (f"{root}/resourceGroups/{cluster['resource_group']}{CLUSTERS_PATH}"
                   f"/{cluster['name']}/databases")


def bench_many(table, check, folder):
    azure, subscriptions = start_fleet(folder, SUBSCRIPTIONS, CLUSTERS,
                                       "--latency-ms", str(LATENCY_MS))
    count = SUBSCRIPTIONS * CLUSTERS
    wanted = [word for one in subscriptions for word in ("--subscription", one["id"])]
    ours = Command([check, *wanted, *azure_options(azure), "--timeout", "120"], 1,
                   f"databases={count} ")
    # curl need not wait for the token and the lists before it reads the databases.
    theirs = Command(["curl", "--disable", "--no-progress-meter", "--parallel", "--parallel-max",
                      str(CONNECTIONS), *curl_token(azure), "--next",
                      *curl_reads(azure, paths_of(subscriptions))], 0)
    insist_on_same(azure, ours, theirs, ("token", "databases", "peak"))
    take_turns(ours, theirs, table.pairs)
    table.add_ratio(f"wall time, {count:,} clusters at {LATENCY_MS} ms : curl --parallel",
                    ours.wall_s, theirs.wall_s, 1.5)
    table.add_peak("peak memory of ours", ours, 32)
    azure.stop()


def main():
    check, parse_whole, mock, plugin, pairs = sys.argv[1:]
    table = Table(int(pairs))
    with tempfile.TemporaryDirectory() as folder:
        bench_one(table, check, folder)
        bench_many(table, check, folder)
        bench_file(table, check, parse_whole, folder)
        daemon.bench_plugin(table, mock, plugin, folder)
    sys.exit(0 if table.is_within else 1)


if __name__ == "__main__":
    main()
