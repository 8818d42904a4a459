/* SPDX-License-Identifier: MIT */
#include "ini.h"

#include <string.h>

#include "text.h"

/* A stretch of the file's text, not terminated. */
struct slice {
    const char *bytes;
    size_t length;
};

struct parser {
    struct slice rest;
    int line_number;
    char section[AMR_INI_NAME_SIZE];
    amr_ini_visit *visit;
    void *context;
    struct amr_ini_entry entry;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static struct slice drop_first(struct slice slice, size_t count)
{
    return (struct slice){slice.bytes + count, slice.length - count};
}

static struct slice trim(struct slice slice)
{
    while (slice.length > 0 && is_blank(slice.bytes[0]))
        slice = drop_first(slice, 1);
    while (slice.length > 0 && is_blank(slice.bytes[slice.length - 1]))
        slice.length--;
    return slice;
}

static struct slice drop_byte_order_mark(struct slice slice)
{
    static const char mark[] = "\xef\xbb\xbf";
    const size_t size = sizeof(mark) - 1;

    if (slice.length < size || memcmp(slice.bytes, mark, size) != 0)
        return slice;
    return drop_first(slice, size);
}

static struct slice take_line(struct parser *parser)
{
    struct slice line = parser->rest;
    const char *newline = memchr(line.bytes, '\n', line.length);

    if (newline != NULL)
        line.length = (size_t)(newline - line.bytes);
    parser->rest = drop_first(parser->rest, line.length + (newline != NULL));
    parser->line_number++;

    if (line.length > 0 && line.bytes[line.length - 1] == '\r')
        line.length--;
    return line;
}

/* Messages never quote the line: whatever stands where it should not may be a secret. */
static bool refuse(const struct parser *parser, struct amr_error *err, const char *reason)
{
    return amr_error_set(err, AMR_ERROR_USAGE, "line %d: %s", parser->line_number, reason);
}

static bool copy_slice(char *target, size_t target_size, struct slice slice)
{
    if (slice.length >= target_size)
        return false;
    if (slice.length > 0)
        memcpy(target, slice.bytes, slice.length);
    target[slice.length] = '\0';
    return true;
}

static bool parse_section(struct parser *parser, struct slice line, struct amr_error *err)
{
    const char *closing = memchr(line.bytes, ']', line.length);

    if (closing == NULL)
        return refuse(parser, err, "a section that no ']' closes");
    if (closing != line.bytes + line.length - 1)
        return refuse(parser, err, "text after the ']' of a section");
    struct slice name = trim((struct slice){line.bytes + 1, line.length - 2});
    if (name.length == 0)
        return refuse(parser, err, "a section without a name");
    if (!copy_slice(parser->section, sizeof(parser->section), name))
        return refuse(parser, err, "a section name that is too long");
    return true;
}

static bool fill_entry(struct parser *parser, struct slice line, struct amr_error *err)
{
    struct amr_ini_entry *entry = &parser->entry;
    const char *equals = memchr(line.bytes, '=', line.length);

    if (equals == NULL)
        return refuse(parser, err, "no '=' in it");
    size_t name_length = (size_t)(equals - line.bytes);
    struct slice name = trim((struct slice){line.bytes, name_length});
    if (name.length == 0)
        return refuse(parser, err, "no name before the '='");
    if (!copy_slice(entry->name, sizeof(entry->name), name))
        return refuse(parser, err, "a name that is too long");
    if (!copy_slice(entry->value, sizeof(entry->value), trim(drop_first(line, name_length + 1))))
        return refuse(parser, err, "a value that is too long");
    memcpy(entry->section, parser->section, sizeof(entry->section));
    entry->line_number = parser->line_number;
    return true;
}

static bool parse_entry(struct parser *parser, struct slice line, struct amr_error *err)
{
    bool is_done = fill_entry(parser, line, err);

    if (is_done && !parser->visit(&parser->entry, parser->context, err))
        is_done = amr_error_add_context(err, "line %d", parser->line_number);
    explicit_bzero(&parser->entry, sizeof(parser->entry));
    return is_done;
}

static bool parse_line(struct parser *parser, struct slice line, struct amr_error *err)
{
    if (memchr(line.bytes, '\0', line.length) != NULL)
        return refuse(parser, err, "a NUL byte in it");
    if (!amr_text_is_utf8(line.bytes, line.length))
        return refuse(parser, err, "not UTF-8");
    line = trim(line);
    if (line.length == 0 || line.bytes[0] == '#' || line.bytes[0] == ';')
        return true;
    if (line.bytes[0] == '[')
        return parse_section(parser, line, err);
    return parse_entry(parser, line, err);
}

bool amr_ini_parse(const char *text, size_t length, amr_ini_visit *visit, void *context,
                   struct amr_error *err)
{
    struct parser parser = {.visit = visit, .context = context};

    parser.rest = drop_byte_order_mark((struct slice){text, length});
    while (parser.rest.length > 0)
        if (!parse_line(&parser, take_line(&parser), err))
            return false;
    return true;
}
