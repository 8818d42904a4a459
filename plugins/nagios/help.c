/* SPDX-License-Identifier: MIT */
#include "help.h"

#include "settings.h"
#include "usage.h"

static void append_names(struct amr_buffer *buffer)
{
    amr_buffer_append_text(buffer, "\nA NAME of --severity is a state:");
    for (int state = 0; state < AMR_STATE_COUNT; state++)
        amr_buffer_append_format(buffer, " %s", amr_state_word((enum amr_state)state));
    amr_buffer_append_text(buffer, ",\nan advisory:");
    for (int advisory = 0; advisory < AMR_ADVISORY_COUNT; advisory++)
        amr_buffer_append_format(buffer, " %s", amr_advisory_word((enum amr_advisory)advisory));
    amr_buffer_append_text(buffer, ",\nor");
    for (int outcome = 0; outcome < AMR_OUTCOME_COUNT; outcome++)
        amr_buffer_append_format(buffer, " %s", amr_outcome_word((enum amr_outcome)outcome));
    amr_buffer_append_text(buffer, ". The README says when each is said.\n");
}

void amr_help_append(struct amr_buffer *buffer)
{
    amr_buffer_append_text(
        buffer,
        "check_amr_upgrade - which Azure Managed Redis databases await a version upgrade, and how\n"
        "many days of the 90-day deferral window are left\n\n"
        "Usage: check_amr_upgrade --subscription ID [OPTION...]\n"
        "       check_amr_upgrade --from-file FILE [OPTION...]\n");
    amr_usage_append(buffer, AMR_VERB_NONE);
    amr_buffer_append_text(
        buffer, "\nA RANGE is [@]start:end of the Monitoring Plugins: \"30:\" alerts below 30, "
                "\"10\" outside\n"
                "0 to 10, \"~:10\" above 10, \"@1:5\" from 1 to 5.\n"
                "All days begin at 00:00:00 UTC.\n");
    append_names(buffer);
    amr_buffer_append_text(
        buffer, "\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (the worst of all databases; "
                "critical\n"
                "is worse than warning, warning than unknown, unknown than ok).\n"
                "\nExamples:\n"
                "  check_amr_upgrade --subscription 00000000-0000-0000-0000-000000000000 \\\n"
                "      --credentials /etc/amr-upgrade/credentials\n"
                "  az redisenterprise list | check_amr_upgrade --from-file - -w 45: -c 14:\n");
}
