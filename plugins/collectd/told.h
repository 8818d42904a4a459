/* SPDX-License-Identifier: MIT */
/* What was told of an account's databases last, kept over a restart, so that only what differs from
 * it is told. */
#ifndef AMR_TOLD_H
#define AMR_TOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "index.h"
#include "policy.h"
#include "version.h"

enum { AMR_TOLD_BYTES_MAX = 16 * 1024 * 1024 };

/* One database. */
struct amr_told_entry {
    const char *id;
    enum amr_state state;
    enum amr_severity severity;
    struct amr_line line;
    bool is_seen; /* in this reading */
};

/* Zeroed is empty, and nothing was ever told. */
struct amr_told {
    bool is_known; /* something was told, or there was nothing to tell */
    bool is_down;  /* that polls fail was told */
    struct amr_arena arena;
    struct amr_told_entry *entries;
    size_t count;
    size_t capacity;
    struct amr_index index; /* by id */
};

/* The entry of the database with this id, NULL where there is none; to be changed in place. */
struct amr_told_entry *amr_told_find(const struct amr_told *told, const char *id);

/* Adds a copy of the entry, which is not there yet. False without memory. */
bool amr_told_add(struct amr_told *told, const struct amr_told_entry *entry) AMR_MUST_CHECK;

/* Drops the entries that are not seen. False without memory, *told unchanged. */
bool amr_told_drop_unseen(struct amr_told *told) AMR_MUST_CHECK;

/* Appends the document (schema 1) of the account. */
void amr_told_format(const struct amr_told *told, const char *account, struct amr_buffer *document);

/* Reads such a document into *told, which is empty. Errors: AMR_ERROR_RESPONSE for one that is
 * malformed, of another schema or account; *told is then empty again. */
bool amr_told_read(const char *text, size_t length, const char *account, struct amr_told *told,
                   struct amr_error *err) AMR_MUST_CHECK;

/* Releases what it owns and leaves it empty; takes a zeroed one. */
void amr_told_free(struct amr_told *told);

#endif
