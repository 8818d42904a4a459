/* SPDX-License-Identifier: MIT */
#include "arm.h"

#include <string.h>

#include "calendar.h"
#include "json.h"
#include "text.h"
#include "url.h"

enum {
    ID_SEGMENTS_MAX = 11,
    URL_SEGMENT_BYTES_MAX = 1024,
    QUOTE_BYTES_MAX = 80,
    TAG_QUOTE_BYTES_MAX = 40
};

static void append_resource_group(struct amr_buffer *url, const char *subscription,
                                  const char *resource_group)
{
    amr_buffer_append_text(url, "/subscriptions/");
    amr_url_append_encoded(url, subscription);
    if (resource_group == NULL)
        return;
    amr_buffer_append_text(url, "/resourceGroups/");
    amr_url_append_encoded(url, resource_group);
}

static void append_api_version(struct amr_buffer *url, const char *api_version)
{
    amr_buffer_append_text(url, "?api-version=");
    amr_url_append_encoded(url, api_version);
}

void amr_arm_append_clusters_url(struct amr_buffer *url, const struct amr_arm_place *place)
{
    amr_buffer_append_text(url, place->endpoint);
    append_resource_group(url, place->subscription, place->resource_group);
    amr_buffer_append_text(url, "/providers/Microsoft.Cache/redisEnterprise");
    append_api_version(url, place->api_version);
}

static void append_databases(struct amr_buffer *url, const struct amr_arm_place *place,
                             const struct amr_cluster *cluster)
{
    amr_buffer_append_text(url, place->endpoint);
    append_resource_group(url, cluster->subscription, cluster->resource_group);
    amr_buffer_append_text(url, "/providers/Microsoft.Cache/redisEnterprise/");
    amr_url_append_encoded(url, cluster->name);
    amr_buffer_append_text(url, "/databases");
}

void amr_arm_append_databases_url(struct amr_buffer *url, const struct amr_arm_place *place,
                                  const struct amr_cluster *cluster)
{
    append_databases(url, place, cluster);
    append_api_version(url, place->api_version);
}

void amr_arm_append_database_url(struct amr_buffer *url, const struct amr_arm_place *place,
                                 const struct amr_cluster *cluster, const char *database,
                                 const char *action)
{
    append_databases(url, place, cluster);
    amr_buffer_append_text(url, "/");
    amr_url_append_encoded(url, database);
    amr_buffer_append_format(url, "%s%s", *action == '\0' ? "" : "/", action);
    append_api_version(url, place->api_version);
}

void amr_arm_append_subscriptions_url(struct amr_buffer *url, const struct amr_arm_place *place)
{
    amr_buffer_append_text(url, place->endpoint);
    amr_buffer_append_text(url, "/subscriptions?api-version=2022-12-01");
}

/* True for an https endpoint that leaves its port to the scheme. */
static bool has_default_port(const char *endpoint)
{
    static const char scheme[] = "https://";

    return amr_text_is_prefix_nocase(scheme, endpoint) &&
           strchr(endpoint + strlen(scheme), ':') == NULL;
}

bool amr_arm_is_same_host(const char *endpoint, const char *url)
{
    if (!amr_text_is_prefix_nocase(endpoint, url) || strchr(url, '#') != NULL)
        return false;
    const char *rest = url + strlen(endpoint);
    /* The slash that must follow keeps out both a longer host and user info ("…azure.com@evil"). */
    return *rest == '/' ||
           (has_default_port(endpoint) && strncmp(rest, ":443/", strlen(":443/")) == 0);
}

/* An ARM id cut at its slashes, in memory of the fleet's arena. NULL where it has no such part. */
struct id {
    const char *subscription;
    const char *resource_group;
    const char *cluster;
    const char *database;
};

/* An item of a list while its fields are read. The first fault found spoils it. */
struct item {
    const amr_json *object;
    const amr_json *properties;
    struct amr_fleet *fleet;
    const char *fault;
    bool is_out_of_memory;
};

static const char *keep_part(struct item *item, const char *text, size_t length)
{
    const char *kept = amr_arena_copy(&item->fleet->arena, text, length);

    item->is_out_of_memory |= kept == NULL;
    return kept;
}

static const char *keep(struct item *item, const char *text)
{
    return keep_part(item, text, strlen(text));
}

/* An empty segment is none; a dot or two, which no encoding hides, would leave the path. */
static bool is_segment(const char *text, size_t length)
{
    return length > 2 || (length > 0 && strspn(text, ".") < length);
}

/* Cuts `id` at its slashes; the number of segments, 0 where it is no such path. */
static size_t split_id(struct item *item, const char *id, const char *segments[ID_SEGMENTS_MAX])
{
    size_t count = 0;
    const char *at = id;

    while (*at == '/' && count < ID_SEGMENTS_MAX) {
        size_t length = strcspn(at + 1, "/");

        segments[count] = keep_part(item, at + 1, length);
        if (!is_segment(at + 1, length) || segments[count] == NULL)
            return 0;
        count++;
        at += 1 + length;
    }
    return *at == '\0' ? count : 0;
}

/* /subscriptions/S/resourceGroups/G/providers/Microsoft.Cache/redisEnterprise/C[/databases/D] */
static bool parse_id(struct item *item, const char *text, struct id *id)
{
    static const char *const fixed[ID_SEGMENTS_MAX] = {
        "subscriptions",   NULL, "resourceGroups", NULL, "providers", "Microsoft.Cache",
        "redisEnterprise", NULL, "databases",      NULL};
    const char *segments[ID_SEGMENTS_MAX] = {NULL};
    size_t count = text == NULL ? 0 : split_id(item, text, segments);

    if (count != 8 && count != 10)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (fixed[i] != NULL && !amr_text_is_equal_nocase(fixed[i], segments[i]))
            return false;
    }
    *id = (struct id){segments[1], segments[3], segments[7], count == 10 ? segments[9] : NULL};
    return true;
}

static void set_fault(struct item *item, const char *field, const amr_json *value)
{
    char words[96];
    struct amr_buffer fault;

    if (item->fault != NULL)
        return;
    amr_buffer_init(&fault, sizeof(words));
    amr_buffer_append_format(&fault, "%s is %s", field, amr_json_type_words(value));
    item->is_out_of_memory |= amr_buffer_is_failed(&fault);
    item->fault = keep(item, amr_buffer_text(&fault));
    amr_buffer_free(&fault);
}

static struct item item_of(const amr_json *object, struct amr_fleet *fleet)
{
    struct item item = {.object = object, .fleet = fleet};
    const amr_json *properties = amr_json_get(object, "properties");

    if (properties != NULL && !amr_json_is_object(properties))
        set_fault(&item, "properties", properties);
    item.properties = properties;
    return item;
}

/* A field that ARM nests in `properties` and az may have flattened. */
static const amr_json *property(const struct item *item, const char *field)
{
    const amr_json *nested = amr_json_get(item->properties, field);

    return nested != NULL ? nested : amr_json_get(item->object, field);
}

static const char *take_text(struct item *item, const char *field, const amr_json *value)
{
    const char *text = amr_json_text(value);

    if (text != NULL)
        return keep(item, text);
    if (value != NULL)
        set_fault(item, field, value);
    return NULL;
}

static const char *property_text(struct item *item, const char *field)
{
    return take_text(item, field, property(item, field));
}

static const char *own_text(struct item *item, const char *field)
{
    return take_text(item, field, amr_json_get(item->object, field));
}

/* "Central India" and "centralindia" are one place. */
static const char *take_location(struct item *item)
{
    const char *location = own_text(item, "location");
    struct amr_buffer normal;

    if (location == NULL)
        return NULL;
    amr_buffer_init(&normal, strlen(location));
    for (const char *at = location; *at != '\0'; at++) {
        char lower = *at >= 'A' && *at <= 'Z' ? (char)(*at + ('a' - 'A')) : *at;

        if (*at != ' ')
            amr_buffer_append(&normal, &lower, 1);
    }
    item->is_out_of_memory |= amr_buffer_is_failed(&normal);
    location = normal.length == 0 ? NULL : keep(item, amr_buffer_text(&normal));
    amr_buffer_free(&normal);
    return location;
}

static void take_sku(struct item *item, struct amr_cluster *cluster)
{
    const amr_json *sku = amr_json_get(item->object, "sku");

    if (sku != NULL && !amr_json_is_object(sku)) {
        set_fault(item, "sku", sku);
        return;
    }
    cluster->sku = take_text(item, "sku.name", amr_json_get(sku, "name"));
    if (cluster->sku == NULL)
        return;
    cluster->tier = keep_part(item, cluster->sku, strcspn(cluster->sku, "_"));
}

struct tags {
    struct item *item;
    struct amr_cluster *cluster;
};

static bool count_member(const char *key, const amr_json *value, void *context,
                         struct amr_error *err)
{
    size_t *count = context;

    (void)key, (void)value, (void)err;
    *count += 1;
    return true;
}

static void set_tag_fault(struct item *item, const char *key, const amr_json *value)
{
    struct amr_buffer field;

    amr_buffer_init(&field, TAG_QUOTE_BYTES_MAX + sizeof("tag ''"));
    amr_buffer_append_text(&field, "tag '");
    amr_text_append_clean(&field, key, TAG_QUOTE_BYTES_MAX);
    amr_buffer_append_text(&field, "'");
    item->is_out_of_memory |= amr_buffer_is_failed(&field);
    set_fault(item, amr_buffer_text(&field), value);
    amr_buffer_free(&field);
}

static bool take_tag(const char *key, const amr_json *value, void *context, struct amr_error *err)
{
    struct tags *tags = context;
    const char *text = value == NULL ? "" : amr_json_text(value);

    (void)err;
    if (text == NULL) {
        set_tag_fault(tags->item, key, value);
        return true;
    }
    tags->cluster->tags[tags->cluster->tag_count++] = (struct amr_tag){
        .key = keep(tags->item, key),
        .value = keep(tags->item, text),
    };
    return true;
}

static bool take_tags(struct item *item, struct amr_cluster *cluster, struct amr_error *err)
{
    const amr_json *members = amr_json_get(item->object, "tags");
    struct tags tags = {item, cluster};
    size_t count = 0;

    if (members == NULL)
        return true;
    if (!amr_json_is_object(members)) {
        set_fault(item, "tags", members);
        return true;
    }
    if (!amr_json_each_member(members, count_member, &count, err))
        return false;
    cluster->tags = amr_arena_allocate(&item->fleet->arena, (count + 1) * sizeof(*cluster->tags));
    if (cluster->tags == NULL)
        return amr_error_set_no_memory(err);
    return amr_json_each_member(members, take_tag, &tags, err);
}

/* Only a snapshot says when a cluster was read; a survey knows it from its own clock. */
static void take_fetched_at(struct item *item, struct amr_cluster *cluster)
{
    const char *text = own_text(item, "fetched_at");

    if (text != NULL && !amr_instant_parse(text, &cluster->fetched_s) && item->fault == NULL)
        item->fault = "fetched_at is no RFC 3339 instant";
}

/* Only a snapshot says what was wrong when Azure was read; what it keeps is right in itself. */
static const char *take_fault(struct item *item)
{
    const char *told = own_text(item, "fault");

    return told != NULL ? told : item->fault;
}

static bool take_cluster(struct item *item, const struct id *id, struct amr_cluster *cluster,
                         struct amr_error *err)
{
    cluster->id = own_text(item, "id");
    cluster->subscription = id->subscription;
    cluster->resource_group = id->resource_group;
    cluster->name = id->cluster;
    cluster->location = take_location(item);
    cluster->kind = own_text(item, "kind");
    take_sku(item, cluster);
    if (cluster->fetched_s == AMR_INSTANT_NONE)
        take_fetched_at(item, cluster);
    if (!take_tags(item, cluster, err))
        return false;
    cluster->is_listed = true;
    cluster->fault = take_fault(item);
    return !item->is_out_of_memory || amr_error_set_no_memory(err);
}

static void take_deferral(struct item *item, struct amr_database *database)
{
    const char *text = property_text(item, "deferUpgrade");

    database->deferral_text = text;
    if (text == NULL)
        database->deferral = AMR_DEFERRAL_ABSENT;
    else if (strcmp(text, "Deferred") == 0)
        database->deferral = AMR_DEFERRED;
    else if (strcmp(text, "NotDeferred") == 0)
        database->deferral = AMR_NOT_DEFERRED;
    else
        database->deferral = AMR_DEFERRAL_OTHER;
}

static void take_link(struct item *item, struct amr_database *database, const amr_json *link)
{
    const amr_json *id = amr_json_get(link, "id");

    if (!amr_json_is_object(link))
        set_fault(item, "a member of geoReplication.linkedDatabases", link);
    else if (amr_json_text(id) == NULL)
        set_fault(item, "geoReplication.linkedDatabases.id", id);
    else
        database->linked_ids[database->linked_count++] = keep(item, amr_json_text(id));
}

static void take_geo_group(struct item *item, struct amr_database *database)
{
    const amr_json *geo = property(item, "geoReplication");
    const amr_json *links = amr_json_get(geo, "linkedDatabases");
    size_t count = amr_json_length(links);

    if (geo != NULL && !amr_json_is_object(geo))
        set_fault(item, "geoReplication", geo);
    if (links != NULL && !amr_json_is_array(links))
        set_fault(item, "geoReplication.linkedDatabases", links);
    database->geo_group =
        take_text(item, "geoReplication.groupNickname", amr_json_get(geo, "groupNickname"));
    if (count == 0)
        return;
    database->linked_ids =
        amr_arena_allocate(&item->fleet->arena, count * sizeof(*database->linked_ids));
    item->is_out_of_memory |= database->linked_ids == NULL;
    for (size_t i = 0; i < count && database->linked_ids != NULL; i++)
        take_link(item, database, amr_json_at(links, i));
}

static void take_version(struct item *item, struct amr_database *database)
{
    database->version = property_text(item, "redisVersion");
    if (database->version != NULL && !amr_version_parse(database->version, &database->line))
        database->line = (struct amr_line){0};
}

static void set_id_fault(struct item *item)
{
    const amr_json *id = amr_json_get(item->object, "id");

    if (amr_json_text(id) == NULL)
        set_fault(item, "id", id);
    else if (item->fault == NULL)
        item->fault = "id is not that of a database";
}

/* Adds the database of an item to the cluster at `cluster`. id is NULL where it has none. */
static bool add_database(struct item *item, const struct id *id, size_t cluster,
                         struct amr_error *err)
{
    struct amr_database database = {.cluster = cluster};
    size_t known;

    if (id == NULL)
        set_id_fault(item);
    database.id = id == NULL ? NULL : own_text(item, "id");
    database.name = id == NULL ? NULL : id->database;
    take_version(item, &database);
    take_deferral(item, &database);
    take_geo_group(item, &database);
    database.provisioning_state = property_text(item, "provisioningState");
    database.resource_state = property_text(item, "resourceState");
    database.fault = take_fault(item);
    if (item->is_out_of_memory)
        return amr_error_set_no_memory(err);
    if (database.id != NULL && amr_fleet_find_database(item->fleet, database.id, &known))
        return true;
    return amr_fleet_add_database(item->fleet, &database, err);
}

static bool add_nested_databases(const amr_json *cluster_object, size_t cluster,
                                 struct amr_fleet *fleet, struct amr_error *err)
{
    const amr_json *list = amr_json_get(cluster_object, "databases");

    for (size_t i = 0; i < amr_json_length(list); i++) {
        struct item item = item_of(amr_json_at(list, i), fleet);
        const char *text = amr_json_text(amr_json_get(item.object, "id"));
        struct id id;
        bool has_id = parse_id(&item, text, &id) && id.database != NULL;

        if (!add_database(&item, has_id ? &id : NULL, cluster, err))
            return false;
    }
    return true;
}

bool amr_arm_read_cluster(const amr_json *document, int64_t fetched_s, struct amr_fleet *fleet,
                          struct amr_cluster *cluster, struct amr_error *err)
{
    struct item item = item_of(document, fleet);
    struct id id;

    *cluster = (struct amr_cluster){.fetched_s = fetched_s};
    if (!parse_id(&item, amr_json_text(amr_json_get(document, "id")), &id) || id.database != NULL)
        return !item.is_out_of_memory || amr_error_set_no_memory(err);
    return take_cluster(&item, &id, cluster, err);
}

bool amr_arm_put_cluster(struct amr_fleet *fleet, const struct amr_cluster *cluster, size_t *index,
                         struct amr_error *err)
{
    if (!amr_fleet_find_cluster(fleet, cluster->id, index))
        return amr_fleet_add_cluster(fleet, cluster, index, err);
    struct amr_cluster *known = &fleet->clusters[*index];
    bool has_databases = known->has_databases || cluster->has_databases;
    bool is_read = known->is_read;
    if (!known->is_listed) {
        *known = *cluster;
        known->has_databases = has_databases;
        known->is_read = is_read;
    }
    return true;
}

static bool add_cluster(struct item *item, const struct id *id, int64_t fetched_s,
                        struct amr_error *err)
{
    struct amr_cluster cluster = {.fetched_s = fetched_s};
    const amr_json *list = amr_json_get(item->object, "databases");
    size_t index;

    if (list != NULL && !amr_json_is_array(list))
        set_fault(item, "databases", list);
    if (!take_cluster(item, id, &cluster, err))
        return false;
    /* Azure writes an empty list as null at times. */
    cluster.has_databases =
        amr_json_is_array(list) || (list == NULL && amr_json_has(item->object, "databases"));
    return amr_arm_put_cluster(item->fleet, &cluster, &index, err) &&
           add_nested_databases(item->object, index, item->fleet, err);
}

/* A database that stands in a list by itself names its cluster in its id, and no more of it. */
static bool add_lone_database(struct item *item, const struct id *id, struct amr_error *err)
{
    struct amr_cluster cluster = {
        .subscription = id->subscription,
        .resource_group = id->resource_group,
        .name = id->cluster,
        .fetched_s = AMR_INSTANT_NONE,
        .has_databases = true,
    };
    const char *text = amr_json_text(amr_json_get(item->object, "id"));
    size_t length = strlen(text) - strlen("/databases/") - strlen(id->database);
    size_t index;

    cluster.id = amr_arena_copy(&item->fleet->arena, text, length);
    if (cluster.id == NULL)
        return amr_error_set_no_memory(err);
    if (!amr_fleet_find_cluster(item->fleet, cluster.id, &index) &&
        !amr_fleet_add_cluster(item->fleet, &cluster, &index, err))
        return false;
    item->fleet->clusters[index].has_databases = true;
    return add_database(item, id, index, err);
}

/* What a list is read into. */
struct list {
    struct amr_fleet *fleet;
    int64_t fetched_s;                 /* of its clusters; AMR_INSTANT_NONE: they say it */
    size_t cluster;                    /* whose databases these are; SIZE_MAX: not said */
    amr_arm_visit_subscription *visit; /* subscriptions instead */
    amr_json_visit *visit_member;      /* of the document beside `value`; or NULL */
    void *context;
    struct amr_buffer *next_link;
    bool is_bare; /* an array without the object around it */
    bool has_value;
    bool has_link;
    bool has_error;
};

static const char *pointer_of(const struct list *list)
{
    return list->is_bare ? "" : "/value";
}

static bool read_subscription(const amr_json *object, const struct list *list,
                              struct amr_error *err)
{
    const char *id = amr_json_text(amr_json_get(object, "subscriptionId"));
    const char *state = amr_json_text(amr_json_get(object, "state"));

    if (id == NULL || !amr_text_is_guid(id))
        return amr_error_set(err, AMR_ERROR_RESPONSE, "a subscription without subscriptionId");
    if (state != NULL && (strcmp(state, "Disabled") == 0 || strcmp(state, "Deleted") == 0))
        return true;
    return list->visit(id, list->context, err);
}

static bool read_item(const amr_json *object, const struct list *list, size_t number,
                      struct amr_error *err)
{
    struct item item = item_of(object, list->fleet);
    const char *text = amr_json_text(amr_json_get(object, "id"));
    struct id id;
    bool has_id = parse_id(&item, text, &id);
    struct amr_error fault;

    if (item.is_out_of_memory)
        return amr_error_set_no_memory(err);
    if (list->cluster != SIZE_MAX)
        return add_database(&item, has_id && id.database != NULL ? &id : NULL, list->cluster, err);
    if (has_id && id.database != NULL)
        return add_lone_database(&item, &id, err);
    if (has_id)
        return add_cluster(&item, &id, list->fetched_s, err);
    (void)amr_error_set(&fault, AMR_ERROR_RESPONSE, "no usable id of a cluster or database");
    amr_fleet_add_error(list->fleet, AMR_CLUSTER_NONE, &fault, "%s/%zu", pointer_of(list), number);
    return true;
}

static bool read_items(struct amr_json_reader *reader, const struct list *list,
                       struct amr_error *err)
{
    bool has_item;

    if (!amr_json_reader_enter(reader, '[', err))
        return false;
    for (size_t number = 0;; number++) {
        amr_json *object = NULL;

        if (!amr_json_reader_next(reader, ']', &has_item, err))
            return false;
        if (!has_item)
            return true;
        bool is_read = amr_json_reader_value(reader, &object, err) &&
                       (list->visit != NULL ? read_subscription(object, list, err)
                                            : read_item(object, list, number, err));
        amr_json_free(object);
        if (!is_read)
            return amr_error_add_context(err, "%s/%zu", pointer_of(list), number);
    }
}

static bool read_value(struct amr_json_reader *reader, struct list *list, struct amr_error *err)
{
    amr_json *null = NULL;

    if (list->has_value)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "/value stands twice");
    list->has_value = true;
    if (amr_json_reader_peek(reader) != 'n')
        return read_items(reader, list, err);
    return amr_json_reader_value(reader, &null, err);
}

static bool read_next_link(struct amr_json_reader *reader, struct list *list, struct amr_error *err)
{
    amr_json *value = NULL;

    if (list->has_link)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "/nextLink stands twice");
    list->has_link = true;
    if (!amr_json_reader_value(reader, &value, err))
        return false;
    const char *link = amr_json_text(value);
    bool is_sound = value == NULL || link != NULL;
    if (link != NULL)
        amr_buffer_append_text(list->next_link, link);
    amr_json_free(value);
    return is_sound || amr_error_set(err, AMR_ERROR_RESPONSE, "/nextLink is not a string");
}

static bool read_other(struct amr_json_reader *reader, const char *key, const struct list *list,
                       struct amr_error *err)
{
    amr_json *value = NULL;

    if (!amr_json_reader_value(reader, &value, err))
        return false;
    bool is_taken =
        list->visit_member == NULL || list->visit_member(key, value, list->context, err);
    amr_json_free(value);
    return is_taken;
}

static bool read_member(struct amr_json_reader *reader, const char *key, void *context,
                        struct amr_error *err)
{
    struct list *list = context;

    list->has_error |= strcmp(key, "error") == 0;
    if (strcmp(key, "value") == 0)
        return read_value(reader, list, err);
    if (strcmp(key, "nextLink") == 0)
        return read_next_link(reader, list, err);
    return read_other(reader, key, list, err);
}

static bool read_page(const char *text, size_t length, struct list *list, struct amr_error *err)
{
    struct amr_json_reader reader;

    amr_buffer_cut(list->next_link, 0);
    amr_json_reader_init(&reader, text, length);
    if (!amr_json_reader_each_member(&reader, read_member, list, err) ||
        !amr_json_reader_end(&reader, err))
        return false;
    if (amr_buffer_is_failed(list->next_link))
        return amr_buffer_set_error(list->next_link, err, AMR_ERROR_RESPONSE,
                                    "/nextLink is too long");
    if (!list->has_value && (list->has_error || list->cluster != SIZE_MAX))
        return amr_error_set(err, AMR_ERROR_RESPONSE, "the answer is no list: /value is missing");
    return true;
}

bool amr_arm_read_clusters_page(const char *text, size_t length, int64_t fetched_s,
                                struct amr_fleet *fleet, struct amr_buffer *next_link,
                                struct amr_error *err)
{
    struct list list = {
        .fleet = fleet, .fetched_s = fetched_s, .cluster = SIZE_MAX, .next_link = next_link};

    return read_page(text, length, &list, err);
}

bool amr_arm_read_databases_page(const char *text, size_t length, size_t cluster,
                                 struct amr_fleet *fleet, struct amr_buffer *next_link,
                                 struct amr_error *err)
{
    struct list list = {.fleet = fleet, .cluster = cluster, .next_link = next_link};

    return read_page(text, length, &list, err);
}

bool amr_arm_read_subscriptions_page(const char *text, size_t length,
                                     amr_arm_visit_subscription *visit, void *context,
                                     struct amr_buffer *next_link, struct amr_error *err)
{
    struct list list = {.visit = visit, .context = context, .next_link = next_link};

    return read_page(text, length, &list, err);
}

static bool read_document(struct amr_json_reader *reader, struct list *list, struct amr_error *err)
{
    list->is_bare = amr_json_reader_peek(reader) == '[';
    if (list->is_bare)
        return read_items(reader, list, err);
    if (amr_json_reader_peek(reader) != '{')
        return amr_error_set(err, AMR_ERROR_RESPONSE, "neither a JSON array nor an object");
    if (!amr_json_reader_each_member(reader, read_member, list, err))
        return false;
    return list->has_value ||
           amr_error_set(
               err, AMR_ERROR_RESPONSE,
               "/value is missing: a list is expected, as from 'az redisenterprise list'");
}

/* Clusters whose databases the document does not list, and pages it does not hold. */
static void add_gaps(struct amr_fleet *fleet, const struct amr_buffer *next_link)
{
    struct amr_error gap;

    (void)amr_error_set(&gap, AMR_ERROR_RESPONSE, "the document does not list its databases");
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        if (!fleet->clusters[i].has_databases)
            amr_fleet_add_error(fleet, i, &gap, "cluster '%s'", fleet->clusters[i].name);
    }
    (void)amr_error_set(&gap, AMR_ERROR_RESPONSE, "the list goes on in a page not given here");
    if (next_link->length > 0 || amr_buffer_is_failed(next_link))
        amr_fleet_add_error(fleet, AMR_CLUSTER_NONE, &gap, "/nextLink");
}

bool amr_arm_read_document(const char *text, size_t length, struct amr_fleet *fleet,
                           struct amr_error *err)
{
    struct amr_json_reader reader;
    struct amr_buffer next_link;
    struct list list = {.fleet = fleet,
                        .fetched_s = AMR_INSTANT_NONE,
                        .cluster = SIZE_MAX,
                        .next_link = &next_link};

    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    amr_json_reader_init(&reader, text, length);
    bool is_read = read_document(&reader, &list, err) && amr_json_reader_end(&reader, err);
    if (is_read)
        add_gaps(fleet, &next_link);
    amr_buffer_free(&next_link);
    return is_read;
}

bool amr_arm_read_snapshot(const char *text, size_t length, amr_json_visit *visit_member,
                           void *context, struct amr_fleet *fleet, struct amr_error *err)
{
    struct amr_buffer next_link;
    struct list list = {.fleet = fleet,
                        .fetched_s = AMR_INSTANT_NONE,
                        .cluster = SIZE_MAX,
                        .visit_member = visit_member,
                        .context = context,
                        .next_link = &next_link};

    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    bool is_read =
        read_page(text, length, &list, err) &&
        (list.has_value ||
         amr_error_set(err, AMR_ERROR_RESPONSE,
                       "/value is missing: a list is expected, as from 'az redisenterprise list'"));
    amr_buffer_free(&next_link);
    return is_read;
}

static enum amr_error_code code_of(int http_status)
{
    switch (http_status) {
    case 401:
        return AMR_ERROR_CREDENTIAL;
    case 403:
        return AMR_ERROR_DENIED;
    case 404:
        return AMR_ERROR_NOT_FOUND;
    case 429:
        return AMR_ERROR_THROTTLED;
    default:
        return http_status >= 500 ? AMR_ERROR_SERVER : AMR_ERROR_RESPONSE;
    }
}

/* False where the body has none. */
static bool append_azure_words(struct amr_buffer *words, const amr_json *body)
{
    const amr_json *error = amr_json_get(body, "error");
    const char *code = amr_json_text(amr_json_get(error, "code"));
    const char *message = amr_json_text(amr_json_get(error, "message"));

    if (code != NULL) {
        amr_buffer_append_text(words, " ");
        amr_text_append_clean(words, code, QUOTE_BYTES_MAX);
    }
    if (message != NULL) {
        amr_buffer_append_text(words, ": ");
        amr_text_append_clean(words, message, AMR_ERROR_MESSAGE_SIZE / 2);
    }
    return code != NULL || message != NULL;
}

static void append_body(struct amr_buffer *words, const char *body, size_t length)
{
    char start[QUOTE_BYTES_MAX * 2] = "";
    size_t kept = length < sizeof(start) - 1 ? length : sizeof(start) - 1;

    if (kept == 0)
        return;
    memcpy(start, body, kept);
    amr_buffer_append_text(words, ": ");
    amr_text_append_clean(words, start, QUOTE_BYTES_MAX);
}

bool amr_arm_set_error(int http_status, const char *body, size_t length, const char *correlation,
                       struct amr_error *err)
{
    struct amr_buffer words;
    struct amr_error ignored;
    amr_json *tree = NULL;

    amr_buffer_init(&words, AMR_ERROR_MESSAGE_SIZE);
    if (!amr_json_parse(body, length, &tree, &ignored) || !append_azure_words(&words, tree))
        append_body(&words, body, length);
    if (correlation != NULL && *correlation != '\0') {
        amr_buffer_append_text(&words, " (correlation ");
        amr_text_append_clean(&words, correlation, 64);
        amr_buffer_append_text(&words, ")");
    }
    (void)amr_error_set(err, code_of(http_status), "HTTP %d%s", http_status,
                        amr_buffer_text(&words));
    err->http_status = http_status;
    amr_json_free(tree);
    amr_buffer_free(&words);
    return false;
}

bool amr_arm_is_absent(const struct amr_error *error)
{
    static const char *const words[] = {"HTTP 404 ResourceNotFound",
                                        "HTTP 404 ResourceGroupNotFound"};

    for (size_t i = 0; i < AMR_COUNT_OF(words); i++) {
        if (amr_text_is_prefix_nocase(words[i], error->message))
            return true;
    }
    return false;
}
