/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "identity.h"
#include "unit.h"
#include "url.h"

static const struct wait_row {
    int http_status;
    int attempt;
    const char *retry_after;
    int64_t wait_s;
} wait_rows[] = {
    {404, 1, "", 2},        {404, 2, "", 6},
    {404, 3, "", 14},       {404, 4, "", 30},
    {404, 5, "", -1},       {429, 1, "", 2},
    {500, 1, "", 2},        {503, 4, "", 30},
    {599, 1, "", 2},        {410, 1, "", 2},
    {410, 4, "", 30},       {410, 5, "", 18},
    {410, 6, "", -1},       {400, 1, "", -1},
    {401, 1, "", -1},       {403, 1, "5", -1},
    {200, 1, "", -1},       {302, 1, "", -1},
    {429, 1, "1", 2},       {429, 1, "10", 10},
    {429, 5, "10", -1},     {429, 1, "-5", 2},
    {429, 1, "soon", 2},    {429, 1, "3600", 3600},
    {429, 1, "3601", 3600}, {429, 1, "9999999999999999999999", 3600},
    {429, 0, "", -1},       {429, 1, "Wed, 21 Oct 2026 07:28:00 GMT", 2},
};

START_TEST(test_wait)
{
    const struct wait_row *row = &wait_rows[_i];
    int64_t wait_s = amr_identity_wait_s(row->http_status, row->attempt, row->retry_after);

    ck_assert_msg(wait_s == row->wait_s, "%d, attempt %d, '%s': %lld", row->http_status,
                  row->attempt, row->retry_after, (long long)wait_s);
}
END_TEST

START_TEST(test_updating_is_asked_for_seventy_seconds)
{
    int64_t total_s = 0;

    for (int attempt = 1; amr_identity_wait_s(410, attempt, "") > 0; attempt++)
        total_s += amr_identity_wait_s(410, attempt, "");
    ck_assert_int_eq(total_s, 70);
}
END_TEST

#define DIRECTORY "/var/opt/azcmagent/tokens"

static const struct challenge_row {
    const char *header;
    const char *path; /* NULL: refused */
} challenge_rows[] = {
    {"Basic realm=" DIRECTORY "/a.key", DIRECTORY "/a.key"},
    {"basic realm=" DIRECTORY "/a.key", DIRECTORY "/a.key"},
    {"Basic realm=" DIRECTORY "/22222222-2222-4222-8222-222222222222.key",
     DIRECTORY "/22222222-2222-4222-8222-222222222222.key"},
    {"", NULL},
    {"Basic", NULL},
    {"Basic realm=", NULL},
    {"Basic realm=\"" DIRECTORY "/a.key\"", NULL},
    {"Basic  realm=" DIRECTORY "/a.key", NULL},
    {"Bearer realm=" DIRECTORY "/a.key", NULL},
    {"Negotiate, Basic realm=" DIRECTORY "/a.key", NULL},
    {"Basic realm=" DIRECTORY, NULL},
    {"Basic realm=" DIRECTORY "/", NULL},
    {"Basic realm=" DIRECTORY "/.key", NULL},
    {"Basic realm=" DIRECTORY "/a", NULL},
    {"Basic realm=" DIRECTORY "/a.KEY", NULL},
    {"Basic realm=" DIRECTORY "/a.key.txt", NULL},
    {"Basic realm=" DIRECTORY "/a.key ", NULL},
    {"Basic realm=" DIRECTORY "/a.key, charset=x", NULL},
    {"Basic realm=" DIRECTORY "//a.key", NULL},
    {"Basic realm=" DIRECTORY "/b/a.key", NULL},
    {"Basic realm=" DIRECTORY "/../a.key", NULL},
    {"Basic realm=" DIRECTORY "/..key", NULL},
    {"Basic realm=" DIRECTORY "/a..key", NULL},
    {"Basic realm=" DIRECTORY "/%2e%2e.key", NULL},
    {"Basic realm=" DIRECTORY "/a b.key", NULL},
    {"Basic realm=" DIRECTORY "/\xc3\xa4.key", NULL},
    {"Basic realm=" DIRECTORY "2/a.key", NULL},
    {"Basic realm=/var/opt/azcmagent/Tokens/a.key", NULL},
    {"Basic realm=/etc/shadow", NULL},
    {"Basic realm=a.key", NULL},
    {"Basic realm=/var/opt/../opt/azcmagent/tokens/a.key", NULL},
    {"Basic realm=" DIRECTORY "/0123456789012345678901234567890123456789012345678901234567890123456"
     "7890123456789012345678901234567890123456789.key",
     NULL},
};

START_TEST(test_challenge)
{
    const struct challenge_row *row = &challenge_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_USAGE, .http_status = 0, .message = ""};
    struct amr_buffer path;

    amr_buffer_init(&path, 256);
    bool is_taken = amr_identity_read_challenge(row->header, DIRECTORY, &path, &err);
    ck_assert_msg(is_taken == (row->path != NULL), "%s", row->header);
    ck_assert_str_eq(amr_buffer_text(&path), is_taken ? row->path : "");
    if (!is_taken) {
        ck_assert_int_eq(err.code, AMR_ERROR_RESPONSE);
        ck_assert_ptr_null(strstr(err.message, "shadow"));
    }
    amr_buffer_free(&path);
}
END_TEST

#define ARM "https://management.azure.com"

START_TEST(test_addresses)
{
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_IDENTITY_URL_BYTES_MAX);
    amr_identity_append_imds_url(&url, AMR_IDENTITY_IMDS_HOST, ARM, NULL);
    ck_assert_str_eq(amr_buffer_text(&url),
                     "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
                     "&resource=https%3A%2F%2Fmanagement.azure.com");
    amr_buffer_free(&url);
    amr_identity_append_imds_url(&url, "http://h:1/", ARM, "a&b=c");
    ck_assert_str_eq(amr_buffer_text(&url),
                     "http://h:1/metadata/identity/oauth2/token?api-version=2018-02-01"
                     "&resource=https%3A%2F%2Fmanagement.azure.com&client_id=a%26b%3Dc");
    amr_buffer_free(&url);
    amr_identity_append_app_service_url(&url, "http://h:1/msi/token/", ARM, "a");
    ck_assert_str_eq(amr_buffer_text(&url),
                     "http://h:1/msi/token/?api-version=2019-08-01"
                     "&resource=https%3A%2F%2Fmanagement.azure.com&client_id=a");
    amr_buffer_free(&url);
    amr_identity_append_arc_url(&url, AMR_IDENTITY_ARC_ENDPOINT, ARM);
    ck_assert_str_eq(amr_buffer_text(&url),
                     "http://127.0.0.1:40342/metadata/identity/oauth2/token?api-version=2020-06-01"
                     "&resource=https%3A%2F%2Fmanagement.azure.com");
    amr_buffer_free(&url);
}
END_TEST

static const struct error_row {
    int http_status;
    const char *body;
    enum amr_error_code code;
    const char *message;
} error_rows[] = {
    {400, "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}",
     AMR_ERROR_CREDENTIAL,
     "the machine has no such identity: assign one, or check --client-id: HTTP 400 "
     "invalid_request: Identity not found"},
    {403, "", AMR_ERROR_CREDENTIAL,
     "this process may not ask for the machine's identity: HTTP 403"},
    {404, "<html>", AMR_ERROR_CREDENTIAL, "there is no identity endpoint: HTTP 404"},
    {410, "null", AMR_ERROR_CREDENTIAL, "the identity endpoint is being updated: HTTP 410"},
    {429, "[]", AMR_ERROR_THROTTLED, "HTTP 429"},
    {500, "{\"error\":7}", AMR_ERROR_SERVER, "HTTP 500"},
    {401, "{\"access_token\":\"s3cr3t\"}", AMR_ERROR_CREDENTIAL, "HTTP 401"},
};

START_TEST(test_error)
{
    const struct error_row *row = &error_rows[_i];
    struct amr_error err;

    ck_assert(!amr_identity_set_error(row->http_status, row->body, strlen(row->body), &err));
    ck_assert_str_eq(err.message, row->message);
    ck_assert_int_eq(err.code, row->code);
    ck_assert_int_eq(err.http_status, row->http_status);
}
END_TEST

static const struct url_row {
    const char *url;
    bool is_taken;
} url_rows[] = {
    {"https://management.azure.com", true},
    {"https://management.azure.com/", true},
    {"https://management.azure.com:443/", true},
    {"HTTPS://h", true},
    {"http://127.0.0.1:8080", true},
    {"http://localhost/", true},
    {"http://[::1]:1", true},
    {"http://169.254.169.254", true},
    {"http://10.0.0.1:40342/metadata/identity/oauth2/token", true},
    {"http://127.0.0.1:40342/metadata/identity/oauth2/token", true},
    {"http://127.0.0.1:41741/MSI/token/", true},
    {"https://h/x", true},
    {"https://h//", true},
    {"", false},
    {"h", false},
    {"http://", false},
    {"http:///x", false},
    {"ftp://h", false},
    {"file:///etc/passwd", false},
    {"http://u@h", false},
    {"https://u:p@h/", false},
    {"https://h?x", false},
    {"https://h/?x", false},
    {"https://h/x#y", false},
    {"https://h/../x", false},
    {"https://h/%2e", false},
    {"https://h/a b", false},
    {"https://h/a\r\nX: y", false},
    {"https://h\\x", false},
    {"https://h:0/", false},
    {"https://h:65536/", false},
    {"https://h:/", false},
    {"https://h:1x/", false},
    {"https://[::1/", false},
};

START_TEST(test_url)
{
    const struct url_row *row = &url_rows[_i];

    ck_assert_msg(amr_url_is_identity_endpoint(row->url) == row->is_taken, "%s", row->url);
}
END_TEST

static const struct answer_row {
    const char *body;
    bool is_answer;
} answer_rows[] = {
    {"{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}", true},
    {"{\"access_token\":\"x\"}", true},
    {"{\"error\":{\"code\":\"x\"}}", true},
    {"{}", false},
    {"[\"error\"]", false},
    {"\"error\"", false},
    {"<html>error</html>", false},
    {"", false},
};

START_TEST(test_answer)
{
    const struct answer_row *row = &answer_rows[_i];

    ck_assert_msg(amr_identity_is_answer(row->body, strlen(row->body)) == row->is_answer, "%s",
                  row->body);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_wait, wait_rows);
    tcase_add_test(tcase, test_updating_is_asked_for_seventy_seconds);
    UNIT_ADD_ROWS(tcase, test_challenge, challenge_rows);
    UNIT_ADD_ROWS(tcase, test_answer, answer_rows);
    tcase_add_test(tcase, test_addresses);
    UNIT_ADD_ROWS(tcase, test_error, error_rows);
    UNIT_ADD_ROWS(tcase, test_url, url_rows);
}

int main(void)
{
    return unit_run("identity", add_tests);
}
