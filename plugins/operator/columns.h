/* SPDX-License-Identifier: MIT */
/* A verdict as a table for people and as CSV for spreadsheets. Pure. */
#ifndef AMR_COLUMNS_H
#define AMR_COLUMNS_H

#include "buffer.h"
#include "report.h"

/* Appends a line of headings and one for each database in the verdict's order, columns aligned, two
 * blanks between them; `-` stands where there is nothing. */
void amr_columns_append_table(struct amr_buffer *buffer, const struct amr_report *report);

/* Appends the same as CSV (RFC 4180, CRLF): the names of the JSON output as first line, its facts
 * and decisions; `advisories` are codes with blanks between them, what is not known is empty.
 * Foreign text that a spreadsheet would take for a formula gets a ' before it. */
void amr_columns_append_csv(struct amr_buffer *buffer, const struct amr_report *report);

#endif
