/* SPDX-License-Identifier: MIT */
#include "icalendar.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

enum { LINE_OCTETS_MAX = 75, VALUE_BYTES_MAX = 8192, FOREIGN_BYTES_MAX = 200 };

/* Folds before an octet that would be the 76th, never inside a character (3.1). */
static void append_folded(struct amr_buffer *buffer, const char *line)
{
    size_t octets = 0;

    while (*line != '\0') {
        const char *start = line;

        (void)amr_text_take_character(&line);
        size_t length = (size_t)(line - start);
        if (octets + length > LINE_OCTETS_MAX) {
            amr_buffer_append_text(buffer, "\r\n ");
            octets = 1;
        }
        amr_buffer_append(buffer, start, length);
        octets += length;
    }
    amr_buffer_append_text(buffer, "\r\n");
}

/* A property whose value is taken as it is. */
static void append_line(struct amr_buffer *buffer, const char *name, const struct amr_buffer *value)
{
    struct amr_buffer line;

    amr_buffer_init(&line, VALUE_BYTES_MAX);
    amr_buffer_append_format(&line, "%s:", name);
    amr_buffer_append_buffer(&line, value);
    append_folded(buffer, amr_buffer_text(&line));
    amr_buffer_free_part(&line, buffer);
}

/* A property of type TEXT (3.3.11). */
static void append_text(struct amr_buffer *buffer, const char *name, const struct amr_buffer *text)
{
    struct amr_buffer escaped;

    amr_buffer_init(&escaped, VALUE_BYTES_MAX);
    for (const char *at = amr_buffer_text(text); *at != '\0'; at++) {
        if (*at == '\n')
            amr_buffer_append_text(&escaped, "\\n");
        else if (strchr("\\;,", *at) != NULL)
            amr_buffer_append_format(&escaped, "\\%c", *at);
        else
            amr_buffer_append(&escaped, at, 1);
    }
    append_line(buffer, name, &escaped);
    amr_buffer_free_part(&escaped, buffer);
}

static void append_day(struct amr_buffer *buffer, const char *name, int64_t day)
{
    char text[AMR_DATE_TEXT_SIZE];

    amr_day_format(day, text);
    amr_buffer_append_format(buffer, "%s:%.4s%.2s%.2s\r\n", name, text, text + 5, text + 8);
}

static void append_stamp(struct amr_buffer *buffer, const struct amr_report *report)
{
    struct amr_date reviewed = {.first_day = 0};
    char text[AMR_DATE_TEXT_SIZE];

    if (!amr_catalog_reviewed(report->catalog, &reviewed))
        reviewed.first_day = 0;
    amr_day_format(reviewed.first_day, text);
    amr_buffer_append_format(buffer, "DTSTAMP:%.4s%.2s%.2sT000000Z\r\n", text, text + 5, text + 8);
}

static void append_uid(struct amr_buffer *buffer, const struct amr_report *report,
                       const struct amr_event *event)
{
    const char *id = amr_report_database(report, event->row)->id;
    char line[AMR_LINE_TEXT_SIZE];
    struct amr_buffer uid;

    amr_line_format(event->line, line);
    amr_buffer_init(&uid, VALUE_BYTES_MAX);
    amr_buffer_append_format(&uid, "%s-%s%s", amr_event_word(event->kind),
                             amr_line_is_known(event->line) ? line : "",
                             amr_line_is_known(event->line) ? "-" : "");
    amr_text_append_label(&uid, event->row->name);
    amr_buffer_append_format(&uid, "-%08" PRIx32 "@amr-upgrade-monitor",
                             amr_text_hash_nocase(id == NULL ? "" : id));
    append_line(buffer, "UID", &uid);
    amr_buffer_free_part(&uid, buffer);
}

static void append_summary(struct amr_buffer *buffer, const struct amr_report *report,
                           const struct amr_event *event)
{
    struct amr_buffer text;

    amr_buffer_init(&text, VALUE_BYTES_MAX);
    amr_buffer_append_format(&text, "%s ", event->row->name);
    amr_event_append_step(&text, report, event);
    amr_buffer_append_text(&text, ": ");
    amr_event_append_words(&text, report, event);
    append_text(buffer, "SUMMARY", &text);
    amr_buffer_free_part(&text, buffer);
}

static void append_fact(struct amr_buffer *text, const char *name, const char *value)
{
    if (value == NULL)
        return;
    amr_buffer_append_format(text, "%s%s: ", text->length == 0 ? "" : "\n", name);
    amr_text_append_clean(text, value, FOREIGN_BYTES_MAX);
}

static void append_description(struct amr_buffer *buffer, const struct amr_report *report,
                               const struct amr_event *event)
{
    const struct amr_database *database = amr_report_database(report, event->row);
    const struct amr_cluster *cluster = amr_report_cluster(report, event->row);
    struct amr_buffer text;

    amr_buffer_init(&text, VALUE_BYTES_MAX);
    append_fact(&text, "Cluster", cluster->name);
    append_fact(&text, "Database", database->name);
    append_fact(&text, "Location", cluster->location);
    append_fact(&text, "SKU", cluster->sku);
    append_fact(&text, "Resource group", cluster->resource_group);
    append_fact(&text, "Subscription", cluster->subscription);
    if (event->kind != AMR_EVENT_RETIREMENT)
        append_fact(&text, "Release notes", event->row->assessment.release_notes);
    append_text(buffer, "DESCRIPTION", &text);
    amr_buffer_free_part(&text, buffer);
}

static void append_event(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_event *event)
{
    amr_buffer_append_text(buffer, "BEGIN:VEVENT\r\n");
    append_uid(buffer, report, event);
    append_stamp(buffer, report);
    append_day(buffer, "DTSTART;VALUE=DATE", event->day);
    append_day(buffer, "DTEND;VALUE=DATE", event->day + 1);
    append_summary(buffer, report, event);
    append_description(buffer, report, event);
    amr_buffer_append_text(buffer, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

void amr_icalendar_append(struct amr_buffer *buffer, const struct amr_report *report,
                          const struct amr_timeline *timeline)
{
    amr_buffer_append_format(buffer,
                             "BEGIN:VCALENDAR\r\n"
                             "VERSION:2.0\r\n"
                             "PRODID:-//amr-upgrade-monitor//%s %s//EN\r\n"
                             "CALSCALE:GREGORIAN\r\n"
                             "NAME:Azure Managed Redis upgrades\r\n"
                             "X-WR-CALNAME:Azure Managed Redis upgrades\r\n"
                             "REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n"
                             "X-PUBLISHED-TTL:PT12H\r\n",
                             report->program, report->version);
    for (size_t i = 0; i < timeline->count; i++) {
        const struct amr_event *event = &timeline->events[i];

        if (event->kind != AMR_EVENT_ANY_DAY && event->kind != AMR_EVENT_GA)
            append_event(buffer, report, event);
    }
    amr_buffer_append_text(buffer, "END:VCALENDAR\r\n");
}
