/* SPDX-License-Identifier: MIT */
/* A directory of small files that one user keeps between runs: DIR/UID, mode 0700. What lies there
 * may have been cut short or put there by anybody, so a file is used only where it is a regular one
 * of this user that nobody else may write. Replaced whole or not at all. Knows no JSON. */
#ifndef AMR_STORE_H
#define AMR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "cancel.h"
#include "error.h"

enum { AMR_STORE_FILE_BYTES_MAX = 64 * 1024 * 1024, AMR_STORE_NAME_SIZE = 64 };

/* An open directory. Names of its files are plain (no slash), shorter than AMR_STORE_NAME_SIZE
 * less ten. */
struct amr_store {
    int directory_fd;
};

/* By what a file is known again: it is replaced whole, so that another content is another file.
 * Zeroed is that of no file. */
struct amr_store_stamp {
    uint64_t inode;
    int64_t size_bytes;
    int64_t changed_s;
    int64_t changed_ns;
};

/* Opens DIR/UID and makes it where it is missing, and DIR too where may_make. Refused: a UID that
 * is a symbolic link, is another user's or lets group or others in. Errors: AMR_ERROR_USAGE with
 * the path. */
bool amr_store_open(const char *directory, bool may_make, struct amr_store *store,
                    struct amr_error *err) AMR_MUST_CHECK;

/* Closes what amr_store_open opened. */
void amr_store_close(struct amr_store *store);

/* Appends the file's bytes to *content, which must be empty; where there is no such file it stays
 * empty. *stamp is that of the file. Never waits. Errors: AMR_ERROR_USAGE with the name for a file
 * that must not be used (not regular, another user's, writable by others, larger than the buffer's
 * limit or 64 MiB). */
bool amr_store_read(const struct amr_store *store, const char *name, struct amr_buffer *content,
                    struct amr_store_stamp *stamp, struct amr_error *err) AMR_MUST_CHECK;

/* True where the file, or its absence, is that of the stamp still. */
bool amr_store_is_same(const struct amr_store *store, const char *name,
                       const struct amr_store_stamp *stamp);

/* Puts text[length] in the place of whatever has the name, at once for every reader: a new file is
 * written beside it and renamed. With is_durable it is on the disk before. The caller holds the
 * lock of the name. Errors: AMR_ERROR_USAGE with the name; what was there stays. */
bool amr_store_write(const struct amr_store *store, const char *name, const char *text,
                     size_t length, bool is_durable, struct amr_error *err) AMR_MUST_CHECK;

/* Takes the lock of the name, a file of its own (name.lock) that stays, waiting for it until the
 * monotonic instant deadline_ms or until `cancel` (NULL: none) is raised. *lock_fd is released with
 * amr_store_unlock, or by the process' end. Errors: AMR_ERROR_TIMEOUT where another holds it,
 * AMR_ERROR_USAGE where it cannot be had. */
bool amr_store_lock(const struct amr_store *store, const char *name, int64_t deadline_ms,
                    const struct amr_cancel *cancel, int *lock_fd,
                    struct amr_error *err) AMR_MUST_CHECK;

/* Releases a lock. */
void amr_store_unlock(int lock_fd);

#endif
