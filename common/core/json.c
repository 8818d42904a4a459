/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <json-c/json.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

/* What json-c needs to be told of a value, and what it would let pass. */
struct scan {
    size_t keys;
    size_t items; /* values and keys */
    bool has_high_bytes;
};

static int line_of(const struct amr_json_reader *reader)
{
    int line = 1;

    for (size_t at = 0; at < reader->at && at < reader->length; at++)
        line += reader->text[at] == '\n';
    return line;
}

static bool fail(const struct amr_json_reader *reader, struct amr_error *err, const char *what)
{
    return amr_error_set(err, AMR_ERROR_RESPONSE, "line %d: %s", line_of(reader), what);
}

static unsigned char byte_at(const struct amr_json_reader *reader, size_t at)
{
    return at < reader->length ? (unsigned char)reader->text[at] : 0;
}

static bool is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

void amr_json_reader_init(struct amr_json_reader *reader, const char *text, size_t length)
{
    *reader = (struct amr_json_reader){.text = text, .length = length};
}

static bool is_space(unsigned char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

char amr_json_reader_peek(struct amr_json_reader *reader)
{
    while (is_space(byte_at(reader, reader->at)))
        reader->at++;
    return (char)byte_at(reader, reader->at);
}

bool amr_json_reader_enter(struct amr_json_reader *reader, char open, struct amr_error *err)
{
    if (amr_json_reader_peek(reader) != open)
        return fail(reader, err, open == '{' ? "an object is expected" : "an array is expected");
    reader->at++;
    reader->is_first = true;
    return true;
}

bool amr_json_reader_next(struct amr_json_reader *reader, char close, bool *has_item,
                          struct amr_error *err)
{
    char byte = amr_json_reader_peek(reader);
    bool is_first = reader->is_first;

    reader->is_first = false;
    if (byte != close && byte != ',' && !is_first)
        return fail(reader, err, "a comma or the end of the list is expected");
    reader->at += byte == close || !is_first;
    *has_item = byte != close;
    return true;
}

/* Four hexadecimal digits at `at`, or -1. */
static int hex4_at(const struct amr_json_reader *reader, size_t at)
{
    int value = 0;

    for (size_t i = 0; i < 4; i++) {
        unsigned char byte = byte_at(reader, at + i);
        unsigned char lower = byte | 0x20;

        if (is_digit(byte))
            value = value * 16 + (byte - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static bool is_low_surrogate_at(const struct amr_json_reader *reader, size_t at)
{
    if (byte_at(reader, at) != '\\' || byte_at(reader, at + 1) != 'u')
        return false;
    int low = hex4_at(reader, at + 2);
    return low >= 0xDC00 && low <= 0xDFFF;
}

/* The length of the escape at reader->at, 0 where it is refused. */
static size_t escape_length(const struct amr_json_reader *reader)
{
    unsigned char kind = byte_at(reader, reader->at + 1);

    if (kind != 'u')
        return kind != 0 && strchr("\"\\/bfnrt", kind) != NULL ? 2 : 0;
    int unit = hex4_at(reader, reader->at + 2);
    if (unit <= 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return 0;
    if (unit < 0xD800 || unit > 0xDBFF)
        return 6;
    return is_low_surrogate_at(reader, reader->at + 6) ? 12 : 0;
}

static bool scan_text(struct amr_json_reader *reader, struct scan *scan, struct amr_error *err)
{
    reader->at++;
    while (reader->at < reader->length) {
        unsigned char byte = byte_at(reader, reader->at);

        if (byte == '"') {
            reader->at++;
            return true;
        }
        if (byte < 0x20)
            return fail(reader, err, "a control byte inside a string");
        size_t step = byte == '\\' ? escape_length(reader) : 1;
        if (step == 0)
            return fail(reader, err, "an escape that JSON does not have or that is refused");
        scan->has_high_bytes |= byte >= 0x80;
        reader->at += step;
    }
    return fail(reader, err, "the document ends inside a string");
}

static size_t skip_digits(struct amr_json_reader *reader)
{
    size_t start = reader->at;

    while (is_digit(byte_at(reader, reader->at)))
        reader->at++;
    return reader->at - start;
}

static bool scan_fraction_and_exponent(struct amr_json_reader *reader)
{
    if (byte_at(reader, reader->at) == '.') {
        reader->at++;
        if (skip_digits(reader) == 0)
            return false;
    }
    if ((byte_at(reader, reader->at) | 0x20) != 'e')
        return true;
    reader->at++;
    if (byte_at(reader, reader->at) == '+' || byte_at(reader, reader->at) == '-')
        reader->at++;
    return skip_digits(reader) > 0;
}

static bool scan_number(struct amr_json_reader *reader, struct amr_error *err)
{
    if (byte_at(reader, reader->at) == '-')
        reader->at++;
    bool has_leading_zero = byte_at(reader, reader->at) == '0';
    size_t digits = skip_digits(reader);
    if (digits == 0 || (has_leading_zero && digits > 1) || !scan_fraction_and_exponent(reader))
        return fail(reader, err, "a malformed number");
    return true;
}

static bool scan_literal(struct amr_json_reader *reader, struct amr_error *err)
{
    static const char *const literals[] = {"true", "false", "null"};

    for (size_t i = 0; i < AMR_COUNT_OF(literals); i++) {
        size_t length = strlen(literals[i]);

        if (reader->length - reader->at >= length &&
            memcmp(reader->text + reader->at, literals[i], length) == 0) {
            reader->at += length;
            return true;
        }
    }
    return fail(reader, err, "this is no JSON");
}

static bool scan_scalar(struct amr_json_reader *reader, struct scan *scan, struct amr_error *err)
{
    unsigned char byte = byte_at(reader, reader->at);

    if (byte == '"')
        return scan_text(reader, scan, err);
    if (byte == '-' || is_digit(byte))
        return scan_number(reader, err);
    return scan_literal(reader, err);
}

static bool scan_token(struct amr_json_reader *reader, struct scan *scan, int *depth,
                       struct amr_error *err)
{
    char byte = amr_json_reader_peek(reader);

    if (byte == '\0')
        return fail(reader, err, "the document ends inside a value");
    scan->keys += byte == ':';
    scan->items += byte != ':' && byte != ',' && byte != '}' && byte != ']';
    if (strchr("{}[]:,", byte) == NULL)
        return scan_scalar(reader, scan, err);
    *depth += byte == '{' || byte == '[';
    *depth -= byte == '}' || byte == ']';
    reader->at++;
    return true;
}

/* Finds the end of the value that comes next. Order of tokens is left to json-c, which parses the
 * same bytes next; what it would let pass is refused here. */
static bool scan_value(struct amr_json_reader *reader, struct scan *scan, struct amr_error *err)
{
    size_t start = reader->at;
    int depth = 0;

    do {
        if (!scan_token(reader, scan, &depth, err))
            return false;
        if (depth > AMR_JSON_DEPTH_MAX)
            return fail(reader, err, "too deeply nested");
        if (reader->at - start > AMR_JSON_VALUE_BYTES_MAX || scan->items > AMR_JSON_VALUE_ITEMS_MAX)
            return fail(reader, err, "a value that is too large");
    } while (depth > 0);
    return depth == 0 || fail(reader, err, "this is no JSON");
}

static struct json_object *mutable_of(const amr_json *value)
{
    /* json-c's getters take non-const pointers although they change nothing. */
    return (struct json_object *)(uintptr_t)value;
}

/* Adds the number of keys in the tree; false for a number that is not finite. */
static bool inspect(const amr_json *value, size_t *keys);

static bool inspect_members(struct json_object *object, size_t *keys)
{
    struct json_object_iterator at = json_object_iter_begin(object);
    struct json_object_iterator end = json_object_iter_end(object);

    for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
        *keys += 1;
        if (!inspect(json_object_iter_peek_value(&at), keys))
            return false;
    }
    return true;
}

static bool inspect(const amr_json *value, size_t *keys)
{
    struct json_object *object = mutable_of(value);

    if (json_object_is_type(object, json_type_object))
        return inspect_members(object, keys);
    if (json_object_is_type(object, json_type_double))
        return isfinite(json_object_get_double(object));
    for (size_t i = 0; i < amr_json_length(value); i++) {
        if (!inspect(amr_json_at(value, i), keys))
            return false;
    }
    return true;
}

static struct json_object *build(const char *text, size_t length)
{
    struct json_tokener *tokener = json_tokener_new_ex(AMR_JSON_DEPTH_MAX + 2);

    if (tokener == NULL)
        return NULL;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    struct json_object *tree = json_tokener_parse_ex(tokener, text, (int)length);
    /* A number is over only when something else follows. */
    if (json_tokener_get_error(tokener) == json_tokener_continue)
        tree = json_tokener_parse_ex(tokener, "", 1);
    if (json_tokener_get_error(tokener) != json_tokener_success) {
        json_object_put(tree);
        tree = NULL;
    }
    json_tokener_free(tokener);
    return tree;
}

static bool check(const struct amr_json_reader *reader, const struct scan *scan,
                  const amr_json *tree, struct amr_error *err)
{
    size_t keys = 0;

    if (tree == NULL)
        return fail(reader, err, "malformed JSON before this line's end");
    if (!inspect(tree, &keys))
        return fail(reader, err, "a number out of range");
    if (keys != scan->keys)
        return fail(reader, err, "an object with the same key twice");
    return true;
}

bool amr_json_reader_value(struct amr_json_reader *reader, amr_json **value, struct amr_error *err)
{
    struct scan scan = {0};

    char first = amr_json_reader_peek(reader);
    const char *start = reader->text + reader->at;
    if (!scan_value(reader, &scan, err))
        return false;
    size_t length = (size_t)(reader->text + reader->at - start);
    if (scan.has_high_bytes && !amr_text_is_utf8(start, length))
        return fail(reader, err, "invalid UTF-8");
    if (first == 'n') {
        *value = NULL;
        return true;
    }
    amr_json *tree = build(start, length);
    if (!check(reader, &scan, tree, err)) {
        amr_json_free(tree);
        return false;
    }
    *value = tree;
    return true;
}

bool amr_json_reader_plain(struct amr_json_reader *reader, const char **text, size_t *length,
                           struct amr_error *err)
{
    struct scan scan = {0};

    char first = amr_json_reader_peek(reader);
    const char *start = reader->text + reader->at;
    if (!scan_value(reader, &scan, err))
        return false;
    size_t bytes = (size_t)(reader->text + reader->at - start);
    if (scan.has_high_bytes && !amr_text_is_utf8(start, bytes))
        return fail(reader, err, "invalid UTF-8");
    bool is_plain = first == '"' && memchr(start, '\\', bytes) == NULL;
    *text = is_plain ? start + 1 : NULL;
    *length = is_plain ? bytes - 2 : 0;
    return true;
}

bool amr_json_reader_key(struct amr_json_reader *reader, char key[AMR_JSON_KEY_SIZE],
                         struct amr_error *err)
{
    struct scan scan = {0};

    if (amr_json_reader_peek(reader) != '"')
        return fail(reader, err, "a key in double quotes is expected");
    const char *start = reader->text + reader->at + 1;
    if (!scan_text(reader, &scan, err))
        return false;
    size_t length = (size_t)(reader->text + reader->at - start) - 1;
    bool is_plain = length < AMR_JSON_KEY_SIZE && memchr(start, '\\', length) == NULL;
    if (scan.has_high_bytes && !amr_text_is_utf8(start, length))
        return fail(reader, err, "invalid UTF-8");
    if (amr_json_reader_peek(reader) != ':')
        return fail(reader, err, "a colon is expected");
    reader->at++;
    if (is_plain)
        memcpy(key, start, length);
    key[is_plain ? length : 0] = '\0';
    return true;
}

bool amr_json_reader_each_member(struct amr_json_reader *reader, amr_json_read *read, void *context,
                                 struct amr_error *err)
{
    char key[AMR_JSON_KEY_SIZE];
    bool has_item;

    if (!amr_json_reader_enter(reader, '{', err))
        return false;
    for (;;) {
        if (!amr_json_reader_next(reader, '}', &has_item, err))
            return false;
        if (!has_item)
            return true;
        if (!amr_json_reader_key(reader, key, err) || !read(reader, key, context, err))
            return false;
    }
}

bool amr_json_reader_end(struct amr_json_reader *reader, struct amr_error *err)
{
    (void)amr_json_reader_peek(reader);
    return reader->at == reader->length || fail(reader, err, "something follows the document");
}

bool amr_json_parse(const char *text, size_t length, amr_json **value, struct amr_error *err)
{
    struct amr_json_reader reader;
    amr_json *tree = NULL;

    amr_json_reader_init(&reader, text, length);
    if (!amr_json_reader_value(&reader, &tree, err))
        return false;
    if (!amr_json_reader_end(&reader, err)) {
        amr_json_free(tree);
        return false;
    }
    *value = tree;
    return true;
}

void amr_json_free(amr_json *value)
{
    json_object_put(value);
}

bool amr_json_is_object(const amr_json *value)
{
    return json_object_is_type(mutable_of(value), json_type_object);
}

bool amr_json_is_array(const amr_json *value)
{
    return json_object_is_type(mutable_of(value), json_type_array);
}

const amr_json *amr_json_get(const amr_json *object, const char *key)
{
    struct json_object *value = NULL;

    if (!amr_json_is_object(object))
        return NULL;
    (void)json_object_object_get_ex(mutable_of(object), key, &value);
    return value;
}

bool amr_json_has(const amr_json *object, const char *key)
{
    return amr_json_is_object(object) && json_object_object_get_ex(mutable_of(object), key, NULL);
}

const char *amr_json_text(const amr_json *value)
{
    if (!json_object_is_type(mutable_of(value), json_type_string))
        return NULL;
    return json_object_get_string(mutable_of(value));
}

bool amr_json_integer(const amr_json *value, int64_t *number)
{
    if (!json_object_is_type(mutable_of(value), json_type_int))
        return false;
    int64_t integer = json_object_get_int64(mutable_of(value));
    /* json-c gives the nearest bound for what 64 bits do not hold. */
    if (integer == INT64_MIN || json_object_get_uint64(mutable_of(value)) > INT64_MAX)
        return false;
    *number = integer;
    return true;
}

bool amr_json_boolean(const amr_json *value, bool *truth)
{
    if (!json_object_is_type(mutable_of(value), json_type_boolean))
        return false;
    *truth = json_object_get_boolean(mutable_of(value));
    return true;
}

size_t amr_json_length(const amr_json *array)
{
    return amr_json_is_array(array) ? json_object_array_length(mutable_of(array)) : 0;
}

const amr_json *amr_json_at(const amr_json *array, size_t index)
{
    return amr_json_is_array(array) ? json_object_array_get_idx(mutable_of(array), index) : NULL;
}

const char *amr_json_type_words(const amr_json *value)
{
    switch (json_object_get_type(mutable_of(value))) {
    case json_type_boolean:
        return "a boolean";
    case json_type_double:
    case json_type_int:
        return "a number";
    case json_type_string:
        return "a string";
    case json_type_array:
        return "an array";
    case json_type_object:
        return "an object";
    case json_type_null:
        break;
    }
    return "null";
}

/* A key as a JSON pointer spells it (RFC 6901): `~` and `/` escaped. */
static void append_reference(struct amr_buffer *pointer, const char *key)
{
    struct amr_buffer spelled;

    amr_buffer_init(&spelled, 2 * strlen(key));
    for (const char *at = key; *at != '\0'; at++) {
        if (*at == '~' || *at == '/')
            amr_buffer_append_text(&spelled, *at == '~' ? "~0" : "~1");
        else
            amr_buffer_append(&spelled, at, 1);
    }
    amr_text_append_clean(pointer, amr_buffer_text(&spelled), AMR_JSON_KEY_SIZE);
    amr_buffer_free(&spelled);
}

static bool point_at(struct amr_error *err, const char *key)
{
    struct amr_buffer pointer;

    if (err->code == AMR_ERROR_NO_MEMORY)
        return false;
    amr_buffer_init(&pointer, AMR_JSON_KEY_SIZE * 4);
    amr_buffer_append_text(&pointer, "/");
    append_reference(&pointer, key);
    (void)amr_error_add_prefix(err, amr_buffer_text(&pointer));
    amr_buffer_free(&pointer);
    return false;
}

bool amr_json_each_member(const amr_json *object, amr_json_visit *visit, void *context,
                          struct amr_error *err)
{
    if (!amr_json_is_object(object))
        return true;
    struct json_object_iterator at = json_object_iter_begin(mutable_of(object));
    struct json_object_iterator end = json_object_iter_end(mutable_of(object));
    for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
        const char *key = json_object_iter_peek_name(&at);

        if (!visit(key, json_object_iter_peek_value(&at), context, err))
            return point_at(err, key);
    }
    return true;
}

bool amr_json_each_item(const amr_json *array, amr_json_visit *visit, void *context,
                        struct amr_error *err)
{
    for (size_t i = 0; i < amr_json_length(array); i++) {
        char number[24];

        (void)snprintf(number, sizeof(number), "%zu", i);
        if (!visit(number, amr_json_at(array, i), context, err))
            return point_at(err, number);
    }
    return true;
}

static void append_escape(struct amr_buffer *buffer, uint32_t point)
{
    if (point == '"' || point == '\\')
        amr_buffer_append_format(buffer, "\\%c", (int)point);
    else if (point < 0x10000)
        amr_buffer_append_format(buffer, "\\u%04x", (unsigned)point);
    else
        amr_buffer_append_format(buffer, "\\u%04x\\u%04x",
                                 (unsigned)(0xD800 + ((point - 0x10000) >> 10)),
                                 (unsigned)(0xDC00 + ((point - 0x10000) & 0x3ff)));
}

static bool is_plain(uint32_t point)
{
    return point >= 0x20 && point != '"' && point != '\\' && !amr_text_is_unsafe(point);
}

void amr_json_append_text(struct amr_buffer *buffer, const char *text)
{
    const char *rest = text; /* what was looked at, but not appended */

    if (text == NULL) {
        amr_buffer_append_text(buffer, "null");
        return;
    }
    amr_buffer_append_text(buffer, "\"");
    for (;;) {
        text += amr_text_plain_length(text);
        if (*text == '\0')
            break;
        const char *start = text;
        uint32_t point = amr_text_take_character(&text);

        if (is_plain(point))
            continue;
        amr_buffer_append(buffer, rest, (size_t)(start - rest));
        append_escape(buffer, point);
        rest = text;
    }
    amr_buffer_append(buffer, rest, (size_t)(text - rest));
    amr_buffer_append_text(buffer, "\"");
}

void amr_json_append_text_member(struct amr_buffer *buffer, const char *key, const char *text)
{
    amr_buffer_append_format(buffer, ",\"%s\":", key);
    amr_json_append_text(buffer, text);
}
