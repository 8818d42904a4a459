/* SPDX-License-Identifier: MIT */
/* One run of an adapter: settings, what was read by them, and the verdict. */
#ifndef AMR_RUN_H
#define AMR_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "catalog.h"
#include "error.h"
#include "report.h"
#include "settings.h"
#include "source.h"
#include "verdict.h"

/* now_s: the run's one reading of the real clock. as_of_s: the instant that is judged. */
struct amr_run {
    struct amr_settings settings;
    struct amr_catalog catalog;
    struct amr_source source;
    struct amr_verdict verdict;
    int64_t deadline_ms; /* monotonic: what is read is read by then */
    int64_t now_s;
    int64_t as_of_s;
    int64_t not_before_s; /* as in struct amr_verdict_input */
};

/* Fills in the defaults; the settings are then for the adapter to set. */
void amr_run_init(struct amr_run *run);

/* Completes the settings by the credentials file and the environment. Errors: AMR_ERROR_USAGE,
 * where the message begins with the name of the setting. */
bool amr_run_complete(struct amr_run *run, struct amr_error *err) AMR_MUST_CHECK;

/* Reads the catalogues and the fleet of the completed settings. Errors: those of amr_catalogs_load
 * and amr_source_read. */
bool amr_run_read(struct amr_run *run, struct amr_error *err) AMR_MUST_CHECK;

/* Judges what was read, as of as_of_s. Error: AMR_ERROR_NO_MEMORY. */
bool amr_run_judge(struct amr_run *run, struct amr_error *err) AMR_MUST_CHECK;

/* What there is to report, borrowed from the run. */
struct amr_report amr_run_report(const struct amr_run *run, const char *program);

/* Appends lines for whoever looks after the program: secrets that everybody can read, a clock that
 * is wrong, and what the verbosity asks for besides. */
void amr_run_append_remarks(const struct amr_run *run, struct amr_buffer *remarks);

/* Releases what the run owns, wiping secrets; takes a zeroed one too. */
void amr_run_free(struct amr_run *run);

#endif
