/* SPDX-License-Identifier: MIT */
#include "policy.h"

#include <string.h>

static const char *const severity_words[] = {"ok", "unknown", "warning", "critical"};

static const char *const state_words[AMR_STATE_COUNT] = {
    "current", "preview", "available", "choice", "due", "deferred", "overdue", "late", "unknown"};

static const char *const advisory_words[AMR_ADVISORY_COUNT] = {
    "spent", "failed", "busy", "skew", "retirement", "access", "catalog-stale"};

static const char *const outcome_words[AMR_OUTCOME_COUNT] = {"empty", "error", "partial"};

static struct amr_range range_of(const char *text)
{
    struct amr_range range = {.text = ""};

    /* Only literals of this file come here; test_policy parses each default. */
    (void)!amr_range_parse(text, &range);
    return range;
}

void amr_policy_init(struct amr_policy *policy)
{
    *policy = (struct amr_policy){
        .warning = range_of("30:"),
        .critical = range_of("7:"),
        .choice_warning = range_of("30:"),
        .catalog_age = range_of("60"),
        .intent = AMR_INTENT_ANY,
    };
}

/* The place of text[length] among `count` words, `count` where it is none. */
static size_t find_word(const char *const *words, size_t count, const char *text, size_t length)
{
    size_t at = 0;

    while (at < count && (strlen(words[at]) != length || memcmp(words[at], text, length) != 0))
        at++;
    return at;
}

bool amr_severity_parse(const char *text, enum amr_severity *severity)
{
    size_t place = find_word(severity_words, AMR_COUNT_OF(severity_words), text, strlen(text));

    if (place == AMR_COUNT_OF(severity_words))
        return false;
    *severity = (enum amr_severity)place;
    return true;
}

static struct amr_override *find_override(struct amr_policy *policy, const char *name,
                                          size_t length)
{
    size_t state = find_word(state_words, AMR_STATE_COUNT, name, length);
    size_t advisory = find_word(advisory_words, AMR_ADVISORY_COUNT, name, length);
    size_t outcome = find_word(outcome_words, AMR_OUTCOME_COUNT, name, length);

    if (state < AMR_STATE_COUNT)
        return &policy->states[state];
    if (advisory < AMR_ADVISORY_COUNT)
        return &policy->advisories[advisory];
    return outcome < AMR_OUTCOME_COUNT ? &policy->outcomes[outcome] : NULL;
}

bool amr_policy_set_severity(struct amr_policy *policy, const char *text)
{
    size_t length = strcspn(text, "=");
    struct amr_override *override = find_override(policy, text, length);
    enum amr_severity severity;

    if (override == NULL || text[length] != '=' ||
        !amr_severity_parse(text + length + 1, &severity))
        return false;
    *override = (struct amr_override){.is_set = true, .severity = severity};
    return true;
}

static void fill(struct amr_override *overrides, const struct amr_override *lower, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!overrides[i].is_set)
            overrides[i] = lower[i];
    }
}

void amr_policy_fill_severities(struct amr_policy *policy, const struct amr_policy *lower)
{
    fill(policy->states, lower->states, AMR_STATE_COUNT);
    fill(policy->advisories, lower->advisories, AMR_ADVISORY_COUNT);
    fill(policy->outcomes, lower->outcomes, AMR_OUTCOME_COUNT);
}

enum amr_severity amr_policy_judge_days_left(const struct amr_policy *policy,
                                             int64_t days_left_hundredths)
{
    if (amr_range_is_alert(&policy->critical, days_left_hundredths))
        return AMR_CRITICAL;
    return amr_range_is_alert(&policy->warning, days_left_hundredths) ? AMR_WARNING : AMR_OK;
}

enum amr_severity amr_override_apply(const struct amr_override *override,
                                     enum amr_severity severity)
{
    return override->is_set ? override->severity : severity;
}

enum amr_severity amr_policy_judge_outcome(const struct amr_policy *policy,
                                           enum amr_outcome outcome)
{
    return amr_override_apply(&policy->outcomes[outcome], AMR_UNKNOWN);
}

enum amr_severity amr_severity_worse(enum amr_severity left, enum amr_severity right)
{
    return left > right ? left : right;
}

const char *amr_severity_word(enum amr_severity severity)
{
    return severity_words[severity];
}

const char *amr_state_word(enum amr_state state)
{
    return state_words[state];
}

const char *amr_advisory_word(enum amr_advisory advisory)
{
    return advisory_words[advisory];
}

const char *amr_outcome_word(enum amr_outcome outcome)
{
    return outcome_words[outcome];
}
