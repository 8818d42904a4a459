/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "calendar.h"
#include "unit.h"

#define FIRST_DAY INT64_C(-719162)
#define LAST_DAY  INT64_C(2932896)
#define FIRST_S   INT64_C(-62135596800)
#define LAST_S    INT64_C(253402300799)

static const struct date_row {
    const char *text;
    enum amr_date_precision precision;
    int64_t first_day;
    int64_t last_day;
} date_rows[] = {
    {"1970-01-01", AMR_DATE_DAY, 0, 0},
    {"1969-12-31", AMR_DATE_DAY, -1, -1},
    {"2000-02-29", AMR_DATE_DAY, 11016, 11016},
    {"2000-03-01", AMR_DATE_DAY, 11017, 11017},
    {"2000-12-31", AMR_DATE_DAY, 11322, 11322},
    {"1900-02-28", AMR_DATE_DAY, -25509, -25509},
    {"1900-03-01", AMR_DATE_DAY, -25508, -25508},
    {"2024-02-29", AMR_DATE_DAY, 19782, 19782},
    {"2038-01-19", AMR_DATE_DAY, 24855, 24855},
    {"2027-01-29", AMR_DATE_DAY, 20847, 20847},
    {"0001-01-01", AMR_DATE_DAY, FIRST_DAY, FIRST_DAY},
    {"9999-12-31", AMR_DATE_DAY, LAST_DAY, LAST_DAY},
    {"2025-05", AMR_DATE_MONTH, 20209, 20239},
    {"2024-02", AMR_DATE_MONTH, 19754, 19782},
    {"2023-02", AMR_DATE_MONTH, 19389, 19416},
    {"0001-01", AMR_DATE_MONTH, FIRST_DAY, -719132},
    {"9999-12", AMR_DATE_MONTH, 2932866, LAST_DAY},
};

START_TEST(test_date_taken)
{
    const struct date_row *row = &date_rows[_i];
    struct amr_date date;
    char text[AMR_DATE_TEXT_SIZE];

    ck_assert_msg(amr_date_parse(row->text, &date), "%s: refused", row->text);
    ck_assert_msg(date.precision == row->precision, "%s: precision %d", row->text,
                  (int)date.precision);
    ck_assert_msg(date.first_day == row->first_day, "%s: first %" PRId64, row->text,
                  date.first_day);
    ck_assert_msg(date.last_day == row->last_day, "%s: last %" PRId64, row->text, date.last_day);
    amr_date_format(&date, text);
    ck_assert_msg(strcmp(text, row->text) == 0, "%s: written '%s'", row->text, text);
}
END_TEST

static const char *const refused_dates[] = {
    "",
    "2025",
    "2025-",
    "2025-1",
    "2025-00",
    "2025-13",
    "2025-13-01",
    "2025-05-",
    "2025-05-0",
    "2025-05-00",
    "2025-05-32",
    "2025-04-31",
    "2025-06-31",
    "2025-09-31",
    "2025-11-31",
    "2025-02-29",
    "2024-02-30",
    "1900-02-29",
    "2100-02-29",
    "0000-12-31",
    "0000-12",
    "10000-01-01",
    "-001-01-01",
    "+025-01-01",
    "2025-5-01",
    "2025-05-1",
    "2025-05-011",
    "2025-05-01 ",
    " 2025-05-01",
    "2025-05 ",
    "2025-05-01T",
    "2025-05-01T00:00:00Z",
    "2025/05/01",
    "20250501",
    "25-05-01",
    "2025-0x-01",
    "2025-05-01\n",
    "May 2025",
    "unknown",
    "\xd9\xa2\xd9\xa0-01-01",
};

START_TEST(test_date_refused)
{
    const char *text = refused_dates[_i];
    struct amr_date date = {AMR_DATE_UNKNOWN, 77, 88};

    ck_assert_msg(!amr_date_parse(text, &date), "'%s': taken", text);
    ck_assert_msg(date.precision == AMR_DATE_UNKNOWN && date.first_day == 77 && date.last_day == 88,
                  "'%s': touched", text);
}
END_TEST

static const struct written_date_row {
    const char *text;
    struct amr_date date;
} written_date_rows[] = {
    {"", {AMR_DATE_NONE, 0, 0}},
    {"unknown", {AMR_DATE_UNKNOWN, 0, 0}},
    {"2025-05", {AMR_DATE_MONTH, 20209, 20239}},
    {"2027-01-29", {AMR_DATE_DAY, 20847, 20847}},
    {"9999-12", {AMR_DATE_MONTH, INT64_MAX, INT64_MAX}},
    {"0001-01-01", {AMR_DATE_DAY, INT64_MIN, INT64_MIN}},
};

START_TEST(test_date_written)
{
    const struct written_date_row *row = &written_date_rows[_i];
    char text[AMR_DATE_TEXT_SIZE];

    amr_date_format(&row->date, text);
    ck_assert_msg(strcmp(text, row->text) == 0, "'%s': '%s'", row->text, text);
}
END_TEST

static const struct day_row {
    const char *text;
    int64_t day;
} day_rows[] = {
    {"1970-01-01", 0},
    {"1969-12-31", -1},
    {"2000-02-29", 11016},
    {"1900-02-28", -25509},
    {"1900-03-01", -25508},
    {"0001-01-01", FIRST_DAY},
    {"0001-01-01", FIRST_DAY - 1},
    {"0001-01-01", INT64_MIN},
    {"9999-12-31", LAST_DAY},
    {"9999-12-31", LAST_DAY + 1},
    {"9999-12-31", INT64_MAX},
};

START_TEST(test_day_written)
{
    const struct day_row *row = &day_rows[_i];
    char text[AMR_DATE_TEXT_SIZE];

    amr_day_format(row->day, text);
    ck_assert_msg(strcmp(text, row->text) == 0, "%s of %" PRId64 ": '%s'", row->text, row->day,
                  text);
}
END_TEST

/* A stride prime to 7, 365, 1461 and 146097 meets every kind of day without taking long. */
START_TEST(test_days_survive_the_way_round)
{
    for (int64_t day = FIRST_DAY; day <= LAST_DAY; day += 17) {
        char text[AMR_DATE_TEXT_SIZE];
        struct amr_date date;

        amr_day_format(day, text);
        if (!amr_date_parse(text, &date) || date.first_day != day)
            ck_abort_msg("day %" PRId64 ": '%s'", day, text);
    }
}
END_TEST

static const struct instant_row {
    const char *text;
    int64_t instant_s;
    const char *written;
} instant_rows[] = {
    {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
    {"1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"},
    {"2000-02-29T12:34:56Z", 951827696, "2000-02-29T12:34:56Z"},
    {"1900-03-01T00:00:00Z", INT64_C(-2203891200), "1900-03-01T00:00:00Z"},
    {"2024-02-29T23:59:59Z", 1709251199, "2024-02-29T23:59:59Z"},
    {"2038-01-19T03:14:07Z", INT64_C(2147483647), "2038-01-19T03:14:07Z"},
    {"2038-01-19T03:14:08Z", INT64_C(2147483648), "2038-01-19T03:14:08Z"},
    {"0001-01-01T00:00:00Z", FIRST_S, "0001-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59Z", LAST_S, "9999-12-31T23:59:59Z"},
    {"9999-12-31T23:59:59.999999999Z", LAST_S, "9999-12-31T23:59:59Z"},
    {"2027-01-29t00:00:00z", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T14:00:00+14:00", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T00:00:00+14:00", 1801130400, "2027-01-28T10:00:00Z"},
    {"2027-01-28T12:00:00-12:00", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T05:45:00+05:45", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T23:59:00+23:59", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-28T00:01:00-23:59", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T00:00:00+00:00", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T00:00:00-00:00", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T00:00:00.1Z", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T00:00:00.123456789Z", 1801180800, "2027-01-29T00:00:00Z"},
    {"2027-01-29T00:00:00.1234567+00:00", 1801180800, "2027-01-29T00:00:00Z"},
    {"1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59Z"},
    {"2016-12-31T23:59:60Z", 1483228800, "2017-01-01T00:00:00Z"},
    {"2015-06-30T23:59:60Z", 1435708800, "2015-07-01T00:00:00Z"},
    {"2015-06-30T23:59:60.999Z", 1435708800, "2015-07-01T00:00:00Z"},
    {"2017-01-01T01:59:60+02:00", 1483228800, "2017-01-01T00:00:00Z"},
    {"1990-12-31T15:59:60-08:00", 662688000, "1991-01-01T00:00:00Z"},
    {"1960-12-31T23:59:60Z", -283996800, "1961-01-01T00:00:00Z"},
    {"0001-01-01T14:00:00+14:00", FIRST_S, "0001-01-01T00:00:00Z"},
    {"9999-12-31T09:59:59-14:00", LAST_S, "9999-12-31T23:59:59Z"},
};

START_TEST(test_instant_taken)
{
    const struct instant_row *row = &instant_rows[_i];
    int64_t instant_s;
    char text[AMR_INSTANT_TEXT_SIZE];

    ck_assert_msg(amr_instant_parse(row->text, &instant_s), "%s: refused", row->text);
    ck_assert_msg(instant_s == row->instant_s, "%s: %" PRId64, row->text, instant_s);
    amr_instant_format(instant_s, text);
    ck_assert_msg(strcmp(text, row->written) == 0, "%s: written '%s'", row->text, text);
}
END_TEST

static const char *const refused_instants[] = {
    "",
    "2027-01-29",
    "2027-01",
    "2027-01-29T00:00:00",
    "2027-01-29T00:00:00.5",
    "2027-01-29T00:00Z",
    "2027-01-29T00Z",
    "2027-01-29 00:00:00Z",
    "2027-01-29_00:00:00Z",
    "2027-13-01T00:00:00Z",
    "2027-00-01T00:00:00Z",
    "2027-02-29T00:00:00Z",
    "2027-01-32T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "0000-12-31T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "2027-01-29T24:00:00Z",
    "2027-01-29T00:60:00Z",
    "2027-01-29T00:00:61Z",
    "2027-01-29T00:00:60Z",
    "2027-01-29T23:59:60Z",
    "2027-03-31T23:59:60Z",
    "2016-12-30T23:59:60Z",
    "2016-12-31T23:58:60Z",
    "2016-12-31T22:59:60Z",
    "2016-12-31T23:59:60+01:00",
    "2016-12-31T23:59:60-00:01",
    "2016-12-31T23:59:61Z",
    "9999-12-31T23:59:60Z",
    "2027-01-29T00:00:00.Z",
    "2027-01-29T00:00:00,5Z",
    "2027-01-29T00:00:00.1234567890Z",
    "2027-01-29T00:00:00.5.5Z",
    "2027-01-29T00:00:00.-5Z",
    "2027-01-29T00:00:00ZZ",
    "2027-01-29T00:00:00Z ",
    " 2027-01-29T00:00:00Z",
    "2027-01-29T00:00:00 Z",
    "2027-01-29T00:00:00UTC",
    "2027-01-29T00:00:00+24:00",
    "2027-01-29T00:00:00+14:60",
    "2027-01-29T00:00:00+1400",
    "2027-01-29T00:00:00+14",
    "2027-01-29T00:00:00+14:0",
    "2027-01-29T00:00:00+14:000",
    "2027-01-29T00:00:00+-1:00",
    "2027-01-29T00:00:00 14:00",
    "2027-01-29T0:00:00Z",
    "2027-1-29T00:00:00Z",
    "2027-01-29T00:00:00\342\210\22201:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "9999-12-31T23:59:59-14:00",
    "1769731200",
    "Fri, 29 Jan 2027 00:00:00 GMT",
};

START_TEST(test_instant_refused)
{
    const char *text = refused_instants[_i];
    int64_t instant_s = 77;

    ck_assert_msg(!amr_instant_parse(text, &instant_s), "'%s': taken", text);
    ck_assert_msg(instant_s == 77, "'%s': touched", text);
}
END_TEST

static const struct written_instant_row {
    const char *text;
    int64_t instant_s;
} written_instant_rows[] = {
    {"0001-01-01T00:00:00Z", FIRST_S - 1}, {"0001-01-01T00:00:00Z", INT64_MIN},
    {"9999-12-31T23:59:59Z", LAST_S + 1},  {"9999-12-31T23:59:59Z", INT64_MAX},
    {"1969-12-31T00:00:00Z", -86400},      {"1969-12-30T23:59:59Z", -86401},
    {"2038-01-19T03:14:08Z", 2147483648},
};

START_TEST(test_instant_written)
{
    const struct written_instant_row *row = &written_instant_rows[_i];
    char text[AMR_INSTANT_TEXT_SIZE];

    amr_instant_format(row->instant_s, text);
    ck_assert_msg(strcmp(text, row->text) == 0, "%s of %" PRId64 ": '%s'", row->text,
                  row->instant_s, text);
}
END_TEST

static const struct instant_day_row {
    const char *name;
    int64_t instant_s;
    int64_t day;
} instant_day_rows[] = {
    {"epoch", 0, 0},
    {"last second of the epoch's day", 86399, 0},
    {"next day", 86400, 1},
    {"second before the epoch", -1, -1},
    {"midnight before 1970", -86400, -1},
    {"second before that", -86401, -2},
    {"first instant", FIRST_S, FIRST_DAY},
    {"last instant", LAST_S, LAST_DAY},
    {"2038", INT64_C(2147483648), 24855},
};

START_TEST(test_instant_day)
{
    const struct instant_day_row *row = &instant_day_rows[_i];
    int64_t day = amr_instant_day(row->instant_s);

    ck_assert_msg(day == row->day, "%s: %" PRId64, row->name, day);
}
END_TEST

/* A hundredth of a day is 864 seconds; -0.001 day is -86.4, here -86 and -87 seconds. */
static const struct difference_row {
    const char *name;
    int64_t to_s;
    int64_t from_s;
    int64_t hundredths;
} difference_rows[] = {
    {"same", 1000, 1000, 0},
    {"0.001 day", 86, 0, 0},
    {"-0.001 day", 0, 86, -1},
    {"a bit below -0.001 day", 0, 87, -1},
    {"one second", 1, 0, 0},
    {"minus one second", 0, 1, -1},
    {"just below a hundredth", 863, 0, 0},
    {"a hundredth", 864, 0, 1},
    {"minus a hundredth", 0, 864, -1},
    {"just below minus a hundredth", 0, 865, -2},
    {"a day", 86400, 0, 100},
    {"minus a day", -86400, 0, -100},
    {"30 days less a second", 30 * 86400 - 1, 0, 2999},
    {"30 days", 30 * 86400, 0, 3000},
    {"both before 1970", -86400, -2 * 86400 - 1, 100},
    {"all years", LAST_S, FIRST_S, INT64_C(365205899)},
    {"all years backwards", FIRST_S, LAST_S, INT64_C(-365205900)},
};

START_TEST(test_difference)
{
    const struct difference_row *row = &difference_rows[_i];
    int64_t hundredths = amr_instant_difference_hundredths(row->to_s, row->from_s);

    ck_assert_msg(hundredths == row->hundredths, "%s: %" PRId64, row->name, hundredths);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_date_taken, date_rows);
    UNIT_ADD_ROWS(tcase, test_date_refused, refused_dates);
    UNIT_ADD_ROWS(tcase, test_date_written, written_date_rows);
    UNIT_ADD_ROWS(tcase, test_day_written, day_rows);
    tcase_add_test(tcase, test_days_survive_the_way_round);
    UNIT_ADD_ROWS(tcase, test_instant_taken, instant_rows);
    UNIT_ADD_ROWS(tcase, test_instant_refused, refused_instants);
    UNIT_ADD_ROWS(tcase, test_instant_written, written_instant_rows);
    UNIT_ADD_ROWS(tcase, test_instant_day, instant_day_rows);
    UNIT_ADD_ROWS(tcase, test_difference, difference_rows);
}

int main(void)
{
    return unit_run("calendar", add_tests);
}
