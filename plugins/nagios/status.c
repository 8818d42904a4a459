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
        items->buffer->failed = true;
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
    amr_buffer_append_text(&line, "not read: ");
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

/* The values of the fleet first, which may take all the room, then those of its databases, which
 * share it with the lines. */
static void append_values(struct items *values, const struct amr_report *report)
{
    size_t room = values->end;

    append_fleet_values(values, report);
    values->end = values->buffer->length + (room - values->buffer->length) / 2;
    append_all_row_values(values, report);
}

static void append_left_out(struct amr_buffer *buffer, const struct items *lines,
                            const struct items *values)
{
    if (lines->left_out == 0 && values->left_out == 0)
        return;
    amr_buffer_append_format(buffer,
                             "(left out for --max-output: %zu entries, %zu performance values)\n",
                             lines->left_out, values->left_out);
}

/* The parts are made apart, because what comes first in the output is not what matters most: what
 * concerns the whole fleet stands at the end but is made before there is no room. */
void amr_status_append_text(struct amr_buffer *buffer, const struct amr_report *report,
                            int64_t verbosity, size_t max_bytes, const char *remarks)
{
    struct amr_buffer fleet_text;
    struct amr_buffer performance;
    size_t most = max_bytes - LEFT_OUT_BYTES;

    amr_buffer_init(&fleet_text, max_bytes);
    amr_buffer_init(&performance, max_bytes);
    append_first_line(buffer, report, most / 2);
    size_t room = most - buffer->length - 1;
    struct items fleet_lines = {.buffer = &fleet_text, .end = room / 4};
    append_fleet_lines(&fleet_lines, report, remarks);
    struct items values = {.buffer = &performance, .end = room - fleet_text.length};
    append_values(&values, report);
    amr_buffer_append_buffer(buffer, &performance);
    amr_buffer_append_text(buffer, "\n");
    struct items lines = {.buffer = buffer, .end = most - fleet_text.length};
    append_row_lines(&lines, report, verbosity);
    amr_buffer_append_buffer(buffer, &fleet_text);
    lines.left_out += fleet_lines.left_out;
    append_left_out(buffer, &lines, &values);
    amr_buffer_free(&fleet_text);
    amr_buffer_free(&performance);
}
