/* SPDX-License-Identifier: MIT */
/* Single requests to Azure Resource Manager with the credential of the settings, for what a survey
 * does not ask. */
#ifndef AMR_CLIENT_H
#define AMR_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "error.h"
#include "http.h"
#include "settings.h"

struct amr_client;

/* Opens connections; a token is got with the first request. `resident`, which may be NULL, ends
 * what is under way (struct amr_http_options). Errors: those of amr_http_open. */
bool amr_client_open(const struct amr_settings *settings, struct amr_http_resident *resident,
                     struct amr_client **client, struct amr_error *err) AMR_MUST_CHECK;

/* Sends the request with a token, and ends by the monotonic instant deadline_ms. An answer 401,
 * which says that nothing was done, is followed by one more try with a new token; nothing else is
 * tried again. On success *result, freed with amr_http_result_free, has an answer with whatever
 * status. Errors: those of the credential, where *is_sent is false, and those of amr_http_ask. */
bool amr_client_ask(struct amr_client *client, const struct amr_http_request *request,
                    int64_t deadline_ms, struct amr_http_result *result, bool *is_sent,
                    struct amr_error *err) AMR_MUST_CHECK;

/* Ends it, wiping the token; takes NULL. */
void amr_client_close(struct amr_client *client);

#endif
