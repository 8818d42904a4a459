/* SPDX-License-Identifier: MIT */
/* Geo-replication groups: which databases belong together. */
#ifndef AMR_GEO_H
#define AMR_GEO_H

#include <stdbool.h>

#include "attributes.h"
#include "error.h"
#include "fleet.h"

/* Sets is_skewed[i] for each database i of the fleet whose group has members on different lines.
 * Members are those that name each other's ids (linkedDatabases); databases that name none belong
 * together where subscription and group nickname are the same. Members whose line is not known
 * prove nothing. is_skewed has room for database_count. Error: AMR_ERROR_NO_MEMORY. */
bool amr_geo_find_skew(const struct amr_fleet *fleet, bool *is_skewed,
                       struct amr_error *err) AMR_MUST_CHECK;

#endif
