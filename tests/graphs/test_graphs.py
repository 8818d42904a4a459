#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Dashboards, alerts, thresholds and pictures, on what the real plugin shows in a real collectd.

usage: test_graphs.py [unittest's options]      from the build folder; NODE_MODULES names the
                                                folder that holds node_modules of Grafana
"""
import collections
import json
import os
import re
import socket
import stat
import struct
import subprocess
import sys
import time
import unittest

import rules
from daemon import PLUGINS, Collectd, wait_until
from dashboards import AskedGraphite, AskedPrometheus, load, panels
from scene import RULES, SOURCES, THRESHOLD, Scene, environment
from servers import QueryError, graphite_paths, promql_selectors

GRAFANA = os.path.join(SOURCES, "packaging", "grafana")
SAMPLE = os.path.join(SOURCES, "packaging", "collectd", "amr-upgrade.conf")
GRAPH = os.path.join(SOURCES, "packaging", "rrdtool", "amr-upgrade-graph")
HERE = os.path.dirname(os.path.abspath(__file__))
SCENE = None
NO_DATE = "–"

# What tests/azure/README.md derives for 2027-01-05T13:12:00Z, as Grafana shows it.
TABLE = {
    "ancient.westeurope": ("not judged", NO_DATE, NO_DATE, NO_DATE, NO_DATE, NO_DATE, NO_DATE,
                           "unknown"),
    "archive.uksouth": ("preview", NO_DATE, NO_DATE, "7.4", NO_DATE, NO_DATE, "not chosen", "ok"),
    "cart.northeurope": ("due", "any day", NO_DATE, "7.4", "8.0", NO_DATE, "not chosen", "warning"),
    "ledger.eastus2": ("current", NO_DATE, NO_DATE, "7.2", NO_DATE, NO_DATE, "not chosen",
                       "warning"),
    "orders.westeurope": ("late", "2027-01-29", "23.45 days", "7.4", "8.0", NO_DATE, "chosen",
                          "warning"),
    "pricing.westeurope": ("overdue", "2026-12-29", "-7.55 days", "7.4", "8.0", "26.45 days",
                           "chosen", "critical"),
    "profiles.centralindia": ("choice", NO_DATE, NO_DATE, "8.0", "8.2", "26.45 days", "chosen",
                              "ok"),
    "recommendations.centralindia": ("choice", NO_DATE, NO_DATE, "8.0", "8.2", "26.45 days",
                                     "not chosen", "warning"),
    "reports.uksouth": ("unknown", NO_DATE, NO_DATE, NO_DATE, NO_DATE, NO_DATE, "not chosen",
                        "unknown"),
    "search.swedencentral": ("available", NO_DATE, NO_DATE, "8.0", "8.2", NO_DATE, "not chosen",
                             "ok"),
    "sessions-north.northeurope": ("current", NO_DATE, NO_DATE, "8.0", NO_DATE, NO_DATE,
                                   "not chosen", "ok"),
    "sessions.westeurope": ("deferred", "2027-02-26", "51.45 days", "7.4", "8.0", NO_DATE,
                            "chosen", "ok"),
}
COLUMNS = ("Database", "State", "Upgrade from", "Days left", "Runs", "Goes to", "Days to GA",
           "Deferral", "Severity")
NUMBERS = {"Databases": "12", "Need attention": "7", "Any day": "3", "Next deadline": "-7.55 days",
           "Next GA": "26.45 days", "Not judged": "1", "Polls failing": "3"}
FIRING = {
    ("AmrUpgradeDaysLeftBelow30", "orders.westeurope"), ("AmrUpgradeLate", "orders.westeurope"),
    ("AmrUpgradeDue", "cart.northeurope"), ("AmrUpgradeOverdue", "pricing.westeurope"),
    ("AmrUpgradeChoiceClosing", "recommendations.centralindia"),
    ("AmrUpgradeUnknown", "reports.uksouth"), ("AmrUpgradeAttention", "ledger.eastus2"),
    ("AmrUpgradeDatabaseNotJudged", "ancient.westeurope"),
    ("AmrUpgradeCredentialsFailing", "account.old"),
    ("AmrUpgradeCredentialsFailing", "account.refused"),
    ("AmrUpgradeCredentialsFailing", "account.broken")}


def setUpModule():
    global SCENE  # pylint: disable=global-statement
    SCENE = Scene(".")
    unittest.addModuleCleanup(SCENE.__exit__, None, None, None)
    SCENE.__enter__()  # pylint: disable=unnecessary-dunder-call


def dashboard(name):
    return load(os.path.join(GRAFANA, "amr-upgrade-%s.json" % name))


def run(*arguments, **options):
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    return done.returncode, done.stdout.decode()


def shown(asked, values):
    """{title: frames} as Grafana's library shows what the queries answered."""
    modules = os.environ["NODE_MODULES"]
    given = os.path.join(SCENE.folder, "asked.json")
    made = os.path.join(SCENE.folder, "shown.json")
    with open(given, "w", encoding="utf-8") as file:
        json.dump({"dashboard": asked.dashboard, "answers": asked.answers(values)}, file)
    code, said = run("node", os.path.join(HERE, "show.cjs"), given, made, cwd=modules)
    if code:
        raise RuntimeError(said)
    return load(made)


def rows_of(frame):
    columns = [field["name"] for field in frame]
    rows = zip(*(field["texts"] for field in frame))
    return columns, {row[0]: tuple(row[1:]) for row in rows}


class DashboardTests:
    """The same for both data sources; written() is a database's name as the source has it."""

    @classmethod
    def setUpClass(cls):
        cls.dashboard = dashboard(cls.name)
        cls.asked = cls.ask(cls.dashboard)
        cls.seen = shown(cls.asked, cls.asked.everything())

    def changed(self, old, new):
        """The dashboard with one word misspelt somewhere."""
        text = json.dumps(self.dashboard)
        self.assertIn(old, text)
        return self.ask(json.loads(text.replace(old, new)))

    def test_every_query_has_an_answer(self):
        self.assertEqual([], self.asked.empty(self.asked.everything()))

    def test_every_series_is_there(self):
        self.assertEqual([], self.asked.unknown(self.asked.everything()))

    def test_misspelt_series_are_found(self):
        for old, new in self.planted:
            with self.subTest(new):
                asked = self.changed(old, new)
                self.assertTrue(asked.unknown(asked.everything()))

    def test_misspelt_queries_are_found(self):
        for old, new in self.planted_queries:
            with self.subTest(new):
                asked = self.changed(old, new)
                with self.assertRaises((QueryError, AssertionError, KeyError)):
                    self.assertEqual([], asked.empty(asked.everything()))

    def test_variables_offer_what_is_there(self):
        offered = self.asked.offered()
        self.assertEqual({"broken", "old", "prod", "refused", "twice"}, set(offered["account"].values()))
        self.assertEqual({self.written(name) for name in TABLE},
                         set(offered["database"].values()))

    def test_a_choice_selects(self):
        names = [self.written("orders.westeurope"), self.written("cart.northeurope")]
        for count in (1, 2):
            values = self.asked.everything() | {"database": self.asked.join(names[:count])}
            _, rows = rows_of(shown(self.asked, values)["Who is next"][0])
            self.assertEqual(set(names[:count]), set(rows))

    def test_the_table_says_who_is_next(self):
        columns, rows = rows_of(self.seen["Who is next"][0])
        self.assertEqual(list(COLUMNS), columns)
        self.assertEqual({self.written(name): row for name, row in TABLE.items()}, rows)

    def test_the_table_is_sorted_by_the_day(self):
        table = next(panel for panel in panels(self.dashboard) if panel["type"] == "table")
        self.assertEqual([{"displayName": "Upgrade from", "desc": False}],
                         table["options"]["sortBy"])
        frame = self.seen["Who is next"][0]
        by_name = {field["name"]: field["values"] for field in frame}
        # Grafana takes what is missing for less than any number.
        ranked = sorted(zip(by_name["Database"], by_name["Upgrade from"]),
                        key=lambda row: float("-inf") if row[1] is None else row[1])
        self.assertEqual(["ancient.westeurope", "cart.northeurope", "pricing.westeurope",
                          "orders.westeurope", "sessions.westeurope"],
                         [name.replace("_", ".") for name, _ in ranked[:5]])

    def test_the_numbers_at_the_top(self):
        self.assertEqual(NUMBERS, {title: self.seen[title][0][1]["texts"][-1]
                                   for title in NUMBERS})

    def test_states_are_words(self):
        frames = self.seen["States over time"]
        words = {frame[1]["name"]: frame[1]["texts"][-1] for frame in frames}
        self.assertEqual({self.written(name): row[0] for name, row in TABLE.items()
                          if row[0] != "not judged"}, words)

    def test_a_database_of_two_accounts_counts_once(self):
        frames = self.seen["Databases by state"]
        counts = {frame[1]["name"]: int(frame[1]["texts"][-1]) for frame in frames}
        self.assertEqual(collections.Counter(
            row[0] for row in TABLE.values() if row[0] != "not judged"), counts)

    def test_accounts_are_named_without_prefix(self):
        frames = self.seen["Polls"]
        self.assertEqual({"prod": "succeeded", "twice": "succeeded", "old": "failed",
                          "refused": "failed", "broken": "failed"},
                         {frame[1]["name"]: frame[1]["texts"][-1] for frame in frames})

    def test_overrides_name_what_is_shown(self):
        for panel in panels(self.dashboard):
            names = {field["name"] for frame in self.seen[panel["title"]] for field in frame}
            for override in panel["fieldConfig"]["overrides"]:
                name = override["matcher"]["options"]
                renamed = [item["value"] for item in override["properties"]
                           if item["id"] == "displayName"]
                self.assertIn((renamed or [name])[0], names, panel["title"])

    def test_every_panel_explains_itself(self):
        for panel in panels(self.dashboard):
            self.assertTrue(panel["description"].endswith("."), panel["title"])
            self.assertIn("unit", panel["fieldConfig"]["defaults"].keys() | (
                {"unit"} if panel["type"] in ("table", "state-timeline") else set()))

    def test_it_can_be_imported(self):
        given = [item["name"] for item in self.dashboard["__inputs"]]
        text = json.dumps(self.dashboard)
        self.assertEqual(set(re.findall(r"\$\{(DS_\w+)\}", text)), set(given))
        kinds = {panel["type"] for panel in panels(self.dashboard)}
        self.assertEqual(kinds, {item["id"] for item in self.dashboard["__requires"]
                                 if item["type"] == "panel"})
        ids = [panel["id"] for panel in self.dashboard["panels"]]
        self.assertEqual(len(ids), len(set(ids)))

    def typed(self, number, text):
        """The name of the file that holds it as TypeScript."""
        name = "typed-%s-%d.ts" % (self.name, number)
        source = os.path.join(os.environ["NODE_MODULES"], name)
        with open(source + ".json", "w", encoding="utf-8") as file:
            file.write(text)
        code, typed = run(sys.executable, os.path.join(HERE, "typed.py"), source + ".json")
        self.assertEqual(0, code, typed)
        with open(source, "w", encoding="utf-8") as file:
            file.write(typed)
        return name

    def test_grafanas_types_hold(self):
        """The compiler, run once, finds what is planted and nothing in the dashboard itself."""
        texts = [json.dumps(self.dashboard)]
        for old, new in (('"colorMode"', '"colourMode"'), ('"placement": "right"',
                                                          '"placement": "rihgt"'),
                         ('"gridPos"', '"gridpos"'), ('"lineWidth": 2', '"lineWidth": "2"')):
            self.assertIn(old, texts[0])
            texts.append(texts[0].replace(old, new))
        names = [self.typed(number, text) for number, text in enumerate(texts)]
        _, said = run("node_modules/.bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "--module",
                      "esnext", "--moduleResolution", "bundler", *names,
                      cwd=os.environ["NODE_MODULES"])
        self.assertEqual(names[1:], sorted(set(re.findall(r"^([\w.-]+)\(\d", said, re.M))), said)

    def test_the_form_is_grafanas_newest(self):
        _, version = run("node", "-p", 'require("@grafana/schema").defaultDashboard.schemaVersion',
                         cwd=os.environ["NODE_MODULES"])
        self.assertEqual(int(version.split()[-1]), self.dashboard["schemaVersion"])


class PrometheusDashboard(DashboardTests, unittest.TestCase):
    name = "prometheus"
    planted = (('type=\\"days_left\\"', 'type=\\"days_lost\\"'),
               ("collectd_amr_upgrade_objects", "collectd_amr_upgrade_object"))
    planted_queries = (("max by (amr_upgrade)", "max by (amr_upgrade"), ("$database", "$datebase"))

    @staticmethod
    def ask(document):
        return AskedPrometheus(document, SCENE.prometheus)

    @staticmethod
    def written(name):
        return name

    def test_selectors_are_found_in_expressions(self):
        self.assertEqual(['collectd_a_b{x="1"}', 'collectd_c{y=~"$d"}'], promql_selectors(
            'max by (x) (collectd_a_b{x="1"}) > sum(rate(collectd_c{y=~"$d"}[5m]))'))


class GraphiteDashboard(DashboardTests, unittest.TestCase):
    name = "graphite"
    planted = (("gauge-days_left", "gauge-days_lost"), ("duration-data_age", "duration-data_aeg"))
    planted_queries = (("groupByNode(", "groupByNoode("), ("$database", "$datebase"))

    @staticmethod
    def ask(document):
        return AskedGraphite(document, SCENE.graphite)

    @staticmethod
    def written(name):
        return name.replace(".", "_")

    def test_paths_are_found_in_targets(self):
        self.assertEqual(["a.*.amr_upgrade-*.gauge-b", "a.h.amr_upgrade-{c,d}.objects-{e,f}"],
                         graphite_paths("sumSeries(exclude(a.*.amr_upgrade-*.gauge-b, 'x'), "
                                        "a.h.amr_upgrade-{c,d}.objects-{e,f})"))


class Generated(unittest.TestCase):
    def test_dashboards_are_what_the_script_writes(self):
        code, said = run(sys.executable, os.path.join(GRAFANA, "make_dashboards.py"), SCENE.folder)
        self.assertEqual(0, code, said)
        for name in ("prometheus", "graphite"):
            self.assertEqual(load(os.path.join(SCENE.folder, "amr-upgrade-%s.json" % name)),
                             dashboard(name))


class Alerts(unittest.TestCase):
    maxDiff = None

    @staticmethod
    def unit_tests(rules_path, tests=rules.ROWS):
        path = os.path.join(SCENE.folder, "rules_test.json")
        rules.write(path, os.path.abspath(rules_path), SCENE.names, tests)
        return run("promtool", "test", "rules", path)

    def test_promtool_takes_the_rules(self):
        code, said = run("promtool", "check", "rules", RULES)
        self.assertEqual(0, code, said)

    def test_rules_in_promtools_unit_tests(self):
        code, said = self.unit_tests(RULES)
        self.assertEqual(0, code, said)

    def test_a_misspelt_rule_is_found(self):
        with open(RULES, encoding="utf-8") as file:
            text = file.read()
        planted = SCENE.file("planted.yml", text.replace('type="deadline"', 'type="deadlin"'))
        self.assertNotEqual(0, self.unit_tests(planted, ["collectd is gone"])[0])

    def test_a_name_that_no_scrape_has_is_found(self):
        with self.assertRaises(LookupError):
            rules.Names(SCENE.names).find("db", "days_lost")

    def test_every_alert_has_a_unit_test(self):
        with open(RULES, encoding="utf-8") as file:
            alerts = set(re.findall(r"- alert: (\w+)", file.read()))
        self.assertEqual(alerts, rules.alerts_expected())

    def test_alerts_of_the_scene(self):
        wait_until("all alerts", lambda: FIRING <= self.firing())
        # Its days run on from Prometheus' clock, which is not AsOf.
        held = {("AmrUpgradeDaysLeftBelow30", "ancient.westeurope"),
                ("AmrUpgradeDaysLeftBelow7", "ancient.westeurope"),
                ("AmrUpgradeAttention", "ancient.westeurope")}
        self.assertEqual(FIRING, self.firing() - held)

    def test_every_alert_says_what_to_do(self):
        for alert in SCENE.prometheus.alerts():
            for name in ("summary", "description", "runbook"):
                text = alert["annotations"][name]
                self.assertTrue(len(text) > 20 and "{{" not in text and "<no value>" not in text,
                                text)
            self.assertIn(alert["labels"]["severity"], ("warning", "critical"))

    @staticmethod
    def firing():
        return {(alert["labels"]["alertname"], alert["labels"].get("amr_upgrade", ""))
                for alert in SCENE.prometheus.alerts()}


class Threshold(unittest.TestCase):
    @staticmethod
    def notified(kind):
        return set(re.findall(
            r"Notification: severity = (\w+), .*plugin_instance = ([\w.-]+), type = gauge, "
            r"type_instance = %s, .*Data source \"value\" is currently" % kind,
            SCENE.collectd.log()))

    def test_accounts_that_are_not_read_become_notifications(self):
        wanted = {("WARNING", "account." + name) for name in ("old", "refused", "broken")}
        wait_until("notifications of accounts", lambda: wanted <= self.notified("up"))
        self.assertNotIn("account.prod", {name for _, name in self.notified("up")})

    def test_severities_become_notifications(self):
        seen = self.notified("severity")
        for name, row in TABLE.items():
            wanted = {"critical": "FAILURE", "warning": "WARNING", "unknown": "WARNING"}.get(row[-1])
            self.assertEqual(wanted is not None, (wanted, name) in seen, name)

    def silence_of(self, text):
        """What a collectd says when a series ends, with this text for thresholds."""
        more = 'LoadPlugin unixsock\n<Plugin unixsock>\nSocketFile "%s/%s"\n</Plugin>\n%s'
        folder = os.path.join(SCENE.folder, "silence-%d" % len(text))
        with Collectd(folder, SCENE.carbon.port, more % (folder, "socket", text)) as collectd:
            self.put(os.path.join(folder, "socket"))
            time.sleep(5)
        return re.findall(r"has not been updated|is missing", collectd.log())

    @staticmethod
    def put(path):
        wait_until("collectd's socket", lambda: os.path.exists(path))
        text = 'PUTVAL "h/amr_upgrade-orders.westeurope/gauge-severity" interval=1 N:0\n'
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(path)
            peer.sendall(text.encode())
            peer.recv(100)

    def test_a_series_that_ends_is_no_failure(self):
        with open(THRESHOLD, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual([], self.silence_of(text))
        self.assertTrue(self.silence_of(text.replace("Interesting false", "Interesting true")))


def size_of(path):
    """Width and height of a PNG."""
    with open(path, "rb") as file:
        head = file.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG: " + path)
    return struct.unpack(">II", head[16:])


class Manual(unittest.TestCase):
    path = os.path.join(SOURCES, "packaging", "man", "collectd-amr_upgrade.5")

    def test_mandoc_has_nothing_to_say(self):
        self.assertEqual((0, ""), run("mandoc", "-T", "lint", self.path))

    def test_what_is_wrong_is_found(self):
        with open(self.path, encoding="utf-8") as file:
            planted = SCENE.file("planted.5", file.read().replace(".El\n", "", 1))
        self.assertNotEqual(0, run("mandoc", "-T", "lint", planted)[0])

    def said_of(self, text):
        """What collectd says when it reads once with a configuration."""
        path = SCENE.file("sample-%d.conf" % len(text), """
            BaseDir "%s"
            PluginDir "%s"
            LoadPlugin logfile
            <Plugin logfile>
              File stdout
            </Plugin>
            PluginDir "%s"
            %s""" % (SCENE.folder, PLUGINS, SCENE.build, text))
        return run("collectd", "-T", "-C", path, env=environment({}))

    def test_the_sample_is_taken(self):
        with open(SAMPLE, encoding="utf-8") as file:
            text = file.read()
        code, said = self.said_of(text)
        # There is no Azure for it, should it come as far as that.
        self.assertEqual((0, []), (code, re.findall(
            'amr_upgrade plugin: (?!account "prod": poll failed).*', said)))
        self.assertIn('account "prod": Atuh: unknown option',
                      self.said_of(text.replace("Auth ", "Atuh "))[1])


class Pictures(unittest.TestCase):
    """amr-upgrade-graph, with an rrdtool in its path that also notes what it was asked."""

    @classmethod
    def setUpClass(cls):
        cls.output = os.path.join(SCENE.folder, "pictures")
        tools = os.path.join(SCENE.folder, "tools")
        os.makedirs(tools)
        path = os.path.join(tools, "rrdtool")
        real = run("sh", "-c", "command -v rrdtool")[1].strip()
        with open(path, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nprintf "%%s\\n" "$@" >>"%s/asked"\nexec %s "$@"\n' % (
                tools, real))
        os.chmod(path, stat.S_IRWXU)
        environment = {**os.environ, "PATH": tools + ":" + os.environ["PATH"], "TZ": "UTC"}
        # The last minutes: a longer time is drawn from rows that are not full yet.
        cls.code, cls.said = run(GRAPH, "--days", "0.004", SCENE.collectd.path("rrd"), cls.output,
                                 env=environment)
        with open(os.path.join(tools, "asked"), encoding="utf-8") as file:
            cls.words = file.read()

    def test_four_pictures_are_drawn(self):
        self.assertEqual(0, self.code, self.said)
        for name in ("days_left", "states", "data_age", "requests"):
            width, height = size_of(os.path.join(self.output, name + ".png"))
            self.assertTrue(700 < width < 1300 and 100 < height < 700, (name, width, height))

    def test_every_database_is_in_them(self):
        for name, row in TABLE.items():
            self.assertIn("/amr_upgrade-%s/gauge-state.rrd" % name, self.words)
            if row[2] != NO_DATE:
                self.assertIn("/amr_upgrade-%s/gauge-days_left.rrd" % name, self.words)
        self.assertIn("/amr_upgrade-account.prod/duration-data_age.rrd", self.words)
        self.assertIn("/amr_upgrade-account.refused/derive-api_errors.rrd", self.words)

    def test_the_most_urgent_comes_first(self):
        names = re.findall(r"COMMENT:([\w.-]+)\\l", self.words)
        self.assertEqual("pricing.westeurope", names[0])
        self.assertEqual("orders.westeurope", names[1])

    def test_the_readmes_are_drawn_again(self):
        output = os.path.join(SCENE.folder, "readme")
        code, said = run(sys.executable, os.path.join(HERE, "picture.py"), output)
        self.assertEqual(0, code, said)
        for name in ("days_left.png", "states.png"):
            committed = os.path.join(SOURCES, "packaging", "rrdtool", name)
            self.assertEqual(size_of(committed), size_of(os.path.join(output, name)))


if __name__ == "__main__":
    unittest.main()
