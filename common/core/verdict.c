/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

#include "geo.h"
#include "index.h"
#include "text.h"

enum { NAME_PART_BYTES_MAX = 100, NAME_BYTES_MAX = 400, AGE_HUNDREDTHS_MAX = 1000 * 1000 * 1000 };

static const char *keep(struct amr_arena *arena, struct amr_buffer *text)
{
    const char *kept =
        amr_buffer_is_failed(text) ? NULL : amr_arena_copy(arena, text->text, text->length);

    amr_buffer_free(text);
    return kept;
}

static void append_part(struct amr_buffer *name, const char *separator, const char *part)
{
    amr_buffer_append_text(name, separator);
    amr_text_append_clean(name, part, NAME_PART_BYTES_MAX);
}

static const char *make_name(const struct amr_fleet *fleet, const struct amr_database *database,
                             struct amr_arena *arena)
{
    const struct amr_cluster *cluster = &fleet->clusters[database->cluster];
    struct amr_buffer name;

    amr_buffer_init(&name, NAME_BYTES_MAX);
    append_part(&name, "", cluster->name);
    if (cluster->location != NULL)
        append_part(&name, ".", cluster->location);
    if (database->name == NULL)
        append_part(&name, ".", "?");
    else if (!amr_text_is_equal_nocase(database->name, "default"))
        append_part(&name, ".", database->name);
    return keep(arena, &name);
}

static const char *make_label(const struct amr_verdict_row *row, struct amr_arena *arena)
{
    struct amr_buffer label;

    amr_buffer_init(&label, NAME_BYTES_MAX);
    amr_text_append_label(&label, row->name);
    return keep(arena, &label);
}

static const char *make_unique_label(const struct amr_fleet *fleet,
                                     const struct amr_verdict_row *row, struct amr_arena *arena)
{
    const char *id = fleet->databases[row->assessment.database].id;
    struct amr_buffer label;

    amr_buffer_init(&label, NAME_BYTES_MAX + 16);
    amr_buffer_append_format(&label, "%s-%08x", row->label,
                             (unsigned)amr_text_hash_nocase(id != NULL ? id : row->name));
    return keep(arena, &label);
}

/* Marks each row whose label another row has too. */
static bool find_collisions(const struct amr_verdict *verdict, struct amr_index *labels,
                            bool *is_colliding)
{
    size_t first;

    for (size_t i = 0; i < verdict->count; i++) {
        if (!amr_index_claim(labels, verdict->rows[i].label, i, &first))
            return false;
        is_colliding[i] = first != i;
        is_colliding[first] |= first != i;
    }
    return true;
}

static bool make_labels_unique(const struct amr_fleet *fleet, struct amr_verdict *verdict)
{
    struct amr_index labels = {0};
    bool *is_colliding = calloc(verdict->count + 1, sizeof(*is_colliding));
    bool is_done = is_colliding != NULL && find_collisions(verdict, &labels, is_colliding);

    for (size_t i = 0; is_done && i < verdict->count; i++) {
        struct amr_verdict_row *row = &verdict->rows[i];

        if (is_colliding[i])
            row->label = make_unique_label(fleet, row, &verdict->arena);
        is_done = row->label != NULL;
    }
    amr_index_free(&labels);
    free(is_colliding);
    return is_done;
}

static const struct amr_cluster *cluster_of(const struct amr_verdict_input *input, size_t database)
{
    return &input->fleet->clusters[input->fleet->databases[database].cluster];
}

static bool add_row(const struct amr_verdict_input *input, size_t database, bool is_skewed,
                    struct amr_verdict *verdict)
{
    struct amr_verdict_row *row = &verdict->rows[verdict->count];
    struct amr_assess_input one = {
        .fleet = input->fleet,
        .database = database,
        .catalog = input->catalog,
        .policy = input->policy,
        .history = input->history == NULL ? NULL : &input->history[database],
        .is_skewed = is_skewed,
        .as_of_s = input->as_of_s,
    };

    row->is_too_old = cluster_of(input, database)->fetched_s < input->not_before_s;
    if (row->is_too_old)
        row->assessment = (struct amr_assessment){.database = database};
    else
        amr_assess(&one, &row->assessment);
    row->name = make_name(input->fleet, &input->fleet->databases[database], &verdict->arena);
    row->label = row->name == NULL ? NULL : make_label(row, &verdict->arena);
    verdict->count++;
    return row->label != NULL;
}

static bool add_rows(const struct amr_verdict_input *input, const bool *is_skewed,
                     struct amr_verdict *verdict)
{
    const struct amr_fleet *fleet = input->fleet;

    verdict->rows = calloc(fleet->database_count + 1, sizeof(*verdict->rows));
    if (verdict->rows == NULL)
        return false;
    for (size_t i = 0; i < fleet->database_count; i++) {
        if (amr_selection_is_database(input->selection, fleet, &fleet->databases[i]) &&
            !add_row(input, i, is_skewed[i], verdict))
            return false;
    }
    return make_labels_unique(fleet, verdict);
}

static int compare_days_left(int64_t left, int64_t right)
{
    if (left == right)
        return 0;
    if (left == AMR_DAYS_NONE || right == AMR_DAYS_NONE)
        return left == AMR_DAYS_NONE ? 1 : -1;
    return left < right ? -1 : 1;
}

static int compare_rows(const void *left_row, const void *right_row)
{
    const struct amr_verdict_row *left = left_row;
    const struct amr_verdict_row *right = right_row;
    int days = compare_days_left(left->assessment.days_left_hundredths,
                                 right->assessment.days_left_hundredths);

    if (left->is_too_old != right->is_too_old)
        return left->is_too_old ? 1 : -1;
    if (left->assessment.severity != right->assessment.severity)
        return left->assessment.severity > right->assessment.severity ? -1 : 1;
    if (days != 0)
        return days;
    int names = strcmp(left->name, right->name);
    return names != 0 ? names : strcmp(left->label, right->label);
}

static bool is_newer_than_all(const struct amr_catalog *catalog, struct amr_line line)
{
    for (const struct amr_catalog_line *at = catalog->lines; at != NULL; at = at->next) {
        if (amr_line_compare(at->line, line) >= 0)
            return false;
    }
    return amr_line_is_known(line);
}

static void count_age(int64_t fetched_s, struct amr_verdict *verdict)
{
    /* AMR_INSTANT_NONE is the least of all: one reading of unknown age makes all unknown. */
    if (fetched_s < verdict->oldest_fetched_s)
        verdict->oldest_fetched_s = fetched_s;
}

static void count_row(const struct amr_verdict_input *input, const struct amr_assessment *one,
                      struct amr_verdict *verdict)
{
    const struct amr_database *database = &input->fleet->databases[one->database];

    verdict->state_counts[one->state]++;
    verdict->attention_count += one->severity != AMR_OK;
    verdict->severity = amr_severity_worse(verdict->severity, one->severity);
    if (compare_days_left(one->days_left_hundredths, verdict->least_days_left_hundredths) < 0)
        verdict->least_days_left_hundredths = one->days_left_hundredths;
    verdict->is_line_newer_than_catalog |= is_newer_than_all(input->catalog, database->line);
}

static bool count_subscriptions(const struct amr_verdict_input *input, struct amr_verdict *verdict)
{
    struct amr_index seen = {0};
    bool is_done = true;

    for (size_t i = 0; is_done && i < verdict->count; i++) {
        size_t cluster = input->fleet->databases[verdict->rows[i].assessment.database].cluster;

        is_done = amr_index_put(&seen, input->fleet->clusters[cluster].subscription, 0);
    }
    verdict->subscription_count = seen.count;
    amr_index_free(&seen);
    return is_done;
}

/* A catalogue of unknown age is stale unless every age is welcome. */
static bool is_any_age_alert(const struct amr_range *range)
{
    return amr_range_is_alert(range, 0) || amr_range_is_alert(range, AGE_HUNDREDTHS_MAX);
}

static void judge_catalog(const struct amr_verdict_input *input, struct amr_verdict *verdict)
{
    const struct amr_policy *policy = input->policy;

    verdict->has_catalog_age =
        amr_catalog_age_days(input->catalog, input->as_of_s, &verdict->catalog_age_days);
    verdict->is_catalog_too_old =
        verdict->has_catalog_age
            ? amr_range_is_alert(&policy->catalog_age, verdict->catalog_age_days * 100)
            : is_any_age_alert(&policy->catalog_age);
    verdict->is_catalog_stale = verdict->is_catalog_too_old || verdict->is_line_newer_than_catalog;
    if (!verdict->is_catalog_stale)
        return;
    verdict->catalog_stale =
        amr_override_apply(&policy->advisories[AMR_ADVISORY_CATALOG_STALE], AMR_WARNING);
    verdict->severity = amr_severity_worse(verdict->severity, verdict->catalog_stale);
}

static void judge_access(const struct amr_verdict_input *input, struct amr_verdict *verdict)
{
    verdict->is_access_refused = input->is_access_refused;
    if (!verdict->is_access_refused)
        return;
    verdict->access =
        amr_override_apply(&input->policy->advisories[AMR_ADVISORY_ACCESS], AMR_WARNING);
    verdict->severity = amr_severity_worse(verdict->severity, verdict->access);
}

bool amr_verdict_is_error_relevant(const struct amr_fleet *fleet,
                                   const struct amr_selection *selection,
                                   const struct amr_fleet_error *error)
{
    return error->cluster == AMR_CLUSTER_NONE ||
           amr_selection_is_cluster(selection, &fleet->clusters[error->cluster]);
}

static bool has_too_old(const struct amr_verdict_input *input)
{
    for (size_t i = 0; i < input->fleet->cluster_count; i++) {
        const struct amr_cluster *cluster = &input->fleet->clusters[i];

        if (cluster->has_databases && cluster->fetched_s < input->not_before_s &&
            amr_selection_is_cluster(input->selection, cluster))
            return true;
    }
    return false;
}

static bool has_relevant_error(const struct amr_verdict_input *input)
{
    const struct amr_fleet *fleet = input->fleet;

    for (size_t i = 0; i < fleet->error_count; i++) {
        if (!fleet->errors[i].is_covered &&
            amr_verdict_is_error_relevant(fleet, input->selection, &fleet->errors[i]))
            return true;
    }
    return fleet->has_lost_errors || has_too_old(input);
}

static void judge_outcome(const struct amr_verdict_input *input, struct amr_verdict *verdict)
{
    bool has_error = has_relevant_error(input);

    verdict->has_outcome[AMR_OUTCOME_ERROR] = has_error && verdict->count == 0;
    verdict->has_outcome[AMR_OUTCOME_PARTIAL] = has_error && verdict->count > 0;
    verdict->has_outcome[AMR_OUTCOME_EMPTY] = !has_error && verdict->count == 0;
    for (int outcome = 0; outcome < AMR_OUTCOME_COUNT; outcome++) {
        if (verdict->has_outcome[outcome])
            verdict->severity = amr_severity_worse(
                verdict->severity,
                amr_policy_judge_outcome(input->policy, (enum amr_outcome)outcome));
    }
}

static void set_apart_old_rows(struct amr_verdict *verdict)
{
    while (verdict->count > 0 && verdict->rows[verdict->count - 1].is_too_old) {
        verdict->count--;
        verdict->old_count++;
    }
}

static bool judge(const struct amr_verdict_input *input, const bool *is_skewed,
                  struct amr_verdict *verdict)
{
    if (!add_rows(input, is_skewed, verdict) || !count_subscriptions(input, verdict))
        return false;
    qsort(verdict->rows, verdict->count, sizeof(*verdict->rows), compare_rows);
    verdict->least_days_left_hundredths = AMR_DAYS_NONE;
    verdict->oldest_fetched_s = verdict->count == 0 ? AMR_INSTANT_NONE : INT64_MAX;
    for (size_t i = 0; i < verdict->count; i++)
        count_age(cluster_of(input, verdict->rows[i].assessment.database)->fetched_s, verdict);
    set_apart_old_rows(verdict);
    for (size_t i = 0; i < verdict->count; i++)
        count_row(input, &verdict->rows[i].assessment, verdict);
    judge_catalog(input, verdict);
    judge_access(input, verdict);
    judge_outcome(input, verdict);
    return true;
}

bool amr_verdict_judge(const struct amr_verdict_input *input, struct amr_verdict *verdict,
                       struct amr_error *err)
{
    struct amr_verdict made = {0};
    bool *is_skewed = calloc(input->fleet->database_count + 1, sizeof(*is_skewed));

    if (is_skewed == NULL)
        return amr_error_set_no_memory(err);
    bool is_made = amr_geo_find_skew(input->fleet, is_skewed, err) &&
                   (judge(input, is_skewed, &made) || amr_error_set_no_memory(err));
    free(is_skewed);
    if (!is_made) {
        amr_verdict_free(&made);
        return false;
    }
    *verdict = made;
    return true;
}

void amr_verdict_free(struct amr_verdict *verdict)
{
    free(verdict->rows);
    amr_arena_free(&verdict->arena);
    memset(verdict, 0, sizeof(*verdict));
}
