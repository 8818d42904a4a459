/* SPDX-License-Identifier: MIT */
#include "status.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { LEFT_OUT_BYTES = 96, ERRORS_SHOWN_MAX = 10, ITEM_BYTES_MAX = 16 * 1024 };

int amr_status_exit_code(enum amr_severity severity)
{
    static const int codes[] = {
        [AMR_OK] = 0, [AMR_WARNING] = 1, [AMR_CRITICAL] = 2, [AMR_UNKNOWN] = 3};

    return codes[severity];
}

const char *amr_status_word(enum amr_severity severity)
{
    static const char *const words[] = {[AMR_OK] = "OK",
                                        [AMR_WARNING] = "WARNING",
                                        [AMR_CRITICAL] = "CRITICAL",
                                        [AMR_UNKNOWN] = "UNKNOWN"};

    return words[severity];
}

/* Items that are appended while they fit, and counted when they do not. */
struct items {
    struct amr_buffer *buffer;
    size_t end;
    size_t left_out;
};

static void append_item(struct items *items, const struct amr_buffer *item)
{
    if (items->left_out == 0 && items->buffer->length + item->length <= items->end)
        amr_buffer_append_buffer(items->buffer, item);
    else
        items->left_out++;
}

static void append_count(struct items *items, const char *label, int64_t count, const char *unit)
{
    struct amr_buffer item;

    amr_buffer_init(&item, ITEM_BYTES_MAX);
    amr_buffer_append_format(&item, " %s=%" PRId64 "%s", label, count, unit);
    append_item(items, &item);
    amr_buffer_free(&item);
}

static void append_counts(struct items *items, const struct amr_verdict *verdict)
{
    /* Where nothing could be read no count is known, and an unknown count is not zero. */
    if (verdict->has_outcome[AMR_OUTCOME_ERROR])
        return;
    append_count(items, "databases", (int64_t)verdict->count, "");
    for (int state = 0; state < AMR_STATE_COUNT; state++)
        append_count(items, amr_state_word((enum amr_state)state),
                     (int64_t)verdict->state_counts[state], "");
}

static void append_days(struct items *items, const char *label, const char *suffix,
                        int64_t hundredths, const struct amr_buffer *thresholds)
{
    struct amr_buffer item;

    if (hundredths == AMR_DAYS_NONE)
        return;
    if (items->left_out > 0) {
        items->left_out++;
        return;
    }
    amr_buffer_init(&item, ITEM_BYTES_MAX);
    amr_buffer_append_format(&item, " %s%s=", label, suffix);
    amr_report_append_hundredths(&item, hundredths);
    amr_buffer_append_buffer(&item, thresholds);
    append_item(items, &item);
    amr_buffer_free(&item);
}

/* ";WARNING;CRITICAL" as they were given. */
static void append_days_left(struct items *items, const struct amr_policy *policy,
                             const char *label, const char *suffix, int64_t hundredths)
{
    struct amr_buffer thresholds;

    amr_buffer_init(&thresholds, ITEM_BYTES_MAX);
    amr_buffer_append_format(&thresholds, ";%s;%s", policy->warning.text, policy->critical.text);
    append_days(items, label, suffix, hundredths, &thresholds);
    amr_buffer_free(&thresholds);
}

static void append_days_to_ga(struct items *items, const struct amr_policy *policy,
                              const char *label, int64_t hundredths)
{
    struct amr_buffer thresholds;

    amr_buffer_init(&thresholds, ITEM_BYTES_MAX);
    amr_buffer_append_format(&thresholds, ";%s", policy->choice_warning.text);
    append_days(items, label, "_days_to_ga", hundredths, &thresholds);
    amr_buffer_free(&thresholds);
}

static void append_fleet_values(struct items *items, const struct amr_report *report)
{
    const struct amr_verdict *verdict = report->verdict;
    int64_t age_s;

    append_counts(items, verdict);
    append_days_left(items, report->policy, "days_left", "", verdict->least_days_left_hundredths);
    if (amr_report_data_age_s(report, &age_s))
        append_count(items, "data_age", age_s, "s");
    if (verdict->has_catalog_age)
        append_count(items, "catalog_age", verdict->catalog_age_days, "");
}

static int compare_labels(const void *left, const void *right)
{
    const struct amr_verdict_row *const *left_row = left;
    const struct amr_verdict_row *const *right_row = right;

    return strcmp((*left_row)->label, (*right_row)->label);
}

static void append_row_values(struct items *items, const struct amr_policy *policy,
                              const struct amr_verdict_row *row)
{
    append_days_left(items, policy, row->label, "_days_left", row->assessment.days_left_hundredths);
    append_days_to_ga(items, policy, row->label, row->assessment.days_to_ga_hundredths);
}

/* In the order of names, so that a graph keeps its values where some are left out. */
static void append_all_row_values(struct items *items, const struct amr_report *report)
{
    size_t count = report->verdict->count;
    const struct amr_verdict_row **rows = calloc(count + 1, sizeof(*rows));

    if (rows == NULL) {
        amr_buffer_fail(items->buffer);
        return;
    }
    for (size_t i = 0; i < count; i++)
        rows[i] = &report->verdict->rows[i];
    qsort(rows, count, sizeof(*rows), compare_labels);
    for (size_t i = 0; i < count; i++)
        append_row_values(items, report->policy, rows[i]);
    free(rows);
}

static void append_row_line(struct amr_buffer *line, const struct amr_report *report,
                            const struct amr_verdict_row *row)
{
    const char *notes = row->assessment.release_notes;

    amr_buffer_append_format(line, "%s: %s ", row->name, amr_status_word(row->assessment.severity));
    amr_report_append_sentence(line, report, row);
    amr_buffer_append_text(line, "\n");
    if (notes == NULL)
        return;
    amr_buffer_append_text(line, "  ");
    amr_text_append_clean(line, notes, 500);
    amr_buffer_append_text(line, "\n");
}

static void append_row_lines(struct items *items, const struct amr_report *report,
                             int64_t verbosity)
{
    for (size_t i = 0; i < report->verdict->count; i++) {
        const struct amr_verdict_row *row = &report->verdict->rows[i];
        struct amr_buffer line;

        if (row->assessment.severity == AMR_OK && verbosity == 0)
            continue;
        if (items->left_out > 0) {
            items->left_out++;
            continue;
        }
        amr_buffer_init(&line, ITEM_BYTES_MAX);
        append_row_line(&line, report, row);
        append_item(items, &line);
        amr_buffer_free(&line);
    }
}

static void append_error_line(struct items *items, const struct amr_fleet_error *error)
{
    struct amr_buffer line;

    amr_buffer_init(&line, ITEM_BYTES_MAX);
    amr_buffer_append_text(&line, error->is_covered ? "not read anew: " : "not read: ");
    amr_text_append_clean(&line, error->scope == NULL ? "?" : error->scope, 200);
    amr_buffer_append_text(&line, ": ");
    amr_text_append_clean(&line, error->error.message, AMR_ERROR_MESSAGE_SIZE);
    amr_buffer_append_text(&line, "\n");
    append_item(items, &line);
    amr_buffer_free(&line);
}

static void append_error_lines(struct items *items, const struct amr_report *report)
{
    size_t shown = 0;

    for (size_t i = 0; i < report->fleet->error_count; i++) {
        const struct amr_fleet_error *error = &report->fleet->errors[i];

        if (!amr_verdict_is_error_relevant(report->fleet, report->selection, error))
            continue;
        if (shown++ < ERRORS_SHOWN_MAX)
            append_error_line(items, error);
        else
            items->left_out++;
    }
}

static void append_fleet_lines(struct items *items, const struct amr_report *report,
                               const char *remarks)
{
    const struct amr_verdict *verdict = report->verdict;
    struct amr_buffer line;

    append_error_lines(items, report);
    amr_buffer_init(&line, ITEM_BYTES_MAX);
    if (verdict->is_catalog_stale) {
        amr_buffer_append_format(&line, "catalogue: %s ", amr_status_word(verdict->catalog_stale));
        amr_report_append_catalog_stale(&line, report);
        amr_buffer_append_text(&line, "\n");
        append_item(items, &line);
        amr_buffer_cut(&line, 0);
    }
    if (verdict->is_access_refused) {
        amr_buffer_append_format(&line, "access: %s ", amr_status_word(verdict->access));
        amr_report_append_access(&line, report);
        amr_buffer_append_text(&line, "\n");
        append_item(items, &line);
        amr_buffer_cut(&line, 0);
    }
    amr_buffer_append_text(&line, remarks);
    if (line.length > 0)
        append_item(items, &line);
    amr_buffer_free(&line);
}

static void append_first_line(struct amr_buffer *buffer, const struct amr_report *report,
                              size_t room)
{
    size_t summary_max = room < AMR_REPORT_SUMMARY_BYTES_MAX ? room : AMR_REPORT_SUMMARY_BYTES_MAX;

    amr_buffer_append_format(buffer, "AMR UPGRADE %s - ",
                             amr_status_word(report->verdict->severity));
    amr_report_append_summary(buffer, report, summary_max);
    amr_buffer_append_text(buffer, " |");
}

static void append_left_out(struct amr_buffer *buffer, size_t lines, size_t values)
{
    if (lines == 0 && values == 0)
        return;
    amr_buffer_append_format(buffer,
                             "(left out for --max-output: %zu entr%s, %zu performance value%s)\n",
                             lines, lines == 1 ? "y" : "ies", values, values == 1 ? "" : "s");
}

/* What follows the status: performance values on its line, then lines about databases, then lines
 * about the whole fleet. */
struct parts {
    const struct amr_report *report;
    const char *remarks;
    int64_t verbosity;
    struct amr_buffer values_text;
    struct amr_buffer rows_text;
    struct amr_buffer fleet_text;
    struct items values;
    struct items rows;
    struct items fleet;
};

static void make_items(struct items *items, struct amr_buffer *text, size_t end)
{
    amr_buffer_free(text);
    amr_buffer_init(text, end);
    *items = (struct items){.buffer = text, .end = end};
}

static void make_values(struct parts *parts, size_t end)
{
    make_items(&parts->values, &parts->values_text, end);
    append_fleet_values(&parts->values, parts->report);
    append_all_row_values(&parts->values, parts->report);
}

static void make_rows(struct parts *parts, size_t end)
{
    make_items(&parts->rows, &parts->rows_text, end);
    append_row_lines(&parts->rows, parts->report, parts->verbosity);
}

static void make_fleet(struct parts *parts, size_t end)
{
    make_items(&parts->fleet, &parts->fleet_text, end);
    append_fleet_lines(&parts->fleet, parts->report, parts->remarks);
}

static size_t larger(size_t left, size_t right)
{
    return left > right ? left : right;
}

/* What `others` leave of the room, but a share of it at least. */
static size_t share_of(size_t room, size_t others, size_t share)
{
    return larger(room > others ? room - others : 0, room / share);
}

/* Makes all parts within `room` bytes: whole where all fit, else a quarter at least for the lines
 * about the fleet, a half of the rest at least for the values, and what is left for the rows. */
static void make_parts(struct parts *parts, size_t room)
{
    make_values(parts, room);
    make_rows(parts, room);
    make_fleet(parts, share_of(room, parts->values_text.length + parts->rows_text.length, 4));
    room -= parts->fleet_text.length;
    make_values(parts, share_of(room, parts->rows_text.length, 2));
    make_rows(parts, room - parts->values_text.length);
}

static void append_parts(struct amr_buffer *buffer, const struct parts *parts)
{
    amr_buffer_append_buffer(buffer, &parts->values_text);
    amr_buffer_append_text(buffer, "\n");
    amr_buffer_append_buffer(buffer, &parts->rows_text);
    amr_buffer_append_buffer(buffer, &parts->fleet_text);
    append_left_out(buffer, parts->rows.left_out + parts->fleet.left_out, parts->values.left_out);
}

void amr_status_append_text(struct amr_buffer *buffer, const struct amr_report *report,
                            int64_t verbosity, size_t max_bytes, const char *remarks)
{
    struct parts parts = {.report = report, .remarks = remarks, .verbosity = verbosity};
    size_t most = max_bytes - LEFT_OUT_BYTES;

    append_first_line(buffer, report, most / 2);
    make_parts(&parts, most - buffer->length - 1);
    append_parts(buffer, &parts);
    amr_buffer_free(&parts.values_text);
    amr_buffer_free(&parts.rows_text);
    amr_buffer_free(&parts.fleet_text);
}
