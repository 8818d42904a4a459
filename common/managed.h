/* SPDX-License-Identifier: MIT */
/* Gets a token from the machine that the program runs on: Azure's virtual machines and containers
 * (IMDS), App Service, Azure Arc. The endpoints are on the machine or its own network and are never
 * asked through a proxy. */
#ifndef AMR_MANAGED_H
#define AMR_MANAGED_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "http.h"
#include "settings.h"

/* What a token is asked with; all borrowed. */
struct amr_token_request {
    const struct amr_settings *settings; /* completed */
    struct amr_http *http;               /* the way to Azure */
    int64_t now_s;                       /* seconds since 1970 */
    int64_t deadline_ms;                 /* monotonic: it ends by then */
    bool is_guess;                       /* nobody has said that there is an IMDS */
};

/* Appends a token to *token: App Service's where it has left its address and header, else IMDS's.
 * An IMDS that is not there is given up within two seconds, and so is, where it is a guess, one
 * that does not answer like one by then; one that is busy is asked again, within the deadline.
 * Errors: AMR_ERROR_CREDENTIAL, AMR_ERROR_SERVER, AMR_ERROR_THROTTLED, AMR_ERROR_RESPONSE and those
 * of the network. */
bool amr_managed_read_token(const struct amr_token_request *request, struct amr_buffer *token,
                            struct amr_error *err) AMR_MUST_CHECK;

/* The same from the agent of Azure Arc, which wants to see a file that only its group can read.
 * Errors: the same. */
bool amr_managed_read_arc_token(const struct amr_token_request *request, struct amr_buffer *token,
                                struct amr_error *err) AMR_MUST_CHECK;

/* True where the environment or an installed agent says that this machine is one of Azure Arc's. */
bool amr_managed_is_arc(const struct amr_settings *settings);

#endif
