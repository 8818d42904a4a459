/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <string.h>

enum { CHARACTER_MAX_BYTES = 4, GUID_LENGTH = 36, QUOTE_BYTES_MAX = 80 };

/* Above every code point, so that a stray byte is equal to nothing but the same stray byte. */
#define STRAY_BYTE UINT32_C(0x110000)

struct point_range {
    uint32_t first;
    uint32_t last;
};

/* In order. */
static const struct point_range unsafe_points[] = {
    {0x00, 0x1f},       {'&', '&'},
    {'<', '<'},         {'>', '>'},
    {'|', '|'},         {0x7f, 0x9f},
    {0x61c, 0x61c},     {0x200b, 0x200f},
    {0x2028, 0x202e},   {0x2060, 0x206f},
    {0xfeff, 0xfeff},   {0xfffe, 0xffff},
    {0xe0000, 0xe007f}, {STRAY_BYTE, UINT32_MAX},
};

static size_t character_size(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static bool is_scalar(uint32_t point, size_t size)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

    return point >= smallest[size] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

/* The size of the character at bytes, 0 where there is no valid one. Looks at a byte only after
 * all before it were fit, so a NUL ends the reading. */
static size_t decode(const char *bytes, size_t available, uint32_t *point)
{
    unsigned char lead = (unsigned char)bytes[0];
    size_t size = character_size(lead);

    if (size == 0 || size > available)
        return 0;
    uint32_t value = size == 1 ? lead : lead & (0x7fU >> size);
    for (size_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)bytes[i];
        if ((next & 0xc0U) != 0x80)
            return 0;
        value = value << 6 | (next & 0x3fU);
    }
    if (!is_scalar(value, size))
        return 0;
    *point = value;
    return size;
}

uint32_t amr_text_take_character(const char **text)
{
    uint32_t point = STRAY_BYTE + (unsigned char)**text;
    size_t size = decode(*text, CHARACTER_MAX_BYTES, &point);

    *text += size == 0 ? 1 : size;
    return point;
}

size_t amr_text_count_characters(const char *text, size_t length)
{
    size_t count = 0;

    for (const char *at = text; at < text + length; count++)
        (void)amr_text_take_character(&at);
    return count;
}

bool amr_text_is_unsafe(uint32_t point)
{
    size_t i = 0;

    while (point > unsafe_points[i].last)
        i++;
    return point >= unsafe_points[i].first;
}

static size_t read_clean(const char **text, char piece[CHARACTER_MAX_BYTES])
{
    static const char line_blanks[] = "\t\r\n";
    const char *start = *text;
    size_t run = strspn(start, line_blanks);

    piece[0] = ' ';
    *text += run;
    if (run > 0)
        return 1;

    piece[0] = '?';
    if (amr_text_is_unsafe(amr_text_take_character(text)))
        return 1;
    memcpy(piece, start, (size_t)(*text - start));
    return (size_t)(*text - start);
}

/* How many bytes of the cleaned text are to be kept; *is_cut where that is not all of it. */
static size_t measure_clean(const char *text, size_t max_bytes, size_t mark_size, bool *is_cut)
{
    char piece[CHARACTER_MAX_BYTES];
    size_t total = 0;
    size_t kept = 0;

    while (*text != '\0') {
        size_t size = read_clean(&text, piece);
        if (size > max_bytes - total) {
            *is_cut = true;
            return kept;
        }
        total += size;
        if (total <= max_bytes - mark_size)
            kept = total;
    }
    *is_cut = false;
    return total;
}

static void append_cleaned(struct amr_buffer *buffer, const char *text, size_t max_bytes)
{
    char piece[CHARACTER_MAX_BYTES];
    size_t mark_size = max_bytes < 3 ? max_bytes : 3;
    bool is_cut;
    size_t left = measure_clean(text, max_bytes, mark_size, &is_cut);

    while (left > 0) {
        size_t size = read_clean(&text, piece);
        amr_buffer_append(buffer, piece, size);
        left -= size;
    }
    if (is_cut)
        amr_buffer_append(buffer, "...", mark_size);
}

size_t amr_text_plain_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -._/:");
}

void amr_text_append_clean(struct amr_buffer *buffer, const char *text, size_t max_bytes)
{
    size_t length = amr_text_plain_length(text);

    if (length <= max_bytes && text[length] == '\0')
        amr_buffer_append(buffer, text, length);
    else
        append_cleaned(buffer, text, max_bytes);
}

void amr_text_append_label(struct amr_buffer *buffer, const char *text)
{
    static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

    for (;; text++) {
        size_t length = strspn(text, kept);

        amr_buffer_append(buffer, text, length);
        text += length;
        if (*text == '\0')
            return;
        amr_buffer_append(buffer, "_", 1);
    }
}

static uint32_t fold(uint32_t point)
{
    return point >= 'A' && point <= 'Z' ? point - 'A' + 'a' : point;
}

static uint32_t unfold(uint32_t point)
{
    return point >= 'a' && point <= 'z' ? point - 'a' + 'A' : point;
}

int amr_text_compare_nocase(const char *left, const char *right)
{
    for (; *left != '\0' || *right != '\0'; left++, right++) {
        if (*left == *right)
            continue;
        uint32_t left_byte = fold((unsigned char)*left);
        uint32_t right_byte = fold((unsigned char)*right);
        if (left_byte != right_byte)
            return left_byte < right_byte ? -1 : 1;
    }
    return 0;
}

bool amr_text_is_prefix_nocase(const char *prefix, const char *text)
{
    for (; *prefix != '\0'; prefix++, text++) {
        if (fold((unsigned char)*prefix) != fold((unsigned char)*text))
            return false;
    }
    return true;
}

bool amr_text_is_equal_nocase(const char *left, const char *right)
{
    return amr_text_compare_nocase(left, right) == 0;
}

static uint32_t read_literal(const char **pattern)
{
    if (**pattern == '\\' && (*pattern)[1] != '\0')
        (*pattern)++;
    return amr_text_take_character(pattern);
}

static bool is_negation(char byte)
{
    return byte == '!' || byte == '^';
}

/* The `]` that closes the set whose first byte is at set, NULL where there is none. */
static const char *find_set_end(const char *set)
{
    if (is_negation(*set))
        set++;
    if (*set == ']')
        set++;
    while (*set != '\0' && *set != ']')
        (void)read_literal(&set);
    return *set == ']' ? set : NULL;
}

static bool is_in_range(uint32_t point, uint32_t first, uint32_t last)
{
    uint32_t lower = fold(point);
    uint32_t upper = unfold(point);

    return (lower >= first && lower <= last) || (upper >= first && upper <= last);
}

static bool is_in_set(const char *set, const char *end, uint32_t point)
{
    bool is_negated = is_negation(*set);
    bool is_found = false;

    if (is_negated)
        set++;
    while (set < end) {
        uint32_t first = read_literal(&set);
        uint32_t last = first;
        if (*set == '-' && set + 1 < end) {
            set++;
            last = read_literal(&set);
        }
        is_found = is_found || is_in_range(point, first, last);
    }
    return is_found != is_negated;
}

static bool is_matching_element(const char **pattern, uint32_t point)
{
    if (**pattern == '\0')
        return false;
    if (**pattern == '?') {
        (*pattern)++;
        return true;
    }
    const char *set = *pattern + 1;
    const char *end = **pattern == '[' ? find_set_end(set) : NULL;
    if (end != NULL) {
        *pattern = end + 1;
        return is_in_set(set, end, point);
    }
    return fold(read_literal(pattern)) == fold(point);
}

bool amr_text_is_matching(const char *pattern, const char *name)
{
    const char *after_star = NULL;
    const char *star_name = NULL;

    /* Only the last star is ever tried again: what the stars before it took can stay as it is,
     * which bounds the work by the product of the lengths. */
    while (*name != '\0') {
        if (*pattern == '*') {
            after_star = ++pattern;
            star_name = name;
            continue;
        }
        uint32_t point = amr_text_take_character(&name);
        if (is_matching_element(&pattern, point))
            continue;
        if (after_star == NULL)
            return false;
        (void)amr_text_take_character(&star_name);
        name = star_name;
        pattern = after_star;
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

uint32_t amr_text_hash_nocase(const char *text)
{
    uint32_t hash = UINT32_C(2166136261);

    for (; *text != '\0'; text++)
        hash = (hash ^ fold((unsigned char)*text)) * UINT32_C(16777619);
    return hash;
}

static bool is_between(char byte, char first, char last)
{
    return byte >= first && byte <= last;
}

static bool is_hexadecimal(char byte)
{
    return is_between(byte, '0', '9') || is_between(byte, 'a', 'f') || is_between(byte, 'A', 'F');
}

bool amr_text_is_guid(const char *text)
{
    for (size_t i = 0; i < GUID_LENGTH; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? text[i] != '-' : !is_hexadecimal(text[i]))
            return false;
    }
    return text[GUID_LENGTH] == '\0';
}

bool amr_text_copy(char *target, size_t target_size, const char *text)
{
    size_t length = strlen(text);

    if (length >= target_size)
        return false;
    memmove(target, text, length + 1);
    return true;
}

bool amr_text_is_utf8(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t size = decode(bytes + at, length - at, &point);
        if (size == 0 || point == 0)
            return false;
        at += size;
    }
    return true;
}

void amr_text_append_cut(struct amr_buffer *buffer, const struct amr_buffer *words,
                         size_t max_bytes)
{
    size_t length = words->length;
    const char *text = words->text;

    if (amr_buffer_is_failed(words))
        amr_buffer_fail(buffer);
    if (length <= max_bytes) {
        amr_buffer_append_buffer(buffer, words);
        return;
    }
    if (max_bytes < strlen("..."))
        return;
    length = max_bytes - strlen("...");
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    amr_buffer_append(buffer, text, length);
    amr_buffer_append_text(buffer, "...");
}

bool amr_text_refuse(struct amr_error *err, const char *value, const char *what)
{
    struct amr_buffer quoted;

    amr_buffer_init(&quoted, AMR_ERROR_MESSAGE_SIZE);
    amr_text_append_clean(&quoted, value, QUOTE_BYTES_MAX);
    (void)amr_error_set(err, AMR_ERROR_USAGE, "'%s' is no %s", amr_buffer_text(&quoted), what);
    amr_buffer_free(&quoted);
    return false;
}
