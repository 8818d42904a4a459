/* SPDX-License-Identifier: MIT */
/* What is known of Azure from one run to the next: the clusters with their databases, each with the
 * instant of its reading, and of each part when it was listed or refused. A survey's outcome has
 * the same shape, so that it can be merged into what is known. Reads no clock: now_s comes from
 * outside.
 *
 * A part is a list or the databases of one cluster, and is named by the ARM id whose children it
 * lists: "/subscriptions", "/subscriptions/S", "/subscriptions/S/resourceGroups/G", a cluster's
 * id. AMR_PART_CREDENTIAL stands for the way to a token, AMR_PART_GRAPH for Azure Resource Graph.
 *
 * Resource Graph names what is there and proves no absence: it lags behind, and is silent about
 * what the credential may not see. So where it has named a subscription's clusters, one that it
 * lacks leaves when Azure Resource Manager says that there is no such resource. */
#ifndef AMR_SNAPSHOT_H
#define AMR_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "fleet.h"
#include "index.h"

#define AMR_PART_CREDENTIAL    "/credential"
#define AMR_PART_SUBSCRIPTIONS "/subscriptions"
#define AMR_PART_GRAPH         "/providers/Microsoft.ResourceGraph"

enum {
    AMR_SNAPSHOT_NAME_SIZE = 40,
    AMR_SNAPSHOT_BYTES_MAX = 64 * 1024 * 1024,
    AMR_PART_ID_SIZE = 512,
    AMR_CLOCK_SLACK_S = 300, /* further in the future than this no reading can lie */
};

/* What one snapshot is of; borrowed, NULL where it does not apply. No secret and no filter.
 * `holder` stands for an identity that tenant and client id do not name: the path of a token file,
 * or a word for the machine or the user whose it is; then `origin` is where that one is asked for
 * it, an address or a directory. The subscription "all" is the list of the subscriptions that the
 * identity sees. */
struct amr_snapshot_key {
    const char *arm_endpoint;
    const char *api_version;
    const char *authority;
    const char *tenant;
    const char *client_id;
    const char *holder;
    const char *origin;
    const char *subscription;
};

/* Instants are AMR_INSTANT_NONE where there was none. `error` is that of the last refusal. */
struct amr_part {
    const char *id;
    int64_t read_s;          /* start of the last complete reading; of lists */
    int64_t named_s;         /* likewise by Resource Graph; of subscriptions */
    int64_t absent_s;        /* when Azure last said that it does not exist; not kept on disk */
    int64_t left_s;          /* when a complete list made a cluster leave; not kept on disk */
    int64_t refused_s;       /* when Azure last denied it or did not find it */
    int64_t refused_since_s; /* since when it has refused credentials or rights */
    int64_t retry_s;         /* nobody asks in this subscription before */
    struct amr_error error;
};

/* Zeroed is empty. Texts are owned by the fleet's arena. */
struct amr_snapshot {
    struct amr_fleet fleet;
    struct amr_part *parts;
    size_t part_count;
    size_t part_capacity;
    struct amr_index part_index; /* by id */
    bool is_merged;              /* other readings were merged into it; parts tell what left */
};

/* Releases what the snapshot owns; takes a zeroed one too. */
void amr_snapshot_free(struct amr_snapshot *snapshot);

/* Writes the ARM id of a list: of the subscription, or of its resource group where not NULL. */
void amr_part_id(char id[AMR_PART_ID_SIZE], const char *subscription, const char *resource_group);

/* The part with this id (any case), NULL where nothing is known of it. */
const struct amr_part *amr_snapshot_find_part(const struct amr_snapshot *snapshot, const char *id);

/* Notes that the whole of a list was read at read_s, or only that the part exists
 * (AMR_INSTANT_NONE). Error: AMR_ERROR_NO_MEMORY. */
bool amr_snapshot_note_read(struct amr_snapshot *snapshot, const char *id, int64_t read_s,
                            struct amr_error *err) AMR_MUST_CHECK;

/* Notes that Resource Graph has named all that it knows below a part, asked at named_s. Error:
 * AMR_ERROR_NO_MEMORY. */
bool amr_snapshot_note_named(struct amr_snapshot *snapshot, const char *id, int64_t named_s,
                             struct amr_error *err) AMR_MUST_CHECK;

/* Notes that Azure said at asked_s that a cluster does not exist. Error: AMR_ERROR_NO_MEMORY. */
bool amr_snapshot_note_absent(struct amr_snapshot *snapshot, const char *id, int64_t asked_s,
                              struct amr_error *err) AMR_MUST_CHECK;

/* Notes that a part could not be read at asked_s, as far as the next run needs to know it: denied
 * and not-found, credentials that an answer (http_status) refused, and with `throttled` the instant
 * retry_s before which the subscription of the part is not asked. Other failures leave no trace. */
bool amr_snapshot_note_failure(struct amr_snapshot *snapshot, const char *id, int64_t asked_s,
                               const struct amr_error *failure, int64_t retry_s,
                               struct amr_error *err) AMR_MUST_CHECK;

/* Merges `fresh` into `kept`; fresh is left empty. The newer reading of a cluster wins, one that
 * lacks its databases never replaces one that has them, and a cluster leaves only where a complete
 * list of the fresh side, newer than its reading, lacks it (where that was merged before: a list
 * that made it leave then), or, where Resource Graph was the last
 * to name the clusters of its subscription, either side has noted since that it is absent. Errors
 * of both stay, except about clusters that left. Error: AMR_ERROR_NO_MEMORY; both are then still to
 * be freed. What kept has from after now_s, the real clock's reading, was written by a clock that
 * was wrong. */
bool amr_snapshot_merge(struct amr_snapshot *kept, struct amr_snapshot *fresh, int64_t now_s,
                        struct amr_error *err) AMR_MUST_CHECK;

/* By what a reading counts as fresh; borrowed. ttl_s 0: nothing does. */
struct amr_freshness {
    const struct amr_selection *selection;
    const char *const *subscriptions; /* those that are wanted */
    size_t subscription_count;
    int64_t now_s;
    int64_t ttl_s;
    int64_t max_stale_s;
};

/* A list to read; borrowed. */
struct amr_plan_list {
    const char *subscription;
    const char *resource_group; /* NULL: the whole subscription */
};

/* What to ask Azure for. Zeroed asks for nothing. `clusters` are places in the snapshot's fleet,
 * stalest first. Borrows the snapshot and the freshness it was made from. */
struct amr_plan {
    const struct amr_snapshot *snapshot;
    const struct amr_freshness *freshness;
    struct amr_plan_list *lists;
    size_t list_count;
    bool is_by_graph; /* Resource Graph is asked in the place of the lists */
    size_t *clusters;
    size_t cluster_count;
};

/* Plans to read what the selection needs and is not fresh. Resource Graph is asked where it saves
 * requests: for several subscriptions as a whole, unless it refused. What Azure refused within the
 * time to live, and all of a subscription before the end of its Retry-After, is not asked for: its
 * error is added to the snapshot's fleet instead. Error: AMR_ERROR_NO_MEMORY. */
bool amr_plan_make(struct amr_snapshot *snapshot, const struct amr_freshness *freshness,
                   struct amr_plan *plan, struct amr_error *err) AMR_MUST_CHECK;

/* True where the part is not asked for now, *reason why: its Retry-After is not over, or it was
 * refused within the time to live. */
bool amr_part_is_held_back(const struct amr_part *part, const struct amr_freshness *freshness,
                           struct amr_error *reason) AMR_MUST_CHECK;

/* True where the databases of a cluster that a list has just named are to be read too. */
bool amr_plan_is_wanted(const struct amr_plan *plan, const struct amr_cluster *cluster);

/* Releases what the plan owns; takes a zeroed one too. */
void amr_plan_free(struct amr_plan *plan);

/* True where a list was wholly read, or Resource Graph asked instead, within the time to live. */
bool amr_snapshot_is_list_fresh(const struct amr_snapshot *snapshot, const char *id,
                                const struct amr_freshness *freshness);

/* The same within max_stale_s. */
bool amr_snapshot_is_list_usable(const struct amr_snapshot *snapshot, const char *id,
                                 const struct amr_freshness *freshness);

/* True where something that the selection wants may be judged. */
bool amr_snapshot_is_usable(const struct amr_snapshot *snapshot,
                            const struct amr_freshness *freshness);

/* Makes the fleet what may be judged: takes away the databases of clusters older than max_stale_s,
 * tells of each selected one, and marks the errors that what was kept stands in for.
 * has_subscriptions: the list of those that are wanted is known and not too old. keeps_old: those
 * databases stay, for a later judge to leave out. Error: AMR_ERROR_NO_MEMORY. */
bool amr_snapshot_settle(struct amr_snapshot *snapshot, const struct amr_freshness *freshness,
                         bool has_subscriptions, bool keeps_old,
                         struct amr_error *err) AMR_MUST_CHECK;

/* The instant since which Azure has refused credentials or rights for something that the selection
 * needs, AMR_INSTANT_NONE where it has not. */
int64_t amr_snapshot_refused_since_s(const struct amr_snapshot *snapshot,
                                     const struct amr_freshness *freshness);

/* Writes the name of the key's file, "KIND-" and a hash; kind is a short word. */
void amr_snapshot_name(const struct amr_snapshot_key *key, const char *kind,
                       char name[AMR_SNAPSHOT_NAME_SIZE]);

/* Appends the document (schema 1) of what the snapshot knows of the key's subscription: the nested
 * list that amr_arm_read_document reads, and before it the key and the parts. */
void amr_snapshot_format(const struct amr_snapshot *snapshot, const struct amr_snapshot_key *key,
                         struct amr_buffer *document);

/* Reads such a document into *snapshot, which is empty. Errors: AMR_ERROR_RESPONSE for one that is
 * malformed, of another schema or of another key; *snapshot is then empty again. */
bool amr_snapshot_read(const char *text, size_t length, const struct amr_snapshot_key *key,
                       struct amr_snapshot *snapshot, struct amr_error *err) AMR_MUST_CHECK;

#endif
