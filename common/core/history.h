/* SPDX-License-Identifier: MIT */
/* What earlier observations of one database prove. Evidence is an instant at which Azure was read,
 * never the instant for which a decision is asked. */
#ifndef AMR_HISTORY_H
#define AMR_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "fleet.h"
#include "version.h"

/* Instants are AMR_INSTANT_NONE where nothing was observed. */
struct amr_history_record {
    struct amr_line line;              /* at the last observation */
    int64_t line_first_seen_s;         /* first observation on that line */
    int64_t previous_line_last_seen_s; /* last observation on the line before it */
    struct amr_line previous_line;     /* zero: no change was seen */
    int64_t not_deferred_last_seen_s;  /* last observation with the flag not set, on any line */
    int64_t deferred_first_seen_s;     /* first of the unbroken run with the flag set */
};

/* True where the database was seen on `line`, with the flag not set, at or after the instant
 * since_s: a deferral that stands now was set after it. A NULL record proves nothing. */
bool amr_history_is_seen_not_deferred(const struct amr_history_record *record, struct amr_line line,
                                      int64_t since_s);

/* True where the flag was set before the line last changed to `line` and was never seen unset
 * since: that change may have used it up. */
bool amr_history_is_deferral_spent(const struct amr_history_record *record, struct amr_line line);

#endif
