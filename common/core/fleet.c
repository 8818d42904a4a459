/* SPDX-License-Identifier: MIT */
#include "fleet.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { FIRST_CAPACITY = 16, SCOPE_SIZE = 256, ERRORS_MAX = 1000 };

/* Makes room for one more item in an array of *capacity items of item_size bytes. */
static void *grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
    size_t wanted = *capacity == 0 ? FIRST_CAPACITY : *capacity * 2;

    if (count < *capacity)
        return items;
    if (wanted > SIZE_MAX / item_size)
        return NULL;
    void *grown = realloc(items, wanted * item_size);
    if (grown != NULL)
        *capacity = wanted;
    return grown;
}

/* An item without an id cannot be looked up. */
static bool put(struct amr_index *index, const char *id, size_t place)
{
    return id == NULL || amr_index_put(index, id, place);
}

bool amr_fleet_add_cluster(struct amr_fleet *fleet, const struct amr_cluster *cluster,
                           size_t *index, struct amr_error *err)
{
    struct amr_cluster *grown =
        grow(fleet->clusters, fleet->cluster_count, &fleet->cluster_capacity, sizeof(*grown));

    if (grown == NULL)
        return amr_error_set_no_memory(err);
    fleet->clusters = grown;
    if (!put(&fleet->cluster_index, cluster->id, fleet->cluster_count))
        return amr_error_set_no_memory(err);
    fleet->clusters[fleet->cluster_count] = *cluster;
    *index = fleet->cluster_count++;
    return true;
}

bool amr_fleet_add_database(struct amr_fleet *fleet, const struct amr_database *database,
                            struct amr_error *err)
{
    struct amr_database *grown =
        grow(fleet->databases, fleet->database_count, &fleet->database_capacity, sizeof(*grown));

    if (grown == NULL)
        return amr_error_set_no_memory(err);
    fleet->databases = grown;
    if (!put(&fleet->database_index, database->id, fleet->database_count))
        return amr_error_set_no_memory(err);
    fleet->databases[fleet->database_count++] = *database;
    return true;
}

void amr_fleet_add_error(struct amr_fleet *fleet, size_t cluster, const struct amr_error *error,
                         const char *scope_format, ...)
{
    char scope[SCOPE_SIZE];
    va_list args;

    struct amr_fleet_error *grown =
        fleet->error_count >= ERRORS_MAX
            ? NULL
            : grow(fleet->errors, fleet->error_count, &fleet->error_capacity, sizeof(*grown));
    if (grown == NULL) {
        fleet->has_lost_errors = true;
        return;
    }
    va_start(args, scope_format);
    (void)vsnprintf(scope, sizeof(scope), scope_format, args);
    va_end(args);
    fleet->errors = grown;
    fleet->errors[fleet->error_count++] = (struct amr_fleet_error){
        .cluster = cluster,
        .scope = amr_arena_copy(&fleet->arena, scope, strlen(scope)),
        .error = *error,
    };
}

bool amr_fleet_find_cluster(const struct amr_fleet *fleet, const char *id, size_t *index)
{
    return amr_index_find(&fleet->cluster_index, id, index);
}

bool amr_fleet_find_database(const struct amr_fleet *fleet, const char *id, size_t *index)
{
    return amr_index_find(&fleet->database_index, id, index);
}

void amr_fleet_free(struct amr_fleet *fleet)
{
    free(fleet->clusters);
    free(fleet->databases);
    free(fleet->errors);
    amr_index_free(&fleet->cluster_index);
    amr_index_free(&fleet->database_index);
    amr_arena_free(&fleet->arena);
    memset(fleet, 0, sizeof(*fleet));
}

static bool is_any_matching(const struct amr_list *globs, const char *name)
{
    for (size_t i = 0; i < globs->count; i++) {
        if (name != NULL && amr_text_is_matching(globs->values[i], name))
            return true;
    }
    return false;
}

static bool is_any_equal(const struct amr_list *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (name != NULL && amr_text_is_equal_nocase(names->values[i], name))
            return true;
    }
    return false;
}

static bool is_key_equal(const char *wanted, size_t wanted_length, const char *key)
{
    char folded[512 + 1];

    if (wanted_length >= sizeof(folded) || strlen(key) != wanted_length)
        return false;
    memcpy(folded, wanted, wanted_length);
    folded[wanted_length] = '\0';
    return amr_text_is_equal_nocase(folded, key);
}

static bool is_tagged(const struct amr_cluster *cluster, const char *wanted)
{
    const char *equals = strchr(wanted, '=');
    size_t key_length = equals != NULL ? (size_t)(equals - wanted) : strlen(wanted);

    for (size_t i = 0; i < cluster->tag_count; i++) {
        const struct amr_tag *tag = &cluster->tags[i];

        if (is_key_equal(wanted, key_length, tag->key) &&
            (equals == NULL || strcmp(equals + 1, tag->value) == 0))
            return true;
    }
    return false;
}

static bool is_subscription_wanted(const struct amr_selection *selection,
                                   const struct amr_cluster *cluster)
{
    const struct amr_list *wanted = &selection->subscriptions;

    return wanted->count == 0 || is_any_equal(wanted, "all") ||
           is_any_equal(wanted, cluster->subscription);
}

bool amr_selection_is_filter(const struct amr_selection *selection)
{
    return selection->resource_groups.count > 0 || selection->clusters.count > 0 ||
           selection->excluded_clusters.count > 0 || selection->databases.count > 0 ||
           selection->tags.count > 0;
}

bool amr_selection_is_cluster(const struct amr_selection *selection,
                              const struct amr_cluster *cluster)
{
    for (size_t i = 0; i < selection->tags.count; i++) {
        if (!is_tagged(cluster, selection->tags.values[i]))
            return false;
    }
    return is_subscription_wanted(selection, cluster) &&
           (selection->resource_groups.count == 0 ||
            is_any_equal(&selection->resource_groups, cluster->resource_group)) &&
           (selection->clusters.count == 0 ||
            is_any_matching(&selection->clusters, cluster->name)) &&
           !is_any_matching(&selection->excluded_clusters, cluster->name);
}

bool amr_selection_is_database(const struct amr_selection *selection, const struct amr_fleet *fleet,
                               const struct amr_database *database)
{
    return amr_selection_is_cluster(selection, &fleet->clusters[database->cluster]) &&
           (selection->databases.count == 0 ||
            is_any_matching(&selection->databases, database->name));
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = text == NULL ? 0 : strlen(text);

    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static bool is_failed(const char *state)
{
    return ends_with(state, "Failed");
}

/* Azure's enumerations are open: a word this program does not know is shown as work under way. */
static bool is_busy(const char *state)
{
    static const char *const settled[] = {"Succeeded", "Running", "Canceled", "Disabled"};

    if (state == NULL || is_failed(state))
        return false;
    for (size_t i = 0; i < AMR_COUNT_OF(settled); i++) {
        if (strcmp(state, settled[i]) == 0)
            return false;
    }
    return true;
}

bool amr_database_is_failed(const struct amr_database *database)
{
    return is_failed(database->provisioning_state) || is_failed(database->resource_state);
}

bool amr_database_is_busy(const struct amr_database *database)
{
    return is_busy(database->provisioning_state) || is_busy(database->resource_state);
}
