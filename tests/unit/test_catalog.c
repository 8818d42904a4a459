/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "catalog.h"
#include "unit.h"

static void write_date(struct amr_buffer *seen, const char *name, const struct amr_date *date)
{
    char text[AMR_DATE_TEXT_SIZE];

    amr_date_format(date, text);
    amr_buffer_append_format(seen, " %s=%s", name, *text == '\0' ? "-" : text);
}

static void write_line(struct amr_buffer *seen, const struct amr_catalog_line *line)
{
    char text[AMR_LINE_TEXT_SIZE];

    amr_line_format(line->line, text);
    amr_buffer_append_format(
        seen, "%s%s%s%s%s%s:", text, line->is_event ? "" : " no event",
        line->notes == NULL ? "" : " notes=", line->notes == NULL ? "" : line->notes,
        line->source == NULL ? "" : " source=", line->source == NULL ? "" : line->source);
    for (const struct amr_catalog_tier *tier = line->tiers; tier != NULL; tier = tier->next) {
        amr_buffer_append_format(seen, " %s", tier->name);
        write_date(seen, "preview", &tier->preview);
        write_date(seen, "ga", &tier->ga);
    }
    amr_buffer_append_text(seen, "\n");
}

/* One text line for each line of the catalogue, then its retirements. */
static void write_catalog(struct amr_buffer *seen, const struct amr_catalog *catalog)
{
    for (const struct amr_catalog_line *at = catalog->lines; at != NULL; at = at->next)
        write_line(seen, at);
    for (const struct amr_catalog_retirement *at = catalog->retirements; at != NULL;
         at = at->next) {
        amr_buffer_append_format(seen, "kind %s", at->kind);
        write_date(seen, "date", &at->date);
        amr_buffer_append_format(seen, " source=%s\n", at->source == NULL ? "-" : at->source);
    }
}

#define RELEASE(fields) "{\"releases\":[{\"line\":\"7.4\"" fields "}]}"
#define TIERS(tiers)    RELEASE(",\"tiers\":{" tiers "}")
#define BASE                                                                                       \
    RELEASE(",\"event\":false,\"notes\":\"https://n\",\"source\":\"https://s\",\"tiers\":{"        \
            "\"Balanced\":{\"preview\":\"2024-11\",\"ga\":\"2025-05-12\"},"                        \
            "\"FlashOptimized\":{\"preview\":\"2024-11\"}}")
#define BASE_HEAD  "7.4 no event notes=https://n source=https://s:"
#define BASE_FLASH " FlashOptimized preview=2024-11 ga=-\n"
#define RETIRED                                                                                    \
    "{\"retirements\":[{\"kind\":\"v1\",\"date\":\"2027-03-31\",\"source\":\"https://r\"}]}"

/* Two files, one over the other. */
static const struct merge_row {
    const char *name;
    const char *first;
    const char *second;
    const char *seen;
} merge_rows[] = {
    {"nothing", "{}", "{}", ""},
    {"nothing over something", BASE, "{\"schema\":1}",
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"something over nothing", "{}", BASE,
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"event by default", RELEASE(""), "{}", "7.4:\n"},
    {"event true over false", BASE, RELEASE(",\"event\":true"),
     "7.4 notes=https://n source=https://s: Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"event null resets to true", BASE, RELEASE(",\"event\":null"),
     "7.4 notes=https://n source=https://s: Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"event not named stays", BASE, RELEASE(""),
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"notes", BASE, RELEASE(",\"notes\":\"https://m\""),
     "7.4 no event notes=https://m source=https://s: Balanced preview=2024-11 "
     "ga=2025-05-12" BASE_FLASH},
    {"notes null", BASE, RELEASE(",\"notes\":null"),
     "7.4 no event source=https://s: Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"source null", BASE, RELEASE(",\"source\":null"),
     "7.4 no event notes=https://n: Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"one date of one tier", BASE, TIERS("\"Balanced\":{\"ga\":\"2025-06\"}"),
     BASE_HEAD " Balanced preview=2024-11 ga=2025-06" BASE_FLASH},
    {"the other date", BASE, TIERS("\"Balanced\":{\"preview\":\"2024-10-01\"}"),
     BASE_HEAD " Balanced preview=2024-10-01 ga=2025-05-12" BASE_FLASH},
    {"a tier in another case", BASE, TIERS("\"BALANCED\":{\"ga\":\"2025-06\"}"),
     BASE_HEAD " Balanced preview=2024-11 ga=2025-06" BASE_FLASH},
    {"ga null", BASE, TIERS("\"Balanced\":{\"ga\":null}"),
     BASE_HEAD " Balanced preview=2024-11 ga=-" BASE_FLASH},
    {"preview null", BASE, TIERS("\"Balanced\":{\"preview\":null}"),
     BASE_HEAD " Balanced preview=- ga=2025-05-12" BASE_FLASH},
    {"ga unknown", BASE, TIERS("\"Balanced\":{\"ga\":\"unknown\"}"),
     BASE_HEAD " Balanced preview=2024-11 ga=unknown" BASE_FLASH},
    {"a day over unknown", TIERS("\"Balanced\":{\"ga\":\"unknown\"}"),
     TIERS("\"Balanced\":{\"ga\":\"2025-05-12\"}"), "7.4: Balanced preview=- ga=2025-05-12\n"},
    {"a tier that names nothing", BASE, TIERS("\"Balanced\":{}"),
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"another tier", BASE, TIERS("\"Turbo\":{\"ga\":\"2025-06\"}"),
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12 FlashOptimized preview=2024-11 ga=- "
               "Turbo preview=- ga=2025-06\n"},
    {"a tier null", BASE, TIERS("\"Balanced\":null"), BASE_HEAD BASE_FLASH},
    {"the last tier null", BASE, TIERS("\"flashoptimized\":null"),
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12\n"},
    {"a tier null that is not there", BASE, TIERS("\"Turbo\":null"),
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"tiers null", BASE, RELEASE(",\"tiers\":null"), BASE_HEAD "\n"},
    {"another line", BASE, "{\"releases\":[{\"line\":\"7.10\"},{\"line\":\"6.0\"}]}",
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH "7.10:\n6.0:\n"},
    {"a line twice in one file",
     "{\"releases\":[{\"line\":\"7.4\",\"notes\":\"a\"},{\"line\":\"7.4\",\"source\":\"b\"}]}",
     "{}", "7.4 notes=a source=b:\n"},
    {"the line's place in its object does not matter",
     "{\"releases\":[{\"event\":false,\"tiers\":{\"B\":{\"ga\":\"2025-06\"}},\"line\":\"7.4\"}]}",
     "{}", "7.4 no event: B preview=- ga=2025-06\n"},
    {"unknown keys",
     "{\"x\":[{}],\"schema\":1,\"releases\":[{\"y\":7,\"line\":\"7.4\",\"tiers\":{\"B\":{\"z\":"
     "[1],\"ga\":\"2025-06\"}}}],\"retirements\":[]}",
     "{}", "7.4: B preview=- ga=2025-06\n"},
    {"the lists empty", BASE, "{\"releases\":[],\"retirements\":[]}",
     BASE_HEAD " Balanced preview=2024-11 ga=2025-05-12" BASE_FLASH},
    {"a retirement", RETIRED, "{}", "kind v1 date=2027-03-31 source=https://r\n"},
    {"its day", RETIRED, "{\"retirements\":[{\"kind\":\"V1\",\"date\":\"2027-09-30\"}]}",
     "kind v1 date=2027-09-30 source=https://r\n"},
    {"its month", RETIRED, "{\"retirements\":[{\"kind\":\"v1\",\"date\":\"2027-03\"}]}",
     "kind v1 date=2027-03 source=https://r\n"},
    {"its day null", RETIRED, "{\"retirements\":[{\"kind\":\"v1\",\"date\":null}]}",
     "kind v1 date=- source=https://r\n"},
    {"its source null", RETIRED, "{\"retirements\":[{\"kind\":\"v1\",\"source\":null}]}",
     "kind v1 date=2027-03-31 source=-\n"},
    {"another kind", RETIRED, "{\"retirements\":[{\"kind\":\"v2\",\"date\":\"2040-01-01\"}]}",
     "kind v1 date=2027-03-31 source=https://r\nkind v2 date=2040-01-01 source=-\n"},
};

static void merge(struct amr_catalog *catalog, const char *path, const char *text)
{
    struct amr_error err = {0};
    bool is_merged = amr_catalog_merge(catalog, path, text, strlen(text), &err);

    ck_assert_msg(is_merged, "%s", err.message);
}

START_TEST(test_merge)
{
    const struct merge_row *row = &merge_rows[_i];
    struct amr_catalog catalog;
    struct amr_buffer seen;

    amr_buffer_init(&seen, 4096);
    amr_catalog_init(&catalog);
    merge(&catalog, "first", row->first);
    merge(&catalog, "second", row->second);
    write_catalog(&seen, &catalog);
    ck_assert_msg(strcmp(amr_buffer_text(&seen), row->seen) == 0, "%s:\n%s", row->name,
                  amr_buffer_text(&seen));
    amr_catalog_free(&catalog);
    amr_buffer_free(&seen);
}
END_TEST

/* The message must start with the path and the pointer. */
static const struct refused_row {
    const char *name;
    const char *text;
    const char *start;
} refused_rows[] = {
    {"empty", "", "c.json: line 1: "},
    {"malformed on the third line", "{\n\"schema\":1,\n}", "c.json: line 3: "},
    {"duplicate keys", "{\"schema\":1,\"schema\":1}", "c.json: line 1: "},
    {"a duplicate tier", TIERS("\"B\":{},\"B\":{}"), "c.json: line 1: "},
    {"trailing junk", "{} x", "c.json: line 1: "},
    {"null", "null", "c.json: /: "},
    {"a list", "[]", "c.json: /: "},
    {"schema 2", "{\"schema\":2}", "c.json: /schema: "},
    {"schema a string", "{\"schema\":\"1\"}", "c.json: /schema: "},
    {"schema 1.0", "{\"schema\":1.0}", "c.json: /schema: "},
    {"schema null", "{\"schema\":null}", "c.json: /schema: "},
    {"reviewed unknown", "{\"reviewed\":\"unknown\"}", "c.json: /reviewed: "},
    {"reviewed a number", "{\"reviewed\":20261122}", "c.json: /reviewed: "},
    {"reviewed no day", "{\"reviewed\":\"2026-02-30\"}", "c.json: /reviewed: "},
    {"window 0", "{\"window_days\":0}", "c.json: /window_days: "},
    {"window negative", "{\"window_days\":-90}", "c.json: /window_days: "},
    {"window of ten years and more", "{\"window_days\":3661}", "c.json: /window_days: "},
    {"window beyond 64 bits", "{\"window_days\":99999999999999999999}", "c.json: /window_days: "},
    {"window a string", "{\"window_days\":\"90\"}", "c.json: /window_days: "},
    {"window a fraction", "{\"window_days\":90.0}", "c.json: /window_days: "},
    {"releases an object", "{\"releases\":{}}", "c.json: /releases: "},
    {"a release that is a string", "{\"releases\":[{\"line\":\"7.2\"},\"7.4\"]}",
     "c.json: /releases/1: "},
    {"a release that is null", "{\"releases\":[null]}", "c.json: /releases/0: "},
    {"no line", "{\"releases\":[{}]}", "c.json: /releases/0/line: "},
    {"a line null", "{\"releases\":[{\"line\":null}]}", "c.json: /releases/0/line: "},
    {"a line that is a number", "{\"releases\":[{\"line\":7.4}]}", "c.json: /releases/0/line: "},
    {"a line of three parts", "{\"releases\":[{\"line\":\"7.4.2\"}]}",
     "c.json: /releases/0/line: "},
    {"a line of one part", "{\"releases\":[{\"line\":\"7\"}]}", "c.json: /releases/0/line: "},
    {"a line with a leading zero", "{\"releases\":[{\"line\":\"7.04\"}]}",
     "c.json: /releases/0/line: "},
    {"event a string", RELEASE(",\"event\":\"true\""), "c.json: /releases/0/event: "},
    {"event a number", RELEASE(",\"event\":1"), "c.json: /releases/0/event: "},
    {"notes a number", RELEASE(",\"notes\":1"), "c.json: /releases/0/notes: "},
    {"source a list", RELEASE(",\"source\":[]"), "c.json: /releases/0/source: "},
    {"tiers a list", RELEASE(",\"tiers\":[]"), "c.json: /releases/0/tiers: "},
    {"a tier that is a string", TIERS("\"Balanced\":\"2025-05\""),
     "c.json: /releases/0/tiers/Balanced: "},
    {"ga a number", TIERS("\"Balanced\":{\"ga\":2025}"), "c.json: /releases/0/tiers/Balanced/ga: "},
    {"ga a year", TIERS("\"Balanced\":{\"ga\":\"2025\"}"),
     "c.json: /releases/0/tiers/Balanced/ga: "},
    {"ga month 13", TIERS("\"Balanced\":{\"ga\":\"2025-13\"}"),
     "c.json: /releases/0/tiers/Balanced/ga: "},
    {"ga no day", TIERS("\"Balanced\":{\"ga\":\"2025-02-29\"}"),
     "c.json: /releases/0/tiers/Balanced/ga: "},
    {"ga an instant", TIERS("\"Balanced\":{\"ga\":\"2025-05-12T00:00:00Z\"}"),
     "c.json: /releases/0/tiers/Balanced/ga: "},
    {"ga empty", TIERS("\"Balanced\":{\"ga\":\"\"}"), "c.json: /releases/0/tiers/Balanced/ga: "},
    {"ga UNKNOWN", TIERS("\"Balanced\":{\"ga\":\"UNKNOWN\"}"),
     "c.json: /releases/0/tiers/Balanced/ga: "},
    {"ga true", TIERS("\"Balanced\":{\"ga\":true}"), "c.json: /releases/0/tiers/Balanced/ga: "},
    {"preview unknown", TIERS("\"Balanced\":{\"preview\":\"unknown\"}"),
     "c.json: /releases/0/tiers/Balanced/preview: "},
    {"preview false", TIERS("\"Balanced\":{\"preview\":false}"),
     "c.json: /releases/0/tiers/Balanced/preview: "},
    {"retirements an object", "{\"retirements\":{}}", "c.json: /retirements: "},
    {"a retirement that is a string", "{\"retirements\":[\"v1\"]}", "c.json: /retirements/0: "},
    {"a retirement without kind", "{\"retirements\":[{\"date\":\"2027-03-31\"}]}",
     "c.json: /retirements/0/kind: "},
    {"a kind that is a number", "{\"retirements\":[{\"kind\":1}]}",
     "c.json: /retirements/0/kind: "},
    {"a retirement unknown", "{\"retirements\":[{\"kind\":\"v1\",\"date\":\"unknown\"}]}",
     "c.json: /retirements/0/date: "},
    {"a retirement's source a number", "{\"retirements\":[{\"kind\":\"v1\",\"source\":1}]}",
     "c.json: /retirements/0/source: "},
};

START_TEST(test_refused)
{
    const struct refused_row *row = &refused_rows[_i];
    struct amr_catalog catalog;
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = ""};

    amr_catalog_init(&catalog);
    ck_assert_msg(!amr_catalog_merge(&catalog, "c.json", row->text, strlen(row->text), &err),
                  "%s: taken", row->name);
    ck_assert_msg(err.code == AMR_ERROR_USAGE, "%s: code", row->name);
    ck_assert_msg(strncmp(err.message, row->start, strlen(row->start)) == 0, "%s: '%s'", row->name,
                  err.message);
    amr_catalog_free(&catalog);
}
END_TEST

enum { NO_AGE = -1, DAY = 20000 };

/* as_of is the first second of day 20000 (2024-10-04) plus `second`; the window of the last file
 * that names one counts. */
static const struct file_row {
    const char *name;
    const char *first;
    const char *second;
    int64_t as_of_second;
    int64_t window_days;
    int64_t age_days;
} file_rows[] = {
    {"nobody says anything", "{}", "{}", 0, 90, NO_AGE},
    {"reviewed today", "{\"reviewed\":\"2024-10-04\"}", "{}", 86399, 90, 0},
    {"reviewed yesterday", "{\"reviewed\":\"2024-10-03\"}", "{}", 0, 90, 1},
    {"the newest of two, the second", "{\"reviewed\":\"2024-09-01\"}",
     "{\"reviewed\":\"2024-10-01\"}", 0, 90, 3},
    {"the newest of two, the first", "{\"reviewed\":\"2024-10-01\"}",
     "{\"reviewed\":\"2024-09-01\"}", 0, 90, 3},
    {"one does not say", "{\"reviewed\":\"2024-10-01\"}", "{\"reviewed\":null}", 0, 90, 3},
    {"the first does not say", "{}", "{\"reviewed\":\"2024-10-01\"}", 0, 90, 3},
    {"reviewed in a month counts from its first day", "{\"reviewed\":\"2024-10\"}", "{}", 0, 90, 3},
    {"reviewed tomorrow", "{\"reviewed\":\"2024-10-05\"}", "{}", 0, 90, 0},
    {"a leap day between", "{\"reviewed\":\"2024-02-28\"}", "{}", 0, 90, 219},
    {"a window", "{\"window_days\":60}", "{}", 0, 60, NO_AGE},
    {"the last window", "{\"window_days\":60}", "{\"window_days\":120}", 0, 120, NO_AGE},
    {"the last window, though reviewed earlier", "{\"reviewed\":\"2024-10-04\",\"window_days\":60}",
     "{\"reviewed\":\"2024-10-03\",\"window_days\":120}", 0, 120, 0},
    {"a window null resets", "{\"window_days\":60}", "{\"window_days\":null}", 0, 90, NO_AGE},
    {"the least and the greatest", "{\"window_days\":1}", "{\"window_days\":3660}", 0, 3660,
     NO_AGE},
};

START_TEST(test_file)
{
    const struct file_row *row = &file_rows[_i];
    struct amr_catalog catalog;
    int64_t age_days = NO_AGE;

    amr_catalog_init(&catalog);
    ck_assert_int_eq(catalog.window_days, 90);
    merge(&catalog, "first", row->first);
    merge(&catalog, "second", row->second);
    ck_assert_msg(catalog.window_days == row->window_days, "%s: %" PRId64, row->name,
                  catalog.window_days);
    bool has_age =
        amr_catalog_age_days(&catalog, (int64_t)DAY * AMR_DAY_S + row->as_of_second, &age_days);
    ck_assert_msg(has_age == (row->age_days != NO_AGE), "%s: has age", row->name);
    ck_assert_msg(age_days == row->age_days, "%s: %" PRId64, row->name, age_days);
    ck_assert_str_eq(catalog.files->path, "first");
    ck_assert_str_eq(catalog.files->next->path, "second");
    ck_assert_ptr_null(catalog.files->next->next);
    amr_catalog_free(&catalog);
}
END_TEST

#define OLD "\"reviewed\":\"2026-01-01\","
#define NEW "\"reviewed\":\"2026-06-01\","
#define DATES(reviewed, tiers)                                                                     \
    "{" reviewed "\"releases\":[{\"line\":\"7.4\",\"tiers\":{" tiers "}}]}"
#define EVENT(reviewed, event) "{" reviewed "\"releases\":[{\"line\":\"7.4\",\"event\":" event "}]}"

/* A remark must name the file that overrides, what, the line and the file reviewed later. */
static const struct remark_row {
    const char *name;
    const char *first;
    const char *second;
    size_t count;
    const char *what;
} remark_rows[] = {
    {"another ga", DATES(NEW, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":{\"ga\":\"2025-06\"}"), 1, "ga"},
    {"another preview", DATES(NEW, "\"Balanced\":{\"preview\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":{\"preview\":\"2025-06\"}"), 1, "preview"},
    {"both", DATES(NEW, "\"Balanced\":{\"preview\":\"2024-11\",\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":{\"preview\":\"2024-10\",\"ga\":\"2025-06\"}"), 2, "preview"},
    {"null over a day", DATES(NEW, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":{\"ga\":null}"), 1, "ga"},
    {"another precision", DATES(NEW, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":{\"ga\":\"2025-05-01\"}"), 1, "ga"},
    {"a file without a day of review", DATES(NEW, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES("", "\"Balanced\":{\"ga\":\"2025-06\"}"), 1, "ga"},
    {"a tier taken away", DATES(NEW, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":null"), 1, "the tier Balanced"},
    {"all tiers taken away", DATES(NEW, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     "{" OLD "\"releases\":[{\"line\":\"7.4\",\"tiers\":null}]}", 1, "the tier Balanced"},
    {"another event", EVENT(NEW, "true"), EVENT(OLD, "false"), 1, "event"},
    {"the same ga", DATES(NEW, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":{\"ga\":\"2025-05\"}"), 0, NULL},
    {"the same event", EVENT(NEW, "false"), EVENT(OLD, "false"), 0, NULL},
    {"over one reviewed earlier", DATES(OLD, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(NEW, "\"Balanced\":{\"ga\":\"2025-06\"}"), 0, NULL},
    {"over one reviewed on the same day", DATES(OLD, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":{\"ga\":\"2025-06\"}"), 0, NULL},
    {"over one without a day of review", DATES("", "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Balanced\":{\"ga\":\"2025-06\"}"), 0, NULL},
    {"another tier", DATES(NEW, "\"Balanced\":{\"ga\":\"2025-05\"}"),
     DATES(OLD, "\"Turbo\":{\"ga\":\"2025-06\"}"), 0, NULL},
};

START_TEST(test_remark)
{
    const struct remark_row *row = &remark_rows[_i];
    struct amr_catalog catalog;
    size_t count = 0;

    amr_catalog_init(&catalog);
    merge(&catalog, "later.json", row->first);
    merge(&catalog, "mine.json", row->second);
    for (const struct amr_catalog_remark *at = catalog.remarks; at != NULL; at = at->next)
        count++;
    ck_assert_msg(count == row->count, "%s: %zu", row->name, count);
    const char *text = count == 0 ? "" : catalog.remarks->text;
    ck_assert_msg(count == 0 || strncmp(text, "mine.json ", 10) == 0, "%s: %s", row->name, text);
    ck_assert_msg(count == 0 || strstr(text, row->what) != NULL, "%s: %s", row->name, text);
    ck_assert_msg(count == 0 || strstr(text, "7.4") != NULL, "%s: %s", row->name, text);
    ck_assert_msg(count == 0 || strstr(text, "later.json") != NULL, "%s: %s", row->name, text);
    amr_catalog_free(&catalog);
}
END_TEST

/* Two precisions and the days that they stand for. */
static const struct date_row {
    const char *name;
    const char *ga;
    enum amr_date_precision precision;
    int64_t first_day;
    int64_t last_day;
} date_rows[] = {
    {"a day", "\"2024-10-04\"", AMR_DATE_DAY, DAY, DAY},
    {"a month", "\"2024-10\"", AMR_DATE_MONTH, DAY - 3, DAY + 27},
    {"a leap February", "\"2024-02\"", AMR_DATE_MONTH, DAY - 246, DAY - 218},
    {"unknown", "\"unknown\"", AMR_DATE_UNKNOWN, 0, 0},
    {"null", "null", AMR_DATE_NONE, 0, 0},
};

START_TEST(test_date)
{
    const struct date_row *row = &date_rows[_i];
    struct amr_catalog catalog;
    char text[256];

    (void)snprintf(text, sizeof(text), TIERS("\"Balanced\":{\"ga\":%s}"), row->ga);
    amr_catalog_init(&catalog);
    merge(&catalog, "first", text);
    const struct amr_catalog_tier *tier = amr_catalog_find_tier(catalog.lines, "bAlAnCeD");
    ck_assert_msg(tier != NULL, "%s: no tier", row->name);
    ck_assert_msg(tier->ga.precision == row->precision, "%s: precision", row->name);
    ck_assert_msg(row->first_day == 0 || tier->ga.first_day == row->first_day, "%s: first day",
                  row->name);
    ck_assert_msg(row->first_day == 0 || tier->ga.last_day == row->last_day, "%s: last day",
                  row->name);
    ck_assert_str_eq(tier->ga_file->path, "first");
    amr_catalog_free(&catalog);
}
END_TEST

START_TEST(test_find)
{
    struct amr_catalog catalog;

    amr_catalog_init(&catalog);
    merge(&catalog, "first", BASE);
    merge(&catalog, "second", RETIRED);
    const struct amr_catalog_line *line = amr_catalog_find_line(&catalog, (struct amr_line){7, 4});
    ck_assert_ptr_eq(line, catalog.lines);
    ck_assert_ptr_null(amr_catalog_find_line(&catalog, (struct amr_line){7, 40}));
    ck_assert_ptr_null(amr_catalog_find_line(&catalog, (struct amr_line){0, 0}));
    ck_assert_ptr_null(amr_catalog_find_tier(line, "Balance"));
    ck_assert_ptr_null(amr_catalog_find_tier(line, ""));
    ck_assert_str_eq(amr_catalog_find_retirement(&catalog, "V1")->source, "https://r");
    ck_assert_ptr_null(amr_catalog_find_retirement(&catalog, "v2"));
    ck_assert_ptr_null(amr_catalog_find_retirement(&catalog, NULL));
    merge(&catalog, "third", "{\"retirements\":[{\"kind\":\"v1\",\"date\":null}]}");
    ck_assert_ptr_null(amr_catalog_find_retirement(&catalog, "v1"));
    amr_catalog_free(&catalog);
    ck_assert_ptr_null(catalog.lines);
    ck_assert_int_eq(catalog.window_days, 90);
}
END_TEST

static void read_shipped(struct amr_buffer *text)
{
    const char *source_directory = getenv("srcdir");
    char path[4096];
    char bytes[4096];
    size_t length;

    (void)snprintf(path, sizeof(path), "%s/common/catalog.json",
                   source_directory == NULL ? "." : source_directory);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    amr_buffer_init(text, 1 << 20);
    while ((length = fread(bytes, 1, sizeof(bytes), file)) > 0)
        amr_buffer_append(text, bytes, length);
    ck_assert_int_eq(ferror(file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert(!amr_buffer_is_failed(text));
}

static bool is_address(const char *text)
{
    return text != NULL && strncmp(text, "https://", 8) == 0 && text[8] != '\0';
}

START_TEST(test_every_shipped_date_has_a_source)
{
    struct amr_catalog catalog;
    struct amr_buffer text;
    struct amr_date reviewed;
    size_t dates = 0;

    read_shipped(&text);
    amr_catalog_init(&catalog);
    merge(&catalog, "common/catalog.json", amr_buffer_text(&text));
    ck_assert(amr_catalog_reviewed(&catalog, &reviewed));
    ck_assert_int_eq(catalog.window_days, 90);
    for (const struct amr_catalog_line *line = catalog.lines; line != NULL; line = line->next) {
        char name[AMR_LINE_TEXT_SIZE];

        amr_line_format(line->line, name);
        ck_assert_msg(line->notes == NULL || is_address(line->notes), "%s: notes", name);
        for (const struct amr_catalog_tier *tier = line->tiers; tier != NULL; tier = tier->next) {
            bool has_date =
                tier->preview.precision != AMR_DATE_NONE || tier->ga.precision != AMR_DATE_NONE;

            ck_assert_msg(!has_date || is_address(line->source), "%s: no source", name);
            dates += has_date;
        }
    }
    for (const struct amr_catalog_retirement *at = catalog.retirements; at != NULL; at = at->next)
        ck_assert_msg(is_address(at->source), "%s: no source", at->kind);
    ck_assert_uint_gt(dates, 0);
    amr_catalog_free(&catalog);
    amr_buffer_free(&text);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_merge, merge_rows);
    UNIT_ADD_ROWS(tcase, test_refused, refused_rows);
    UNIT_ADD_ROWS(tcase, test_file, file_rows);
    UNIT_ADD_ROWS(tcase, test_remark, remark_rows);
    UNIT_ADD_ROWS(tcase, test_date, date_rows);
    tcase_add_test(tcase, test_find);
    tcase_add_test(tcase, test_every_shipped_date_has_a_source);
}

int main(void)
{
    return unit_run("catalog", add_tests);
}
