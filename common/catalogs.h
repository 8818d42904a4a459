/* SPDX-License-Identifier: MIT */
/* The catalogue files of this machine. */
#ifndef AMR_CATALOGS_H
#define AMR_CATALOGS_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "catalog.h"
#include "error.h"
#include "fleet.h"

/* Merges into *catalog, which is initialised: the shipped file, the administrator's where present
 * ($(sysconfdir)/amr-upgrade/catalog.json), then `files` in order. The shipped one may be absent
 * where `files` has any; files_words is what the adapter calls them. Ends by the monotonic instant deadline_ms. Errors: AMR_ERROR_USAGE and
 * AMR_ERROR_TIMEOUT, with the path. */
bool amr_catalogs_load(const struct amr_list *files, const char *files_words, int64_t deadline_ms,
                       struct amr_catalog *catalog, struct amr_error *err) AMR_MUST_CHECK;

#endif
