/* SPDX-License-Identifier: MIT */
/* Runs another program, bounded in time and in what it may say. */
#ifndef AMR_PROCESS_H
#define AMR_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

/* Runs arguments[0], looked for in PATH, with the arguments up to a NULL, without a shell, with
 * this process's environment and nothing to read. Appends what it prints to *output, whose limit it
 * must not exceed, and of its complaints (standard error) as much as *complaints takes; wipe both
 * where they may hold a secret. *status is its exit status, -1 where that cannot be known or a
 * signal ended it. At the monotonic instant deadline_ms it and its children are killed. Not for
 * use where other code waits for children of unknown number. Errors: AMR_ERROR_CREDENTIAL where it
 * cannot be started, AMR_ERROR_TIMEOUT, AMR_ERROR_RESPONSE for too much output; they name it. */
bool amr_process_run(const char *const arguments[], int64_t deadline_ms, struct amr_buffer *output,
                     struct amr_buffer *complaints, int *status,
                     struct amr_error *err) AMR_MUST_CHECK;

#endif
