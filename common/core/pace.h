/* SPDX-License-Identifier: MIT */
/* When Azure may be asked, and asked again. */
#ifndef AMR_PACE_H
#define AMR_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

enum {
    AMR_PACE_READ_TRIES = 4,  /* most tries of one read */
    AMR_PACE_TOKEN_TRIES = 2, /* most tries of one request for a token */
    AMR_PACE_WAITS_MAX = 1,   /* most answers with status 429 that one request waits out */
    AMR_PACE_READS_MAX = 250, /* reads of one subscription at once */
    AMR_PACE_READS_PER_S = 25,
};

/* The reads that Azure allows of one subscription: a bucket of AMR_PACE_READS_MAX, refilled with
 * AMR_PACE_READS_PER_S. One monotonic clock throughout. */
struct amr_pace_bucket {
    int64_t thousandths; /* of reads, at filled_ms */
    int64_t filled_ms;
};

/* The instant before which an answer with status 429 at now_s asks not to come back, from its
 * Retry-After (RFC 9110 10.2.3: seconds or an HTTP date) or Resource Graph's
 * x-ms-user-quota-resets-after (hh:mm:ss): at least a second from now, at most an
 * hour; a minute where the header is absent ("") or says nothing sensible. */
int64_t amr_pace_retry_s(const char *retry_after, int64_t now_s);

/* By how many seconds a clock that shows now_s is ahead of the answer's Date (RFC 9110 6.6.1);
 * negative where it is behind, 0 where the header is absent ("") or says nothing sensible. */
int64_t amr_pace_skew_s(const char *date, int64_t now_s);

/* True for a failure that may be gone a moment later: an answer with status 500, 502, 503 or 504,
 * a network that failed, or a part of the way that took too long, such as a connection (neither TLS
 * nor an answer that is too large). Where it is the deadline that has come, amr_pace_backoff_ms
 * knows. */
bool amr_pace_is_transient(const struct amr_error *error);

/* The milliseconds to wait at the monotonic instant now_ms before the next try of a request that
 * failed `tries` times, from 1: full jitter, which is any value from 0 to 500 ms doubled with each
 * try and at most 8 s, the place among them being `random` among all its values. -1 where
 * tries_most were made, or the wait would not end before deadline_ms. */
int64_t amr_pace_backoff_ms(int tries, int tries_most, uint32_t random, int64_t now_ms,
                            int64_t deadline_ms);

/* The milliseconds to wait at now_ms where an answer asks not to come back for wait_s seconds and
 * `waits` were waited out before; -1 where that was done often enough, or two seconds to go on
 * would not be left before deadline_ms. */
int64_t amr_pace_wait_out_ms(int64_t wait_s, int waits, int64_t now_ms, int64_t deadline_ms);

/* A full bucket at now_ms. */
void amr_pace_bucket_init(struct amr_pace_bucket *bucket, int64_t now_ms);

/* The first instant, now_ms or later, at which the bucket has a read. */
int64_t amr_pace_bucket_ready_ms(const struct amr_pace_bucket *bucket, int64_t now_ms);

/* Takes a read out of the bucket at now_ms, at which it has one. */
void amr_pace_bucket_take(struct amr_pace_bucket *bucket, int64_t now_ms);

#endif
