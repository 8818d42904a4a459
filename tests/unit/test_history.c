/* SPDX-License-Identifier: MIT */
#include "history.h"
#include "unit.h"

#define NONE AMR_INSTANT_NONE

static const struct amr_line line_72 = {7, 2};
static const struct amr_line line_74 = {7, 4};

/* Instants are small numbers here: only their order counts. */
static const struct unset_row {
    const char *name;
    struct amr_history_record record;
    int64_t since_s;
    bool is_seen;
} unset_rows[] = {
    {"unset after it", {{7, 4}, 10, NONE, {0, 0}, 60, NONE}, 50, true},
    {"unset at it", {{7, 4}, 10, NONE, {0, 0}, 50, NONE}, 50, true},
    {"unset a second before it", {{7, 4}, 10, NONE, {0, 0}, 49, 70}, 50, false},
    {"never unset", {{7, 4}, 10, NONE, {0, 0}, NONE, 10}, 50, false},
    {"unset on the line's first sighting", {{7, 4}, 60, NONE, {0, 0}, 60, 70}, 50, true},
    {"unset on the line before only", {{7, 4}, 60, 59, {7, 2}, 59, 60}, 50, false},
    {"unset on both lines", {{7, 4}, 55, 54, {7, 2}, 60, 70}, 50, true},
    {"unset on this line, before it", {{7, 4}, 30, 20, {7, 2}, 40, 45}, 50, false},
    {"record of a lower line", {{7, 2}, 10, NONE, {0, 0}, 60, NONE}, 50, false},
    {"record of a higher line", {{8, 0}, 10, NONE, {0, 0}, 60, NONE}, 50, false},
    {"record of the line after this one", {{8, 0}, 70, 65, {7, 4}, 65, 70}, 50, false},
    {"record of no line", {{0, 0}, NONE, NONE, {0, 0}, NONE, NONE}, 50, false},
    {"before 1970", {{7, 4}, -100, NONE, {0, 0}, -60, NONE}, -70, true},
    {"before 1970, too early", {{7, 4}, -100, NONE, {0, 0}, -80, NONE}, -70, false},
};

START_TEST(test_unset)
{
    const struct unset_row *row = &unset_rows[_i];

    ck_assert_msg(amr_history_is_seen_not_deferred(&row->record, line_74, row->since_s) ==
                      row->is_seen,
                  "%s: %s", row->name, row->is_seen ? "not seen" : "seen");
}
END_TEST

static const struct spent_row {
    const char *name;
    struct amr_history_record record;
    bool is_spent;
} spent_rows[] = {
    {"set long before the change", {{7, 4}, 60, 50, {7, 2}, NONE, 10}, true},
    {"set at the last observation before it", {{7, 4}, 60, 50, {7, 2}, NONE, 50}, true},
    {"set after a time unset, before the change", {{7, 4}, 60, 50, {7, 2}, 20, 30}, true},
    {"first seen set on the new line", {{7, 4}, 60, 50, {7, 2}, NONE, 60}, false},
    {"set on the new line", {{7, 4}, 60, 50, {7, 2}, 60, 70}, false},
    {"unset on the new line, then set", {{7, 4}, 60, 50, {7, 2}, 65, 70}, false},
    {"not set", {{7, 4}, 60, 50, {7, 2}, 70, NONE}, false},
    {"changed within a second, set before", {{7, 4}, 60, 60, {7, 2}, NONE, 10}, true},
    {"changed and first seen set within a second", {{7, 4}, 60, 60, {7, 2}, NONE, 60}, false},
    {"no change was seen", {{7, 4}, 10, NONE, {0, 0}, NONE, 10}, false},
    {"record of the line before", {{7, 2}, 60, 50, {7, 0}, NONE, 10}, false},
    {"record of another line", {{8, 0}, 60, 50, {7, 4}, NONE, 10}, false},
    {"record of no line", {{0, 0}, NONE, NONE, {0, 0}, NONE, NONE}, false},
    {"before 1970", {{7, 4}, -60, -70, {7, 2}, NONE, -80}, true},
};

START_TEST(test_spent)
{
    const struct spent_row *row = &spent_rows[_i];

    ck_assert_msg(amr_history_is_deferral_spent(&row->record, line_74) == row->is_spent, "%s: %s",
                  row->name, row->is_spent ? "not spent" : "spent");
}
END_TEST

START_TEST(test_no_record_proves_nothing)
{
    ck_assert(!amr_history_is_seen_not_deferred(NULL, line_72, 50));
    ck_assert(!amr_history_is_seen_not_deferred(NULL, line_72, INT64_MIN));
    ck_assert(!amr_history_is_deferral_spent(NULL, line_72));
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_unset, unset_rows);
    UNIT_ADD_ROWS(tcase, test_spent, spent_rows);
    tcase_add_test(tcase, test_no_record_proves_nothing);
}

int main(void)
{
    return unit_run("history", add_tests);
}
