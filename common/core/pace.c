/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "calendar.h"

enum { LEAST_S = 1, MOST_S = 3600, ABSENT_S = 60, HTTP_DATE_LENGTH = 29 };

/* Digits only; a number too long for the bounds is the greatest. */
static bool parse_seconds(const char *text, int64_t *seconds)
{
    int64_t value = 0;

    if (*text == '\0')
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9')
            return false;
        value = value > MOST_S ? value : value * 10 + (*at - '0');
    }
    *seconds = value;
    return true;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT": the one form that servers may send. */
static bool parse_http_date(const char *text, int64_t *instant_s)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char instant[AMR_INSTANT_TEXT_SIZE];
    char month[4] = "";

    if (strlen(text) != HTTP_DATE_LENGTH || strcmp(text + 25, " GMT") != 0)
        return false;
    memcpy(month, text + 8, 3);
    const char *found = strstr(months, month);
    if (found == NULL || (found - months) % 3 != 0)
        return false;
    (void)snprintf(instant, sizeof(instant), "%.4s-%02d-%.2sT%.8sZ", text + 12,
                   (int)((found - months) / 3 + 1), text + 5, text + 17);
    return amr_instant_parse(instant, instant_s);
}

int64_t amr_pace_retry_s(const char *retry_after, int64_t now_s)
{
    int64_t wait_s = ABSENT_S;
    int64_t instant_s;

    if (!parse_seconds(retry_after, &wait_s) && parse_http_date(retry_after, &instant_s))
        wait_s = instant_s - now_s;
    if (wait_s < LEAST_S)
        wait_s = LEAST_S;
    return now_s + (wait_s > MOST_S ? MOST_S : wait_s);
}
