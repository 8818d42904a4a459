/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "columns.h"
#include "icalendar.h"
#include "listing.h"
#include "picture.h"
#include "stage.h"
#include "terminal.h"
#include "text.h"
#include "timeline.h"
#include "unit.h"

enum { OUTPUT_BYTES_MAX = 1024 * 1024 };

static struct amr_report report_of(const struct stage *stage, const char *as_of)
{
    return (struct amr_report){
        .program = "amr-upgrade",
        .version = "0",
        .fleet = &stage->fleet,
        .selection = &stage->selection,
        .catalog = &stage->catalog,
        .policy = &stage->policy,
        .verdict = &stage->verdict,
        .source = AMR_DATA_FILE,
        .as_of_s = scene_instant(as_of),
        .now_s = scene_instant(as_of),
    };
}

/* Events as "KIND LINE DAY[..LATEST]" with blanks and commas between them. */
static void append_events(struct amr_buffer *buffer, const struct amr_timeline *timeline)
{
    for (size_t i = 0; i < timeline->count; i++) {
        const struct amr_event *event = &timeline->events[i];
        char line[AMR_LINE_TEXT_SIZE];
        char day[AMR_DATE_TEXT_SIZE];
        char latest[AMR_DATE_TEXT_SIZE];

        amr_line_format(event->line, line);
        amr_day_format(event->day, day);
        amr_day_format(event->latest_day, latest);
        amr_buffer_append_format(buffer, "%s%s %s %s", i == 0 ? "" : ", ",
                                 amr_event_word(event->kind), line, day);
        if (event->latest_day != event->day)
            amr_buffer_append_format(buffer, "..%s", latest);
    }
}

static const struct {
    const char *name;
    const char *catalog;
    struct scene_database database;
    const char *as_of;
    const char *events;
} events_rows[] = {
    {"nothing newer",
     "7.4 - 2025-05-10",
     {.version = "\"7.4\"", .flag = NOT_DEFERRED},
     "2027-01-05T13:12:00Z",
     ""},
    {"due",
     "7.4 - 2025-05-10, 8.0 - 2026-10-31",
     {.version = "\"7.4\"", .flag = NOT_DEFERRED},
     "2027-01-05T13:12:00Z",
     "any-day 8.0 2027-01-05"},
    {"deferred",
     "7.4 - 2025-05-10, 8.0 - 2026-10-31",
     {.version = "\"7.4\"", .flag = DEFERRED},
     "2027-01-05T13:12:00Z",
     "deadline 8.0 2027-01-29"},
    {"overdue",
     "7.4 - 2025-05-10, 8.0 - 2026-10-31",
     {.version = "\"7.4\"", .flag = DEFERRED},
     "2027-02-05T13:12:00Z",
     "deadline 8.0 2027-01-29"},
    {"GA known to the month",
     "7.4 - 2025-05-10, 8.0 - 2026-10",
     {.version = "\"7.4\"", .flag = DEFERRED},
     "2026-11-05T13:12:00Z",
     "deadline 8.0 2026-12-30..2027-01-29"},
    {"choice",
     "7.4 - 2025-05-10, 8.0 - 2027-02-01",
     {.version = "\"7.4\"", .flag = NOT_DEFERRED},
     "2027-01-05T13:12:00Z",
     "last-day-to-choose 8.0 2027-01-31, ga 8.0 2027-02-01"},
    {"choice, chosen",
     "7.4 - 2025-05-10, 8.0 - 2027-02-01",
     {.version = "\"7.4\"", .flag = DEFERRED},
     "2027-01-05T13:12:00Z",
     "ga 8.0 2027-02-01, deadline 8.0 2027-05-02"},
    {"choice before a month",
     "7.4 - 2025-05-10, 8.0 - 2027-02",
     {.version = "\"7.4\"", .flag = NOT_DEFERRED},
     "2027-01-05T13:12:00Z",
     "last-day-to-choose 8.0 2027-01-31..2027-02-27, ga 8.0 2027-02-01..2027-02-28"},
    {"deferred, and one more to come",
     "7.4 - 2025-05-10, 8.0 - 2026-10-31, 8.2 - 2027-02-01",
     {.version = "\"7.4\"", .flag = DEFERRED},
     "2027-01-05T13:12:00Z",
     "deadline 8.0 2027-01-29, ga 8.2 2027-02-01"},
    {"GA on a day not found",
     "7.4 - 2025-05-10, 8.0 - ?",
     {.version = "\"7.4\"", .flag = NOT_DEFERRED},
     "2027-01-05T13:12:00Z",
     "any-day 8.0 2027-01-05"},
    {"no version", "7.4 - 2025-05-10", {.flag = NOT_DEFERRED}, "2027-01-05T13:12:00Z", ""},
};

START_TEST(test_events)
{
    struct stage stage;
    struct amr_timeline timeline;
    struct amr_error err;
    struct amr_buffer events;

    stage_set(&stage, events_rows[_i].catalog, &events_rows[_i].database, 1);
    stage_judge(&stage, events_rows[_i].as_of, NULL);
    struct amr_report report = report_of(&stage, events_rows[_i].as_of);
    ck_assert(amr_timeline_make(&report, &timeline, &err));
    amr_buffer_init(&events, OUTPUT_BYTES_MAX);
    append_events(&events, &timeline);
    ck_assert_msg(strcmp(amr_buffer_text(&events), events_rows[_i].events) == 0, "%s: %s",
                  events_rows[_i].name, amr_buffer_text(&events));
    amr_buffer_free(&events);
    amr_timeline_free(&timeline);
    stage_free(&stage);
}
END_TEST

/* What is made of a fleet with a name that is long, foreign and of several bytes a character. */
struct show {
    struct stage stage;
    struct amr_report report;
    struct amr_timeline timeline;
    struct amr_buffer output;
};

static const struct scene_database hostile[] = {
    {.cluster =
         "=cmd,\\\"\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4"
         "\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4"
         "\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u001b"
         "[2J\\u202e;<b>&x",
     .version = "\"7.4\"",
     .flag = DEFERRED},
    {.cluster = "cart", .version = "\"7.4\"", .flag = NOT_DEFERRED},
};

static void show_open(struct show *show)
{
    static const char as_of[] = "2027-01-05T13:12:00Z";
    struct amr_error err;

    stage_set(&show->stage, "7.4 - 2025-05-10, 8.0 2026-07-15 2026-10-31, 8.2 - 2027-02-01",
              hostile, AMR_COUNT_OF(hostile));
    stage_judge(&show->stage, as_of, NULL);
    show->report = report_of(&show->stage, as_of);
    ck_assert(amr_timeline_make(&show->report, &show->timeline, &err));
    amr_buffer_init(&show->output, OUTPUT_BYTES_MAX);
}

static void show_close(struct show *show)
{
    amr_buffer_free(&show->output);
    amr_timeline_free(&show->timeline);
    stage_free(&show->stage);
}

/* The longest line in characters. */
static size_t widest(const char *text)
{
    size_t most = 0;
    size_t width = 0;

    for (; *text != '\0'; text++) {
        bool is_start = ((unsigned char)*text & 0xC0) != 0x80;

        width = *text == '\n' ? 0 : width + is_start;
        most = width > most ? width : most;
    }
    return most;
}

static void assert_tame(const struct amr_buffer *output)
{
    const char *text = amr_buffer_text(output);

    ck_assert(!amr_buffer_is_failed(output));
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_ptr_null(strstr(text, "\u202e"));
    ck_assert(amr_text_is_utf8(text, output->length));
}

START_TEST(test_terminal_is_80_columns)
{
    const struct amr_terminal terminals[] = {{false, false}, {false, true}};

    for (size_t i = 0; i < AMR_COUNT_OF(terminals); i++) {
        struct show show;

        show_open(&show);
        amr_terminal_append(&show.output, &show.report, &show.timeline, &terminals[i]);
        assert_tame(&show.output);
        ck_assert_uint_le(widest(amr_buffer_text(&show.output)), 80);
        show_close(&show);
    }
}
END_TEST

START_TEST(test_terminal_in_colour)
{
    const struct amr_terminal terminal = {true, true};
    struct show show;

    show_open(&show);
    amr_terminal_append(&show.output, &show.report, &show.timeline, &terminal);
    ck_assert_ptr_nonnull(strstr(amr_buffer_text(&show.output), "\033[31m\u25c6\033[0m"));
    show_close(&show);
}
END_TEST

START_TEST(test_calendar_is_folded)
{
    struct show show;

    show_open(&show);
    amr_icalendar_append(&show.output, &show.report, &show.timeline);
    assert_tame(&show.output);
    const char *line = amr_buffer_text(&show.output);
    for (const char *end; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
        size_t length = (size_t)(end - line);

        ck_assert_uint_le(length, 75);
        ck_assert(amr_text_is_utf8(line, strcspn(line, "\r")) || length == 0);
        ck_assert_ptr_null(memchr(line, '\n', length));
    }
    ck_assert_str_eq(line, "");
    ck_assert_ptr_nonnull(strstr(amr_buffer_text(&show.output), "=cmd\\,\""));
    ck_assert_ptr_nonnull(
        strstr(amr_buffer_text(&show.output), "\r\nDTSTAMP:20261230T000000Z\r\n"));
    show_close(&show);
}
END_TEST

START_TEST(test_calendar_stays_the_same_day_after_day)
{
    struct show show;
    struct amr_buffer later;

    show_open(&show);
    amr_icalendar_append(&show.output, &show.report, &show.timeline);
    show.report.now_s += 3 * AMR_DAY_S;
    show.report.as_of_s += 3 * AMR_DAY_S;
    amr_buffer_init(&later, OUTPUT_BYTES_MAX);
    amr_icalendar_append(&later, &show.report, &show.timeline);
    ck_assert_str_eq(amr_buffer_text(&show.output), amr_buffer_text(&later));
    amr_buffer_free(&later);
    show_close(&show);
}
END_TEST

START_TEST(test_picture)
{
    struct show show;

    show_open(&show);
    amr_picture_append(&show.output, &show.report, &show.timeline);
    assert_tame(&show.output);
    ck_assert_ptr_null(strstr(amr_buffer_text(&show.output), "<b>"));
    ck_assert_ptr_null(strstr(amr_buffer_text(&show.output), "&x"));
    show_close(&show);
}
END_TEST

START_TEST(test_csv_quotes_and_disarms)
{
    struct show show;

    show_open(&show);
    amr_columns_append_csv(&show.output, &show.report);
    assert_tame(&show.output);
    ck_assert_ptr_nonnull(strstr(amr_buffer_text(&show.output), ",'\"=cmd,\"\""));
    show_close(&show);
}
END_TEST

START_TEST(test_table_has_a_column_for_several_subscriptions)
{
    static const struct scene_database databases[] = {
        {.cluster = "a", .version = "\"7.4\""},
        {.cluster = "b",
         .version = "\"7.4\"",
         .subscription = "22222222-2222-4222-8222-222222222222"},
    };
    struct stage stage;
    struct amr_buffer output;

    for (size_t count = 1; count <= AMR_COUNT_OF(databases); count++) {
        stage_set(&stage, "7.4 - 2025-05-10", databases, count);
        stage_judge(&stage, "2027-01-05T00:00:00Z", NULL);
        struct amr_report report = report_of(&stage, "2027-01-05T00:00:00Z");
        amr_buffer_init(&output, OUTPUT_BYTES_MAX);
        amr_columns_append_table(&output, &report);
        assert_tame(&output);
        ck_assert_int_eq(strstr(amr_buffer_text(&output), "SUBSCRIPTION") != NULL, count == 2);
        amr_buffer_free(&output);
        stage_free(&stage);
    }
}
END_TEST

/* What is printed as JSON is the same catalogue once more. */
START_TEST(test_listing_is_a_catalogue)
{
    static const char *const catalogs[] = {
        "7.2 - ?, 7.4 2024-11 2025-05, 7.6* - 2025-06-01, 8.0 2026-07-15 -",
        "{\"schema\":1,\"window_days\":30,\"releases\":[{\"line\":\"8.0\",\"notes\":\"https://n\","
        "\"source\":\"https://s\",\"tiers\":{}}],\"retirements\":[{\"kind\":\"v1\",\"date\":"
        "\"2027-03\",\"source\":null},{\"kind\":\"v\\\"2\"}]}",
        "{\"schema\":1}",
    };

    for (size_t i = 0; i < AMR_COUNT_OF(catalogs); i++) {
        struct amr_catalog first;
        struct amr_catalog second;
        struct amr_buffer texts[2];

        amr_catalog_init(&first);
        amr_catalog_init(&second);
        scene_catalog(&first, catalogs[i]);
        amr_buffer_init(&texts[0], OUTPUT_BYTES_MAX);
        amr_listing_append_json(&texts[0], &first);
        scene_merge(&second, amr_buffer_text(&texts[0]));
        amr_buffer_init(&texts[1], OUTPUT_BYTES_MAX);
        amr_listing_append_json(&texts[1], &second);
        ck_assert_str_eq(amr_buffer_text(&texts[0]), amr_buffer_text(&texts[1]));
        amr_buffer_free(&texts[0]);
        amr_buffer_free(&texts[1]);
        amr_catalog_free(&first);
        amr_catalog_free(&second);
    }
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_events, events_rows);
    tcase_add_test(tcase, test_terminal_is_80_columns);
    tcase_add_test(tcase, test_terminal_in_colour);
    tcase_add_test(tcase, test_calendar_is_folded);
    tcase_add_test(tcase, test_calendar_stays_the_same_day_after_day);
    tcase_add_test(tcase, test_picture);
    tcase_add_test(tcase, test_csv_quotes_and_disarms);
    tcase_add_test(tcase, test_table_has_a_column_for_several_subscriptions);
    tcase_add_test(tcase, test_listing_is_a_catalogue);
}

int main(void)
{
    return unit_run("timeline", add_tests);
}
