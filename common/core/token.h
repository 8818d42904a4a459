/* SPDX-License-Identifier: MIT */
/* What Microsoft Entra is asked for a token and answers (OAuth 2.0 client credentials, v2.0), and
 * what others answer: the identity endpoints of machines and the az command. */
#ifndef AMR_TOKEN_H
#define AMR_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

enum { AMR_TOKEN_BYTES_MAX = 64 * 1024 };

/* Appends `{authority}/{tenant}/oauth2/v2.0/token`. */
void amr_token_append_url(struct amr_buffer *url, const char *authority, const char *tenant);

/* Appends the form that asks with a client secret for a token whose audience is `arm_endpoint`. The
 * form holds the secret: wipe it. */
void amr_token_append_secret_form(struct amr_buffer *form, const char *client_id,
                                  const char *client_secret, const char *arm_endpoint);

/* Appends the form that asks with an assertion (a signed JWT, or the token of a workload identity)
 * instead of a secret (RFC 7523 2.2). The form holds the assertion: wipe it. */
void amr_token_append_assertion_form(struct amr_buffer *form, const char *client_id,
                                     const char *assertion, const char *arm_endpoint);

/* Takes the token out of an answer with status 200. *token is appended to (wipe it); *expires_in_s
 * is at least 0, and 0 where the answer has no sensible number. Numbers may be strings. Errors:
 * AMR_ERROR_RESPONSE, never with the body. */
bool amr_token_read(const char *body, size_t length, struct amr_buffer *token,
                    int64_t *expires_in_s, struct amr_error *err) AMR_MUST_CHECK;

/* The same for what an identity endpoint answers and for what `az account get-access-token` prints,
 * where `accessToken` is the token, and `expires_on`, an instant in seconds since 1970 that counts
 * from now_s, stands in for an absent expires_in. Error: AMR_ERROR_RESPONSE, never with the body.
 */
bool amr_token_read_local(const char *body, size_t length, int64_t now_s, struct amr_buffer *token,
                          int64_t *expires_in_s, struct amr_error *err) AMR_MUST_CHECK;

/* Takes a bearer token out of the text of a file: one run of visible ASCII, blanks and line ends
 * around it are dropped. Errors: AMR_ERROR_CREDENTIAL. */
bool amr_token_trim(const char *text, size_t length, struct amr_buffer *token,
                    struct amr_error *err) AMR_MUST_CHECK;

/* Fills *err from an answer with another status: AMR_ERROR_CREDENTIAL (AMR_ERROR_THROTTLED, SERVER
 * by status) with Entra's own code and words, cleaned, and what to do for the AADSTS codes that
 * operators meet. Always returns false. */
bool amr_token_set_error(int http_status, const char *body, size_t length, struct amr_error *err);

#endif
