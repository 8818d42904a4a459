/* SPDX-License-Identifier: MIT */
/* The words about a verdict that adapters share: summary, sentences, JSON. Foreign text comes out
 * cleaned in sentences and escaped in JSON. */
#ifndef AMR_REPORT_H
#define AMR_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "catalog.h"
#include "fleet.h"
#include "policy.h"
#include "verdict.h"

/* Room for the summary: with the service's name and a severity before it the first line stays below
 * 200 bytes. */
enum { AMR_REPORT_SUMMARY_BYTES_MAX = 170 };

/* What is reported; all borrowed. */
struct amr_report {
    const char *program;
    const char *version;
    const struct amr_fleet *fleet;
    const struct amr_selection *selection;
    const struct amr_catalog *catalog;
    const struct amr_policy *policy;
    const struct amr_verdict *verdict;
    const struct amr_history_record *history; /* as of the verdict; or NULL */
    enum amr_data_source source;
    bool is_stale;           /* older than the time to live */
    int64_t refused_since_s; /* where the verdict tells of refused access */
    int64_t as_of_s;
    int64_t now_s;
};

/* What a row is about. */
const struct amr_database *amr_report_database(const struct amr_report *report,
                                               const struct amr_verdict_row *row);
const struct amr_cluster *amr_report_cluster(const struct amr_report *report,
                                             const struct amr_verdict_row *row);

/* Appends one line of at most max_bytes: how many databases need attention, the worst first, and
 * what befell the run; or that none does. */
void amr_report_append_summary(struct amr_buffer *buffer, const struct amr_report *report,
                               size_t max_bytes);

/* Appends the sentence about one database that follows its name and severity: "deferred, 7.4 ->
 * 8.0, 23 days left, automatic upgrade from 2027-01-29, Balanced_B10", then reason and advisories.
 */
void amr_report_append_sentence(struct amr_buffer *buffer, const struct amr_report *report,
                                const struct amr_verdict_row *row);

/* Appends why the state is what it is; nothing where the state says it all. */
void amr_report_append_reason(struct amr_buffer *buffer, const struct amr_report *report,
                              const struct amr_verdict_row *row);

/* Appends the text of an advisory of a row that has it. */
void amr_report_append_advisory(struct amr_buffer *buffer, const struct amr_report *report,
                                const struct amr_verdict_row *row, enum amr_advisory advisory);

/* Appends why the catalogue is stale, in a verdict that says so. */
void amr_report_append_catalog_stale(struct amr_buffer *buffer, const struct amr_report *report);

/* Appends since when Azure has refused access, in a verdict that says so. */
void amr_report_append_access(struct amr_buffer *buffer, const struct amr_report *report);

/* Appends an age in seconds, not negative, in its largest unit: "90 s", "10 min", "3 h", "5 days".
 */
void amr_report_append_age(struct amr_buffer *buffer, int64_t age_s);

/* Appends a count of hundredths: "23.45", "-0.01". */
void amr_report_append_hundredths(struct amr_buffer *buffer, int64_t hundredths);

/* Age of the oldest data in seconds, never negative; false where it is not known. */
bool amr_report_data_age_s(const struct amr_report *report, int64_t *age_s) AMR_MUST_CHECK;

/* Appends the JSON document (schema 1) with this summary, ended by a newline. */
void amr_report_append_json(struct amr_buffer *buffer, const struct amr_report *report,
                            const char *summary);

#endif
