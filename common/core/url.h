/* SPDX-License-Identifier: MIT */
/* Which addresses may be used at all, and how values come into them. */
#ifndef AMR_URL_H
#define AMR_URL_H

#include <stdbool.h>

#include "buffer.h"

/* True for `https://HOST[:PORT][/]`, and for the same with http where HOST is a loopback host
 * (localhost, 127.0.0.0/8, [::1]): no user info, path, query or fragment. */
bool amr_url_is_endpoint(const char *url);

/* True for an endpoint on a loopback host. */
bool amr_url_is_loopback(const char *url);

/* True for `http://` or `https://`, HOST[:PORT] and a path of letters, digits and `-._~/`, or none:
 * no user info, query or fragment. Such addresses only name a machine's identity endpoints, which
 * speak http on networks of that machine. */
bool amr_url_is_identity_endpoint(const char *url);

/* True for `http://` or `https://`, optional user info, HOST[:PORT][/]. */
bool amr_url_is_proxy(const char *url);

/* Appends what may be shown of a proxy's address in any form that libcurl takes: scheme, host and
 * port, cleaned; no user info, and nothing that could be a part of one. */
void amr_url_append_proxy_name(struct amr_buffer *words, const char *url);

/* Appends `value` percent-encoded: all but letters, digits and `-._~` (RFC 3986 2.3), for a segment
 * of a path, a query or a form. */
void amr_url_append_encoded(struct amr_buffer *url, const char *value);

#endif
