# SPDX-License-Identifier: MIT
"""Azure Resource Graph, as far as it names the clusters of subscriptions."""
import base64
import collections
import json
import re
import time

import loopback_fleet
from loopback_http import json_answer

API_VERSIONS = ("2024-04-01", "2022-10-01", "2021-03-01")
SUBSCRIPTIONS_MOST = 1000
ROWS_MOST = 1000
QUERIES_MOST = 15
WINDOW_SECONDS = 5
COLUMNS = ("id", "name", "type", "location", "sku", "kind", "tags",
           "resourceGroup", "subscriptionId", "properties")
TYPE = loopback_fleet.CLUSTER_TYPE.lower()
GUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)


class GraphError(Exception):
    """A query that is refused: status, code, and the code and text inside."""

    def __init__(self, status, code, inner, message):
        super().__init__(message)
        self.status = status
        self.code = code
        self.inner = inner

    def answer(self, headers):
        return json_answer(self.status, {"error": {
            "code": self.code, "message": "Please provide below info when "
            "asking for support: timestamp = 2026-11-23T12:00:00.0000000Z, "
            "correlationId = 66666666-6666-4666-8666-666666666666.",
            "details": [{"code": self.inner, "message": str(self)}]}}, headers)


def bad(inner, message):
    return GraphError(400, "BadRequest", inner, message)


class Quota:
    """Queries of one user in a window of five seconds."""

    def __init__(self):
        self.instants = collections.deque()

    def take(self):
        """(how many are left, seconds until all are there again)."""
        now = time.monotonic()
        while self.instants and self.instants[0] <= now - WINDOW_SECONDS:
            self.instants.popleft()
        if len(self.instants) >= QUERIES_MOST:
            return -1, WINDOW_SECONDS
        self.instants.append(now)
        return QUERIES_MOST - len(self.instants), WINDOW_SECONDS


def columns_of(query):
    """The projected columns; refuses what is not a query for clusters."""
    steps = [step.strip() for step in query.split("|")]
    if steps[0].lower() != "resources":
        raise bad("InvalidQuery", "Query is invalid: unknown table.")
    columns = COLUMNS
    is_restricted = False
    for step in steps[1:]:
        word, _, rest = step.partition(" ")
        if re.fullmatch(r"where type (=~|==) '%s'" % re.escape(TYPE), step):
            is_restricted = True
        elif word == "project":
            columns = tuple(name.strip() for name in rest.split(","))
        elif not re.fullmatch(r"(order|sort) by id( asc)?", step):
            raise bad("InvalidQuery", "Query is invalid near '%s'." % step)
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or not is_restricted:
        raise bad("InvalidQuery", "Query is invalid: %s." % (unknown or "type"))
    return columns


def check_members(value, known, what):
    if not isinstance(value, dict) or set(value) - known:
        raise bad("InvalidRequest", "%s has members that are not known" % what)


def read_query(request):
    """(subscriptions, columns, most rows, first row) of a request's body."""
    if request.headers.get("Content-Type", "").split(";")[0] != \
            "application/json":
        raise GraphError(415, "UnsupportedMediaType", "UnsupportedMediaType",
                         "Only 'application/json' is supported.")
    try:
        body = json.loads(request.body.decode("utf-8"))
    except ValueError:
        raise bad("InvalidJsonObject", "Invalid JSON.") from None
    check_members(body, {"subscriptions", "managementGroups", "query",
                         "options", "facets"}, "the request")
    options = body.get("options", {})
    check_members(options, {"$skipToken", "$top", "$skip", "resultFormat",
                            "allowPartialScopes"}, "options")
    wanted = body.get("subscriptions", [])
    if not isinstance(wanted, list) or len(wanted) > SUBSCRIPTIONS_MOST or \
            not all(GUID.match(str(name)) for name in wanted):
        raise bad("InvalidSubscriptions", "subscriptions is no list of at "
                  "most 1000 subscription ids.")
    if not isinstance(body.get("query"), str):
        raise bad("EmptyQuery", "Query is empty.")
    if options.get("resultFormat", "objectArray") != "objectArray":
        raise bad("NotHere", "the loopback Azure knows objectArray only")
    top = options.get("$top", ROWS_MOST)
    if not isinstance(top, int) or not 1 <= top <= ROWS_MOST:
        raise bad("InvalidTop", "$top must be between 1 and 1000.")
    return wanted, columns_of(body["query"]), top, start_of(options)


def start_of(options):
    token = options.get("$skipToken")
    if token is None:
        return 0
    try:
        text = base64.b64decode(token, validate=True).decode("ascii")
        return int(re.fullmatch(r"row=(\d+)", text).group(1))
    except (ValueError, TypeError, AttributeError):
        raise bad("InvalidSkipToken", "The skip token is not valid.") from None


def row_of(cluster, columns):
    """A cluster as Resource Graph has it: types and regions in small letters,
    texts never null."""
    body = cluster.body()
    if not isinstance(body, dict):
        return body
    row = {"type": TYPE, "subscriptionId": cluster.subscription,
           "resourceGroup": cluster.resource_group.lower()}
    for name in ("id", "name", "sku", "tags", "properties"):
        row[name] = body.get(name)
    for name in ("location", "kind"):
        row[name] = body.get(name) or ""
    if isinstance(row["location"], str):
        row["location"] = loopback_fleet.region_of(row["location"])
    return {name: row[name] for name in columns}


class Graph:
    """Answers queries from the fleet."""

    def __init__(self):
        self.quota = Quota()

    def answer(self, request, fleet, page_size):
        left, seconds = self.quota.take()
        headers = [("x-ms-user-quota-remaining", str(max(left, 0))),
                   ("x-ms-user-quota-resets-after", "00:00:%02d" % seconds)]
        try:
            if left < 0:
                raise GraphError(
                    429, "RateLimiting", "RateLimiting", "Client application "
                    "has been throttled and should not attempt to repeat the "
                    "request until an amount of time has elapsed.")
            return json_answer(200, self.page(request, fleet, page_size),
                               headers)
        except GraphError as error:
            return error.answer(headers)

    @staticmethod
    def page(request, fleet, page_size):
        version = request.query.get("api-version", "")
        if version not in API_VERSIONS:
            raise bad("NoRegisteredProviderFound", "The api-version '%s' is "
                      "not supported." % version)
        wanted, columns, top, start = read_query(request)
        seen = [subscription for subscription in fleet.subscriptions
                if subscription.access != "denied" and
                subscription.id.lower() in [name.lower() for name in wanted]]
        if wanted and not seen:
            raise GraphError(403, "AccessDenied", "AccessDenied", "Access is "
                             "denied to the requested resource. The user might "
                             "not have enough permission.")
        rows = sorted((row_of(cluster, columns) for subscription in seen
                       for cluster in subscription.graphed),
                      key=lambda row: str(row.get("id", row) if
                                          isinstance(row, dict) else row))
        end = start + min(top, page_size or top)
        body = {"totalRecords": len(rows), "count": len(rows[start:end]),
                "data": rows[start:end], "facets": [],
                "resultTruncated": "false"}
        if end < len(rows):
            if "id" in columns:  # Azure promises pages to such queries only
                body["$skipToken"] = base64.b64encode(
                    b"row=%d" % end).decode("ascii")
            else:
                body["resultTruncated"] = "true"
        return body
