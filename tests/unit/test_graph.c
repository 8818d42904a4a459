/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "graph.h"
#include "json.h"
#include "unit.h"

#define FIRST  "11111111-2222-3333-4444-555555555555"
#define SECOND "99999999-8888-7777-6666-555555555555"
#define ID(s, c)                                                                                   \
    "/subscriptions/" s "/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/" c
#define ROW(id)    "{\"id\":\"" id "\",\"location\":\"westeurope\",\"kind\":\"v2\"}"
#define PAGE(rows) "{\"count\":1,\"data\":[" rows "],\"resultTruncated\":\"false\"}"

static const char *const subscriptions[] = {FIRST, SECOND};

/* A page: the clusters and errors that come of it, and what it says besides. */
static const struct page_row {
    const char *name;
    const char *text;
    const char *clusters; /* "name@location/kind " each */
    const char *errors;   /* "scope: message\n" each */
    bool is_first_named;
    bool is_second_named;
    const char *skip_token;
    size_t rows;
    int64_t total;
} page_rows[] = {
    {"no rows", PAGE(""), "", "", false, false, "", 0, 0},
    {"two subscriptions", PAGE(ROW(ID(FIRST, "a")) "," ROW(ID(SECOND, "b"))),
     "a@westeurope/v2 b@westeurope/v2 ", "", true, true, "", 2, 0},
    {"ids in other letters",
     PAGE("{\"id\":\"/SUBSCRIPTIONS/" FIRST
          "/resourcegroups/RG/providers/microsoft.cache/redisenterprise/A\"}"),
     "A@-/- ", "", true, false, "", 1, 0},
    {"texts that are empty are none",
     PAGE("{\"id\":\"" ID(FIRST, "a") "\",\"location\":\"\",\"kind\":\"\",\"sku\":null}"), "a@-/- ",
     "", true, false, "", 1, 0},
    {"a display name", PAGE("{\"id\":\"" ID(FIRST, "a") "\",\"location\":\"Central India\"}"),
     "a@centralindia/- ", "", true, false, "", 1, 0},
    {"the same twice", PAGE(ROW(ID(FIRST, "a")) "," ROW(ID(FIRST, "A"))), "a@westeurope/v2 ", "",
     true, false, "", 2, 0},
    {"a broken row spoils itself", PAGE("{},7,null," ROW(ID(FIRST, "a"))), "a@westeurope/v2 ",
     "Resource Graph /data/0: no usable id of a cluster\n"
     "Resource Graph /data/1: no usable id of a cluster\n"
     "Resource Graph /data/2: no usable id of a cluster\n",
     true, false, "", 4, 0},
    {"a database", PAGE(ROW(ID(FIRST, "a/databases/default"))), "",
     "Resource Graph /data/0: no usable id of a cluster\n", false, false, "", 1, 0},
    {"another subscription", PAGE(ROW(ID("99999999-8888-7777-6666-555555555556", "a"))), "",
     "Resource Graph /data/0: a subscription that was not asked for\n", false, false, "", 1, 0},
    {"more pages", "{\"data\":[],\"$skipToken\":\"x/+=\",\"totalRecords\":3000}", "", "", false,
     false, "x/+=", 0, 3000},
    {"cut short, and a way on", "{\"data\":[],\"$skipToken\":\"x\",\"resultTruncated\":\"true\"}",
     "", "", false, false, "x", 0, 0},
    {"nulls", "{\"data\":[],\"$skipToken\":null,\"resultTruncated\":null,\"totalRecords\":null}",
     "", "", false, false, "", 0, 0},
    {"a truth instead of a text", "{\"resultTruncated\":false,\"data\":[]}", "", "", false, false,
     "", 0, 0},
};

static void write_seen(const struct amr_fleet *fleet, struct amr_buffer *clusters,
                       struct amr_buffer *errors)
{
    amr_buffer_init(clusters, 1 << 16);
    amr_buffer_init(errors, 1 << 16);
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        const struct amr_cluster *cluster = &fleet->clusters[i];

        amr_buffer_append_format(clusters, "%s@%s/%s ", cluster->name,
                                 cluster->location == NULL ? "-" : cluster->location,
                                 cluster->kind == NULL ? "-" : cluster->kind);
        ck_assert(cluster->is_listed && !cluster->has_databases && cluster->fetched_s == 7);
    }
    for (size_t i = 0; i < fleet->error_count; i++)
        amr_buffer_append_format(errors, "%s: %s\n", fleet->errors[i].scope,
                                 fleet->errors[i].error.message);
}

START_TEST(reads_pages)
{
    const struct page_row *row = &page_rows[_i];
    struct amr_graph_query query = {subscriptions, 2, NULL};
    struct amr_fleet fleet = {0};
    struct amr_graph_page page;
    struct amr_buffer skip_token;
    struct amr_buffer clusters;
    struct amr_buffer errors;
    struct amr_error err;
    bool is_named[2] = {false, false};

    amr_buffer_init(&skip_token, AMR_GRAPH_TOKEN_BYTES_MAX);
    amr_buffer_append_text(&skip_token, "of the page before");
    ck_assert_msg(amr_graph_read_page(row->text, strlen(row->text), &query, 7, &fleet, is_named,
                                      &skip_token, &page, &err),
                  "%s: %s", row->name, err.message);
    write_seen(&fleet, &clusters, &errors);
    ck_assert_msg(strcmp(amr_buffer_text(&clusters), row->clusters) == 0, "%s: %s", row->name,
                  amr_buffer_text(&clusters));
    ck_assert_msg(strcmp(amr_buffer_text(&errors), row->errors) == 0, "%s: %s", row->name,
                  amr_buffer_text(&errors));
    ck_assert_msg(is_named[0] == row->is_first_named && is_named[1] == row->is_second_named, "%s",
                  row->name);
    ck_assert_str_eq(amr_buffer_text(&skip_token), row->skip_token);
    ck_assert_msg(page.rows == row->rows && page.total == row->total, "%s: %zu of %" PRId64,
                  row->name, page.rows, page.total);
    amr_buffer_free(&skip_token);
    amr_buffer_free(&clusters);
    amr_buffer_free(&errors);
    amr_fleet_free(&fleet);
}
END_TEST

/* What is no page at all, and why. */
static const struct refused_row {
    const char *name;
    const char *text;
    const char *message;
} refused_rows[] = {
    {"no data", "{\"count\":0}", "/data is missing"},
    {"null", "null", NULL},
    {"a list", "[]", NULL},
    {"data null", "{\"data\":null}", NULL},
    {"a table", "{\"data\":{\"columns\":[],\"rows\":[]}}", NULL},
    {"data twice", "{\"data\":[],\"data\":[]}", "/data stands twice"},
    {"cut short without a way on", "{\"data\":[],\"resultTruncated\":\"true\"}",
     "/resultTruncated is true and there is no /$skipToken"},
    {"cut short, as a truth", "{\"data\":[],\"resultTruncated\":true}",
     "/resultTruncated is true and there is no /$skipToken"},
    {"nobody knows whether", "{\"data\":[],\"resultTruncated\":\"True?\"}",
     "/resultTruncated is neither true nor false"},
    {"a skip token that is none", "{\"data\":[],\"$skipToken\":1}", "/$skipToken is not a string"},
    {"a number of rows that is none", "{\"data\":[],\"totalRecords\":\"1\"}",
     "/totalRecords is no number"},
    {"trailing junk", "{\"data\":[]}{", NULL},
};

START_TEST(refuses_pages)
{
    const struct refused_row *row = &refused_rows[_i];
    struct amr_graph_query query = {subscriptions, 2, NULL};
    struct amr_fleet fleet = {0};
    struct amr_graph_page page;
    struct amr_buffer skip_token;
    struct amr_error err;
    bool is_named[2] = {false, false};

    amr_buffer_init(&skip_token, AMR_GRAPH_TOKEN_BYTES_MAX);
    ck_assert_msg(!amr_graph_read_page(row->text, strlen(row->text), &query, 7, &fleet, is_named,
                                       &skip_token, &page, &err),
                  "%s", row->name);
    ck_assert_int_eq(err.code, AMR_ERROR_RESPONSE);
    ck_assert_msg(row->message == NULL || strcmp(err.message, row->message) == 0, "%s: %s",
                  row->name, err.message);
    amr_buffer_free(&skip_token);
    amr_fleet_free(&fleet);
}
END_TEST

START_TEST(asks)
{
    const char *const wanted =
        "{\"subscriptions\":[\"" FIRST "\",\"" SECOND "\"],\"query\":\"resources"
        " | where type =~ 'microsoft.cache/redisenterprise'"
        " | project id, name, type, location, sku, kind, tags | order by id asc\","
        "\"options\":{\"resultFormat\":\"objectArray\",\"$top\":1000";
    struct amr_graph_query query = {subscriptions, 2, NULL};
    struct amr_buffer body;
    struct amr_buffer next;
    struct amr_buffer url;

    amr_buffer_init(&body, AMR_GRAPH_BODY_BYTES_MAX);
    amr_graph_append_body(&body, &query);
    ck_assert_int_eq(strncmp(amr_buffer_text(&body), wanted, strlen(wanted)), 0);
    ck_assert_str_eq(amr_buffer_text(&body) + strlen(wanted), "}}");
    query.skip_token = "a\"b";
    amr_buffer_init(&next, AMR_GRAPH_BODY_BYTES_MAX);
    amr_graph_append_body(&next, &query);
    ck_assert_str_eq(amr_buffer_text(&next) + strlen(wanted), ",\"$skipToken\":\"a\\\"b\"}}");
    amr_buffer_init(&url, 200);
    amr_graph_append_url(&url, "https://arm");
    ck_assert_str_eq(
        amr_buffer_text(&url),
        "https://arm/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01");
    amr_buffer_free(&body);
    amr_buffer_free(&next);
    amr_buffer_free(&url);
}
END_TEST

/* The longest body there can be: each subscription has 36 characters. */
START_TEST(has_room_for_all_subscriptions)
{
    static const char *many[AMR_GRAPH_SUBSCRIPTIONS_MAX];
    static char token[AMR_GRAPH_TOKEN_BYTES_MAX + 1];
    struct amr_graph_query query = {many, AMR_GRAPH_SUBSCRIPTIONS_MAX, token};
    struct amr_buffer body;

    for (size_t i = 0; i < AMR_GRAPH_SUBSCRIPTIONS_MAX; i++)
        many[i] = FIRST;
    memset(token, 'x', AMR_GRAPH_TOKEN_BYTES_MAX);
    amr_buffer_init(&body, AMR_GRAPH_BODY_BYTES_MAX);
    amr_graph_append_body(&body, &query);
    ck_assert(!amr_buffer_is_failed(&body));
    amr_buffer_free(&body);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, reads_pages, page_rows);
    UNIT_ADD_ROWS(tcase, refuses_pages, refused_rows);
    tcase_add_test(tcase, asks);
    tcase_add_test(tcase, has_room_for_all_subscriptions);
}

int main(void)
{
    return unit_run("graph", add_tests);
}
