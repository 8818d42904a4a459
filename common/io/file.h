/* SPDX-License-Identifier: MIT */
/* Reading files that may be anything: bounded, never blocking past a deadline. */
#ifndef AMR_FILE_H
#define AMR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

enum {
    AMR_FILE_DOCUMENT_BYTES_MAX = 64 * 1024 * 1024,
    AMR_FILE_SETTINGS_BYTES_MAX = 256 * 1024,
};

/* Appends the bytes of the file `path` ("-" is standard input) to *content, which must be empty;
 * its limit is the file's. Pipes are read until they end or the monotonic instant deadline_ms;
 * directories and sockets are refused. Errors (AMR_ERROR_USAGE,
 * AMR_ERROR_TIMEOUT) name the path. */
bool amr_file_read(const char *path, int64_t deadline_ms, struct amr_buffer *content,
                   struct amr_error *err) AMR_MUST_CHECK;

/* Puts text[length] in the place of the file `path` at once for every reader, keeping its mode;
 * what is there and no regular file (a pipe, /dev/null) is written to, "-" is standard output.
 * Errors (AMR_ERROR_USAGE) name the path; a regular file is then as it was. */
bool amr_file_replace(const char *path, const char *text, size_t length,
                      struct amr_error *err) AMR_MUST_CHECK;

/* The path as messages name it: "standard input" for "-". Borrowed. */
const char *amr_file_words(const char *path);

/* True for a regular file that every user of the machine may read: no place for a secret. */
bool amr_file_is_readable_by_all(const char *path);

/* True where there is something at `path`. */
bool amr_file_is_present(const char *path);

#endif
