# SPDX-License-Identifier: MIT
"""The fleet that the loopback Azure serves: read from a small JSON document.

The format of the document is described in README.md beside this file.
"""
import json

CLUSTER_TYPE = "Microsoft.Cache/redisEnterprise"
DATABASE_TYPE = CLUSTER_TYPE + "/databases"
DEFAULT_TENANT = "22222222-2222-4222-8222-222222222222"
DEFAULT_API_VERSIONS = ("2026-10-01-preview", "2026-09-01", "2025-07-01")

FLEET_KEYS = {"comment", "tenant", "client_id", "api_versions", "upgrade_to",
              "subscriptions"}
SUBSCRIPTION_KEYS = {"comment", "id", "name", "state", "clusters",
                     "access"}
CLUSTER_KEYS = {"comment", "name", "resource_group", "location", "sku",
                "capacity", "kind", "tags", "zones", "identity", "version",
                "provisioning_state", "resource_state", "databases", "raw",
                "remove", "graph"}
DATABASE_KEYS = {"comment", "name", "arm_name", "version", "defer",
                 "provisioning_state", "resource_state", "geo", "upgrade_to",
                 "outcome", "progress", "raw", "remove"}
GEO_KEYS = {"group", "linked", "state"}


class FleetError(ValueError):
    """The fleet document is not what README.md describes."""


def check_keys(where, value, allowed, needed=()):
    """Refuse what is not an object, unknown keys and missing ones."""
    if not isinstance(value, dict):
        raise FleetError("%s: not an object" % where)
    unknown = sorted(set(value) - allowed)
    if unknown:
        raise FleetError("%s: unknown key '%s'" % (where, unknown[0]))
    for key in needed:
        if not isinstance(value.get(key), str):
            raise FleetError("%s: '%s' missing or not a text" % (where, key))


def items_of(where, value, key):
    """The list under key, an empty one where there is none."""
    items = value.get(key, [])
    if not isinstance(items, list):
        raise FleetError("%s: '%s' is not a list" % (where, key))
    return items


def merge(body, raw):
    """Merge raw into body: objects key by key, everything else replaces."""
    if not isinstance(raw, dict) or not isinstance(body, dict):
        return raw
    merged = dict(body)
    for key, value in raw.items():
        merged[key] = merge(merged[key], value) if key in merged else value
    return merged


def remove_path(body, path):
    """Remove the member that a dotted path names, where it exists."""
    *parents, last = path.split(".")
    for name in parents:
        body = body.get(name) if isinstance(body, dict) else None
    if isinstance(body, dict):
        body.pop(last, None)


def region_of(location):
    """A location as host names have it: "West Europe" -> westeurope."""
    return location.replace(" ", "").lower()


def tier_of(sku):
    return sku.split("_")[0]


def line_of(version):
    """(7, 4) of "7.4.2"; None where it is not a version."""
    try:
        major, minor = str(version).split(".")[:2]
        return int(major), int(minor)
    except ValueError:
        return None


class Database:
    """One database and what it would answer."""

    def __init__(self, cluster, value, position):
        where = "%s: database %d" % (cluster.where, position)
        check_keys(where, value, DATABASE_KEYS)
        self.cluster = cluster
        self.value = value
        self.where = where
        self.name = value.get("name", "default")
        self.id = "%s/databases/%s" % (cluster.id, self.name)
        self.defer = value.get("defer", False)
        self.version = value.get("version")
        self.has_version = "version" in value
        self.upgrade_to = value.get("upgrade_to",
                                    cluster.fleet.upgrade_to.get(cluster.tier))
        self.outcome = value.get("outcome")
        self.progress = value.get("progress", {})
        self.busy = False
        self.patched = {}
        self.linked = []

    def resolve_links(self):
        """Turn the names under geo.linked into ids: needs the whole fleet."""
        geo = self.value.get("geo")
        if geo is None:
            return
        check_keys(self.where + ": geo", geo, GEO_KEYS)
        self.linked = [self.cluster.fleet.link_id(name, self.where)
                       for name in items_of(self.where, geo, "linked")]

    def newer(self):
        """The version that a manual upgrade would bring, None without one."""
        here, there = line_of(self.version), line_of(self.upgrade_to)
        if here is None or there is None or there <= here:
            return None
        return self.upgrade_to

    def arm_name(self):
        """Azure mixes `default` and `cluster/default`; so do we."""
        short = self.cluster.position % 2 == 1
        return self.value.get(
            "arm_name", self.name if short else
            "%s/%s" % (self.cluster.name, self.name))

    def properties(self):
        changing = "Updating" if self.busy else None
        properties = {
            "provisioningState": changing or self.value.get(
                "provisioning_state", "Succeeded"),
            "resourceState": changing or self.value.get(
                "resource_state", "Running"),
            "clientProtocol": "Encrypted",
            "clusteringPolicy": "OSSCluster",
            "evictionPolicy": "VolatileLRU",
            "port": 10000,
            "modules": [],
            "accessKeysAuthentication": "Disabled",
        }
        properties.update(self.odd_members())
        return merge(properties, self.patched)

    def odd_members(self):
        """The members that real answers have, lack, or have as null."""
        odd = {}
        if self.cluster.position % 3 == 0:
            odd["persistence"] = {"rdbEnabled": True, "rdbFrequency": "12h"}
        elif self.cluster.position % 3 == 1:
            odd["persistence"] = None
        if self.has_version:
            odd["redisVersion"] = self.version
        if self.defer is True or self.defer is False:
            odd["deferUpgrade"] = "Deferred" if self.defer else "NotDeferred"
        elif self.defer != "absent":
            odd["deferUpgrade"] = self.defer
        geo = self.value.get("geo")
        if geo is not None:
            odd["geoReplication"] = {
                "groupNickname": geo.get("group"),
                "linkedDatabases": [{"id": link,
                                     "state": geo.get("state", "Linked")}
                                    for link in self.linked]}
        return odd

    def body(self):
        body = {"id": self.id, "name": self.arm_name(), "type": DATABASE_TYPE,
                "properties": self.properties()}
        return finish(body, self.value)


def finish(body, value):
    """Apply `raw` and `remove` of the fleet document."""
    if "raw" in value:
        body = merge(body, value["raw"])
    for path in value.get("remove", []):
        remove_path(body, path)
    return body


class Cluster:
    """One cluster and its databases."""

    def __init__(self, fleet, subscription, value, position):
        self.where = "subscription '%s': cluster %d" % (subscription, position)
        check_keys(self.where, value, CLUSTER_KEYS,
                   ("name", "resource_group", "location", "sku"))
        self.fleet = fleet
        self.value = value
        self.position = position
        self.subscription = subscription
        self.graph = value.get("graph", "knows")
        self.name = value["name"]
        self.resource_group = value["resource_group"]
        self.location = value["location"]
        self.sku = value["sku"]
        self.tier = tier_of(self.sku)
        self.legacy = self.tier.startswith("Enterprise")
        self.id = "/subscriptions/%s/resourceGroups/%s/providers/%s/%s" % (
            subscription, self.resource_group, CLUSTER_TYPE, self.name)
        self.databases = [
            Database(self, database, number) for number, database
            in enumerate(items_of(self.where, value, "databases"))]

    def database(self, name):
        return first(self.databases, "name", name)

    def host_name(self):
        domain = "redisenterprise.cache" if self.legacy else "redis"
        return "%s.%s.%s.azure.net" % (self.name.lower(),
                                       region_of(self.location), domain)

    def properties(self):
        properties = {
            "minimumTlsVersion": "1.2",
            "hostName": self.host_name(),
            "provisioningState": self.value.get("provisioning_state",
                                                "Succeeded"),
            "resourceState": self.value.get("resource_state", "Running"),
            "privateEndpointConnections": [],
        }
        if not self.legacy:
            properties["highAvailability"] = "Enabled"
            properties["redundancyMode"] = "ZR"
        if "version" in self.value:
            properties["redisVersion"] = self.value["version"]
        properties["publicNetworkAccess"] = "Enabled"
        return properties

    def sku_body(self):
        capacity = self.value.get("capacity", 2 if self.legacy else None)
        if capacity is None:
            return {"name": self.sku}
        return {"name": self.sku, "capacity": capacity}

    def body(self):
        body = {"location": self.location, "name": self.name, "id": self.id,
                "type": CLUSTER_TYPE,
                "kind": self.value.get("kind", "v1" if self.legacy else "v2")}
        body.update(self.odd_members())
        body["sku"] = self.sku_body()
        body["properties"] = self.properties()
        return finish(body, self.value)

    def odd_members(self):
        """tags, zones, identity: given, else null, empty or absent by turns."""
        turns = {"tags": (None, {}), "zones": (None, []),
                 "identity": ({"type": "None"}, None)}
        odd = {}
        for key, forms in turns.items():
            turn = self.position % 3
            if key in self.value:
                odd[key] = self.value[key]
            elif turn < len(forms):
                odd[key] = forms[turn]
        return odd


class Subscription:
    """One subscription and its clusters."""

    def __init__(self, fleet, value, position):
        where = "subscription %d" % position
        check_keys(where, value, SUBSCRIPTION_KEYS, ("id",))
        self.id = value["id"]
        self.name = value.get("name", "Subscription %d" % (position + 1))
        self.state = value.get("state", "Enabled")
        self.access = value.get("access", "granted")
        self.tenant = fleet.tenant
        clusters = [Cluster(fleet, self.id, cluster, number)
                    for number, cluster
                    in enumerate(items_of(where, value, "clusters"))]
        self.clusters = [cluster for cluster in clusters
                         if cluster.graph != "remembers"]
        self.graphed = [cluster for cluster in clusters
                        if cluster.graph != "lacks"]

    def in_group(self, name):
        return [cluster for cluster in self.clusters
                if cluster.resource_group.lower() == name.lower()]

    def body(self):
        return {"id": "/subscriptions/" + self.id,
                "authorizationSource": "RoleBased", "managedByTenants": [],
                "subscriptionId": self.id, "tenantId": self.tenant,
                "displayName": self.name, "state": self.state,
                "subscriptionPolicies": {
                    "locationPlacementId": "Public_2014-09-01",
                    "quotaId": "PayAsYouGo_2014-09-01",
                    "spendingLimit": "Off"}}


def first(items, attribute, name):
    """The first item of that name, without case, or None."""
    for item in items:
        if getattr(item, attribute).lower() == name.lower():
            return item
    return None


class Fleet:
    """All subscriptions, and what holds for all of them."""

    def __init__(self, value):
        check_keys("fleet", value, FLEET_KEYS)
        self.tenant = value.get("tenant", DEFAULT_TENANT)
        self.client_id = value.get("client_id",
                                   "33333333-3333-4333-8333-333333333333")
        self.api_versions = value.get("api_versions",
                                      list(DEFAULT_API_VERSIONS))
        self.upgrade_to = value.get("upgrade_to", {})
        self.subscriptions = [
            Subscription(self, subscription, number) for number, subscription
            in enumerate(items_of("fleet", value, "subscriptions"))]
        for database in self.databases():
            database.resolve_links()

    def clusters(self):
        return [cluster for subscription in self.subscriptions
                for cluster in subscription.clusters]

    def databases(self):
        return [database for cluster in self.clusters()
                for database in cluster.databases]

    def subscription(self, name):
        return first(self.subscriptions, "id", name)

    def link_id(self, name, where):
        """The id of `cluster`, `cluster/database`, or of an id."""
        if name.startswith("/"):
            return name
        cluster_name, _, database_name = name.partition("/")
        cluster = first(self.clusters(), "name", cluster_name)
        if cluster is None:
            raise FleetError("%s: no cluster '%s'" % (where, cluster_name))
        return "%s/databases/%s" % (cluster.id, database_name or "default")

    def size(self):
        return {"subscriptions": len(self.subscriptions),
                "clusters": len(self.clusters()),
                "databases": len(self.databases())}


def load(path):
    with open(path, encoding="utf-8") as file:
        return Fleet(json.load(file))
