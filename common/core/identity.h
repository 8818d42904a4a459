/* SPDX-License-Identifier: MIT */
/* What the identity endpoints of a machine are asked and answer: the Instance Metadata Service of
 * Azure's virtual machines (IMDS), App Service, Azure Arc. */
#ifndef AMR_IDENTITY_H
#define AMR_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

enum { AMR_IDENTITY_URL_BYTES_MAX = 2048, AMR_IDENTITY_KEY_BYTES_MAX = 4096 };

/* Where IMDS is unless the environment says otherwise: a link-local address of every Azure machine.
 */
#define AMR_IDENTITY_IMDS_HOST "http://169.254.169.254"

/* Where the agent of Azure Arc listens unless the environment says otherwise. */
#define AMR_IDENTITY_ARC_ENDPOINT "http://127.0.0.1:40342/metadata/identity/oauth2/token"

/* Append the address that gives a token for `arm_endpoint`. `host` is that of IMDS, `endpoint` the
 * whole address of the others without a query. client_id chooses among several identities of the
 * machine; NULL: the one that it has. Azure Arc knows one only. */
void amr_identity_append_imds_url(struct amr_buffer *url, const char *host,
                                  const char *arm_endpoint, const char *client_id);
void amr_identity_append_app_service_url(struct amr_buffer *url, const char *endpoint,
                                         const char *arm_endpoint, const char *client_id);
void amr_identity_append_arc_url(struct amr_buffer *url, const char *endpoint,
                                 const char *arm_endpoint);

/* How long to wait, in seconds, after `attempt` answers (from 1) that were the endpoint's fault
 * before it is asked again; -1: not at all. 404, 429 and 5xx are asked five times in all, 410 (it
 * is being updated) for 70 seconds (Microsoft's guidance on retries of IMDS). retry_after, the
 * header's text or "", makes it longer where it has more seconds. */
int64_t amr_identity_wait_s(int http_status, int attempt, const char *retry_after);

/* True for the body of an answer that an identity endpoint gives: a JSON object with a token or an
 * error. Whatever else listens at that address is none. */
bool amr_identity_is_answer(const char *body, size_t length);

/* Takes the name of the file out of Azure Arc's challenge, the value of its WWW-Authenticate
 * header: `Basic realm=FILE`. Only a file NAME.key right below `directory`, named without any way
 * out of it, is taken: the answer must not be able to have other files read. Appends it to *path.
 * Error: AMR_ERROR_RESPONSE. */
bool amr_identity_read_challenge(const char *www_authenticate, const char *directory,
                                 struct amr_buffer *path, struct amr_error *err) AMR_MUST_CHECK;

/* Fills *err from an answer that gives no token: as amr_token_set_error, with what to do about it.
 * Always returns false. */
bool amr_identity_set_error(int http_status, const char *body, size_t length,
                            struct amr_error *err);

#endif
