/* SPDX-License-Identifier: MIT */
#include "token.h"

#include <string.h>

#include "json.h"
#include "text.h"
#include "url.h"

enum { WORDS_BYTES_MAX = 200, EXPIRES_IN_MOST_S = 86400 };

/* 9999-12-31T23:59:59Z: far from overflow. */
static const int64_t instant_most_s = 253402300799;

void amr_token_append_url(struct amr_buffer *url, const char *authority, const char *tenant)
{
    amr_buffer_append_format(url, "%s/", authority);
    amr_url_append_encoded(url, tenant);
    amr_buffer_append_text(url, "/oauth2/v2.0/token");
}

static void append_client(struct amr_buffer *form, const char *client_id, const char *arm_endpoint)
{
    amr_buffer_append_text(form, "grant_type=client_credentials&client_id=");
    amr_url_append_encoded(form, client_id);
    amr_buffer_append_text(form, "&scope=");
    amr_url_append_encoded(form, arm_endpoint);
    amr_url_append_encoded(form, "/.default");
}

void amr_token_append_secret_form(struct amr_buffer *form, const char *client_id,
                                  const char *client_secret, const char *arm_endpoint)
{
    append_client(form, client_id, arm_endpoint);
    amr_buffer_append_text(form, "&client_secret=");
    amr_url_append_encoded(form, client_secret);
}

void amr_token_append_assertion_form(struct amr_buffer *form, const char *client_id,
                                     const char *assertion, const char *arm_endpoint)
{
    append_client(form, client_id, arm_endpoint);
    amr_buffer_append_text(form, "&client_assertion_type=");
    amr_url_append_encoded(form, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    amr_buffer_append_text(form, "&client_assertion=");
    amr_url_append_encoded(form, assertion);
}

/* Seconds as number or string, 0 where there are none up to `most`. */
static int64_t read_seconds(const amr_json *value, int64_t most)
{
    const char *text = amr_json_text(value);
    int64_t seconds = 0;

    if (text == NULL && !amr_json_integer(value, &seconds))
        return 0;
    for (const char *at = text; text != NULL && *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || seconds > most)
            return 0;
        seconds = seconds * 10 + (*at - '0');
    }
    return seconds < 0 || seconds > most ? 0 : seconds;
}

static bool is_visible(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    }
    return length > 0;
}

static bool take_token(const char *text, size_t length, struct amr_buffer *token)
{
    if (!is_visible(text, length))
        return false;
    amr_buffer_append(token, text, length);
    return !amr_buffer_is_failed(token);
}

/* What an answer says. The token stands in its text: no library that forgets to wipe it has a copy.
 */
struct answer {
    const char *token;
    size_t length;
    const char *token_of_az;
    size_t length_of_az;
    bool has_expires_in;
    int64_t expires_in_s;
    int64_t expires_on_s;
};

static bool read_token(struct amr_json_reader *reader, const char **token, size_t *length,
                       struct amr_error *err)
{
    if (*token != NULL)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "it stands twice");
    return amr_json_reader_plain(reader, token, length, err);
}

static bool read_number(struct amr_json_reader *reader, int64_t most, bool *is_there,
                        int64_t *seconds, struct amr_error *err)
{
    amr_json *value = NULL;

    if (!amr_json_reader_value(reader, &value, err))
        return false;
    *is_there = value != NULL;
    *seconds = read_seconds(value, most);
    amr_json_free(value);
    return true;
}

static bool read_member(struct amr_json_reader *reader, const char *key, void *context,
                        struct amr_error *err)
{
    struct answer *answer = context;
    const char *text;
    size_t length;
    bool ignored;
    amr_json *value = NULL;

    if (strcmp(key, "access_token") == 0)
        return read_token(reader, &answer->token, &answer->length, err);
    if (strcmp(key, "accessToken") == 0)
        return read_token(reader, &answer->token_of_az, &answer->length_of_az, err);
    if (strcmp(key, "expires_in") == 0)
        return read_number(reader, EXPIRES_IN_MOST_S, &answer->has_expires_in,
                           &answer->expires_in_s, err);
    if (strcmp(key, "expires_on") == 0)
        return read_number(reader, instant_most_s, &ignored, &answer->expires_on_s, err);
    /* Other texts may be tokens, too. */
    if (amr_json_reader_peek(reader) == '"')
        return amr_json_reader_plain(reader, &text, &length, err);
    bool is_read = amr_json_reader_value(reader, &value, err);
    amr_json_free(value);
    return is_read;
}

static bool read_answer(const char *body, size_t length, struct answer *answer)
{
    struct amr_json_reader reader;
    struct amr_error ignored;

    amr_json_reader_init(&reader, body, length);
    return amr_json_reader_each_member(&reader, read_member, answer, &ignored) &&
           amr_json_reader_end(&reader, &ignored);
}

/* What is absurd counts as no time at all. */
static int64_t life_of(const struct answer *answer, int64_t now_s)
{
    int64_t left_s = answer->expires_on_s - now_s;

    if (answer->has_expires_in)
        return answer->expires_in_s;
    return left_s < 0 || left_s > EXPIRES_IN_MOST_S ? 0 : left_s;
}

bool amr_token_read(const char *body, size_t length, struct amr_buffer *token,
                    int64_t *expires_in_s, struct amr_error *err)
{
    struct answer answer = {0};

    if (!read_answer(body, length, &answer))
        return amr_error_set(err, AMR_ERROR_RESPONSE,
                             "the answer to the token request is no JSON object");
    if (answer.token == NULL || !take_token(answer.token, answer.length, token))
        return amr_buffer_set_error(token, err, AMR_ERROR_RESPONSE,
                                    "the answer to the token request has no usable access_token");
    *expires_in_s = answer.expires_in_s;
    return true;
}

bool amr_token_read_local(const char *body, size_t length, int64_t now_s, struct amr_buffer *token,
                          int64_t *expires_in_s, struct amr_error *err)
{
    struct answer answer = {0};

    if (!read_answer(body, length, &answer))
        return amr_error_set(err, AMR_ERROR_RESPONSE, "the answer is no JSON object");
    const char *text = answer.token != NULL ? answer.token : answer.token_of_az;
    size_t text_length = answer.token != NULL ? answer.length : answer.length_of_az;
    if (text == NULL || !take_token(text, text_length, token))
        return amr_buffer_set_error(token, err, AMR_ERROR_RESPONSE,
                                    "the answer has no usable access token");
    *expires_in_s = life_of(&answer, now_s);
    return true;
}

bool amr_token_trim(const char *text, size_t length, struct amr_buffer *token,
                    struct amr_error *err)
{
    while (length > 0 && memchr(" \t\r\n", text[length - 1], 4) != NULL)
        length--;
    while (length > 0 && memchr(" \t\r\n", text[0], 4) != NULL) {
        text++;
        length--;
    }
    return take_token(text, length, token) ||
           amr_buffer_set_error(token, err, AMR_ERROR_CREDENTIAL,
                                "does not hold one run of visible ASCII characters");
}

static const char *advice_for(int64_t aadsts)
{
    static const struct {
        int64_t aadsts;
        const char *advice;
    } rows[] = {
        {7000215, "the client secret is wrong: use the secret's value, not its id"},
        {7000222, "the client secret has expired: make a new one"},
        {700016, "the tenant has no such application: check client id and tenant"},
        {90002, "there is no such tenant: check it and the cloud"},
        {900023, "there is no such tenant: check it and the cloud"},
        {70011, "the scope is not valid: check the ARM endpoint and the cloud"},
        {700027, "the certificate is not one of the application's, or has expired"},
        {700024, "the assertion does not hold now: check this machine's clock, or the age of the "
                 "federated token"},
        {700021, "the assertion is another application's: check the client id"},
        {700023, "the assertion is meant for another audience: check tenant, cloud and authority"},
        {700030, "the certificate's subject or issuer is not one that the application trusts"},
        {5002727, "the assertion's header is not one that this authority takes"},
        {50027, "the assertion is malformed or not signed with the application's certificate"},
        {70021, "no federated credential of the application fits the token's issuer, subject and "
                "audience"},
        {700211, "no federated credential of the application has the token's issuer"},
        {700212, "no federated credential of the application has the token's audience"},
        {700213, "no federated credential of the application has the token's subject"},
        {7000229, "the application has no service principal in this tenant"},
        {53003, "a Conditional Access policy blocks it: ask who administers the tenant"},
        {7000112, "the application is disabled"},
    };

    for (size_t i = 0; i < AMR_COUNT_OF(rows); i++) {
        if (rows[i].aadsts == aadsts)
            return rows[i].advice;
    }
    return NULL;
}

static void append_entra_words(struct amr_buffer *words, const amr_json *tree)
{
    const char *code = amr_json_text(amr_json_get(tree, "error"));
    const char *description = amr_json_text(amr_json_get(tree, "error_description"));
    const amr_json *codes = amr_json_get(tree, "error_codes");
    int64_t aadsts = 0;

    if (code != NULL) {
        amr_buffer_append_text(words, " ");
        amr_text_append_clean(words, code, WORDS_BYTES_MAX);
    }
    if (amr_json_length(codes) > 0 && amr_json_integer(amr_json_at(codes, 0), &aadsts) &&
        advice_for(aadsts) != NULL)
        amr_buffer_append_format(words, ": %s", advice_for(aadsts));
    if (description != NULL) {
        amr_buffer_append_text(words, ": ");
        amr_text_append_clean(words, description, WORDS_BYTES_MAX);
    }
}

bool amr_token_set_error(int http_status, const char *body, size_t length, struct amr_error *err)
{
    struct amr_buffer words;
    struct amr_error ignored;
    amr_json *tree = NULL;
    enum amr_error_code code = http_status == 429   ? AMR_ERROR_THROTTLED
                               : http_status >= 500 ? AMR_ERROR_SERVER
                                                    : AMR_ERROR_CREDENTIAL;

    amr_buffer_init(&words, AMR_ERROR_MESSAGE_SIZE);
    if (amr_json_parse(body, length, &tree, &ignored))
        append_entra_words(&words, tree);
    amr_json_free(tree);
    (void)amr_error_set(err, code, "HTTP %d%s", http_status, amr_buffer_text(&words));
    err->http_status = http_status;
    amr_buffer_free(&words);
    return false;
}
