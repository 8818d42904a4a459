/* SPDX-License-Identifier: MIT */
/* Days and instants of the proleptic Gregorian calendar in UTC, years 0001 to 9999, 64 bits
 * throughout. A day is a count of days since 1970-01-01, an instant a count of seconds since
 * 1970-01-01T00:00:00Z. */
#ifndef AMR_CALENDAR_H
#define AMR_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"

enum { AMR_DAY_S = 86400, AMR_DATE_TEXT_SIZE = 11, AMR_INSTANT_TEXT_SIZE = 21 };

enum amr_date_precision { AMR_DATE_NONE, AMR_DATE_UNKNOWN, AMR_DATE_MONTH, AMR_DATE_DAY };

/* A date as a source gives it. NONE: there is none (zero value). UNKNOWN: it has passed, nobody
 * found which day. MONTH: some day from first_day to last_day. DAY: first_day == last_day. */
struct amr_date {
    enum amr_date_precision precision;
    int64_t first_day;
    int64_t last_day;
};

/* Parses exactly `YYYY-MM-DD` (precision DAY) or `YYYY-MM` (precision MONTH), years 0001-9999. */
bool amr_date_parse(const char *text, struct amr_date *date) AMR_MUST_CHECK;

/* Writes the form that amr_date_parse took ("2025-05", "2027-01-29"); "unknown" for UNKNOWN and ""
 * for NONE. */
void amr_date_format(const struct amr_date *date, char text[AMR_DATE_TEXT_SIZE]);

/* Writes a day as YYYY-MM-DD. Days outside the years 0001-9999 are written as the nearest bound. */
void amr_day_format(int64_t day, char text[AMR_DATE_TEXT_SIZE]);

/* The day on which an instant falls, rounded down (also before 1970). */
int64_t amr_instant_day(int64_t instant_s);

/* Parses an RFC 3339 date-time, the whole text: a zone is required, `T` and `Z` in either case,
 * offsets to 23:59, one to nine fraction digits (dropped), years 0001-9999. A second of 60 is taken
 * only where the UTC instant ends June or December (RFC 3339 5.7) and counts as the next second. */
bool amr_instant_parse(const char *text, int64_t *instant_s) AMR_MUST_CHECK;

/* Writes an instant as YYYY-MM-DDTHH:MM:SSZ; instants outside the years 0001-9999 as the nearest
 * bound. */
void amr_instant_format(int64_t instant_s, char text[AMR_INSTANT_TEXT_SIZE]);

/* (to_s - from_s) in hundredths of a day, rounded down (toward minus infinity). Both within the
 * calendar's years, so nothing overflows. */
int64_t amr_instant_difference_hundredths(int64_t to_s, int64_t from_s);

#endif
