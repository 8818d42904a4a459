# SPDX-License-Identifier: MIT
"""A dashboard as TypeScript, so that the compiler holds it against Grafana's own types.

usage: typed.py DASHBOARD.json > typed.ts
"""
import json
import sys

HEAD = """import type * as grafana from "@grafana/schema";

// The members of an enumeration as JSON writes them.
type Plain<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Plain<U>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
"""
# The package exports them by no name.
COMPOSABLE = "./node_modules/@grafana/schema/dist/types/raw/composable"
# Only in the form for import, and not in the types.
IMPORT_ONLY = ("__inputs", "__elements", "__requires")
KINDS = {"stat": ("stat.Options", "{}"), "table": ("table.Options", "table.FieldConfig"),
         "bargauge": ("bargauge.Options", "{}"),
         "timeseries": ("timeseries.Options", "timeseries.FieldConfig"),
         "state-timeline": ("statetimeline.Options", "statetimeline.FieldConfig")}


def declarations(dashboard):
    yield "raw", "grafana.Dashboard", {
        **{key: value for key, value in dashboard.items() if key not in IMPORT_ONLY},
        "panels": [], "annotations": {}, "templating": {}, "timepicker": {}}
    for variable in dashboard["templating"]["list"]:
        yield "variable", "grafana.VariableModel", variable
    for panel in dashboard["panels"]:
        kind = "grafana.RowPanel" if panel["type"] == "row" else "grafana.Panel"
        yield "panel", kind, panel
        if panel["type"] != "row":
            options, custom = KINDS[panel["type"]]
            yield "options", "Partial<%s>" % options, panel["options"]
            yield "custom", "Partial<%s>" % custom, panel["fieldConfig"]["defaults"]["custom"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        dashboard = json.load(file)
    print(HEAD)
    for kind in sorted({panel["type"] for panel in dashboard["panels"]} - {"row"}):
        name = kind.replace("-", "")
        print('import type * as %s from "%s/%s/panelcfg/x/types.gen";' % (name, COMPOSABLE, name))
    for number, (name, kind, value) in enumerate(declarations(dashboard)):
        print("export const %s%d: Plain<%s> = %s;" % (name, number, kind,
                                                      json.dumps(value, indent=1)))


if __name__ == "__main__":
    main()
