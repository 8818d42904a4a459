/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "stage.h"
#include "unit.h"

enum { FLEET_MAX = 10, LIST_ROW_MAX = 3 };

#define OTHER_SUBSCRIPTION "22222222-2222-4222-8222-222222222222"

#define TODAY              "2027-01-05T13:12:00Z"

/* Deadlines: 7.0 at 2026-11-30, 7.2 at 2027-01-18, 8.0 at 2027-01-29; TODAY that is -36.55, 12.45
 * and 23.45 days. */
#define CATALOG "6.0 - 2020-01, 7.0 - 2026-09-01, 7.2 - 2026-10-20, 8.0 - 2026-10-31"

/* The names of the verdict's rows in order, a blank between. */
static void append_names(struct amr_buffer *names, const struct amr_verdict *verdict)
{
    amr_buffer_init(names, SCENE_BYTES_MAX);
    for (size_t i = 0; i < verdict->count; i++) {
        amr_buffer_append_text(names, i > 0 ? " " : "");
        amr_buffer_append_text(names, verdict->rows[i].name);
    }
}

static void check_names(const char *name, const struct amr_verdict *verdict, const char *expected)
{
    struct amr_buffer names;

    append_names(&names, verdict);
    ck_assert_msg(strcmp(amr_buffer_text(&names), expected) == 0, "%s:\n  is   '%s'\n  not  '%s'",
                  name, amr_buffer_text(&names), expected);
    amr_buffer_free(&names);
}

#define V60 "\"6.0\""
#define V70 "\"7.0\""
#define V72 "\"7.2\""
#define V74 "\"7.4\""
#define V80 "\"8.0\""

static const struct scene_database mixed[] = {
    {.cluster = "b-current", .version = V80, .flag = NOT_DEFERRED},
    {.cluster = "a-current", .version = V80, .flag = DEFERRED},
    {.cluster = "b-due", .version = V74, .flag = NOT_DEFERRED},
    {.cluster = "a-due", .version = V60, .flag = NULL},
    {.cluster = "a-unknown", .version = NULL, .flag = NULL},
    {.cluster = "a-deferred", .version = V74, .flag = DEFERRED},
    {.cluster = "z-deferred", .version = V70, .flag = DEFERRED},
    {.cluster = "z-overdue", .version = V60, .flag = DEFERRED},
    {.cluster = "b-deferred", .version = V72, .flag = DEFERRED},
};

START_TEST(test_order)
{
    struct stage stage;

    stage_set(&stage, CATALOG, mixed, AMR_COUNT_OF(mixed));
    stage_judge(&stage, TODAY, NULL);
    check_names("order", &stage.verdict,
                "z-overdue.westeurope z-deferred.westeurope a-deferred.westeurope "
                "b-deferred.westeurope a-due.westeurope b-due.westeurope a-unknown.westeurope "
                "a-current.westeurope b-current.westeurope");
    ck_assert_int_eq(stage.verdict.rows[0].assessment.days_left_hundredths, -3655);
    ck_assert_int_eq(stage.verdict.rows[1].assessment.days_left_hundredths, 1245);
    ck_assert_int_eq(stage.verdict.rows[2].assessment.days_left_hundredths, 2345);
    stage_free(&stage);
}
END_TEST

START_TEST(test_counts)
{
    static const size_t expected[AMR_STATE_COUNT] = {
        [AMR_STATE_CURRENT] = 2, [AMR_STATE_DUE] = 2,     [AMR_STATE_DEFERRED] = 3,
        [AMR_STATE_OVERDUE] = 1, [AMR_STATE_UNKNOWN] = 1,
    };
    struct stage stage;

    stage_set(&stage, CATALOG, mixed, AMR_COUNT_OF(mixed));
    stage_judge(&stage, TODAY, NULL);
    for (int i = 0; i < AMR_STATE_COUNT; i++)
        ck_assert_msg(stage.verdict.state_counts[i] == expected[i], "%s: %zu",
                      amr_state_word((enum amr_state)i), stage.verdict.state_counts[i]);
    ck_assert_uint_eq(stage.verdict.count, 9);
    ck_assert_uint_eq(stage.verdict.attention_count, 7);
    ck_assert_int_eq(stage.verdict.least_days_left_hundredths, -3655);
    ck_assert_int_eq(stage.verdict.severity, AMR_CRITICAL);
    ck_assert_uint_eq(stage.verdict.subscription_count, 1);
    stage_free(&stage);
}
END_TEST

/* The order of severities that owners chose, and of ok rows by days left. */
START_TEST(test_order_of_overrides)
{
    struct stage stage;

    stage_set(&stage, CATALOG, mixed, AMR_COUNT_OF(mixed));
    scene_severities(&stage.policy, "overdue=ok unknown=critical due=unknown");
    stage_judge(&stage, TODAY, NULL);
    check_names("overrides", &stage.verdict,
                "a-unknown.westeurope z-deferred.westeurope a-deferred.westeurope "
                "b-deferred.westeurope a-due.westeurope b-due.westeurope z-overdue.westeurope "
                "a-current.westeurope b-current.westeurope");
    ck_assert_uint_eq(stage.verdict.attention_count, 6);
    stage_free(&stage);
}
END_TEST

START_TEST(test_no_days_left)
{
    struct stage stage;

    stage_set(&stage, CATALOG, mixed, 5);
    stage_judge(&stage, TODAY, NULL);
    ck_assert_int_eq(stage.verdict.least_days_left_hundredths, AMR_DAYS_NONE);
    ck_assert_int_eq(stage.verdict.severity, AMR_WARNING);
    stage_free(&stage);
}
END_TEST

/* `label` NULL: the same as the name. */
static const struct name_row {
    const char *what;
    struct scene_database database;
    const char *name;
    const char *label;
} name_rows[] = {
    {"cluster and location", {.cluster = "orders"}, "orders.westeurope", NULL},
    {"default in capitals", {.cluster = "orders", .name = "DEFAULT"}, "orders.westeurope", NULL},
    {"another database", {.cluster = "orders", .name = "jobs"}, "orders.westeurope.jobs", NULL},
    {"its case is kept", {.cluster = "Orders", .name = "Jobs"}, "Orders.westeurope.Jobs", NULL},
    {"short location", {.cluster = "orders", .location = "uksouth"}, "orders.uksouth", NULL},
    {"no location", {.cluster = "orders", .location = ""}, "orders", NULL},
    {"no location, another database",
     {.cluster = "orders", .location = "", .name = "jobs"},
     "orders.jobs",
     NULL},
    {"Nagios's letters", {.cluster = "o|r<d>e&r"}, "o?r?d?e?r.westeurope", "o_r_d_e_r.westeurope"},
    {"a blank and a quote",
     {.cluster = "o r'd=e;r"},
     "o r'd=e;r.westeurope",
     "o_r_d_e_r.westeurope"},
    {"DEL", {.cluster = "o\\u007fr"}, "o?r.westeurope", "o_r.westeurope"},
    {"text that runs backwards", {.cluster = "o\\u202er"}, "o?r.westeurope", "o_r.westeurope"},
    {"C1", {.cluster = "o\\u0085r"}, "o?r.westeurope", "o_r.westeurope"},
    {"a line feed", {.cluster = "o\\nr"}, "o r.westeurope", "o_r.westeurope"},
    {"a letter beyond ASCII", {.cluster = "\xc3\xb6l"}, "\xc3\xb6l.westeurope", "__l.westeurope"},
    {"a hostile location", {.cluster = "o", .location = "<b>|"}, "o.?b??", "o._b__"},
};

START_TEST(test_name)
{
    const struct name_row *row = &name_rows[_i];
    const char *label = row->label == NULL ? row->name : row->label;
    struct stage stage;

    stage_set(&stage, CATALOG, &row->database, 1);
    stage_judge(&stage, TODAY, NULL);
    ck_assert_msg(strcmp(stage.verdict.rows[0].name, row->name) == 0, "%s: name '%s'", row->what,
                  stage.verdict.rows[0].name);
    ck_assert_msg(strcmp(stage.verdict.rows[0].label, label) == 0, "%s: label '%s'", row->what,
                  stage.verdict.rows[0].label);
    stage_free(&stage);
}
END_TEST

/* The databases of a row come out with one label, `label`, and a hash behind it each. */
static const struct collision_row {
    const char *what;
    size_t count;
    struct scene_database databases[3];
    const char *label;
    const char *names;
} collision_rows[] = {
    {"two resource groups",
     2,
     {{.cluster = "a", .group = "x"}, {.cluster = "a", .group = "y"}},
     "a.westeurope",
     "a.westeurope a.westeurope"},
    {"two subscriptions",
     2,
     {{.cluster = "a"}, {.cluster = "a", .subscription = OTHER_SUBSCRIPTION}},
     "a.westeurope",
     "a.westeurope a.westeurope"},
    {"letters that labels lack",
     3,
     {{.cluster = "a b"}, {.cluster = "a_b"}, {.cluster = "a~b"}},
     "a_b.westeurope",
     "a b.westeurope a_b.westeurope a~b.westeurope"},
    {"a dot in the cluster's name",
     2,
     {{.cluster = "a", .location = "b", .name = "c"}, {.cluster = "a.b", .location = "c"}},
     "a.b.c",
     "a.b.c a.b.c"},
    {"default in two spellings",
     2,
     {{.cluster = "a", .group = "x", .name = "default"},
      {.cluster = "a", .group = "y", .name = "Default"}},
     "a.westeurope",
     "a.westeurope a.westeurope"},
};

static void check_label(const char *what, const char *label, const char *common)
{
    size_t length = strlen(common);

    ck_assert_msg(strncmp(label, common, length) == 0 && strlen(label) >= length + 4,
                  "%s: label '%s'", what, label);
    for (const char *at = label; *at != '\0'; at++)
        ck_assert_msg(isalnum((unsigned char)*at) || strchr("_.-", *at) != NULL, "%s: label '%s'",
                      what, label);
}

START_TEST(test_collision)
{
    const struct collision_row *row = &collision_rows[_i];
    struct stage stage;

    stage_set(&stage, CATALOG, row->databases, row->count);
    stage_judge(&stage, TODAY, NULL);
    check_names(row->what, &stage.verdict, row->names);
    for (size_t i = 0; i < row->count; i++) {
        check_label(row->what, stage.verdict.rows[i].label, row->label);
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(strcmp(stage.verdict.rows[i].label, stage.verdict.rows[j].label) != 0,
                          "%s: '%s' twice", row->what, stage.verdict.rows[i].label);
    }
    stage_free(&stage);
}
END_TEST

static const char *label_of_group(const struct stage *stage, const char *group)
{
    for (size_t i = 0; i < stage->verdict.count; i++) {
        const struct amr_verdict_row *row = &stage->verdict.rows[i];
        size_t cluster = stage->fleet.databases[row->assessment.database].cluster;

        if (strcmp(stage->fleet.clusters[cluster].resource_group, group) == 0)
            return row->label;
    }
    ck_abort_msg("no row of group '%s'", group);
    return NULL;
}

/* The hash is of the id: neither the order nor the number of those that collide changes it. */
START_TEST(test_collision_is_stable)
{
    static const struct scene_database few[] = {{.cluster = "a", .group = "x"},
                                                {.cluster = "a", .group = "y"}};
    static const struct scene_database many[] = {{.cluster = "b"},
                                                 {.cluster = "a", .group = "z"},
                                                 {.cluster = "a", .group = "y"},
                                                 {.cluster = "a", .group = "x"}};
    struct stage one;
    struct stage other;

    stage_set(&one, CATALOG, few, AMR_COUNT_OF(few));
    stage_judge(&one, TODAY, NULL);
    stage_set(&other, CATALOG, many, AMR_COUNT_OF(many));
    stage_judge(&other, TODAY, NULL);
    ck_assert_str_eq(label_of_group(&one, "x"), label_of_group(&other, "x"));
    ck_assert_str_eq(label_of_group(&one, "y"), label_of_group(&other, "y"));
    ck_assert_str_eq(label_of_group(&other, "rg"), "b.westeurope");
    stage_free(&one);
    stage_free(&other);
}
END_TEST

#define TAGS(members) .cluster_extra = "\"tags\":{" members "},"

static const struct scene_database shop[] = {
    {.cluster = "orders", .group = "rg-shop", TAGS("\"team\":\"pay\",\"env\":\"prod\"")},
    {.cluster = "Orders2", .group = "rg-shop", TAGS("\"Team\":\"pay\"")},
    {.cluster = "cart", .group = "rg-web", TAGS("\"team\":\"Pay\",\"note\":\"a=b\",\"e\":\"\"")},
    {.cluster = "search", .group = "rg-web"},
    {.cluster = "search", .group = "rg-web", .name = "index"},
    {.cluster = "far", .group = "rg-far", .subscription = OTHER_SUBSCRIPTION},
};

static const struct selection_row {
    const char *what;
    const char *clusters[LIST_ROW_MAX];
    const char *excluded[LIST_ROW_MAX];
    const char *databases[LIST_ROW_MAX];
    const char *groups[LIST_ROW_MAX];
    const char *tags[LIST_ROW_MAX];
    const char *subscriptions[LIST_ROW_MAX];
    const char *names; /* ".westeurope" left out */
} selection_rows[] = {
    {.what = "nothing chosen is all", .names = "Orders2 cart far orders search search.index"},
    {.what = "a cluster", .clusters = {"cart"}, .names = "cart"},
    {.what = "a cluster in another case", .clusters = {"ORDERS2"}, .names = "Orders2"},
    {.what = "a cluster is the whole name", .clusters = {"order"}, .names = ""},
    {.what = "clusters by a star", .clusters = {"orders*"}, .names = "Orders2 orders"},
    {.what = "clusters by a question mark", .clusters = {"?art"}, .names = "cart"},
    {.what = "clusters by a set", .clusters = {"[cf]ar*"}, .names = "cart far"},
    {.what = "clusters are alternatives", .clusters = {"cart", "f*"}, .names = "cart far"},
    {.what = "excluded", .excluded = {"orders*"}, .names = "cart far search search.index"},
    {.what = "excluded in another case",
     .excluded = {"SEARCH", "FAR"},
     .names = "Orders2 cart orders"},
    {.what = "chosen and excluded", .clusters = {"orders*"}, .excluded = {"*2"}, .names = "orders"},
    {.what = "all excluded", .excluded = {"*"}, .names = ""},
    {.what = "a database", .databases = {"index"}, .names = "search.index"},
    {.what = "databases by a star", .databases = {"IND*"}, .names = "search.index"},
    {.what = "the default database",
     .databases = {"default"},
     .names = "Orders2 cart far orders search"},
    {.what = "databases are alternatives",
     .clusters = {"search"},
     .databases = {"index", "default"},
     .names = "search search.index"},
    {.what = "cluster and database must hold",
     .clusters = {"cart"},
     .databases = {"index"},
     .names = ""},
    {.what = "a resource group", .groups = {"rg-web"}, .names = "cart search search.index"},
    {.what = "a resource group in another case", .groups = {"RG-Far"}, .names = "far"},
    {.what = "resource groups are alternatives",
     .groups = {"rg-far", "rg-shop"},
     .names = "Orders2 far orders"},
    {.what = "a resource group is no glob", .groups = {"rg-*"}, .names = ""},
    {.what = "a tag's value has a case", .tags = {"team=pay"}, .names = "Orders2 orders"},
    {.what = "a tag's key has none", .tags = {"TEAM=pay"}, .names = "Orders2 orders"},
    {.what = "a tag without a value", .tags = {"team"}, .names = "Orders2 cart orders"},
    {.what = "a tag of an empty value", .tags = {"e="}, .names = "cart"},
    {.what = "a tag that has a value is not empty", .tags = {"team="}, .names = ""},
    {.what = "a tag whose value has an equals sign", .tags = {"note=a=b"}, .names = "cart"},
    {.what = "a tag is no glob", .tags = {"team=p*"}, .names = ""},
    {.what = "all tags must hold", .tags = {"team=pay", "env=prod"}, .names = "orders"},
    {.what = "tags that exclude each other", .tags = {"team=pay", "team=Pay"}, .names = ""},
    {.what = "a subscription", .subscriptions = {OTHER_SUBSCRIPTION}, .names = "far"},
    {.what = "subscriptions are alternatives",
     .subscriptions = {OTHER_SUBSCRIPTION, SCENE_SUBSCRIPTION},
     .names = "Orders2 cart far orders search search.index"},
    {.what = "all subscriptions",
     .subscriptions = {"all"},
     .names = "Orders2 cart far orders search search.index"},
    {.what = "subscription and cluster must hold",
     .clusters = {"cart"},
     .subscriptions = {OTHER_SUBSCRIPTION},
     .names = ""},
    {.what = "all kinds at once",
     .clusters = {"o*", "s*"},
     .excluded = {"orders2"},
     .databases = {"d*"},
     .groups = {"rg-shop"},
     .tags = {"team"},
     .names = "orders"},
};

static void set_list(struct amr_list *list, const char *const values[LIST_ROW_MAX])
{
    while (list->count < LIST_ROW_MAX && values[list->count] != NULL) {
        list->values[list->count] = values[list->count];
        list->count++;
    }
}

static void append_short_names(struct amr_buffer *names, const struct amr_verdict *verdict)
{
    amr_buffer_init(names, SCENE_BYTES_MAX);
    for (size_t i = 0; i < verdict->count; i++) {
        const char *name = verdict->rows[i].name;
        size_t length = strcspn(name, ".");

        amr_buffer_append_text(names, i > 0 ? " " : "");
        amr_buffer_append(names, name, length);
        amr_buffer_append_text(names, name + length + strlen(".westeurope"));
    }
}

START_TEST(test_selection)
{
    const struct selection_row *row = &selection_rows[_i];
    struct stage stage;
    struct amr_buffer names;

    stage_set(&stage, CATALOG, shop, AMR_COUNT_OF(shop));
    set_list(&stage.selection.clusters, row->clusters);
    set_list(&stage.selection.excluded_clusters, row->excluded);
    set_list(&stage.selection.databases, row->databases);
    set_list(&stage.selection.resource_groups, row->groups);
    set_list(&stage.selection.tags, row->tags);
    set_list(&stage.selection.subscriptions, row->subscriptions);
    stage_judge(&stage, TODAY, NULL);
    append_short_names(&names, &stage.verdict);
    ck_assert_msg(strcmp(amr_buffer_text(&names), row->names) == 0, "%s: '%s'", row->what,
                  amr_buffer_text(&names));
    ck_assert_msg(stage.verdict.has_outcome[AMR_OUTCOME_EMPTY] == (row->names[0] == '\0'),
                  "%s: empty", row->what);
    amr_buffer_free(&names);
    stage_free(&stage);
}
END_TEST

/* Who is chosen changes who is judged, not what they are called. */
START_TEST(test_selection_of_counts)
{
    struct stage stage;

    stage_set(&stage, CATALOG, shop, AMR_COUNT_OF(shop));
    stage_judge(&stage, TODAY, NULL);
    ck_assert_uint_eq(stage.verdict.subscription_count, 2);
    amr_verdict_free(&stage.verdict);
    stage.selection.clusters.values[0] = "search";
    stage.selection.clusters.count = 1;
    stage_judge(&stage, TODAY, NULL);
    ck_assert_uint_eq(stage.verdict.count, 2);
    ck_assert_uint_eq(stage.verdict.state_counts[AMR_STATE_UNKNOWN], 2);
    ck_assert_uint_eq(stage.verdict.subscription_count, 1);
    stage_free(&stage);
}
END_TEST

static const struct scene_database pair[] = {
    {.cluster = "orders", .version = V80, .flag = NOT_DEFERRED},
    {.cluster = "cart", .version = V74, .flag = NOT_DEFERRED},
};

enum { AT_NONE = -1, AT_NOBODY = -2, AT_BROKEN = -3 };

/* `failed`: index of the cluster that could not be read, or AT_NONE: some part without a cluster,
 * AT_NOBODY: there is no error, AT_BROKEN: a cluster of its own named "broken" without databases.
 */
static const struct outcome_row {
    const char *what;
    size_t count; /* of databases */
    int failed;
    const char *cluster;  /* selected, or NULL */
    const char *database; /* selected, or NULL */
    const char *severities;
    const char *outcomes;
    enum amr_severity severity;
} outcome_rows[] = {
    {"all is well", 1, AT_NOBODY, NULL, NULL, NULL, "", AMR_OK},
    {"nothing there", 0, AT_NOBODY, NULL, NULL, NULL, "empty ", AMR_UNKNOWN},
    {"nothing there is ok", 0, AT_NOBODY, NULL, NULL, "empty=ok", "empty ", AMR_OK},
    {"nothing there is critical", 0, AT_NOBODY, NULL, NULL, "empty=critical", "empty ",
     AMR_CRITICAL},
    {"nothing chosen", 2, AT_NOBODY, "x*", NULL, NULL, "empty ", AMR_UNKNOWN},
    {"nothing read", 0, AT_NONE, NULL, NULL, NULL, "error ", AMR_UNKNOWN},
    {"nothing read, empty is ok", 0, AT_NONE, NULL, NULL, "empty=ok partial=ok", "error ",
     AMR_UNKNOWN},
    {"nothing read is ok", 0, AT_NONE, NULL, NULL, "error=ok", "error ", AMR_OK},
    {"nothing read is critical", 0, AT_NONE, NULL, NULL, "error=critical", "error ", AMR_CRITICAL},
    {"a part not read", 1, AT_NONE, NULL, NULL, NULL, "partial ", AMR_UNKNOWN},
    {"a part not read is ok", 1, AT_NONE, NULL, NULL, "partial=ok", "partial ", AMR_OK},
    {"a part not read is critical", 1, AT_NONE, NULL, NULL, "partial=critical", "partial ",
     AMR_CRITICAL},
    {"a part not read, others unset", 1, AT_NONE, NULL, NULL, "empty=critical error=critical",
     "partial ", AMR_UNKNOWN},
    {"a part not read beside a warning", 2, AT_NONE, NULL, NULL, NULL, "partial ", AMR_WARNING},
    {"a part not read, a cluster chosen", 2, AT_NONE, "orders", NULL, NULL, "partial ",
     AMR_UNKNOWN},
    {"the chosen cluster not read", 2, 0, "orders", NULL, NULL, "partial ", AMR_UNKNOWN},
    {"another cluster not read", 2, 1, "orders", NULL, NULL, "", AMR_OK},
    {"a cluster without databases not read", 1, AT_BROKEN, NULL, NULL, NULL, "partial ",
     AMR_UNKNOWN},
    {"it is not chosen", 1, AT_BROKEN, "orders", NULL, NULL, "", AMR_OK},
    {"it is chosen", 1, AT_BROKEN, "b*", NULL, NULL, "error ", AMR_UNKNOWN},
    {"it could hold a chosen database", 1, AT_BROKEN, NULL, "default", NULL, "partial ",
     AMR_UNKNOWN},
};

static void add_broken_cluster(struct amr_fleet *fleet)
{
    static const struct amr_cluster broken = {
        .id = "/subscriptions/" SCENE_SUBSCRIPTION
              "/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/broken",
        .subscription = SCENE_SUBSCRIPTION,
        .resource_group = "rg",
        .name = "broken",
        .location = "westeurope",
        .fetched_s = AMR_INSTANT_NONE,
        .is_listed = true,
    };
    size_t index;
    struct amr_error err;

    ck_assert(amr_fleet_add_cluster(fleet, &broken, &index, &err));
}

static void add_failure(struct stage *stage, int failed)
{
    struct amr_error error;

    amr_error_set(&error, AMR_ERROR_THROTTLED, "HTTP 429");
    error.http_status = 429;
    if (failed == AT_BROKEN)
        add_broken_cluster(&stage->fleet);
    if (failed == AT_BROKEN)
        amr_fleet_add_error(&stage->fleet, stage->fleet.cluster_count - 1, &error, "cluster");
    else if (failed == AT_NONE)
        amr_fleet_add_error(&stage->fleet, AMR_CLUSTER_NONE, &error, "subscription");
    else if (failed >= 0)
        amr_fleet_add_error(&stage->fleet, (size_t)failed, &error, "cluster");
}

static void append_outcomes(struct amr_buffer *outcomes, const struct amr_verdict *verdict)
{
    amr_buffer_init(outcomes, SCENE_BYTES_MAX);
    for (int i = 0; i < AMR_OUTCOME_COUNT; i++)
        if (verdict->has_outcome[i])
            amr_buffer_append_format(outcomes, "%s ", amr_outcome_word((enum amr_outcome)i));
}

START_TEST(test_outcome)
{
    const struct outcome_row *row = &outcome_rows[_i];
    struct stage stage;
    struct amr_buffer outcomes;

    stage_set(&stage, CATALOG, pair, row->count);
    add_failure(&stage, row->failed);
    stage_select(&stage.selection.clusters, row->cluster);
    stage_select(&stage.selection.databases, row->database);
    scene_severities(&stage.policy, row->severities);
    stage_judge(&stage, TODAY, NULL);
    append_outcomes(&outcomes, &stage.verdict);
    ck_assert_msg(strcmp(amr_buffer_text(&outcomes), row->outcomes) == 0, "%s: '%s'", row->what,
                  amr_buffer_text(&outcomes));
    ck_assert_msg(stage.verdict.severity == row->severity, "%s: %s", row->what,
                  amr_severity_word(stage.verdict.severity));
    amr_buffer_free(&outcomes);
    stage_free(&stage);
}
END_TEST

#define GEO                                                                                        \
    "\"geoReplication\":{\"groupNickname\":\"g\",\"linkedDatabases\":[{\"id\":\"/"                 \
    "subscriptions/" SCENE_SUBSCRIPTION                                                            \
    "/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/a/"                              \
    "databases/default\"},{\"id\":\"/subscriptions/" SCENE_SUBSCRIPTION                            \
    "/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/b/databases/default\"}]},"

START_TEST(test_skew_counts_the_unselected)
{
    static const struct scene_database linked[] = {
        {.cluster = "a", .version = V80, .flag = NOT_DEFERRED, .extra = GEO},
        {.cluster = "b", .version = V74, .flag = NOT_DEFERRED, .extra = GEO},
    };
    struct stage stage;

    stage_set(&stage, CATALOG, linked, AMR_COUNT_OF(linked));
    stage_select(&stage.selection.clusters, "a");
    stage_judge(&stage, TODAY, NULL);
    ck_assert_uint_eq(stage.verdict.count, 1);
    ck_assert(stage.verdict.rows[0].assessment.has_advisory[AMR_ADVISORY_SKEW]);
    ck_assert_int_eq(stage.verdict.severity, AMR_OK);
    stage_free(&stage);
}
END_TEST

/* History stands by the database's place in the fleet, not by its place in the verdict. */
START_TEST(test_history_by_place)
{
    static const struct scene_database three[] = {
        {.cluster = "c", .version = V74, .flag = DEFERRED},
        {.cluster = "b", .version = V74, .flag = DEFERRED},
        {.cluster = "a", .version = V74, .flag = DEFERRED},
    };
    struct amr_history_record history[3];
    struct stage stage;

    for (size_t i = 0; i < AMR_COUNT_OF(history); i++)
        history[i] = (struct amr_history_record){{0, 0}, AMR_INSTANT_NONE, AMR_INSTANT_NONE,
                                                 {0, 0}, AMR_INSTANT_NONE, AMR_INSTANT_NONE};
    history[1].line = (struct amr_line){7, 4};
    history[1].line_first_seen_s = scene_instant("2026-06-01T00:00:00Z");
    history[1].not_deferred_last_seen_s = scene_instant("2026-11-02T00:00:00Z");
    stage_set(&stage, CATALOG, three, AMR_COUNT_OF(three));
    stage_select(&stage.selection.excluded_clusters, "c");
    stage_judge(&stage, TODAY, history);
    check_names("history", &stage.verdict, "a.westeurope b.westeurope");
    ck_assert_int_eq(stage.verdict.rows[0].assessment.state, AMR_STATE_DEFERRED);
    ck_assert_int_eq(stage.verdict.rows[1].assessment.state, AMR_STATE_LATE);
    stage_free(&stage);
}
END_TEST

#define REVIEWED(day)                                                                              \
    "{\"schema\":1,\"reviewed\":\"" day "\",\"releases\":[{\"line\":\"7.4\",\"tiers\":{"           \
    "\"Balanced\":{\"ga\":\"2025-05\"},\"Flash\":{\"ga\":\"2025-05\"}}},{\"line\":\"8.0\","        \
    "\"tiers\":{\"Flash\":{\"ga\":\"2025-06\"}}}]}"

#define NEVER_REVIEWED                                                                             \
    "{\"schema\":1,\"releases\":[{\"line\":\"7.4\",\"tiers\":{\"Balanced\":{\"ga\":\"2025-05\"}}}" \
    "]}"

/* 60 days after 2026-12-30 is 2027-02-28: 1 of December, 31 of January, 28 of February. */
static const struct age_row {
    const char *what;
    const char *catalog;
    const char *as_of;
    const char *version;
    const char *range;
    const char *severities;
    int64_t age_days; /* -1: not known */
    bool is_stale;
    bool is_newer;
    enum amr_severity severity;
} age_rows[] = {
    {"on its day", REVIEWED("2026-12-30"), "2026-12-30T23:59:59Z", V74, NULL, NULL, 0, false, false,
     AMR_OK},
    {"reviewed tomorrow", REVIEWED("2026-12-30"), "2026-12-29T12:00:00Z", V74, NULL, NULL, 0, false,
     false, AMR_OK},
    {"reviewed next year", REVIEWED("2026-12-30"), "2026-01-01T00:00:00Z", V74, NULL, NULL, 0,
     false, false, AMR_OK},
    {"60 days", REVIEWED("2026-12-30"), "2027-02-28T00:00:00Z", V74, NULL, NULL, 60, false, false,
     AMR_OK},
    {"60 days and a bit", REVIEWED("2026-12-30"), "2027-02-28T23:59:59Z", V74, NULL, NULL, 60,
     false, false, AMR_OK},
    {"61 days", REVIEWED("2026-12-30"), "2027-03-01T00:00:00Z", V74, NULL, NULL, 61, true, false,
     AMR_WARNING},
    {"61 days are ok", REVIEWED("2026-12-30"), "2027-03-01T00:00:00Z", V74, NULL,
     "catalog-stale=ok", 61, true, false, AMR_OK},
    {"61 days are critical", REVIEWED("2026-12-30"), "2027-03-01T00:00:00Z", V74, NULL,
     "catalog-stale=critical", 61, true, false, AMR_CRITICAL},
    {"a range of its own", REVIEWED("2026-12-30"), "2027-03-01T00:00:00Z", V74, "61", NULL, 61,
     false, false, AMR_OK},
    {"any age", REVIEWED("2026-12-30"), "2037-03-01T00:00:00Z", V74, "~:", NULL, 3714, false, false,
     AMR_OK},
    {"a narrow range", REVIEWED("2026-12-30"), "2027-01-01T00:00:00Z", V74, "1", NULL, 2, true,
     false, AMR_WARNING},
    {"a line newer than all", REVIEWED("2026-12-30"), "2026-12-31T00:00:00Z", "\"8.1\"", NULL, NULL,
     1, true, true, AMR_WARNING},
    {"a line newer than all is ok", REVIEWED("2026-12-30"), "2026-12-31T00:00:00Z", "\"8.1\"", NULL,
     "catalog-stale=ok unknown=ok", 1, true, true, AMR_OK},
    {"a line known on another tier only", REVIEWED("2026-12-30"), "2026-12-31T00:00:00Z", V80, NULL,
     NULL, 1, false, false, AMR_UNKNOWN},
    {"no day of review", NEVER_REVIEWED, "2027-01-01T00:00:00Z", V74, NULL, NULL, -1, true, false,
     AMR_WARNING},
    {"no day of review, any age will do", NEVER_REVIEWED, "2027-01-01T00:00:00Z", V74, "~:", NULL,
     -1, false, false, AMR_OK},
};

START_TEST(test_catalog_age)
{
    const struct age_row *row = &age_rows[_i];
    const struct scene_database database = {
        .cluster = "a", .version = row->version, .flag = NOT_DEFERRED};
    struct stage stage;

    stage_set(&stage, row->catalog, &database, 1);
    scene_range(&stage.policy.catalog_age, row->range);
    scene_severities(&stage.policy, row->severities);
    stage_judge(&stage, row->as_of, NULL);
    const struct amr_verdict *verdict = &stage.verdict;
    ck_assert_msg(verdict->has_catalog_age == (row->age_days >= 0), "%s: age known", row->what);
    ck_assert_msg(row->age_days < 0 || verdict->catalog_age_days == row->age_days,
                  "%s: %" PRId64 " days", row->what, verdict->catalog_age_days);
    ck_assert_msg(verdict->is_catalog_stale == row->is_stale, "%s: stale", row->what);
    ck_assert_msg(verdict->is_line_newer_than_catalog == row->is_newer, "%s: newer", row->what);
    ck_assert_msg(verdict->severity == row->severity, "%s: %s", row->what,
                  amr_severity_word(verdict->severity));
    stage_free(&stage);
}
END_TEST

/* A stale catalogue concerns the whole fleet, not the databases. */
START_TEST(test_stale_catalog_needs_no_attention)
{
    const struct scene_database database = {.cluster = "a", .version = V74, .flag = NOT_DEFERRED};
    struct stage stage;

    stage_set(&stage, REVIEWED("2026-12-30"), &database, 1);
    stage_judge(&stage, "2027-03-01T00:00:00Z", NULL);
    ck_assert_uint_eq(stage.verdict.attention_count, 0);
    ck_assert_int_eq(stage.verdict.catalog_stale, AMR_WARNING);
    ck_assert_int_eq(stage.verdict.rows[0].assessment.severity, AMR_OK);
    stage_free(&stage);
}
END_TEST

START_TEST(test_newest_review)
{
    struct stage stage;

    stage_set(&stage, REVIEWED("2026-12-30"), NULL, 0);
    scene_catalog(&stage.catalog, "{\"schema\":1,\"reviewed\":\"2026-12-01\"}");
    scene_catalog(&stage.catalog, "{\"schema\":1}");
    stage_judge(&stage, "2027-01-05T00:00:00Z", NULL);
    ck_assert(stage.verdict.has_catalog_age);
    ck_assert_int_eq(stage.verdict.catalog_age_days, 6);
    stage_free(&stage);
}
END_TEST

#define FETCHED(instant) .cluster_extra = "\"fetched_at\":\"" instant "\","

/* The oldest reading that the selection uses; NULL: not known. */
static const struct fetched_row {
    const char *what;
    struct scene_database databases[3];
    const char *cluster;
    const char *oldest;
} fetched_rows[] = {
    {"the oldest of all",
     {{.cluster = "a", FETCHED("2027-01-03T00:00:00Z")},
      {.cluster = "b", FETCHED("2027-01-01T00:00:00Z")},
      {.cluster = "c", FETCHED("2027-01-02T00:00:00Z")}},
     NULL,
     "2027-01-01T00:00:00Z"},
    {"the oldest that is chosen",
     {{.cluster = "a", FETCHED("2027-01-03T00:00:00Z")},
      {.cluster = "b", FETCHED("2027-01-01T00:00:00Z")},
      {.cluster = "c", FETCHED("2027-01-02T00:00:00Z")}},
     "[ac]",
     "2027-01-02T00:00:00Z"},
    {"one without an age",
     {{.cluster = "a", FETCHED("2027-01-03T00:00:00Z")},
      {.cluster = "b"},
      {.cluster = "c", FETCHED("2027-01-02T00:00:00Z")}},
     NULL,
     NULL},
    {"one without an age that is not chosen",
     {{.cluster = "a", FETCHED("2027-01-03T00:00:00Z")},
      {.cluster = "b"},
      {.cluster = "c", FETCHED("2027-01-02T00:00:00Z")}},
     "[ac]",
     "2027-01-02T00:00:00Z"},
};

START_TEST(test_fetched)
{
    const struct fetched_row *row = &fetched_rows[_i];
    int64_t expected = row->oldest == NULL ? AMR_INSTANT_NONE : scene_instant(row->oldest);
    struct stage stage;

    stage_set(&stage, CATALOG, row->databases, AMR_COUNT_OF(row->databases));
    stage_select(&stage.selection.clusters, row->cluster);
    stage_judge(&stage, TODAY, NULL);
    ck_assert_msg(stage.verdict.oldest_fetched_s == expected, "%s: %" PRId64, row->what,
                  stage.verdict.oldest_fetched_s);
    stage_free(&stage);
}
END_TEST

START_TEST(test_free_takes_zeroed)
{
    struct amr_verdict verdict;

    memset(&verdict, 0, sizeof(verdict));
    amr_verdict_free(&verdict);
    amr_verdict_free(&verdict);
}
END_TEST

static void add_tests(TCase *tcase)
{
    tcase_add_test(tcase, test_order);
    tcase_add_test(tcase, test_counts);
    tcase_add_test(tcase, test_order_of_overrides);
    tcase_add_test(tcase, test_no_days_left);
    UNIT_ADD_ROWS(tcase, test_name, name_rows);
    UNIT_ADD_ROWS(tcase, test_collision, collision_rows);
    tcase_add_test(tcase, test_collision_is_stable);
    UNIT_ADD_ROWS(tcase, test_selection, selection_rows);
    tcase_add_test(tcase, test_selection_of_counts);
    UNIT_ADD_ROWS(tcase, test_outcome, outcome_rows);
    tcase_add_test(tcase, test_skew_counts_the_unselected);
    tcase_add_test(tcase, test_history_by_place);
    UNIT_ADD_ROWS(tcase, test_catalog_age, age_rows);
    tcase_add_test(tcase, test_stale_catalog_needs_no_attention);
    tcase_add_test(tcase, test_newest_review);
    UNIT_ADD_ROWS(tcase, test_fetched, fetched_rows);
    tcase_add_test(tcase, test_free_takes_zeroed);
}

int main(void)
{
    return unit_run("verdict", add_tests);
}
