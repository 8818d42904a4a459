/* SPDX-License-Identifier: MIT */
#include "version.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_MAX_DIGITS = 6 };

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take_number(const char **text, uint32_t *number)
{
    const char *at = *text;
    uint32_t value = 0;

    for (; is_digit(*at) && at - *text < NUMBER_MAX_DIGITS; at++)
        value = value * 10 + (uint32_t)(*at - '0');
    bool has_leading_zero = **text == '0' && at - *text > 1;
    if (at == *text || is_digit(*at) || has_leading_zero)
        return false;
    *text = at;
    *number = value;
    return true;
}

static bool take_dot(const char **text)
{
    if (**text != '.')
        return false;
    (*text)++;
    return true;
}

static bool take_line(const char **text, struct amr_line *line)
{
    return take_number(text, &line->major) && take_dot(text) && take_number(text, &line->minor) &&
           amr_line_is_known(*line);
}

bool amr_version_parse(const char *text, struct amr_line *line)
{
    struct amr_line parsed;
    uint32_t patch;

    if (!take_line(&text, &parsed))
        return false;
    if (take_dot(&text) && !take_number(&text, &patch))
        return false;
    if (*text != '\0')
        return false;
    *line = parsed;
    return true;
}

bool amr_line_parse(const char *text, struct amr_line *line)
{
    struct amr_line parsed;

    if (!take_line(&text, &parsed) || *text != '\0')
        return false;
    *line = parsed;
    return true;
}

int amr_line_compare(struct amr_line left, struct amr_line right)
{
    if (left.major != right.major)
        return left.major < right.major ? -1 : 1;
    if (left.minor != right.minor)
        return left.minor < right.minor ? -1 : 1;
    return 0;
}

bool amr_line_is_known(struct amr_line line)
{
    return line.major != 0 || line.minor != 0;
}

void amr_line_format(struct amr_line line, char text[AMR_LINE_TEXT_SIZE])
{
    (void)snprintf(text, AMR_LINE_TEXT_SIZE, "%" PRIu32 ".%" PRIu32, line.major, line.minor);
}
