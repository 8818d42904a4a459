/* SPDX-License-Identifier: MIT */
/* What the verbs of the operator's command share. */
#ifndef AMR_COMMAND_H
#define AMR_COMMAND_H

#include <stdbool.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "fleet.h"
#include "run.h"
#include "verdict.h"

#define AMR_PROGRAM "amr-upgrade"

/* The exit codes (INTERFACE "Operator's command"). */
enum amr_exit { AMR_EXIT_DONE, AMR_EXIT_FAILED, AMR_EXIT_REFUSED, AMR_EXIT_USAGE };

enum { AMR_COMMAND_TEXT_BYTES_MAX = 64 * 1024, AMR_COMMAND_OUTPUT_BYTES_MAX = 512 * 1024 * 1024 };

/* One run of the command. start_ms: the monotonic instant at which it began. */
struct amr_operator {
    struct amr_run run;
    int64_t start_ms;
};

/* Reads the fleet afresh and judges it; what was read before is given up. The time of --timeout
 * begins anew. Errors: those of amr_run_read and amr_run_judge. */
bool amr_command_read(struct amr_operator *operator, struct amr_error * err) AMR_MUST_CHECK;

/* Writes to standard output. False where the text failed or could not be written, which is told. */
bool amr_command_print(const struct amr_buffer *text);

/* Writes "amr-upgrade: MESSAGE" as a line to standard error. */
void amr_command_tell(const char *message);

/* Tells the error and returns `code`. */
enum amr_exit amr_command_fail(const struct amr_error *error, enum amr_exit code);

/* Tells what could not be read and how old the data are. False where a database may be missing, or
 * there is none. */
bool amr_command_tell_outcome(const struct amr_operator *operator);

/* Reads the fleet for a verb that works on it and tells what came out. False, with *code, where not
 * all of it could be read afresh. */
bool amr_command_read_fresh(struct amr_operator *operator, enum amr_exit * code) AMR_MUST_CHECK;

/* The row of the database with this ARM id; NULL where it is not among the rows. */
const struct amr_verdict_row *amr_command_find_row(const struct amr_run *run, const char *id);

/* Appends how to follow what is under way at a database: "amr-upgrade wait --subscription ...". */
void amr_command_append_wait(struct amr_buffer *buffer, const struct amr_cluster *cluster,
                             const char *database);

/* Appends "NAME: STATE, ..." and a newline. */
void amr_command_append_row(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_verdict_row *row);

/* The verbs. The settings are complete (catalog: as they were given). */
enum amr_exit amr_command_list(struct amr_operator *operator);
enum amr_exit amr_command_timeline(struct amr_operator *operator);
enum amr_exit amr_command_catalog(struct amr_operator *operator);
enum amr_exit amr_command_change(struct amr_operator *operator);
enum amr_exit amr_command_wait(struct amr_operator *operator);

#endif
