/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "token.h"
#include "unit.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct url_row {
    const char *name;
    const char *authority;
    const char *tenant;
    const char *url;
} url_rows[] = {
    {"a GUID", "https://login.microsoftonline.com", "11111111-2222-3333-4444-555555555555",
     "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token"},
    {"a domain", "https://login.microsoftonline.us", "contoso.onmicrosoft.com",
     "https://login.microsoftonline.us/contoso.onmicrosoft.com/oauth2/v2.0/token"},
    {"what would leave the path", "http://127.0.0.1:8080", "a/../b?c#d%2f",
     "http://127.0.0.1:8080/a%2F..%2Fb%3Fc%23d%252f/oauth2/v2.0/token"},
};

START_TEST(test_url)
{
    const struct url_row *row = &url_rows[_i];
    struct amr_buffer url;

    amr_buffer_init(&url, 512);
    amr_token_append_url(&url, row->authority, row->tenant);
    ck_assert_msg(strcmp(amr_buffer_text(&url), row->url) == 0, "%s: %s", row->name,
                  amr_buffer_text(&url));
    amr_buffer_free(&url);
}
END_TEST

static const struct form_row {
    const char *name;
    const char *client_id;
    const char *secret;
    const char *endpoint;
    const char *form;
} form_rows[] = {
    {"plain", "app-1", "abc~DEF_.-9", "https://management.azure.com",
     "grant_type=client_credentials&client_id=app-1"
     "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_secret=abc~DEF_.-9"},
    {"what a form cuts at", "app-1", "a&b=c+d%e", "https://management.azure.com",
     "grant_type=client_credentials&client_id=app-1"
     "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_secret=a%26b%3Dc%2Bd%25e"},
    {"UTF-8", "app-1", "p\xc3\xa4ss\xe2\x82\xac", "https://management.azure.com",
     "grant_type=client_credentials&client_id=app-1"
     "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_secret=p%C3%A4ss%E2%82%AC"},
    {"blank, quote, hash, line end", "app-1", "a b\"#\r\n", "https://management.azure.com",
     "grant_type=client_credentials&client_id=app-1"
     "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_secret=a%20b%22%23%0D%0A"},
    {"another cloud, an id that would cut the form", "a&client_secret=x", "s",
     "https://management.usgovcloudapi.net",
     "grant_type=client_credentials&client_id=a%26client_secret%3Dx"
     "&scope=https%3A%2F%2Fmanagement.usgovcloudapi.net%2F.default&client_secret=s"},
};

START_TEST(test_form)
{
    const struct form_row *row = &form_rows[_i];
    struct amr_buffer form;

    amr_buffer_init(&form, 1024);
    amr_token_append_secret_form(&form, row->client_id, row->secret, row->endpoint);
    ck_assert_msg(strcmp(amr_buffer_text(&form), row->form) == 0, "%s: %s", row->name,
                  amr_buffer_text(&form));
    amr_buffer_wipe(&form);
}
END_TEST

#define ANSWER(expires) "{\"token_type\":\"Bearer\",\"access_token\":\"eyJ.a-b_c\"" expires "}"

static const struct answer_row {
    const char *name;
    const char *body;
    int64_t expires_in_s;
} answer_rows[] = {
    {"a number", ANSWER(",\"expires_in\":3599,\"ext_expires_in\":3599"), 3599},
    {"a string", ANSWER(",\"expires_in\":\"3599\""), 3599},
    {"a day", ANSWER(",\"expires_in\":86400"), 86400},
    {"a day as string", ANSWER(",\"expires_in\":\"86400\""), 86400},
    {"absent", ANSWER(""), 0},
    {"null", ANSWER(",\"expires_in\":null"), 0},
    {"0", ANSWER(",\"expires_in\":0"), 0},
    {"0 as string", ANSWER(",\"expires_in\":\"0\""), 0},
    {"negative", ANSWER(",\"expires_in\":-5"), 0},
    {"negative as string", ANSWER(",\"expires_in\":\"-5\""), 0},
    {"1e18", ANSWER(",\"expires_in\":1e18"), 0},
    {"1e18 in digits", ANSWER(",\"expires_in\":1000000000000000000"), 0},
    {"1e18 as string", ANSWER(",\"expires_in\":\"1000000000000000000\""), 0},
    {"beyond 64 bits", ANSWER(",\"expires_in\":99999999999999999999999"), 0},
    {"beyond 64 bits as string", ANSWER(",\"expires_in\":\"99999999999999999999999\""), 0},
    {"what wraps to 3600", ANSWER(",\"expires_in\":\"18446744073709555216\""), 0},
    {"junk behind the digits", ANSWER(",\"expires_in\":\"3599s\""), 0},
    {"a blank before the digits", ANSWER(",\"expires_in\":\" 3599\""), 0},
    {"an empty string", ANSWER(",\"expires_in\":\"\""), 0},
    {"true", ANSWER(",\"expires_in\":true"), 0},
    {"an object", ANSWER(",\"expires_in\":{}"), 0},
};

START_TEST(test_answer)
{
    const struct answer_row *row = &answer_rows[_i];
    struct amr_buffer token;
    int64_t expires_in_s = -1;
    struct amr_error err = {0};

    amr_buffer_init(&token, AMR_TOKEN_BYTES_MAX);
    amr_buffer_append_text(&token, "Bearer ");
    bool is_read = amr_token_read(row->body, strlen(row->body), &token, &expires_in_s, &err);
    ck_assert_msg(is_read, "%s: %s", row->name, err.message);
    ck_assert_msg(expires_in_s == row->expires_in_s, "%s: %lld", row->name,
                  (long long)expires_in_s);
    ck_assert_str_eq(amr_buffer_text(&token), "Bearer eyJ.a-b_c");
    amr_buffer_wipe(&token);
}
END_TEST

/* Each body has the word SECRET where a token could stand. */
static const struct refused_row {
    const char *name;
    const char *body;
    size_t length;
} refused_rows[] = {
    {"empty", BYTES("")},
    {"HTML", BYTES("<html>SECRET</html>")},
    {"null", BYTES("null")},
    {"a list", BYTES("[\"SECRET\"]")},
    {"a string", BYTES("\"SECRET\"")},
    {"cut short", BYTES("{\"access_token\":\"SECRET\"")},
    {"trailing junk", BYTES("{\"access_token\":\"SECRET\"}x")},
    {"no token", BYTES("{\"expires_in\":3599,\"x\":\"SECRET\"}")},
    {"token null", BYTES("{\"access_token\":null,\"x\":\"SECRET\"}")},
    {"token empty", BYTES("{\"access_token\":\"\",\"x\":\"SECRET\"}")},
    {"token a number", BYTES("{\"access_token\":12}")},
    {"token a list", BYTES("{\"access_token\":[\"SECRET\"]}")},
    {"token twice", BYTES("{\"access_token\":\"SECRET\",\"access_token\":\"SECRET\"}")},
    {"token with CR-LF", BYTES("{\"access_token\":\"SECRET\\r\\nX-Header: y\"}")},
    {"token with a blank", BYTES("{\"access_token\":\"SECRET SECRET\"}")},
    {"token with a TAB", BYTES("{\"access_token\":\"SECRET\\t\"}")},
    {"token with a DEL", BYTES("{\"access_token\":\"SECRET\x7f\"}")},
    {"token beyond ASCII", BYTES("{\"access_token\":\"SECRET\xc3\xbc\"}")},
    {"token with NUL", BYTES("{\"access_token\":\"SECRET\\u0000\"}")},
    {"error JSON", BYTES("{\"error\":\"invalid_client\",\"error_description\":\"SECRET\"}")},
    {"a key in another case", BYTES("{\"Access_Token\":\"SECRET\"}")},
};

START_TEST(test_refused)
{
    const struct refused_row *row = &refused_rows[_i];
    struct amr_buffer token;
    int64_t expires_in_s = -1;
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = ""};

    amr_buffer_init(&token, AMR_TOKEN_BYTES_MAX);
    ck_assert_msg(!amr_token_read(row->body, row->length, &token, &expires_in_s, &err), "%s: taken",
                  row->name);
    ck_assert_msg(err.code == AMR_ERROR_RESPONSE && err.http_status == 0, "%s: code", row->name);
    ck_assert_msg(err.message[0] != '\0' && strstr(err.message, "SECRET") == NULL, "%s: '%s'",
                  row->name, err.message);
    ck_assert_msg(token.length == 0 && expires_in_s == -1, "%s: outputs changed", row->name);
    amr_buffer_wipe(&token);
}
END_TEST

START_TEST(test_a_token_longer_than_its_buffer_is_refused)
{
    static const char body[] = "{\"access_token\":\"0123456789\"}";
    struct amr_buffer token;
    int64_t expires_in_s = -1;
    struct amr_error err = {0};

    amr_buffer_init(&token, 10);
    ck_assert(amr_token_read(body, sizeof(body) - 1, &token, &expires_in_s, &err));
    amr_buffer_wipe(&token);
    amr_buffer_init(&token, 9);
    ck_assert(!amr_token_read(body, sizeof(body) - 1, &token, &expires_in_s, &err));
    ck_assert_int_eq(err.code, AMR_ERROR_RESPONSE);
    amr_buffer_wipe(&token);
}
END_TEST

static const struct trim_row {
    const char *name;
    const char *text;
    size_t length;
    const char *token; /* NULL: refused */
} trim_rows[] = {
    {"as it is", BYTES("eyJ.SECRET"), "eyJ.SECRET"},
    {"a line end", BYTES("eyJ.SECRET\n"), "eyJ.SECRET"},
    {"CRLF", BYTES("eyJ.SECRET\r\n"), "eyJ.SECRET"},
    {"blanks and lines around", BYTES(" \t\r\n eyJ.SECRET \t\r\n\n"), "eyJ.SECRET"},
    {"all that is visible", BYTES("!~"), "!~"},
    {"empty", BYTES(""), NULL},
    {"only blanks", BYTES(" \r\n\t"), NULL},
    {"two runs", BYTES("SECRET SECRET"), NULL},
    {"two lines", BYTES("SECRET\nSECRET\n"), NULL},
    {"NUL inside", BYTES("SECRET\0SECRET"), NULL},
    {"NUL at the end", BYTES("SECRET\0"), NULL},
    {"a byte order mark",
     BYTES("\xef\xbb\xbf"
           "SECRET"),
     NULL},
    {"beyond ASCII", BYTES("SECRET\xc3\xbc"), NULL},
    {"a form feed", BYTES("SECRET\f"), NULL},
    {"DEL", BYTES("SECRET\x7f"), NULL},
};

START_TEST(test_trim)
{
    const struct trim_row *row = &trim_rows[_i];
    struct amr_buffer token;
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = ""};

    amr_buffer_init(&token, AMR_TOKEN_BYTES_MAX);
    bool is_taken = amr_token_trim(row->text, row->length, &token, &err);
    ck_assert_msg(is_taken == (row->token != NULL), "%s: %d", row->name, is_taken);
    ck_assert_msg(strcmp(amr_buffer_text(&token), is_taken ? row->token : "") == 0, "%s: '%s'",
                  row->name, amr_buffer_text(&token));
    ck_assert_msg(is_taken || err.code == AMR_ERROR_CREDENTIAL, "%s: code", row->name);
    ck_assert_msg(strstr(err.message, "SECRET") == NULL, "%s: '%s'", row->name, err.message);
    amr_buffer_wipe(&token);
}
END_TEST

#define ENTRA(code)                                                                                \
    "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS" code                            \
    ": Words of Entra.\\r\\nTrace ID: 1\",\"error_codes\":[" code "]}"

/* Two parts that the message must have; `lacking` it must not have. */
static const struct error_row {
    const char *name;
    int http_status;
    const char *body;
    size_t length;
    enum amr_error_code code;
    const char *start;
    const char *part;
    const char *lacking;
} error_rows[] = {
    {"wrong secret", 401, BYTES(ENTRA("7000215")), AMR_ERROR_CREDENTIAL, "HTTP 401 invalid_client",
     "secret is wrong", "\r"},
    {"expired secret", 401, BYTES(ENTRA("7000222")), AMR_ERROR_CREDENTIAL,
     "HTTP 401 invalid_client", "secret has expired", "\n"},
    {"unknown application", 400, BYTES(ENTRA("700016")), AMR_ERROR_CREDENTIAL, "HTTP 400",
     "no such application", "\n"},
    {"unknown tenant", 400, BYTES(ENTRA("90002")), AMR_ERROR_CREDENTIAL, "HTTP 400",
     "no such tenant", "\n"},
    {"bad scope", 400, BYTES(ENTRA("70011")), AMR_ERROR_CREDENTIAL, "HTTP 400",
     "scope is not valid", "\n"},
    {"bad assertion", 401, BYTES(ENTRA("700027")), AMR_ERROR_CREDENTIAL, "HTTP 401",
     "certificate is not one", "\n"},
    {"disabled application", 400, BYTES(ENTRA("7000112")), AMR_ERROR_CREDENTIAL, "HTTP 400",
     "application is disabled", "\n"},
    {"an unknown code has Entra's words", 400, BYTES(ENTRA("123456")), AMR_ERROR_CREDENTIAL,
     "HTTP 400 invalid_client", "AADSTS123456: Words of Entra. Trace ID: 1", "\r"},
    {"a known one has them too", 400, BYTES(ENTRA("90002")), AMR_ERROR_CREDENTIAL, "HTTP 400",
     "AADSTS90002: Words of Entra.", "\r"},
    {"throttled", 429, BYTES(ENTRA("123456")), AMR_ERROR_THROTTLED, "HTTP 429", "AADSTS123456",
     "\r"},
    {"503", 503, BYTES("<html>SECRET</html>"), AMR_ERROR_SERVER, "HTTP 503", "", "SECRET"},
    {"500 with JSON", 500, BYTES(ENTRA("90002")), AMR_ERROR_SERVER, "HTTP 500", "AADSTS90002",
     "\r"},
    {"404", 404, BYTES(""), AMR_ERROR_CREDENTIAL, "HTTP 404", "", "\n"},
    {"302", 302, BYTES(""), AMR_ERROR_CREDENTIAL, "HTTP 302", "", "\n"},
    {"fields of other types", 400,
     BYTES("{\"error\":7,\"error_description\":[],\"error_codes\":\"90002\"}"),
     AMR_ERROR_CREDENTIAL, "HTTP 400", "", "tenant"},
    {"codes of other types", 400, BYTES("{\"error\":\"x\",\"error_codes\":[\"90002\"]}"),
     AMR_ERROR_CREDENTIAL, "HTTP 400 x", "", "tenant"},
    {"no codes", 400, BYTES("{\"error\":\"x\",\"error_codes\":[]}"), AMR_ERROR_CREDENTIAL,
     "HTTP 400 x", "", "tenant"},
    {"hostile words", 400,
     BYTES("{\"error\":\"%n%s|<b>\",\"error_description\":\"\\u001b[31m\\u202e&\"}"),
     AMR_ERROR_CREDENTIAL, "HTTP 400 %n%s??b?: ?[31m??", "", "|"},
    {"a list", 400, BYTES("[1]"), AMR_ERROR_CREDENTIAL, "HTTP 400", "", "["},
    {"an access_token is never told", 400, BYTES("{\"access_token\":\"SECRET\"}"),
     AMR_ERROR_CREDENTIAL, "HTTP 400", "", "SECRET"},
};

START_TEST(test_set_error)
{
    const struct error_row *row = &error_rows[_i];
    struct amr_error err = {0};

    ck_assert(!amr_token_set_error(row->http_status, row->body, row->length, &err));
    ck_assert_msg(err.code == row->code && err.http_status == row->http_status, "%s: %s %d",
                  row->name, amr_error_code_word(err.code), err.http_status);
    ck_assert_msg(strncmp(err.message, row->start, strlen(row->start)) == 0, "%s: '%s'", row->name,
                  err.message);
    ck_assert_msg(strstr(err.message, row->part) != NULL, "%s: '%s'", row->name, err.message);
    ck_assert_msg(strstr(err.message, row->lacking) == NULL, "%s: '%s'", row->name, err.message);
}
END_TEST

START_TEST(test_a_long_description_is_cut)
{
    struct amr_buffer body;
    struct amr_error err = {0};

    amr_buffer_init(&body, 64 * 1024);
    amr_buffer_append_text(&body, "{\"error\":\"");
    for (int i = 0; i < 10000; i++)
        amr_buffer_append_text(&body, "x");
    amr_buffer_append_text(&body, "\",\"error_description\":\"");
    for (int i = 0; i < 10000; i++)
        amr_buffer_append_text(&body, "y");
    amr_buffer_append_text(&body, "\"}");
    ck_assert(!amr_token_set_error(400, body.text, body.length, &err));
    ck_assert_uint_lt(strlen(err.message), AMR_ERROR_MESSAGE_SIZE - 1);
    ck_assert_ptr_nonnull(strstr(err.message, "...: yyy"));
    amr_buffer_free(&body);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_url, url_rows);
    UNIT_ADD_ROWS(tcase, test_form, form_rows);
    UNIT_ADD_ROWS(tcase, test_answer, answer_rows);
    UNIT_ADD_ROWS(tcase, test_refused, refused_rows);
    tcase_add_test(tcase, test_a_token_longer_than_its_buffer_is_refused);
    UNIT_ADD_ROWS(tcase, test_trim, trim_rows);
    UNIT_ADD_ROWS(tcase, test_set_error, error_rows);
    tcase_add_test(tcase, test_a_long_description_is_cut);
}

int main(void)
{
    return unit_run("token", add_tests);
}
