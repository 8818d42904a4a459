/* SPDX-License-Identifier: MIT */
/* Gets the bearer token that Azure Resource Manager wants. */
#ifndef AMR_CREDENTIAL_H
#define AMR_CREDENTIAL_H

#include <stdbool.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "managed.h"
#include "token.h"

/* Appends a token for the settings' ARM endpoint to *token, which is empty with a limit of
 * AMR_TOKEN_BYTES_MAX; wipe it. Files of secrets, certificates and tokens are read anew each time.
 * With --auth auto the secret, the certificate and the federated token that are set are tried,
 * those of a higher layer first and else in this order, as Azure's own libraries do; where none is
 * set, the machine's identity is. What Entra or the network failed for a moment is asked for once
 * more. Errors: AMR_ERROR_CREDENTIAL and those of files and of the network, never with a secret; of
 * several that were tried, each with its reason. */
bool amr_credential_read_token(const struct amr_token_request *request, struct amr_buffer *token,
                               struct amr_error *err) AMR_MUST_CHECK;

#endif
