/* SPDX-License-Identifier: MIT */
/* What Azure Resource Graph is asked and answers: one query names the clusters of many
 * subscriptions (Microsoft's description of Microsoft.ResourceGraph, 2022-10-01). It follows what
 * happens with a delay, and is silent about what the credential may not see. */
#ifndef AMR_GRAPH_H
#define AMR_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "fleet.h"

enum {
    AMR_GRAPH_SUBSCRIPTIONS_MAX = 1000, /* of one query */
    AMR_GRAPH_BODY_BYTES_MAX = 128 * 1024,
    AMR_GRAPH_TOKEN_BYTES_MAX = 16 * 1024,
};

/* A query; all borrowed. skip_token is that of the page before, NULL for the first one. */
struct amr_graph_query {
    const char *const *subscriptions;
    size_t subscription_count;
    const char *skip_token;
};

/* Appends the URL that queries are sent to. */
void amr_graph_append_url(struct amr_buffer *url, const char *endpoint);

/* Appends the body (JSON) that asks for the next 1,000 clusters, ordered by id. */
void amr_graph_append_body(struct amr_buffer *body, const struct amr_graph_query *query);

/* How much one page told. */
struct amr_graph_page {
    size_t rows;   /* on it, those that were refused among them */
    int64_t total; /* of the whole answer; 0: not said */
};

/* Reads a page of clusters that were asked for at fetched_s. is_named[i] becomes true where it has
 * a cluster of the query's subscription i. A row without the id of a cluster, or of a subscription
 * that was not asked for, spoils itself only and becomes an error of the fleet. *skip_token,
 * emptied first, gets where the next page begins or stays empty. Errors: AMR_ERROR_RESPONSE, also
 * where rows were left out and there is no way to ask for them. */
bool amr_graph_read_page(const char *text, size_t length, const struct amr_graph_query *query,
                         int64_t fetched_s, struct amr_fleet *fleet, bool *is_named,
                         struct amr_buffer *skip_token, struct amr_graph_page *page,
                         struct amr_error *err) AMR_MUST_CHECK;

#endif
