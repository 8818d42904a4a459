/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "buffer.h"
#include "unit.h"

/* Three appends into a buffer of a given limit. */
static const struct limit_row {
    const char *name;
    size_t max_bytes;
    const char *appended[3];
    const char *text;
    bool is_failed; /* as full */
} limit_rows[] = {
    {"nothing", 10, {"", "", ""}, "", false},
    {"limit zero takes nothing", 0, {"", "", ""}, "", false},
    {"limit zero refuses a byte", 0, {"a", "", ""}, "", true},
    {"one below the limit", 4, {"ab", "c", ""}, "abc", false},
    {"exactly the limit", 4, {"ab", "cd", ""}, "abcd", false},
    {"one above the limit", 4, {"ab", "cde", ""}, "ab", true},
    {"all or nothing", 4, {"abcde", "", ""}, "", true},
    {"nothing after a failure", 4, {"ab", "cde", "f"}, "ab", true},
    {"even an empty text after a failure", 1, {"ab", "", "c"}, "", true},
    {"no limit", SIZE_MAX, {"ab", "cd", "ef"}, "abcdef", false},
    {"across the first capacity",
     1000,
     {"0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789", "x"},
     "01234567890123456789012345678901234567890123456789012345678901234567890123456789x",
     false},
};

static void check_limit_row(const struct limit_row *row, const struct amr_buffer *buffer)
{
    const char *text = amr_buffer_text(buffer);

    ck_assert_msg(strcmp(text, row->text) == 0, "%s: '%s'", row->name, text);
    ck_assert_msg(buffer->length == strlen(row->text), "%s: %zu", row->name, buffer->length);
    ck_assert_msg(amr_buffer_is_failed(buffer) == row->is_failed, "%s: failed", row->name);
    ck_assert_msg(buffer->is_full == row->is_failed, "%s: full", row->name);
}

START_TEST(test_limit_of_text)
{
    const struct limit_row *row = &limit_rows[_i];
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, row->max_bytes);
    for (size_t i = 0; i < AMR_COUNT_OF(row->appended); i++)
        amr_buffer_append_text(&buffer, row->appended[i]);
    check_limit_row(row, &buffer);
    amr_buffer_free(&buffer);
}
END_TEST

START_TEST(test_limit_of_format)
{
    const struct limit_row *row = &limit_rows[_i];
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, row->max_bytes);
    for (size_t i = 0; i < AMR_COUNT_OF(row->appended); i++)
        amr_buffer_append_format(&buffer, "%s", row->appended[i]);
    check_limit_row(row, &buffer);
    amr_buffer_free(&buffer);
}
END_TEST

START_TEST(test_bytes_may_contain_nul)
{
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, 8);
    amr_buffer_append(&buffer, "a\0b", 3);
    amr_buffer_append(&buffer, NULL, 0);
    ck_assert_uint_eq(buffer.length, 3);
    ck_assert_mem_eq(amr_buffer_text(&buffer), "a\0b", 4);
    amr_buffer_free(&buffer);
}
END_TEST

START_TEST(test_init_allocates_nothing)
{
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, 8);
    ck_assert_ptr_null(buffer.text);
    ck_assert_uint_eq(buffer.capacity, 0);
    ck_assert_uint_eq(buffer.max_bytes, 8);
    ck_assert_str_eq(amr_buffer_text(&buffer), "");
}
END_TEST

START_TEST(test_format_takes_the_text_as_it_is)
{
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, 100);
    amr_buffer_append_format(&buffer, "%s=%d", "%n%s", -5);
    amr_buffer_append_format(&buffer, "%c", 'x');
    ck_assert_str_eq(amr_buffer_text(&buffer), "%n%s=-5x");
    amr_buffer_free(&buffer);
}
END_TEST

static const struct cut_row {
    const char *name;
    size_t length;
    const char *text;
} cut_rows[] = {
    {"to nothing", 0, ""},
    {"shorter", 2, "ab"},
    {"to its own length", 4, "abcd"},
    {"longer changes nothing", 9, "abcd"},
};

START_TEST(test_cut)
{
    const struct cut_row *row = &cut_rows[_i];
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, 100);
    amr_buffer_cut(&buffer, row->length);
    amr_buffer_append_text(&buffer, "abcd");
    amr_buffer_cut(&buffer, row->length);
    ck_assert_msg(strcmp(amr_buffer_text(&buffer), row->text) == 0, "%s: '%s'", row->name,
                  buffer.text);
    ck_assert_msg(buffer.length == strlen(row->text), "%s: %zu", row->name, buffer.length);
    amr_buffer_append_text(&buffer, "z");
    ck_assert_int_eq(buffer.text[buffer.length - 1], 'z');
    amr_buffer_free(&buffer);
}
END_TEST

START_TEST(test_free_leaves_an_empty_buffer_with_its_limit)
{
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, 3);
    amr_buffer_append_text(&buffer, "abc");
    amr_buffer_append_text(&buffer, "d");
    amr_buffer_free(&buffer);
    ck_assert_ptr_null(buffer.text);
    ck_assert(!amr_buffer_is_failed(&buffer));
    amr_buffer_append_text(&buffer, "xyz");
    ck_assert_str_eq(amr_buffer_text(&buffer), "xyz");
    ck_assert_uint_eq(buffer.max_bytes, 3);
    amr_buffer_wipe(&buffer);
    ck_assert_ptr_null(buffer.text);
    ck_assert_uint_eq(buffer.length, 0);
    ck_assert_uint_eq(buffer.max_bytes, 3);
}
END_TEST

START_TEST(test_free_and_wipe_take_a_zeroed_buffer)
{
    struct amr_buffer buffer = {0};

    amr_buffer_wipe(&buffer);
    amr_buffer_free(&buffer);
    amr_buffer_free(&buffer);
    ck_assert_str_eq(amr_buffer_text(&buffer), "");
}
END_TEST

START_TEST(test_growth_keeps_every_byte)
{
    enum { COUNT = 100000 };
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, COUNT);
    for (int i = 0; i < COUNT; i++)
        amr_buffer_append(&buffer, &"0123456789"[i % 10], 1);
    ck_assert(!amr_buffer_is_failed(&buffer));
    ck_assert_uint_eq(buffer.length, COUNT);
    ck_assert_uint_le(buffer.capacity, COUNT + 1);
    for (int i = 0; i < COUNT; i++)
        ck_assert(buffer.text[i] == '0' + i % 10);
    amr_buffer_append_text(&buffer, "x");
    ck_assert(amr_buffer_is_failed(&buffer));
    amr_buffer_wipe(&buffer);
}
END_TEST

START_TEST(test_reserved_room_does_not_move)
{
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, 100);
    amr_buffer_reserve(&buffer, 90);
    ck_assert_str_eq(amr_buffer_text(&buffer), "");
    const char *before = buffer.text;
    for (int i = 0; i < 90; i++)
        amr_buffer_append_text(&buffer, "x");
    ck_assert_ptr_eq(buffer.text, before);
    amr_buffer_reserve(&buffer, 1000);
    ck_assert(!amr_buffer_is_failed(&buffer));
    ck_assert_uint_eq(buffer.length, 90);
    amr_buffer_free(&buffer);
}
END_TEST

START_TEST(test_a_failure_goes_on_to_the_buffer_it_is_appended_to)
{
    struct amr_buffer part;
    struct amr_buffer whole;

    amr_buffer_init(&part, 3);
    amr_buffer_init(&whole, 100);
    amr_buffer_append_text(&part, "abc");
    amr_buffer_append_buffer(&whole, &part);
    ck_assert_str_eq(amr_buffer_text(&whole), "abc");
    ck_assert(!amr_buffer_is_failed(&whole));
    amr_buffer_fail(&part);
    amr_buffer_append_buffer(&whole, &part);
    ck_assert(amr_buffer_is_failed(&whole));
    amr_buffer_free(&part);
    amr_buffer_free(&whole);
}
END_TEST

START_TEST(test_absurd_length_is_refused)
{
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, SIZE_MAX);
    amr_buffer_append_text(&buffer, "ab");
    amr_buffer_append(&buffer, "x", SIZE_MAX - 2);
    ck_assert(amr_buffer_is_failed(&buffer));
    ck_assert_str_eq(amr_buffer_text(&buffer), "ab");
    amr_buffer_free(&buffer);
}
END_TEST

/* Why a buffer does not hold what it should. */
static const struct reason_row {
    const char *name;
    struct amr_buffer buffer;
    enum amr_error_code code;
    const char *message;
} reason_rows[] = {
    {"nothing failed", {.max_bytes = 9}, AMR_ERROR_RESPONSE, "more than 9"},
    {"too large",
     {.max_bytes = 9, .failed = true, .is_full = true},
     AMR_ERROR_RESPONSE,
     "more than 9"},
    {"no memory", {.max_bytes = 9, .failed = true}, AMR_ERROR_NO_MEMORY, "out of memory"},
};

START_TEST(test_reason)
{
    const struct reason_row *row = &reason_rows[_i];
    struct amr_buffer whole;
    struct amr_error error;

    amr_buffer_init(&whole, 20);
    amr_buffer_append_buffer(&whole, &row->buffer);
    ck_assert(!amr_buffer_set_error(&whole, &error, AMR_ERROR_RESPONSE, "more than %zu",
                                    row->buffer.max_bytes));
    ck_assert_msg(error.code == row->code, "%s: %d", row->name, (int)error.code);
    ck_assert_msg(strcmp(error.message, row->message) == 0, "%s: %s", row->name, error.message);
    amr_buffer_free(&whole);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_limit_of_text, limit_rows);
    UNIT_ADD_ROWS(tcase, test_limit_of_format, limit_rows);
    UNIT_ADD_ROWS(tcase, test_cut, cut_rows);
    UNIT_ADD_ROWS(tcase, test_reason, reason_rows);
    tcase_add_test(tcase, test_bytes_may_contain_nul);
    tcase_add_test(tcase, test_init_allocates_nothing);
    tcase_add_test(tcase, test_format_takes_the_text_as_it_is);
    tcase_add_test(tcase, test_free_leaves_an_empty_buffer_with_its_limit);
    tcase_add_test(tcase, test_free_and_wipe_take_a_zeroed_buffer);
    tcase_add_test(tcase, test_growth_keeps_every_byte);
    tcase_add_test(tcase, test_reserved_room_does_not_move);
    tcase_add_test(tcase, test_a_failure_goes_on_to_the_buffer_it_is_appended_to);
    tcase_add_test(tcase, test_absurd_length_is_refused);
}

int main(void)
{
    return unit_run("buffer", add_tests);
}
