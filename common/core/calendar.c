/* SPDX-License-Identifier: MIT */
#include "calendar.h"

#include <stddef.h>
#include <string.h>

#define FIRST_DAY INT64_C(-719162)
#define LAST_DAY  INT64_C(2932896)

enum { HOUR_S = 3600, MINUTE_S = 60, HUNDREDTH_OF_DAY_S = AMR_DAY_S / 100 };

struct civil {
    int64_t year;
    int64_t month;
    int64_t day;
};

static int64_t divide_down(int64_t value, int64_t divisor)
{
    int64_t quotient = value / divisor;

    return value % divisor < 0 ? quotient - 1 : quotient;
}

static int64_t clamp(int64_t value, int64_t lowest, int64_t highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

/* The year is counted from March, so that the leap day is its last one; days from 0000-03-01. */
static int64_t day_of(struct civil date)
{
    int64_t year = date.month > 2 ? date.year : date.year - 1;
    int64_t month = (date.month + 9) % 12;

    return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + date.day - 1 -
           719468;
}

static struct civil civil_of(int64_t day)
{
    int64_t from_march_0000 = day + 719468;
    int64_t era = divide_down(from_march_0000, 146097);
    int64_t of_era = from_march_0000 - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (year * 365 + year / 4 - year / 100);
    int64_t month = (of_year * 5 + 2) / 153;
    struct civil date = {
        .year = year + era * 400 + (month >= 10),
        .month = month >= 10 ? month - 9 : month + 3,
        .day = of_year - (month * 153 + 2) / 5 + 1,
    };
    return date;
}

static int64_t month_length(int64_t year, int64_t month)
{
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month == 2)
        return is_leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool take_number(const char **text, int digits, int64_t *number)
{
    int64_t value = 0;

    for (int i = 0; i < digits; i++) {
        char digit = (*text)[i];
        if (digit < '0' || digit > '9')
            return false;
        value = value * 10 + (digit - '0');
    }
    *text += digits;
    *number = value;
    return true;
}

static bool take_byte(const char **text, char byte)
{
    if (**text != byte)
        return false;
    (*text)++;
    return true;
}

static bool take_either(const char **text, char one, char other)
{
    return take_byte(text, one) || take_byte(text, other);
}

static bool take_month(const char **text, struct civil *date)
{
    return take_number(text, 4, &date->year) && date->year >= 1 && take_byte(text, '-') &&
           take_number(text, 2, &date->month) && date->month >= 1 && date->month <= 12;
}

static bool take_day(const char **text, struct civil *date)
{
    return take_byte(text, '-') && take_number(text, 2, &date->day) && date->day >= 1 &&
           date->day <= month_length(date->year, date->month);
}

bool amr_date_parse(const char *text, struct amr_date *date)
{
    struct civil parsed = {.day = 1};

    if (!take_month(&text, &parsed))
        return false;
    bool is_month = *text == '\0';
    if (!is_month && (!take_day(&text, &parsed) || *text != '\0'))
        return false;

    date->precision = is_month ? AMR_DATE_MONTH : AMR_DATE_DAY;
    date->first_day = day_of(parsed);
    date->last_day = date->first_day;
    if (is_month)
        date->last_day += month_length(parsed.year, parsed.month) - 1;
    return true;
}

static char *put_number(char *target, int64_t number, size_t digits)
{
    for (size_t i = digits; i > 0; i--) {
        target[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    target[digits] = '\0';
    return target + digits;
}

static char *put_byte(char *target, char byte)
{
    target[0] = byte;
    target[1] = '\0';
    return target + 1;
}

static char *put_month(char *target, struct civil date)
{
    target = put_number(target, date.year, 4);
    return put_number(put_byte(target, '-'), date.month, 2);
}

static char *put_day(char *target, int64_t day)
{
    struct civil date = civil_of(clamp(day, FIRST_DAY, LAST_DAY));

    return put_number(put_byte(put_month(target, date), '-'), date.day, 2);
}

void amr_date_format(const struct amr_date *date, char text[AMR_DATE_TEXT_SIZE])
{
    text[0] = '\0';
    if (date->precision == AMR_DATE_UNKNOWN)
        memcpy(text, "unknown", sizeof("unknown"));
    else if (date->precision == AMR_DATE_MONTH)
        (void)put_month(text, civil_of(clamp(date->first_day, FIRST_DAY, LAST_DAY)));
    else if (date->precision == AMR_DATE_DAY)
        (void)put_day(text, date->first_day);
}

void amr_day_format(int64_t day, char text[AMR_DATE_TEXT_SIZE])
{
    (void)put_day(text, day);
}

int64_t amr_instant_day(int64_t instant_s)
{
    return divide_down(instant_s, AMR_DAY_S);
}

static bool take_hour_minute(const char **text, int64_t *seconds)
{
    int64_t hour;
    int64_t minute;

    if (!take_number(text, 2, &hour) || hour > 23 || !take_byte(text, ':') ||
        !take_number(text, 2, &minute) || minute > 59)
        return false;
    *seconds = hour * HOUR_S + minute * MINUTE_S;
    return true;
}

static bool take_fraction(const char **text)
{
    int64_t digit;
    int count = 0;

    if (!take_byte(text, '.'))
        return true;
    while (take_number(text, 1, &digit))
        count++;
    return count >= 1 && count <= 9;
}

static bool take_offset(const char **text, int64_t *offset_s)
{
    *offset_s = 0;
    if (take_either(text, 'Z', 'z'))
        return true;
    bool is_west = **text == '-';
    if (!take_either(text, '+', '-') || !take_hour_minute(text, offset_s))
        return false;
    if (is_west)
        *offset_s = -*offset_s;
    return true;
}

static bool is_leap_second_end(int64_t instant_s)
{
    struct civil date = civil_of(amr_instant_day(instant_s));

    return instant_s % AMR_DAY_S == 0 && date.day == 1 && (date.month == 1 || date.month == 7);
}

bool amr_instant_parse(const char *text, int64_t *instant_s)
{
    struct civil date;
    int64_t minute_s;
    int64_t second;
    int64_t offset_s;

    if (!take_month(&text, &date) || !take_day(&text, &date) || !take_either(&text, 'T', 't') ||
        !take_hour_minute(&text, &minute_s) || !take_byte(&text, ':') ||
        !take_number(&text, 2, &second) || second > 60 || !take_fraction(&text) ||
        !take_offset(&text, &offset_s) || *text != '\0')
        return false;

    int64_t parsed_s = day_of(date) * AMR_DAY_S + minute_s + second - offset_s;
    int64_t day = amr_instant_day(parsed_s);
    if (day < FIRST_DAY || day > LAST_DAY || (second == 60 && !is_leap_second_end(parsed_s)))
        return false;
    *instant_s = parsed_s;
    return true;
}

void amr_instant_format(int64_t instant_s, char text[AMR_INSTANT_TEXT_SIZE])
{
    int64_t clamped_s = clamp(instant_s, FIRST_DAY * AMR_DAY_S, (LAST_DAY + 1) * AMR_DAY_S - 1);
    int64_t day = amr_instant_day(clamped_s);
    int64_t of_day_s = clamped_s - day * AMR_DAY_S;

    text = put_byte(put_day(text, day), 'T');
    text = put_byte(put_number(text, of_day_s / HOUR_S, 2), ':');
    text = put_byte(put_number(text, of_day_s % HOUR_S / MINUTE_S, 2), ':');
    (void)put_byte(put_number(text, of_day_s % MINUTE_S, 2), 'Z');
}

int64_t amr_instant_difference_hundredths(int64_t to_s, int64_t from_s)
{
    return divide_down(to_s - from_s, HUNDREDTH_OF_DAY_S);
}
