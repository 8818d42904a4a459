#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The loopback Azure refuses what it must, answers in the observed shapes,
counts, and fails on request.

SHARED_DIR (a directory with azure/contract.json and azure/observed) adds a
comparison with Microsoft's description; without it these tests are skipped.
"""
import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import concurrent.futures
import contextlib
import gzip
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
SERVER = os.path.join(HERE, "loopback_azure.py")
SHARED_DIR = os.environ.get("SHARED_DIR")
SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
TYPE = "/providers/Microsoft.Cache/redisEnterprise"
ORDERS = SUB + "/resourceGroups/rg-shop" + TYPE + "/orders"
ORDERS_DB = ORDERS + "/databases/default"
SEARCH_DB = (SUB + "/resourceGroups/rg-search" + TYPE
             + "/search/databases/default")
ARCHIVE_DB = (SUB + "/resourceGroups/rg-data" + TYPE
              + "/archive/databases/default")
API = "?api-version=2025-07-01"


class Reply:
    """Status, headers and body of an answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    def code(self):
        return self.json()["error"]["code"]

    def message(self):
        return self.json()["error"]["message"]


class Loopback:
    """A running server and a client for it."""

    def __init__(self, *options, certificate="fast", directory=None):
        self.dir = directory or tempfile.mkdtemp(prefix="loopback.")
        command = [sys.executable, SERVER, "--dir", self.dir, "--certificate",
                   certificate, "--lifetime-s", "60"]
        self.process = subprocess.Popen(command + list(options),
                                        stdin=subprocess.DEVNULL)
        self.ready = self.await_ready()
        self.port = self.ready["port"]

    def await_ready(self):
        path = os.path.join(self.dir, "ready.json")
        for _ in range(200):
            with contextlib.suppress(FileNotFoundError), open(path) as file:
                return json.load(file)
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError("the server did not get ready")

    def stop(self):
        self.process.terminate()
        self.process.wait(5)
        shutil.rmtree(self.dir, ignore_errors=True)

    def text(self, name):
        with open(self.ready[name], encoding="utf-8") as file:
            return file.read()

    def tls(self):
        return ssl.create_default_context(cafile=self.ready["ca_file"])

    def connection(self, timeout=5, host="127.0.0.1"):
        return http.client.HTTPSConnection(host, self.port, timeout=timeout,
                                           context=self.tls())

    def ask(self, method, target, body=None, token="", timeout=5, **headers):
        """One request on a connection of its own."""
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        if token is not None:
            names["Authorization"] = "Bearer " + (token or
                                                  self.text("token_file"))
        with contextlib.closing(self.connection(timeout)) as connection:
            connection.request(method, target, body, names)
            return Reply(connection.getresponse())

    def get(self, target, **more):
        return self.ask("GET", target, **more)

    def patch(self, target, value):
        return self.ask("PATCH", target + API, json.dumps(value),
                        Content_Type="application/json")

    def token(self, **changes):
        tenant = changes.pop("tenant", self.ready["tenant"])
        form = {"client_id": self.ready["client_id"],
                "scope": self.ready["arm_endpoint"] + "/.default",
                "grant_type": "client_credentials",
                "client_secret": self.text("client_secret_file")}
        form.update(changes)
        return self.ask("POST", "/%s/oauth2/v2.0/token" % tenant,
                        urllib.parse.urlencode(form), token=None,
                        Content_Type="application/x-www-form-urlencoded")

    def control(self, name, value):
        return self.ask("POST", "/_loopback/" + name, json.dumps(value),
                        token=None)

    def counts(self):
        return self.get("/_loopback/requests", token=None).json()

    def fresh(self):
        with open(os.path.join(HERE, "fleet-demo.json")) as file:
            self.control("fleet", json.load(file))
        self.control("faults", [])
        self.ask("POST", "/_loopback/reset", token=None)


@contextlib.contextmanager
def loopback(*options, **more):
    server = Loopback(*options, **more)
    try:
        yield server
    finally:
        server.stop()


AZURE = None


def setUpModule():  # pylint: disable=invalid-name
    global AZURE  # pylint: disable=global-statement
    AZURE = Loopback("--operation-seconds", "0.2")


def tearDownModule():  # pylint: disable=invalid-name
    AZURE.stop()


class Case(unittest.TestCase):
    def setUp(self):
        self.azure = AZURE
        AZURE.fresh()

    def assert_refused(self, reply, status, code):
        self.assertEqual((status, code), (reply.status, reply.code()))
        self.assertTrue(reply.message())


class Entra(Case):
    def test_right_secret(self):
        reply = self.azure.token()
        self.assertEqual(200, reply.status)
        self.assertEqual("Bearer", reply.json()["token_type"])
        self.assertEqual(3599, reply.json()["expires_in"])
        token = reply.json()["access_token"]
        self.assertEqual(200, self.azure.get(SUB + TYPE + API,
                                             token=token).status)

    def test_endpoints_are_told(self):
        path = "/%s/v2.0/.well-known/openid-configuration"
        reply = self.azure.get(path % self.azure.ready["tenant"], token=None)
        self.assertEqual(
            "%s/%s/oauth2/v2.0/token" % (self.azure.ready["authority"],
                                         self.azure.ready["tenant"]),
            reply.json()["token_endpoint"])

    def test_scope_of_localhost(self):
        scope = "https://localhost:%d/.default" % self.azure.port
        self.assertEqual(200, self.azure.token(scope=scope).status)

    def test_refusals(self):
        cases = (
            ("secret", {"client_secret": "x"}, 401, "invalid_client", 7000215),
            ("app", {"client_id": "x"}, 400, "unauthorized_client", 700016),
            ("tenant", {"tenant": "x"}, 400, "invalid_request", 90002),
            ("public scope", {"scope": "https://management.azure.com/.default"},
             400, "invalid_scope", 70011),
            ("grant", {"grant_type": "password"}, 400,
             "unsupported_grant_type", 70003),
            ("no secret", {"client_secret": ""}, 400, "invalid_request",
             900144))
        for name, changes, status, error, code in cases:
            with self.subTest(name):
                reply = self.azure.token(**changes)
                value = reply.json()
                self.assertEqual((status, error, [code]), (
                    reply.status, value["error"], value["error_codes"]))
                self.assertRegex(
                    value["error_description"],
                    r"^AADSTS%d: .+\r\nTrace ID: .+\r\nCorrelation ID: .+\r\n"
                    r"Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$" % code)
                for key in ("timestamp", "trace_id", "correlation_id"):
                    self.assertIn(value[key], value["error_description"])

    def test_only_post(self):
        path = "/%s/oauth2/v2.0/token" % self.azure.ready["tenant"]
        self.assertEqual(405, self.azure.get(path).status)


class Refusals(Case):
    def test_credentials(self):
        cases = ((None, "AuthenticationFailed"),
                 ("x", "InvalidAuthenticationToken"),
                 (self.azure.text("expired_token_file"),
                  "ExpiredAuthenticationToken"))
        for token, code in cases:
            with self.subTest(code):
                reply = self.azure.get(SUB + TYPE + API, token=token)
                self.assert_refused(reply, 401, code)
                self.assertRegex(reply.headers["WWW-Authenticate"],
                                 r'^Bearer authorization_uri="https://127')

    def test_paths(self):
        other = "/subscriptions/99999999-9999-4999-8999-999999999999"
        group = SUB + "/resourceGroups/"
        cases = (
            (SUB + TYPE, 400, "MissingApiVersionParameter"),
            ("/subscriptions", 400, "MissingApiVersionParameter"),
            ("/subscriptions?api-version=1", 400, "InvalidApiVersionParameter"),
            (other + TYPE + API, 404, "SubscriptionNotFound"),
            ("/subscriptions/x" + TYPE + API, 400, "InvalidSubscriptionId"),
            (group + "none" + TYPE + API, 404, "ResourceGroupNotFound"),
            (group + "rg-shop" + TYPE + "/none" + API, 404,
             "ResourceNotFound"),
            (group + "rg-shop" + TYPE + "/none/databases" + API, 404,
             "ResourceNotFound"),
            (group + "rg-data" + TYPE + "/orders" + API, 404,
             "ResourceNotFound"),
            (ORDERS + "/databases/none" + API, 404, "ResourceNotFound"),
            (SUB + "/providers/Microsoft.Cache/redis" + API, 404,
             "InvalidResourceType"),
            ("/" + API, 404, "MissingSubscription"),
            ("/metadata/identity" + API, 404, "MissingSubscription"),
            (SUB + "/providers/Microsoft.Cache/locations/x/operationsStatus/y"
             + API, 404, "OperationNotFound"),
            (SUB + TYPE + API + "&$skiptoken=x", 400, "InvalidSkipToken"))
        for target, status, code in cases:
            with self.subTest(target):
                self.assert_refused(self.azure.get(target), status, code)

    def test_api_version_not_supported(self):
        reply = self.azure.get(ORDERS + "?api-version=2024-02-01")
        self.assert_refused(reply, 400, "NoRegisteredProviderFound")
        self.assertRegex(
            reply.message(), r"^No registered resource provider found for "
            r"location 'westeurope' and API version '2024-02-01' for type "
            r"'redisEnterprise'\. The supported api-versions are "
            r"'2026-10-01-preview, 2026-09-01, 2025-07-01'\. The supported "
            r"locations are '.+'\.$")

    def test_methods(self):
        for method, target in (("DELETE", ORDERS), ("PUT", ORDERS_DB),
                               ("POST", SUB + TYPE),
                               ("GET", ORDERS_DB + "/upgradeDBRedisVersion")):
            with self.subTest(method + target):
                reply = self.azure.ask(method, target + API, b"")
                self.assert_refused(reply, 405, "MethodNotAllowed")
                self.assertTrue(reply.headers["Allow"])

    def test_post_without_length(self):
        target = ORDERS_DB + "/upgradeDBRedisVersion" + API
        with contextlib.closing(self.azure.connection()) as connection:
            connection.putrequest("POST", target)
            connection.putheader("Authorization", "Bearer "
                                 + self.azure.text("token_file"))
            connection.endheaders()
            self.assertEqual(411, connection.getresponse().status)

    def test_updates(self):
        cases = (
            ("unknown property", {"properties": {"targetVersion": "8.0"}}),
            ("unknown member", {"tags": {}}),
            ("unknown value", {"properties": {"deferUpgrade": "Yes"}}),
            ("boolean", {"properties": {"deferUpgrade": True}}),
            ("no object", []), ("properties null", {"properties": None}))
        for name, value in cases:
            with self.subTest(name):
                self.assert_refused(self.azure.patch(ORDERS_DB, value), 400,
                                    "InvalidRequestContent")
        reply = self.azure.ask("PATCH", ORDERS_DB + API, "{",
                               Content_Type="application/json")
        self.assert_refused(reply, 400, "InvalidRequestContent")
        reply = self.azure.ask("PATCH", ORDERS_DB + API, "{}",
                               Content_Type="text/plain")
        self.assert_refused(reply, 415, "UnsupportedMediaType")


class Shapes(Case):
    def clusters(self):
        return {item["name"]: item for item
                in self.azure.get(SUB + TYPE + API).json()["value"]}

    def test_every_answer(self):
        for target in ("/subscriptions?api-version=2022-12-01", ORDERS_DB + API,
                       SUB + TYPE + API, ORDERS + "/databases" + API, "/x"):
            with self.subTest(target):
                reply = self.azure.get(target)
                for name in ("x-ms-request-id", "x-ms-correlation-request-id",
                             "Date", "Content-Length"):
                    self.assertTrue(reply.headers[name], name)
                self.assertEqual("application/json; charset=utf-8",
                                 reply.headers["Content-Type"])
                self.assertTrue(reply.body.startswith(b'{\r\n  "'))
                self.assertNotIn(b"\n", reply.body.replace(b"\r\n", b""))
                self.assertNotIn(b"systemData", reply.body)

    def test_subscriptions(self):
        value = self.azure.get("/subscriptions?api-version=2022-12-01").json()
        self.assertEqual([SUB], [item["id"] for item in value["value"]])
        self.assertEqual(SUB.split("/")[2], value["value"][0]["subscriptionId"])

    def test_clusters(self):
        clusters = self.clusters()
        self.assertEqual(11, len(clusters))
        self.assertEqual("West Europe", clusters["orders"]["location"])
        self.assertEqual({"name": "Enterprise_E10", "capacity": 2},
                         clusters["ledger"]["sku"])
        self.assertEqual(("v1", "v2"), (clusters["ledger"]["kind"],
                                        clusters["orders"]["kind"]))
        for cluster in clusters.values():
            self.assertNotIn("databases", cluster)
            self.assertNotIn("databases", cluster["properties"])
        self.assertNotIn("redisVersion", clusters["orders"]["properties"])

    def test_null_absent_and_empty_are_mixed(self):
        forms = [cluster.get("tags", "absent")
                 for cluster in self.clusters().values()]
        for form in (None, {}, "absent"):
            self.assertIn(form, forms)

    def test_database_names_are_mixed(self):
        names = set()
        for cluster in self.clusters().values():
            reply = self.azure.get(cluster["id"] + "/databases" + API)
            database, = reply.json()["value"]
            self.assertTrue(database["id"].endswith("/databases/default"))
            names.add(database["name"] == "default")
        self.assertEqual({True, False}, names)

    def test_one_database(self):
        listed, = self.azure.get(ORDERS + "/databases" + API).json()["value"]
        self.assertEqual(listed, self.azure.get(ORDERS_DB + API).json())
        self.assertEqual(("7.4", "Deferred"), (
            listed["properties"]["redisVersion"],
            listed["properties"]["deferUpgrade"]))

    def test_without_case(self):
        for target in (ORDERS_DB.upper() + "?API-VERSION=2025-07-01",
                       ORDERS_DB.lower() + API):
            self.assertEqual(200, self.azure.get(target).status)

    def test_resource_group(self):
        reply = self.azure.get(SUB + "/resourceGroups/RG-DATA" + TYPE + API)
        self.assertEqual(["archive", "ledger", "reports"], [
            item["name"] for item in reply.json()["value"]])

    def test_correlation_id_comes_back(self):
        reply = self.azure.get(ORDERS + API, x_ms_correlation_request_id="abc")
        self.assertEqual("abc", reply.headers["x-ms-correlation-request-id"])

    def test_keep_alive(self):
        with contextlib.closing(self.azure.connection()) as connection:
            for _ in range(5):
                connection.request("GET", ORDERS + API, headers={
                    "Authorization": "Bearer " + self.azure.text("token_file")})
                self.assertEqual(200, Reply(connection.getresponse()).status)
        counts = self.azure.counts()
        self.assertEqual(5, counts["cluster"])
        self.assertEqual(2, counts["connections"])  # ours, and for the counts


class Idle(unittest.TestCase):
    def test_idle_connection_is_closed(self):
        with loopback("--idle-s", "0.2") as azure:
            with contextlib.closing(azure.connection()) as connection:
                connection.connect()
                self.assertEqual(b"", connection.sock.recv(1))


class Paging(unittest.TestCase):
    def test_pages(self):
        with loopback("--page-size", "4") as azure:
            link, names, pages = azure.ready["arm_endpoint"] + SUB + TYPE + API, [], 0
            while link:
                self.assertTrue(link.startswith(azure.ready["arm_endpoint"]))
                target = link[len(azure.ready["arm_endpoint"]):]
                value = azure.get(target).json()
                names += [item["name"] for item in value["value"]]
                link, pages = value["nextLink"], pages + 1
            self.assertEqual((3, 11, 11), (pages, len(names), len(set(names))))
            self.assertEqual((3, 2), (azure.counts()["list"],
                                      azure.counts()["pages"]))
            reply = azure.get(SUB + TYPE + API, Host="localhost:%d" % azure.port)
            self.assertIn("https://localhost:%d/" % azure.port,
                          reply.json()["nextLink"])


GRAPH = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
QUERY = ("Resources | where type =~ 'microsoft.cache/redisenterprise' "
         "| project %s | order by id asc")


class Graph(Case):
    def query(self, columns="id, name, type, location, sku, kind, tags",
              target=GRAPH, options=None, **changes):
        body = dict({"subscriptions": [SUB.split("/")[2]],
                     "query": QUERY % columns,
                     "options": options or {}}, **changes)
        return self.azure.ask("POST", target, json.dumps(body),
                              Content_Type="application/json")

    def test_rows(self):
        reply = self.query()
        value = reply.json()
        self.assertEqual((11, 11, "false"), (
            value["count"], value["totalRecords"], value["resultTruncated"]))
        self.assertNotIn("$skipToken", value)
        rows = {row["name"]: row for row in value["data"]}
        self.assertEqual(("westeurope", "microsoft.cache/redisenterprise", "v2"),
                         tuple(rows["orders"][key] for key in
                               ("location", "type", "kind")))
        self.assertEqual(sorted(row["id"] for row in value["data"]),
                         [row["id"] for row in value["data"]])
        self.assertEqual({"id", "name", "type", "location", "sku", "kind",
                          "tags"}, set(rows["orders"]))
        self.assertEqual("14", reply.headers["x-ms-user-quota-remaining"])
        self.assertEqual("00:00:05",
                         reply.headers["x-ms-user-quota-resets-after"])
        self.assertEqual(1, self.azure.counts()["graph"])

    def test_pages(self):
        first = self.query(options={"$top": 7}).json()
        second = self.query(options={
            "$top": 7, "$skipToken": first["$skipToken"]}).json()
        self.assertEqual((7, 4), (first["count"], second["count"]))
        self.assertEqual(11, len({row["id"] for row in
                                  first["data"] + second["data"]}))
        self.assertNotIn("$skipToken", second)

    def test_no_pages_without_id(self):
        value = self.query(columns="name", options={"$top": 7}).json()
        self.assertEqual(("true", False), (value["resultTruncated"],
                                           "$skipToken" in value))

    def test_refusals(self):
        for changes in ({"query": None}, {"query": "resources"},
                        {"columns": "id, size"}, {"subscriptions": ["x"]},
                        {"subscriptions": [SUB.split("/")[2]] * 1001},
                        {"options": {"$top": 1001}}, {"options": {"top": 1}},
                        {"options": {"$skipToken": "?"}}, {"more": 1},
                        {"target": GRAPH.replace("2022-10-01", "2020-01-01")}):
            with self.subTest(changes):
                self.assert_refused(self.query(**changes), 400, "BadRequest")
        self.assertEqual(405, self.azure.get(GRAPH).status)

    def test_without_type(self):
        reply = self.azure.ask("POST", GRAPH, "{}")
        self.assert_refused(reply, 415, "UnsupportedMediaType")

    def test_silence(self):
        stranger = "00000000-0000-4000-8000-000000000000"
        both = self.query(subscriptions=[stranger, SUB.split("/")[2]]).json()
        self.assertEqual(11, both["count"])
        self.assert_refused(self.query(subscriptions=[stranger]), 403,
                            "AccessDenied")
        fleet = small_fleet()
        fleet["subscriptions"][0]["access"] = "denied"
        self.azure.control("fleet", fleet)
        self.assert_refused(self.query(), 403, "AccessDenied")
        self.assert_refused(self.azure.get(SUB + TYPE + API), 403,
                            "AuthorizationFailed")

    def test_delay(self):
        for graph, rows, listed in (("lacks", 0, 1), ("remembers", 1, 0)):
            with self.subTest(graph):
                self.azure.control("fleet", small_fleet({"graph": graph}))
                self.assertEqual((rows, listed), (
                    self.query().json()["count"],
                    len(self.azure.get(SUB + TYPE + API).json()["value"])))

    def test_quota(self):
        for _ in range(15):
            self.assertEqual(200, self.query().status)
        reply = self.query()
        self.assert_refused(reply, 429, "RateLimiting")
        self.assertEqual("0", reply.headers["x-ms-user-quota-remaining"])
        self.assertIsNone(reply.headers["Retry-After"])


class Writing(Case):
    def target(self, url):
        self.assertTrue(url.startswith(self.azure.ready["arm_endpoint"] + "/"))
        return url[len(self.azure.ready["arm_endpoint"]):]

    def follow(self, reply):
        """The statuses of the operation until it ends, and its last body."""
        self.assertEqual((202, b""), (reply.status, reply.body))
        target = self.target(reply.headers["Azure-AsyncOperation"])
        statuses = []
        for _ in range(50):
            body = self.azure.get(target).json()
            statuses.append(body["status"])
            if body["status"] != "Pending":
                return statuses, body
            self.assertEqual("0001-01-01T00:00:00+00:00", body["endTime"])
            time.sleep(0.05)
        raise AssertionError("the operation does not end")

    def properties(self, target):
        return self.azure.get(target + API).json()["properties"]

    def test_defer(self):
        update = {"properties": {"deferUpgrade": "NotDeferred"}}
        reply = self.azure.patch(ORDERS_DB, update)
        self.assertEqual(("Deferred", "Updating"), (
            self.properties(ORDERS_DB)["deferUpgrade"],
            self.properties(ORDERS_DB)["resourceState"]))
        self.assert_refused(self.azure.patch(ORDERS_DB, update), 409, "Conflict")
        statuses, body = self.follow(reply)
        self.assertEqual(["Pending", "Succeeded"],
                         [statuses[0], statuses[-1]])
        self.assertEqual({"id", "name", "status", "startTime", "endTime"},
                         set(body))
        self.assertEqual(("NotDeferred", "Running"), (
            self.properties(ORDERS_DB)["deferUpgrade"],
            self.properties(ORDERS_DB)["resourceState"]))
        self.assertEqual([json.dumps(update)] * 2, [
            write["body"] for write in self.azure.counts()["writes"]])

    def test_long_urls(self):
        reply = self.azure.patch(ORDERS_DB, {"properties": {}})
        for name in ("Azure-AsyncOperation", "Location"):
            url = reply.headers[name]
            self.assertIn("/locations/West%20Europe/", url)
            self.assertTrue(2800 < len(url) < 4096, len(url))
        target = self.target(reply.headers["Azure-AsyncOperation"])
        spoiled = target.replace("%2B", "+").replace("%2F", "/")
        self.assert_refused(self.azure.get(spoiled), 403, "InvalidSignature")
        location = self.target(reply.headers["Location"])
        self.assertEqual(202, self.azure.get(location).status)
        self.follow(reply)
        self.assertEqual(200, self.azure.get(location).status)

    def test_upgrade(self):
        action = ORDERS_DB + "/upgradeDBRedisVersion" + API
        reply = self.azure.ask("POST", action, b"")
        self.assertEqual("7.4", self.properties(ORDERS_DB)["redisVersion"])
        self.follow(reply)
        self.assertEqual("8.2", self.properties(ORDERS_DB)["redisVersion"])
        self.assert_refused(self.azure.ask("POST", action, b""), 400,
                            "BadRequest")
        self.assert_refused(self.azure.ask("POST", action, b'{"x":1}'), 400,
                            "InvalidRequestContent")

    def test_nothing_newer(self):
        action = ARCHIVE_DB + "/upgradeDBRedisVersion" + API
        self.assert_refused(self.azure.ask("POST", action, b""), 400,
                            "BadRequest")

    def test_failed_operation(self):
        error = {"error": {"error": {"code": "X", "message": "y"}}}
        self.azure.control("fleet", small_fleet(
            upgrade_to="8.0", outcome=dict(error, status="Failed")))
        statuses, body = self.follow(self.azure.ask(
            "POST", ORDERS_DB + "/upgradeDBRedisVersion" + API, b""))
        self.assertEqual("Failed", statuses[-1])
        self.assertEqual(error["error"], body["error"])
        self.assertEqual("7.4", self.properties(ORDERS_DB)["redisVersion"])

    def test_another_course(self):
        """Other words while it goes on and at the end, flat errors."""
        early = {"status": "Reticulating", "endTime": "2026-01-01T00:00:00Z"}
        late = {"status": "Canceled", "error": {"code": "X", "message": "y"},
                "endTime": "0001-01-01T00:00:00+00:00"}
        self.azure.control("fleet", small_fleet(
            upgrade_to="8.0", progress=early, outcome=late))
        reply = self.azure.ask("POST", ORDERS_DB + "/upgradeDBRedisVersion"
                               + API, b"")
        target = self.target(reply.headers["Azure-AsyncOperation"])
        for course in (early, late):
            body = self.azure.get(target).json()
            self.assertEqual(course, {key: body[key] for key in course})
            time.sleep(0.25)
        self.assertEqual("7.4", self.properties(ORDERS_DB)["redisVersion"])

    def test_when_to_ask_again(self):
        reply = self.azure.patch(ORDERS_DB, {"properties": {}})
        for name in ("Azure-AsyncOperation", "Location"):
            status = self.azure.get(self.target(reply.headers[name]))
            self.assertEqual(["1", "1"], [answer.headers["Retry-After"]
                                          for answer in (reply, status)])
        self.follow(reply)
        status = self.azure.get(self.target(
            reply.headers["Azure-AsyncOperation"]))
        self.assertIsNone(status.headers["Retry-After"])

    def test_elsewhere(self):
        self.azure.control("faults", [{"match": "^PATCH", "headers": {
            "Azure-AsyncOperation": "https://elsewhere.example/x"}}])
        reply = self.azure.patch(ORDERS_DB, {"properties": {}})
        self.assertEqual((202, "https://elsewhere.example/x"), (
            reply.status, reply.headers["Azure-AsyncOperation"]))

    def test_patch_status(self):
        update = {"properties": {"deferUpgrade": "Deferred"}}
        with loopback("--operation-seconds", "0.3", "--patch-status",
                      "200") as azure:
            reply = azure.patch(SEARCH_DB, update)
            before = reply.json()["properties"]
            time.sleep(0.35)
            after = azure.get(SEARCH_DB + API).json()["properties"]
        self.assertEqual((200, None), (reply.status,
                                       reply.headers["Location"]))
        self.assertEqual([["Updating", "NotDeferred"],
                          ["Succeeded", "Deferred"]],
                         [[seen["provisioningState"], seen["deferUpgrade"]]
                          for seen in (before, after)])
        with loopback("--operation-seconds", "0", "--patch-status",
                      "202") as azure:
            self.assertEqual(202, azure.patch(SEARCH_DB, update).status)

    def test_at_once(self):
        with loopback("--operation-seconds", "0") as azure:
            reply = azure.patch(SEARCH_DB,
                                {"properties": {"deferUpgrade": "Deferred"}})
            self.assertEqual(200, reply.status)
            self.assertEqual("Deferred",
                             reply.json()["properties"]["deferUpgrade"])


def small_fleet(cluster=None, **database):
    """orders with one database; cluster adds to the cluster."""
    return {"subscriptions": [{"id": SUB.split("/")[2], "clusters": [dict({
        "name": "orders", "resource_group": "rg-shop",
        "location": "West Europe", "sku": "Balanced_B10",
        "databases": [dict({"version": "7.4"}, **database)]},
        **(cluster or {}))]}]}


class Fleets(Case):
    def database(self, **database):
        reply = self.azure.control("fleet", small_fleet(**database))
        self.assertEqual(200, reply.status, reply.body)
        return self.azure.get(ORDERS + "/databases" + API).json()["value"][0]

    def test_defer(self):
        for given, seen in ((True, "Deferred"), (False, "NotDeferred"),
                            (None, None), ("Later", "Later"),
                            ("absent", KeyError)):
            with self.subTest(given):
                properties = self.database(defer=given)["properties"]
                self.assertEqual(seen, properties.get("deferUpgrade", KeyError))

    def test_raw(self):
        database = self.database(
            raw={"extra": 1, "properties": {"redisVersion": 7.4}},
            remove=["properties.resourceState", "name", "no.such.path"])
        self.assertEqual((1, 7.4), (database["extra"],
                                    database["properties"]["redisVersion"]))
        self.assertNotIn("resourceState", database["properties"])
        self.assertNotIn("name", database)
        self.assertEqual("x", self.database(raw="x"))
        self.assertIn("\ud800", self.database(raw={"n": "\ud800"})["n"])

    def test_bad_fleets(self):
        for fleet in ([], {"subscription": []}, {"subscriptions": {}},
                      {"subscriptions": [{"clusters": []}]},
                      small_fleet(versoin="7.4"),
                      small_fleet(geo={"linked": ["nobody"]})):
            with self.subTest(fleet):
                reply = self.azure.control("fleet", fleet)
                self.assertEqual(400, reply.status)
        self.assertEqual(200, self.azure.get(ORDERS + API).status)

    def test_geo(self):
        target = (SUB + "/resourceGroups/rg-shop" + TYPE
                  + "/sessions/databases/default" + API)
        geo = self.azure.get(target).json()["properties"]["geoReplication"]
        self.assertEqual("sessions", geo["groupNickname"])
        self.assertEqual(["Linked"] * 2, [link["state"] for link
                                          in geo["linkedDatabases"]])
        for link in geo["linkedDatabases"]:
            self.assertEqual(200, self.azure.get(link["id"] + API).status)


class Counts(Case):
    def test_counts(self):
        self.azure.token()
        self.azure.get(SUB + TYPE + API)
        self.azure.get(ORDERS + "/databases" + API)
        self.azure.get(ORDERS + "/databases" + API, token=None)
        self.azure.get("/nothing")
        counts = self.azure.counts()
        self.assertEqual([1, 1, 2, 1, 5, 3], [counts[key] for key in (
            "token", "list", "databases", "other", "total",
            "with_authorization")])
        self.assertEqual("GET " + SUB + TYPE, counts["log"][1])
        self.assertEqual("GET " + SUB + TYPE + API, counts["targets"][1])
        self.azure.ask("POST", "/_loopback/reset", token=None)
        self.assertEqual((0, []), (self.azure.counts()["total"],
                                   self.azure.counts()["log"]))

    def test_no_secret_in_counts(self):
        self.azure.token()
        self.azure.get(SUB + TYPE + API)
        text = json.dumps(self.azure.counts())
        self.assertNotIn(self.azure.text("token_file"), text)
        self.assertNotIn(self.azure.text("client_secret_file"), text)

    def test_many_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            replies = list(pool.map(
                lambda _: self.azure.get(ORDERS + API).status, range(60)))
        self.assertEqual([200] * 60, replies)
        self.assertEqual(60, self.azure.counts()["cluster"])


def exchange(plain, context, request):
    """(answer, "closed", "reset" or "timeout").

    TLS is done in memory: ssl's own sockets report a reset as a close.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    data = b""

    def step(action, *arguments):
        while True:
            try:
                return action(*arguments)
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                piece = plain.recv(65536)
                if not piece:
                    raise EOFError from None
                incoming.write(piece)

    try:
        step(tls.do_handshake)
        step(tls.write, request)
        while True:
            data += step(tls.read, 65536)
    except EOFError:
        return data, "closed"
    except ConnectionResetError:
        return data, "reset"
    except socket.timeout:
        return data, "timeout"


class Faults(Case):
    def fault(self, **fault):
        reply = self.azure.control("faults", [dict({"match": "orders"},
                                                   **fault)])
        self.assertEqual(200, reply.status, reply.body)

    def get(self, **more):
        return self.azure.get(ORDERS_DB + API, **more)

    def raw(self, timeout=2):
        """All bytes of the answer, and how it ended."""
        request = ("GET %s HTTP/1.1\r\nHost: x\r\n"
                   "Authorization: Bearer %s\r\n\r\n"
                   % (ORDERS_DB + API, self.azure.text("token_file")))
        with socket.create_connection(("127.0.0.1", self.azure.port),
                                      timeout) as plain:
            return exchange(plain, self.azure.tls(), request.encode("ascii"))

    def test_bad_faults(self):
        for faults in ({}, [1], [{"mach": "x"}], [{"match": "("}],
                       [{"preset": "x"}]):
            with self.subTest(faults):
                self.assertEqual(400, self.azure.control("faults",
                                                         faults).status)

    def test_skip_and_count(self):
        self.fault(status=500, skip=1, count=2)
        self.assertEqual([200, 500, 500, 200],
                         [self.get().status for _ in range(4)])
        self.assertEqual(2, self.azure.counts()["faults"])

    def test_first_match_wins_and_others_are_untouched(self):
        self.azure.control("faults", [{"match": r"^GET .*/ORDERS\?", "status": 404},
                                      {"match": "orders", "status": 500},
                                      {"match": "^POST", "status": 503}])
        self.assertEqual(404, self.azure.get(ORDERS + API).status)
        self.assertEqual(500, self.get().status)
        self.assertEqual(200, self.azure.get(SEARCH_DB + API).status)

    def test_throttled(self):
        self.fault(preset="throttled", headers={"Retry-After": "2"})
        reply = self.get()
        self.assert_refused(reply, 429, "SubscriptionRequestsThrottled")
        self.assertEqual("2", reply.headers["Retry-After"])
        self.assertIn("try again after '2' seconds", reply.message())
        self.fault(preset="throttled", remove_headers=["Retry-After"])
        self.assertIsNone(self.get().headers["Retry-After"])

    def test_denied(self):
        self.fault(preset="denied")
        reply = self.azure.get(ORDERS + "/databases" + API)
        self.assert_refused(reply, 403, "AuthorizationFailed")
        self.assertIn("'Microsoft.Cache/redisEnterprise/databases/read' over "
                      "scope '%s' or" % ORDERS, reply.message())

    def test_presets(self):
        for preset, status, kind in (
                ("expired-token", 401, "application/json"),
                ("wrong-tenant", 401, "application/json"),
                ("server-error", 500, "application/json"),
                ("html-502", 502, "text/html"), ("html-503", 503, "text/html"),
                ("html-504", 504, "text/html"),
                ("garbage", 200, "application/json")):
            with self.subTest(preset):
                self.fault(preset=preset)
                reply = self.get()
                self.assertEqual(status, reply.status)
                self.assertTrue(reply.headers["Content-Type"].startswith(kind))
                self.assertTrue(reply.headers["x-ms-request-id"])
                self.assertEqual(status == 401,
                                 "WWW-Authenticate" in reply.headers)

    def test_own_answer(self):
        self.fault(status=202, body={"a": [1]}, headers=[["A", "1"], ["A", "2"]])
        reply = self.get()
        self.assertEqual((202, {"a": [1]}), (reply.status, reply.json()))
        self.assertEqual(["1", "2"], reply.headers.get_all("A"))
        self.fault(body="not { json {path}", content_type="text/plain")
        self.assertEqual(b"not { json " + ORDERS_DB.encode(), self.get().body)
        self.fault(body_base64="AAH/")
        self.assertEqual(b"\0\1\xff", self.get().body)
        self.fault(body=None)
        self.assertEqual(b"null", self.get().body)

    def test_headers_on_the_right_answer(self):
        self.fault(headers={"Date": "Thu, 01 Jan 1970 00:00:00 GMT"},
                   content_type="text/html")
        reply = self.get()
        self.assertEqual("7.4", reply.json()["properties"]["redisVersion"])
        self.assertEqual(["Thu, 01 Jan 1970 00:00:00 GMT"],
                         reply.headers.get_all("Date"))
        self.assertEqual("text/html", reply.headers["Content-Type"])

    def test_redirect(self):
        self.fault(redirect="{endpoint}/x?y", status=307)
        reply = self.get()
        self.assertEqual((307, self.azure.ready["arm_endpoint"] + "/x?y"),
                         (reply.status, reply.headers["Location"]))

    def test_next_link(self):
        self.fault(match="redisEnterprise", next_link="loop")
        target = SUB + TYPE + API
        value = self.azure.get(target).json()
        self.assertEqual(self.azure.ready["arm_endpoint"] + target,
                         value["nextLink"])
        self.assertEqual(11, len(value["value"]))
        self.fault(match="redisEnterprise",
                   next_link="https://elsewhere.example{target}")
        self.assertEqual("https://elsewhere.example" + target,
                         self.azure.get(target).json()["nextLink"])

    def test_odd_token_answers(self):
        for changes, expected in (({"set": {"expires_in": "0"}}, "0"),
                                  ({"set": {"expires_in": 1e18}}, 1e18),
                                  ({"remove": ["expires_in"]}, None)):
            self.fault(match="oauth2", **changes)
            value = self.azure.token().json()
            self.assertEqual(expected, value.get("expires_in"))
            self.assertTrue(value["access_token"])
        self.fault(match="oauth2", remove=["access_token"])
        self.assertNotIn("access_token", self.azure.token().json())

    def test_delay(self):
        self.fault(delay=0.3)
        start = time.monotonic()
        self.assertEqual(200, self.get().status)
        self.assertGreater(time.monotonic() - start, 0.29)

    def test_hang(self):
        self.fault(hang=True)
        self.assertEqual((b"", "timeout"), self.raw(0.3))

    def test_hang_before_tls(self):
        self.azure.control("faults", [{"phase": "tls", "hang": True, "count": 1}])
        with self.assertRaises((socket.timeout, ssl.SSLError)):
            self.get(timeout=0.3)
        self.assertEqual(200, self.get().status)

    def test_close_before_tls(self):
        for fault in ({"close": True}, {"reset": True}):
            self.azure.control("faults", [dict(fault, phase="tls", count=1)])
            with self.assertRaises((ConnectionError, ssl.SSLError)):
                self.get()

    def test_close(self):
        self.fault(close=True)
        self.assertEqual((b"", "closed"), self.raw())
        self.fault(close="reset")
        self.assertEqual((b"", "reset"), self.raw())

    def body_of(self, data):
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        return int(length.group(1)), len(body)

    def test_reset(self):
        self.fault(reset=7)
        data, end = self.raw()
        length, got = self.body_of(data)
        self.assertEqual(("reset", 7), (end, got))
        self.assertGreater(length, 100)

    def test_short(self):
        self.fault(short=5)
        data, end = self.raw()
        length, got = self.body_of(data)
        self.assertEqual(("closed", 5), (end, length - got))
        with self.assertRaises(http.client.IncompleteRead):
            self.get()

    def test_drip(self):
        self.fault(drip=50, drip_after=4)
        data, end = self.raw(0.015)
        self.assertEqual((b"HTTP", "timeout"), (data[:4], end))
        self.assertLess(len(data), 40)

    def test_drip_to_the_end(self):
        self.fault(status=200, body="[]", drip=2000)
        self.assertEqual(b"[]", self.get().body)

    def test_sizes(self):
        self.fault(huge=3 << 20)
        reply = self.get()
        self.assertEqual((3 << 20, {"value": []}), (len(reply.body),
                                                    reply.json()))
        self.fault(huge=3 << 20, gzip=True)
        reply = self.get()
        self.assertLess(len(reply.body), 100000)
        self.assertEqual(3 << 20, len(gzip.decompress(reply.body)))

    def test_endless(self):
        self.fault(endless=True)
        with contextlib.closing(self.azure.connection()) as connection:
            connection.request("GET", ORDERS + API)
            response = connection.getresponse()
            self.assertEqual(4 << 20, len(response.read(4 << 20)))
        self.assertEqual(200, self.azure.get(SEARCH_DB + API).status)

    def test_encodings(self):
        right = self.get().body
        self.fault(gzip=True)
        reply = self.get()
        self.assertEqual("gzip", reply.headers["Content-Encoding"])
        self.assertEqual(right, gzip.decompress(reply.body))
        self.fault(chunked=True)
        self.assertEqual(right, self.get().body)

    def test_headers_without_measure(self):
        self.fault(header_flood=1000)
        self.assertEqual(1000, self.raw(0.3)[0].count(b"\r\nx-flood-"))
        self.fault(header_bytes=1 << 20)
        self.assertGreater(len(self.raw(0.3)[0]), 1 << 20)

    def test_from_a_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('[{"match": "orders", "status": 504}]')
            file.flush()
            with loopback("--faults", file.name) as azure:
                self.assertEqual(504, azure.get(ORDERS + API).status)


class Certificates(unittest.TestCase):
    def handshake(self, azure, host="127.0.0.1", context=None):
        with socket.create_connection(("127.0.0.1", azure.port), 5) as plain:
            with (context or azure.tls()).wrap_socket(
                    plain, server_hostname=host) as tls:
                return tls.version()

    def test_good_ones(self):
        for name in ("server", "fast"):
            with loopback(certificate=name) as azure:
                for host in ("127.0.0.1", "localhost"):
                    self.assertEqual("TLSv1.3", self.handshake(azure, host))
                with self.assertRaises(ssl.SSLCertVerificationError):
                    self.handshake(azure, "elsewhere.example")

    def test_bad_ones(self):
        for name, reason in (("expired", "expired"),
                             ("wrong-name", "IP address mismatch"),
                             ("self-signed", "self.signed"),
                             ("other-ca", "unable to get local issuer")):
            with self.subTest(name), loopback(certificate=name) as azure:
                with self.assertRaisesRegex(ssl.SSLCertVerificationError,
                                            reason):
                    self.handshake(azure)

    def test_old_tls(self):
        with loopback("--tls-max", "1.0") as azure:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.handshake(azure)
            context = azure.tls()
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1
            self.assertEqual("TLSv1", self.handshake(azure, context=context))
        with loopback("--tls-max", "1.2") as azure:
            self.assertEqual("TLSv1.2", self.handshake(azure))

    def test_kept(self):
        with tempfile.TemporaryDirectory() as directory:
            seen = []
            for _ in range(2):
                azure = Loopback(directory=os.path.join(directory))
                with open(os.path.join(directory, "fast.pem")) as file:
                    seen.append(file.read())
                azure.process.terminate()
                azure.process.wait(5)
            self.assertEqual(seen[0], seen[1])


class Life(unittest.TestCase):
    def test_starts_at_once_and_obeys_sigterm(self):
        start = time.monotonic()
        with loopback() as azure:
            # generous for a busy machine; a fifth of a second is usual
            self.assertLess(time.monotonic() - start, 2)
            azure.control("faults", [{"hang": True}])
            with self.assertRaises(socket.timeout):
                azure.get(ORDERS + API, timeout=0.1)
            start = time.monotonic()
            azure.process.send_signal(signal.SIGTERM)
            self.assertEqual(0, azure.process.wait(2))
            self.assertLess(time.monotonic() - start, 0.5)
            self.assertNotIn("ready.json", os.listdir(azure.dir))

    def test_ready_and_modes(self):
        with loopback() as azure:
            self.assertEqual(azure.process.pid, azure.ready["pid"])
            for key in ("client_secret_file", "token_file"):
                self.assertEqual(0o600, os.stat(azure.ready[key]).st_mode & 0o777)
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", azure.port), 1)

    def test_lifetime(self):
        with loopback("--lifetime-s", "0.3") as azure:
            self.assertEqual(0, azure.process.wait(3))

    def test_parent(self):
        with subprocess.Popen(["sleep", "60"]) as parent:
            with loopback("--parent", str(parent.pid)) as azure:
                self.assertIsNone(azure.process.poll())
                parent.kill()
                parent.wait()
                self.assertEqual(0, azure.process.wait(3))

    def test_shell_helper(self):
        script = """
            set -eu
            . "$AZURE_HOME/azure.sh"
            azure_start "$1"
            azure_faults '[{"match": "x", "status": 500}]'
            azure_fleet "$AZURE_HOME/fleet-demo.json"
            azure_ask GET /subscriptions >/dev/null 2>&1 || :
            azure_requests subscriptions
            azure_reset
            azure_requests total
            test -n "$ARM_ENDPOINT" -a -s "$CA_FILE" -a -s "$TOKEN_FILE"
            azure_stop
            test ! -e "$1/ready.json"
        """
        with tempfile.TemporaryDirectory() as directory:
            done = subprocess.run(
                ["/bin/sh", "-c", script, "sh", directory], timeout=20,
                env=dict(os.environ, AZURE_HOME=HERE, PYTHON=sys.executable),
                stdout=subprocess.PIPE, check=True)
        self.assertEqual(b"1\n0\n", done.stdout)


@unittest.skipUnless(SHARED_DIR, "SHARED_DIR is not set: not compared with "
                     "Microsoft's description")
class Contract(Case):
    RESOURCE = {"id", "name", "type", "location", "tags"}

    def setUp(self):
        super().setUp()
        path = os.path.join(SHARED_DIR, "azure", "contract.json")
        with open(path, encoding="utf-8") as file:
            self.definitions = json.load(file)["definitions"]

    def observed(self, name):
        path = os.path.join(SHARED_DIR, "azure", "observed", name)
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def known(self, name):
        """Members of a definition and of those that it extends."""
        definition = self.definitions[name]
        members = dict(definition.get("properties", {}))
        for base in definition.get("allOf", ()):
            members.update(self.known(base["$ref"].rsplit("/", 1)[1]))
        return members

    def assert_known(self, value, name, where, more=()):
        """Every member of value, at any depth, is in the definition."""
        members = self.known(name)
        self.assertLessEqual(set(value), set(members) | set(more), where)
        for key, item in value.items():
            reference = members.get(key, {})
            reference = reference.get("items", reference).get("$ref")
            items = item if isinstance(item, list) else [item]
            for each in items if reference else ():
                if isinstance(each, dict) and self.is_described(reference):
                    self.assert_known(each, reference.rsplit("/", 1)[1],
                                      "%s.%s" % (where, key))

    def is_described(self, reference):
        return bool(self.known(reference.rsplit("/", 1)[1]))

    def test_members_are_known(self):
        for cluster in self.azure.get(SUB + TYPE + API).json()["value"]:
            self.assert_known(cluster, "Cluster", cluster["name"],
                              self.RESOURCE)
            databases = self.azure.get(cluster["id"] + "/databases" + API).json()
            for database in databases["value"]:
                self.assert_known(database, "Database", database["id"],
                                  {"id", "name", "type"})

    def test_operation(self):
        reply = self.azure.patch(ORDERS_DB, {"properties": {}})
        url = reply.headers["Azure-AsyncOperation"]
        body = self.azure.get(url[len(self.azure.ready["arm_endpoint"]):]).json()
        self.assert_known(body, "OperationStatus", "operation")
        seen = self.observed("operationsStatus_Pending_observed_2026-08-24.json")
        self.assertEqual(set(seen), set(body))
        self.assertEqual((seen["status"], seen["endTime"]),
                         (body["status"], body["endTime"]))

    def test_observed_cluster(self):
        seen = self.observed("cluster_observed_2026-08-24.json")
        ours = self.azure.get(ORDERS + API).json()
        self.assertLessEqual(set(seen), set(ours))
        self.assertEqual(set(seen["properties"]), set(ours["properties"]))

    def test_update_model(self):
        sys.path.insert(0, HERE)
        try:
            import loopback_arm  # pylint: disable=import-outside-toplevel
        finally:
            sys.path.remove(HERE)
        self.assertEqual(set(self.known("DatabaseUpdateProperties")),
                         loopback_arm.UPDATABLE | loopback_arm.FIXED)

    def test_wording(self):
        """Our texts are the observed ones, but for names and numbers."""
        self.azure.control("faults", [
            {"match": "cluster-a", "preset": "throttled"},
            {"match": "cluster-b", "preset": "denied"}])
        for name, target in (
                ("arm_429_SubscriptionRequestsThrottled.json",
                 SUB + "/cluster-a"),
                ("arm_403_AuthorizationFailed.json", SUB + "/cluster-b"),
                ("arm_400_NoRegisteredProviderFound.json",
                 ORDERS + "?api-version=x")):
            with self.subTest(name):
                seen, ours = self.observed(name), self.azure.get(target).json()
                for value in (seen, ours):
                    value["error"]["message"] = re.sub(
                        "'[^']*'", "''", value["error"]["message"])
                self.assertEqual(seen, ours)

    def test_token_error(self):
        seen = self.observed("token_400_invalid_scope.json")
        ours = self.azure.token(scope="https://foo.microsoft.com/.default").json()
        self.assertLessEqual(set(seen), set(ours))
        first = seen["error_description"].split("\r\n")[0]
        self.assertEqual(first, ours["error_description"].split("\r\n")[0])


if __name__ == "__main__":
    unittest.main()
