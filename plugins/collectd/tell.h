/* SPDX-License-Identifier: MIT */
/* Notifications: each change of a database's state or severity, each finished upgrade, and polls
 * that fail or succeed again. Where nothing was ever told of an account, and where there is more to
 * tell in one reading than ten, it is one summary. */
#ifndef AMR_TELL_H
#define AMR_TELL_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"
#include "told.h"
#include "verdict.h"

struct amr_account;

enum { AMR_TELL_MOST = 10 };

/* One thing to tell of a database. Where `from` is known it is the upgrade from that line. */
struct amr_change {
    const struct amr_verdict_row *row;
    char instance[DATA_MAX_NAME_LEN];
    struct amr_line from;
    bool is_state; /* the state changed, and not the severity alone */
};

/* What is told of an account. Zeroed is empty. */
struct amr_tell {
    struct amr_told told;
    bool is_loaded;  /* what was told before the daemon's start */
    bool is_changed; /* since it was kept last */
    bool is_lacking; /* a database of this reading, for want of memory */
    bool is_bad_told;
    size_t row_count;
    size_t change_count;
    struct amr_change changes[AMR_TELL_MOST]; /* the first ones */
};

/* Begins the account's part of a reading. */
void amr_tell_begin(struct amr_account *account);

/* Looks for what there is to tell of a row that was dispatched under this plugin instance. */
void amr_tell_row(struct amr_account *account, const struct amr_verdict_row *row,
                  const char *instance);

/* Tells, and has kept what was told; of databases where all rows of the reading were dispatched. */
void amr_tell_end(struct amr_account *account, bool is_dispatched);

#endif
