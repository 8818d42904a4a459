// SPDX-License-Identifier: MIT
// What Grafana's own library makes of a dashboard and the answers to its queries: the
// transformations, overrides, units and mappings as they are shown.
// usage: node show.cjs ASKED.json SHOWN.json     where node_modules has @grafana/data and jsdom
const { readFileSync, writeFileSync } = require("fs");
const { createRequire } = require("module");
const load = createRequire(process.cwd() + "/");

const { window } = new (load("jsdom").JSDOM)("", { url: "http://localhost" });
Object.assign(globalThis, { window, document: window.document, localStorage: window.localStorage });
for (const name of ["HTMLElement", "Node", "getComputedStyle"]) globalThis[name] = window[name];
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
const grafana = load("@grafana/data");

function prepare() {
  const known = new Map(Object.values(grafana.standardTransformers).map((one) => [one.id, one]));
  grafana.standardTransformersRegistry.setInit(() =>
    [...known.values()].map((one) => ({ id: one.id, name: one.name, transformation: one })));
  const property = (id, path) => ({
    id, path: path ?? id, name: id, process: (value) => value, shouldApply: () => true });
  grafana.standardFieldConfigEditorRegistry.setInit(() =>
    ["unit", "min", "max", "decimals", "displayName", "color", "noValue", "links", "mappings",
      "thresholds"].map((id) => property(id)));
}

function transformed(panel, frames) {
  let result = [];
  grafana.transformDataFrame(panel.transformations, frames).subscribe((out) => (result = out));
  return result;
}

function shown(panel, answers) {
  const frames = transformed(panel, Object.values(answers).flat().map(grafana.toDataFrame));
  const done = grafana.applyFieldOverrides({
    data: frames, fieldConfig: panel.fieldConfig, replaceVariables: (text) => text,
    theme: grafana.createTheme(), timeZone: "utc" });
  return done.map((frame) => frame.fields.map((field) => ({
    name: grafana.getFieldDisplayName(field, frame, done),
    type: field.type,
    values: [...field.values],
    texts: [...field.values].map((value) => {
      const text = field.display(value);
      return (text.prefix ?? "") + text.text + (text.suffix ?? "");
    }),
  })));
}

prepare();
const asked = JSON.parse(readFileSync(process.argv[2], "utf8"));
const panels = asked.dashboard.panels.filter((panel) => panel.type !== "row");
// Not on standard output: a library of theirs greets there.
writeFileSync(process.argv[3], JSON.stringify(Object.fromEntries(
  panels.map((panel) => [panel.title, shown(panel, asked.answers[panel.id])]))));
