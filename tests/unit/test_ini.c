/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "buffer.h"
#include "ini.h"
#include "unit.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

#define LETTERS_63     "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

/* Writes each entry as "line:section/name=value;". */
static bool record(const struct amr_ini_entry *entry, void *context, struct amr_error *err)
{
    struct amr_buffer *seen = context;

    (void)err;
    amr_buffer_append_format(seen, "%d:%s/%s=%s;", entry->line_number, entry->section, entry->name,
                             entry->value);
    return true;
}

static const struct taken_row {
    const char *name;
    const char *text;
    size_t length;
    const char *seen;
} taken_rows[] = {
    {"empty", BYTES(""), ""},
    {"no text at all", NULL, 0, ""},
    {"one entry", BYTES("a = b\n"), "1:/a=b;"},
    {"no last newline", BYTES("a = b"), "1:/a=b;"},
    {"no blanks", BYTES("a=b\n"), "1:/a=b;"},
    {"many blanks", BYTES(" \t a \t = \t b \t \n"), "1:/a=b;"},
    {"CRLF", BYTES("a=b\r\nc=d\r\n"), "1:/a=b;2:/c=d;"},
    {"CRLF, blanks before it", BYTES("a=b \t\r\n"), "1:/a=b;"},
    {"CR at the end without newline", BYTES("a=b\r"), "1:/a=b;"},
    {"mixed line ends", BYTES("a=b\r\nc=d\ne=f"), "1:/a=b;2:/c=d;3:/e=f;"},
    {"byte order mark",
     BYTES("\xef\xbb\xbf"
           "a=b\n"),
     "1:/a=b;"},
    {"byte order mark before a section", BYTES("\xef\xbb\xbf[s]\r\na=b\n"), "2:s/a=b;"},
    {"byte order mark alone", BYTES("\xef\xbb\xbf"), ""},
    {"byte order mark before a comment", BYTES("\xef\xbb\xbf# x\na=b"), "2:/a=b;"},
    {"blank lines", BYTES("\n \n\t\n\r\na=b\n\n"), "5:/a=b;"},
    {"comments", BYTES("# a=b\n; c=d\n  # e=f\n\t; g=h\n#\n;\ni=j\n"), "7:/i=j;"},
    {"no comment inside a value", BYTES("a=b # c ; d\n"), "1:/a=b # c ; d;"},
    {"quotes stand", BYTES("a=\"b\"\nc='d'\n"), "1:/a=\"b\";2:/c='d';"},
    {"equals in a value", BYTES("a=b=c==\n"), "1:/a=b=c==;"},
    {"empty value", BYTES("a=\nb= \nc="), "1:/a=;2:/b=;3:/c=;"},
    {"blanks inside a name and a value", BYTES("a b = c  d\n"), "1:/a b=c  d;"},
    {"backslash is no continuation", BYTES("a=b\\\nc=d\n"), "1:/a=b\\;2:/c=d;"},
    {"format characters", BYTES("%n=%s\n"), "1:/%n=%s;"},
    {"sections", BYTES("a=1\n[s]\na=2\n[t]\na=3\n"), "1:/a=1;3:s/a=2;5:t/a=3;"},
    {"blanks around a section", BYTES(" [ s t ] \na=b\n"), "2:s t/a=b;"},
    {"a shorter section after a longer", BYTES("[long]\na=1\n[s]\na=2\n"), "2:long/a=1;4:s/a=2;"},
    {"same section again", BYTES("[s]\na=1\n[s]\na=2\n"), "2:s/a=1;4:s/a=2;"},
    {"duplicate names are visited twice", BYTES("a=1\na=2\na=1\n"), "1:/a=1;2:/a=2;3:/a=1;"},
    {"section without entries", BYTES("[s]\n"), ""},
    {"closing bracket in a value", BYTES("a=[b]\n"), "1:/a=[b];"},
    {"UTF-8", BYTES("a=Z\xc3\xbcrich\n"), "1:/a=Z\xc3\xbcrich;"},
    {"longest name", BYTES(LETTERS_63 "=1"), "1:/" LETTERS_63 "=1;"},
    {"longest section", BYTES("[" LETTERS_63 "]\na=1"), "2:" LETTERS_63 "/a=1;"},
    {"long name fits after trimming", BYTES("   " LETTERS_63 "   =1"), "1:/" LETTERS_63 "=1;"},
};

START_TEST(test_taken)
{
    const struct taken_row *row = &taken_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 0, .message = "untouched"};
    struct amr_buffer seen;

    amr_buffer_init(&seen, 4096);
    bool is_taken = amr_ini_parse(row->text, row->length, record, &seen, &err);
    ck_assert_msg(is_taken, "%s: %s", row->name, err.message);
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->seen) == 0, "%s: '%s'", row->name,
                  amr_buffer_text(&seen));
    ck_assert_msg(strcmp(err.message, "untouched") == 0, "%s: '%s'", row->name, err.message);
    amr_buffer_free(&seen);
}
END_TEST

/* Each text has the word SECRET where a secret could stand. */
static const struct refused_row {
    const char *name;
    const char *text;
    size_t length;
    const char *message;
    const char *seen;
} refused_rows[] = {
    {"no equals", BYTES("SECRET\n"), "line 1: no '=' in it", ""},
    {"no equals, later", BYTES("a=1\n\n# x\nSECRET"), "line 4: no '=' in it", "1:/a=1;"},
    {"no equals after CRLF", BYTES("a=1\r\nSECRET\r\n"), "line 2: no '=' in it", "1:/a=1;"},
    {"empty name", BYTES("=SECRET\n"), "line 1: no name before the '='", ""},
    {"blank name", BYTES(" \t =SECRET\n"), "line 1: no name before the '='", ""},
    {"too long name", BYTES(LETTERS_63 "xSECRET=SECRET\n"), "line 1: a name that is too long", ""},
    {"name one too long", BYTES(LETTERS_63 "x=SECRET"), "line 1: a name that is too long", ""},
    {"too long section", BYTES("[" LETTERS_63 "x]\n"), "line 1: a section name that is too long",
     ""},
    {"unclosed section", BYTES("[SECRET\n"), "line 1: a section that no ']' closes", ""},
    {"unclosed section with an equals", BYTES("[a=SECRET\n"),
     "line 1: a section that no ']' closes", ""},
    {"bracket alone", BYTES("["), "line 1: a section that no ']' closes", ""},
    {"text after a section", BYTES("[a] SECRET\n"), "line 1: text after the ']' of a section", ""},
    {"entry on the line of a section", BYTES("[a]b=SECRET"),
     "line 1: text after the ']' of a section", ""},
    {"empty section", BYTES("[]\n"), "line 1: a section without a name", ""},
    {"blank section", BYTES("[ \t ]\n"), "line 1: a section without a name", ""},
    {"NUL in a value", BYTES("a=SECRET\0x\n"), "line 1: a NUL byte in it", ""},
    {"NUL in a name", BYTES("a\0=SECRET\n"), "line 1: a NUL byte in it", ""},
    {"NUL in a comment", BYTES("a=1\n#\0SECRET\n"), "line 2: a NUL byte in it", "1:/a=1;"},
    {"NUL alone", BYTES("\0"), "line 1: a NUL byte in it", ""},
    {"NUL after all", BYTES("a=1\n\0"), "line 2: a NUL byte in it", "1:/a=1;"},
    {"invalid UTF-8 in a value", BYTES("a=SECRET\xff\n"), "line 1: not UTF-8", ""},
    {"invalid UTF-8 in a comment", BYTES("# Z\xfcrich\n"), "line 1: not UTF-8", ""},
    {"character cut by the end", BYTES("a=SECRET\xe2\x82"), "line 1: not UTF-8", ""},
    {"UTF-16",
     BYTES("\xff\xfe"
           "a\0=\0b\0"),
     "line 1: a NUL byte in it", ""},
    {"half a byte order mark", BYTES("\xef\xbb"), "line 1: not UTF-8", ""},
};

START_TEST(test_refused)
{
    const struct refused_row *row = &refused_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = ""};
    struct amr_buffer seen;

    amr_buffer_init(&seen, 4096);
    bool is_taken = amr_ini_parse(row->text, row->length, record, &seen, &err);
    ck_assert_msg(!is_taken, "%s: taken", row->name);
    ck_assert_msg(err.code == AMR_ERROR_USAGE && err.http_status == 0, "%s: code", row->name);
    ck_assert_msg(strcmp(err.message, row->message) == 0, "%s: '%s'", row->name, err.message);
    ck_assert_msg(strstr(err.message, "SECRET") == NULL, "%s: secret told", row->name);
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->seen) == 0, "%s: '%s'", row->name,
                  amr_buffer_text(&seen));
    amr_buffer_free(&seen);
}
END_TEST

/* `before`, then as many bytes of `x`, then `after`. */
static const struct long_row {
    const char *name;
    const char *before;
    size_t count;
    const char *after;
    const char *message;
} long_rows[] = {
    {"longest value", "a=", AMR_INI_VALUE_SIZE - 1, "\n", NULL},
    {"longest value with blanks and CRLF", "a= ", AMR_INI_VALUE_SIZE - 1, " \t\r\n", NULL},
    {"value one too long", "a=", AMR_INI_VALUE_SIZE, "\n", "line 1: a value that is too long"},
    {"value of 1 MB", "[s]\na=", 1 << 20, "\n", "line 2: a value that is too long"},
    {"value of 1 MB without newline", "a=", 1 << 20, "", "line 1: a value that is too long"},
    {"line of 1 MB without equals", "\n\n", 1 << 20, "\n", "line 3: no '=' in it"},
    {"name of 1 MB", "", 1 << 20, "=1\n", "line 1: a name that is too long"},
    {"section of 1 MB", "[", 1 << 20, "]\n", "line 1: a section name that is too long"},
    {"unclosed section of 1 MB", "[", 1 << 20, "\n", "line 1: a section that no ']' closes"},
    {"comment of 1 MB", "#", 1 << 20, "\na=1\n", NULL},
};

START_TEST(test_long)
{
    const struct long_row *row = &long_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 0, .message = ""};
    struct amr_buffer text;
    struct amr_buffer seen;

    amr_buffer_init(&text, 2 << 20);
    amr_buffer_append_text(&text, row->before);
    for (size_t i = 0; i < row->count; i++)
        amr_buffer_append(&text, "x", 1);
    amr_buffer_append_text(&text, row->after);
    ck_assert(!amr_buffer_is_failed(&text));

    amr_buffer_init(&seen, 8192);
    bool is_taken = amr_ini_parse(text.text, text.length, record, &seen, &err);
    ck_assert_msg(is_taken == (row->message == NULL), "%s: %s", row->name, err.message);
    ck_assert_msg(strcmp(err.message, is_taken ? "" : row->message) == 0, "%s: '%s'", row->name,
                  err.message);
    ck_assert_msg((seen.length > 0) == is_taken, "%s: visits", row->name);
    amr_buffer_free(&seen);
    amr_buffer_free(&text);
}
END_TEST

static bool stop_at_second(const struct amr_ini_entry *entry, void *context, struct amr_error *err)
{
    int *count = context;

    if (++*count < 2)
        return true;
    return amr_error_set(err, AMR_ERROR_CREDENTIAL, "unknown name '%s'", entry->name);
}

START_TEST(test_a_failing_visit_stops_and_gets_its_line)
{
    static const char text[] = "a=1\n\nb=SECRET\nc=3\n";
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 0, .message = ""};
    int count = 0;

    ck_assert(!amr_ini_parse(text, sizeof(text) - 1, stop_at_second, &count, &err));
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(err.code, AMR_ERROR_CREDENTIAL);
    ck_assert_str_eq(err.message, "line 3: unknown name 'b'");
}
END_TEST

/* No terminator stands behind the text, so that a sanitizer sees a byte read too far. */
START_TEST(test_reads_no_byte_past_the_length)
{
    static const char whole[] = "\xef\xbb\xbf[s]\r\na=b\r\n# c\n d = \xc3\xbc";
    const size_t length = (size_t)_i;
    char *text = malloc(length == 0 ? 1 : length);
    struct amr_error err;
    struct amr_buffer seen;

    ck_assert_ptr_nonnull(text);
    memcpy(text, whole, length);
    amr_buffer_init(&seen, 4096);
    bool is_taken = amr_ini_parse(text, length, record, &seen, &err);
    ck_assert_msg(is_taken || strncmp(err.message, "line ", 5) == 0, "%zu: %s", length,
                  err.message);
    amr_buffer_free(&seen);
    free(text);
}
END_TEST

static bool has_only_zeros(const char *bytes, size_t length)
{
    while (length > 0 && bytes[length - 1] == '\0')
        length--;
    return length == 0;
}

/* A shorter value after a longer one shows what was left of it. */
static bool look_behind_the_value(const struct amr_ini_entry *entry, void *context,
                                  struct amr_error *err)
{
    int *left_count = context;
    size_t used = strlen(entry->value);

    (void)err;
    if (!has_only_zeros(entry->value + used, sizeof(entry->value) - used))
        (*left_count)++;
    return true;
}

START_TEST(test_an_entry_is_wiped_after_its_visit)
{
    static const char text[] = "a=LONG SECRET\nc=d\n";
    int left_count = 0;
    struct amr_error err;

    ck_assert(amr_ini_parse(text, sizeof(text) - 1, look_behind_the_value, &left_count, &err));
    ck_assert_int_eq(left_count, 0);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_taken, taken_rows);
    UNIT_ADD_ROWS(tcase, test_refused, refused_rows);
    UNIT_ADD_ROWS(tcase, test_long, long_rows);
    tcase_add_loop_test(tcase, test_reads_no_byte_past_the_length, 0, 26);
    tcase_add_test(tcase, test_a_failing_visit_stops_and_gets_its_line);
    tcase_add_test(tcase, test_an_entry_is_wiped_after_its_visit);
}

int main(void)
{
    return unit_run("ini", add_tests);
}
