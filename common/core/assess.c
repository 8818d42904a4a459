/* SPDX-License-Identifier: MIT */
#include "assess.h"

#include <string.h>

enum { RETIREMENT_WARNING_DAYS = 90 };

/* What the catalogue has for one tier above one line at one instant. */
struct outlook {
    bool is_tier_listed;
    struct amr_line newest_listed;
    const struct amr_catalog_tier *own; /* the running line's entry, NULL where there is none */
    int ga_count;                       /* G */
    struct amr_line first;
    struct amr_date first_ga;
    struct amr_line newest_ga;
    int64_t last_ga_day; /* greatest first_day of G's known days */
    bool has_unknown_ga_day;
    bool has_passed_window; /* of some member with a known day, beyond doubt */
    bool has_next;          /* N is not empty */
    struct amr_line next;
    struct amr_date next_ga;
    struct amr_line newest_preview; /* P */
};

static bool has_day(const struct amr_date *date)
{
    return date->precision == AMR_DATE_MONTH || date->precision == AMR_DATE_DAY;
}

static bool has_come(const struct amr_date *date, int64_t as_of_s)
{
    return has_day(date) && date->first_day * AMR_DAY_S <= as_of_s;
}

static bool is_ga(const struct amr_catalog_tier *tier, int64_t as_of_s)
{
    return tier->ga.precision == AMR_DATE_UNKNOWN || has_come(&tier->ga, as_of_s);
}

static int64_t window_end_s(int64_t ga_day, int64_t window_days)
{
    return (ga_day + window_days) * AMR_DAY_S;
}

/* True where `date` of `line` comes before what `best` of `best_line` holds: a known day before
 * none, the earlier day, and on a tie the higher line. */
static bool is_sooner(const struct amr_date *date, struct amr_line line,
                      const struct amr_date *best, struct amr_line best_line)
{
    if (!amr_line_is_known(best_line))
        return true;
    if (has_day(date) != has_day(best))
        return has_day(date);
    if (has_day(date) && date->first_day != best->first_day)
        return date->first_day < best->first_day;
    return amr_line_compare(line, best_line) > 0;
}

static struct amr_line higher(struct amr_line left, struct amr_line right)
{
    return amr_line_compare(left, right) > 0 ? left : right;
}

static void add_ga(struct outlook *outlook, struct amr_line line, const struct amr_date *ga,
                   int64_t window_days, int64_t as_of_s)
{
    if (is_sooner(ga, line, &outlook->first_ga, outlook->first)) {
        outlook->first = line;
        outlook->first_ga = *ga;
    }
    outlook->ga_count++;
    outlook->newest_ga = higher(outlook->newest_ga, line);
    if (!has_day(ga)) {
        outlook->has_unknown_ga_day = true;
        return;
    }
    if (outlook->last_ga_day < ga->first_day)
        outlook->last_ga_day = ga->first_day;
    if (window_end_s(ga->last_day, window_days) <= as_of_s)
        outlook->has_passed_window = true;
}

static void add_next(struct outlook *outlook, struct amr_line line, const struct amr_date *ga)
{
    if (is_sooner(ga, line, &outlook->next_ga, outlook->next)) {
        outlook->next = line;
        outlook->next_ga = *ga;
    }
    outlook->has_next = true;
}

static void add_event(struct outlook *outlook, struct amr_line line,
                      const struct amr_catalog_tier *tier, int64_t window_days, int64_t as_of_s)
{
    if (is_ga(tier, as_of_s))
        add_ga(outlook, line, &tier->ga, window_days, as_of_s);
    else if (has_day(&tier->ga))
        add_next(outlook, line, &tier->ga);
    else if (has_come(&tier->preview, as_of_s))
        outlook->newest_preview = higher(outlook->newest_preview, line);
}

static struct outlook look_out(const struct amr_catalog *catalog, const char *tier_name,
                               struct amr_line running, int64_t as_of_s)
{
    struct outlook outlook = {.last_ga_day = INT64_MIN};

    for (const struct amr_catalog_line *at = catalog->lines; at != NULL; at = at->next) {
        const struct amr_catalog_tier *tier = amr_catalog_find_tier(at, tier_name);

        if (tier == NULL)
            continue;
        outlook.is_tier_listed = true;
        outlook.newest_listed = higher(outlook.newest_listed, at->line);
        if (amr_line_compare(at->line, running) == 0)
            outlook.own = tier;
        if (at->is_event && amr_line_compare(at->line, running) > 0)
            add_event(&outlook, at->line, tier, catalog->window_days, as_of_s);
    }
    return outlook;
}

static enum amr_reason find_fault(const struct amr_cluster *cluster,
                                  const struct amr_database *database)
{
    if (database->fault != NULL || cluster->fault != NULL)
        return AMR_REASON_FAULT;
    if (database->version == NULL)
        return AMR_REASON_NO_VERSION;
    if (!amr_line_is_known(database->line))
        return AMR_REASON_BAD_VERSION;
    return cluster->tier == NULL ? AMR_REASON_NO_SKU : AMR_REASON_NONE;
}

/* Why nothing can be said of a database whose line and tier are known, or NONE. */
static enum amr_reason find_doubt(const struct outlook *outlook,
                                  const struct amr_database *database)
{
    bool is_flag_needed = outlook->ga_count > 0 || outlook->has_next;

    if (!outlook->is_tier_listed)
        return AMR_REASON_TIER_NOT_LISTED;
    if (amr_line_compare(database->line, outlook->newest_listed) > 0)
        return AMR_REASON_LINE_NOT_LISTED;
    if (database->deferral == AMR_DEFERRAL_OTHER && is_flag_needed)
        return AMR_REASON_DEFERRAL_OTHER;
    if (database->deferral == AMR_DEFERRED && outlook->has_unknown_ga_day &&
        !outlook->has_passed_window)
        return AMR_REASON_GA_DAY_NOT_FOUND;
    return AMR_REASON_NONE;
}

/* The state while the automatic upgrade is pending and G is not empty. */
static enum amr_state pending_state(const struct amr_assess_input *input,
                                    const struct outlook *outlook,
                                    const struct amr_database *database)
{
    int64_t latest_s = window_end_s(outlook->first_ga.last_day, input->catalog->window_days);
    int64_t ga_beyond_doubt_s = outlook->first_ga.last_day * AMR_DAY_S;

    if (database->deferral != AMR_DEFERRED)
        return AMR_STATE_DUE;
    if (input->as_of_s >= latest_s)
        return AMR_STATE_OVERDUE;
    if (amr_history_is_seen_not_deferred(input->history, database->line, ga_beyond_doubt_s))
        return AMR_STATE_LATE;
    return AMR_STATE_DEFERRED;
}

static enum amr_state find_state(const struct amr_assess_input *input,
                                 const struct outlook *outlook, const struct amr_database *database)
{
    if (outlook->ga_count > 0)
        return pending_state(input, outlook, database);
    if (outlook->has_next)
        return AMR_STATE_CHOICE;
    if (outlook->own != NULL && !is_ga(outlook->own, input->as_of_s))
        return AMR_STATE_PREVIEW;
    return amr_line_is_known(outlook->newest_preview) ? AMR_STATE_AVAILABLE : AMR_STATE_CURRENT;
}

static bool has_deadline(enum amr_state state)
{
    return state == AMR_STATE_OVERDUE || state == AMR_STATE_LATE || state == AMR_STATE_DEFERRED;
}

static void fill_deadline(const struct amr_assess_input *input, struct amr_assessment *assessment)
{
    int64_t window_days = input->catalog->window_days;

    assessment->deadline_s = window_end_s(assessment->ga.first_day, window_days);
    assessment->deadline_latest_s = window_end_s(assessment->ga.last_day, window_days);
    assessment->days_left_hundredths =
        amr_instant_difference_hundredths(assessment->deadline_s, input->as_of_s);
}

static struct amr_line target_of(const struct outlook *outlook, enum amr_state state)
{
    if (outlook->ga_count > 0)
        return outlook->newest_ga;
    if (state == AMR_STATE_CHOICE)
        return outlook->next;
    return state == AMR_STATE_AVAILABLE ? outlook->newest_preview : (struct amr_line){0};
}

static void fill_manual_target(const struct outlook *outlook, struct amr_assessment *assessment)
{
    assessment->manual_target = higher(outlook->newest_preview, outlook->newest_ga);
    assessment->is_manual_preview =
        amr_line_compare(outlook->newest_preview, outlook->newest_ga) > 0;
}

static void fill_events(const struct amr_assess_input *input, const struct outlook *outlook,
                        struct amr_assessment *assessment)
{
    bool is_choice = assessment->state == AMR_STATE_CHOICE;
    const struct amr_catalog_line *entry;

    assessment->lines_behind = outlook->ga_count;
    assessment->target = target_of(outlook, assessment->state);
    assessment->first = is_choice ? outlook->next : outlook->first;
    assessment->ga = is_choice ? outlook->next_ga : outlook->first_ga;
    if (outlook->has_next) {
        assessment->next = outlook->next;
        assessment->next_ga = outlook->next_ga;
        assessment->days_to_ga_hundredths = amr_instant_difference_hundredths(
            outlook->next_ga.first_day * AMR_DAY_S, input->as_of_s);
    }
    fill_manual_target(outlook, assessment);
    if (has_deadline(assessment->state))
        fill_deadline(input, assessment);
    entry = amr_catalog_find_line(input->catalog, assessment->target);
    assessment->release_notes = entry == NULL ? NULL : entry->notes;
}

static enum amr_reason explain(const struct outlook *outlook, enum amr_state state)
{
    if (state == AMR_STATE_LATE)
        return AMR_REASON_SET_AFTER_GA;
    if (state == AMR_STATE_DEFERRED && outlook->last_ga_day > outlook->first_ga.first_day)
        return AMR_REASON_NEWER_NOT_COVERED;
    return AMR_REASON_NONE;
}

static enum amr_severity judge_choice(const struct amr_policy *policy,
                                      const struct amr_assessment *assessment, bool is_deferred)
{
    if (is_deferred || policy->intent == AMR_INTENT_AUTOMATIC)
        return AMR_OK;
    if (policy->intent == AMR_INTENT_DEFER)
        return AMR_WARNING;
    return amr_range_is_alert(&policy->choice_warning, assessment->days_to_ga_hundredths)
               ? AMR_WARNING
               : AMR_OK;
}

static enum amr_severity judge_deferred(const struct amr_policy *policy,
                                        const struct amr_assessment *assessment)
{
    enum amr_severity severity =
        amr_policy_judge_days_left(policy, assessment->days_left_hundredths);

    return assessment->reason == AMR_REASON_NONE ? severity
                                                 : amr_severity_worse(severity, AMR_WARNING);
}

static enum amr_severity judge_state(const struct amr_policy *policy,
                                     const struct amr_assessment *assessment, bool is_deferred)
{
    switch (assessment->state) {
    case AMR_STATE_UNKNOWN:
        return AMR_UNKNOWN;
    case AMR_STATE_OVERDUE:
        return AMR_CRITICAL;
    case AMR_STATE_DUE:
        return policy->intent == AMR_INTENT_AUTOMATIC ? AMR_OK : AMR_WARNING;
    case AMR_STATE_LATE:
    case AMR_STATE_DEFERRED:
        return judge_deferred(policy, assessment);
    case AMR_STATE_CHOICE:
        return judge_choice(policy, assessment, is_deferred);
    default:
        return policy->intent == AMR_INTENT_DEFER && !is_deferred ? AMR_WARNING : AMR_OK;
    }
}

static void advise(const struct amr_assess_input *input, enum amr_advisory advisory,
                   enum amr_severity severity, struct amr_assessment *assessment)
{
    const struct amr_override *override = &input->policy->advisories[advisory];

    assessment->has_advisory[advisory] = true;
    assessment->advisories[advisory] = amr_override_apply(override, severity);
    assessment->severity =
        amr_severity_worse(assessment->severity, assessment->advisories[advisory]);
}

static void advise_retirement(const struct amr_assess_input *input, const char *kind,
                              struct amr_assessment *assessment)
{
    const struct amr_catalog_retirement *retirement =
        amr_catalog_find_retirement(input->catalog, kind);

    if (retirement == NULL)
        return;
    int64_t days_hundredths =
        amr_instant_difference_hundredths(retirement->date.first_day * AMR_DAY_S, input->as_of_s);
    bool is_near = days_hundredths < RETIREMENT_WARNING_DAYS * 100;
    assessment->retirement_s = retirement->date.first_day * AMR_DAY_S;
    advise(input, AMR_ADVISORY_RETIREMENT, is_near ? AMR_WARNING : AMR_OK, assessment);
}

static bool is_spent(const struct amr_assess_input *input, const struct amr_database *database,
                     const struct outlook *outlook)
{
    return database->deferral == AMR_DEFERRED && (outlook->ga_count > 0 || outlook->has_next) &&
           amr_history_is_deferral_spent(input->history, database->line);
}

static void advise_all(const struct amr_assess_input *input, const struct outlook *outlook,
                       struct amr_assessment *assessment)
{
    const struct amr_database *database = &input->fleet->databases[input->database];

    if (is_spent(input, database, outlook))
        advise(input, AMR_ADVISORY_SPENT, AMR_WARNING, assessment);
    if (amr_database_is_failed(database))
        advise(input, AMR_ADVISORY_FAILED, AMR_WARNING, assessment);
    if (amr_database_is_busy(database))
        advise(input, AMR_ADVISORY_BUSY, AMR_OK, assessment);
    if (input->is_skewed)
        advise(input, AMR_ADVISORY_SKEW, AMR_OK, assessment);
    advise_retirement(input, input->fleet->clusters[database->cluster].kind, assessment);
}

static struct amr_assessment blank(size_t database)
{
    return (struct amr_assessment){
        .database = database,
        .state = AMR_STATE_UNKNOWN,
        .deadline_s = AMR_INSTANT_NONE,
        .deadline_latest_s = AMR_INSTANT_NONE,
        .days_left_hundredths = AMR_DAYS_NONE,
        .days_to_ga_hundredths = AMR_DAYS_NONE,
        .lines_behind = -1,
    };
}

void amr_assess(const struct amr_assess_input *input, struct amr_assessment *assessment)
{
    const struct amr_database *database = &input->fleet->databases[input->database];
    const struct amr_cluster *cluster = &input->fleet->clusters[database->cluster];
    struct outlook outlook = {0};
    bool is_deferred = database->deferral == AMR_DEFERRED;

    *assessment = blank(input->database);
    assessment->reason = find_fault(cluster, database);
    if (assessment->reason == AMR_REASON_NONE) {
        outlook = look_out(input->catalog, cluster->tier, database->line, input->as_of_s);
        assessment->reason = find_doubt(&outlook, database);
    }
    if (assessment->reason == AMR_REASON_NONE) {
        assessment->state = find_state(input, &outlook, database);
        assessment->reason = explain(&outlook, assessment->state);
        fill_events(input, &outlook, assessment);
    }
    assessment->severity = amr_override_apply(&input->policy->states[assessment->state],
                                              judge_state(input->policy, assessment, is_deferred));
    advise_all(input, &outlook, assessment);
}
