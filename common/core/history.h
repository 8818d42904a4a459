/* SPDX-License-Identifier: MIT */
/* What earlier observations of a database prove. Evidence is an instant at which Azure was read,
 * never the instant for which a decision is asked. */
#ifndef AMR_HISTORY_H
#define AMR_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "fleet.h"
#include "index.h"
#include "version.h"

enum { AMR_HISTORY_ENTRIES_MAX = 50 * 1000, AMR_HISTORY_KEPT_DAYS = 400 };

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

/* One database and when it was seen last. */
struct amr_history_entry {
    const char *id;
    int64_t last_seen_s;
    struct amr_history_record record;
};

/* What was observed of the databases of one subscription. Zeroed is empty. */
struct amr_history {
    struct amr_arena arena;
    struct amr_history_entry *entries;
    size_t count;
    size_t capacity;
    struct amr_index index; /* by id */
};

/* Takes in the databases of the subscription whose clusters were read in this run (is_read), at
 * their clusters' fetched_s. Passed over: databases without an id or a known line, and a reading
 * that is older than the last observation; of the same second it counts as the newer one, unless
 * its line is lower. A line below the last one is another database of the same name, and an
 * observation from the future a clock that was wrong: both start anew. Databases not seen for
 * AMR_HISTORY_KEPT_DAYS are dropped; beyond AMR_HISTORY_ENTRIES_MAX none is added.
 * Error: AMR_ERROR_NO_MEMORY. */
bool amr_history_observe(struct amr_history *history, const struct amr_fleet *fleet,
                         const char *subscription, struct amr_error *err) AMR_MUST_CHECK;

/* The record of the database with this ARM id (any case), NULL where it was never seen. */
const struct amr_history_record *amr_history_find(const struct amr_history *history,
                                                  const char *id);

/* Appends the document (schema 1) of the history of a subscription of this ARM endpoint. */
void amr_history_format(const struct amr_history *history, const char *arm_endpoint,
                        const char *subscription, struct amr_buffer *document);

/* Reads such a document into *history, which is empty. Errors: AMR_ERROR_RESPONSE for one that is
 * malformed, of another schema, endpoint or subscription; *history is then empty again. */
bool amr_history_read(const char *text, size_t length, const char *arm_endpoint,
                      const char *subscription, struct amr_history *history,
                      struct amr_error *err) AMR_MUST_CHECK;

/* Adds an entry; id is copied. Error: AMR_ERROR_NO_MEMORY. */
bool amr_history_add(struct amr_history *history, const struct amr_history_entry *entry,
                     struct amr_error *err) AMR_MUST_CHECK;

/* Releases what the history owns; takes a zeroed one too. */
void amr_history_free(struct amr_history *history);

#endif
