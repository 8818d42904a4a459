/* SPDX-License-Identifier: MIT */
/* Asks the person at the terminal. */
#ifndef AMR_CONFIRM_H
#define AMR_CONFIRM_H

#include <stdbool.h>

#include "attributes.h"

/* True where a terminal is there to ask at: standard input is one. A pipe never answers. */
bool amr_confirm_is_possible(void);

/* Asks for the name to be typed. False where something else is typed, or nothing. */
bool amr_confirm_name(const char *name) AMR_MUST_CHECK;

#endif
