/* SPDX-License-Identifier: MIT */
/* From ini files, credentials files and the environment to settings: the layers below the command
 * line, or below collectd's configuration. */
#ifndef AMR_LAYERS_H
#define AMR_LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "error.h"
#include "settings.h"

/* Reads the ini files of --extra-opts, each with its section (default `program`). Ends by the
 * monotonic instant deadline_ms. Errors: AMR_ERROR_USAGE with file and line, never a value that may
 * be a secret. */
bool amr_layers_load_ini(struct amr_settings *settings, const char *program, int64_t deadline_ms,
                         struct amr_error *err) AMR_MUST_CHECK;

/* Reads the --credentials file, the environment and, where none of them names a credential, the
 * files `credentials` and `client-secret` of $CREDENTIALS_DIRECTORY, unless --from-file makes all
 * of it needless. Likewise; a variable is named where its value is wrong. */
bool amr_layers_load_credentials(struct amr_settings *settings, int64_t deadline_ms,
                                 struct amr_error *err) AMR_MUST_CHECK;

#endif
