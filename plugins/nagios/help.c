/* SPDX-License-Identifier: MIT */
#include "help.h"

#include <string.h>

#include "settings.h"

enum { HELP_COLUMN = 34, LINE_WIDTH = 92 };

/* Appends words wrapped at LINE_WIDTH with HELP_COLUMN blanks before each further line. */
static void append_wrapped(struct amr_buffer *buffer, const char *words)
{
    size_t column = HELP_COLUMN;

    for (const char *separator = ""; *words != '\0'; separator = " ") {
        size_t length = strcspn(words, " ");

        if (column + strlen(separator) + length > LINE_WIDTH) {
            amr_buffer_append_format(buffer, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
            separator = "";
        }
        amr_buffer_append_text(buffer, separator);
        amr_buffer_append(buffer, words, length);
        column += strlen(separator) + length;
        words += length + (words[length] == ' ');
    }
}

static void append_spelling(struct amr_buffer *buffer, const struct amr_setting *setting)
{
    if (setting->letter != '\0')
        amr_buffer_append_format(buffer, "  -%c, --%s", setting->letter, setting->name);
    else
        amr_buffer_append_format(buffer, "      --%s", setting->name);
    if (setting->argument != NULL && setting->is_argument_optional)
        amr_buffer_append_format(buffer, "[=%s]", setting->argument);
    else if (setting->argument != NULL)
        amr_buffer_append_format(buffer, " %s", setting->argument);
}

static void append_setting(struct amr_buffer *buffer, const struct amr_setting *setting)
{
    struct amr_buffer words;
    size_t start = buffer->length;

    amr_buffer_init(&words, 1024);
    amr_buffer_append_text(&words, setting->help);
    if (setting->default_text != NULL)
        amr_buffer_append_format(&words, " (default %s)", setting->default_text);
    if (setting->environment != NULL)
        amr_buffer_append_format(&words, " [%s]", setting->environment);
    if (setting->is_repeatable)
        amr_buffer_append_text(&words, " (repeatable)");
    append_spelling(buffer, setting);
    size_t width = buffer->length - start;
    if (width >= HELP_COLUMN)
        amr_buffer_append_format(buffer, "\n%*s", HELP_COLUMN, "");
    else
        amr_buffer_append_format(buffer, "%*s", (int)(HELP_COLUMN - width), "");
    append_wrapped(buffer, amr_buffer_text(&words));
    amr_buffer_append_text(buffer, "\n");
    amr_buffer_free(&words);
}

static void append_group(struct amr_buffer *buffer, enum amr_setting_group group)
{
    size_t count;
    const struct amr_setting *table = amr_settings_table(&count);

    amr_buffer_append_format(buffer, "\n%s:\n", amr_settings_group_words(group));
    for (size_t i = 0; i < count; i++) {
        if (table[i].group == group && !table[i].is_secret && !table[i].is_platforms)
            append_setting(buffer, &table[i]);
    }
}

/* What only the environment says: secrets, and what the platform sets. */
static void append_environment(struct amr_buffer *buffer)
{
    size_t count;
    const struct amr_setting *table = amr_settings_table(&count);

    amr_buffer_append_text(buffer, "\nFrom the environment only:\n");
    for (size_t i = 0; i < count; i++) {
        if (table[i].environment == NULL || !(table[i].is_secret || table[i].is_platforms))
            continue;
        amr_buffer_append_format(buffer, "  %-*s", HELP_COLUMN - 2, table[i].environment);
        if (strlen(table[i].environment) > HELP_COLUMN - 3)
            amr_buffer_append_format(buffer, "\n%*s", HELP_COLUMN, "");
        append_wrapped(buffer, table[i].help);
        amr_buffer_append_text(buffer, "\n");
    }
}

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
    for (int group = 0; group < AMR_GROUP_COUNT; group++)
        append_group(buffer, (enum amr_setting_group)group);
    append_environment(buffer);
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
