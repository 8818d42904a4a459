/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include <string.h>

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
    amr_buffer_free_part(&words, buffer);
}

static bool is_shown(const struct amr_setting *setting, enum amr_verb verb)
{
    return !setting->is_secret && !setting->is_platforms &&
           amr_settings_find_option(verb, setting->name, strlen(setting->name)) == setting;
}

static void append_group(struct amr_buffer *buffer, enum amr_verb verb,
                         enum amr_setting_group group)
{
    size_t count;
    const struct amr_setting *table = amr_settings_table(&count);

    amr_buffer_append_format(buffer, "\n%s:\n", amr_settings_group_words(group));
    for (size_t i = 0; i < count; i++) {
        if (table[i].group == group && is_shown(&table[i], verb))
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

void amr_usage_append_verb(struct amr_buffer *buffer, enum amr_verb verb)
{
    size_t count;
    const struct amr_setting *table = amr_settings_command_table(&count);

    for (size_t i = 0; i < count; i++) {
        if (is_shown(&table[i], verb))
            append_setting(buffer, &table[i]);
    }
}

void amr_usage_append(struct amr_buffer *buffer, enum amr_verb verb)
{
    for (int group = 0; group < AMR_GROUP_COUNT; group++)
        append_group(buffer, verb, (enum amr_setting_group)group);
    append_environment(buffer);
}
