#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Help, manual, bash completion, CheckCommand and basket say what the table of settings says.

usage: settings.py      from the build folder; $srcdir (or .) holds the sources

Each of them is read for itself into {name of a setting: what is said of it} and compared with the
table in both directions: no setting is missing, none is unknown, and letters, arguments, defaults,
choices, variables of the environment and lists are those of the table. What packaging/generate.py
makes is made again and compared. Each comparison is also run against tables that are wrong.
"""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile

SOURCES = os.path.abspath(os.environ.get("srcdir", "."))
PACKAGING = os.path.join(SOURCES, "packaging")
sys.path.insert(0, PACKAGING)
import generate  # noqa: E402

LIMIT_S = 60


def read(*path):
    with open(os.path.join(SOURCES, *path), encoding="utf-8") as file:
        return file.read()


def run(*command, text=None):
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", timeout=LIMIT_S, check=False)
    return done.stdout


def said_in_help(text):
    said, entry = {}, None
    for line in text.split("\nFrom the environment only:")[0].split("\n"):
        head = re.match(r"  (?:-(\w), |    )--([a-z-]+)(?:(?: |\[=)(\S+))?", line)
        if head:
            argument = head[3] or None
            if argument and line[head.start(3) - 2:head.start(3)] == "[=":
                argument = argument[:-1]
            entry = {"letter": head[1], "argument": argument, "text": line[head.end():]}
            said[head[2]] = entry
        elif entry is not None and line.startswith(" " * 34):
            entry["text"] += " " + line.strip()
        else:
            entry = None
    for entry in said.values():
        words = entry.pop("text")
        # Builds keep caches where they were configured to.
        entry["default"] = re.sub(r"^/.*(?=/(cache|lib)/)", "/var",
                                  first(r"\(default ([^)]*)\)", words) or "") or None
        entry["environment"] = first(r"\[([A-Z_]+)\]", words)
        entry["is_list"] = "(repeatable)" in words
        if entry["argument"] and "|" in entry["argument"]:
            entry["words"] = set(entry["argument"].split("|"))
    return said


def first(pattern, text):
    found = re.search(pattern, text)
    return found[1] if found else None


def said_in_manual(text):
    said = {}
    options = text.split(".Sh OPTIONS\n")[1].split(".Ss Ranges")[0]
    for entry in options.split(".It ")[1:]:
        head, words = entry.split("\n", 1)
        fact = re.fullmatch(r"(?:Fl (\w)(?: Ar \S+)? , )?Fl Fl ([a-z-]+)(?: Ar (\S+)| Ns Op = Ns Ar (\S+))?",
                            head)
        if not fact:
            raise ValueError("not understood in the manual: " + head)
        chosen = [word for line in re.findall(r"^\.Cm (.*)", words, re.MULTILINE)
                  for word in line.split() if len(word) > 1]
        default = first(r"The default is\n\.Ql (\S+)", words)
        said[fact[2]] = {
            "letter": fact[1], "argument": fact[3] or fact[4],
            "default": default and default.replace("\\&", ""),
            "environment": first(r"From the environment:\n\.Ev (\S+)", words), "words": set(chosen)}
    return said


def said_in_description(text):
    """What generate.py puts behind the help's words."""
    notes = first(r" \(((?:one of|default|a list)[^()]*)\)$", text) or ""
    return {"help": text.replace(" (%s)" % notes, ""),
            "default": first(r"(?:^|; )default ([^;]*)", notes),
            "words": set((first(r"one of ([^;]*)", notes) or "").split(", ")) - {""},
            "is_list": "a list" in notes.split("; ")}


def said_in_check_command(text):
    said = {}
    for name, body in re.findall(r'\t\t"--([a-z-]+)" = \{\n(.*?)\n\t\t\}', text, re.DOTALL):
        # Icinga's own rule for texts; no other escape is used.
        description = first(r'\tdescription = "(.*)"', body).replace('\\"', '"')
        fact = said_in_description(description)
        fact["is_flag"] = "set_if = " in body
        fact["variable"] = first(r'(?:value|set_if) = "\$(\w+)\$"', body)
        fact["is_repeated"] = "repeat_key = true" in body
        fact["order"] = int(first(r"order = (\d+)", body))
        said[name] = fact
    return said


def said_in_basket(text):
    basket = json.loads(text)
    fields = {field["varname"]: field for field in basket["Datafield"].values()}
    said = {}
    for option, argument in basket["Command"]["amr_upgrade"]["arguments"].items():
        fact = said_in_description(argument["description"])
        fact["is_flag"] = "set_if" in argument
        value = argument.get("set_if") or argument["value"]
        fact["variable"] = first(r"\$(\w+)\$", value if isinstance(value, str) else value["body"])
        fact["is_repeated"] = argument.get("repeat_key", False)
        fact["order"] = int(argument["order"])
        field = fields.pop(fact["variable"], None)
        if field is None:
            raise ValueError("no field of the basket for " + option)
        fact["field"] = (field["description"] == argument["description"],
                         field["datatype"].split("DataType")[-1])
        if "datalist" in field["settings"]:
            entries = basket["DataList"][field["settings"]["datalist"]]["entries"]
            fact["entries"] = {entry["entry_name"] for entry in entries}
        said[option[2:]] = fact
    if fields:
        raise ValueError("fields of the basket without an argument: %s" % sorted(fields))
    return said


DRIVER = """
source "$1"
while IFS= read -r line; do
    IFS=$'\\x1f' read -r -a COMP_WORDS <<<"$line"
    [[ $line != *$'\\x1f' ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    "$2"
    (IFS=$'\\x1f'; echo "${COMPREPLY[*]}")
done
"""


class Completion:
    """A bash that completes lines: each is a list of words, the last one unfinished."""

    def __init__(self, program):
        self.program = program
        self.path = os.path.join(PACKAGING, "completion", program)

    def ask(self, lines):
        text = "".join("\x1f".join([self.program, *line]) + "\n" for line in lines)
        answers = run("bash", "-c", DRIVER, "bash", self.path,
                      "_" + self.program.replace("-", "_"), text=text).split("\n")[:-1]
        if len(answers) != len(lines):
            raise ValueError("bash answers %d of %d: %s" % (len(answers), len(lines), answers))
        return [answer.split("\x1f") if answer else [] for answer in answers]


def said_in_completion(bash, table):
    """What is offered at the start, and after each of these options, is what is said."""
    offered = bash.ask([[""]])[0]
    letters = [word for word in offered if not word.startswith("--")]
    names = [word[2:] for word in offered if word.startswith("--")]
    after = bash.ask([["--" + name, ""] for name in names])
    equal = bash.ask([["--" + name, "=", ""] for name in names])
    said = {}
    for name, words, same in zip(names, after, equal):
        fact = {"takes_value": words != offered}
        if fact["takes_value"]:
            fact["words"] = set(words)
            if words != same:
                raise ValueError("--%s=: %s, and not %s" % (name, same, words))
        said[name] = fact
    for letter in letters:
        name = next((one["name"] for one in table["settings"]
                     if one.get("letter") == letter[1:]), letter)
        said.setdefault(name, {})["letter"] = letter[1:]
    return said


def wanted(setting, order):
    """All that could be said of a setting; a surface says a part of it."""
    has_value = "argument" in setting and not setting["is_argument_optional"]
    words = set(setting["words"])
    is_list = setting["is_repeatable"] and "argument" in setting
    return {"letter": setting.get("letter"), "argument": setting.get("argument"),
            "default": setting.get("default"), "environment": setting.get("environment"),
            "words": words, "help": setting["help"], "is_flag": "argument" not in setting,
            "is_list": is_list, "is_repeated": is_list, "order": order,
            "variable": generate.variable(setting), "takes_value": has_value,
            "entries": words, "field": (True, datatype(setting))}


def datatype(setting):
    if "argument" not in setting:
        return "Boolean"
    if setting["is_repeatable"]:
        return "Array"
    if setting["words"]:
        return "Datalist"
    return "Number" if setting["argument"] in ("SECONDS", "BYTES") else "String"


def differences(where, said, table, without=()):
    chosen = [setting for setting in table["settings"]
              if setting["is_option"] and setting["name"] not in without]
    names = {setting["name"] for setting in chosen}
    for name in sorted(set(said) - names):
        yield "%s knows --%s, the table does not" % (where, name)
    for order, setting in enumerate(chosen, 1):
        name = setting["name"]
        if name not in said:
            yield "%s does not know --%s" % (where, name)
            continue
        facts = wanted(setting, order)
        for key, value in said[name].items():
            # A surface names words of its own where a value is none of a list.
            if key == "words" and not setting["words"]:
                continue
            if value != facts[key]:
                yield "%s says of --%s %s=%r, not %r" % (where, name, key, value, facts[key])


def flag_lists(said):
    """The help marks flags that may be given again, too, such as -v."""
    for fact in said.values():
        if fact["argument"] is None:
            del fact["is_list"]
    return said


def surfaces(table):
    """(name, function of a table to differences) of all that is held against the table."""
    help_text = run("./check_amr_upgrade", "--help")
    manual = said_in_manual(read("packaging", "man", "check_amr_upgrade.1"))
    command = said_in_check_command(read("packaging", "icinga2", "amr-upgrade-command.conf"))
    basket = said_in_basket(read("packaging", "icinga2", "director-basket.json"))
    completed = said_in_completion(Completion("check_amr_upgrade"), table)
    helped = flag_lists(said_in_help(help_text))
    return {
        "help": lambda wrong: differences("the help", helped, wrong),
        "manual": lambda wrong: differences("the manual", manual, wrong),
        "completion": lambda wrong: differences("the completion", completed, wrong),
        "CheckCommand": lambda wrong: differences("the CheckCommand", command, wrong,
                                                  generate.NO_CHECKS),
        "basket": lambda wrong: differences("the basket", basket, wrong, generate.NO_CHECKS)}


def stale_files(table, catalog):
    for path, text in generate.generated(table, catalog).items():
        if read("packaging", path) != text:
            yield "packaging/%s is not what the table makes of it: make generate" % path


def wrong_notes(catalog):
    """notes_url of files that are written by hand, and of the basket."""
    right = generate.newest_notes(catalog)
    for path in ("nagios/amr-upgrade.cfg", "icinga2/amr-upgrade-services.conf",
                 "icinga2/director-basket.json"):
        found = re.findall(r'notes_url"?[ =:]+"?(https?://[^\s"]+)', read("packaging", path))
        if not found or any(address != right for address in found):
            yield "packaging/%s: notes_url is %s, not %s" % (path, found, right)


def unknown_words(table, text, where):
    """Options and variables in files written by hand that no setting has."""
    known = {"--" + setting["name"] for setting in table["settings"] if setting["is_option"]}
    variables = {generate.variable(setting) for setting in table["settings"]}
    variables |= {"amr_upgrade_databases", "amr_upgrade_endpoint"}
    for option in sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - known):
        yield "%s names %s, which is no option" % (where, option)
    for name in sorted(set(re.findall(r"\bamr_upgrade_\w+", text)) - variables):
        yield "%s names %s, which is no variable" % (where, name)
    for name in re.findall(r"[\"' ]([a-z-]+)=(?:ok|warning|critical|unknown)\b", text):
        if name not in table["severity_names"]:
            yield "%s gives a severity to %s, which has none" % (where, name)


HAND_WRITTEN = ("nagios/amr-upgrade.cfg", "nagios/amr-upgrade-example.cfg",
                "nagios/nrpe-amr-upgrade.cfg", "icinga2/amr-upgrade-services.conf",
                "icinga2/amr-upgrade-hosts.conf")


def wrong_words(table):
    for path in HAND_WRITTEN:
        yield from unknown_words(table, read("packaging", path), "packaging/" + path)
    missing = [name for name in table["severity_names"]
               if "\n.It Cm %s\n" % name not in read("packaging", "man", "check_amr_upgrade.1")]
    if missing:
        yield "the manual does not tell what %s is" % ", ".join(missing)


# (the words typed, what is offered); {dir} is a folder with two files and a folder.
COMPLETED = (
    (["--cl"], ["--cloud", "--cluster", "--client-id", "--client-secret-file"]),
    (["--cloud", "us"], ["usgov"]),
    (["--cloud", "="], ["public", "usgov", "china"]),
    (["--cloud", "=", "c"], ["china"]),
    (["--severity", "catalog-"], ["catalog-stale="]),
    (["--severity", "due", "=", ""], ["ok", "warning", "critical", "unknown"]),
    (["--severity", "due", "="], ["ok", "warning", "critical", "unknown"]),
    (["--severity", "=", "due", "=", "w"], ["warning"]),
    (["--tag", "team", "=", "x"], []),
    (["--credentials", "{dir}/o"], ["{dir}/one file", "{dir}/other"]),
    (["--cache-dir", "{dir}/"], ["{dir}/folder"]),
    (["-w", "3"], []),
    (["--subscription", "a"], ["all"]),
    (["--subscription", "all", "--intent", "au"], ["automatic"]),
    (["-v", "--intent"], ["--intent"]),
    (["$(touch {dir}/planted)"], []),
    (["--credentials", "`touch {dir}/planted`"], []),
)


def wrong_completions(bash):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("one file", "other"):
            with open(os.path.join(folder, name), "w", encoding="utf-8"):
                pass
        os.mkdir(os.path.join(folder, "folder"))
        lines = [[word.replace("{dir}", folder) for word in line] for line, _ in COMPLETED]
        for (line, offered), got in zip(COMPLETED, bash.ask(lines)):
            right = [word.replace("{dir}", folder) for word in offered]
            if sorted(got) != sorted(right):
                yield "the completion of %s is %s, not %s" % (line, got, right)
        if os.path.exists(os.path.join(folder, "planted")):
            yield "the completion ran what was typed"


def wrong_verbs(table, bash):
    """The operator's command: each verb is offered the options of its own help."""
    verbs = table["verbs"] + ["help"]
    offered = bash.ask([[""], ["help", ""], *[[verb, ""] for verb in table["verbs"]]])
    if offered[0] != verbs + ["--help", "--version"] or offered[1] != verbs:
        yield "the completion of amr-upgrade offers %s, then %s" % (offered[0], offered[1])
    for verb, got in zip(table["verbs"], offered[2:]):
        helped = said_in_help(run("./amr-upgrade", verb, "--help"))
        right = {word for name, fact in helped.items()
                 for word in ["--" + name] + (["-" + fact["letter"]] if fact["letter"] else [])}
        if set(got) != right:
            yield "amr-upgrade %s: completion and help differ in %s" % (verb, set(got) ^ right)
    for setting in table["command"]:
        answer = bash.ask([[setting["verbs"][0], "--" + setting["name"], ""]])[0]
        if setting["words"] and answer != setting["words"]:
            yield "amr-upgrade: --%s is completed by %s" % (setting["name"], answer)


def changed(table, name, **facts):
    table = copy.deepcopy(table)
    setting = next(one for one in table["settings"] if one["name"] == name)
    setting.update(facts)
    return table


def planted_tables(table):
    """(what is wrong, table, the surfaces that say nothing of it)"""
    less = copy.deepcopy(table)
    less["settings"] = [one for one in less["settings"] if one["name"] != "cluster"]
    yield "an unknown option", less, ()
    more = copy.deepcopy(table)
    more["settings"].insert(3, dict(more["settings"][2], name="no-such-thing"))
    yield "a missing option", more, ()
    yield "another default", changed(table, "warning", default="31:"), ("completion",)
    yield "a default of none", changed(table, "tenant", default="x"), ("completion",)
    yield "another choice", changed(table, "cloud", words=["public", "usgov", "mars"],
                                    argument="public|usgov|mars"), ()
    yield "a choice more", changed(table, "output", words=["text", "json", "xml"],
                                   argument="text|json|xml"), ()
    yield "no list", changed(table, "tag", is_repeatable=False), ("manual", "completion")
    yield "another letter", changed(table, "critical", letter="k"), ("CheckCommand", "basket")
    yield "another variable", changed(table, "tenant", environment="TENANT"), (
        "completion", "CheckCommand", "basket")


def planted_findings(table, held, catalog):
    for what, wrong, silent in planted_tables(table):
        for name, differ in held.items():
            if name not in silent and not list(differ(wrong)):
                yield "planted, and not found in the %s: %s" % (name, what)
        if not list(stale_files(wrong, catalog)) and what != "another variable":
            yield "planted, and not found in the generated files: " + what
    newer = copy.deepcopy(catalog)
    newer["releases"].append({"line": "7.10", "notes": "https://example.org/7.10"})
    verbs = copy.deepcopy(table)
    next(one for one in verbs["command"] if one["words"])["words"] = ["paper"]
    verbs["verbs"] = verbs["verbs"] + ["destroy"]
    if len(list(wrong_verbs(verbs, Completion("amr-upgrade")))) < 2:
        yield "planted, and not found: another verb, another choice of the command"
    if len(list(wrong_notes(newer))) != 3:
        yield "planted, and not found: a newer line of the catalogue"
    for text in ("--no-such-option", "vars.amr_upgrade_nothing", "--severity duo=ok"):
        if not list(unknown_words(table, " %s " % text, "a file")):
            yield "planted, and not found in a file: " + text


def main():
    table = json.loads(run("./settings_dump"))
    catalog = json.loads(read("common", "catalog.json"))
    held = surfaces(table)
    wrong = [line for differ in held.values() for line in differ(table)]
    wrong += stale_files(table, catalog)
    wrong += wrong_notes(catalog)
    wrong += wrong_words(table)
    wrong += wrong_completions(Completion("check_amr_upgrade"))
    wrong += wrong_verbs(table, Completion("amr-upgrade"))
    wrong += planted_findings(table, held, catalog)
    for line in wrong:
        print(line)
    print("%d settings held against %s" % (len(table["settings"]), ", ".join(held)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
