/* SPDX-License-Identifier: MIT */
#include "geo.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "index.h"

/* A forest: every database points towards the one that stands for its group. */
struct groups {
    const struct amr_fleet *fleet;
    size_t *parents;
    bool *is_mixed; /* of the one that stands for a group */
    struct amr_index nicknames;
    struct amr_arena keys;
};

static size_t root_of(struct groups *groups, size_t database)
{
    while (groups->parents[database] != database) {
        groups->parents[database] = groups->parents[groups->parents[database]];
        database = groups->parents[database];
    }
    return database;
}

static void join(struct groups *groups, size_t left, size_t right)
{
    groups->parents[root_of(groups, left)] = root_of(groups, right);
}

static bool join_by_nickname(struct groups *groups, size_t place)
{
    const struct amr_database *database = &groups->fleet->databases[place];
    const char *subscription = groups->fleet->clusters[database->cluster].subscription;
    size_t first;

    size_t size = strlen(subscription) + strlen(database->geo_group) + 2;
    char *key = amr_arena_allocate(&groups->keys, size);
    if (key == NULL)
        return false;
    memcpy(key, subscription, strlen(subscription));
    key[strlen(subscription)] = '/';
    memcpy(key + strlen(subscription) + 1, database->geo_group, strlen(database->geo_group));
    if (!amr_index_claim(&groups->nicknames, key, place, &first))
        return false;
    join(groups, place, first);
    return true;
}

static bool join_members(struct groups *groups, size_t place)
{
    const struct amr_database *database = &groups->fleet->databases[place];
    size_t member;

    for (size_t i = 0; i < database->linked_count; i++) {
        if (amr_fleet_find_database(groups->fleet, database->linked_ids[i], &member))
            join(groups, place, member);
    }
    if (database->linked_count > 0 || database->geo_group == NULL)
        return true;
    return join_by_nickname(groups, place);
}

static void find_mixed(struct groups *groups)
{
    const struct amr_database *databases = groups->fleet->databases;

    for (size_t i = 0; i < groups->fleet->database_count; i++) {
        size_t root = root_of(groups, i);

        /* The root must have a known line to compare with: it hands its place on where it has
         * none. */
        if (!amr_line_is_known(databases[root].line) && amr_line_is_known(databases[i].line)) {
            groups->parents[root] = i;
            groups->parents[i] = i;
        } else if (amr_line_is_known(databases[i].line) &&
                   amr_line_compare(databases[i].line, databases[root].line) != 0) {
            groups->is_mixed[root] = true;
        }
    }
}

static bool find_groups(struct groups *groups)
{
    size_t count = groups->fleet->database_count;

    groups->parents = calloc(count + 1, sizeof(*groups->parents));
    groups->is_mixed = calloc(count + 1, sizeof(*groups->is_mixed));
    if (groups->parents == NULL || groups->is_mixed == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        groups->parents[i] = i;
    for (size_t i = 0; i < count; i++) {
        if (!join_members(groups, i))
            return false;
    }
    find_mixed(groups);
    return true;
}

bool amr_geo_find_skew(const struct amr_fleet *fleet, bool *is_skewed, struct amr_error *err)
{
    struct groups groups = {.fleet = fleet};
    bool is_found = find_groups(&groups);

    for (size_t i = 0; is_found && i < fleet->database_count; i++)
        is_skewed[i] = groups.is_mixed[root_of(&groups, i)];
    free(groups.parents);
    free(groups.is_mixed);
    amr_index_free(&groups.nicknames);
    amr_arena_free(&groups.keys);
    return is_found || amr_error_set_no_memory(err);
}
