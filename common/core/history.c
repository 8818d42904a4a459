/* SPDX-License-Identifier: MIT */
#include "history.h"

#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "text.h"

enum { FIRST_CAPACITY = 64, CLOCK_SLACK_S = 300 };

static bool is_on_line(const struct amr_history_record *record, struct amr_line line)
{
    return record != NULL && amr_line_compare(record->line, line) == 0;
}

bool amr_history_is_seen_not_deferred(const struct amr_history_record *record, struct amr_line line,
                                      int64_t since_s)
{
    if (!is_on_line(record, line) || record->not_deferred_last_seen_s == AMR_INSTANT_NONE)
        return false;
    /* An observation from before the upgrade to this line says nothing about this line's event. */
    return record->not_deferred_last_seen_s >= record->line_first_seen_s &&
           record->not_deferred_last_seen_s >= since_s;
}

bool amr_history_is_deferral_spent(const struct amr_history_record *record, struct amr_line line)
{
    if (!is_on_line(record, line) || !amr_line_is_known(record->previous_line))
        return false;
    return record->deferred_first_seen_s != AMR_INSTANT_NONE &&
           record->previous_line_last_seen_s != AMR_INSTANT_NONE &&
           record->deferred_first_seen_s < record->line_first_seen_s;
}

/* What Azure said of one database at one instant. */
struct observation {
    struct amr_line line;
    enum amr_deferral deferral;
    int64_t seen_s;
};

static bool is_not_deferred(enum amr_deferral deferral)
{
    return deferral == AMR_NOT_DEFERRED || deferral == AMR_DEFERRAL_ABSENT;
}

static void observe_flag(struct amr_history_record *record, const struct observation *seen)
{
    if (seen->deferral != AMR_DEFERRED)
        record->deferred_first_seen_s = AMR_INSTANT_NONE;
    else if (record->deferred_first_seen_s == AMR_INSTANT_NONE)
        record->deferred_first_seen_s = seen->seen_s;
    if (is_not_deferred(seen->deferral))
        record->not_deferred_last_seen_s = seen->seen_s;
}

static struct amr_history_record first_record(const struct observation *seen)
{
    struct amr_history_record record = {
        .line = seen->line,
        .line_first_seen_s = seen->seen_s,
        .previous_line_last_seen_s = AMR_INSTANT_NONE,
        .not_deferred_last_seen_s = AMR_INSTANT_NONE,
        .deferred_first_seen_s = AMR_INSTANT_NONE,
    };

    observe_flag(&record, seen);
    return record;
}

/* A clock that was wrong leaves instants that have not come; what was seen before stays. */
static void forget_future(struct amr_history_entry *entry, int64_t now_s)
{
    struct amr_history_record *record = &entry->record;

    entry->last_seen_s = now_s;
    if (record->line_first_seen_s > now_s)
        record->line_first_seen_s = now_s;
    if (record->not_deferred_last_seen_s > now_s)
        record->not_deferred_last_seen_s = AMR_INSTANT_NONE;
    if (record->deferred_first_seen_s > now_s)
        record->deferred_first_seen_s = AMR_INSTANT_NONE;
    if (record->previous_line_last_seen_s > now_s) {
        record->previous_line_last_seen_s = AMR_INSTANT_NONE;
        record->previous_line = (struct amr_line){0};
    }
}

static void observe_line(struct amr_history_entry *entry, const struct observation *seen)
{
    struct amr_history_record *record = &entry->record;

    record->previous_line = record->line;
    record->previous_line_last_seen_s = entry->last_seen_s;
    record->line = seen->line;
    record->line_first_seen_s = seen->seen_s;
    /* Seen of the line before in the same second, it would pass for one of this line. */
    if (record->not_deferred_last_seen_s == seen->seen_s)
        record->not_deferred_last_seen_s = AMR_INSTANT_NONE;
}

/* Of two readings in one second the one that comes later counts as the newer one, but for a lower
 * line: within a second no database takes the place of another, so that one was read first. */
static bool is_older(const struct amr_history_entry *entry, const struct observation *seen)
{
    bool is_lower = amr_line_compare(seen->line, entry->record.line) < 0;

    return seen->seen_s < entry->last_seen_s || (is_lower && seen->seen_s == entry->last_seen_s);
}

static void observe_again(struct amr_history_entry *entry, const struct observation *seen)
{
    struct amr_history_record *record = &entry->record;

    if (entry->last_seen_s > seen->seen_s + CLOCK_SLACK_S)
        forget_future(entry, seen->seen_s);
    else if (is_older(entry, seen))
        return;
    int change = amr_line_compare(seen->line, record->line);
    if (change < 0)
        *record = first_record(seen);
    else if (change > 0)
        observe_line(entry, seen);
    observe_flag(record, seen);
    entry->last_seen_s = seen->seen_s;
}

static bool observe_one(struct amr_history *history, const char *id, const struct observation *seen,
                        struct amr_error *err)
{
    struct amr_history_entry entry = {id, seen->seen_s, first_record(seen)};
    size_t place;

    if (amr_index_find(&history->index, id, &place)) {
        observe_again(&history->entries[place], seen);
        return true;
    }
    return history->count >= AMR_HISTORY_ENTRIES_MAX || amr_history_add(history, &entry, err);
}

/* Drops what was last seen before the instant; the places of the others change. */
static bool drop_before(struct amr_history *history, int64_t instant_s)
{
    size_t count = 0;

    for (size_t i = 0; i < history->count; i++) {
        if (history->entries[i].last_seen_s >= instant_s)
            history->entries[count++] = history->entries[i];
    }
    if (count == history->count)
        return true;
    history->count = count;
    amr_index_free(&history->index);
    for (size_t i = 0; i < count; i++) {
        if (!amr_index_put(&history->index, history->entries[i].id, i))
            return false;
    }
    return true;
}

bool amr_history_observe(struct amr_history *history, const struct amr_fleet *fleet,
                         const char *subscription, struct amr_error *err)
{
    int64_t newest_s = AMR_INSTANT_NONE;

    for (size_t i = 0; i < fleet->database_count; i++) {
        const struct amr_database *database = &fleet->databases[i];
        const struct amr_cluster *cluster = &fleet->clusters[database->cluster];
        struct observation seen = {database->line, database->deferral, cluster->fetched_s};

        if (!cluster->is_read || database->id == NULL || !amr_line_is_known(database->line) ||
            !amr_text_is_equal_nocase(cluster->subscription, subscription))
            continue;
        if (!observe_one(history, database->id, &seen, err))
            return false;
        newest_s = seen.seen_s > newest_s ? seen.seen_s : newest_s;
    }
    if (newest_s == AMR_INSTANT_NONE ||
        drop_before(history, newest_s - (int64_t)AMR_HISTORY_KEPT_DAYS * AMR_DAY_S))
        return true;
    return amr_error_set_no_memory(err);
}

const struct amr_history_record *amr_history_find(const struct amr_history *history, const char *id)
{
    size_t place;

    return id != NULL && amr_index_find(&history->index, id, &place)
               ? &history->entries[place].record
               : NULL;
}

bool amr_history_add(struct amr_history *history, const struct amr_history_entry *entry,
                     struct amr_error *err)
{
    const char *id = amr_arena_copy(&history->arena, entry->id, strlen(entry->id));

    if (history->count == history->capacity) {
        size_t wanted = history->capacity == 0 ? FIRST_CAPACITY : history->capacity * 2;
        struct amr_history_entry *grown = realloc(history->entries, wanted * sizeof(*grown));

        if (grown == NULL)
            return amr_error_set_no_memory(err);
        history->entries = grown;
        history->capacity = wanted;
    }
    if (id == NULL || !amr_index_put(&history->index, id, history->count))
        return amr_error_set_no_memory(err);
    history->entries[history->count] = *entry;
    history->entries[history->count++].id = id;
    return true;
}

void amr_history_free(struct amr_history *history)
{
    free(history->entries);
    amr_index_free(&history->index);
    amr_arena_free(&history->arena);
    memset(history, 0, sizeof(*history));
}
