/* SPDX-License-Identifier: MIT */
/* The one place that decides where the data come from. */
#ifndef AMR_SOURCE_H
#define AMR_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "error.h"
#include "fleet.h"
#include "settings.h"

/* Reads the fleet from the file that the settings name, else from Azure, into *fleet, which is
 * empty; *data_source says which it was. now_s is the real clock's reading, the monotonic instant
 * deadline_ms ends it. Errors: a file that cannot be read or is malformed (AMR_ERROR_USAGE,
 * AMR_ERROR_RESPONSE, AMR_ERROR_TIMEOUT, with its path), AMR_ERROR_NO_MEMORY; what Azure did not
 * tell is an error of the fleet. */
bool amr_source_read(const struct amr_settings *settings, int64_t now_s, int64_t deadline_ms,
                     struct amr_fleet *fleet, enum amr_data_source *data_source,
                     struct amr_error *err) AMR_MUST_CHECK;

#endif
