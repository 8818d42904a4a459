# SPDX-License-Identifier: MIT
"""The part of Azure Resource Manager that the loopback Azure serves."""
import base64
import hashlib
import json
import re
import secrets
import threading
import time
import urllib.parse
import uuid

import loopback_fleet
import loopback_graph
from loopback_entra import bearer_refusal
from loopback_http import Answer, json_answer

SUBSCRIPTION_API_VERSIONS = ("2016-06-01", "2018-01-01", "2019-11-01",
                             "2020-01-01", "2021-01-01", "2021-10-01",
                             "2022-09-01", "2022-12-01", "2024-11-01")
LOCATIONS = ("eastus", "swedencentral", "westeurope", "westus", "eastus2",
             "uksouth", "northeurope", "centralindia")
UPDATABLE = {"clientProtocol", "clusteringPolicy", "evictionPolicy",
             "persistence", "geoReplication", "deferUpgrade",
             "accessKeysAuthentication", "notifyKeyspaceEvents"}
FIXED = {"port", "provisioningState", "resourceState", "modules",
         "redisVersion"}  # known to the model, never changed by an update
RETRY_AFTER = ("Retry-After", "1")  # of all that tells "not yet"
GUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)

SUBSCRIPTION = r"/subscriptions/(?P<subscription>[^/]+)"
GROUP = SUBSCRIPTION + r"/resourceGroups/(?P<group>[^/]+)"
CLUSTERS = r"/providers/Microsoft\.Cache/redisEnterprise"
CLUSTER = GROUP + CLUSTERS + r"/(?P<cluster>[^/]+)"
DATABASE = CLUSTER + r"/databases/(?P<database>[^/]+)"
LOCATION = (SUBSCRIPTION
            + r"/providers/Microsoft\.Cache/locations/(?P<place>[^/]+)")
# kind (the name of the counter), method of Arm, pattern, HTTP method
ROUTES = [(kind, call, re.compile("^%s/?$" % pattern, re.IGNORECASE), method)
          for kind, call, pattern, method in (
              ("subscriptions", "list_subscriptions", "/subscriptions", "GET"),
              ("graph", "query_graph",
               r"/providers/Microsoft\.ResourceGraph/resources", "POST"),
              ("list", "list_clusters", SUBSCRIPTION + CLUSTERS, "GET"),
              ("list", "list_group", GROUP + CLUSTERS, "GET"),
              ("cluster", "get_cluster", CLUSTER, "GET"),
              ("databases", "list_databases", CLUSTER + "/databases", "GET"),
              ("database", "get_database", DATABASE, "GET"),
              ("patch", "patch_database", DATABASE, "PATCH"),
              ("upgrade", "upgrade_database",
               DATABASE + "/upgradeDBRedisVersion", "POST"),
              ("operation", "operation_status",
               LOCATION + r"/operationsStatus/(?P<operation>[^/]+)", "GET"),
              ("operation", "operation_result",
               LOCATION + r"/operationsResult/(?P<operation>[^/]+)", "GET"))]


class Refused(Exception):
    """An error answer on its way out."""

    def __init__(self, status, code, message, headers=()):
        super().__init__(message)
        self.answer = error_answer(status, code, message, headers)


def error_answer(status, code, message, headers=()):
    return json_answer(status, {"error": {"code": code, "message": message}},
                       headers)


def route(method, path):
    """(kind, method of Arm, names in the path) and the methods allowed."""
    allowed = []
    for kind, call, pattern, wanted in ROUTES:
        match = pattern.match(path)
        if match is None:
            continue
        if wanted == method:
            names = {name: urllib.parse.unquote(text)
                     for name, text in match.groupdict().items()}
            return (kind, call, names), allowed
        allowed.append(wanted)
    return None, allowed


class Operation:
    """A long-running operation: ends by the clock, then `apply` happens."""

    def __init__(self, subscription, database, seconds, apply):
        self.id = str(uuid.uuid4())
        self.subscription = subscription
        self.location = database.cluster.location
        self.database = database
        self.progress = database.progress
        self.outcome = database.outcome or {"status": "Succeeded"}
        self.apply = apply
        self.started = time.time()
        self.ends = time.monotonic() + seconds
        self.ended = None

    def settle(self):
        """Let it end when its time has come."""
        if self.ended is not None or time.monotonic() < self.ends:
            return
        self.ended = time.time()
        self.database.busy = False
        if self.outcome.get("status") == "Succeeded":
            self.apply()

    def body(self):
        """As observed: endTime is 0001-01-01 until the operation has ended,
        unless the fleet tells otherwise."""
        body = {"id": "/subscriptions/%s/providers/Microsoft.Cache/locations/"
                      "%s/operationsStatus/%s"
                      % (self.subscription, self.location, self.id),
                "name": self.id, "status": "Pending",
                "startTime": instant(self.started),
                "endTime": "0001-01-01T00:00:00+00:00"}
        if self.ended is None:
            body.update(self.progress)
        else:
            body["endTime"] = instant(self.ended)
            body.update(self.outcome)
        return body


def instant(seconds):
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return "%s.%07d+00:00" % (whole, int(seconds % 1 * 10_000_000))


class Arm:
    """Answers requests from the fleet; one lock around all of it."""

    def __init__(self, entra, fleet, page_size, operation_seconds,
                 patch_status=None):
        self.entra = entra
        self.page_size = page_size
        self.operation_seconds = operation_seconds
        self.patch_status = patch_status or (
            202 if operation_seconds > 0 else 200)
        self.lock = threading.RLock()
        self.seal_key = secrets.token_bytes(32)
        self.replace(fleet)

    def replace(self, fleet):
        with self.lock:
            self.fleet = fleet
            self.operations = {}
            self.graph = loopback_graph.Graph()

    def answer(self, request):
        try:
            with self.lock:
                return self.dispatch(request)
        except Refused as refused:
            return refused.answer

    def dispatch(self, request):
        refusal = bearer_refusal(self.entra, request)
        if refusal is not None:
            return refusal
        version = request.query.get("api-version", "")
        if not version:
            raise Refused(400, "MissingApiVersionParameter",
                          "The api-version query parameter (?api-version=) is "
                          "required for all requests.")
        found, allowed = route(request.method, request.path)
        if found is None:
            raise self.no_route(request, allowed)
        for operation in self.operations.values():
            operation.settle()
        kind, call, names = found
        if kind != "graph":
            self.check_names(request, version, names)
        return getattr(self, call)(request, **names)

    @staticmethod
    def no_route(request, allowed):
        if allowed:
            return Refused(405, "MethodNotAllowed",
                           "The request method '%s' is not supported for this "
                           "resource." % request.method,
                           [("Allow", ", ".join(allowed))])
        if re.match(SUBSCRIPTION + "/.*providers/", request.path, re.I):
            kind = request.path.lower().split("/providers/", 1)[1]
            namespace, _, kind = kind.partition("/")
            return Refused(404, "InvalidResourceType",
                           "The resource type '%s' could not be found in the "
                           "namespace '%s' for api version '%s'. The supported "
                           "api-versions are ''."
                           % (kind.split("/")[0], namespace,
                              request.query["api-version"]))
        return Refused(404, "MissingSubscription", "The request did not have "
                       "a subscription or a valid tenant level resource "
                       "provider.")

    # -- what is refused before a resource is looked at

    def check_names(self, request, version, names):
        if "subscription" not in names:
            self.check_subscription_version(version)
            return
        name = names["subscription"]
        if not GUID.match(name):
            raise Refused(400, "InvalidSubscriptionId", "The provided "
                          "subscription identifier '%s' is malformed or "
                          "invalid." % name)
        if self.fleet.subscription(name) is None:
            raise Refused(404, "SubscriptionNotFound", "The subscription '%s' "
                          "could not be found." % name)
        if self.fleet.subscription(name).access == "denied":
            raise authorization_failed(request)
        if version.lower() not in self.fleet.api_versions:
            raise self.no_provider(version, names)

    @staticmethod
    def check_subscription_version(version):
        if version not in SUBSCRIPTION_API_VERSIONS:
            raise Refused(400, "InvalidApiVersionParameter",
                          "The api-version '%s' is invalid. The supported "
                          "versions are '%s'."
                          % (version,
                             ",".join(SUBSCRIPTION_API_VERSIONS[::-1])))

    def no_provider(self, version, names):
        """In the wording of the recorded answer."""
        clusters = self.fleet.subscription(names["subscription"]).clusters
        cluster = loopback_fleet.first(clusters, "name",
                                       names.get("cluster", ""))
        location = (cluster or (clusters or [None])[0])
        kind = "redisEnterprise" + ("/databases" if "database" in names else "")
        return Refused(
            400, "NoRegisteredProviderFound",
            "No registered resource provider found for location '%s' and API "
            "version '%s' for type '%s'. The supported api-versions are '%s'. "
            "The supported locations are '%s'."
            % (loopback_fleet.region_of(location.location) if location
               else LOCATIONS[0], version, kind,
               ", ".join(self.fleet.api_versions), ", ".join(LOCATIONS)))

    # -- reading

    def list_subscriptions(self, request):
        return self.page(request, [subscription.body() for subscription
                                   in self.fleet.subscriptions],
                         {"count": {"type": "Total", "value":
                                    len(self.fleet.subscriptions)}})

    def query_graph(self, request):
        return self.graph.answer(request, self.fleet, self.page_size)

    def list_clusters(self, request, subscription):
        clusters = self.fleet.subscription(subscription).clusters
        return self.page(request, [cluster.body() for cluster in clusters],
                         {"nextLink": None})

    def list_group(self, request, subscription, group):
        clusters = self.fleet.subscription(subscription).in_group(group)
        if not clusters:
            raise Refused(404, "ResourceGroupNotFound",
                          "Resource group '%s' could not be found." % group)
        return self.page(request, [cluster.body() for cluster in clusters],
                         {"nextLink": None})

    def find_cluster(self, subscription, group, cluster):
        return loopback_fleet.first(
            self.fleet.subscription(subscription).in_group(group), "name",
            cluster)

    def get_cluster(self, _request, subscription, group, cluster):
        found = self.find_cluster(subscription, group, cluster)
        if found is None:
            raise not_found(cluster, group)
        return json_answer(200, found.body())

    def list_databases(self, request, subscription, group, cluster):
        found = self.find_cluster(subscription, group, cluster)
        if found is None:
            raise not_found(cluster, group)
        return self.page(request, [database.body() for database
                                   in found.databases], {})

    def find_database(self, subscription, group, cluster, database):
        parent = self.find_cluster(subscription, group, cluster)
        found = parent and parent.database(database)
        if not found:
            raise not_found("%s/databases/%s" % (cluster, database), group)
        return found

    def get_database(self, _request, **names):
        return json_answer(200, self.find_database(**names).body())

    def page(self, request, items, rest):
        """One page of a list; $skiptoken carries the position."""
        start = position_of(request.query.get("$skiptoken"))
        end = start + self.page_size if self.page_size else len(items)
        body = {"value": items[start:end]}
        body.update(rest)
        if end < len(items):
            body["nextLink"] = "%s%s?api-version=%s&%%24skiptoken=%s" % (
                request.origin, request.path,
                urllib.parse.quote(request.query["api-version"], safe=""),
                urllib.parse.quote(token_of(end), safe=""))
        return json_answer(200, body)

    # -- writing

    def patch_database(self, request, **names):
        changes = update_of(request)
        database = self.find_database(**names)
        self.check_idle(database)
        defer = changes.pop("deferUpgrade", None)

        def apply():
            if defer is not None:
                database.defer = defer == "Deferred"
            database.patched = loopback_fleet.merge(database.patched, changes)

        operation = self.begin(names["subscription"], database, apply)
        if self.patch_status == 200:
            operation.settle()
            return json_answer(200, database.body())
        return self.accepted(request, operation)

    def upgrade_database(self, request, **names):
        if request.body.strip() not in (b"", b"{}"):
            raise Refused(400, "InvalidRequestContent", "The request content "
                          "was invalid: this action takes no body.")
        database = self.find_database(**names)
        self.check_idle(database)
        newer = database.newer()
        if newer is None:
            raise Refused(400, "BadRequest", "The database '%s' already runs "
                          "the latest available Redis version '%s'."
                          % (database.name, database.version))

        def apply():
            database.version = newer

        return self.accepted(request, self.begin(names["subscription"],
                                                 database, apply))

    @staticmethod
    def check_idle(database):
        if database.busy:
            raise Refused(409, "Conflict", "Another operation on the database "
                          "'%s' is in progress." % database.name)

    def begin(self, subscription, database, apply):
        operation = Operation(subscription, database, self.operation_seconds,
                              apply)
        database.busy = True
        self.operations[operation.id] = operation
        return operation

    def accepted(self, request, operation):
        version = request.query["api-version"]
        return Answer(202, headers=[
            ("Azure-AsyncOperation",
             self.operation_url(request, operation, "operationsStatus",
                                version)),
            ("Location", self.operation_url(request, operation,
                                            "operationsResult", version)),
            RETRY_AFTER])

    def operation_url(self, request, operation, kind, version):
        """As long as the real ones: a seal of about 3 KB, percent-encoded."""
        certificate = base64.b64encode(hashlib.shake_256(
            operation.id.encode("ascii")).digest(2048)).decode("ascii")
        query = {"api-version": version, "t": "%d" % (operation.started * 1e7),
                 "c": certificate, "s": self.seal(operation.id, certificate),
                 "h": secrets.token_urlsafe(32)}
        return ("%s/subscriptions/%s/providers/Microsoft.Cache/locations/%s/"
                "%s/%s?%s"
                % (request.origin, operation.subscription,
                   urllib.parse.quote(operation.location), kind, operation.id,
                   urllib.parse.urlencode(query)))

    def seal(self, name, certificate):
        text = (name + certificate).encode("ascii", "replace")
        digest = hashlib.blake2b(text, key=self.seal_key, digest_size=64)
        return base64.b64encode(digest.digest()).decode("ascii")

    def find_operation(self, request, place, name):
        """The operation, if the URL came back as it was given out."""
        operation = self.operations.get(name.lower())
        if operation is None or loopback_fleet.region_of(
                place) != loopback_fleet.region_of(operation.location):
            raise Refused(404, "OperationNotFound", "The operation '%s' could "
                          "not be found." % name)
        sealed = request.query.get("s")
        if sealed is not None and sealed != self.seal(
                operation.id, request.query.get("c", "")):
            raise Refused(403, "InvalidSignature", "The signature of the "
                          "operation's URL is not valid.")
        return operation

    def operation_status(self, request, subscription, place, operation):
        del subscription
        found = self.find_operation(request, place, operation)
        return json_answer(200, found.body(),
                           [RETRY_AFTER] if found.ended is None else ())

    def operation_result(self, request, subscription, place, operation):
        del subscription
        found = self.find_operation(request, place, operation)
        if found.ended is None:
            return Answer(202, headers=[("Location", request.url()),
                                        RETRY_AFTER])
        return json_answer(200, found.database.body())


def action_of(request):
    action = {"patch": "databases/write", "databases": "databases/read",
              "database": "databases/read",
              "upgrade": "databases/upgradeDBRedisVersion/action"}
    found, _ = route(request.method, request.path)
    return "Microsoft.Cache/redisEnterprise/" + action.get(
        found[0] if found else "", "read")


def authorization_failed(request):
    """The scope that it names is of a list of databases its cluster."""
    return Refused(
        403, "AuthorizationFailed",
        "The client '33333333-3333-4333-8333-333333333333' with object id "
        "'44444444-4444-4444-8444-444444444444' does not have authorization "
        "to perform action '%s' over scope '%s' or the scope is invalid. If "
        "access was recently granted, please refresh your credentials."
        % (action_of(request), re.sub(r"/databases/?$", "", request.path)))


def not_found(name, group):
    return Refused(404, "ResourceNotFound",
                   "The Resource 'Microsoft.Cache/redisEnterprise/%s' under "
                   "resource group '%s' was not found. For more details please "
                   "go to https://aka.ms/ARMResourceNotFoundFix"
                   % (name, group))


def token_of(position):
    return base64.b64encode(b"position=%d" % position).decode("ascii")


def position_of(token):
    if token is None:
        return 0
    try:
        text = base64.b64decode(token, validate=True).decode("ascii")
        return int(re.fullmatch(r"position=(\d+)", text).group(1))
    except (ValueError, AttributeError):
        raise Refused(400, "InvalidSkipToken",
                      "The provided skip token is not valid.") from None


def invalid_content(message):
    return Refused(400, "InvalidRequestContent", "The request content was "
                   "invalid and could not be deserialized: '%s'." % message)


def update_of(request):
    """The properties of an update; refuses what the model does not know."""
    kind = request.headers.get("Content-Type", "").split(";")[0].strip()
    if kind.lower() != "application/json":
        raise Refused(415, "UnsupportedMediaType", "The content media type "
                      "'%s' is not supported. Only 'application/json' is "
                      "supported." % (kind or "<null>"))
    try:
        update = json.loads(request.body.decode("utf-8"))
    except ValueError as error:
        raise invalid_content(error) from None
    check_members(update, {"properties"}, "DatabaseUpdate", "")
    properties = update.get("properties", {})
    check_members(properties, UPDATABLE | FIXED, "DatabaseUpdateProperties",
                  "properties.")
    defer = properties.get("deferUpgrade", "Deferred")
    if defer not in ("Deferred", "NotDeferred"):
        raise invalid_content("Error converting value \"%s\" to type "
                              "DeferUpgradeSetting. Path "
                              "'properties.deferUpgrade'" % defer)
    return {name: value for name, value in properties.items()
            if name in UPDATABLE}


def check_members(value, known, kind, path):
    if not isinstance(value, dict):
        raise invalid_content("%s is not an object" % kind)
    for name in value:
        if name not in known:
            raise invalid_content("Could not find member '%s' on object of "
                                  "type '%s'. Path '%s%s'"
                                  % (name, kind, path, name))
