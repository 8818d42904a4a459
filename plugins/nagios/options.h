/* SPDX-License-Identifier: MIT */
/* From the command line, ini files and the environment to settings. */
#ifndef AMR_OPTIONS_H
#define AMR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "error.h"
#include "settings.h"

/* Takes the arguments after the program's name. All are looked at, so that --output is known when
 * an error is told; *err gets the first that is wrong (AMR_ERROR_USAGE) and names the option. */
bool amr_options_parse(int count, char *const arguments[], struct amr_settings *settings,
                       struct amr_error *err) AMR_MUST_CHECK;

/* Reads the ini files of --extra-opts, each with its section (default `program`). Ends by the
 * monotonic instant deadline_ms. Errors: AMR_ERROR_USAGE with file and line, never a value that may
 * be a secret. */
bool amr_options_load_ini(struct amr_settings *settings, const char *program, int64_t deadline_ms,
                          struct amr_error *err) AMR_MUST_CHECK;

/* Reads the --credentials file and the environment, unless --from-file makes both needless.
 * Likewise; a variable is named where its value is wrong. */
bool amr_options_load_credentials(struct amr_settings *settings, int64_t deadline_ms,
                                  struct amr_error *err) AMR_MUST_CHECK;

#endif
