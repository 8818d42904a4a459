/* SPDX-License-Identifier: MIT */
/* Linked into check_with_arc in place of common/io/arc.c: where the files of Azure Arc's agent are
 * in the tests. What is installed knows no other places than its own. */
#include "arc.h"

#include <stdlib.h>

static const char *place(const char *variable)
{
    const char *value = getenv(variable);

    return value == NULL ? "/nonexistent" : value;
}

const char *amr_arc_tokens_directory(void)
{
    return place("TEST_ARC_TOKENS");
}

const char *amr_arc_agent(void)
{
    return place("TEST_ARC_AGENT");
}
