/* SPDX-License-Identifier: MIT */
/* Threshold ranges of the Monitoring Plugins guidelines: `[@]start:end`. The alert is raised where
 * the value is outside start..end, inclusive of the ends; with `@` where it is inside. "30:" alerts
 * below 30, "10" outside 0..10, "~:10" above 10. */
#ifndef AMR_RANGE_H
#define AMR_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"

enum { AMR_RANGE_TEXT_SIZE = 64 };

/* Bounds are exact decimals in billionths (1e-9). INT64_MIN stands for minus infinity (`~`),
 * INT64_MAX for an end that is not given. `text` is the range as written, for performance data. */
struct amr_range {
    bool is_inside; /* `@` */
    int64_t start_billionths;
    int64_t end_billionths;
    char text[AMR_RANGE_TEXT_SIZE];
};

/* Parses a range to the last byte. Numbers are `-`, digits, optionally a dot and digits: at most 9
 * digits before and 9 after the dot; no exponent, sign `+`, hexadecimal, comma, blank or infinity.
 * Refused besides: the empty text, ":", "~", "@", "@:", a start above its end, texts that do not
 * fit in AMR_RANGE_TEXT_SIZE. ":10" is "10"; "~:" never alerts. */
bool amr_range_parse(const char *text, struct amr_range *range) AMR_MUST_CHECK;

/* True where the value (hundredths of a unit) raises the alert. 30.00 is not below 30; 29.99 is. */
bool amr_range_is_alert(const struct amr_range *range, int64_t value_hundredths);

#endif
