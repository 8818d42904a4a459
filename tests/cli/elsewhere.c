/* SPDX-License-Identifier: MIT */
/* Linked into check_elsewhere in place of common/io/arc.c and common/io/trust.c: where the files of
 * Azure Arc's agent and the system's certificate authorities are in the tests. What is installed
 * knows no other places than its own. */
#include <stdlib.h>

#include "arc.h"
#include "trust.h"

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

const char *amr_trust_directory(void)
{
    return getenv("TEST_TRUST_DIRECTORY");
}

const char *amr_trust_bundle(void)
{
    return getenv("TEST_TRUST_BUNDLE");
}
