/* SPDX-License-Identifier: MIT */
/* The releases that Azure's documentation knows: which line is in preview or generally available
 * (GA) on which tier since when. Azure's API does not tell; see catalog.json. */
#ifndef AMR_CATALOG_H
#define AMR_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "attributes.h"
#include "calendar.h"
#include "error.h"
#include "version.h"

enum { AMR_CATALOG_WINDOW_DAYS = 90, AMR_CATALOG_WINDOW_DAYS_MAX = 3660 };

/* A file that was merged. `reviewed` is NONE where the file does not say; a month counts from its
 * first day. */
struct amr_catalog_file {
    const char *path;
    struct amr_date reviewed;
    struct amr_catalog_file *next;
};

/* A release: one line on one tier. `preview` is NONE, MONTH or DAY; `ga` may be UNKNOWN besides.
 * The files are those that the two dates come from. */
struct amr_catalog_tier {
    const char *name;
    struct amr_date preview;
    struct amr_date ga;
    const struct amr_catalog_file *preview_file;
    const struct amr_catalog_file *ga_file;
    struct amr_catalog_tier *next;
};

/* A line. is_event: it is an upgrade event of its own; false: it comes with the monthly patching.
 */
struct amr_catalog_line {
    struct amr_line line;
    bool is_event;
    const struct amr_catalog_file *is_event_file;
    const char *notes;  /* address of the release notes or NULL */
    const char *source; /* address or NULL */
    struct amr_catalog_tier *tiers;
    struct amr_catalog_line *next;
};

/* The day on which Azure retires a kind of cluster; a month counts from its first day. */
struct amr_catalog_retirement {
    const char *kind;
    struct amr_date date;
    const struct amr_catalog_file *date_file;
    const char *source;
    struct amr_catalog_retirement *next;
};

/* A sentence for whoever keeps the catalogue: where a file overrides one that was reviewed later,
 * or has a key that means nothing. */
struct amr_catalog_remark {
    const char *text;
    struct amr_catalog_remark *next;
};

/* Everything belongs to the arena. Lists stand in the order of their first naming. */
struct amr_catalog {
    struct amr_arena arena;
    int64_t window_days;
    const struct amr_catalog_file *window_file; /* that names it, or NULL */
    struct amr_catalog_file *files;
    struct amr_catalog_line *lines;
    struct amr_catalog_retirement *retirements;
    struct amr_catalog_remark *remarks;
};

/* An empty catalogue with a window of 90 days. */
void amr_catalog_init(struct amr_catalog *catalog);

/* Merges the JSON text of the file `path` over what is there, field by field of line and tier: null
 * resets, what is not named stays. Errors (AMR_ERROR_USAGE, "PATH: /releases/0/line: …"): malformed
 * JSON, a wrong type or value; the catalogue must not be used after one. */
bool amr_catalog_merge(struct amr_catalog *catalog, const char *path, const char *text,
                       size_t length, struct amr_error *err) AMR_MUST_CHECK;

/* The entry of a tier (any case) in a line, NULL where the catalogue has none. */
const struct amr_catalog_tier *amr_catalog_find_tier(const struct amr_catalog_line *line,
                                                     const char *tier);

/* The entry of a line, NULL where there is none. */
const struct amr_catalog_line *amr_catalog_find_line(const struct amr_catalog *catalog,
                                                     struct amr_line line);

/* The retirement of a kind (any case; NULL has none), NULL where there is none. */
const struct amr_catalog_retirement *amr_catalog_find_retirement(const struct amr_catalog *catalog,
                                                                 const char *kind);

/* The newest day of review; false where no file says one. */
bool amr_catalog_reviewed(const struct amr_catalog *catalog,
                          struct amr_date *reviewed) AMR_MUST_CHECK;

/* Whole days from the newest review to as_of_s, never negative; false where no file says one. */
bool amr_catalog_age_days(const struct amr_catalog *catalog, int64_t as_of_s,
                          int64_t *days) AMR_MUST_CHECK;

/* Releases what the catalogue owns; takes a zeroed one too. */
void amr_catalog_free(struct amr_catalog *catalog);

#endif
