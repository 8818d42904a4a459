/* SPDX-License-Identifier: MIT */
/* The databases that a survey, a snapshot or a file holds, as plain values. All text is UTF-8 as
 * its source gave it (not cleaned), owned by the fleet's arena; NULL where the source has none. */
#ifndef AMR_FLEET_H
#define AMR_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "attributes.h"
#include "error.h"
#include "index.h"
#include "version.h"

/* Stands for an instant that is not known. */
#define AMR_INSTANT_NONE INT64_MIN

struct amr_tag {
    const char *key;
    const char *value;
};

/* A cluster (Microsoft.Cache/redisEnterprise). `location` is in lower case without blanks; `tier`
 * is the SKU's text before '_'; fetched_s is the start of its reading. */
struct amr_cluster {
    const char *id;
    const char *subscription;
    const char *resource_group;
    const char *name;
    const char *location;
    const char *sku;
    const char *tier;
    const char *kind;
    const char *fault; /* a field of a wrong type, told beside the databases; else NULL */
    struct amr_tag *tags;
    size_t tag_count;
    int64_t fetched_s;
    bool is_listed;     /* a cluster document was read; false: known from its database's id */
    bool has_databases; /* the list of its databases was read, be it empty */
    bool is_read; /* that list was read from Azure in this run, not kept from an earlier one */
};

/* What `deferUpgrade` says. ABSENT: absent or null. OTHER: a value this program does not know. */
enum amr_deferral { AMR_DEFERRAL_ABSENT, AMR_DEFERRED, AMR_NOT_DEFERRED, AMR_DEFERRAL_OTHER };

/* A database (…/databases). `line` is the zero value where `version` does not parse. */
struct amr_database {
    size_t cluster; /* index in the fleet */
    const char *id;
    const char *name;
    const char *version;
    struct amr_line line;
    enum amr_deferral deferral;
    const char *deferral_text;
    const char *provisioning_state;
    const char *resource_state;
    const char *geo_group;
    const char **linked_ids; /* every member of its geo-replication group that Azure names */
    size_t linked_count;
    const char *fault; /* why its document cannot be judged ("redisVersion is a number"), or NULL */
};

/* True where its provisioning or resource state is a ...Failed. */
bool amr_database_is_failed(const struct amr_database *database);

/* True where one of them tells of work under way: whatever is neither settled nor failed. */
bool amr_database_is_busy(const struct amr_database *database);

/* Stands for "no one cluster" in amr_fleet_error. */
#define AMR_CLUSTER_NONE SIZE_MAX

/* A part that could not be read. `scope` names it: "subscription '…'", "cluster '…'". `cluster` is
 * the index of the one that it is about, or AMR_CLUSTER_NONE where any database may be hidden.
 * is_covered: what was kept from an earlier reading stands in for it, so nothing is hidden. */
struct amr_fleet_error {
    size_t cluster;
    bool is_covered;
    const char *scope;
    struct amr_error error;
};

/* Where the data come from. */
enum amr_data_source { AMR_DATA_AZURE, AMR_DATA_SNAPSHOT, AMR_DATA_FILE };

/* Zeroed is empty. Indices of clusters and databases are stable. */
struct amr_fleet {
    struct amr_arena arena;
    struct amr_cluster *clusters;
    size_t cluster_count;
    size_t cluster_capacity;
    struct amr_database *databases;
    size_t database_count;
    size_t database_capacity;
    struct amr_fleet_error *errors;
    size_t error_count;
    size_t error_capacity;
    bool has_lost_errors;            /* there were more than there was room for */
    struct amr_index cluster_index;  /* by id */
    struct amr_index database_index; /* by id */
};

/* Adds a copy of *cluster, whose texts must already be in the fleet's arena. *index is its place.
 * Error: AMR_ERROR_NO_MEMORY. */
bool amr_fleet_add_cluster(struct amr_fleet *fleet, const struct amr_cluster *cluster,
                           size_t *index, struct amr_error *err) AMR_MUST_CHECK;

/* Adds a copy of *database, likewise. */
bool amr_fleet_add_database(struct amr_fleet *fleet, const struct amr_database *database,
                            struct amr_error *err) AMR_MUST_CHECK;

/* Adds a copy of *error for the part that the printf-formatted scope names; `cluster` as above.
 * Where there is no room, has_lost_errors tells, so that the fleet is never taken for whole. */
void amr_fleet_add_error(struct amr_fleet *fleet, size_t cluster, const struct amr_error *error,
                         const char *scope_format, ...) AMR_PRINTF(4, 5);

/* True and *index where the fleet has the cluster, or database, with this ARM id (any case). */
bool amr_fleet_find_cluster(const struct amr_fleet *fleet, const char *id,
                            size_t *index) AMR_MUST_CHECK;
bool amr_fleet_find_database(const struct amr_fleet *fleet, const char *id,
                             size_t *index) AMR_MUST_CHECK;

/* Releases the fleet and the texts it owns; takes a zeroed one too. */
void amr_fleet_free(struct amr_fleet *fleet);

enum { AMR_LIST_MAX = 256 };

/* The values of one repeatable option; borrowed. */
struct amr_list {
    const char *values[AMR_LIST_MAX];
    size_t count;
};

/* Which databases are wanted (INTERFACE "what"): alternatives within a list, all lists must hold,
 * every tag (KEY or KEY=VALUE) must hold; an empty list holds for all. */
struct amr_selection {
    struct amr_list subscriptions;
    struct amr_list resource_groups;
    struct amr_list clusters;
    struct amr_list excluded_clusters;
    struct amr_list databases;
    struct amr_list tags;
};

/* True where it leaves out something besides subscriptions. */
bool amr_selection_is_filter(const struct amr_selection *selection);

/* True where the cluster's resource group, name and tags fit. Names, globs and tag keys without
 * regard to case, tag values with. */
bool amr_selection_is_cluster(const struct amr_selection *selection,
                              const struct amr_cluster *cluster);

/* True where the database's name fits and its cluster does. */
bool amr_selection_is_database(const struct amr_selection *selection, const struct amr_fleet *fleet,
                               const struct amr_database *database);

#endif
