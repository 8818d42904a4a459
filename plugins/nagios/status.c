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

static void append_value(struct amr_buffer *buffer, const char *label, const char *suffix,
                         int64_t hundredths, const char *thresholds)
{
    amr_buffer_append_format(buffer, " %s%s=", label, suffix);
    amr_report_append_hundredths(buffer, hundredths);
    amr_buffer_append_text(buffer, thresholds);
}

/* ";WARNING;CRITICAL" as they were given. */
static void append_thresholds(struct amr_buffer *buffer, const struct amr_policy *policy)
{
    amr_buffer_append_format(buffer, ";%s;%s", policy->warning.text, policy->critical.text);
}

static void append_counts(struct amr_buffer *buffer, const struct amr_verdict *verdict)
{
    /* Where nothing could be read no count is known, and an unknown count is not zero. */
    if (verdict->has_outcome[AMR_OUTCOME_ERROR])
        return;
    amr_buffer_append_format(buffer, " databases=%zu", verdict->count);
    for (int state = 0; state < AMR_STATE_COUNT; state++)
        amr_buffer_append_format(buffer, " %s=%zu", amr_state_word((enum amr_state)state),
                                 verdict->state_counts[state]);
}

static void append_fleet_values(struct amr_buffer *buffer, const struct amr_report *report)
{
    const struct amr_verdict *verdict = report->verdict;
    int64_t age_s;

    append_counts(buffer, verdict);
    if (verdict->least_days_left_hundredths != AMR_DAYS_NONE) {
        append_value(buffer, "days_left", "", verdict->least_days_left_hundredths, "");
        append_thresholds(buffer, report->policy);
    }
    if (amr_report_data_age_s(report, &age_s))
        amr_buffer_append_format(buffer, " data_age=%" PRId64 "s", age_s);
    if (verdict->has_catalog_age)
        amr_buffer_append_format(buffer, " catalog_age=%" PRId64, verdict->catalog_age_days);
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

static void append_row_value(struct items *items, const char *label, const char *suffix,
                             int64_t hundredths, const char *thresholds)
{
    struct amr_buffer item;

    if (hundredths == AMR_DAYS_NONE)
        return;
    if (items->left_out > 0) {
        items->left_out++;
        return;
    }
    amr_buffer_init(&item, ITEM_BYTES_MAX);
    append_value(&item, label, suffix, hundredths, thresholds);
    append_item(items, &item);
    amr_buffer_free(&item);
}

static void append_row_values(struct items *items, const struct amr_report *report,
                              const struct amr_verdict_row *row)
{
    const struct amr_policy *policy = report->policy;
    struct amr_buffer thresholds;

    amr_buffer_init(&thresholds, ITEM_BYTES_MAX);
    append_thresholds(&thresholds, policy);
    items->buffer->failed |= amr_buffer_is_failed(&thresholds);
    append_row_value(items, row->label, "_days_left", row->assessment.days_left_hundredths,
                     amr_buffer_text(&thresholds));
    amr_buffer_cut(&thresholds, 0);
    amr_buffer_append_format(&thresholds, ";%s", policy->choice_warning.text);
    append_row_value(items, row->label, "_days_to_ga", row->assessment.days_to_ga_hundredths,
                     amr_buffer_text(&thresholds));
    amr_buffer_free(&thresholds);
}

static int compare_labels(const void *left, const void *right)
{
    const struct amr_verdict_row *const *left_row = left;
    const struct amr_verdict_row *const *right_row = right;

    return strcmp((*left_row)->label, (*right_row)->label);
}

/* In the order of names, so that a graph keeps its values where some are left out. */
static void append_all_row_values(struct items *items, const struct amr_report *report)
{
    size_t count = report->verdict->count;
    const struct amr_verdict_row **rows = calloc(count + 1, sizeof(*rows));

    if (rows == NULL) {
        items->buffer->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        rows[i] = &report->verdict->rows[i];
    qsort(rows, count, sizeof(*rows), compare_labels);
    for (size_t i = 0; i < count; i++)
        append_row_values(items, report, rows[i]);
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

static void append_first_line(struct amr_buffer *buffer, const struct amr_report *report)
{
    amr_buffer_append_format(buffer, "AMR UPGRADE %s - ",
                             amr_status_word(report->verdict->severity));
    amr_report_append_summary(buffer, report, AMR_REPORT_SUMMARY_BYTES_MAX);
    amr_buffer_append_text(buffer, " |");
    append_fleet_values(buffer, report);
}

static void append_left_out(struct amr_buffer *buffer, const struct items *lines,
                            const struct items *values)
{
    if (lines->left_out == 0 && values->left_out == 0)
        return;
    amr_buffer_append_format(buffer,
                             "(left out for --max-output: %zu lines, %zu performance values)\n",
                             lines->left_out, values->left_out);
}

/* The parts are made apart, because what comes first in the output is not what matters most: the
 * lines about databases may take half of the room where there is not enough for all. */
void amr_status_append_text(struct amr_buffer *buffer, const struct amr_report *report,
                            int64_t verbosity, size_t max_bytes, const char *remarks)
{
    struct amr_buffer text;
    struct amr_buffer performance;

    amr_buffer_init(&text, max_bytes);
    amr_buffer_init(&performance, max_bytes);
    append_first_line(buffer, report);
    size_t used = buffer->length + 1 + LEFT_OUT_BYTES;
    size_t room = max_bytes > used ? max_bytes - used : 0;
    struct items fleet_lines = {.buffer = &text, .end = room / 4};
    append_fleet_lines(&fleet_lines, report, remarks);
    struct items values = {.buffer = &performance, .end = (room - text.length) / 2};
    append_all_row_values(&values, report);
    amr_buffer_append_buffer(buffer, &performance);
    amr_buffer_append_text(buffer, "\n");
    struct items lines = {
        .buffer = buffer, .end = max_bytes - LEFT_OUT_BYTES - text.length, .left_out = 0};
    append_row_lines(&lines, report, verbosity);
    amr_buffer_append_buffer(buffer, &text);
    lines.left_out += fleet_lines.left_out;
    append_left_out(buffer, &lines, &values);
    amr_buffer_free(&text);
    amr_buffer_free(&performance);
}
