#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Pictures and calendars of the operator's command as other programs read them.

usage: readers.py COMMAND DIR      needs icalendar, rsvg-convert and xmllint
"""
import json
import os
import subprocess
import sys

import icalendar

HOSTILE = "a,b;c\\d\"e<&>|\u00e4\u20ac\U0001f600\u202e" + "x" * 90
TIERS = ("Balanced", "MemoryOptimized", "ComputeOptimized")
LIMIT_S = 60


def catalog():
    def release(line, ga):
        return {"line": line, "notes": "https://example.org/a,b;c",
                "tiers": {tier: {"ga": ga} for tier in TIERS}}
    return {"schema": 1, "reviewed": "2026-12-30", "window_days": 90,
            "releases": [release("7.4", "2025-05"), release("8.0", "2026-10-31"),
                         release("8.2", "2027-02")],
            "retirements": [{"kind": "v1", "date": "2027-03-31"}]}


def cluster(name, version, flag, kind="v2"):
    place = ("/subscriptions/00000000-0000-4000-8000-00000000000a/resourceGroups/rg/providers/"
             "Microsoft.Cache/redisEnterprise/" + name)
    return {"id": place, "kind": kind, "location": "West Europe", "sku": {"name": "Balanced_B10"},
            "databases": [{"id": place + "/databases/default",
                           "properties": {"redisVersion": version, "deferUpgrade": flag}}]}


def fleet():
    return {"value": [cluster("orders", "7.4", "Deferred"), cluster("cart", "7.4", "NotDeferred"),
                      cluster(HOSTILE, "8.0", "NotDeferred"), cluster("later", "8.0", "Deferred"),
                      cluster("old", "8.2", "Deferred", "v1")]}


# (day, kind in the UID, start of the name), by day
WANTED = [("2027-01-29", "deadline-8.0-", "orders"), ("2027-01-31", "last-day-to-choose-8.2-", "a,"),
          ("2027-03-31", "retirement-", "old"), ("2027-05-02", "deadline-8.2-", "later")]


def run(command, folder, *arguments):
    subprocess.run([command, "timeline", "--from-file", "fleet.json", "--catalog", "catalog.json",
                    "--as-of", "2027-01-05T13:12:00Z", *arguments], cwd=folder, check=True,
                   timeout=LIMIT_S)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def wrong_calendar(data):
    parsed = icalendar.Calendar.from_ical(data)
    events = sorted(parsed.walk("VEVENT"), key=lambda event: event["dtstart"].dt)
    if parsed["version"] != "2.0" or len(events) != len(WANTED):
        yield "%d events, not %d" % (len(events), len(WANTED))
    for event, (day, kind, name) in zip(events, WANTED):
        length = (event["dtend"].dt - event["dtstart"].dt).days
        if str(event["dtstart"].dt) != day or length != 1:
            yield "an event on %s of %d days, not on %s" % (event["dtstart"].dt, length, day)
        if not event["uid"].startswith(kind) or not event["summary"].startswith(name):
            yield "%s, %s: not %s of %s" % (event["uid"], event["summary"], kind, name)
        if event.errors or "Cluster: " + name not in event["description"]:
            yield "not understood: %s %s" % (event.errors, event["description"])
    if len({str(event["uid"]) for event in events}) != len(events):
        yield "two events have one UID"
    if parsed.to_ical().count(b"BEGIN:VEVENT") != len(events):
        yield "written again it is another"


def wrong_picture(folder):
    checked = subprocess.run(["xmllint", "--noout", "--nonet", "t.svg"], cwd=folder, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_S)
    if checked.returncode != 0:
        yield "no XML: %s" % checked.stdout.decode("utf-8", "replace")
    subprocess.run(["rsvg-convert", "t.svg", "-o", "t.png"], cwd=folder, check=True,
                   timeout=LIMIT_S)
    size = os.path.getsize(os.path.join(folder, "t.png"))
    if size < 10000:
        yield "the picture has %d bytes only" % size


def wrong_files(command, folder):
    """A file that is there keeps its mode, a link leads to it, and a reader never sees a part."""
    path = os.path.join(folder, "t.ics")
    os.chmod(path, 0o604)
    os.symlink("t.ics", os.path.join(folder, "link.ics"))
    before = os.stat(path).st_ino
    run(command, folder, "--ics", "link.ics")
    after = os.stat(path)
    if after.st_mode & 0o777 != 0o604 or not os.path.islink(os.path.join(folder, "link.ics")):
        yield "mode %o, or the link is gone" % (after.st_mode & 0o777)
    if after.st_ino == before:
        yield "written in place, and not replaced"
    run(command, folder, "--ics", "/dev/null")
    if not os.path.exists("/dev/null") or os.path.isfile("/dev/null"):
        yield "/dev/null was replaced"
    left = [name for name in os.listdir(folder) if name.startswith("t.ics.")]
    if left:
        yield "left behind: %s" % left


def main():
    command, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    for name, document in (("fleet.json", fleet()), ("catalog.json", catalog())):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(document, file)
    run(command, folder, "--svg", "t.svg", "--ics", "t.ics")
    data = read(os.path.join(folder, "t.ics"))
    wrong = list(wrong_calendar(data)) + list(wrong_picture(folder))
    wrong += wrong_files(command, folder)
    if read(os.path.join(folder, "t.ics")) != data:
        wrong.append("the same calendar has other bytes")
    broken = data.replace(b"END:VEVENT\r\n", b"", 1)
    try:
        if not list(wrong_calendar(broken)):
            wrong.append("planted, and not found: an event without its end")
    except ValueError:
        pass
    for line in wrong:
        print(line)
    print("%d events and a picture of %d bytes read by others" % (
        len(WANTED), os.path.getsize(os.path.join(folder, "t.svg"))))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
