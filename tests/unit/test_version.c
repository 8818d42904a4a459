/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "unit.h"
#include "version.h"

/* In form: 'v' taken as a version only, 'l' as a line too, '-' refused by both. */
static const struct parse_row {
    const char *text;
    char form;
    struct amr_line line;
} parse_rows[] = {
    {"7.4", 'l', {7, 4}},
    {"7.4.2", 'v', {7, 4}},
    {"7.10", 'l', {7, 10}},
    {"8.0", 'l', {8, 0}},
    {"0.1", 'l', {0, 1}},
    {"7.0.0", 'v', {7, 0}},
    {"999999.999999", 'l', {999999, 999999}},
    {"999999.999999.999999", 'v', {999999, 999999}},
    {"", '-', {0}},
    {".", '-', {0}},
    {"7", '-', {0}},
    {"7.", '-', {0}},
    {".4", '-', {0}},
    {"7..4", '-', {0}},
    {"7.4.", '-', {0}},
    {"7.4.2.1", '-', {0}},
    {"7.4.2.", '-', {0}},
    {"7.04", '-', {0}},
    {"07.4", '-', {0}},
    {"00.4", '-', {0}},
    {"7.4.02", '-', {0}},
    {"7.4.00", '-', {0}},
    {"v7.4", '-', {0}},
    {"7.4 ", '-', {0}},
    {" 7.4", '-', {0}},
    {"7. 4", '-', {0}},
    {"7.4\n", '-', {0}},
    {"7.4x", '-', {0}},
    {"7.4-rc1", '-', {0}},
    {"7.4.2-rc1", '-', {0}},
    {"7,4", '-', {0}},
    {"-7.4", '-', {0}},
    {"+7.4", '-', {0}},
    {"7.-4", '-', {0}},
    {"0x7.4", '-', {0}},
    {"7.4e1", '-', {0}},
    {"0.0", '-', {0}},
    {"0.0.5", '-', {0}},
    {"1000000.0", '-', {0}},
    {"7.1000000", '-', {0}},
    {"7.4.1000000", '-', {0}},
    {"4294967303.4", '-', {0}},
    {"18446744073709551623.4", '-', {0}},
    {"7.\xd9\xa4", '-', {0}},
    {"unknown", '-', {0}},
};

static void check_parsed(const char *text, const char *parser, bool is_taken, bool is_expected,
                         struct amr_line line, struct amr_line expected)
{
    ck_assert_msg(is_taken == is_expected, "'%s' as %s: %s", text, parser,
                  is_taken ? "taken" : "refused");
    ck_assert_msg(line.major == expected.major && line.minor == expected.minor, "'%s' as %s: %u.%u",
                  text, parser, line.major, line.minor);
}

START_TEST(test_parse)
{
    const struct parse_row *row = &parse_rows[_i];
    const struct amr_line untouched = {77, 88};
    bool is_version = row->form != '-';
    bool is_line = row->form == 'l';

    struct amr_line line = untouched;
    bool is_taken = amr_version_parse(row->text, &line);
    check_parsed(row->text, "version", is_taken, is_version, line,
                 is_version ? row->line : untouched);

    line = untouched;
    is_taken = amr_line_parse(row->text, &line);
    check_parsed(row->text, "line", is_taken, is_line, line, is_line ? row->line : untouched);
}
END_TEST

static const struct compare_row {
    const char *name;
    struct amr_line left;
    struct amr_line right;
    int order;
} compare_rows[] = {
    {"equal", {7, 4}, {7, 4}, 0},
    {"both none", {0, 0}, {0, 0}, 0},
    {"not a decimal", {7, 10}, {7, 4}, 1},
    {"minor below", {7, 2}, {7, 4}, -1},
    {"major before minor", {8, 0}, {7, 999999}, 1},
    {"none is lowest", {0, 0}, {0, 1}, -1},
    {"no wrap of the difference", {4294967295U, 0}, {0, 1}, 1},
    {"no wrap of the minor difference", {1, 4294967295U}, {1, 0}, 1},
};

START_TEST(test_compare)
{
    const struct compare_row *row = &compare_rows[_i];
    int order = amr_line_compare(row->left, row->right);
    int reverse = amr_line_compare(row->right, row->left);

    ck_assert_msg((order > 0) - (order < 0) == row->order, "%s: %d", row->name, order);
    ck_assert_msg((reverse > 0) - (reverse < 0) == -row->order, "%s: reverse %d", row->name,
                  reverse);
}
END_TEST

static const struct format_row {
    struct amr_line line;
    const char *text;
    bool is_known;
} format_rows[] = {
    {{7, 4}, "7.4", true},  {{7, 10}, "7.10", true},
    {{0, 1}, "0.1", true},  {{8, 0}, "8.0", true},
    {{0, 0}, "0.0", false}, {{4294967295U, 4294967295U}, "4294967295.4294967295", true},
};

START_TEST(test_format)
{
    const struct format_row *row = &format_rows[_i];
    char text[AMR_LINE_TEXT_SIZE];

    amr_line_format(row->line, text);
    ck_assert_msg(strcmp(text, row->text) == 0, "%s: '%s'", row->text, text);
    ck_assert_msg(amr_line_is_known(row->line) == row->is_known, "%s: known", row->text);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_parse, parse_rows);
    UNIT_ADD_ROWS(tcase, test_compare, compare_rows);
    UNIT_ADD_ROWS(tcase, test_format, format_rows);
}

int main(void)
{
    return unit_run("version", add_tests);
}
