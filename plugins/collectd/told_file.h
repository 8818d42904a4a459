/* SPDX-License-Identifier: MIT */
/* The file in the state directory that keeps what was told of an account. Without the directory, or
 * in a rehearsal, nothing is kept. */
#ifndef AMR_TOLD_FILE_H
#define AMR_TOLD_FILE_H

#include "buffer.h"
#include "cancel.h"
#include "settings.h"

/* Fills *document, which the caller frees; it stays empty where there is no file to be used. */
void amr_told_file_load(const struct amr_settings *settings, const char *account,
                        struct amr_buffer *document);

/* Writes the document; another process that writes it is waited for, a moment, and not after
 * `cancel` is raised. */
void amr_told_file_save(const struct amr_settings *settings, const char *account,
                        const struct amr_cancel *cancel, const struct amr_buffer *document);

#endif
