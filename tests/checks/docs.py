#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The documents say what the check does: their examples are run, their options exist.

usage: docs.py [README.md]      from the build folder; $srcdir (or .) holds the sources

A block is run where the line before it is `<!-- tested -->`, in tests/cli/data, or
`<!-- tested in DIR -->`, in DIR of the sources:

    <!-- tested -->
    ```console
    $ check_amr_upgrade --from-file fleet.json \\
          --catalog catalog.json
    AMR UPGRADE CRITICAL - ...
    exit 2
    ```

A line that starts with `$ ` is a command for sh, continued where it ends in a backslash. The
lines up to the next command are everything that it prints on both streams, byte for byte. A last
line `exit N` is its exit code; without one the code is 0. check_amr_upgrade and amr-upgrade are on
PATH from the build folder, the environment is otherwise empty.

Each long option that README.md names together with them is in --help, and each one of --help is in
README.md or a manual page. amr-upgrade(1) tells of each verb and each option that a verb's help
has and the check's has not, and names none that there is not. Options of other programs are those in lines that name
one of OTHER_PROGRAMS, and --with-..., --enable-... of configure.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

OTHER_PROGRAMS = re.compile(r"bootstrap|configure\b|autoreconf|make install|RPMBUILD_OPTIONS|prism|curl |systemctl")
CONFIGURE_OPTION = re.compile(r"--(with|enable|disable|without)-")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")
MARK = re.compile(r"<!-- tested(?: in (\S+))? -->$")
LIMIT_S = 60


def blocks(text):
    """(line, folder or None, lines) of each tested block; a mark without a block is an error."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        mark = MARK.match(line)
        if not mark:
            continue
        if number + 1 >= len(lines) or lines[number + 1] != "```console":
            raise ValueError("line %d: no ```console block after the mark" % (number + 1))
        end = lines.index("```", number + 2)
        yield number + 3, mark.group(1), lines[number + 2:end]


def examples(lines):
    """(command, expected text, expected exit code) of a block's lines."""
    found = []
    for line in lines:
        if found and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line
        elif line.startswith("$ "):
            found.append([line[2:], []])
        elif found:
            found[-1][1].append(line)
        else:
            raise ValueError("the block does not begin with a command")
    for command, printed in found:
        closing = re.fullmatch(r"exit (\d+)", printed[-1]) if printed else None
        if closing:
            printed = printed[:-1]
        yield command, "".join(line + "\n" for line in printed), int(closing[1]) if closing else 0


class Runner:
    """Runs commands as a reader of the documents would."""

    def __init__(self, build, sources, home):
        self.sources = sources
        self.environment = {"PATH": build + os.pathsep + os.environ["PATH"], "HOME": home,
                            "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def run(self, command, folder=None):
        where = os.path.join(self.sources, folder or "tests/cli/data")
        done = subprocess.run(["sh", "-c", command], cwd=where, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=LIMIT_S, check=False)
        return done.stdout.decode("utf-8", "replace"), done.returncode


def first_difference(expected, got):
    for one, other in zip(expected.split("\n") + [None], got.split("\n") + [None]):
        if one != other:
            return "    expected: %s\n    printed:  %s" % (one, other)
    return ""


def wrong_examples(runner, text):
    """(how many were run, what is wrong)"""
    count, wrong = 0, []
    for line, folder, lines in blocks(text):
        for command, expected, code in examples(lines):
            count += 1
            printed, got = runner.run(command, folder)
            if printed != expected:
                wrong.append("line %d: $ %s\n%s" % (line, command,
                                                    first_difference(expected, printed)))
            if got != code:
                wrong.append("line %d: $ %s\n    exit code %d, not %d" % (line, command, got, code))
    return count, wrong


def options_named(text):
    """The long options of the check that a document names."""
    text = text.replace("\\-", "-")
    return {option for line in text.split("\n") if not OTHER_PROGRAMS.search(line)
            for option in OPTION.findall(line) if not CONFIGURE_OPTION.match(option)}


def options_of_help(help_text):
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", help_text, re.MULTILINE))


def wrong_options(help_text, readme, others):
    there = options_of_help(help_text)
    for option in sorted(options_named(readme) - there):
        yield "README.md names %s, --help does not" % option
    for option in sorted(there - options_named("\n".join([readme, *others]))):
        yield "--help names %s, README.md and the manual do not" % option


def verbs_of_help(help_text):
    return re.findall(r"^  ([a-z]+) +\S", help_text.split("\nVerbs:\n")[1].split("\n\n")[0],
                      re.MULTILINE)


def wrong_manual(manual, verbs, check_help, verbs_help):
    """What amr-upgrade(1) does not say, or says too much."""
    there = options_of_help(verbs_help)
    named = options_named(manual)
    for verb in verbs:
        if "\n.It Cm %s\n" % verb not in manual:
            yield "amr-upgrade(1) does not tell of %s" % verb
    for option in sorted(there - options_of_help(check_help) - named):
        yield "amr-upgrade(1) does not tell of %s" % option
    for option in sorted(named - there):
        yield "amr-upgrade(1) names %s, no verb has it" % option


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def manuals(sources):
    """Each by its name, with options as they are typed."""
    return {os.path.basename(path): read(path).replace("Fl Fl ", "--") for path in sorted(
        glob.glob(os.path.join(sources, "packaging", "man", "*")))}


PLANTED = """<!-- tested -->
```console
$ check_amr_upgrade --version
%sexit 3
$ true; \\
  echo two
two
```
"""


def planted_findings(runner, help_text):
    """What the checks above get wrong on planted documents."""
    version, _ = runner.run("check_amr_upgrade --version")
    right = PLANTED % version
    if wrong_examples(runner, right) != (2, []):
        yield "a right document is refused: %s" % wrong_examples(runner, right)[1]
    for what, text in (
            ("one byte less", PLANTED % (version[:-2] + "\n")), ("another byte", PLANTED % (
                "X" + version[1:])), ("a missing line", PLANTED % ""),
            ("another exit code", right.replace("\nexit 3", "\nexit 2")),
            ("no exit code", right.replace("\nexit 3", ""))):
        if not wrong_examples(runner, text)[1]:
            yield "planted, and not found: " + what
    named = " ".join(sorted(options_of_help(help_text)))
    if list(wrong_options(help_text, named, [])):
        yield "a document that names all options is refused"
    if not list(wrong_options(help_text, named + " --no-such-option", [])):
        yield "planted, and not found: an option that does not exist"
    if not list(wrong_options(help_text, named.split(" ", 1)[1], [])):
        yield "planted, and not found: an option that no document names"


def planted_in_manual(manual, verbs, check_help, verbs_help):
    for what, text in (("a verb that is missing", manual.replace(".It Cm undefer\n", "")),
                       ("an option that is missing", manual.replace("--wait-limit", "")),
                       ("an option that no verb has", manual + "--no-such-option")):
        if not list(wrong_manual(text, verbs, check_help, verbs_help)):
            yield "planted in amr-upgrade(1), and not found: " + what


def check_manual(runner, manual, check_help):
    """(the help of all verbs, what is wrong)"""
    verbs = verbs_of_help(runner.run("amr-upgrade --help")[0])
    verbs_help = "".join(runner.run("amr-upgrade %s --help" % verb)[0] for verb in verbs)
    facts = (manual, verbs, check_help, verbs_help)
    return verbs_help, list(wrong_manual(*facts)) + list(planted_in_manual(*facts))


def main():
    sources = os.path.abspath(os.environ.get("srcdir", "."))
    readme = read(sys.argv[1] if len(sys.argv) > 1 else os.path.join(sources, "README.md"))
    with tempfile.TemporaryDirectory() as home:
        runner = Runner(os.getcwd(), sources, home)
        pages = manuals(sources)
        help_text, _ = runner.run("check_amr_upgrade --help")
        verbs_help, wrong = check_manual(runner, pages["amr-upgrade.1"], help_text)
        help_text += verbs_help
        wrong += planted_findings(runner, help_text)
        count, found = wrong_examples(runner, readme)
    wrong += found + list(wrong_options(help_text, readme, pages.values()))
    for line in wrong:
        print(line)
    print("%d examples run, %d options of --help looked for" % (
        count, len(options_of_help(help_text))))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
