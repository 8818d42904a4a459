/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include <stdio.h>
#include <string.h>

#include "calendar.h"

enum { BACKOFF_BASE_MS = 500, BACKOFF_MOST_MS = 8000, GO_ON_MS = 2000 };

/* A refill of N reads a second is one of N thousandths a millisecond. */
enum { READ_THOUSANDTHS = 1000, FULL_THOUSANDTHS = AMR_PACE_READS_MAX * READ_THOUSANDTHS };

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

/* "00:00:05": hours, minutes, seconds. */
static bool parse_span(const char *text, int64_t *seconds)
{
    static const char form[] = "00:00:00";
    static const int64_t worth_s[] = {36000, 3600, 0, 600, 60, 0, 10, 1};
    int64_t value = 0;

    if (strlen(text) != strlen(form))
        return false;
    for (size_t i = 0; i < strlen(form); i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';

        if (form[i] == ':' ? text[i] != ':' : !is_digit)
            return false;
        value += worth_s[i] * (text[i] - '0');
    }
    *seconds = value;
    return true;
}

int64_t amr_pace_retry_s(const char *retry_after, int64_t now_s)
{
    int64_t wait_s = ABSENT_S;
    int64_t instant_s;

    if (!parse_seconds(retry_after, &wait_s) && !parse_span(retry_after, &wait_s) &&
        parse_http_date(retry_after, &instant_s))
        wait_s = instant_s - now_s;
    if (wait_s < LEAST_S)
        wait_s = LEAST_S;
    return now_s + (wait_s > MOST_S ? MOST_S : wait_s);
}

int64_t amr_pace_skew_s(const char *date, int64_t now_s)
{
    int64_t instant_s;

    return parse_http_date(date, &instant_s) ? now_s - instant_s : 0;
}

bool amr_pace_is_transient(const struct amr_error *error)
{
    int status = error->http_status;

    if (error->code == AMR_ERROR_NETWORK || error->code == AMR_ERROR_TIMEOUT)
        return true;
    return error->code == AMR_ERROR_SERVER &&
           (status == 500 || status == 502 || status == 503 || status == 504);
}

int64_t amr_pace_backoff_ms(int tries, int tries_most, uint32_t random, int64_t now_ms,
                            int64_t deadline_ms)
{
    int64_t most_ms = BACKOFF_BASE_MS;

    if (tries < 1 || tries >= tries_most)
        return -1;
    for (int i = 1; i < tries && most_ms < BACKOFF_MOST_MS; i++)
        most_ms *= 2;
    if (most_ms > BACKOFF_MOST_MS)
        most_ms = BACKOFF_MOST_MS;
    int64_t wait_ms = (int64_t)(((uint64_t)random * (uint64_t)(most_ms + 1)) >> 32);
    return wait_ms < deadline_ms - now_ms ? wait_ms : -1;
}

int64_t amr_pace_wait_out_ms(int64_t wait_s, int waits, int64_t now_ms, int64_t deadline_ms)
{
    int64_t wait_ms = wait_s * 1000;

    if (waits >= AMR_PACE_WAITS_MAX || wait_ms + GO_ON_MS > deadline_ms - now_ms)
        return -1;
    return wait_ms;
}

void amr_pace_bucket_init(struct amr_pace_bucket *bucket, int64_t now_ms)
{
    *bucket = (struct amr_pace_bucket){.thousandths = FULL_THOUSANDTHS, .filled_ms = now_ms};
}

static int64_t level_of(const struct amr_pace_bucket *bucket, int64_t now_ms)
{
    int64_t passed_ms = now_ms > bucket->filled_ms ? now_ms - bucket->filled_ms : 0;

    if (passed_ms > FULL_THOUSANDTHS / AMR_PACE_READS_PER_S)
        return FULL_THOUSANDTHS;
    int64_t level = bucket->thousandths + passed_ms * AMR_PACE_READS_PER_S;
    return level < FULL_THOUSANDTHS ? level : FULL_THOUSANDTHS;
}

int64_t amr_pace_bucket_ready_ms(const struct amr_pace_bucket *bucket, int64_t now_ms)
{
    int64_t lacking = READ_THOUSANDTHS - level_of(bucket, now_ms);

    if (lacking <= 0)
        return now_ms;
    return now_ms + (lacking + AMR_PACE_READS_PER_S - 1) / AMR_PACE_READS_PER_S;
}

void amr_pace_bucket_take(struct amr_pace_bucket *bucket, int64_t now_ms)
{
    bucket->thousandths = level_of(bucket, now_ms) - READ_THOUSANDTHS;
    bucket->filled_ms = now_ms;
}
