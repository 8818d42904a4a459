#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual of collectd's plugin says what the table of settings and the sources say.

usage: collectd_manual.py      from the build folder; $srcdir (or .) holds the sources

Options, their defaults, choices and variables of the environment are those of the table; series are
those that the plugin dispatches; the texts that head the troubleshooting part are in the sources.
Each comparison is also run on a manual that is wrong.
"""
import glob
import json
import os
import re
import subprocess
import sys

SOURCES = os.path.abspath(os.environ.get("srcdir", "."))
MANUAL = "packaging/man/collectd-amr_upgrade.5"
GROUPS = ("What to look at", "Where Azure is", "Who asks", "How to judge", "What to keep")
OF_THE_PLUGIN = {"Account", "PollInterval", "Host"}
# Azure's own words, which the plugin repeats.
AZURES = {"AuthorizationFailed"}


def read(*path):
    with open(os.path.join(SOURCES, *path), encoding="utf-8") as file:
        return file.read()


def camel(name):
    return "".join(part.capitalize() for part in name.split("-"))


def section(text, name):
    return text.split(".Sh %s\n" % name)[1].split("\n.Sh ")[0]


def plain(text):
    return text.replace("\\&", "").replace("\\-", "-")


def options_said(manual):
    """{option: what is said of it}"""
    said = {}
    for entry in section(manual, "OPTIONS").split("\n.It Cm ")[1:]:
        head, words = entry.split("\n", 1)
        name, _, argument = head.partition(" Ar ")
        default = re.search(r"The default is\n\.Ql (\S+)", words)
        variable = re.search(r"From the environment:\n\.Ev (\S+)", words)
        said[name] = {"argument": argument, "default": plain(default[1]) if default else None,
                      "environment": variable[1] if variable else None,
                      "text": plain(words.split("\n.Ss ")[0])}
    return said


def wrong_options(manual, settings):
    said = options_said(manual)
    table = {camel(one["name"]): one for one in settings
             if one["group"] in GROUPS and one["is_option"]}
    for name in sorted(set(table) ^ (set(said) - OF_THE_PLUGIN)):
        yield "%s: in the manual or the table only" % name
    for name in sorted(set(table) & set(said)):
        for key in ("argument", "default", "environment"):
            if said[name][key] != table[name].get(key):
                yield "%s: its %s is %s, not %s" % (name, key, table[name].get(key),
                                                   said[name][key])
        for word in table[name]["words"]:
            if not re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(word), said[name]["text"]):
                yield "%s: %s is not explained" % (name, word)


def wrong_series(manual, source):
    """Types and type instances are the texts that series.c hands to the daemon."""
    said = set(re.findall(r"^\.It (\w+-\w+) Ta", section(manual, "SERIES"), re.MULTILINE))
    sent = {"%s-%s" % pair for pair in re.findall(
        r'dispatch_gauge\(&?list, "(\w+)", "(\w+)"', source)}
    sent |= {"gauge-" + kind for kind in re.findall(
        r'dispatch_(?:days|line)\(&?list, "(\w+)"', source)}
    sent |= {"derive-" + kind for kind in re.findall(r'dispatch_count\(&?list, "(\w+)"', source)}
    if "amr_state_word" in source:
        sent.add("objects-STATE")
    for name in sorted(said ^ sent):
        yield "%s: in the manual or in series.c only" % name


def texts_of(source):
    """What a C file says, with texts that go on in the next line put together."""
    joined = re.sub(r'"\s*\n\s*"', "", source)
    return "\n".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', joined)).replace('\\"', '"')


def wrong_texts(manual, texts):
    heads = re.findall(r'^\.It Li "?([^"\n]+)"?$', section(manual, "TROUBLESHOOTING"), re.MULTILINE)
    if not heads:
        yield "no text heads the troubleshooting part"
    for head in heads:
        for part in head.split("..."):
            if head not in AZURES and part.strip() not in texts:
                yield "no source says: " + part


def sources():
    names = [name for folder in ("plugins/collectd", "common", "common/core", "common/io")
             for name in sorted(glob.glob(os.path.join(SOURCES, folder, "*.c")))]
    return "\n".join(texts_of(read(name)) for name in names)


def planted_findings(manual, settings, source, texts):
    planted = (
        ("an option less", wrong_options, (manual.replace(".It Cm MaxStale", ".It Cm MaxStle"),
                                           settings)),
        ("another default", wrong_options, (manual.replace(".Ql 86400", ".Ql 86401"), settings)),
        ("another variable", wrong_options, (manual.replace("AZURE_TENANT_ID", "AZURE_TENANT"),
                                             settings)),
        ("a choice less", wrong_options, (manual.replace(".Cm public , usgov", ".Cm public"),
                                          settings)),
        ("an option that the table has not", wrong_options, (manual, settings[1:])),
        ("a series less", wrong_series, (manual.replace(".It gauge-deadline", ".It gauge-dead"),
                                         source)),
        ("a text of nobody", wrong_texts, (manual.replace("unknown option", "unknown options"),
                                           texts)))
    for what, check, arguments in planted:
        if not list(check(*arguments)):
            yield "planted, and not found: " + what


def main():
    settings = json.loads(subprocess.run(["./settings_dump"], stdout=subprocess.PIPE,
                                         check=True).stdout)["settings"]
    manual, source, texts = read(MANUAL), read("plugins/collectd/series.c"), sources()
    wrong = [*planted_findings(manual, settings, source, texts), *wrong_options(manual, settings),
             *wrong_series(manual, source), *wrong_texts(manual, texts)]
    for line in wrong:
        print(line)
    print("%d options of the plugin looked for" % len(options_said(manual)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
