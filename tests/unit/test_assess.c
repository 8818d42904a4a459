/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "assess.h"
#include "scene.h"
#include "unit.h"

/* What was observed before; instants as text, NULL where nothing was. */
struct observed {
    const char *line; /* NULL: no record */
    const char *since;
    const char *previous;
    const char *previous_until;
    const char *unset; /* last seen not deferred */
    const char *set;   /* first seen deferred, unbroken since */
};

/* One decision. `catalog` as scene_catalog takes it; a NULL field of the database takes the default
 * of a scene, `version` is a JSON value. `expected` is what render() makes of the assessment. */
struct row {
    const char *name;
    const char *catalog;
    const char *version;
    const char *flag;
    const char *as_of;
    const char *expected;
    const char *sku;
    const char *cluster_extra;
    const char *extra;
    struct observed history;
    const char *warning;
    const char *critical;
    const char *choice;
    const char *severities;
    enum amr_intent intent;
    bool is_skewed;
};

static const char *const reason_words[] = {
    [AMR_REASON_NONE] = "",
    [AMR_REASON_FAULT] = " because fault",
    [AMR_REASON_NO_VERSION] = " because no-version",
    [AMR_REASON_BAD_VERSION] = " because bad-version",
    [AMR_REASON_NO_SKU] = " because no-sku",
    [AMR_REASON_TIER_NOT_LISTED] = " because tier-not-listed",
    [AMR_REASON_LINE_NOT_LISTED] = " because line-not-listed",
    [AMR_REASON_DEFERRAL_OTHER] = " because deferral-other",
    [AMR_REASON_GA_DAY_NOT_FOUND] = " because ga-day-not-found",
    [AMR_REASON_SET_AFTER_GA] = " because set-after-ga",
    [AMR_REASON_NEWER_NOT_COVERED] = " because newer-not-covered",
};

static void append_line(struct amr_buffer *text, const char *word, struct amr_line line)
{
    if (amr_line_is_known(line))
        amr_buffer_append_format(text, " %s %u.%u", word, line.major, line.minor);
}

static void append_days(struct amr_buffer *text, const char *word, int64_t hundredths)
{
    if (hundredths == AMR_DAYS_NONE)
        return;
    int64_t size = hundredths < 0 ? -hundredths : hundredths;
    amr_buffer_append_format(text, " %s %s%" PRId64 ".%02" PRId64, word, hundredths < 0 ? "-" : "",
                             size / 100, size % 100);
}

static void append_instant(struct amr_buffer *text, const char *word, int64_t instant_s)
{
    char instant[AMR_INSTANT_TEXT_SIZE];

    if (instant_s == AMR_INSTANT_NONE)
        return;
    amr_instant_format(instant_s, instant);
    amr_buffer_append_format(text, " %s %s", word, instant);
}

static void append_date(struct amr_buffer *text, const char *word, const struct amr_date *date)
{
    char day[AMR_DATE_TEXT_SIZE];

    if (date->precision == AMR_DATE_NONE)
        return;
    amr_date_format(date, day);
    amr_buffer_append_format(text, "%s %s", word, day);
}

static void append_dates(struct amr_buffer *text, const struct amr_assessment *assessment)
{
    append_date(text, " ga", &assessment->ga);
    append_instant(text, "deadline", assessment->deadline_s);
    if (assessment->deadline_latest_s != assessment->deadline_s)
        append_instant(text, "latest", assessment->deadline_latest_s);
    append_days(text, "left", assessment->days_left_hundredths);
}

static void append_advisories(struct amr_buffer *text, const struct amr_assessment *assessment)
{
    for (int i = 0; i < AMR_ADVISORY_COUNT; i++) {
        if (assessment->has_advisory[i])
            amr_buffer_append_format(text, "; %s %s", amr_advisory_word((enum amr_advisory)i),
                                     amr_severity_word(assessment->advisories[i]));
        if (assessment->has_advisory[i] && i == AMR_ADVISORY_RETIREMENT)
            append_instant(text, "at", assessment->retirement_s);
    }
}

/* Everything that the contract defines, what is not known left out: "STATE SEVERITY because REASON
 * to TARGET first LINE ga DATE deadline INSTANT latest INSTANT left DAYS next LINE DATE in DAYS
 * manual LINE preview behind N; ADVISORY SEVERITY". An unknown state defines only itself. */
static void render(struct amr_buffer *text, const struct amr_assessment *assessment)
{
    amr_buffer_append_format(text, "%s %s%s", amr_state_word(assessment->state),
                             amr_severity_word(assessment->severity),
                             reason_words[assessment->reason]);
    if (assessment->state != AMR_STATE_UNKNOWN) {
        append_line(text, "to", assessment->target);
        append_line(text, "first", assessment->first);
        append_dates(text, assessment);
        append_line(text, "next", assessment->next);
        append_date(text, "", &assessment->next_ga);
        append_days(text, "in", assessment->days_to_ga_hundredths);
        append_line(text, "manual", assessment->manual_target);
        amr_buffer_append_text(text, assessment->is_manual_preview ? " preview" : "");
        if (assessment->lines_behind != 0)
            amr_buffer_append_format(text, " behind %d", assessment->lines_behind);
    }
    append_advisories(text, assessment);
}

static struct amr_line line_of(const char *text)
{
    struct amr_line line = {0, 0};

    ck_assert_msg(text == NULL || amr_line_parse(text, &line), "'%s' is no line", text);
    return line;
}

static int64_t instant_or_none(const char *text)
{
    return text == NULL ? AMR_INSTANT_NONE : scene_instant(text);
}

static void set_history(struct amr_history_record *record, const struct observed *observed)
{
    record->line = line_of(observed->line);
    record->line_first_seen_s = instant_or_none(observed->since);
    record->previous_line_last_seen_s = instant_or_none(observed->previous_until);
    record->previous_line = line_of(observed->previous);
    record->not_deferred_last_seen_s = instant_or_none(observed->unset);
    record->deferred_first_seen_s = instant_or_none(observed->set);
}

static void set_policy(struct amr_policy *policy, const struct row *row)
{
    amr_policy_init(policy);
    scene_range(&policy->warning, row->warning);
    scene_range(&policy->critical, row->critical);
    scene_range(&policy->choice_warning, row->choice);
    scene_severities(policy, row->severities);
    policy->intent = row->intent;
}

static void set_fleet(struct amr_fleet *fleet, const struct row *row)
{
    struct scene_database database = {
        .version = row->version,
        .flag = row->flag,
        .sku = row->sku,
        .cluster_extra = row->cluster_extra,
        .extra = row->extra,
    };

    scene_fleet(fleet, &database, 1);
}

static void check(const struct row *row)
{
    struct amr_catalog catalog;
    struct amr_fleet fleet = {0};
    struct amr_policy policy;
    struct amr_history_record record;
    struct amr_assessment assessment;
    struct amr_buffer text;

    amr_catalog_init(&catalog);
    scene_catalog(&catalog, row->catalog);
    set_fleet(&fleet, row);
    set_policy(&policy, row);
    set_history(&record, &row->history);
    const struct amr_assess_input input = {
        .fleet = &fleet,
        .catalog = &catalog,
        .policy = &policy,
        .history = row->history.line == NULL ? NULL : &record,
        .is_skewed = row->is_skewed,
        .as_of_s = scene_instant(row->as_of),
    };
    amr_assess(&input, &assessment);
    amr_buffer_init(&text, 4096);
    render(&text, &assessment);
    ck_assert_msg(strcmp(amr_buffer_text(&text), row->expected) == 0,
                  "%s:\n  is   '%s'\n  not  '%s'", row->name, amr_buffer_text(&text),
                  row->expected);
    amr_buffer_free(&text);
    amr_fleet_free(&fleet);
    amr_catalog_free(&catalog);
}

#define V72 "\"7.2\""
#define V74 "\"7.4\""
#define V80 "\"8.0\""
#define V82 "\"8.2\""

/* 2026-10-31 and 90 days: 30 to the end of November, 31 to that of December, 29 of January. */
#define GA_74         "7.4 2024-11 2025-05"
#define OCTOBER       GA_74 ", 8.0 2026-07-15 2026-10-31"
#define OCTOBER_FIRST "first 8.0 ga 2026-10-31"
#define OCTOBER_DUE   "to 8.0 " OCTOBER_FIRST
#define OCTOBER_END   OCTOBER_FIRST " deadline 2027-01-29T00:00:00Z"
#define ONE_BEHIND    " manual 8.0 behind 1"

/* 23 days and 10:48 h before 2027-01-29: 23.45. */
#define TODAY "2027-01-05T13:12:00Z"

static const struct row state_rows[] = {
    {"current", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok"},
    {"current with deferral", GA_74, V74, DEFERRED, TODAY, .expected = "current ok"},
    {"preview", GA_74 ", 8.0 2026-12-01 -", V80, NOT_DEFERRED, TODAY, .expected = "preview ok"},
    {"available", GA_74 ", 8.0 2026-12-01 -", V74, NOT_DEFERRED, TODAY,
     .expected = "available ok to 8.0 manual 8.0 preview"},
    {"available with deferral", GA_74 ", 8.0 2026-12-01 -", V74, DEFERRED, TODAY,
     .expected = "available ok to 8.0 manual 8.0 preview"},
    {"choice", GA_74 ", 8.0 2026-12-01 2027-03-01", V74, NOT_DEFERRED, TODAY,
     .expected = "choice ok to 8.0 first 8.0 ga 2027-03-01 next 8.0 2027-03-01 in 54.45"},
    {"due", OCTOBER, V74, NOT_DEFERRED, TODAY, .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"deferred", OCTOBER, V74, DEFERRED, TODAY,
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND},
    {"overdue", OCTOBER, V74, DEFERRED, "2027-02-01T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left -3.00" ONE_BEHIND},
    {"late", OCTOBER, V74, DEFERRED, TODAY,
     .expected = "late warning because set-after-ga to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND,
     .history = {"7.4", .since = "2026-06-01T00:00:00Z", .unset = "2026-11-02T00:00:00Z",
                 .set = "2026-11-03T00:00:00Z"}},
    {"unknown", OCTOBER, NULL, DEFERRED, TODAY, .expected = "unknown unknown because no-version"},
};

START_TEST(test_state)
{
    check(&state_rows[_i]);
}
END_TEST

static const struct row deadline_rows[] = {
    {"a second before the deadline", OCTOBER, V74, DEFERRED, "2027-01-28T23:59:59Z",
     .expected = "deferred critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND},
    {"the deadline's second", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND},
    {"a second after the deadline", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:01Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left -0.01" ONE_BEHIND},
    {"a hundredth after: 864 s", OCTOBER, V74, DEFERRED, "2027-01-29T00:14:24Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left -0.01" ONE_BEHIND},
    {"865 s after", OCTOBER, V74, DEFERRED, "2027-01-29T00:14:25Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left -0.02" ONE_BEHIND},
    {"864 s before", OCTOBER, V74, DEFERRED, "2027-01-28T23:45:36Z",
     .expected = "deferred critical to 8.0 " OCTOBER_END " left 0.01" ONE_BEHIND},
    {"863 s before", OCTOBER, V74, DEFERRED, "2027-01-28T23:45:37Z",
     .expected = "deferred critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND},
    {"due knows no deadline", OCTOBER, V74, NOT_DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"30.01", OCTOBER, V74, DEFERRED, "2026-12-29T23:45:36Z",
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 30.01" ONE_BEHIND},
    {"30.00", OCTOBER, V74, DEFERRED, "2026-12-30T00:00:00Z",
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 30.00" ONE_BEHIND},
    {"29.99", OCTOBER, V74, DEFERRED, "2026-12-30T00:00:01Z",
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 29.99" ONE_BEHIND},
    {"7.01", OCTOBER, V74, DEFERRED, "2027-01-21T23:45:36Z",
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 7.01" ONE_BEHIND},
    {"7.00", OCTOBER, V74, DEFERRED, "2027-01-22T00:00:00Z",
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 7.00" ONE_BEHIND},
    {"6.99", OCTOBER, V74, DEFERRED, "2027-01-22T00:00:01Z",
     .expected = "deferred critical to 8.0 " OCTOBER_END " left 6.99" ONE_BEHIND},
    {"-w 20: at 23.45", OCTOBER, V74, DEFERRED, TODAY,
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND, .warning = "20:"},
    {"-c 25: at 23.45", OCTOBER, V74, DEFERRED, TODAY,
     .expected = "deferred critical to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND,
     .critical = "25:"},
    {"-c without -w", OCTOBER, V74, DEFERRED, TODAY,
     .expected = "deferred critical to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND,
     .warning = "~:", .critical = "25:"},
    {"-w @20:23.45", OCTOBER, V74, DEFERRED, TODAY,
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND,
     .warning = "@20:23.45"},
    {"-w @20:23.44", OCTOBER, V74, DEFERRED, TODAY,
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND,
     .warning = "@20:23.44"},
    {"ranges leave overdue alone", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND,
     .warning = "~:", .critical = "~:"},
};

START_TEST(test_deadline)
{
    check(&deadline_rows[_i]);
}
END_TEST

/* 2026-10-01 and 90 days is 2026-12-30 (30 of October, 30 of November, 30 of December), 2026-10-31
 * and 90 days is 2027-01-29. */
#define MONTH       GA_74 ", 8.0 - 2026-10"
#define MONTH_FIRST "to 8.0 first 8.0 ga 2026-10"
#define MONTH_END   MONTH_FIRST " deadline 2026-12-30T00:00:00Z latest 2027-01-29T00:00:00Z"

static const struct row month_rows[] = {
    {"a second before the month", MONTH, V74, DEFERRED, "2026-09-30T23:59:59Z",
     .expected = "choice ok " MONTH_FIRST " next 8.0 2026-10 in 0.00"},
    {"the month's first second", MONTH, V74, DEFERRED, "2026-10-01T00:00:00Z",
     .expected = "deferred ok " MONTH_END " left 90.00" ONE_BEHIND},
    {"the month's first second, due", MONTH, V74, NOT_DEFERRED, "2026-10-01T00:00:00Z",
     .expected = "due warning " MONTH_FIRST ONE_BEHIND},
    {"the last good day", MONTH, V74, DEFERRED, "2026-12-29T00:00:00Z",
     .expected = "deferred critical " MONTH_END " left 1.00" ONE_BEHIND},
    {"at the early end", MONTH, V74, DEFERRED, "2026-12-30T00:00:00Z",
     .expected = "deferred critical " MONTH_END " left 0.00" ONE_BEHIND},
    {"a second after the early end", MONTH, V74, DEFERRED, "2026-12-30T00:00:01Z",
     .expected = "deferred critical " MONTH_END " left -0.01" ONE_BEHIND},
    {"between the ends", MONTH, V74, DEFERRED, "2027-01-09T12:00:00Z",
     .expected = "deferred critical " MONTH_END " left -10.50" ONE_BEHIND},
    {"a second before the late end", MONTH, V74, DEFERRED, "2027-01-28T23:59:59Z",
     .expected = "deferred critical " MONTH_END " left -30.00" ONE_BEHIND},
    {"at the late end", MONTH, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue critical " MONTH_END " left -30.00" ONE_BEHIND},
    {"a second after the late end", MONTH, V74, DEFERRED, "2027-01-29T00:00:01Z",
     .expected = "overdue critical " MONTH_END " left -30.01" ONE_BEHIND},
};

START_TEST(test_month)
{
    check(&month_rows[_i]);
}
END_TEST

#define TWO_BEHIND " manual 8.2 behind 2"

/* On 2026-12-20 there are 40 days left to 2027-01-29, on 2027-01-24 there are 5. 2026-12-15 and 90
 * days is 2027-03-15. */
static const struct row several_rows[] = {
    {"two, due", OCTOBER ", 8.2 - 2026-12-15", V74, NOT_DEFERRED, "2026-12-20T00:00:00Z",
     .expected = "due warning to 8.2 " OCTOBER_FIRST TWO_BEHIND},
    {"two, deferral covers the first only", OCTOBER ", 8.2 - 2026-12-15", V74, DEFERRED,
     "2026-12-20T00:00:00Z",
     .expected =
         "deferred warning because newer-not-covered to 8.2 " OCTOBER_END " left 40.00" TWO_BEHIND},
    {"two, and critical", OCTOBER ", 8.2 - 2026-12-15", V74, DEFERRED, "2027-01-24T00:00:00Z",
     .expected =
         "deferred critical because newer-not-covered to 8.2 " OCTOBER_END " left 5.00" TWO_BEHIND},
    {"two, the first is overdue", OCTOBER ", 8.2 - 2026-12-15", V74, DEFERRED,
     "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.2 " OCTOBER_END " left 0.00" TWO_BEHIND},
    {"two, the second a day before its GA", OCTOBER ", 8.2 - 2026-12-21", V74, DEFERRED,
     "2026-12-20T00:00:00Z",
     .expected =
         "deferred ok to 8.0 " OCTOBER_END " left 40.00 next 8.2 2026-12-21 in 1.00" ONE_BEHIND},
    {"higher line with the earlier GA", GA_74 ", 8.0 - 2026-12-15, 8.2 - 2026-10-31", V74, DEFERRED,
     "2026-12-20T00:00:00Z",
     .expected =
         "deferred warning because newer-not-covered to 8.2 first 8.2 ga 2026-10-31 deadline "
         "2027-01-29T00:00:00Z left 40.00" TWO_BEHIND},
    {"higher line with the earlier GA, due", GA_74 ", 8.0 - 2026-12-15, 8.2 - 2026-10-31", V74,
     NOT_DEFERRED, "2026-12-20T00:00:00Z",
     .expected = "due warning to 8.2 first 8.2 ga 2026-10-31" TWO_BEHIND},
    {"tie on one day", GA_74 ", 8.0 - 2026-10-31, 8.2 - 2026-10-31", V74, DEFERRED,
     "2026-12-20T00:00:00Z",
     .expected = "deferred ok to 8.2 first 8.2 ga 2026-10-31 deadline 2027-01-29T00:00:00Z left "
                 "40.00" TWO_BEHIND},
    {"tie, the other way round in the file", GA_74 ", 8.2 - 2026-10-31, 8.0 - 2026-10-31", V74,
     DEFERRED, "2026-12-20T00:00:00Z",
     .expected = "deferred ok to 8.2 first 8.2 ga 2026-10-31 deadline 2027-01-29T00:00:00Z left "
                 "40.00" TWO_BEHIND},
    {"a day apart", GA_74 ", 8.0 - 2026-10-31, 8.2 - 2026-11-01", V74, DEFERRED,
     "2026-12-20T00:00:00Z",
     .expected =
         "deferred warning because newer-not-covered to 8.2 " OCTOBER_END " left 40.00" TWO_BEHIND},
    {"tie of a month and its first day", GA_74 ", 8.0 - 2026-10, 8.2 - 2026-10-01", V74,
     NOT_DEFERRED, "2026-12-20T00:00:00Z",
     .expected = "due warning to 8.2 first 8.2 ga 2026-10-01" TWO_BEHIND},
    {"month before a day within it", GA_74 ", 8.0 - 2026-10, 8.2 - 2026-10-02", V74, NOT_DEFERRED,
     "2026-12-20T00:00:00Z", .expected = "due warning to 8.2 first 8.0 ga 2026-10" TWO_BEHIND},
    {"month before a day within it, the other way round", GA_74 ", 8.2 - 2026-10-02, 8.0 - 2026-10",
     V74, NOT_DEFERRED, "2026-12-20T00:00:00Z",
     .expected = "due warning to 8.2 first 8.0 ga 2026-10" TWO_BEHIND},
    {"tie of a first day and its month", GA_74 ", 8.0 - 2026-10-01, 8.2 - 2026-10", V74, DEFERRED,
     "2026-11-10T00:00:00Z",
     .expected = "deferred ok to 8.2 first 8.2 ga 2026-10 deadline 2026-12-30T00:00:00Z latest "
                 "2027-01-29T00:00:00Z left 50.00" TWO_BEHIND},
    {"a day within the first's month is not covered", MONTH ", 8.2 - 2026-10-20", V74, DEFERRED,
     "2026-11-10T00:00:00Z",
     .expected = "deferred warning because newer-not-covered to 8.2 first 8.0 ga 2026-10 deadline "
                 "2026-12-30T00:00:00Z latest 2027-01-29T00:00:00Z left 50.00" TWO_BEHIND},
    {"three", GA_74 ", 8.0 - 2026-10-31, 8.2 - 2026-12-15, 8.4 - 2026-11-15", V74, NOT_DEFERRED,
     "2026-12-20T00:00:00Z",
     .expected = "due warning to 8.4 " OCTOBER_FIRST " manual 8.4 behind 3"},
    {"one of two is below", GA_74 ", 8.0 - 2026-10-31, 8.2 - 2026-12-15", V80, DEFERRED,
     "2026-12-20T00:00:00Z",
     .expected = "deferred ok to 8.2 first 8.2 ga 2026-12-15 deadline 2027-03-15T00:00:00Z left "
                 "85.00 manual "
                 "8.2 behind 1"},
    {"not covered counts no line below", "7.2 - 2026-12-01, 7.4 - 2026-12-10, 8.0 - 2026-10-31",
     V74, DEFERRED, "2026-12-20T00:00:00Z",
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND},
};

START_TEST(test_several)
{
    check(&several_rows[_i]);
}
END_TEST

#define NEAR "2026-12-20T00:00:00Z"

static const struct row ga_rows[] = {
    {"GA day at 00:00:00", OCTOBER, V74, NOT_DEFERRED, "2026-10-31T00:00:00Z",
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"GA day at 00:00:00, deferred", OCTOBER, V74, DEFERRED, "2026-10-31T00:00:00Z",
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 90.00" ONE_BEHIND},
    {"a second before the GA day", OCTOBER, V74, NOT_DEFERRED, "2026-10-30T23:59:59Z",
     .expected = "choice warning " OCTOBER_DUE " next 8.0 2026-10-31 in 0.00"},
    {"no event is never G", GA_74 ", 8.0* - 2026-10-31", V74, NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"no event is never G, GA unknown", GA_74 ", 8.0* - ?", V74, DEFERRED, TODAY,
     .expected = "current ok"},
    {"no event is never N", GA_74 ", 8.0* - 2027-02-01", V74, NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"no event is never P", GA_74 ", 8.0* 2026-12-01 -", V74, NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"no event is a known line", GA_74 ", 8.0* - 2026-10-31", V80, NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"a line below the no-event line", GA_74 ", 8.0* - 2026-10-31", "\"7.8\"", NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"running a no-event line in preview", GA_74 ", 8.0* 2026-12-01 -", V80, NOT_DEFERRED, TODAY,
     .expected = "preview ok"},
    {"no event neither first nor target", GA_74 ", 8.0 - 2026-10-31, 8.1* - 2026-10-01, 8.2* - ?",
     V74, NOT_DEFERRED, TODAY, .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"no event leaves the deferral covered", OCTOBER ", 8.2* - 2026-12-15", V74, DEFERRED, NEAR,
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND},
    {"GA unknown, due", GA_74 ", 8.0 - ?", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning to 8.0 first 8.0 ga unknown manual 8.0 behind 1"},
    {"GA unknown, deferred", GA_74 ", 8.0 - ?", V74, DEFERRED, TODAY,
     .expected = "unknown unknown because ga-day-not-found"},
    {"GA unknown on the running line", "7.4 - ?, 8.0 - 2026-10-31", V74, DEFERRED, TODAY,
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND},
    {"GA unknown and one dated, due", OCTOBER ", 8.2 - ?", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning to 8.2 " OCTOBER_FIRST TWO_BEHIND},
    {"GA unknown and one dated, deferred", OCTOBER ", 8.2 - ?", V74, DEFERRED,
     "2027-01-28T23:59:59Z", .expected = "unknown unknown because ga-day-not-found"},
    {"GA unknown and one dated that has passed", OCTOBER ", 8.2 - ?", V74, DEFERRED,
     "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.2 " OCTOBER_END " left 0.00" TWO_BEHIND},
    {"GA unknown below a dated one that has passed", GA_74 ", 8.0 - ?, 8.2 - 2026-10-31", V74,
     DEFERRED, "2027-01-29T00:00:00Z",
     .expected =
         "overdue critical to 8.2 first 8.2 ga 2026-10-31 deadline 2027-01-29T00:00:00Z left "
         "0.00" TWO_BEHIND},
    {"GA unknown and a month, only its early end passed", MONTH ", 8.2 - ?", V74, DEFERRED,
     "2027-01-28T23:59:59Z", .expected = "unknown unknown because ga-day-not-found"},
    {"GA unknown and a month that has passed", MONTH ", 8.2 - ?", V74, DEFERRED,
     "2027-01-29T00:00:00Z",
     .expected =
         "overdue critical to 8.2 first 8.0 ga 2026-10 deadline 2026-12-30T00:00:00Z latest "
         "2027-01-29T00:00:00Z left -30.00" TWO_BEHIND},
    {"two GA unknown, due", GA_74 ", 8.0 - ?, 8.2 - ?", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning to 8.2 first 8.2 ga unknown manual 8.2 behind 2"},
    {"two GA unknown, deferred", GA_74 ", 8.0 - ?, 8.2 - ?", V74, DEFERRED, TODAY,
     .expected = "unknown unknown because ga-day-not-found"},
    {"two GA unknown, one passed", OCTOBER ", 8.2 - ?, 8.4 - ?", V74, DEFERRED,
     "2027-01-30T00:00:00Z",
     .expected = "overdue critical to 8.4 " OCTOBER_END " left -1.00 manual 8.4 behind 3"},
    {"GA unknown and one to come, deferred", GA_74 ", 8.0 - ?, 8.2 - 2027-03-01", V74, DEFERRED,
     TODAY, .expected = "unknown unknown because ga-day-not-found"},
    {"a window of 30 days",
     "{\"schema\":1,\"window_days\":30,\"releases\":[{\"line\":\"8.0\","
     "\"tiers\":{\"Balanced\":{\"ga\":\"2026-10-31\"}}}]}",
     V74, DEFERRED, "2026-11-20T00:00:00Z",
     .expected = "deferred warning to 8.0 " OCTOBER_FIRST
                 " deadline 2026-11-30T00:00:00Z left 10.00" ONE_BEHIND},
    {"a window of 30 days is over",
     "{\"schema\":1,\"window_days\":30,\"releases\":[{\"line\":"
     "\"8.0\",\"tiers\":{\"Balanced\":{\"ga\":\"2026-10-31\"}}}]}",
     V74, DEFERRED, "2026-11-30T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_FIRST
                 " deadline 2026-11-30T00:00:00Z left 0.00" ONE_BEHIND},
};

START_TEST(test_ga)
{
    check(&ga_rows[_i]);
}
END_TEST

static const struct row line_rows[] = {
    {"below the lowest", OCTOBER, "\"6.0\"", NOT_DEFERRED, TODAY,
     .expected = "due warning to 8.0 first 7.4 ga 2025-05 manual 8.0 behind 2"},
    {"between known ones", OCTOBER, "\"7.8\"", NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"above all", OCTOBER, "\"8.1\"", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because line-not-listed"},
    {"above all, deferred", OCTOBER, "\"8.1\"", DEFERRED, TODAY,
     .expected = "unknown unknown because line-not-listed"},
    {"the highest", OCTOBER, V80, NOT_DEFERRED, TODAY, .expected = "current ok"},
    {"known on another tier only",
     "{\"schema\":1,\"releases\":[{\"line\":\"7.4\",\"tiers\":{\"Balanced\":{\"ga\":\"2025-05\"}}},"
     "{\"line\":\"8.0\",\"tiers\":{\"FlashOptimized\":{\"ga\":\"2026-10-31\"}}}]}",
     V80, NOT_DEFERRED, TODAY, .expected = "unknown unknown because line-not-listed"},
    {"GA on another tier only",
     "{\"schema\":1,\"releases\":[{\"line\":\"7.4\",\"tiers\":{\"Balanced\":{\"ga\":\"2025-05\"}}},"
     "{\"line\":\"8.0\",\"tiers\":{\"FlashOptimized\":{\"ga\":\"2026-10-31\"}}}]}",
     V74, NOT_DEFERRED, TODAY, .expected = "current ok"},
    {"the tier of the SKU",
     "{\"schema\":1,\"releases\":[{\"line\":\"7.4\",\"tiers\":{\"Balanced\":{\"ga\":\"2025-05\"}}},"
     "{\"line\":\"8.0\",\"tiers\":{\"FlashOptimized\":{\"ga\":\"2026-10-31\"}}}]}",
     V74, NOT_DEFERRED, TODAY, .expected = "due warning " OCTOBER_DUE ONE_BEHIND,
     .sku = "FlashOptimized_A500"},
    {"tier unknown", OCTOBER, V74, DEFERRED, TODAY,
     .expected = "unknown unknown because tier-not-listed", .sku = "Turbo_T1"},
    {"tier without an underscore", OCTOBER, V74, NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND, .sku = "Balanced"},
    {"SKU unknown", OCTOBER, V74, DEFERRED, TODAY, .expected = "unknown unknown because no-sku",
     .sku = ""},
    {"version absent", OCTOBER, NULL, NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because no-version"},
    {"version null", OCTOBER, "null", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because no-version"},
    {"version a number", OCTOBER, "7.4", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because fault"},
    {"version 7", OCTOBER, "\"7\"", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because bad-version"},
    {"version 7.04", OCTOBER, "\"7.04\"", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because bad-version"},
    {"version 7.4.", OCTOBER, "\"7.4.\"", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because bad-version"},
    {"version 7.4.2.1", OCTOBER, "\"7.4.2.1\"", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because bad-version"},
    {"version empty", OCTOBER, "\"\"", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because bad-version"},
    {"a patch never matters", OCTOBER, "\"7.4.12\"", NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"a patch of the highest", OCTOBER, "\"8.0.9\"", NOT_DEFERRED, TODAY, .expected = "current ok"},
    {"7.10 is above 7.4", "7.4 - 2025-05, 7.10 - 2026-10-31", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning to 7.10 first 7.10 ga 2026-10-31 manual 7.10 behind 1"},
    {"7.4 is not above 7.10", "7.4 - 2026-10-31, 7.10 - 2025-05", "\"7.10\"", NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"7.10 is above all of 7.9", "7.4 - 2025-05, 7.9 - 2026-10-31", "\"7.10\"", NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because line-not-listed"},
    {"flag absent", OCTOBER, V74, NULL, TODAY, .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"flag null", OCTOBER, V74, "null", TODAY, .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"flag of another value, G", OCTOBER, V74, "\"Perhaps\"", TODAY,
     .expected = "unknown unknown because deferral-other"},
    {"flag of another value, G unknown", GA_74 ", 8.0 - ?", V74, "\"Perhaps\"", TODAY,
     .expected = "unknown unknown because deferral-other"},
    {"flag of another value, N", GA_74 ", 8.0 - 2027-03-01", V74, "\"Perhaps\"", TODAY,
     .expected = "unknown unknown because deferral-other"},
    {"flag of another value, neither", GA_74, V74, "\"Perhaps\"", TODAY, .expected = "current ok"},
    {"flag of another value, P only", GA_74 ", 8.0 2026-12-01 -", V74, "\"Perhaps\"", TODAY,
     .expected = "available ok to 8.0 manual 8.0 preview"},
    {"flag of another value, preview", GA_74 ", 8.0 2026-12-01 -", V80, "\"Perhaps\"", TODAY,
     .expected = "preview ok"},
    {"flag a boolean", OCTOBER, V74, "true", TODAY, .expected = "unknown unknown because fault"},
};

START_TEST(test_line)
{
    check(&line_rows[_i]);
}
END_TEST

/* 30 days before 2027-03-01 is 2027-01-30; 55 days before it 2027-01-05. */
#define MARCH      GA_74 ", 8.0 2026-12-01 2027-03-01"
#define MARCH_NEXT "to 8.0 first 8.0 ga 2027-03-01 next 8.0 2027-03-01 in "

static const struct row choice_rows[] = {
    {"30.01", MARCH, V74, NOT_DEFERRED, "2027-01-29T23:45:36Z",
     .expected = "choice ok " MARCH_NEXT "30.01"},
    {"30.00", MARCH, V74, NOT_DEFERRED, "2027-01-30T00:00:00Z",
     .expected = "choice ok " MARCH_NEXT "30.00"},
    {"29.99", MARCH, V74, NOT_DEFERRED, "2027-01-30T00:00:01Z",
     .expected = "choice warning " MARCH_NEXT "29.99"},
    {"29.99, flag absent", MARCH, V74, NULL, "2027-01-30T00:00:01Z",
     .expected = "choice warning " MARCH_NEXT "29.99"},
    {"29.99, deferred", MARCH, V74, DEFERRED, "2027-01-30T00:00:01Z",
     .expected = "choice ok " MARCH_NEXT "29.99"},
    {"0.00, deferred", MARCH, V74, DEFERRED, "2027-02-28T23:59:59Z",
     .expected = "choice ok " MARCH_NEXT "0.00"},
    {"0.00", MARCH, V74, NOT_DEFERRED, "2027-02-28T23:59:59Z",
     .expected = "choice warning " MARCH_NEXT "0.00"},
    {"one hour", MARCH, V74, NOT_DEFERRED, "2027-02-28T23:00:00Z",
     .expected = "choice warning " MARCH_NEXT "0.04"},
    {"--choice-warning 60:", MARCH, V74, NOT_DEFERRED, TODAY,
     .expected = "choice warning " MARCH_NEXT "54.45", .choice = "60:"},
    {"--choice-warning 60:, deferred", MARCH, V74, DEFERRED, TODAY,
     .expected = "choice ok " MARCH_NEXT "54.45", .choice = "60:"},
    {"--choice-warning 5: at 10.00", MARCH, V74, NOT_DEFERRED, "2027-02-19T00:00:00Z",
     .expected = "choice ok " MARCH_NEXT "10.00", .choice = "5:"},
    {"-w and -c leave it alone", MARCH, V74, NOT_DEFERRED, TODAY,
     .expected = "choice ok " MARCH_NEXT "54.45", .warning = "99:", .critical = "99:"},
    {"the earliest of two", GA_74 ", 8.0 - 2027-04-01, 8.2 - 2027-03-01", V74, NOT_DEFERRED, TODAY,
     .expected = "choice ok to 8.2 first 8.2 ga 2027-03-01 next 8.2 2027-03-01 in 54.45"},
    {"the earliest, lower line", GA_74 ", 8.0 - 2027-03-01, 8.2 - 2027-04-01", V74, NOT_DEFERRED,
     TODAY, .expected = "choice ok " MARCH_NEXT "54.45"},
    {"tie: the higher line", GA_74 ", 8.0 - 2027-03-01, 8.2 - 2027-03-01", V74, NOT_DEFERRED, TODAY,
     .expected = "choice ok to 8.2 first 8.2 ga 2027-03-01 next 8.2 2027-03-01 in 54.45"},
    {"tie, the other way round in the file", GA_74 ", 8.2 - 2027-03-01, 8.0 - 2027-03-01", V74,
     NOT_DEFERRED, TODAY,
     .expected = "choice ok to 8.2 first 8.2 ga 2027-03-01 next 8.2 2027-03-01 in 54.45"},
    {"a month to come", GA_74 ", 8.0 - 2027-03", V74, NOT_DEFERRED, TODAY,
     .expected = "choice ok to 8.0 first 8.0 ga 2027-03 next 8.0 2027-03 in 54.45"},
    {"N with G, due", OCTOBER ", 8.2 - 2027-03-01", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE " next 8.2 2027-03-01 in 54.45" ONE_BEHIND},
    {"N with G, deferred", OCTOBER ", 8.2 - 2027-03-01", V74, DEFERRED, TODAY,
     .expected = "deferred warning to 8.0 " OCTOBER_END
                 " left 23.45 next 8.2 2027-03-01 in 54.45" ONE_BEHIND},
    {"N with G, overdue", OCTOBER ", 8.2 - 2027-03-01", V74, DEFERRED, "2027-02-19T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END
                 " left -21.00 next 8.2 2027-03-01 in 10.00" ONE_BEHIND},
    {"N near with G leaves the severity alone", OCTOBER ", 8.2 - 2026-12-21", V74, DEFERRED,
     "2026-12-20T00:00:00Z",
     .expected =
         "deferred ok to 8.0 " OCTOBER_END " left 40.00 next 8.2 2026-12-21 in 1.00" ONE_BEHIND},
    {"N with P", MARCH ", 8.2 2026-12-01 -", V74, NOT_DEFERRED, TODAY,
     .expected = "choice ok " MARCH_NEXT "54.45 manual 8.2 preview"},
    {"N while running a preview", GA_74 ", 8.0 2026-12-01 -, 8.2 - 2027-03-01", V80, NOT_DEFERRED,
     TODAY, .expected = "choice ok to 8.2 first 8.2 ga 2027-03-01 next 8.2 2027-03-01 in 54.45"},
};

START_TEST(test_choice)
{
    check(&choice_rows[_i]);
}
END_TEST

static const struct row preview_rows[] = {
    {"a line whose GA is to come", MARCH, V80, NOT_DEFERRED, TODAY, .expected = "preview ok"},
    {"its last second before GA", MARCH, V80, NOT_DEFERRED, "2027-02-28T23:59:59Z",
     .expected = "preview ok"},
    {"its GA day", MARCH, V80, NOT_DEFERRED, "2027-03-01T00:00:00Z", .expected = "current ok"},
    {"GA unknown is GA", GA_74 ", 8.0 2026-12-01 ?", V80, NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"a preview day to come", GA_74 ", 8.0 2027-02-01 -", V80, NOT_DEFERRED, TODAY,
     .expected = "preview ok"},
    {"an entry without dates", GA_74 ", 8.0 - -", V80, NOT_DEFERRED, TODAY,
     .expected = "preview ok"},
    {"a month that has begun is GA", GA_74 ", 8.0 - 2027-01", V80, NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"preview with a higher preview", GA_74 ", 8.0 2026-12-01 -, 8.2 2026-12-15 -", V80,
     NOT_DEFERRED, TODAY, .expected = "preview ok manual 8.2 preview"},
    {"a GA line above a preview", GA_74 ", 8.0 2026-07-15 -, 8.2 - 2026-10-31", V80, NOT_DEFERRED,
     TODAY, .expected = "due warning to 8.2 first 8.2 ga 2026-10-31 manual 8.2 behind 1"},
    {"the lines below do not matter", OCTOBER ", 8.2 2026-12-01 -", V82, DEFERRED, TODAY,
     .expected = "preview ok"},
    {"available: the highest", GA_74 ", 8.2 2026-12-15 -, 8.0 2026-12-01 -", V74, NOT_DEFERRED,
     TODAY, .expected = "available ok to 8.2 manual 8.2 preview"},
    {"preview day at 00:00:00", GA_74 ", 8.0 2027-01-05 -", V74, NOT_DEFERRED,
     "2027-01-05T00:00:00Z", .expected = "available ok to 8.0 manual 8.0 preview"},
    {"a second before the preview day", GA_74 ", 8.0 2027-01-05 -", V74, NOT_DEFERRED,
     "2027-01-04T23:59:59Z", .expected = "current ok"},
    {"a preview month", GA_74 ", 8.0 2026-12 -", V74, NOT_DEFERRED, TODAY,
     .expected = "available ok to 8.0 manual 8.0 preview"},
    {"a preview month to come", GA_74 ", 8.0 2027-02 -", V74, NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"preview with any GA is not P: to come", MARCH, V74, NOT_DEFERRED, TODAY,
     .expected = "choice ok " MARCH_NEXT "54.45"},
    {"preview with any GA is not P: unknown", GA_74 ", 8.0 2026-12-01 ?", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning to 8.0 first 8.0 ga unknown manual 8.0 behind 1"},
    {"no dates at all are ignored", GA_74 ", 8.0 - -", V74, NOT_DEFERRED, TODAY,
     .expected = "current ok"},
    {"no dates at all beside G", OCTOBER ", 8.2 - -", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
    {"P above G", OCTOBER ", 8.2 2026-12-01 -", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE " manual 8.2 preview behind 1"},
    {"P above G, deferred", OCTOBER ", 8.2 2026-12-01 -", V74, DEFERRED, TODAY,
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 23.45 manual 8.2 preview behind 1"},
    {"P below G", GA_74 ", 7.8 2026-12-01 -, 8.0 - 2026-10-31", V74, NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND},
};

START_TEST(test_preview)
{
    check(&preview_rows[_i]);
}
END_TEST

#define LATE       "late warning because set-after-ga to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND
#define IN_TIME    "deferred warning to 8.0 " OCTOBER_END " left 23.45" ONE_BEHIND
#define SINCE_JUNE "7.4", "2026-06-01T00:00:00Z"

static const struct row late_rows[] = {
    {"seen unset at the second of GA", OCTOBER, V74, DEFERRED, TODAY, .expected = LATE,
     .history = {SINCE_JUNE, .unset = "2026-10-31T00:00:00Z", .set = "2026-11-01T00:00:00Z"}},
    {"seen unset a second before GA", OCTOBER, V74, DEFERRED, TODAY, .expected = IN_TIME,
     .history = {SINCE_JUNE, .unset = "2026-10-30T23:59:59Z", .set = "2026-11-01T00:00:00Z"}},
    {"never seen unset", OCTOBER, V74, DEFERRED, TODAY, .expected = IN_TIME,
     .history = {SINCE_JUNE, .set = "2026-06-01T00:00:00Z"}},
    {"a first sighting", OCTOBER, V74, DEFERRED, TODAY, .expected = IN_TIME,
     .history = {"7.4", .since = TODAY, .set = TODAY}},
    {"first seen unset after GA", OCTOBER, V74, DEFERRED, TODAY, .expected = LATE,
     .history = {"7.4", .since = "2026-12-01T00:00:00Z", .unset = "2026-12-01T00:00:00Z",
                 .set = "2026-12-02T00:00:00Z"}},
    {"seen unset on an earlier line", OCTOBER, V74, DEFERRED, TODAY, .expected = IN_TIME,
     .history = {"7.4", .since = "2026-12-01T00:00:00Z", .previous = "7.2",
                 .previous_until = "2026-11-30T00:00:00Z", .unset = "2026-11-30T00:00:00Z",
                 .set = "2026-12-01T00:00:00Z"}},
    {"the record is about another line", OCTOBER, V74, DEFERRED, TODAY, .expected = IN_TIME,
     .history = {"7.2", .since = "2026-06-01T00:00:00Z", .unset = "2026-12-01T00:00:00Z"}},
    {"the record is about a higher line", OCTOBER, V74, DEFERRED, TODAY, .expected = IN_TIME,
     .history = {"8.0", .since = "2026-06-01T00:00:00Z", .unset = "2026-12-01T00:00:00Z"}},
    {"month: in the month, before its last day", MONTH, V74, DEFERRED, NEAR,
     .expected = "deferred warning " MONTH_END " left 10.00" ONE_BEHIND,
     .history = {SINCE_JUNE, .unset = "2026-10-30T23:59:59Z", .set = "2026-11-01T00:00:00Z"}},
    {"month: on its last day", MONTH, V74, DEFERRED, NEAR,
     .expected = "late warning because set-after-ga " MONTH_END " left 10.00" ONE_BEHIND,
     .history = {SINCE_JUNE, .unset = "2026-10-31T00:00:00Z", .set = "2026-11-01T00:00:00Z"}},
    {"overdue goes before late", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND,
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z", .set = "2026-11-03T00:00:00Z"}},
    {"due goes before late", OCTOBER, V74, NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND,
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z"}},
    {"unknown goes before late", OCTOBER ", 8.2 - ?", V74, DEFERRED, TODAY,
     .expected = "unknown unknown because ga-day-not-found",
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z", .set = "2026-11-03T00:00:00Z"}},
    {"at least warning", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "late warning because set-after-ga to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND,
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z", .set = "2026-11-03T00:00:00Z"}},
    {"critical by days left", OCTOBER, V74, DEFERRED, "2027-01-24T00:00:00Z",
     .expected = "late critical because set-after-ga to 8.0 " OCTOBER_END " left 5.00" ONE_BEHIND,
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z", .set = "2026-11-03T00:00:00Z"}},
    {"first counts, not the newest: unset before it", OCTOBER ", 8.2 - 2026-12-15", V74, DEFERRED,
     NEAR,
     .expected =
         "deferred warning because newer-not-covered to 8.2 " OCTOBER_END " left 40.00" TWO_BEHIND,
     .history = {SINCE_JUNE, .unset = "2026-10-30T00:00:00Z", .set = "2026-10-30T12:00:00Z"}},
    {"first counts, not the newest: unset between", OCTOBER ", 8.2 - 2026-12-15", V74, DEFERRED,
     NEAR,
     .expected = "late warning because set-after-ga to 8.2 " OCTOBER_END " left 40.00" TWO_BEHIND,
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z", .set = "2026-11-03T00:00:00Z"}},
};

START_TEST(test_late)
{
    check(&late_rows[_i]);
}
END_TEST

#define CHANGED_IN_AUGUST                                                                          \
    "7.4", .since = "2026-08-01T00:00:00Z", .previous = "7.2",                                     \
           .previous_until = "2026-07-31T00:00:00Z"

static const struct row spent_rows[] = {
    {"set before the change, G", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND "; spent warning",
     .history = {CHANGED_IN_AUGUST, .set = "2026-05-01T00:00:00Z"}},
    {"set before the change, N", MARCH, V74, DEFERRED, TODAY,
     .expected = "choice warning " MARCH_NEXT "54.45; spent warning",
     .history = {CHANGED_IN_AUGUST, .set = "2026-05-01T00:00:00Z"}},
    {"set at the last observation before", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND "; spent warning",
     .history = {CHANGED_IN_AUGUST, .set = "2026-07-31T00:00:00Z"}},
    {"unset before that", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "deferred warning to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND "; spent warning",
     .history = {CHANGED_IN_AUGUST, .unset = "2026-04-30T00:00:00Z",
                 .set = "2026-05-01T00:00:00Z"}},
    {"overdue", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND "; spent warning",
     .history = {CHANGED_IN_AUGUST, .set = "2026-05-01T00:00:00Z"}},
    {"neither G nor N", GA_74, V74, DEFERRED, TODAY, .expected = "current ok",
     .history = {CHANGED_IN_AUGUST, .set = "2026-05-01T00:00:00Z"}},
    {"P only", GA_74 ", 8.0 2026-12-01 -", V74, DEFERRED, TODAY,
     .expected = "available ok to 8.0 manual 8.0 preview",
     .history = {CHANGED_IN_AUGUST, .set = "2026-05-01T00:00:00Z"}},
    {"first seen set after the change", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND,
     .history = {CHANGED_IN_AUGUST, .set = "2026-08-01T00:00:00Z"}},
    {"seen unset since", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND,
     .history = {CHANGED_IN_AUGUST, .unset = "2026-09-01T00:00:00Z",
                 .set = "2026-09-02T00:00:00Z"}},
    {"no change was seen", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND,
     .history = {SINCE_JUNE, .set = "2026-06-01T00:00:00Z"}},
    {"not deferred now", OCTOBER, V74, NOT_DEFERRED, NEAR,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND,
     .history = {CHANGED_IN_AUGUST, .set = "2026-05-01T00:00:00Z"}},
    {"absent now", OCTOBER, V74, NULL, NEAR, .expected = "due warning " OCTOBER_DUE ONE_BEHIND,
     .history = {CHANGED_IN_AUGUST, .set = "2026-05-01T00:00:00Z"}},
    {"overridden", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND "; spent ok",
     .severities = "spent=ok", .history = {CHANGED_IN_AUGUST, .set = "2026-05-01T00:00:00Z"}},
};

START_TEST(test_spent)
{
    check(&spent_rows[_i]);
}
END_TEST

#define AVAILABLE GA_74 ", 8.0 2026-12-01 -"

static const struct row intent_rows[] = {
    {"defer: current", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current warning",
     .intent = AMR_INTENT_DEFER},
    {"defer: current, flag absent", GA_74, V74, NULL, TODAY, .expected = "current warning",
     .intent = AMR_INTENT_DEFER},
    {"defer: current, deferred", GA_74, V74, DEFERRED, TODAY, .expected = "current ok",
     .intent = AMR_INTENT_DEFER},
    {"defer: preview", AVAILABLE, V80, NOT_DEFERRED, TODAY, .expected = "preview warning",
     .intent = AMR_INTENT_DEFER},
    {"defer: preview, deferred", AVAILABLE, V80, DEFERRED, TODAY, .expected = "preview ok",
     .intent = AMR_INTENT_DEFER},
    {"defer: available", AVAILABLE, V74, NOT_DEFERRED, TODAY,
     .expected = "available warning to 8.0 manual 8.0 preview", .intent = AMR_INTENT_DEFER},
    {"defer: available, deferred", AVAILABLE, V74, DEFERRED, TODAY,
     .expected = "available ok to 8.0 manual 8.0 preview", .intent = AMR_INTENT_DEFER},
    {"defer: choice at any distance", MARCH, V74, NOT_DEFERRED, TODAY,
     .expected = "choice warning " MARCH_NEXT "54.45", .intent = AMR_INTENT_DEFER},
    {"defer: choice, deferred", MARCH, V74, DEFERRED, "2027-02-28T00:00:00Z",
     .expected = "choice ok " MARCH_NEXT "1.00", .intent = AMR_INTENT_DEFER},
    {"defer: due", OCTOBER, V74, NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND, .intent = AMR_INTENT_DEFER},
    {"defer: deferred", OCTOBER, V74, DEFERRED, NEAR,
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 40.00" ONE_BEHIND,
     .intent = AMR_INTENT_DEFER},
    {"defer: overdue", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND,
     .intent = AMR_INTENT_DEFER},
    {"defer: late", OCTOBER, V74, DEFERRED, TODAY, .expected = LATE, .intent = AMR_INTENT_DEFER,
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z", .set = "2026-11-03T00:00:00Z"}},
    {"defer: unknown", OCTOBER, NULL, NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because no-version", .intent = AMR_INTENT_DEFER},
    {"automatic: current", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok",
     .intent = AMR_INTENT_AUTOMATIC},
    {"automatic: preview", AVAILABLE, V80, NOT_DEFERRED, TODAY, .expected = "preview ok",
     .intent = AMR_INTENT_AUTOMATIC},
    {"automatic: available", AVAILABLE, V74, NOT_DEFERRED, TODAY,
     .expected = "available ok to 8.0 manual 8.0 preview", .intent = AMR_INTENT_AUTOMATIC},
    {"automatic: choice", MARCH, V74, NOT_DEFERRED, "2027-02-28T00:00:00Z",
     .expected = "choice ok " MARCH_NEXT "1.00", .intent = AMR_INTENT_AUTOMATIC},
    {"automatic: due", OCTOBER, V74, NOT_DEFERRED, TODAY,
     .expected = "due ok " OCTOBER_DUE ONE_BEHIND, .intent = AMR_INTENT_AUTOMATIC},
    {"automatic: deferred", OCTOBER, V74, DEFERRED, TODAY, .expected = IN_TIME,
     .intent = AMR_INTENT_AUTOMATIC},
    {"automatic: overdue", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND,
     .intent = AMR_INTENT_AUTOMATIC},
    {"automatic: late", OCTOBER, V74, DEFERRED, TODAY, .expected = LATE,
     .intent = AMR_INTENT_AUTOMATIC,
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z", .set = "2026-11-03T00:00:00Z"}},
    {"automatic: unknown", OCTOBER, NULL, NOT_DEFERRED, TODAY,
     .expected = "unknown unknown because no-version", .intent = AMR_INTENT_AUTOMATIC},
};

START_TEST(test_intent)
{
    check(&intent_rows[_i]);
}
END_TEST

static const struct row override_rows[] = {
    {"current", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current critical",
     .severities = "current=critical"},
    {"preview", AVAILABLE, V80, NOT_DEFERRED, TODAY, .expected = "preview unknown",
     .severities = "preview=unknown"},
    {"available", AVAILABLE, V74, NOT_DEFERRED, TODAY,
     .expected = "available warning to 8.0 manual 8.0 preview", .severities = "available=warning"},
    {"choice instead of its range", MARCH, V74, NOT_DEFERRED, "2027-02-28T00:00:00Z",
     .expected = "choice ok " MARCH_NEXT "1.00", .severities = "choice=ok"},
    {"choice, deferred", MARCH, V74, DEFERRED, TODAY,
     .expected = "choice critical " MARCH_NEXT "54.45", .severities = "choice=critical"},
    {"due", OCTOBER, V74, NOT_DEFERRED, TODAY, .expected = "due critical " OCTOBER_DUE ONE_BEHIND,
     .severities = "due=critical"},
    {"due instead of intent", OCTOBER, V74, NOT_DEFERRED, TODAY,
     .expected = "due critical " OCTOBER_DUE ONE_BEHIND, .severities = "due=critical",
     .intent = AMR_INTENT_AUTOMATIC},
    {"current instead of intent", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok",
     .severities = "current=ok", .intent = AMR_INTENT_DEFER},
    {"deferred instead of its ranges", OCTOBER, V74, DEFERRED, "2027-01-28T00:00:00Z",
     .expected = "deferred ok to 8.0 " OCTOBER_END " left 1.00" ONE_BEHIND,
     .severities = "deferred=ok"},
    {"deferred, not covered", OCTOBER ", 8.2 - 2026-12-15", V74, DEFERRED, NEAR,
     .expected =
         "deferred ok because newer-not-covered to 8.2 " OCTOBER_END " left 40.00" TWO_BEHIND,
     .severities = "deferred=ok"},
    {"overdue", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue warning to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND,
     .severities = "overdue=warning"},
    {"late", OCTOBER, V74, DEFERRED, "2027-01-24T00:00:00Z",
     .expected = "late ok because set-after-ga to 8.0 " OCTOBER_END " left 5.00" ONE_BEHIND,
     .severities = "late=ok",
     .history = {SINCE_JUNE, .unset = "2026-11-02T00:00:00Z", .set = "2026-11-03T00:00:00Z"}},
    {"unknown", OCTOBER, NULL, NOT_DEFERRED, TODAY,
     .expected = "unknown critical because no-version", .severities = "unknown=critical"},
    {"another state's", OCTOBER, V74, NOT_DEFERRED, TODAY,
     .expected = "due warning " OCTOBER_DUE ONE_BEHIND,
     .severities = "deferred=critical overdue=ok"},
    {"the last one wins", OCTOBER, V74, NOT_DEFERRED, TODAY,
     .expected = "due ok " OCTOBER_DUE ONE_BEHIND, .severities = "due=critical due=ok"},
};

START_TEST(test_override)
{
    check(&override_rows[_i]);
}
END_TEST

#define RETIRES                                                                                    \
    "{\"schema\":1,\"releases\":[{\"line\":\"7.2\",\"tiers\":{\"Enterprise\":{\"ga\":\"unknown\"}" \
    "}}],\"retirements\":[{\"kind\":\"v1\",\"date\":\"2027-03-31\"}]}"
#define RETIRES_AT " at 2027-03-31T00:00:00Z"
#define LEGACY     .sku = "Enterprise_E10", .cluster_extra = "\"kind\":\"v1\","

/* 90 days before 2027-03-31 is 2026-12-31: 31 of January, 28 of February, 31 of March. */
static const struct row advisory_rows[] = {
    {"retirement in 90.01 days", RETIRES, V72, NOT_DEFERRED, "2026-12-30T23:45:36Z",
     .expected = "current ok; retirement ok" RETIRES_AT, LEGACY},
    {"retirement in 90.00 days", RETIRES, V72, NOT_DEFERRED, "2026-12-31T00:00:00Z",
     .expected = "current ok; retirement ok" RETIRES_AT, LEGACY},
    {"retirement in 89.99 days", RETIRES, V72, NOT_DEFERRED, "2026-12-31T00:00:01Z",
     .expected = "current warning; retirement warning" RETIRES_AT, LEGACY},
    {"retirement is now", RETIRES, V72, NOT_DEFERRED, "2027-03-31T00:00:00Z",
     .expected = "current warning; retirement warning" RETIRES_AT, LEGACY},
    {"retirement has passed", RETIRES, V72, NOT_DEFERRED, "2027-04-01T00:00:01Z",
     .expected = "current warning; retirement warning" RETIRES_AT, LEGACY},
    {"retirement overridden", RETIRES, V72, NOT_DEFERRED, "2027-03-31T00:00:00Z",
     .expected = "current ok; retirement ok" RETIRES_AT, LEGACY, .severities = "retirement=ok"},
    {"retirement of another kind", RETIRES, V72, NOT_DEFERRED, "2027-03-31T00:00:00Z",
     .expected = "current ok", .sku = "Enterprise_E10", .cluster_extra = "\"kind\":\"v2\","},
    {"retirement of no kind", RETIRES, V72, NOT_DEFERRED, "2027-03-31T00:00:00Z",
     .expected = "current ok", .sku = "Enterprise_E10"},
    {"retirement beside unknown", RETIRES, NULL, NOT_DEFERRED, "2027-03-31T00:00:00Z",
     .expected = "unknown warning because no-version; retirement warning" RETIRES_AT, LEGACY},
    {"provisioning Failed", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current warning; failed warning", .extra = "\"provisioningState\":\"Failed\","},
    {"resource UpdateFailed", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current warning; failed warning", .extra = "\"resourceState\":\"UpdateFailed\","},
    {"resource CreateFailed", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current warning; failed warning", .extra = "\"resourceState\":\"CreateFailed\","},
    {"resource ScalingFailed", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current warning; failed warning",
     .extra = "\"resourceState\":\"ScalingFailed\","},
    {"resource EnableFailed", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current warning; failed warning", .extra = "\"resourceState\":\"EnableFailed\","},
    {"a failure nobody has heard of", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current warning; failed warning",
     .extra = "\"resourceState\":\"TeleportFailed\","},
    {"failed overridden", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current critical; failed critical",
     .extra = "\"resourceState\":\"UpdateFailed\",", .severities = "failed=critical"},
    {"provisioning Updating", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok; busy ok",
     .extra = "\"provisioningState\":\"Updating\","},
    {"resource Scaling", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok; busy ok",
     .extra = "\"resourceState\":\"Scaling\","},
    {"resource Creating", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok; busy ok",
     .extra = "\"resourceState\":\"Creating\","},
    {"resource Moving", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok; busy ok",
     .extra = "\"resourceState\":\"Moving\","},
    {"both Updating", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok; busy ok",
     .extra = "\"provisioningState\":\"Updating\",\"resourceState\":\"Updating\","},
    {"Updating and UpdateFailed", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current warning; failed warning; busy ok",
     .extra = "\"provisioningState\":\"Updating\",\"resourceState\":\"UpdateFailed\","},
    {"busy overridden", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current unknown; busy unknown", .extra = "\"resourceState\":\"Scaling\",",
     .severities = "busy=unknown"},
    {"Succeeded and Running", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok",
     .extra = "\"provisioningState\":\"Succeeded\",\"resourceState\":\"Running\","},
    {"Canceled and Disabled", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok",
     .extra = "\"provisioningState\":\"Canceled\",\"resourceState\":\"Disabled\","},
    {"a state nobody has heard of is shown", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current ok; busy ok",
     .extra = "\"provisioningState\":\"Succeeded\",\"resourceState\":\"FailedOver\","},
    {"skew", GA_74, V74, NOT_DEFERRED, TODAY, .expected = "current ok; skew ok", .is_skewed = true},
    {"skew overridden", GA_74, V74, NOT_DEFERRED, TODAY,
     .expected = "current warning; skew warning", .is_skewed = true, .severities = "skew=warning"},
    {"the worst wins: state", OCTOBER, V74, DEFERRED, "2027-01-29T00:00:00Z",
     .expected = "overdue critical to 8.0 " OCTOBER_END " left 0.00" ONE_BEHIND "; failed warning",
     .extra = "\"resourceState\":\"UpdateFailed\","},
    {"the worst wins: warning over unknown", OCTOBER, NULL, DEFERRED, TODAY,
     .expected = "unknown warning because no-version; failed warning",
     .extra = "\"resourceState\":\"UpdateFailed\","},
    {"the worst wins: unknown over ok", OCTOBER, NULL, DEFERRED, TODAY,
     .expected = "unknown unknown because no-version; busy ok",
     .extra = "\"resourceState\":\"Updating\","},
};

START_TEST(test_advisory)
{
    check(&advisory_rows[_i]);
}
END_TEST

/* 90 days from 2027-12-01 end in a leap year: 30 of December, 31 of January, 29 of February. */
static const struct row calendar_rows[] = {
    {"the year's last second", GA_74 ", 8.0 - 2027-01-01", V74, NOT_DEFERRED,
     "2026-12-31T23:59:59Z",
     .expected = "choice warning to 8.0 first 8.0 ga 2027-01-01 next 8.0 2027-01-01 in 0.00"},
    {"the year's first second", GA_74 ", 8.0 - 2027-01-01", V74, DEFERRED, "2027-01-01T00:00:00Z",
     .expected = "deferred ok to 8.0 first 8.0 ga 2027-01-01 deadline 2027-04-01T00:00:00Z left "
                 "90.00" ONE_BEHIND},
    {"a window over the leap day", GA_74 ", 8.0 - 2027-12-01", V74, DEFERRED,
     "2028-02-28T00:00:00Z",
     .expected =
         "deferred critical to 8.0 first 8.0 ga 2027-12-01 deadline 2028-02-29T00:00:00Z left "
         "1.00" ONE_BEHIND},
    {"overdue on the leap day", GA_74 ", 8.0 - 2027-12-01", V74, DEFERRED, "2028-02-29T00:00:00Z",
     .expected =
         "overdue critical to 8.0 first 8.0 ga 2027-12-01 deadline 2028-02-29T00:00:00Z left "
         "0.00" ONE_BEHIND},
    {"the same window without a leap day", GA_74 ", 8.0 - 2028-12-01", V74, DEFERRED,
     "2029-02-28T00:00:00Z",
     .expected =
         "deferred critical to 8.0 first 8.0 ga 2028-12-01 deadline 2029-03-01T00:00:00Z left "
         "1.00" ONE_BEHIND},
    {"GA on the leap day", GA_74 ", 8.0 - 2028-02-29", V74, DEFERRED, "2028-02-29T12:00:00Z",
     .expected = "deferred ok to 8.0 first 8.0 ga 2028-02-29 deadline 2028-05-29T00:00:00Z left "
                 "89.50" ONE_BEHIND},
    {"February of a leap year", GA_74 ", 8.0 - 2028-02", V74, DEFERRED, "2028-02-01T00:00:00Z",
     .expected = "deferred ok to 8.0 first 8.0 ga 2028-02 deadline 2028-05-01T00:00:00Z latest "
                 "2028-05-29T00:00:00Z left 90.00" ONE_BEHIND},
    {"the last second of 32 bits", GA_74 ", 8.0 - 2037-10-22", V74, DEFERRED,
     "2038-01-19T03:14:07Z",
     .expected =
         "deferred critical to 8.0 first 8.0 ga 2037-10-22 deadline 2038-01-20T00:00:00Z left "
         "0.86" ONE_BEHIND},
    {"a second past 32 bits", GA_74 ", 8.0 - 2037-10-21", V74, DEFERRED, "2038-01-19T03:14:08Z",
     .expected =
         "overdue critical to 8.0 first 8.0 ga 2037-10-21 deadline 2038-01-19T00:00:00Z left "
         "-0.14" ONE_BEHIND},
    {"past unsigned 32 bits", GA_74 ", 8.0 - 2106-02-01", V74, DEFERRED, "2106-02-08T00:00:00Z",
     .expected = "deferred ok to 8.0 first 8.0 ga 2106-02-01 deadline 2106-05-02T00:00:00Z left "
                 "83.00" ONE_BEHIND},
    {"the last year", GA_74 ", 8.0 - 9999-10-02", V74, DEFERRED, "9999-12-30T00:00:00Z",
     .expected =
         "deferred critical to 8.0 first 8.0 ga 9999-10-02 deadline 9999-12-31T00:00:00Z left "
         "1.00" ONE_BEHIND},
    {"far from the last year", GA_74 ", 8.0 - 9999-12-31", V74, NOT_DEFERRED,
     "2027-01-01T00:00:00Z",
     .expected = "choice ok to 8.0 first 8.0 ga 9999-12-31 next 8.0 9999-12-31 in 2912077.00"},
};

START_TEST(test_calendar)
{
    check(&calendar_rows[_i]);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_state, state_rows);
    UNIT_ADD_ROWS(tcase, test_deadline, deadline_rows);
    UNIT_ADD_ROWS(tcase, test_month, month_rows);
    UNIT_ADD_ROWS(tcase, test_several, several_rows);
    UNIT_ADD_ROWS(tcase, test_ga, ga_rows);
    UNIT_ADD_ROWS(tcase, test_line, line_rows);
    UNIT_ADD_ROWS(tcase, test_choice, choice_rows);
    UNIT_ADD_ROWS(tcase, test_preview, preview_rows);
    UNIT_ADD_ROWS(tcase, test_late, late_rows);
    UNIT_ADD_ROWS(tcase, test_spent, spent_rows);
    UNIT_ADD_ROWS(tcase, test_intent, intent_rows);
    UNIT_ADD_ROWS(tcase, test_override, override_rows);
    UNIT_ADD_ROWS(tcase, test_advisory, advisory_rows);
    UNIT_ADD_ROWS(tcase, test_calendar, calendar_rows);
}

int main(void)
{
    return unit_run("assess", add_tests);
}
