/* SPDX-License-Identifier: MIT */
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "unit.h"

/* The sizes around what is likely to be a block, and an odd one after each for the alignment. */
static const struct size_row {
    const char *name;
    size_t size;
} size_rows[] = {
    {"nothing", 0},
    {"one byte", 1},
    {"one below a word", 7},
    {"a word", 8},
    {"a block less one", 32 * 1024 - 1},
    {"a block", 32 * 1024},
    {"a block and one", 32 * 1024 + 1},
    {"a megabyte", 1024 * 1024},
};

static void check_zeroed_and_aligned(const char *name, const unsigned char *bytes, size_t size)
{
    ck_assert_msg(bytes != NULL, "%s: no memory", name);
    ck_assert_msg((uintptr_t)bytes % alignof(max_align_t) == 0, "%s: not aligned", name);
    size_t zeros = 0;
    while (zeros < size && bytes[zeros] == 0)
        zeros++;
    ck_assert_msg(zeros == size, "%s: byte %zu is not zero", name, zeros);
}

START_TEST(test_allocate)
{
    const struct size_row *row = &size_rows[_i];
    struct amr_arena arena = {0};

    for (int round = 0; round < 3; round++) {
        unsigned char *bytes = amr_arena_allocate(&arena, row->size);

        check_zeroed_and_aligned(row->name, bytes, row->size);
        memset(bytes, 0xff, row->size);
        ck_assert_ptr_nonnull(amr_arena_copy(&arena, "odd", 3));
    }
    amr_arena_free(&arena);
}
END_TEST

static const struct copy_row {
    const char *name;
    const char *text;
    size_t length;
    const char *copy;
} copy_rows[] = {
    {"empty", "", 0, ""},
    {"the whole", "orders", 6, "orders"},
    {"the first part", "orders", 3, "ord"},
    {"nothing of it", "orders", 0, ""},
    {"UTF-8", "Z\xc3\xbcrich", 7, "Z\xc3\xbcrich"},
};

START_TEST(test_copy)
{
    const struct copy_row *row = &copy_rows[_i];
    struct amr_arena arena = {0};
    const char *copy = amr_arena_copy(&arena, row->text, row->length);

    ck_assert_msg(copy != NULL && strcmp(copy, row->copy) == 0, "%s: '%s'", row->name, copy);
    ck_assert_msg(copy != row->text, "%s: not a copy", row->name);
    amr_arena_free(&arena);
}
END_TEST

START_TEST(test_what_was_taken_stays)
{
    enum { COUNT = 20000 };
    struct amr_arena arena = {0};
    const char *first = amr_arena_copy(&arena, "first", 5);
    uint64_t **numbers = amr_arena_allocate(&arena, COUNT * sizeof(*numbers));

    for (uint64_t i = 0; i < COUNT; i++) {
        numbers[i] = amr_arena_allocate(&arena, sizeof(**numbers) + i % 40);
        ck_assert_ptr_nonnull(numbers[i]);
        *numbers[i] = i;
    }
    for (uint64_t i = 0; i < COUNT; i++)
        ck_assert_uint_eq(*numbers[i], i);
    ck_assert_str_eq(first, "first");
    amr_arena_free(&arena);
}
END_TEST

START_TEST(test_too_much_is_no_memory)
{
    struct amr_arena arena = {0};

    ck_assert_ptr_null(amr_arena_allocate(&arena, SIZE_MAX));
    ck_assert_ptr_null(amr_arena_allocate(&arena, SIZE_MAX - 15));
    ck_assert_ptr_null(amr_arena_allocate(&arena, SIZE_MAX / 2 + 1));
    ck_assert_ptr_null(amr_arena_copy(&arena, "x", SIZE_MAX));
    ck_assert_ptr_null(amr_arena_copy(&arena, "x", SIZE_MAX - 1));
    ck_assert_str_eq(amr_arena_copy(&arena, "still here", 10), "still here");
    ck_assert_ptr_null(amr_arena_allocate(&arena, SIZE_MAX));
    amr_arena_free(&arena);
}
END_TEST

START_TEST(test_free_leaves_it_empty)
{
    struct amr_arena arena = {0};

    amr_arena_free(&arena);
    ck_assert_ptr_nonnull(amr_arena_copy(&arena, "a", 1));
    amr_arena_free(&arena);
    ck_assert_ptr_null(arena.newest);
    ck_assert_ptr_nonnull(amr_arena_copy(&arena, "b", 1));
    amr_arena_free(&arena);
    amr_arena_free(&arena);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_allocate, size_rows);
    UNIT_ADD_ROWS(tcase, test_copy, copy_rows);
    tcase_add_test(tcase, test_what_was_taken_stays);
    tcase_add_test(tcase, test_too_much_is_no_memory);
    tcase_add_test(tcase, test_free_leaves_it_empty);
}

int main(void)
{
    return unit_run("arena", add_tests);
}
