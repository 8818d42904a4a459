/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "clock.h"
#include "file.h"
#include "keep.h"
#include "report.h"
#include "snapshot.h"
#include "survey.h"
#include "text.h"

enum { SKEW_S_MAX = 300, REMARKS_BYTES_MAX = 16 * 1024, SAVE_WAIT_MS = 1000 };

static const char all[] = "all";

/* A reading of Azure, or of what is kept of it. */
struct reading {
    const struct amr_settings *settings;
    struct amr_http_resident *resident;
    int64_t now_s;
    int64_t start_ms;
    int64_t deadline_ms;
    struct amr_keep cache;
    struct amr_keep state;
    struct amr_survey *survey;
    struct amr_snapshot list;  /* of the subscriptions, where all are wanted */
    struct amr_snapshot known; /* of all of them */
    const char **subscriptions;
    struct amr_store_stamp *stamps; /* of what is kept of each, as it was loaded */
    struct amr_freshness freshness;
    bool has_subscriptions;
    bool is_offline;
    bool is_asked;
};

static bool read_file(const char *path, int64_t deadline_ms, struct amr_fleet *fleet,
                      struct amr_error *err)
{
    struct amr_buffer content;

    amr_buffer_init(&content, AMR_FILE_DOCUMENT_BYTES_MAX);
    bool is_read = amr_file_read(path, deadline_ms, &content, err);
    if (is_read && !amr_arm_read_document(amr_buffer_text(&content), content.length, fleet, err))
        is_read = amr_error_add_context(err, "%s", amr_file_words(path));
    amr_buffer_free(&content);
    return is_read;
}

/* Waiting for another process leaves a part of the time to ask Azure, and to serve what is kept. */
static int64_t wait_until_ms(const struct reading *reading)
{
    int64_t now_ms = amr_clock_mono_ms();

    return now_ms + (reading->deadline_ms - now_ms) / 4 * 3;
}

/* Saving is worth a moment only: what was not saved is read again. */
static int64_t save_until_ms(const struct reading *reading)
{
    int64_t until_ms = amr_clock_mono_ms() + SAVE_WAIT_MS;

    return until_ms < wait_until_ms(reading) ? until_ms : wait_until_ms(reading);
}

static bool open_survey(struct reading *reading, struct amr_error *err)
{
    int64_t waited_s = (amr_clock_mono_ms() - reading->start_ms) / 1000;

    reading->is_asked = true;
    return reading->survey != NULL ||
           amr_survey_open(reading->settings, reading->now_s + waited_s, reading->deadline_ms,
                           reading->resident, &reading->survey, err);
}

static bool is_ttl(const struct reading *reading)
{
    return reading->settings->cache_ttl_s > 0;
}

static void add_busy(const struct reading *reading, struct amr_fleet *fleet)
{
    struct amr_error error;

    (void)amr_error_set(&error, AMR_ERROR_TIMEOUT,
                        "another check is reading it and was not ready within %lld s",
                        (long long)((amr_clock_mono_ms() - reading->start_ms) / 1000));
    amr_fleet_add_error(fleet, AMR_CLUSTER_NONE, &error, "Azure");
}

/* True where the list of subscriptions need not, or must not, be asked for. */
static bool is_list_settled(struct reading *reading)
{
    static const char *const ids[] = {AMR_PART_CREDENTIAL, AMR_PART_SUBSCRIPTIONS};
    struct amr_error error;

    if (amr_snapshot_is_list_fresh(&reading->list, AMR_PART_SUBSCRIPTIONS, &reading->freshness))
        return true;
    for (size_t i = 0; i < AMR_COUNT_OF(ids); i++) {
        const struct amr_part *part = amr_snapshot_find_part(&reading->list, ids[i]);

        if (part == NULL || !amr_part_is_held_back(part, &reading->freshness, &error))
            continue;
        amr_fleet_add_error(&reading->list.fleet, AMR_CLUSTER_NONE, &error,
                            "list of subscriptions");
        return true;
    }
    return false;
}

/* A daemon's reading that was not kept fails: the next one would go back behind it. */
static bool keep_snapshot(struct reading *reading, const char *subscription, bool is_locked,
                          const struct amr_snapshot *snapshot, struct amr_error *err)
{
    return amr_keep_save_snapshot(&reading->cache, subscription, is_locked, snapshot) ||
           amr_error_set_no_memory(err);
}

static bool survey_list(struct reading *reading, struct amr_error *err)
{
    struct amr_snapshot fresh = {0};

    if (!open_survey(reading, err) ||
        !amr_survey_read_subscriptions(reading->survey, &fresh, err)) {
        amr_snapshot_free(&fresh);
        return false;
    }
    const struct amr_part *part = amr_snapshot_find_part(&fresh, AMR_PART_SUBSCRIPTIONS);
    bool is_whole = part != NULL && part->read_s != AMR_INSTANT_NONE;
    /* A list that is whole replaces the old one: subscriptions that it lacks are gone. */
    if (is_whole) {
        amr_snapshot_free(&reading->list);
        reading->list = fresh;
        return true;
    }
    if (amr_snapshot_merge(&reading->list, &fresh, reading->now_s, err))
        return true;
    amr_snapshot_free(&fresh);
    return false;
}

static bool reload_list(struct reading *reading, struct amr_error *err)
{
    struct amr_store_stamp ignored;

    amr_snapshot_free(&reading->list);
    return amr_keep_load_snapshot(&reading->cache, all, &reading->list, &ignored, err);
}

static bool read_list(struct reading *reading, struct amr_error *err)
{
    const char *const names[] = {all};
    struct amr_keep_locks locks = {0};

    if (!reload_list(reading, err))
        return false;
    if (reading->is_offline || is_list_settled(reading))
        return true;
    enum amr_keep_lock outcome =
        amr_keep_lock(&reading->cache, AMR_KEEP_SNAPSHOT, names, 1,
                      is_ttl(reading) ? wait_until_ms(reading) : save_until_ms(reading), &locks);
    bool is_read = outcome == AMR_KEEP_UNUSABLE || reload_list(reading, err);
    if (is_read && outcome == AMR_KEEP_BUSY && is_ttl(reading) &&
        amr_snapshot_is_list_usable(&reading->list, AMR_PART_SUBSCRIPTIONS, &reading->freshness)) {
        add_busy(reading, &reading->list.fleet);
        return true;
    }
    if (is_read && !is_list_settled(reading))
        is_read = survey_list(reading, err) &&
                  keep_snapshot(reading, all, outcome == AMR_KEEP_LOCKED, &reading->list, err);
    amr_keep_unlock(&locks);
    return is_read;
}

static bool is_all(const struct amr_list *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        if (strcmp(wanted->values[i], all) == 0)
            return true;
    }
    return false;
}

/* Adds a subscription, once: a lock that is wanted twice would never come. */
static void add_subscription(struct reading *reading, const char *subscription)
{
    for (size_t i = 0; i < reading->freshness.subscription_count; i++) {
        if (amr_text_is_equal_nocase(reading->subscriptions[i], subscription))
            return;
    }
    reading->subscriptions[reading->freshness.subscription_count++] = subscription;
}

static bool find_listed(struct reading *reading, struct amr_error *err)
{
    static const char prefix[] = AMR_PART_SUBSCRIPTIONS "/";
    const size_t length = sizeof(prefix) - 1;

    if (!read_list(reading, err))
        return false;
    reading->has_subscriptions =
        amr_snapshot_is_list_usable(&reading->list, AMR_PART_SUBSCRIPTIONS, &reading->freshness);
    reading->subscriptions = calloc(reading->list.part_count + 1, sizeof(*reading->subscriptions));
    if (reading->subscriptions == NULL)
        return amr_error_set_no_memory(err);
    for (size_t i = 0; i < reading->list.part_count; i++) {
        const char *id = reading->list.parts[i].id;

        if (strncmp(id, prefix, length) == 0 && amr_text_is_guid(id + length))
            add_subscription(reading, id + length);
    }
    return true;
}

static bool find_subscriptions(struct reading *reading, struct amr_error *err)
{
    const struct amr_list *wanted = &reading->settings->selection.subscriptions;

    if (is_all(wanted))
        return find_listed(reading, err);
    reading->has_subscriptions = true;
    reading->subscriptions = calloc(wanted->count + 1, sizeof(*reading->subscriptions));
    if (reading->subscriptions == NULL)
        return amr_error_set_no_memory(err);
    for (size_t i = 0; i < wanted->count; i++)
        add_subscription(reading, wanted->values[i]);
    return true;
}

/* Merges what is kept of each subscription into what is known. */
static bool load_known(struct reading *reading, struct amr_error *err)
{
    size_t count = reading->freshness.subscription_count;

    if (reading->stamps == NULL)
        reading->stamps = calloc(count + 1, sizeof(*reading->stamps));
    if (reading->stamps == NULL)
        return amr_error_set_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct amr_snapshot one = {0};

        if (!amr_keep_load_snapshot(&reading->cache, reading->subscriptions[i], &one,
                                    &reading->stamps[i], err) ||
            !amr_snapshot_merge(&reading->known, &one, reading->now_s, err)) {
            amr_snapshot_free(&one);
            return false;
        }
    }
    return true;
}

/* True where nobody has written any of it since. */
static bool is_known_still(const struct reading *reading)
{
    for (size_t i = 0; i < reading->freshness.subscription_count; i++) {
        if (!amr_keep_is_same(&reading->cache, reading->subscriptions[i], &reading->stamps[i]))
            return false;
    }
    return true;
}

static bool make_plan(struct reading *reading, struct amr_plan *plan, struct amr_error *err)
{
    amr_plan_free(plan);
    amr_snapshot_free(&reading->known);
    return load_known(reading, err) &&
           amr_plan_make(&reading->known, &reading->freshness, plan, err);
}

static bool is_empty(const struct amr_plan *plan)
{
    return plan->list_count == 0 && plan->cluster_count == 0;
}

static bool survey_plan(struct reading *reading, const struct amr_plan *plan, struct amr_error *err)
{
    struct amr_snapshot fresh = {0};

    bool is_read = open_survey(reading, err) &&
                   amr_survey_read(reading->survey, plan, &fresh, err) &&
                   amr_snapshot_merge(&reading->known, &fresh, reading->now_s, err);
    amr_snapshot_free(&fresh);
    return is_read;
}

static enum amr_keep_lock lock_known(struct reading *reading, int64_t until_ms,
                                     struct amr_keep_locks *locks)
{
    return amr_keep_lock(&reading->cache, AMR_KEEP_SNAPSHOT, reading->subscriptions,
                         reading->freshness.subscription_count, until_ms, locks);
}

static bool save_known(struct reading *reading, bool is_locked, struct amr_error *err)
{
    for (size_t i = 0; i < reading->freshness.subscription_count; i++) {
        if (!keep_snapshot(reading, reading->subscriptions[i], is_locked, &reading->known, err))
            return false;
    }
    return true;
}

/* Adds what has been read to what is kept by now, and not the other way round: where it is from a
 * clock that was wrong it must not win. */
static bool add_written(struct reading *reading, struct amr_error *err)
{
    struct amr_snapshot mine = reading->known;

    if (is_known_still(reading))
        return true;
    reading->known = (struct amr_snapshot){0};
    if (load_known(reading, err) && amr_snapshot_merge(&reading->known, &mine, reading->now_s, err))
        return true;
    amr_snapshot_free(&mine);
    return false;
}

/* Asks without waiting for anybody, then adds what others have written meanwhile. */
static bool ask_always(struct reading *reading, const struct amr_plan *plan, struct amr_error *err)
{
    struct amr_keep_locks locks = {0};

    if (!survey_plan(reading, plan, err))
        return false;
    bool is_locked = lock_known(reading, save_until_ms(reading), &locks) == AMR_KEEP_LOCKED;
    bool is_kept = (!is_locked || add_written(reading, err)) && save_known(reading, is_locked, err);
    amr_keep_unlock(&locks);
    return is_kept;
}

/* Asks where nobody else does; who had to wait looks first at what the other has written, and asks
 * for itself where another is not ready in time and nothing is kept. */
static bool ask_once(struct reading *reading, struct amr_plan *plan, struct amr_error *err)
{
    struct amr_keep_locks locks = {0};
    enum amr_keep_lock outcome = lock_known(reading, wait_until_ms(reading), &locks);

    bool is_read =
        outcome == AMR_KEEP_UNUSABLE || is_known_still(reading) || make_plan(reading, plan, err);
    if (is_read && outcome == AMR_KEEP_BUSY && !is_empty(plan) &&
        amr_snapshot_is_usable(&reading->known, &reading->freshness)) {
        add_busy(reading, &reading->known.fleet);
        return true;
    }
    if (is_read && !is_empty(plan))
        is_read =
            survey_plan(reading, plan, err) && save_known(reading, outcome == AMR_KEEP_LOCKED, err);
    amr_keep_unlock(&locks);
    return is_read;
}

static bool read_known(struct reading *reading, struct amr_error *err)
{
    struct amr_plan plan = {0};
    bool is_read = make_plan(reading, &plan, err);

    if (is_read && !is_empty(&plan) && !reading->is_offline)
        is_read = is_ttl(reading) ? ask_once(reading, &plan, err) : ask_always(reading, &plan, err);
    amr_plan_free(&plan);
    return is_read;
}

/* Whether anything that is judged was kept from earlier. */
static bool is_kept_used(const struct reading *reading)
{
    const struct amr_fleet *fleet = &reading->known.fleet;

    for (size_t i = 0; i < fleet->cluster_count; i++) {
        const struct amr_cluster *cluster = &fleet->clusters[i];

        if (cluster->has_databases && !cluster->is_read &&
            amr_selection_is_cluster(reading->freshness.selection, cluster))
            return true;
    }
    return false;
}

/* Whether this run has seen anything of the subscription that the history should know. A rehearsal
 * leaves no evidence. */
static bool is_observed(const struct reading *reading, const char *subscription)
{
    const struct amr_fleet *fleet = &reading->known.fleet;

    for (size_t i = 0; i < fleet->cluster_count && !reading->settings->has_as_of; i++) {
        if (fleet->clusters[i].is_read &&
            amr_text_is_equal_nocase(fleet->clusters[i].subscription, subscription))
            return true;
    }
    return false;
}

static bool load_history(struct reading *reading, const char *subscription,
                         struct amr_history *history, struct amr_error *err)
{
    const char *const names[] = {subscription};
    struct amr_keep_locks locks = {0};
    struct amr_keep *state = &reading->state;

    if (!is_observed(reading, subscription))
        return amr_keep_load_history(state, subscription, history, err);
    enum amr_keep_lock outcome =
        amr_keep_lock(state, AMR_KEEP_HISTORY, names, 1, save_until_ms(reading), &locks);
    bool is_loaded = amr_keep_load_history(state, subscription, history, err) &&
                     amr_history_observe(history, &reading->known.fleet, subscription, err);
    if (is_loaded && outcome == AMR_KEEP_LOCKED)
        amr_keep_save_history(state, subscription, history);
    amr_keep_unlock(&locks);
    return is_loaded;
}

/* Gives each database of the subscription what is known of its past. */
static void take_records(const struct amr_fleet *fleet, const char *subscription,
                         const struct amr_history *history, struct amr_history_record *records)
{
    for (size_t i = 0; i < fleet->database_count; i++) {
        const struct amr_database *database = &fleet->databases[i];
        const struct amr_history_record *record = amr_history_find(history, database->id);

        if (record != NULL &&
            amr_text_is_equal_nocase(fleet->clusters[database->cluster].subscription, subscription))
            records[i] = *record;
    }
}

/* A record of zeroes, of a database that was never seen, proves nothing. */
static bool read_histories(struct reading *reading, struct amr_history_record **records,
                           struct amr_error *err)
{
    const struct amr_fleet *fleet = &reading->known.fleet;

    if (!reading->state.is_open)
        return true;
    *records = calloc(fleet->database_count + 1, sizeof(**records));
    if (*records == NULL)
        return amr_error_set_no_memory(err);
    for (size_t i = 0; i < reading->freshness.subscription_count; i++) {
        struct amr_history history = {0};
        bool is_loaded = load_history(reading, reading->subscriptions[i], &history, err);

        take_records(fleet, reading->subscriptions[i], &history, *records);
        amr_history_free(&history);
        if (!is_loaded)
            return false;
    }
    return true;
}

/* Hands over what may be judged. */
static bool deliver(struct reading *reading, struct amr_source *source, struct amr_error *err)
{
    if (!amr_snapshot_merge(&reading->known, &reading->list, reading->now_s, err) ||
        !amr_snapshot_settle(&reading->known, &reading->freshness, reading->has_subscriptions,
                             reading->resident != NULL, err) ||
        !read_histories(reading, &source->history, err))
        return false;
    bool is_kept = is_kept_used(reading);
    source->kind = is_kept || !reading->is_asked ? AMR_DATA_SNAPSHOT : AMR_DATA_AZURE;
    if (is_kept)
        source->refused_since_s =
            amr_snapshot_refused_since_s(&reading->known, &reading->freshness);
    source->fleet = reading->known.fleet;
    reading->known.fleet = (struct amr_fleet){0};
    return true;
}

static void note_skew(const struct reading *reading, struct amr_buffer *notes)
{
    int64_t skew_s = amr_survey_skew_s(reading->survey);
    int64_t size_s = skew_s < 0 ? -skew_s : skew_s;

    if (size_s <= SKEW_S_MAX)
        return;
    amr_buffer_append_text(notes, "note: this machine's clock is ");
    amr_report_append_age(notes, size_s);
    amr_buffer_append_text(notes, skew_s < 0 ? " behind Azure's\n" : " ahead of Azure's\n");
}

static void end_reading(struct reading *reading)
{
    amr_survey_close(reading->survey);
    amr_keep_close(&reading->cache);
    amr_keep_close(&reading->state);
    amr_snapshot_free(&reading->list);
    amr_snapshot_free(&reading->known);
    free(reading->subscriptions);
    free(reading->stamps);
}

static bool read_azure(const struct amr_settings *settings,
                       const struct amr_source_options *options, struct amr_source *source,
                       struct amr_error *err)
{
    const struct amr_cancel *cancel = options->resident == NULL ? NULL : &options->resident->cancel;
    struct amr_keep_options cache = {.memory = options->memory, .cancel = cancel};
    struct amr_keep_options state = {.cancel = cancel};
    struct reading reading = {
        .settings = settings,
        .resident = options->resident,
        .now_s = options->now_s,
        .start_ms = amr_clock_mono_ms(),
        .deadline_ms = options->deadline_ms,
        .is_offline = options->is_offline,
        .freshness = {.selection = &settings->selection,
                      .now_s = options->now_s,
                      .ttl_s = settings->cache_ttl_s,
                      .max_stale_s = settings->max_stale_s},
    };

    amr_keep_open(&reading.cache, settings->cache_dir, settings, &cache, "cache", &source->remarks);
    amr_keep_open(&reading.state, settings->state_dir, settings, &state, "state", &source->remarks);
    bool is_read = find_subscriptions(&reading, err);
    reading.freshness.subscriptions = reading.subscriptions;
    is_read = is_read && read_known(&reading, err) && deliver(&reading, source, err);
    note_skew(&reading, &source->notes);
    end_reading(&reading);
    return is_read;
}

bool amr_source_read(const struct amr_settings *settings, const struct amr_source_options *options,
                     struct amr_source *source, struct amr_error *err)
{
    amr_buffer_init(&source->notes, REMARKS_BYTES_MAX);
    amr_buffer_init(&source->remarks, REMARKS_BYTES_MAX);
    source->refused_since_s = AMR_INSTANT_NONE;
    source->kind = settings->from_file != NULL ? AMR_DATA_FILE : AMR_DATA_AZURE;
    return settings->from_file != NULL
               ? read_file(settings->from_file, options->deadline_ms, &source->fleet, err)
               : read_azure(settings, options, source, err);
}

void amr_source_free(struct amr_source *source)
{
    amr_fleet_free(&source->fleet);
    free(source->history);
    amr_buffer_free(&source->notes);
    amr_buffer_free(&source->remarks);
}
