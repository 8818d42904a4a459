/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { CELL_BYTES_MAX = 8 * 1024 * 1024, TABLE_CELL_BYTES_MAX = 100, COLUMNS_MAX = 12 };

/* Where a column's value is; `offset` is in the structure that the kind names. */
enum kind {
    KIND_CLUSTER_TEXT,
    KIND_DATABASE_TEXT,
    KIND_LINE,
    KIND_DATE,
    KIND_INSTANT,
    KIND_DAY,
    KIND_DAYS,
    KIND_OTHER,
};

struct column {
    const char *name;
    enum kind kind;
    size_t offset;
    void (*append)(struct amr_buffer *buffer, const struct amr_report *report,
                   const struct amr_verdict_row *row); /* of OTHER */
};

/* What could act on a terminal, or end a line, must not come out. */
static void append_foreign(struct amr_buffer *buffer, const char *text)
{
    if (text == NULL)
        return;
    for (const char *at = text; *at != '\0';) {
        const char *start = at;
        uint32_t point = amr_text_take_character(&at);
        bool is_harmless = point == '|' || point == '<' || point == '>' || point == '&';

        if (amr_text_is_unsafe(point) && !is_harmless)
            amr_buffer_append_text(buffer, "?");
        else
            amr_buffer_append(buffer, start, (size_t)(at - start));
    }
}

static void append_name(struct amr_buffer *buffer, const struct amr_report *report,
                        const struct amr_verdict_row *row)
{
    (void)report;
    append_foreign(buffer, row->name);
}

static void append_deferral(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_verdict_row *row)
{
    static const char *const words[] = {[AMR_DEFERRAL_ABSENT] = "absent",
                                        [AMR_DEFERRED] = "deferred",
                                        [AMR_NOT_DEFERRED] = "not-deferred",
                                        [AMR_DEFERRAL_OTHER] = "other"};

    amr_buffer_append_text(buffer, words[amr_report_database(report, row)->deferral]);
}

static void append_state(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_verdict_row *row)
{
    (void)report;
    amr_buffer_append_text(buffer, amr_state_word(row->assessment.state));
}

static void append_severity(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_verdict_row *row)
{
    (void)report;
    amr_buffer_append_text(buffer, amr_severity_word(row->assessment.severity));
}

static void append_precision(struct amr_buffer *buffer, const struct amr_report *report,
                             const struct amr_verdict_row *row)
{
    enum amr_date_precision precision = row->assessment.ga.precision;

    (void)report;
    if (precision == AMR_DATE_DAY || precision == AMR_DATE_MONTH)
        amr_buffer_append_text(buffer, precision == AMR_DATE_DAY ? "day" : "month");
}

static void append_preview(struct amr_buffer *buffer, const struct amr_report *report,
                           const struct amr_verdict_row *row)
{
    (void)report;
    if (amr_line_is_known(row->assessment.manual_target))
        amr_buffer_append_text(buffer, row->assessment.is_manual_preview ? "true" : "false");
}

static void append_behind(struct amr_buffer *buffer, const struct amr_report *report,
                          const struct amr_verdict_row *row)
{
    (void)report;
    if (row->assessment.lines_behind >= 0)
        amr_buffer_append_format(buffer, "%d", row->assessment.lines_behind);
}

static void append_notes(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_verdict_row *row)
{
    (void)report;
    append_foreign(buffer, row->assessment.release_notes);
}

static void append_advisories(struct amr_buffer *buffer, const struct amr_report *report,
                              const struct amr_verdict_row *row)
{
    const char *separator = "";

    (void)report;
    for (int advisory = 0; advisory < AMR_ADVISORY_COUNT; advisory++) {
        if (!row->assessment.has_advisory[advisory])
            continue;
        amr_buffer_append_format(buffer, "%s%s", separator,
                                 amr_advisory_word((enum amr_advisory)advisory));
        separator = " ";
    }
}

static void append_line(struct amr_buffer *buffer, struct amr_line line)
{
    char text[AMR_LINE_TEXT_SIZE];

    amr_line_format(line, text);
    if (amr_line_is_known(line))
        amr_buffer_append_text(buffer, text);
}

static void append_instant(struct amr_buffer *buffer, int64_t instant_s, bool is_day)
{
    char text[AMR_INSTANT_TEXT_SIZE];

    if (instant_s == AMR_INSTANT_NONE)
        return;
    amr_instant_format(instant_s, text);
    amr_buffer_append(buffer, text, is_day ? AMR_DATE_TEXT_SIZE - 1 : strlen(text));
}

static void append_date(struct amr_buffer *buffer, const struct amr_date *date)
{
    char text[AMR_DATE_TEXT_SIZE];

    amr_date_format(date, text);
    amr_buffer_append_text(buffer, text);
}

static void append_days(struct amr_buffer *buffer, int64_t hundredths)
{
    if (hundredths != AMR_DAYS_NONE)
        amr_report_append_hundredths(buffer, hundredths);
}

static void append_cell(struct amr_buffer *buffer, const struct column *column,
                        const struct amr_report *report, const struct amr_verdict_row *row)
{
    const char *cluster = (const char *)amr_report_cluster(report, row) + column->offset;
    const char *database = (const char *)amr_report_database(report, row) + column->offset;
    const void *decision = (const char *)&row->assessment + column->offset;

    switch (column->kind) {
    case KIND_CLUSTER_TEXT:
        append_foreign(buffer, *(const char *const *)(const void *)cluster);
        break;
    case KIND_DATABASE_TEXT:
        append_foreign(buffer, *(const char *const *)(const void *)database);
        break;
    case KIND_LINE:
        append_line(buffer, *(const struct amr_line *)decision);
        break;
    case KIND_DATE:
        append_date(buffer, decision);
        break;
    case KIND_INSTANT:
    case KIND_DAY:
        append_instant(buffer, *(const int64_t *)decision, column->kind == KIND_DAY);
        break;
    case KIND_DAYS:
        append_days(buffer, *(const int64_t *)decision);
        break;
    case KIND_OTHER:
        column->append(buffer, report, row);
        break;
    }
}

static void append_fetched(struct amr_buffer *buffer, const struct amr_report *report,
                           const struct amr_verdict_row *row)
{
    append_instant(buffer, amr_report_cluster(report, row)->fetched_s, false);
}

#define OF_CLUSTER(member) .kind = KIND_CLUSTER_TEXT, .offset = offsetof(struct amr_cluster, member)
#define OF_DATABASE(member)                                                                        \
    .kind = KIND_DATABASE_TEXT, .offset = offsetof(struct amr_database, member)
#define OF_DECISION(member) .offset = offsetof(struct amr_assessment, member)

static const struct column csv_columns[] = {
    {"id", OF_DATABASE(id)},
    {"name", .kind = KIND_OTHER, .append = append_name},
    {"subscription", OF_CLUSTER(subscription)},
    {"resource_group", OF_CLUSTER(resource_group)},
    {"cluster", OF_CLUSTER(name)},
    {"database", OF_DATABASE(name)},
    {"location", OF_CLUSTER(location)},
    {"sku", OF_CLUSTER(sku)},
    {"tier", OF_CLUSTER(tier)},
    {"kind", OF_CLUSTER(kind)},
    {"version", OF_DATABASE(version)},
    {"deferral", .kind = KIND_OTHER, .append = append_deferral},
    {"provisioning_state", OF_DATABASE(provisioning_state)},
    {"resource_state", OF_DATABASE(resource_state)},
    {"geo_group", OF_DATABASE(geo_group)},
    {"fetched_at", .kind = KIND_OTHER, .append = append_fetched},
    {"state", .kind = KIND_OTHER, .append = append_state},
    {"severity", .kind = KIND_OTHER, .append = append_severity},
    {"reason", .kind = KIND_OTHER, .append = amr_report_append_reason},
    {"target", .kind = KIND_LINE, OF_DECISION(target)},
    {"first", .kind = KIND_LINE, OF_DECISION(first)},
    {"ga", .kind = KIND_DATE, OF_DECISION(ga)},
    {"ga_precision", .kind = KIND_OTHER, .append = append_precision},
    {"deadline", .kind = KIND_INSTANT, OF_DECISION(deadline_s)},
    {"deadline_latest", .kind = KIND_INSTANT, OF_DECISION(deadline_latest_s)},
    {"days_left", .kind = KIND_DAYS, OF_DECISION(days_left_hundredths)},
    {"next", .kind = KIND_LINE, OF_DECISION(next)},
    {"days_to_ga", .kind = KIND_DAYS, OF_DECISION(days_to_ga_hundredths)},
    {"manual_target", .kind = KIND_LINE, OF_DECISION(manual_target)},
    {"manual_preview", .kind = KIND_OTHER, .append = append_preview},
    {"lines_behind", .kind = KIND_OTHER, .append = append_behind},
    {"release_notes", .kind = KIND_OTHER, .append = append_notes},
    {"advisories", .kind = KIND_OTHER, .append = append_advisories},
};

static const struct column table_columns[] = {
    {"NAME", .kind = KIND_OTHER, .append = append_name},
    {"SEVERITY", .kind = KIND_OTHER, .append = append_severity},
    {"STATE", .kind = KIND_OTHER, .append = append_state},
    {"VERSION", OF_DATABASE(version)},
    {"TARGET", .kind = KIND_LINE, OF_DECISION(target)},
    {"DEFERRAL", .kind = KIND_OTHER, .append = append_deferral},
    {"DAYS LEFT", .kind = KIND_DAYS, OF_DECISION(days_left_hundredths)},
    {"DEADLINE", .kind = KIND_DAY, OF_DECISION(deadline_s)},
    {"NEXT GA", .kind = KIND_DATE, OF_DECISION(next_ga)},
    {"SKU", OF_CLUSTER(sku)},
    {"ADVISORIES", .kind = KIND_OTHER, .append = append_advisories},
    {"SUBSCRIPTION", OF_CLUSTER(subscription)},
};
_Static_assert(AMR_COUNT_OF(table_columns) <= COLUMNS_MAX, "a width is kept for each column");

/* The text of a cell of the table, or its column's heading where row is NULL. */
static void make_table_cell(struct amr_buffer *cell, const struct column *column,
                            const struct amr_report *report, const struct amr_verdict_row *row)
{
    struct amr_buffer whole;

    amr_buffer_init(cell, CELL_BYTES_MAX);
    if (row == NULL) {
        amr_buffer_append_text(cell, column->name);
        return;
    }
    amr_buffer_init(&whole, CELL_BYTES_MAX);
    append_cell(&whole, column, report, row);
    amr_text_append_clean(cell, amr_buffer_text(&whole), TABLE_CELL_BYTES_MAX);
    if (whole.length == 0)
        amr_buffer_append_text(cell, "-");
    amr_buffer_free_part(&whole, cell);
}

/* Only several subscriptions need telling apart. */
static size_t table_column_count(const struct amr_report *report)
{
    size_t count = AMR_COUNT_OF(table_columns);

    return report->verdict->subscription_count > 1 ? count : count - 1;
}

static void measure(struct amr_buffer *buffer, const struct amr_report *report,
                    const struct amr_verdict_row *row, size_t widths[COLUMNS_MAX])
{
    for (size_t i = 0; i < table_column_count(report); i++) {
        struct amr_buffer cell;

        make_table_cell(&cell, &table_columns[i], report, row);
        size_t width = amr_text_count_characters(amr_buffer_text(&cell), cell.length);
        if (width > widths[i])
            widths[i] = width;
        amr_buffer_free_part(&cell, buffer);
    }
}

static void append_padding(struct amr_buffer *buffer, size_t count)
{
    amr_buffer_append_format(buffer, "%*s", (int)count, "");
}

static void append_table_line(struct amr_buffer *buffer, const struct amr_report *report,
                              const struct amr_verdict_row *row, const size_t widths[COLUMNS_MAX])
{
    size_t count = table_column_count(report);

    for (size_t i = 0; i < count; i++) {
        bool is_right = table_columns[i].kind == KIND_DAYS;
        bool is_last = i + 1 == count;
        struct amr_buffer cell;

        make_table_cell(&cell, &table_columns[i], report, row);
        size_t width = amr_text_count_characters(amr_buffer_text(&cell), cell.length);
        size_t padding = widths[i] > width ? widths[i] - width : 0;
        append_padding(buffer, is_right ? padding : 0);
        amr_buffer_append_buffer(buffer, &cell);
        append_padding(buffer, is_right || is_last ? 0 : padding);
        amr_buffer_append_text(buffer, is_last ? "\n" : "  ");
        amr_buffer_free_part(&cell, buffer);
    }
}

void amr_columns_append_table(struct amr_buffer *buffer, const struct amr_report *report)
{
    const struct amr_verdict *verdict = report->verdict;
    size_t widths[COLUMNS_MAX] = {0};

    measure(buffer, report, NULL, widths);
    for (size_t i = 0; i < verdict->count; i++)
        measure(buffer, report, &verdict->rows[i], widths);
    append_table_line(buffer, report, NULL, widths);
    for (size_t i = 0; i < verdict->count; i++)
        append_table_line(buffer, report, &verdict->rows[i], widths);
}

static void append_quoted(struct amr_buffer *buffer, const char *text)
{
    amr_buffer_append_text(buffer, "\"");
    for (; *text != '\0'; text++)
        amr_buffer_append(buffer, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    amr_buffer_append_text(buffer, "\"");
}

static bool is_formula(const struct column *column, const char *text)
{
    bool is_foreign = column->kind == KIND_CLUSTER_TEXT || column->kind == KIND_DATABASE_TEXT ||
                      column->append == append_name;

    return is_foreign && *text != '\0' && strchr("=+-@", *text) != NULL;
}

static void append_csv_cell(struct amr_buffer *buffer, const struct column *column,
                            const struct amr_report *report, const struct amr_verdict_row *row)
{
    struct amr_buffer cell;

    amr_buffer_init(&cell, CELL_BYTES_MAX);
    append_cell(&cell, column, report, row);
    const char *text = amr_buffer_text(&cell);
    if (is_formula(column, text))
        amr_buffer_append_text(buffer, "'");
    if (strpbrk(text, ",\"") != NULL)
        append_quoted(buffer, text);
    else
        amr_buffer_append_text(buffer, text);
    amr_buffer_free_part(&cell, buffer);
}

void amr_columns_append_csv(struct amr_buffer *buffer, const struct amr_report *report)
{
    const size_t count = AMR_COUNT_OF(csv_columns);

    for (size_t i = 0; i < count; i++)
        amr_buffer_append_format(buffer, "%s%s", csv_columns[i].name, i + 1 < count ? "," : "\r\n");
    for (size_t row = 0; row < report->verdict->count; row++) {
        for (size_t i = 0; i < count; i++) {
            append_csv_cell(buffer, &csv_columns[i], report, &report->verdict->rows[row]);
            amr_buffer_append_text(buffer, i + 1 < count ? "," : "\r\n");
        }
    }
}
