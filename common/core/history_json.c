/* SPDX-License-Identifier: MIT */
#include "history.h"

#include <string.h>

#include "calendar.h"
#include "json.h"
#include "text.h"

enum { SCHEMA = 1 };

static void append_line_member(struct amr_buffer *buffer, const char *key, struct amr_line line)
{
    char text[AMR_LINE_TEXT_SIZE];

    if (!amr_line_is_known(line))
        return;
    amr_line_format(line, text);
    amr_json_append_text_member(buffer, key, text);
}

static void append_instant_member(struct amr_buffer *buffer, const char *key, int64_t instant_s)
{
    char text[AMR_INSTANT_TEXT_SIZE];

    if (instant_s == AMR_INSTANT_NONE)
        return;
    amr_instant_format(instant_s, text);
    amr_json_append_text_member(buffer, key, text);
}

static void append_entry(struct amr_buffer *buffer, const struct amr_history_entry *entry)
{
    const struct amr_history_record *record = &entry->record;

    amr_buffer_append_text(buffer, "\n{\"id\":");
    amr_json_append_text(buffer, entry->id);
    append_instant_member(buffer, "last_seen", entry->last_seen_s);
    append_line_member(buffer, "line", record->line);
    append_instant_member(buffer, "line_first_seen", record->line_first_seen_s);
    append_line_member(buffer, "previous_line", record->previous_line);
    append_instant_member(buffer, "previous_line_last_seen", record->previous_line_last_seen_s);
    append_instant_member(buffer, "not_deferred_last_seen", record->not_deferred_last_seen_s);
    append_instant_member(buffer, "deferred_first_seen", record->deferred_first_seen_s);
    amr_buffer_append_text(buffer, "}");
}

void amr_history_format(const struct amr_history *history, const char *arm_endpoint,
                        const char *subscription, struct amr_buffer *document)
{
    amr_buffer_append_format(document, "{\"schema\":%d", SCHEMA);
    amr_json_append_text_member(document, "arm_endpoint", arm_endpoint);
    amr_json_append_text_member(document, "subscription", subscription);
    amr_buffer_append_text(document, ",\n\"databases\":[");
    for (size_t i = 0; i < history->count; i++) {
        amr_buffer_append_text(document, i == 0 ? "" : ",");
        append_entry(document, &history->entries[i]);
    }
    amr_buffer_append_text(document, "]}\n");
}

static bool take_instant(const amr_json *object, const char *key, int64_t *instant_s,
                         struct amr_error *err)
{
    const amr_json *value = amr_json_get(object, key);
    const char *text = amr_json_text(value);

    *instant_s = AMR_INSTANT_NONE;
    if (value == NULL || (text != NULL && amr_instant_parse(text, instant_s)))
        return true;
    return amr_error_set(err, AMR_ERROR_RESPONSE, "%s is no RFC 3339 instant", key);
}

static bool take_line(const amr_json *object, const char *key, struct amr_line *line,
                      struct amr_error *err)
{
    const amr_json *value = amr_json_get(object, key);
    const char *text = amr_json_text(value);

    if (value == NULL || (text != NULL && amr_line_parse(text, line)))
        return true;
    return amr_error_set(err, AMR_ERROR_RESPONSE, "%s is no line X.Y", key);
}

static bool take_entry(const amr_json *object, struct amr_history *history, struct amr_error *err)
{
    struct amr_history_entry entry = {.id = amr_json_text(amr_json_get(object, "id"))};
    struct amr_history_record *record = &entry.record;

    if (!take_instant(object, "last_seen", &entry.last_seen_s, err) ||
        !take_line(object, "line", &record->line, err) ||
        !take_instant(object, "line_first_seen", &record->line_first_seen_s, err) ||
        !take_line(object, "previous_line", &record->previous_line, err) ||
        !take_instant(object, "previous_line_last_seen", &record->previous_line_last_seen_s, err) ||
        !take_instant(object, "not_deferred_last_seen", &record->not_deferred_last_seen_s, err) ||
        !take_instant(object, "deferred_first_seen", &record->deferred_first_seen_s, err))
        return false;
    if (entry.id == NULL || entry.last_seen_s == AMR_INSTANT_NONE ||
        record->line_first_seen_s == AMR_INSTANT_NONE || !amr_line_is_known(record->line))
        return amr_error_set(err, AMR_ERROR_RESPONSE, "a database that lacks a member");
    if (amr_history_find(history, entry.id) != NULL)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "a database that stands twice");
    return amr_history_add(history, &entry, err);
}

static bool read_entries(struct amr_json_reader *reader, struct amr_history *history,
                         struct amr_error *err)
{
    bool has_item;

    if (!amr_json_reader_enter(reader, '[', err))
        return false;
    for (;;) {
        amr_json *object = NULL;

        if (!amr_json_reader_next(reader, ']', &has_item, err))
            return false;
        if (!has_item)
            return true;
        bool is_taken =
            amr_json_reader_value(reader, &object, err) && take_entry(object, history, err);
        amr_json_free(object);
        if (!is_taken)
            return false;
    }
}

/* What the document must say that it is of. */
struct head {
    const char *arm_endpoint;
    const char *subscription;
    struct amr_history *history; /* what its entries are read into */
    int seen;
};

static bool take_head(struct amr_json_reader *reader, const char *key, struct head *head,
                      struct amr_error *err)
{
    const char *wanted = strcmp(key, "arm_endpoint") == 0   ? head->arm_endpoint
                         : strcmp(key, "subscription") == 0 ? head->subscription
                                                            : NULL;
    amr_json *value = NULL;
    int64_t schema = 0;

    if (!amr_json_reader_value(reader, &value, err))
        return false;
    const char *text = amr_json_text(value);
    bool is_right = wanted == NULL || (text != NULL && amr_text_is_equal_nocase(text, wanted));
    head->seen += wanted != NULL && is_right;
    if (strcmp(key, "schema") == 0) {
        is_right = amr_json_integer(value, &schema) && schema == SCHEMA;
        head->seen += is_right;
    }
    amr_json_free(value);
    return is_right || amr_error_set(err, AMR_ERROR_RESPONSE, "another version or subscription");
}

static bool read_member(struct amr_json_reader *reader, const char *key, void *context,
                        struct amr_error *err)
{
    struct head *head = context;

    return strcmp(key, "databases") == 0 ? read_entries(reader, head->history, err)
                                         : take_head(reader, key, head, err);
}

bool amr_history_read(const char *text, size_t length, const char *arm_endpoint,
                      const char *subscription, struct amr_history *history, struct amr_error *err)
{
    struct head head = {arm_endpoint, subscription, history, 0};
    struct amr_json_reader reader;

    amr_json_reader_init(&reader, text, length);
    bool is_read = amr_json_reader_each_member(&reader, read_member, &head, err) &&
                   amr_json_reader_end(&reader, err);
    if (is_read && head.seen != 3)
        is_read = amr_error_set(err, AMR_ERROR_RESPONSE, "not a history of this");
    if (!is_read)
        amr_history_free(history);
    return is_read;
}
