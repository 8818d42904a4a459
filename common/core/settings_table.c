/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <string.h>

#include "calendar.h"
#include "range.h"
#include "text.h"
#include "url.h"

enum {
    OUTPUT_BYTES_LEAST = 256,
    SECONDS_MOST = 366 * AMR_DAY_S,
    RESOURCE_GROUP_CHARACTERS_MAX = 90,
};

static const char *const cloud_words[] = {"public", "usgov", "china", NULL};
static const char *const auth_words[] = {"auto",     "secret",           "certificate",
                                         "workload", "managed-identity", "arc",
                                         "az-cli",   "token-file",       NULL};
static const char *const intent_words[] = {"any", "defer", "automatic", NULL};
static const char *const output_words[] = {"text", "json", NULL};
static const char *const command_output_words[] = {"table", "json", "csv", NULL};

static void *place_of(struct amr_settings *settings, const struct amr_setting *setting)
{
    return (char *)settings + setting->offset;
}

static const char *keep(struct amr_settings *settings, const char *value, struct amr_error *err)
{
    const char *kept = amr_arena_copy(&settings->arena, value, strlen(value));

    if (kept == NULL)
        (void)amr_error_set_no_memory(err);
    return kept;
}

static bool store_text(struct amr_settings *settings, const struct amr_setting *setting,
                       const char *value, struct amr_error *err)
{
    const char **place = place_of(settings, setting);

    if (*value == '\0')
        return amr_error_set(err, AMR_ERROR_USAGE, "the value is empty");
    *place = keep(settings, value, err);
    return *place != NULL;
}

static bool append_to_list(struct amr_settings *settings, const struct amr_setting *setting,
                           const char *value, struct amr_error *err)
{
    struct amr_list *list = place_of(settings, setting);

    if (list->count == AMR_LIST_MAX)
        return amr_error_set(err, AMR_ERROR_USAGE, "more than %d values", AMR_LIST_MAX);
    list->values[list->count] = keep(settings, value, err);
    if (list->values[list->count] == NULL)
        return false;
    list->count++;
    return true;
}

static bool store_list(struct amr_settings *settings, const struct amr_setting *setting,
                       const char *value, struct amr_error *err)
{
    if (*value == '\0')
        return amr_error_set(err, AMR_ERROR_USAGE, "the value is empty");
    return append_to_list(settings, setting, value, err);
}

static bool store_subscription(struct amr_settings *settings, const struct amr_setting *setting,
                               const char *value, struct amr_error *err)
{
    if (strcmp(value, "all") != 0 && !amr_text_is_guid(value))
        return amr_text_refuse(err, value, "subscription id (a GUID) and not \"all\"");
    return store_list(settings, setting, value, err);
}

/* Azure: up to 90 letters, digits, hyphens, underscores, dots and parentheses; letters of any
 * alphabet are allowed, so bytes of UTF-8 are. */
static bool is_resource_group(const char *value)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.()";
    size_t length = strlen(value);
    size_t characters = 0;

    for (const char *at = value; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;

        if (byte < 0x80 && strchr(allowed, *at) == NULL)
            return false;
        characters += (byte & 0xc0) != 0x80;
    }
    return length > 0 && characters <= RESOURCE_GROUP_CHARACTERS_MAX && value[length - 1] != '.' &&
           amr_text_is_utf8(value, length);
}

static bool store_resource_group(struct amr_settings *settings, const struct amr_setting *setting,
                                 const char *value, struct amr_error *err)
{
    if (!is_resource_group(value))
        return amr_text_refuse(err, value, "name of a resource group");
    return store_list(settings, setting, value, err);
}

/* A GUID or a domain name: what may stand in the path of the token's address. Not quoted: in a file
 * of credentials the wrong line may hold the secret. */
static bool store_identifier(struct amr_settings *settings, const struct amr_setting *setting,
                             const char *value, struct amr_error *err)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";

    if (strspn(value, allowed) != strlen(value) || strstr(value, "..") != NULL || *value == '.')
        return amr_error_set(err, AMR_ERROR_USAGE, "no GUID or domain name");
    return store_text(settings, setting, value, err);
}

static bool store_tag(struct amr_settings *settings, const struct amr_setting *setting,
                      const char *value, struct amr_error *err)
{
    if (*value == '=')
        return amr_text_refuse(err, value, "tag KEY or KEY=VALUE");
    return store_list(settings, setting, value, err);
}

static bool store_range(struct amr_settings *settings, const struct amr_setting *setting,
                        const char *value, struct amr_error *err)
{
    if (!amr_range_parse(value, place_of(settings, setting)))
        return amr_text_refuse(err, value, "range ([@]start:end, \"30:\" alerts below 30)");
    return true;
}

static bool store_choice(struct amr_settings *settings, const struct amr_setting *setting,
                         const char *value, struct amr_error *err)
{
    int *place = place_of(settings, setting);
    struct amr_buffer choices;

    for (int i = 0; setting->words[i] != NULL; i++) {
        if (strcmp(setting->words[i], value) == 0) {
            *place = i;
            return true;
        }
    }
    amr_buffer_init(&choices, AMR_ERROR_MESSAGE_SIZE);
    for (int i = 0; setting->words[i] != NULL; i++)
        amr_buffer_append_format(&choices, "%s%s", i == 0 ? "" : ", ", setting->words[i]);
    (void)amr_text_refuse(err, value, "choice");
    (void)amr_error_add_context(err, "one of %s is expected", amr_buffer_text(&choices));
    amr_buffer_free(&choices);
    return false;
}

/* Digits only, at most `most`, which is far from overflow. */
static bool parse_number(const char *text, size_t length, int64_t most, int64_t *number)
{
    int64_t value = 0;

    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || value > most)
            return false;
        value = value * 10 + (text[i] - '0');
    }
    if (length == 0 || value > most)
        return false;
    *number = value;
    return true;
}

static bool refuse_number(struct amr_error *err, const char *value,
                          const struct amr_setting *setting)
{
    struct amr_buffer what;

    amr_buffer_init(&what, AMR_ERROR_MESSAGE_SIZE);
    amr_buffer_append_format(&what, "whole number from %lld to %lld", (long long)setting->least,
                             (long long)setting->most);
    (void)amr_text_refuse(err, value, amr_buffer_text(&what));
    amr_buffer_free(&what);
    return false;
}

static bool store_number(struct amr_settings *settings, const struct amr_setting *setting,
                         const char *value, struct amr_error *err)
{
    int64_t *place = place_of(settings, setting);
    int64_t number;

    if (!parse_number(value, strlen(value), setting->most, &number) || number < setting->least)
        return refuse_number(err, value, setting);
    *place = number;
    return true;
}

static bool parse_state(const char *text, enum amr_severity *severity)
{
    static const enum amr_severity by_code[] = {AMR_OK, AMR_WARNING, AMR_CRITICAL, AMR_UNKNOWN};

    if (text[0] >= '0' && text[0] <= '3' && text[1] == '\0') {
        *severity = by_code[text[0] - '0'];
        return true;
    }
    for (enum amr_severity at = AMR_OK; at <= AMR_CRITICAL; at++) {
        if (amr_text_is_equal_nocase(text, amr_severity_word(at))) {
            *severity = at;
            return true;
        }
    }
    return false;
}

static bool store_timeout(struct amr_settings *settings, const struct amr_setting *setting,
                          const char *value, struct amr_error *err)
{
    size_t length = strcspn(value, ":");
    bool has_state = value[length] == ':';
    enum amr_severity severity = AMR_UNKNOWN;
    int64_t seconds;

    if (!parse_number(value, length, setting->most, &seconds) || seconds < setting->least ||
        (has_state && !parse_state(value + length + 1, &severity)))
        return amr_text_refuse(err, value,
                               "SECONDS[:STATE], 1 to 3600 and ok, warning, critical or unknown");
    settings->timeout_s = seconds;
    settings->timeout_severity = severity;
    settings->has_timeout_severity = has_state;
    return true;
}

static bool store_severity(struct amr_settings *settings, const struct amr_setting *setting,
                           const char *value, struct amr_error *err)
{
    (void)setting;
    if (!amr_policy_set_severity(&settings->policy, value))
        return amr_text_refuse(
            err, value,
            "NAME=LEVEL with a state, advisory, empty, error or partial as NAME and ok, "
            "warning, critical or unknown as LEVEL");
    return true;
}

static bool store_as_of(struct amr_settings *settings, const struct amr_setting *setting,
                        const char *value, struct amr_error *err)
{
    struct amr_date date;
    int64_t instant_s;

    (void)setting;
    if (amr_date_parse(value, &date) && date.precision == AMR_DATE_DAY)
        instant_s = date.first_day * AMR_DAY_S;
    else if (!amr_instant_parse(value, &instant_s))
        return amr_text_refuse(err, value, "date YYYY-MM-DD or instant YYYY-MM-DDTHH:MM:SSZ");
    settings->has_as_of = true;
    settings->as_of_s = instant_s;
    return true;
}

static bool store_endpoint(struct amr_settings *settings, const struct amr_setting *setting,
                           const char *value, struct amr_error *err)
{
    const char **place = place_of(settings, setting);
    size_t length = strlen(value);

    /* The value is not quoted: it may hold a password. */
    if (!amr_url_is_endpoint(value))
        return amr_error_set(err, AMR_ERROR_USAGE,
                             "not an https address of a host and port alone (http for loopback "
                             "hosts only)");
    if (value[length - 1] == '/')
        length--;
    *place = amr_arena_copy(&settings->arena, value, length);
    return *place != NULL || amr_error_set_no_memory(err);
}

/* Kept as it is: its path may end in a slash that counts. */
static bool store_identity_endpoint(struct amr_settings *settings,
                                    const struct amr_setting *setting, const char *value,
                                    struct amr_error *err)
{
    if (!amr_url_is_identity_endpoint(value))
        return amr_text_refuse(err, value, "http or https address without query");
    return store_text(settings, setting, value, err);
}

static bool store_proxy(struct amr_settings *settings, const struct amr_setting *setting,
                        const char *value, struct amr_error *err)
{
    /* The value is not quoted: it may hold a password. */
    if (!amr_url_is_proxy(value))
        return amr_error_set(err, AMR_ERROR_USAGE,
                             "not an address http://HOST:PORT or https://HOST:PORT");
    return store_text(settings, setting, value, err);
}

static bool store_api_version(struct amr_settings *settings, const struct amr_setting *setting,
                              const char *value, struct amr_error *err)
{
    struct amr_date date;
    char day[AMR_DATE_TEXT_SIZE];

    if (strlen(value) >= AMR_DATE_TEXT_SIZE - 1) {
        memcpy(day, value, AMR_DATE_TEXT_SIZE - 1);
        day[AMR_DATE_TEXT_SIZE - 1] = '\0';
        const char *rest = value + AMR_DATE_TEXT_SIZE - 1;
        if (amr_date_parse(day, &date) && (*rest == '\0' || strcmp(rest, "-preview") == 0))
            return store_text(settings, setting, value, err);
    }
    return amr_text_refuse(err, value, "API version YYYY-MM-DD or YYYY-MM-DD-preview");
}

static bool store_secret(struct amr_settings *settings, const struct amr_setting *setting,
                         const char *value, struct amr_error *err)
{
    struct amr_buffer *secret = place_of(settings, setting);

    amr_buffer_wipe(secret);
    amr_buffer_init(secret, AMR_SECRET_BYTES_MAX);
    amr_buffer_append_text(secret, value);
    if (secret->length == 0 || amr_buffer_is_failed(secret))
        return amr_error_set(err, AMR_ERROR_USAGE, "the secret is empty or longer than %d bytes",
                             AMR_SECRET_BYTES_MAX);
    return true;
}

static bool store_extra_opts(struct amr_settings *settings, const struct amr_setting *setting,
                             const char *value, struct amr_error *err)
{
    return append_to_list(settings, setting, value == NULL ? "" : value, err);
}

static bool store_flag(struct amr_settings *settings, const struct amr_setting *setting,
                       const char *value, struct amr_error *err)
{
    bool *place = place_of(settings, setting);

    (void)value, (void)err;
    *place = true;
    return true;
}

static bool store_more(struct amr_settings *settings, const struct amr_setting *setting,
                       const char *value, struct amr_error *err)
{
    int64_t *place = place_of(settings, setting);

    (void)value, (void)err;
    *place += *place < setting->most;
    return true;
}

#define AT(member) offsetof(struct amr_settings, member)

enum {
    WRITING_VERBS = AMR_VERB_DEFER | AMR_VERB_UNDEFER | AMR_VERB_START,
    READING_VERBS = AMR_VERB_LIST | AMR_VERB_TIMELINE,
    WAIT_SECONDS_MOST = 7 * AMR_DAY_S,
};

static const struct amr_setting table[] = {
    {.name = "subscription",
     .argument = "ID",
     .is_repeatable = true,
     .group = AMR_GROUP_WHAT,
     .environment = "AZURE_SUBSCRIPTION_ID",
     .help = "subscription to read; all: every one that the credential sees",
     .store = store_subscription,
     .is_list = true,
     .offset = AT(selection.subscriptions)},
    {.name = "resource-group",
     .argument = "NAME",
     .is_repeatable = true,
     .group = AMR_GROUP_WHAT,
     .help = "only clusters of this resource group",
     .store = store_resource_group,
     .is_list = true,
     .offset = AT(selection.resource_groups)},
    {.name = "cluster",
     .argument = "GLOB",
     .is_repeatable = true,
     .group = AMR_GROUP_WHAT,
     .help = "only clusters whose name fits",
     .store = store_list,
     .is_list = true,
     .offset = AT(selection.clusters)},
    {.name = "exclude-cluster",
     .argument = "GLOB",
     .is_repeatable = true,
     .group = AMR_GROUP_WHAT,
     .help = "no clusters whose name fits",
     .store = store_list,
     .is_list = true,
     .offset = AT(selection.excluded_clusters)},
    {.name = "database",
     .argument = "GLOB",
     .is_repeatable = true,
     .group = AMR_GROUP_WHAT,
     .help = "only databases whose name fits",
     .store = store_list,
     .is_list = true,
     .offset = AT(selection.databases)},
    {.name = "tag",
     .argument = "KEY[=VALUE]",
     .is_repeatable = true,
     .group = AMR_GROUP_WHAT,
     .help = "only clusters with this tag; several tags must all hold",
     .store = store_tag,
     .is_list = true,
     .offset = AT(selection.tags)},
    {.name = "from-file",
     .argument = "FILE",
     .group = AMR_GROUP_WHAT,
     .help = "read no Azure but this file (- is standard input): a snapshot, an ARM list, or "
             "what 'az redisenterprise list' prints",
     .store = store_text,
     .offset = AT(from_file)},
    {.name = "cloud",
     .argument = "public|usgov|china",
     .group = AMR_GROUP_WHERE,
     .default_text = "public",
     .help = "the Azure cloud",
     .store = store_choice,
     .offset = AT(cloud),
     .words = cloud_words},
    {.name = "arm-endpoint",
     .argument = "URL",
     .group = AMR_GROUP_WHERE,
     .help = "address of Azure Resource Manager instead of the cloud's",
     .store = store_endpoint,
     .offset = AT(arm_endpoint)},
    {.name = "authority",
     .argument = "URL",
     .group = AMR_GROUP_WHERE,
     .environment = "AZURE_AUTHORITY_HOST",
     .help = "address of Microsoft Entra instead of the cloud's",
     .store = store_endpoint,
     .offset = AT(authority)},
    {.name = "api-version",
     .argument = "VERSION",
     .group = AMR_GROUP_WHERE,
     .default_text = "2025-07-01",
     .help = "version of the Azure API",
     .store = store_api_version,
     .offset = AT(api_version)},
    {.name = "proxy",
     .argument = "URL",
     .group = AMR_GROUP_WHERE,
     .help = "proxy to reach Azure through",
     .store = store_proxy,
     .offset = AT(proxy)},
    {.name = "ca-file",
     .argument = "FILE",
     .group = AMR_GROUP_WHERE,
     .help = "certificate authorities to trust (PEM) instead of the system's",
     .store = store_text,
     .offset = AT(ca_file)},
    {.name = "ca-path",
     .argument = "DIR",
     .group = AMR_GROUP_WHERE,
     .help = "the same as a hashed directory",
     .store = store_text,
     .offset = AT(ca_path)},
    {.name = "auth",
     .argument = "KIND",
     .group = AMR_GROUP_WHO,
     .default_text = "auto",
     .help = "credential to use: token-file, secret, certificate, workload, managed-identity, arc "
             "or az-cli; auto: those of the first four that are set, else the machine's identity",
     .store = store_choice,
     .offset = AT(auth),
     .words = auth_words},
    {.name = "tenant",
     .argument = "ID",
     .group = AMR_GROUP_WHO,
     .environment = "AZURE_TENANT_ID",
     .help = "Microsoft Entra tenant of the application",
     .store = store_identifier,
     .offset = AT(tenant)},
    {.name = "client-id",
     .argument = "ID",
     .group = AMR_GROUP_WHO,
     .environment = "AZURE_CLIENT_ID",
     .help = "the application (client) id",
     .store = store_identifier,
     .offset = AT(client_id)},
    {.name = "client-secret",
     .argument = "SECRET",
     .is_secret = true,
     .group = AMR_GROUP_WHO,
     .environment = "AZURE_CLIENT_SECRET",
     .help = "the application's secret; in files and the environment only",
     .store = store_secret,
     .offset = AT(client_secret)},
    {.name = "client-secret-file",
     .argument = "FILE",
     .group = AMR_GROUP_WHO,
     .help = "file that holds the application's secret",
     .store = store_text,
     .offset = AT(client_secret_file)},
    {.name = "certificate",
     .argument = "FILE",
     .group = AMR_GROUP_WHO,
     .environment = "AZURE_CLIENT_CERTIFICATE_PATH",
     .help = "certificate and RSA key of the application (PEM, without a passphrase)",
     .store = store_text,
     .offset = AT(certificate)},
    {.name = "federated-token-file",
     .argument = "FILE",
     .group = AMR_GROUP_WHO,
     .environment = "AZURE_FEDERATED_TOKEN_FILE",
     .help = "file that holds the token of a workload identity",
     .store = store_text,
     .offset = AT(federated_token_file)},
    {.name = "token-file",
     .argument = "FILE",
     .group = AMR_GROUP_WHO,
     .help = "file that holds a bearer token for Azure Resource Manager",
     .store = store_text,
     .offset = AT(token_file)},
    {.name = "credentials",
     .argument = "FILE",
     .group = AMR_GROUP_WHO,
     .help = "file of 'name = value' lines: tenant, client-id, client-secret, ...",
     .store = store_text,
     .offset = AT(credentials)},
    {.name = "credentials-directory",
     .argument = "DIR",
     .is_platforms = true,
     .group = AMR_GROUP_WHO,
     .environment = "CREDENTIALS_DIRECTORY",
     .help = "set by systemd for LoadCredential=: its files client-secret and credentials are used "
             "where no credential is named",
     .store = store_text,
     .offset = AT(credentials_directory)},
    {.name = "identity-endpoint",
     .argument = "URL",
     .is_platforms = true,
     .group = AMR_GROUP_WHO,
     .environment = "IDENTITY_ENDPOINT",
     .help = "set by App Service (with IDENTITY_HEADER) and Azure Arc (with IMDS_ENDPOINT)",
     .store = store_identity_endpoint,
     .offset = AT(identity_endpoint)},
    {.name = "identity-header",
     .argument = "SECRET",
     .is_platforms = true,
     .is_secret = true,
     .group = AMR_GROUP_WHO,
     .environment = "IDENTITY_HEADER",
     .help = "set by App Service",
     .store = store_secret,
     .offset = AT(identity_header)},
    {.name = "imds-endpoint",
     .argument = "URL",
     .is_platforms = true,
     .group = AMR_GROUP_WHO,
     .environment = "IMDS_ENDPOINT",
     .help = "set by Azure Arc",
     .store = store_identity_endpoint,
     .offset = AT(imds_endpoint)},
    {.name = "pod-identity-host",
     .argument = "URL",
     .is_platforms = true,
     .group = AMR_GROUP_WHO,
     .environment = "AZURE_POD_IDENTITY_AUTHORITY_HOST",
     .help = "asked for a managed identity instead of http://169.254.169.254",
     .store = store_identity_endpoint,
     .offset = AT(pod_identity_host)},
    {.name = "az-config-dir",
     .argument = "DIR",
     .is_platforms = true,
     .group = AMR_GROUP_WHO,
     .environment = "AZURE_CONFIG_DIR",
     .help = "where az keeps who is logged in; each has snapshots of its own",
     .store = store_text,
     .offset = AT(az_config_dir)},
    {.name = "warning",
     .letter = 'w',
     .argument = "RANGE",
     .group = AMR_GROUP_JUDGE,
     .default_text = "30:",
     .help = "warning range of days left (30: is fewer than 30)",
     .store = store_range,
     .offset = AT(policy.warning)},
    {.name = "critical",
     .letter = 'c',
     .argument = "RANGE",
     .group = AMR_GROUP_JUDGE,
     .default_text = "7:",
     .help = "critical range of days left",
     .store = store_range,
     .offset = AT(policy.critical)},
    {.name = "choice-warning",
     .argument = "RANGE",
     .group = AMR_GROUP_JUDGE,
     .default_text = "30:",
     .help = "warning range of days in which deferral can be chosen",
     .store = store_range,
     .offset = AT(policy.choice_warning)},
    {.name = "intent",
     .argument = "any|defer|automatic",
     .group = AMR_GROUP_JUDGE,
     .default_text = "any",
     .help = "what the owner wants of automatic upgrades",
     .store = store_choice,
     .offset = AT(policy.intent),
     .words = intent_words},
    {.name = "severity",
     .argument = "NAME=LEVEL",
     .is_repeatable = true,
     .group = AMR_GROUP_JUDGE,
     .help = "severity (ok, warning, critical, unknown) of a state, an advisory, empty, error or "
             "partial",
     .is_by_name = true,
     .store = store_severity},
    {.name = "catalog",
     .argument = "FILE",
     .is_repeatable = true,
     .group = AMR_GROUP_JUDGE,
     .help = "catalogue that overrides the installed ones field by field",
     .store = store_list,
     .is_list = true,
     .offset = AT(catalogs)},
    {.name = "catalog-age",
     .argument = "RANGE",
     .group = AMR_GROUP_JUDGE,
     .default_text = "60",
     .help = "warning range of days since the catalogue was reviewed",
     .store = store_range,
     .offset = AT(policy.catalog_age)},
    {.name = "as-of",
     .argument = "DATE|INSTANT",
     .group = AMR_GROUP_JUDGE,
     .help = "decide as if it were then (YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ)",
     .store = store_as_of},
    {.name = "cache-dir",
     .argument = "DIR",
     .group = AMR_GROUP_KEEP,
     .default_text = AMR_CACHE_DIR,
     .help = "directory in which snapshots of Azure are kept, none for no such thing",
     .store = store_text,
     .offset = AT(cache_dir)},
    {.name = "cache-ttl",
     .argument = "SECONDS",
     .group = AMR_GROUP_KEEP,
     .default_text = "900",
     .help = "age up to which a snapshot is used instead of asking Azure; 0: always ask",
     .store = store_number,
     .offset = AT(cache_ttl_s),
     .most = SECONDS_MOST},
    {.name = "max-stale",
     .argument = "SECONDS",
     .group = AMR_GROUP_KEEP,
     .default_text = "86400",
     .help = "age up to which it is used where Azure cannot be read",
     .store = store_number,
     .offset = AT(max_stale_s),
     .most = SECONDS_MOST},
    {.name = "state-dir",
     .argument = "DIR",
     .group = AMR_GROUP_KEEP,
     .default_text = AMR_STATE_DIR,
     .help = "directory in which the history of the databases is kept, none for no such thing",
     .store = store_text,
     .offset = AT(state_dir)},
    {.name = "verbose",
     .letter = 'v',
     .is_repeatable = true,
     .group = AMR_GROUP_PRINT,
     .help = "list all databases; twice: also where data come from",
     .store = store_more,
     .offset = AT(verbosity),
     .most = 3},
    {.name = "output",
     .argument = "text|json",
     .group = AMR_GROUP_PRINT,
     .default_text = "text",
     .help = "form of the output",
     .store = store_choice,
     .offset = AT(output),
     .words = output_words},
    {.name = "max-output",
     .argument = "BYTES",
     .group = AMR_GROUP_PRINT,
     .default_text = "8000",
     .help = "most bytes of text output",
     .store = store_number,
     .offset = AT(max_output_bytes),
     .least = OUTPUT_BYTES_LEAST,
     .most = 1024 * 1024 * 1024},
    {.name = "timeout",
     .letter = 't',
     .argument = "SECONDS[:STATE]",
     .group = AMR_GROUP_RUN,
     .default_text = "30",
     .help = "end after this time; STATE is what the check then says, unknown unless given",
     .store = store_timeout,
     .least = 1,
     .most = 3600},
    {.name = "extra-opts",
     .argument = "[SECTION][@FILE]",
     .is_argument_optional = true,
     .is_repeatable = true,
     .group = AMR_GROUP_RUN,
     .help = "read options from an ini file",
     .store = store_extra_opts,
     .is_list = true,
     .offset = AT(extra_opts)},
    {.name = "help",
     .letter = 'h',
     .group = AMR_GROUP_RUN,
     .help = "print this help",
     .store = store_flag,
     .offset = AT(is_help)},
    {.name = "version",
     .letter = 'V',
     .group = AMR_GROUP_RUN,
     .help = "print the version",
     .store = store_flag,
     .offset = AT(is_version)},
    {.name = "output",
     .argument = "table|json|csv",
     .verbs = READING_VERBS | AMR_VERB_CATALOG,
     .group = AMR_GROUP_PRINT,
     .default_text = "table",
     .help = "form of the output; csv: of list only",
     .store = store_choice,
     .offset = AT(output),
     .words = command_output_words},
    {.name = "cache-ttl",
     .argument = "SECONDS",
     .verbs = READING_VERBS,
     .group = AMR_GROUP_KEEP,
     .default_text = "0",
     .help = "age up to which a snapshot is used instead of asking Azure; 0: always ask",
     .store = store_number,
     .offset = AT(cache_ttl_s),
     .most = SECONDS_MOST},
    {.name = "svg",
     .argument = "FILE",
     .verbs = AMR_VERB_TIMELINE,
     .group = AMR_GROUP_PRINT,
     .help = "write a picture of it instead of the text; - is standard output",
     .store = store_text,
     .offset = AT(command.svg)},
    {.name = "ics",
     .argument = "FILE",
     .verbs = AMR_VERB_TIMELINE,
     .group = AMR_GROUP_PRINT,
     .help = "write a calendar of it (iCalendar) instead of the text; - is standard output",
     .store = store_text,
     .offset = AT(command.ics)},
    {.name = "yes",
     .letter = 'y',
     .verbs = WRITING_VERBS,
     .group = AMR_GROUP_RUN,
     .help = "do it without asking for the cluster's name",
     .store = store_flag,
     .offset = AT(command.is_agreed)},
    {.name = "force",
     .verbs = AMR_VERB_DEFER,
     .group = AMR_GROUP_RUN,
     .help = "set the flag even where GA has passed, when Azure need not honour it, or where the "
             "database cannot be judged",
     .store = store_flag,
     .offset = AT(command.is_forced)},
    {.name = "allow-preview",
     .verbs = AMR_VERB_START,
     .group = AMR_GROUP_RUN,
     .help = "go on where the upgrade brings a preview",
     .store = store_flag,
     .offset = AT(command.is_preview_allowed)},
    {.name = "dry-run",
     .letter = 'n',
     .verbs = WRITING_VERBS,
     .group = AMR_GROUP_RUN,
     .help = "print the requests that would be sent, and send none",
     .store = store_flag,
     .offset = AT(command.is_rehearsal)},
    {.name = "wait",
     .verbs = AMR_VERB_START,
     .group = AMR_GROUP_RUN,
     .help = "follow the upgrade until it ends",
     .store = store_flag,
     .offset = AT(command.is_waiting)},
    {.name = "wait-limit",
     .argument = "SECONDS",
     .verbs = WRITING_VERBS | AMR_VERB_WAIT,
     .group = AMR_GROUP_RUN,
     .default_text = "7200",
     .help = "stop following after this time; Azure goes on",
     .store = store_number,
     .offset = AT(command.wait_limit_s),
     .least = 1,
     .most = WAIT_SECONDS_MOST},
};

_Static_assert(AMR_COUNT_OF(table) <= AMR_SETTINGS_MAX, "struct amr_settings has a layer for each");

const struct amr_setting *amr_settings_table(size_t *count)
{
    *count = 0;
    while (*count < AMR_COUNT_OF(table) && table[*count].verbs == 0)
        *count += 1;
    return table;
}

const struct amr_setting *amr_settings_command_table(size_t *count)
{
    size_t shared;

    (void)amr_settings_table(&shared);
    *count = AMR_COUNT_OF(table) - shared;
    return table + shared;
}

static bool is_named(const struct amr_setting *setting, const char *name, size_t length)
{
    return strlen(setting->name) == length && memcmp(setting->name, name, length) == 0;
}

const struct amr_setting *amr_settings_find(const char *name, size_t length)
{
    return amr_settings_find_option(AMR_VERB_NONE, name, length);
}

const struct amr_setting *amr_settings_find_letter(char letter)
{
    return amr_settings_find_option_letter(AMR_VERB_NONE, letter);
}

/* From the end, where what belongs to a verb stands. */
const struct amr_setting *amr_settings_find_option(enum amr_verb verb, const char *name,
                                                   size_t length)
{
    for (size_t i = AMR_COUNT_OF(table); i > 0; i--) {
        const struct amr_setting *at = &table[i - 1];

        if ((at->verbs == 0 || (at->verbs & verb) != 0) && is_named(at, name, length))
            return at->is_platforms ? NULL : at;
    }
    return NULL;
}

const struct amr_setting *amr_settings_find_option_letter(enum amr_verb verb, char letter)
{
    for (size_t i = AMR_COUNT_OF(table); i > 0; i--) {
        const struct amr_setting *at = &table[i - 1];

        if ((at->verbs == 0 || (at->verbs & verb) != 0) && letter != '\0' && at->letter == letter)
            return at;
    }
    return NULL;
}

const char *amr_settings_auth_word(enum amr_auth auth)
{
    return auth_words[auth];
}

const char *amr_settings_group_words(enum amr_setting_group group)
{
    static const char *const words[AMR_GROUP_COUNT] = {
        "What to look at", "Where Azure is", "Who asks",   "How to judge",
        "What to keep",    "What to print",  "How to run",
    };

    return words[group];
}
