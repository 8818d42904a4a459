/* SPDX-License-Identifier: MIT */
/* Lines for collectd's log. */
#ifndef AMR_COLLECTD_LOG_H
#define AMR_COLLECTD_LOG_H

#include "attributes.h"

/* Logs "amr_upgrade plugin: account "NAME": " and the printf-formatted text at one of collectd's
 * levels. `account` is the name as configured, of any content, or NULL for none. */
void amr_log(int level, const char *account, const char *format, ...) AMR_PRINTF(3, 4);

#endif
