/* SPDX-License-Identifier: MIT */
/* What the owner wants to be alerted of: states, severities, thresholds, intent. */
#ifndef AMR_POLICY_H
#define AMR_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "range.h"

/* In the order in which the worst wins, so that a maximum is right. Not the exit codes. */
enum amr_severity { AMR_OK, AMR_UNKNOWN, AMR_WARNING, AMR_CRITICAL };

/* The states of a database, in the order in which performance data count them. */
enum amr_state {
    AMR_STATE_CURRENT,
    AMR_STATE_PREVIEW,
    AMR_STATE_AVAILABLE,
    AMR_STATE_CHOICE,
    AMR_STATE_DUE,
    AMR_STATE_DEFERRED,
    AMR_STATE_OVERDUE,
    AMR_STATE_LATE,
    AMR_STATE_UNKNOWN,
    AMR_STATE_COUNT,
};

/* What stands beside a state: of one database, then (from ACCESS on) of the whole fleet. */
enum amr_advisory {
    AMR_ADVISORY_SPENT,
    AMR_ADVISORY_FAILED,
    AMR_ADVISORY_BUSY,
    AMR_ADVISORY_SKEW,
    AMR_ADVISORY_RETIREMENT,
    AMR_ADVISORY_ACCESS,
    AMR_ADVISORY_CATALOG_STALE,
    AMR_ADVISORY_COUNT,
};

/* What befalls a whole run. */
enum amr_outcome { AMR_OUTCOME_EMPTY, AMR_OUTCOME_ERROR, AMR_OUTCOME_PARTIAL, AMR_OUTCOME_COUNT };

/* What the owner wants of automatic upgrades. */
enum amr_intent { AMR_INTENT_ANY, AMR_INTENT_DEFER, AMR_INTENT_AUTOMATIC };

/* A severity that the owner set, or not. */
struct amr_override {
    bool is_set;
    enum amr_severity severity;
};

struct amr_policy {
    struct amr_range warning;        /* on days_left */
    struct amr_range critical;       /* on days_left */
    struct amr_range choice_warning; /* on days_to_ga */
    struct amr_range catalog_age;    /* in days */
    enum amr_intent intent;
    struct amr_override states[AMR_STATE_COUNT];
    struct amr_override advisories[AMR_ADVISORY_COUNT];
    struct amr_override outcomes[AMR_OUTCOME_COUNT];
};

/* The defaults: warning "30:", critical "7:", choice "30:", catalogue age "60", intent any, nothing
 * overridden. */
void amr_policy_init(struct amr_policy *policy);

/* Takes `NAME=LEVEL`: the word of a state, advisory or outcome and ok|warning|critical|unknown.
 * False, policy untouched, where either is none. */
bool amr_policy_set_severity(struct amr_policy *policy, const char *text) AMR_MUST_CHECK;

/* Takes over the severities that are set in `lower` and not in *policy. */
void amr_policy_fill_severities(struct amr_policy *policy, const struct amr_policy *lower);

/* The severity of days_left (hundredths of a day): critical where the critical range alerts, else
 * warning where the warning range does, else ok. */
enum amr_severity amr_policy_judge_days_left(const struct amr_policy *policy,
                                             int64_t days_left_hundredths);

/* The override, else `severity`. */
enum amr_severity amr_override_apply(const struct amr_override *override,
                                     enum amr_severity severity);

/* The severity of an outcome: the override, else unknown. */
enum amr_severity amr_policy_judge_outcome(const struct amr_policy *policy,
                                           enum amr_outcome outcome);

/* The worse of two: CRITICAL > WARNING > UNKNOWN > OK. */
enum amr_severity amr_severity_worse(enum amr_severity left, enum amr_severity right);

/* Parses ok|warning|critical|unknown. */
bool amr_severity_parse(const char *text, enum amr_severity *severity) AMR_MUST_CHECK;

/* Words as output and options spell them: "critical", "deferred", "catalog-stale", "empty". Static
 * text. */
const char *amr_severity_word(enum amr_severity severity);
const char *amr_state_word(enum amr_state state);
const char *amr_advisory_word(enum amr_advisory advisory);
const char *amr_outcome_word(enum amr_outcome outcome);

#endif
