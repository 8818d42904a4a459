/* SPDX-License-Identifier: MIT */
/* The values that are dispatched. What is not known is not dispatched. */
#ifndef AMR_SERIES_H
#define AMR_SERIES_H

#include "account.h"

/* Dispatches the values of a database of the account, judged just now, under this plugin
 * instance; of one that is too old to be judged only that its severity is unknown. */
void amr_series_dispatch_database(const struct amr_account *account, const char *instance,
                                  const struct amr_verdict_row *row);

/* Dispatches the values of the account itself. */
void amr_series_dispatch_account(const struct amr_account *account);

#endif
