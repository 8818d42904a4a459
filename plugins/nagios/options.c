/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "ini.h"
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

static const char *next_value(struct arguments *arguments, const struct amr_setting *setting)
{
    bool wants_value = setting->argument != NULL && !setting->is_argument_optional;

    if (!wants_value || arguments->at == arguments->count)
        return NULL;
    return arguments->values[arguments->at++];
}

static bool take_long(struct arguments *arguments, const char *argument,
                      struct amr_settings *settings, struct amr_error *err)
{
    size_t length = strcspn(argument + 2, "=");
    const struct amr_setting *setting = amr_settings_find(argument + 2, length);
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
        const struct amr_setting *setting = amr_settings_find_letter(*at);
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

bool amr_options_parse(int count, char *const arguments[], struct amr_settings *settings,
                       struct amr_error *err)
{
    struct arguments left = {.values = arguments, .count = count};
    struct amr_error ignored;
    bool is_right = true;

    while (left.at < left.count)
        is_right &= take_argument(&left, settings, is_right ? err : &ignored);
    return is_right;
}

/* A file of settings while it is read. */
struct load {
    struct amr_settings *settings;
    const char *section;
    enum amr_layer layer;
    bool is_section_found;
};

static bool set_entry(struct amr_settings *settings, const struct amr_ini_entry *entry,
                      enum amr_layer layer, struct amr_error *err)
{
    size_t length = strlen(entry->name);
    const struct amr_setting *setting = length == 1 ? amr_settings_find_letter(entry->name[0])
                                                    : amr_settings_find(entry->name, length);

    if (setting == NULL)
        return amr_text_refuse(err, entry->name, "setting");
    const char *value = setting->argument == NULL ? NULL : entry->value;
    return amr_settings_set(settings, setting, value, layer, err) ||
           amr_error_add_context(err, "%s", setting->name);
}

/* As in the Monitoring Plugins' files, a blank and `#` end a value. */
static void cut_comment(char *value)
{
    char *hash = strstr(value, " #");

    if (hash == NULL)
        return;
    while (hash > value && (hash[-1] == ' ' || hash[-1] == '\t'))
        hash--;
    *hash = '\0';
}

static bool take_ini_entry(const struct amr_ini_entry *entry, void *context, struct amr_error *err)
{
    struct load *load = context;

    if (strcmp(entry->section, load->section) != 0)
        return true;
    load->is_section_found = true;
    struct amr_ini_entry cut = *entry;
    cut_comment(cut.value);
    bool is_set = set_entry(load->settings, &cut, load->layer, err);
    explicit_bzero(&cut, sizeof(cut));
    return is_set;
}

/* No section, or the section [azure]; only settings that say who asks. */
static bool take_credential(const struct amr_ini_entry *entry, void *context, struct amr_error *err)
{
    struct load *load = context;
    const struct amr_setting *setting = amr_settings_find(entry->name, strlen(entry->name));

    if (entry->section[0] != '\0' && strcmp(entry->section, "azure") != 0)
        return true;
    if (setting != NULL &&
        (setting->group != AMR_GROUP_WHO || strcmp(setting->name, "credentials") == 0))
        return amr_error_set(err, AMR_ERROR_USAGE, "%s: not a setting of a credentials file",
                             setting->name);
    return set_entry(load->settings, entry, load->layer, err);
}

static bool load_file(const char *path, amr_ini_visit *visit, struct load *load,
                      int64_t deadline_ms, struct amr_error *err)
{
    struct amr_buffer content;

    amr_buffer_init(&content, AMR_FILE_SETTINGS_BYTES_MAX);
    bool is_loaded = amr_file_read(path, deadline_ms, &content, err);
    if (is_loaded && !amr_ini_parse(amr_buffer_text(&content), content.length, visit, load, err))
        is_loaded = amr_error_add_context(err, "%s", path);
    amr_buffer_wipe(&content);
    return is_loaded;
}

/* Where the Monitoring Plugins look (their lib/parse_ini.c), in that order. */
static const char *default_ini_path(void)
{
    static const char *const paths[] = {
        "/usr/local/etc/monitoring-plugins/monitoring-plugins.ini",
        "/usr/local/etc/monitoring-plugins.ini",
        "/etc/monitoring-plugins/monitoring-plugins.ini",
        "/etc/monitoring-plugins.ini",
        "/etc/nagios-plugins/config/plugins.ini",
        "/etc/nagios/plugins.ini",
        "/usr/local/nagios/etc/plugins.ini",
        "/usr/local/etc/nagios/plugins.ini",
        "/etc/nagios-plugins.ini",
    };
    const char *configured = getenv("MP_CONFIG_FILE");

    if (configured != NULL && *configured != '\0')
        return configured;
    for (size_t i = 0; i < AMR_COUNT_OF(paths); i++) {
        if (amr_file_is_present(paths[i]))
            return paths[i];
    }
    return NULL;
}

static bool load_section(struct amr_settings *settings, const char *section, const char *path,
                         int64_t deadline_ms, struct amr_error *err)
{
    struct load load = {.settings = settings, .section = section, .layer = AMR_LAYER_INI};

    if (!load_file(path, take_ini_entry, &load, deadline_ms, err))
        return false;
    return load.is_section_found ||
           amr_error_set(err, AMR_ERROR_USAGE, "%s: no section [%s]", path, section);
}

static bool load_opts(struct amr_settings *settings, const char *opts, const char *program,
                      int64_t deadline_ms, struct amr_error *err)
{
    size_t length = strcspn(opts, "@");
    const char *path = opts[length] == '@' ? opts + length + 1 : default_ini_path();
    char section[AMR_INI_NAME_SIZE];

    if (path == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "no ini file found; name it: [SECTION]@FILE");
    if (length >= sizeof(section))
        return amr_error_set(err, AMR_ERROR_USAGE, "the name of the section is too long");
    memcpy(section, opts, length);
    section[length] = '\0';
    return load_section(settings, length == 0 ? program : section, path, deadline_ms, err);
}

bool amr_options_load_ini(struct amr_settings *settings, const char *program, int64_t deadline_ms,
                          struct amr_error *err)
{
    /* A copy: an ini file cannot ask for more of its kind. */
    struct amr_list opts = settings->extra_opts;

    for (size_t i = 0; i < opts.count; i++) {
        if (!load_opts(settings, opts.values[i], program, deadline_ms, err))
            return amr_error_add_context(err, "--extra-opts");
    }
    return true;
}

static bool load_credentials(struct amr_settings *settings, int64_t deadline_ms,
                             struct amr_error *err)
{
    struct load load = {.settings = settings, .layer = AMR_LAYER_CREDENTIALS};

    return load_file(settings->credentials, take_credential, &load, deadline_ms, err);
}

static bool load_environment(struct amr_settings *settings, struct amr_error *err)
{
    size_t count;
    const struct amr_setting *table = amr_settings_table(&count);

    for (size_t i = 0; i < count; i++) {
        const char *variable = table[i].environment;
        const char *value = variable == NULL ? NULL : getenv(variable);

        if (value == NULL || *value == '\0')
            continue;
        if (!amr_settings_set(settings, &table[i], value, AMR_LAYER_ENVIRONMENT, err))
            return amr_error_add_context(err, "%s", variable);
    }
    return true;
}

bool amr_options_load_credentials(struct amr_settings *settings, int64_t deadline_ms,
                                  struct amr_error *err)
{
    if (settings->from_file != NULL)
        return true;
    if (settings->credentials != NULL && !load_credentials(settings, deadline_ms, err))
        return amr_error_add_context(err, "--credentials");
    return load_environment(settings, err);
}
