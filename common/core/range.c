/* SPDX-License-Identifier: MIT */
#include "range.h"

#include "text.h"

enum { NUMBER_MAX_DIGITS = 9 };

#define BILLIONTHS_PER_HUNDREDTH INT64_C(10000000)

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take_byte(const char **text, char byte)
{
    if (**text != byte)
        return false;
    (*text)++;
    return true;
}

/* Takes one to nine digits onto *value; *count says how many. */
static bool take_digits(const char **text, int64_t *value, int *count)
{
    for (*count = 0; is_digit(**text) && *count < NUMBER_MAX_DIGITS; (*text)++, (*count)++)
        *value = *value * 10 + (**text - '0');
    return *count > 0 && !is_digit(**text);
}

static bool take_number(const char **text, int64_t *billionths)
{
    bool is_negative = take_byte(text, '-');
    int64_t value = 0;
    int count;

    if (!take_digits(text, &value, &count))
        return false;
    count = 0;
    if (take_byte(text, '.') && !take_digits(text, &value, &count))
        return false;
    for (; count < NUMBER_MAX_DIGITS; count++)
        value *= 10;
    *billionths = is_negative ? -value : value;
    return true;
}

static bool take_end(const char **text, int64_t *end)
{
    *end = INT64_MAX;
    return **text == '\0' || take_number(text, end);
}

/* "10" is an end, "10:" a start: only the byte after the number tells. */
static bool take_bounds(const char **text, int64_t *start, int64_t *end)
{
    *start = 0;
    if (take_byte(text, ':'))
        return take_number(text, end);
    if (take_byte(text, '~')) {
        *start = INT64_MIN;
        return take_byte(text, ':') && take_end(text, end);
    }
    if (!take_number(text, end))
        return false;
    if (!take_byte(text, ':'))
        return true;
    *start = *end;
    return take_end(text, end);
}

bool amr_range_parse(const char *text, struct amr_range *range)
{
    struct amr_range parsed = {0};

    if (!amr_text_copy(parsed.text, sizeof(parsed.text), text))
        return false;
    parsed.is_inside = take_byte(&text, '@');
    if (!take_bounds(&text, &parsed.start_billionths, &parsed.end_billionths) || *text != '\0')
        return false;
    if (parsed.start_billionths > parsed.end_billionths)
        return false;
    *range = parsed;
    return true;
}

/* The largest product that fits is still above every bound that can be written. */
static int64_t billionths_of(int64_t hundredths)
{
    const int64_t most = INT64_MAX / BILLIONTHS_PER_HUNDREDTH;

    if (hundredths > most)
        hundredths = most;
    if (hundredths < -most)
        hundredths = -most;
    return hundredths * BILLIONTHS_PER_HUNDREDTH;
}

bool amr_range_is_alert(const struct amr_range *range, int64_t value_hundredths)
{
    int64_t value = billionths_of(value_hundredths);
    bool is_within = value >= range->start_billionths && value <= range->end_billionths;

    return is_within == range->is_inside;
}
