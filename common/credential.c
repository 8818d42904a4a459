/* SPDX-License-Identifier: MIT */
#include "credential.h"

#include "az.h"
#include "clock.h"
#include "file.h"
#include "jwt.h"
#include "pace.h"
#include "random.h"
#include "secret.h"
#include "sign.h"
#include "text.h"

enum {
    FORM_BYTES_MAX = 256 * 1024,
    URL_BYTES_MAX = 2048,
    SECRET_FILE_BYTES_MAX = AMR_TOKEN_BYTES_MAX,
    REASON_BYTES_MAX = 180,
};

static bool make_secret_form(const struct amr_token_request *request, struct amr_buffer *form,
                             struct amr_error *err)
{
    const struct amr_settings *settings = request->settings;
    struct amr_buffer from_file;

    if (settings->client_secret_file == NULL) {
        amr_token_append_secret_form(form, settings->client_id,
                                     amr_buffer_text(&settings->client_secret),
                                     settings->arm_endpoint);
        return true;
    }
    amr_buffer_init(&from_file, SECRET_FILE_BYTES_MAX);
    bool is_read =
        amr_secret_read_word(settings->client_secret_file, request->deadline_ms, &from_file, err);
    if (is_read)
        amr_token_append_secret_form(form, settings->client_id, amr_buffer_text(&from_file),
                                     settings->arm_endpoint);
    amr_buffer_wipe(&from_file);
    return is_read;
}

static bool open_certificate(const struct amr_token_request *request, struct amr_sign **sign,
                             struct amr_error *err)
{
    const char *path = request->settings->certificate;
    struct amr_buffer content;

    amr_buffer_init(&content, AMR_FILE_SETTINGS_BYTES_MAX);
    bool is_open = amr_secret_read_file(path, request->deadline_ms, &content, err);
    if (is_open &&
        !amr_sign_parse(amr_buffer_text(&content), content.length, request->now_s, sign, err))
        is_open = amr_error_add_context(err, "%s", path);
    amr_buffer_wipe(&content);
    return is_open;
}

static bool append_signature(const struct amr_sign *sign, struct amr_buffer *assertion,
                             struct amr_error *err)
{
    struct amr_buffer signature;

    amr_buffer_init(&signature, AMR_SIGN_SIGNATURE_BYTES_MAX);
    bool is_signed =
        amr_sign_ps256(sign, amr_buffer_text(assertion), assertion->length, &signature, err);
    if (is_signed)
        amr_jwt_append_signature(assertion, amr_buffer_text(&signature), signature.length);
    amr_buffer_wipe(&signature);
    return is_signed;
}

static bool sign_assertion(const struct amr_token_request *request, const struct amr_sign *sign,
                           const char *url, struct amr_buffer *assertion, struct amr_error *err)
{
    uint8_t thumbprint[AMR_SIGN_THUMBPRINT_BYTES];
    struct amr_jwt_claims claims = {
        .audience = url,
        .client_id = request->settings->client_id,
        .now_s = request->now_s,
    };

    if (!amr_sign_thumbprint(sign, thumbprint, err) ||
        !amr_sign_random(claims.id, sizeof(claims.id), err))
        return false;
    amr_jwt_append_unsigned(assertion, thumbprint, &claims);
    return append_signature(sign, assertion, err);
}

/* An assertion that the certificate's key has signed, for the token endpoint at `url`. */
static bool make_assertion(const struct amr_token_request *request, const char *url,
                           struct amr_buffer *assertion, struct amr_error *err)
{
    struct amr_sign *sign = NULL;

    if (!open_certificate(request, &sign, err))
        return false;
    bool is_made = sign_assertion(request, sign, url, assertion, err);
    amr_sign_free(sign);
    return is_made || amr_error_add_context(err, "%s", request->settings->certificate);
}

static bool make_assertion_form(const struct amr_token_request *request, enum amr_auth auth,
                                const char *url, struct amr_buffer *form, struct amr_error *err)
{
    const struct amr_settings *settings = request->settings;
    struct amr_buffer assertion;

    amr_buffer_init(&assertion, SECRET_FILE_BYTES_MAX);
    bool is_made = auth == AMR_AUTH_CERTIFICATE
                       ? make_assertion(request, url, &assertion, err)
                       : amr_secret_read_word(settings->federated_token_file, request->deadline_ms,
                                              &assertion, err);
    if (amr_buffer_is_failed(&assertion))
        amr_buffer_fail(form);
    if (is_made)
        amr_token_append_assertion_form(form, settings->client_id, amr_buffer_text(&assertion),
                                        settings->arm_endpoint);
    amr_buffer_wipe(&assertion);
    return is_made;
}

static bool make_form(const struct amr_token_request *request, enum amr_auth auth, const char *url,
                      struct amr_buffer *form, struct amr_error *err)
{
    bool is_made = auth == AMR_AUTH_SECRET ? make_secret_form(request, form, err)
                                           : make_assertion_form(request, auth, url, form, err);

    return is_made && (!amr_buffer_is_failed(form) || amr_error_set_no_memory(err));
}

static bool take_answer(const struct amr_http_result *result, int64_t now_s,
                        struct amr_buffer *token, struct amr_error *err)
{
    const char *body = amr_buffer_text(&result->body);
    int64_t expires_in_s;

    if (result->status != 200) {
        (void)amr_token_set_error(result->status, body, result->body.length, err);
        if (err->code == AMR_ERROR_THROTTLED)
            err->retry_s = amr_pace_retry_s(result->retry_after, now_s);
        return false;
    }
    return amr_token_read(body, result->body.length, token, &expires_in_s, err);
}

static bool post(const struct amr_token_request *request, const char *url, const char *form,
                 struct amr_buffer *token, struct amr_error *err)
{
    struct amr_http_request question = {.url = url, .body = form};
    struct amr_http_result result;

    if (!amr_http_ask(request->http, &question, request->deadline_ms, &result, err))
        return false;
    bool is_taken = take_answer(&result, request->now_s, token, err);
    amr_http_result_free(&result);
    return is_taken;
}

static bool ask_once(const struct amr_token_request *request, enum amr_auth auth, const char *url,
                     struct amr_buffer *token, struct amr_error *err)
{
    struct amr_buffer form;

    amr_buffer_init(&form, FORM_BYTES_MAX);
    bool is_read = make_form(request, auth, url, &form, err) &&
                   post(request, url, amr_buffer_text(&form), token, err);
    amr_buffer_wipe(&form);
    return is_read;
}

/* How long to wait for the next try after `tries` that failed; -1: there is none. */
static int64_t wait_ms_of(const struct amr_token_request *request, int tries,
                          const struct amr_error *error)
{
    int64_t now_ms = amr_clock_mono_ms();

    if (error->code == AMR_ERROR_THROTTLED)
        return amr_pace_wait_out_ms(error->retry_s - request->now_s, tries - 1, now_ms,
                                    request->deadline_ms);
    if (!amr_pace_is_transient(error))
        return -1;
    return amr_pace_backoff_ms(tries, AMR_PACE_TOKEN_TRIES, amr_random_draw(), now_ms,
                               request->deadline_ms);
}

/* Each try makes its own form: an assertion is good for one request. */
static bool ask_patiently(const struct amr_token_request *request, enum amr_auth auth,
                          const char *url, struct amr_buffer *token, struct amr_error *err)
{
    for (int tries = 1;; tries++) {
        if (ask_once(request, auth, url, token, err))
            return true;
        int64_t wait_ms = wait_ms_of(request, tries, err);
        if (wait_ms < 0)
            return false;
        amr_http_pause(request->http, wait_ms);
    }
}

static bool ask_entra(const struct amr_token_request *request, enum amr_auth auth,
                      struct amr_buffer *token, struct amr_error *err)
{
    struct amr_buffer url;

    amr_buffer_init(&url, URL_BYTES_MAX);
    amr_token_append_url(&url, request->settings->authority, request->settings->tenant);
    bool is_read = !amr_buffer_is_failed(&url) || amr_error_set_no_memory(err);
    is_read = is_read && ask_patiently(request, auth, amr_buffer_text(&url), token, err);
    amr_buffer_free(&url);
    return is_read;
}

static bool read_by(const struct amr_token_request *request, enum amr_auth auth,
                    struct amr_buffer *token, struct amr_error *err)
{
    switch (auth) {
    case AMR_AUTH_TOKEN_FILE:
        return amr_secret_read_word(request->settings->token_file, request->deadline_ms, token,
                                    err);
    case AMR_AUTH_MANAGED_IDENTITY:
        return amr_managed_read_token(request, token, err);
    case AMR_AUTH_ARC:
        return amr_managed_read_arc_token(request, token, err);
    case AMR_AUTH_AZ_CLI:
        return amr_az_read_token(request, token, err);
    default:
        return ask_entra(request, auth, token, err);
    }
}

/* The credentials that were tried in vain. */
struct attempts {
    struct amr_buffer reasons;
    struct amr_error first;
    int http_status; /* of the last that was answered */
    int count;
};

static bool attempt(const struct amr_token_request *request, enum amr_auth auth,
                    struct attempts *attempts, struct amr_buffer *token)
{
    struct amr_error failure;

    if (read_by(request, auth, token, &failure))
        return true;
    if (attempts->count++ == 0)
        attempts->first = failure;
    if (failure.http_status != 0)
        attempts->http_status = failure.http_status;
    amr_buffer_append_format(&attempts->reasons, "; %s: ", amr_settings_auth_word(auth));
    amr_text_append_clean(&attempts->reasons, failure.message, REASON_BYTES_MAX);
    return false;
}

/* What was given closer to the command comes first. */
static bool attempt_all(const struct amr_token_request *request, struct attempts *attempts,
                        struct amr_buffer *token)
{
    for (int layer = AMR_LAYER_OPTION; layer > AMR_LAYER_DEFAULT; layer--) {
        for (enum amr_auth auth = AMR_AUTH_SECRET; auth <= AMR_AUTH_WORKLOAD; auth++) {
            if ((int)amr_settings_auth_layer(request->settings, auth) == layer &&
                attempt(request, auth, attempts, token))
                return true;
        }
    }
    return false;
}

static bool read_from_machine(const struct amr_token_request *request, struct amr_buffer *token,
                              struct amr_error *err)
{
    enum amr_auth auth =
        amr_managed_is_arc(request->settings) ? AMR_AUTH_ARC : AMR_AUTH_MANAGED_IDENTITY;
    struct amr_token_request guess = *request;

    /* Azure Arc and App Service have left word that they are there. */
    guess.is_guess =
        auth == AMR_AUTH_MANAGED_IDENTITY && request->settings->identity_endpoint == NULL;
    return read_by(&guess, auth, token, err) ||
           amr_error_add_context(err,
                                 "none is set (secret, certificate, workload, token-file), and %s",
                                 amr_settings_auth_word(auth));
}

static bool read_automatically(const struct amr_token_request *request, struct amr_buffer *token,
                               struct amr_error *err)
{
    struct attempts attempts = {.count = 0};

    amr_buffer_init(&attempts.reasons, AMR_ERROR_MESSAGE_SIZE);
    bool is_read = attempt_all(request, &attempts, token);
    if (!is_read && attempts.count == 0)
        is_read = read_from_machine(request, token, err);
    else if (!is_read)
        *err = attempts.first;
    if (!is_read && attempts.count > 1) {
        (void)amr_error_set(err, attempts.first.code, "%d were tried%s", attempts.count,
                            amr_buffer_text(&attempts.reasons));
        err->http_status = attempts.http_status;
        err->retry_s = attempts.first.retry_s;
    }
    amr_buffer_free(&attempts.reasons);
    return is_read;
}

bool amr_credential_read_token(const struct amr_token_request *request, struct amr_buffer *token,
                               struct amr_error *err)
{
    enum amr_auth auth = (enum amr_auth)request->settings->auth;
    bool is_read = auth == AMR_AUTH_AUTO ? read_automatically(request, token, err)
                                         : read_by(request, auth, token, err);

    return is_read || amr_error_add_context(err, "credential");
}
