/* SPDX-License-Identifier: MIT */
/* The thread of an account: it asks Azure and hands over what it read. It never calls the daemon,
 * so that one that cannot be stopped in time does no harm. */
#ifndef AMR_WORKER_H
#define AMR_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "catalog.h"
#include "error.h"
#include "settings.h"
#include "source.h"

/* What came of a poll, or, before the first one, of looking for what is kept. */
struct amr_poll {
    bool is_over;  /* of a poll: it was made; false: Azure was not asked */
    bool is_right; /* all that is selected could be read */
    bool has_data; /* catalogue and source were filled */
    struct amr_catalog catalog;
    struct amr_source source;
    int failures;           /* polls in a row, this one among them, that were not right */
    struct amr_error error; /* of one that was not right */
    int64_t read_s;         /* start of what brought the data, by the real clock */
    int64_t duration_ms;
    uint64_t requests; /* since the worker's start */
    uint64_t errors;
    uint64_t throttled;
};

/* Releases the data; takes a zeroed one. */
void amr_poll_free(struct amr_poll *poll);

struct amr_worker;

/* What a worker works by. `settings` are complete, and read-only as long as the worker lives, and
 * so is the name; an interval ends a poll, and 300 s do. */
struct amr_worker_options {
    const struct amr_settings *settings;
    const char *name; /* of the account */
    int64_t interval_s;
    int64_t delay_ms; /* before the first poll */
};

/* Starts a worker, after amr_http_start_up. Error: AMR_ERROR_USAGE without a thread or descriptors,
 * AMR_ERROR_NO_MEMORY. */
bool amr_worker_start(const struct amr_worker_options *options, struct amr_worker **worker,
                      struct amr_error *err) AMR_MUST_CHECK;

/* Hands over the newest poll, *poll, which the caller frees; false where there is none since the
 * last call. Never waits for more than a moment. */
bool amr_worker_take(struct amr_worker *worker, struct amr_poll *poll) AMR_MUST_CHECK;

/* Hands over once, as *document, which the caller frees, what was told of the account before the
 * worker's start ("" where nothing is known of it); it is there before the first poll is. */
bool amr_worker_take_told(struct amr_worker *worker, struct amr_buffer *document) AMR_MUST_CHECK;

/* Takes *document to be kept as what was told by now; it is written soon. */
void amr_worker_keep_told(struct amr_worker *worker, struct amr_buffer *document);

/* Tells the worker to end, whatever it waits for. */
void amr_worker_cancel(struct amr_worker *worker);

/* Frees a worker that was told to end, waiting for it until the monotonic instant until_ms. False:
 * it goes on, and what it was given must stay. */
bool amr_worker_end(struct amr_worker *worker, int64_t until_ms) AMR_MUST_CHECK;

#endif
