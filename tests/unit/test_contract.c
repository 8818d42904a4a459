/* SPDX-License-Identifier: MIT */
/* Microsoft's own examples and recorded answers, read from the folder $SHARED_DIR/azure, against
 * values typed from them by hand. Skipped (77) where SHARED_DIR is not set. */
#include <stdio.h>
#include <string.h>

#include "arm.h"
#include "json.h"
#include "token.h"
#include "unit.h"

enum { EXIT_SKIPPED = 77, FILE_BYTES_MAX = 1 << 20 };

#define SUBSCRIPTION "e7b5a9d2-6b6a-4d2f-9143-20d9a10f5b8f"
#define CACHE1                                                                                     \
    "/subscriptions/" SUBSCRIPTION                                                                 \
    "/resourceGroups/rg1/providers/Microsoft.Cache/redisEnterprise/cache1"
#define ZEROS "00000000-0000-0000-0000-000000000000"

static void read_shared(const char *name, struct amr_buffer *text)
{
    char path[4096];
    char bytes[4096];
    size_t length;

    (void)snprintf(path, sizeof(path), "%s/azure/%s", getenv("SHARED_DIR"), name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    amr_buffer_init(text, FILE_BYTES_MAX);
    while ((length = fread(bytes, 1, sizeof(bytes), file)) > 0)
        amr_buffer_append(text, bytes, length);
    ck_assert_int_eq(ferror(file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert(!amr_buffer_is_failed(text));
}

/* Parses a file; an example's answer is the member "body" of its response with this status. */
static amr_json *parse_shared(const char *name, const char *status, const amr_json **body)
{
    struct amr_buffer text;
    struct amr_error err = {0};
    amr_json *tree = NULL;

    read_shared(name, &text);
    bool is_parsed = amr_json_parse(text.text, text.length, &tree, &err);
    ck_assert_msg(is_parsed, "%s: %s", name, err.message);
    amr_buffer_free(&text);
    *body = status == NULL
                ? tree
                : amr_json_get(amr_json_get(amr_json_get(tree, "responses"), status), "body");
    return tree;
}

static bool append_value(const char *key, const amr_json *value, void *context,
                         struct amr_error *err);

/* Writes members and items; the names of an array's items are dropped again. */
static bool append_tree(struct amr_buffer *text, const amr_json *value, struct amr_error *err)
{
    const bool is_object = amr_json_is_object(value);

    amr_buffer_append_text(text, is_object ? "{" : "[");
    bool is_done = is_object ? amr_json_each_member(value, append_value, text, err)
                             : amr_json_each_item(value, append_value, text, err);
    if (text->text[text->length - 1] == ',')
        amr_buffer_cut(text, text->length - 1);
    amr_buffer_append_text(text, is_object ? "}" : "]");
    return is_done;
}

static void append_scalar(struct amr_buffer *text, const amr_json *value)
{
    int64_t integer;
    bool truth;

    if (amr_json_integer(value, &integer))
        amr_buffer_append_format(text, "%lld", (long long)integer);
    else if (amr_json_boolean(value, &truth))
        amr_buffer_append_text(text, truth ? "true" : "false");
    else
        amr_json_append_text(text, amr_json_text(value));
}

static bool append_value(const char *key, const amr_json *value, void *context,
                         struct amr_error *err)
{
    struct amr_buffer *text = context;
    bool is_named = strspn(key, "0123456789") != strlen(key);
    bool is_done = true;

    if (is_named) {
        amr_json_append_text(text, key);
        amr_buffer_append_text(text, ":");
    }
    if (amr_json_is_object(value) || amr_json_is_array(value))
        is_done = append_tree(text, value, err);
    else
        append_scalar(text, value);
    amr_buffer_append_text(text, ",");
    return is_done;
}

/* The body of an example as the bytes of an answer, with `before` and `after` around it. */
static void write_body(const char *name, const char *status, const char *before, const char *after,
                       struct amr_buffer *text)
{
    const amr_json *body;
    amr_json *tree = parse_shared(name, status, &body);
    struct amr_error err = {0};

    ck_assert_msg(amr_json_is_object(body), "%s: no body", name);
    amr_buffer_init(text, FILE_BYTES_MAX);
    amr_buffer_append_text(text, before);
    ck_assert(append_tree(text, body, &err));
    amr_buffer_append_text(text, after);
    ck_assert(!amr_buffer_is_failed(text));
    amr_json_free(tree);
}

static const struct cluster_row {
    const char *file;
    const char *status;
    const char *before; /* around an answer that is no list */
    const char *after;
    const char *id;
    const char *subscription;
    const char *resource_group;
    const char *name;
    const char *location;
    const char *sku;
    const char *tier;
    const char *kind;
    const char *tag; /* KEY=VALUE or NULL */
} cluster_rows[] = {
    {"examples/2025-07-01_RedisEnterpriseList.json", "200", "", "", CACHE1, SUBSCRIPTION, "rg1",
     "cache1", "westus", "EnterpriseFlash_F300", "EnterpriseFlash", "v1", NULL},
    {"examples/2025-07-01_RedisEnterpriseListByResourceGroup.json", "200", "", "", CACHE1,
     SUBSCRIPTION, "rg1", "cache1", "westus", "EnterpriseFlash_F300", "EnterpriseFlash", "v1",
     NULL},
    {"examples/2026-10-01-preview_RedisEnterpriseList.json", "200", "", "", CACHE1, SUBSCRIPTION,
     "rg1", "cache1", "westus", "EnterpriseFlash_F300", "EnterpriseFlash", "v1", NULL},
    {"examples/2026-09-01_RedisEnterpriseGet.json", "200", "{\"value\":[", "]}", CACHE1,
     SUBSCRIPTION, "rg1", "cache1", "westus", "EnterpriseFlash_F300", "EnterpriseFlash", "v1",
     NULL},
    {"observed/cluster_observed_2026-08-24.json", NULL, "{\"value\":[", "]}",
     "/subscriptions/" ZEROS "/resourceGroups/clitest-redisenterprise-tc-000002/providers/"
     "Microsoft.Cache/redisEnterprise/clitest-tc-000001",
     ZEROS, "clitest-redisenterprise-tc-000002", "clitest-tc-000001", "centralindia", "Balanced_B1",
     "Balanced", "v2", "tag1=value1"},
};

static void check_cluster(const struct cluster_row *row, const struct amr_cluster *cluster)
{
    ck_assert_str_eq(cluster->id, row->id);
    ck_assert_str_eq(cluster->subscription, row->subscription);
    ck_assert_str_eq(cluster->resource_group, row->resource_group);
    ck_assert_str_eq(cluster->name, row->name);
    ck_assert_str_eq(cluster->location, row->location);
    ck_assert_str_eq(cluster->sku, row->sku);
    ck_assert_str_eq(cluster->tier, row->tier);
    ck_assert_str_eq(cluster->kind, row->kind);
    ck_assert_msg(cluster->fault == NULL, "%s: %s", row->file, cluster->fault);
    ck_assert(cluster->is_listed && !cluster->has_databases);
    ck_assert_int_eq(cluster->fetched_s, 1000);
    ck_assert_uint_eq(cluster->tag_count, row->tag == NULL ? 0 : 1);
    if (row->tag != NULL) {
        char tag[64];

        (void)snprintf(tag, sizeof(tag), "%s=%s", cluster->tags[0].key, cluster->tags[0].value);
        ck_assert_str_eq(tag, row->tag);
    }
}

START_TEST(test_cluster)
{
    const struct cluster_row *row = &cluster_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer text;
    struct amr_buffer next_link;

    write_body(row->file, row->status, row->before, row->after, &text);
    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    bool is_read =
        amr_arm_read_clusters_page(text.text, text.length, 1000, &fleet, &next_link, &err);
    ck_assert_msg(is_read, "%s: %s", row->file, err.message);
    ck_assert_uint_eq(next_link.length, 0);
    ck_assert_uint_eq(fleet.cluster_count, 1);
    ck_assert_uint_eq(fleet.database_count + fleet.error_count, 0);
    check_cluster(row, &fleet.clusters[0]);
    amr_buffer_free(&next_link);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
}
END_TEST

static const struct database_row {
    const char *file;
    const char *before;
    const char *after;
    const char *version;
    struct amr_line line;
    enum amr_deferral deferral;
    const char *provisioning_state;
    const char *resource_state;
} database_rows[] = {
    {"examples/2025-07-01_RedisEnterpriseDatabasesListByCluster.json",
     "",
     "",
     "6.0",
     {6, 0},
     AMR_NOT_DEFERRED,
     "Succeeded",
     "Running"},
    {"examples/2026-09-01_RedisEnterpriseDatabasesListByCluster.json",
     "",
     "",
     "6.0",
     {6, 0},
     AMR_NOT_DEFERRED,
     "Succeeded",
     "Running"},
    {"examples/2025-07-01_RedisEnterpriseDatabasesGet.json",
     "{\"value\":[",
     "]}",
     "6.0",
     {6, 0},
     AMR_NOT_DEFERRED,
     "Succeeded",
     "Running"},
    {"examples/2025-07-01_RedisEnterpriseDatabasesUpdate.json",
     "{\"value\":[",
     "]}",
     "6.0",
     {6, 0},
     AMR_NOT_DEFERRED,
     "Updating",
     "Updating"},
};

/* As the document of a file, where the database names its cluster. */
START_TEST(test_database)
{
    const struct database_row *row = &database_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer text;

    write_body(row->file, "200", row->before, row->after, &text);
    bool is_read = amr_arm_read_document(text.text, text.length, &fleet, &err);
    ck_assert_msg(is_read, "%s: %s", row->file, err.message);
    ck_assert_uint_eq(fleet.database_count, 1);
    ck_assert_uint_eq(fleet.error_count, 0);
    const struct amr_database *database = &fleet.databases[0];
    ck_assert_str_eq(database->id, CACHE1 "/databases/default");
    ck_assert_str_eq(database->name, "default");
    ck_assert_str_eq(fleet.clusters[database->cluster].id, CACHE1);
    ck_assert_str_eq(fleet.clusters[database->cluster].name, "cache1");
    ck_assert_str_eq(database->version, row->version);
    ck_assert_int_eq(amr_line_compare(database->line, row->line), 0);
    ck_assert_int_eq(database->deferral, row->deferral);
    ck_assert_str_eq(database->provisioning_state, row->provisioning_state);
    ck_assert_str_eq(database->resource_state, row->resource_state);
    ck_assert_ptr_null(database->geo_group);
    ck_assert_uint_eq(database->linked_count, 0);
    ck_assert_msg(database->fault == NULL, "%s: %s", row->file, database->fault);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
}
END_TEST

/* The words of the answer from their start; the code says what they are to the program. */
static const struct error_row {
    const char *file;
    int http_status;
    enum amr_error_code code;
    const char *start;
} error_rows[] = {
    {"observed/arm_403_AuthorizationFailed.json", 403, AMR_ERROR_DENIED,
     "HTTP 403 AuthorizationFailed: The client '" ZEROS "' with object id '" ZEROS
     "' does not have authorization to perform action "
     "'Microsoft.Cache/redisEnterprise/databases/read' over scope '/subscriptions/" ZEROS
     "/resourceGroups/rg1/"},
    {"observed/arm_429_SubscriptionRequestsThrottled.json", 429, AMR_ERROR_THROTTLED,
     "HTTP 429 SubscriptionRequestsThrottled: Number of 'read' requests for subscription '" ZEROS
     "' actor '" ZEROS "' exceeded. Please try again after '10' seconds."},
    {"observed/arm_400_NoRegisteredProviderFound.json", 400, AMR_ERROR_RESPONSE,
     "HTTP 400 NoRegisteredProviderFound: No registered resource provider found for location "
     "'uksouth' and API version '2024-09-01-preview' for type 'redisEnterprise'. The supported "
     "api-versions are '2024-06-01-preview, 2024-03-01-preview, 2024-02-01, "},
};

START_TEST(test_arm_error)
{
    const struct error_row *row = &error_rows[_i];
    struct amr_error err = {0};
    struct amr_buffer body;

    read_shared(row->file, &body);
    ck_assert(!amr_arm_set_error(row->http_status, body.text, body.length, NULL, &err));
    ck_assert_int_eq(err.code, row->code);
    ck_assert_int_eq(err.http_status, row->http_status);
    ck_assert_msg(strncmp(err.message, row->start, strlen(row->start)) == 0, "%s: %s", row->file,
                  err.message);
    amr_buffer_free(&body);
}
END_TEST

START_TEST(test_token_error)
{
    static const char start[] = "HTTP 400 invalid_scope: the scope is not valid";
    struct amr_error err = {0};
    struct amr_buffer body;

    read_shared("observed/token_400_invalid_scope.json", &body);
    ck_assert(!amr_token_set_error(400, body.text, body.length, &err));
    ck_assert_int_eq(err.code, AMR_ERROR_CREDENTIAL);
    ck_assert_int_eq(err.http_status, 400);
    ck_assert_msg(strncmp(err.message, start, sizeof(start) - 1) == 0, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, "AADSTS70011: The provided value"));
    ck_assert_ptr_null(strpbrk(err.message, "\r\n"));
    amr_buffer_free(&body);
}
END_TEST

/* What is no list of clusters must not pass for one. */
static const struct other_row {
    const char *file;
    const char *status;
} other_rows[] = {
    {"examples/2025-07-01_OperationsStatusGet.json", "200"},
    {"examples/2026-09-01_OperationsStatusGet.json", "200"},
    {"examples/2025-07-01_RedisEnterpriseListSkusForScaling.json", "200"},
    {"examples/ResourceGraph_2024-04-01_ResourcesFirstPageQuery.json", "200"},
    {"examples/ResourceGraph_2024-04-01_ResourcesNextPageQuery.json", "200"},
    {"observed/operationsStatus_Pending_observed_2026-08-24.json", NULL},
    {"observed/arm_403_AuthorizationFailed.json", NULL},
};

START_TEST(test_other)
{
    const struct other_row *row = &other_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer text;

    write_body(row->file, row->status, "", "", &text);
    bool is_read = amr_arm_read_document(text.text, text.length, &fleet, &err);
    ck_assert_msg(!is_read && err.code == AMR_ERROR_RESPONSE, "%s: taken", row->file);
    ck_assert_msg(strstr(err.message, "/value") != NULL, "%s: %s", row->file, err.message);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_cluster, cluster_rows);
    UNIT_ADD_ROWS(tcase, test_database, database_rows);
    UNIT_ADD_ROWS(tcase, test_arm_error, error_rows);
    tcase_add_test(tcase, test_token_error);
    UNIT_ADD_ROWS(tcase, test_other, other_rows);
}

int main(void)
{
    if (getenv("SHARED_DIR") == NULL)
        return EXIT_SKIPPED;
    return unit_run("contract", add_tests);
}
