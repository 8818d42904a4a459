/* SPDX-License-Identifier: MIT */
/* Chance, for spreading requests in time; not for secrets. Only callers of the core draw, and pass
 * what they drew down. */
#ifndef AMR_RANDOM_H
#define AMR_RANDOM_H

#include <stdint.h>

/* Any value, each as likely as another. */
uint32_t amr_random_draw(void);

#endif
