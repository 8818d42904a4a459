/* SPDX-License-Identifier: MIT */
/* Strict JSON (RFC 8259) within bounds. A reader walks a document of any length and hands out one
 * value at a time as a tree, so that a list of ten thousand items never stands in memory at once.
 * Refused besides malformed text: duplicate keys, NaN and other non-finite numbers, `\u0000`, lone
 * surrogates, invalid UTF-8, a byte order mark, more than AMR_JSON_DEPTH_MAX levels, a value of
 * more than AMR_JSON_VALUE_BYTES_MAX bytes or AMR_JSON_VALUE_ITEMS_MAX values and keys. json.c is
 * the only file that knows json-c. */
#ifndef AMR_JSON_H
#define AMR_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

enum {
    AMR_JSON_DEPTH_MAX = 24,
    AMR_JSON_KEY_SIZE = 64,
    AMR_JSON_VALUE_BYTES_MAX = 8 * 1024 * 1024,
    AMR_JSON_VALUE_ITEMS_MAX = 200 * 1000,
};

struct json_object;

/* A value of a tree. NULL stands for JSON's null and for "absent"; every getter takes it. */
typedef struct json_object amr_json;

/* A position in a document. The text is borrowed and must outlive the reader. */
struct amr_json_reader {
    const char *text;
    size_t length;
    size_t at;
    bool is_first;
};

/* Starts at the first byte of text[length]; allocates nothing. */
void amr_json_reader_init(struct amr_json_reader *reader, const char *text, size_t length);

/* The next byte that is not white space, 0 at the end: `{`, `[`, `"` ... tell what comes. */
char amr_json_reader_peek(struct amr_json_reader *reader);

/* Steps into the object (open is '{') or array ('[') that comes next. Errors, as of all functions
 * here: AMR_ERROR_RESPONSE with the line of the document. */
bool amr_json_reader_enter(struct amr_json_reader *reader, char open,
                           struct amr_error *err) AMR_MUST_CHECK;

/* Steps over a comma to the next item; *has_item is false where the object or array that `close`
 * ends is over, and then the reader stands behind it. */
bool amr_json_reader_next(struct amr_json_reader *reader, char close, bool *has_item,
                          struct amr_error *err) AMR_MUST_CHECK;

/* Reads the key of a member and its colon. A key that is too long or has escapes is no key this
 * program knows: it comes out as "". */
bool amr_json_reader_key(struct amr_json_reader *reader, char key[AMR_JSON_KEY_SIZE],
                         struct amr_error *err) AMR_MUST_CHECK;

/* Reads the value that comes next as a tree, *value, which the caller frees with amr_json_free. */
bool amr_json_reader_value(struct amr_json_reader *reader, amr_json **value,
                           struct amr_error *err) AMR_MUST_CHECK;

/* Steps over the value that comes next. *text[*length] is what stands between its quotes in the
 * document, where it is a string without escapes; else *text is NULL. Nothing of it is copied,
 * which is what a secret wants. */
bool amr_json_reader_plain(struct amr_json_reader *reader, const char **text, size_t *length,
                           struct amr_error *err) AMR_MUST_CHECK;

/* Called for a member whose key was read; reads its value from the reader. False with *err filled
 * stops. */
typedef bool amr_json_read(struct amr_json_reader *reader, const char *key, void *context,
                           struct amr_error *err);

/* Steps through the object that comes next and calls `read` for each member in order. */
bool amr_json_reader_each_member(struct amr_json_reader *reader, amr_json_read *read, void *context,
                                 struct amr_error *err) AMR_MUST_CHECK;

/* Checks that only white space is left. */
bool amr_json_reader_end(struct amr_json_reader *reader, struct amr_error *err) AMR_MUST_CHECK;

/* Parses a whole document of one value; the caller frees *value with amr_json_free. */
bool amr_json_parse(const char *text, size_t length, amr_json **value,
                    struct amr_error *err) AMR_MUST_CHECK;

/* Releases the tree; takes NULL too. */
void amr_json_free(amr_json *value);

/* What kind of value it is; false for NULL. */
bool amr_json_is_object(const amr_json *value);
bool amr_json_is_array(const amr_json *value);

/* The member `key` of an object; NULL where it is absent or null or `object` is no object. */
const amr_json *amr_json_get(const amr_json *object, const char *key);

/* True where the object has the member, be it null. */
bool amr_json_has(const amr_json *object, const char *key);

/* The text of a string, owned by the tree; NULL for every other type. */
const char *amr_json_text(const amr_json *value);

/* The value of an integer; false for every other type, "12" and 12.0 among them, and for what is
 * not between INT64_MIN + 1 and INT64_MAX. */
bool amr_json_integer(const amr_json *value, int64_t *number) AMR_MUST_CHECK;

/* The value of true or false; false is returned for every other type. */
bool amr_json_boolean(const amr_json *value, bool *truth) AMR_MUST_CHECK;

/* Length of an array, 0 for every other type, and its item at index < length, NULL for every other
 * type. */
size_t amr_json_length(const amr_json *array);
const amr_json *amr_json_at(const amr_json *array, size_t index);

/* The name of the value's type for messages: "an object", "a number", "null" ... Static text. */
const char *amr_json_type_words(const amr_json *value);

/* Called for a member of an object, or for an item of an array with its number as key ("0"); false
 * with *err filled stops, and "/" and the key come before its message: a JSON pointer grows. */
typedef bool amr_json_visit(const char *key, const amr_json *value, void *context,
                            struct amr_error *err);

/* Calls visit for each member in the document's order. Anything but an object has none. */
bool amr_json_each_member(const amr_json *object, amr_json_visit *visit, void *context,
                          struct amr_error *err) AMR_MUST_CHECK;

/* Calls visit for each item of an array in order. Anything but an array has none. */
bool amr_json_each_item(const amr_json *array, amr_json_visit *visit, void *context,
                        struct amr_error *err) AMR_MUST_CHECK;

/* Appends `text` (valid UTF-8; NULL gives null) as a JSON string. What
 * amr_text_is_unsafe names is written as \u escapes: Nagios cuts at `|`, web pages read `<`,
 * terminals read control and direction characters. */
void amr_json_append_text(struct amr_buffer *buffer, const char *text);

/* Appends a member that follows others: `,"KEY":` and the text as amr_json_append_text has it. */
void amr_json_append_text_member(struct amr_buffer *buffer, const char *key, const char *text);

#endif
