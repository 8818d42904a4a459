/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arm.h"
#include "calendar.h"
#include "json.h"
#include "text.h"

enum { SCHEMA = 1, KEY_FACTS = 8 };

/* The members of the document that say what it is of, in their order. */
struct fact {
    const char *name;
    const char *value;
};

static void list_facts(const struct amr_snapshot_key *key, struct fact facts[KEY_FACTS])
{
    facts[0] = (struct fact){"arm_endpoint", key->arm_endpoint};
    facts[1] = (struct fact){"api_version", key->api_version};
    facts[2] = (struct fact){"authority", key->authority};
    facts[3] = (struct fact){"tenant", key->tenant};
    facts[4] = (struct fact){"client_id", key->client_id};
    facts[5] = (struct fact){"holder", key->holder};
    facts[6] = (struct fact){"origin", key->origin};
    facts[7] = (struct fact){"subscription", key->subscription};
}

/* FNV-1a, 64 bits; the name and its end are part of it, so that values cannot trade places. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (const char *at = text == NULL ? "" : text;; at++) {
        unsigned char byte = (unsigned char)*at;

        hash ^= byte >= 'A' && byte <= 'Z' ? byte | 0x20U : byte;
        hash *= UINT64_C(0x100000001b3);
        if (byte == '\0')
            return hash;
    }
}

void amr_snapshot_name(const struct amr_snapshot_key *key, const char *kind,
                       char name[AMR_SNAPSHOT_NAME_SIZE])
{
    struct fact facts[KEY_FACTS];
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    list_facts(key, facts);
    for (size_t i = 0; i < KEY_FACTS; i++)
        hash = hash_text(hash, facts[i].value);
    (void)snprintf(name, AMR_SNAPSHOT_NAME_SIZE, "%s-%016" PRIx64 ".json", kind, hash);
}

static void append_text_member(struct amr_buffer *buffer, const char *key, const char *text)
{
    if (text != NULL)
        amr_json_append_text_member(buffer, key, text);
}

static void append_instant_member(struct amr_buffer *buffer, const char *key, int64_t instant_s)
{
    char text[AMR_INSTANT_TEXT_SIZE];

    if (instant_s == AMR_INSTANT_NONE)
        return;
    amr_instant_format(instant_s, text);
    append_text_member(buffer, key, text);
}

static void append_links(struct amr_buffer *buffer, const struct amr_database *database)
{
    if (database->geo_group == NULL && database->linked_count == 0)
        return;
    amr_buffer_append_text(buffer, ",\"geoReplication\":{\"groupNickname\":");
    amr_json_append_text(buffer, database->geo_group);
    amr_buffer_append_text(buffer, ",\"linkedDatabases\":[");
    for (size_t i = 0; i < database->linked_count; i++) {
        amr_buffer_append_text(buffer, i == 0 ? "{\"id\":" : ",{\"id\":");
        amr_json_append_text(buffer, database->linked_ids[i]);
        amr_buffer_append_text(buffer, "}");
    }
    amr_buffer_append_text(buffer, "]}");
}

static void append_database(struct amr_buffer *buffer, const struct amr_database *database)
{
    amr_buffer_append_text(buffer, "\n  {\"id\":");
    amr_json_append_text(buffer, database->id);
    append_text_member(buffer, "fault", database->fault);
    amr_buffer_append_text(buffer, ",\"properties\":{\"redisVersion\":");
    amr_json_append_text(buffer, database->version);
    append_text_member(buffer, "deferUpgrade", database->deferral_text);
    append_text_member(buffer, "provisioningState", database->provisioning_state);
    append_text_member(buffer, "resourceState", database->resource_state);
    append_links(buffer, database);
    amr_buffer_append_text(buffer, "}}");
}

static void append_tags(struct amr_buffer *buffer, const struct amr_cluster *cluster)
{
    if (cluster->tag_count == 0)
        return;
    amr_buffer_append_text(buffer, ",\"tags\":{");
    for (size_t i = 0; i < cluster->tag_count; i++) {
        amr_buffer_append_text(buffer, i == 0 ? "" : ",");
        amr_json_append_text(buffer, cluster->tags[i].key);
        amr_buffer_append_text(buffer, ":");
        amr_json_append_text(buffer, cluster->tags[i].value);
    }
    amr_buffer_append_text(buffer, "}");
}

static void append_cluster(struct amr_buffer *buffer, const struct amr_cluster *cluster)
{
    amr_buffer_append_text(buffer, "\n{\"id\":");
    amr_json_append_text(buffer, cluster->id);
    append_text_member(buffer, "location", cluster->location);
    append_text_member(buffer, "kind", cluster->kind);
    if (cluster->sku != NULL) {
        amr_buffer_append_text(buffer, ",\"sku\":{\"name\":");
        amr_json_append_text(buffer, cluster->sku);
        amr_buffer_append_text(buffer, "}");
    }
    append_tags(buffer, cluster);
    append_text_member(buffer, "fault", cluster->fault);
    if (cluster->has_databases)
        append_instant_member(buffer, "fetched_at", cluster->fetched_s);
}

/* A fleet's databases by cluster: first[c] is the place of the first one of cluster c, next[d] that
 * of the next one of the same cluster; SIZE_MAX ends. */
static bool chain_databases(const struct amr_fleet *fleet, size_t *first, size_t *next)
{
    if (first == NULL || next == NULL)
        return false;
    for (size_t i = 0; i < fleet->cluster_count; i++)
        first[i] = SIZE_MAX;
    for (size_t i = fleet->database_count; i > 0; i--) {
        size_t cluster = fleet->databases[i - 1].cluster;

        next[i - 1] = first[cluster];
        first[cluster] = i - 1;
    }
    return true;
}

static void append_databases(struct amr_buffer *buffer, const struct amr_fleet *fleet, size_t first,
                             const size_t *next)
{
    amr_buffer_append_text(buffer, ",\"databases\":[");
    for (size_t at = first; at != SIZE_MAX; at = next[at]) {
        amr_buffer_append_text(buffer, at == first ? "" : ",");
        append_database(buffer, &fleet->databases[at]);
    }
    amr_buffer_append_text(buffer, "]");
}

static void append_clusters(struct amr_buffer *buffer, const struct amr_fleet *fleet,
                            const char *subscription)
{
    struct amr_arena arena = {0};
    size_t *first = amr_arena_allocate(&arena, (fleet->cluster_count + 1) * sizeof(*first));
    size_t *next = amr_arena_allocate(&arena, (fleet->database_count + 1) * sizeof(*next));
    const char *separator = "";

    bool is_chained = chain_databases(fleet, first, next);
    if (!is_chained)
        amr_buffer_fail(buffer);
    for (size_t i = 0; is_chained && i < fleet->cluster_count; i++) {
        const struct amr_cluster *cluster = &fleet->clusters[i];

        if (!amr_text_is_equal_nocase(cluster->subscription, subscription))
            continue;
        amr_buffer_append_text(buffer, separator);
        append_cluster(buffer, cluster);
        if (cluster->has_databases)
            append_databases(buffer, fleet, first[i], next);
        amr_buffer_append_text(buffer, "}");
        separator = ",";
    }
    amr_arena_free(&arena);
}

/* Those of the subscription, of its clusters that are still there, and what concerns all; of "all"
 * the subscriptions themselves, of which nothing else need be known. */
static bool is_part_kept(const struct amr_snapshot *snapshot, const struct amr_part *part,
                         const char *subscription)
{
    char prefix[AMR_PART_ID_SIZE];
    size_t place;

    if (strcmp(part->id, AMR_PART_CREDENTIAL) == 0 || strcmp(part->id, AMR_PART_GRAPH) == 0 ||
        strcmp(subscription, "all") == 0)
        return true;
    amr_part_id(prefix, subscription, NULL);
    if (!amr_text_is_prefix_nocase(prefix, part->id))
        return false;
    if (strstr(part->id, "/providers/") == NULL)
        return true;
    return (part->refused_s != AMR_INSTANT_NONE || part->refused_since_s != AMR_INSTANT_NONE) &&
           amr_fleet_find_cluster(&snapshot->fleet, part->id, &place);
}

static void append_part(struct amr_buffer *buffer, const struct amr_part *part)
{
    amr_buffer_append_text(buffer, "\n{\"id\":");
    amr_json_append_text(buffer, part->id);
    append_instant_member(buffer, "read_at", part->read_s);
    append_instant_member(buffer, "named_at", part->named_s);
    append_instant_member(buffer, "refused_at", part->refused_s);
    append_instant_member(buffer, "refused_since", part->refused_since_s);
    append_instant_member(buffer, "retry_at", part->retry_s);
    if (part->error.message[0] != '\0') {
        append_text_member(buffer, "code", amr_error_code_word(part->error.code));
        amr_buffer_append_format(buffer, ",\"http_status\":%d", part->error.http_status);
        append_text_member(buffer, "message", part->error.message);
    }
    amr_buffer_append_text(buffer, "}");
}

void amr_snapshot_format(const struct amr_snapshot *snapshot, const struct amr_snapshot_key *key,
                         struct amr_buffer *document)
{
    struct fact facts[KEY_FACTS];
    const char *separator = "";

    list_facts(key, facts);
    amr_buffer_append_format(document, "{\"schema\":%d", SCHEMA);
    for (size_t i = 0; i < KEY_FACTS; i++)
        append_text_member(document, facts[i].name, facts[i].value);
    amr_buffer_append_text(document, ",\n\"parts\":[");
    for (size_t i = 0; i < snapshot->part_count; i++) {
        if (!is_part_kept(snapshot, &snapshot->parts[i], key->subscription))
            continue;
        amr_buffer_append_text(document, separator);
        append_part(document, &snapshot->parts[i]);
        separator = ",";
    }
    amr_buffer_append_text(document, "],\n\"value\":[");
    append_clusters(document, &snapshot->fleet, key->subscription);
    amr_buffer_append_text(document, "]}\n");
}

/* A document while it is read. */
struct reading {
    struct fact facts[KEY_FACTS];
    size_t facts_seen;
    bool is_schema_seen;
    struct amr_snapshot *snapshot;
};

static bool take_instant(const amr_json *object, const char *key, int64_t *instant_s,
                         struct amr_error *err)
{
    const char *text = amr_json_text(amr_json_get(object, key));

    if (text == NULL || amr_instant_parse(text, instant_s))
        return true;
    return amr_error_set(err, AMR_ERROR_RESPONSE, "%s is no RFC 3339 instant", key);
}

static void take_error(const amr_json *object, struct amr_error *error)
{
    const char *code = amr_json_text(amr_json_get(object, "code"));
    const char *message = amr_json_text(amr_json_get(object, "message"));
    int64_t status = 0;

    if (code == NULL || message == NULL)
        return;
    for (int at = AMR_ERROR_USAGE; at <= AMR_ERROR_NO_MEMORY; at++) {
        if (strcmp(code, amr_error_code_word((enum amr_error_code)at)) == 0)
            (void)amr_error_set(error, (enum amr_error_code)at, "%s", message);
    }
    if (amr_json_integer(amr_json_get(object, "http_status"), &status) && status >= 0 &&
        status < 1000)
        error->http_status = (int)status;
}

static bool take_part(const char *number, const amr_json *object, void *context,
                      struct amr_error *err)
{
    struct amr_snapshot *snapshot = context;
    const char *id = amr_json_text(amr_json_get(object, "id"));

    (void)number;
    if (id == NULL)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "a part without id");
    if (amr_snapshot_find_part(snapshot, id) != NULL)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "a part that stands twice");
    if (!amr_snapshot_note_read(snapshot, id, AMR_INSTANT_NONE, err))
        return false;
    struct amr_part *part = &snapshot->parts[snapshot->part_count - 1];
    take_error(object, &part->error);
    return take_instant(object, "read_at", &part->read_s, err) &&
           take_instant(object, "named_at", &part->named_s, err) &&
           take_instant(object, "refused_at", &part->refused_s, err) &&
           take_instant(object, "refused_since", &part->refused_since_s, err) &&
           take_instant(object, "retry_at", &part->retry_s, err);
}

/* Paths have case, ids and addresses have not. */
static bool is_fact(const struct fact *fact, const char *text)
{
    if (text == NULL || fact->value == NULL)
        return false;
    if (strcmp(fact->name, "holder") == 0 || strcmp(fact->name, "origin") == 0)
        return strcmp(text, fact->value) == 0;
    return amr_text_is_equal_nocase(text, fact->value);
}

static bool take_member(const char *key, const amr_json *value, void *context,
                        struct amr_error *err)
{
    struct reading *reading = context;
    int64_t schema;

    if (strcmp(key, "schema") == 0) {
        reading->is_schema_seen = amr_json_integer(value, &schema) && schema == SCHEMA;
        return reading->is_schema_seen ||
               amr_error_set(err, AMR_ERROR_RESPONSE, "another version of the snapshot");
    }
    if (strcmp(key, "parts") == 0)
        return amr_json_each_item(value, take_part, reading->snapshot, err);
    for (size_t i = 0; i < KEY_FACTS; i++) {
        const struct fact *fact = &reading->facts[i];

        if (strcmp(key, fact->name) != 0)
            continue;
        if (!is_fact(fact, amr_json_text(value)))
            return amr_error_set(err, AMR_ERROR_RESPONSE, "a snapshot of something else");
        reading->facts_seen++;
    }
    return true;
}

static size_t count_facts(const struct fact facts[KEY_FACTS])
{
    size_t count = 0;

    for (size_t i = 0; i < KEY_FACTS; i++)
        count += facts[i].value != NULL;
    return count;
}

bool amr_snapshot_read(const char *text, size_t length, const struct amr_snapshot_key *key,
                       struct amr_snapshot *snapshot, struct amr_error *err)
{
    struct reading reading = {.snapshot = snapshot};

    list_facts(key, reading.facts);
    bool is_read =
        amr_arm_read_snapshot(text, length, take_member, &reading, &snapshot->fleet, err);
    if (is_read && (!reading.is_schema_seen || reading.facts_seen != count_facts(reading.facts)))
        is_read = amr_error_set(err, AMR_ERROR_RESPONSE, "not a snapshot of this");
    if (!is_read)
        amr_snapshot_free(snapshot);
    return is_read;
}
