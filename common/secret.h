/* SPDX-License-Identifier: MIT */
/* Files that hold a credential. */
#ifndef AMR_SECRET_H
#define AMR_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

/* Appends the bytes of the file `path` to *content, which is empty; its limit is the file's. Wipe
 * it. As amr_file_read, but what is wrong with a credential's file is AMR_ERROR_CREDENTIAL. */
bool amr_secret_read_file(const char *path, int64_t deadline_ms, struct amr_buffer *content,
                          struct amr_error *err) AMR_MUST_CHECK;

/* The same, of a file that holds one run of visible ASCII; blanks and line ends around it are
 * dropped. */
bool amr_secret_read_word(const char *path, int64_t deadline_ms, struct amr_buffer *word,
                          struct amr_error *err) AMR_MUST_CHECK;

#endif
