/* SPDX-License-Identifier: MIT */
#include "pace.h"
#include "unit.h"

/* Seconds to wait from 1994-11-06T08:49:00Z. */
#define NOW INT64_C(784111740)

static const struct retry_row {
    const char *text;
    int64_t wait_s;
} retry_rows[] = {
    {"5", 5},
    {"1", 1},
    {"0", 1},
    {"00", 1},
    {"3600", 3600},
    {"3601", 3600},
    {"99999999999999999999999999", 3600},
    {"", 60},
    {"-5", 60},
    {"+5", 60},
    {"5.5", 60},
    {"5 ", 60},
    {"soon", 60},
    {"00:00:05", 5},
    {"00:01:01", 61},
    {"01:00:01", 3600},
    {"00:00:00", 1},
    {"00:00:5x", 60},
    {"0:00:05", 60},
    {"00-00-05", 60},
    {"Sun, 06 Nov 1994 08:49:37 GMT", 37},
    {"Sun, 06 Nov 1994 08:48:37 GMT", 1},
    {"Sun, 06 Nov 1994 12:49:37 GMT", 3600},
    {"Sun, 06 Nov 9999 12:49:37 GMT", 3600},
    {"Sun, 31 Feb 1994 08:49:37 GMT", 60},
    {"Sun, 06 ovD 1994 08:49:37 GMT", 60},
    {"Sun, 06 Nov 1994 08:49:37 UTC", 60},
    {"Sunday, 06-Nov-94 08:49:37 GMT", 60},
    {"Sun, 06 Nov 1994 08:49:37 GMT ", 60},
};

START_TEST(reads_retry_after)
{
    const struct retry_row *row = &retry_rows[_i];

    ck_assert_msg(amr_pace_retry_s(row->text, NOW) - NOW == row->wait_s, "'%s'", row->text);
}
END_TEST

static const struct skew_row {
    const char *name;
    const char *date;
    int64_t skew_s;
} skew_rows[] = {
    {"right", "Sun, 06 Nov 1994 08:49:00 GMT", 0},
    {"behind", "Sun, 06 Nov 1994 08:49:37 GMT", -37},
    {"ahead", "Sun, 06 Nov 1994 08:48:00 GMT", 60},
    {"absent", "", 0},
    {"no date", "soon", 0},
};

START_TEST(compares_clocks)
{
    const struct skew_row *row = &skew_rows[_i];

    ck_assert_msg(amr_pace_skew_s(row->date, NOW) == row->skew_s, "%s", row->name);
}
END_TEST

static const struct transient_row {
    const char *name;
    enum amr_error_code code;
    int http_status;
    bool is_transient;
} transient_rows[] = {
    {"500", AMR_ERROR_SERVER, 500, true},
    {"501", AMR_ERROR_SERVER, 501, false},
    {"502", AMR_ERROR_SERVER, 502, true},
    {"503", AMR_ERROR_SERVER, 503, true},
    {"504", AMR_ERROR_SERVER, 504, true},
    {"505", AMR_ERROR_SERVER, 505, false},
    {"network", AMR_ERROR_NETWORK, 0, true},
    {"TLS", AMR_ERROR_TLS, 0, false},
    {"a connection that does not come", AMR_ERROR_TIMEOUT, 0, true},
    {"too large", AMR_ERROR_RESPONSE, 0, false},
    {"a body of another shape", AMR_ERROR_RESPONSE, 200, false},
    {"400", AMR_ERROR_RESPONSE, 400, false},
    {"401", AMR_ERROR_CREDENTIAL, 401, false},
    {"403", AMR_ERROR_DENIED, 403, false},
    {"404", AMR_ERROR_NOT_FOUND, 404, false},
    {"429", AMR_ERROR_THROTTLED, 429, false},
    {"memory", AMR_ERROR_NO_MEMORY, 0, false},
};

START_TEST(knows_what_passes)
{
    const struct transient_row *row = &transient_rows[_i];
    struct amr_error error = {.code = row->code, .http_status = row->http_status};

    ck_assert_msg(amr_pace_is_transient(&error) == row->is_transient, "%s", row->name);
}
END_TEST

enum { LONG_MS = 100000, MANY_TRIES = 100 };

static const struct backoff_row {
    const char *name;
    int tries;
    int tries_most;
    uint32_t random;
    int64_t left_ms;
    int64_t wait_ms;
} backoff_rows[] = {
    {"first, least", 1, 4, 0, LONG_MS, 0},
    {"first, middle", 1, 4, UINT32_MAX / 2 + 1, LONG_MS, 250},
    {"first, most", 1, 4, UINT32_MAX, LONG_MS, 500},
    {"second, least", 2, 4, 0, LONG_MS, 0},
    {"second, most", 2, 4, UINT32_MAX, LONG_MS, 1000},
    {"third, most", 3, 4, UINT32_MAX, LONG_MS, 2000},
    {"all were made", 4, 4, 0, LONG_MS, -1},
    {"more than all were made", 5, 4, 0, LONG_MS, -1},
    {"none was made", 0, 4, 0, LONG_MS, -1},
    {"a token's first", 1, AMR_PACE_TOKEN_TRIES, UINT32_MAX, LONG_MS, 500},
    {"a token's second", 2, AMR_PACE_TOKEN_TRIES, 0, LONG_MS, -1},
    {"a read's third", 3, AMR_PACE_READ_TRIES, UINT32_MAX, LONG_MS, 2000},
    {"a read's fourth", 4, AMR_PACE_READ_TRIES, 0, LONG_MS, -1},
    {"below the cap", 4, MANY_TRIES, UINT32_MAX, LONG_MS, 4000},
    {"at the cap", 5, MANY_TRIES, UINT32_MAX, LONG_MS, 8000},
    {"beyond the cap", 6, MANY_TRIES, UINT32_MAX, LONG_MS, 8000},
    {"far beyond the cap", 99, MANY_TRIES, UINT32_MAX, LONG_MS, 8000},
    {"beyond the cap, middle", 99, MANY_TRIES, UINT32_MAX / 2 + 1, LONG_MS, 4000},
    {"ends before the deadline", 1, 4, UINT32_MAX, 501, 500},
    {"ends at the deadline", 1, 4, UINT32_MAX, 500, -1},
    {"ends after the deadline", 1, 4, UINT32_MAX, 499, -1},
    {"no time", 1, 4, 0, 0, -1},
    {"after the deadline", 1, 4, 0, -1, -1},
    {"the last millisecond", 1, 4, 0, 1, 0},
};

START_TEST(backs_off)
{
    const struct backoff_row *row = &backoff_rows[_i];
    const int64_t now_ms = 123456789;

    ck_assert_msg(amr_pace_backoff_ms(row->tries, row->tries_most, row->random, now_ms,
                                      now_ms + row->left_ms) == row->wait_ms,
                  "%s", row->name);
}
END_TEST

/* `taken` reads at instant 0, then `taken_then` at then_ms; a further one has to wait for wait_ms
 * from then_ms. */
static const struct bucket_row {
    const char *name;
    int taken;
    int64_t then_ms;
    int taken_then;
    int64_t wait_ms;
} bucket_rows[] = {
    {"full", 0, 0, 0, 0},
    {"one is left", 249, 0, 0, 0},
    {"empty", 250, 0, 0, 40},
    {"empty, a part came back", 250, 39, 0, 1},
    {"empty, one came back", 250, 40, 0, 0},
    {"empty, one came back and went", 250, 40, 1, 40},
    {"empty, one and a part came back, one went", 250, 50, 1, 30},
    {"a second brings 25", 250, 1000, 24, 0},
    {"a second brings no more than 25", 250, 1000, 25, 40},
    {"ten seconds bring 250", 250, 10000, 249, 0},
    {"ten seconds bring no more than 250", 250, 10000, 250, 40},
    {"a day brings no more than 250", 250, INT64_C(86400000), 250, 40},
    {"full does not grow", 0, 5000, 250, 40},
    {"nearly full does not grow beyond full", 1, 5000, 250, 40},
    {"ages bring no more than 250", 250, INT64_MAX / 2, 250, 40},
    {"a clock that stands back brings nothing", 250, -1000, 0, 40},
};

START_TEST(takes_from_a_bucket)
{
    const struct bucket_row *row = &bucket_rows[_i];
    struct amr_pace_bucket bucket;

    amr_pace_bucket_init(&bucket, 0);
    for (int i = 0; i < row->taken; i++) {
        ck_assert_msg(amr_pace_bucket_ready_ms(&bucket, 0) == 0, "%s", row->name);
        amr_pace_bucket_take(&bucket, 0);
    }
    for (int i = 0; i < row->taken_then; i++) {
        ck_assert_msg(amr_pace_bucket_ready_ms(&bucket, row->then_ms) == row->then_ms, "%s",
                      row->name);
        amr_pace_bucket_take(&bucket, row->then_ms);
    }
    ck_assert_msg(amr_pace_bucket_ready_ms(&bucket, row->then_ms) - row->then_ms == row->wait_ms,
                  "%s", row->name);
}
END_TEST

/* Whoever takes whenever there is one makes 1,000 reads in thirty seconds, not earlier. */
START_TEST(spreads_a_thousand_reads)
{
    struct amr_pace_bucket bucket;
    int64_t now_ms = 7;

    amr_pace_bucket_init(&bucket, now_ms);
    for (int i = 0; i < 1000; i++) {
        now_ms = amr_pace_bucket_ready_ms(&bucket, now_ms);
        amr_pace_bucket_take(&bucket, now_ms);
    }
    ck_assert_int_eq(now_ms, 7 + 30000);
}
END_TEST

/* A wait that Azure asks for, at 1000 ms: how long it is waited out. */
static const struct wait_row {
    const char *name;
    int64_t wait_s;
    int waits;
    int64_t deadline_ms;
    int64_t wait_ms;
} wait_rows[] = {
    {"time enough", 10, 0, 31000, 10000},    {"just enough to go on", 10, 0, 13000, 10000},
    {"a moment less", 10, 0, 12999, -1},     {"not within the time", 60, 0, 31000, -1},
    {"waited out before", 10, 1, 31000, -1}, {"the deadline has come", 1, 0, 1000, -1},
};

START_TEST(waits_out)
{
    const struct wait_row *row = &wait_rows[_i];

    ck_assert_msg(amr_pace_wait_out_ms(row->wait_s, row->waits, 1000, row->deadline_ms) ==
                      row->wait_ms,
                  "%s", row->name);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, reads_retry_after, retry_rows);
    UNIT_ADD_ROWS(tcase, compares_clocks, skew_rows);
    UNIT_ADD_ROWS(tcase, knows_what_passes, transient_rows);
    UNIT_ADD_ROWS(tcase, waits_out, wait_rows);
    UNIT_ADD_ROWS(tcase, backs_off, backoff_rows);
    UNIT_ADD_ROWS(tcase, takes_from_a_bucket, bucket_rows);
    tcase_add_test(tcase, spreads_a_thousand_reads);
}

int main(void)
{
    return unit_run("pace", add_tests);
}
