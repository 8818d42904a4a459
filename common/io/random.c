/* SPDX-License-Identifier: MIT */
#include "random.h"

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

uint32_t amr_random_draw(void)
{
    struct timespec now = {0};
    uint32_t value;

    if (getrandom(&value, sizeof(value), GRND_NONBLOCK) == (ssize_t)sizeof(value))
        return value;
    /* A system that has no chance yet has a clock and processes that differ. */
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return ((uint32_t)now.tv_nsec ^ (uint32_t)getpid()) * UINT32_C(2654435761);
}
