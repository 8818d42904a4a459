/* SPDX-License-Identifier: MIT */
/* Why something could not be done, in words an operator can act on. */
#ifndef AMR_ERROR_H
#define AMR_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"

/* The kinds of failure; their words are part of the JSON output. */
enum amr_error_code {
    AMR_ERROR_USAGE,
    AMR_ERROR_CREDENTIAL,
    AMR_ERROR_DENIED,
    AMR_ERROR_NOT_FOUND,
    AMR_ERROR_THROTTLED,
    AMR_ERROR_SERVER,
    AMR_ERROR_NETWORK,
    AMR_ERROR_TIMEOUT,
    AMR_ERROR_TLS,
    AMR_ERROR_RESPONSE,
    AMR_ERROR_NO_MEMORY,
};

enum { AMR_ERROR_MESSAGE_SIZE = 640 };

/* A failure as a value: no ownership, may be copied. `http_status` is 0 where no HTTP answer was
 * involved, `retry_s` the instant before which Azure asks not to come back, 0 where it does not. */
struct amr_error {
    enum amr_error_code code;
    int http_status;
    int64_t retry_s;
    char message[AMR_ERROR_MESSAGE_SIZE];
};

/* Fills *err with `code`, neither HTTP status nor instant, and the printf-formatted message, cut at
 * the end where it is too long. Always returns false, so that a function can say `return
 * amr_error_set(...)`. */
bool amr_error_set(struct amr_error *err, enum amr_error_code code, const char *format, ...)
    AMR_PRINTF(3, 4);

/* Puts the printf-formatted context and ": " before the message of *err. Always returns false. */
bool amr_error_add_context(struct amr_error *err, const char *format, ...) AMR_PRINTF(2, 3);

/* Puts `prefix` right before the message of *err. Always returns false. */
bool amr_error_add_prefix(struct amr_error *err, const char *prefix);

/* Fills *err for a failed allocation. Always returns false. */
bool amr_error_set_no_memory(struct amr_error *err);

/* The word of a code as the JSON output spells it, for example "not-found". Static text. */
const char *amr_error_code_word(enum amr_error_code code);

#endif
