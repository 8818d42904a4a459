/* SPDX-License-Identifier: MIT */
#include "secret.h"

#include "file.h"
#include "token.h"

bool amr_secret_read_file(const char *path, int64_t deadline_ms, struct amr_buffer *content,
                          struct amr_error *err)
{
    if (amr_file_read(path, deadline_ms, content, err))
        return true;
    /* It is part of the credential, not of how the program was called. */
    if (err->code == AMR_ERROR_USAGE)
        err->code = AMR_ERROR_CREDENTIAL;
    return false;
}

bool amr_secret_read_word(const char *path, int64_t deadline_ms, struct amr_buffer *word,
                          struct amr_error *err)
{
    struct amr_buffer content;

    amr_buffer_init(&content, word->max_bytes);
    bool is_read = amr_secret_read_file(path, deadline_ms, &content, err);
    if (is_read && !amr_token_trim(amr_buffer_text(&content), content.length, word, err))
        is_read = amr_error_add_context(err, "%s", path);
    amr_buffer_wipe(&content);
    return is_read;
}
