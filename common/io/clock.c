/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <limits.h>
#include <poll.h>
#include <time.h>

int64_t amr_clock_now_s(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

int64_t amr_clock_mono_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void amr_clock_wait(int64_t wait_ms)
{
    if (wait_ms > 0)
        (void)poll(NULL, 0, wait_ms > INT_MAX ? INT_MAX : (int)wait_ms);
}
