#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds what Microsoft's client read against what the check read, database by database.

usage: compare.py CLIENT.json before|after CHECK.json CLUSTER
The last line says how much was compared; status 1 and the differences where there are any.
"""
import json
import sys

DEFERRAL = {"Deferred": "deferred", "NotDeferred": "not-deferred", None: "absent"}


def of_client(database):
    return {"id": database["id"].lower(), "sku": database["sku"],
            "version": database.get("version"),
            "deferral": DEFERRAL.get(database.get("deferUpgrade"), "other"),
            "provisioning_state": database["provisioningState"],
            "resource_state": database["resourceState"]}


def of_check(database):
    return {"id": database["id"].lower(), **{name: database[name] for name in (
        "sku", "version", "deferral", "provisioning_state", "resource_state")}}


def by_id(databases):
    return {database["id"]: database for database in databases}


def differences(client, check):
    for name in sorted(set(client) | set(check)):
        if client.get(name) != check.get(name):
            yield f"{name}: the client read {client.get(name)}, the check {check.get(name)}"


def course_problems(seen, cluster):
    """What the client's poller must have met, and what became of the database."""
    operation = seen["operation"]
    if not operation["completed"] or operation["seen"][0]["status"] != 202:
        yield f"the upgrade went otherwise: {operation}"
    if "Pending" not in [answer.get("told") for answer in operation["seen"]]:
        yield "the poller never saw the upgrade under way"
    if seen["updated"] != "AllKeysLRU":
        yield f"the update came back as {seen['updated']}"
    before, after = ({database["id"]: database["version"] for database in seen[when]
                      if f"/redisEnterprise/{cluster}/" in database["id"]}
                     for when in ("before", "after"))
    if not before or any(after[name] == before[name] for name in before):
        yield f"the upgrade changed nothing: {before}, {after}"


def main():
    client_file, when, check_file, cluster = sys.argv[1:]
    with open(client_file, encoding="utf-8") as file:
        seen = json.load(file)
    with open(check_file, encoding="utf-8") as file:
        check = by_id(map(of_check, json.load(file)["databases"]))
    client = by_id(map(of_client, seen[when]))
    problems = [*differences(client, check), *course_problems(seen, cluster)]
    for problem in problems:
        print(problem)
    if problems or not client:
        sys.exit(1)
    fields = len(next(iter(client.values())))
    print(f"{when}: {len(client)} databases alike in {fields} fields each")


if __name__ == "__main__":
    main()
