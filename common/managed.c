/* SPDX-License-Identifier: MIT */
#include "managed.h"

#include <string.h>

#include "arc.h"
#include "clock.h"
#include "file.h"
#include "identity.h"
#include "pace.h"
#include "secret.h"
#include "token.h"

/* With it, what is not there is given up within two seconds. */
enum {
    CONNECT_MS = 1500,
    GUESS_MS = 1800,
    HEADER_BYTES_MAX = AMR_SECRET_BYTES_MAX + 64,
    PATH_BYTES_MAX = 256
};

/* Asks again while the endpoint says that it is not ready, as long as the deadline allows. On
 * success *result is its last answer, whatever the status. */
static bool ask(const struct amr_token_request *request, const struct amr_http_request *question,
                struct amr_http_result *result, struct amr_error *err)
{
    struct amr_http_request direct = *question;
    int64_t until_ms = request->deadline_ms;

    if (request->is_guess && amr_clock_mono_ms() + GUESS_MS < until_ms)
        until_ms = amr_clock_mono_ms() + GUESS_MS;
    /* A proxy would ask in this machine's place, for its own identity or for none. */
    direct.is_direct = true;
    for (int attempt = 1;; attempt++) {
        if (!amr_http_ask(request->http, &direct, until_ms, result, err))
            return amr_error_add_context(err, "no identity endpoint answers");
        /* Once it has shown what it is it may take its time. */
        if (!request->is_guess ||
            amr_identity_is_answer(amr_buffer_text(&result->body), result->body.length))
            until_ms = request->deadline_ms;
        int64_t wait_s = amr_identity_wait_s(result->status, attempt, result->retry_after);
        if (wait_s < 0 || amr_clock_mono_ms() + wait_s * 1000 >= until_ms)
            return true;
        amr_http_result_free(result);
        amr_http_pause(request->http, wait_s * 1000);
    }
}

static bool take_answer(const struct amr_http_result *result, int64_t now_s,
                        struct amr_buffer *token, struct amr_error *err)
{
    const char *body = amr_buffer_text(&result->body);
    int64_t expires_in_s;

    if (result->status != 200) {
        (void)amr_identity_set_error(result->status, body, result->body.length, err);
        if (err->code == AMR_ERROR_THROTTLED)
            err->retry_s = amr_pace_retry_s(result->retry_after, now_s);
        return false;
    }
    return amr_token_read_local(body, result->body.length, now_s, token, &expires_in_s, err);
}

/* Asks with this header, or none, besides "Metadata: true". */
static bool read_token(const struct amr_token_request *request, const struct amr_buffer *url,
                       const char *header, struct amr_buffer *token, struct amr_error *err)
{
    struct amr_http_request question = {
        .url = amr_buffer_text(url),
        .headers = {"Metadata: true", header},
        .connect_ms = CONNECT_MS,
    };
    struct amr_http_result result;
    bool is_answered = amr_buffer_is_failed(url) ? amr_error_set_no_memory(err)
                                                 : ask(request, &question, &result, err);
    bool is_taken = is_answered && take_answer(&result, request->now_s, token, err);

    if (is_answered)
        amr_http_result_free(&result);
    return is_taken;
}

/* Makes the line "NAME WORD" of a header; the word must not bring further lines. */
static bool make_header(const char *name, const struct amr_buffer *word, struct amr_buffer *line,
                        struct amr_error *err)
{
    amr_buffer_append_text(line, name);
    return amr_token_trim(amr_buffer_text(word), word->length, line, err);
}

static bool read_app_service_token(const struct amr_token_request *request,
                                   struct amr_buffer *token, struct amr_error *err)
{
    const struct amr_settings *settings = request->settings;
    struct amr_buffer url;
    struct amr_buffer header;

    amr_buffer_init(&header, HEADER_BYTES_MAX);
    if (!make_header("X-IDENTITY-HEADER: ", &settings->identity_header, &header, err)) {
        amr_buffer_wipe(&header);
        return amr_error_add_context(err, "IDENTITY_HEADER");
    }
    amr_buffer_init(&url, AMR_IDENTITY_URL_BYTES_MAX);
    amr_identity_append_app_service_url(&url, settings->identity_endpoint, settings->arm_endpoint,
                                        settings->client_id);
    bool is_read = read_token(request, &url, amr_buffer_text(&header), token, err);
    amr_buffer_wipe(&header);
    amr_buffer_free(&url);
    return is_read;
}

static bool read_imds_token(const struct amr_token_request *request, struct amr_buffer *token,
                            struct amr_error *err)
{
    const struct amr_settings *settings = request->settings;
    const char *host = settings->pod_identity_host;
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_IDENTITY_URL_BYTES_MAX);
    amr_identity_append_imds_url(&url, host != NULL ? host : AMR_IDENTITY_IMDS_HOST,
                                 settings->arm_endpoint, settings->client_id);
    bool is_read = read_token(request, &url, NULL, token, err);
    amr_buffer_free(&url);
    return is_read;
}

bool amr_managed_read_token(const struct amr_token_request *request, struct amr_buffer *token,
                            struct amr_error *err)
{
    const struct amr_settings *settings = request->settings;
    bool is_app_service =
        settings->identity_endpoint != NULL && settings->identity_header.length > 0;

    return is_app_service ? read_app_service_token(request, token, err)
                          : read_imds_token(request, token, err);
}

bool amr_managed_is_arc(const struct amr_settings *settings)
{
    if (settings->identity_endpoint != NULL)
        return settings->identity_header.length == 0 && settings->imds_endpoint != NULL;
    return amr_file_is_present(amr_arc_agent());
}

/* Asks without a key; appends the path of the file that holds it, which the refusal tells. */
static bool read_challenge(const struct amr_token_request *request, const char *url,
                           struct amr_buffer *path, struct amr_error *err)
{
    struct amr_http_request question = {
        .url = url, .headers = {"Metadata: true"}, .connect_ms = CONNECT_MS};
    struct amr_http_result result;
    bool is_read = false;

    if (!ask(request, &question, &result, err))
        return false;
    if (result.status == 401)
        is_read = amr_identity_read_challenge(result.www_authenticate, amr_arc_tokens_directory(),
                                              path, err);
    else if (result.status == 200)
        (void)amr_error_set(err, AMR_ERROR_RESPONSE, "it gives tokens without a challenge");
    else
        (void)amr_identity_set_error(result.status, amr_buffer_text(&result.body),
                                     result.body.length, err);
    amr_http_result_free(&result);
    return is_read;
}

/* Appends the header that shows the key in the file. */
static bool read_key(const struct amr_token_request *request, const char *path,
                     struct amr_buffer *header, struct amr_error *err)
{
    struct amr_buffer key;

    amr_buffer_init(&key, AMR_IDENTITY_KEY_BYTES_MAX);
    bool is_read = amr_secret_read_word(path, request->deadline_ms, &key, err);
    if (is_read)
        is_read = make_header("Authorization: Basic ", &key, header, err);
    else
        (void)amr_error_add_context(err, "the key (is the user in the group himds?)");
    amr_buffer_wipe(&key);
    return is_read;
}

static bool read_proof(const struct amr_token_request *request, const char *url,
                       struct amr_buffer *header, struct amr_error *err)
{
    struct amr_buffer path;

    amr_buffer_init(&path, PATH_BYTES_MAX);
    bool is_read = read_challenge(request, url, &path, err) &&
                   read_key(request, amr_buffer_text(&path), header, err);
    amr_buffer_free(&path);
    return is_read;
}

bool amr_managed_read_arc_token(const struct amr_token_request *request, struct amr_buffer *token,
                                struct amr_error *err)
{
    const char *endpoint = request->settings->identity_endpoint;
    struct amr_buffer url;
    struct amr_buffer header;

    amr_buffer_init(&url, AMR_IDENTITY_URL_BYTES_MAX);
    amr_buffer_init(&header, HEADER_BYTES_MAX);
    amr_identity_append_arc_url(&url, endpoint != NULL ? endpoint : AMR_IDENTITY_ARC_ENDPOINT,
                                request->settings->arm_endpoint);
    bool is_read = !amr_buffer_is_failed(&url) || amr_error_set_no_memory(err);
    is_read = is_read && read_proof(request, amr_buffer_text(&url), &header, err) &&
              read_token(request, &url, amr_buffer_text(&header), token, err);
    amr_buffer_wipe(&header);
    amr_buffer_free(&url);
    return is_read;
}
