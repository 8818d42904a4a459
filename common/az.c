/* SPDX-License-Identifier: MIT */
#include "az.h"

#include "process.h"
#include "text.h"
#include "token.h"

enum { OUTPUT_BYTES_MAX = AMR_TOKEN_BYTES_MAX, WORDS_BYTES_MAX = 4096, QUOTE_BYTES_MAX = 200 };

static bool set_failure(int status, const struct amr_buffer *words, struct amr_error *err)
{
    struct amr_buffer clean;

    amr_buffer_init(&clean, AMR_ERROR_MESSAGE_SIZE);
    amr_text_append_clean(&clean, amr_buffer_text(words), QUOTE_BYTES_MAX);
    if (status < 0)
        (void)amr_error_set(err, AMR_ERROR_CREDENTIAL, "az: ended without an answer: %s",
                            amr_buffer_text(&clean));
    else
        (void)amr_error_set(err, AMR_ERROR_CREDENTIAL, "az: exit status %d: %s", status,
                            amr_buffer_text(&clean));
    amr_buffer_free(&clean);
    return false;
}

static bool run(const struct amr_token_request *request, struct amr_buffer *output,
                struct amr_buffer *words, struct amr_buffer *token, struct amr_error *err)
{
    const char *tenant = request->settings->tenant;
    const char *const arguments[] = {
        "az",
        "account",
        "get-access-token",
        "--output",
        "json",
        "--resource",
        request->settings->arm_endpoint,
        tenant == NULL ? NULL : "--tenant",
        tenant,
        NULL,
    };
    int status;
    int64_t expires_in_s;

    if (!amr_process_run(arguments, request->deadline_ms, output, words, &status, err))
        return false;
    if (status > 0 || output->length == 0)
        return set_failure(status, words, err);
    return amr_token_read_local(amr_buffer_text(output), output->length, request->now_s, token,
                                &expires_in_s, err) ||
           amr_error_add_context(err, "az");
}

bool amr_az_read_token(const struct amr_token_request *request, struct amr_buffer *token,
                       struct amr_error *err)
{
    struct amr_buffer output;
    struct amr_buffer words;

    amr_buffer_init(&output, OUTPUT_BYTES_MAX);
    amr_buffer_init(&words, WORDS_BYTES_MAX);
    bool is_read = run(request, &output, &words, token, err);
    amr_buffer_wipe(&output);
    amr_buffer_wipe(&words);
    return is_read;
}
