/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "range.h"
#include "unit.h"

#define NONE      INT64_MAX
#define MINUS_INF INT64_MIN
#define UNIT      INT64_C(1000000000)

static const struct taken_row {
    const char *text;
    bool is_inside;
    int64_t start;
    int64_t end;
} taken_rows[] = {
    {"10", false, 0, 10 * UNIT},
    {"10:", false, 10 * UNIT, NONE},
    {"30:", false, 30 * UNIT, NONE},
    {":10", false, 0, 10 * UNIT},
    {"~:10", false, MINUS_INF, 10 * UNIT},
    {"~:-10", false, MINUS_INF, -10 * UNIT},
    {"~:", false, MINUS_INF, NONE},
    {"10:20", false, 10 * UNIT, 20 * UNIT},
    {"10:10", false, 10 * UNIT, 10 * UNIT},
    {"@10:20", true, 10 * UNIT, 20 * UNIT},
    {"@10", true, 0, 10 * UNIT},
    {"@10:", true, 10 * UNIT, NONE},
    {"@:10", true, 0, 10 * UNIT},
    {"@~:", true, MINUS_INF, NONE},
    {"@~:10", true, MINUS_INF, 10 * UNIT},
    {"0", false, 0, 0},
    {"0:", false, 0, NONE},
    {"-0", false, 0, 0},
    {"-5:", false, -5 * UNIT, NONE},
    {"-5:-1", false, -5 * UNIT, -UNIT},
    {"-5:5", false, -5 * UNIT, 5 * UNIT},
    {"007", false, 0, 7 * UNIT},
    {"30.00", false, 0, 30 * UNIT},
    {"29.99", false, 0, INT64_C(29990000000)},
    {"29.99:", false, INT64_C(29990000000), NONE},
    {"-0.5:0.5", false, -UNIT / 2, UNIT / 2},
    {"0.000000001:", false, 1, NONE},
    {"-0.000000001:", false, -1, NONE},
    {"999999999.999999999", false, 0, INT64_C(999999999999999999)},
    {"@-999999999.999999999:999999999.999999999", true, INT64_C(-999999999999999999),
     INT64_C(999999999999999999)},
};

START_TEST(test_taken)
{
    const struct taken_row *row = &taken_rows[_i];
    struct amr_range range;

    ck_assert_msg(amr_range_parse(row->text, &range), "'%s': refused", row->text);
    ck_assert_msg(range.is_inside == row->is_inside, "'%s': @", row->text);
    ck_assert_msg(range.start_billionths == row->start, "'%s': start %" PRId64, row->text,
                  range.start_billionths);
    ck_assert_msg(range.end_billionths == row->end, "'%s': end %" PRId64, row->text,
                  range.end_billionths);
    ck_assert_msg(strcmp(range.text, row->text) == 0, "'%s': text '%s'", row->text, range.text);
}
END_TEST

static const char *const refused_rows[] = {
    "10abc",
    "5:1",
    ":",
    "~",
    "@",
    "1e400",
    "nan",
    "",
    "0x10",
    "1,5",
    "@:",
    "@~",
    "@5:1",
    "-5",
    ":-5",
    "@@10",
    "10@",
    "10::20",
    "10:20:",
    "10:20:30",
    "::",
    "10:~",
    "~:~",
    "~10",
    "10~:",
    "~~:",
    "-~:",
    "+10",
    "--10",
    "-",
    "-:",
    "10:-",
    ".5",
    "5.",
    "5.:",
    "5..5",
    "5.5.5",
    "-.5:",
    "1e4",
    "1E4",
    "inf",
    "-inf",
    "infinity:",
    "NaN",
    "0x10:",
    "1_000",
    "1'000",
    " 10",
    "10 ",
    "10 :",
    "10: 20",
    "@ 10",
    "- 10:",
    "10\n",
    "10\t",
    "10:20x",
    "10d",
    "10%",
    "1000000000",
    "0000000010",
    "0.0000000001",
    "9223372036854775808",
    "18446744073709551626",
    "99999999999999999999999999999999999999",
    "10:10.0000000000",
    "0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "\xd9\xa1\xd9\xa0",
    "10\xff",
    "1.000000001:1",
};

START_TEST(test_refused)
{
    const char *text = refused_rows[_i];
    struct amr_range untouched;
    struct amr_range range;

    memset(&untouched, 0x5a, sizeof(untouched));
    untouched.is_inside = true;
    memcpy(&range, &untouched, sizeof(range));
    ck_assert_msg(!amr_range_parse(text, &range), "'%s': taken", text);
    ck_assert_msg(memcmp(&range, &untouched, sizeof(range)) == 0, "'%s': touched", text);
}
END_TEST

static const struct alert_row {
    const char *text;
    int64_t value_hundredths;
    bool is_alert;
} alert_rows[] = {
    {"30:", 3000, false},
    {"30:", 2999, true},
    {"30:", 3001, false},
    {"30:", 0, true},
    {"30:", -1, true},
    {"30:", INT64_MAX, false},
    {"30:", INT64_MIN, true},
    {"30.00:", 3000, false},
    {"30.00:", 2999, true},
    {"29.99:", 2999, false},
    {"29.99:", 2998, true},
    {"29.995:", 2999, true},
    {"29.995:", 3000, false},
    {"29.990000001:", 2999, true},
    {"10", 1000, false},
    {"10", 1001, true},
    {"10", 0, false},
    {"10", -1, true},
    {"10", INT64_MAX, true},
    {":10", -1, true},
    {":10", 1000, false},
    {"~:10", 1000, false},
    {"~:10", 1001, true},
    {"~:10", INT64_MIN, false},
    {"~:10", INT64_MAX, true},
    {"~:", INT64_MIN, false},
    {"~:", 0, false},
    {"~:", INT64_MAX, false},
    {"@~:", 0, true},
    {"@~:", INT64_MIN, true},
    {"@~:", INT64_MAX, true},
    {"10:10", 999, true},
    {"10:10", 1000, false},
    {"10:10", 1001, true},
    {"@10:10", 1000, true},
    {"@10:10", 1001, false},
    {"@10:20", 999, false},
    {"@10:20", 1000, true},
    {"@10:20", 2000, true},
    {"@10:20", 2001, false},
    {"10:20", 999, true},
    {"10:20", 1000, false},
    {"10:20", 2000, false},
    {"10:20", 2001, true},
    {"@10", -1, false},
    {"@10", 0, true},
    {"-0.01:0", -1, false},
    {"-0.01:0", -2, true},
    {"-0.01:0", 1, true},
    {"-0:", 0, false},
    {"-0:", -1, true},
    {"999999999.999999999", INT64_C(99999999999), false},
    {"999999999.999999999", INT64_C(100000000000), true},
    {"-999999999.999999999:", INT64_C(-99999999999), false},
    {"-999999999.999999999:", INT64_C(-100000000000), true},
};

START_TEST(test_alert)
{
    const struct alert_row *row = &alert_rows[_i];
    struct amr_range range;

    ck_assert_msg(amr_range_parse(row->text, &range), "'%s': refused", row->text);
    ck_assert_msg(amr_range_is_alert(&range, row->value_hundredths) == row->is_alert,
                  "'%s' with %" PRId64 " hundredths: %s", row->text, row->value_hundredths,
                  row->is_alert ? "no alert" : "alert");
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_taken, taken_rows);
    UNIT_ADD_ROWS(tcase, test_refused, refused_rows);
    UNIT_ADD_ROWS(tcase, test_alert, alert_rows);
}

int main(void)
{
    return unit_run("range", add_tests);
}
