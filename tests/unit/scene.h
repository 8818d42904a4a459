/* SPDX-License-Identifier: MIT */
/* What the suites of the decision are played on: a catalogue from a few words, a fleet from a table
 * of databases. */
#ifndef AMR_SCENE_H
#define AMR_SCENE_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "arm.h"
#include "attributes.h"
#include "buffer.h"
#include "calendar.h"
#include "catalog.h"
#include "fleet.h"
#include "policy.h"

enum { SCENE_BYTES_MAX = 1024 * 1024 };

/* What `deferUpgrade` says, as JSON. */
#define DEFERRED           "\"Deferred\""
#define NOT_DEFERRED       "\"NotDeferred\""

#define SCENE_SUBSCRIPTION "11111111-1111-4111-8111-111111111111"

/* One database. A NULL field takes its default, databases of one cluster stand one behind the
 * other. `version` and `flag` are JSON values, absent where NULL; `cluster_extra` and `extra` are
 * further JSON members of the cluster and of the database's properties, each with a comma behind
 * it. */
struct scene_database {
    const char *cluster;
    const char *version;
    const char *flag;
    const char *name;
    const char *sku;
    const char *location;
    const char *subscription;
    const char *group;
    const char *cluster_extra;
    const char *extra;
};

static inline const char *scene_or(const char *text, const char *otherwise)
{
    return text == NULL ? otherwise : text;
}

static inline int64_t scene_instant(const char *text)
{
    int64_t instant_s = 0;

    ck_assert_msg(amr_instant_parse(text, &instant_s), "'%s' is no instant", text);
    return instant_s;
}

static inline void scene_append_date(struct amr_buffer *json, const char *key, const char *date)
{
    if (strcmp(date, "-") == 0)
        amr_buffer_append_format(json, "\"%s\":null", key);
    else
        amr_buffer_append_format(json, "\"%s\":\"%s\"", key,
                                 strcmp(date, "?") == 0 ? "unknown" : date);
}

/* One release of "LINE PREVIEW GA", as scene_catalog takes it. */
static inline void scene_append_release(struct amr_buffer *json, const char *release)
{
    char line[16];
    char preview[16];
    char ga[16];

    ck_assert_msg(sscanf(release, "%15s %15s %15[^, ]", line, preview, ga) == 3,
                  "'%s' is no release", release);
    size_t line_length = strcspn(line, "*");
    amr_buffer_append_format(json, "{\"line\":\"%.*s\",\"event\":%s,\"tiers\":{\"Balanced\":{",
                             (int)line_length, line, line[line_length] == '*' ? "false" : "true");
    scene_append_date(json, "preview", preview);
    amr_buffer_append_text(json, ",");
    scene_append_date(json, "ga", ga);
    amr_buffer_append_text(json, "}}}");
}

static inline void scene_merge(struct amr_catalog *catalog, const char *json)
{
    struct amr_error err;

    ck_assert_msg(amr_catalog_merge(catalog, "scene.json", json, strlen(json), &err), "%s: %s",
                  json, err.message);
}

/* Merges releases of the tier Balanced, "LINE PREVIEW GA, …": `-` is no date, `?` the word unknown,
 * `*` behind a line makes it no event. A text that starts with a brace is a document. */
static inline void scene_catalog(struct amr_catalog *catalog, const char *releases)
{
    struct amr_buffer json;

    if (releases[0] == '{') {
        scene_merge(catalog, releases);
        return;
    }
    amr_buffer_init(&json, SCENE_BYTES_MAX);
    amr_buffer_append_text(&json, "{\"schema\":1,\"reviewed\":\"2026-12-30\",\"releases\":[");
    while (releases != NULL) {
        scene_append_release(&json, releases);
        releases = strchr(releases, ',');
        if (releases != NULL) {
            releases++;
            amr_buffer_append_text(&json, ",");
        }
    }
    amr_buffer_append_text(&json, "]}");
    scene_merge(catalog, amr_buffer_text(&json));
    amr_buffer_free(&json);
}

static inline void scene_append_id(struct amr_buffer *json, const struct scene_database *database)
{
    amr_buffer_append_format(json,
                             "\"id\":\"/subscriptions/%s/resourceGroups/%s/providers/"
                             "Microsoft.Cache/redisEnterprise/%s",
                             scene_or(database->subscription, SCENE_SUBSCRIPTION),
                             scene_or(database->group, "rg"), scene_or(database->cluster, "c"));
}

static inline void scene_append_cluster(struct amr_buffer *json,
                                        const struct scene_database *database)
{
    const char *sku = scene_or(database->sku, "Balanced_B10");

    amr_buffer_append_text(json, "{");
    scene_append_id(json, database);
    amr_buffer_append_format(json, "\",%s", scene_or(database->cluster_extra, ""));
    if (sku[0] != '\0')
        amr_buffer_append_format(json, "\"sku\":{\"name\":\"%s\"},", sku);
    if (database->location == NULL || database->location[0] != '\0')
        amr_buffer_append_format(json, "\"location\":\"%s\",",
                                 scene_or(database->location, "West Europe"));
    amr_buffer_append_text(json, "\"databases\":[");
}

static inline void scene_append_database(struct amr_buffer *json,
                                         const struct scene_database *database)
{
    amr_buffer_append_text(json, "{");
    scene_append_id(json, database);
    amr_buffer_append_format(json, "/databases/%s\",\"properties\":{",
                             scene_or(database->name, "default"));
    if (database->version != NULL)
        amr_buffer_append_format(json, "\"redisVersion\":%s,", database->version);
    if (database->flag != NULL)
        amr_buffer_append_format(json, "\"deferUpgrade\":%s,", database->flag);
    amr_buffer_append_text(json, scene_or(database->extra, ""));
    amr_buffer_append_text(json, "\"clientProtocol\":\"Encrypted\"}}");
}

static inline bool scene_is_same_cluster(const struct scene_database *left,
                                         const struct scene_database *right)
{
    return strcmp(scene_or(left->cluster, "c"), scene_or(right->cluster, "c")) == 0 &&
           strcmp(scene_or(left->group, "rg"), scene_or(right->group, "rg")) == 0 &&
           strcmp(scene_or(left->subscription, ""), scene_or(right->subscription, "")) == 0;
}

/* Reads the databases into the fleet, in their order. */
static inline void scene_fleet(struct amr_fleet *fleet, const struct scene_database *databases,
                               size_t count)
{
    struct amr_buffer json;
    struct amr_error err;

    amr_buffer_init(&json, SCENE_BYTES_MAX);
    amr_buffer_append_text(&json, "{\"value\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && scene_is_same_cluster(&databases[i - 1], &databases[i])) {
            amr_buffer_append_text(&json, ",");
        } else {
            amr_buffer_append_text(&json, i > 0 ? "]}," : "");
            scene_append_cluster(&json, &databases[i]);
        }
        scene_append_database(&json, &databases[i]);
    }
    amr_buffer_append_text(&json, count > 0 ? "]}]}" : "]}");
    ck_assert(!amr_buffer_is_failed(&json));
    ck_assert_msg(amr_arm_read_document(amr_buffer_text(&json), json.length, fleet, &err), "%s: %s",
                  amr_buffer_text(&json), err.message);
    ck_assert_uint_eq(fleet->database_count, count);
    amr_buffer_free(&json);
}

/* Sets severities of "NAME=LEVEL NAME=LEVEL"; NULL sets none. */
static inline void scene_severities(struct amr_policy *policy, const char *severities)
{
    char text[64];
    int length;

    if (severities == NULL)
        return;
    while (sscanf(severities, "%63s%n", text, &length) == 1) {
        ck_assert_msg(amr_policy_set_severity(policy, text), "'%s' refused", text);
        severities += length;
    }
}

/* Parses a range; NULL leaves it alone. */
static inline void scene_range(struct amr_range *range, const char *text)
{
    ck_assert_msg(text == NULL || amr_range_parse(text, range), "'%s' refused", text);
}

#endif
