/* SPDX-License-Identifier: MIT */
#include "told.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { SCHEMA = 1, FIRST_CAPACITY = 64 };

struct amr_told_entry *amr_told_find(const struct amr_told *told, const char *id)
{
    size_t place;

    return amr_index_find(&told->index, id, &place) ? &told->entries[place] : NULL;
}

bool amr_told_add(struct amr_told *told, const struct amr_told_entry *entry)
{
    const char *id = amr_arena_copy(&told->arena, entry->id, strlen(entry->id));

    if (told->count == told->capacity) {
        size_t wanted = told->capacity == 0 ? FIRST_CAPACITY : told->capacity * 2;
        struct amr_told_entry *grown = realloc(told->entries, wanted * sizeof(*grown));

        if (grown == NULL)
            return false;
        told->entries = grown;
        told->capacity = wanted;
    }
    if (id == NULL || !amr_index_put(&told->index, id, told->count))
        return false;
    told->entries[told->count] = *entry;
    told->entries[told->count++].id = id;
    return true;
}

bool amr_told_drop_unseen(struct amr_told *told)
{
    struct amr_told left = {.is_known = told->is_known, .is_down = told->is_down};

    for (size_t i = 0; i < told->count; i++) {
        if (told->entries[i].is_seen && !amr_told_add(&left, &told->entries[i])) {
            amr_told_free(&left);
            return false;
        }
    }
    amr_told_free(told);
    *told = left;
    return true;
}

void amr_told_format(const struct amr_told *told, const char *account, struct amr_buffer *document)
{
    char line[AMR_LINE_TEXT_SIZE];

    amr_buffer_append_format(document, "{\"schema\":%d", SCHEMA);
    amr_json_append_text_member(document, "account", account);
    amr_buffer_append_format(document, ",\"down\":%s,\n\"databases\":[",
                             told->is_down ? "true" : "false");
    for (size_t i = 0; i < told->count; i++) {
        const struct amr_told_entry *entry = &told->entries[i];

        amr_line_format(entry->line, line);
        amr_buffer_append_text(document, i == 0 ? "\n{\"id\":" : ",\n{\"id\":");
        amr_json_append_text(document, entry->id);
        amr_json_append_text_member(document, "state", amr_state_word(entry->state));
        amr_json_append_text_member(document, "severity", amr_severity_word(entry->severity));
        amr_json_append_text_member(document, "line", amr_line_is_known(entry->line) ? line : NULL);
        amr_buffer_append_text(document, "}");
    }
    amr_buffer_append_text(document, "]}\n");
}

static bool parse_state(const char *word, enum amr_state *state)
{
    for (int i = 0; i < AMR_STATE_COUNT; i++) {
        if (strcmp(amr_state_word((enum amr_state)i), word) == 0) {
            *state = (enum amr_state)i;
            return true;
        }
    }
    return false;
}

static bool take_entry(const char *key, const amr_json *value, void *context, struct amr_error *err)
{
    struct amr_told *told = context;
    const char *state = amr_json_text(amr_json_get(value, "state"));
    const char *severity = amr_json_text(amr_json_get(value, "severity"));
    const char *line = amr_json_text(amr_json_get(value, "line"));
    struct amr_told_entry entry = {.id = amr_json_text(amr_json_get(value, "id"))};

    (void)key;
    if (entry.id == NULL || state == NULL || !parse_state(state, &entry.state) ||
        severity == NULL || !amr_severity_parse(severity, &entry.severity) ||
        (line != NULL && !amr_line_parse(line, &entry.line)) ||
        amr_told_find(told, entry.id) != NULL)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "no database that was told of");
    return amr_told_add(told, &entry) || amr_error_set_no_memory(err);
}

static bool take_document(const amr_json *document, const char *account, struct amr_told *told,
                          struct amr_error *err)
{
    const char *name = amr_json_text(amr_json_get(document, "account"));
    int64_t schema;

    if (!amr_json_integer(amr_json_get(document, "schema"), &schema) || schema != SCHEMA ||
        name == NULL || strcmp(name, account) != 0 ||
        !amr_json_boolean(amr_json_get(document, "down"), &told->is_down))
        return amr_error_set(err, AMR_ERROR_RESPONSE, "another version or account");
    told->is_known = true;
    return amr_json_each_item(amr_json_get(document, "databases"), take_entry, told, err);
}

bool amr_told_read(const char *text, size_t length, const char *account, struct amr_told *told,
                   struct amr_error *err)
{
    amr_json *document = NULL;
    bool is_read =
        amr_json_parse(text, length, &document, err) && take_document(document, account, told, err);

    amr_json_free(document);
    if (!is_read)
        amr_told_free(told);
    return is_read;
}

void amr_told_free(struct amr_told *told)
{
    free(told->entries);
    amr_index_free(&told->index);
    amr_arena_free(&told->arena);
    *told = (struct amr_told){0};
}
