/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy.h"
#include "unit.h"

static const struct word_row {
    const char *word;
    enum amr_severity severity;
} severity_rows[] = {
    {"ok", AMR_OK},
    {"warning", AMR_WARNING},
    {"critical", AMR_CRITICAL},
    {"unknown", AMR_UNKNOWN},
};

START_TEST(test_severity)
{
    const struct word_row *row = &severity_rows[_i];
    enum amr_severity severity;

    ck_assert_str_eq(amr_severity_word(row->severity), row->word);
    ck_assert_msg(amr_severity_parse(row->word, &severity), "'%s': refused", row->word);
    ck_assert_int_eq(severity, row->severity);
}
END_TEST

static const char *const refused_severities[] = {
    "", "OK", "Warning", "warn", "crit", "ok ", " ok", "okay", "0", "o", "=ok", "criticall"};

START_TEST(test_severity_refused)
{
    enum amr_severity severity = AMR_CRITICAL;

    ck_assert_msg(!amr_severity_parse(refused_severities[_i], &severity), "'%s': taken",
                  refused_severities[_i]);
    ck_assert_int_eq(severity, AMR_CRITICAL);
}
END_TEST

static const struct worse_row {
    enum amr_severity left;
    enum amr_severity right;
    enum amr_severity worse;
} worse_rows[] = {
    {AMR_OK, AMR_OK, AMR_OK},
    {AMR_OK, AMR_UNKNOWN, AMR_UNKNOWN},
    {AMR_OK, AMR_WARNING, AMR_WARNING},
    {AMR_OK, AMR_CRITICAL, AMR_CRITICAL},
    {AMR_UNKNOWN, AMR_UNKNOWN, AMR_UNKNOWN},
    {AMR_UNKNOWN, AMR_WARNING, AMR_WARNING},
    {AMR_UNKNOWN, AMR_CRITICAL, AMR_CRITICAL},
    {AMR_WARNING, AMR_WARNING, AMR_WARNING},
    {AMR_WARNING, AMR_CRITICAL, AMR_CRITICAL},
    {AMR_CRITICAL, AMR_CRITICAL, AMR_CRITICAL},
};

START_TEST(test_worse)
{
    const struct worse_row *row = &worse_rows[_i];

    ck_assert_int_eq(amr_severity_worse(row->left, row->right), row->worse);
    ck_assert_int_eq(amr_severity_worse(row->right, row->left), row->worse);
}
END_TEST

static const char *const state_words[] = {
    [AMR_STATE_CURRENT] = "current",
    [AMR_STATE_PREVIEW] = "preview",
    [AMR_STATE_AVAILABLE] = "available",
    [AMR_STATE_CHOICE] = "choice",
    [AMR_STATE_DUE] = "due",
    [AMR_STATE_DEFERRED] = "deferred",
    [AMR_STATE_OVERDUE] = "overdue",
    [AMR_STATE_LATE] = "late",
    [AMR_STATE_UNKNOWN] = "unknown",
};

static const char *const advisory_words[] = {
    [AMR_ADVISORY_SPENT] = "spent",
    [AMR_ADVISORY_FAILED] = "failed",
    [AMR_ADVISORY_BUSY] = "busy",
    [AMR_ADVISORY_SKEW] = "skew",
    [AMR_ADVISORY_RETIREMENT] = "retirement",
    [AMR_ADVISORY_ACCESS] = "access",
    [AMR_ADVISORY_CATALOG_STALE] = "catalog-stale",
};

static const char *const outcome_words[] = {
    [AMR_OUTCOME_EMPTY] = "empty",
    [AMR_OUTCOME_ERROR] = "error",
    [AMR_OUTCOME_PARTIAL] = "partial",
};

static size_t count_set(const struct amr_override *overrides, size_t count)
{
    size_t set = 0;

    for (size_t i = 0; i < count; i++)
        set += overrides[i].is_set ? 1 : 0;
    return set;
}

/* Sets `word` to each severity and looks that *target, and nothing else, is set. */
static void check_settable(struct amr_policy *policy, const struct amr_override *target,
                           const char *word)
{
    char text[64];

    for (size_t i = 0; i < AMR_COUNT_OF(severity_rows); i++) {
        amr_policy_init(policy);
        snprintf(text, sizeof(text), "%s=%s", word, severity_rows[i].word);
        ck_assert_msg(amr_policy_set_severity(policy, text), "'%s': refused", text);
        ck_assert_msg(target->is_set && target->severity == severity_rows[i].severity,
                      "'%s': not set", text);
        size_t set = count_set(policy->states, AMR_STATE_COUNT) +
                     count_set(policy->advisories, AMR_ADVISORY_COUNT) +
                     count_set(policy->outcomes, AMR_OUTCOME_COUNT);
        ck_assert_msg(set == 1, "'%s': %zu are set", text, set);
    }
}

START_TEST(test_states_settable)
{
    struct amr_policy policy;

    ck_assert_uint_eq(AMR_COUNT_OF(state_words), AMR_STATE_COUNT);
    ck_assert_str_eq(amr_state_word((enum amr_state)_i), state_words[_i]);
    check_settable(&policy, &policy.states[_i], state_words[_i]);
}
END_TEST

START_TEST(test_advisories_settable)
{
    struct amr_policy policy;

    ck_assert_uint_eq(AMR_COUNT_OF(advisory_words), AMR_ADVISORY_COUNT);
    ck_assert_str_eq(amr_advisory_word((enum amr_advisory)_i), advisory_words[_i]);
    check_settable(&policy, &policy.advisories[_i], advisory_words[_i]);
}
END_TEST

START_TEST(test_outcomes_settable)
{
    struct amr_policy policy;

    ck_assert_uint_eq(AMR_COUNT_OF(outcome_words), AMR_OUTCOME_COUNT);
    ck_assert_str_eq(amr_outcome_word((enum amr_outcome)_i), outcome_words[_i]);
    check_settable(&policy, &policy.outcomes[_i], outcome_words[_i]);
}
END_TEST

static const char *const refused_texts[] = {
    "",
    "=",
    "ok",
    "due",
    "due=",
    "=ok",
    "due=OK",
    "Due=ok",
    "due=okay",
    "due =ok",
    "due= ok",
    " due=ok",
    "due=ok ",
    "due=ok,",
    "due=ok=ok",
    "due:ok",
    "due=0",
    "du=ok",
    "duel=ok",
    "all=ok",
    "catalog=ok",
    "stale=ok",
    "catalog_stale=ok",
    "errors=ok",
    "due=warn",
    "due=none",
    "critical=ok",
    "due==ok",
    "due=ok\n",
    "due,late=ok",
};

START_TEST(test_refused)
{
    struct amr_policy policy;
    struct amr_policy before;

    memset(&policy, 0, sizeof(policy));
    amr_policy_init(&policy);
    memcpy(&before, &policy, sizeof(before));
    ck_assert_msg(!amr_policy_set_severity(&policy, refused_texts[_i]), "'%s': taken",
                  refused_texts[_i]);
    ck_assert_msg(memcmp(&policy, &before, sizeof(before)) == 0, "'%s': touched",
                  refused_texts[_i]);
}
END_TEST

START_TEST(test_defaults)
{
    struct amr_policy policy;

    memset(&policy, 0x5a, sizeof(policy));
    amr_policy_init(&policy);
    ck_assert_str_eq(policy.warning.text, "30:");
    ck_assert_str_eq(policy.critical.text, "7:");
    ck_assert_str_eq(policy.choice_warning.text, "30:");
    ck_assert_str_eq(policy.catalog_age.text, "60");
    ck_assert_int_eq(policy.intent, AMR_INTENT_ANY);
    for (size_t i = 0; i < AMR_STATE_COUNT; i++)
        ck_assert(!policy.states[i].is_set);
    for (size_t i = 0; i < AMR_ADVISORY_COUNT; i++)
        ck_assert(!policy.advisories[i].is_set);
    for (size_t i = 0; i < AMR_OUTCOME_COUNT; i++)
        ck_assert(!policy.outcomes[i].is_set);
}
END_TEST

/* A NULL range is the default. */
static const struct days_row {
    const char *warning;
    const char *critical;
    int64_t days_left_hundredths;
    enum amr_severity severity;
} days_rows[] = {
    {NULL, NULL, 3001, AMR_OK},
    {NULL, NULL, 3000, AMR_OK},
    {NULL, NULL, 2999, AMR_WARNING},
    {NULL, NULL, 701, AMR_WARNING},
    {NULL, NULL, 700, AMR_WARNING},
    {NULL, NULL, 699, AMR_CRITICAL},
    {NULL, NULL, 0, AMR_CRITICAL},
    {NULL, NULL, -1, AMR_CRITICAL},
    {NULL, NULL, -3000, AMR_CRITICAL},
    {"~:", NULL, 2999, AMR_OK},
    {"~:", "7:", 699, AMR_CRITICAL},
    {"30:", "~:", 699, AMR_WARNING},
    {"~:", "~:", -3000, AMR_OK},
    {"10:", "20:", 1500, AMR_CRITICAL},
    {"@10:20", "@15:16", 1500, AMR_CRITICAL},
    {"@10:20", "@15:16", 1400, AMR_WARNING},
    {"@10:20", "@15:16", 2001, AMR_OK},
};

START_TEST(test_days_left)
{
    const struct days_row *row = &days_rows[_i];
    struct amr_policy policy;

    amr_policy_init(&policy);
    ck_assert(row->warning == NULL || amr_range_parse(row->warning, &policy.warning));
    ck_assert(row->critical == NULL || amr_range_parse(row->critical, &policy.critical));
    enum amr_severity severity = amr_policy_judge_days_left(&policy, row->days_left_hundredths);
    ck_assert_msg(severity == row->severity, "row %d, %" PRId64 " hundredths: %s", _i,
                  row->days_left_hundredths, amr_severity_word(severity));
}
END_TEST

START_TEST(test_override)
{
    const struct amr_override none = {false, AMR_CRITICAL};
    const struct amr_override ok = {true, AMR_OK};
    const struct amr_override critical = {true, AMR_CRITICAL};

    ck_assert_int_eq(amr_override_apply(&none, AMR_WARNING), AMR_WARNING);
    ck_assert_int_eq(amr_override_apply(&ok, AMR_WARNING), AMR_OK);
    ck_assert_int_eq(amr_override_apply(&critical, AMR_OK), AMR_CRITICAL);
}
END_TEST

START_TEST(test_outcome)
{
    struct amr_policy policy;
    char text[64];

    amr_policy_init(&policy);
    ck_assert_int_eq(amr_policy_judge_outcome(&policy, (enum amr_outcome)_i), AMR_UNKNOWN);
    snprintf(text, sizeof(text), "%s=critical", outcome_words[_i]);
    ck_assert(amr_policy_set_severity(&policy, text));
    for (int i = 0; i < AMR_OUTCOME_COUNT; i++)
        ck_assert_int_eq(amr_policy_judge_outcome(&policy, (enum amr_outcome)i),
                         i == _i ? AMR_CRITICAL : AMR_UNKNOWN);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_severity, severity_rows);
    UNIT_ADD_ROWS(tcase, test_severity_refused, refused_severities);
    UNIT_ADD_ROWS(tcase, test_worse, worse_rows);
    UNIT_ADD_ROWS(tcase, test_states_settable, state_words);
    UNIT_ADD_ROWS(tcase, test_advisories_settable, advisory_words);
    UNIT_ADD_ROWS(tcase, test_outcomes_settable, outcome_words);
    UNIT_ADD_ROWS(tcase, test_refused, refused_texts);
    tcase_add_test(tcase, test_defaults);
    UNIT_ADD_ROWS(tcase, test_days_left, days_rows);
    tcase_add_test(tcase, test_override);
    UNIT_ADD_ROWS(tcase, test_outcome, outcome_words);
}

int main(void)
{
    return unit_run("policy", add_tests);
}
