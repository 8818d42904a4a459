/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "clock.h"
#include "command.h"
#include "harden.h"
#include "help.h"
#include "layers.h"
#include "text.h"
#include "url.h"

enum { WRITING_VERBS = AMR_VERB_DEFER | AMR_VERB_UNDEFER | AMR_VERB_START };

static enum amr_exit print_help(enum amr_verb verb)
{
    struct amr_buffer text;

    amr_buffer_init(&text, AMR_COMMAND_TEXT_BYTES_MAX);
    amr_help_append(&text, verb);
    bool is_printed = amr_command_print(&text);
    amr_buffer_free(&text);
    return is_printed ? AMR_EXIT_DONE : AMR_EXIT_FAILED;
}

static enum amr_exit print_version(void)
{
    struct amr_buffer text;

    amr_buffer_init(&text, AMR_COMMAND_TEXT_BYTES_MAX);
    amr_buffer_append_format(&text, "%s (%s) %s\n", AMR_PROGRAM, PACKAGE_NAME, PACKAGE_VERSION);
    bool is_printed = amr_command_print(&text);
    amr_buffer_free(&text);
    return is_printed ? AMR_EXIT_DONE : AMR_EXIT_FAILED;
}

static enum amr_exit refuse_verb(const char *word)
{
    struct amr_error error;

    (void)amr_text_refuse(&error, word, "verb (see amr-upgrade help)");
    return amr_command_fail(&error, AMR_EXIT_USAGE);
}

/* What the options say together. */
static bool check_options(const struct amr_settings *settings, struct amr_error *err)
{
    enum amr_verb verb = settings->verb;

    if (settings->output != AMR_OUTPUT_TEXT &&
        (verb & (AMR_VERB_LIST | AMR_VERB_TIMELINE | AMR_VERB_CATALOG)) == 0)
        return amr_error_set(err, AMR_ERROR_USAGE, "--output: %s prints text only",
                             amr_help_verb_word(verb));
    if (settings->output == AMR_OUTPUT_CSV && verb != AMR_VERB_LIST)
        return amr_error_set(err, AMR_ERROR_USAGE, "--output: csv is of list only");
    if (settings->from_file != NULL &&
        (verb == AMR_VERB_WAIT || ((verb & WRITING_VERBS) != 0 && !settings->command.is_rehearsal)))
        return amr_error_set(err, AMR_ERROR_USAGE, "--from-file: %s needs Azure itself",
                             amr_help_verb_word(verb));
    return true;
}

/* What may be changed is decided by today; another day is for an Azure to practise on. */
static bool check_day(const struct amr_settings *settings, struct amr_error *err)
{
    if ((settings->verb & WRITING_VERBS) == 0 || !settings->has_as_of ||
        settings->command.is_rehearsal || amr_url_is_loopback(settings->arm_endpoint))
        return true;
    return amr_error_set(err, AMR_ERROR_USAGE,
                         "--as-of: %s is decided by today's date; with --dry-run any may be given",
                         amr_help_verb_word(settings->verb));
}

/* An operator wants what is so now: unless another age is asked for, a snapshot only helps out. */
static void set_freshness(struct amr_settings *settings)
{
    size_t count;
    const struct amr_setting *ttl = amr_settings_find("cache-ttl", strlen("cache-ttl"));
    bool is_default = settings->layers[ttl - amr_settings_table(&count)] == AMR_LAYER_DEFAULT;

    if (is_default || (settings->verb & (AMR_VERB_LIST | AMR_VERB_TIMELINE)) == 0)
        settings->cache_ttl_s = 0;
}

static bool complete(struct amr_operator *operator, int count, char *const arguments[],
                     struct amr_error *err)
{
    struct amr_run *run = &operator->run;
    bool is_right = amr_arguments_parse(count, arguments, &run->settings, err);

    if (run->settings.is_help || run->settings.is_version)
        return true;
    run->deadline_ms = operator->start_ms + run->settings.timeout_s * 1000;
    if (!is_right || !amr_layers_load_ini(&run->settings, AMR_PROGRAM, run->deadline_ms, err) ||
        !check_options(&run->settings, err))
        return false;
    set_freshness(&run->settings);
    return run->settings.verb == AMR_VERB_CATALOG ||
           (amr_run_complete(run, err) && check_day(&run->settings, err));
}

static enum amr_exit run_verb(struct amr_operator *operator)
{
    switch (operator->run.settings.verb) {
    case AMR_VERB_LIST:
        return amr_command_list(operator);
    case AMR_VERB_TIMELINE:
        return amr_command_timeline(operator);
    case AMR_VERB_WAIT:
        return amr_command_wait(operator);
    case AMR_VERB_CATALOG:
        return amr_command_catalog(operator);
    default:
        return amr_command_change(operator);
    }
}

static enum amr_exit run(struct amr_operator *operator, int count, char *const arguments[])
{
    struct amr_settings *settings = &operator->run.settings;
    struct amr_error error;

    settings->verb = amr_help_find_verb(arguments[0]);
    if (settings->verb == AMR_VERB_NONE)
        return refuse_verb(arguments[0]);
    if (!complete(operator, count - 1, arguments + 1, &error))
        return amr_command_fail(&error, AMR_EXIT_USAGE);
    if (settings->is_help)
        return print_help(settings->verb);
    return settings->is_version ? print_version() : run_verb(operator);
}

static bool is_one_of(const char *word, const char *one, const char *other, const char *third)
{
    return strcmp(word, one) == 0 || strcmp(word, other) == 0 || strcmp(word, third) == 0;
}

static enum amr_exit dispatch(struct amr_operator *operator, int count, char *const arguments[])
{
    if (count == 0) {
        amr_command_tell("a verb is missing (see amr-upgrade help)");
        return AMR_EXIT_USAGE;
    }
    if (is_one_of(arguments[0], "-V", "--version", "version"))
        return print_version();
    if (!is_one_of(arguments[0], "-h", "--help", "help"))
        return run(operator, count, arguments);
    if (count == 1)
        return print_help(AMR_VERB_NONE);
    enum amr_verb verb = amr_help_find_verb(arguments[1]);
    return verb == AMR_VERB_NONE ? refuse_verb(arguments[1]) : print_help(verb);
}

/* Not freed and left by _exit: a name server that is silent would hold up libcurl's clean-up. */
int main(int argc, char *argv[])
{
    struct amr_operator operator= {.start_ms = 0};

    amr_harden();
    operator.start_ms = amr_clock_mono_ms();
    amr_run_init(&operator.run);
    enum amr_exit code = dispatch(&operator, argc - 1, argv + 1);
    amr_settings_free(&operator.run.settings);
    _exit((int)code);
}
