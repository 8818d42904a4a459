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

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, reads_retry_after, retry_rows);
}

int main(void)
{
    return unit_run("pace", add_tests);
}
