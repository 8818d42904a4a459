/* SPDX-License-Identifier: MIT */
/* token.c: what identity endpoints and az answer, and asking with an assertion. */
#include <string.h>

#include "token.h"
#include "unit.h"

enum { NOW_S = 1799154720 };

static const struct read_row {
    const char *name;
    const char *body;
    const char *token; /* NULL: refused */
    int64_t expires_in_s;
} read_rows[] = {
    {"number", "{\"access_token\":\"t0\",\"expires_in\":3599}", "t0", 3599},
    {"string", "{\"access_token\":\"t0\",\"expires_in\":\"3599\"}", "t0", 3599},
    {"zero", "{\"access_token\":\"t0\",\"expires_in\":0}", "t0", 0},
    {"negative", "{\"access_token\":\"t0\",\"expires_in\":-1}", "t0", 0},
    {"negative string", "{\"access_token\":\"t0\",\"expires_in\":\"-1\"}", "t0", 0},
    {"a day", "{\"access_token\":\"t0\",\"expires_in\":86400}", "t0", 86400},
    {"absurd", "{\"access_token\":\"t0\",\"expires_in\":1e18}", "t0", 0},
    {"absurd integer", "{\"access_token\":\"t0\",\"expires_in\":1000000000000000000}", "t0", 0},
    {"absurd string", "{\"access_token\":\"t0\",\"expires_in\":\"99999999999999999999\"}", "t0", 0},
    {"fraction", "{\"access_token\":\"t0\",\"expires_in\":\"1.5\"}", "t0", 0},
    {"word", "{\"access_token\":\"t0\",\"expires_in\":\"soon\"}", "t0", 0},
    {"no expiry", "{\"access_token\":\"t0\"}", "t0", 0},
    {"null expiry", "{\"access_token\":\"t0\",\"expires_in\":null}", "t0", 0},
    {"unknown members", "{\"x\":[],\"access_token\":\"t0\",\"expires_in\":1}", "t0", 1},
    {"absent", "{\"expires_in\":3599}", NULL, 0},
    {"null", "{\"access_token\":null}", NULL, 0},
    {"empty", "{\"access_token\":\"\"}", NULL, 0},
    {"number token", "{\"access_token\":7}", NULL, 0},
    {"line end", "{\"access_token\":\"s3cr3t\\r\\nX: y\"}", NULL, 0},
    {"blank", "{\"access_token\":\"s3cr3t x\"}", NULL, 0},
    {"not ASCII", "{\"access_token\":\"s3cr3t\xc3\xa4\"}", NULL, 0},
    {"error document", "{\"error\":\"invalid_client\"}", NULL, 0},
    {"no JSON", "s3cr3t", NULL, 0},
    {"cut short", "{\"access_token\":\"s3cr3t", NULL, 0},
    {"two documents", "{\"access_token\":\"s3cr3t\"}{}", NULL, 0},
    {"top-level null", "null", NULL, 0},
    {"list", "[\"s3cr3t\"]", NULL, 0},
    {"nothing", "", NULL, 0},
};

static void check_read(const struct read_row *row, bool is_taken, const struct amr_buffer *token,
                       int64_t expires_in_s, const struct amr_error *err)
{
    ck_assert_msg(is_taken == (row->token != NULL), "%s: %s", row->name, err->message);
    ck_assert_msg(strcmp(amr_buffer_text(token), is_taken ? row->token : "") == 0, "%s: token",
                  row->name);
    ck_assert_msg(expires_in_s == (is_taken ? row->expires_in_s : 77), "%s: %lld", row->name,
                  (long long)expires_in_s);
    if (!is_taken) {
        ck_assert_int_eq(err->code, AMR_ERROR_RESPONSE);
        ck_assert_msg(strstr(err->message, "s3cr3t") == NULL, "%s: shows the body", row->name);
    }
}

START_TEST(test_what_entra_may_answer_others_may)
{
    const struct read_row *row = &read_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_USAGE, .http_status = 0, .message = ""};
    struct amr_buffer token;
    int64_t expires_in_s = 77;

    amr_buffer_init(&token, AMR_TOKEN_BYTES_MAX);
    bool is_taken =
        amr_token_read_local(row->body, strlen(row->body), NOW_S, &token, &expires_in_s, &err);
    check_read(row, is_taken, &token, expires_in_s, &err);
    amr_buffer_wipe(&token);
}
END_TEST

static const struct read_row local_rows[] = {
    {"az", "{\"accessToken\":\"t0\",\"expires_on\":1799158320,\"expiresOn\":\"2027-01-05\"}", "t0",
     3600},
    {"App Service", "{\"access_token\":\"t0\",\"expires_on\":\"1799158320\"}", "t0", 3600},
    {"IMDS", "{\"access_token\":\"t0\",\"expires_in\":\"60\",\"expires_on\":\"1799158320\"}", "t0",
     60},
    {"already over", "{\"accessToken\":\"t0\",\"expires_on\":1799154719}", "t0", 0},
    {"now", "{\"accessToken\":\"t0\",\"expires_on\":1799154720}", "t0", 0},
    {"a year", "{\"accessToken\":\"t0\",\"expires_on\":1830690720}", "t0", 0},
    {"absurd", "{\"accessToken\":\"t0\",\"expires_on\":9223372036854775807}", "t0", 0},
    {"absurd string", "{\"accessToken\":\"t0\",\"expires_on\":\"99999999999999999999\"}", "t0", 0},
    {"negative", "{\"accessToken\":\"t0\",\"expires_on\":-1}", "t0", 0},
    {"a day's name", "{\"accessToken\":\"t0\",\"expires_on\":\"01/05/2027 14:12:00 +00:00\"}", "t0",
     0},
    {"no expiry", "{\"accessToken\":\"t0\"}", "t0", 0},
    {"az, null", "{\"accessToken\":null}", NULL, 0},
    {"az, line end", "{\"accessToken\":\"s3cr3t\\n\"}", NULL, 0},
};

START_TEST(test_read_local)
{
    const struct read_row *row = &local_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_USAGE, .http_status = 0, .message = ""};
    struct amr_buffer token;
    int64_t expires_in_s = 77;

    amr_buffer_init(&token, AMR_TOKEN_BYTES_MAX);
    bool is_taken =
        amr_token_read_local(row->body, strlen(row->body), NOW_S, &token, &expires_in_s, &err);
    check_read(row, is_taken, &token, expires_in_s, &err);
    amr_buffer_wipe(&token);
}
END_TEST

START_TEST(test_assertion_form)
{
    struct amr_buffer text;

    amr_buffer_init(&text, 1024);
    amr_token_append_assertion_form(&text, "id", "a.b-c_d.e&f", "https://arm");
    ck_assert_str_eq(amr_buffer_text(&text),
                     "grant_type=client_credentials&client_id=id&scope=https%3A%2F%2Farm%2F.default"
                     "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3A"
                     "jwt-bearer&client_assertion=a.b-c_d.e%26f");
    amr_buffer_wipe(&text);
}
END_TEST

static const struct error_row {
    int http_status;
    const char *body;
    enum amr_error_code code;
    const char *message; /* the whole of it */
} error_rows[] = {
    {401, "{\"error\":\"e\",\"error_codes\":[700027]}", AMR_ERROR_CREDENTIAL,
     "HTTP 401 e: the certificate is not one of the application's, or has expired"},
    {401, "{\"error\":\"e\",\"error_codes\":[700024]}", AMR_ERROR_CREDENTIAL,
     "HTTP 401 e: the assertion does not hold now: check this machine's clock, or the age of the "
     "federated token"},
    {401, "{\"error\":\"e\",\"error_codes\":[700213]}", AMR_ERROR_CREDENTIAL,
     "HTTP 401 e: no federated credential of the application has the token's subject"},
    {400, "{\"error\":\"e\",\"error_codes\":[700021]}", AMR_ERROR_CREDENTIAL,
     "HTTP 400 e: the assertion is another application's: check the client id"},
    {400, "{\"error\":\"e\",\"error_codes\":[53003]}", AMR_ERROR_CREDENTIAL,
     "HTTP 400 e: a Conditional Access policy blocks it: ask who administers the tenant"},
    {401, "{\"access_token\":\"s3cr3t\",\"error\":\"e\"}", AMR_ERROR_CREDENTIAL, "HTTP 401 e"},
};

START_TEST(test_assertion_errors)
{
    const struct error_row *row = &error_rows[_i];
    struct amr_error err;

    ck_assert(!amr_token_set_error(row->http_status, row->body, strlen(row->body), &err));
    ck_assert_str_eq(err.message, row->message);
    ck_assert_int_eq(err.code, row->code);
    ck_assert_int_eq(err.http_status, row->http_status);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_what_entra_may_answer_others_may, read_rows);
    UNIT_ADD_ROWS(tcase, test_read_local, local_rows);
    tcase_add_test(tcase, test_assertion_form);
    UNIT_ADD_ROWS(tcase, test_assertion_errors, error_rows);
}

int main(void)
{
    return unit_run("token_local", add_tests);
}
