/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arm.h"
#include "unit.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

#define SUBSCRIPTION   "11111111-2222-3333-4444-555555555555"
#define OTHER          "99999999-8888-7777-6666-555555555555"
#define GROUP          "/subscriptions/" SUBSCRIPTION "/resourceGroups/rg-data"
#define PROVIDER       "/providers/Microsoft.Cache/redisEnterprise/"
#define CLUSTER(name)  GROUP PROVIDER name
#define ORDERS         CLUSTER("orders")
#define DATABASE       ORDERS "/databases/default"
#define ID(id)         "\"id\":\"" id "\""
#define LIST(items)    "{\"value\":[" items "]}"
#define NOT_LISTED(c)  "E cluster '" c "': the document does not list its databases\n"
#define NO_ID(scope)   "E " scope ": no usable id of a cluster or database\n"
#define PLAIN_ORDERS   "C orders@rg-data loc=- sku=- tier=- kind=- at=-\n"
#define PLAIN_DATABASE "D orders/default v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"

static const char *or_dash(const char *text)
{
    return text == NULL ? "-" : text;
}

static void write_cluster(struct amr_buffer *seen, const struct amr_cluster *cluster)
{
    amr_buffer_append_format(seen, "C %s@%s loc=%s sku=%s tier=%s kind=%s at=", cluster->name,
                             cluster->resource_group, or_dash(cluster->location),
                             or_dash(cluster->sku), or_dash(cluster->tier), or_dash(cluster->kind));
    if (cluster->fetched_s == AMR_INSTANT_NONE)
        amr_buffer_append_text(seen, "-");
    else
        amr_buffer_append_format(seen, "%" PRId64, cluster->fetched_s);
    if (strcmp(cluster->subscription, SUBSCRIPTION) != 0)
        amr_buffer_append_format(seen, " sub=%s", cluster->subscription);
    for (size_t i = 0; i < cluster->tag_count; i++)
        amr_buffer_append_format(seen, " [%s=%s]", cluster->tags[i].key, cluster->tags[i].value);
    if (!cluster->is_listed)
        amr_buffer_append_text(seen, " not listed");
    if (cluster->fault != NULL)
        amr_buffer_append_format(seen, " FAULT %s", cluster->fault);
    amr_buffer_append_text(seen, "\n");
}

static void write_database(struct amr_buffer *seen, const struct amr_fleet *fleet,
                           const struct amr_database *database)
{
    char line[AMR_LINE_TEXT_SIZE] = "-";

    if (amr_line_is_known(database->line))
        amr_line_format(database->line, line);
    amr_buffer_append_format(
        seen, "D %s/%s v=%s line=%s defer=%d:%s ps=%s rs=%s geo=%s links=%zu",
        fleet->clusters[database->cluster].name, or_dash(database->name),
        or_dash(database->version), line, (int)database->deferral, or_dash(database->deferral_text),
        or_dash(database->provisioning_state), or_dash(database->resource_state),
        or_dash(database->geo_group), database->linked_count);
    if (database->fault != NULL)
        amr_buffer_append_format(seen, " FAULT %s", database->fault);
    amr_buffer_append_text(seen, "\n");
}

/* Writes the clusters with "C", the databases with "D", the errors with "E", in their order. */
static void write_fleet(struct amr_buffer *seen, const struct amr_fleet *fleet)
{
    for (size_t i = 0; i < fleet->cluster_count; i++)
        write_cluster(seen, &fleet->clusters[i]);
    for (size_t i = 0; i < fleet->database_count; i++)
        write_database(seen, fleet, &fleet->databases[i]);
    for (size_t i = 0; i < fleet->error_count; i++)
        amr_buffer_append_format(seen, "E %s: %s\n", fleet->errors[i].scope,
                                 fleet->errors[i].error.message);
}

static const struct document_row {
    const char *name;
    const char *text;
    const char *seen;
} document_rows[] = {
    {"empty list", LIST(""), ""},
    {"value null", "{\"value\":null}", ""},
    {"empty array of az", "[]", ""},
    {"ARM list, databases nested, properties nested",
     LIST("{" ID(
         ORDERS) ",\"name\":\"orders\",\"type\":\"Microsoft.Cache/redisEnterprise\","
                 "\"kind\":\"v2\",\"location\":\"West Europe\",\"sku\":{\"name\":\"Balanced_B10\"},"
                 "\"tags\":{\"team\":\"payments\"},\"properties\":{\"redisVersion\":\"7\"},"
                 "\"databases\":[{" ID(
                     DATABASE) ",\"name\":\"orders/default\",\"properties\":{"
                               "\"redisVersion\":\"7.4\",\"deferUpgrade\":\"Deferred\","
                               "\"provisioningState\":\"Succeeded\",\"resourceState\":\"Running\"}}"
                               "]}"),
     "C orders@rg-data loc=westeurope sku=Balanced_B10 tier=Balanced kind=v2 at=- "
     "[team=payments]\n"
     "D orders/default v=7.4 line=7.4 defer=1:Deferred ps=Succeeded rs=Running geo=- links=0\n"},
    {"snapshot", LIST("{" ID(ORDERS) ",\"fetched_at\":\"1970-01-02T00:00:01Z\",\"databases\":[]}"),
     "C orders@rg-data loc=- sku=- tier=- kind=- at=86401\n"},
    {"az, properties flattened",
     "[{" ID(
         ORDERS) ",\"name\":\"orders\",\"location\":\"westeurope\",\"kind\":\"v2\","
                 "\"provisioningState\":\"Updating\",\"sku\":{\"name\":\"FlashOptimized_A250\","
                 "\"capacity\":null},\"databases\":[{" ID(
                     DATABASE) ",\"name\":\"default\","
                               "\"redisVersion\":\"7.2\",\"deferUpgrade\":\"NotDeferred\","
                               "\"provisioningState\":\"Succeeded\",\"resourceState\":\"Running\","
                               "\"geoReplication\":{\"groupNickname\":\"g1\",\"linkedDatabases\":["
                               "{" ID(DATABASE) ",\"state\":\"Linked\"}]}}]}]",
     "C orders@rg-data loc=westeurope sku=FlashOptimized_A250 tier=FlashOptimized kind=v2 at=-\n"
     "D orders/default v=7.2 line=7.2 defer=2:NotDeferred ps=Succeeded rs=Running geo=g1 "
     "links=1\n"},
    {"az, properties nested",
     "[{" ID(ORDERS) ",\"databases\":[{" ID(DATABASE) ",\"properties\":{\"redisVersion\":"
                                                      "\"7.4\"}}]}]",
     PLAIN_ORDERS "D orders/default v=7.4 line=7.4 defer=0:- ps=- rs=- geo=- links=0\n"},
    {"nested wins over flattened",
     LIST("{" ID(DATABASE) ",\"redisVersion\":\"6.0\",\"properties\":{\"redisVersion\":\"7.4\"}}"),
     "C orders@rg-data loc=- sku=- tier=- kind=- at=- not listed\n"
     "D orders/default v=7.4 line=7.4 defer=0:- ps=- rs=- geo=- links=0\n"},
    {"nested null gives way to flattened",
     LIST("{" ID(DATABASE) ",\"redisVersion\":\"6.0\",\"properties\":{\"redisVersion\":null}}"),
     "C orders@rg-data loc=- sku=- tier=- kind=- at=- not listed\n"
     "D orders/default v=6.0 line=6.0 defer=0:- ps=- rs=- geo=- links=0\n"},
    {"databases absent", LIST("{" ID(ORDERS) "}"), PLAIN_ORDERS NOT_LISTED("orders")},
    {"databases null", LIST("{" ID(ORDERS) ",\"databases\":null}"), PLAIN_ORDERS},
    {"databases empty", LIST("{" ID(ORDERS) ",\"databases\":[]}"), PLAIN_ORDERS},
    {"databases of another type", LIST("{" ID(ORDERS) ",\"databases\":{}}"),
     "C orders@rg-data loc=- sku=- tier=- kind=- at=- FAULT databases is an object\n" NOT_LISTED(
         "orders")},
    {"names come from ids",
     LIST("{" ID(ORDERS) ",\"name\":\"x\",\"databases\":[{" ID(DATABASE) ",\"name\":\"x/y\"}]}"),
     PLAIN_ORDERS PLAIN_DATABASE},
    {"ids in odd case",
     LIST("{" ID(
         "/SUBSCRIPTIONS/" SUBSCRIPTION "/resourcegroups/RG-Data/Providers/"
         "microsoft.cache/RedisEnterprise/Orders") ",\"databases\":[{" ID("/subscriptions"
                                                                          "/" SUBSCRIPTION
                                                                          "/resourceGroups/rg-DATA/"
                                                                          "providers/"
                                                                          "MICROSOFT.CACHE/"
                                                                          "redisenterprise/ORDERS/"
                                                                          "Databases/Default") "}]"
                                                                                               "}"),
     "C Orders@RG-Data loc=- sku=- tier=- kind=- at=-\n"
     "D Orders/Default v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"databases by themselves",
     LIST("{" ID(DATABASE) ",\"properties\":{\"redisVersion\":\"7.4\"}},{" ID(
         ORDERS "/databases/second") "}"),
     "C orders@rg-data loc=- sku=- tier=- kind=- at=- not listed\n"
     "D orders/default v=7.4 line=7.4 defer=0:- ps=- rs=- geo=- links=0\n"
     "D orders/second v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"a cluster, then its database", LIST("{" ID(ORDERS) ",\"kind\":\"v2\"},{" ID(DATABASE) "}"),
     "C orders@rg-data loc=- sku=- tier=- kind=v2 at=-\n" PLAIN_DATABASE},
    {"a database, then its cluster", LIST("{" ID(DATABASE) "},{" ID(ORDERS) ",\"kind\":\"v2\"}"),
     "C orders@rg-data loc=- sku=- tier=- kind=v2 at=-\n" PLAIN_DATABASE},
    {"a database, then its cluster in another case",
     LIST("{" ID(DATABASE) "},{" ID(CLUSTER("ORDERS")) "}"),
     "C ORDERS@rg-data loc=- sku=- tier=- kind=- at=-\n"
     "D ORDERS/default v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"a cluster twice",
     LIST("{" ID(ORDERS) ",\"kind\":\"v2\",\"databases\":[]},{" ID(
         CLUSTER("Orders")) ",\"kind\":"
                            "\"v1\",\"databases\":[]}"),
     "C orders@rg-data loc=- sku=- tier=- kind=v2 at=-\n"},
    {"a database twice",
     LIST("{" ID(DATABASE) ",\"redisVersion\":\"7.4\"},{" ID(
         ORDERS "/databases/DEFAULT") ","
                                      "\"redisVersion\":\"6.0\"}"),
     "C orders@rg-data loc=- sku=- tier=- kind=- at=- not listed\n"
     "D orders/default v=7.4 line=7.4 defer=0:- ps=- rs=- geo=- links=0\n"},
    {"same name in another subscription",
     LIST("{" ID(ORDERS) ",\"databases\":[]},{" ID(
         "/subscriptions/" OTHER "/resourceGroups/rg-data" PROVIDER "orders") ",\"databases\":[]}"),
     PLAIN_ORDERS "C orders@rg-data loc=- sku=- tier=- kind=- at=- sub=" OTHER "\n"},
    {"items that are nothing to judge",
     LIST("null,7,\"x\",[],{},{\"id\":null},{\"id\":7},{\"id\":\"\"}"),
     NO_ID("/value/0") NO_ID("/value/1") NO_ID("/value/2") NO_ID("/value/3") NO_ID("/value/4")
         NO_ID("/value/5") NO_ID("/value/6") NO_ID("/value/7")},
    {"a bad item spoils itself only",
     LIST("{" ID(ORDERS) ",\"databases\":[]},{},{" ID(CLUSTER("b")) ",\"databases\":[]}"),
     PLAIN_ORDERS "C b@rg-data loc=- sku=- tier=- kind=- at=-\n" NO_ID("/value/1")},
    {"a bad item of az", "[{}]", NO_ID("/0")},
    {"nextLink null", "{\"value\":[],\"nextLink\":null}", ""},
    {"nextLink empty", "{\"nextLink\":\"\",\"value\":[]}", ""},
    {"nextLink", "{\"value\":[],\"nextLink\":\"https://management.azure.com/x?$skiptoken=1\"}",
     "E /nextLink: the list goes on in a page not given here\n"},
    {"extra fields", "{\"count\":1,\"x\":{\"value\":[1]},\"value\":[],\"Value\":7}", ""},
    {"indented with CRLF",
     "{\r\n  \"value\": [\r\n    {\r\n      " ID(
         ORDERS) ",\r\n      \"databases\": []\r\n    }\r\n  ]\r\n}\r\n",
     PLAIN_ORDERS},
};

START_TEST(test_document)
{
    const struct document_row *row = &document_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer seen;

    amr_buffer_init(&seen, 16 * 1024);
    bool is_read = amr_arm_read_document(row->text, strlen(row->text), &fleet, &err);
    ck_assert_msg(is_read, "%s: %s", row->name, err.message);
    write_fleet(&seen, &fleet);
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->seen) == 0, "%s:\n%s", row->name,
                  amr_buffer_text(&seen));
    amr_buffer_free(&seen);
    amr_fleet_free(&fleet);
}
END_TEST

static const struct refused_row {
    const char *name;
    const char *text;
    size_t length;
    const char *part;
} refused_rows[] = {
    {"empty", BYTES(""), "neither a JSON array nor an object"},
    {"null", BYTES("null"), "neither a JSON array nor an object"},
    {"a string", BYTES("\"x\""), "neither a JSON array nor an object"},
    {"HTML", BYTES("<html></html>"), "neither a JSON array nor an object"},
    {"a byte order mark", BYTES("\xef\xbb\xbf{\"value\":[]}"),
     "neither a JSON array nor an object"},
    {"value missing", BYTES("{}"), "/value"},
    {"value in another case", BYTES("{\"Value\":[]}"), "/value"},
    {"one cluster and no list", BYTES("{" ID(ORDERS) "}"), "/value"},
    {"value an object", BYTES("{\"value\":{}}"), "line 1"},
    {"value a string", BYTES("{\"value\":\"x\"}"), "line 1"},
    {"value twice", BYTES("{\"value\":[],\"value\":[]}"), "/value"},
    {"value null, then again", BYTES("{\"value\":null,\"value\":[]}"), "/value"},
    {"nextLink a number", BYTES("{\"value\":[],\"nextLink\":7}"), "/nextLink"},
    {"nextLink an object", BYTES("{\"value\":[],\"nextLink\":{}}"), "/nextLink"},
    {"nextLink twice",
     BYTES("{\"nextLink\":\"https://a/\",\"value\":[],\"nextLink\":\"https://b/\"}"), "/nextLink"},
    {"nextLink null, then again", BYTES("{\"nextLink\":null,\"value\":[],\"nextLink\":\"x\"}"),
     "/nextLink"},
    {"trailing junk", BYTES("{\"value\":[]} x"), "line 1"},
    {"two documents", BYTES("[]\n[]"), "line 2"},
    {"trailing comma", BYTES("[{" ID(ORDERS) "},]"), "line 1"},
    {"a bad item", BYTES("{\"value\":[{},\n{\"a\":1,\"a\":2}]}"), "/value/1: line 2: "},
    {"a bad item of az", BYTES("[{},{},\n\n{\"a\":01}]"), "/2: line 3: "},
    {"invalid UTF-8", BYTES("{\"value\":[{\"x\":\"\xff\"}]}"), "/value/0: line 1: "},
    {"NUL at the end", BYTES("{\"value\":[]}\0"), "line 1"},
};

START_TEST(test_refused)
{
    const struct refused_row *row = &refused_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = ""};

    ck_assert_msg(!amr_arm_read_document(row->text, row->length, &fleet, &err), "%s: taken",
                  row->name);
    ck_assert_msg(err.code == AMR_ERROR_RESPONSE && err.http_status == 0, "%s: code", row->name);
    ck_assert_msg(strstr(err.message, row->part) != NULL, "%s: '%s'", row->name, err.message);
    amr_fleet_free(&fleet);
}
END_TEST

START_TEST(test_truncated)
{
    static const char whole[] = LIST("{" ID(ORDERS) ",\"databases\":[{" ID(DATABASE) "}]}");
    const size_t length = (size_t)_i * (sizeof(whole) - 2) / 99;
    char *text = malloc(length + 1);
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};

    ck_assert_ptr_nonnull(text);
    memcpy(text, whole, length);
    ck_assert_msg(!amr_arm_read_document(text, length, &fleet, &err), "%zu bytes", length);
    ck_assert_int_eq(err.code, AMR_ERROR_RESPONSE);
    amr_fleet_free(&fleet);
    free(text);
}
END_TEST

/* Fields behind the id of a cluster with an empty list of databases. */
static const struct field_row {
    const char *name;
    const char *fields;
    const char *seen;
} cluster_rows[] = {
    {"location in the display form", ",\"location\":\"Central India\"",
     "loc=centralindia sku=- tier=- kind=- at=-\n"},
    {"location of many words", ",\"location\":\" Germany West Central \"",
     "loc=germanywestcentral sku=- tier=- kind=- at=-\n"},
    {"location with a digit", ",\"location\":\"East US 2\"",
     "loc=eastus2 sku=- tier=- kind=- at=-\n"},
    {"location null", ",\"location\":null", "loc=- sku=- tier=- kind=- at=-\n"},
    {"location blank", ",\"location\":\"  \"", "loc=- sku=- tier=- kind=- at=-\n"},
    {"location a number", ",\"location\":7",
     "loc=- sku=- tier=- kind=- at=- FAULT location is a number\n"},
    {"sku without underscore", ",\"sku\":{\"name\":\"Balanced\"}",
     "loc=- sku=Balanced tier=Balanced kind=- at=-\n"},
    {"sku with two", ",\"sku\":{\"name\":\"EnterpriseFlash_F300_X\"}",
     "loc=- sku=EnterpriseFlash_F300_X tier=EnterpriseFlash kind=- at=-\n"},
    {"sku unknown", ",\"sku\":{\"name\":\"Turbo_T1\"}",
     "loc=- sku=Turbo_T1 tier=Turbo kind=- at=-\n"},
    {"sku null", ",\"sku\":null", "loc=- sku=- tier=- kind=- at=-\n"},
    {"sku without name", ",\"sku\":{\"capacity\":2}", "loc=- sku=- tier=- kind=- at=-\n"},
    {"sku a string", ",\"sku\":\"Balanced_B10\"",
     "loc=- sku=- tier=- kind=- at=- FAULT sku is a string\n"},
    {"sku's name a number", ",\"sku\":{\"name\":10}",
     "loc=- sku=- tier=- kind=- at=- FAULT sku.name is a number\n"},
    {"kind unknown", ",\"kind\":\"v3\"", "loc=- sku=- tier=- kind=v3 at=-\n"},
    {"kind a list", ",\"kind\":[]", "loc=- sku=- tier=- kind=- at=- FAULT kind is an array\n"},
    {"tags null", ",\"tags\":null", "loc=- sku=- tier=- kind=- at=-\n"},
    {"tags empty", ",\"tags\":{}", "loc=- sku=- tier=- kind=- at=-\n"},
    {"tags", ",\"tags\":{\"b\":\"2\",\"a\":\"\"}", "loc=- sku=- tier=- kind=- at=- [b=2] [a=]\n"},
    {"a tag null", ",\"tags\":{\"a\":null}", "loc=- sku=- tier=- kind=- at=- [a=]\n"},
    {"a tag of a number", ",\"tags\":{\"a\":\"1\",\"b\":2,\"c\":\"3\"}",
     "loc=- sku=- tier=- kind=- at=- [a=1] [c=3] FAULT tag 'b' is a number\n"},
    {"a tag of a boolean", ",\"tags\":{\"a\":true}",
     "loc=- sku=- tier=- kind=- at=- FAULT tag 'a' is a boolean\n"},
    {"a tag of a long and hostile name",
     ",\"tags\":{\"<\\n|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\":7}",
     "loc=- sku=- tier=- kind=- at=- FAULT tag '? ?xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' is a "
     "number\n"},
    {"tags a list", ",\"tags\":[\"a\"]", "loc=- sku=- tier=- kind=- at=- FAULT tags is an array\n"},
    {"fetched_at with a zone", ",\"fetched_at\":\"1970-01-01T02:00:00+01:00\"",
     "loc=- sku=- tier=- kind=- at=3600\n"},
    {"fetched_at in 2038", ",\"fetched_at\":\"2038-01-19T03:14:08Z\"",
     "loc=- sku=- tier=- kind=- at=2147483648\n"},
    {"fetched_at null", ",\"fetched_at\":null", "loc=- sku=- tier=- kind=- at=-\n"},
    {"fetched_at without zone", ",\"fetched_at\":\"2027-01-05T13:12:00\"",
     "loc=- sku=- tier=- kind=- at=- FAULT fetched_at is no RFC 3339 instant\n"},
    {"fetched_at a number", ",\"fetched_at\":7",
     "loc=- sku=- tier=- kind=- at=- FAULT fetched_at is a number\n"},
    {"the first fault is told", ",\"kind\":1,\"tags\":7,\"fetched_at\":\"x\"",
     "loc=- sku=- tier=- kind=- at=- FAULT kind is a number\n"},
    {"properties a list", ",\"properties\":[]",
     "loc=- sku=- tier=- kind=- at=- FAULT properties is an array\n"},
    {"the cluster's own version counts for nothing", ",\"properties\":{\"redisVersion\":7}",
     "loc=- sku=- tier=- kind=- at=-\n"},
};

START_TEST(test_cluster_field)
{
    const struct field_row *row = &cluster_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer text;
    struct amr_buffer seen;

    amr_buffer_init(&text, 4096);
    amr_buffer_init(&seen, 4096);
    amr_buffer_append_format(&text, "[{\"id\":\"%s\",\"databases\":[]%s}]", ORDERS, row->fields);
    bool is_read = amr_arm_read_document(text.text, text.length, &fleet, &err);
    ck_assert_msg(is_read, "%s: %s", row->name, err.message);
    write_fleet(&seen, &fleet);
    ck_assert_msg(strncmp(amr_buffer_text(&seen), "C orders@rg-data ", 17) == 0, "%s", row->name);
    ck_assert_msg(strcmp(amr_buffer_text(&seen) + 17, row->seen) == 0, "%s: %s", row->name,
                  amr_buffer_text(&seen));
    amr_buffer_free(&seen);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
}
END_TEST

#define GEO(fields) ",\"geoReplication\":{" fields "}"

/* Fields of the properties of a database that stands between two good ones. */
static const struct field_row database_rows[] = {
    {"nothing", "", "v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"version of three parts", ",\"redisVersion\":\"7.4.2\"",
     "v=7.4.2 line=7.4 defer=0:- ps=- rs=- geo=- links=0\n"},
    {"version of one part", ",\"redisVersion\":\"7\"",
     "v=7 line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"version with a leading zero", ",\"redisVersion\":\"7.04\"",
     "v=7.04 line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"version empty", ",\"redisVersion\":\"\"", "v= line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"version null", ",\"redisVersion\":null", "v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"version a number", ",\"redisVersion\":7.4",
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT redisVersion is a number\n"},
    {"version an object", ",\"redisVersion\":{}",
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT redisVersion is an object\n"},
    {"deferral null", ",\"deferUpgrade\":null", "v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"deferral unknown", ",\"deferUpgrade\":\"Postponed\"",
     "v=- line=- defer=3:Postponed ps=- rs=- geo=- links=0\n"},
    {"deferral empty", ",\"deferUpgrade\":\"\"", "v=- line=- defer=3: ps=- rs=- geo=- links=0\n"},
    {"deferral a boolean", ",\"deferUpgrade\":true",
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT deferUpgrade is a boolean\n"},
    {"states unknown", ",\"provisioningState\":\"Dreaming\",\"resourceState\":\"Flying\"",
     "v=- line=- defer=0:- ps=Dreaming rs=Flying geo=- links=0\n"},
    {"provisioningState a number", ",\"provisioningState\":1",
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT provisioningState is a number\n"},
    {"resourceState a list", ",\"resourceState\":[]",
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT resourceState is an array\n"},
    {"geoReplication null", ",\"geoReplication\":null",
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"geoReplication empty", GEO(""), "v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"two members",
     GEO("\"groupNickname\":\"g\",\"linkedDatabases\":[{\"id\":\"/a\"},{\"id\":\"/b\"}]"),
     "v=- line=- defer=0:- ps=- rs=- geo=g links=2\n"},
    {"linkedDatabases null", GEO("\"groupNickname\":\"g\",\"linkedDatabases\":null"),
     "v=- line=- defer=0:- ps=- rs=- geo=g links=0\n"},
    {"geoReplication a string", ",\"geoReplication\":\"g\"",
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT geoReplication is a string\n"},
    {"groupNickname a number", GEO("\"groupNickname\":1"),
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT geoReplication.groupNickname is a "
     "number\n"},
    {"linkedDatabases an object", GEO("\"linkedDatabases\":{}"),
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT geoReplication.linkedDatabases is an "
     "object\n"},
    {"a link a number", GEO("\"linkedDatabases\":[{\"id\":\"/a\"},7]"),
     "v=- line=- defer=0:- ps=- rs=- geo=- links=1 FAULT a member of "
     "geoReplication.linkedDatabases is a number\n"},
    {"a link's id a number", GEO("\"linkedDatabases\":[{\"id\":7}]"),
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT geoReplication.linkedDatabases.id is a "
     "number\n"},
    {"a link without id", GEO("\"linkedDatabases\":[{}]"),
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT geoReplication.linkedDatabases.id is "
     "null\n"},
    {"extra fields", ",\"modules\":[{}],\"port\":10000,\"persistence\":null",
     "v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"foreign text is kept as it is", ",\"resourceState\":\"a|b\\n<c>%n\"",
     "v=- line=- defer=0:- ps=- rs=a|b\n<c>%n geo=- links=0\n"},
};

START_TEST(test_database_field)
{
    static const char good[] = "v=7.4 line=7.4 defer=0:- ps=- rs=- geo=- links=0\n";
    const struct field_row *row = &database_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer text;
    struct amr_buffer seen;
    struct amr_buffer wanted;

    amr_buffer_init(&text, 8192);
    amr_buffer_init(&seen, 8192);
    amr_buffer_init(&wanted, 8192);
    amr_buffer_append_format(&text,
                             "[{\"id\":\"%s\",\"databases\":["
                             "{\"id\":\"%s/databases/a\",\"redisVersion\":\"7.4\"},"
                             "{\"id\":\"%s/databases/b\",\"properties\":{\"x\":0%s}},"
                             "{\"id\":\"%s/databases/c\",\"redisVersion\":\"7.4\"}]}]",
                             ORDERS, ORDERS, ORDERS, row->fields, ORDERS);
    bool is_read = amr_arm_read_document(text.text, text.length, &fleet, &err);
    ck_assert_msg(is_read, "%s: %s", row->name, err.message);
    write_fleet(&seen, &fleet);
    amr_buffer_append_format(&wanted, "%sD orders/a %sD orders/b %sD orders/c %s", PLAIN_ORDERS,
                             good, row->seen, good);
    ck_assert_msg(strcmp(amr_buffer_text(&seen), amr_buffer_text(&wanted)) == 0, "%s: %s",
                  row->name, amr_buffer_text(&seen));
    amr_buffer_free(&wanted);
    amr_buffer_free(&seen);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
}
END_TEST

/* Documents of databases nested in a cluster that spoil themselves and no other. */
static const struct field_row nested_rows[] = {
    {"null", "null", "D orders/- v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT id is null\n"},
    {"a number", "7", "D orders/- v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT id is null\n"},
    {"no id", "{\"redisVersion\":\"7.4\"}",
     "D orders/- v=7.4 line=7.4 defer=0:- ps=- rs=- geo=- links=0 FAULT id is null\n"},
    {"id a number", "{\"id\":7}",
     "D orders/- v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT id is a number\n"},
    {"id of a cluster", "{" ID(ORDERS) "}",
     "D orders/- v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT id is not that of a "
     "database\n"},
    {"id with an empty part", "{" ID(ORDERS "//default") "}",
     "D orders/- v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT id is not that of a "
     "database\n"},
    {"properties a string", "{" ID(DATABASE) ",\"properties\":\"x\"}",
     "D orders/default v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT properties is a "
     "string\n"},
    {"the first fault is told", "{" ID(DATABASE) ",\"redisVersion\":1,\"resourceState\":{}}",
     "D orders/default v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT redisVersion is a "
     "number\n"},
};

START_TEST(test_nested_database)
{
    const struct field_row *row = &nested_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer text;
    struct amr_buffer seen;

    amr_buffer_init(&text, 4096);
    amr_buffer_init(&seen, 4096);
    amr_buffer_append_format(&text, "[{\"id\":\"%s\",\"databases\":[%s]}]", ORDERS, row->fields);
    bool is_read = amr_arm_read_document(text.text, text.length, &fleet, &err);
    ck_assert_msg(is_read, "%s: %s", row->name, err.message);
    write_fleet(&seen, &fleet);
    ck_assert_msg(strcmp(amr_buffer_text(&seen) + strlen(PLAIN_ORDERS), row->seen) == 0, "%s: %s",
                  row->name, amr_buffer_text(&seen));
    amr_buffer_free(&seen);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
}
END_TEST

static const struct id_row {
    const char *name;
    const char *id;
    bool is_cluster;
} id_rows[] = {
    {"a cluster", ORDERS, true},
    {"no slash at the start", "subscriptions/" SUBSCRIPTION "/resourceGroups/rg" PROVIDER "a",
     false},
    {"a slash at the end", ORDERS "/", false},
    {"two slashes", GROUP "//providers/Microsoft.Cache/redisEnterprise/a", false},
    {"another provider", GROUP "/providers/Microsoft.Compute/redisEnterprise/a", false},
    {"another type", GROUP "/providers/Microsoft.Cache/Redis/a", false},
    {"no name", GROUP "/providers/Microsoft.Cache/redisEnterprise", false},
    {"an empty name", GROUP PROVIDER, false},
    {"a child without name", ORDERS "/databases", false},
    {"another child", ORDERS "/privateEndpointConnections/x", false},
    {"a grandchild", DATABASE "/accessPolicyAssignments/x", false},
    {"a subscription", "/subscriptions/" SUBSCRIPTION, false},
    {"a resource group", GROUP, false},
    {"a way up as name", GROUP PROVIDER "..", false},
    {"a dot as name", GROUP PROVIDER ".", false},
    {"a way up as resource group", "/subscriptions/" SUBSCRIPTION "/resourceGroups/.." PROVIDER "a",
     false},
    {"a way up as subscription", "/subscriptions/../resourceGroups/rg" PROVIDER "a", false},
    {"dots in a name", GROUP PROVIDER "..a", true},
    {"a URL", "https://management.azure.com" ORDERS, false},
    {"thirty slashes", "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", false},
};

START_TEST(test_id)
{
    const struct id_row *row = &id_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer text;

    amr_buffer_init(&text, 4096);
    amr_buffer_append_format(&text, "[{\"id\":\"%s\",\"databases\":[]}]", row->id);
    bool is_read = amr_arm_read_document(text.text, text.length, &fleet, &err);
    ck_assert_msg(is_read, "%s: %s", row->name, err.message);
    ck_assert_msg(fleet.cluster_count == row->is_cluster, "%s: clusters", row->name);
    ck_assert_msg(fleet.error_count == !row->is_cluster, "%s: errors", row->name);
    ck_assert_msg(row->is_cluster || fleet.errors[0].cluster == AMR_CLUSTER_NONE, "%s: it hides",
                  row->name);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
}
END_TEST

START_TEST(test_a_next_link_too_long_is_not_overlooked)
{
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer text;

    amr_buffer_init(&text, 64 * 1024);
    amr_buffer_append_text(&text, "{\"value\":[],\"nextLink\":\"https://management.azure.com/");
    for (int i = 0; i < AMR_ARM_URL_BYTES_MAX; i++)
        amr_buffer_append_text(&text, "x");
    amr_buffer_append_text(&text, "\"}");
    bool is_read = amr_arm_read_document(text.text, text.length, &fleet, &err);
    ck_assert(!is_read || fleet.error_count == 1);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
}
END_TEST

START_TEST(test_a_gap_names_its_cluster)
{
    static const char text[] = LIST("{" ID(CLUSTER("a")) ",\"databases\":[]},{" ID(ORDERS) "}");
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    size_t place = 99;

    ck_assert(amr_arm_read_document(text, sizeof(text) - 1, &fleet, &err));
    ck_assert_uint_eq(fleet.error_count, 1);
    ck_assert_uint_eq(fleet.errors[0].cluster, 1);
    ck_assert(fleet.clusters[0].has_databases && !fleet.clusters[1].has_databases);
    ck_assert(amr_fleet_find_cluster(&fleet, CLUSTER("ORDERS"), &place) && place == 1);
    ck_assert_str_eq(fleet.clusters[1].id, ORDERS);
    amr_fleet_free(&fleet);
}
END_TEST

static const struct page_row {
    const char *name;
    const char *text;
    bool is_read;
    const char *next_link;
    const char *seen;
} clusters_page_rows[] = {
    {"a cluster", LIST("{" ID(ORDERS) "}"), true, "",
     "C orders@rg-data loc=- sku=- tier=- kind=- at=1000\n"},
    {"what it says of its age counts for nothing",
     LIST("{" ID(ORDERS) ",\"fetched_at\":\"2027-01-05T13:12:00Z\"}"), true, "",
     "C orders@rg-data loc=- sku=- tier=- kind=- at=1000\n"},
    {"empty", LIST(""), true, "", ""},
    {"value null", "{\"value\":null,\"nextLink\":null}", true, "", ""},
    {"value missing", "{}", true, "", ""},
    {"value missing, nextLink", "{\"nextLink\":\"https://a/b?c=d\"}", true, "https://a/b?c=d", ""},
    {"nextLink", "{\"value\":[],\"nextLink\":\"https://a/\\u0062\"}", true, "https://a/b", ""},
    {"nextLink empty", "{\"value\":[],\"nextLink\":\"\"}", true, "", ""},
    {"nextLink a boolean", "{\"value\":[],\"nextLink\":false}", false, "", ""},
    {"nextLink twice", "{\"nextLink\":\"https://a/\",\"nextLink\":\"https://b/\"}", false, NULL,
     ""},
    {"a list for a page", "[]", false, "", ""},
    {"null for a page", "null", false, "", ""},
    {"nothing for a page", "", false, "", ""},
    {"HTML for a page", "<html>", false, "", ""},
    {"value a list in a list", "{\"value\":[[]]}", true, "", NO_ID("/value/0")},
    {"trailing junk", LIST("") "]", false, "", ""},
};

START_TEST(test_clusters_page)
{
    const struct page_row *row = &clusters_page_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer next_link;
    struct amr_buffer seen;

    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    amr_buffer_init(&seen, 4096);
    amr_buffer_append_text(&next_link, "https://a/the-page-before");
    bool is_read =
        amr_arm_read_clusters_page(row->text, strlen(row->text), 1000, &fleet, &next_link, &err);
    ck_assert_msg(is_read == row->is_read, "%s: %s", row->name, err.message);
    ck_assert_msg(is_read || err.code == AMR_ERROR_RESPONSE, "%s: code", row->name);
    ck_assert_msg(!is_read || strcmp(amr_buffer_text(&next_link), row->next_link) == 0, "%s: %s",
                  row->name, amr_buffer_text(&next_link));
    write_fleet(&seen, &fleet);
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->seen) == 0, "%s: %s", row->name,
                  amr_buffer_text(&seen));
    amr_buffer_free(&seen);
    amr_buffer_free(&next_link);
    amr_fleet_free(&fleet);
}
END_TEST

START_TEST(test_a_next_link_too_long_for_its_buffer_is_refused)
{
    static const char text[] = "{\"value\":[],\"nextLink\":\"https://a/0123456789\"}";
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer next_link;

    amr_buffer_init(&next_link, 10);
    ck_assert(!amr_arm_read_clusters_page(text, sizeof(text) - 1, 0, &fleet, &next_link, &err));
    ck_assert_int_eq(err.code, AMR_ERROR_RESPONSE);
    ck_assert_ptr_nonnull(strstr(err.message, "/nextLink"));
    amr_buffer_free(&next_link);
    amr_fleet_free(&fleet);
}
END_TEST

static const struct page_row databases_page_rows[] = {
    {"a database", LIST("{" ID(DATABASE) ",\"properties\":{\"redisVersion\":\"7.4\"}}"), true, "",
     "D orders/default v=7.4 line=7.4 defer=0:- ps=- rs=- geo=- links=0\n"},
    {"name with its cluster", LIST("{" ID(DATABASE) ",\"name\":\"orders/default\"}"), true, "",
     PLAIN_DATABASE},
    {"two pages", "{\"value\":[{" ID(DATABASE) "}],\"nextLink\":\"https://a/2\"}", true,
     "https://a/2", PLAIN_DATABASE},
    {"the same twice", LIST("{" ID(DATABASE) "},{" ID(DATABASE) "}"), true, "", PLAIN_DATABASE},
    {"none", LIST(""), true, "", ""},
    {"value null", "{\"value\":null}", true, "", ""},
    {"null as item", LIST("null"), true, "",
     "D orders/- v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT id is null\n"},
    {"the cluster as item", LIST("{" ID(ORDERS) "}"), true, "",
     "D orders/- v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT id is not that of a "
     "database\n"},
    {"a wrong type spoils one only",
     LIST("{" ID(DATABASE) ",\"redisVersion\":7.4},{" ID(ORDERS "/databases/b") "}"), true, "",
     "D orders/default v=- line=- defer=0:- ps=- rs=- geo=- links=0 FAULT redisVersion is a "
     "number\nD orders/b v=- line=- defer=0:- ps=- rs=- geo=- links=0\n"},
    {"malformed", "{\"value\":[{]}", false, "", ""},
};

START_TEST(test_databases_page)
{
    static const char cluster_text[] = LIST("{" ID(ORDERS) "}");
    const struct page_row *row = &databases_page_rows[_i];
    struct amr_fleet fleet = {0};
    struct amr_error err = {0};
    struct amr_buffer next_link;
    struct amr_buffer seen;

    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    amr_buffer_init(&seen, 4096);
    ck_assert(amr_arm_read_clusters_page(cluster_text, sizeof(cluster_text) - 1, AMR_INSTANT_NONE,
                                         &fleet, &next_link, &err));
    bool is_read =
        amr_arm_read_databases_page(row->text, strlen(row->text), 0, &fleet, &next_link, &err);
    ck_assert_msg(is_read == row->is_read, "%s: %s", row->name, err.message);
    ck_assert_msg(!is_read || strcmp(amr_buffer_text(&next_link), row->next_link) == 0, "%s: %s",
                  row->name, amr_buffer_text(&next_link));
    write_fleet(&seen, &fleet);
    ck_assert_msg(strcmp(amr_buffer_text(&seen) + strlen(PLAIN_ORDERS), row->seen) == 0, "%s: %s",
                  row->name, amr_buffer_text(&seen));
    amr_buffer_free(&seen);
    amr_buffer_free(&next_link);
    amr_fleet_free(&fleet);
}
END_TEST

static bool list_subscription(const char *id, void *context, struct amr_error *err)
{
    amr_buffer_append_format(context, "%.8s;", id);
    return *id != '0' || amr_error_set(err, AMR_ERROR_TIMEOUT, "stop");
}

#define SUB(start, rest) "{\"subscriptionId\":\"" start "-2222-3333-4444-555555555555\"" rest "}"

static const struct subscriptions_row {
    const char *name;
    const char *text;
    bool is_read;
    const char *seen;
} subscriptions_rows[] = {
    {"none", LIST(""), true, ""},
    {"enabled", LIST(SUB("11111111", ",\"state\":\"Enabled\"")), true, "11111111;"},
    {"without a state", LIST(SUB("11111111", "")), true, "11111111;"},
    {"warned and past due",
     LIST(SUB("11111111", ",\"state\":\"Warned\"") "," SUB("22222222", ",\"state\":\"PastDue\"")),
     true, "11111111;22222222;"},
    {"disabled and deleted are passed over",
     LIST(SUB("11111111", ",\"state\":\"Disabled\"") "," SUB(
         "22222222", ",\"state\":\"Deleted\"") "," SUB("33333333", ",\"state\":\"Enabled\"")),
     true, "33333333;"},
    {"a visit that fails", LIST(SUB("00000000", "") "," SUB("11111111", "")), false, "00000000;"},
    {"no GUID", LIST("{\"subscriptionId\":\"../x\"}"), false, ""},
    {"malformed", "{\"value\":[{]}", false, ""},
};

START_TEST(test_subscriptions_page)
{
    const struct subscriptions_row *row = &subscriptions_rows[_i];
    struct amr_error err = {0};
    struct amr_buffer next_link;
    struct amr_buffer seen;

    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    amr_buffer_init(&seen, 4096);
    bool is_read = amr_arm_read_subscriptions_page(row->text, strlen(row->text), list_subscription,
                                                   &seen, &next_link, &err);
    ck_assert_msg(is_read == row->is_read, "%s: %s", row->name, err.message);
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->seen) == 0, "%s: %s", row->name,
                  amr_buffer_text(&seen));
    amr_buffer_free(&seen);
    amr_buffer_free(&next_link);
}
END_TEST

#define ENDPOINT "https://management.azure.com"

static const struct host_row {
    const char *name;
    const char *endpoint;
    const char *url;
    bool is_same;
} host_rows[] = {
    {"a path", ENDPOINT, ENDPOINT "/subscriptions?x=y", true},
    {"the root", ENDPOINT, ENDPOINT "/", true},
    {"upper case", ENDPOINT, "HTTPS://Management.Azure.COM/x", true},
    {"the port that https has anyway", ENDPOINT, ENDPOINT ":443/x", true},
    {"a way up", ENDPOINT, ENDPOINT "/../x", true},
    {"an at in the path", ENDPOINT, ENDPOINT "/x@y", true},
    {"the endpoint's own port", "http://127.0.0.1:8080", "http://127.0.0.1:8080/x", true},
    {"no path", ENDPOINT, ENDPOINT, false},
    {"a query without path", ENDPOINT, ENDPOINT "?x", false},
    {"a longer host", ENDPOINT, ENDPOINT ".evil.example/x", false},
    {"a host that goes on", ENDPOINT, ENDPOINT "evil/x", false},
    {"user info that looks like the host", ENDPOINT, ENDPOINT "@evil.example/x", false},
    {"user and password that look like it", ENDPOINT, ENDPOINT ":443@evil.example/x", false},
    {"user info before the host", ENDPOINT, "https://me@management.azure.com/x", false},
    {"another port", ENDPOINT, ENDPOINT ":8443/x", false},
    {"a port that starts with 443", ENDPOINT, ENDPOINT ":4430/x", false},
    {"no port after the colon", ENDPOINT, ENDPOINT ":/x", false},
    {"port 443 without path", ENDPOINT, ENDPOINT ":443", false},
    {"port 80 of https", ENDPOINT, ENDPOINT ":80/x", false},
    {"two ports", "https://arm:8443", "https://arm:8443:443/x", false},
    {"another port than the endpoint's", "https://arm:8443", "https://arm:8444/x", false},
    {"no port where the endpoint has one", "https://arm:8443", "https://arm/x", false},
    {"port 443 where http has 80", "http://127.0.0.1", "http://127.0.0.1:443/x", false},
    {"another scheme", ENDPOINT, "http://management.azure.com/x", false},
    {"another host", ENDPOINT, "https://evil.example/x", false},
    {"a fragment", ENDPOINT, ENDPOINT "/x#y", false},
    {"a fragment at once", ENDPOINT, ENDPOINT "#@evil.example/", false},
    {"a backslash", ENDPOINT, ENDPOINT "\\@evil.example/x", false},
    {"a relative address", ENDPOINT, "/subscriptions?x=y", false},
    {"no scheme", ENDPOINT, "//management.azure.com/x", false},
    {"a blank before", ENDPOINT, " " ENDPOINT "/x", false},
    {"the identity endpoint", ENDPOINT, "http://169.254.169.254/metadata", false},
    {"file", ENDPOINT, "file:///etc/passwd", false},
    {"empty", ENDPOINT, "", false},
};

START_TEST(test_same_host)
{
    const struct host_row *row = &host_rows[_i];

    ck_assert_msg(amr_arm_is_same_host(row->endpoint, row->url) == row->is_same, "%s: %s",
                  row->name, row->url);
}
END_TEST

static const struct url_row {
    const char *name;
    const char *subscription;
    const char *group; /* of the place, and of the cluster, which always has one */
    const char *cluster;
    const char *clusters_url;
    const char *databases_url;
} url_rows[] = {
    {"a subscription", SUBSCRIPTION, NULL, "orders",
     ENDPOINT "/subscriptions/" SUBSCRIPTION PROVIDER "?api-version=2025-07-01",
     ENDPOINT "/subscriptions/" SUBSCRIPTION "/resourceGroups/rg" PROVIDER
              "orders/databases?api-version=2025-07-01"},
    {"a resource group", SUBSCRIPTION, "rg_(1).x", "orders",
     ENDPOINT "/subscriptions/" SUBSCRIPTION "/resourceGroups/rg_%281%29.x" PROVIDER
              "?api-version=2025-07-01",
     ENDPOINT "/subscriptions/" SUBSCRIPTION "/resourceGroups/rg_%281%29.x" PROVIDER
              "orders/databases?api-version=2025-07-01"},
    {"ways up", "../a", "../b", "../c",
     ENDPOINT "/subscriptions/..%2Fa/resourceGroups/..%2Fb" PROVIDER "?api-version=2025-07-01",
     ENDPOINT "/subscriptions/..%2Fa/resourceGroups/..%2Fb" PROVIDER
              "..%2Fc/databases?api-version=2025-07-01"},
    {"what ends a path", "a?b", "c#d", "e%2ff",
     ENDPOINT "/subscriptions/a%3Fb/resourceGroups/c%23d" PROVIDER "?api-version=2025-07-01",
     ENDPOINT "/subscriptions/a%3Fb/resourceGroups/c%23d" PROVIDER
              "e%252ff/databases?api-version=2025-07-01"},
    {"CR-LF and UTF-8", "a\r\nHost: x", "Z\xc3\xbcrich", "@:&=",
     ENDPOINT "/subscriptions/a%0D%0AHost%3A%20x/resourceGroups/Z%C3%BCrich" PROVIDER
              "?api-version=2025-07-01",
     ENDPOINT "/subscriptions/a%0D%0AHost%3A%20x/resourceGroups/Z%C3%BCrich" PROVIDER
              "%40%3A%26%3D/databases?api-version=2025-07-01"},
};

/* The list of clusters has no slash at its end, which PROVIDER in the rows does. */
static void check_url(const char *name, const struct amr_buffer *url, const char *wanted)
{
    const char *slash = strstr(wanted, "redisEnterprise/?");
    size_t start = slash == NULL ? strlen(wanted) : (size_t)(slash - wanted) + 15;

    ck_assert_msg(strncmp(amr_buffer_text(url), wanted, start) == 0, "%s: %s", name,
                  amr_buffer_text(url));
    ck_assert_msg(slash == NULL || strcmp(amr_buffer_text(url) + start, wanted + start + 1) == 0,
                  "%s: %s", name, amr_buffer_text(url));
    ck_assert_msg(slash != NULL || url->length == start, "%s: %s", name, amr_buffer_text(url));
}

START_TEST(test_url)
{
    const struct url_row *row = &url_rows[_i];
    struct amr_arm_place place = {ENDPOINT, "2025-07-01", row->subscription, row->group};
    struct amr_cluster cluster = {.subscription = row->subscription,
                                  .resource_group = row->group == NULL ? "rg" : row->group,
                                  .name = row->cluster};
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_arm_append_clusters_url(&url, &place);
    check_url(row->name, &url, row->clusters_url);
    amr_buffer_cut(&url, 0);
    amr_arm_append_databases_url(&url, &place, &cluster);
    check_url(row->name, &url, row->databases_url);
    amr_buffer_cut(&url, 0);
    amr_arm_append_subscriptions_url(&url, &place);
    ck_assert_str_eq(amr_buffer_text(&url), ENDPOINT "/subscriptions?api-version=2022-12-01");
    amr_buffer_free(&url);
}
END_TEST

#define Y40 "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"

#define DENIED                                                                                     \
    "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client does not have "         \
    "authorization to perform action 'Microsoft.Cache/redisEnterprise/read' over scope "           \
    "'/subscriptions/1'.\"}}"

static const struct error_row {
    const char *name;
    int http_status;
    const char *body;
    size_t length;
    const char *correlation;
    enum amr_error_code code;
    const char *message;
} error_rows[] = {
    {"403", 403, BYTES(DENIED), NULL, AMR_ERROR_DENIED,
     "HTTP 403 AuthorizationFailed: The client does not have authorization to perform action "
     "'Microsoft.Cache/redisEnterprise/read' over scope '/subscriptions/1'."},
    {"403 with a correlation", 403, BYTES(DENIED), "c-1", AMR_ERROR_DENIED,
     "HTTP 403 AuthorizationFailed: The client does not have authorization to perform action "
     "'Microsoft.Cache/redisEnterprise/read' over scope '/subscriptions/1'. (correlation c-1)"},
    {"429", 429,
     BYTES("{\"error\":{\"code\":\"SubscriptionRequestsThrottled\",\"message\":\"Please try again "
           "after '10' seconds.\"}}"),
     NULL, AMR_ERROR_THROTTLED,
     "HTTP 429 SubscriptionRequestsThrottled: Please try again after '10' seconds."},
    {"400 that offers versions", 400,
     BYTES("{\"error\":{\"code\":\"NoRegisteredProviderFound\",\"message\":\"The supported "
           "api-versions are '2025-07-01, 2026-09-01'.\"}}"),
     NULL, AMR_ERROR_RESPONSE,
     "HTTP 400 NoRegisteredProviderFound: The supported api-versions are '2025-07-01, "
     "2026-09-01'."},
    {"401", 401, BYTES("{\"error\":{\"code\":\"ExpiredAuthenticationToken\"}}"), NULL,
     AMR_ERROR_CREDENTIAL, "HTTP 401 ExpiredAuthenticationToken"},
    {"404", 404, BYTES("{\"error\":{\"code\":\"ResourceNotFound\",\"message\":\"x\"}}"), NULL,
     AMR_ERROR_NOT_FOUND, "HTTP 404 ResourceNotFound: x"},
    {"a message without code", 400, BYTES("{\"error\":{\"message\":\"x\"}}"), NULL,
     AMR_ERROR_RESPONSE, "HTTP 400: x"},
    {"500", 500, BYTES("{\"error\":{\"code\":\"InternalServerError\"}}"), NULL, AMR_ERROR_SERVER,
     "HTTP 500 InternalServerError"},
    {"599", 599, BYTES(""), NULL, AMR_ERROR_SERVER, "HTTP 599"},
    {"a redirect", 302, BYTES(""), NULL, AMR_ERROR_RESPONSE, "HTTP 302"},
    {"no body, a correlation", 503, BYTES(""), "c-1", AMR_ERROR_SERVER,
     "HTTP 503 (correlation c-1)"},
    {"an empty correlation", 503, BYTES(""), "", AMR_ERROR_SERVER, "HTTP 503"},
    {"a hostile correlation", 503, BYTES(""), "a|b\r\nc%n", AMR_ERROR_SERVER,
     "HTTP 503 (correlation a?b c%n)"},
    {"HTML", 502, BYTES("<html>\r\n<h1>Bad Gateway</h1>\r\n</html>"), NULL, AMR_ERROR_SERVER,
     "HTTP 502: ?html? ?h1?Bad Gateway?/h1? ?/html?"},
    {"a body of 80 bytes", 500, BYTES(Y40 Y40), NULL, AMR_ERROR_SERVER, "HTTP 500: " Y40 Y40},
    {"a body of 81 bytes", 500, BYTES(Y40 Y40 "z"), NULL, AMR_ERROR_SERVER,
     "HTTP 500: " Y40 "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy..."},
    {"hostile bytes", 500, BYTES("a|b\x1b[31m\xff\xe2\x80\xae%s&"), NULL, AMR_ERROR_SERVER,
     "HTTP 500: a?b?[31m??%s?"},
    {"hostile words", 400,
     BYTES("{\"error\":{\"code\":\"a|b\",\"message\":\"<c>\\u001b\\r\\n\\u202e%n\"}}"), NULL,
     AMR_ERROR_RESPONSE, "HTTP 400 a?b: ?c?? ?%n"},
    {"an error that is a string", 400, BYTES("{\"error\":\"x\"}"), NULL, AMR_ERROR_RESPONSE,
     "HTTP 400: {\"error\":\"x\"}"},
    {"an error without words", 400, BYTES("{\"error\":{\"code\":7}}"), NULL, AMR_ERROR_RESPONSE,
     "HTTP 400: {\"error\":{\"code\":7}}"},
    {"no error in it", 400, BYTES("{\"a\":1}"), NULL, AMR_ERROR_RESPONSE, "HTTP 400: {\"a\":1}"},
    {"null", 400, BYTES("null"), NULL, AMR_ERROR_RESPONSE, "HTTP 400: null"},
    {"NUL cuts", 400, BYTES("abc\0def"), NULL, AMR_ERROR_RESPONSE, "HTTP 400: abc"},
};

START_TEST(test_set_error)
{
    const struct error_row *row = &error_rows[_i];
    struct amr_error err = {0};

    ck_assert(!amr_arm_set_error(row->http_status, row->body, row->length, row->correlation, &err));
    ck_assert_msg(err.code == row->code && err.http_status == row->http_status, "%s: %s %d",
                  row->name, amr_error_code_word(err.code), err.http_status);
    ck_assert_msg(strcmp(err.message, row->message) == 0, "%s: '%s'", row->name, err.message);
}
END_TEST

/* Ten kilobytes of body, alone and as Azure's words: the correlation must not be lost. */
START_TEST(test_a_long_error_is_cut)
{
    static const char *const starts[] = {"", "{\"error\":{\"message\":\"",
                                         "{\"error\":{\"message\":\"m\",\"code\":\""};
    static const char *const ends[] = {"", "\"}}", "\"}}"};
    struct amr_error err = {0};
    struct amr_buffer body;

    amr_buffer_init(&body, 64 * 1024);
    amr_buffer_append_text(&body, starts[_i]);
    for (int i = 0; i < 10 * 1024; i++)
        amr_buffer_append_text(&body, "y");
    amr_buffer_append_text(&body, ends[_i]);
    ck_assert(!amr_arm_set_error(500, body.text, body.length, "c-1", &err));
    ck_assert_uint_lt(strlen(err.message), AMR_ERROR_MESSAGE_SIZE - 1);
    ck_assert_ptr_nonnull(strstr(err.message, "yyy..."));
    ck_assert_ptr_nonnull(strstr(err.message, " (correlation c-1)"));
    amr_buffer_free(&body);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_document, document_rows);
    UNIT_ADD_ROWS(tcase, test_refused, refused_rows);
    tcase_add_loop_test(tcase, test_truncated, 0, 100);
    UNIT_ADD_ROWS(tcase, test_cluster_field, cluster_rows);
    UNIT_ADD_ROWS(tcase, test_database_field, database_rows);
    UNIT_ADD_ROWS(tcase, test_nested_database, nested_rows);
    UNIT_ADD_ROWS(tcase, test_id, id_rows);
    tcase_add_test(tcase, test_a_next_link_too_long_is_not_overlooked);
    tcase_add_test(tcase, test_a_gap_names_its_cluster);
    UNIT_ADD_ROWS(tcase, test_clusters_page, clusters_page_rows);
    tcase_add_test(tcase, test_a_next_link_too_long_for_its_buffer_is_refused);
    UNIT_ADD_ROWS(tcase, test_databases_page, databases_page_rows);
    UNIT_ADD_ROWS(tcase, test_subscriptions_page, subscriptions_rows);
    UNIT_ADD_ROWS(tcase, test_same_host, host_rows);
    UNIT_ADD_ROWS(tcase, test_url, url_rows);
    UNIT_ADD_ROWS(tcase, test_set_error, error_rows);
    tcase_add_loop_test(tcase, test_a_long_error_is_cut, 0, 3);
}

int main(void)
{
    return unit_run("arm", add_tests);
}
