/* SPDX-License-Identifier: MIT */
/* The two clocks. Only adapters read them, once a run, and pass the readings down. */
#ifndef AMR_CLOCK_H
#define AMR_CLOCK_H

#include <stdint.h>

/* Seconds since 1970-01-01T00:00:00Z by the real clock. */
int64_t amr_clock_now_s(void);

/* Milliseconds of a clock that never jumps, for waiting. */
int64_t amr_clock_mono_ms(void);

/* Does nothing for wait_ms milliseconds, or until a signal is handled. */
void amr_clock_wait(int64_t wait_ms);

#endif
