# SPDX-License-Identifier: MIT
"""Runs that share what is kept: the steps of a case of run.py.

A case with `steps` is a list of steps, each like a case against the loopback Azure. They share the
directories {cache} and {state}, which start out missing, and {catalog}, in which line 8.0 became GA
ten days ago. Before it runs, a step does what it asks for:
  age       seconds by which all that is kept becomes older (negative: comes from the future)
  age_of    only that of files whose name starts so, or of the member named so
  spoil     what befalls the files: one of SPOILS
  fleet_set object: cluster -> changes to its first database (graph and tags: to the cluster), or
            null: the cluster goes
  fleet_access  object: id of a subscription -> its `access`
  dir_mode  mode of the user's directory of snapshots
  parallel  so many checks at once; all must come out alike
  hold      the locks of names that start so are another's as long as the step runs
  file_bytes_most  no file that a run writes may become longer
and afterwards compares
  same_as   the number of a step before that said the same, but for instants and ages
  kept_has, kept_lacks  texts that the files have, or lack, together
"""
import calendar
import fcntl
import json
import os
import re
import resource
import stat
import time

INSTANT = re.compile(r'"(\w+)":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"')
DAY_S = 86400
OF_CLUSTER = ("graph", "tags")


def files_below(directory):
    for folder, _, names in os.walk(directory):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(".json") and stat.S_ISREG(os.lstat(path).st_mode):
                yield path


def kept_files(facts):
    return [*files_below(facts["cache"]), *files_below(facts["state"])]


def shift(match, seconds):
    instant = calendar.timegm(time.strptime(match.group(2), "%Y-%m-%dT%H:%M:%SZ")) - seconds
    text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(instant))
    return f'"{match.group(1)}":"{text}"'


def age(facts, seconds, only):
    for path in kept_files(facts):
        is_file = only is None or os.path.basename(path).startswith(only)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = INSTANT.sub(
            lambda match: shift(match, seconds) if is_file or match.group(1) == only
            else match.group(0), text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def cut(path):
    os.truncate(path, os.path.getsize(path) // 2)


def replace(path, make):
    os.unlink(path)
    make(path)


def edit(path, old, new):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    write(path, text.replace(old, new).encode())


SPOILS = {
    "cut": cut,
    "empty": lambda path: os.truncate(path, 0),
    "garbage": lambda path: write(path, b"\x00\xff no JSON" * 100),
    "trailing": lambda path: write(path, open(path, "rb").read() + b"{}"),
    "0666": lambda path: os.chmod(path, 0o666),
    "symlink": lambda path: replace(path, lambda at: os.symlink("/etc/passwd", at)),
    "fifo": lambda path: replace(path, os.mkfifo),
    "directory": lambda path: replace(path, os.mkdir),
    "10 GB": lambda path: os.truncate(path, 10 * 1000 ** 3),
    "owner": lambda path: os.chown(path, 65534, 65534),
    "schema": lambda path: edit(path, '"schema":1', '"schema":2'),
    "key": lambda path: edit(path, '"arm_endpoint":"https://', '"arm_endpoint":"https://x.'),
    "instant": lambda path: edit(path, "T", "t ago "),
    "gone": os.unlink,
    "lock gone": lambda path: os.unlink(path + ".lock"),
    "lock fifo": lambda path: replace(path + ".lock", os.mkfifo),
    "lock symlink": lambda path: replace(path + ".lock",
                                         lambda at: os.symlink("/etc/passwd", at)),
}


def spoil(facts, how):
    for path in kept_files(facts):
        SPOILS[how](path)


def make_catalog(directory):
    """Line 8.0 became GA ten days ago, 8.2 does in three hundred days."""
    def day(offset):
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * DAY_S))

    tiers = ("Balanced", "MemoryOptimized", "ComputeOptimized", "FlashOptimized", "Enterprise")

    def release(line, ga):
        return {"line": line, "tiers": {tier: {"ga": ga} for tier in tiers}}

    path = os.path.join(directory, "catalog.json")
    write(path, json.dumps({"schema": 1, "reviewed": day(0), "releases": [
        release("7.2", "2020-01-01"), release("7.4", "2021-01-01"), release("8.0", day(-10)),
        release("8.2", day(300))]}).encode())
    return path


def change_fleet(fleet, changes):
    for subscription in fleet["subscriptions"]:
        kept = []
        for cluster in subscription["clusters"]:
            change = changes.get(cluster["name"], {})
            if change is None:
                continue
            cluster.update((key, change[key]) for key in change if key in OF_CLUSTER)
            cluster["databases"][0].update(
                (key, change[key]) for key in change if key not in OF_CLUSTER)
            kept.append(cluster)
        subscription["clusters"] = kept
    return fleet


def change_access(fleet, access):
    for subscription in fleet["subscriptions"]:
        if subscription["id"] in access:
            subscription["access"] = access[subscription["id"]]
    return fleet


def copy_fleet(fleet, count, subscriptions):
    """`count` copies of the first cluster, dealt out to so many subscriptions."""
    if count is None:
        return fleet
    first = fleet["subscriptions"][0]
    copies = [{**first["clusters"][0], "name": f"copy-{number:04}"} for number in range(count)]
    return {**fleet, "subscriptions": [
        {**first, "id": first["id"][:-1] + str(number + 1), "clusters": copies[number::subscriptions]}
        for number in range(subscriptions)]}


def prepare(step, facts):
    if "age" in step:
        age(facts, step["age"], step.get("age_of"))
    if "spoil" in step:
        spoil(facts, step["spoil"])
    if "dir_mode" in step:
        os.chmod(os.path.join(facts["cache"], str(os.geteuid())), int(step["dir_mode"], 8))


def hold(step, facts):
    """The descriptors that hold the locks which the step wants held."""
    held = []
    for directory in (facts["cache"], facts["state"]):
        for folder, _, names in os.walk(directory):
            for name in names:
                if "hold" in step and name.startswith(step["hold"]) and name.endswith(".lock"):
                    held.append(os.open(os.path.join(folder, name), os.O_RDWR))
                    fcntl.flock(held[-1], fcntl.LOCK_EX)
    return held


def limit(step):
    most = step.get("file_bytes_most")
    if most is None:
        return None
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def compare_said(step, stdouts):
    """The last of the outputs with that of an earlier step."""
    def timeless(stdout):
        text = INSTANT.sub(r'"\1":"Z"', stdout.decode("utf-8"))
        return re.sub(r'"age_seconds":\d+', '"age_seconds":0', text)

    if "same_as" in step and timeless(stdouts[-1]) != timeless(stdouts[step["same_as"] - 1]):
        yield f"step {step['same_as']} said\n{timeless(stdouts[step['same_as'] - 1])}"


def compare_kept(step, facts):
    text = "".join(open(path, encoding="utf-8").read() for path in kept_files(facts))
    for wanted in step.get("kept_has", []):
        if wanted not in text:
            yield f"what is kept lacks {wanted!r}"
    for unwanted in step.get("kept_lacks", []):
        if unwanted in text:
            yield f"what is kept has {unwanted!r}"
