#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ratios measured within one run, and peak memory. Exits 1 beyond a limit.

usage: bench.py CHECK PARSE_WHOLE
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile

DATABASES = 10000
PAIRS = 9
CPU_RATIO_MOST = 2.0
PEAK_MIB_MOST = 64
SUBSCRIPTION = "00000000-0000-4000-8000-00000000000a"
HERE = os.path.dirname(os.path.abspath(__file__))
CATALOG = os.path.join(HERE, "..", "cli", "data", "catalog.json")


def database(cluster_id, number):
    return {
        "id": cluster_id + "/databases/default", "name": f"cache-{number:05d}/default",
        "type": "Microsoft.Cache/redisEnterprise/databases",
        "properties": {
            "provisioningState": "Succeeded", "resourceState": "Running",
            "clientProtocol": "Encrypted", "clusteringPolicy": "OSSCluster",
            "evictionPolicy": "AllKeysLRU", "port": 10000,
            "persistence": {"rdbEnabled": True, "rdbFrequency": "12h"},
            "modules": [{"name": "RediSearch", "args": "", "version": "2.10.18"}],
            "deferUpgrade": "Deferred" if number % 3 else "NotDeferred",
            "accessKeysAuthentication": "Disabled", "redisVersion": "7.4"}}


def cluster(number):
    name = f"cache-{number:05d}"
    cluster_id = (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-{number % 100:03d}"
                  f"/providers/Microsoft.Cache/redisEnterprise/{name}")
    return {
        "location": "West Europe", "name": name, "id": cluster_id,
        "type": "Microsoft.Cache/redisEnterprise", "kind": "v2",
        "tags": {"team": f"team-{number % 40}", "environment": "production", "cost-center": "4711"},
        "sku": {"name": "Balanced_B10"},
        "properties": {
            "minimumTlsVersion": "1.2", "hostName": f"{name}.westeurope.redis.azure.net",
            "provisioningState": "Succeeded", "resourceState": "Running",
            "privateEndpointConnections": [], "highAvailability": "Enabled",
            "redundancyMode": "ZR", "publicNetworkAccess": "Disabled"},
        "identity": {"type": "None"}, "databases": [database(cluster_id, number)]}


def write_fleet(path):
    document = {"value": [cluster(number) for number in range(DATABASES)]}
    with open(path, "w", encoding="utf-8", newline="\r\n") as file:
        json.dump(document, file, indent=2)


def run(command):
    """Exit code, output, CPU seconds and peak MiB of one process."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        output.seek(0)
        return (os.waitstatus_to_exitcode(status), output.read().decode(),
                usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def row(name, value, most, unit):
    print(f"{name:<58} {value:8.2f} {most:8.2f} {unit:<6} {'ok' if value <= most else 'BEYOND'}")
    return value <= most


def main():
    if sys.argv[1] == "--write":
        write_fleet(sys.argv[2])
        return
    check, parse_whole = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fleet.json")
        # A process of its own: a child's peak starts with that of the process that forks it.
        subprocess.run([sys.executable, __file__, "--write", path], check=True)
        command = [check, "--from-file", path, "--catalog", CATALOG,
                   "--as-of", "2027-01-05T13:12:00Z"]
        ours, yardstick, peaks = [], [], []
        for _ in range(PAIRS):
            code, output, cpu_s, peak_mib = run(command)
            if code != 1 or f"databases={DATABASES} " not in output:
                sys.exit(f"the check did not judge the fleet: {code} {output[:200]}")
            ours.append(cpu_s)
            peaks.append(peak_mib)
            code, output, _, _ = run([parse_whole, path])
            if code != 0:
                sys.exit("the yardstick failed")
            yardstick.append(float(output))
        print(f"{DATABASES} databases, {os.path.getsize(path) / 2**20:.1f} MiB, {PAIRS} pairs: "
              f"check {statistics.median(ours) * 1000:.0f} ms CPU, json-c "
              f"{statistics.median(yardstick) * 1000:.0f} ms")
    print(f"{'benchmark':<58} {'value':>8} {'most':>8}")
    is_within = row("CPU of a run from file to text / json-c parsing it whole",
                    statistics.median(ours) / statistics.median(yardstick), CPU_RATIO_MOST, "times")
    is_within &= row("peak memory of that run", max(peaks), PEAK_MIB_MOST, "MiB")
    sys.exit(0 if is_within else 1)


if __name__ == "__main__":
    main()
