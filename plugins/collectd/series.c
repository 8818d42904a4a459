/* SPDX-License-Identifier: MIT */
#include "series.h"

#include <string.h>

#include "text.h"

/* Begins a list of one value; where it will stand is the caller's to say. */
static value_list_t begin(const struct amr_account *account, const char *instance)
{
    value_list_t list = {.values_len = 1};

    memcpy(list.plugin, "amr_upgrade", sizeof("amr_upgrade"));
    memcpy(list.host, account->host, sizeof(list.host));
    (void)!amr_text_copy(list.plugin_instance, sizeof(list.plugin_instance), instance);
    return list;
}

static void dispatch(value_list_t *list, const char *type, const char *type_instance, value_t value)
{
    list->values = &value;
    (void)!amr_text_copy(list->type, sizeof(list->type), type);
    (void)!amr_text_copy(list->type_instance, sizeof(list->type_instance), type_instance);
    (void)plugin_dispatch_values(list);
}

static void dispatch_gauge(value_list_t *list, const char *type, const char *type_instance,
                           double number)
{
    dispatch(list, type, type_instance, (value_t){.gauge = number});
}

static void dispatch_count(value_list_t *list, const char *type_instance, uint64_t count)
{
    dispatch(list, "derive", type_instance, (value_t){.derive = (int64_t)count});
}

static void dispatch_days(value_list_t *list, const char *type_instance, int64_t hundredths)
{
    if (hundredths != AMR_DAYS_NONE)
        dispatch_gauge(list, "gauge", type_instance, (double)hundredths / 100);
}

static void dispatch_line(value_list_t *list, const char *type_instance, struct amr_line line)
{
    if (amr_line_is_known(line))
        dispatch_gauge(list, "gauge", type_instance, (double)line.major * 100 + line.minor);
}

/* By how near the automatic upgrade is, so that a graph climbs. */
static double number_of(enum amr_state state)
{
    static const int numbers[AMR_STATE_COUNT] = {
        [AMR_STATE_CURRENT] = 0,  [AMR_STATE_PREVIEW] = 1, [AMR_STATE_AVAILABLE] = 2,
        [AMR_STATE_DEFERRED] = 3, [AMR_STATE_CHOICE] = 4,  [AMR_STATE_DUE] = 5,
        [AMR_STATE_LATE] = 6,     [AMR_STATE_OVERDUE] = 7, [AMR_STATE_UNKNOWN] = -1,
    };

    return numbers[state];
}

static void dispatch_deferral(value_list_t *list, enum amr_deferral deferral)
{
    if (deferral != AMR_DEFERRAL_OTHER)
        dispatch_gauge(list, "gauge", "deferred", deferral == AMR_DEFERRED);
}

void amr_series_dispatch_database(const struct amr_account *account, const char *instance,
                                  const struct amr_verdict_row *row)
{
    const struct amr_assessment *one = &row->assessment;
    const struct amr_database *database = &account->run.source.fleet.databases[one->database];
    value_list_t list = begin(account, instance);

    dispatch_gauge(&list, "gauge", "severity", row->is_too_old ? AMR_UNKNOWN : one->severity);
    if (row->is_too_old)
        return;
    dispatch_gauge(&list, "gauge", "state", number_of(one->state));
    dispatch_days(&list, "days_left", one->days_left_hundredths);
    dispatch_days(&list, "days_to_ga", one->days_to_ga_hundredths);
    if (one->deadline_s != AMR_INSTANT_NONE)
        dispatch_gauge(&list, "gauge", "deadline", (double)one->deadline_s);
    dispatch_deferral(&list, database->deferral);
    dispatch_line(&list, "version", database->line);
    dispatch_line(&list, "target", one->target);
}

static void dispatch_counts(value_list_t *list, const struct amr_verdict *verdict)
{
    /* Where nothing could be read the counts are not known, and not zero. */
    if (verdict->has_outcome[AMR_OUTCOME_ERROR])
        return;
    dispatch_gauge(list, "objects", "databases", (double)verdict->count);
    for (int state = 0; state < AMR_STATE_COUNT; state++)
        dispatch_gauge(list, "objects", amr_state_word((enum amr_state)state),
                       (double)verdict->state_counts[state]);
}

static void dispatch_verdict(value_list_t *list, const struct amr_run *run)
{
    struct amr_report report = amr_run_report(run, "collectd");
    int64_t age_s;

    dispatch_gauge(list, "gauge", "severity", run->verdict.severity);
    dispatch_counts(list, &run->verdict);
    if (amr_report_data_age_s(&report, &age_s))
        dispatch_gauge(list, "duration", "data_age", (double)age_s);
    if (run->verdict.has_catalog_age)
        dispatch_gauge(list, "gauge", "catalog_age", (double)run->verdict.catalog_age_days);
}

static void dispatch_poll(value_list_t *list, const struct amr_poll *poll)
{
    if (poll->is_over) {
        dispatch_gauge(list, "gauge", "up", poll->is_right);
        dispatch_gauge(list, "response_time", "poll", (double)poll->duration_ms / 1000);
    }
    dispatch_count(list, "api_requests", poll->requests);
    dispatch_count(list, "api_errors", poll->errors);
    dispatch_count(list, "throttled", poll->throttled);
}

void amr_series_dispatch_account(const struct amr_account *account)
{
    value_list_t list = begin(account, account->instance);

    if (account->is_bad) {
        dispatch_gauge(&list, "gauge", "up", 0);
        return;
    }
    dispatch_poll(&list, &account->poll);
    if (account->is_judged)
        dispatch_verdict(&list, &account->run);
    else if (account->poll.is_over)
        dispatch_gauge(&list, "gauge", "severity",
                       amr_policy_judge_outcome(&account->run.settings.policy, AMR_OUTCOME_ERROR));
}
