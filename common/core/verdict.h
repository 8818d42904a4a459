/* SPDX-License-Identifier: MIT */
/* The decision on a whole fleet at one instant: every selected database judged, named, counted and
 * in order, and what befalls the run as a whole. */
#ifndef AMR_VERDICT_H
#define AMR_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "assess.h"
#include "attributes.h"
#include "catalog.h"
#include "error.h"
#include "fleet.h"
#include "history.h"
#include "policy.h"

/* One database. `name` is "cluster.location", plus ".database" where that is not "default", cleaned
 * for print; it does not depend on what else is there. `label` is the same of [A-Za-z0-9_.-] only,
 * with a hash of the ARM id behind it where several names come out alike. */
struct amr_verdict_row {
    const char *name;
    const char *label;
    bool is_too_old;
    struct amr_assessment assessment; /* of one that is too old nothing but its database */
};

/* A zeroed one is empty. */
struct amr_verdict {
    struct amr_arena arena;
    struct amr_verdict_row *rows; /* worst severity, then least days left, then name */
    size_t count;
    size_t old_count; /* rows behind those: databases that are too old to be judged */
    size_t state_counts[AMR_STATE_COUNT];
    size_t attention_count; /* rows whose severity is not ok */
    size_t subscription_count;
    int64_t least_days_left_hundredths; /* AMR_DAYS_NONE where no row has any */
    int64_t
        oldest_fetched_s; /* of all rows; AMR_INSTANT_NONE where some reading is of no known age */
    bool has_outcome[AMR_OUTCOME_COUNT];
    bool has_catalog_age; /* false: no file of the catalogue says when it was reviewed */
    int64_t catalog_age_days;
    bool is_line_newer_than_catalog; /* of some database */
    bool is_catalog_too_old;         /* or of unknown age */
    bool is_catalog_stale;
    enum amr_severity catalog_stale;
    bool is_access_refused;
    enum amr_severity access;
    enum amr_severity severity; /* the worst of all */
};

/* What a verdict is made from; all borrowed and unchanged. `history` is NULL or has a record for
 * each database of the fleet. is_access_refused: the fleet was kept from earlier, and Azure refuses
 * credentials or rights for long. Clusters that were read before not_before_s are not judged and
 * hide what they have; AMR_INSTANT_NONE: none is too old. */
struct amr_verdict_input {
    const struct amr_fleet *fleet;
    const struct amr_selection *selection;
    const struct amr_catalog *catalog;
    const struct amr_policy *policy;
    const struct amr_history_record *history;
    bool is_access_refused;
    int64_t as_of_s;
    int64_t not_before_s;
};

/* Judges. *verdict is filled and freed with amr_verdict_free; it borrows from the catalogue.
 * Errors: AMR_ERROR_NO_MEMORY. */
bool amr_verdict_judge(const struct amr_verdict_input *input, struct amr_verdict *verdict,
                       struct amr_error *err) AMR_MUST_CHECK;

/* True where this error of the fleet concerns a selected database: hides it, or, where it is
 * covered, left it as an earlier reading found it. */
bool amr_verdict_is_error_relevant(const struct amr_fleet *fleet,
                                   const struct amr_selection *selection,
                                   const struct amr_fleet_error *error);

/* Releases what the verdict owns; takes a zeroed one too. */
void amr_verdict_free(struct amr_verdict *verdict);

#endif
