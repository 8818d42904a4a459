/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "text.h"
#include "unit.h"

enum { AMPLE = 1000 };

static const struct clean_row {
    const char *name;
    const char *text;
    size_t max_bytes;
    const char *cleaned;
} clean_rows[] = {
    {"empty", "", AMPLE, ""},
    {"plain", "orders-cache 7.4", AMPLE, "orders-cache 7.4"},
    {"pipe", "a|b", AMPLE, "a?b"},
    {"quote", "it's", AMPLE, "it's"},
    {"equals", "a=1", AMPLE, "a=1"},
    {"semicolon", "a;1;2", AMPLE, "a;1;2"},
    {"newline", "a\nb", AMPLE, "a b"},
    {"tab", "a\tb", AMPLE, "a b"},
    {"carriage return", "a\rb", AMPLE, "a b"},
    {"run of line blanks", "a\r\n\t\n\rb", AMPLE, "a b"},
    {"only line blanks", "\n\n\n", AMPLE, " "},
    {"line blanks at both ends", "\na\n", AMPLE, " a "},
    {"blanks stay", "a  b", AMPLE, "a  b"},
    {"escape", "\x1b[31mred", AMPLE, "?[31mred"},
    {"bell and backspace", "a\a\bb", AMPLE, "a??b"},
    {"vertical tab and form feed", "a\v\fb", AMPLE, "a??b"},
    {"first and last control byte", "\x01\x1f", AMPLE, "??"},
    {"NUL ends the text", "a\0b", AMPLE, "a"},
    {"DEL", "a\x7f", AMPLE, "a?"},
    {"C1 first", "a\xc2\x80", AMPLE, "a?"},
    {"C1 next line", "a\xc2\x85z", AMPLE, "a?z"},
    {"C1 last", "a\xc2\x9f", AMPLE, "a?"},
    {"no-break space is above C1", "a\xc2\xa0", AMPLE, "a\xc2\xa0"},
    {"right-to-left override",
     "a\xe2\x80\xae"
     "b",
     AMPLE, "a?b"},
    {"embedding U+202A", "\xe2\x80\xaa", AMPLE, "?"},
    {"line separator U+2028", "\xe2\x80\xa8", AMPLE, "?"},
    {"hyphenation point U+2027 stays", "\xe2\x80\xa7", AMPLE, "\xe2\x80\xa7"},
    {"narrow space U+202F stays", "\xe2\x80\xaf", AMPLE, "\xe2\x80\xaf"},
    {"hair space U+200A stays", "\xe2\x80\x8a", AMPLE, "\xe2\x80\x8a"},
    {"zero width space U+200B", "\xe2\x80\x8b", AMPLE, "?"},
    {"right-to-left mark U+200F", "\xe2\x80\x8f", AMPLE, "?"},
    {"hyphen U+2010 stays", "\xe2\x80\x90", AMPLE, "\xe2\x80\x90"},
    {"mathematical space U+205F stays", "\xe2\x81\x9f", AMPLE, "\xe2\x81\x9f"},
    {"word joiner U+2060", "\xe2\x81\xa0", AMPLE, "?"},
    {"isolate U+2066", "\xe2\x81\xa6", AMPLE, "?"},
    {"isolate end U+2069", "\xe2\x81\xa9", AMPLE, "?"},
    {"deprecated format U+206F", "\xe2\x81\xaf", AMPLE, "?"},
    {"superscript zero U+2070 stays", "\xe2\x81\xb0", AMPLE, "\xe2\x81\xb0"},
    {"arabic letter mark U+061C", "\xd8\x9c", AMPLE, "?"},
    {"byte order mark",
     "\xef\xbb\xbf"
     "a",
     AMPLE, "?a"},
    {"no character U+FFFE", "\xef\xbf\xbe", AMPLE, "?"},
    {"no character U+FFFF", "\xef\xbf\xbf", AMPLE, "?"},
    {"replacement character U+FFFD stays", "\xef\xbf\xbd", AMPLE, "\xef\xbf\xbd"},
    {"tag character U+E0041", "\xf3\xa0\x81\x81", AMPLE, "?"},
    {"path", "../../x", AMPLE, "../../x"},
    {"format", "%n%s", AMPLE, "%n%s"},
    {"script", "<script>", AMPLE, "?script?"},
    {"entity", "&amp;", AMPLE, "?amp;"},
    {"two bytes", "Z\xc3\xbcrich", AMPLE, "Z\xc3\xbcrich"},
    {"three bytes", "\xe2\x82\xac", AMPLE, "\xe2\x82\xac"},
    {"four bytes", "\xf0\x9f\x98\x80", AMPLE, "\xf0\x9f\x98\x80"},
    {"stray continuation",
     "a\x80"
     "b",
     AMPLE, "a?b"},
    {"latin 1", "Z\xfcrich", AMPLE, "Z?rich"},
    {"cut short by the end", "a\xe2\x82", AMPLE, "a??"},
    {"cut short by another",
     "\xe2\x82"
     "a",
     AMPLE, "??a"},
    {"overlong slash", "\xc0\xaf", AMPLE, "??"},
    {"overlong NUL of three", "\xe0\x80\x80", AMPLE, "???"},
    {"surrogate", "\xed\xa0\x80", AMPLE, "???"},
    {"above U+10FFFF", "\xf4\x90\x80\x80", AMPLE, "????"},
    {"five byte form", "\xf8\x88\x80\x80\x80", AMPLE, "?????"},
    {"FE and FF", "\xfe\xff", AMPLE, "??"},
    {"exactly fits", "abcdef", 6, "abcdef"},
    {"cut", "abcdefg", 6, "abc..."},
    {"cut to dots", "abcd", 3, "..."},
    {"cut to two dots", "abcd", 2, ".."},
    {"cut to one dot", "ab", 1, "."},
    {"one fits in one", "a", 1, "a"},
    {"cut to nothing", "ab", 0, ""},
    {"empty fits in nothing", "", 0, ""},
    {"exactly fits with two bytes", "abcd\xc3\xbc", 6, "abcd\xc3\xbc"},
    {"two bytes at the end cut", "abcde\xc3\xbc", 6, "abc..."},
    {"never inside two bytes",
     "ab\xc3\xbc"
     "cde",
     6, "ab..."},
    {"never inside three bytes",
     "a\xe2\x82\xac"
     "cdef",
     6, "a..."},
    {"never inside four bytes",
     "\xf0\x9f\x98\x80"
     "cde",
     6, "..."},
    {"whole character kept",
     "\xc3\xbc"
     "abcde",
     6,
     "\xc3\xbc"
     "a..."},
    {"only characters of four bytes", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 7, "\xf0\x9f\x98\x80..."},
    {"limit counts the cleaned text", "a\r\n\r\n\r\nbcd", 5, "a bcd"},
    {"an override counts one", "\xe2\x80\xae\xe2\x80\xae\xe2\x80\xae", 3, "???"},
};

START_TEST(test_clean)
{
    const struct clean_row *row = &clean_rows[_i];
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, AMPLE);
    amr_text_append_clean(&buffer, row->text, row->max_bytes);
    const char *cleaned = amr_buffer_text(&buffer);
    ck_assert_msg(strcmp(cleaned, row->cleaned) == 0, "%s: '%s'", row->name, cleaned);
    ck_assert_msg(buffer.length <= row->max_bytes, "%s: %zu bytes", row->name, buffer.length);
    ck_assert_msg(amr_text_is_utf8(cleaned, buffer.length), "%s: not UTF-8", row->name);
    amr_buffer_free(&buffer);
}
END_TEST

/* Every limit from nothing to enough, over characters of one to four bytes. */
START_TEST(test_clean_is_whole_at_every_limit)
{
    static const char text[] =
        "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80|\xff\xe2\x80\xae\n\n\xc3\xbcz";
    const size_t max_bytes = (size_t)_i;
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, max_bytes);
    amr_text_append_clean(&buffer, text, max_bytes);
    ck_assert(!amr_buffer_is_failed(&buffer));
    ck_assert_uint_le(buffer.length, max_bytes);
    ck_assert_uint_ge(buffer.length + 3, max_bytes < 17 ? max_bytes : 17);
    ck_assert(amr_text_is_utf8(amr_buffer_text(&buffer), buffer.length));
    amr_buffer_free(&buffer);
}
END_TEST

START_TEST(test_clean_of_10_kb)
{
    char text[10001];
    struct amr_buffer buffer;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    amr_buffer_init(&buffer, 20000);
    amr_text_append_clean(&buffer, text, 80);
    ck_assert_uint_eq(buffer.length, 80);
    ck_assert_str_eq(amr_buffer_text(&buffer) + 76, "x...");
    amr_buffer_cut(&buffer, 0);
    amr_text_append_clean(&buffer, text, 20000);
    ck_assert_str_eq(amr_buffer_text(&buffer), text);
    amr_buffer_free(&buffer);
}
END_TEST

START_TEST(test_clean_appends)
{
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, 8);
    amr_buffer_append_text(&buffer, "12|");
    amr_text_append_clean(&buffer, "abcdef", 5);
    ck_assert_str_eq(amr_buffer_text(&buffer), "12|ab...");
    amr_text_append_clean(&buffer, "a", 5);
    ck_assert(amr_buffer_is_failed(&buffer));
    amr_buffer_free(&buffer);
}
END_TEST

static const struct label_row {
    const char *name;
    const char *text;
    const char *label;
} label_rows[] = {
    {"empty", "", ""},
    {"all that is taken", "azAZ09_.-", "azAZ09_.-"},
    {"neighbours of the ranges", "`{@[/:", "______"},
    {"pipe", "a|b", "a_b"},
    {"quote", "a'b", "a_b"},
    {"equals", "a=b", "a_b"},
    {"semicolon", "a;b", "a_b"},
    {"newline", "a\nb", "a_b"},
    {"tab", "a\tb", "a_b"},
    {"escape", "\x1b[0m", "__0m"},
    {"NUL ends the text", "a\0b", "a"},
    {"C1", "a\xc2\x85", "a__"},
    {"right-to-left override", "\xe2\x80\xae", "___"},
    {"path", "../../x", ".._.._x"},
    {"format", "%n%s", "_n_s"},
    {"script", "<script>", "_script_"},
    {"blank", "a b", "a_b"},
    {"umlaut", "\xc3\xbc", "__"},
    {"invalid byte", "\xff", "_"},
};

START_TEST(test_plain_stays_as_it_is)
{
    ck_assert_uint_eq(amr_text_plain_length("orders.westeurope/x: 7-4_|a"), 25);
    ck_assert_uint_eq(amr_text_plain_length(""), 0);
    for (int byte = 1; byte < 256; byte++) {
        char text[2] = {(char)byte, '\0'};
        struct amr_buffer buffer;

        amr_buffer_init(&buffer, AMPLE);
        amr_text_append_clean(&buffer, text, AMPLE);
        amr_json_append_text(&buffer, text);
        if (amr_text_plain_length(text) == 1) {
            const char both[] = {text[0], '"', text[0], '"', '\0'};

            ck_assert_str_eq(amr_buffer_text(&buffer), both);
        }
        amr_buffer_free(&buffer);
    }
}
END_TEST

START_TEST(test_label)
{
    const struct label_row *row = &label_rows[_i];
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, AMPLE);
    amr_text_append_label(&buffer, row->text);
    ck_assert_msg(strcmp(amr_buffer_text(&buffer), row->label) == 0, "%s: '%s'", row->name,
                  amr_buffer_text(&buffer));
    amr_buffer_free(&buffer);
}
END_TEST

START_TEST(test_label_of_every_byte)
{
    static const char taken[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

    for (int byte = 1; byte < 256; byte++) {
        char text[2] = {(char)byte, '\0'};
        struct amr_buffer buffer;

        amr_buffer_init(&buffer, 1);
        amr_text_append_label(&buffer, text);
        ck_assert_int_eq(amr_buffer_text(&buffer)[0],
                         strchr(taken, byte) != NULL ? (char)byte : '_');
        amr_buffer_free(&buffer);
    }
}
END_TEST

static const struct compare_row {
    const char *name;
    const char *left;
    const char *right;
    int order;
} compare_rows[] = {
    {"empty", "", "", 0},
    {"same", "abc", "abc", 0},
    {"other case", "AbC-Z", "aBc-z", 0},
    {"prefix", "abc", "abcd", -1},
    {"empty is lowest", "", "a", -1},
    {"order of letters", "B", "a", 1},
    {"not the neighbours of A and Z", "@[", "`{", -1},
    {"underscore below letters when folded", "_", "A", -1},
    {"no folding above ASCII", "\xc3\x9c", "\xc3\xbc", -1},
    {"bytes are unsigned", "\xff", "a", 1},
    {"turkish i is not i", "i", "\xc4\xb0", -1},
};

START_TEST(test_compare)
{
    const struct compare_row *row = &compare_rows[_i];
    int order = amr_text_compare_nocase(row->left, row->right);
    int reverse = amr_text_compare_nocase(row->right, row->left);

    ck_assert_msg((order > 0) - (order < 0) == row->order, "%s: %d", row->name, order);
    ck_assert_msg((reverse > 0) - (reverse < 0) == -row->order, "%s: reverse", row->name);
    ck_assert_msg(amr_text_is_equal_nocase(row->left, row->right) == (row->order == 0), "%s: equal",
                  row->name);
    bool is_same_hash = amr_text_hash_nocase(row->left) == amr_text_hash_nocase(row->right);
    ck_assert_msg(is_same_hash == (row->order == 0), "%s: hash", row->name);
}
END_TEST

static const struct prefix_row {
    const char *name;
    const char *prefix;
    const char *text;
    bool is_prefix;
} prefix_rows[] = {
    {"empty of empty", "", "", true},
    {"empty of any", "", "a", true},
    {"any of empty", "a", "", false},
    {"whole", "abc", "abc", true},
    {"start in other case", "HTTPS://Host", "https://hOST/x", true},
    {"text too short", "abc", "ab", false},
    {"last byte differs", "abc", "abd", false},
    {"not in the middle", "b", "abc", false},
    {"not the neighbours of A and Z", "@", "`", false},
    {"no folding above ASCII", "\xc3\x9c", "\xc3\xbc", false},
};

START_TEST(test_prefix)
{
    const struct prefix_row *row = &prefix_rows[_i];

    ck_assert_msg(amr_text_is_prefix_nocase(row->prefix, row->text) == row->is_prefix, "%s",
                  row->name);
}
END_TEST

static const struct hash_row {
    const char *text;
    uint32_t hash;
} hash_rows[] = {
    {"", UINT32_C(0x811c9dc5)},       {"a", UINT32_C(0xe40c292c)},      {"A", UINT32_C(0xe40c292c)},
    {"foobar", UINT32_C(0xbf9cf968)}, {"FooBar", UINT32_C(0xbf9cf968)},
};

START_TEST(test_hash)
{
    const struct hash_row *row = &hash_rows[_i];
    uint32_t hash = amr_text_hash_nocase(row->text);

    ck_assert_msg(hash == row->hash, "'%s': %08" PRIx32, row->text, hash);
}
END_TEST

static const struct glob_row {
    const char *pattern;
    const char *name;
    bool is_matching;
} glob_rows[] = {
    {"", "", true},
    {"", "a", false},
    {"a", "", false},
    {"abc", "abc", true},
    {"abc", "ABC", true},
    {"ABC", "abc", true},
    {"abc", "abcd", false},
    {"abcd", "abc", false},
    {"*", "", true},
    {"*", "anything at/all", true},
    {"**", "", true},
    {"***a***", "xay", true},
    {"a*", "a", true},
    {"a*", "ba", false},
    {"*a", "ba", true},
    {"*a", "bab", false},
    {"*ab", "aab", true},
    {"a*b*c", "a-b-b-c", true},
    {"a*b*c", "a-c-b", false},
    {"prod-*-cache", "PROD-eu-CACHE", true},
    {"prod-*-cache", "prod-cache", false},
    {"*.*", ".hidden", true},
    {"?", "", false},
    {"?", "a", true},
    {"?", "ab", false},
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"?*?", "a", false},
    {"?*?", "ab", true},
    {"?", "\xc3\xbc", true},
    {"??", "\xc3\xbc", false},
    {"?", "\xff", true},
    {"Z?rich", "Z\xc3\xbcrich", true},
    {"*\xbc", "\xc3\xbc", false},
    {"[abc]", "b", true},
    {"[abc]", "B", true},
    {"[ABC]", "b", true},
    {"[abc]", "d", false},
    {"[abc]", "", false},
    {"[abc]", "ab", false},
    {"[a-c]x", "bx", true},
    {"[a-c]x", "Bx", true},
    {"[A-C]x", "bx", true},
    {"[a-c]x", "dx", false},
    {"[c-a]", "b", false},
    {"[0-9][0-9]", "42", true},
    {"[!a-c]", "d", true},
    {"[!a-c]", "B", false},
    {"[^a-c]", "d", true},
    {"[^a-c]", "a", false},
    {"[!a]", "", false},
    {"[]]", "]", true},
    {"[]a]", "a", true},
    {"[!]]", "]", false},
    {"[!]]", "a", true},
    {"[a-]", "-", true},
    {"[-a]", "-", true},
    {"[a-]", "b", false},
    {"[]-a]", "_", true},
    {"[\\]]", "]", true},
    {"[\\]a]", "a", true},
    {"[a\\-c]", "b", false},
    {"[a\\-c]", "-", true},
    {"[\\!a]", "!", true},
    {"[*]", "*", true},
    {"[*]", "a", false},
    {"[?]", "a", false},
    {"[\xc3\xa0-\xc3\xbf]", "\xc3\xbc", true},
    {"[\xc3\xa0-\xc3\xbf]", "\xc3\x9c", false},
    {"[!a]", "\xc3\xbc", true},
    {"[", "[", true},
    {"[a", "[a", true},
    {"[a", "a", false},
    {"[]", "[]", true},
    {"[!", "[!", true},
    {"[!]", "[!]", true},
    {"a[b*", "a[bcd", true},
    {"[a-", "[a-", true},
    {"[\\]", "[]", true},
    {"]", "]", true},
    {"a]", "a]", true},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"\\?", "a", false},
    {"\\[a]", "[a]", true},
    {"\\[a]", "a", false},
    {"\\a", "A", true},
    {"\\\\", "\\", true},
    {"\\", "\\", true},
    {"a\\", "a\\", true},
    {"a\\", "a", false},
    {"*\\", "a\\", true},
    {"%n%s", "%n%s", true},
    {"../*", "../../x", true},
    {"@", "`", false},
    {"[@-Z]", "`", false},
};

START_TEST(test_glob)
{
    const struct glob_row *row = &glob_rows[_i];

    ck_assert_msg(amr_text_is_matching(row->pattern, row->name) == row->is_matching,
                  "'%s' with '%s': %s", row->pattern, row->name,
                  row->is_matching ? "refused" : "taken");
}
END_TEST

/* `unit` repeated `count` times, then `last`; the name is as many `a`, then `name_last`. A matcher
 * that tries every star again would not end. */
static const struct pathological_row {
    const char *name;
    const char *unit;
    size_t count;
    const char *last;
    const char *name_last;
    bool is_matching;
} pathological_rows[] = {
    {"many stars, no match", "a*", 1000, "b", "", false},
    {"many stars, match", "a*", 1000, "b", "b", true},
    {"stars in a row", "*", 2000, "b", "", false},
    {"stars and any", "*?", 1000, "", "", true},
    {"stars and sets", "*[a-z]", 300, "9", "", false},
    {"stars and sets, match", "*[!b]", 300, "9", "9", true},
    {"unclosed sets", "*[a", 300, "", "", false},
    {"long literal after a star", "*a", 1, "aaaaaaaaaaaaaaaaaaaaaaaab", "", false},
};

static void repeat(char *target, const char *unit, size_t count, const char *last)
{
    size_t size = strlen(unit);

    for (size_t i = 0; i < count; i++, target += size)
        memcpy(target, unit, size);
    memcpy(target, last, strlen(last) + 1);
}

START_TEST(test_glob_does_not_explode)
{
    const struct pathological_row *row = &pathological_rows[_i];
    char pattern[4096];
    char name[4096];

    repeat(pattern, row->unit, row->count, row->last);
    repeat(name, "a", 2000, row->name_last);
    ck_assert_msg(amr_text_is_matching(pattern, name) == row->is_matching, "%s", row->name);
}
END_TEST

static const struct guid_row {
    const char *text;
    bool is_guid;
} guid_rows[] = {
    {"00000000-0000-0000-0000-000000000000", true},
    {"12345678-9abc-def0-1234-56789abcdef0", true},
    {"12345678-9ABC-DEF0-1234-56789ABCDEF0", true},
    {"12345678-9AbC-dEf0-1234-56789aBcDeF0", true},
    {"", false},
    {"12345678", false},
    {"12345678-9abc-def0-1234-56789abcdef", false},
    {"12345678-9abc-def0-1234-56789abcdef00", false},
    {"12345678-9abc-def0-1234-56789abcdeg0", false},
    {"12345678-9abc-def0-1234-56789abcde@0", false},
    {"12345678-9abc-def0-1234-56789abcde`0", false},
    {"12345678-9abc-def0-1234-56789abcde/0", false},
    {"12345678-9abc-def0-1234-56789abcde:0", false},
    {"123456789abcdef0123456789abcdef0", false},
    {"1234567-89abc-def0-1234-56789abcdef0", false},
    {"{12345678-9abc-def0-1234-56789abcdef0}", false},
    {"12345678-9abc-def0-1234-56789abcdef0\n", false},
    {" 12345678-9abc-def0-1234-56789abcdef0", false},
    {"12345678-9abc-def0-1234-56789abcdef0/../x", false},
    {"12345678_9abc_def0_1234_56789abcdef0", false},
    {"------------------------------------", false},
};

START_TEST(test_guid)
{
    const struct guid_row *row = &guid_rows[_i];

    ck_assert_msg(amr_text_is_guid(row->text) == row->is_guid, "'%s'", row->text);
}
END_TEST

static const struct copy_row {
    const char *name;
    size_t target_size;
    const char *text;
    bool is_taken;
} copy_rows[] = {
    {"fits exactly", 4, "abc", true},
    {"one too long", 3, "abc", false},
    {"far too long", 1, "abc", false},
    {"room left", 8, "abc", true},
    {"empty", 1, "", true},
    {"no room for the NUL", 0, "", false},
};

START_TEST(test_copy)
{
    const struct copy_row *row = &copy_rows[_i];
    char target[] = "#########";
    bool is_taken = amr_text_copy(target, row->target_size, row->text);

    ck_assert_msg(is_taken == row->is_taken, "%s", row->name);
    ck_assert_msg(strcmp(target, is_taken ? row->text : "#########") == 0, "%s: '%s'", row->name,
                  target);
    ck_assert_msg(target[sizeof(target) - 2] == '#', "%s: written too far", row->name);
}
END_TEST

#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct utf8_row {
    const char *name;
    const char *bytes;
    size_t length;
    bool is_utf8;
} utf8_rows[] = {
    {"empty", BYTES(""), true},
    {"ASCII", BYTES("abc\x01\x7f"), true},
    {"NUL alone", BYTES("\0"), false},
    {"NUL inside", BYTES("a\0b"), false},
    {"U+0080", BYTES("\xc2\x80"), true},
    {"U+07FF", BYTES("\xdf\xbf"), true},
    {"U+0800", BYTES("\xe0\xa0\x80"), true},
    {"U+D7FF", BYTES("\xed\x9f\xbf"), true},
    {"U+E000", BYTES("\xee\x80\x80"), true},
    {"U+FFFF", BYTES("\xef\xbf\xbf"), true},
    {"U+10000", BYTES("\xf0\x90\x80\x80"), true},
    {"U+10FFFF", BYTES("\xf4\x8f\xbf\xbf"), true},
    {"U+110000", BYTES("\xf4\x90\x80\x80"), false},
    {"F5", BYTES("\xf5\x80\x80\x80"), false},
    {"overlong NUL", BYTES("\xc0\x80"), false},
    {"overlong U+007F", BYTES("\xc1\xbf"), false},
    {"overlong U+07FF", BYTES("\xe0\x9f\xbf"), false},
    {"overlong U+FFFF", BYTES("\xf0\x8f\xbf\xbf"), false},
    {"first surrogate", BYTES("\xed\xa0\x80"), false},
    {"last surrogate", BYTES("\xed\xbf\xbf"), false},
    {"stray continuation", BYTES("\x80"), false},
    {"lead without continuation", BYTES("\xc3"), false},
    {"lead before ASCII",
     BYTES("\xc3"
           "a"),
     false},
    {"three cut to two", BYTES("\xe2\x82"), false},
    {"four cut to three", BYTES("\xf0\x9f\x98"), false},
    {"third byte bad",
     BYTES("\xe2\x82"
           "a"),
     false},
    {"fourth byte bad", BYTES("\xf0\x9f\x98\xc0"), false},
    {"FE", BYTES("\xfe"), false},
    {"FF", BYTES("\xff"), false},
    {"bad at the end", BYTES("abc\xff"), false},
    {"the length counts", "\xc3\xbc", 1, false},
    {"no byte past the length", "ab\xff", 2, true},
};

START_TEST(test_utf8)
{
    const struct utf8_row *row = &utf8_rows[_i];

    ck_assert_msg(amr_text_is_utf8(row->bytes, row->length) == row->is_utf8, "%s", row->name);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_clean, clean_rows);
    tcase_add_loop_test(tcase, test_clean_is_whole_at_every_limit, 0, 30);
    tcase_add_test(tcase, test_clean_of_10_kb);
    tcase_add_test(tcase, test_clean_appends);
    tcase_add_test(tcase, test_plain_stays_as_it_is);
    UNIT_ADD_ROWS(tcase, test_label, label_rows);
    tcase_add_test(tcase, test_label_of_every_byte);
    UNIT_ADD_ROWS(tcase, test_compare, compare_rows);
    UNIT_ADD_ROWS(tcase, test_prefix, prefix_rows);
    UNIT_ADD_ROWS(tcase, test_hash, hash_rows);
    UNIT_ADD_ROWS(tcase, test_glob, glob_rows);
    UNIT_ADD_ROWS(tcase, test_glob_does_not_explode, pathological_rows);
    UNIT_ADD_ROWS(tcase, test_guid, guid_rows);
    UNIT_ADD_ROWS(tcase, test_copy, copy_rows);
    UNIT_ADD_ROWS(tcase, test_utf8, utf8_rows);
}

int main(void)
{
    return unit_run("text", add_tests);
}
