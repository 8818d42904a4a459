/* SPDX-License-Identifier: MIT */
/* `name = value` files with optional sections: credentials files and the Monitoring Plugins' ini
 * files. */
#ifndef AMR_INI_H
#define AMR_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "attributes.h"
#include "error.h"

enum { AMR_INI_NAME_SIZE = 64, AMR_INI_VALUE_SIZE = 4096 };

/* One `name = value`; section is "" before the first section line. line_number counts from 1. */
struct amr_ini_entry {
    char section[AMR_INI_NAME_SIZE];
    char name[AMR_INI_NAME_SIZE];
    char value[AMR_INI_VALUE_SIZE];
    int line_number;
};

/* Called for each entry in order; the entry is wiped after the call, because it may be a secret.
 * Returns false with *err filled to stop the parse. */
typedef bool amr_ini_visit(const struct amr_ini_entry *entry, void *context, struct amr_error *err);

/* Parses the whole of text[length]: a byte order mark, CRLF or LF, a missing last newline, blank
 * lines and lines whose first visible byte is `#` or `;` are taken; blanks around section, name and
 * value are dropped; a value stands as written (no quotes, no comments inside it). Calls visit for
 * each entry. Errors (AMR_ERROR_USAGE, "line 7: ...", never with the value): no `=`, empty or too
 * long name (also of a section), too long value, unclosed section, text after its `]`, NUL byte,
 * invalid UTF-8; a failing visit gets the context "line N". */
bool amr_ini_parse(const char *text, size_t length, amr_ini_visit *visit, void *context,
                   struct amr_error *err) AMR_MUST_CHECK;

#endif
