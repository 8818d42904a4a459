#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the benchmarks read.

usage: fleets.py FILE      writes a list document of 10,000 clusters with their databases

A process of its own: a child's peak of memory starts with that of the process that forks it.
"""
import json
import sys

DATABASES = 10000
SUBSCRIPTION = "00000000-0000-4000-8000-00000000000a"


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


def write_document(path):
    document = {"value": [cluster(number) for number in range(DATABASES)]}
    with open(path, "w", encoding="utf-8", newline="\r\n") as file:
        json.dump(document, file, indent=2)


def azure_cluster(subscription, number):
    return {"name": f"cache-{subscription}-{number:03d}", "resource_group": f"rg-{number % 10}",
            "location": "West Europe", "sku": "Balanced_B10",
            "databases": [{"version": "7.4", "defer": number % 3 > 0}]}


def azure_fleet(subscriptions, clusters):
    """A fleet of the loopback Azure with so many subscriptions of so many clusters."""
    return {"subscriptions": [
        {"id": f"00000000-0000-4000-8000-{at:012d}", "name": f"subscription {at}",
         "clusters": [azure_cluster(at, number) for number in range(clusters)]}
        for at in range(1, subscriptions + 1)]}


if __name__ == "__main__":
    write_document(sys.argv[1])
