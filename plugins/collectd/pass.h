/* SPDX-License-Identifier: MIT */
/* One reading of the plugin: all accounts are judged at one instant and dispatched. */
#ifndef AMR_PASS_H
#define AMR_PASS_H

#include <stdint.h>

#include "account.h"

/* Judges and dispatches at now_s. A database that several accounts select is dispatched for the
 * first of them that knows it now. Plugin instances are the names of the text output; two of
 * different databases on one host that come out alike both get a hash of the ARM id. */
void amr_pass_run(struct amr_accounts *accounts, int64_t now_s);

#endif
