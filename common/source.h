/* SPDX-License-Identifier: MIT */
/* The one place that decides where the data come from: a file; else what is kept of Azure where it
 * is fresh; else Azure; and where Azure fails what is kept, with the error. */
#ifndef AMR_SOURCE_H
#define AMR_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "fleet.h"
#include "history.h"
#include "http.h"
#include "keep.h"
#include "settings.h"

/* What was read; a zeroed one is empty. */
struct amr_source {
    enum amr_data_source kind;
    struct amr_fleet fleet;
    struct amr_history_record *history; /* of each database, as the verdict wants it; or NULL */
    int64_t refused_since_s;   /* since when Azure refuses what is served from what was kept */
    struct amr_buffer remarks; /* lines about what is kept, each ended by a newline */
    struct amr_buffer notes;   /* the same of what is to be told at any verbosity */
};

/* How to read. now_s is the real clock's reading, the monotonic instant deadline_ms ends it. The
 * rest is NULL and false in a process that is about to end; one that goes on keeps `resident` and
 * `memory` from one reading to the next. Its readings hold databases older than max-stale,
 * too, for their judge to leave out (amr_verdict_input.not_before_s). is_offline: Azure is not
 * asked. */
struct amr_source_options {
    int64_t now_s;
    int64_t deadline_ms;
    struct amr_http_resident *resident;
    struct amr_keep_memory *memory;
    bool is_offline;
};

/* Reads the fleet that the settings want into *source. Errors: a file of --from-file that cannot be
 * read or is malformed (AMR_ERROR_USAGE, AMR_ERROR_RESPONSE, AMR_ERROR_TIMEOUT, with its path),
 * AMR_ERROR_NO_MEMORY; what Azure did not tell is an error of the fleet. */
bool amr_source_read(const struct amr_settings *settings, const struct amr_source_options *options,
                     struct amr_source *source, struct amr_error *err) AMR_MUST_CHECK;

/* Releases what it owns; takes a zeroed one too. */
void amr_source_free(struct amr_source *source);

#endif
