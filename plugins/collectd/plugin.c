/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "abi.h"
#include "account.h"
#include "clock.h"
#include "log.h"
#include "options.h"
#include "pass.h"

static const char plugin_name[] = "amr_upgrade";

/* The daemon hands no data of the plugin's own to these callbacks. They never fail: that would stop
 * the daemon, or stretch the interval up to a day. */
static struct amr_accounts *accounts;

static int configure(oconfig_item_t *block)
{
    if (accounts == NULL)
        accounts = calloc(1, sizeof(*accounts));
    if (accounts != NULL)
        amr_options_read(block, accounts);
    else
        amr_log(LOG_ERR, NULL, "out of memory: nothing will be read");
    return 0;
}

static int read_all(user_data_t *data)
{
    (void)data;
    if (accounts != NULL)
        amr_pass_run(accounts, amr_clock_now_s());
    return 0;
}

static int start(void)
{
    if (accounts == NULL)
        return 0;
    amr_accounts_start(accounts);
    if (plugin_register_complex_read(NULL, plugin_name, read_all, 0, NULL) != 0)
        amr_log(LOG_ERR, NULL, "collectd does not take the reading");
    return 0;
}

static int stop(void)
{
    if (accounts == NULL)
        return 0;
    amr_accounts_end(accounts);
    free(accounts);
    accounts = NULL;
    return 0;
}

__attribute__((visibility("default"))) void module_register(void)
{
    (void)plugin_register_complex_config(plugin_name, configure);
    (void)plugin_register_init(plugin_name, start);
    (void)plugin_register_shutdown(plugin_name, stop);
}
