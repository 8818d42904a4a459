/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "operation.h"
#include "unit.h"

enum { TEXT_BYTES_MAX = 4096 };

static const struct {
    const char *name;
    const char *body;
    enum amr_operation_status status;
    const char *word;
    const char *error; /* of a failure: its message */
} read_rows[] = {
    {"pending", "{\"status\":\"Pending\"}", AMR_OPERATION_RUNNING, "Pending", NULL},
    {"an end told early goes on",
     "{\"status\":\"InProgress\",\"endTime\":\"2026-01-01T00:00:00Z\"}", AMR_OPERATION_RUNNING,
     "InProgress", NULL},
    {"a word nobody knows goes on", "{\"status\":\"Reticulating\",\"error\":{\"code\":\"x\"}}",
     AMR_OPERATION_RUNNING, "Reticulating", NULL},
    {"succeeded", "{\"status\":\"Succeeded\",\"endTime\":\"0001-01-01T00:00:00+00:00\"}",
     AMR_OPERATION_SUCCEEDED, "Succeeded", NULL},
    {"another case", "{\"status\":\"succeeded\"}", AMR_OPERATION_SUCCEEDED, "succeeded", NULL},
    {"failed without a reason", "{\"status\":\"Failed\"}", AMR_OPERATION_FAILED, "Failed",
     "Azure ended the operation: Failed"},
    {"a flat error", "{\"status\":\"Failed\",\"error\":{\"code\":\"X\",\"message\":\"y | z\"}}",
     AMR_OPERATION_FAILED, "Failed", "Azure ended the operation: Failed: X: y ? z"},
    {"a nested error",
     "{\"status\":\"Canceled\",\"error\":{\"error\":{\"code\":\"X\",\"message\":\"y\"}}}",
     AMR_OPERATION_CANCELED, "Canceled", "Azure ended the operation: Canceled: X: y"},
    {"an error of another type", "{\"status\":\"Failed\",\"error\":[1]}", AMR_OPERATION_FAILED,
     "Failed", "Azure ended the operation: Failed"},
    {"a word that is long", "{\"status\":\"0123456789012345678901234567890123456789\"}",
     AMR_OPERATION_RUNNING, "012345678901234567890123456789012345...", NULL},
    {"an escape", "{\"status\":\"a\\u001bb\"}", AMR_OPERATION_RUNNING, "a?b", NULL},
};

START_TEST(test_read)
{
    struct amr_operation operation;
    struct amr_error err;
    const char *body = read_rows[_i].body;

    ck_assert_msg(amr_operation_read(body, strlen(body), &operation, &err), "%s", err.message);
    ck_assert_int_eq(operation.status, read_rows[_i].status);
    ck_assert_str_eq(operation.word, read_rows[_i].word);
    if (read_rows[_i].error != NULL)
        ck_assert_str_eq(operation.error.message, read_rows[_i].error);
}
END_TEST

static const char *const unread_rows[] = {
    "", "{}", "[]", "{\"status\":null}", "{\"status\":7}", "<html>", "{\"status\":\"Succeeded\"",
};

START_TEST(test_unread)
{
    struct amr_operation operation = {.status = AMR_OPERATION_CANCELED};
    struct amr_error err;

    ck_assert(!amr_operation_read(unread_rows[_i], strlen(unread_rows[_i]), &operation, &err));
    ck_assert_int_eq(err.code, AMR_ERROR_RESPONSE);
    ck_assert_int_eq(operation.status, AMR_OPERATION_CANCELED);
}
END_TEST

static const struct {
    const char *retry_after;
    int asked;
    int64_t wait_ms;
} wait_rows[] = {
    {"", 0, 2000},      {"", 1, 4000},      {"", 2, 8000},           {"", 3, 15000},
    {"", 1000, 15000},  {"1", 0, 1000},     {"0", 0, 1000},          {"20", 9, 20000},
    {"300", 0, 300000}, {"301", 0, 300000}, {"99999999", 0, 300000}, {"soon", 0, 60000},
    {"-5", 0, 60000},
};

START_TEST(test_wait)
{
    ck_assert_int_eq(
        amr_operation_wait_ms(wait_rows[_i].retry_after, wait_rows[_i].asked, 1798000000),
        wait_rows[_i].wait_ms);
}
END_TEST

static const struct {
    enum amr_change change;
    const char *method;
    const char *body;
    const char *end;
    const char *right;
} change_rows[] = {
    {AMR_CHANGE_DEFER, "PATCH", "{\"properties\":{\"deferUpgrade\":\"Deferred\"}}", "",
     "Microsoft.Cache/redisEnterprise/databases/write"},
    {AMR_CHANGE_UNDEFER, "PATCH", "{\"properties\":{\"deferUpgrade\":\"NotDeferred\"}}", "",
     "Microsoft.Cache/redisEnterprise/databases/write"},
    {AMR_CHANGE_START, "POST", NULL, "/upgradeDBRedisVersion",
     "Microsoft.Cache/redisEnterprise/databases/upgradeDBRedisVersion/action"},
};

START_TEST(test_request)
{
    const struct amr_arm_place place = {.endpoint = "https://arm", .api_version = "2025-07-01"};
    const struct amr_cluster cluster = {
        .subscription = "s", .resource_group = "r g", .name = "c/?"};
    const struct amr_database database = {.name = "default"};
    enum amr_change change = change_rows[_i].change;
    struct amr_buffer url;
    struct amr_buffer wanted;

    amr_buffer_init(&url, TEXT_BYTES_MAX);
    amr_buffer_init(&wanted, TEXT_BYTES_MAX);
    amr_change_append_url(&url, &place, &cluster, &database, change);
    amr_buffer_append_format(&wanted,
                             "https://arm/subscriptions/s/resourceGroups/r%%20g/providers/"
                             "Microsoft.Cache/redisEnterprise/c%%2F%%3F/databases/default%s"
                             "?api-version=2025-07-01",
                             change_rows[_i].end);
    ck_assert_str_eq(amr_buffer_text(&url), amr_buffer_text(&wanted));
    ck_assert_str_eq(amr_change_method(change), change_rows[_i].method);
    ck_assert_pstr_eq(amr_change_body(change), change_rows[_i].body);
    ck_assert_str_eq(amr_change_right(change), change_rows[_i].right);
    amr_buffer_free(&url);
    amr_buffer_free(&wanted);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_read, read_rows);
    UNIT_ADD_ROWS(tcase, test_unread, unread_rows);
    UNIT_ADD_ROWS(tcase, test_wait, wait_rows);
    UNIT_ADD_ROWS(tcase, test_request, change_rows);
}

int main(void)
{
    return unit_run("operation", add_tests);
}
