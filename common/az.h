/* SPDX-License-Identifier: MIT */
/* Gets a token from the az command, for people at a terminal who have logged in with it. */
#ifndef AMR_AZ_H
#define AMR_AZ_H

#include <stdbool.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "managed.h"

/* Appends a token of whoever is logged in to *token. Errors: AMR_ERROR_CREDENTIAL with az's own
 * words, cleaned; AMR_ERROR_TIMEOUT; AMR_ERROR_RESPONSE. */
bool amr_az_read_token(const struct amr_token_request *request, struct amr_buffer *token,
                       struct amr_error *err) AMR_MUST_CHECK;

#endif
