/* SPDX-License-Identifier: MIT */
/* From a command line to settings. */
#ifndef AMR_ARGUMENTS_H
#define AMR_ARGUMENTS_H

#include <stdbool.h>

#include "attributes.h"
#include "error.h"
#include "settings.h"

/* Takes the arguments after the program's name. All are looked at, so that --output is known when
 * an error is told; *err gets the first that is wrong (AMR_ERROR_USAGE) and names the option. */
bool amr_arguments_parse(int count, char *const arguments[], struct amr_settings *settings,
                         struct amr_error *err) AMR_MUST_CHECK;

#endif
