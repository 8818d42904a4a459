/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "index.h"
#include "unit.h"

static const struct find_row {
    const char *name;
    const char *put;
    const char *find;
    bool is_found;
} find_rows[] = {
    {"as put", "/subscriptions/1/a", "/subscriptions/1/a", true},
    {"upper case", "/subscriptions/1/a", "/SUBSCRIPTIONS/1/A", true},
    {"lower case", "/Subscriptions/1/A", "/subscriptions/1/a", true},
    {"shorter", "/a/b", "/a", false},
    {"longer", "/a", "/a/b", false},
    {"another", "/a", "/b", false},
    {"another case in each of eight bytes and more", "/ABCDefgh/IJklM", "/abCDEfGH/ijKLm", true},
    {"the first of eight bytes", "a2345678", "b2345678", false},
    {"the last of eight bytes", "12345678/1234567a", "12345678/1234567b", false},
    {"empty", "", "", true},
    {"empty in one that is not", "/a", "", false},
    {"letters beyond ASCII are told apart", "/\xc3\xa4", "/\xc3\x84", false},
    {"brackets and braces are told apart", "[", "{", false},
    {"at and backquote are told apart", "@", "`", false},
};

START_TEST(test_find)
{
    const struct find_row *row = &find_rows[_i];
    struct amr_index index = {0};
    size_t place = 99;

    ck_assert(amr_index_put(&index, row->put, 7));
    bool is_found = amr_index_find(&index, row->find, &place);
    ck_assert_msg(is_found == row->is_found, "%s", row->name);
    ck_assert_msg(place == (row->is_found ? 7 : 99), "%s: place %zu", row->name, place);
    amr_index_free(&index);
}
END_TEST

START_TEST(test_an_empty_one_finds_nothing)
{
    struct amr_index index = {0};
    size_t place = 99;

    ck_assert(!amr_index_find(&index, "/a", &place));
    ck_assert_uint_eq(place, 99);
    amr_index_free(&index);
    ck_assert(amr_index_put(&index, "/a", 1));
    amr_index_free(&index);
    ck_assert(!amr_index_find(&index, "/a", &place));
    amr_index_free(&index);
}
END_TEST

START_TEST(test_the_first_place_stays)
{
    struct amr_index index = {0};
    size_t place = 99;

    ck_assert(amr_index_put(&index, "/a", 1));
    ck_assert(amr_index_put(&index, "/A", 2));
    ck_assert(amr_index_put(&index, "/a", 3));
    ck_assert(amr_index_find(&index, "/A", &place));
    ck_assert_uint_eq(place, 1);
    place = 99;
    ck_assert(amr_index_claim(&index, "/A", 4, &place));
    ck_assert_uint_eq(place, 1);
    ck_assert_uint_eq(index.count, 1);
    ck_assert(amr_index_claim(&index, "/b", 5, &place));
    ck_assert_uint_eq(place, 5);
    amr_index_free(&index);
}
END_TEST

START_TEST(test_many)
{
    enum { COUNT = 20000, KEY_SIZE = 24 };
    static char keys[COUNT][KEY_SIZE];
    struct amr_index index = {0};
    size_t place;

    for (size_t i = 0; i < COUNT; i++) {
        (void)snprintf(keys[i], KEY_SIZE, "/cluster-%zu", i);
        ck_assert(amr_index_put(&index, keys[i], i));
    }
    ck_assert_uint_eq(index.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        char upper[KEY_SIZE];

        (void)snprintf(upper, sizeof(upper), "/CLUSTER-%zu", i);
        ck_assert(amr_index_find(&index, upper, &place));
        ck_assert_uint_eq(place, i);
    }
    ck_assert(!amr_index_find(&index, "/cluster-20000", &place));
    amr_index_free(&index);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_find, find_rows);
    tcase_add_test(tcase, test_an_empty_one_finds_nothing);
    tcase_add_test(tcase, test_the_first_place_stays);
    tcase_add_test(tcase, test_many);
}

int main(void)
{
    return unit_run("index", add_tests);
}
