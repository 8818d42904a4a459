/* SPDX-License-Identifier: MIT */
#include "credential.h"

#include <string.h>

#include "file.h"

enum { FORM_BYTES_MAX = 64 * 1024, SECRET_FILE_BYTES_MAX = AMR_TOKEN_BYTES_MAX };

/* The one run of visible bytes that the file holds. */
static bool read_secret_file(const char *path, int64_t deadline_ms, struct amr_buffer *secret,
                             struct amr_error *err)
{
    struct amr_buffer content;

    amr_buffer_init(&content, SECRET_FILE_BYTES_MAX);
    bool is_read = amr_file_read(path, deadline_ms, &content, err);
    if (is_read && !amr_token_trim(amr_buffer_text(&content), content.length, secret, err))
        is_read = amr_error_add_context(err, "%s", path);
    else if (!is_read && err->code == AMR_ERROR_USAGE)
        err->code = AMR_ERROR_CREDENTIAL;
    amr_buffer_wipe(&content);
    return is_read;
}

static bool make_form(const struct amr_settings *settings, int64_t deadline_ms,
                      struct amr_buffer *form, struct amr_error *err)
{
    struct amr_buffer from_file;

    if (settings->client_secret_file == NULL) {
        amr_token_append_secret_form(form, settings->client_id,
                                     amr_buffer_text(&settings->client_secret),
                                     settings->arm_endpoint);
        return true;
    }
    amr_buffer_init(&from_file, SECRET_FILE_BYTES_MAX);
    bool is_read = read_secret_file(settings->client_secret_file, deadline_ms, &from_file, err);
    if (is_read)
        amr_token_append_secret_form(form, settings->client_id, amr_buffer_text(&from_file),
                                     settings->arm_endpoint);
    amr_buffer_wipe(&from_file);
    return is_read;
}

static bool take_answer(const struct amr_http_result *result, struct amr_buffer *token,
                        struct amr_error *err)
{
    const char *body = amr_buffer_text(&result->body);
    int64_t expires_in_s;

    if (!result->is_answered) {
        *err = result->error;
        return false;
    }
    if (result->status != 200)
        return amr_token_set_error(result->status, body, result->body.length, err);
    return amr_token_read(body, result->body.length, token, &expires_in_s, err);
}

static bool post(const struct amr_http_options *options, const struct amr_http_request *request,
                 int64_t deadline_ms, struct amr_buffer *token, struct amr_error *err)
{
    struct amr_http *http = NULL;
    struct amr_http_result result;

    if (!amr_http_open(options, &http, err))
        return false;
    bool is_answered = amr_http_start(http, request, 0, deadline_ms, err) &&
                       amr_http_wait(http, deadline_ms, &result, err);
    bool is_taken = is_answered && take_answer(&result, token, err);
    if (is_answered)
        amr_http_result_free(&result);
    /* With the request still under way the process is out of time and about to end. */
    if (!amr_http_is_busy(http))
        amr_http_close(http);
    return is_taken;
}

static bool ask_entra(const struct amr_settings *settings, const struct amr_http_options *options,
                      int64_t deadline_ms, struct amr_buffer *token, struct amr_error *err)
{
    struct amr_buffer url;
    struct amr_buffer form;

    amr_buffer_init(&url, 2048);
    amr_buffer_init(&form, FORM_BYTES_MAX);
    amr_token_append_url(&url, settings->authority, settings->tenant);
    bool is_read = make_form(settings, deadline_ms, &form, err);
    if (is_read && (amr_buffer_is_failed(&url) || amr_buffer_is_failed(&form)))
        is_read = amr_error_set_no_memory(err);
    if (is_read) {
        struct amr_http_request request = {.url = amr_buffer_text(&url),
                                           .form = amr_buffer_text(&form)};

        is_read = post(options, &request, deadline_ms, token, err);
    }
    amr_buffer_wipe(&form);
    amr_buffer_free(&url);
    return is_read;
}

bool amr_credential_read_token(const struct amr_settings *settings,
                               const struct amr_http_options *options, int64_t deadline_ms,
                               struct amr_buffer *token, struct amr_error *err)
{
    bool is_read = settings->auth == AMR_AUTH_TOKEN_FILE
                       ? read_secret_file(settings->token_file, deadline_ms, token, err)
                       : ask_entra(settings, options, deadline_ms, token, err);

    return is_read || amr_error_add_context(err, "credential");
}
