# SPDX-License-Identifier: MIT
"""Unit tests of the alert rules for promtool, on the names of a scrape."""
import json

ACCOUNT = "account"  # any account of the scrape; every other name is a database
DAY_S = 86400

# name: (what each of whom shows, minute by minute, as promtool writes it), ((when, who fires), ...)
# A series that is not said otherwise shows nothing; account up is 1 all the while.
ROWS = {
    "thirty days are not below thirty": (
        {"db": {"state": "3", "severity": "0", "days_left": "30"}}, (("1h", {}),)),
    "below thirty": (
        {"db": {"state": "3", "severity": "2", "days_left": "29.99"}},
        (("4m", {}), ("1h", {"DaysLeftBelow30": "db"}))),
    "seven days are not below seven": (
        {"db": {"state": "3", "severity": "2", "days_left": "7"}},
        (("1h", {"DaysLeftBelow30": "db"}),)),
    "below seven": (
        {"db": {"state": "3", "severity": "3", "days_left": "6.99"}},
        (("1h", {"DaysLeftBelow30": "db", "DaysLeftBelow7": "db"}),)),
    "overdue": (
        {"db": {"state": "7", "severity": "3", "days_left": "-0.01"}},
        (("1h", {"Overdue": "db"}),)),
    "due": ({"db": {"state": "5", "severity": "2"}}, (("1h", {"Due": "db"}),)),
    "due, as its owner wants": ({"db": {"state": "5", "severity": "0"}}, (("1h", {}),)),
    "late": (
        {"db": {"state": "6", "severity": "2", "days_left": "40"}}, (("1h", {"Late": "db"}),)),
    "late and below thirty": (
        {"db": {"state": "6", "severity": "2", "days_left": "20"}},
        (("1h", {"Late": "db", "DaysLeftBelow30": "db"}),)),
    "choice closing": (
        {"db": {"state": "4", "severity": "2", "days_to_ga": "29.99", "deferred": "0"}},
        (("1h", {"ChoiceClosing": "db"}),)),
    "choice far away": (
        {"db": {"state": "4", "severity": "0", "days_to_ga": "30", "deferred": "0"}},
        (("1h", {}),)),
    "chosen": (
        {"db": {"state": "4", "severity": "0", "days_to_ga": "5", "deferred": "1"}},
        (("1h", {}),)),
    "chosen, and an advisory": (
        {"db": {"state": "4", "severity": "2", "days_to_ga": "5", "deferred": "1"}},
        (("1h", {"Attention": "db"}),)),
    "deferred, and an advisory": (
        {"db": {"state": "3", "severity": "2", "days_left": "51.45"}},
        (("1h", {"Attention": "db"}),)),
    "a choice that Intent wants early": (
        {"db": {"state": "4", "severity": "2", "days_to_ga": "54", "deferred": "0"}},
        (("1h", {"Attention": "db"}),)),
    "choice, as its owner wants": (
        {"db": {"state": "4", "severity": "0", "days_to_ga": "5", "deferred": "0"}},
        (("1h", {}),)),
    "a later GA while deferred": (
        {"db": {"state": "3", "severity": "0", "days_left": "40", "days_to_ga": "5",
                "deferred": "1"}}, (("1h", {}),)),
    "unknown": ({"db": {"state": "-1", "severity": "1"}}, (("2h", {"Unknown": "db"}),)),
    "unknown, as its owner wants": ({"db": {"state": "-1", "severity": "0"}}, (("2h", {}),)),
    "nothing newer, and an advisory": (
        {"db": {"state": "0", "severity": "2"}}, (("14m", {}), ("1h", {"Attention": "db"}))),
    "in preview, and deferral is wanted": (
        {"db": {"state": "2", "severity": "2"}}, (("1h", {"Attention": "db"}),)),
    "nothing newer": ({"db": {"state": "0", "severity": "0"}}, (("1h", {}),)),
    "beyond MaxStale an advisory stays": (
        {"db": {"state": "0x60", "severity": "2x60 1x1800"}},
        (("30h", {"Attention": "db", "DatabaseNotJudged": "db"}),)),
    "no database": (
        {ACCOUNT: {"objects databases": "0", "severity": "1"}},
        (("59m", {}), ("2h", {"NoDatabase": ACCOUNT}))),
    "no database, as its owner wants": (
        {ACCOUNT: {"objects databases": "0", "severity": "0"}}, (("2h", {}),)),
    "beyond MaxStale the days run on": (
        {"db": {"state": "3x60", "severity": "2x60 1x1800", "days_left": "8x60",
                "deadline": "%dx60" % (8 * DAY_S)}},
        (("1h", {"DaysLeftBelow30": "db"}),
         ("2h", {"DaysLeftBelow30": "db", "DatabaseNotJudged": "db"}),
         ("30h", {"DaysLeftBelow30": "db", "DaysLeftBelow7": "db", "DatabaseNotJudged": "db"}))),
    "beyond MaxStale due stays due": (
        {"db": {"state": "5x60", "severity": "2x60 1x1800"}},
        (("30h", {"Due": "db", "DatabaseNotJudged": "db"}),)),
    "beyond MaxStale nobody wants what was not wanted": (
        {"db": {"state": "5x60", "severity": "0x60 1x1800"}},
        (("30h", {"DatabaseNotJudged": "db"}),)),
    "beyond MaxStale the choice still closes": (
        {"db": {"state": "4x60", "severity": "2x60 1x1800", "days_to_ga": "20x60",
                "deferred": "0x60"}},
        (("30h", {"ChoiceClosing": "db", "DatabaseNotJudged": "db"}),)),
    "collectd is gone": (
        {"db": {"state": "3x60", "severity": "2x60", "days_left": "8x60",
                "deadline": "%dx60" % (8 * DAY_S)},
         ACCOUNT: {"up": "1x60"}},
        (("1h", {"DaysLeftBelow30": "db"}),
         ("2h", {"DaysLeftBelow30": "db", "PluginAbsent": ""}),
         ("30h", {"DaysLeftBelow30": "db", "DaysLeftBelow7": "db", "PluginAbsent": ""}))),
    "collectd is gone, due stays due": (
        {"db": {"state": "5x60", "severity": "2x60"}, ACCOUNT: {"up": "1x60"}},
        (("30h", {"Due": "db", "PluginAbsent": ""}),)),
    "nothing was ever heard": ({ACCOUNT: {}}, (("1h", {"PluginAbsent": ""}),)),
    "a database is gone from Azure": (
        {"db": {"state": "7x60", "severity": "3x60", "days_left": "-3x60"}},
        (("1h", {"Overdue": "db"}), ("2h", {}))),
    "a database was upgraded": (
        {"db": {"state": "3x60 0x600", "severity": "2x60 0x600", "days_left": "5x60",
                "deadline": "%dx60" % (5 * DAY_S)}},
        (("59m", {"DaysLeftBelow30": "db", "DaysLeftBelow7": "db"}), ("70m", {}))),
    "due, with a severity of one's own": (
        {"db": {"state": "5", "severity": "1"}}, (("1h", {"Due": "db"}),)),
    "polls fail": (
        {ACCOUNT: {"up": "0"}}, (("59m", {}), ("2h", {"CredentialsFailing": ACCOUNT}))),
    "Azure throttles": (
        {ACCOUNT: {"up": "0", "derive_total throttled": "0+1x600"}}, (("2h", {}),)),
    "one poll failed": ({ACCOUNT: {"up": "1x60 0x15 1x600"}}, (("75m", {}), ("3h", {}))),
    "data of an hour": (
        {ACCOUNT: {"duration_seconds data_age": "3600"}}, (("2h", {}),)),
    "data older than an hour": (
        {ACCOUNT: {"duration_seconds data_age": "3601"}}, (("2h", {"DataStale": ACCOUNT}),)),
    "catalogue of sixty days": ({ACCOUNT: {"catalog_age": "60"}}, (("2h", {}),)),
    "catalogue older than sixty days": (
        {ACCOUNT: {"catalog_age": "61"}}, (("2h", {"CatalogStale": ACCOUNT}),)),
}
ALWAYS_MINUTES = 1900


class Names:
    """The names of a scrape: [(labels, value)] of each series of the plugin."""

    def __init__(self, rows):
        self.rows = [labels for labels, _ in rows]

    def find(self, who, kind):
        """The full name of a series, as the scrape has it for some account or database."""
        metric, kind = kind.split(" ") if " " in kind else ("gauge", kind)
        wanted = {"__name__": "collectd_amr_upgrade_" + metric, "type": kind}
        for labels in self.rows:
            is_account = labels["amr_upgrade"].startswith("account.")
            if is_account == (who == ACCOUNT) and wanted.items() <= labels.items():
                return {**labels, "amr_upgrade": self.shown(who)}
        raise LookupError("the scrape has no %s %s" % (who, wanted))

    @staticmethod
    def shown(who):
        return {"": "", ACCOUNT: "account.prod"}.get(who, "orders.westeurope")


def written(labels):
    return "%s{%s}" % (labels["__name__"], ",".join(
        '%s="%s"' % item for item in sorted(labels.items()) if item[0] != "__name__"))


def values(text):
    """'2x60 1x10' is 2 for sixty minutes, then 1 for ten; '2' is 2 for ever."""
    parts = []
    for part in text.split():
        value, _, times = part.partition("x")
        step = "" if "+" in value else "+0"
        parts.append("%s%sx%d" % (value, step, int(times or ALWAYS_MINUTES) - 1))
    return " ".join(parts)


def test_of(names, shows, expected):
    shows = {ACCOUNT: {"up": "1"}, **shows}
    if "up" not in shows[ACCOUNT] and shows[ACCOUNT]:
        shows[ACCOUNT]["up"] = "1"
    series = [{"series": written(names.find(who, kind)), "values": values(text)}
              for who, kinds in shows.items() for kind, text in kinds.items()]
    return {"interval": "1m", "input_series": series, "promql_expr_test": [
        {"expr": 'sum by (alertname, amr_upgrade) (ALERTS{alertstate="firing"})',
         "eval_time": when, "exp_samples": [
             {"labels": '{alertname="AmrUpgrade%s"%s}' % (
                 alert, ',amr_upgrade="%s"' % names.shown(who) if who else ""), "value": 1}
             for alert, who in fires.items()]}
        for when, fires in expected]}


def write(path, rules_path, rows, tests=ROWS):
    """The file for promtool test rules, which reads JSON as well as YAML; `tests` of ROWS."""
    names = Names(rows)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"rule_files": [rules_path], "evaluation_interval": "1m", "tests": [
            test_of(names, *ROWS[test]) for test in tests]}, file, indent=1)


def alerts_expected():
    return {"AmrUpgrade" + alert for _, expected in ROWS.values()
            for _, fires in expected for alert in fires}
