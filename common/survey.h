/* SPDX-License-Identifier: MIT */
/* One reading of Azure. Knows Azure and no files but the credential's. */
#ifndef AMR_SURVEY_H
#define AMR_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "error.h"
#include "http.h"
#include "settings.h"
#include "snapshot.h"

struct amr_survey;

/* Prepares a survey; nothing is asked and libcurl is not started before something is to be read.
 * read_s, the real clock's reading, becomes the instant of all that is read; the monotonic instant
 * deadline_ms ends it. `resident` is that of a process that goes on afterwards, which keeps it as
 * long, else NULL. Error: AMR_ERROR_NO_MEMORY. */
bool amr_survey_open(const struct amr_settings *settings, int64_t read_s, int64_t deadline_ms,
                     struct amr_http_resident *resident, struct amr_survey **survey,
                     struct amr_error *err) AMR_MUST_CHECK;

/* Reads which subscriptions the credential sees into *reading, which is empty: a part for each, and
 * AMR_PART_SUBSCRIPTIONS as read where the list is whole. What could not be read is an error of
 * its fleet. Error: AMR_ERROR_NO_MEMORY. */
bool amr_survey_read_subscriptions(struct amr_survey *survey, struct amr_snapshot *reading,
                                   struct amr_error *err) AMR_MUST_CHECK;

/* Reads what the plan names into *reading, which is empty: its lists, the databases of its
 * clusters, and those of clusters that the lists name and the plan wants; the stalest first. Texts
 * of clusters that the plan's snapshot has already are borrowed from it until both are merged. What
 * failed for a moment is asked for again while the rest goes on (amr_pace_backoff_ms), and no
 * subscription is read faster than Azure allows (struct amr_pace_bucket). What could not be read is
 * an error of the fleet. An answer with status 429 is waited out where that leaves time to go on
 * (amr_pace_wait_out_ms); else nothing more is asked for. Error: AMR_ERROR_NO_MEMORY. */
bool amr_survey_read(struct amr_survey *survey, const struct amr_plan *plan,
                     struct amr_snapshot *reading, struct amr_error *err) AMR_MUST_CHECK;

/* By how many seconds the real clock is ahead of Azure's, as of the last answer (amr_pace_skew_s);
 * 0 for NULL. */
int64_t amr_survey_skew_s(const struct amr_survey *survey);

/* Ends the survey; takes NULL. */
void amr_survey_close(struct amr_survey *survey);

#endif
