/* SPDX-License-Identifier: MIT */
#include "abi.h"

static const char plugin_name[] = "amr_upgrade";

static int configure(oconfig_item_t *item)
{
    (void)item;
    return 0;
}

__attribute__((visibility("default"))) void module_register(void)
{
    (void)plugin_register_complex_config(plugin_name, configure);
}
