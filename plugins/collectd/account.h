/* SPDX-License-Identifier: MIT */
/* The accounts of collectd's configuration: each with its settings, its worker and what was read.
 */
#ifndef AMR_ACCOUNT_H
#define AMR_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "run.h"
#include "tell.h"
#include "worker.h"

/* One account. Of `run` the settings are read-only once the worker is started; the rest belongs to
 * the daemon's threads, which read one at a time. */
struct amr_account {
    struct amr_account *next;
    char name[DATA_MAX_NAME_LEN];
    char instance[DATA_MAX_NAME_LEN]; /* of its series: "account.NAME" */
    char host[DATA_MAX_NAME_LEN];     /* "": the daemon's */
    int64_t interval_s;               /* between polls */
    bool is_bad;                      /* its configuration: it is not polled */
    struct amr_run run;
    struct amr_worker *worker; /* NULL: none */
    bool has_data;             /* in run, which is judged at each reading */
    bool is_judged;            /* there is a verdict of this reading */
    int64_t data_read_s;       /* start of the poll that brought it */
    struct amr_poll poll;      /* the last one, without its data */
    struct amr_tell tell;
    bool is_success_told; /* that a poll succeeded */
    bool is_share_told;   /* that another account has databases of this one */
};

/* All of them, in the order of the configuration. Zeroed is empty. */
struct amr_accounts {
    struct amr_account *first;
    bool is_lack_told; /* that memory was short in the last reading */
};

/* Starts the workers of all accounts that are not bad; what cannot be started is logged. */
void amr_accounts_start(struct amr_accounts *accounts);

/* Ends the workers and frees the accounts. It takes at most a second and a half; an account whose
 * worker does not end by then is left to it. */
void amr_accounts_end(struct amr_accounts *accounts);

/* Takes what the worker has read since the last call, and judges at now_s what there is. */
void amr_account_judge(struct amr_account *account, int64_t now_s);

#endif
