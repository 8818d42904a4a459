/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "history.h"
#include "scene.h"
#include "unit.h"

#define NONE     AMR_INSTANT_NONE
#define ENDPOINT "https://management.azure.com"
#define DAY      INT64_C(86400)
#define START    (500 * DAY)

/* Observations of one database on successive days from START, in words: the line, and d deferred,
 * n not deferred, a absent, o another value; "-" is a day on which Azure was not read. A word that
 * begins with "=" is of the same second as the one before. What the record says of days after
 * START, -1 where nothing. */
static const struct observe_row {
    const char *name;
    const char *days;
    const char *line;
    int first;
    const char *previous;
    int previous_last;
    int not_deferred;
    int deferred;
} observe_rows[] = {
    {"a first sighting, not deferred", "7.4n", "7.4", 0, "", -1, 0, -1},
    {"a first sighting, deferred", "7.4d", "7.4", 0, "", -1, -1, 0},
    {"absent counts as not deferred", "7.4a", "7.4", 0, "", -1, 0, -1},
    {"a value that is not known is neither", "7.4o", "7.4", 0, "", -1, -1, -1},
    {"the last time of not deferred", "7.4n 7.4n 7.4n", "7.4", 0, "", -1, 2, -1},
    {"the first time of deferred", "7.4d 7.4d 7.4d", "7.4", 0, "", -1, -1, 0},
    {"set after it was seen unset", "7.4n 7.4d 7.4d", "7.4", 0, "", -1, 0, 1},
    {"taken back and set again", "7.4d 7.4n 7.4d", "7.4", 0, "", -1, 1, 2},
    {"an unknown value breaks the run", "7.4d 7.4o 7.4d", "7.4", 0, "", -1, -1, 2},
    {"an upgrade, deferred all the time", "7.4d 7.4d 8.0d 8.0d", "8.0", 2, "7.4", 1, -1, 0},
    {"an upgrade between days apart", "7.4d - - 8.0d", "8.0", 3, "7.4", 0, -1, 0},
    {"an upgrade that took the flag back", "7.4d 8.0n", "8.0", 1, "7.4", 0, 1, -1},
    {"an upgrade of one not deferred", "7.4n 8.0n", "8.0", 1, "7.4", 0, 1, -1},
    {"two upgrades: the last counts", "7.2d 7.4d 8.0d", "8.0", 2, "7.4", 1, -1, 0},
    {"a patch is no upgrade", "7.4.1d 7.4.2d", "7.4", 0, "", -1, -1, 0},
    {"7.10 is above 7.4", "7.4n 7.10n", "7.10", 1, "7.4", 0, 1, -1},
    {"a lower line is another database", "8.0d 7.4d", "7.4", 1, "", -1, -1, 1},
    {"no version says nothing", "7.4n -n 7.4n", "7.4", 0, "", -1, 2, -1},
    {"set within one second", "7.4n =7.4d", "7.4", 0, "", -1, 0, 0},
    {"taken back within one second", "7.4d =7.4n", "7.4", 0, "", -1, 0, -1},
    {"taken back and set again within one second", "7.4d 7.4d =7.4n =7.4d", "7.4", 0, "", -1, 1, 1},
    {"upgraded within one second", "7.4d 7.4d =8.0d", "8.0", 1, "7.4", 1, -1, 0},
    {"unset on the line before, within one second", "7.4n =8.0d", "8.0", 0, "7.4", 0, -1, 0},
    {"unset before, upgraded within one second", "7.4n 7.4d =8.0d", "8.0", 1, "7.4", 1, 0, 1},
    {"unset on the new line, within one second", "7.4d =8.0n =8.0d", "8.0", 0, "7.4", 0, 0, 0},
    {"a lower line within one second is an older reading", "8.0n =7.4d", "8.0", 0, "", -1, 0, -1},
};

/* One day's fleet with one database, or none; version and flag of "7.4n". */
static void make_fleet(struct amr_fleet *fleet, const char *day, int64_t seen_s)
{
    static const char *const flags[] = {DEFERRED, NOT_DEFERRED, NULL, "\"Sometimes\""};
    size_t length = strlen(day);
    char version[16];

    if (strcmp(day, "-") == 0)
        return;
    (void)snprintf(version, sizeof(version), "\"%.*s\"", (int)length - 1, day);
    struct scene_database database = {
        .version = strcmp(version, "\"-\"") == 0 ? NULL : version,
        .flag = flags[strchr("dnao", day[length - 1]) - "dnao"],
    };
    scene_fleet(fleet, &database, 1);
    fleet->clusters[0].fetched_s = seen_s;
    fleet->clusters[0].is_read = true;
}

static void observe(struct amr_history *history, const char *day, int64_t seen_s)
{
    struct amr_fleet fleet = {0};
    struct amr_error err;

    make_fleet(&fleet, day, seen_s);
    ck_assert(amr_history_observe(history, &fleet, SCENE_SUBSCRIPTION, &err));
    amr_fleet_free(&fleet);
}

static void observe_days(struct amr_history *history, const char *days)
{
    char day[16];
    int length;

    for (int64_t at_s = START - DAY; sscanf(days, "%15s%n", day, &length) == 1; days += length) {
        at_s += day[0] == '=' ? 0 : DAY;
        observe(history, day + (day[0] == '='), at_s);
    }
}

static int64_t day(int number)
{
    return number < 0 ? NONE : START + number * DAY;
}

static void check_line(struct amr_line line, const char *wanted, const char *name)
{
    char text[AMR_LINE_TEXT_SIZE] = "";

    if (amr_line_is_known(line))
        amr_line_format(line, text);
    ck_assert_msg(strcmp(text, wanted) == 0, "%s: line '%s'", name, text);
}

static void check_record(const struct amr_history *history, const struct observe_row *row)
{
    ck_assert_uint_eq(history->count, 1);
    const struct amr_history_record *record = amr_history_find(history, history->entries[0].id);

    check_line(record->line, row->line, row->name);
    check_line(record->previous_line, row->previous, row->name);
    ck_assert_msg(record->line_first_seen_s == day(row->first), "%s: first", row->name);
    ck_assert_msg(record->previous_line_last_seen_s == day(row->previous_last), "%s: previous",
                  row->name);
    ck_assert_msg(record->not_deferred_last_seen_s == day(row->not_deferred),
                  "%s: not deferred %" PRId64, row->name, record->not_deferred_last_seen_s);
    ck_assert_msg(record->deferred_first_seen_s == day(row->deferred), "%s: deferred", row->name);
}

START_TEST(observes)
{
    const struct observe_row *row = &observe_rows[_i];
    struct amr_history history = {0};
    struct amr_history again = {0};
    struct amr_buffer document;
    struct amr_error err;

    observe_days(&history, row->days);
    check_record(&history, row);
    amr_buffer_init(&document, SCENE_BYTES_MAX);
    amr_history_format(&history, ENDPOINT, SCENE_SUBSCRIPTION, &document);
    ck_assert_msg(amr_history_read(amr_buffer_text(&document), document.length, ENDPOINT,
                                   SCENE_SUBSCRIPTION, &again, &err),
                  "%s: %s", row->name, err.message);
    check_record(&again, row);
    for (size_t length = 0; length < document.length - 1; length++) {
        struct amr_history cut = {0};

        ck_assert(!amr_history_read(amr_buffer_text(&document), length, ENDPOINT,
                                    SCENE_SUBSCRIPTION, &cut, &err));
        ck_assert(cut.entries == NULL);
    }
    amr_buffer_free(&document);
    amr_history_free(&history);
    amr_history_free(&again);
}
END_TEST

/* A second observation "7.4d" at START + at after "7.4n" at START: whether it is taken in. */
static const struct order_row {
    const char *name;
    int64_t at_s;
    int64_t deferred_s;
    int64_t not_deferred_s;
} order_rows[] = {
    {"later", 1, START + 1, START},
    {"at the same instant", 0, START, START},
    {"earlier", -1, NONE, START},
    {"the first was from the future: start anew", -301, START - 301, NONE},
};

START_TEST(keeps_order)
{
    const struct order_row *row = &order_rows[_i];
    struct amr_history history = {0};

    observe(&history, "7.4n", START);
    observe(&history, "7.4d", START + row->at_s);
    ck_assert_msg(history.entries[0].record.deferred_first_seen_s == row->deferred_s, "%s",
                  row->name);
    ck_assert_msg(history.entries[0].record.not_deferred_last_seen_s == row->not_deferred_s, "%s",
                  row->name);
    amr_history_free(&history);
}
END_TEST

START_TEST(passes_over_an_older_reading_of_a_lower_line)
{
    struct amr_history history = {0};

    observe(&history, "8.0n", START);
    observe(&history, "7.4d", START - 1);
    check_line(history.entries[0].record.line, "8.0", "an older reading");
    observe(&history, "7.4d", START - 301);
    check_line(history.entries[0].record.line, "7.4", "a clock that was wrong");
    amr_history_free(&history);
}
END_TEST

START_TEST(notes_only_what_was_read_now)
{
    struct amr_history history = {0};
    struct amr_fleet fleet = {0};
    struct amr_error err;

    make_fleet(&fleet, "7.4n", START);
    ck_assert(amr_history_observe(&history, &fleet, "another", &err));
    fleet.clusters[0].is_read = false;
    ck_assert(amr_history_observe(&history, &fleet, SCENE_SUBSCRIPTION, &err));
    ck_assert_uint_eq(history.count, 0);
    amr_fleet_free(&fleet);
}
END_TEST

/* An entry that was last seen so long before an observation of another database. */
static const struct drop_row {
    int64_t age_s;
    size_t count;
} drop_rows[] = {{399 * DAY, 2}, {400 * DAY, 2}, {400 * DAY + 1, 1}};

START_TEST(drops_what_is_gone)
{
    const struct drop_row *row = &drop_rows[_i];
    struct amr_history history = {0};
    struct amr_history_entry gone = {.id = "/gone", .last_seen_s = START - row->age_s};
    struct amr_error err;

    ck_assert(amr_history_add(&history, &gone, &err));
    observe(&history, "7.4n", START);
    ck_assert_uint_eq(history.count, row->count);
    ck_assert((amr_history_find(&history, "/GONE") != NULL) == (row->count == 2));
    ck_assert(amr_history_find(&history, history.entries[row->count - 1].id) ==
              &history.entries[row->count - 1].record);
    ck_assert(amr_history_find(&history, NULL) == NULL);
    amr_history_free(&history);
}
END_TEST

#define DOCUMENT(schema, databases)                                                                \
    "{\"schema\":" schema ",\"arm_endpoint\":\"" ENDPOINT                                          \
    "\",\"subscription\":\"" SCENE_SUBSCRIPTION "\",\"databases\":[" databases "]}"
#define SEEN "\"last_seen\":\"2027-01-01T00:00:00Z\",\"line_first_seen\":\"2027-01-01T00:00:00Z\""

static const struct document_row {
    const char *name;
    const char *text;
    bool is_taken;
} document_rows[] = {
    {"empty", DOCUMENT("1", ""), true},
    {"one", DOCUMENT("1", "{\"id\":\"/a\",\"line\":\"7.4\"," SEEN "}"), true},
    {"a version that is none", DOCUMENT("1", "{\"id\":\"/a\",\"line\":\"7\"," SEEN "}"), false},
    {"a number for a line", DOCUMENT("1", "{\"id\":\"/a\",\"line\":7.4," SEEN "}"), false},
    {"no line", DOCUMENT("1", "{\"id\":\"/a\"," SEEN "}"), false},
    {"no id", DOCUMENT("1", "{\"line\":\"7.4\"," SEEN "}"), false},
    {"no instant", DOCUMENT("1", "{\"id\":\"/a\",\"line\":\"7.4\"}"), false},
    {"an instant that is none",
     DOCUMENT("1", "{\"id\":\"/a\",\"line\":\"7.4\",\"deferred_first_seen\":\"x\"," SEEN "}"),
     false},
    {"a database twice",
     DOCUMENT("1", "{\"id\":\"/a\",\"line\":\"7.4\"," SEEN "},{\"id\":\"/A\",\"line\":\"7.4\"," SEEN
                   "}"),
     false},
    {"another schema", DOCUMENT("2", ""), false},
    {"no schema", "{\"databases\":[]}", false},
    {"another subscription",
     "{\"schema\":1,\"arm_endpoint\":\"" ENDPOINT "\",\"subscription\":\"x\",\"databases\":[]}",
     false},
    {"a list", "[]", false},
};

START_TEST(reads_documents)
{
    const struct document_row *row = &document_rows[_i];
    struct amr_history history = {0};
    struct amr_error err;

    bool is_taken = amr_history_read(row->text, strlen(row->text), ENDPOINT, SCENE_SUBSCRIPTION,
                                     &history, &err);
    ck_assert_msg(is_taken == row->is_taken, "%s: %s", row->name, is_taken ? "" : err.message);
    amr_history_free(&history);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, observes, observe_rows);
    UNIT_ADD_ROWS(tcase, keeps_order, order_rows);
    tcase_add_test(tcase, passes_over_an_older_reading_of_a_lower_line);
    tcase_add_test(tcase, notes_only_what_was_read_now);
    UNIT_ADD_ROWS(tcase, drops_what_is_gone, drop_rows);
    UNIT_ADD_ROWS(tcase, reads_documents, document_rows);
}

int main(void)
{
    return unit_run("observe", add_tests);
}
