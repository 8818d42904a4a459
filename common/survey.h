/* SPDX-License-Identifier: MIT */
/* One reading of a fleet from Azure. Knows Azure and no files but the credential's. */
#ifndef AMR_SURVEY_H
#define AMR_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "error.h"
#include "fleet.h"
#include "settings.h"

/* Reads what the settings select into *fleet, which is empty: a token, the subscriptions where all
 * are wanted, the clusters of each, and the databases of those that the selection can need. now_s
 * becomes the clusters' fetched_s; the monotonic instant deadline_ms ends it. What could not be
 * read is an error of the fleet. Error: AMR_ERROR_NO_MEMORY. */
bool amr_survey_read(const struct amr_settings *settings, int64_t now_s, int64_t deadline_ms,
                     struct amr_fleet *fleet, struct amr_error *err) AMR_MUST_CHECK;

#endif
