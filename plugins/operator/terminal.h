/* SPDX-License-Identifier: MIT */
/* The timeline as text of 80 columns: bars, then what happens, day by day. Pure. */
#ifndef AMR_TERMINAL_H
#define AMR_TERMINAL_H

#include <stdbool.h>

#include "buffer.h"
#include "report.h"
#include "timeline.h"

/* What the terminal can show. */
struct amr_terminal {
    bool has_colour;
    bool has_unicode; /* else ASCII */
};

/* Appends the timeline. */
void amr_terminal_append(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_timeline *timeline, const struct amr_terminal *terminal);

#endif
