/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "decide.h"
#include "stage.h"
#include "unit.h"

enum { WORDS_BYTES_MAX = 4096 };

static const char as_of[] = "2027-01-05T13:12:00Z";

#define NOTHING_NEWER "7.4 - 2025-05-10"
#define GA            "7.4 - 2025-05-10, 8.0 - 2026-10-31"
#define GA_UNKNOWN    "7.4 - 2025-05-10, 8.0 - ?"
#define COMING        "7.4 - 2025-05-10, 8.0 - 2027-02-01"
#define PREVIEW       "7.4 - 2025-05-10, 8.0 2026-12-01 -"
#define GA_AND_NEWER  "7.4 - 2025-05-10, 8.0 - 2026-10-31, 8.2 2026-12-01 -"

static const struct amr_command plain = {.wait_limit_s = 1};
static const struct amr_command forced = {.is_forced = true};
static const struct amr_command previews = {.is_preview_allowed = true};

/* `flag` is deferUpgrade, `version` and `extra` as a scene takes them. */
static const struct {
    const char *name;
    enum amr_change change;
    const struct amr_command *command;
    const char *catalog;
    const char *flag;
    const char *extra;
    enum amr_step step;
    bool is_grave;
    const char *words; /* a part of them */
} rows[] = {
    {"defer", AMR_CHANGE_DEFER, &plain, NOTHING_NEWER, NOT_DEFERRED, NULL, AMR_STEP_SEND, false,
     "deferral will be chosen"},
    {"defer before a GA", AMR_CHANGE_DEFER, &plain, COMING, NOT_DEFERRED, NULL, AMR_STEP_SEND,
     false, "before 8.0 becomes GA on 2027-02-01"},
    {"defer what has no flag", AMR_CHANGE_DEFER, &plain, COMING, NULL, NULL, AMR_STEP_SEND, false,
     "deferral will be chosen"},
    {"defer once more", AMR_CHANGE_DEFER, &plain, COMING, DEFERRED, NULL, AMR_STEP_NOTHING, false,
     "deferral is chosen already"},
    {"defer after GA", AMR_CHANGE_DEFER, &plain, GA, NOT_DEFERRED, NULL, AMR_STEP_REFUSE, false,
     "8.0 is GA since 2026-10-31: deferral had to be chosen before"},
    {"defer after GA once more", AMR_CHANGE_DEFER, &plain, GA, DEFERRED, NULL, AMR_STEP_REFUSE,
     false, "deferral is chosen already: it cannot be chosen anew"},
    {"defer after a GA on a day not found", AMR_CHANGE_DEFER, &plain, GA_UNKNOWN, NOT_DEFERRED,
     NULL, AMR_STEP_REFUSE, false, "8.0 is GA since a day not found"},
    {"defer after GA by force", AMR_CHANGE_DEFER, &forced, GA, NOT_DEFERRED, NULL, AMR_STEP_SEND,
     false, "8.0 is GA since 2026-10-31"},
    {"defer what cannot be judged", AMR_CHANGE_DEFER, &plain, "6.0 - ?", NOT_DEFERRED, NULL,
     AMR_STEP_REFUSE, false, "it cannot be judged: the catalogue is out of date"},
    {"defer that by force", AMR_CHANGE_DEFER, &forced, "6.0 - ?", NOT_DEFERRED, NULL, AMR_STEP_SEND,
     false, "it cannot be judged"},
    {"undefer", AMR_CHANGE_UNDEFER, &plain, COMING, DEFERRED, NULL, AMR_STEP_SEND, false,
     "it can be chosen again before the next GA"},
    {"undefer after GA", AMR_CHANGE_UNDEFER, &plain, GA, DEFERRED, NULL, AMR_STEP_SEND, true,
     "so Azure may upgrade to 8.0 any day after that; an upgrade cannot be undone"},
    {"undefer what cannot be judged", AMR_CHANGE_UNDEFER, &plain, "6.0 - ?", DEFERRED, NULL,
     AMR_STEP_SEND, true, "so Azure may upgrade any day"},
    {"undefer what is not deferred", AMR_CHANGE_UNDEFER, &plain, GA, NOT_DEFERRED, NULL,
     AMR_STEP_NOTHING, false, "deferral is not chosen"},
    {"undefer what has no flag", AMR_CHANGE_UNDEFER, &plain, GA, NULL, NULL, AMR_STEP_NOTHING,
     false, "deferral is not chosen"},
    {"undefer an unknown flag", AMR_CHANGE_UNDEFER, &plain, GA, "\"Perhaps\"", NULL, AMR_STEP_SEND,
     true, "unknown value 'Perhaps'"},
    {"start", AMR_CHANGE_START, &plain, GA, NOT_DEFERRED, NULL, AMR_STEP_SEND, true,
     "it will be upgraded from 7.4 to 8.0, as far as the catalogue knows"},
    {"start a deferred one", AMR_CHANGE_START, &plain, GA, DEFERRED, NULL, AMR_STEP_SEND, true,
     "this cannot be undone"},
    {"start without anything newer", AMR_CHANGE_START, &plain, NOTHING_NEWER, NOT_DEFERRED, NULL,
     AMR_STEP_REFUSE, false, "the catalogue knows nothing newer than 7.4"},
    {"start what is to come", AMR_CHANGE_START, &plain, COMING, NOT_DEFERRED, NULL, AMR_STEP_REFUSE,
     false, "the catalogue knows nothing newer than 7.4"},
    {"start a preview", AMR_CHANGE_START, &plain, PREVIEW, NOT_DEFERRED, NULL, AMR_STEP_REFUSE,
     false, "8.0 is a preview"},
    {"start a preview above a GA", AMR_CHANGE_START, &plain, GA_AND_NEWER, NOT_DEFERRED, NULL,
     AMR_STEP_REFUSE, false, "8.2 is a preview"},
    {"start an allowed preview", AMR_CHANGE_START, &previews, PREVIEW, NOT_DEFERRED, NULL,
     AMR_STEP_SEND, true, "from 7.4 to 8.0, a preview"},
    {"start what cannot be judged", AMR_CHANGE_START, &plain, "6.0 - ?", NOT_DEFERRED, NULL,
     AMR_STEP_REFUSE, false, "it cannot be judged"},
    {"start what is at work", AMR_CHANGE_START, &plain, GA, NOT_DEFERRED,
     "\"resourceState\":\"Scaling\",", AMR_STEP_REFUSE, false,
     "it is at work: resource state Scaling"},
    {"start in a group", AMR_CHANGE_START, &plain, GA, NOT_DEFERRED,
     "\"geoReplication\":{\"groupNickname\":\"g\"},", AMR_STEP_SEND, true,
     "the geo-replication group 'g', whose other members are not touched"},
    {"a field of a wrong type", AMR_CHANGE_DEFER, &plain, GA, NOT_DEFERRED, "\"resourceState\":7,",
     AMR_STEP_REFUSE, false, "resourceState is a number"},
};

START_TEST(test_decide)
{
    const struct scene_database database = {
        .version = "\"7.4\"", .flag = rows[_i].flag, .extra = rows[_i].extra};
    struct stage stage;
    struct amr_buffer words;

    stage_set(&stage, rows[_i].catalog, &database, 1);
    stage_judge(&stage, as_of, NULL);
    struct amr_report report = {
        .fleet = &stage.fleet,
        .selection = &stage.selection,
        .catalog = &stage.catalog,
        .policy = &stage.policy,
        .verdict = &stage.verdict,
        .as_of_s = scene_instant(as_of),
    };
    amr_buffer_init(&words, WORDS_BYTES_MAX);
    struct amr_decision decision =
        amr_decide(rows[_i].change, rows[_i].command, &report, &stage.verdict.rows[0], &words);
    ck_assert_msg(strstr(amr_buffer_text(&words), rows[_i].words) != NULL, "%s: %s", rows[_i].name,
                  amr_buffer_text(&words));
    ck_assert_msg(decision.step == rows[_i].step, "%s: step %d", rows[_i].name, decision.step);
    ck_assert_msg(decision.is_grave == rows[_i].is_grave, "%s", rows[_i].name);
    amr_buffer_free(&words);
    stage_free(&stage);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_decide, rows);
}

int main(void)
{
    return unit_run("decide", add_tests);
}
