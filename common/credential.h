/* SPDX-License-Identifier: MIT */
/* Gets the bearer token that Azure Resource Manager wants. */
#ifndef AMR_CREDENTIAL_H
#define AMR_CREDENTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "http.h"
#include "settings.h"
#include "token.h"

/* Appends a token for the settings' ARM endpoint to *token, which is empty with a limit of
 * AMR_TOKEN_BYTES_MAX; wipe it. A secret's file is read anew each time. Ends by the monotonic
 * instant deadline_ms. Errors: AMR_ERROR_CREDENTIAL and those of files and of the network, never
 * with a secret. */
bool amr_credential_read_token(const struct amr_settings *settings,
                               const struct amr_http_options *options, int64_t deadline_ms,
                               struct amr_buffer *token, struct amr_error *err) AMR_MUST_CHECK;

#endif
