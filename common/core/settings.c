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
    };
    amr_buffer_init(&settings->client_secret, AMR_SECRET_BYTES_MAX);
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

bool amr_settings_set(struct amr_settings *settings, const struct amr_setting *setting,
                      const char *value, enum amr_layer layer, struct amr_error *err)
{
    size_t count;
    uint8_t *known = &settings->layers[setting - amr_settings_table(&count)];

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

static bool has_secret(const struct amr_settings *settings)
{
    return settings->client_secret.length > 0 || settings->client_secret_file != NULL;
}

static bool complete_secret(const struct amr_settings *settings, struct amr_error *err)
{
    if (settings->tenant == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "tenant (or AZURE_TENANT_ID) is missing");
    if (settings->client_id == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "client-id (or AZURE_CLIENT_ID) is missing");
    if (!has_secret(settings))
        return amr_error_set(err, AMR_ERROR_USAGE,
                             "client-secret-file (or client-secret in a credentials file, or "
                             "AZURE_CLIENT_SECRET) is missing");
    return true;
}

static bool complete_auth(struct amr_settings *settings, struct amr_error *err)
{
    if (settings->auth == AMR_AUTH_AUTO && settings->token_file != NULL)
        settings->auth = AMR_AUTH_TOKEN_FILE;
    if (settings->auth == AMR_AUTH_AUTO && has_secret(settings))
        settings->auth = AMR_AUTH_SECRET;
    if (settings->auth == AMR_AUTH_SECRET)
        return complete_secret(settings, err);
    if (settings->auth == AMR_AUTH_TOKEN_FILE && settings->token_file == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "token-file is missing");
    if (settings->auth == AMR_AUTH_AUTO)
        return amr_error_set(
            err, AMR_ERROR_USAGE,
            "auth: no credential: give tenant, client-id and client-secret-file, or "
            "token-file, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and "
            "AZURE_CLIENT_SECRET");
    return true;
}

bool amr_settings_complete(struct amr_settings *settings, struct amr_error *err)
{
    if (settings->from_file != NULL)
        return true;
    complete_endpoints(settings);
    if (settings->selection.subscriptions.count == 0)
        return amr_error_set(err, AMR_ERROR_USAGE,
                             "subscription (or AZURE_SUBSCRIPTION_ID, or from-file) is missing");
    return complete_auth(settings, err);
}

void amr_settings_free(struct amr_settings *settings)
{
    amr_buffer_wipe(&settings->client_secret);
    amr_arena_free(&settings->arena);
    memset(settings, 0, sizeof(*settings));
}
