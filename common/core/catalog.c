/* SPDX-License-Identifier: MIT */
#include "catalog.h"

#include <string.h>

#include "json.h"
#include "text.h"

enum { REMARK_BYTES_MAX = 8192 };

/* A file while it is merged. */
struct merge {
    struct amr_catalog *catalog;
    const struct amr_catalog_file *file;
    struct amr_catalog_line *line;
};

void amr_catalog_init(struct amr_catalog *catalog)
{
    *catalog = (struct amr_catalog){.window_days = AMR_CATALOG_WINDOW_DAYS};
}

/* The JSON pointer grows in front of the message while the visits return. */
static bool expect(struct amr_error *err, const char *what)
{
    return amr_error_set(err, AMR_ERROR_USAGE, ": %s is expected", what);
}

static const char *keep(struct amr_catalog *catalog, const char *text)
{
    return amr_arena_copy(&catalog->arena, text, strlen(text));
}

static bool read_date(const amr_json *value, bool may_be_unknown, struct amr_date *date,
                      struct amr_error *err)
{
    const char *text = amr_json_text(value);

    *date = (struct amr_date){.precision = AMR_DATE_NONE};
    if (value == NULL || (text != NULL && amr_date_parse(text, date)))
        return true;
    if (!may_be_unknown)
        return expect(err, "YYYY-MM-DD, YYYY-MM or null");
    if (text == NULL || strcmp(text, "unknown") != 0)
        return expect(err, "YYYY-MM-DD, YYYY-MM, \"unknown\" or null");
    date->precision = AMR_DATE_UNKNOWN;
    return true;
}

static bool read_address(struct amr_catalog *catalog, const amr_json *value, const char **address,
                         struct amr_error *err)
{
    const char *text = amr_json_text(value);

    if (value != NULL && text == NULL)
        return expect(err, "a string or null");
    *address = text == NULL ? NULL : keep(catalog, text);
    return text == NULL || *address != NULL || amr_error_set_no_memory(err);
}

static int64_t reviewed_day(const struct amr_catalog_file *file)
{
    return file->reviewed.precision == AMR_DATE_NONE ? INT64_MIN : file->reviewed.first_day;
}

static bool is_reviewed_later(const struct amr_catalog_file *before, const struct merge *merge)
{
    return reviewed_day(before) > reviewed_day(merge->file);
}

/* Adds the remark "FILE WORDS". */
static bool append_remark(struct merge *merge, const char *words, struct amr_error *err)
{
    struct amr_catalog *catalog = merge->catalog;
    struct amr_catalog_remark **end = &catalog->remarks;
    struct amr_catalog_remark *remark = amr_arena_allocate(&catalog->arena, sizeof(*remark));
    struct amr_buffer text;

    if (remark == NULL)
        return amr_error_set_no_memory(err);
    amr_buffer_init(&text, REMARK_BYTES_MAX);
    amr_buffer_append_format(&text, "%s %s", merge->file->path, words);
    remark->text = amr_buffer_is_failed(&text) ? NULL : keep(catalog, amr_buffer_text(&text));
    amr_buffer_free(&text);
    while (*end != NULL)
        end = &(*end)->next;
    *end = remark;
    return remark->text != NULL || amr_error_set_no_memory(err);
}

/* Unknown keys are ignored, but a misspelt one must not be lost without a word. `place` is NULL at
 * the top of the file. */
static bool add_key_remark(struct merge *merge, const char *place, const char *key,
                           struct amr_error *err)
{
    struct amr_buffer words;

    if (strcmp(key, "comment") == 0)
        return true;
    amr_buffer_init(&words, REMARK_BYTES_MAX);
    amr_buffer_append_text(&words, "has the key '");
    amr_text_append_clean(&words, key, AMR_JSON_KEY_SIZE);
    amr_buffer_append_text(&words, place == NULL ? "'" : "' in ");
    amr_text_append_clean(&words, place == NULL ? "" : place, REMARK_BYTES_MAX / 2);
    amr_buffer_append_text(&words, ", which means nothing there");
    bool is_added = append_remark(merge, amr_buffer_text(&words), err);
    amr_buffer_free(&words);
    return is_added;
}

/* The same of the line that is merged, or of one of its tiers. */
static bool add_line_key_remark(struct merge *merge, const char *tier, const char *key,
                                struct amr_error *err)
{
    char line[AMR_LINE_TEXT_SIZE];
    struct amr_buffer place;

    amr_line_format(merge->line->line, line);
    amr_buffer_init(&place, REMARK_BYTES_MAX);
    if (tier != NULL)
        amr_buffer_append_format(&place, "%s of ", tier);
    amr_buffer_append_text(&place, line);
    bool is_added = add_key_remark(merge, amr_buffer_text(&place), key, err);
    amr_buffer_free(&place);
    return is_added;
}

/* Remembers that this file says other than `before`, if that one was reviewed later. */
static bool add_remark(struct merge *merge, const struct amr_catalog_file *before,
                       const char *field, struct amr_error *err)
{
    struct amr_buffer words;

    if (!is_reviewed_later(before, merge))
        return true;
    amr_buffer_init(&words, REMARK_BYTES_MAX);
    amr_buffer_append_format(&words, "overrides %s although %s was reviewed later", field,
                             before->path);
    bool is_added = append_remark(merge, amr_buffer_text(&words), err);
    amr_buffer_free(&words);
    return is_added;
}

/* The same for a field of the line that is merged. */
static bool add_line_remark(struct merge *merge, const struct amr_catalog_file *before,
                            const char *field, struct amr_error *err)
{
    char line[AMR_LINE_TEXT_SIZE];
    struct amr_buffer words;

    if (!is_reviewed_later(before, merge))
        return true;
    amr_line_format(merge->line->line, line);
    amr_buffer_init(&words, REMARK_BYTES_MAX);
    amr_buffer_append_format(&words, "%s of %s", field, line);
    bool is_added = add_remark(merge, before, amr_buffer_text(&words), err);
    amr_buffer_free(&words);
    return is_added;
}

static bool is_date_equal(const struct amr_date *left, const struct amr_date *right)
{
    return left->precision == right->precision && left->first_day == right->first_day;
}

/* Overrides one date, with a remark where the old one stands in a file reviewed later. */
static bool override_date(struct merge *merge, const char *field, const struct amr_date *value,
                          struct amr_date *date, const struct amr_catalog_file **file,
                          struct amr_error *err)
{
    if (!is_date_equal(value, date) && !add_line_remark(merge, *file, field, err))
        return false;
    *date = *value;
    *file = merge->file;
    return true;
}

struct tier_merge {
    struct merge *merge;
    struct amr_catalog_tier *tier;
};

static bool merge_date(const struct tier_merge *at, const char *key, const amr_json *value,
                       struct amr_error *err)
{
    bool is_ga = strcmp(key, "ga") == 0;
    struct amr_date date;
    struct amr_buffer words;

    if (!read_date(value, is_ga, &date, err))
        return false;
    amr_buffer_init(&words, REMARK_BYTES_MAX);
    amr_buffer_append_format(&words, "the %s date on %s", key, at->tier->name);
    bool is_merged = override_date(at->merge, amr_buffer_text(&words), &date,
                                   is_ga ? &at->tier->ga : &at->tier->preview,
                                   is_ga ? &at->tier->ga_file : &at->tier->preview_file, err);
    amr_buffer_free(&words);
    return is_merged;
}

static bool merge_tier_member(const char *key, const amr_json *value, void *context,
                              struct amr_error *err)
{
    const struct tier_merge *at = context;

    if (strcmp(key, "ga") == 0 || strcmp(key, "preview") == 0)
        return merge_date(at, key, value, err);
    return add_line_key_remark(at->merge, at->tier->name, key, err);
}

static struct amr_catalog_tier **find_tier_slot(struct amr_catalog_line *line, const char *name)
{
    struct amr_catalog_tier **slot = &line->tiers;

    while (*slot != NULL && !amr_text_is_equal_nocase((*slot)->name, name))
        slot = &(*slot)->next;
    return slot;
}

static bool add_tier(struct merge *merge, struct amr_catalog_tier **slot, const char *name,
                     struct amr_error *err)
{
    struct amr_catalog_tier *tier = amr_arena_allocate(&merge->catalog->arena, sizeof(*tier));

    if (tier == NULL)
        return amr_error_set_no_memory(err);
    *tier = (struct amr_catalog_tier){
        .name = keep(merge->catalog, name), .preview_file = merge->file, .ga_file = merge->file};
    if (tier->name == NULL)
        return amr_error_set_no_memory(err);
    *slot = tier;
    return true;
}

/* Takes a tier out of the line; NULL where there is none. */
static bool drop_tier(struct merge *merge, struct amr_catalog_tier **slot, struct amr_error *err)
{
    struct amr_catalog_tier *tier = *slot;
    struct amr_buffer words;

    if (tier == NULL)
        return true;
    *slot = tier->next;
    amr_buffer_init(&words, REMARK_BYTES_MAX);
    amr_buffer_append_format(&words, "the tier %s", tier->name);
    bool is_dropped = add_line_remark(merge, tier->ga_file, amr_buffer_text(&words), err);
    amr_buffer_free(&words);
    return is_dropped;
}

static bool drop_tiers(struct merge *merge, struct amr_error *err)
{
    while (merge->line->tiers != NULL) {
        if (!drop_tier(merge, &merge->line->tiers, err))
            return false;
    }
    return true;
}

static bool merge_tier(const char *name, const amr_json *value, void *context,
                       struct amr_error *err)
{
    struct merge *merge = context;
    struct amr_catalog_tier **slot = find_tier_slot(merge->line, name);
    struct tier_merge at = {.merge = merge};

    if (value == NULL)
        return drop_tier(merge, slot, err);
    if (!amr_json_is_object(value))
        return expect(err, "an object or null");
    if (*slot == NULL && !add_tier(merge, slot, name, err))
        return false;
    at.tier = *slot;
    return amr_json_each_member(value, merge_tier_member, &at, err);
}

static bool merge_tiers(struct merge *merge, const amr_json *value, struct amr_error *err)
{
    if (value == NULL)
        return drop_tiers(merge, err);
    if (!amr_json_is_object(value))
        return expect(err, "an object or null");
    return amr_json_each_member(value, merge_tier, merge, err);
}

static bool merge_event(struct merge *merge, const amr_json *value, struct amr_error *err)
{
    struct amr_catalog_line *line = merge->line;
    const struct amr_catalog_file *before = line->is_event_file;
    bool is_event = true;

    if (value != NULL && !amr_json_boolean(value, &is_event))
        return expect(err, "true, false or null");
    bool is_changed = is_event != line->is_event;
    line->is_event = is_event;
    line->is_event_file = merge->file;
    return !is_changed || add_line_remark(merge, before, "\"event\"", err);
}

static bool merge_line_member(const char *key, const amr_json *value, void *context,
                              struct amr_error *err)
{
    struct merge *merge = context;

    if (strcmp(key, "event") == 0)
        return merge_event(merge, value, err);
    if (strcmp(key, "notes") == 0)
        return read_address(merge->catalog, value, &merge->line->notes, err);
    if (strcmp(key, "source") == 0)
        return read_address(merge->catalog, value, &merge->line->source, err);
    if (strcmp(key, "tiers") == 0)
        return merge_tiers(merge, value, err);
    return strcmp(key, "line") == 0 || add_line_key_remark(merge, NULL, key, err);
}

static bool find_or_add_line(struct merge *merge, struct amr_line line, struct amr_error *err)
{
    struct amr_catalog_line **slot = &merge->catalog->lines;

    while (*slot != NULL && amr_line_compare((*slot)->line, line) != 0)
        slot = &(*slot)->next;
    if (*slot == NULL) {
        *slot = amr_arena_allocate(&merge->catalog->arena, sizeof(**slot));
        if (*slot == NULL)
            return amr_error_set_no_memory(err);
        **slot =
            (struct amr_catalog_line){.line = line, .is_event = true, .is_event_file = merge->file};
    }
    merge->line = *slot;
    return true;
}

static bool merge_release(const char *number, const amr_json *value, void *context,
                          struct amr_error *err)
{
    struct merge *merge = context;
    const char *text = amr_json_text(amr_json_get(value, "line"));
    struct amr_line line;

    (void)number;
    if (!amr_json_is_object(value))
        return expect(err, "an object");
    if (text == NULL || !amr_line_parse(text, &line))
        return amr_error_set(err, AMR_ERROR_USAGE, "/line: a line \"X.Y\" is expected");
    return find_or_add_line(merge, line, err) &&
           amr_json_each_member(value, merge_line_member, merge, err);
}

struct retirement_merge {
    struct merge *merge;
    struct amr_catalog_retirement *retirement;
};

static bool merge_retirement_date(const struct retirement_merge *at, const amr_json *value,
                                  struct amr_error *err)
{
    struct amr_catalog_retirement *retirement = at->retirement;
    const struct amr_catalog_file *before = retirement->date_file;
    struct amr_date date;
    struct amr_buffer words;

    if (!read_date(value, false, &date, err))
        return false;
    bool is_changed = before != NULL && !is_date_equal(&date, &retirement->date);
    retirement->date = date;
    retirement->date_file = at->merge->file;
    if (!is_changed)
        return true;
    amr_buffer_init(&words, REMARK_BYTES_MAX);
    amr_buffer_append_format(&words, "the retirement of kind %s", retirement->kind);
    bool is_added = add_remark(at->merge, before, amr_buffer_text(&words), err);
    amr_buffer_free(&words);
    return is_added;
}

static bool merge_retirement_member(const char *key, const amr_json *value, void *context,
                                    struct amr_error *err)
{
    struct retirement_merge *at = context;

    if (strcmp(key, "date") == 0)
        return merge_retirement_date(at, value, err);
    if (strcmp(key, "source") == 0)
        return read_address(at->merge->catalog, value, &at->retirement->source, err);
    return strcmp(key, "kind") == 0 || add_key_remark(at->merge, at->retirement->kind, key, err);
}

static bool find_or_add_retirement(struct amr_catalog *catalog, const char *kind,
                                   struct amr_catalog_retirement **retirement,
                                   struct amr_error *err)
{
    struct amr_catalog_retirement **slot = &catalog->retirements;

    while (*slot != NULL && !amr_text_is_equal_nocase((*slot)->kind, kind))
        slot = &(*slot)->next;
    if (*slot == NULL) {
        struct amr_catalog_retirement *added = amr_arena_allocate(&catalog->arena, sizeof(*added));

        if (added == NULL || (added->kind = keep(catalog, kind)) == NULL)
            return amr_error_set_no_memory(err);
        *slot = added;
    }
    *retirement = *slot;
    return true;
}

static bool merge_retirement(const char *number, const amr_json *value, void *context,
                             struct amr_error *err)
{
    struct merge *merge = context;
    const char *kind = amr_json_text(amr_json_get(value, "kind"));
    struct retirement_merge at = {.merge = merge};

    (void)number;
    if (!amr_json_is_object(value))
        return expect(err, "an object");
    if (kind == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "/kind: a string is expected");
    return find_or_add_retirement(merge->catalog, kind, &at.retirement, err) &&
           amr_json_each_member(value, merge_retirement_member, &at, err);
}

static bool merge_list(struct merge *merge, const amr_json *value, amr_json_visit *visit,
                       struct amr_error *err)
{
    if (value != NULL && !amr_json_is_array(value))
        return expect(err, "an array or null");
    return amr_json_each_item(value, visit, merge, err);
}

static bool check_schema(const amr_json *value, struct amr_error *err)
{
    int64_t schema;

    if (!amr_json_integer(value, &schema) || schema != 1)
        return expect(err, "the number 1, the only schema that this program knows,");
    return true;
}

static bool merge_window(struct merge *merge, const amr_json *value, struct amr_error *err)
{
    struct amr_catalog *catalog = merge->catalog;
    const struct amr_catalog_file *before = catalog->window_file;
    int64_t days = AMR_CATALOG_WINDOW_DAYS;

    if (value != NULL && !amr_json_integer(value, &days))
        return expect(err, "a number of days");
    if (days < 1 || days > AMR_CATALOG_WINDOW_DAYS_MAX)
        return expect(err, "a number of days from 1 to 3660");
    bool is_changed = before != NULL && days != catalog->window_days;
    catalog->window_days = days;
    catalog->window_file = merge->file;
    return !is_changed || add_remark(merge, before, "window_days", err);
}

static bool merge_member(const char *key, const amr_json *value, void *context,
                         struct amr_error *err)
{
    struct merge *merge = context;

    if (strcmp(key, "schema") == 0)
        return check_schema(value, err);
    if (strcmp(key, "window_days") == 0)
        return merge_window(merge, value, err);
    if (strcmp(key, "releases") == 0 && value == NULL)
        merge->catalog->lines = NULL;
    if (strcmp(key, "retirements") == 0 && value == NULL)
        merge->catalog->retirements = NULL;
    if (strcmp(key, "releases") == 0)
        return merge_list(merge, value, merge_release, err);
    if (strcmp(key, "retirements") == 0)
        return merge_list(merge, value, merge_retirement, err);
    return strcmp(key, "reviewed") == 0 || add_key_remark(merge, NULL, key, err);
}

/* The file comes first in its list: its day of review is needed while its fields are merged. */
static bool add_file(struct merge *merge, const char *path, const amr_json *tree,
                     struct amr_error *err)
{
    struct amr_catalog *catalog = merge->catalog;
    struct amr_catalog_file *file = amr_arena_allocate(&catalog->arena, sizeof(*file));
    struct amr_catalog_file **end = &catalog->files;

    if (file == NULL || (file->path = keep(catalog, path)) == NULL)
        return amr_error_set_no_memory(err);
    if (!read_date(amr_json_get(tree, "reviewed"), false, &file->reviewed, err))
        return amr_error_add_prefix(err, "/reviewed");
    while (*end != NULL)
        end = &(*end)->next;
    *end = file;
    merge->file = file;
    return true;
}

static bool merge_tree(struct amr_catalog *catalog, const char *path, const amr_json *tree,
                       struct amr_error *err)
{
    struct merge merge = {.catalog = catalog};

    if (!amr_json_is_object(tree))
        return amr_error_set(err, AMR_ERROR_USAGE, "/: an object is expected");
    return add_file(&merge, path, tree, err) &&
           amr_json_each_member(tree, merge_member, &merge, err);
}

bool amr_catalog_merge(struct amr_catalog *catalog, const char *path, const char *text,
                       size_t length, struct amr_error *err)
{
    amr_json *tree = NULL;

    bool is_merged =
        amr_json_parse(text, length, &tree, err) && merge_tree(catalog, path, tree, err);
    amr_json_free(tree);
    if (is_merged)
        return true;
    if (err->code == AMR_ERROR_RESPONSE)
        err->code = AMR_ERROR_USAGE;
    return amr_error_add_context(err, "%s", path);
}

const struct amr_catalog_tier *amr_catalog_find_tier(const struct amr_catalog_line *line,
                                                     const char *tier)
{
    const struct amr_catalog_tier *at = line->tiers;

    while (at != NULL && !amr_text_is_equal_nocase(at->name, tier))
        at = at->next;
    return at;
}

const struct amr_catalog_line *amr_catalog_find_line(const struct amr_catalog *catalog,
                                                     struct amr_line line)
{
    const struct amr_catalog_line *at = catalog->lines;

    while (at != NULL && amr_line_compare(at->line, line) != 0)
        at = at->next;
    return at;
}

const struct amr_catalog_retirement *amr_catalog_find_retirement(const struct amr_catalog *catalog,
                                                                 const char *kind)
{
    const struct amr_catalog_retirement *at = kind == NULL ? NULL : catalog->retirements;

    while (at != NULL &&
           (at->date.precision == AMR_DATE_NONE || !amr_text_is_equal_nocase(at->kind, kind)))
        at = at->next;
    return at;
}

bool amr_catalog_reviewed(const struct amr_catalog *catalog, struct amr_date *reviewed)
{
    const struct amr_catalog_file *newest = catalog->files;

    for (const struct amr_catalog_file *file = newest; file != NULL; file = file->next) {
        if (reviewed_day(file) > reviewed_day(newest))
            newest = file;
    }
    if (newest == NULL || newest->reviewed.precision == AMR_DATE_NONE)
        return false;
    *reviewed = newest->reviewed;
    return true;
}

bool amr_catalog_age_days(const struct amr_catalog *catalog, int64_t as_of_s, int64_t *days)
{
    struct amr_date reviewed;

    if (!amr_catalog_reviewed(catalog, &reviewed))
        return false;
    int64_t age = amr_instant_day(as_of_s) - reviewed.first_day;
    *days = age < 0 ? 0 : age;
    return true;
}

void amr_catalog_free(struct amr_catalog *catalog)
{
    amr_arena_free(&catalog->arena);
    amr_catalog_init(catalog);
}
