/* SPDX-License-Identifier: MIT */
/* Redis versions and their lines. A line is the X.Y of a version: 7.4.2 is on line 7.4. */
#ifndef AMR_VERSION_H
#define AMR_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"

enum { AMR_LINE_TEXT_SIZE = 24 };

/* major 0 and minor 0 together mean "no line": no Redis has had it. */
struct amr_line {
    uint32_t major;
    uint32_t minor;
};

/* Parses a version of two or three runs of digits with dots, no leading zeros, each at most
 * 999999 ("7.4", "7.4.2"), into its line. Everything else is refused: "7", "7.04", "v7.4", "7.4 ",
 * "0.0". */
bool amr_version_parse(const char *text, struct amr_line *line) AMR_MUST_CHECK;

/* Parses exactly a line: two runs of digits ("7.4"), else like amr_version_parse. */
bool amr_line_parse(const char *text, struct amr_line *line) AMR_MUST_CHECK;

/* Negative, zero, positive as left is below, equal to, above right. Never compares as a decimal:
 * 7.10 is above 7.4. */
int amr_line_compare(struct amr_line left, struct amr_line right);

/* True where this is a line at all (not the zero value). */
bool amr_line_is_known(struct amr_line line);

/* Writes "7.4". */
void amr_line_format(struct amr_line line, char text[AMR_LINE_TEXT_SIZE]);

#endif
