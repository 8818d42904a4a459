/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include <string.h>

#include "json.h"
#include "text.h"
#include "token.h"
#include "url.h"

enum { RETRY_AFTER_MOST_S = 3600, FILE_NAME_BYTES_MAX = 100 };

static void append_query(struct amr_buffer *url, const char *api_version, const char *arm_endpoint,
                         const char *client_id)
{
    amr_buffer_append_format(url, "?api-version=%s&resource=", api_version);
    amr_url_append_encoded(url, arm_endpoint);
    if (client_id == NULL)
        return;
    amr_buffer_append_text(url, "&client_id=");
    amr_url_append_encoded(url, client_id);
}

void amr_identity_append_imds_url(struct amr_buffer *url, const char *host,
                                  const char *arm_endpoint, const char *client_id)
{
    size_t length = strlen(host);

    amr_buffer_append(url, host, length > 0 && host[length - 1] == '/' ? length - 1 : length);
    amr_buffer_append_text(url, "/metadata/identity/oauth2/token");
    append_query(url, "2018-02-01", arm_endpoint, client_id);
}

void amr_identity_append_app_service_url(struct amr_buffer *url, const char *endpoint,
                                         const char *arm_endpoint, const char *client_id)
{
    amr_buffer_append_text(url, endpoint);
    append_query(url, "2019-08-01", arm_endpoint, client_id);
}

void amr_identity_append_arc_url(struct amr_buffer *url, const char *endpoint,
                                 const char *arm_endpoint)
{
    amr_buffer_append_text(url, endpoint);
    append_query(url, "2020-06-01", arm_endpoint, NULL);
}

/* Digits only; anything else is no wish. */
static int64_t read_wish_s(const char *retry_after)
{
    int64_t seconds = 0;

    for (const char *at = retry_after; *at != '\0'; at++) {
        if (*at < '0' || *at > '9')
            return 0;
        seconds = seconds * 10 + (*at - '0');
        if (seconds > RETRY_AFTER_MOST_S)
            return RETRY_AFTER_MOST_S;
    }
    return seconds;
}

int64_t amr_identity_wait_s(int http_status, int attempt, const char *retry_after)
{
    static const int64_t busy_s[] = {2, 6, 14, 30};
    static const int64_t updating_s[] = {2, 6, 14, 30, 18};
    bool is_updating = http_status == 410;
    bool is_busy = http_status == 404 || http_status == 429 || http_status >= 500;
    size_t count = is_updating ? AMR_COUNT_OF(updating_s) : AMR_COUNT_OF(busy_s);

    if ((!is_updating && !is_busy) || attempt < 1 || (size_t)attempt > count)
        return -1;
    int64_t wait_s = is_updating ? updating_s[attempt - 1] : busy_s[attempt - 1];
    int64_t wish_s = read_wish_s(retry_after);
    return wish_s > wait_s ? wish_s : wait_s;
}

static bool note_member(struct amr_json_reader *reader, const char *key, void *context,
                        struct amr_error *err)
{
    bool *is_answer = context;
    const char *text;
    size_t length;

    *is_answer |= strcmp(key, "error") == 0 || strcmp(key, "access_token") == 0;
    return amr_json_reader_plain(reader, &text, &length, err);
}

bool amr_identity_is_answer(const char *body, size_t length)
{
    struct amr_json_reader reader;
    struct amr_error ignored;
    bool is_answer = false;

    amr_json_reader_init(&reader, body, length);
    return amr_json_reader_each_member(&reader, note_member, &is_answer, &ignored) &&
           amr_json_reader_end(&reader, &ignored) && is_answer;
}

/* True for NAME.key of letters, digits, hyphens and underscores, which no path can hide in. */
static bool is_key_name(const char *name, size_t length)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t stem = strspn(name, allowed);

    return stem > 0 && length <= FILE_NAME_BYTES_MAX && stem + strlen(".key") == length &&
           strncmp(name + stem, ".key", strlen(".key")) == 0;
}

bool amr_identity_read_challenge(const char *www_authenticate, const char *directory,
                                 struct amr_buffer *path, struct amr_error *err)
{
    static const char scheme[] = "Basic realm=";
    bool is_basic = amr_text_is_prefix_nocase(scheme, www_authenticate);
    const char *file = www_authenticate + (is_basic ? strlen(scheme) : 0);
    size_t length = strlen(directory);

    if (!is_basic)
        return amr_error_set(err, AMR_ERROR_RESPONSE,
                             "the challenge is not of the form Basic realm=FILE");
    if (strncmp(file, directory, length) != 0 || file[length] != '/' ||
        !is_key_name(file + length + 1, strlen(file + length + 1)))
        return amr_error_set(err, AMR_ERROR_RESPONSE,
                             "the challenge names a file that is not %s/NAME.key: not read",
                             directory);
    amr_buffer_append_text(path, file);
    return !amr_buffer_is_failed(path) || amr_error_set_no_memory(err);
}

static const char *advice_for(int http_status)
{
    switch (http_status) {
    case 400:
        return "the machine has no such identity: assign one, or check --client-id";
    case 403:
        return "this process may not ask for the machine's identity";
    case 404:
        return "there is no identity endpoint";
    case 410:
        return "the identity endpoint is being updated";
    default:
        return NULL;
    }
}

bool amr_identity_set_error(int http_status, const char *body, size_t length, struct amr_error *err)
{
    const char *advice = advice_for(http_status);

    (void)amr_token_set_error(http_status, body, length, err);
    return advice == NULL ? false : amr_error_add_context(err, "%s", advice);
}
