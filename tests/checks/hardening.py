#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each test that tests/README.md names for a fault exists: `FILE`, or `FILE: NAME` where NAME is in
FILE, at the beginning of a case's name where FILE is JSON. A table without a test in a row fails too."""
import json
import os
import re
import sys

TESTS = os.path.join(os.environ.get("srcdir", "."), "tests")
NAMED = re.compile(r"`([\w/.-]+\.(?:json|py|c|sh|test))(?:: ([^`]+))?`")


def rows_of(text):
    """The rows of the table of faults: the case, and what is named for it."""
    table = text.split("## Faults", 1)[1]
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 2 and cells[0] not in ("case", "---"):
            yield cells[0], NAMED.findall(cells[1])


def is_there(path, name):
    path = os.path.join(TESTS, path)
    if not os.path.isfile(path):
        return False
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".json") and name:
        return any(case["name"].startswith(name) for case in json.loads(text))
    return name in text


def problems(text):
    rows = list(rows_of(text))
    if not rows:
        yield "there is no table of faults"
    for case, named in rows:
        if not named:
            yield f"no test is named for: {case}"
        for path, name in named:
            if not is_there(path, name):
                yield f"{case}: there is no {path}: {name}"


PLANTED = (
    "## Faults\n", "## Faults\n| a fault | nothing |\n",
    "## Faults\n| a fault | `cli/live.json: a name that no case has` |\n",
    "## Faults\n| a fault | `cli/nowhere.py` |\n",
    "## Faults\n| a fault | `cli/process.py: test_that_is_not_there` |\n")


def main():
    with open(os.path.join(TESTS, "README.md"), encoding="utf-8") as file:
        text = file.read()
    found = list(problems(text))
    found += [f"a planted violation is not seen: {planted!r}" for planted in PLANTED
              if not list(problems(planted))]
    for problem in found:
        print(problem)
    named = sum(len(named) for _, named in rows_of(text))
    print(f"{len(list(rows_of(text)))} faults, {named} tests named for them")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
