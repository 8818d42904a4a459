/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "text.h"

enum { FOREIGN_BYTES_MAX = 300, REMARK_BYTES_MAX = 1000 };

/* A date as the catalogue writes it. */
struct date_text {
    char text[AMR_DATE_TEXT_SIZE];
};

static struct date_text text_of(const struct amr_date *date)
{
    struct date_text text = {""};

    amr_date_format(date, text.text);
    return text;
}

static const char *or_dash(const char *text)
{
    return *text == '\0' ? "-" : text;
}

/* From when a deferred database is upgraded all the same; with a month, from its first day. */
static struct date_text deadline_of(const struct amr_catalog *catalog, const struct amr_date *ga)
{
    struct date_text text = {""};

    if (ga->precision == AMR_DATE_DAY || ga->precision == AMR_DATE_MONTH)
        amr_day_format(ga->first_day + catalog->window_days, text.text);
    return text;
}

static void append_release(struct amr_buffer *buffer, const struct amr_catalog *catalog,
                           const struct amr_catalog_line *line, const struct amr_catalog_tier *tier)
{
    struct date_text preview = text_of(&tier->preview);
    struct date_text ga = text_of(&tier->ga);
    struct date_text deadline = deadline_of(catalog, &tier->ga);
    char name[AMR_LINE_TEXT_SIZE];
    struct amr_buffer clean;

    amr_line_format(line->line, name);
    amr_buffer_init(&clean, FOREIGN_BYTES_MAX);
    amr_text_append_clean(&clean, tier->name, FOREIGN_BYTES_MAX);
    amr_buffer_append_format(buffer, "%-5s %-17s %-10s %-10s %-10s %-5s ", name,
                             amr_buffer_text(&clean), or_dash(preview.text), or_dash(ga.text),
                             or_dash(deadline.text), line->is_event ? "yes" : "no");
    amr_buffer_free_part(&clean, buffer);
    amr_text_append_clean(buffer, line->source == NULL ? "-" : line->source, FOREIGN_BYTES_MAX);
    amr_buffer_append_text(buffer, "\n");
}

static void append_retirement(struct amr_buffer *buffer, const struct amr_catalog_retirement *one)
{
    struct date_text date = text_of(&one->date);

    amr_buffer_append_text(buffer, "Azure retires kind ");
    amr_text_append_clean(buffer, one->kind, FOREIGN_BYTES_MAX);
    amr_buffer_append_format(buffer, ": %s  ", or_dash(date.text));
    amr_text_append_clean(buffer, one->source == NULL ? "-" : one->source, FOREIGN_BYTES_MAX);
    amr_buffer_append_text(buffer, "\n");
}

void amr_listing_append_table(struct amr_buffer *buffer, const struct amr_catalog *catalog)
{
    struct amr_date reviewed = {.precision = AMR_DATE_NONE};

    amr_buffer_append_format(buffer, "%-5s %-17s %-10s %-10s %-10s %-5s %s\n", "LINE", "TIER",
                             "PREVIEW", "GA", "DEADLINE", "EVENT", "SOURCE");
    for (const struct amr_catalog_line *line = catalog->lines; line != NULL; line = line->next) {
        for (const struct amr_catalog_tier *tier = line->tiers; tier != NULL; tier = tier->next)
            append_release(buffer, catalog, line, tier);
    }
    for (const struct amr_catalog_retirement *at = catalog->retirements; at != NULL; at = at->next)
        append_retirement(buffer, at);
    if (!amr_catalog_reviewed(catalog, &reviewed))
        reviewed.precision = AMR_DATE_NONE;
    amr_buffer_append_format(buffer, "Reviewed %s; the window is %" PRId64 " days. Files:\n",
                             or_dash(text_of(&reviewed).text), catalog->window_days);
    for (const struct amr_catalog_file *file = catalog->files; file != NULL; file = file->next) {
        amr_buffer_append_text(buffer, "  ");
        amr_text_append_clean(buffer, file->path, REMARK_BYTES_MAX);
        amr_buffer_append_text(buffer, "\n");
    }
}

static void append_date_json(struct amr_buffer *buffer, const char *key,
                             const struct amr_date *date)
{
    struct date_text text = text_of(date);

    amr_buffer_append_format(buffer, "\"%s\":", key);
    amr_json_append_text(buffer, date->precision == AMR_DATE_NONE ? NULL : text.text);
}

static void append_line_json(struct amr_buffer *buffer, const struct amr_catalog_line *line)
{
    char name[AMR_LINE_TEXT_SIZE];

    amr_line_format(line->line, name);
    amr_buffer_append_format(buffer, "\n{\"line\":\"%s\",\"event\":%s", name,
                             line->is_event ? "true" : "false");
    amr_json_append_text_member(buffer, "notes", line->notes);
    amr_json_append_text_member(buffer, "source", line->source);
    amr_buffer_append_text(buffer, ",\"tiers\":{");
    for (const struct amr_catalog_tier *tier = line->tiers; tier != NULL; tier = tier->next) {
        amr_buffer_append_text(buffer, tier == line->tiers ? "" : ",");
        amr_json_append_text(buffer, tier->name);
        amr_buffer_append_text(buffer, ":{");
        append_date_json(buffer, "preview", &tier->preview);
        amr_buffer_append_text(buffer, ",");
        append_date_json(buffer, "ga", &tier->ga);
        amr_buffer_append_text(buffer, "}");
    }
    amr_buffer_append_text(buffer, "}}");
}

static void append_retirements_json(struct amr_buffer *buffer, const struct amr_catalog *catalog)
{
    for (const struct amr_catalog_retirement *at = catalog->retirements; at != NULL;
         at = at->next) {
        amr_buffer_append_text(buffer,
                               at == catalog->retirements ? "\n{\"kind\":" : ",\n{\"kind\":");
        amr_json_append_text(buffer, at->kind);
        amr_buffer_append_text(buffer, ",");
        append_date_json(buffer, "date", &at->date);
        amr_json_append_text_member(buffer, "source", at->source);
        amr_buffer_append_text(buffer, "}");
    }
}

void amr_listing_append_json(struct amr_buffer *buffer, const struct amr_catalog *catalog)
{
    struct amr_date reviewed = {.precision = AMR_DATE_NONE};

    if (!amr_catalog_reviewed(catalog, &reviewed))
        reviewed.precision = AMR_DATE_NONE;
    amr_buffer_append_text(buffer, "{\"schema\":1,");
    append_date_json(buffer, "reviewed", &reviewed);
    amr_buffer_append_format(buffer, ",\"window_days\":%" PRId64 ",\"releases\":[",
                             catalog->window_days);
    for (const struct amr_catalog_line *line = catalog->lines; line != NULL; line = line->next) {
        amr_buffer_append_text(buffer, line == catalog->lines ? "" : ",");
        append_line_json(buffer, line);
    }
    amr_buffer_append_text(buffer, "],\"retirements\":[");
    append_retirements_json(buffer, catalog);
    amr_buffer_append_text(buffer, "]}\n");
}

static bool is_dated(const struct amr_catalog_line *line)
{
    for (const struct amr_catalog_tier *tier = line->tiers; tier != NULL; tier = tier->next) {
        if (tier->ga.precision != AMR_DATE_NONE || tier->preview.precision != AMR_DATE_NONE)
            return true;
    }
    return false;
}

void amr_listing_append_warnings(struct amr_buffer *buffer, const struct amr_catalog *catalog)
{
    struct amr_date reviewed;

    for (const struct amr_catalog_line *line = catalog->lines; line != NULL; line = line->next) {
        char name[AMR_LINE_TEXT_SIZE];

        amr_line_format(line->line, name);
        if (line->source == NULL && is_dated(line))
            amr_buffer_append_format(buffer, "warning: the dates of %s have no source\n", name);
    }
    for (const struct amr_catalog_retirement *at = catalog->retirements; at != NULL;
         at = at->next) {
        if (at->source != NULL)
            continue;
        amr_buffer_append_text(buffer, "warning: the retirement of kind ");
        amr_text_append_clean(buffer, at->kind, FOREIGN_BYTES_MAX);
        amr_buffer_append_text(buffer, " has no source\n");
    }
    if (!amr_catalog_reviewed(catalog, &reviewed))
        amr_buffer_append_text(buffer, "warning: no file says when it was reviewed\n");
    for (const struct amr_catalog_remark *at = catalog->remarks; at != NULL; at = at->next) {
        amr_buffer_append_text(buffer, "warning: ");
        amr_text_append_clean(buffer, at->text, REMARK_BYTES_MAX);
        amr_buffer_append_text(buffer, "\n");
    }
}
