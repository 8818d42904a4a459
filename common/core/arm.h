/* SPDX-License-Identifier: MIT */
/* What Azure Resource Manager is asked and answers about Microsoft.Cache/redisEnterprise, and the
 * documents of the same shape that files hold. Names are taken from `id`, never from `name`, which
 * Azure writes as "default" or "cluster/default". An item of a wrong shape spoils itself only. */
#ifndef AMR_ARM_H
#define AMR_ARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "fleet.h"
#include "json.h"

enum { AMR_ARM_URL_BYTES_MAX = 8192 };

/* Where requests go. All borrowed; `endpoint` has no slash at its end. */
struct amr_arm_place {
    const char *endpoint;
    const char *api_version;
    const char *subscription;
    const char *resource_group; /* NULL: the whole subscription */
};

/* Appends the URL that lists the clusters of a subscription or resource group. */
void amr_arm_append_clusters_url(struct amr_buffer *url, const struct amr_arm_place *place);

/* Appends the URL that lists the databases of the cluster with this ARM id, each segment
 * percent-encoded. */
void amr_arm_append_databases_url(struct amr_buffer *url, const struct amr_arm_place *place,
                                  const struct amr_cluster *cluster);

/* Appends the URL of one database of the cluster, or of an action on it ("": none). */
void amr_arm_append_database_url(struct amr_buffer *url, const struct amr_arm_place *place,
                                 const struct amr_cluster *cluster, const char *database,
                                 const char *action);

/* Appends the URL that lists the subscriptions that the credential sees. */
void amr_arm_append_subscriptions_url(struct amr_buffer *url, const struct amr_arm_place *place);

/* True where `url` stays on the endpoint's scheme, host and port (`:443` is https's own), so that
 * the token may go there: what nextLink must fulfil. */
bool amr_arm_is_same_host(const char *endpoint, const char *url);

/* Reads a whole document into *fleet: an ARM list ({"value": [clusters, which may have nested
 * `databases`, or databases]}), a snapshot (the same with `fetched_at` for each cluster), or the
 * array that `az redisenterprise list` prints (properties nested or flattened). A cluster or
 * database that the fleet already has is passed over. Items without a usable id become errors of
 * the fleet; a list that says it goes on elsewhere (`nextLink`) does too. Errors:
 * AMR_ERROR_RESPONSE with the line and, where there is one, the JSON pointer. */
bool amr_arm_read_document(const char *text, size_t length, struct amr_fleet *fleet,
                           struct amr_error *err) AMR_MUST_CHECK;

/* Reads a snapshot for what it is: the same document, but visit_member is called for each member
 * beside `value` in the document's order and may stop the reading, and a cluster whose databases
 * were never read is no error. Its has_databases is false. Errors: AMR_ERROR_RESPONSE, and those
 * of visit_member; the fleet may then hold a part. */
bool amr_arm_read_snapshot(const char *text, size_t length, amr_json_visit *visit_member,
                           void *context, struct amr_fleet *fleet,
                           struct amr_error *err) AMR_MUST_CHECK;

/* Reads one page of a list of clusters that were asked for at fetched_s; *next_link, emptied
 * first, gets the address of the next page or stays empty. A page without `value`
 * has no items, unless it has `error` in its place: then it is none (AMR_ERROR_RESPONSE). */
bool amr_arm_read_clusters_page(const char *text, size_t length, int64_t fetched_s,
                                struct amr_fleet *fleet, struct amr_buffer *next_link,
                                struct amr_error *err) AMR_MUST_CHECK;

/* Reads the document of one cluster, asked for at fetched_s, into *cluster, whose texts go to the
 * fleet's arena. Its id is NULL where the document has none of a cluster. Error:
 * AMR_ERROR_NO_MEMORY. */
bool amr_arm_read_cluster(const amr_json *document, int64_t fetched_s, struct amr_fleet *fleet,
                          struct amr_cluster *cluster, struct amr_error *err) AMR_MUST_CHECK;

/* Puts a copy of *cluster into the fleet, or its document into the place that is there already for
 * the databases of one with its id; one that was listed stays as it is. *index is its place. Error:
 * AMR_ERROR_NO_MEMORY. */
bool amr_arm_put_cluster(struct amr_fleet *fleet, const struct amr_cluster *cluster, size_t *index,
                         struct amr_error *err) AMR_MUST_CHECK;

/* Reads one page of the list of databases of the cluster at `cluster`, likewise; a page without
 * `value` is none, because it would hide a database. */
bool amr_arm_read_databases_page(const char *text, size_t length, size_t cluster,
                                 struct amr_fleet *fleet, struct amr_buffer *next_link,
                                 struct amr_error *err) AMR_MUST_CHECK;

/* Called with the id (GUID) of a subscription that is enabled. */
typedef bool amr_arm_visit_subscription(const char *id, void *context, struct amr_error *err);

/* Reads one page of a list of subscriptions, likewise; disabled ones are passed over. */
bool amr_arm_read_subscriptions_page(const char *text, size_t length,
                                     amr_arm_visit_subscription *visit, void *context,
                                     struct amr_buffer *next_link,
                                     struct amr_error *err) AMR_MUST_CHECK;

/* Fills *err from an answer with an HTTP status that is no success: code from the status, message
 * "HTTP 403 AuthorizationFailed: … (correlation …)" with Azure's own code and words cleaned and cut
 * where the body has them, else at most 80 clean characters of the body. `correlation` may be
 * NULL. Always returns false. */
bool amr_arm_set_error(int http_status, const char *body, size_t length, const char *correlation,
                       struct amr_error *err);

/* True for an error by which Azure Resource Manager says that there is no such resource, or no such
 * resource group; other kinds of 404 leave that open. */
bool amr_arm_is_absent(const struct amr_error *error);

#endif
