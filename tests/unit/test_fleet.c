/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "fleet.h"
#include "unit.h"

#define SUBSCRIPTION "aaaaaaaa-2222-3333-4444-555555555555"
#define OTHER        "bbbbbbbb-2222-3333-4444-555555555555"

enum what { SUBSCRIPTIONS, GROUPS, CLUSTERS, EXCLUDED, DATABASES, TAGS };

/* A value of one list, as `what` says; unused ones have the value NULL. */
struct choice {
    enum what what;
    const char *value;
};

enum { CHOICES_MAX = 4 };

static struct amr_list *list_of(struct amr_selection *selection, enum what what)
{
    struct amr_list *const lists[] = {
        &selection->subscriptions,     &selection->resource_groups, &selection->clusters,
        &selection->excluded_clusters, &selection->databases,       &selection->tags,
    };

    return lists[what];
}

/* Whether the cluster Orders-EU of the group RG-Data with the tags team=payments, Env=Prod and
 * empty='' is wanted, and its database `default`. */
static const struct selection_row {
    const char *name;
    struct choice choices[CHOICES_MAX];
    bool is_cluster;
    bool is_database;
} selection_rows[] = {
    {"nothing chosen", {{TAGS, NULL}}, true, true},
    {"its subscription", {{SUBSCRIPTIONS, SUBSCRIPTION}}, true, true},
    {"its subscription in another case",
     {{SUBSCRIPTIONS, "AAAAAAAA-2222-3333-4444-555555555555"}},
     true,
     true},
    {"another subscription", {{SUBSCRIPTIONS, OTHER}}, false, false},
    {"all subscriptions", {{SUBSCRIPTIONS, "all"}}, true, true},
    {"another subscription and all", {{SUBSCRIPTIONS, OTHER}, {SUBSCRIPTIONS, "all"}}, true, true},
    {"two subscriptions", {{SUBSCRIPTIONS, OTHER}, {SUBSCRIPTIONS, SUBSCRIPTION}}, true, true},
    {"its group", {{GROUPS, "rg-data"}}, true, true},
    {"another group", {{GROUPS, "rg-dat"}}, false, false},
    {"a group is no glob", {{GROUPS, "rg-*"}}, false, false},
    {"one of two groups", {{GROUPS, "x"}, {GROUPS, "RG-DATA"}}, true, true},
    {"its name", {{CLUSTERS, "orders-eu"}}, true, true},
    {"its name in another case", {{CLUSTERS, "ORDERS-EU"}}, true, true},
    {"a glob", {{CLUSTERS, "ord*"}}, true, true},
    {"a glob in another case", {{CLUSTERS, "ORD*-e?"}}, true, true},
    {"a set", {{CLUSTERS, "[n-p]rders-*"}}, true, true},
    {"a set that it is not in", {{CLUSTERS, "[!n-p]rders-*"}}, false, false},
    {"a glob fits the whole name", {{CLUSTERS, "orders"}}, false, false},
    {"one of two globs", {{CLUSTERS, "x*"}, {CLUSTERS, "*-eu"}}, true, true},
    {"none of two globs", {{CLUSTERS, "x*"}, {CLUSTERS, "*-us"}}, false, false},
    {"excluded", {{EXCLUDED, "*-EU"}}, false, false},
    {"another excluded", {{EXCLUDED, "*-us"}}, true, true},
    {"chosen and excluded", {{CLUSTERS, "orders*"}, {EXCLUDED, "orders-eu"}}, false, false},
    {"one of two excluded", {{EXCLUDED, "x"}, {EXCLUDED, "orders*"}}, false, false},
    {"its database", {{DATABASES, "default"}}, true, true},
    {"its database in another case", {{DATABASES, "DEF*"}}, true, true},
    {"another database", {{DATABASES, "second"}}, true, false},
    {"one of two databases", {{DATABASES, "second"}, {DATABASES, "d?fault"}}, true, true},
    {"a database is not its cluster's name", {{DATABASES, "orders-eu"}}, true, false},
    {"a tag's key", {{TAGS, "team"}}, true, true},
    {"a tag's key in another case", {{TAGS, "TEAM"}}, true, true},
    {"a tag's value", {{TAGS, "team=payments"}}, true, true},
    {"a tag's key in another case, its value", {{TAGS, "TEAM=payments"}}, true, true},
    {"a tag's value in another case", {{TAGS, "team=Payments"}}, false, false},
    {"a tag's value in its own case", {{TAGS, "env=Prod"}}, true, true},
    {"a part of a tag's value", {{TAGS, "team=pay"}}, false, false},
    {"a tag's value is no glob", {{TAGS, "team=pay*"}}, false, false},
    {"a part of a tag's key", {{TAGS, "tea"}}, false, false},
    {"a longer key", {{TAGS, "teams"}}, false, false},
    {"a tag's empty value", {{TAGS, "empty="}}, true, true},
    {"a tag without the empty value", {{TAGS, "team="}}, false, false},
    {"an equals in a value", {{TAGS, "sum=1=2"}}, true, true},
    {"two tags that hold", {{TAGS, "team=payments"}, {TAGS, "env=Prod"}}, true, true},
    {"two tags of which one holds", {{TAGS, "team=payments"}, {TAGS, "env=Test"}}, false, false},
    {"two values of one tag cannot both hold",
     {{TAGS, "env=Prod"}, {TAGS, "env=Test"}},
     false,
     false},
    {"all lists hold",
     {{GROUPS, "rg-data"}, {CLUSTERS, "orders*"}, {TAGS, "env"}, {DATABASES, "*"}},
     true,
     true},
    {"all but one hold",
     {{GROUPS, "rg-other"}, {CLUSTERS, "orders*"}, {TAGS, "env"}, {DATABASES, "*"}},
     false,
     false},
};

static struct amr_tag tags[] = {
    {"team", "payments"}, {"Env", "Prod"}, {"empty", ""}, {"sum", "1=2"}};

static const struct amr_cluster orders = {
    .id = "/a",
    .subscription = SUBSCRIPTION,
    .resource_group = "RG-Data",
    .name = "Orders-EU",
    .tags = tags,
    .tag_count = AMR_COUNT_OF(tags),
};

static void add_one(struct amr_fleet *fleet, const struct amr_cluster *cluster, const char *name)
{
    struct amr_database database = {.id = "/a/databases/default", .name = name};
    struct amr_error err = {0};

    ck_assert(amr_fleet_add_cluster(fleet, cluster, &database.cluster, &err));
    ck_assert(amr_fleet_add_database(fleet, &database, &err));
}

START_TEST(test_selection)
{
    const struct selection_row *row = &selection_rows[_i];
    struct amr_selection selection = {0};
    struct amr_fleet fleet = {0};

    add_one(&fleet, &orders, "Default");
    for (size_t i = 0; i < CHOICES_MAX && row->choices[i].value != NULL; i++) {
        struct amr_list *list = list_of(&selection, row->choices[i].what);

        list->values[list->count++] = row->choices[i].value;
    }
    ck_assert_msg(amr_selection_is_cluster(&selection, &fleet.clusters[0]) == row->is_cluster,
                  "%s: cluster", row->name);
    ck_assert_msg(amr_selection_is_database(&selection, &fleet, &fleet.databases[0]) ==
                      row->is_database,
                  "%s: database", row->name);
    amr_fleet_free(&fleet);
}
END_TEST

/* A cluster that says nothing of itself fits only where nothing is asked of it. */
START_TEST(test_selection_of_what_is_not_known)
{
    static const struct amr_cluster nothing = {0};
    struct amr_fleet fleet = {0};
    const enum what whats[] = {SUBSCRIPTIONS, GROUPS, CLUSTERS, DATABASES, TAGS};

    add_one(&fleet, &nothing, NULL);
    for (size_t i = 0; i < AMR_COUNT_OF(whats); i++) {
        struct amr_selection selection = {0};
        struct amr_list *list = list_of(&selection, whats[i]);

        ck_assert(amr_selection_is_database(&selection, &fleet, &fleet.databases[0]));
        list->values[list->count++] = "*";
        ck_assert_msg(!amr_selection_is_database(&selection, &fleet, &fleet.databases[0]), "%zu",
                      i);
    }
    amr_fleet_free(&fleet);
}
END_TEST

START_TEST(test_many)
{
    enum { COUNT = 5000 };
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    size_t place = 0;
    char id[32];

    for (size_t i = 0; i < COUNT; i++) {
        (void)snprintf(id, sizeof(id), "/c/%zu", i);
        struct amr_cluster cluster = {.id = amr_arena_copy(&fleet.arena, id, strlen(id))};
        ck_assert(amr_fleet_add_cluster(&fleet, &cluster, &place, &err));
        ck_assert_uint_eq(place, i);
        struct amr_database database = {.cluster = place, .id = cluster.id};
        ck_assert(amr_fleet_add_database(&fleet, &database, &err));
    }
    ck_assert(amr_fleet_find_cluster(&fleet, "/C/4321", &place) && place == 4321);
    ck_assert(amr_fleet_find_database(&fleet, "/C/1234", &place) && place == 1234);
    ck_assert(!amr_fleet_find_cluster(&fleet, "/c/5000", &place));
    ck_assert_uint_eq(fleet.databases[4999].cluster, 4999);
    amr_fleet_free(&fleet);
    ck_assert_uint_eq(fleet.cluster_count + fleet.database_count, 0);
    ck_assert(!amr_fleet_find_cluster(&fleet, "/c/1", &place));
    amr_fleet_free(&fleet);
}
END_TEST

START_TEST(test_errors)
{
    struct amr_fleet fleet = {0};
    struct amr_error error = {.code = AMR_ERROR_DENIED, .http_status = 403, .message = "no right"};

    amr_fleet_add_error(&fleet, 7, &error, "cluster '%s'", "orders");
    error.code = AMR_ERROR_TIMEOUT;
    for (int i = 0; i < 20000; i++)
        amr_fleet_add_error(&fleet, AMR_CLUSTER_NONE, &error, "subscription '%d'", i);
    ck_assert_uint_ge(fleet.error_count, 1);
    ck_assert_uint_le(fleet.error_count, 20001);
    ck_assert_uint_eq(fleet.errors[0].cluster, 7);
    ck_assert_str_eq(fleet.errors[0].scope, "cluster 'orders'");
    ck_assert_int_eq(fleet.errors[0].error.code, AMR_ERROR_DENIED);
    ck_assert_int_eq(fleet.errors[0].error.http_status, 403);
    ck_assert_str_eq(fleet.errors[0].error.message, "no right");
    ck_assert_str_eq(fleet.errors[1].scope, "subscription '0'");
    ck_assert_uint_eq(fleet.errors[1].cluster, AMR_CLUSTER_NONE);
    amr_fleet_free(&fleet);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_selection, selection_rows);
    tcase_add_test(tcase, test_selection_of_what_is_not_known);
    tcase_add_test(tcase, test_many);
    tcase_add_test(tcase, test_errors);
}

int main(void)
{
    return unit_run("fleet", add_tests);
}
