/* SPDX-License-Identifier: MIT */
/* What Nagios and Icinga read: status line, performance data, long text, exit code. */
#ifndef AMR_STATUS_H
#define AMR_STATUS_H

#include <stddef.h>

#include "buffer.h"
#include "policy.h"
#include "report.h"

/* The plugin's exit code: 0 ok, 1 warning, 2 critical, 3 unknown. */
int amr_status_exit_code(enum amr_severity severity);

/* "OK", "WARNING", "CRITICAL", "UNKNOWN". Static text. */
const char *amr_status_word(enum amr_severity severity);

/* Appends the whole text output, at most max_bytes: whole lines and whole performance values are
 * left out from the end, and the text says how many. verbosity as of -v. `remarks` are lines to put
 * at the end, each ended by a newline. */
void amr_status_append_text(struct amr_buffer *buffer, const struct amr_report *report,
                            int64_t verbosity, size_t max_bytes, const char *remarks);

#endif
