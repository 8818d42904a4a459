/* SPDX-License-Identifier: MIT */
/* When Azure may be asked again. */
#ifndef AMR_PACE_H
#define AMR_PACE_H

#include <stdint.h>

/* The instant before which an answer with status 429 at now_s asks not to come back, from its
 * Retry-After (RFC 9110 10.2.3: seconds or an HTTP date): at least a second from now, at most an
 * hour; a minute where the header is absent ("") or says nothing sensible. */
int64_t amr_pace_retry_s(const char *retry_after, int64_t now_s);

#endif
