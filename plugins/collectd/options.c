/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "layers.h"
#include "log.h"
#include "secret.h"
#include "text.h"

enum {
    INTERVAL_S = 900,
    INTERVAL_S_MAX = 7 * 86400,
    FILES_MS = 5000,
    OPTION_SIZE = 64,
    VALUE_SIZE = 32,
    NAME_BYTES_MAX = DATA_MAX_NAME_LEN - sizeof("account.") - sizeof("-00000000"),
};

/* `client-id` -> `ClientId` */
static void spell(const char *name, size_t length, char option[OPTION_SIZE])
{
    bool is_start = true;
    size_t at = 0;

    for (size_t i = 0; i < length && at + 1 < OPTION_SIZE; i++) {
        if (name[i] != '-')
            option[at++] = is_start && name[i] >= 'a' && name[i] <= 'z'
                               ? (char)(name[i] - 'a' + 'A')
                               : name[i];
        is_start = name[i] == '-';
    }
    option[at] = '\0';
}

static const struct amr_setting *find_setting(const char *key)
{
    size_t count;
    const struct amr_setting *table = amr_settings_table(&count);
    char option[OPTION_SIZE];

    for (size_t i = 0; i < count; i++) {
        spell(table[i].name, strlen(table[i].name), option);
        if (table[i].group <= AMR_GROUP_KEEP && !table[i].is_platforms &&
            amr_text_is_equal_nocase(option, key))
            return &table[i];
    }
    return NULL;
}

/* A message that begins with the name of a setting, or with --NAME, gets collectd's spelling. */
static void respell(struct amr_error *error)
{
    const char *name = error->message;
    char option[OPTION_SIZE];
    struct amr_error spelled = *error;

    name += strncmp(name, "--", 2) == 0 ? 2 : 0;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz-");
    if (amr_settings_find(name, length) == NULL)
        return;
    spell(name, length, option);
    (void)amr_error_set(&spelled, error->code, "%s%s", option, name + length);
    *error = spelled;
}

static void refuse(struct amr_account *account, const char *option, const char *why)
{
    account->is_bad = true;
    if (option == NULL)
        amr_log(LOG_ERR, account->name, "%s", why);
    else
        amr_log(LOG_ERR, account->name, "%s: %s", option, why);
}

/* The value as a file of settings would have it; `number` is where digits are put. */
static const char *text_of(const oconfig_value_t *value, char number[VALUE_SIZE])
{
    switch (value->type) {
    case OCONFIG_TYPE_STRING:
        return value->value.string;
    case OCONFIG_TYPE_NUMBER:
        (void)snprintf(number, VALUE_SIZE, "%.15g", value->value.number);
        return number;
    default:
        return value->value.boolean ? "true" : "false";
    }
}

static bool set_interval(struct amr_account *account, const char *text, struct amr_error *err)
{
    char what[64];
    char *end = NULL;
    long seconds = strtol(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || seconds < 1 || seconds > INTERVAL_S_MAX) {
        (void)snprintf(what, sizeof(what), "whole number of seconds from 1 to %d", INTERVAL_S_MAX);
        return amr_text_refuse(err, text, what);
    }
    account->interval_s = seconds;
    return true;
}

static bool set_host(struct amr_account *account, const char *text, struct amr_error *err)
{
    if (*text == '\0' || strchr(text, '/') != NULL || !amr_text_is_utf8(text, strlen(text)) ||
        !amr_text_copy(account->host, sizeof(account->host), text))
        return amr_text_refuse(err, text, "name of a host");
    return true;
}

static bool set_one(struct amr_account *account, const char *key, const char *text,
                    enum amr_layer layer, struct amr_error *err)
{
    const struct amr_setting *setting = find_setting(key);

    if (amr_text_is_equal_nocase(key, "PollInterval"))
        return set_interval(account, text, err);
    if (amr_text_is_equal_nocase(key, "Host"))
        return set_host(account, text, err);
    if (setting == NULL)
        return amr_error_set(err, AMR_ERROR_USAGE, "unknown option");
    if (setting->is_secret)
        return amr_error_set(err, AMR_ERROR_USAGE,
                             "a secret does not stand in the configuration: "
                             "use ClientSecretFile or Credentials");
    return amr_settings_set(&account->run.settings, setting, text, layer, err);
}

/* Several values of one option are the same as the option several times. */
static void set(struct amr_account *account, const oconfig_item_t *item, enum amr_layer layer)
{
    char number[VALUE_SIZE];
    struct amr_error error;
    const struct amr_setting *setting = find_setting(item->key);
    int most = setting != NULL && setting->is_repeatable ? item->values_num : 1;

    if (item->children_num > 0) {
        refuse(account, item->key, "unknown block");
        return;
    }
    if (item->values_num < 1 || item->values_num > most) {
        refuse(account, item->key, item->values_num < 1 ? "a value is missing" : "takes one value");
        return;
    }
    for (int i = 0; i < item->values_num; i++) {
        if (!set_one(account, item->key, text_of(&item->values[i], number), layer, &error))
            refuse(account, item->key, error.message);
    }
}

static bool is_account(const oconfig_item_t *item)
{
    return amr_text_is_equal_nocase(item->key, "Account");
}

static void set_all(struct amr_account *account, const oconfig_item_t *block, enum amr_layer layer)
{
    for (int i = 0; i < block->children_num; i++) {
        const oconfig_item_t *item = &block->children[i];

        if (layer == AMR_LAYER_OPTION || !is_account(item))
            set(account, item, layer);
    }
}

/* What cannot work in this daemon: it has no standard input, and it waits for children itself. */
static void refuse_impossible(struct amr_account *account)
{
    const struct amr_settings *settings = &account->run.settings;

    if (settings->auth == AMR_AUTH_AZ_CLI)
        refuse(account, "Auth", "az-cli cannot be used in collectd");
    if (settings->from_file != NULL && strcmp(settings->from_file, "-") == 0)
        refuse(account, "FromFile", "there is no standard input in collectd");
}

/* What another credential may stand in for is left to the poll. */
static bool is_needed(const struct amr_settings *settings, int auth)
{
    int others = (settings->client_secret_file != NULL) + (settings->certificate != NULL) +
                 (settings->token_file != NULL) + (settings->federated_token_file != NULL) - 1;

    return settings->from_file == NULL &&
           (settings->auth == auth || (settings->auth == AMR_AUTH_AUTO && others == 0));
}

static void refuse_missing(struct amr_account *account, int auth, const char *option,
                           const char *path)
{
    struct amr_buffer content;
    struct amr_error error;

    if (path == NULL || !is_needed(&account->run.settings, auth))
        return;
    amr_buffer_init(&content, AMR_FILE_SETTINGS_BYTES_MAX);
    if (!amr_secret_read_file(path, amr_clock_mono_ms() + FILES_MS, &content, &error))
        refuse(account, option, error.message);
    amr_buffer_wipe(&content);
}

static void complete(struct amr_account *account)
{
    struct amr_settings *settings = &account->run.settings;
    struct amr_error error;

    if (!amr_layers_load_credentials(settings, amr_clock_mono_ms() + FILES_MS, &error) ||
        !amr_settings_complete(settings, &error)) {
        respell(&error);
        refuse(account, NULL, error.message);
    }
    refuse_impossible(account);
    refuse_missing(account, AMR_AUTH_SECRET, "ClientSecretFile", settings->client_secret_file);
    refuse_missing(account, AMR_AUTH_CERTIFICATE, "Certificate", settings->certificate);
    /* The daemon has its own rhythm. */
    settings->cache_ttl_s = 0;
    if (settings->has_as_of && !account->is_bad)
        amr_log(LOG_WARNING, account->name,
                "AsOf is set: this is a rehearsal, not what is so today");
}

static bool name_instance(struct amr_account *account)
{
    struct amr_buffer instance;

    amr_buffer_init(&instance, sizeof(account->instance) - 1);
    amr_buffer_append_text(&instance, "account.");
    amr_text_append_label(&instance, account->name);
    (void)snprintf(account->instance, sizeof(account->instance), "%s", amr_buffer_text(&instance));
    bool is_named = !amr_buffer_is_failed(&instance);
    amr_buffer_free(&instance);
    return is_named;
}

/* False without memory. */
static bool take_name(struct amr_account *account, const oconfig_item_t *block)
{
    bool is_text = block->values_num == 1 && block->values[0].type == OCONFIG_TYPE_STRING;
    const char *name = is_text ? block->values[0].value.string : "";

    (void)snprintf(account->name, sizeof(account->name), "%.*s", (int)NAME_BYTES_MAX, name);
    if (!name_instance(account))
        return false;
    if (!is_text || *name == '\0')
        refuse(account, "Account", "one name is expected, as in Account \"NAME\"");
    else if (strchr(name, '/') != NULL)
        refuse(account, "Account", "a name has no slash");
    else if (strlen(name) > NAME_BYTES_MAX || !amr_text_is_utf8(name, strlen(name)))
        refuse(account, "Account", "the name is too long or no valid UTF-8");
    return true;
}

static struct amr_account *make_account(void)
{
    struct amr_account *account = calloc(1, sizeof(*account));

    if (account == NULL)
        return NULL;
    amr_run_init(&account->run);
    account->interval_s = INTERVAL_S;
    return account;
}

/* Names are compared as series show them, where files may not tell cases apart. */
static void refuse_twins(const struct amr_accounts *accounts, struct amr_account *account)
{
    for (struct amr_account *at = accounts->first; at != NULL; at = at->next) {
        if (!amr_text_is_equal_nocase(at->instance, account->instance))
            continue;
        at->is_bad = true;
        refuse(account, "Account", "another one has this name: neither of the two is used");
    }
}

static void append(struct amr_accounts *accounts, struct amr_account *account)
{
    struct amr_account **slot = &accounts->first;

    refuse_twins(accounts, account);
    while (*slot != NULL)
        slot = &(*slot)->next;
    *slot = account;
}

static void read_account(const oconfig_item_t *block, const oconfig_item_t *item,
                         struct amr_accounts *accounts)
{
    struct amr_account *account = make_account();

    if (account == NULL || !take_name(account, item)) {
        free(account);
        amr_log(LOG_ERR, NULL, "no memory for an account");
        return;
    }
    set_all(account, block, AMR_LAYER_INI);
    set_all(account, item, AMR_LAYER_OPTION);
    if (!account->is_bad)
        complete(account);
    append(accounts, account);
}

void amr_options_read(const oconfig_item_t *block, struct amr_accounts *accounts)
{
    bool has_account = false;

    for (int i = 0; i < block->children_num; i++) {
        if (!is_account(&block->children[i]))
            continue;
        has_account = true;
        read_account(block, &block->children[i], accounts);
    }
    if (!has_account)
        amr_log(LOG_ERR, NULL, "Account: there is none: nothing will be read");
}
