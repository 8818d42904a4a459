/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

enum {
    FOREIGN_BYTES_MAX = 100,
    WORDS_BYTES_MAX = 16 * 1024,
    MINUTE_S = 60,
    HOUR_S = 3600,
    UPGRADE_TOLD_S = 7 * AMR_DAY_S,
    HOURS_BELOW_S = 2 * AMR_DAY_S
};

const struct amr_database *amr_report_database(const struct amr_report *report,
                                               const struct amr_verdict_row *row)
{
    return &report->fleet->databases[row->assessment.database];
}

const struct amr_cluster *amr_report_cluster(const struct amr_report *report,
                                             const struct amr_verdict_row *row)
{
    return &report->fleet->clusters[amr_report_database(report, row)->cluster];
}

static void append_foreign(struct amr_buffer *buffer, const char *text)
{
    amr_text_append_clean(buffer, text, FOREIGN_BYTES_MAX);
}

static void append_line(struct amr_buffer *buffer, struct amr_line line)
{
    char text[AMR_LINE_TEXT_SIZE];

    amr_line_format(line, text);
    amr_buffer_append_text(buffer, text);
}

static void append_date(struct amr_buffer *buffer, const struct amr_date *date)
{
    char text[AMR_DATE_TEXT_SIZE];

    amr_date_format(date, text);
    amr_buffer_append_text(buffer, text);
}

static void append_day_of(struct amr_buffer *buffer, int64_t instant_s)
{
    char text[AMR_DATE_TEXT_SIZE];

    amr_day_format(amr_instant_day(instant_s), text);
    amr_buffer_append_text(buffer, text);
}

static void append_count(struct amr_buffer *buffer, int64_t count, const char *noun)
{
    amr_buffer_append_format(buffer, "%" PRId64 " %s%s", count, noun, count == 1 ? "" : "s");
}

/* "23 days", "47 hours", "less than 1 hour": whole units, rounded down. */
static void append_span(struct amr_buffer *buffer, int64_t span_s)
{
    if (span_s >= HOURS_BELOW_S)
        append_count(buffer, span_s / AMR_DAY_S, "day");
    else if (span_s >= HOUR_S)
        append_count(buffer, span_s / HOUR_S, "hour");
    else
        amr_buffer_append_text(buffer, "less than 1 hour");
}

void amr_report_append_age(struct amr_buffer *buffer, int64_t age_s)
{
    if (age_s < 2 * MINUTE_S)
        amr_buffer_append_format(buffer, "%" PRId64 " s", age_s);
    else if (age_s < 2 * HOUR_S)
        amr_buffer_append_format(buffer, "%" PRId64 " min", age_s / MINUTE_S);
    else if (age_s < HOURS_BELOW_S)
        amr_buffer_append_format(buffer, "%" PRId64 " h", age_s / HOUR_S);
    else
        amr_buffer_append_format(buffer, "%" PRId64 " days", age_s / AMR_DAY_S);
}

void amr_report_append_hundredths(struct amr_buffer *buffer, int64_t hundredths)
{
    int64_t magnitude = hundredths < 0 ? -hundredths : hundredths;

    amr_buffer_append_format(buffer, "%s%" PRId64 ".%02" PRId64, hundredths < 0 ? "-" : "",
                             magnitude / 100, magnitude % 100);
}

bool amr_report_data_age_s(const struct amr_report *report, int64_t *age_s)
{
    int64_t fetched_s = report->verdict->oldest_fetched_s;

    if (fetched_s == AMR_INSTANT_NONE)
        return false;
    *age_s = fetched_s > report->now_s ? 0 : report->now_s - fetched_s;
    return true;
}

/* One end where the GA day is known, both where only its month is. */
static void append_deadline(struct amr_buffer *buffer, const struct amr_assessment *one)
{
    append_day_of(buffer, one->deadline_s);
    if (one->deadline_latest_s == one->deadline_s)
        return;
    amr_buffer_append_text(buffer, " to ");
    append_day_of(buffer, one->deadline_latest_s);
}

static void append_days_left(struct amr_buffer *buffer, const struct amr_report *report,
                             const struct amr_assessment *one)
{
    int64_t left_s = one->deadline_s - report->as_of_s;

    if (left_s > 0) {
        append_span(buffer, left_s);
        amr_buffer_append_text(buffer, " left");
        return;
    }
    /* Between the two ends of a month nobody knows whether the deadline has passed. */
    if (one->state != AMR_STATE_OVERDUE)
        amr_buffer_append_text(buffer, "may be ");
    amr_buffer_append_text(buffer, "overdue by ");
    append_span(buffer, -left_s);
}

/* "GA in 26 days (2027-02-01)" */
static void append_countdown(struct amr_buffer *buffer, const struct amr_report *report,
                             const struct amr_date *ga)
{
    amr_buffer_append_text(buffer, "GA in ");
    append_span(buffer, ga->first_day * AMR_DAY_S - report->as_of_s);
    amr_buffer_append_text(buffer, " (");
    append_date(buffer, ga);
    amr_buffer_append_text(buffer, ")");
}

static void append_version(struct amr_buffer *buffer, const struct amr_database *database)
{
    if (amr_line_is_known(database->line))
        append_line(buffer, database->line);
    else if (database->version != NULL)
        append_foreign(buffer, database->version);
    else
        amr_buffer_append_text(buffer, "no version");
}

/* "7.4 -> 8.0", or "7.4" where there is no target. */
static void append_step(struct amr_buffer *buffer, const struct amr_report *report,
                        const struct amr_verdict_row *row)
{
    append_version(buffer, amr_report_database(report, row));
    if (!amr_line_is_known(row->assessment.target))
        return;
    amr_buffer_append_text(buffer, " -> ");
    append_line(buffer, row->assessment.target);
}

static void append_unlisted(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_verdict_row *row)
{
    amr_buffer_append_text(buffer, "the catalogue is out of date: it knows no line as new as ");
    append_line(buffer, amr_report_database(report, row)->line);
    amr_buffer_append_text(buffer, " on ");
    append_foreign(buffer, amr_report_cluster(report, row)->tier);
}

static void append_not_covered(struct amr_buffer *buffer, const struct amr_assessment *one)
{
    amr_buffer_append_text(buffer, "the deferral covers ");
    append_line(buffer, one->first);
    amr_buffer_append_text(buffer, " only, and a line that became GA later is not covered");
}

static void append_fault(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_verdict_row *row)
{
    const char *own = amr_report_database(report, row)->fault;

    if (own == NULL)
        amr_buffer_append_text(buffer, "its cluster's ");
    append_foreign(buffer, own != NULL ? own : amr_report_cluster(report, row)->fault);
}

static void append_quoted(struct amr_buffer *buffer, const char *before, const char *text,
                          const char *after)
{
    amr_buffer_append_format(buffer, "%s'", before);
    append_foreign(buffer, text);
    amr_buffer_append_format(buffer, "'%s", after);
}

void amr_report_append_reason(struct amr_buffer *buffer, const struct amr_report *report,
                              const struct amr_verdict_row *row)
{
    const struct amr_database *database = amr_report_database(report, row);

    switch (row->assessment.reason) {
    case AMR_REASON_NONE:
        break;
    case AMR_REASON_FAULT:
        append_fault(buffer, report, row);
        break;
    case AMR_REASON_NO_VERSION:
        amr_buffer_append_text(buffer, "Azure gives no redisVersion");
        break;
    case AMR_REASON_BAD_VERSION:
        append_quoted(buffer, "redisVersion ", database->version, " is no version X.Y or X.Y.Z");
        break;
    case AMR_REASON_NO_SKU:
        amr_buffer_append_text(buffer,
                               "the SKU of its cluster is not known, so neither is its tier");
        break;
    case AMR_REASON_TIER_NOT_LISTED:
        append_quoted(buffer, "the catalogue does not list the tier ",
                      amr_report_cluster(report, row)->tier, "");
        break;
    case AMR_REASON_LINE_NOT_LISTED:
        append_unlisted(buffer, report, row);
        break;
    case AMR_REASON_DEFERRAL_OTHER:
        append_quoted(buffer, "deferUpgrade has the unknown value ", database->deferral_text, "");
        break;
    case AMR_REASON_GA_DAY_NOT_FOUND:
        amr_buffer_append_text(
            buffer, "deferred, but the day of a GA was not found, so the deadline is not known");
        break;
    case AMR_REASON_SET_AFTER_GA:
        amr_buffer_append_text(buffer, "deferral was set after GA and Azure need not honour it");
        break;
    case AMR_REASON_NEWER_NOT_COVERED:
        append_not_covered(buffer, &row->assessment);
        break;
    }
}

static void append_states(struct amr_buffer *buffer, const struct amr_database *database)
{
    if (database->provisioning_state != NULL) {
        amr_buffer_append_text(buffer, "provisioning state ");
        append_foreign(buffer, database->provisioning_state);
    }
    if (database->provisioning_state != NULL && database->resource_state != NULL)
        amr_buffer_append_text(buffer, ", ");
    if (database->resource_state != NULL) {
        amr_buffer_append_text(buffer, "resource state ");
        append_foreign(buffer, database->resource_state);
    }
}

static void append_retirement(struct amr_buffer *buffer, const struct amr_report *report,
                              const struct amr_verdict_row *row)
{
    const char *kind = amr_report_cluster(report, row)->kind;
    const struct amr_catalog_retirement *retirement =
        amr_catalog_find_retirement(report->catalog, kind);
    int64_t left_s = row->assessment.retirement_s - report->as_of_s;

    append_quoted(buffer, "Azure retires kind ", kind, " on ");
    append_date(buffer, &retirement->date);
    amr_buffer_append_text(buffer, left_s < 0 ? ", " : ", in ");
    append_span(buffer, left_s < 0 ? -left_s : left_s);
    amr_buffer_append_text(buffer, left_s < 0 ? " ago" : "");
}

void amr_report_append_advisory(struct amr_buffer *buffer, const struct amr_report *report,
                                const struct amr_verdict_row *row, enum amr_advisory advisory)
{
    const struct amr_database *database = amr_report_database(report, row);

    switch (advisory) {
    case AMR_ADVISORY_SPENT:
        amr_buffer_append_text(buffer, "the deferral may be spent: it was set before the last "
                                       "upgrade and covers one upgrade only");
        break;
    case AMR_ADVISORY_FAILED:
    case AMR_ADVISORY_BUSY:
        append_states(buffer, database);
        break;
    case AMR_ADVISORY_SKEW:
        append_quoted(buffer, "members of geo-replication group ",
                      database->geo_group == NULL ? "" : database->geo_group,
                      " run different lines");
        break;
    case AMR_ADVISORY_RETIREMENT:
        append_retirement(buffer, report, row);
        break;
    default:
        break;
    }
}

void amr_report_append_catalog_stale(struct amr_buffer *buffer, const struct amr_report *report)
{
    const struct amr_verdict *verdict = report->verdict;

    if (verdict->is_line_newer_than_catalog)
        amr_buffer_append_text(buffer, "a database runs a line newer than the catalogue knows");
    if (!verdict->is_catalog_too_old)
        return;
    amr_buffer_append_text(buffer, verdict->is_line_newer_than_catalog ? ", and " : "");
    if (!verdict->has_catalog_age) {
        amr_buffer_append_text(buffer, "the catalogue does not say when it was reviewed");
        return;
    }
    amr_buffer_append_text(buffer, "the catalogue was reviewed ");
    append_count(buffer, verdict->catalog_age_days, "day");
    amr_buffer_append_text(buffer, " ago");
}

void amr_report_append_access(struct amr_buffer *buffer, const struct amr_report *report)
{
    char since[AMR_INSTANT_TEXT_SIZE];

    amr_instant_format(report->refused_since_s, since);
    amr_buffer_append_format(buffer, "Azure has refused credentials or rights since %s", since);
}

/* The few words about a row in the summary. */
static void append_headline(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_verdict_row *row)
{
    const struct amr_assessment *one = &row->assessment;

    amr_buffer_append_format(buffer, "%s ", row->name);
    append_step(buffer, report, row);
    amr_buffer_append_format(buffer, " %s", amr_state_word(one->state));
    if (one->state == AMR_STATE_OVERDUE) {
        amr_buffer_append_text(buffer, " by ");
        append_span(buffer, report->as_of_s - one->deadline_s);
    } else if (one->days_left_hundredths != AMR_DAYS_NONE) {
        amr_buffer_append_text(buffer, ", ");
        append_days_left(buffer, report, one);
    }
    if (one->deadline_s != AMR_INSTANT_NONE) {
        amr_buffer_append_text(buffer, " (");
        append_deadline(buffer, one);
        amr_buffer_append_text(buffer, ")");
    }
    if (one->state == AMR_STATE_CHOICE) {
        amr_buffer_append_text(buffer, ", ");
        append_countdown(buffer, report, &one->ga);
    }
    if (one->state == AMR_STATE_DUE)
        amr_buffer_append_text(buffer, ", automatic upgrade any day");
    if (one->state == AMR_STATE_UNKNOWN) {
        amr_buffer_append_text(buffer, ": ");
        amr_report_append_reason(buffer, report, row);
    }
}

/* The headline, and every advisory that asks for attention. */
static void append_case(struct amr_buffer *buffer, const struct amr_report *report,
                        const struct amr_verdict_row *row)
{
    append_headline(buffer, report, row);
    for (int advisory = 0; advisory < AMR_ADVISORY_COUNT; advisory++) {
        if (!row->assessment.has_advisory[advisory] ||
            row->assessment.advisories[advisory] == AMR_OK)
            continue;
        amr_buffer_append_text(buffer, ", ");
        amr_report_append_advisory(buffer, report, row, (enum amr_advisory)advisory);
    }
}

static void append_state_counts(struct amr_buffer *buffer, const struct amr_verdict *verdict)
{
    const char *separator = "";

    for (int state = 0; state < AMR_STATE_COUNT; state++) {
        if (verdict->state_counts[state] == 0)
            continue;
        amr_buffer_append_format(buffer, "%s%zu %s", separator, verdict->state_counts[state],
                                 amr_state_word((enum amr_state)state));
        separator = ", ";
    }
}

static void append_opening(struct amr_buffer *buffer, const struct amr_verdict *verdict)
{
    const char *plural = verdict->count == 1 ? "" : "s";

    if (verdict->attention_count > 0) {
        amr_buffer_append_format(buffer, "%zu of %zu database%s need%s attention",
                                 verdict->attention_count, verdict->count, plural,
                                 verdict->attention_count == 1 ? "s" : "");
        return;
    }
    amr_buffer_append_format(buffer, "%zu database%s need%s no attention (", verdict->count, plural,
                             verdict->count == 1 ? "s" : "");
    append_state_counts(buffer, verdict);
    amr_buffer_append_text(buffer, ")");
}

/* The first error that concerns a selected database, and how many there are; those that what was
 * kept stands in for, or the others. */
static const struct amr_fleet_error *first_error(const struct amr_report *report, bool is_covered,
                                                 size_t *count)
{
    const struct amr_fleet_error *first = NULL;

    *count = 0;
    for (size_t i = 0; i < report->fleet->error_count; i++) {
        const struct amr_fleet_error *error = &report->fleet->errors[i];

        if (error->is_covered != is_covered ||
            !amr_verdict_is_error_relevant(report->fleet, report->selection, error))
            continue;
        first = first == NULL ? error : first;
        *count += 1;
    }
    return first;
}

/* "(data 3 h old: HTTP 429)" */
static void append_data_age(struct amr_buffer *buffer, const struct amr_report *report)
{
    int64_t age_s;
    size_t count;
    const struct amr_fleet_error *error = first_error(report, true, &count);

    if (!report->is_stale || !amr_report_data_age_s(report, &age_s))
        return;
    amr_buffer_append_text(buffer, " (data ");
    amr_report_append_age(buffer, age_s);
    amr_buffer_append_text(buffer, " old");
    if (error != NULL && error->error.http_status != 0)
        amr_buffer_append_format(buffer, ": HTTP %d", error->error.http_status);
    else if (error != NULL)
        amr_buffer_append_format(buffer, ": %s", amr_error_code_word(error->error.code));
    amr_buffer_append_text(buffer, ")");
}

static void append_separator(struct amr_buffer *words)
{
    if (words->length > 0)
        amr_buffer_append_text(words, "; ");
}

/* What befell the run as a whole; nothing where it went well. */
static void append_outcome(struct amr_buffer *buffer, const struct amr_report *report)
{
    const struct amr_verdict *verdict = report->verdict;
    size_t count;
    const struct amr_fleet_error *error = first_error(report, false, &count);

    if (verdict->has_outcome[AMR_OUTCOME_EMPTY])
        amr_buffer_append_text(buffer, amr_selection_is_filter(report->selection)
                                           ? "no database matches the selection"
                                           : "no database found: there is none, or the right to "
                                             "read is missing");
    if (error != NULL) {
        append_count(buffer, (int64_t)count, "part");
        amr_buffer_append_text(buffer, " could not be read: ");
        append_foreign(buffer, error->scope == NULL ? "?" : error->scope);
        amr_buffer_append_text(buffer, ": ");
        amr_text_append_clean(buffer, error->error.message, AMR_ERROR_MESSAGE_SIZE);
    }
    if (verdict->is_access_refused && verdict->access != AMR_OK) {
        append_separator(buffer);
        amr_report_append_access(buffer, report);
    }
    if (verdict->is_catalog_stale && verdict->catalog_stale != AMR_OK) {
        append_separator(buffer);
        amr_report_append_catalog_stale(buffer, report);
    }
}

/* The row that the summary names: the worst, or the one with the nearest deadline. */
static const struct amr_verdict_row *summary_row(const struct amr_verdict *verdict)
{
    bool is_worth_naming =
        verdict->count > 0 && (verdict->attention_count > 0 ||
                               verdict->rows[0].assessment.days_left_hundredths != AMR_DAYS_NONE);

    return is_worth_naming ? &verdict->rows[0] : NULL;
}

static void append_other_cases(struct amr_buffer *buffer, const struct amr_report *report,
                               size_t max_bytes)
{
    const struct amr_verdict *verdict = report->verdict;

    for (size_t i = 1; i < verdict->attention_count; i++) {
        struct amr_buffer words;

        amr_buffer_init(&words, WORDS_BYTES_MAX);
        append_case(&words, report, &verdict->rows[i]);
        bool has_room = buffer->length + words.length + strlen("; ") <= max_bytes;
        if (has_room) {
            amr_buffer_append_text(buffer, "; ");
            amr_buffer_append_buffer(buffer, &words);
        }
        amr_buffer_free(&words);
        if (!has_room)
            return;
    }
}

static size_t room_in(const struct amr_buffer *buffer, size_t max_bytes)
{
    return max_bytes > buffer->length ? max_bytes - buffer->length : 0;
}

/* The worst database, which leaves a third of the line to what befell the run. */
static void append_worst(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_verdict_row *row, size_t max_bytes)
{
    struct amr_buffer worst;

    amr_buffer_init(&worst, WORDS_BYTES_MAX);
    amr_buffer_append_text(buffer, report->verdict->attention_count > 0 ? ": " : ", next: ");
    append_case(&worst, report, row);
    amr_text_append_cut(buffer, &worst, room_in(buffer, max_bytes));
    amr_buffer_free(&worst);
}

static void append_parts(struct amr_buffer *line, const struct amr_report *report,
                         const struct amr_buffer *outcome, size_t max_bytes)
{
    const struct amr_verdict *verdict = report->verdict;
    const struct amr_verdict_row *row = summary_row(verdict);

    if (verdict->count > 0)
        append_opening(line, verdict);
    if (row != NULL)
        append_worst(line, report, row,
                     outcome->length == 0 ? max_bytes : max_bytes - max_bytes / 3);
    if (outcome->length > 0) {
        amr_buffer_append_text(line, verdict->count > 0 ? "; " : "");
        amr_text_append_cut(line, outcome, room_in(line, max_bytes));
    }
    append_other_cases(line, report, max_bytes);
}

static void append_words(struct amr_buffer *buffer, const struct amr_report *report,
                         size_t max_bytes)
{
    struct amr_buffer outcome;
    struct amr_buffer line;

    amr_buffer_init(&outcome, WORDS_BYTES_MAX);
    amr_buffer_init(&line, 2 * WORDS_BYTES_MAX);
    append_outcome(&outcome, report);
    append_parts(&line, report, &outcome, max_bytes);
    if (amr_buffer_is_failed(&outcome))
        amr_buffer_fail(&line);
    amr_text_append_cut(buffer, &line, max_bytes);
    amr_buffer_free(&outcome);
    amr_buffer_free(&line);
}

void amr_report_append_summary(struct amr_buffer *buffer, const struct amr_report *report,
                               size_t max_bytes)
{
    struct amr_buffer age;

    amr_buffer_init(&age, WORDS_BYTES_MAX);
    append_data_age(&age, report);
    append_words(buffer, report, max_bytes > age.length ? max_bytes - age.length : 0);
    amr_buffer_append_buffer(buffer, &age);
    amr_buffer_free(&age);
}

static void append_automatic(struct amr_buffer *buffer, const struct amr_report *report,
                             const struct amr_assessment *one)
{
    amr_buffer_append_text(buffer, ", ");
    append_days_left(buffer, report, one);
    amr_buffer_append_text(buffer, one->state == AMR_STATE_LATE
                                       ? ", automatic upgrade any day, at the latest from "
                                       : ", automatic upgrade from ");
    append_deadline(buffer, one);
    if (one->ga.precision != AMR_DATE_MONTH)
        return;
    amr_buffer_append_text(buffer, " (GA known to the month only: ");
    append_date(buffer, &one->ga);
    amr_buffer_append_text(buffer, ")");
}

static void append_due(struct amr_buffer *buffer, const struct amr_assessment *one)
{
    if (one->ga.precision == AMR_DATE_UNKNOWN) {
        amr_buffer_append_text(buffer, ", GA on a day not found");
    } else {
        amr_buffer_append_text(buffer, ", GA ");
        append_date(buffer, &one->ga);
    }
    amr_buffer_append_text(buffer, ", automatic upgrade any day");
}

static void append_choice(struct amr_buffer *buffer, const struct amr_report *report,
                          const struct amr_assessment *one, bool is_deferred)
{
    amr_buffer_append_text(buffer, ", ");
    append_countdown(buffer, report, &one->ga);
    if (is_deferred) {
        amr_buffer_append_text(buffer, ", deferral is chosen");
        return;
    }
    amr_buffer_append_text(buffer, ", deferral is not chosen: possible before ");
    append_date(buffer, &one->ga);
    amr_buffer_append_text(buffer, " only");
}

static void append_state_words(struct amr_buffer *buffer, const struct amr_report *report,
                               const struct amr_verdict_row *row)
{
    const struct amr_assessment *one = &row->assessment;
    bool is_deferred = amr_report_database(report, row)->deferral == AMR_DEFERRED;

    switch (one->state) {
    case AMR_STATE_DEFERRED:
    case AMR_STATE_LATE:
    case AMR_STATE_OVERDUE:
        append_automatic(buffer, report, one);
        break;
    case AMR_STATE_DUE:
        append_due(buffer, one);
        break;
    case AMR_STATE_CHOICE:
        append_choice(buffer, report, one, is_deferred);
        break;
    case AMR_STATE_PREVIEW:
        amr_buffer_append_text(buffer, ", a line not known as GA");
        break;
    case AMR_STATE_AVAILABLE:
        amr_buffer_append_format(buffer, ", in preview, deferral is %s",
                                 is_deferred ? "chosen"
                                             : "not chosen; it must be chosen before GA");
        break;
    default:
        break;
    }
}

static void append_next(struct amr_buffer *buffer, const struct amr_report *report,
                        const struct amr_assessment *one)
{
    if (one->state == AMR_STATE_CHOICE || !amr_line_is_known(one->next))
        return;
    amr_buffer_append_text(buffer, ", ");
    append_line(buffer, one->next);
    amr_buffer_append_text(buffer, " follows: ");
    append_countdown(buffer, report, &one->next_ga);
}

/* A finished upgrade, for a week: "upgraded 7.4 -> 8.0 between 2027-01-03T… and 2027-01-03T…". */
static void append_upgrade(struct amr_buffer *buffer, const struct amr_report *report,
                           const struct amr_verdict_row *row)
{
    const struct amr_history_record *record =
        report->history == NULL ? NULL : &report->history[row->assessment.database];
    char from[AMR_INSTANT_TEXT_SIZE];
    char to[AMR_INSTANT_TEXT_SIZE];

    if (record == NULL || !amr_line_is_known(record->previous_line) ||
        amr_line_compare(record->line, amr_report_database(report, row)->line) != 0 ||
        report->now_s - record->line_first_seen_s >= UPGRADE_TOLD_S)
        return;
    amr_instant_format(record->previous_line_last_seen_s, from);
    amr_instant_format(record->line_first_seen_s, to);
    amr_buffer_append_text(buffer, "; upgraded ");
    append_line(buffer, record->previous_line);
    amr_buffer_append_text(buffer, " -> ");
    append_line(buffer, record->line);
    amr_buffer_append_format(buffer, " between %s and %s", from, to);
}

static bool is_against_intent(const struct amr_report *report, const struct amr_verdict_row *row)
{
    enum amr_state state = row->assessment.state;

    return report->policy->intent == AMR_INTENT_DEFER &&
           amr_report_database(report, row)->deferral != AMR_DEFERRED &&
           (state == AMR_STATE_CURRENT || state == AMR_STATE_PREVIEW ||
            state == AMR_STATE_AVAILABLE || state == AMR_STATE_CHOICE);
}

static void append_remarks(struct amr_buffer *buffer, const struct amr_report *report,
                           const struct amr_verdict_row *row)
{
    const struct amr_assessment *one = &row->assessment;

    if (one->reason != AMR_REASON_NONE) {
        amr_buffer_append_text(buffer, "; ");
        amr_report_append_reason(buffer, report, row);
    }
    if (amr_report_database(report, row)->deferral == AMR_DEFERRAL_ABSENT &&
        one->state != AMR_STATE_UNKNOWN)
        amr_buffer_append_text(buffer, "; Azure gives no deferUpgrade: taken as not deferred");
    if (is_against_intent(report, row))
        amr_buffer_append_text(buffer, "; deferral is intended, but not chosen");
    for (int advisory = 0; advisory < AMR_ADVISORY_COUNT; advisory++) {
        if (!one->has_advisory[advisory])
            continue;
        amr_buffer_append_format(buffer, "; %s: ", amr_advisory_word((enum amr_advisory)advisory));
        amr_report_append_advisory(buffer, report, row, (enum amr_advisory)advisory);
    }
    append_upgrade(buffer, report, row);
}

void amr_report_append_sentence(struct amr_buffer *buffer, const struct amr_report *report,
                                const struct amr_verdict_row *row)
{
    const struct amr_cluster *cluster = amr_report_cluster(report, row);

    amr_buffer_append_format(buffer, "%s, ", amr_state_word(row->assessment.state));
    append_step(buffer, report, row);
    append_state_words(buffer, report, row);
    append_next(buffer, report, &row->assessment);
    if (cluster->sku != NULL) {
        amr_buffer_append_text(buffer, ", ");
        append_foreign(buffer, cluster->sku);
    }
    if (report->verdict->subscription_count > 1) {
        amr_buffer_append_text(buffer, ", subscription ");
        append_foreign(buffer, cluster->subscription);
    }
    append_remarks(buffer, report, row);
}
