/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "json.h"
#include "unit.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

/* Stands in an output to show that a failure left it alone. */
static amr_json *const untouched = (amr_json *)&(char){0};

static const struct taken_row {
    const char *name;
    const char *text;
    size_t length;
    const char *type_words;
} taken_rows[] = {
    {"top-level null", BYTES("null"), "null"},
    {"true", BYTES("true"), "a boolean"},
    {"false", BYTES("false"), "a boolean"},
    {"0", BYTES("0"), "a number"},
    {"-0", BYTES("-0"), "a number"},
    {"-0.0", BYTES("-0.0"), "a number"},
    {"an integer", BYTES("-12"), "a number"},
    {"a fraction", BYTES("12.50"), "a number"},
    {"a fraction below 1", BYTES("0.5"), "a number"},
    {"an exponent", BYTES("1e5"), "a number"},
    {"an exponent with plus", BYTES("1E+5"), "a number"},
    {"an exponent with minus and zeros", BYTES("1.0e-005"), "a number"},
    {"the greatest finite numbers", BYTES("[1e308,-1.7e308]"), "an array"},
    {"what is too small to be told from 0", BYTES("1e-9999"), "a number"},
    {"an empty string", BYTES("\"\""), "a string"},
    {"an empty object", BYTES("{}"), "an object"},
    {"an empty array", BYTES("[]"), "an array"},
    {"white space", BYTES(" \t\r\n{ \t\r\n\"a\"\r\n:\t1 , \"b\" : [ ] } \r\n"), "an object"},
    {"every escape", BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\""), "a string"},
    {"a pair of surrogates", BYTES("\"\\ud83d\\ude00\""), "a string"},
    {"UTF-8 of two, three and four bytes", BYTES("\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\""),
     "a string"},
    {"the last code point", BYTES("\"\xf4\x8f\xbf\xbf\""), "a string"},
    {"a DEL", BYTES("\"\x7f\""), "a string"},
    {"structure inside a string", BYTES("{\"a\":\"{[:,]}\"}"), "an object"},
    {"an empty key", BYTES("{\"\":1}"), "an object"},
    {"equal keys at different levels", BYTES("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]}}"), "an object"},
    {"keys that differ in case", BYTES("{\"a\":1,\"A\":2}"), "an object"},
};

START_TEST(test_taken)
{
    const struct taken_row *row = &taken_rows[_i];
    struct amr_error err = {0};
    amr_json *value = untouched;

    ck_assert_msg(amr_json_parse(row->text, row->length, &value, &err), "%s: %s", row->name,
                  err.message);
    ck_assert_msg(strcmp(amr_json_type_words(value), row->type_words) == 0, "%s: %s", row->name,
                  amr_json_type_words(value));
    amr_json_free(value);
}
END_TEST

static const struct refused_row {
    const char *name;
    const char *text;
    size_t length;
} refused_rows[] = {
    {"empty text", BYTES("")},
    {"only white space", BYTES(" \r\n\t ")},
    {"duplicate keys", BYTES("{\"a\":1,\"a\":1}")},
    {"duplicate keys, the first null", BYTES("{\"a\":null,\"a\":1}")},
    {"duplicate keys apart", BYTES("{\"a\":1,\"b\":2,\"a\":3}")},
    {"duplicate keys in an object in an object", BYTES("{\"x\":{\"a\":1,\"a\":2}}")},
    {"duplicate keys in an object in an array", BYTES("[0,{\"a\":1,\"a\":2}]")},
    {"duplicate keys, one of them escaped", BYTES("{\"a\":1,\"\\u0061\":2}")},
    {"duplicate empty keys", BYTES("{\"\":1,\"\":2}")},
    {"NaN", BYTES("NaN")},
    {"nan in an array", BYTES("[nan]")},
    {"Infinity", BYTES("Infinity")},
    {"-Infinity", BYTES("-Infinity")},
    {"Infinity in an object", BYTES("{\"a\":Infinity}")},
    {"1e9999", BYTES("1e9999")},
    {"-1e9999", BYTES("-1e9999")},
    {"1e9999 deeper", BYTES("{\"a\":[{\"b\":1e9999}]}")},
    {"01", BYTES("01")},
    {"-01", BYTES("-01")},
    {"00", BYTES("00")},
    {"01 in an array", BYTES("[01]")},
    {"1.", BYTES("1.")},
    {"1. in an array", BYTES("[1.]")},
    {"1.e5", BYTES("1.e5")},
    {".5", BYTES(".5")},
    {"-.5", BYTES("-.5")},
    {"+1", BYTES("+1")},
    {"-", BYTES("-")},
    {"--1", BYTES("--1")},
    {"1e", BYTES("1e")},
    {"1e+", BYTES("1e+")},
    {"1-2", BYTES("1-2")},
    {"1.2.3", BYTES("1.2.3")},
    {"0x10", BYTES("0x10")},
    {"1_000", BYTES("1_000")},
    {"overlong slash of two bytes", BYTES("\"\xc0\xaf\"")},
    {"overlong of three bytes", BYTES("\"\xe0\x80\xaf\"")},
    {"overlong of four bytes", BYTES("\"\xf0\x80\x80\xaf\"")},
    {"overlong NUL", BYTES("\"\xc0\x80\"")},
    {"a surrogate in UTF-8", BYTES("\"\xed\xa0\x80\"")},
    {"a pair of surrogates in UTF-8", BYTES("\"\xed\xa0\xbd\xed\xb8\x80\"")},
    {"above the last code point", BYTES("\"\xf4\x90\x80\x80\"")},
    {"a stray continuation", BYTES("\"\x80\"")},
    {"a lead without continuation", BYTES("\"\xc3\"")},
    {"0xff", BYTES("\"\xff\"")},
    {"Latin-1 in a key", BYTES("{\"Z\xfcrich\":1}")},
    {"Latin-1 deeper", BYTES("[{\"a\":[\"Z\xfcrich\"]}]")},
    {"Latin-1 outside a string", BYTES("[\xfc]")},
    {"a high surrogate alone", BYTES("\"\\ud83d\"")},
    {"a high surrogate before text", BYTES("\"\\ud83dx\"")},
    {"a high surrogate before another", BYTES("\"\\ud83d\\ud83d\"")},
    {"a high surrogate before an escape", BYTES("\"\\ud83d\\n\"")},
    {"a low surrogate alone", BYTES("\"\\ude00\"")},
    {"a pair the wrong way round", BYTES("\"\\ude00\\ud83d\"")},
    {"a lone surrogate in a key", BYTES("{\"\\ud83d\":1}")},
    {"\\u0000", BYTES("\"a\\u0000b\"")},
    {"\\u0000 in a key", BYTES("{\"a\\u0000\":1}")},
    {"\\u of three digits", BYTES("\"\\u12\"")},
    {"\\u with another letter", BYTES("\"\\u12g4\"")},
    {"\\u with a sign", BYTES("\"\\u+123\"")},
    {"\\x", BYTES("\"\\x41\"")},
    {"\\'", BYTES("\"\\'\"")},
    {"\\ before a line end", BYTES("\"a\\\nb\"")},
    {"\\U", BYTES("\"\\U0041\"")},
    {"NUL in a string", BYTES("\"a\0b\"")},
    {"NUL between values", BYTES("[1,\0 2]")},
    {"NUL behind the document", BYTES("{}\0")},
    {"NUL before the document", BYTES("\0{}")},
    {"a line end in a string", BYTES("\"a\nb\"")},
    {"a TAB in a string", BYTES("\"a\tb\"")},
    {"ESC in a string", BYTES("\"\x1b[31m\"")},
    {"0x1f in a key", BYTES("{\"a\x1f\":1}")},
    {"0x01 between values", BYTES("[1,\x01 2]")},
    {"a form feed as white space", BYTES("[1,\f2]")},
    {"a vertical TAB as white space", BYTES("\v[]")},
    {"a no-break space as white space", BYTES("[1,\xc2\xa0\x32]")},
    {"single quotes", BYTES("{'a':1}")},
    {"a single-quoted value", BYTES("['a']")},
    {"a bare key", BYTES("{a:1}")},
    {"a number as key", BYTES("{1:2}")},
    {"null as key", BYTES("{null:2}")},
    {"a block comment", BYTES("/* x */ {}")},
    {"a block comment inside", BYTES("[1, /* x */ 2]")},
    {"a line comment", BYTES("{} // x\n")},
    {"a hash comment", BYTES("# x\n{}")},
    {"a trailing comma in an array", BYTES("[1,]")},
    {"a trailing comma in an object", BYTES("{\"a\":1,}")},
    {"a leading comma in an array", BYTES("[,1]")},
    {"a leading comma in an object", BYTES("{,\"a\":1}")},
    {"two commas", BYTES("[1,,2]")},
    {"a comma alone", BYTES("[,]")},
    {"no comma in an array", BYTES("[1 2]")},
    {"no comma between strings", BYTES("[\"a\"\"b\"]")},
    {"no comma in an object", BYTES("{\"a\":1 \"b\":2}")},
    {"no colon", BYTES("{\"a\" 1}")},
    {"two colons", BYTES("{\"a\"::1}")},
    {"a colon in an array", BYTES("[\"a\":1]")},
    {"a key without value", BYTES("{\"a\"}")},
    {"a key and a colon without value", BYTES("{\"a\":}")},
    {"a comma instead of a colon", BYTES("{\"a\",1}")},
    {"an array closed as object", BYTES("[1}")},
    {"an object closed as array", BYTES("{\"a\":1]")},
    {"brackets that cross", BYTES("[{\"a\":1]}")},
    {"a closing bracket", BYTES("]")},
    {"a closing brace", BYTES("}")},
    {"a comma as document", BYTES(",")},
    {"a colon as document", BYTES(":")},
    {"trailing junk", BYTES("{} x")},
    {"trailing junk behind null", BYTES("nullx")},
    {"trailing bracket", BYTES("[]]")},
    {"trailing comma behind all", BYTES("{},")},
    {"two documents", BYTES("{}{}")},
    {"two documents on two lines", BYTES("{}\n{}\n")},
    {"two numbers", BYTES("1 2")},
    {"byte order mark", BYTES("\xef\xbb\xbf{}")},
    {"UTF-16", BYTES("\xff\xfe{\0}\0")},
    {"True", BYTES("True")},
    {"TRUE", BYTES("[TRUE]")},
    {"nul", BYTES("nul")},
    {"undefined", BYTES("undefined")},
    {"HTML", BYTES("<html></html>")},
};

START_TEST(test_refused)
{
    const struct refused_row *row = &refused_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = ""};
    amr_json *value = untouched;

    ck_assert_msg(!amr_json_parse(row->text, row->length, &value, &err), "%s: taken", row->name);
    ck_assert_msg(value == untouched, "%s: the output changed", row->name);
    ck_assert_msg(err.code == AMR_ERROR_RESPONSE && err.http_status == 0, "%s: code", row->name);
    ck_assert_msg(strncmp(err.message, "line ", 5) == 0, "%s: '%s'", row->name, err.message);
}
END_TEST

static const struct line_row {
    const char *name;
    const char *text;
    const char *start;
} line_rows[] = {
    {"first line", "{x}", "line 1: "},
    {"third line", "{\n\"a\":1,\nx}", "line 3: "},
    {"CRLF counts once", "{\r\n\"a\":1,\r\nx}", "line 3: "},
    {"the end of the document", "[1,\n2,\n", "line 3: "},
    {"junk behind the document", "{\n}\n\n]", "line 4: "},
};

START_TEST(test_the_line_is_told)
{
    const struct line_row *row = &line_rows[_i];
    struct amr_error err = {0};
    amr_json *value = NULL;

    ck_assert(!amr_json_parse(row->text, strlen(row->text), &value, &err));
    ck_assert_msg(strncmp(err.message, row->start, strlen(row->start)) == 0, "%s: '%s'", row->name,
                  err.message);
}
END_TEST

/* `before`, then `count` times `middle`, then `after`. */
static const struct large_row {
    const char *name;
    const char *before;
    size_t count;
    const char *middle;
    const char *after;
    bool is_taken;
} large_rows[] = {
    {"24 arrays deep", "[[[[[[[[[[[[[[[[[[[[[[[[", 1, "", "]]]]]]]]]]]]]]]]]]]]]]]]", true},
    {"25 arrays deep", "[[[[[[[[[[[[[[[[[[[[[[[[[", 1, "", "]]]]]]]]]]]]]]]]]]]]]]]]]", false},
    {"23 objects deep and a value", "", 23, "{\"a\":", "1}}}}}}}}}}}}}}}}}}}}}}}", true},
    {"25 objects deep", "", 25, "{\"a\":", "1}}}}}}}}}}}}}}}}}}}}}}}}}", false},
    {"10,000 arrays deep", "", 10000, "[", "", false},
    {"10,000 objects deep", "", 10000, "{\"a\":", "1", false},
    {"10,000 closing brackets", "", 10000, "]", "", false},
    {"90,000 items", "[0", 90000, ",1", "]", true},
    {"200,001 items", "[0", 200000, ",1", "]", false},
    {"a million items", "[0", 1000000, ",1", "]", false},
    {"a million equal keys", "{\"a\":1", 1000000, ",\"a\":1", "}", false},
    {"a million commas", "[", 1000000, ",", "]", false},
    {"a string of a megabyte", "\"", 1 << 20, "x", "\"", true},
    {"the longest string", "\"", AMR_JSON_VALUE_BYTES_MAX - 2, "x", "\"", true},
    {"a string one too long", "\"", AMR_JSON_VALUE_BYTES_MAX - 1, "x", "\"", false},
    {"a string of 100 MB", "\"", 100 * 1000 * 1000 / 10, "xxxxxxxxxx", "\"", false},
    {"a string of 100 MB that does not end", "\"", 100 * 1000 * 1000 / 10, "xxxxxxxxxx", "", false},
    {"an integer of 100,000 digits", "", 100000, "9", "", true},
    {"an exponent of 100,000 digits", "1e", 100000, "9", "", false},
    {"10 MB of white space", "", 10 * 1000 * 1000, " ", "1", true},
};

static void fill(struct amr_buffer *text, const struct large_row *row)
{
    size_t size = strlen(row->middle) * row->count + 128;

    amr_buffer_init(text, size);
    amr_buffer_reserve(text, size);
    amr_buffer_append_text(text, row->before);
    for (size_t i = 0; i < row->count; i++)
        amr_buffer_append(text, row->middle, strlen(row->middle));
    amr_buffer_append_text(text, row->after);
    ck_assert(!amr_buffer_is_failed(text));
}

START_TEST(test_large)
{
    const struct large_row *row = &large_rows[_i];
    struct amr_error err = {0};
    amr_json *value = NULL;
    struct amr_buffer text;

    fill(&text, row);
    bool is_taken = amr_json_parse(text.text, text.length, &value, &err);
    ck_assert_msg(is_taken == row->is_taken, "%s: %s", row->name, err.message);
    ck_assert_msg(is_taken || err.code == AMR_ERROR_RESPONSE, "%s: code", row->name);
    amr_json_free(value);
    amr_buffer_free(&text);
}
END_TEST

START_TEST(test_a_million_keys)
{
    struct amr_error err = {0};
    amr_json *value = NULL;
    struct amr_buffer text;

    amr_buffer_init(&text, 32 << 20);
    amr_buffer_append_text(&text, "{\"k\":0");
    for (int i = 0; i < 1000000; i++)
        amr_buffer_append_format(&text, ",\"k%d\":%d", i, i);
    amr_buffer_append_text(&text, "}");
    ck_assert(!amr_buffer_is_failed(&text));
    ck_assert(!amr_json_parse(text.text, text.length, &value, &err));
    ck_assert_int_eq(err.code, AMR_ERROR_RESPONSE);
    amr_buffer_free(&text);
}
END_TEST

static const char good_document[] =
    "{\"value\":[{\"id\":\"/a\\u00e9\",\"n\":-12.5e+3,\"t\":true,\"f\":false,\"z\":null,"
    "\"u\":\"\\ud83d\\ude00 \xe2\x82\xac\"},[]],\"nextLink\":\"\"}";

/* No terminator stands behind the text, so that a sanitizer sees a byte read too far. */
START_TEST(test_truncated)
{
    const size_t length = (size_t)_i;
    char *text = malloc(length == 0 ? 1 : length);
    struct amr_error err = {0};
    amr_json *value = NULL;

    ck_assert_ptr_nonnull(text);
    memcpy(text, good_document, length);
    bool is_taken = amr_json_parse(text, length, &value, &err);
    ck_assert_msg(is_taken == (length == sizeof(good_document) - 1), "%zu: %s", length,
                  err.message);
    amr_json_free(value);
    free(text);
}
END_TEST

#define NO_INTEGER INT64_C(77)

/* What each getter says: `text` NULL, `integer` NO_INTEGER and `boolean` -1 are a refusal. */
static const struct getter_row {
    const char *name;
    const char *json;
    const char *text;
    int64_t integer;
    int boolean;
    const char *type_words;
} getter_rows[] = {
    {"12", "12", NULL, 12, -1, "a number"},
    {"-12", "-12", NULL, -12, -1, "a number"},
    {"0", "0", NULL, 0, -1, "a number"},
    {"-0", "-0", NULL, 0, -1, "a number"},
    {"1", "1", NULL, 1, -1, "a number"},
    {"the greatest", "9223372036854775807", NULL, INT64_MAX, -1, "a number"},
    {"one above it", "9223372036854775808", NULL, NO_INTEGER, -1, "a number"},
    {"far above it", "99999999999999999999999", NULL, NO_INTEGER, -1, "a number"},
    {"far below the least", "-99999999999999999999999", NULL, NO_INTEGER, -1, "a number"},
    {"one below the least", "-9223372036854775809", NULL, NO_INTEGER, -1, "a number"},
    {"one above the least", "-9223372036854775807", NULL, INT64_MIN + 1, -1, "a number"},
    {"12.0", "12.0", NULL, NO_INTEGER, -1, "a number"},
    {"1e2", "1e2", NULL, NO_INTEGER, -1, "a number"},
    {"\"12\"", "\"12\"", "12", NO_INTEGER, -1, "a string"},
    {"\"12abc\"", "\"12abc\"", "12abc", NO_INTEGER, -1, "a string"},
    {"\"true\"", "\"true\"", "true", NO_INTEGER, -1, "a string"},
    {"empty string", "\"\"", "", NO_INTEGER, -1, "a string"},
    {"escapes", "\"\\u00e9\\ud83d\\ude00\\/\"", "\xc3\xa9\xf0\x9f\x98\x80/", NO_INTEGER, -1,
     "a string"},
    {"true", "true", NULL, NO_INTEGER, 1, "a boolean"},
    {"false", "false", NULL, NO_INTEGER, 0, "a boolean"},
    {"null", "null", NULL, NO_INTEGER, -1, "null"},
    {"object", "{\"a\":1}", NULL, NO_INTEGER, -1, "an object"},
    {"array", "[1]", NULL, NO_INTEGER, -1, "an array"},
};

static amr_json *parse(const char *text)
{
    struct amr_error err = {0};
    amr_json *value = NULL;

    ck_assert_msg(amr_json_parse(text, strlen(text), &value, &err), "%s: %s", text, err.message);
    return value;
}

START_TEST(test_getters_never_coerce)
{
    const struct getter_row *row = &getter_rows[_i];
    amr_json *value = parse(row->json);
    const char *text = amr_json_text(value);
    int64_t integer = NO_INTEGER;
    bool truth = true;

    ck_assert_msg((text == NULL) == (row->text == NULL), "%s: text", row->name);
    ck_assert_msg(text == NULL || strcmp(text, row->text) == 0, "%s: '%s'", row->name, text);
    bool is_integer = amr_json_integer(value, &integer);
    ck_assert_msg(is_integer == (row->integer != NO_INTEGER), "%s: integer", row->name);
    ck_assert_msg(integer == row->integer, "%s: %lld", row->name, (long long)integer);
    bool is_boolean = amr_json_boolean(value, &truth);
    ck_assert_msg(is_boolean == (row->boolean != -1), "%s: boolean", row->name);
    ck_assert_msg(!is_boolean || truth == (row->boolean == 1), "%s: truth", row->name);
    ck_assert_msg(strcmp(amr_json_type_words(value), row->type_words) == 0, "%s: words", row->name);
    ck_assert(amr_json_is_object(value) == (strcmp(row->type_words, "an object") == 0));
    ck_assert(amr_json_is_array(value) == (strcmp(row->type_words, "an array") == 0));
    amr_json_free(value);
}
END_TEST

START_TEST(test_members_and_items)
{
    amr_json *tree = parse("{\"a\":[1,null,\"x\"],\"n\":null,\"A\":2}");
    const amr_json *list = amr_json_get(tree, "a");
    int64_t number = 0;

    ck_assert_uint_eq(amr_json_length(list), 3);
    ck_assert(amr_json_integer(amr_json_at(list, 0), &number) && number == 1);
    ck_assert_ptr_null(amr_json_at(list, 1));
    ck_assert_str_eq(amr_json_text(amr_json_at(list, 2)), "x");
    ck_assert(amr_json_integer(amr_json_get(tree, "A"), &number) && number == 2);
    ck_assert_ptr_null(amr_json_get(tree, "n"));
    ck_assert_ptr_null(amr_json_get(tree, "absent"));
    ck_assert_ptr_null(amr_json_get(list, "a"));
    ck_assert_ptr_null(amr_json_get(NULL, "a"));
    ck_assert_uint_eq(amr_json_length(tree), 0);
    ck_assert_uint_eq(amr_json_length(NULL), 0);
    ck_assert_ptr_null(amr_json_at(NULL, 0));
    amr_json_free(tree);
    amr_json_free(NULL);
}
END_TEST

/* Reads a list, or the members of an object, with the reader; writes "KEY=TYPE;" for each. */
static bool walk(const char *text, char open, struct amr_buffer *seen, struct amr_error *err)
{
    struct amr_json_reader reader;
    const char close = open == '{' ? '}' : ']';
    bool has_item = true;

    amr_json_reader_init(&reader, text, strlen(text));
    if (!amr_json_reader_enter(&reader, open, err))
        return false;
    for (;;) {
        char key[AMR_JSON_KEY_SIZE] = "";
        amr_json *value = NULL;

        if (!amr_json_reader_next(&reader, close, &has_item, err))
            return false;
        if (!has_item)
            return amr_json_reader_end(&reader, err);
        if (open == '{' && !amr_json_reader_key(&reader, key, err))
            return false;
        if (!amr_json_reader_value(&reader, &value, err))
            return false;
        amr_buffer_append_format(seen, "%s=%s;", key, amr_json_type_words(value));
        amr_json_free(value);
    }
}

#define KEY_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static const struct walk_row {
    const char *name;
    const char *text;
    char open;
    bool is_read;
    const char *seen;
} walk_rows[] = {
    {"an empty list", "[]", '[', true, ""},
    {"an empty list with blanks", " [ \r\n ] ", '[', true, ""},
    {"one item", "[1]", '[', true, "=a number;"},
    {"items of every type", "[{},[],\"\",1,true,null]", '[', true,
     "=an object;=an array;=a string;=a number;=a boolean;=null;"},
    {"items with blanks", " [ 1 ,\r\n 2 ] ", '[', true, "=a number;=a number;"},
    {"an empty object", "{}", '{', true, ""},
    {"members", "{\"a\":1,\"b\":[],\"c\":null}", '{', true, "a=a number;b=an array;c=null;"},
    {"blanks around a colon", "{ \"a\" \n : \t 1 }", '{', true, "a=a number;"},
    {"the longest key", "{\"" KEY_63 "\":1}", '{', true, KEY_63 "=a number;"},
    {"a key too long is none", "{\"" KEY_63 "x\":1,\"a\":2}", '{', true, "=a number;a=a number;"},
    {"a key with an escape is none", "{\"v\\u0061lue\":1}", '{', true, "=a number;"},
    {"a key in UTF-8", "{\"\xc3\xbc\":1}", '{', true, "\xc3\xbc=a number;"},
    {"a key that is no UTF-8", "{\"\xfc\":1}", '{', false, ""},
    {"a key with a lone surrogate", "{\"\\ud83d\":1}", '{', false, ""},
    {"a key with a line end", "{\"a\nb\":1}", '{', false, ""},
    {"a key that does not end", "{\"a", '{', false, ""},
    {"a number as key", "{1:2}", '{', false, ""},
    {"no colon", "{\"a\" 1}", '{', false, ""},
    {"a key without value", "{\"a\":}", '{', false, ""},
    {"a trailing comma in a list", "[1,]", '[', false, "=a number;"},
    {"a trailing comma in an object", "{\"a\":1,}", '{', false, "a=a number;"},
    {"a leading comma in a list", "[,1]", '[', false, ""},
    {"a leading comma in an object", "{,\"a\":1}", '{', false, ""},
    {"two commas", "[1,,2]", '[', false, "=a number;"},
    {"no comma", "[1 2]", '[', false, "=a number;"},
    {"a list closed as object", "[1}", '[', false, "=a number;"},
    {"a list that does not end", "[1", '[', false, "=a number;"},
    {"a list of nothing that does not end", "[", '[', false, ""},
    {"a comma and no more", "[1,", '[', false, "=a number;"},
    {"trailing junk", "[] x", '[', false, ""},
    {"two documents", "[][]", '[', false, ""},
    {"an object for a list", "{}", '[', false, ""},
    {"a list for an object", "[]", '{', false, ""},
    {"null for a list", "null", '[', false, ""},
    {"nothing for a list", "", '[', false, ""},
    {"a bad item after a good one", "[1,01]", '[', false, "=a number;"},
    {"duplicate keys in an item", "[{\"a\":1,\"a\":2}]", '[', false, ""},
};

START_TEST(test_walk)
{
    const struct walk_row *row = &walk_rows[_i];
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = ""};
    struct amr_buffer seen;

    amr_buffer_init(&seen, 4096);
    bool is_read = walk(row->text, row->open, &seen, &err);
    ck_assert_msg(is_read == row->is_read, "%s: %s", row->name, err.message);
    ck_assert_msg(is_read || err.code == AMR_ERROR_RESPONSE, "%s: code", row->name);
    ck_assert_msg(is_read || strncmp(err.message, "line 1: ", 8) == 0 ||
                      strncmp(err.message, "line 2: ", 8) == 0,
                  "%s: '%s'", row->name, err.message);
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->seen) == 0, "%s: '%s'", row->name,
                  amr_buffer_text(&seen));
    amr_buffer_free(&seen);
}
END_TEST

START_TEST(test_peek_tells_what_comes)
{
    static const char text[] = " \r\n\t{\"a\":1}  ";
    struct amr_json_reader reader;
    amr_json *value = NULL;
    struct amr_error err = {0};

    amr_json_reader_init(&reader, text, sizeof(text) - 1);
    ck_assert_int_eq(amr_json_reader_peek(&reader), '{');
    ck_assert_int_eq(amr_json_reader_peek(&reader), '{');
    ck_assert(amr_json_reader_value(&reader, &value, &err));
    ck_assert_int_eq(amr_json_reader_peek(&reader), 0);
    ck_assert(amr_json_reader_end(&reader, &err));
    amr_json_free(value);
}
END_TEST

START_TEST(test_a_failed_step_leaves_its_output)
{
    struct amr_json_reader reader;
    struct amr_error err = {0};
    amr_json *value = untouched;
    bool has_item = false;

    amr_json_reader_init(&reader, "[1 2]", 5);
    ck_assert(amr_json_reader_enter(&reader, '[', &err));
    ck_assert(amr_json_reader_next(&reader, ']', &has_item, &err));
    ck_assert(has_item && amr_json_reader_value(&reader, &value, &err));
    amr_json_free(value);
    has_item = false;
    ck_assert(!amr_json_reader_next(&reader, ']', &has_item, &err));
    ck_assert(!has_item);
    value = untouched;
    amr_json_reader_init(&reader, "[1,]", 4);
    ck_assert(!amr_json_reader_value(&reader, &value, &err));
    ck_assert_ptr_eq(value, untouched);
}
END_TEST

/* Items stand one at a time, so a document may be far larger than what one value may be. */
START_TEST(test_a_long_list_of_small_items)
{
    enum { COUNT = 150000 };
    struct amr_buffer text;
    struct amr_buffer seen;
    struct amr_error err = {0};

    amr_buffer_init(&text, 32 << 20);
    amr_buffer_append_text(&text, "[{\"name\":\"a name of some length\",\"x\":[1,2,3,4,5,6]}");
    for (int i = 1; i < COUNT; i++)
        amr_buffer_append_text(&text, ",{\"name\":\"a name of some length\",\"x\":[1,2,3,4,5,6]}");
    amr_buffer_append_text(&text, "]");
    ck_assert(!amr_buffer_is_failed(&text));
    amr_buffer_init(&seen, 32 << 20);
    ck_assert_msg(walk(text.text, '[', &seen, &err), "%s", err.message);
    ck_assert_uint_eq(seen.length, (size_t)COUNT * strlen("=an object;"));
    amr_buffer_free(&seen);
    amr_buffer_free(&text);
}
END_TEST

static bool list_member(const char *key, const amr_json *value, void *context,
                        struct amr_error *err)
{
    (void)err;
    amr_buffer_append_format(context, "%s=%s;", key, amr_json_type_words(value));
    return true;
}

static const struct each_row {
    const char *name;
    const char *json;
    const char *members;
    const char *items;
} each_rows[] = {
    {"members in order", "{\"b\":1,\"a\":null,\"c\":\"x\"}", "b=a number;a=null;c=a string;", ""},
    {"items in order", "[null,1,[]]", "", "0=null;1=a number;2=an array;"},
    {"ten items and one", "[0,0,0,0,0,0,0,0,0,0,{}]", "",
     "0=a number;1=a number;2=a number;3=a number;4=a number;5=a number;6=a number;7=a number;"
     "8=a number;9=a number;10=an object;"},
    {"empty object", "{}", "", ""},
    {"empty array", "[]", "", ""},
    {"null", "null", "", ""},
    {"a string", "\"x\"", "", ""},
};

START_TEST(test_each)
{
    const struct each_row *row = &each_rows[_i];
    amr_json *value = parse(row->json);
    struct amr_error err = {0};
    struct amr_buffer seen;

    amr_buffer_init(&seen, 1024);
    ck_assert(amr_json_each_member(value, list_member, &seen, &err));
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->members) == 0, "%s: '%s'", row->name,
                  amr_buffer_text(&seen));
    amr_buffer_cut(&seen, 0);
    ck_assert(amr_json_each_item(value, list_member, &seen, &err));
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->items) == 0, "%s: '%s'", row->name,
                  amr_buffer_text(&seen));
    amr_buffer_free(&seen);
    amr_json_free(value);
}
END_TEST

/* Goes through the whole tree and fails at the first true. */
static bool refuse_true(const char *key, const amr_json *value, void *context,
                        struct amr_error *err)
{
    bool truth;

    (void)key;
    if (amr_json_boolean(value, &truth))
        return amr_error_set(err, AMR_ERROR_USAGE, ": no boolean");
    return amr_json_each_member(value, refuse_true, context, err) &&
           amr_json_each_item(value, refuse_true, context, err);
}

static const struct pointer_row {
    const char *name;
    const char *json;
    const char *message; /* NULL: nothing to refuse */
} pointer_rows[] = {
    {"a member", "{\"a\":1,\"b\":true}", "/b: no boolean"},
    {"an item", "[0,0,true]", "/2: no boolean"},
    {"a member of an item of a member", "{\"releases\":[{},{\"line\":true}]}",
     "/releases/1/line: no boolean"},
    {"the first of two", "{\"a\":[true],\"b\":true}", "/a/0: no boolean"},
    {"an empty key", "{\"\":{\"x\":true}}", "//x: no boolean"},
    {"a key that needs cleaning", "{\"a|b\\n<c>\":true}", "/a?b ?c?: no boolean"},
    {"nothing", "{\"a\":[1,{\"b\":null}]}", NULL},
};

START_TEST(test_pointer)
{
    const struct pointer_row *row = &pointer_rows[_i];
    amr_json *value = parse(row->json);
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 0, .message = ""};
    bool is_sound = refuse_true("", value, NULL, &err);

    ck_assert_msg(is_sound == (row->message == NULL), "%s: %s", row->name, err.message);
    ck_assert_msg(is_sound || strcmp(err.message, row->message) == 0, "%s: '%s'", row->name,
                  err.message);
    ck_assert_msg(is_sound || err.code == AMR_ERROR_USAGE, "%s: code", row->name);
    amr_json_free(value);
}
END_TEST

static const struct append_row {
    const char *name;
    const char *text;
    const char *json;
} append_rows[] = {
    {"NULL", NULL, "null"},
    {"empty", "", "\"\""},
    {"plain", "orders.westeurope 7.4", "\"orders.westeurope 7.4\""},
    {"what Nagios and web pages read", "a|b<c>d&e", "\"a\\u007cb\\u003cc\\u003ed\\u0026e\""},
    {"quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\""},
    {"slash and single quote stand", "a/b'c", "\"a/b'c\""},
    {"UTF-8 stands", "Z\xc3\xbcrich \xf0\x9f\x98\x80", "\"Z\xc3\xbcrich \xf0\x9f\x98\x80\""},
    {"format characters", "%n%s", "\"%n%s\""},
};

START_TEST(test_append)
{
    const struct append_row *row = &append_rows[_i];
    struct amr_buffer json;

    amr_buffer_init(&json, 1024);
    amr_json_append_text(&json, row->text);
    ck_assert_msg(strcmp(amr_buffer_text(&json), row->json) == 0, "%s: %s", row->name,
                  amr_buffer_text(&json));
    amr_buffer_free(&json);
}
END_TEST

/* Whatever the byte, no control byte stands in the JSON, and its reader gets the text back. */
START_TEST(test_append_and_parse)
{
    const char text[] = {'a', (char)_i, 'b', '\0'};
    struct amr_buffer json;

    amr_buffer_init(&json, 64);
    amr_json_append_text(&json, text);
    for (size_t i = 0; i < json.length; i++)
        ck_assert(json.text[i] >= ' ' && json.text[i] != 0x7f && strchr("|<>&", json.text[i]) == 0);
    amr_json *value = parse(amr_buffer_text(&json));
    ck_assert_str_eq(amr_json_text(value), text);
    amr_json_free(value);
    amr_buffer_free(&json);
}
END_TEST

/* A string's bytes where they stand; NULL: it has escapes, or the value is none. */
static const struct plain_row {
    const char *text;
    const char *plain;
} plain_rows[] = {
    {"\"eyJ.a-b_c\"", "eyJ.a-b_c"},
    {" \"a\" ", "a"},
    {"\"\"", ""},
    {"\"a\\/b\"", NULL},
    {"\"a\\nb\"", NULL},
    {"12", NULL},
    {"null", NULL},
    {"{\"a\":1}", NULL},
    {"[\"a\"]", NULL},
};

START_TEST(reads_plain_text)
{
    const struct plain_row *row = &plain_rows[_i];
    struct amr_json_reader reader;
    struct amr_error err;
    const char *text = "";
    size_t length = 77;

    amr_json_reader_init(&reader, row->text, strlen(row->text));
    ck_assert_msg(amr_json_reader_plain(&reader, &text, &length, &err), "%s", row->text);
    ck_assert(amr_json_reader_end(&reader, &err));
    ck_assert_msg((text == NULL) == (row->plain == NULL), "%s", row->text);
    if (row->plain == NULL)
        ck_assert_uint_eq(length, 0);
    else
        ck_assert(length == strlen(row->plain) && memcmp(text, row->plain, length) == 0);
}
END_TEST

static const char *const not_plain_rows[] = {"\"a", "\"\\x\"", "\"\xff\"", "\"\n\"", "", "{\"a\""};

START_TEST(refuses_what_is_no_value)
{
    struct amr_json_reader reader;
    struct amr_error err;
    const char *text;
    size_t length;

    amr_json_reader_init(&reader, not_plain_rows[_i], strlen(not_plain_rows[_i]));
    ck_assert_msg(!amr_json_reader_plain(&reader, &text, &length, &err), "%s", not_plain_rows[_i]);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, reads_plain_text, plain_rows);
    UNIT_ADD_ROWS(tcase, refuses_what_is_no_value, not_plain_rows);
    tcase_set_timeout(tcase, 60);
    UNIT_ADD_ROWS(tcase, test_taken, taken_rows);
    UNIT_ADD_ROWS(tcase, test_refused, refused_rows);
    UNIT_ADD_ROWS(tcase, test_the_line_is_told, line_rows);
    UNIT_ADD_ROWS(tcase, test_large, large_rows);
    tcase_add_test(tcase, test_a_million_keys);
    tcase_add_loop_test(tcase, test_truncated, 0, sizeof(good_document));
    UNIT_ADD_ROWS(tcase, test_getters_never_coerce, getter_rows);
    tcase_add_test(tcase, test_members_and_items);
    UNIT_ADD_ROWS(tcase, test_walk, walk_rows);
    tcase_add_test(tcase, test_peek_tells_what_comes);
    tcase_add_test(tcase, test_a_failed_step_leaves_its_output);
    tcase_add_test(tcase, test_a_long_list_of_small_items);
    UNIT_ADD_ROWS(tcase, test_each, each_rows);
    UNIT_ADD_ROWS(tcase, test_pointer, pointer_rows);
    UNIT_ADD_ROWS(tcase, test_append, append_rows);
    tcase_add_loop_test(tcase, test_append_and_parse, 1, 0x80);
}

int main(void)
{
    return unit_run("json", add_tests);
}
