/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "scene.h"
#include "snapshot.h"
#include "unit.h"

#define S     SCENE_SUBSCRIPTION
#define LIST  "/subscriptions/" S
#define NONE  AMR_INSTANT_NONE
#define NOW   INT64_C(1800000000)
#define ID(c) LIST "/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/" c
#define TTL   900
#define STALE 86400

static const struct amr_snapshot_key key = {
    .arm_endpoint = "https://management.azure.com",
    .api_version = "2025-07-01",
    .authority = "https://login.microsoftonline.com",
    .tenant = "22222222-2222-4222-8222-222222222222",
    .client_id = "33333333-3333-4333-8333-333333333333",
    .subscription = S,
};
static const char *const subscriptions[] = {S};

static struct amr_freshness freshness_of(const struct amr_selection *selection)
{
    return (struct amr_freshness){selection, subscriptions, 1, NOW, TTL, STALE};
}

/* What is known of one cluster: NULL name: of none. Without `version` its databases are not known.
 */
struct known {
    const char *cluster;
    int64_t fetched_s;
    const char *version;
};

static void fill(struct amr_snapshot *snapshot, const struct known *known, size_t count)
{
    struct scene_database databases[8] = {{0}};
    size_t used = 0;

    for (; used < count && known[used].cluster != NULL; used++) {
        databases[used].cluster = known[used].cluster;
        databases[used].version = known[used].version == NULL ? "\"1.1\"" : known[used].version;
    }
    scene_fleet(&snapshot->fleet, databases, used);
    for (size_t i = 0; i < used; i++) {
        struct amr_cluster *cluster = &snapshot->fleet.clusters[i];

        cluster->fetched_s = known[i].fetched_s;
        cluster->has_databases = known[i].version != NULL;
        if (!cluster->has_databases)
            snapshot->fleet.database_count--; /* it is the last one */
    }
}

static void note_list(struct amr_snapshot *snapshot, const char *id, int64_t read_s)
{
    struct amr_error err;

    ck_assert(read_s == NONE || amr_snapshot_note_read(snapshot, id, read_s, &err));
}

static void note_failure(struct amr_snapshot *snapshot, const char *id, enum amr_error_code code,
                         int64_t asked_s, int64_t retry_s)
{
    struct amr_error failure;
    struct amr_error err;

    (void)amr_error_set(&failure, code, "HTTP 4xx");
    failure.http_status = 499;
    ck_assert(amr_snapshot_note_failure(snapshot, id, asked_s, &failure, retry_s, &err));
}

static void note_local_failure(struct amr_snapshot *snapshot, const char *id, int64_t asked_s)
{
    struct amr_error failure;
    struct amr_error err;

    (void)amr_error_set(&failure, AMR_ERROR_CREDENTIAL, "no such file");
    ck_assert(amr_snapshot_note_failure(snapshot, id, asked_s, &failure, NONE, &err));
}

/* One cluster and the list: which of them are planned to be read. */
static const struct plan_row {
    const char *name;
    int64_t list_s;
    int64_t cluster_s;
    const char *version;
    int64_t ttl_s;
    int64_t max_stale_s;
    size_t lists;
    size_t clusters;
} plan_rows[] = {
    {"nothing is known of the cluster's databases", NOW, NONE, NULL, TTL, STALE, 0, 1},
    {"read just now", NOW, NOW, "\"7.4\"", TTL, STALE, 0, 0},
    {"as old as the time to live", NOW - TTL, NOW - TTL, "\"7.4\"", TTL, STALE, 0, 0},
    {"a second older", NOW - TTL - 1, NOW - TTL - 1, "\"7.4\"", TTL, STALE, 1, 1},
    {"each has its own age", NOW - TTL - 1, NOW - 1, "\"7.4\"", TTL, STALE, 1, 0},
    {"and the other way round", NOW - 1, NOW - TTL - 1, "\"7.4\"", TTL, STALE, 0, 1},
    {"a time to live of 0 always asks", NOW, NOW, "\"7.4\"", 0, STALE, 1, 1},
    {"older than max-stale, which is shorter", NOW - 11, NOW - 11, "\"7.4\"", TTL, 10, 1, 1},
    {"max-stale 0", NOW, NOW, "\"7.4\"", TTL, 0, 0, 0},
    {"from within the slack of clocks", NOW + 300, NOW + 300, "\"7.4\"", TTL, STALE, 0, 0},
    {"from the future", NOW + 301, NOW + 301, "\"7.4\"", TTL, STALE, 1, 1},
    {"from the end of time", INT64_MAX, INT64_MAX, "\"7.4\"", TTL, STALE, 1, 1},
    {"no list was read", NONE, NOW, "\"7.4\"", TTL, STALE, 1, 0},
};

START_TEST(plans)
{
    const struct plan_row *row = &plan_rows[_i];
    struct known known = {"c", row->cluster_s, row->version};
    struct amr_snapshot snapshot = {0};
    struct amr_selection selection = {0};
    struct amr_freshness freshness = freshness_of(&selection);
    struct amr_plan plan = {0};
    struct amr_error err;

    freshness.ttl_s = row->ttl_s;
    freshness.max_stale_s = row->max_stale_s;
    fill(&snapshot, &known, 1);
    note_list(&snapshot, LIST, row->list_s);
    ck_assert(amr_plan_make(&snapshot, &freshness, &plan, &err));
    ck_assert_msg(plan.list_count == row->lists && plan.cluster_count == row->clusters,
                  "%s: %zu lists, %zu clusters", row->name, plan.list_count, plan.cluster_count);
    ck_assert_uint_eq(snapshot.fleet.error_count, 0);
    amr_plan_free(&plan);
    amr_snapshot_free(&snapshot);
}
END_TEST

/* What Azure refused, and whether the stale cluster or list is asked for all the same. */
static const struct held_row {
    const char *name;
    const char *id;
    enum amr_error_code code;
    int64_t asked_s;
    int64_t retry_s;
    size_t lists;
    size_t clusters;
} held_rows[] = {
    {"denied within the time to live", ID("c"), AMR_ERROR_DENIED, NOW - TTL, NONE, 1, 0},
    {"denied before it", ID("c"), AMR_ERROR_DENIED, NOW - TTL - 1, NONE, 1, 1},
    {"denied in the future", ID("c"), AMR_ERROR_DENIED, NOW + 301, NONE, 1, 1},
    {"not found", ID("c"), AMR_ERROR_NOT_FOUND, NOW, NONE, 1, 0},
    {"the id in other letters", ID("C"), AMR_ERROR_DENIED, NOW, NONE, 1, 0},
    {"another cluster", ID("d"), AMR_ERROR_DENIED, NOW, NONE, 1, 1},
    {"the list denied", LIST, AMR_ERROR_DENIED, NOW, NONE, 0, 1},
    {"a failing server", ID("c"), AMR_ERROR_SERVER, NOW, NONE, 1, 1},
    {"credentials refused", AMR_PART_CREDENTIAL, AMR_ERROR_CREDENTIAL, NOW, NONE, 1, 1},
    {"Retry-After to come", LIST, AMR_ERROR_THROTTLED, NOW, NOW + 1, 0, 0},
    {"Retry-After is over", LIST, AMR_ERROR_THROTTLED, NOW, NOW, 1, 1},
    {"Retry-After in an hour", LIST, AMR_ERROR_THROTTLED, NOW, NOW + 3600, 0, 0},
    {"Retry-After of a clock that was wrong", LIST, AMR_ERROR_THROTTLED, NOW, NOW + 100000, 1, 1},
};

START_TEST(holds_back)
{
    const struct held_row *row = &held_rows[_i];
    struct known known = {"c", NOW - TTL - 1, "\"7.4\""};
    struct amr_snapshot snapshot = {0};
    struct amr_selection selection = {0};
    struct amr_freshness freshness = freshness_of(&selection);
    struct amr_plan plan = {0};
    struct amr_error err;

    fill(&snapshot, &known, 1);
    note_failure(&snapshot, row->id, row->code, row->asked_s, row->retry_s);
    ck_assert(amr_plan_make(&snapshot, &freshness, &plan, &err));
    ck_assert_msg(plan.list_count == row->lists && plan.cluster_count == row->clusters,
                  "%s: %zu lists, %zu clusters", row->name, plan.list_count, plan.cluster_count);
    /* Each part that is not asked for is told. */
    ck_assert_uint_eq(snapshot.fleet.error_count, 2 - row->lists - row->clusters);
    amr_plan_free(&plan);
    amr_snapshot_free(&snapshot);
}
END_TEST

START_TEST(reads_the_stalest_first)
{
    const struct known known[] = {
        {"fresh", NOW, "\"7.4\""},           {"old", NOW - 5000, "\"7.4\""},
        {"future", NOW + 5000, "\"7.4\""},   {"oldest", NOW - 9000, "\"7.4\""},
        {"filtered", NOW - 9999, "\"7.4\""}, {"never", NONE, NULL}};
    const size_t wanted[] = {5, 3, 1, 2};
    struct amr_snapshot snapshot = {0};
    struct amr_selection selection = {.excluded_clusters = {{"filtered"}, 1}};
    struct amr_freshness freshness = freshness_of(&selection);
    struct amr_plan plan = {0};
    struct amr_error err;

    fill(&snapshot, known, AMR_COUNT_OF(known));
    ck_assert(amr_plan_make(&snapshot, &freshness, &plan, &err));
    ck_assert_uint_eq(plan.cluster_count, AMR_COUNT_OF(wanted));
    for (size_t i = 0; i < AMR_COUNT_OF(wanted); i++)
        ck_assert_uint_eq(plan.clusters[i], wanted[i]);
    amr_plan_free(&plan);
    amr_snapshot_free(&snapshot);
}
END_TEST

/* Lists that are known and resource groups that are wanted: how many lists are to be read. */
static const struct group_row {
    const char *name;
    const char *known_group; /* NULL: the subscription */
    const char *wanted[2];
    size_t lists;
} group_rows[] = {
    {"the subscription's list serves its groups", NULL, {"rg"}, 0},
    {"but for one of which it has no cluster", NULL, {"RG", "other"}, 1},
    {"a group's list serves itself, in any case", "RG", {"rg"}, 0},
    {"a group's list does not serve another", "rg", {"rg", "other"}, 1},
    {"a group's list does not serve the subscription", "rg", {NULL}, 1},
};

START_TEST(plans_groups)
{
    const struct group_row *row = &group_rows[_i];
    struct known known = {"c", NOW, "\"7.4\""};
    struct amr_snapshot snapshot = {0};
    struct amr_selection selection = {0};
    struct amr_freshness freshness = freshness_of(&selection);
    struct amr_plan plan = {0};
    char id[AMR_PART_ID_SIZE];
    struct amr_error err;

    for (size_t i = 0; i < 2 && row->wanted[i] != NULL; i++)
        selection.resource_groups.values[selection.resource_groups.count++] = row->wanted[i];
    fill(&snapshot, &known, 1);
    amr_part_id(id, S, row->known_group);
    note_list(&snapshot, id, NOW);
    ck_assert(amr_plan_make(&snapshot, &freshness, &plan, &err));
    ck_assert_msg(plan.list_count == row->lists, "%s: %zu", row->name, plan.list_count);
    amr_plan_free(&plan);
    amr_snapshot_free(&snapshot);
}
END_TEST

/* What is known of cluster "c" on both sides; its version, or "-" where it has left or none is
 * known, after the merge. */
static const struct merge_row {
    const char *name;
    struct known kept;
    struct known fresh;
    int64_t kept_list_s;
    int64_t fresh_list_s;
    const char *version;
    int64_t fetched_s;
} merge_rows[] = {
    {"a new cluster", {0}, {"c", NOW, "\"7.4\""}, NONE, NOW, "7.4", NOW},
    {"the newer reading wins", {"c", 9, "\"7.2\""}, {"c", NOW, "\"7.4\""}, 9, NOW, "7.4", NOW},
    {"an older one does not", {"c", NOW, "\"7.4\""}, {"c", 9, "\"7.2\""}, NOW, 9, "7.4", NOW},
    {"a failed one never does", {"c", 9, "\"7.2\""}, {"c", NOW, NULL}, 9, NOW, "7.2", 9},
    {"one from the future gives way",
     {"c", NOW + 9999, "\"7.2\""},
     {"c", NOW, "\"7.4\""},
     9,
     NOW,
     "7.4",
     NOW},
    {"no list was read", {"c", 9, "\"7.2\""}, {0}, 9, NONE, "7.2", 9},
    {"a complete list lacks it", {"c", 9, "\"7.2\""}, {0}, 9, NOW, "-", 0},
    {"so does one of the same second", {"c", NOW, "\"7.2\""}, {0}, 9, NOW, "-", 0},
    {"a list older than its reading does", {"c", NOW, "\"7.2\""}, {0}, 9, NOW - 1, "7.2", NOW},
    {"it is from the future and a list lacks it", {"c", NOW + 999, "\"7.2\""}, {0}, 9, NOW, "-", 0},
    {"another's finding is not lost to a list", {0}, {"c", 9, "\"7.2\""}, NOW, 9, "7.2", 9},
};

START_TEST(merges)
{
    const struct merge_row *row = &merge_rows[_i];
    struct amr_snapshot kept = {0};
    struct amr_snapshot fresh = {0};
    struct amr_error err;
    size_t place;

    fill(&kept, &row->kept, 1);
    fill(&fresh, &row->fresh, 1);
    note_list(&kept, LIST, row->kept_list_s);
    note_list(&fresh, LIST, row->fresh_list_s);
    ck_assert(amr_snapshot_merge(&kept, &fresh, NOW, &err));
    bool is_there = amr_fleet_find_cluster(&kept.fleet, ID("c"), &place);
    ck_assert_msg(is_there == (strcmp(row->version, "-") != 0), "%s", row->name);
    if (is_there) {
        ck_assert_msg(kept.fleet.clusters[place].fetched_s == row->fetched_s, "%s", row->name);
        ck_assert_uint_eq(kept.fleet.database_count, 1);
        ck_assert_msg(strcmp(kept.fleet.databases[0].version, row->version) == 0, "%s: %s",
                      row->name, kept.fleet.databases[0].version);
    }
    ck_assert_uint_eq(fresh.fleet.cluster_count, 0);
    amr_snapshot_free(&kept);
    amr_snapshot_free(&fresh);
}
END_TEST

/* Resource Graph has named the clusters of the subscription, and Azure has said of "c", which was
 * read at 9, that it is not there: whether it has left. */
static const struct gone_row {
    const char *name;
    struct known fresh;
    int64_t kept_named_s;
    int64_t fresh_named_s;
    int64_t kept_list_s;
    int64_t fresh_list_s;
    int64_t kept_absent_s;
    int64_t fresh_absent_s;
    bool is_gone;
} gone_rows[] = {
    {"lacking is not absent", {0}, 9, NOW, 9, NONE, NONE, NONE, false},
    {"lacking, and absent", {0}, 9, NOW, 9, NONE, NONE, NOW, true},
    {"absent, and named all the same", {"c", NOW, NULL}, 9, NOW, 9, NONE, NONE, NOW, true},
    {"absent earlier, of another run's",
     {"c", NOW, "\"7.4\""},
     NOW,
     NONE,
     9,
     NONE,
     20,
     NONE,
     false},
    {"a file from before brings it back in vain",
     {"c", 8, "\"7.2\""},
     NOW,
     NONE,
     9,
     NONE,
     NOW,
     NONE,
     true},
    {"named by the run before", {0}, 20, NONE, 9, NONE, NONE, NOW, true},
    {"where a list has the last word it is told", {0}, 20, NONE, 21, NONE, NONE, NOW, false},
    {"and where it has the only one", {"c", NOW, NULL}, NONE, NONE, 8, NOW, NONE, NOW, false},
};

START_TEST(loses_what_is_absent)
{
    const struct gone_row *row = &gone_rows[_i];
    struct known known = {"c", 9, "\"7.2\""};
    struct amr_snapshot kept = {0};
    struct amr_snapshot fresh = {0};
    struct amr_snapshot *const sides[] = {&kept, &fresh};
    const int64_t named_s[] = {row->kept_named_s, row->fresh_named_s};
    const int64_t absent_s[] = {row->kept_absent_s, row->fresh_absent_s};
    struct amr_error err;
    size_t place;

    fill(&kept, &known, 1);
    fill(&fresh, &row->fresh, 1);
    note_list(&kept, LIST, row->kept_list_s);
    note_list(&fresh, LIST, row->fresh_list_s);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(named_s[i] == NONE || amr_snapshot_note_named(sides[i], LIST, named_s[i], &err));
        ck_assert(absent_s[i] == NONE ||
                  amr_snapshot_note_absent(sides[i], ID("c"), absent_s[i], &err));
    }
    ck_assert(amr_snapshot_merge(&kept, &fresh, NOW, &err));
    ck_assert_msg(amr_fleet_find_cluster(&kept.fleet, ID("c"), &place) != row->is_gone, "%s",
                  row->name);
    amr_snapshot_free(&kept);
}
END_TEST

/* Two subscriptions, and what is known of Resource Graph: whether it is asked. */
static const struct graph_row {
    const char *name;
    int64_t list_s;
    int64_t named_s;
    const char *group;
    enum amr_error_code code; /* AMR_ERROR_USAGE: it did not refuse */
    int64_t asked_s;
    int64_t retry_s;
    size_t lists;
    bool is_by_graph;
} graph_rows[] = {
    {"nothing is known", NONE, NONE, NULL, AMR_ERROR_USAGE, NONE, NONE, 2, true},
    {"one list is fresh", NOW, NONE, NULL, AMR_ERROR_USAGE, NONE, NONE, 1, false},
    {"one was named just now", NONE, NOW, NULL, AMR_ERROR_USAGE, NONE, NONE, 1, false},
    {"and when that is over", NOW - 9999, NOW - TTL - 1, NULL, AMR_ERROR_USAGE, NONE, NONE, 2,
     true},
    {"groups", NONE, NONE, "rg", AMR_ERROR_USAGE, NONE, NONE, 2, false},
    {"it denied", NONE, NONE, NULL, AMR_ERROR_DENIED, NOW - TTL, NONE, 2, false},
    {"it denied long ago", NONE, NONE, NULL, AMR_ERROR_DENIED, NOW - TTL - 1, NONE, 2, true},
    {"it is to be waited for", NONE, NONE, NULL, AMR_ERROR_THROTTLED, NOW, NOW + 1, 2, false},
    {"no longer", NONE, NONE, NULL, AMR_ERROR_THROTTLED, NOW, NOW, 2, true},
};

START_TEST(plans_the_graph)
{
    static const char *const two[] = {S, "99999999-8888-4777-8666-555555555555"};
    const struct graph_row *row = &graph_rows[_i];
    struct amr_snapshot snapshot = {0};
    struct amr_selection selection = {0};
    struct amr_freshness freshness = {&selection, two, 2, NOW, TTL, STALE};
    struct amr_plan plan = {0};
    struct amr_error err;

    if (row->group != NULL)
        selection.resource_groups.values[selection.resource_groups.count++] = row->group;
    note_list(&snapshot, LIST, row->list_s);
    ck_assert(row->named_s == NONE || amr_snapshot_note_named(&snapshot, LIST, row->named_s, &err));
    note_failure(&snapshot, AMR_PART_GRAPH, row->code, row->asked_s, row->retry_s);
    ck_assert(amr_plan_make(&snapshot, &freshness, &plan, &err));
    ck_assert_msg(plan.list_count == row->lists && plan.is_by_graph == row->is_by_graph,
                  "%s: %zu lists", row->name, plan.list_count);
    ck_assert_uint_eq(snapshot.fleet.error_count, 0);
    amr_plan_free(&plan);
    amr_snapshot_free(&snapshot);
}
END_TEST

/* "c" was read at 9 and a list at 20 lacks it; that is merged into a document that another run has
 * written meanwhile, which has it as read at again_s. */
static const struct again_row {
    const char *name;
    int64_t again_s;
    bool is_known; /* to the run whose list lacks it */
    bool is_there;
} again_rows[] = {
    {"as it was", 9, true, false},
    {"read between", 19, true, false},
    {"read at that second", 20, true, false},
    {"read afterwards", 21, true, true},
    {"read in the future", NOW + 9999, true, false},
    {"another's finding", 19, false, true},
};

START_TEST(brings_nothing_back)
{
    const struct again_row *row = &again_rows[_i];
    struct known known = {"c", 9, "\"7.2\""};
    struct known again = {"c", row->again_s, "\"7.2\""};
    struct amr_snapshot kept = {0};
    struct amr_snapshot fresh = {0};
    struct amr_snapshot other = {0};
    struct amr_error err;
    size_t place;

    if (row->is_known)
        fill(&kept, &known, 1);
    note_list(&fresh, LIST, 20);
    fill(&other, &again, 1);
    ck_assert(amr_snapshot_merge(&kept, &fresh, NOW, &err));
    ck_assert(!amr_fleet_find_cluster(&kept.fleet, ID("c"), &place));
    ck_assert(amr_snapshot_merge(&other, &kept, NOW, &err));
    ck_assert_msg(amr_fleet_find_cluster(&other.fleet, ID("c"), &place) == row->is_there, "%s",
                  row->name);
    amr_snapshot_free(&other);
}
END_TEST

/* "c" was never read, though nothing failed in this run: what is told of it. */
START_TEST(tells_of_what_was_never_read)
{
    struct known known = {"c", NONE, NULL};
    struct amr_snapshot snapshot = {0};
    struct amr_selection selection = {0};
    struct amr_freshness freshness = freshness_of(&selection);
    struct amr_error err;

    fill(&snapshot, &known, 1);
    note_list(&snapshot, LIST, NOW);
    note_failure(&snapshot, ID("c"), AMR_ERROR_DENIED, NOW - 1, NONE);
    ck_assert(!amr_snapshot_is_usable(&snapshot, &freshness));
    ck_assert(amr_snapshot_settle(&snapshot, &freshness, true, false, &err));
    ck_assert_uint_eq(snapshot.fleet.error_count, 1);
    ck_assert_uint_eq(snapshot.fleet.errors[0].cluster, 0);
    ck_assert_str_eq(snapshot.fleet.errors[0].scope, "cluster 'c'");
    ck_assert_int_eq(snapshot.fleet.errors[0].error.code, AMR_ERROR_DENIED);
    ck_assert(!snapshot.fleet.errors[0].is_covered);
    amr_snapshot_free(&snapshot);
}
END_TEST

START_TEST(merges_errors)
{
    const struct known two[] = {{"a", 9, "\"7.2\""}, {"b", 9, "\"7.2\""}};
    const struct known one[] = {{"b", NOW, "\"7.4\""}};
    struct amr_snapshot kept = {0};
    struct amr_snapshot fresh = {0};
    struct amr_error failure;
    struct amr_error err;

    (void)amr_error_set(&failure, AMR_ERROR_SERVER, "HTTP 500");
    fill(&kept, two, 2);
    fill(&fresh, one, 1);
    note_list(&fresh, LIST, NOW);
    amr_fleet_add_error(&kept.fleet, 0, &failure, "cluster 'a'");
    amr_fleet_add_error(&kept.fleet, 1, &failure, "cluster 'b'");
    amr_fleet_add_error(&fresh.fleet, 0, &failure, "cluster 'b' again");
    amr_fleet_add_error(&fresh.fleet, AMR_CLUSTER_NONE, &failure, "Azure");
    ck_assert(amr_snapshot_merge(&kept, &fresh, NOW, &err));
    ck_assert_uint_eq(kept.fleet.cluster_count, 1);
    ck_assert_uint_eq(kept.fleet.error_count, 3); /* a has left */
    ck_assert_uint_eq(kept.fleet.errors[0].cluster, 0);
    ck_assert_str_eq(kept.fleet.errors[1].scope, "cluster 'b' again");
    ck_assert_uint_eq(kept.fleet.errors[2].cluster, AMR_CLUSTER_NONE);
    amr_snapshot_free(&kept);
}
END_TEST

/* Refusals one after the other, at NOW + 0, + 100, ...: "d" denied, "c" credentials, "l" a fault of
 * this machine's with them, "n" not found, "s" a failing server, "r" read; "o" is what another
 * process kept of the first. Since when Azure has refused. */
static const struct since_row {
    const char *events;
    int64_t since_s;
} since_rows[] = {
    {"", NONE},        {"d", NOW},         {"dd", NOW},        {"dsd", NOW},
    {"sd", NOW + 100}, {"dr", NONE},       {"drd", NOW + 200}, {"n", NONE},
    {"c", NOW},        {"crc", NOW + 200}, {"dnd", NOW},       {"rr", NONE},
    {"l", NONE},       {"lc", NOW + 100},  {"rdo", NOW + 100}, {"rro", NONE},
};

START_TEST(tells_since_when)
{
    const struct since_row *row = &since_rows[_i];
    struct amr_snapshot kept = {0};
    struct amr_selection selection = {0};
    struct amr_freshness freshness = freshness_of(&selection);
    struct amr_error err;

    for (size_t i = 0; row->events[i] != '\0'; i++) {
        struct amr_snapshot fresh = {0};
        int64_t at_s = NOW + (int64_t)i * 100;
        char event = row->events[i];

        if (event == 'r' || event == 'o')
            note_list(&fresh, LIST, event == 'r' ? at_s : NOW);
        else if (event == 'l')
            note_local_failure(&fresh, LIST, at_s);
        else
            note_failure(&fresh, LIST,
                         event == 'd'   ? AMR_ERROR_DENIED
                         : event == 'c' ? AMR_ERROR_CREDENTIAL
                         : event == 'n' ? AMR_ERROR_NOT_FOUND
                                        : AMR_ERROR_SERVER,
                         at_s, NONE);
        ck_assert(amr_snapshot_merge(&kept, &fresh, at_s, &err));
    }
    ck_assert_msg(amr_snapshot_refused_since_s(&kept, &freshness) == row->since_s, "%s",
                  row->events);
    amr_snapshot_free(&kept);
}
END_TEST

/* A cluster, an error about it and one about the list: what may be judged and what is covered. */
static const struct settle_row {
    const char *name;
    struct known known;
    int64_t list_s;
    bool has_error;
    size_t databases;
    size_t errors;
    bool is_cluster_covered;
    bool is_list_covered;
} settle_rows[] = {
    {"both are fresh", {"c", NOW, "\"7.4\""}, NOW, true, 1, 2, true, true},
    {"as old as max-stale", {"c", NOW - STALE, "\"7.4\""}, NOW, true, 1, 2, true, true},
    {"older", {"c", NOW - STALE - 1, "\"7.4\""}, NOW, true, 0, 2, false, false},
    {"older, and nobody said why",
     {"c", NOW - STALE - 1, "\"7.4\""},
     NOW,
     false,
     0,
     2,
     false,
     false},
    {"never read", {"c", NONE, NULL}, NOW, true, 0, 2, false, false},
    {"the list is older", {"c", NOW, "\"7.4\""}, NOW - STALE - 1, true, 1, 2, true, false},
    {"no list", {"c", NOW, "\"7.4\""}, NONE, true, 1, 2, true, false},
    {"from the future", {"c", NOW + 99999, "\"7.4\""}, NOW + 99999, true, 0, 2, false, false},
};

START_TEST(settles)
{
    const struct settle_row *row = &settle_rows[_i];
    struct amr_snapshot snapshot = {0};
    struct amr_selection selection = {0};
    struct amr_freshness freshness = freshness_of(&selection);
    struct amr_error failure;
    struct amr_error err;

    (void)amr_error_set(&failure, AMR_ERROR_SERVER, "HTTP 500");
    fill(&snapshot, &row->known, 1);
    note_list(&snapshot, LIST, row->list_s);
    amr_fleet_add_error(&snapshot.fleet, AMR_CLUSTER_NONE, &failure, "Azure");
    if (row->has_error)
        amr_fleet_add_error(&snapshot.fleet, 0, &failure, "cluster 'c'");
    ck_assert(amr_snapshot_settle(&snapshot, &freshness, true, false, &err));
    ck_assert_msg(snapshot.fleet.database_count == row->databases, "%s", row->name);
    ck_assert_msg(snapshot.fleet.error_count == row->errors, "%s", row->name);
    ck_assert_msg(snapshot.fleet.errors[0].is_covered == row->is_list_covered, "%s", row->name);
    ck_assert_msg(snapshot.fleet.errors[1].is_covered == row->is_cluster_covered, "%s", row->name);
    amr_snapshot_free(&snapshot);
}
END_TEST

/* A snapshot that has something of everything. */
static void fill_rich(struct amr_snapshot *snapshot)
{
    static const struct scene_database databases[] = {
        {.cluster = "a",
         .version = "\"7.4\"",
         .flag = DEFERRED,
         .cluster_extra = "\"kind\":\"v2\",\"tags\":{\"Team\":\"a|b\",\"x\":\"\\u00e9\"},",
         .extra = "\"geoReplication\":{\"groupNickname\":\"g\",\"linkedDatabases\":"
                  "[{\"id\":\"/x\"},{\"id\":\"/y\"}]},\"resourceState\":\"Running\","},
        {.cluster = "a", .name = "second", .version = "7.4"},
        {.cluster = "b", .flag = "\"Sometimes\"", .sku = "", .location = ""},
    };

    struct amr_error err;

    scene_fleet(&snapshot->fleet, databases, AMR_COUNT_OF(databases));
    for (size_t i = 0; i < snapshot->fleet.cluster_count; i++)
        snapshot->fleet.clusters[i].fetched_s = NOW + (int64_t)i;
    note_list(snapshot, LIST, NOW);
    ck_assert(amr_snapshot_note_named(snapshot, LIST, NOW + 3, &err));
    note_failure(snapshot, ID("b"), AMR_ERROR_DENIED, NOW + 2, NONE);
    note_failure(snapshot, LIST, AMR_ERROR_THROTTLED, NOW, NOW + 60);
}

static void format(const struct amr_snapshot *snapshot, struct amr_buffer *document)
{
    amr_buffer_init(document, AMR_SNAPSHOT_BYTES_MAX);
    amr_snapshot_format(snapshot, &key, document);
    ck_assert(!amr_buffer_is_failed(document));
}

START_TEST(reads_what_it_wrote)
{
    struct amr_snapshot snapshot = {0};
    struct amr_snapshot again = {0};
    struct amr_fleet fleet = {0};
    struct amr_buffer document;
    struct amr_buffer copy;
    struct amr_error err;

    fill_rich(&snapshot);
    format(&snapshot, &document);
    ck_assert_msg(
        amr_snapshot_read(amr_buffer_text(&document), document.length, &key, &again, &err), "%s",
        err.message);
    format(&again, &copy);
    ck_assert_str_eq(amr_buffer_text(&copy), amr_buffer_text(&document));
    ck_assert_str_eq(again.fleet.databases[1].fault, "redisVersion is a number");
    ck_assert_str_eq(again.fleet.clusters[0].tags[0].value, "a|b");
    ck_assert_uint_eq(again.fleet.databases[0].linked_count, 2);
    ck_assert_int_eq(amr_snapshot_find_part(&again, LIST)->retry_s, NOW + 60);
    ck_assert_int_eq(amr_snapshot_find_part(&again, LIST)->named_s, NOW + 3);
    ck_assert_int_eq(amr_snapshot_find_part(&again, ID("B"))->error.http_status, 499);
    /* The same document is what --from-file reads. */
    ck_assert(amr_arm_read_document(amr_buffer_text(&document), document.length, &fleet, &err));
    ck_assert_uint_eq(fleet.database_count, 3);
    ck_assert_uint_eq(fleet.error_count, 0);
    ck_assert_int_eq(fleet.clusters[1].fetched_s, NOW + 1);
    amr_fleet_free(&fleet);
    amr_buffer_free(&document);
    amr_buffer_free(&copy);
    amr_snapshot_free(&snapshot);
    amr_snapshot_free(&again);
}
END_TEST

START_TEST(refuses_every_cut)
{
    struct amr_snapshot snapshot = {0};
    struct amr_buffer document;
    struct amr_error err;

    fill_rich(&snapshot);
    format(&snapshot, &document);
    for (size_t length = 0; length < document.length - 1; length++) {
        struct amr_snapshot cut = {0};

        ck_assert_msg(!amr_snapshot_read(amr_buffer_text(&document), length, &key, &cut, &err),
                      "cut at %zu", length);
        ck_assert(cut.fleet.clusters == NULL && cut.parts == NULL);
    }
    amr_buffer_free(&document);
    amr_snapshot_free(&snapshot);
}
END_TEST

#define HEAD                                                                                       \
    "\"arm_endpoint\":\"https://management.azure.com\",\"api_version\":\"2025-07-01\","            \
    "\"authority\":\"https://login.microsoftonline.com\","                                         \
    "\"tenant\":\"22222222-2222-4222-8222-222222222222\","                                         \
    "\"client_id\":\"33333333-3333-4333-8333-333333333333\",\"subscription\":\"" S "\""

static const struct document_row {
    const char *name;
    const char *text;
    bool is_taken;
} document_rows[] = {
    {"nothing in it", "{\"schema\":1," HEAD ",\"value\":[]}", true},
    {"members that are not known", "{\"schema\":1," HEAD ",\"x\":[1],\"value\":[]}", true},
    {"no schema", "{" HEAD ",\"value\":[]}", false},
    {"another schema", "{\"schema\":2," HEAD ",\"value\":[]}", false},
    {"a schema that is a text", "{\"schema\":\"1\"," HEAD ",\"value\":[]}", false},
    {"no key", "{\"schema\":1,\"value\":[]}", false},
    {"a key too many", "{\"schema\":1," HEAD ",\"holder\":\"/t\",\"value\":[]}", false},
    {"a null in the key", "{\"schema\":1," HEAD ",\"tenant\":null,\"value\":[]}", false},
    {"a part without id", "{\"schema\":1," HEAD ",\"parts\":[{}],\"value\":[]}", false},
    {"a part twice",
     "{\"schema\":1," HEAD ",\"parts\":[{\"id\":\"/a\"},{\"id\":\"/A\"}],\"value\":[]}", false},
    {"an instant that is none",
     "{\"schema\":1," HEAD ",\"parts\":[{\"id\":\"/a\",\"read_at\":\"x\"}],\"value\":[]}", false},
    {"parts of another type", "{\"schema\":1," HEAD ",\"parts\":7,\"value\":[]}", true},
    {"a list", "[]", false},
    {"null", "null", false},
};

START_TEST(reads_documents)
{
    const struct document_row *row = &document_rows[_i];
    struct amr_snapshot snapshot = {0};
    struct amr_error err;

    bool is_taken = amr_snapshot_read(row->text, strlen(row->text), &key, &snapshot, &err);
    ck_assert_msg(is_taken == row->is_taken, "%s: %s", row->name, is_taken ? "" : err.message);
    amr_snapshot_free(&snapshot);
}
END_TEST

START_TEST(names_each_key)
{
    struct amr_snapshot_key keys[9] = {key, key, key, key, key, key, key, key, key};
    char names[9][AMR_SNAPSHOT_NAME_SIZE];

    keys[1].arm_endpoint = "https://management.chinacloudapi.cn";
    keys[2].api_version = "2025-05-01";
    keys[3].authority = "https://login.chinacloudapi.cn";
    keys[4].tenant = key.client_id;
    keys[5].client_id = key.tenant;
    keys[6].holder = "/t";
    keys[7].origin = "/t";
    keys[8].subscription = "all";
    for (size_t i = 0; i < AMR_COUNT_OF(keys); i++) {
        amr_snapshot_name(&keys[i], "fleet", names[i]);
        ck_assert_uint_eq(strlen(names[i]), strlen("fleet-0123456789abcdef.json"));
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(names[i], names[j]);
    }
    keys[1] = key;
    keys[1].arm_endpoint = "HTTPS://Management.Azure.com";
    amr_snapshot_name(&keys[1], "fleet", names[1]);
    ck_assert_str_eq(names[1], names[0]);
    amr_snapshot_name(&key, "history", names[1]);
    ck_assert_str_ne(names[1], names[0]);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, plans, plan_rows);
    UNIT_ADD_ROWS(tcase, holds_back, held_rows);
    tcase_add_test(tcase, reads_the_stalest_first);
    UNIT_ADD_ROWS(tcase, plans_groups, group_rows);
    UNIT_ADD_ROWS(tcase, merges, merge_rows);
    UNIT_ADD_ROWS(tcase, loses_what_is_absent, gone_rows);
    UNIT_ADD_ROWS(tcase, plans_the_graph, graph_rows);
    UNIT_ADD_ROWS(tcase, brings_nothing_back, again_rows);
    tcase_add_test(tcase, tells_of_what_was_never_read);
    tcase_add_test(tcase, merges_errors);
    UNIT_ADD_ROWS(tcase, tells_since_when, since_rows);
    UNIT_ADD_ROWS(tcase, settles, settle_rows);
    tcase_add_test(tcase, reads_what_it_wrote);
    tcase_add_test(tcase, refuses_every_cut);
    UNIT_ADD_ROWS(tcase, reads_documents, document_rows);
    tcase_add_test(tcase, names_each_key);
}

int main(void)
{
    return unit_run("snapshot", add_tests);
}
