/* SPDX-License-Identifier: MIT */
/* What is kept on disk from run to run: core's documents in io's store. Whatever is wrong with a
 * directory or a file is a remark and never an error: the program is right without them. */
#ifndef AMR_KEEP_H
#define AMR_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "history.h"
#include "settings.h"
#include "snapshot.h"
#include "store.h"

/* A file that could not be written. */
struct amr_keep_page {
    char name[AMR_SNAPSHOT_NAME_SIZE];
    struct amr_buffer text;
    struct amr_keep_page *next;
};

/* What a process that goes on afterwards keeps itself of what its directory does not take. Zeroed
 * is empty. */
struct amr_keep_memory {
    struct amr_keep_page *pages;
};

/* What keeps snapshots besides a directory, or instead of it, and what ends the wait for a lock;
 * borrowed, each NULL where there is none. */
struct amr_keep_options {
    struct amr_keep_memory *memory;
    const struct amr_cancel *cancel;
};

/* A place to keep things, or none. */
struct amr_keep {
    bool is_open;
    struct amr_store store;
    const struct amr_settings *settings;
    struct amr_keep_options options;
    const char *word;           /* what remarks start with */
    struct amr_buffer *remarks; /* lines, each once */
};

/* What became of an attempt to lock. */
enum amr_keep_lock { AMR_KEEP_LOCKED, AMR_KEEP_BUSY, AMR_KEEP_UNUSABLE };

/* Locks that are held; zeroed holds none. */
struct amr_keep_locks {
    int *fds;
    size_t count;
};

/* Opens the directory ("none" or NULL: none at all) into *keep. What follows borrows settings, what
 * is in options, word and remarks. */
void amr_keep_open(struct amr_keep *keep, const char *directory,
                   const struct amr_settings *settings, const struct amr_keep_options *options,
                   const char *word, struct amr_buffer *remarks);

/* Frees what it holds; takes a zeroed one. */
void amr_keep_memory_free(struct amr_keep_memory *memory);

/* Closes it; takes one that is not open. */
void amr_keep_close(struct amr_keep *keep);

/* Reads the snapshot of a subscription, or of "all", into *snapshot, which is empty and stays so
 * where there is none that can be used; *stamp is that of its file. Error: AMR_ERROR_NO_MEMORY. */
bool amr_keep_load_snapshot(struct amr_keep *keep, const char *subscription,
                            struct amr_snapshot *snapshot, struct amr_store_stamp *stamp,
                            struct amr_error *err) AMR_MUST_CHECK;

/* True where nobody has written the snapshot since it was loaded with this stamp. */
bool amr_keep_is_same(const struct amr_keep *keep, const char *subscription,
                      const struct amr_store_stamp *stamp);

/* Writes what the snapshot knows of the subscription, or of "all"; into memory where the file is
 * not locked or cannot be written. False where there is no memory for it, and the one before it
 * stays. */
bool amr_keep_save_snapshot(struct amr_keep *keep, const char *subscription, bool is_locked,
                            const struct amr_snapshot *snapshot) AMR_MUST_CHECK;

/* The same of the history of a subscription's databases, whoever asks. */
bool amr_keep_load_history(struct amr_keep *keep, const char *subscription,
                           struct amr_history *history, struct amr_error *err) AMR_MUST_CHECK;
void amr_keep_save_history(struct amr_keep *keep, const char *subscription,
                           const struct amr_history *history);

/* What a lock is for. */
enum amr_keep_kind { AMR_KEEP_SNAPSHOT, AMR_KEEP_HISTORY };

/* Locks the snapshots, or histories, of all these subscriptions, waiting until the monotonic
 * instant deadline_ms. All or none; two processes that want several never wait for each other. */
enum amr_keep_lock amr_keep_lock(struct amr_keep *keep, enum amr_keep_kind kind,
                                 const char *const *subscriptions, size_t count,
                                 int64_t deadline_ms, struct amr_keep_locks *locks);

/* Releases the locks; takes a zeroed one. */
void amr_keep_unlock(struct amr_keep_locks *locks);

#endif
