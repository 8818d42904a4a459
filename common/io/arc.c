/* SPDX-License-Identifier: MIT */
#include "arc.h"

const char *amr_arc_tokens_directory(void)
{
    return "/var/opt/azcmagent/tokens";
}

const char *amr_arc_agent(void)
{
    return "/opt/azcmagent/bin/himds";
}
