/* SPDX-License-Identifier: MIT */
/* One call that ends every wait of another thread. Where a function takes a `cancel` it may be NULL
 * for none. */
#ifndef AMR_CANCEL_H
#define AMR_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "error.h"

/* The ends of a pipe: what waits for anything waits for `read_fd` besides. */
struct amr_cancel {
    int read_fd;
    int write_fd;
};

/* Makes one that is not raised. Error: AMR_ERROR_USAGE without file descriptors. */
bool amr_cancel_open(struct amr_cancel *cancel, struct amr_error *err) AMR_MUST_CHECK;

/* Raises it, for good; from any thread. */
void amr_cancel_raise(const struct amr_cancel *cancel);

/* True where it was raised. */
bool amr_cancel_is_raised(const struct amr_cancel *cancel);

/* Does nothing for wait_ms milliseconds, or until it is raised or a signal is handled. */
void amr_cancel_wait(const struct amr_cancel *cancel, int64_t wait_ms);

/* Closes what amr_cancel_open opened, when nobody waits any more. */
void amr_cancel_close(struct amr_cancel *cancel);

#endif
