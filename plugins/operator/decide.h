/* SPDX-License-Identifier: MIT */
/* Whether a change is made to a database, and why or why not. Pure. */
#ifndef AMR_DECIDE_H
#define AMR_DECIDE_H

#include <stdbool.h>

#include "buffer.h"
#include "operation.h"
#include "report.h"
#include "settings.h"

/* SEND: the request is sent. NOTHING: it is so already. REFUSE: it must not be sent. */
enum amr_step { AMR_STEP_SEND, AMR_STEP_NOTHING, AMR_STEP_REFUSE };

/* is_grave: an upgrade that cannot be undone begins, or may begin. */
struct amr_decision {
    enum amr_step step;
    bool is_grave;
};

/* Decides on the change to a row of the report (INTERFACE "Operator's command"), and appends in
 * words, which begin in lower case, what will be, is already so, or speaks against it. */
struct amr_decision amr_decide(enum amr_change change, const struct amr_command *command,
                               const struct amr_report *report, const struct amr_verdict_row *row,
                               struct amr_buffer *words);

#endif
