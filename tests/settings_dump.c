/* SPDX-License-Identifier: MIT */
/* Prints the table of settings as JSON, for what is generated from it or held against it. */
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "help.h"
#include "json.h"
#include "policy.h"
#include "settings.h"

enum { BYTES_MAX = 256 * 1024 };

/* Where packages keep these, whatever this build was configured for. */
static const char *default_text(const struct amr_setting *setting)
{
    if (setting->default_text == NULL)
        return NULL;
    if (strcmp(setting->default_text, AMR_CACHE_DIR) == 0)
        return "/var/cache/amr-upgrade";
    if (strcmp(setting->default_text, AMR_STATE_DIR) == 0)
        return "/var/lib/amr-upgrade";
    return setting->default_text;
}

static void append_text(struct amr_buffer *buffer, const char *key, const char *text)
{
    if (text != NULL)
        amr_json_append_text_member(buffer, key, text);
}

static void append_flag(struct amr_buffer *buffer, const char *key, bool is_set)
{
    amr_buffer_append_format(buffer, ",\"%s\":%s", key, is_set ? "true" : "false");
}

static void append_words(struct amr_buffer *buffer, const struct amr_setting *setting)
{
    amr_buffer_append_text(buffer, ",\"words\":[");
    for (size_t i = 0; setting->words != NULL && setting->words[i] != NULL; i++) {
        amr_buffer_append_text(buffer, i == 0 ? "" : ",");
        amr_json_append_text(buffer, setting->words[i]);
    }
    amr_buffer_append_text(buffer, "]");
}

static void append_verbs(struct amr_buffer *buffer, unsigned verbs)
{
    size_t count;
    const struct amr_verb_row *rows = amr_help_verbs(&count);
    const char *separator = "";

    amr_buffer_append_text(buffer, ",\"verbs\":[");
    for (size_t i = 0; i < count; i++) {
        if ((rows[i].verb & verbs) == 0)
            continue;
        amr_buffer_append_text(buffer, separator);
        amr_json_append_text(buffer, rows[i].word);
        separator = ",";
    }
    amr_buffer_append_text(buffer, "]");
}

static void append_setting(struct amr_buffer *buffer, const struct amr_setting *setting)
{
    char letter[2] = {setting->letter, '\0'};

    amr_buffer_append_text(buffer, "{\"name\":");
    amr_json_append_text(buffer, setting->name);
    append_text(buffer, "letter", setting->letter == '\0' ? NULL : letter);
    append_text(buffer, "argument", setting->argument);
    append_text(buffer, "default", default_text(setting));
    append_text(buffer, "environment", setting->environment);
    append_text(buffer, "help", setting->help);
    append_text(buffer, "group", amr_settings_group_words(setting->group));
    append_flag(buffer, "is_argument_optional", setting->is_argument_optional);
    append_flag(buffer, "is_repeatable", setting->is_repeatable);
    append_flag(buffer, "is_option", !setting->is_secret && !setting->is_platforms);
    append_words(buffer, setting);
    append_verbs(buffer, setting->verbs);
    amr_buffer_append_text(buffer, "}");
}

static void append_table(struct amr_buffer *buffer, const struct amr_setting *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        amr_buffer_append_text(buffer, i == 0 ? "\n" : ",\n");
        append_setting(buffer, &table[i]);
    }
}

static void append_names(struct amr_buffer *buffer)
{
    amr_buffer_append_text(buffer, "],\n\"severity_names\":[");
    for (int i = 0; i < AMR_STATE_COUNT; i++)
        amr_buffer_append_format(buffer, "\"%s\",", amr_state_word((enum amr_state)i));
    for (int i = 0; i < AMR_ADVISORY_COUNT; i++)
        amr_buffer_append_format(buffer, "\"%s\",", amr_advisory_word((enum amr_advisory)i));
    for (int i = 0; i < AMR_OUTCOME_COUNT; i++)
        amr_buffer_append_format(buffer, "%s\"%s\"", i == 0 ? "" : ",",
                                 amr_outcome_word((enum amr_outcome)i));
    amr_buffer_append_text(buffer, "]");
}

int main(void)
{
    size_t count;
    const struct amr_setting *table = amr_settings_table(&count);
    struct amr_buffer buffer;

    amr_buffer_init(&buffer, BYTES_MAX);
    amr_buffer_append_text(&buffer, "{\"settings\":[");
    append_table(&buffer, table, count);
    table = amr_settings_command_table(&count);
    amr_buffer_append_text(&buffer, "],\n\"command\":[");
    append_table(&buffer, table, count);
    append_names(&buffer);
    append_verbs(&buffer, ~0U);
    amr_buffer_append_text(&buffer, "}\n");
    bool is_whole = !amr_buffer_is_failed(&buffer) &&
                    fputs(amr_buffer_text(&buffer), stdout) >= 0 && fflush(stdout) == 0;
    amr_buffer_free(&buffer);
    return is_whole ? 0 : 1;
}
