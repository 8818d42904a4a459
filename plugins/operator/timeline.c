/* SPDX-License-Identifier: MIT */
#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"

enum { EVENTS_OF_ROW_MAX = 4, WORDS_BYTES_MAX = 1024, FOREIGN_BYTES_MAX = 100 };

static bool is_deferred(const struct amr_report *report, const struct amr_verdict_row *row)
{
    return amr_report_database(report, row)->deferral == AMR_DEFERRED;
}

static bool has_days(const struct amr_date *date)
{
    return date->precision == AMR_DATE_DAY || date->precision == AMR_DATE_MONTH;
}

static void add(struct amr_timeline *timeline, struct amr_event event)
{
    timeline->events[timeline->count++] = event;
}

/* What the lines that are GA already bring. */
static void add_pending(struct amr_timeline *timeline, const struct amr_report *report,
                        const struct amr_verdict_row *row)
{
    const struct amr_assessment *one = &row->assessment;
    struct amr_event event = {.row = row, .line = one->target};

    if (one->state == AMR_STATE_DUE || one->state == AMR_STATE_LATE) {
        event.kind = AMR_EVENT_ANY_DAY;
        event.day = event.latest_day = amr_instant_day(report->as_of_s);
        add(timeline, event);
    }
    if (one->deadline_s == AMR_INSTANT_NONE)
        return;
    event.kind = AMR_EVENT_DEADLINE;
    event.day = amr_instant_day(one->deadline_s);
    event.latest_day = amr_instant_day(one->deadline_latest_s);
    add(timeline, event);
}

/* What the next line brings: its GA, and before it the choice, or after it the deadline where
 * deferral is chosen already. A deferral that covers an earlier line does not cover this one. */
static void add_next(struct amr_timeline *timeline, const struct amr_report *report,
                     const struct amr_verdict_row *row)
{
    const struct amr_assessment *one = &row->assessment;
    int64_t window_days = report->catalog->window_days;
    int64_t offset = is_deferred(report, row) ? window_days : -1;
    struct amr_event event = {
        .kind = AMR_EVENT_GA,
        .row = row,
        .line = one->next,
        .day = one->next_ga.first_day,
        .latest_day = one->next_ga.last_day,
    };

    if (!has_days(&one->next_ga))
        return;
    add(timeline, event);
    if (one->state != AMR_STATE_CHOICE)
        return;
    event.kind = is_deferred(report, row) ? AMR_EVENT_DEADLINE : AMR_EVENT_CHOICE;
    event.day += offset;
    event.latest_day += offset;
    add(timeline, event);
}

static void add_retirement(struct amr_timeline *timeline, const struct amr_verdict_row *row)
{
    if (!row->assessment.has_advisory[AMR_ADVISORY_RETIREMENT])
        return;
    int64_t day = amr_instant_day(row->assessment.retirement_s);
    add(timeline, (struct amr_event){
                      .kind = AMR_EVENT_RETIREMENT, .row = row, .day = day, .latest_day = day});
}

static int compare_events(const void *left_event, const void *right_event)
{
    const struct amr_event *left = left_event;
    const struct amr_event *right = right_event;

    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

bool amr_timeline_make(const struct amr_report *report, struct amr_timeline *timeline,
                       struct amr_error *err)
{
    const struct amr_verdict *verdict = report->verdict;
    struct amr_timeline made = {0};

    made.events = calloc(verdict->count * (EVENTS_OF_ROW_MAX + 1) + 1, sizeof(*made.events));
    if (made.events == NULL)
        return amr_error_set_no_memory(err);
    for (size_t i = 0; i < verdict->count; i++) {
        add_pending(&made, report, &verdict->rows[i]);
        add_next(&made, report, &verdict->rows[i]);
        add_retirement(&made, &verdict->rows[i]);
    }
    qsort(made.events, made.count, sizeof(*made.events), compare_events);
    *timeline = made;
    return true;
}

void amr_timeline_free(struct amr_timeline *timeline)
{
    free(timeline->events);
    *timeline = (struct amr_timeline){0};
}

bool amr_timeline_has(const struct amr_timeline *timeline, const struct amr_verdict_row *row)
{
    for (size_t i = 0; i < timeline->count; i++) {
        if (timeline->events[i].row == row)
            return true;
    }
    return false;
}

const char *amr_event_word(enum amr_event_kind kind)
{
    static const char *const words[] = {
        [AMR_EVENT_ANY_DAY] = "any-day",           [AMR_EVENT_DEADLINE] = "deadline",
        [AMR_EVENT_CHOICE] = "last-day-to-choose", [AMR_EVENT_GA] = "ga",
        [AMR_EVENT_RETIREMENT] = "retirement",
    };

    return words[kind];
}

static void append_line(struct amr_buffer *buffer, struct amr_line line)
{
    char text[AMR_LINE_TEXT_SIZE];

    amr_line_format(line, text);
    amr_buffer_append_text(buffer, text);
}

static void append_any_day(struct amr_buffer *buffer, const struct amr_report *report,
                           const struct amr_event *event)
{
    amr_buffer_append_text(buffer, "the automatic upgrade comes: ");
    append_line(buffer, event->line);
    amr_buffer_append_text(buffer, is_deferred(report, event->row)
                                       ? " is GA, and deferral was chosen too late"
                                       : " is GA, and deferral is not chosen");
}

static void append_ga(struct amr_buffer *buffer, const struct amr_report *report,
                      const struct amr_event *event)
{
    append_line(buffer, event->line);
    amr_buffer_append_text(buffer, " becomes GA");
    if (event->row->assessment.state == AMR_STATE_CHOICE && !is_deferred(report, event->row))
        amr_buffer_append_text(buffer, ": automatic upgrade any day from then on, unless deferred "
                                       "before");
}

/* A day that is only the first of several says so. */
static void append_latest(struct amr_buffer *buffer, const struct amr_event *event)
{
    char text[AMR_DATE_TEXT_SIZE];

    if (event->latest_day == event->day)
        return;
    amr_day_format(event->latest_day, text);
    amr_buffer_append_format(buffer, " (or a later one to %s: the GA is known to the month only)",
                             text);
}

void amr_event_append_words(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_event *event)
{
    const char *kind;

    switch (event->kind) {
    case AMR_EVENT_ANY_DAY:
        append_any_day(buffer, report, event);
        break;
    case AMR_EVENT_DEADLINE:
        amr_buffer_append_text(buffer, "automatic upgrade from this day on");
        break;
    case AMR_EVENT_CHOICE:
        amr_buffer_append_text(buffer, "last day to choose deferral of ");
        append_line(buffer, event->line);
        break;
    case AMR_EVENT_GA:
        append_ga(buffer, report, event);
        break;
    case AMR_EVENT_RETIREMENT:
        kind = amr_report_cluster(report, event->row)->kind;
        amr_buffer_append_text(buffer, "Azure retires kind ");
        amr_text_append_clean(buffer, kind == NULL ? "" : kind, FOREIGN_BYTES_MAX);
        break;
    }
    append_latest(buffer, event);
}

void amr_event_append_step(struct amr_buffer *buffer, const struct amr_report *report,
                           const struct amr_event *event)
{
    append_line(buffer, amr_report_database(report, event->row)->line);
    if (!amr_line_is_known(event->line))
        return;
    amr_buffer_append_text(buffer, " -> ");
    append_line(buffer, event->line);
}

static void widen(int64_t day, int64_t *first_day, int64_t *last_day)
{
    if (day < *first_day)
        *first_day = day;
    if (day > *last_day)
        *last_day = day;
}

bool amr_timeline_window(const struct amr_report *report, const struct amr_verdict_row *row,
                         int64_t *first_day, int64_t *last_day)
{
    const struct amr_assessment *one = &row->assessment;

    if (!has_days(&one->ga))
        return false;
    if (one->state == AMR_STATE_DUE)
        *last_day = amr_instant_day(report->as_of_s);
    else if (one->deadline_s != AMR_INSTANT_NONE)
        *last_day = amr_instant_day(one->deadline_latest_s);
    else if (one->state == AMR_STATE_CHOICE && is_deferred(report, row))
        *last_day = one->ga.last_day + report->catalog->window_days;
    else
        return false;
    *first_day = one->ga.first_day;
    return true;
}

bool amr_timeline_span(const struct amr_timeline *timeline, const struct amr_report *report,
                       int64_t *first_day, int64_t *last_day)
{
    if (timeline->count == 0)
        return false;
    *first_day = *last_day = amr_instant_day(report->as_of_s);
    for (size_t i = 0; i < timeline->count; i++) {
        const struct amr_event *event = &timeline->events[i];
        int64_t from_day;
        int64_t to_day;

        widen(event->day, first_day, last_day);
        widen(event->latest_day, first_day, last_day);
        if (!amr_timeline_window(report, event->row, &from_day, &to_day))
            continue;
        widen(from_day, first_day, last_day);
        widen(to_day, first_day, last_day);
    }
    return true;
}

static void append_day_member(struct amr_buffer *buffer, const char *key, int64_t day)
{
    char text[AMR_DATE_TEXT_SIZE];

    amr_day_format(day, text);
    amr_json_append_text_member(buffer, key, text);
}

static void append_event(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_event *event)
{
    char line[AMR_LINE_TEXT_SIZE];
    struct amr_buffer words;

    amr_line_format(event->line, line);
    amr_buffer_init(&words, WORDS_BYTES_MAX);
    amr_event_append_words(&words, report, event);
    amr_buffer_append_format(buffer, "\n{\"kind\":\"%s\"", amr_event_word(event->kind));
    append_day_member(buffer, "day", event->day);
    append_day_member(buffer, "latest_day", event->latest_day);
    amr_json_append_text_member(buffer, "name", event->row->name);
    amr_json_append_text_member(buffer, "id", amr_report_database(report, event->row)->id);
    amr_json_append_text_member(buffer, "line", amr_line_is_known(event->line) ? line : NULL);
    amr_json_append_text_member(buffer, "text", amr_buffer_text(&words));
    amr_buffer_append_text(buffer, "}");
    amr_buffer_free_part(&words, buffer);
}

void amr_timeline_append_json(struct amr_buffer *buffer, const struct amr_report *report,
                              const struct amr_timeline *timeline)
{
    char as_of[AMR_INSTANT_TEXT_SIZE];

    amr_instant_format(report->as_of_s, as_of);
    amr_buffer_append_text(buffer, "{\"schema\":1");
    amr_json_append_text_member(buffer, "program", report->program);
    amr_json_append_text_member(buffer, "version", report->version);
    amr_json_append_text_member(buffer, "as_of", as_of);
    amr_buffer_append_text(buffer, ",\"events\":[");
    for (size_t i = 0; i < timeline->count; i++) {
        amr_buffer_append_text(buffer, i == 0 ? "" : ",");
        append_event(buffer, report, &timeline->events[i]);
    }
    amr_buffer_append_text(buffer, "]}\n");
}
