#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The rules of STYLE that a machine can hold, on every C, shell and Python file.

usage: style.py [DIR]      DIR (or $srcdir, or .) holds the sources

Each rule is first run on a planted violation, which it must find.
"""
import ast
import os
import re
import statistics
import sys

LINES_MOST = 40
FOLDERS = ("common", "plugins", "tests", "packaging")
FILES = ("bootstrap", ".ci/run")

# strlcpy's older relatives, numbers without an error, and what hides control flow or a shell.
BANNED = ("strcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok", "atoi", "atol", "atof",
          "strtod", "system", "popen", "alloca", "setjmp", "longjmp")
# Below plugins/ nothing prints and nothing exits.
BANNED_IN_COMMON = ("printf", "fprintf", "vprintf", "puts", "fputs", "putchar", "perror", "exit",
                    "_exit", "abort")

COMMENT_OR_TEXT = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
PROTOTYPE = re.compile(r"\w\s*\([^;]*\)\s*(?:[A-Z_]+(?:\([^()]*\))?\s*)*;")
BANNER = re.compile(r"^\s*(?:/\*+|//|#|\*)?\s*([-*=#~_/])\1{3,}")


def code_of(text):
    """The C text without comments and with empty strings; lines stay where they are."""
    def blank(match):
        found = match.group()
        filler = "\n" * found.count("\n")
        return filler if found.startswith("/") else found[0] * 2
    return COMMENT_OR_TEXT.sub(blank, text)


def c_functions(text):
    """(line, lines of the body) of each function, by the braces in the first column."""
    start = None
    for number, line in enumerate(code_of(text).split("\n"), 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start is not None:
            yield start, number - start - 1
            start = None


def shell_functions(text):
    start = None
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\w+\(\) [({]$", line):
            start = number
        elif line in ("}", ")") and start is not None:
            yield start, number - start - 1
            start = None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield node.lineno, node.end_lineno - node.body[0].lineno + 1


FUNCTIONS = {"c": c_functions, "sh": shell_functions, "py": python_functions}


def long_functions(kind, _, text):
    for line, length in FUNCTIONS[kind](text):
        if length > LINES_MOST:
            yield line, "a function of %d lines" % length


def banners(_, __, text):
    for number, line in enumerate(text.split("\n"), 1):
        if BANNER.match(line):
            yield number, "a banner"


def missing_licence(_, __, text):
    if not any("SPDX-License-Identifier: MIT" in line for line in text.split("\n")[:3]):
        yield 1, "no SPDX-License-Identifier"


def banned_calls(kind, path, text):
    if kind != "c":
        return
    names = BANNED + (BANNED_IN_COMMON if path.startswith("common/") else ())
    call = re.compile(r"\b(%s)\s*\(" % "|".join(names))
    for number, line in enumerate(code_of(text).split("\n"), 1):
        for match in call.finditer(line):
            yield number, match.group(1) + "() is not used here"


def paragraphs(text):
    """(line, raw text, code) of each block between blank lines outside comments and braces."""
    code = code_of(text).split("\n")
    start, depth, in_comment = None, 0, False
    raw = text.split("\n") + [""]
    for number, line in enumerate(raw):
        if not line.strip() and depth == 0 and not in_comment:
            if start is not None:
                yield start + 1, "\n".join(raw[start:number]), "\n".join(code[start:number])
            start = None
            continue
        start = number if start is None else start
        depth += code[number].count("{") - code[number].count("}")
        in_comment = line.rfind("/*") > line.rfind("*/") or (in_comment and "*/" not in line)


def bare_prototypes(_, path, text):
    """Paragraphs of a header that hold a prototype and do not begin with a comment."""
    if not path.endswith(".h"):
        return
    for line, raw, code in paragraphs(text):
        code = re.sub(r"^\s*#(?:[^\n]*\\\n)*[^\n]*", "", code, flags=re.MULTILINE)
        while re.search(r"\{[^{}]*\}", code):
            code = re.sub(r"\{[^{}]*\}", "", code)
        if PROTOTYPE.search(code) and not raw.lstrip().startswith("/*"):
            yield line, "a prototype without a comment above"


RULES = (long_functions, banners, missing_licence, banned_calls, bare_prototypes)

CLEAN = """/* SPDX-License-Identifier: MIT */
/* What it does.
 *
 * And more. */
int amr_clean(void);
int amr_clean_too(void);

struct amr_clean {
    int (*call)(void);
};

static inline int amr_clean_inline(void)
{
    return amr_clean();
}
"""
PLANTED = (
    (long_functions, "common/core/x.c", "int f(void)\n{\n" + "    g();\n" * 41 + "}\n"),
    (long_functions, "tests/x.sh", "f() {\n" + "    g\n" * 41 + "}\n"),
    (long_functions, "tests/x.py", "def f():\n" + "    g()\n" * 41),
    (banners, "common/core/x.c", "/* ---- helpers ---- */\n"),
    (banners, "common/core/x.c", "/*******\n * helpers\n */\n"),
    (banners, "tests/x.sh", "#########\n"),
    (missing_licence, "common/core/x.c", "int x;\n"),
    (bare_prototypes, "common/core/x.h", "/* A file. */\n\nint amr_bare(void);\n"),
    (bare_prototypes, "common/core/x.h", "bool amr_bare(int x,\n              int y) AMR_MUST_CHECK;\n"),
    (bare_prototypes, "common/core/x.h", "/* One. */\nint amr_one(void);\n\nint amr_two(void);\n"),
) + tuple((banned_calls, "plugins/x.c", "int x = %s(y);\n" % name) for name in BANNED) + tuple(
    (banned_calls, "common/core/x.c", "int x = %s(y);\n" % name) for name in BANNED_IN_COMMON)


def kind_of(path, text):
    if path.endswith((".c", ".h")):
        return "c"
    if path.endswith(".py"):
        return "py"
    if path.endswith(".sh") or re.match(r"#!\S*(?:/| )(?:ba)?sh\n", text):
        return "sh"
    return None


def findings(path, text):
    kind = kind_of(path, text)
    if kind is None:
        return []
    return ["%s:%d: %s" % (path, line, what)
            for rule in RULES for line, what in rule(kind, path, text)]


def planted_findings():
    """What the rules get wrong on the planted texts."""
    for rule, path, text in PLANTED:
        if not list(rule(kind_of(path, text), path, text)):
            yield "planted, and not found by %s: %r" % (rule.__name__, text[:60])
    for found in findings("common/core/x.h", CLEAN):
        yield "found in a clean text: " + found


def sources(top):
    for folder in FOLDERS:
        for where, folders, names in os.walk(os.path.join(top, folder)):
            folders[:] = sorted(set(folders) - {"__pycache__", "node_modules"})
            for name in sorted(names):
                yield os.path.relpath(os.path.join(where, name), top)
    for name in FILES:
        if os.path.exists(os.path.join(top, name)):
            yield name


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("srcdir", ".")
    wrong = list(planted_findings())
    lengths = []
    count = 0
    for path in sources(top):
        text = read(os.path.join(top, path))
        wrong += findings(path, text)
        count += kind_of(path, text) is not None
        if kind_of(path, text) == "c":
            lengths += [length for _, length in c_functions(text)]
    for line in wrong:
        print(line)
    print("%d files, %d planted violations; %d C functions: median %g lines, longest %d"
          % (count, len(PLANTED), len(lengths), statistics.median(lengths), max(lengths)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
