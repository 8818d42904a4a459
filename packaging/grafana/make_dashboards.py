#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the Grafana dashboards: the same panels, once for write_prometheus, once for write_graphite.

usage: make_dashboards.py [DIR]      amr-upgrade-prometheus.json and amr-upgrade-graphite.json
"""
import json
import os
import sys

STATES = (  # gauge-state, word, colour, as in collectd-amr_upgrade(5)
    (-1, "unknown", "purple"), (0, "current", "green"), (1, "preview", "super-light-blue"),
    (2, "available", "light-blue"), (3, "deferred", "yellow"), (4, "choice", "light-yellow"),
    (5, "due", "orange"), (6, "late", "dark-orange"), (7, "overdue", "red"))
SEVERITIES = ((0, "ok", "green"), (1, "unknown", "purple"), (2, "warning", "orange"),
              (3, "critical", "red"))
NO_DATE_MS = 4102444800000  # 2100-01-01; Grafana sorts what is empty before what is due
LINKS = (("How Azure upgrades", "https://learn.microsoft.com/azure/redis/how-to-upgrade"),
         ("What is new", "https://learn.microsoft.com/azure/redis/whats-new"))
VERSIONS = ("Runs", "Goes to")  # columns
WIDTH = 24


class Prometheus:
    """What write_prometheus of collectd 5.12 shows, and how it is asked for."""

    name, word = "prometheus", "Prometheus"
    databases = 'amr_upgrade=~"$database",amr_upgrade!~"account[.].+"'
    legend = "{{amr_upgrade}}"
    account_pattern = "account\\.(.*)"
    version_mappings = []  # the versions are labels already

    def database(self, kind):
        return 'max by (amr_upgrade) (collectd_amr_upgrade_gauge{type="%s",%s})' % (
            kind, self.databases)

    def account(self, metric, kind):
        return 'collectd_amr_upgrade_%s{type=~"%s",amr_upgrade=~"$account"}' % (metric, kind)

    @staticmethod
    def count(condition, series):
        """Nothing, and not 0, where there are no data."""
        return "count(%s) or 0 * count(%s)" % (condition % series, series)

    def each_account(self, metric, kind):
        return "max by (amr_upgrade) (%s)" % self.account(metric, kind)

    def queries(self):
        hourly = "sum by (type) (3600 * rate(%s[$__rate_interval]))"
        return {
            "databases": "count(%s)" % self.database("severity"),
            "attention": self.count("%s > 0", self.database("severity")),
            # From 5 on: due, late and overdue.
            "any day": self.count("%s >= 5", self.database("state")),
            "least days": "min(%s)" % self.database("days_left"),
            "next GA": "min(%s)" % self.database("days_to_ga"),
            "oldest": "max(%s)" % self.account("duration_seconds", "data_age"),
            "not judged": self.count("%%s unless %s" % self.database("state"),
                                     self.database("severity")),
            "failing": self.count("%s == 0", self.account("gauge", "up")),
            "state": self.database("state"),
            "severity": self.database("severity"),
            "days left": self.database("days_left"),
            "days left, sorted": "sort(%s)" % self.database("days_left"),
            "from": "1000 * {deadline} or 0 * ({state} == 5) or 0 * {state} + {never}".format(
                deadline=self.database("deadline"), state=self.database("state"),
                never=NO_DATE_MS),
            "runs": self.version("version"),
            "goes to": self.version("target"),
            "days to GA": self.database("days_to_ga"),
            "deferred": self.database("deferred"),
            "by state": self.by_state(),
            "up": self.each_account("gauge", "up"),
            "data age": self.each_account("duration_seconds", "data_age"),
            "poll time": self.each_account("response_time", "poll"),
            "catalogue age": self.each_account("gauge", "catalog_age"),
            "requests": hourly % self.account("derive_total", "api_requests"),
            "errors": hourly % self.account("derive_total", "api_errors|throttled"),
        }

    def by_state(self):
        """Counted from the databases' own series: each account counts all that it selects. Only
        the noughts come from the accounts."""
        counted = 'count_values("type", %s)' % self.database("state")
        for number, word, _ in STATES:
            counted = 'label_replace(%s, "type", "%s", "type", "%d")' % (counted, word, number)
        return "%s or 0 * sum by (type) (%s)" % (counted, self.account("objects", "|".join(
            word for _, word, _ in STATES)))

    def version(self, kind):
        """The number 704 as the label 7.4: Grafana cannot take a number apart."""
        label = "runs" if kind == "version" else "target"
        counted = 'count_values by (amr_upgrade) ("%s", %s)' % (label, self.database(kind))
        for pattern in ("(.+)0(.)", "(.+)([1-9].)"):
            counted = 'label_replace(%s, "%s", "$1.$2", "%s", "%s")' % (
                counted, label, label, pattern)
        return counted

    def target(self, ref, expression, kind):
        target = {"refId": ref, "expr": expression, "editorMode": "code",
                  "instant": kind != "series", "range": kind == "series",
                  "format": "table" if kind == "table" else "time_series",
                  "datasource": datasource(self)}
        if kind != "table":
            by_type = "by (type)" in expression
            target["legendFormat"] = "{{type}}" if by_type else self.legend
        return target

    def variables(self):
        # Named groups: what is shown and what is put into the query.
        return [
            query_variable(self, "account", "Account",
                           'label_values(collectd_amr_upgrade_gauge{type="up"}, amr_upgrade)',
                           "account[.].+", "/(?<value>account\\.(?<text>.+))/"),
            query_variable(self, "database", "Database",
                           'label_values(collectd_amr_upgrade_gauge{type="severity",'
                           'amr_upgrade!~"account[.].+"}, amr_upgrade)', ".+", "")]

    def annotations(self):
        version = 'max by (amr_upgrade) (collectd_amr_upgrade_gauge{type="version",%s})'
        expression = "%s > max by (amr_upgrade) (%s offset 10m)" % (
            version % self.databases,
            'collectd_amr_upgrade_gauge{type="version",%s}' % self.databases)
        return [{"name": "Upgrades", "enable": True, "hide": False, "iconColor": "blue",
                 "datasource": datasource(self), "expr": expression, "step": "10m",
                 "titleFormat": "{{amr_upgrade}} was upgraded", "tagKeys": "amr_upgrade"}]

    def table(self, columns):
        return [
            {"id": "merge", "options": {}},
            {"id": "organize", "options": {
                "excludeByName": {name: True for name in (
                    "Time", *("Value #" + ref for ref, title, _ in columns
                              if title in VERSIONS))},
                "renameByName": {"amr_upgrade": "Database", "runs": "Runs", "target": "Goes to",
                                 **{"Value #" + ref: title for ref, title, _ in columns
                                    if title not in VERSIONS}}}},
            {"id": "organize", "options": {"indexByName": column_order(columns)}}]


class Graphite:
    """The paths of write_graphite with its defaults: a dot in a name becomes an underscore."""

    name, word = "graphite", "Graphite"
    account_pattern = "account_(.*)"

    @property
    def version_mappings(self):
        """704 is 7.4."""
        numbers = [(100 * major + minor, "%d.%d" % (major, minor))
                   for major in range(6, 11) for minor in range(11)]
        return [{"type": "value", "options": {
            str(number): {"text": text, "index": index}
            for index, (number, text) in enumerate(numbers)}}]

    def path(self, who, kind):
        return "${prefix}$host.amr_upgrade-%s.%s" % (who, kind)

    def database(self, kind):
        path = self.path("$database", "gauge-" + kind)
        return "exclude(%s, 'amr_upgrade-account_')" % path

    def each(self, series):
        """One series a database or account, whatever number of hosts watch it."""
        return "aliasSub(groupByNode(%s, -2, 'max'), '^amr_upgrade-', '')" % series

    def account(self, kind):
        return self.path("$account", kind)

    @staticmethod
    def newest(series):
        """The newest minute may be there for some of the series only."""
        return "keepLastValue(%s, 5)" % series

    @staticmethod
    def constant(number, series):
        """The number wherever the series has a value."""
        return "offset(scale(%s, 0), %d)" % (series, number)

    def count(self, condition, series):
        """Nothing, and not 0, where there are no data."""
        newest = self.newest(series)
        return "sumSeries(group(%s, %s))" % (
            self.constant(0, newest), self.constant(1, condition.format(newest)))

    @staticmethod
    def only(least, most, series="{0}"):
        return "removeBelowValue(removeAboveValue(%s, %d), %d)" % (series, most, least)

    def queries(self):
        state = self.database("state")
        hourly = "aliasSub(scale(groupByNode(%s, -1, 'sum'), 3600), '.*derive-([a-z_]+).*', '\\1')"
        return {
            "databases": "sumSeries(%s)" % self.constant(
                1, self.newest(self.each(self.database("severity")))),
            "attention": self.count("removeBelowValue({0}, 1)",
                                    self.each(self.database("severity"))),
            # From 5 on: due, late and overdue.
            "any day": self.count(self.only(5, 7), self.each(state)),
            "least days": "minSeries(%s)" % self.newest(self.database("days_left")),
            "next GA": "minSeries(%s)" % self.newest(self.database("days_to_ga")),
            "oldest": "maxSeries(%s)" % self.newest(self.account("duration-data_age")),
            "not judged": "sumSeries(group(%s, %s))" % (
                self.constant(1, self.newest(self.each(self.database("severity")))),
                self.constant(-1, self.newest(self.each(state)))),
            "failing": self.count("removeAboveValue({0}, 0)", self.account("gauge-up")),
            "state": self.each(state),
            "severity": self.each(self.database("severity")),
            "days left": self.each(self.database("days_left")),
            "days left, sorted": "sortBy(%s, 'last')" % self.each(self.database("days_left")),
            "from": self.each(self.upgrade_from(state)),
            "runs": self.each(self.database("version")),
            "goes to": self.each(self.database("target")),
            "days to GA": self.each(self.database("days_to_ga")),
            "deferred": self.each(self.database("deferred")),
            "by state": "group(%s)" % ", ".join(
                "alias(%s, '%s')" % (self.count(self.only(number, number), self.each(state)), word)
                for number, word, _ in STATES),
            "up": self.each(self.account("gauge-up")),
            "data age": self.each(self.account("duration-data_age")),
            "poll time": self.each(self.account("response_time-poll")),
            "catalogue age": self.each(self.account("gauge-catalog_age")),
            "requests": hourly % self.account("derive-api_requests"),
            "errors": hourly % self.account("derive-{api_errors,throttled}"),
        }

    def upgrade_from(self, state):
        return "group(scale(%s, 1000), %s, %s, %s)" % (
            self.database("deadline"), self.constant(0, self.only(5, 5, state)),
            self.constant(NO_DATE_MS, self.only(-1, 2, state)),
            self.constant(NO_DATE_MS, self.only(4, 4, state)))

    def target(self, ref, expression, _):
        return {"refId": ref, "target": expression, "textEditor": True,
                "datasource": datasource(self)}

    def variables(self):
        return [
            {"name": "prefix", "label": "Prefix", "type": "textbox", "query": "collectd.",
             "description": "Prefix of write_graphite, with its dot; may be empty",
             "current": {"text": "collectd.", "value": "collectd."},
             "options": [{"selected": True, "text": "collectd.", "value": "collectd."}]},
            query_variable(self, "host", "Host", "${prefix}*", "*", ""),
            query_variable(self, "account", "Account", "${prefix}$host.amr_upgrade-*",
                           "account_*", "/amr_upgrade-(?<value>account_(?<text>.+))/"),
            query_variable(self, "database", "Database", "${prefix}$host.amr_upgrade-*", "*",
                           "/amr_upgrade-(?!account_)(.+)/")]

    def annotations(self):
        return []

    def table(self, columns):
        steps = []
        for ref, title, _ in columns:
            # Grafana 11 calls the reduced frames reduce-A-A, those before leave them as they are.
            reduced = {"id": "byRefId", "options": "/^(reduce-)?%s(-%s)*$/" % (ref, ref)}
            steps += [{"id": "reduce", "filter": {"id": "byRefId", "options": ref},
                       "options": {"reducers": ["lastNotNull"], "mode": "seriesToRows"}},
                      {"id": "organize", "filter": reduced,
                       "options": {"renameByName": {"Last *": title}}}]
        return steps + [
            {"id": "joinByField", "options": {"byField": "Field", "mode": "outer"}},
            {"id": "organize", "options": {"renameByName": {"Field": "Database"}}},
            {"id": "organize", "options": {"indexByName": column_order(columns)}}]


def datasource(source):
    return {"type": source.name, "uid": "${datasource}"}


def column_order(columns):
    return {title: index for index, title in enumerate(
        ["Database"] + [title for _, title, _ in columns])}


def query_variable(source, name, label, query, everything, regex):
    if source.name == "prometheus":
        query = {"query": query, "refId": name, "qryType": 1}
    return {"name": name, "label": label, "type": "query", "query": query,
            "datasource": datasource(source), "refresh": 2, "regex": regex, "sort": 5,
            "multi": True, "includeAll": True, "allValue": everything,
            "current": {"text": ["All"], "value": ["$__all"]}, "options": []}


def words(rows):
    """Value mappings of the numbers, each with its colour."""
    return [{"type": "value", "options": {
        str(number): {"text": word, "color": colour, "index": index}
        for index, (number, word, colour) in enumerate(rows)}}]


def steps(*rows):
    return {"mode": "absolute", "steps": [{"color": colour, "value": value}
                                          for value, colour in rows]}


DAYS = {"unit": "suffix:days", "decimals": 2,
        "thresholds": steps((None, "red"), (7, "orange"), (30, "green"))}
COUNT_BAD = {"unit": "none", "decimals": 0, "thresholds": steps((None, "green"), (1, "orange"))}
AGE = {"unit": "s", "decimals": 0,
       "thresholds": steps((None, "green"), (3600, "orange"), (86400, "red"))}


class Board:
    """Panels laid out from left to right, row after row."""

    def __init__(self, source):
        self.source, self.queries = source, source.queries()
        self.panels, self.x, self.y, self.height = [], 0, 0, 0

    def place(self, width, height):
        if self.x + width > WIDTH:
            self.x, self.y = 0, self.y + self.height
        place = {"x": self.x, "y": self.y, "w": width, "h": height}
        self.x, self.height = self.x + width, height
        return place

    def row(self, title):
        self.x = WIDTH
        self.panels.append({"id": len(self.panels) + 1, "type": "row", "title": title,
                            "collapsed": False, "panels": [], "gridPos": self.place(WIDTH, 1)})

    def panel(self, kind, title, description, size, names, defaults, options, custom=None,
              overrides=(), transformations=(), mode="series"):
        refs = [chr(ord("A") + index) for index in range(len(names))]
        panel = {
            "id": len(self.panels) + 1, "type": kind, "title": title, "description": description,
            "datasource": datasource(self.source), "gridPos": self.place(*size),
            "interval": "1m",
            "targets": [self.source.target(ref, self.queries[name], mode)
                        for ref, name in zip(refs, names)],
            "fieldConfig": {"defaults": {"noValue": "–", **defaults, "custom": custom or {}},
                            "overrides": list(overrides)},
            "options": options, "transformations": list(transformations)}
        if mode != "series":
            # Now is now, whatever the time picker says; Prometheus looks back five minutes itself.
            panel.update(timeFrom="15m", hideTimeOverride=True)
        self.panels.append(panel)

    def stat(self, title, description, name, defaults):
        self.panel("stat", title, description, (3, 4), [name], defaults,
                   {"colorMode": "background", "graphMode": "none", "justifyMode": "center",
                    "orientation": "auto", "textMode": "value", "wideLayout": True,
                    "percentChangeColorMode": "standard", "showPercentChange": False,
                    "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}},
                   mode="now")

    def graph(self, title, description, size, names, defaults, custom=None, overrides=(),
              transformations=(), calcs=("lastNotNull",), place="bottom"):
        line = {"drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 2,
                "fillOpacity": 0, "showPoints": "never", "spanNulls": 3600000,
                "thresholdsStyle": {"mode": "off"}}
        self.panel("timeseries", title, description, size, names,
                   {"color": {"mode": "palette-classic-by-name"}, **defaults},
                   {"legend": {"displayMode": "table", "placement": place, "showLegend": True,
                               "calcs": list(calcs), "sortBy": "Last *", "sortDesc": False},
                    "tooltip": {"mode": "multi", "sort": "asc"}},
                   {**line, **(custom or {})}, overrides, transformations)

    def timeline(self, title, description, size, name, mappings, transformations=()):
        self.panel("state-timeline", title, description, size, [name],
                   {"color": {"mode": "thresholds"}, "mappings": mappings,
                    "thresholds": steps((None, "text"))},
                   {"alignValue": "left", "mergeValues": True, "rowHeight": 0.8,
                    "showValue": "auto", "perPage": 20,
                    "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False,
                               "calcs": []},
                    "tooltip": {"mode": "single", "sort": "none"}},
                   {"fillOpacity": 80, "lineWidth": 0},
                   transformations=transformations)


def override(name, **properties):
    return {"matcher": {"id": "byName", "options": name},
            "properties": [{"id": key.replace("__", "."), "value": value}
                           for key, value in properties.items()]}


def coloured(cell="color-background"):
    return {"type": cell, "mode": "basic"} if cell == "color-background" else {"type": cell}


def at_a_glance(board):
    board.stat("Databases", "How many databases are watched, also those of \"Not judged\". One "
               "that several accounts select counts once.", "databases",
               {"unit": "none", "thresholds": steps((None, "blue"))})
    board.stat("Need attention", "Databases whose severity is not ok.", "attention", COUNT_BAD)
    board.stat("Any day", "Databases that Azure may upgrade any day: due (deferral was not chosen "
               "in time), late (it was chosen too late) or overdue (it has ended).", "any day",
               {**COUNT_BAD, "thresholds": steps((None, "green"), (1, "red"))})
    board.stat("Next deadline", "Days until the first of the deferred databases is upgraded "
               "automatically; below zero that day has passed. Empty: none is deferred.", "least days", DAYS)
    board.stat("Next GA", "Days until the next version becomes generally available for one of the "
               "databases: deferral can be chosen before that day only.", "next GA", DAYS)
    board.stat("Oldest data", "Age of the oldest reading of Azure that is used. The panels judge "
               "it against the clock all the same, for a day.", "oldest", AGE)
    board.stat("Not judged", "Databases with data so old (MaxStale) that nothing is said of them "
               "any more, except gauge-severity 1.", "not judged", COUNT_BAD)
    board.stat("Polls failing", "Accounts whose last poll failed. collectd's log says why.",
               "failing", {**COUNT_BAD, "thresholds": steps((None, "green"), (1, "red"))})


COLUMNS = (  # title, query, what the column shows
    ("State", "state", {"noValue": "not judged", "mappings": words(STATES),
                        "custom__cellOptions": coloured(), "custom__width": 110}),
    ("Upgrade from", "from", {"unit": "time:YYYY-MM-DD", "custom__width": 140, "mappings": [
        {"type": "value", "options": {"0": {"text": "any day", "color": "red", "index": 0}}},
        {"type": "value", "options": {str(NO_DATE_MS): {"text": "–", "index": 1}}}]}),
    ("Days left", "days left", {**DAYS, "custom__cellOptions": coloured("color-text"),
                                "custom__width": 120}),
    ("Runs", "runs", {"custom__width": 90}),
    ("Goes to", "goes to", {"custom__width": 90}),
    ("Days to GA", "days to GA", {**DAYS, "custom__cellOptions": coloured("color-text"),
                                  "custom__width": 120}),
    ("Deferral", "deferred", {"mappings": words(
        ((0, "not chosen", "text"), (1, "chosen", "text"))), "custom__width": 110}),
    ("Severity", "severity", {"mappings": words(SEVERITIES), "custom__cellOptions": coloured(),
                              "custom__width": 110}))


def who_is_next(board):
    columns = [(chr(ord("A") + index), title, shown)
               for index, (title, _, shown) in enumerate(COLUMNS)]
    board.panel(
        "table", "Who is next", "The databases by the day from which Azure upgrades them "
        "automatically. \"any day\": due. \"not judged\": the data are older than MaxStale. "
        "An upgrade cannot be undone; deferral is chosen before a version becomes generally "
        "available, and lasts 90 days from then.", (WIDTH, 10), [name for _, name, _ in COLUMNS],
        {"color": {"mode": "thresholds"}, "thresholds": steps((None, "text"))},
        {"showHeader": True, "cellHeight": "sm",
         "sortBy": [{"displayName": "Upgrade from", "desc": False}]},
        {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False},
        [override("Database", links=[{
            "title": "Only ${__value.text}", "url": "/d/amr-upgrade-%s?var-database="
            "${__value.raw}&${__url_time_range}" % board.source.name}])] +
        [override(title, **shown) for _, title, shown in columns] +
        [override(title, mappings=board.source.version_mappings) for title in VERSIONS],
        board.source.table(columns), mode="table")


def over_time(board):
    board.graph("Days left", "Days until the automatic upgrade of each deferred database. Below "
                "zero the deadline has passed and Azure may upgrade any day. The lines are at 30 "
                "and 7 days. A series ends when its database is upgraded.", (16, 10), ["days left"],
                DAYS, {"thresholdsStyle": {"mode": "dashed"}, "axisSoftMin": 0, "axisSoftMax": 90},
                place="right")
    board.panel("bargauge", "Days left now", "The same, now, the first to be upgraded on top.",
                (8, 10), ["days left, sorted"], {**DAYS, "min": 0, "max": 90,
                                                 "color": {"mode": "thresholds"}},
                {"displayMode": "lcd", "orientation": "horizontal", "showUnfilled": True,
                 "valueMode": "color", "namePlacement": "auto", "sizing": "auto",
                 "minVizHeight": 16, "minVizWidth": 8, "maxVizHeight": 60,
                 "legend": {"calcs": [], "displayMode": "list", "placement": "bottom",
                            "showLegend": False},
                 "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}},
                mode="now")
    board.timeline("States over time", "The state of each database. A gap: nothing was known, or "
                   "collectd was away.", (16, 11), "state", words(STATES))
    board.graph("Databases by state", "How many databases were in which state. One that several "
                "accounts select counts once.", (8, 11),
                ["by state"], {"unit": "none", "decimals": 0, "min": 0},
                {"stacking": {"mode": "normal", "group": "A"}, "fillOpacity": 70, "lineWidth": 0,
                 "lineInterpolation": "stepAfter"},
                [override(word, color={"mode": "fixed", "fixedColor": colour})
                 for _, word, colour in STATES])


def freshness(board):
    board.row("Freshness and Azure's API")
    rename = [{"id": "renameByRegex", "options": {
        "regex": board.source.account_pattern, "renamePattern": "$1"}}]
    board.timeline("Polls", "Whether the last poll of Azure succeeded, by account.", (12, 7), "up",
                   words(((0, "failed", "red"), (1, "succeeded", "green"))), rename)
    board.graph("Age of the data", "A poll a quarter of an hour keeps this below 900 s. Orange "
                "from an hour, red from a day, when nothing is judged any more.", (12, 7),
                ["data age"], {**AGE, "min": 0}, {"thresholdsStyle": {"mode": "dashed"}},
                transformations=rename)
    board.graph("Requests and errors", "Requests to Azure an hour, those that failed, and those "
                "that Azure throttled (HTTP 429).", (12, 8), ["requests", "errors"],
                {"unit": "suffix:an hour", "decimals": 1, "min": 0},
                overrides=[override("api_requests", displayName="requests", color={
                    "mode": "fixed", "fixedColor": "blue"}),
                           override("api_errors", displayName="errors", color={
                               "mode": "fixed", "fixedColor": "red"}),
                           override("throttled", color={
                               "mode": "fixed", "fixedColor": "orange"})])
    board.graph("Time of a poll", "How long the last poll took.", (6, 8), ["poll time"],
                {"unit": "s", "min": 0}, transformations=rename)
    board.graph("Age of the catalogue", "Days since the catalogue of versions was reviewed. From "
                "60 days on, look at Microsoft's pages (links above) and at a newer release of "
                "this program.", (6, 8), ["catalogue age"],
                {"unit": "suffix:days", "decimals": 0, "min": 0,
                 "thresholds": steps((None, "green"), (60, "orange"))},
                {"thresholdsStyle": {"mode": "dashed"}}, transformations=rename)


def requires(source, panels):
    names = {"stat": "Stat", "table": "Table", "timeseries": "Time series",
             "bargauge": "Bar gauge", "state-timeline": "State timeline"}
    return [{"type": "grafana", "id": "grafana", "name": "Grafana", "version": "10.4.0"},
            {"type": "datasource", "id": source.name, "name": source.word, "version": "1.0.0"}] + [
                {"type": "panel", "id": kind, "name": names[kind], "version": ""}
                for kind in sorted({panel["type"] for panel in panels} - {"row"})]


def link(title, url):
    return {"type": "link", "title": title, "url": url, "icon": "doc", "targetBlank": True,
            "asDropdown": False, "includeVars": False, "keepTime": False, "tags": [],
            "tooltip": ""}


def dashboard(source):
    board = Board(source)
    for part in (at_a_glance, who_is_next, over_time, freshness):
        part(board)
    given = "DS_" + source.name.upper()
    chosen = {"name": "datasource", "label": "Data source", "type": "datasource",
              "query": source.name, "regex": "", "refresh": 1, "options": [],
              "current": {"text": "${%s}" % given, "value": "${%s}" % given}}
    return {
        "__inputs": [{"name": given, "label": source.word, "description": "", "type": "datasource",
                      "pluginId": source.name, "pluginName": source.word}],
        "__elements": {},
        "__requires": requires(source, board.panels),
        "annotations": {"list": source.annotations()},
        "description": "Which Azure Managed Redis databases await a version upgrade, and when. "
                       "Data: the collectd plugin amr_upgrade through write_%s." % source.name,
        "editable": True, "fiscalYearStartMonth": 0, "graphTooltip": 1, "id": None,
        "links": [link(*pair) for pair in LINKS], "panels": board.panels, "refresh": "5m",
        "schemaVersion": 42, "tags": ["azure", "redis", "collectd"],
        "templating": {"list": [chosen] + source.variables()},
        "time": {"from": "now-30d", "to": "now"}, "timepicker": {}, "timezone": "utc",
        "title": "Azure Managed Redis: version upgrades (%s)" % source.word,
        "uid": "amr-upgrade-" + source.name, "version": 1, "weekStart": ""}


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for source in (Prometheus(), Graphite()):
        path = os.path.join(folder, "amr-upgrade-%s.json" % source.name)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(dashboard(source), file, indent=2, ensure_ascii=False)
            file.write("\n")


if __name__ == "__main__":
    main()
