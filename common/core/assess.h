/* SPDX-License-Identifier: MIT */
/* The decision on one database at one instant. The rules are those of Azure's upgrade policy
 * (learn.microsoft.com/azure/redis/how-to-upgrade): a database is upgraded by itself when a line
 * becomes generally available (GA), unless its owner chose deferral before that day, and then at
 * the latest when the window of 90 days after that day is over; it is upgraded to the newest line;
 * the choice covers the next such event only.
 *
 * G: the lines above the running one that are GA. N: those with a GA day to come. P: those in
 * preview without any GA day. All of the database's tier, upgrade events only. */
#ifndef AMR_ASSESS_H
#define AMR_ASSESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calendar.h"
#include "catalog.h"
#include "fleet.h"
#include "history.h"
#include "policy.h"
#include "version.h"

/* Stands for a count of hundredths of a day that is not known. */
#define AMR_DAYS_NONE INT64_MIN

/* Why a state is what it is, where the state alone does not say it. */
enum amr_reason {
    AMR_REASON_NONE,
    AMR_REASON_FAULT,            /* a field of a wrong type */
    AMR_REASON_NO_VERSION,       /* Azure gives none */
    AMR_REASON_BAD_VERSION,      /* not X.Y or X.Y.Z */
    AMR_REASON_NO_SKU,           /* the cluster's SKU, and so its tier, was not read */
    AMR_REASON_TIER_NOT_LISTED,  /* the catalogue does not have the tier */
    AMR_REASON_LINE_NOT_LISTED,  /* above every line that the catalogue knows for the tier */
    AMR_REASON_DEFERRAL_OTHER,   /* deferUpgrade has a value that is not known */
    AMR_REASON_GA_DAY_NOT_FOUND, /* deferred since GA on a day that is not known */
    AMR_REASON_SET_AFTER_GA,     /* seen not deferred after GA */
    AMR_REASON_NEWER_NOT_COVERED /* deferred, and a line that became GA later is not covered */
};

/* Lines are the zero value, dates NONE, instants AMR_INSTANT_NONE and days AMR_DAYS_NONE where the
 * state does not define them. */
struct amr_assessment {
    size_t database; /* index in the fleet */
    enum amr_state state;
    enum amr_severity severity; /* the worst of the state's and the advisories' */
    enum amr_reason reason;
    struct amr_line target;
    struct amr_line first;
    struct amr_line next;
    struct amr_line manual_target; /* what a manual upgrade would bring */
    bool is_manual_preview;
    struct amr_date ga;      /* of first; in CHOICE of next */
    struct amr_date next_ga; /* of next */
    int64_t deadline_s;
    int64_t deadline_latest_s; /* with the last day of a GA known to the month */
    int64_t days_left_hundredths;
    int64_t days_to_ga_hundredths;
    int lines_behind;          /* size of G; -1 where the state is UNKNOWN */
    const char *release_notes; /* of target, owned by the catalogue; may be NULL */
    bool has_advisory[AMR_ADVISORY_COUNT];
    enum amr_severity advisories[AMR_ADVISORY_COUNT]; /* where has_advisory */
    int64_t retirement_s; /* the instant of the retirement, where advised */
};

/* What a decision is made from; everything is borrowed. `history` is NULL where nothing was
 * observed, `is_skewed` tells that another member of the geo-replication group runs another line.
 */
struct amr_assess_input {
    const struct amr_fleet *fleet;
    size_t database;
    const struct amr_catalog *catalog;
    const struct amr_policy *policy;
    const struct amr_history_record *history;
    bool is_skewed;
    int64_t as_of_s;
};

/* Decides. Every input has a result; what cannot be decided is AMR_STATE_UNKNOWN with a reason. */
void amr_assess(const struct amr_assess_input *input, struct amr_assessment *assessment);

#endif
