/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "unit.h"

static const struct word_row {
    const char *word;
    enum amr_error_code code;
} word_rows[] = {
    {"usage", AMR_ERROR_USAGE},
    {"credential", AMR_ERROR_CREDENTIAL},
    {"denied", AMR_ERROR_DENIED},
    {"not-found", AMR_ERROR_NOT_FOUND},
    {"throttled", AMR_ERROR_THROTTLED},
    {"server", AMR_ERROR_SERVER},
    {"network", AMR_ERROR_NETWORK},
    {"timeout", AMR_ERROR_TIMEOUT},
    {"tls", AMR_ERROR_TLS},
    {"response", AMR_ERROR_RESPONSE},
    {"no-memory", AMR_ERROR_NO_MEMORY},
    {"unknown", (enum amr_error_code)99},
};

START_TEST(test_word)
{
    const struct word_row *row = &word_rows[_i];
    const char *word = amr_error_code_word(row->code);

    ck_assert_msg(strcmp(word, row->word) == 0, "%s: said '%s'", row->word, word);
}
END_TEST

START_TEST(test_set_fills_everything)
{
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = "old"};

    ck_assert(!amr_error_set(&err, AMR_ERROR_USAGE, "bad %s %d", "thing", 7));
    ck_assert_int_eq(err.code, AMR_ERROR_USAGE);
    ck_assert_int_eq(err.http_status, 0);
    ck_assert_str_eq(err.message, "bad thing 7");
}
END_TEST

START_TEST(test_context_stands_before_and_keeps_the_rest)
{
    struct amr_error err = {.code = AMR_ERROR_DENIED, .http_status = 403, .message = "HTTP 403"};

    ck_assert(!amr_error_add_context(&err, "cluster '%s'", "%n%s"));
    ck_assert(!amr_error_add_context(&err, "account"));
    ck_assert_str_eq(err.message, "account: cluster '%n%s': HTTP 403");
    ck_assert_int_eq(err.code, AMR_ERROR_DENIED);
    ck_assert_int_eq(err.http_status, 403);
}
END_TEST

START_TEST(test_prefix_stands_right_before_and_keeps_the_rest)
{
    struct amr_error err = {
        .code = AMR_ERROR_RESPONSE, .http_status = 200, .message = ": not a number"};

    ck_assert(!amr_error_add_prefix(&err, "/%n%s"));
    ck_assert(!amr_error_add_prefix(&err, ""));
    ck_assert_str_eq(err.message, "/%n%s: not a number");
    ck_assert_int_eq(err.code, AMR_ERROR_RESPONSE);
    ck_assert_int_eq(err.http_status, 200);
}
END_TEST

START_TEST(test_no_memory)
{
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 500, .message = "old"};

    ck_assert(!amr_error_set_no_memory(&err));
    ck_assert_int_eq(err.code, AMR_ERROR_NO_MEMORY);
    ck_assert_int_eq(err.http_status, 0);
    ck_assert_str_eq(err.message, "out of memory");
}
END_TEST

START_TEST(test_message_may_be_built_from_itself)
{
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 0, .message = "inner"};

    ck_assert(!amr_error_set(&err, AMR_ERROR_NETWORK, "outer (%s)", err.message));
    ck_assert_str_eq(err.message, "outer (inner)");
    ck_assert(!amr_error_add_context(&err, "again %s", err.message));
    ck_assert_str_eq(err.message, "again outer (inner): outer (inner)");
}
END_TEST

/* The length of the context, so that context, ": " and message meet the end in every way. */
static const struct cut_row {
    const char *name;
    size_t context_length;
    size_t length;
} cut_rows[] = {
    {"all fits", AMR_ERROR_MESSAGE_SIZE - 6, AMR_ERROR_MESSAGE_SIZE - 1},
    {"last byte of the message cut", AMR_ERROR_MESSAGE_SIZE - 5, AMR_ERROR_MESSAGE_SIZE - 1},
    {"message cut away", AMR_ERROR_MESSAGE_SIZE - 3, AMR_ERROR_MESSAGE_SIZE - 1},
    {"separator cut", AMR_ERROR_MESSAGE_SIZE - 2, AMR_ERROR_MESSAGE_SIZE - 1},
    {"context just fits", AMR_ERROR_MESSAGE_SIZE - 1, AMR_ERROR_MESSAGE_SIZE - 1},
    {"context cut", AMR_ERROR_MESSAGE_SIZE, AMR_ERROR_MESSAGE_SIZE - 1},
    {"context far too long", 4000, AMR_ERROR_MESSAGE_SIZE - 1},
    {"short", 1, 6},
};

START_TEST(test_cut_at_the_end)
{
    const struct cut_row *row = &cut_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 500, .message = "xyz"};
    char context[4001];
    char expected[4100];

    memset(context, 'c', sizeof(context));
    context[row->context_length] = '\0';
    (void)snprintf(expected, sizeof(expected), "%s: xyz", context);
    expected[AMR_ERROR_MESSAGE_SIZE - 1] = '\0';

    ck_assert(!amr_error_add_context(&err, "%s", context));
    ck_assert_msg(strlen(err.message) == row->length, "%s: %zu bytes", row->name,
                  strlen(err.message));
    ck_assert_msg(strcmp(err.message, expected) == 0, "%s: '%s'", row->name, err.message);

    (void)snprintf(expected, sizeof(expected), "%s", context);
    expected[AMR_ERROR_MESSAGE_SIZE - 1] = '\0';
    ck_assert(!amr_error_set(&err, AMR_ERROR_SERVER, "%s", context));
    ck_assert_msg(strcmp(err.message, expected) == 0, "%s: set '%s'", row->name, err.message);

    ck_assert(!amr_error_set(&err, AMR_ERROR_SERVER, ": xyz"));
    (void)snprintf(expected, sizeof(expected), "%s: xyz", context);
    expected[AMR_ERROR_MESSAGE_SIZE - 1] = '\0';
    ck_assert(!amr_error_add_prefix(&err, context));
    ck_assert_msg(strcmp(err.message, expected) == 0, "%s: prefix '%s'", row->name, err.message);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_word, word_rows);
    UNIT_ADD_ROWS(tcase, test_cut_at_the_end, cut_rows);
    tcase_add_test(tcase, test_set_fills_everything);
    tcase_add_test(tcase, test_context_stands_before_and_keeps_the_rest);
    tcase_add_test(tcase, test_prefix_stands_right_before_and_keeps_the_rest);
    tcase_add_test(tcase, test_no_memory);
    tcase_add_test(tcase, test_message_may_be_built_from_itself);
}

int main(void)
{
    return unit_run("error", add_tests);
}
