/* SPDX-License-Identifier: MIT */
#include "graph.h"

#include <string.h>

#include "arm.h"
#include "json.h"
#include "text.h"

void amr_graph_append_url(struct amr_buffer *url, const char *endpoint)
{
    amr_buffer_append_format(
        url, "%s/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01", endpoint);
}

void amr_graph_append_body(struct amr_buffer *body, const struct amr_graph_query *query)
{
    amr_buffer_append_text(body, "{\"subscriptions\":[");
    for (size_t i = 0; i < query->subscription_count; i++) {
        amr_buffer_append_text(body, i == 0 ? "" : ",");
        amr_json_append_text(body, query->subscriptions[i]);
    }
    /* Without `id` among the columns, and an order by it, there are no pages to rely on. */
    amr_buffer_append_text(body, "],\"query\":\"resources"
                                 " | where type =~ 'microsoft.cache/redisenterprise'"
                                 " | project id, name, type, location, sku, kind, tags"
                                 " | order by id asc\","
                                 "\"options\":{\"resultFormat\":\"objectArray\",\"$top\":1000");
    if (query->skip_token != NULL)
        amr_json_append_text_member(body, "$skipToken", query->skip_token);
    amr_buffer_append_text(body, "}}");
}

/* A page while it is read. */
struct reading {
    const struct amr_graph_query *query;
    int64_t fetched_s;
    struct amr_fleet *fleet;
    bool *is_named;
    struct amr_buffer *skip_token;
    struct amr_graph_page page;
    bool has_data;
    bool is_truncated;
};

static bool find_subscription(const struct amr_graph_query *query, const char *subscription,
                              size_t *place)
{
    for (*place = 0; *place < query->subscription_count; (*place)++) {
        if (amr_text_is_equal_nocase(query->subscriptions[*place], subscription))
            return true;
    }
    return false;
}

static bool refuse_row(struct reading *reading, const char *why)
{
    struct amr_error fault;

    (void)amr_error_set(&fault, AMR_ERROR_RESPONSE, "%s", why);
    amr_fleet_add_error(reading->fleet, AMR_CLUSTER_NONE, &fault, "Resource Graph /data/%zu",
                        reading->page.rows - 1);
    return true;
}

static bool take_row(const amr_json *row, struct reading *reading, struct amr_error *err)
{
    struct amr_cluster cluster;
    size_t place;

    reading->page.rows++;
    if (!amr_arm_read_cluster(row, reading->fetched_s, reading->fleet, &cluster, err))
        return false;
    if (cluster.id == NULL)
        return refuse_row(reading, "no usable id of a cluster");
    if (!find_subscription(reading->query, cluster.subscription, &place))
        return refuse_row(reading, "a subscription that was not asked for");
    /* Its columns of text are never null. */
    if (cluster.kind != NULL && *cluster.kind == '\0')
        cluster.kind = NULL;
    reading->is_named[place] = true;
    return amr_arm_put_cluster(reading->fleet, &cluster, &place, err);
}

static bool read_rows(struct amr_json_reader *reader, struct reading *reading,
                      struct amr_error *err)
{
    bool has_row;

    if (reading->has_data)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "/data stands twice");
    reading->has_data = true;
    if (!amr_json_reader_enter(reader, '[', err))
        return false;
    for (;;) {
        amr_json *row = NULL;

        if (!amr_json_reader_next(reader, ']', &has_row, err))
            return false;
        if (!has_row)
            return true;
        bool is_taken = amr_json_reader_value(reader, &row, err) && take_row(row, reading, err);
        amr_json_free(row);
        if (!is_taken)
            return false;
    }
}

static bool take_skip_token(const amr_json *value, struct reading *reading, struct amr_error *err)
{
    if (value == NULL)
        return true;
    if (amr_json_text(value) == NULL)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "/$skipToken is not a string");
    amr_buffer_append_text(reading->skip_token, amr_json_text(value));
    return !amr_buffer_is_failed(reading->skip_token) ||
           amr_buffer_set_error(reading->skip_token, err, AMR_ERROR_RESPONSE,
                                "/$skipToken is too long");
}

/* Microsoft describes a text, and clients have met a boolean. */
static bool take_truncated(const amr_json *value, struct reading *reading, struct amr_error *err)
{
    const char *text = amr_json_text(value);
    bool is_known = text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0);

    if (is_known)
        reading->is_truncated = *text == 't';
    return value == NULL || is_known || amr_json_boolean(value, &reading->is_truncated) ||
           amr_error_set(err, AMR_ERROR_RESPONSE, "/resultTruncated is neither true nor false");
}

static bool take_total(const amr_json *value, struct reading *reading, struct amr_error *err)
{
    return value == NULL || amr_json_integer(value, &reading->page.total) ||
           amr_error_set(err, AMR_ERROR_RESPONSE, "/totalRecords is no number");
}

static bool read_member(struct amr_json_reader *reader, const char *key, void *context,
                        struct amr_error *err)
{
    struct reading *reading = context;
    amr_json *value = NULL;
    bool is_taken = true;

    if (strcmp(key, "data") == 0)
        return read_rows(reader, reading, err);
    if (!amr_json_reader_value(reader, &value, err))
        return false;
    if (strcmp(key, "$skipToken") == 0)
        is_taken = take_skip_token(value, reading, err);
    else if (strcmp(key, "resultTruncated") == 0)
        is_taken = take_truncated(value, reading, err);
    else if (strcmp(key, "totalRecords") == 0)
        is_taken = take_total(value, reading, err);
    amr_json_free(value);
    return is_taken;
}

bool amr_graph_read_page(const char *text, size_t length, const struct amr_graph_query *query,
                         int64_t fetched_s, struct amr_fleet *fleet, bool *is_named,
                         struct amr_buffer *skip_token, struct amr_graph_page *page,
                         struct amr_error *err)
{
    struct amr_json_reader reader;
    struct reading reading = {.query = query,
                              .fetched_s = fetched_s,
                              .fleet = fleet,
                              .is_named = is_named,
                              .skip_token = skip_token};

    amr_buffer_cut(skip_token, 0);
    amr_json_reader_init(&reader, text, length);
    if (!amr_json_reader_each_member(&reader, read_member, &reading, err) ||
        !amr_json_reader_end(&reader, err))
        return false;
    if (!reading.has_data)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "/data is missing");
    if (reading.is_truncated && skip_token->length == 0)
        return amr_error_set(err, AMR_ERROR_RESPONSE,
                             "/resultTruncated is true and there is no /$skipToken");
    *page = reading.page;
    return true;
}
