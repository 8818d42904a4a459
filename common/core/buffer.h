/* SPDX-License-Identifier: MIT */
/* A growing text whose limit is chosen by its maker. Invariants: `text` is NULL or NUL-terminated
 * at `length`; length <= max_bytes. The first failure (limit reached, no memory) is remembered in
 * `failed`, later appends do nothing, so that rendering code checks once, at the end. */
#ifndef AMR_BUFFER_H
#define AMR_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "attributes.h"
#include "error.h"

struct amr_buffer {
    char *text;
    size_t length;
    size_t capacity;
    size_t max_bytes;
    bool failed;
    bool is_full; /* and failed for that, not for want of memory */
};

/* Makes an empty buffer that holds at most max_bytes bytes, the NUL not counted. Allocates
 * nothing. */
void amr_buffer_init(struct amr_buffer *buffer, size_t max_bytes);

/* Makes room for `length` bytes in all, so that appending them moves nothing; more than the limit
 * is taken as the limit. */
void amr_buffer_reserve(struct amr_buffer *buffer, size_t length);

/* Appends `length` bytes, which may contain NUL; all of them or none. What is appended, here and
 * below, must not lie in the buffer itself. */
void amr_buffer_append(struct amr_buffer *buffer, const void *bytes, size_t length);

/* Appends a NUL-terminated text; all of it or nothing. */
void amr_buffer_append_text(struct amr_buffer *buffer, const char *text);

/* Appends printf-formatted text; all of it or nothing. */
void amr_buffer_append_format(struct amr_buffer *buffer, const char *format, ...) AMR_PRINTF(2, 3);

/* Appends what `other` holds; a failure of it becomes this one's. */
void amr_buffer_append_buffer(struct amr_buffer *buffer, const struct amr_buffer *other);

/* Cuts the buffer to its first `length` bytes; a greater length changes nothing. */
void amr_buffer_cut(struct amr_buffer *buffer, size_t length);

/* Marks the buffer as failed: what belongs into it could not be made. */
void amr_buffer_fail(struct amr_buffer *buffer);

/* True where some append did not fit or had no memory. */
bool amr_buffer_is_failed(const struct amr_buffer *buffer);

/* Sets *err for what was to be in the buffer and is not: AMR_ERROR_NO_MEMORY where there was none
 * for it, else as amr_error_set does. Always returns false. */
bool amr_buffer_set_error(const struct amr_buffer *buffer, struct amr_error *err,
                          enum amr_error_code code, const char *format, ...) AMR_PRINTF(4, 5);

/* The text, "" where nothing was appended; owned by the buffer, valid until it changes. */
const char *amr_buffer_text(const struct amr_buffer *buffer);

/* Overwrites the bytes so that the compiler cannot leave it out, then frees: for secrets. Growth
 * wipes as well, so no copy stays behind. */
void amr_buffer_wipe(struct amr_buffer *buffer);

/* Frees `part`, whose failure becomes that of `whole`, which was made of it. */
void amr_buffer_free_part(struct amr_buffer *part, struct amr_buffer *whole);

/* Frees what the buffer owns and leaves it empty with its limit; takes a zeroed one. */
void amr_buffer_free(struct amr_buffer *buffer);

#endif
