/* SPDX-License-Identifier: MIT */
#include "told_file.h"

#include <stdio.h>

#include "clock.h"
#include "keep.h"
#include "text.h"
#include "told.h"

enum { LOCK_MS = 1000, REMARK_BYTES_MAX = 4096 };

typedef char file_name[AMR_STORE_NAME_SIZE];

/* The document says whose it is, should two names have one hash. */
static void name_file(const char *account, file_name name)
{
    (void)snprintf(name, sizeof(file_name), "told-%08x.json",
                   (unsigned)amr_text_hash_nocase(account));
}

/* What is wrong with the directory is told by those who read histories in it. */
static void open_state(struct amr_keep *keep, const struct amr_settings *settings,
                       struct amr_buffer *remarks)
{
    struct amr_keep_options options = {0};

    amr_buffer_init(remarks, REMARK_BYTES_MAX);
    amr_keep_open(keep, settings->has_as_of ? NULL : settings->state_dir, settings, &options,
                  "state", remarks);
}

void amr_told_file_load(const struct amr_settings *settings, const char *account,
                        struct amr_buffer *document)
{
    struct amr_keep keep;
    struct amr_buffer remarks;
    struct amr_store_stamp stamp;
    struct amr_error ignored;
    file_name name;

    name_file(account, name);
    amr_buffer_init(document, AMR_TOLD_BYTES_MAX);
    open_state(&keep, settings, &remarks);
    if (keep.is_open && !amr_store_read(&keep.store, name, document, &stamp, &ignored))
        amr_buffer_free(document);
    amr_keep_close(&keep);
    amr_buffer_free(&remarks);
}

void amr_told_file_save(const struct amr_settings *settings, const char *account,
                        const struct amr_cancel *cancel, const struct amr_buffer *document)
{
    struct amr_keep keep;
    struct amr_buffer remarks;
    struct amr_error ignored;
    file_name name;
    int lock_fd;

    name_file(account, name);
    open_state(&keep, settings, &remarks);
    if (keep.is_open && amr_store_lock(&keep.store, name, amr_clock_mono_ms() + LOCK_MS, cancel,
                                       &lock_fd, &ignored)) {
        (void)!amr_store_write(&keep.store, name, amr_buffer_text(document), document->length,
                               false, &ignored);
        amr_store_unlock(lock_fd);
    }
    amr_keep_close(&keep);
    amr_buffer_free(&remarks);
}
