#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes from the table of settings what monitoring systems and shells know of the options.

usage: generate.py SETTINGS CATALOG DIR     DIR is packaging/, whose files are written anew

SETTINGS is what `settings_dump` prints, CATALOG common/catalog.json. Written are
icinga2/amr-upgrade-command.conf, icinga2/director-basket.json,
completion/check_amr_upgrade and completion/amr-upgrade. They are kept in the repository, so that a build needs no
Python; tests/checks/settings.py fails where they are not what `make generate` makes.
"""
import json
import os
import sys

COMMAND = "amr_upgrade"
# An option that ends the run without a check.
NO_CHECKS = ("help", "version")
TIMEOUT_S = 120
SEVERITIES = ("ok", "warning", "critical", "unknown")
CATEGORY = "Azure Managed Redis upgrades: "
DATATYPE = "Icinga\\Module\\Director\\DataType\\DataType"
# What the aggregate tells once, the service of a database leaves alone.
DATABASE_SEVERITIES = ["catalog-stale=ok", "access=ok", "partial=ok", "error=ok"]


def options(table):
    """The settings that are options of a check, in the order of the table."""
    return [setting for setting in table["settings"]
            if setting["is_option"] and setting["name"] not in NO_CHECKS]


def variable(setting):
    return COMMAND + "_" + setting["name"].replace("-", "_")


def description(setting):
    """The help's words, what may be chosen, and what holds where nothing is said."""
    notes = []
    if setting["words"]:
        notes.append("one of " + ", ".join(setting["words"]))
    if "default" in setting:
        notes.append("default " + setting["default"])
    if setting["is_repeatable"] and "argument" in setting:
        notes.append("a list")
    return setting["help"] + (" (%s)" % "; ".join(notes) if notes else "")


def newest_notes(catalog):
    """The release notes of the newest line that Azure upgrades to, as far as is known."""
    events = [release for release in catalog["releases"] if release.get("event", True)]
    newest = max(events, key=lambda release: [int(part) for part in release["line"].split(".")])
    return newest["notes"]


def icinga_text(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


def icinga_argument(setting, order):
    lines = []
    if "argument" not in setting:
        lines.append('set_if = "$%s$"' % variable(setting))
    else:
        lines.append('value = "$%s$"' % variable(setting))
        if setting["is_repeatable"]:
            lines.append("repeat_key = true")
        if setting["is_argument_optional"]:
            lines.append('separator = "="')
    lines.append("description = " + icinga_text(description(setting)))
    lines.append("order = %d" % order)
    return "\t\t\"--%s\" = {\n%s\t\t}\n" % (
        setting["name"], "".join("\t\t\t%s\n" % line for line in lines))


def icinga_command(table):
    arguments = "".join(icinga_argument(setting, order)
                        for order, setting in enumerate(options(table), 1))
    return """/* SPDX-License-Identifier: MIT */
/* Made by packaging/generate.py from the table of settings. */
/* A second CheckCommand of one name stops Icinga: include this file once, or restore the
 * Director's basket, and keep it out of the folders of Icinga's own templates. */
object CheckCommand "%s" {
	command = [ PluginDir + "/check_amr_upgrade" ]

	/* Above the check's own --timeout, which may be raised up to 110. */
	timeout = %d

	arguments = {
%s	}
}
""" % (COMMAND, TIMEOUT_S, arguments)


def director_argument(setting, order):
    argument = {"description": description(setting), "order": str(order)}
    if "argument" not in setting:
        argument["set_if"] = "$%s$" % variable(setting)
        argument["set_if_format"] = "string"
    elif setting["is_argument_optional"]:
        # The Director has no word for Icinga's separator.
        argument["skip_key"] = True
        argument["value"] = {"type": "Function", "body": (
            'var given = macro("$%s$")\n'
            'if (typeof(given) == String) { given = [ given ] }\n'
            'if (typeof(given) != Array) { return null }\n'
            'return given.map(x => "--%s=" + x)' % (variable(setting), setting["name"]))}
    else:
        argument["value"] = "$%s$" % variable(setting)
    if "argument" in setting and setting["is_repeatable"]:
        argument["repeat_key"] = True
    return argument


def director_datatype(setting):
    """(data type, its settings) of a field"""
    if "argument" not in setting:
        return "Boolean", {}
    if setting["is_repeatable"]:
        return "Array", {}
    if setting["words"]:
        return "Datalist", {"behavior": "strict", "data_type": "string",
                            "datalist": variable(setting)}
    if setting["argument"] in ("SECONDS", "BYTES"):
        return "Number", {}
    return "String", {"visibility": "visible"}


def director_field(setting, number):
    datatype, settings = director_datatype(setting)
    return {"varname": variable(setting), "caption": setting["name"].replace("-", " ").capitalize(),
            "description": description(setting), "datatype": DATATYPE + datatype, "format": None,
            "originalId": str(number), "settings": settings,
            "category": CATEGORY + setting["group"]}


def director_datalist(setting):
    return {"list_name": variable(setting), "owner": "amr-upgrade-monitor",
            "entries": [{"entry_name": word, "entry_value": word, "format": "string",
                         "allowed_roles": None} for word in setting["words"]]}


def director_template(name, notes_url, more):
    template = {"object_name": name, "object_type": "template", "check_command": COMMAND,
                "check_interval": "600", "retry_interval": "120", "notes_url": notes_url,
                "fields": []}
    template.update(more)
    return template


def director_basket(table, notes_url):
    chosen = options(table)
    command = {
        "object_name": COMMAND, "object_type": "object", "methods_execute": "PluginCheck",
        "command": "check_amr_upgrade", "timeout": str(TIMEOUT_S),
        "arguments": {"--" + setting["name"]: director_argument(setting, order)
                      for order, setting in enumerate(chosen, 1)},
        "fields": [{"datafield_id": number, "is_required": "n", "var_filter": None}
                   for number, _ in enumerate(chosen, 1)]}
    categories = sorted({CATEGORY + setting["group"] for setting in chosen})
    return {
        "DataList": {variable(setting): director_datalist(setting)
                     for setting in chosen if setting["words"]},
        "DatafieldCategory": {name: {"category_name": name, "description": None}
                              for name in categories},
        "Datafield": {str(number): director_field(setting, number)
                      for number, setting in enumerate(chosen, 1)},
        "Command": {COMMAND: command},
        "ServiceTemplate": {
            "amr-upgrade-fleet": director_template(
                "amr-upgrade-fleet", notes_url, {"max_check_attempts": "1"}),
            "amr-upgrade-database": director_template(
                "amr-upgrade-database", notes_url,
                {"max_check_attempts": "3",
                 "vars": {COMMAND + "_severity": DATABASE_SEVERITIES}})}}


def spellings(setting):
    return ["--" + setting["name"]] + (["-" + setting["letter"]] if "letter" in setting else [])


def completion_cases(settings):
    """Lines of a case that knows what the value of each option is."""
    kinds = {}
    for setting in settings:
        if "argument" not in setting or setting["is_argument_optional"]:
            continue
        if setting["words"]:
            kind = '_amr_upgrade_words "%s"' % " ".join(setting["words"])
        elif setting["argument"] in ("FILE", "DIR"):
            kind = "_amr_upgrade_paths " + setting["argument"].lower()
        elif setting["argument"] == "NAME=LEVEL":
            kind = "_amr_upgrade_levels"
        elif setting["name"] == "subscription":
            kind = "_amr_upgrade_words all"
        else:
            kind = ":"
        kinds.setdefault(kind, []).extend(spellings(setting))
    return "".join("    %s)\n        %s\n        ;;\n" % (
        " | ".join(names).replace(" | --", " | \\\n        --"), kind)
        for kind, names in kinds.items())


def offered_words(settings):
    return '        _amr_upgrade_words "%s"\n' % " ".join(
        word for setting in settings for word in spellings(setting))


def settings_of_verb(table, verb):
    """Its own, and those of every program that none of its own stands for."""
    own = [setting for setting in table["command"] if verb in setting["verbs"]]
    names = {setting["name"] for setting in own}
    return own + [setting for setting in table["settings"]
                  if setting["is_option"] and setting["name"] not in names]


def offered_by_verb(table):
    """At the first word the verbs, later the options of the one that stands there."""
    verbs = " ".join(table["verbs"] + ["help"])
    cases = ['1:*)\n    _amr_upgrade_words "%s --help --version"\n    ;;\n' % verbs,
             '2:help)\n    _amr_upgrade_words "%s"\n    ;;\n' % verbs]
    for verb in table["verbs"]:
        cases.append("*:%s)\n%s    ;;\n" % (
            verb, offered_words(settings_of_verb(table, verb))[4:]))
    body = "".join("        " + line + "\n" for line in "".join(cases).split("\n")[:-1])
    return "        case $COMP_CWORD:${COMP_WORDS[1]} in\n%s        esac\n" % body


def command_settings(table):
    """All that amr-upgrade has; where a verb has its own choices they are offered to all."""
    own = {setting["name"] for setting in table["command"]}
    return [setting for setting in table["settings"]
            if setting["is_option"] and setting["name"] not in own] + table["command"]


def completion(table, program, settings, offered):
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "completion", "completion.in"), encoding="utf-8") as file:
        text = file.read()
    for mark, value in (("@CASES@\n", completion_cases(settings)), ("@OFFERED@\n", offered),
                        ("@FUNCTION@", "_" + program.replace("-", "_")), ("@PROGRAM@", program),
                        ("@NAMES@", " ".join(name + "=" for name in table["severity_names"])),
                        ("@SEVERITIES@", " ".join(SEVERITIES))):
        text = text.replace(mark, value)
    return text


def check_settings(table):
    return [setting for setting in table["settings"] if setting["is_option"]]


def generated(table, catalog):
    """{path below packaging/: text}"""
    basket = json.dumps(director_basket(table, newest_notes(catalog)), indent=1, sort_keys=True)
    return {"icinga2/amr-upgrade-command.conf": icinga_command(table),
            "icinga2/director-basket.json": basket + "\n",
            "completion/check_amr_upgrade": completion(
                table, "check_amr_upgrade", check_settings(table),
                offered_words(check_settings(table))),
            "completion/amr-upgrade": completion(
                table, "amr-upgrade", command_settings(table), offered_by_verb(table))}


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.split("\n\n")[1])
    for path, text in generated(read_json(sys.argv[1]), read_json(sys.argv[2])).items():
        with open(os.path.join(sys.argv[3], path), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
