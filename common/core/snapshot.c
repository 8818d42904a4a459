/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "text.h"

enum { FIRST_CAPACITY = 16, RETRY_S_MAX = 3600 };

void amr_snapshot_free(struct amr_snapshot *snapshot)
{
    amr_fleet_free(&snapshot->fleet);
    free(snapshot->parts);
    amr_index_free(&snapshot->part_index);
    memset(snapshot, 0, sizeof(*snapshot));
}

void amr_part_id(char id[AMR_PART_ID_SIZE], const char *subscription, const char *resource_group)
{
    if (resource_group == NULL)
        (void)snprintf(id, AMR_PART_ID_SIZE, AMR_PART_SUBSCRIPTIONS "/%s", subscription);
    else
        (void)snprintf(id, AMR_PART_ID_SIZE, AMR_PART_SUBSCRIPTIONS "/%s/resourceGroups/%s",
                       subscription, resource_group);
}

static struct amr_part *find_part(const struct amr_snapshot *snapshot, const char *id)
{
    size_t place;

    return amr_index_find(&snapshot->part_index, id, &place) ? &snapshot->parts[place] : NULL;
}

const struct amr_part *amr_snapshot_find_part(const struct amr_snapshot *snapshot, const char *id)
{
    return find_part(snapshot, id);
}

static struct amr_part *add_part(struct amr_snapshot *snapshot, const char *id)
{
    size_t wanted = snapshot->part_capacity == 0 ? FIRST_CAPACITY : snapshot->part_capacity * 2;
    const char *kept = amr_arena_copy(&snapshot->fleet.arena, id, strlen(id));

    if (snapshot->part_count == snapshot->part_capacity) {
        struct amr_part *grown = realloc(snapshot->parts, wanted * sizeof(*grown));

        if (grown == NULL)
            return NULL;
        snapshot->parts = grown;
        snapshot->part_capacity = wanted;
    }
    if (kept == NULL || !amr_index_put(&snapshot->part_index, kept, snapshot->part_count))
        return NULL;
    snapshot->parts[snapshot->part_count] = (struct amr_part){
        .id = kept,
        .read_s = AMR_INSTANT_NONE,
        .named_s = AMR_INSTANT_NONE,
        .absent_s = AMR_INSTANT_NONE,
        .left_s = AMR_INSTANT_NONE,
        .refused_s = AMR_INSTANT_NONE,
        .refused_since_s = AMR_INSTANT_NONE,
        .retry_s = AMR_INSTANT_NONE,
    };
    return &snapshot->parts[snapshot->part_count++];
}

static struct amr_part *make_part(struct amr_snapshot *snapshot, const char *id,
                                  struct amr_error *err)
{
    struct amr_part *part = find_part(snapshot, id);

    if (part == NULL)
        part = add_part(snapshot, id);
    if (part == NULL)
        (void)amr_error_set_no_memory(err);
    return part;
}

static void forget_refusal(struct amr_part *part)
{
    part->refused_s = AMR_INSTANT_NONE;
    part->refused_since_s = AMR_INSTANT_NONE;
    part->retry_s = AMR_INSTANT_NONE;
    part->error = (struct amr_error){0};
}

bool amr_snapshot_note_read(struct amr_snapshot *snapshot, const char *id, int64_t read_s,
                            struct amr_error *err)
{
    struct amr_part *part = make_part(snapshot, id, err);

    if (part == NULL)
        return false;
    if (read_s != AMR_INSTANT_NONE)
        part->read_s = read_s;
    return true;
}

bool amr_snapshot_note_named(struct amr_snapshot *snapshot, const char *id, int64_t named_s,
                             struct amr_error *err)
{
    struct amr_part *part = make_part(snapshot, id, err);

    if (part != NULL)
        part->named_s = named_s;
    return part != NULL;
}

bool amr_snapshot_note_absent(struct amr_snapshot *snapshot, const char *id, int64_t asked_s,
                              struct amr_error *err)
{
    struct amr_part *part = make_part(snapshot, id, err);

    if (part != NULL)
        part->absent_s = asked_s;
    return part != NULL;
}

bool amr_snapshot_note_failure(struct amr_snapshot *snapshot, const char *id, int64_t asked_s,
                               const struct amr_error *failure, int64_t retry_s,
                               struct amr_error *err)
{
    bool is_denied = failure->code == AMR_ERROR_DENIED;
    bool is_missing = failure->code == AMR_ERROR_NOT_FOUND;
    bool is_throttled = failure->code == AMR_ERROR_THROTTLED;
    /* A file that is missing here is no refusal of Azure's. */
    bool is_credential = failure->code == AMR_ERROR_CREDENTIAL && failure->http_status != 0;

    if (!is_denied && !is_missing && !is_throttled && !is_credential)
        return true;
    struct amr_part *part = make_part(snapshot, id, err);
    if (part == NULL)
        return false;
    part->error = *failure;
    if (is_denied || is_missing)
        part->refused_s = asked_s;
    if (is_denied || is_credential)
        part->refused_since_s = asked_s;
    if (is_throttled)
        part->retry_s = retry_s;
    return true;
}

/* Whether an instant that this machine's clock wrote may be believed. */
static bool is_possible(int64_t instant_s, int64_t now_s)
{
    return instant_s != AMR_INSTANT_NONE && instant_s <= now_s + AMR_CLOCK_SLACK_S;
}

static bool is_within(int64_t instant_s, int64_t now_s, int64_t span_s)
{
    return is_possible(instant_s, now_s) && now_s - instant_s <= span_s;
}

static bool is_recent(int64_t instant_s, const struct amr_freshness *freshness)
{
    return freshness->ttl_s > 0 && is_within(instant_s, freshness->now_s, freshness->ttl_s);
}

/* A reading from the future is of no known age, so it is none. */
static bool is_too_old(int64_t instant_s, const struct amr_freshness *freshness)
{
    return !is_possible(instant_s, freshness->now_s) ||
           freshness->now_s - instant_s > freshness->max_stale_s;
}

/* When the list of a part was last read, whichever way. */
static int64_t listed_s(const struct amr_snapshot *snapshot, const char *id)
{
    const struct amr_part *part = find_part(snapshot, id);

    if (part == NULL)
        return AMR_INSTANT_NONE;
    return part->read_s > part->named_s ? part->read_s : part->named_s;
}

bool amr_snapshot_is_list_fresh(const struct amr_snapshot *snapshot, const char *id,
                                const struct amr_freshness *freshness)
{
    int64_t instant_s = listed_s(snapshot, id);

    return is_recent(instant_s, freshness) && !is_too_old(instant_s, freshness);
}

bool amr_snapshot_is_list_usable(const struct amr_snapshot *snapshot, const char *id,
                                 const struct amr_freshness *freshness)
{
    return !is_too_old(listed_s(snapshot, id), freshness);
}

static bool is_cluster_fresh(const struct amr_cluster *cluster,
                             const struct amr_freshness *freshness)
{
    return cluster->has_databases && is_recent(cluster->fetched_s, freshness) &&
           !is_too_old(cluster->fetched_s, freshness);
}

typedef bool list_question(const struct amr_snapshot *snapshot, const char *id,
                           const struct amr_freshness *freshness);

static bool has_group(const struct amr_snapshot *snapshot, const struct amr_plan_list *list)
{
    for (size_t i = 0; i < snapshot->fleet.cluster_count; i++) {
        const struct amr_cluster *cluster = &snapshot->fleet.clusters[i];

        if (amr_text_is_equal_nocase(cluster->subscription, list->subscription) &&
            amr_text_is_equal_nocase(cluster->resource_group, list->resource_group))
            return true;
    }
    return false;
}

/* A list of the subscription holds what a list of its resource group would, but that there is no
 * such group; where there are several subscriptions it lies in another. */
static bool is_list(const struct amr_snapshot *snapshot, const struct amr_plan_list *list,
                    const struct amr_freshness *freshness, list_question *ask)
{
    char id[AMR_PART_ID_SIZE];

    amr_part_id(id, list->subscription, list->resource_group);
    if (list->resource_group == NULL || ask(snapshot, id, freshness))
        return ask(snapshot, id, freshness);
    amr_part_id(id, list->subscription, NULL);
    return ask(snapshot, id, freshness) &&
           (freshness->subscription_count > 1 || has_group(snapshot, list));
}

/* The lists that the selection needs are numbered: groups within subscriptions. */
static size_t count_lists(const struct amr_freshness *freshness)
{
    size_t groups = freshness->selection->resource_groups.count;

    return freshness->subscription_count * (groups == 0 ? 1 : groups);
}

static struct amr_plan_list list_at(const struct amr_freshness *freshness, size_t number)
{
    const struct amr_list *groups = &freshness->selection->resource_groups;

    if (groups->count == 0)
        return (struct amr_plan_list){.subscription = freshness->subscriptions[number]};
    return (struct amr_plan_list){
        .subscription = freshness->subscriptions[number / groups->count],
        .resource_group = groups->values[number % groups->count],
    };
}

/* A clock that was wrong must not silence the program for years. */
static bool is_waiting(const struct amr_part *part, int64_t now_s)
{
    return part->retry_s != AMR_INSTANT_NONE && part->retry_s > now_s &&
           part->retry_s <= now_s + RETRY_S_MAX + AMR_CLOCK_SLACK_S;
}

bool amr_part_is_held_back(const struct amr_part *part, const struct amr_freshness *freshness,
                           struct amr_error *reason)
{
    char until[AMR_INSTANT_TEXT_SIZE];

    if (!is_waiting(part, freshness->now_s)) {
        *reason = part->error;
        return is_recent(part->refused_s, freshness);
    }
    amr_instant_format(part->retry_s, until);
    (void)amr_error_set(reason, part->error.code, "not asked before %s: %s", until,
                        part->error.message);
    reason->http_status = part->error.http_status;
    return true;
}

/* Why a part of the subscription is not asked for now; false where it is. */
static bool is_held_back(const struct amr_plan *plan, const char *id, const char *subscription,
                         struct amr_error *reason)
{
    char whole[AMR_PART_ID_SIZE];
    const char *const ids[] = {AMR_PART_CREDENTIAL, whole, id};

    amr_part_id(whole, subscription, NULL);
    for (size_t i = 0; i < AMR_COUNT_OF(ids); i++) {
        const struct amr_part *part = find_part(plan->snapshot, ids[i]);
        bool is_asked = part == NULL || (ids[i] != id && !is_waiting(part, plan->freshness->now_s));

        if (!is_asked && amr_part_is_held_back(part, plan->freshness, reason))
            return true;
    }
    return false;
}

static void plan_list(struct amr_snapshot *snapshot, const struct amr_plan_list *list,
                      struct amr_plan *plan)
{
    char id[AMR_PART_ID_SIZE];
    struct amr_error reason;

    if (is_list(snapshot, list, plan->freshness, amr_snapshot_is_list_fresh))
        return;
    amr_part_id(id, list->subscription, list->resource_group);
    if (is_held_back(plan, id, list->subscription, &reason))
        amr_fleet_add_error(&snapshot->fleet, AMR_CLUSTER_NONE, &reason, "subscription '%s'",
                            list->subscription);
    else
        plan->lists[plan->list_count++] = *list;
}

static void plan_cluster(struct amr_snapshot *snapshot, size_t place, struct amr_plan *plan)
{
    const struct amr_cluster *cluster = &snapshot->fleet.clusters[place];
    struct amr_error reason;

    if (!amr_selection_is_cluster(plan->freshness->selection, cluster) ||
        is_cluster_fresh(cluster, plan->freshness))
        return;
    if (is_held_back(plan, cluster->id, cluster->subscription, &reason))
        amr_fleet_add_error(&snapshot->fleet, place, &reason, "cluster '%s'", cluster->name);
    else
        plan->clusters[plan->cluster_count++] = place;
}

/* A place to read, with what it is ordered by. */
struct stale {
    int64_t fetched_s;
    size_t place;
};

static int compare_stale(const void *left_stale, const void *right_stale)
{
    const struct stale *left = left_stale;
    const struct stale *right = right_stale;

    if (left->fetched_s != right->fetched_s)
        return left->fetched_s < right->fetched_s ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

static bool order_clusters(const struct amr_snapshot *snapshot, struct amr_plan *plan)
{
    struct stale *order = calloc(plan->cluster_count + 1, sizeof(*order));

    if (order == NULL)
        return false;
    for (size_t i = 0; i < plan->cluster_count; i++) {
        const struct amr_cluster *cluster = &snapshot->fleet.clusters[plan->clusters[i]];

        order[i] = (struct stale){cluster->has_databases ? cluster->fetched_s : AMR_INSTANT_NONE,
                                  plan->clusters[i]};
    }
    qsort(order, plan->cluster_count, sizeof(*order), compare_stale);
    for (size_t i = 0; i < plan->cluster_count; i++)
        plan->clusters[i] = order[i].place;
    free(order);
    return true;
}

/* Resource Graph is of use for several subscriptions, and knows of no group whether it exists. */
static bool is_graph_wanted(const struct amr_plan *plan)
{
    const struct amr_part *part = find_part(plan->snapshot, AMR_PART_GRAPH);
    struct amr_error ignored;

    return plan->list_count > 1 && plan->freshness->selection->resource_groups.count == 0 &&
           (part == NULL || !amr_part_is_held_back(part, plan->freshness, &ignored));
}

bool amr_plan_make(struct amr_snapshot *snapshot, const struct amr_freshness *freshness,
                   struct amr_plan *plan, struct amr_error *err)
{
    size_t lists = count_lists(freshness);
    struct amr_plan made = {.snapshot = snapshot, .freshness = freshness};

    made.lists = calloc(lists + 1, sizeof(*made.lists));
    made.clusters = calloc(snapshot->fleet.cluster_count + 1, sizeof(*made.clusters));
    bool is_made = made.lists != NULL && made.clusters != NULL;
    for (size_t i = 0; is_made && i < lists; i++) {
        struct amr_plan_list list = list_at(freshness, i);

        plan_list(snapshot, &list, &made);
    }
    for (size_t i = 0; is_made && i < snapshot->fleet.cluster_count; i++)
        plan_cluster(snapshot, i, &made);
    if (!is_made || !order_clusters(snapshot, &made)) {
        amr_plan_free(&made);
        return amr_error_set_no_memory(err);
    }
    made.is_by_graph = is_graph_wanted(&made);
    *plan = made;
    return true;
}

bool amr_plan_is_wanted(const struct amr_plan *plan, const struct amr_cluster *cluster)
{
    const struct amr_fleet *fleet = &plan->snapshot->fleet;
    struct amr_error ignored;
    size_t place;

    if (!amr_selection_is_cluster(plan->freshness->selection, cluster))
        return false;
    if (!amr_fleet_find_cluster(fleet, cluster->id, &place))
        return true;
    return !is_cluster_fresh(&fleet->clusters[place], plan->freshness) &&
           !is_held_back(plan, cluster->id, cluster->subscription, &ignored);
}

void amr_plan_free(struct amr_plan *plan)
{
    free(plan->lists);
    free(plan->clusters);
    *plan = (struct amr_plan){0};
}

static bool is_usable(const struct amr_cluster *cluster, const struct amr_freshness *freshness)
{
    return cluster->has_databases && !is_too_old(cluster->fetched_s, freshness);
}

bool amr_snapshot_is_usable(const struct amr_snapshot *snapshot,
                            const struct amr_freshness *freshness)
{
    for (size_t i = 0; i < snapshot->fleet.cluster_count; i++) {
        const struct amr_cluster *cluster = &snapshot->fleet.clusters[i];

        if (is_usable(cluster, freshness) &&
            amr_selection_is_cluster(freshness->selection, cluster))
            return true;
    }
    return false;
}

static bool has_error_of(const struct amr_fleet *fleet, size_t cluster)
{
    for (size_t i = 0; i < fleet->error_count; i++) {
        if (fleet->errors[i].cluster == cluster)
            return true;
    }
    return false;
}

/* Takes away databases that are too old to judge; the indices of the others change. */
static bool drop_databases(struct amr_fleet *fleet, const struct amr_freshness *freshness)
{
    size_t count = 0;

    for (size_t i = 0; i < fleet->cluster_count; i++)
        fleet->clusters[i].has_databases &= !is_too_old(fleet->clusters[i].fetched_s, freshness);
    for (size_t i = 0; i < fleet->database_count; i++) {
        size_t cluster = fleet->databases[i].cluster;

        if (!is_too_old(fleet->clusters[cluster].fetched_s, freshness))
            fleet->databases[count++] = fleet->databases[i];
    }
    if (count == fleet->database_count)
        return true;
    fleet->database_count = count;
    amr_index_free(&fleet->database_index);
    for (size_t i = 0; i < count; i++) {
        const char *id = fleet->databases[i].id;

        if (id != NULL && !amr_index_put(&fleet->database_index, id, i))
            return false;
    }
    return true;
}

/* Why a cluster cannot be judged of which nothing else is told. */
static void explain(const struct amr_snapshot *snapshot, const struct amr_cluster *cluster,
                    struct amr_error *reason)
{
    const struct amr_part *part = find_part(snapshot, cluster->id);

    (void)amr_error_set(reason, AMR_ERROR_TIMEOUT,
                        cluster->has_databases
                            ? "not read, and its last reading is older than --max-stale"
                            : "not read yet");
    if (!cluster->has_databases && part != NULL && part->error.message[0] != '\0')
        *reason = part->error;
}

/* Tells of each selected cluster that cannot be judged, unless that it was never read is told for
 * all at once; false where there is one. */
static bool tell_unusable(struct amr_snapshot *snapshot, const struct amr_freshness *freshness)
{
    struct amr_fleet *fleet = &snapshot->fleet;
    bool is_told = has_error_of(fleet, AMR_CLUSTER_NONE);
    bool is_whole = true;
    struct amr_error reason;

    for (size_t i = 0; i < fleet->cluster_count; i++) {
        const struct amr_cluster *cluster = &fleet->clusters[i];

        if (!amr_selection_is_cluster(freshness->selection, cluster) ||
            is_usable(cluster, freshness))
            continue;
        is_whole = false;
        if ((is_told && !cluster->has_databases) || has_error_of(fleet, i))
            continue;
        explain(snapshot, cluster, &reason);
        amr_fleet_add_error(fleet, i, &reason, "cluster '%s'", cluster->name);
    }
    return is_whole;
}

static bool has_lists(const struct amr_snapshot *snapshot, const struct amr_freshness *freshness)
{
    for (size_t i = 0; i < count_lists(freshness); i++) {
        struct amr_plan_list list = list_at(freshness, i);

        if (!is_list(snapshot, &list, freshness, amr_snapshot_is_list_usable))
            return false;
    }
    return true;
}

bool amr_snapshot_settle(struct amr_snapshot *snapshot, const struct amr_freshness *freshness,
                         bool has_subscriptions, bool keeps_old, struct amr_error *err)
{
    struct amr_fleet *fleet = &snapshot->fleet;
    bool is_whole = tell_unusable(snapshot, freshness) && has_subscriptions &&
                    has_lists(snapshot, freshness) && !fleet->has_lost_errors;

    for (size_t i = 0; i < fleet->error_count; i++) {
        struct amr_fleet_error *error = &fleet->errors[i];

        error->is_covered = error->cluster == AMR_CLUSTER_NONE
                                ? is_whole
                                : is_usable(&fleet->clusters[error->cluster], freshness);
    }
    return keeps_old || drop_databases(fleet, freshness) || amr_error_set_no_memory(err);
}

static int64_t earlier(int64_t left_s, int64_t right_s)
{
    if (left_s == AMR_INSTANT_NONE || right_s == AMR_INSTANT_NONE)
        return left_s == AMR_INSTANT_NONE ? right_s : left_s;
    return left_s < right_s ? left_s : right_s;
}

static int64_t since_of(const struct amr_snapshot *snapshot, const char *id)
{
    const struct amr_part *part = find_part(snapshot, id);

    return part == NULL ? AMR_INSTANT_NONE : part->refused_since_s;
}

int64_t amr_snapshot_refused_since_s(const struct amr_snapshot *snapshot,
                                     const struct amr_freshness *freshness)
{
    int64_t since_s = since_of(snapshot, AMR_PART_CREDENTIAL);
    char id[AMR_PART_ID_SIZE];

    since_s = earlier(since_s, since_of(snapshot, AMR_PART_SUBSCRIPTIONS));
    for (size_t i = 0; i < count_lists(freshness); i++) {
        struct amr_plan_list list = list_at(freshness, i);

        amr_part_id(id, list.subscription, list.resource_group);
        since_s = earlier(since_s, since_of(snapshot, id));
    }
    for (size_t i = 0; i < snapshot->fleet.cluster_count; i++) {
        const struct amr_cluster *cluster = &snapshot->fleet.clusters[i];

        if (amr_selection_is_cluster(freshness->selection, cluster))
            since_s = earlier(since_s, since_of(snapshot, cluster->id));
    }
    return since_s;
}

/* Where the clusters of one side of a merge came to stand; SIZE_MAX: nowhere, or their databases
 * are those of the other side. */
struct merge {
    struct amr_snapshot *kept;
    struct amr_snapshot *fresh;
    struct amr_fleet made;
    size_t *kept_places;
    size_t *fresh_places;
    bool *is_kept_taken;
    bool *is_fresh_taken;
    int64_t now_s;
};

/* When a complete list of `fresh` lacks the cluster, AMR_INSTANT_NONE where none does that is as
 * new as its reading. */
static int64_t lacking_s(const struct amr_snapshot *fresh, const struct amr_cluster *cluster,
                         int64_t now_s)
{
    const char *const groups[] = {cluster->resource_group, NULL};
    char id[AMR_PART_ID_SIZE];

    for (size_t i = 0; i < AMR_COUNT_OF(groups); i++) {
        amr_part_id(id, cluster->subscription, groups[i]);
        const struct amr_part *part = find_part(fresh, id);

        if (part != NULL && part->read_s != AMR_INSTANT_NONE &&
            (cluster->fetched_s <= part->read_s || !is_possible(cluster->fetched_s, now_s)))
            return part->read_s;
    }
    return AMR_INSTANT_NONE;
}

/* Since when the cluster has left as far as the fresh side knows, AMR_INSTANT_NONE where it has
 * not. What was merged before has noted what left; one that it never knew is another's finding. */
static int64_t leaving_s(const struct merge *merge, const struct amr_cluster *cluster)
{
    const struct amr_part *part = find_part(merge->fresh, cluster->id);

    if (!merge->fresh->is_merged)
        return lacking_s(merge->fresh, cluster, merge->now_s);
    if (part != NULL && part->left_s != AMR_INSTANT_NONE &&
        (cluster->fetched_s <= part->left_s || !is_possible(cluster->fetched_s, merge->now_s)))
        return part->left_s;
    return AMR_INSTANT_NONE;
}

static bool note_left(struct amr_snapshot *snapshot, const struct amr_cluster *cluster,
                      int64_t left_s, struct amr_error *err)
{
    struct amr_part *part = make_part(snapshot, cluster->id, err);

    if (part != NULL)
        part->left_s = left_s;
    return part != NULL;
}

/* Whether Resource Graph was the last to name the clusters of a subscription. */
static bool is_named_by_graph(const struct merge *merge, const char *subscription)
{
    const struct amr_snapshot *const sides[] = {merge->kept, merge->fresh};
    int64_t named_s = AMR_INSTANT_NONE;
    int64_t read_s = AMR_INSTANT_NONE;
    char id[AMR_PART_ID_SIZE];

    amr_part_id(id, subscription, NULL);
    for (size_t i = 0; i < AMR_COUNT_OF(sides); i++) {
        const struct amr_part *part = find_part(sides[i], id);

        if (part != NULL && part->named_s > named_s)
            named_s = part->named_s;
        if (part != NULL && part->read_s > read_s)
            read_s = part->read_s;
    }
    return named_s > read_s;
}

/* Whether Azure has said since the reading of the cluster that it does not exist. */
static bool is_gone(const struct merge *merge, const struct amr_cluster *cluster)
{
    const struct amr_part *const parts[] = {find_part(merge->kept, cluster->id),
                                            find_part(merge->fresh, cluster->id)};

    for (size_t i = 0; i < AMR_COUNT_OF(parts); i++) {
        if (parts[i] != NULL && parts[i]->absent_s != AMR_INSTANT_NONE &&
            (cluster->fetched_s <= parts[i]->absent_s ||
             !is_possible(cluster->fetched_s, merge->now_s)))
            return is_named_by_graph(merge, cluster->subscription);
    }
    return false;
}

static bool is_newer_whole(const struct amr_cluster *kept, const struct amr_cluster *fresh,
                           int64_t now_s)
{
    return fresh->has_databases && (!kept->has_databases || kept->fetched_s <= fresh->fetched_s ||
                                    !is_possible(kept->fetched_s, now_s));
}

/* The newer document with the databases of the side that has them. */
static struct amr_cluster join(const struct amr_cluster *kept, const struct amr_cluster *fresh,
                               bool is_fresh_taken)
{
    bool is_read_before = kept->is_read && !fresh->is_read;
    struct amr_cluster joined = fresh->is_listed && !is_read_before ? *fresh : *kept;
    const struct amr_cluster *taken = is_fresh_taken ? fresh : kept;

    joined.fetched_s = taken->fetched_s;
    joined.has_databases = taken->has_databases;
    joined.is_read = taken->is_read;
    return joined;
}

static bool merge_known(struct merge *merge, size_t at, struct amr_error *err)
{
    const struct amr_cluster *kept = &merge->kept->fleet.clusters[at];
    struct amr_cluster joined = *kept;
    size_t other;
    bool is_there = amr_fleet_find_cluster(&merge->fresh->fleet, kept->id, &other);

    merge->is_kept_taken[at] = true;
    if (is_there) {
        const struct amr_cluster *fresh = &merge->fresh->fleet.clusters[other];
        bool is_fresh_taken = is_newer_whole(kept, fresh, merge->now_s) || !kept->has_databases;

        joined = join(kept, fresh, is_fresh_taken);
        merge->is_kept_taken[at] = !is_fresh_taken;
        merge->is_fresh_taken[other] = is_fresh_taken;
    }
    bool is_named = is_there && merge->fresh->fleet.clusters[other].is_listed;
    int64_t left_s = is_named ? AMR_INSTANT_NONE : leaving_s(merge, kept);
    if (left_s != AMR_INSTANT_NONE)
        return note_left(merge->kept, kept, left_s, err);
    if (is_gone(merge, &joined))
        return true;
    if (!amr_fleet_add_cluster(&merge->made, &joined, &merge->kept_places[at], err))
        return false;
    if (is_there)
        merge->fresh_places[other] = merge->kept_places[at];
    return true;
}

static bool merge_new(struct merge *merge, size_t at, struct amr_error *err)
{
    const struct amr_cluster *fresh = &merge->fresh->fleet.clusters[at];
    size_t other;

    if (amr_fleet_find_cluster(&merge->kept->fleet, fresh->id, &other) || is_gone(merge, fresh))
        return true;
    merge->is_fresh_taken[at] = true;
    return amr_fleet_add_cluster(&merge->made, fresh, &merge->fresh_places[at], err);
}

static bool merge_clusters(struct merge *merge, struct amr_error *err)
{
    for (size_t i = 0; i < merge->kept->fleet.cluster_count; i++) {
        if (!merge_known(merge, i, err))
            return false;
    }
    for (size_t i = 0; i < merge->fresh->fleet.cluster_count; i++) {
        if (!merge_new(merge, i, err))
            return false;
    }
    return true;
}

static bool merge_databases(struct merge *merge, const struct amr_fleet *from, const size_t *places,
                            const bool *is_taken, struct amr_error *err)
{
    for (size_t i = 0; i < from->database_count; i++) {
        struct amr_database database = from->databases[i];
        size_t cluster = database.cluster;

        database.cluster = places[cluster];
        if (is_taken[cluster] && database.cluster != SIZE_MAX &&
            !amr_fleet_add_database(&merge->made, &database, err))
            return false;
    }
    return true;
}

static void merge_errors(struct merge *merge, const struct amr_fleet *from, const size_t *places)
{
    merge->made.has_lost_errors |= from->has_lost_errors;
    for (size_t i = 0; i < from->error_count; i++) {
        const struct amr_fleet_error *error = &from->errors[i];
        bool is_of_all = error->cluster == AMR_CLUSTER_NONE;

        if (is_of_all || places[error->cluster] != SIZE_MAX)
            amr_fleet_add_error(&merge->made, is_of_all ? AMR_CLUSTER_NONE : places[error->cluster],
                                &error->error, "%s", error->scope == NULL ? "?" : error->scope);
    }
}

/* Takes the newer of two instants; false where the fresh one is none, or older. */
static bool take_newer(int64_t *kept_s, int64_t fresh_s, int64_t now_s)
{
    if (fresh_s == AMR_INSTANT_NONE || (*kept_s >= fresh_s && is_possible(*kept_s, now_s)))
        return false;
    *kept_s = fresh_s;
    return true;
}

static void apply_part(struct amr_part *kept, const struct amr_part *fresh, int64_t now_s)
{
    int64_t since_s = kept->refused_since_s;
    bool is_read = take_newer(&kept->read_s, fresh->read_s, now_s);

    if (take_newer(&kept->named_s, fresh->named_s, now_s) || is_read) {
        forget_refusal(kept);
        since_s = AMR_INSTANT_NONE;
    }
    (void)take_newer(&kept->absent_s, fresh->absent_s, now_s);
    if (fresh->refused_since_s != AMR_INSTANT_NONE)
        kept->refused_since_s = earlier(since_s, fresh->refused_since_s);
    if (fresh->refused_s != AMR_INSTANT_NONE)
        kept->refused_s = fresh->refused_s;
    if (fresh->retry_s != AMR_INSTANT_NONE)
        kept->retry_s = fresh->retry_s;
    if (fresh->error.message[0] != '\0')
        kept->error = fresh->error;
}

static bool merge_parts(struct merge *merge, struct amr_error *err)
{
    const struct amr_fleet *fleet = &merge->made;

    for (size_t i = 0; i < merge->fresh->part_count; i++) {
        const struct amr_part *fresh = &merge->fresh->parts[i];
        struct amr_part *kept = make_part(merge->kept, fresh->id, err);

        if (kept == NULL)
            return false;
        apply_part(kept, fresh, merge->now_s);
    }
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        struct amr_part *kept = find_part(merge->kept, fleet->clusters[i].id);

        if (fleet->clusters[i].is_read && kept != NULL)
            forget_refusal(kept);
    }
    return true;
}

static size_t *make_places(size_t count)
{
    size_t *places = calloc(count + 1, sizeof(*places));

    for (size_t i = 0; places != NULL && i < count; i++)
        places[i] = SIZE_MAX;
    return places;
}

static bool merge_all(struct merge *merge, struct amr_error *err)
{
    const struct amr_fleet *kept = &merge->kept->fleet;
    const struct amr_fleet *fresh = &merge->fresh->fleet;

    if (merge->kept_places == NULL || merge->fresh_places == NULL || merge->is_kept_taken == NULL ||
        merge->is_fresh_taken == NULL)
        return amr_error_set_no_memory(err);
    if (!merge_clusters(merge, err) ||
        !merge_databases(merge, kept, merge->kept_places, merge->is_kept_taken, err) ||
        !merge_databases(merge, fresh, merge->fresh_places, merge->is_fresh_taken, err))
        return false;
    merge_errors(merge, kept, merge->kept_places);
    merge_errors(merge, fresh, merge->fresh_places);
    return merge_parts(merge, err);
}

/* Puts what was made in the place of both. */
static void finish(struct merge *merge)
{
    amr_arena_adopt(&merge->made.arena, &merge->kept->fleet.arena);
    amr_arena_adopt(&merge->made.arena, &merge->fresh->fleet.arena);
    amr_fleet_free(&merge->kept->fleet);
    merge->kept->fleet = merge->made;
    merge->kept->is_merged = true;
    amr_snapshot_free(merge->fresh);
}

bool amr_snapshot_merge(struct amr_snapshot *kept, struct amr_snapshot *fresh, int64_t now_s,
                        struct amr_error *err)
{
    struct merge merge = {
        .kept = kept,
        .fresh = fresh,
        .now_s = now_s,
        .kept_places = make_places(kept->fleet.cluster_count),
        .fresh_places = make_places(fresh->fleet.cluster_count),
        .is_kept_taken = calloc(kept->fleet.cluster_count + 1, sizeof(bool)),
        .is_fresh_taken = calloc(fresh->fleet.cluster_count + 1, sizeof(bool)),
    };
    bool is_merged = merge_all(&merge, err);

    if (is_merged)
        finish(&merge);
    else
        amr_fleet_free(&merge.made);
    free(merge.kept_places);
    free(merge.fresh_places);
    free(merge.is_kept_taken);
    free(merge.is_fresh_taken);
    return is_merged;
}
