# SPDX-License-Identifier: MIT
"""A dashboard as Grafana would ask for it: variables filled in, each panel's queries answered."""
import json
import re

from servers import graphite_paths, promql_selectors


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def variables(dashboard):
    return {item["name"]: item for item in dashboard["templating"]["list"]}


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def fill(text, values):
    """$name and ${name} as Grafana replaces them."""
    return re.sub(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))", lambda found: values[found[1] or found[2]], text)


def displayed(names, regex):
    """{value: text} of what a variable's query gave."""
    if not regex:
        return {name: name for name in names}
    # Python writes named groups in another way than JavaScript.
    pattern = re.compile(regex.strip("/").replace("(?<value>", "(?P<value>").replace(
        "(?<text>", "(?P<text>"))
    found = {}
    for match in filter(None, map(pattern.search, names)):
        groups = match.groupdict() or {"value": match[1], "text": match[1]}
        found[groups["value"]] = groups["text"]
    return found


class Asked:
    """One data source's way to answer. source is of servers.py."""

    def __init__(self, dashboard, source):
        self.dashboard, self.source = dashboard, source

    def offered(self):
        """{variable: {value: text}}"""
        return {name: displayed(self.names(item), item["regex"])
                for name, item in variables(self.dashboard).items() if item["type"] == "query"}

    def everything(self):
        """Each variable at All."""
        return {name: item.get("allValue") or item["query"]
                for name, item in variables(self.dashboard).items()} | self.builtin

    def chosen(self, count):
        """Each variable at the first values that it offers."""
        return self.everything() | {
            name: self.join(sorted(values)[:count]) for name, values in self.offered().items()}

    def answers(self, values):
        """{panel id: {refId: frames}}; a frame is what Grafana's data source makes of a series."""
        return {panel["id"]: {target["refId"]: self.frames(panel, target, values)
                              for target in panel["targets"]}
                for panel in panels(self.dashboard)}

    def empty(self, values):
        """The queries without an answer."""
        asked = self.answers(values)
        return ["%s: %s" % (panel["title"], self.text(target))
                for panel in panels(self.dashboard) for target in panel["targets"]
                if not asked[panel["id"]][target["refId"]]]

    def unknown(self, values):
        """The series that are asked for, and not there."""
        texts = [self.text(target) for panel in panels(self.dashboard)
                 for target in panel["targets"]]
        texts += [item["expr"] for item in self.dashboard["annotations"]["list"]]
        found = {part for text in texts for part in self.parts(fill(text, values))}
        return sorted(part for part in found if not self.exists(part))


class AskedPrometheus(Asked):
    builtin = {"__rate_interval": "1m"}

    @staticmethod
    def join(values):
        escaped = [re.sub(r"([.\\+*?()|\[\]{}^$])", r"\\\\\1", value) for value in values]
        return escaped[0] if len(escaped) == 1 else "(%s)" % "|".join(escaped)

    def names(self, item):
        selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)",
                                       item["query"]["query"]).groups()
        return self.source.label_values(selector, label)

    @staticmethod
    def text(target):
        return target["expr"]

    parts = staticmethod(promql_selectors)

    def exists(self, selector):
        return bool(self.source.query(selector))

    def frames(self, _, target, values):
        rows = self.source.query(fill(target["expr"], values))
        if not rows:
            return []
        ref = target["refId"]
        if target["format"] == "table":
            labels = sorted({label for row, _ in rows for label in row})
            return [{"refId": ref, "fields": [
                {"name": "Time", "type": "time", "values": [0] * len(rows)},
                *({"name": label, "type": "string", "values": [row.get(label) for row, _ in rows]}
                  for label in labels),
                {"name": "Value #" + ref, "type": "number", "values": [
                    value for _, value in rows]}]}]
        return [series(ref, fill_legend(target["legendFormat"], labels), [value])
                for labels, value in rows]


class AskedGraphite(Asked):
    builtin = {}

    @staticmethod
    def join(values):
        return values[0] if len(values) == 1 else "{%s}" % ",".join(values)

    def names(self, item):
        return self.source.find(fill(item["query"], self.everything()))

    @staticmethod
    def text(target):
        return target["target"]

    parts = staticmethod(graphite_paths)

    def exists(self, path):
        return bool(self.source.render(path))

    def frames(self, _, target, values):
        return [series(target["refId"], name, known)
                for name, known in self.source.render(fill(target["target"], values))]


def series(ref, name, values):
    return {"refId": ref, "name": name, "fields": [
        {"name": "Time", "type": "time", "values": list(range(len(values)))},
        {"name": "Value", "type": "number", "values": values,
         "config": {"displayNameFromDS": name}}]}


def fill_legend(legend, labels):
    text = re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found[1], ""), legend)
    return text or "Value"
