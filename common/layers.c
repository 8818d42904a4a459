/* SPDX-License-Identifier: MIT */
#include "layers.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "ini.h"
#include "text.h"

enum { PATH_BYTES_MAX = 4096 };

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

/* The first file of one of the names in one of the folders, which are parted by colons. */
static bool find_in_folders(const char *folders, struct amr_buffer *path)
{
    static const char *const names[] = {"monitoring-plugins.ini", "plugins.ini",
                                        "nagios-plugins.ini"};

    for (const char *at = folders; *at != '\0';) {
        size_t length = strcspn(at, ":");

        for (size_t i = 0; length > 0 && i < AMR_COUNT_OF(names); i++) {
            amr_buffer_free(path);
            amr_buffer_append(path, at, length);
            amr_buffer_append_format(path, "/%s", names[i]);
            if (!amr_buffer_is_failed(path) && amr_file_is_present(amr_buffer_text(path)))
                return true;
        }
        at += length + (at[length] == ':');
    }
    return false;
}

static bool find_usual(struct amr_buffer *path)
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
        "/etc/opt/nagios/plugins.ini",
        "/etc/nagios-plugins.ini",
        "/usr/local/etc/nagios-plugins.ini",
        "/etc/opt/nagios-plugins.ini",
    };

    for (size_t i = 0; i < AMR_COUNT_OF(paths); i++) {
        if (!amr_file_is_present(paths[i]))
            continue;
        amr_buffer_free(path);
        amr_buffer_append_text(path, paths[i]);
        return true;
    }
    return false;
}

/* Where the Monitoring Plugins look (their lib/parse_ini.c), in that order. */
static bool find_default_ini(struct amr_buffer *path)
{
    const char *file = getenv("MP_CONFIG_FILE");
    const char *folders = getenv("NAGIOS_CONFIG_PATH");

    if (file != NULL && *file != '\0') {
        amr_buffer_append_text(path, file);
        return true;
    }
    return (folders != NULL && find_in_folders(folders, path)) || find_usual(path);
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

/* Appends the path of the file that the option names, or of the default one. */
static bool find_ini(const char *named, struct amr_buffer *path, struct amr_error *err)
{
    if (*named == '@')
        amr_buffer_append_text(path, named + 1);
    else if (!find_default_ini(path))
        return amr_error_set(err, AMR_ERROR_USAGE, "no ini file found; name it: [SECTION]@FILE");
    return !amr_buffer_is_failed(path) ||
           amr_buffer_set_error(path, err, AMR_ERROR_USAGE, "the path is too long");
}

static bool load_opts(struct amr_settings *settings, const char *opts, const char *program,
                      int64_t deadline_ms, struct amr_error *err)
{
    size_t length = strcspn(opts, "@");
    char section[AMR_INI_NAME_SIZE];
    struct amr_buffer path;

    if (length >= sizeof(section))
        return amr_error_set(err, AMR_ERROR_USAGE, "the name of the section is too long");
    memcpy(section, opts, length);
    section[length] = '\0';
    amr_buffer_init(&path, PATH_BYTES_MAX);
    bool is_loaded = find_ini(opts + length, &path, err) &&
                     load_section(settings, length == 0 ? program : section, amr_buffer_text(&path),
                                  deadline_ms, err);
    amr_buffer_free(&path);
    return is_loaded;
}

bool amr_layers_load_ini(struct amr_settings *settings, const char *program, int64_t deadline_ms,
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

    if (!amr_file_is_present(settings->credentials))
        return amr_error_set(err, AMR_ERROR_USAGE,
                             "%s: No such file or directory: write tenant, client-id and "
                             "client-secret into it, mode 0640",
                             settings->credentials);
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

static bool has_credential(const struct amr_settings *settings)
{
    for (enum amr_auth auth = AMR_AUTH_AUTO; auth <= AMR_AUTH_TOKEN_FILE; auth++) {
        if (amr_settings_auth_layer(settings, auth) > AMR_LAYER_DEFAULT)
            return true;
    }
    return false;
}

/* DIRECTORY/NAME becomes the value of the setting where that file is there. */
static bool set_file(struct amr_settings *settings, const char *name, const char *setting_name,
                     struct amr_error *err)
{
    const struct amr_setting *setting = amr_settings_find(setting_name, strlen(setting_name));
    struct amr_buffer path;

    amr_buffer_init(&path, PATH_BYTES_MAX);
    amr_buffer_append_format(&path, "%s/%s", settings->credentials_directory, name);
    bool is_set = !amr_buffer_is_failed(&path) ||
                  amr_buffer_set_error(&path, err, AMR_ERROR_USAGE, "the path is too long");
    if (is_set && amr_file_is_present(amr_buffer_text(&path)))
        is_set =
            amr_settings_set(settings, setting, amr_buffer_text(&path), AMR_LAYER_ENVIRONMENT, err);
    amr_buffer_free(&path);
    return is_set;
}

/* What systemd's LoadCredential= has laid out for the service, where nothing else says who asks. */
static bool load_credentials_directory(struct amr_settings *settings, int64_t deadline_ms,
                                       struct amr_error *err)
{
    if (settings->credentials_directory == NULL || has_credential(settings))
        return true;
    if (!set_file(settings, "client-secret", "client-secret-file", err))
        return false;
    if (settings->credentials != NULL)
        return true;
    return set_file(settings, "credentials", "credentials", err) &&
           (settings->credentials == NULL || load_credentials(settings, deadline_ms, err));
}

bool amr_layers_load_credentials(struct amr_settings *settings, int64_t deadline_ms,
                                 struct amr_error *err)
{
    if (settings->from_file != NULL)
        return true;
    if (settings->credentials != NULL && !load_credentials(settings, deadline_ms, err))
        return amr_error_add_context(err, "--credentials");
    return load_environment(settings, err) &&
           (load_credentials_directory(settings, deadline_ms, err) ||
            amr_error_add_context(err, "CREDENTIALS_DIRECTORY"));
}
