/* SPDX-License-Identifier: MIT */
/* A scene that is judged, for the suites of what comes after the decision. */
#ifndef AMR_STAGE_H
#define AMR_STAGE_H

#include <string.h>

#include "scene.h"
#include "verdict.h"

/* Everything that a verdict is made from, and the verdict. */
struct stage {
    struct amr_catalog catalog;
    struct amr_fleet fleet;
    struct amr_policy policy;
    struct amr_selection selection;
    struct amr_verdict verdict;
};

static inline void stage_set(struct stage *stage, const char *catalog,
                             const struct scene_database *databases, size_t count)
{
    memset(stage, 0, sizeof(*stage));
    amr_catalog_init(&stage->catalog);
    scene_catalog(&stage->catalog, catalog);
    scene_fleet(&stage->fleet, databases, count);
    amr_policy_init(&stage->policy);
}

static inline void stage_judge(struct stage *stage, const char *as_of,
                               const struct amr_history_record *history)
{
    const struct amr_verdict_input input = {
        .fleet = &stage->fleet,
        .selection = &stage->selection,
        .catalog = &stage->catalog,
        .policy = &stage->policy,
        .history = history,
        .as_of_s = scene_instant(as_of),
        .not_before_s = AMR_INSTANT_NONE,
    };
    struct amr_error err;

    ck_assert_msg(amr_verdict_judge(&input, &stage->verdict, &err), "%s", err.message);
}

static inline void stage_free(struct stage *stage)
{
    amr_verdict_free(&stage->verdict);
    amr_fleet_free(&stage->fleet);
    amr_catalog_free(&stage->catalog);
}

/* Chooses by one value; NULL by none. */
static inline void stage_select(struct amr_list *list, const char *value)
{
    list->values[0] = value;
    list->count = value == NULL ? 0 : 1;
}

#endif
