#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws the README's pictures: the plugin, driven day by day through a year, into RRD files.

usage: picture.py OUTPUT      from the build folder, which has amr_upgrade.so and mock_daemon

The fleet, the versions 8.0 and 8.2 and all days are invented. What is drawn is not: the plugin
reads the fleet, judges it against the clock that the mocked daemon sets, and dispatches it;
rrdtool keeps that, and amr-upgrade-graph draws it.
"""
import calendar
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(SOURCES, "tests", "collectd"))
from plugin import Daemon  # noqa: E402 pylint: disable=wrong-import-position

DAY_S = 86400
FIRST_S = calendar.timegm((2026, 7, 1, 0, 0, 0))
DAYS = 365
SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
CONFIG = """<Plugin amr_upgrade>
PollInterval 1
<Account "prod">
FromFile "{folder}/fleet.json"
Catalog "{catalog}"
MaxStale 31622400
CacheDir "none"
StateDir "none"
</Account>
</Plugin>
"""
# cluster: (SKU, [(from which day, version, deferral)])
FLEET = {
    # Deferred until the last day, and a few days beyond.
    "orders": ("Balanced_B10", [
        ("2026-07-01", "7.4", "Deferred"), ("2027-02-04", "8.0", "NotDeferred")]),
    # Nobody cared.
    "cart": ("Balanced_B20", [
        ("2026-07-01", "7.4", "NotDeferred"), ("2026-11-16", "8.0", "NotDeferred")]),
    # Upgraded by hand, then deferred again for the next one.
    "pricing": ("ComputeOptimized_X10", [
        ("2026-07-01", "7.4", "Deferred"), ("2026-12-10", "8.0", "NotDeferred"),
        ("2027-01-11", "8.0", "Deferred"), ("2027-04-12", "8.2", "NotDeferred")]),
    "sessions": ("MemoryOptimized_M20", [
        ("2026-07-01", "7.4", "Deferred"), ("2027-02-18", "8.0", "NotDeferred")]),
    "profiles": ("ComputeOptimized_X5", [
        ("2026-07-01", "7.4", "NotDeferred"), ("2026-10-19", "8.0", "NotDeferred"),
        ("2027-02-15", "8.2", "NotDeferred")]),
}
POLL_LIMIT_S = 20


def day_of(instant_s):
    return time.strftime("%Y-%m-%d", time.gmtime(instant_s))


def fleet_on(day):
    """{cluster: (version, deferral)}"""
    return {name: [fact[1:] for fact in facts if fact[0] <= day][-1]
            for name, (_, facts) in FLEET.items()}


def document(fleet):
    """What az prints of it."""
    group = "/subscriptions/%s/resourceGroups/rg-shop/providers/Microsoft.Cache/redisEnterprise/"
    return [{"id": group % SUBSCRIPTION + name, "name": name, "location": "West Europe",
             "sku": {"name": FLEET[name][0]}, "kind": "v2", "databases": [{
                 "id": group % SUBSCRIPTION + name + "/databases/default",
                 "redisVersion": version, "deferUpgrade": deferral}]}
            for name, (version, deferral) in fleet.items()]


def write_fleet(folder, fleet):
    path = os.path.join(folder, "fleet.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(document(fleet), file)
    os.replace(path + ".new", path)


def is_seen(values, fleet):
    def number(version):
        major, minor = version.split(".")
        return 100 * int(major) + int(minor)
    return all(values.get(name + ".westeurope/gauge-version") == number(version) and
               values.get(name + ".westeurope/gauge-deferred") == (deferral == "Deferred")
               for name, (version, deferral) in fleet.items())


def reading(daemon, fleet):
    """The values of the first reading that knows the fleet."""
    end = time.monotonic() + POLL_LIMIT_S
    while time.monotonic() < end:
        values = daemon.ask("read")
        if is_seen(values, fleet):
            return values
        time.sleep(0.1)
    raise TimeoutError("the plugin does not see the fleet: %s" % daemon.logs)


def days(folder):
    """(instant, values) of each day."""
    path = os.path.join(folder, "collectd.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(CONFIG.format(folder=folder, catalog=os.path.join(
            os.path.abspath(SOURCES), "tests", "azure", "catalog-demo.json")))
    write_fleet(folder, fleet_on(day_of(FIRST_S)))
    daemon = Daemon(["./mock_daemon", "./amr_upgrade.so"], path, FIRST_S)
    known = None
    for instant_s in range(FIRST_S, FIRST_S + DAYS * DAY_S, DAY_S):
        fleet = fleet_on(day_of(instant_s))
        if fleet != known:
            write_fleet(folder, fleet)
            known = fleet
        daemon.ask("clock %d" % instant_s)
        yield instant_s, reading(daemon, fleet)
    daemon.stop()


def rrdtool(*arguments):
    subprocess.run(["rrdtool", *arguments], stdout=subprocess.DEVNULL, check=True)


def keep(folder, series):
    """RRD files as collectd names them; a day's value holds for the day that begins."""
    for name, points in series.items():
        path = os.path.join(folder, "mock", "amr_upgrade-" + name + ".rrd")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        rrdtool("create", path, "--start", str(FIRST_S), "--step", str(DAY_S),
                "DS:%s:GAUGE:%d:U:U" % (
                    "seconds" if "/duration-" in name else "value", DAY_S),
                *("RRA:%s:0.5:1:%d" % (how, DAYS + 1) for how in ("AVERAGE", "MIN", "MAX")))
        rrdtool("update", path, *("%d:%.15g" % (instant_s + DAY_S, value)
                                  for instant_s, value in points))


def main():
    with tempfile.TemporaryDirectory(prefix="amr-picture-") as folder:
        series = {}
        for instant_s, values in days(folder):
            for name, value in values.items():
                if "/gauge-state" in name or "/gauge-days_left" in name:
                    series.setdefault(name, []).append((instant_s, value))
        keep(os.path.join(folder, "rrd"), series)
        subprocess.run([os.path.join(SOURCES, "packaging", "rrdtool", "amr-upgrade-graph"),
                        "--days", str(DAYS), "--end", str(FIRST_S + DAYS * DAY_S),
                        "--width", "720", os.path.join(folder, "rrd"), sys.argv[1]],
                       env={**os.environ, "TZ": "UTC"}, check=True)


if __name__ == "__main__":
    main()
