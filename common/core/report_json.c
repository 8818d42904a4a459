/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <inttypes.h>

#include "json.h"

enum { WORDS_BYTES_MAX = 16 * 1024 };

static void append_line_member(struct amr_buffer *buffer, const char *key, struct amr_line line)
{
    char text[AMR_LINE_TEXT_SIZE];

    amr_line_format(line, text);
    amr_json_append_text_member(buffer, key, amr_line_is_known(line) ? text : NULL);
}

static void append_instant_member(struct amr_buffer *buffer, const char *key, int64_t instant_s)
{
    char text[AMR_INSTANT_TEXT_SIZE];

    amr_instant_format(instant_s, text);
    amr_json_append_text_member(buffer, key, instant_s == AMR_INSTANT_NONE ? NULL : text);
}

static void append_days_member(struct amr_buffer *buffer, const char *key, int64_t hundredths)
{
    amr_buffer_append_format(buffer, ",\"%s\":", key);
    if (hundredths == AMR_DAYS_NONE)
        amr_buffer_append_text(buffer, "null");
    else
        amr_report_append_hundredths(buffer, hundredths);
}

static void append_integer(struct amr_buffer *buffer, const char *key, bool is_known, int64_t value)
{
    if (is_known)
        amr_buffer_append_format(buffer, "\"%s\":%" PRId64, key, value);
    else
        amr_buffer_append_format(buffer, "\"%s\":null", key);
}

static void append_integer_member(struct amr_buffer *buffer, const char *key, bool is_known,
                                  int64_t value)
{
    amr_buffer_append_text(buffer, ",");
    append_integer(buffer, key, is_known, value);
}

static void append_errors(struct amr_buffer *buffer, const struct amr_report *report)
{
    const char *separator = "";

    amr_buffer_append_text(buffer, ",\"errors\":[");
    for (size_t i = 0; i < report->fleet->error_count; i++) {
        const struct amr_fleet_error *error = &report->fleet->errors[i];

        if (!amr_verdict_is_error_relevant(report->fleet, report->selection, error))
            continue;
        amr_buffer_append_format(buffer, "%s{\"scope\":", separator);
        amr_json_append_text(buffer, error->scope);
        amr_json_append_text_member(buffer, "code", amr_error_code_word(error->error.code));
        append_integer_member(buffer, "http_status", error->error.http_status != 0,
                              error->error.http_status);
        amr_json_append_text_member(buffer, "message", error->error.message);
        amr_buffer_append_text(buffer, "}");
        separator = ",";
    }
    amr_buffer_append_text(buffer, "]");
}

static void append_data(struct amr_buffer *buffer, const struct amr_report *report)
{
    static const char *const sources[] = {"azure", "snapshot", "file"};
    int64_t age_s = 0;
    bool has_age = amr_report_data_age_s(report, &age_s);

    amr_buffer_append_format(buffer, ",\"data\":{\"source\":\"%s\"", sources[report->source]);
    append_instant_member(buffer, "fetched_at", report->verdict->oldest_fetched_s);
    append_integer_member(buffer, "age_seconds", has_age, age_s);
    amr_buffer_append_format(buffer, ",\"stale\":%s", report->is_stale ? "true" : "false");
    append_errors(buffer, report);
    amr_buffer_append_text(buffer, "}");
}

static void append_catalog(struct amr_buffer *buffer, const struct amr_report *report)
{
    struct amr_date reviewed = {.precision = AMR_DATE_NONE};
    bool has_reviewed = amr_catalog_reviewed(report->catalog, &reviewed);
    char text[AMR_DATE_TEXT_SIZE];
    const char *separator = "";

    amr_date_format(&reviewed, text);
    amr_buffer_append_text(buffer, ",\"catalog\":{\"reviewed\":");
    amr_json_append_text(buffer, has_reviewed ? text : NULL);
    append_integer_member(buffer, "age_days", report->verdict->has_catalog_age,
                          report->verdict->catalog_age_days);
    amr_buffer_append_text(buffer, ",\"files\":[");
    for (const struct amr_catalog_file *at = report->catalog->files; at != NULL; at = at->next) {
        amr_buffer_append_text(buffer, separator);
        amr_json_append_text(buffer, at->path);
        separator = ",";
    }
    amr_buffer_append_text(buffer, "]}");
}

static void append_advisory_object(struct amr_buffer *buffer, enum amr_advisory advisory,
                                   enum amr_severity severity, const struct amr_buffer *text)
{
    amr_buffer_append_format(buffer, "{\"code\":\"%s\",\"severity\":\"%s\"",
                             amr_advisory_word(advisory), amr_severity_word(severity));
    if (amr_buffer_is_failed(text))
        amr_buffer_fail(buffer);
    amr_json_append_text_member(buffer, "text", amr_buffer_text(text));
    amr_buffer_append_text(buffer, "}");
}

static void append_fleet_advisories(struct amr_buffer *buffer, const struct amr_report *report)
{
    struct amr_buffer text;

    amr_buffer_init(&text, WORDS_BYTES_MAX);
    amr_buffer_append_text(buffer, ",\"advisories\":[");
    if (report->verdict->is_catalog_stale) {
        amr_report_append_catalog_stale(&text, report);
        append_advisory_object(buffer, AMR_ADVISORY_CATALOG_STALE, report->verdict->catalog_stale,
                               &text);
    }
    if (report->verdict->is_access_refused) {
        amr_buffer_append_text(buffer, report->verdict->is_catalog_stale ? "," : "");
        amr_buffer_cut(&text, 0);
        amr_report_append_access(&text, report);
        append_advisory_object(buffer, AMR_ADVISORY_ACCESS, report->verdict->access, &text);
    }
    amr_buffer_append_text(buffer, "]");
    amr_buffer_free(&text);
}

/* Where nothing could be read no count is known. */
static void append_counts(struct amr_buffer *buffer, const struct amr_verdict *verdict)
{
    bool is_known = !verdict->has_outcome[AMR_OUTCOME_ERROR];

    amr_buffer_append_text(buffer, ",\"counts\":{");
    append_integer(buffer, "databases", is_known, (int64_t)verdict->count);
    for (int state = 0; state < AMR_STATE_COUNT; state++)
        append_integer_member(buffer, amr_state_word((enum amr_state)state), is_known,
                              (int64_t)verdict->state_counts[state]);
    amr_buffer_append_text(buffer, "}");
}

static void append_row_advisories(struct amr_buffer *buffer, const struct amr_report *report,
                                  const struct amr_verdict_row *row)
{
    const char *separator = "";

    amr_buffer_append_text(buffer, ",\"advisories\":[");
    for (int advisory = 0; advisory < AMR_ADVISORY_COUNT; advisory++) {
        struct amr_buffer text;

        if (!row->assessment.has_advisory[advisory])
            continue;
        amr_buffer_init(&text, WORDS_BYTES_MAX);
        amr_report_append_advisory(&text, report, row, (enum amr_advisory)advisory);
        amr_buffer_append_text(buffer, separator);
        append_advisory_object(buffer, (enum amr_advisory)advisory,
                               row->assessment.advisories[advisory], &text);
        amr_buffer_free(&text);
        separator = ",";
    }
    amr_buffer_append_text(buffer, "]");
}

static void append_tags(struct amr_buffer *buffer, const struct amr_cluster *cluster)
{
    amr_buffer_append_text(buffer, ",\"tags\":{");
    for (size_t i = 0; i < cluster->tag_count; i++) {
        amr_buffer_append_text(buffer, i == 0 ? "" : ",");
        amr_json_append_text(buffer, cluster->tags[i].key);
        amr_buffer_append_text(buffer, ":");
        amr_json_append_text(buffer, cluster->tags[i].value);
    }
    amr_buffer_append_text(buffer, "}");
}

static void append_facts(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_verdict_row *row)
{
    static const char *const deferrals[] = {
        [AMR_DEFERRAL_ABSENT] = "absent",
        [AMR_DEFERRED] = "deferred",
        [AMR_NOT_DEFERRED] = "not-deferred",
        [AMR_DEFERRAL_OTHER] = "other",
    };
    const struct amr_database *database = &report->fleet->databases[row->assessment.database];
    const struct amr_cluster *cluster = &report->fleet->clusters[database->cluster];

    amr_buffer_append_text(buffer, "\n{\"id\":");
    amr_json_append_text(buffer, database->id);
    amr_json_append_text_member(buffer, "name", row->name);
    amr_json_append_text_member(buffer, "subscription", cluster->subscription);
    amr_json_append_text_member(buffer, "resource_group", cluster->resource_group);
    amr_json_append_text_member(buffer, "cluster", cluster->name);
    amr_json_append_text_member(buffer, "database", database->name);
    amr_json_append_text_member(buffer, "location", cluster->location);
    amr_json_append_text_member(buffer, "sku", cluster->sku);
    amr_json_append_text_member(buffer, "tier", cluster->tier);
    amr_json_append_text_member(buffer, "kind", cluster->kind);
    amr_json_append_text_member(buffer, "version", database->version);
    amr_json_append_text_member(buffer, "deferral", deferrals[database->deferral]);
    amr_json_append_text_member(buffer, "provisioning_state", database->provisioning_state);
    amr_json_append_text_member(buffer, "resource_state", database->resource_state);
    amr_json_append_text_member(buffer, "geo_group", database->geo_group);
    append_tags(buffer, cluster);
    append_instant_member(buffer, "fetched_at", cluster->fetched_s);
}

static void append_ga_members(struct amr_buffer *buffer, const struct amr_date *ga)
{
    bool has_day = ga->precision == AMR_DATE_MONTH || ga->precision == AMR_DATE_DAY;
    char text[AMR_DATE_TEXT_SIZE];

    amr_date_format(ga, text);
    amr_json_append_text_member(buffer, "ga", has_day ? text : NULL);
    amr_json_append_text_member(buffer, "ga_precision",
                                !has_day                          ? NULL
                                : ga->precision == AMR_DATE_MONTH ? "month"
                                                                  : "day");
}

static void append_decision(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_verdict_row *row)
{
    const struct amr_assessment *one = &row->assessment;
    struct amr_buffer reason;

    amr_json_append_text_member(buffer, "state", amr_state_word(one->state));
    amr_json_append_text_member(buffer, "severity", amr_severity_word(one->severity));
    amr_buffer_init(&reason, WORDS_BYTES_MAX);
    amr_report_append_reason(&reason, report, row);
    if (amr_buffer_is_failed(&reason))
        amr_buffer_fail(buffer);
    amr_json_append_text_member(buffer, "reason",
                                reason.length == 0 ? NULL : amr_buffer_text(&reason));
    amr_buffer_free(&reason);
    append_line_member(buffer, "target", one->target);
    append_line_member(buffer, "first", one->first);
    append_ga_members(buffer, &one->ga);
    append_instant_member(buffer, "deadline", one->deadline_s);
    append_instant_member(buffer, "deadline_latest", one->deadline_latest_s);
    append_days_member(buffer, "days_left", one->days_left_hundredths);
    append_line_member(buffer, "next", one->next);
    append_days_member(buffer, "days_to_ga", one->days_to_ga_hundredths);
    append_line_member(buffer, "manual_target", one->manual_target);
    amr_buffer_append_format(buffer, ",\"manual_preview\":%s",
                             !amr_line_is_known(one->manual_target) ? "null"
                             : one->is_manual_preview               ? "true"
                                                                    : "false");
    append_integer_member(buffer, "lines_behind", one->lines_behind >= 0, one->lines_behind);
    amr_json_append_text_member(buffer, "release_notes", one->release_notes);
    append_row_advisories(buffer, report, row);
    amr_buffer_append_text(buffer, "}");
}

void amr_report_append_json(struct amr_buffer *buffer, const struct amr_report *report,
                            const char *summary)
{
    const struct amr_verdict *verdict = report->verdict;

    amr_buffer_append_text(buffer, "{\"schema\":1");
    amr_json_append_text_member(buffer, "program", report->program);
    amr_json_append_text_member(buffer, "version", report->version);
    append_instant_member(buffer, "as_of", report->as_of_s);
    amr_json_append_text_member(buffer, "severity", amr_severity_word(verdict->severity));
    amr_json_append_text_member(buffer, "summary", summary);
    append_data(buffer, report);
    append_catalog(buffer, report);
    append_fleet_advisories(buffer, report);
    append_counts(buffer, verdict);
    amr_buffer_append_text(buffer, ",\"databases\":[");
    for (size_t i = 0; i < verdict->count; i++) {
        amr_buffer_append_text(buffer, i == 0 ? "" : ",");
        append_facts(buffer, report, &verdict->rows[i]);
        append_decision(buffer, report, &verdict->rows[i]);
    }
    amr_buffer_append_text(buffer, "]}\n");
}
