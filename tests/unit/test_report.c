/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "report.h"
#include "stage.h"
#include "text.h"
#include "unit.h"

enum { NAME_BYTES = 10 * 1024, WORDS_MAX = 5, JSON_BYTES_MAX = 4 * 1024 * 1024 };

#define V74     "\"7.4\""
#define V80     "\"8.0\""

#define TODAY   "2027-01-05T13:12:00Z"
#define GA_74   "7.4 - 2025-05"
#define OCTOBER GA_74 ", 8.0 - 2026-10-31"
#define MONTH   GA_74 ", 8.0 - 2026-10"
#define MARCH   GA_74 ", 8.0 - 2027-03-01"
#define PREVIEW GA_74 ", 8.0 2026-12-01 -"

static struct amr_report report_of(const struct stage *stage, const char *as_of)
{
    return (struct amr_report){
        .program = "check_amr_upgrade",
        .version = "1.2.3",
        .fleet = &stage->fleet,
        .selection = &stage->selection,
        .catalog = &stage->catalog,
        .policy = &stage->policy,
        .verdict = &stage->verdict,
        .source = AMR_DATA_AZURE,
        .as_of_s = scene_instant(as_of),
        .now_s = scene_instant(as_of),
    };
}

/* One database's sentence. Its name is orders.westeurope; each of `has` stands in the sentence,
 * none of `lacks`. */
static const struct sentence_row {
    const char *what;
    const char *catalog;
    const char *version;
    const char *flag;
    const char *as_of;
    const char *extra;
    const char *unset; /* when it was last seen not deferred, on 7.4 */
    const char *has[WORDS_MAX];
    const char *lacks[WORDS_MAX];
} sentence_rows[] = {
    {"current", GA_74, V74, NOT_DEFERRED, TODAY, .has = {"current", "7.4", "Balanced_B10"},
     .lacks = {"->"}},
    {"available, not chosen", PREVIEW, V74, NOT_DEFERRED, TODAY,
     .has = {"available, 7.4 -> 8.0", "not chosen", "before GA"}},
    {"available, chosen", PREVIEW, V74, DEFERRED, TODAY,
     .has = {"available, 7.4 -> 8.0", "is chosen"}, .lacks = {"not chosen", "before GA"}},
    {"preview", PREVIEW, V80, NOT_DEFERRED, TODAY, .has = {"preview, 8.0", "GA"}},
    {"choice in days", MARCH, V74, NOT_DEFERRED, TODAY,
     .has = {"choice, 7.4 -> 8.0", "54 days", "2027-03-01", "not chosen"}},
    {"choice, chosen", MARCH, V74, DEFERRED, TODAY, .has = {"choice, 7.4 -> 8.0", "is chosen"},
     .lacks = {"not chosen"}},
    {"choice in 2 days", MARCH, V74, NOT_DEFERRED, "2027-02-27T00:00:00Z", .has = {" 2 days"},
     .lacks = {"hour"}},
    {"choice in 47 hours", MARCH, V74, NOT_DEFERRED, "2027-02-27T00:00:01Z", .has = {" 47 hours"},
     .lacks = {"1 day", "2 day"}},
    {"choice in one hour", MARCH, V74, NOT_DEFERRED, "2027-02-28T23:00:00Z", .has = {" 1 hour"},
     .lacks = {"hours"}},
    {"due", OCTOBER, V74, NOT_DEFERRED, TODAY,
     .has = {"due, 7.4 -> 8.0", "2026-10-31", "any day", "Balanced_B10"},
     .lacks = {"deferUpgrade"}},
    {"due, flag absent", OCTOBER, V74, NULL, TODAY,
     .has = {"due, 7.4 -> 8.0", "deferUpgrade", "not deferred"}},
    {"current, flag absent", GA_74, V74, NULL, TODAY, .has = {"deferUpgrade", "not deferred"}},
    {"due, the day of GA is not known", GA_74 ", 8.0 - ?", V74, NOT_DEFERRED, TODAY,
     .has = {"due, 7.4 -> 8.0"}, .lacks = {"1970", "GA 0"}},
    {"3 days", OCTOBER, V74, DEFERRED, "2027-01-25T00:00:01Z", .has = {" 3 days left"}},
    {"2 days", OCTOBER, V74, DEFERRED, "2027-01-27T00:00:00Z", .has = {" 2 days left"},
     .lacks = {"hour"}},
    {"a second below 2 days", OCTOBER, V74, DEFERRED, "2027-01-27T00:00:01Z",
     .has = {" 47 hours left"}, .lacks = {"1 day", "2 day"}},
    {"24 hours", OCTOBER, V74, DEFERRED, "2027-01-28T00:00:00Z", .has = {" 24 hours left"}},
    {"one hour", OCTOBER, V74, DEFERRED, "2027-01-28T23:00:00Z", .has = {" 1 hour left"}},
    {"a second below one hour", OCTOBER, V74, DEFERRED, "2027-01-28T23:00:01Z",
     .has = {" less than 1 hour left"}},
    {"at the deadline", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z", .has = {"overdue"},
     .lacks = {" left"}},
    {"overdue by an hour", OCTOBER, V74, DEFERRED, "2027-01-29T01:00:00Z",
     .has = {"overdue by 1 hour,"}, .lacks = {" left"}},
    {"overdue by hours", OCTOBER, V74, DEFERRED, "2027-01-30T23:59:59Z",
     .has = {"overdue by 47 hours"}},
    {"overdue by 2 days", OCTOBER, V74, DEFERRED, "2027-01-31T00:00:00Z",
     .has = {"overdue by 2 days"}},
    {"overdue by 3 days", OCTOBER, V74, DEFERRED, "2027-02-01T00:00:00Z",
     .has = {"overdue", "7.4 -> 8.0", "overdue by 3 days", "2027-01-29"}},
    {"month, both ends", MONTH, V74, DEFERRED, "2026-12-20T00:00:00Z",
     .has = {"10 days left", "2026-12-30", "2027-01-29"}},
    {"month, between the ends", MONTH, V74, DEFERRED, "2027-01-09T12:00:00Z",
     .has = {"deferred", "overdue by 10 days", "2026-12-30", "2027-01-29"}, .lacks = {" -1"}},
    {"month, overdue", MONTH, V74, DEFERRED, "2027-02-01T00:00:00Z",
     .has = {"overdue by 33 days", "2026-12-30", "2027-01-29"}},
    {"not covered", OCTOBER ", 8.2 - 2026-12-15", V74, DEFERRED, TODAY,
     .has = {"7.4 -> 8.2", "covers 8.0 only"}},
    {"late", OCTOBER, V74, DEFERRED, TODAY, .unset = "2026-11-02T00:00:00Z",
     .has = {"late, 7.4 -> 8.0", "23 days left", "2027-01-29", "after GA", "not honour"}},
    {"no version", OCTOBER, NULL, NOT_DEFERRED, TODAY, .has = {"unknown", "redisVersion"}},
    {"a version that is a number", OCTOBER, "7.4", NOT_DEFERRED, TODAY,
     .has = {"unknown", "redisVersion", "number"}},
    {"a bad version", OCTOBER, "\"7.04\"", NOT_DEFERRED, TODAY, .has = {"unknown", "7.04"}},
    {"above the catalogue", OCTOBER, "\"9.0\"", NOT_DEFERRED, TODAY,
     .has = {"unknown", "9.0", "Balanced", "catalogue", "out of date"}},
    {"another value of the flag", OCTOBER, V74, "\"Maybe\"", TODAY,
     .has = {"unknown", "deferUpgrade", "Maybe"}},
    {"deferred since an unknown day", GA_74 ", 8.0 - ?", V74, DEFERRED, TODAY,
     .has = {"unknown", "GA"}, .lacks = {"1970", "days left"}},
    {"failed", GA_74, V74, NOT_DEFERRED, TODAY, .extra = "\"resourceState\":\"UpdateFailed\",",
     .has = {"current", "UpdateFailed"}},
    {"busy", GA_74, V74, NOT_DEFERRED, TODAY, .extra = "\"resourceState\":\"Scaling\",",
     .has = {"current", "Scaling"}},
};

static void set_stage(struct stage *stage, const struct sentence_row *row)
{
    const struct scene_database database = {
        .cluster = "orders", .version = row->version, .flag = row->flag, .extra = row->extra};
    struct amr_history_record record = {{7, 4}, 0, AMR_INSTANT_NONE, {0, 0}, 0, AMR_INSTANT_NONE};

    if (row->unset != NULL)
        record.not_deferred_last_seen_s = scene_instant(row->unset);
    stage_set(stage, row->catalog, &database, 1);
    stage_judge(stage, row->as_of, row->unset == NULL ? NULL : &record);
}

START_TEST(test_sentence)
{
    const struct sentence_row *row = &sentence_rows[_i];
    struct stage stage;
    struct amr_buffer text;

    set_stage(&stage, row);
    const struct amr_report report = report_of(&stage, row->as_of);
    amr_buffer_init(&text, SCENE_BYTES_MAX);
    amr_report_append_sentence(&text, &report, &stage.verdict.rows[0]);
    for (size_t i = 0; i < WORDS_MAX && row->has[i] != NULL; i++)
        ck_assert_msg(strstr(amr_buffer_text(&text), row->has[i]) != NULL, "%s: '%s' lacks '%s'",
                      row->what, amr_buffer_text(&text), row->has[i]);
    for (size_t i = 0; i < WORDS_MAX && row->lacks[i] != NULL; i++)
        ck_assert_msg(strstr(amr_buffer_text(&text), row->lacks[i]) == NULL, "%s: '%s' has '%s'",
                      row->what, amr_buffer_text(&text), row->lacks[i]);
    ck_assert(!amr_buffer_is_failed(&text));
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

/* The promised form, word for word. */
START_TEST(test_sentence_of_the_contract)
{
    static const struct sentence_row row = {"",   OCTOBER, V74, DEFERRED, TODAY,
                                            NULL, NULL,    {0}, {0}};
    struct stage stage;
    struct amr_buffer text;

    set_stage(&stage, &row);
    const struct amr_report report = report_of(&stage, TODAY);
    amr_buffer_init(&text, SCENE_BYTES_MAX);
    amr_report_append_sentence(&text, &report, &stage.verdict.rows[0]);
    ck_assert_str_eq(amr_buffer_text(&text),
                     "deferred, 7.4 -> 8.0, 23 days left, automatic upgrade "
                     "from 2027-01-29, Balanced_B10");
    amr_buffer_cut(&text, 0);
    amr_report_append_reason(&text, &report, &stage.verdict.rows[0]);
    ck_assert_str_eq(amr_buffer_text(&text), "");
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

static const struct scene_database five[] = {
    {.cluster = "cart", .version = V80, .flag = NOT_DEFERRED},
    {.cluster = "due", .version = V74, .flag = NOT_DEFERRED},
    {.cluster = "far", .version = V80, .flag = DEFERRED},
    {.cluster = "orders", .version = V74, .flag = DEFERRED},
    {.cluster = "search", .version = V80, .flag = NOT_DEFERRED},
};

static void append_summary(struct amr_buffer *text, const struct stage *stage, const char *as_of,
                           size_t max_bytes)
{
    const struct amr_report report = report_of(stage, as_of);

    amr_buffer_init(text, SCENE_BYTES_MAX);
    amr_report_append_summary(text, &report, max_bytes);
    ck_assert(!amr_buffer_is_failed(text));
}

START_TEST(test_summary_of_the_contract)
{
    static const char expected[] =
        "2 of 5 databases need attention: orders.westeurope 7.4 -> 8.0 deferred, 23 days left "
        "(2027-01-29)";
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, OCTOBER, five, AMR_COUNT_OF(five));
    stage_judge(&stage, TODAY, NULL);
    append_summary(&text, &stage, TODAY, AMR_REPORT_SUMMARY_BYTES_MAX);
    ck_assert_msg(strncmp(amr_buffer_text(&text), expected, strlen(expected)) == 0, "'%s'",
                  amr_buffer_text(&text));
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

/* `from` and `to` choose a part of the five. */
static const struct summary_row {
    const char *what;
    size_t from;
    size_t to;
    const char *as_of;
    const char *has[WORDS_MAX];
    const char *lacks[WORDS_MAX];
} summary_rows[] = {
    {"one of one", 3, 4, TODAY, .has = {"1 of 1 database needs attention"}, .lacks = {"databases"}},
    {"one of several", 2, 4, TODAY, .has = {"1 of 2 databases need"}, .lacks = {"1 databases"}},
    {"none of one", 0, 1, TODAY, .has = {"1 database"}, .lacks = {"databases", " of "}},
    {"none of several", 4, 5, TODAY, .has = {"1 database"}, .lacks = {"databases"}},
    {"the worst first", 0, 5, "2027-02-01T00:00:00Z",
     .has = {"2 of 5 databases need attention: orders.westeurope 7.4 -> 8.0", "overdue by 3 days",
             "2027-01-29"}},
    {"hours", 3, 4, "2027-01-27T00:00:01Z", .has = {"47 hours left"}, .lacks = {"1 day"}},
    {"nothing there", 0, 0, TODAY, .has = {"database"}, .lacks = {" 0 of", "1 "}},
};

START_TEST(test_summary)
{
    const struct summary_row *row = &summary_rows[_i];
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, OCTOBER, five + row->from, row->to - row->from);
    stage_judge(&stage, row->as_of, NULL);
    append_summary(&text, &stage, row->as_of, AMR_REPORT_SUMMARY_BYTES_MAX);
    for (size_t i = 0; i < WORDS_MAX && row->has[i] != NULL; i++)
        ck_assert_msg(strstr(amr_buffer_text(&text), row->has[i]) != NULL, "%s: '%s' lacks '%s'",
                      row->what, amr_buffer_text(&text), row->has[i]);
    for (size_t i = 0; i < WORDS_MAX && row->lacks[i] != NULL; i++)
        ck_assert_msg(strstr(amr_buffer_text(&text), row->lacks[i]) == NULL, "%s: '%s' has '%s'",
                      row->what, amr_buffer_text(&text), row->lacks[i]);
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

/* What no output may hold: `>` stands in our own " -> " only. */
static void check_clean(const char *what, const struct amr_buffer *text)
{
    const char *bytes = amr_buffer_text(text);

    ck_assert_msg(amr_text_is_utf8(bytes, text->length), "%s: no UTF-8", what);
    for (size_t i = 0; i < text->length; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        ck_assert_msg(byte >= 0x20 && byte != 0x7f && strchr("|<&", byte) == NULL,
                      "%s: byte %02x at %zu: '%s'", what, byte, i, bytes);
        ck_assert_msg(byte != '>' || (i >= 2 && memcmp(bytes + i - 2, " -> ", 4) == 0),
                      "%s: a bare > at %zu: '%s'", what, i, bytes);
    }
}

/* 10 kB of everything that hurts: what Nagios and web pages read, control letters, letters of
 * several bytes. As JSON writes it; a slash would end a name. */
static void make_hostile(char *text)
{
    static const char piece[] = "|<b>&\\n\\u001b[31m\\u202e\xc3\xb6\xe2\x82\xac\xf0\x9f\x92\xa9 ;'";
    size_t length = 0;

    while (length + strlen(piece) < NAME_BYTES) {
        memcpy(text + length, piece, strlen(piece));
        length += strlen(piece);
    }
    text[length] = '\0';
}

static void set_hostile_stage(struct stage *stage, const char *hostile)
{
    char version[NAME_BYTES + 8];
    struct amr_error error;

    snprintf(version, sizeof(version), "\"%s\"", hostile);
    const struct scene_database databases[] = {
        {.cluster = hostile, .version = V74, .flag = DEFERRED},
        {.cluster = "b",
         .name = hostile,
         .version = V74,
         .flag = NOT_DEFERRED,
         .location = hostile},
        {.cluster = "c", .group = hostile, .version = version, .flag = NOT_DEFERRED},
        {.cluster = "d", .version = V74, .flag = version, .sku = "Balanced_B10"},
        {.cluster = "e", .version = V74, .flag = NOT_DEFERRED, .sku = hostile},
    };
    stage_set(stage, OCTOBER, databases, AMR_COUNT_OF(databases));
    amr_error_set(&error, AMR_ERROR_RESPONSE, "|<b>&\n\x1b[31m");
    amr_fleet_add_error(&stage->fleet, AMR_CLUSTER_NONE, &error, "subscription '%s'",
                        "|<b>&\n\x1b[31m");
    stage_judge(stage, TODAY, NULL);
}

static const size_t summary_limits[] = {AMR_REPORT_SUMMARY_BYTES_MAX, 120, 60, 20};

START_TEST(test_summary_keeps_its_limit)
{
    char hostile[NAME_BYTES];
    struct stage stage;
    struct amr_buffer text;

    make_hostile(hostile);
    set_hostile_stage(&stage, hostile);
    append_summary(&text, &stage, TODAY, summary_limits[_i]);
    ck_assert_msg(text.length <= summary_limits[_i], "%zu bytes: '%s'", text.length,
                  amr_buffer_text(&text));
    check_clean("summary", &text);
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

START_TEST(test_sentences_are_clean)
{
    char hostile[NAME_BYTES];
    struct stage stage;
    struct amr_buffer text;

    make_hostile(hostile);
    set_hostile_stage(&stage, hostile);
    const struct amr_report report = report_of(&stage, TODAY);
    for (size_t i = 0; i < stage.verdict.count; i++) {
        amr_buffer_init(&text, SCENE_BYTES_MAX);
        amr_report_append_sentence(&text, &report, &stage.verdict.rows[i]);
        ck_assert(!amr_buffer_is_failed(&text));
        check_clean(stage.verdict.rows[i].name, &text);
        ck_assert_msg(text.length < 1000, "%zu bytes", text.length);
        amr_buffer_free(&text);
    }
    stage_free(&stage);
}
END_TEST

static const struct hundredths_row {
    int64_t hundredths;
    const char *text;
} hundredths_rows[] = {
    {2345, "23.45"},           {0, "0.00"},       {1, "0.01"}, {-1, "-0.01"},   {-99, "-0.99"},
    {-100, "-1.00"},           {-3655, "-36.55"}, {5, "0.05"}, {3000, "30.00"}, {-2310, "-23.10"},
    {291207700, "2912077.00"},
};

START_TEST(test_hundredths)
{
    const struct hundredths_row *row = &hundredths_rows[_i];
    struct amr_buffer text;

    amr_buffer_init(&text, SCENE_BYTES_MAX);
    amr_report_append_hundredths(&text, row->hundredths);
    ck_assert_str_eq(amr_buffer_text(&text), row->text);
    amr_buffer_free(&text);
}
END_TEST

/* Seconds from the oldest reading to the real clock; `age_s` -1: not known. */
static const struct data_age_row {
    const char *what;
    const char *fetched; /* NULL: not told */
    const char *now;
    int64_t age_s;
} data_age_rows[] = {
    {"ten minutes", "2027-01-05T13:02:00Z", TODAY, 600},
    {"the same second", TODAY, TODAY, 0},
    {"read tomorrow", "2027-01-06T13:12:00Z", TODAY, 0},
    {"not told", NULL, TODAY, -1},
};

START_TEST(test_data_age)
{
    const struct data_age_row *row = &data_age_rows[_i];
    struct scene_database database = {.version = V74, .flag = NOT_DEFERRED};
    char extra[64];
    struct stage stage;
    int64_t age_s = -1;

    snprintf(extra, sizeof(extra), "\"fetched_at\":\"%s\",",
             row->fetched == NULL ? "" : row->fetched);
    database.cluster_extra = row->fetched == NULL ? NULL : extra;
    stage_set(&stage, OCTOBER, &database, 1);
    stage_judge(&stage, "2030-01-01T00:00:00Z", NULL);
    struct amr_report report = report_of(&stage, "2030-01-01T00:00:00Z");
    report.now_s = scene_instant(row->now);
    ck_assert_msg(amr_report_data_age_s(&report, &age_s) == (row->age_s >= 0), "%s: known",
                  row->what);
    ck_assert_msg(age_s == row->age_s, "%s: %" PRId64 " s", row->what, age_s);
    stage_free(&stage);
}
END_TEST

static amr_json *parse(const struct amr_buffer *text)
{
    amr_json *document;
    struct amr_error err;

    ck_assert_msg(amr_json_parse(amr_buffer_text(text), text->length, &document, &err), "%s: %s",
                  err.message, amr_buffer_text(text));
    return document;
}

static void append_json(struct amr_buffer *text, const struct amr_report *report)
{
    amr_buffer_init(text, JSON_BYTES_MAX);
    amr_report_append_json(text, report, "all \"is\" <well>");
    ck_assert(!amr_buffer_is_failed(text));
}

static char type_letter(const amr_json *value)
{
    int64_t number;
    bool truth;

    if (value == NULL)
        return '0';
    if (amr_json_is_object(value))
        return 'o';
    if (amr_json_is_array(value))
        return 'a';
    if (amr_json_text(value) != NULL)
        return 's';
    if (amr_json_boolean(value, &truth))
        return 'b';
    return amr_json_integer(value, &number) ? 'i' : 'n';
}

static bool append_key(const char *key, const amr_json *value, void *context, struct amr_error *err)
{
    (void)err;
    amr_buffer_append_format(context, "%s:%c ", key, type_letter(value));
    return true;
}

/* Keys of the object in their order, with types: 0 null, object, array, string, boolean, integer,
 * number. */
static void check_shape(const char *what, const amr_json *object, const char *expected)
{
    struct amr_buffer shape;
    struct amr_error err;

    amr_buffer_init(&shape, SCENE_BYTES_MAX);
    ck_assert_msg(amr_json_each_member(object, append_key, &shape, &err), "%s", what);
    ck_assert_msg(strcmp(amr_buffer_text(&shape), expected) == 0, "%s:\n  is   '%s'\n  not  '%s'",
                  what, amr_buffer_text(&shape), expected);
    amr_buffer_free(&shape);
}

#define FACTS                                                                                      \
    "id:s name:s subscription:s resource_group:s cluster:s database:s location:s sku:s tier:s "
#define ADVICE_SHAPE "code:s severity:s text:s "

static const struct scene_database told = {
    .cluster = "orders",
    .version = V74,
    .flag = DEFERRED,
    .cluster_extra = "\"kind\":\"v2\",\"tags\":{\"team\":\"pay\"},"
                     "\"fetched_at\":\"2027-01-05T13:02:00Z\",",
    .extra = "\"provisioningState\":\"Succeeded\",\"resourceState\":\"UpdateFailed\","
             "\"geoReplication\":{\"groupNickname\":\"g\"},",
};

#define TOLD_CATALOG                                                                               \
    "{\"schema\":1,\"reviewed\":\"2026-12-30\",\"releases\":[{\"line\":\"8.0\",\"notes\":"         \
    "\"https://example.org/8.0\",\"tiers\":{\"Balanced\":{\"ga\":\"2026-10-31\"}}}]}"

START_TEST(test_json_shape)
{
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, TOLD_CATALOG, &told, 1);
    stage_judge(&stage, TODAY, NULL);
    const struct amr_report report = report_of(&stage, TODAY);
    append_json(&text, &report);
    amr_json *document = parse(&text);
    const amr_json *row = amr_json_at(amr_json_get(document, "databases"), 0);
    check_shape("document", document,
                "schema:i program:s version:s as_of:s severity:s summary:s data:o catalog:o "
                "advisories:a counts:o databases:a ");
    check_shape("data", amr_json_get(document, "data"),
                "source:s fetched_at:s age_seconds:i stale:b errors:a ");
    check_shape("catalog", amr_json_get(document, "catalog"), "reviewed:s age_days:i files:a ");
    check_shape("counts", amr_json_get(document, "counts"),
                "databases:i current:i preview:i available:i choice:i due:i deferred:i overdue:i "
                "late:i unknown:i ");
    check_shape("database", row,
                FACTS "kind:s version:s deferral:s provisioning_state:s resource_state:s "
                      "geo_group:s tags:o fetched_at:s state:s severity:s reason:0 target:s "
                      "first:s ga:s ga_precision:s deadline:s deadline_latest:s days_left:n next:0 "
                      "days_to_ga:0 manual_target:s manual_preview:b lines_behind:i "
                      "release_notes:s advisories:a ");
    check_shape("advisory", amr_json_at(amr_json_get(row, "advisories"), 0), ADVICE_SHAPE);
    amr_json_free(document);
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

/* What is promised word for word, keys in their order. */
static const char *const told_texts[] = {
    "{\"schema\":1,\"program\":\"check_amr_upgrade\",\"version\":\"1.2.3\","
    "\"as_of\":\"2027-01-05T13:12:00Z\",\"severity\":\"warning\",",
    "\"data\":{\"source\":\"azure\",\"fetched_at\":\"2027-01-05T13:02:00Z\",\"age_seconds\":600,"
    "\"stale\":false,\"errors\":[]}",
    "\"catalog\":{\"reviewed\":\"2026-12-30\",\"age_days\":6,\"files\":[\"scene.json\"]}",
    "\"counts\":{\"databases\":1,\"current\":0,\"preview\":0,\"available\":0,\"choice\":0,\"due\":"
    "0,"
    "\"deferred\":1,\"overdue\":0,\"late\":0,\"unknown\":0}",
    "\"name\":\"orders.westeurope\",\"subscription\":\"" SCENE_SUBSCRIPTION
    "\",\"resource_group\":\"rg\",\"cluster\":\"orders\",\"database\":\"default\","
    "\"location\":\"westeurope\",\"sku\":\"Balanced_B10\",\"tier\":\"Balanced\",\"kind\":\"v2\","
    "\"version\":\"7.4\",\"deferral\":\"deferred\",\"provisioning_state\":\"Succeeded\","
    "\"resource_state\":\"UpdateFailed\",\"geo_group\":\"g\",\"tags\":{\"team\":\"pay\"},"
    "\"fetched_at\":\"2027-01-05T13:02:00Z\",\"state\":\"deferred\",\"severity\":\"warning\","
    "\"reason\":null,\"target\":\"8.0\",\"first\":\"8.0\",\"ga\":\"2026-10-31\","
    "\"ga_precision\":\"day\",\"deadline\":\"2027-01-29T00:00:00Z\","
    "\"deadline_latest\":\"2027-01-29T00:00:00Z\",\"days_left\":23.45,\"next\":null,"
    "\"days_to_ga\":null,\"manual_target\":\"8.0\",\"manual_preview\":false,\"lines_behind\":1,"
    "\"release_notes\":\"https://example.org/8.0\","
    "\"advisories\":[{\"code\":\"failed\",\"severity\":\"warning\",\"text\":\"",
};

START_TEST(test_json_values)
{
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, TOLD_CATALOG, &told, 1);
    stage_judge(&stage, TODAY, NULL);
    const struct amr_report report = report_of(&stage, TODAY);
    append_json(&text, &report);
    ck_assert_msg(strstr(amr_buffer_text(&text), told_texts[_i]) != NULL, "'%s' lacks '%s'",
                  amr_buffer_text(&text), told_texts[_i]);
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

/* The judged half of a database's object, from state on. */
static const struct judged_row {
    const char *what;
    const char *catalog;
    const char *version;
    const char *flag;
    const char *as_of;
    const char *has[WORDS_MAX];
} judged_rows[] = {
    {"current", GA_74, V74, NOT_DEFERRED, TODAY,
     .has = {"\"kind\":null,",
             "\"deferral\":\"not-deferred\",\"provisioning_state\":null,"
             "\"resource_state\":null,\"geo_group\":null,\"tags\":{},"
             "\"fetched_at\":null,",
             "\"state\":\"current\",\"severity\":\"ok\",\"reason\":null,\"target\":null,"
             "\"first\":null,\"ga\":null,\"ga_precision\":null,\"deadline\":null,"
             "\"deadline_latest\":null,\"days_left\":null,\"next\":null,\"days_to_ga\":null,"
             "\"manual_target\":null,\"manual_preview\":null,\"lines_behind\":0,"
             "\"release_notes\":null,\"advisories\":[]"}},
    {"available", PREVIEW, V74, NULL, TODAY,
     .has = {"\"deferral\":\"absent\"",
             "\"target\":\"8.0\",\"first\":null,\"ga\":null,\"ga_precision\":null,",
             "\"manual_target\":\"8.0\",\"manual_preview\":true,\"lines_behind\":0,"}},
    {"choice", MARCH, V74, NOT_DEFERRED, TODAY,
     .has = {"\"state\":\"choice\",\"severity\":\"ok\",\"reason\":null,\"target\":\"8.0\","
             "\"first\":\"8.0\",\"ga\":\"2027-03-01\",\"ga_precision\":\"day\",\"deadline\":null,"
             "\"deadline_latest\":null,\"days_left\":null,\"next\":\"8.0\",\"days_to_ga\":54.45,"
             "\"manual_target\":null,\"manual_preview\":null,\"lines_behind\":0,"}},
    {"due, month", MONTH, V74, NOT_DEFERRED, TODAY,
     .has = {"\"state\":\"due\",\"severity\":\"warning\",\"reason\":null,\"target\":\"8.0\","
             "\"first\":\"8.0\",\"ga\":\"2026-10\",\"ga_precision\":\"month\",\"deadline\":null,"
             "\"deadline_latest\":null,\"days_left\":null,"}},
    {"deferred, month", MONTH, V74, DEFERRED, "2027-01-09T12:00:00Z",
     .has = {"\"ga\":\"2026-10\",\"ga_precision\":\"month\",\"deadline\":\"2026-12-30T00:00:00Z\","
             "\"deadline_latest\":\"2027-01-29T00:00:00Z\",\"days_left\":-10.5"}},
    {"overdue by a second", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:01Z",
     .has = {"\"state\":\"overdue\",\"severity\":\"critical\"", "\"days_left\":-0.01,"}},
    {"unknown", OCTOBER, NULL, "\"Maybe\"", TODAY,
     .has = {"\"version\":null,\"deferral\":\"other\"",
             "\"state\":\"unknown\",\"severity\":\"unknown\",\"reason\":\"", "\"days_left\":null"}},
};

START_TEST(test_json_of_states)
{
    const struct judged_row *row = &judged_rows[_i];
    const struct scene_database database = {
        .cluster = "orders", .version = row->version, .flag = row->flag};
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, row->catalog, &database, 1);
    stage_judge(&stage, row->as_of, NULL);
    const struct amr_report report = report_of(&stage, row->as_of);
    append_json(&text, &report);
    amr_json_free(parse(&text));
    for (size_t i = 0; i < WORDS_MAX && row->has[i] != NULL; i++)
        ck_assert_msg(strstr(amr_buffer_text(&text), row->has[i]) != NULL, "%s: '%s' lacks '%s'",
                      row->what, amr_buffer_text(&text), row->has[i]);
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

static void add_errors(struct amr_fleet *fleet)
{
    struct amr_error error;

    amr_error_set(&error, AMR_ERROR_THROTTLED, "HTTP 429 <slow>");
    error.http_status = 429;
    amr_fleet_add_error(fleet, AMR_CLUSTER_NONE, &error, "subscription 'x'");
    amr_error_set(&error, AMR_ERROR_NOT_FOUND, "gone");
    amr_fleet_add_error(fleet, AMR_CLUSTER_NONE, &error, "subscription 'y'");
}

START_TEST(test_json_of_errors)
{
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, OCTOBER, NULL, 0);
    add_errors(&stage.fleet);
    stage_judge(&stage, "2027-03-01T00:00:00Z", NULL);
    struct amr_report report = report_of(&stage, "2027-03-01T00:00:00Z");
    report.source = AMR_DATA_SNAPSHOT;
    report.is_stale = true;
    append_json(&text, &report);
    amr_json *document = parse(&text);
    const amr_json *data = amr_json_get(document, "data");
    const amr_json *errors = amr_json_get(data, "errors");
    check_shape("data", data, "source:s fetched_at:0 age_seconds:0 stale:b errors:a ");
    ck_assert_str_eq(amr_json_text(amr_json_get(data, "source")), "snapshot");
    ck_assert_uint_eq(amr_json_length(errors), 2);
    check_shape("HTTP", amr_json_at(errors, 0), "scope:s code:s http_status:i message:s ");
    check_shape("no HTTP", amr_json_at(errors, 1), "scope:s code:s http_status:0 message:s ");
    ck_assert_str_eq(amr_json_text(amr_json_get(amr_json_at(errors, 0), "code")), "throttled");
    ck_assert_str_eq(amr_json_text(amr_json_get(amr_json_at(errors, 1), "code")), "not-found");
    const amr_json *advice = amr_json_at(amr_json_get(document, "advisories"), 0);
    check_shape("catalogue", advice, ADVICE_SHAPE);
    ck_assert_str_eq(amr_json_text(amr_json_get(advice, "code")), "catalog-stale");
    ck_assert_str_eq(amr_json_text(amr_json_get(advice, "severity")), "warning");
    ck_assert_uint_eq(amr_json_length(amr_json_get(document, "databases")), 0);
    amr_json_free(document);
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

START_TEST(test_json_sources)
{
    static const char *const words[] = {
        [AMR_DATA_AZURE] = "\"source\":\"azure\"",
        [AMR_DATA_SNAPSHOT] = "\"source\":\"snapshot\"",
        [AMR_DATA_FILE] = "\"source\":\"file\"",
    };
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, OCTOBER, NULL, 0);
    stage_judge(&stage, TODAY, NULL);
    struct amr_report report = report_of(&stage, TODAY);
    report.source = (enum amr_data_source)_i;
    append_json(&text, &report);
    ck_assert_msg(strstr(amr_buffer_text(&text), words[_i]) != NULL, "'%s'",
                  amr_buffer_text(&text));
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

static bool has_text(const amr_json *row, const char *key, const char *expected)
{
    const char *text = amr_json_text(amr_json_get(row, key));

    return text != NULL && strcmp(text, expected) == 0;
}

/* Hostile text survives the way through the document, and never stands in it as such. */
START_TEST(test_json_of_hostile_names)
{
    static const struct scene_database database = {
        .cluster = "a|b<c>&\\\"\\n\\u001b",
        .name = "x\\\\y",
        .version = V74,
        .flag = DEFERRED,
        .cluster_extra = "\"tags\":{\"<k>\":\"|v&\"},",
    };
    char hostile[NAME_BYTES];
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, OCTOBER, &database, 1);
    stage_judge(&stage, TODAY, NULL);
    const struct amr_report report = report_of(&stage, TODAY);
    append_json(&text, &report);
    ck_assert(strpbrk(amr_buffer_text(&text), "|<>&\x1b") == NULL);
    amr_json *document = parse(&text);
    const amr_json *row = amr_json_at(amr_json_get(document, "databases"), 0);
    ck_assert(has_text(row, "cluster", "a|b<c>&\"\n\x1b"));
    ck_assert(has_text(row, "database", "x\\y"));
    ck_assert(has_text(amr_json_get(row, "tags"), "<k>", "|v&"));
    ck_assert(has_text(document, "summary", "all \"is\" <well>"));
    amr_json_free(document);
    amr_buffer_free(&text);
    stage_free(&stage);

    make_hostile(hostile);
    set_hostile_stage(&stage, hostile);
    const struct amr_report large = report_of(&stage, TODAY);
    append_json(&text, &large);
    ck_assert(strpbrk(amr_buffer_text(&text), "|<>&\x1b") == NULL);
    ck_assert_int_eq(amr_buffer_text(&text)[text.length - 1], '\n');
    amr_json_free(parse(&text));
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

/* A buffer that is too small fails, and is not taken for a document. */
START_TEST(test_small_buffer_fails)
{
    struct stage stage;
    struct amr_buffer text;

    stage_set(&stage, OCTOBER, five, AMR_COUNT_OF(five));
    stage_judge(&stage, TODAY, NULL);
    const struct amr_report report = report_of(&stage, TODAY);
    amr_buffer_init(&text, 100);
    amr_report_append_json(&text, &report, "");
    ck_assert(amr_buffer_is_failed(&text));
    ck_assert_uint_le(text.length, 100);
    amr_buffer_free(&text);
    stage_free(&stage);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_sentence, sentence_rows);
    tcase_add_test(tcase, test_sentence_of_the_contract);
    tcase_add_test(tcase, test_summary_of_the_contract);
    UNIT_ADD_ROWS(tcase, test_summary, summary_rows);
    UNIT_ADD_ROWS(tcase, test_summary_keeps_its_limit, summary_limits);
    tcase_add_test(tcase, test_sentences_are_clean);
    UNIT_ADD_ROWS(tcase, test_hundredths, hundredths_rows);
    UNIT_ADD_ROWS(tcase, test_data_age, data_age_rows);
    tcase_add_test(tcase, test_json_shape);
    UNIT_ADD_ROWS(tcase, test_json_values, told_texts);
    UNIT_ADD_ROWS(tcase, test_json_of_states, judged_rows);
    tcase_add_test(tcase, test_json_of_errors);
    tcase_add_loop_test(tcase, test_json_sources, AMR_DATA_AZURE, AMR_DATA_FILE + 1);
    tcase_add_test(tcase, test_json_of_hostile_names);
    tcase_add_test(tcase, test_small_buffer_fails);
}

int main(void)
{
    return unit_run("report", add_tests);
}
