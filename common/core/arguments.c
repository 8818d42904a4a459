/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <string.h>

#include "buffer.h"
#include "text.h"

enum { QUOTE_BYTES_MAX = 80 };

/* The arguments that are still to be taken. */
struct arguments {
    char *const *values;
    int count;
    int at;
};

/* "ARGUMENT: WHAT"; what follows `=` is left out, because it may be a secret in the wrong place. */
static bool refuse_argument(struct amr_error *err, const char *argument, const char *what)
{
    struct amr_buffer words;

    amr_buffer_init(&words, AMR_ERROR_MESSAGE_SIZE);
    amr_text_append_clean(&words, argument, QUOTE_BYTES_MAX);
    int length = (int)strcspn(amr_buffer_text(&words), "=");
    (void)amr_error_set(err, AMR_ERROR_USAGE, "%.*s: %s (see --help)", length,
                        amr_buffer_text(&words), what);
    amr_buffer_free(&words);
    return false;
}

/* As the Monitoring Plugins take --extra-opts, an option that follows is not its value. */
static const char *next_value(struct arguments *arguments, const struct amr_setting *setting)
{
    if (setting->argument == NULL || arguments->at == arguments->count ||
        (setting->is_argument_optional && arguments->values[arguments->at][0] == '-'))
        return NULL;
    return arguments->values[arguments->at++];
}

static bool take_long(struct arguments *arguments, const char *argument,
                      struct amr_settings *settings, struct amr_error *err)
{
    size_t length = strcspn(argument + 2, "=");
    const struct amr_setting *setting =
        amr_settings_find_option(settings->verb, argument + 2, length);
    const char *value = argument[2 + length] == '=' ? argument + 2 + length + 1 : NULL;

    if (setting == NULL)
        return refuse_argument(err, argument, "there is no such option");
    if (setting->is_secret)
        return amr_error_set(err, AMR_ERROR_USAGE,
                             "--%s: a secret must not stand on a command line; use "
                             "--client-secret-file, --credentials or AZURE_CLIENT_SECRET",
                             setting->name);
    if (value == NULL)
        value = next_value(arguments, setting);
    return amr_settings_set(settings, setting, value, AMR_LAYER_OPTION, err) ||
           amr_error_add_context(err, "--%s", setting->name);
}

/* `-w 30:`, `-w30:`, `-vvv`: a letter that takes a value takes the rest of the argument. */
static bool take_short(struct arguments *arguments, const char *argument,
                       struct amr_settings *settings, struct amr_error *err)
{
    for (const char *at = argument + 1; *at != '\0'; at++) {
        const struct amr_setting *setting = amr_settings_find_option_letter(settings->verb, *at);
        const char *value = NULL;

        if (setting == NULL)
            return refuse_argument(err, argument, "there is no such option");
        if (setting->argument != NULL)
            value = at[1] != '\0' ? at + 1 : next_value(arguments, setting);
        if (!amr_settings_set(settings, setting, value, AMR_LAYER_OPTION, err))
            return amr_error_add_context(err, "-%c/--%s", *at, setting->name);
        if (setting->argument != NULL)
            return true;
    }
    return true;
}

static bool take_argument(struct arguments *arguments, struct amr_settings *settings,
                          struct amr_error *err)
{
    const char *argument = arguments->values[arguments->at++];

    if (strncmp(argument, "--", 2) == 0 && argument[2] != '\0')
        return take_long(arguments, argument, settings, err);
    if (argument[0] == '-' && argument[1] != '\0' && argument[1] != '-')
        return take_short(arguments, argument, settings, err);
    return refuse_argument(err, argument, "not an option");
}

bool amr_arguments_parse(int count, char *const arguments[], struct amr_settings *settings,
                         struct amr_error *err)
{
    struct arguments left = {.values = arguments, .count = count};
    struct amr_error ignored;
    bool is_right = true;

    while (left.at < left.count)
        is_right &= take_argument(&left, settings, is_right ? err : &ignored);
    return is_right;
}
