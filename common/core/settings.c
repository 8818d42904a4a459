/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <string.h>

#include "text.h"

void amr_settings_init(struct amr_settings *settings)
{
    *settings = (struct amr_settings){
        .api_version = "2025-07-01",
        .cache_dir = AMR_CACHE_DIR,
        .cache_ttl_s = 900,
        .max_stale_s = 86400,
        .state_dir = AMR_STATE_DIR,
        .max_output_bytes = 8000,
        .timeout_s = 30,
        .timeout_severity = AMR_UNKNOWN,
        .command.wait_limit_s = 7200,
    };
    amr_buffer_init(&settings->client_secret, AMR_SECRET_BYTES_MAX);
    amr_buffer_init(&settings->identity_header, AMR_SECRET_BYTES_MAX);
    amr_policy_init(&settings->policy);
}

/* Lists hold the values of one layer only. */
static void empty_list(struct amr_settings *settings, const struct amr_setting *setting)
{
    struct amr_list *list = (void *)((char *)settings + setting->offset);

    if (setting->is_list)
        list->count = 0;
}

/* A severity from a lower layer counts where no higher one names the same. */
static bool store_by_name(struct amr_settings *settings, const char *value, struct amr_error *err)
{
    struct amr_policy lower;

    amr_policy_init(&lower);
    if (!amr_policy_set_severity(&lower, value))
        return amr_text_refuse(err, value, "NAME=LEVEL");
    amr_policy_fill_severities(&settings->policy, &lower);
    return true;
}

/* Rows of one name share a layer. */
static uint8_t *layer_of(struct amr_settings *settings, const struct amr_setting *setting)
{
    size_t count;
    const struct amr_setting *table = amr_settings_table(&count);

    while (strcmp(table->name, setting->name) != 0)
        table++;
    return &settings->layers[table - amr_settings_table(&count)];
}

bool amr_settings_set(struct amr_settings *settings, const struct amr_setting *setting,
                      const char *value, enum amr_layer layer, struct amr_error *err)
{
    uint8_t *known = layer_of(settings, setting);

    if (value == NULL && setting->argument != NULL && !setting->is_argument_optional)
        return amr_error_set(err, AMR_ERROR_USAGE, "a value is missing: %s", setting->argument);
    if (value != NULL && setting->argument == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "takes no value");
    if (value != NULL && !setting->is_secret && !amr_text_is_utf8(value, strlen(value)))
        return amr_error_set(err, AMR_ERROR_USAGE, "the value is no valid UTF-8");
    if (layer < *known)
        return !setting->is_by_name || store_by_name(settings, value, err);
    if (layer > *known)
        empty_list(settings, setting);
    *known = (uint8_t)layer;
    return setting->store(settings, setting, value, err);
}

static void complete_endpoints(struct amr_settings *settings)
{
    static const char *const arm_endpoints[] = {
        [AMR_CLOUD_PUBLIC] = "https://management.azure.com",
        [AMR_CLOUD_USGOV] = "https://management.usgovcloudapi.net",
        [AMR_CLOUD_CHINA] = "https://management.chinacloudapi.cn",
    };
    static const char *const authorities[] = {
        [AMR_CLOUD_PUBLIC] = "https://login.microsoftonline.com",
        [AMR_CLOUD_USGOV] = "https://login.microsoftonline.us",
        [AMR_CLOUD_CHINA] = "https://login.chinacloudapi.cn",
    };

    if (settings->arm_endpoint == NULL)
        settings->arm_endpoint = arm_endpoints[settings->cloud];
    if (settings->authority == NULL)
        settings->authority = authorities[settings->cloud];
}

/* What a kind of credential starts from: two settings at most, NULL for none. */
struct auth_row {
    const char *names[2];
    bool is_application; /* needs tenant and client id */
    const char *missing; /* words for what is not there */
};

static const struct auth_row auth_rows[] = {
    [AMR_AUTH_SECRET] = {.names = {"client-secret-file", "client-secret"},
                         .is_application = true,
                         .missing = "client-secret-file (or client-secret in a credentials "
                                    "file, or AZURE_CLIENT_SECRET)"},
    [AMR_AUTH_CERTIFICATE] = {.names = {"certificate"},
                              .is_application = true,
                              .missing = "certificate (or AZURE_CLIENT_CERTIFICATE_PATH)"},
    [AMR_AUTH_WORKLOAD] = {.names = {"federated-token-file"},
                           .is_application = true,
                           .missing = "federated-token-file (or AZURE_FEDERATED_TOKEN_FILE)"},
    [AMR_AUTH_TOKEN_FILE] = {.names = {"token-file"}, .missing = "token-file"},
};

static const struct auth_row *auth_row(enum amr_auth auth)
{
    static const struct auth_row nothing = {.names = {NULL}};

    return (size_t)auth < AMR_COUNT_OF(auth_rows) ? &auth_rows[auth] : &nothing;
}

enum amr_layer amr_settings_auth_layer(const struct amr_settings *settings, enum amr_auth auth)
{
    const struct auth_row *row = auth_row(auth);
    enum amr_layer layer = AMR_LAYER_DEFAULT;
    size_t count;
    const struct amr_setting *table = amr_settings_table(&count);

    for (size_t i = 0; i < AMR_COUNT_OF(row->names) && row->names[i] != NULL; i++) {
        const struct amr_setting *setting = amr_settings_find(row->names[i], strlen(row->names[i]));
        enum amr_layer found = (enum amr_layer)settings->layers[setting - table];

        layer = found > layer ? found : layer;
    }
    return layer;
}

bool amr_settings_has_auth(const struct amr_settings *settings, enum amr_auth auth)
{
    return auth_row(auth)->names[0] == NULL ||
           amr_settings_auth_layer(settings, auth) > AMR_LAYER_DEFAULT;
}

static bool complete_application(const struct amr_settings *settings, struct amr_error *err)
{
    if (settings->tenant == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "tenant (or AZURE_TENANT_ID) is missing");
    if (settings->client_id == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "client-id (or AZURE_CLIENT_ID) is missing");
    return true;
}

static bool complete_kind(const struct amr_settings *settings, enum amr_auth auth,
                          struct amr_error *err)
{
    const struct auth_row *row = auth_row(auth);

    if (row->is_application && !complete_application(settings, err))
        return false;
    return amr_settings_has_auth(settings, auth) ||
           amr_error_set(err, AMR_ERROR_USAGE, "%s is missing", row->missing);
}

static bool complete_auth(struct amr_settings *settings, struct amr_error *err)
{
    if (settings->auth == AMR_AUTH_AUTO && amr_settings_has_auth(settings, AMR_AUTH_TOKEN_FILE))
        settings->auth = AMR_AUTH_TOKEN_FILE;
    if (settings->auth != AMR_AUTH_AUTO)
        return complete_kind(settings, (enum amr_auth)settings->auth, err);
    for (enum amr_auth auth = AMR_AUTH_SECRET; auth <= AMR_AUTH_WORKLOAD; auth++) {
        if (amr_settings_has_auth(settings, auth) && !complete_kind(settings, auth, err))
            return false;
    }
    return true;
}

bool amr_settings_complete(struct amr_settings *settings, struct amr_error *err)
{
    complete_endpoints(settings);
    if (settings->from_file != NULL)
        return true;
    if (settings->selection.subscriptions.count == 0)
        return amr_error_set(err, AMR_ERROR_USAGE,
                             "subscription (or AZURE_SUBSCRIPTION_ID, or from-file) is missing");
    return complete_auth(settings, err);
}

void amr_settings_free(struct amr_settings *settings)
{
    amr_buffer_wipe(&settings->client_secret);
    amr_buffer_wipe(&settings->identity_header);
    amr_arena_free(&settings->arena);
    memset(settings, 0, sizeof(*settings));
}
