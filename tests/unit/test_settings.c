/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "settings.h"
#include "unit.h"

#define GUID       "11111111-2222-3333-4444-555555555555"
#define OTHER_GUID "99999999-8888-7777-6666-555555555555"

static const struct amr_setting *find(const char *name)
{
    const struct amr_setting *setting = amr_settings_find(name, strlen(name));

    ck_assert_msg(setting != NULL, "no setting '%s'", name);
    return setting;
}

static bool set(struct amr_settings *settings, const char *name, const char *value,
                enum amr_layer layer)
{
    struct amr_error err = {0};

    return amr_settings_set(settings, find(name), value, layer, &err);
}

START_TEST(test_defaults)
{
    struct amr_settings settings;

    amr_settings_init(&settings);
    ck_assert_int_eq(settings.cloud, AMR_CLOUD_PUBLIC);
    ck_assert_str_eq(settings.api_version, "2025-07-01");
    ck_assert_int_eq(settings.auth, AMR_AUTH_AUTO);
    ck_assert_str_eq(settings.policy.warning.text, "30:");
    ck_assert_str_eq(settings.policy.critical.text, "7:");
    ck_assert_str_eq(settings.policy.choice_warning.text, "30:");
    ck_assert_str_eq(settings.policy.catalog_age.text, "60");
    ck_assert_int_eq(settings.policy.intent, AMR_INTENT_ANY);
    ck_assert_int_eq(settings.cache_ttl_s, 900);
    ck_assert_int_eq(settings.max_stale_s, 86400);
    ck_assert_int_eq(settings.verbosity, 0);
    ck_assert_int_eq(settings.output, AMR_OUTPUT_TEXT);
    ck_assert_int_eq(settings.max_output_bytes, 8000);
    ck_assert_int_eq(settings.timeout_s, 30);
    ck_assert_int_eq(settings.timeout_severity, AMR_UNKNOWN);
    ck_assert(!settings.has_timeout_severity && !settings.has_as_of);
    ck_assert(!settings.is_help && !settings.is_version && settings.extra_opts.count == 0);
    amr_settings_free(&settings);
}
END_TEST

START_TEST(test_defaults_that_are_nothing)
{
    struct amr_settings settings;

    amr_settings_init(&settings);
    const size_t counts[] = {
        settings.selection.subscriptions.count,
        settings.selection.resource_groups.count,
        settings.selection.clusters.count,
        settings.selection.excluded_clusters.count,
        settings.selection.databases.count,
        settings.selection.tags.count,
        settings.catalogs.count,
        settings.client_secret.length,
    };
    const char *const texts[] = {
        settings.from_file,
        settings.arm_endpoint,
        settings.authority,
        settings.proxy,
        settings.ca_file,
        settings.ca_path,
        settings.tenant,
        settings.client_id,
        settings.client_secret_file,
        settings.certificate,
        settings.federated_token_file,
        settings.token_file,
        settings.credentials,
    };
    for (size_t i = 0; i < AMR_COUNT_OF(counts); i++)
        ck_assert_msg(counts[i] == 0, "list %zu", i);
    for (size_t i = 0; i < AMR_COUNT_OF(texts); i++)
        ck_assert_msg(texts[i] == NULL, "text %zu", i);
    amr_settings_free(&settings);
    amr_settings_free(&settings);
}
END_TEST

START_TEST(test_no_severity_is_overridden_by_default)
{
    struct amr_settings settings;

    amr_settings_init(&settings);
    for (size_t i = 0; i < AMR_STATE_COUNT; i++)
        ck_assert(!settings.policy.states[i].is_set);
    for (size_t i = 0; i < AMR_ADVISORY_COUNT; i++)
        ck_assert(!settings.policy.advisories[i].is_set);
    for (size_t i = 0; i < AMR_OUTCOME_COUNT; i++)
        ck_assert(!settings.policy.outcomes[i].is_set);
    amr_settings_free(&settings);
}
END_TEST

/* The settings of the contract with their default in help, variable and kind. */
static const struct table_row {
    const char *name;
    char letter;
    const char *default_text;
    const char *environment;
    bool is_repeatable;
    enum amr_setting_group group;
} table_rows[] = {
    {"subscription", 0, NULL, "AZURE_SUBSCRIPTION_ID", true, AMR_GROUP_WHAT},
    {"resource-group", 0, NULL, NULL, true, AMR_GROUP_WHAT},
    {"cluster", 0, NULL, NULL, true, AMR_GROUP_WHAT},
    {"exclude-cluster", 0, NULL, NULL, true, AMR_GROUP_WHAT},
    {"database", 0, NULL, NULL, true, AMR_GROUP_WHAT},
    {"tag", 0, NULL, NULL, true, AMR_GROUP_WHAT},
    {"from-file", 0, NULL, NULL, false, AMR_GROUP_WHAT},
    {"cloud", 0, "public", NULL, false, AMR_GROUP_WHERE},
    {"arm-endpoint", 0, NULL, NULL, false, AMR_GROUP_WHERE},
    {"authority", 0, NULL, "AZURE_AUTHORITY_HOST", false, AMR_GROUP_WHERE},
    {"api-version", 0, "2025-07-01", NULL, false, AMR_GROUP_WHERE},
    {"proxy", 0, NULL, NULL, false, AMR_GROUP_WHERE},
    {"ca-file", 0, NULL, NULL, false, AMR_GROUP_WHERE},
    {"ca-path", 0, NULL, NULL, false, AMR_GROUP_WHERE},
    {"auth", 0, "auto", NULL, false, AMR_GROUP_WHO},
    {"tenant", 0, NULL, "AZURE_TENANT_ID", false, AMR_GROUP_WHO},
    {"client-id", 0, NULL, "AZURE_CLIENT_ID", false, AMR_GROUP_WHO},
    {"client-secret", 0, NULL, "AZURE_CLIENT_SECRET", false, AMR_GROUP_WHO},
    {"client-secret-file", 0, NULL, NULL, false, AMR_GROUP_WHO},
    {"token-file", 0, NULL, NULL, false, AMR_GROUP_WHO},
    {"credentials", 0, NULL, NULL, false, AMR_GROUP_WHO},
    {"warning", 'w', "30:", NULL, false, AMR_GROUP_JUDGE},
    {"critical", 'c', "7:", NULL, false, AMR_GROUP_JUDGE},
    {"choice-warning", 0, "30:", NULL, false, AMR_GROUP_JUDGE},
    {"intent", 0, "any", NULL, false, AMR_GROUP_JUDGE},
    {"severity", 0, NULL, NULL, true, AMR_GROUP_JUDGE},
    {"catalog", 0, NULL, NULL, true, AMR_GROUP_JUDGE},
    {"catalog-age", 0, "60", NULL, false, AMR_GROUP_JUDGE},
    {"as-of", 0, NULL, NULL, false, AMR_GROUP_JUDGE},
    {"cache-ttl", 0, "900", NULL, false, AMR_GROUP_KEEP},
    {"max-stale", 0, "86400", NULL, false, AMR_GROUP_KEEP},
    {"verbose", 'v', NULL, NULL, true, AMR_GROUP_PRINT},
    {"output", 0, "text", NULL, false, AMR_GROUP_PRINT},
    {"max-output", 0, "8000", NULL, false, AMR_GROUP_PRINT},
    {"timeout", 't', "30", NULL, false, AMR_GROUP_RUN},
    {"extra-opts", 0, NULL, NULL, true, AMR_GROUP_RUN},
    {"help", 'h', NULL, NULL, false, AMR_GROUP_RUN},
    {"version", 'V', NULL, NULL, false, AMR_GROUP_RUN},
};

static bool is_same(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

START_TEST(test_table)
{
    const struct table_row *row = &table_rows[_i];
    const struct amr_setting *setting = find(row->name);

    ck_assert_msg(setting->letter == row->letter, "%s: letter", row->name);
    ck_assert_msg(is_same(setting->default_text, row->default_text), "%s: default", row->name);
    ck_assert_msg(is_same(setting->environment, row->environment), "%s: variable", row->name);
    ck_assert_msg(setting->is_repeatable == row->is_repeatable, "%s: repeatable", row->name);
    ck_assert_msg(setting->group == row->group, "%s: group", row->name);
    ck_assert_msg(setting->is_secret == (strcmp(row->name, "client-secret") == 0), "%s: secret",
                  row->name);
    ck_assert_msg(row->letter == 0 || amr_settings_find_letter(row->letter) == setting,
                  "%s: by letter", row->name);
}
END_TEST

static void check_name(const char *name)
{
    ck_assert_msg(strspn(name, "abcdefghijklmnopqrstuvwxyz-") == strlen(name), "%s", name);
    ck_assert_msg(name[0] != '-' && name[strlen(name) - 1] != '-', "%s", name);
}

START_TEST(test_table_has_no_doubles)
{
    size_t count = 0;
    const struct amr_setting *table = amr_settings_table(&count);

    ck_assert_uint_ge(count, AMR_COUNT_OF(table_rows));
    for (size_t i = 0; i < count; i++) {
        check_name(table[i].name);
        ck_assert_msg(table[i].help != NULL && strlen(table[i].help) > 10, "%s: help",
                      table[i].name);
        ck_assert_msg(table[i].store != NULL && table[i].group < AMR_GROUP_COUNT, "%s",
                      table[i].name);
        for (size_t j = 0; j < i; j++) {
            ck_assert_msg(strcmp(table[i].name, table[j].name) != 0, "%s twice", table[i].name);
            ck_assert_msg(table[i].letter == 0 || table[i].letter != table[j].letter, "-%c twice",
                          table[i].letter);
            ck_assert_msg(table[i].environment == NULL ||
                              !is_same(table[i].environment, table[j].environment),
                          "%s twice", table[i].environment);
        }
    }
    for (int i = 0; i < AMR_GROUP_COUNT; i++)
        ck_assert_uint_gt(strlen(amr_settings_group_words((enum amr_setting_group)i)), 3);
}
END_TEST

START_TEST(test_names_are_not_abbreviated)
{
    static const char *const none[] = {"",     "sub",     "subscriptions", "Subscription",
                                       "warn", "verbos",  "--warning",     "client_id",
                                       "tagx", "clientid"};

    for (size_t i = 0; i < AMR_COUNT_OF(none); i++)
        ck_assert_msg(amr_settings_find(none[i], strlen(none[i])) == NULL, "%s", none[i]);
    ck_assert_str_eq(amr_settings_find("tag=team", 3)->name, "tag");
    ck_assert_ptr_null(amr_settings_find_letter('\0'));
    ck_assert_ptr_null(amr_settings_find_letter('x'));
    ck_assert_ptr_null(amr_settings_find_letter('W'));
}
END_TEST

/* A default that help shows is one that the setting itself would take. */
START_TEST(test_default_texts_are_taken)
{
    size_t count = 0;
    const struct amr_setting *table = amr_settings_table(&count);
    struct amr_settings settings;

    amr_settings_init(&settings);
    for (size_t i = 0; i < count; i++) {
        struct amr_error err = {0};
        bool is_taken =
            table[i].default_text == NULL ||
            amr_settings_set(&settings, &table[i], table[i].default_text, AMR_LAYER_OPTION, &err);

        ck_assert_msg(is_taken, "%s: %s", table[i].name, err.message);
    }
    amr_settings_free(&settings);
}
END_TEST

#define A90                                                                                        \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define U10 "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"

static const struct value_row {
    const char *name;
    const char *value;
    bool is_taken;
} value_rows[] = {
    {"subscription", GUID, true},
    {"subscription", "ABCDEF00-2222-3333-4444-555555555555", true},
    {"subscription", "all", true},
    {"subscription", "", false},
    {"subscription", "ALL", false},
    {"subscription", "my-subscription", false},
    {"subscription", GUID " ", false},
    {"subscription", GUID "\r\n", false},
    {"subscription", "{" GUID "}", false},
    {"subscription", "../" GUID, false},
    {"subscription", GUID "/..", false},
    {"subscription", GUID "?x", false},
    {"subscription", GUID "#", false},
    {"subscription", GUID "%2f", false},
    {"subscription", "11111111222233334444555555555555", false},
    {"resource-group", "rg-data_(1).x", true},
    {"resource-group", "a", true},
    {"resource-group", "Z\xc3\xbcrich", true},
    {"resource-group", A90, true},
    {"resource-group", U10 U10 U10 U10 U10 U10 U10 U10 U10, true},
    {"resource-group", A90 "a", false},
    {"resource-group", U10 U10 U10 U10 U10 U10 U10 U10 U10 "a", false},
    {"resource-group", "", false},
    {"resource-group", "a.", false},
    {"resource-group", ".", false},
    {"resource-group", "..", false},
    {"resource-group", "../a", false},
    {"resource-group", "a/b", false},
    {"resource-group", "a?b", false},
    {"resource-group", "a#b", false},
    {"resource-group", "a%2fb", false},
    {"resource-group", "a b", false},
    {"resource-group", "a\r\nb", false},
    {"resource-group", "a*", false},
    {"resource-group", "Z\xfcrich", false},
    {"cluster", "orders*", true},
    {"cluster", "", false},
    {"cluster", "\xff", false},
    {"exclude-cluster", "[!a-z]?", true},
    {"exclude-cluster", "", false},
    {"database", "default", true},
    {"database", "", false},
    {"tag", "team", true},
    {"tag", "team=payments", true},
    {"tag", "team=", true},
    {"tag", "sum=1=2", true},
    {"tag", "", false},
    {"tag", "=", false},
    {"tag", "=payments", false},
    {"from-file", "-", true},
    {"from-file", "/tmp/x y", true},
    {"from-file", "", false},
    {"cloud", "public", true},
    {"cloud", "usgov", true},
    {"cloud", "china", true},
    {"cloud", "germany", false},
    {"cloud", "Public", false},
    {"cloud", "pub", false},
    {"cloud", "", false},
    {"arm-endpoint", "https://management.azure.com", true},
    {"arm-endpoint", "https://arm.example.org:8443/", true},
    {"arm-endpoint", "http://127.0.0.1:8080", true},
    {"arm-endpoint", "http://management.azure.com", false},
    {"arm-endpoint", "http://169.254.169.254", false},
    {"arm-endpoint", "https://me:secret@management.azure.com", false},
    {"arm-endpoint", "https://management.azure.com/x", false},
    {"arm-endpoint", "https://management.azure.com?x", false},
    {"arm-endpoint", "https://management.azure.com#x", false},
    {"arm-endpoint", "https://management.azure.com\r\nX: y", false},
    {"arm-endpoint", "management.azure.com", false},
    {"arm-endpoint", "", false},
    {"authority", "https://login.microsoftonline.com/", true},
    {"authority", "http://localhost:8080", true},
    {"authority", "http://login.microsoftonline.com", false},
    {"authority", "https://login.microsoftonline.com/common", false},
    {"authority", "file:///etc/passwd", false},
    {"api-version", "2026-09-01", true},
    {"api-version", "2026-10-01-preview", true},
    {"api-version", "2026-13-01", false},
    {"api-version", "2026-09", false},
    {"api-version", "2026-09-01-beta", false},
    {"api-version", "2026-09-01-preview2", false},
    {"api-version", "2026-09-01&x=y", false},
    {"api-version", "latest", false},
    {"api-version", "", false},
    {"proxy", "http://proxy:3128", true},
    {"proxy", "http://me:secret@proxy:3128", true},
    {"proxy", "https://proxy", true},
    {"proxy", "proxy:3128", false},
    {"proxy", "socks5://proxy", false},
    {"proxy", "http://proxy/x", false},
    {"proxy", "", false},
    {"ca-file", "/etc/ssl/ca.pem", true},
    {"ca-file", "", false},
    {"ca-path", "/etc/ssl/certs", true},
    {"ca-path", "", false},
    {"auth", "auto", true},
    {"auth", "secret", true},
    {"auth", "token-file", true},
    {"auth", "password", false},
    {"auth", "Secret", false},
    {"auth", "", false},
    {"tenant", GUID, true},
    {"tenant", "contoso.onmicrosoft.com", true},
    {"tenant", "", false},
    {"tenant", "..", false},
    {"tenant", ".", false},
    {"tenant", "a..b", false},
    {"tenant", "../x", false},
    {"tenant", "a/b", false},
    {"tenant", "a?b", false},
    {"tenant", "a#b", false},
    {"tenant", "a%2fb", false},
    {"tenant", "a\r\nb", false},
    {"tenant", "a b", false},
    {"client-id", GUID, true},
    {"client-id", "", false},
    {"client-id", "../x", false},
    {"client-id", "a&client_secret=x", false},
    {"client-id", GUID "\r\n", false},
    {"client-id", GUID "?", false},
    {"client-id", GUID "#", false},
    {"client-id", GUID "%2f", false},
    {"client-secret", "a&b=c+d%", true},
    {"client-secret", "", false},
    {"client-secret-file", "/run/secret", true},
    {"client-secret-file", "", false},
    {"token-file", "/run/token", true},
    {"token-file", "", false},
    {"credentials", "/etc/amr.ini", true},
    {"credentials", "", false},
    {"warning", "30:", true},
    {"warning", "@5:10", true},
    {"warning", "~:10", true},
    {"warning", "10.5", true},
    {"warning", "10abc", false},
    {"warning", "5:1", false},
    {"warning", ":", false},
    {"warning", "~", false},
    {"warning", "@", false},
    {"warning", "1e400", false},
    {"warning", "nan", false},
    {"warning", "inf", false},
    {"warning", "", false},
    {"warning", "0x10", false},
    {"warning", "1,5", false},
    {"warning", " 10", false},
    {"warning", "10 ", false},
    {"critical", "7:", true},
    {"critical", "10abc", false},
    {"critical", "1,5", false},
    {"critical", "", false},
    {"choice-warning", "14:", true},
    {"choice-warning", "5:1", false},
    {"choice-warning", "@", false},
    {"catalog-age", "90", true},
    {"catalog-age", "nan", false},
    {"catalog-age", "0x10", false},
    {"intent", "any", true},
    {"intent", "defer", true},
    {"intent", "automatic", true},
    {"intent", "deferred", false},
    {"intent", "", false},
    {"severity", "due=critical", true},
    {"severity", "catalog-stale=ok", true},
    {"severity", "partial=unknown", true},
    {"severity", "due", false},
    {"severity", "due=", false},
    {"severity", "=ok", false},
    {"severity", "due=CRITICAL", false},
    {"severity", "Due=ok", false},
    {"severity", "due=ok,late=ok", false},
    {"severity", "everything=ok", false},
    {"severity", "", false},
    {"catalog", "/etc/catalog.json", true},
    {"catalog", "", false},
    {"as-of", "2027-01-05", true},
    {"as-of", "2027-01-05T13:12:00Z", true},
    {"as-of", "2027-01-05T13:12:00+05:45", true},
    {"as-of", "2027-01", false},
    {"as-of", "2027-02-29", false},
    {"as-of", "2027-01-05T13:12:00", false},
    {"as-of", "2027-01-05 ", false},
    {"as-of", "tomorrow", false},
    {"as-of", "", false},
    {"cache-ttl", "0", true},
    {"cache-ttl", "900", true},
    {"cache-ttl", "-1", false},
    {"cache-ttl", "+1", false},
    {"cache-ttl", "900s", false},
    {"cache-ttl", "9.5", false},
    {"cache-ttl", "1e3", false},
    {"cache-ttl", "0x10", false},
    {"cache-ttl", " 1", false},
    {"cache-ttl", "18446744073709552516", false},
    {"cache-ttl", "99999999999999999999999999", false},
    {"cache-ttl", "", false},
    {"max-stale", "86400", true},
    {"max-stale", "1d", false},
    {"max-stale", "", false},
    {"cache-dir", "none", true},
    {"cache-dir", "", false},
    {"state-dir", "none", true},
    {"state-dir", "", false},
    {"output", "text", true},
    {"output", "json", true},
    {"output", "JSON", false},
    {"output", "xml", false},
    {"output", "", false},
    {"max-output", "8000", true},
    {"max-output", "0", false},
    {"max-output", "8k", false},
    {"max-output", "-1", false},
    {"max-output", "", false},
    {"timeout", "30", true},
    {"timeout", "1", true},
    {"timeout", "30:critical", true},
    {"timeout", "30:ok", true},
    {"timeout", "0", false},
    {"timeout", "-1", false},
    {"timeout", "30:", false},
    {"timeout", "30:bad", false},
    {"timeout", ":ok", false},
    {"timeout", "30s", false},
    {"timeout", "30:ok:ok", false},
    {"timeout", "4294967297", false},
    {"timeout", "", false},
};

START_TEST(test_value)
{
    const struct value_row *row = &value_rows[_i];
    struct amr_settings settings;
    struct amr_error err = {.code = AMR_ERROR_SERVER, .http_status = 503, .message = ""};

    amr_settings_init(&settings);
    bool is_taken =
        amr_settings_set(&settings, find(row->name), row->value, AMR_LAYER_OPTION, &err);
    ck_assert_msg(is_taken == row->is_taken, "%s '%s': %s", row->name, row->value, err.message);
    ck_assert_msg(is_taken || (err.code == AMR_ERROR_USAGE && err.message[0] != '\0'), "%s '%s'",
                  row->name, row->value);
    ck_assert_msg(strstr(err.message, row->name) == NULL || strchr(row->name, '-') == NULL,
                  "%s: the message names it: %s", row->name, err.message);
    ck_assert_msg(strpbrk(err.message, "\r\n\xff") == NULL, "%s: '%s'", row->name, err.message);
    amr_settings_free(&settings);
}
END_TEST

/* Every setting, whatever it is, is refused without its argument; a flag with one. */
START_TEST(test_arguments)
{
    size_t count = 0;
    const struct amr_setting *table = amr_settings_table(&count);

    for (size_t i = 0; i < count; i++) {
        struct amr_settings settings;
        struct amr_error err = {0};
        bool may_lack = table[i].argument == NULL || table[i].is_argument_optional;

        amr_settings_init(&settings);
        bool is_taken = amr_settings_set(&settings, &table[i], NULL, AMR_LAYER_OPTION, &err);
        ck_assert_msg(is_taken == may_lack, "%s without a value", table[i].name);
        ck_assert(is_taken || err.code == AMR_ERROR_USAGE);
        if (table[i].argument == NULL)
            ck_assert_msg(!amr_settings_set(&settings, &table[i], "yes", AMR_LAYER_OPTION, &err),
                          "%s with a value", table[i].name);
        amr_settings_free(&settings);
    }
}
END_TEST

START_TEST(test_what_values_become)
{
    struct amr_settings settings;

    amr_settings_init(&settings);
    ck_assert(set(&settings, "as-of", "1970-01-02T01:00:01+01:00", AMR_LAYER_OPTION));
    ck_assert(settings.has_as_of && settings.as_of_s == 86401);
    ck_assert(set(&settings, "as-of", "1970-01-03", AMR_LAYER_OPTION));
    ck_assert_int_eq(settings.as_of_s, 2 * 86400);
    ck_assert(set(&settings, "timeout", "45:Critical", AMR_LAYER_OPTION));
    ck_assert(settings.timeout_s == 45 && settings.has_timeout_severity);
    ck_assert_int_eq(settings.timeout_severity, AMR_CRITICAL);
    ck_assert(set(&settings, "timeout", "46:1", AMR_LAYER_OPTION));
    ck_assert_int_eq(settings.timeout_severity, AMR_WARNING);
    ck_assert(set(&settings, "timeout", "47", AMR_LAYER_OPTION));
    ck_assert(!settings.has_timeout_severity && settings.timeout_severity == AMR_UNKNOWN);
    ck_assert(set(&settings, "arm-endpoint", "https://arm:8443/", AMR_LAYER_OPTION));
    ck_assert_str_eq(settings.arm_endpoint, "https://arm:8443");
    ck_assert(set(&settings, "cloud", "china", AMR_LAYER_OPTION));
    ck_assert_int_eq(settings.cloud, AMR_CLOUD_CHINA);
    ck_assert(set(&settings, "severity", "late=ok", AMR_LAYER_OPTION));
    ck_assert(settings.policy.states[AMR_STATE_LATE].is_set);
    ck_assert(set(&settings, "extra-opts", NULL, AMR_LAYER_OPTION));
    ck_assert(settings.extra_opts.count == 1 && *settings.extra_opts.values[0] == 0);
    ck_assert(set(&settings, "verbose", NULL, AMR_LAYER_OPTION));
    ck_assert(set(&settings, "verbose", NULL, AMR_LAYER_OPTION));
    ck_assert_int_eq(settings.verbosity, 2);
    ck_assert(set(&settings, "help", NULL, AMR_LAYER_OPTION) && settings.is_help);
    ck_assert(set(&settings, "client-secret", "s3", AMR_LAYER_ENVIRONMENT));
    ck_assert_str_eq(amr_buffer_text(&settings.client_secret), "s3");
    amr_settings_free(&settings);
}
END_TEST

/* A refused value leaves what was there. */
START_TEST(test_a_refused_value_changes_nothing)
{
    struct amr_settings settings;

    amr_settings_init(&settings);
    ck_assert(!set(&settings, "warning", "10abc", AMR_LAYER_OPTION));
    ck_assert_str_eq(settings.policy.warning.text, "30:");
    ck_assert(!set(&settings, "timeout", "45:bad", AMR_LAYER_OPTION));
    ck_assert(settings.timeout_s == 30 && !settings.has_timeout_severity);
    ck_assert(!set(&settings, "cache-ttl", "9x", AMR_LAYER_OPTION));
    ck_assert_int_eq(settings.cache_ttl_s, 900);
    ck_assert(!set(&settings, "output", "xml", AMR_LAYER_OPTION));
    ck_assert_int_eq(settings.output, AMR_OUTPUT_TEXT);
    ck_assert(!set(&settings, "as-of", "2027-13-01", AMR_LAYER_OPTION));
    ck_assert(!settings.has_as_of);
    ck_assert(!set(&settings, "subscription", "x", AMR_LAYER_OPTION));
    ck_assert_uint_eq(settings.selection.subscriptions.count, 0);
    amr_settings_free(&settings);
}
END_TEST

#define L_DEFAULT     AMR_LAYER_DEFAULT
#define L_ENVIRONMENT AMR_LAYER_ENVIRONMENT
#define L_CREDENTIALS AMR_LAYER_CREDENTIALS
#define L_INI         AMR_LAYER_INI
#define L_OPTION      AMR_LAYER_OPTION

/* `first` set from one layer, then `second` from another: option, extra-opts, credentials,
 * environment, default. */
static const struct layer_row {
    const char *name;
    enum amr_layer first;
    enum amr_layer second;
    bool is_second;
} layer_rows[] = {
    {"option over ini", L_INI, L_OPTION, true},
    {"ini over credentials", L_CREDENTIALS, L_INI, true},
    {"credentials over environment", L_ENVIRONMENT, L_CREDENTIALS, true},
    {"environment over default", L_DEFAULT, L_ENVIRONMENT, true},
    {"ini under option", L_OPTION, L_INI, false},
    {"credentials under ini", L_INI, L_CREDENTIALS, false},
    {"environment under credentials", L_CREDENTIALS, L_ENVIRONMENT, false},
    {"environment under option", L_OPTION, L_ENVIRONMENT, false},
    {"the last of one layer", L_OPTION, L_OPTION, true},
    {"the last of the ini file", L_INI, L_INI, true},
};

START_TEST(test_layers)
{
    const struct layer_row *row = &layer_rows[_i];
    struct amr_settings settings;

    amr_settings_init(&settings);
    ck_assert(set(&settings, "tenant", "first", row->first));
    ck_assert(set(&settings, "tenant", "second", row->second));
    ck_assert_msg(strcmp(settings.tenant, row->is_second ? "second" : "first") == 0, "%s: %s",
                  row->name, settings.tenant);
    ck_assert(set(&settings, "client-secret", "first", row->first));
    ck_assert(set(&settings, "client-secret", "second", row->second));
    ck_assert_msg(
        is_same(amr_buffer_text(&settings.client_secret), row->is_second ? "second" : "first"),
        "%s: the secret", row->name);
    amr_settings_free(&settings);
}
END_TEST

/* Two values from `first`, two from `second`; how many stand, and which is the first of them. */
static const struct list_row {
    const char *name;
    enum amr_layer first;
    enum amr_layer second;
    size_t count;
    const char *value;
} list_rows[] = {
    {"a higher layer replaces", L_ENVIRONMENT, L_OPTION, 2, "c"},
    {"a lower layer is dropped", L_OPTION, L_ENVIRONMENT, 2, "a"},
    {"one layer adds", L_INI, L_INI, 4, "a"},
};

START_TEST(test_lists)
{
    static const char *const names[] = {"cluster", "exclude-cluster", "database", "catalog",
                                        "tag",     "resource-group"};
    const struct list_row *row = &list_rows[_i];

    for (size_t i = 0; i < AMR_COUNT_OF(names); i++) {
        struct amr_settings settings;

        amr_settings_init(&settings);
        const struct amr_list *const lists[] = {
            &settings.selection.clusters,  &settings.selection.excluded_clusters,
            &settings.selection.databases, &settings.catalogs,
            &settings.selection.tags,      &settings.selection.resource_groups};
        ck_assert(set(&settings, names[i], "a", row->first));
        ck_assert(set(&settings, names[i], "b", row->first));
        ck_assert(set(&settings, names[i], "c", row->second));
        ck_assert(set(&settings, names[i], "d", row->second));
        ck_assert_msg(lists[i]->count == row->count, "%s: %s: %zu", row->name, names[i],
                      lists[i]->count);
        ck_assert_msg(strcmp(lists[i]->values[0], row->value) == 0, "%s: %s", row->name, names[i]);
        amr_settings_free(&settings);
    }
}
END_TEST

START_TEST(test_subscriptions_of_an_option_replace_the_variable)
{
    struct amr_settings settings;

    amr_settings_init(&settings);
    ck_assert(set(&settings, "subscription", GUID, L_ENVIRONMENT));
    ck_assert(set(&settings, "subscription", OTHER_GUID, L_OPTION));
    ck_assert_uint_eq(settings.selection.subscriptions.count, 1);
    ck_assert_str_eq(settings.selection.subscriptions.values[0], OTHER_GUID);
    amr_settings_free(&settings);
}
END_TEST

START_TEST(test_a_value_that_is_overruled_is_not_read)
{
    struct amr_settings settings;

    amr_settings_init(&settings);
    ck_assert(set(&settings, "warning", "20:", L_OPTION));
    ck_assert(set(&settings, "warning", "10abc", L_INI));
    ck_assert_str_eq(settings.policy.warning.text, "20:");
    ck_assert(set(&settings, "subscription", GUID, L_OPTION));
    ck_assert(set(&settings, "subscription", "../x", L_ENVIRONMENT));
    ck_assert_uint_eq(settings.selection.subscriptions.count, 1);
    amr_settings_free(&settings);
}
END_TEST

START_TEST(test_a_list_ends)
{
    struct amr_settings settings;
    struct amr_error err = {0};

    amr_settings_init(&settings);
    for (int i = 0; i < AMR_LIST_MAX; i++)
        ck_assert(set(&settings, "cluster", "a*", L_OPTION));
    ck_assert(!amr_settings_set(&settings, find("cluster"), "a*", L_OPTION, &err));
    ck_assert_int_eq(err.code, AMR_ERROR_USAGE);
    ck_assert_uint_eq(settings.selection.clusters.count, AMR_LIST_MAX);
    amr_settings_free(&settings);
}
END_TEST

/* Each value has the word SECRET where a secret could stand; no message may have it. */
static const struct secret_row {
    const char *name;
    const char *value;
} secret_rows[] = {
    {"proxy", "http://me:SECRET@proxy/x"},
    {"proxy", "http://me:SECRET@"},
    {"proxy", "me:SECRET@proxy:3128"},
    {"proxy", "socks5://me:SECRET@proxy"},
    {"proxy", "http://me:SECRET\xff@proxy"},
    {"arm-endpoint", "https://me:SECRET@management.azure.com"},
    {"authority", "https://me:SECRET@login.microsoftonline.com"},
    {"client-secret", ""},
};

START_TEST(test_no_secret_in_a_message)
{
    const struct secret_row *row = &secret_rows[_i];
    struct amr_settings settings;
    struct amr_error err = {0};

    amr_settings_init(&settings);
    ck_assert(!amr_settings_set(&settings, find(row->name), row->value, L_OPTION, &err));
    ck_assert_msg(strstr(err.message, "SECRET") == NULL, "%s: '%s'", row->name, err.message);
    amr_settings_free(&settings);
}
END_TEST

START_TEST(test_a_secret_too_long_is_not_told)
{
    struct amr_settings settings;
    struct amr_error err = {0};
    char secret[8192];

    memset(secret, 'S', sizeof(secret) - 1);
    secret[sizeof(secret) - 1] = '\0';
    amr_settings_init(&settings);
    ck_assert(!amr_settings_set(&settings, find("client-secret"), secret, L_CREDENTIALS, &err));
    ck_assert_ptr_null(strstr(err.message, "SSS"));
    amr_settings_free(&settings);
}
END_TEST

START_TEST(test_a_long_value_is_cut_and_cleaned)
{
    struct amr_settings settings;
    struct amr_error err = {0};
    char value[4096];

    memset(value, 'x', sizeof(value) - 1);
    memcpy(value, "a|<b>\r\n\x1b[31m", 12);
    value[sizeof(value) - 1] = '\0';
    amr_settings_init(&settings);
    ck_assert(!amr_settings_set(&settings, find("warning"), value, L_OPTION, &err));
    ck_assert_ptr_null(strpbrk(err.message, "|<>\r\n\x1b"));
    ck_assert_uint_lt(strlen(err.message), 300);
    amr_settings_free(&settings);
}
END_TEST

/* Settings as "name value" pairs, then whether they are whole and what the message must name. */
static const struct complete_row {
    const char *name;
    const char *pairs[10];
    const char *missing; /* NULL: whole */
} complete_rows[] = {
    {"a file", {"from-file", "-"}, NULL},
    {"nothing", {NULL}, "subscription"},
    {"no credential: the machine's identity", {"subscription", "all"}, NULL},
    {"a token file", {"subscription", "all", "token-file", "/t"}, NULL},
    {"a token file named", {"subscription", "all", "auth", "token-file", "token-file", "/t"}, NULL},
    {"a token file named only", {"subscription", "all", "auth", "token-file"}, "token-file"},
    {"a secret",
     {"subscription", "all", "tenant", "t", "client-id", "c", "client-secret", "s"},
     NULL},
    {"a secret's file",
     {"subscription", "all", "tenant", "t", "client-id", "c", "client-secret-file", "/s"},
     NULL},
    {"a secret and no tenant",
     {"subscription", "all", "client-id", "c", "client-secret", "s"},
     "tenant"},
    {"a secret and no client",
     {"subscription", "all", "tenant", "t", "client-secret", "s"},
     "client-id"},
    {"a secret named only",
     {"subscription", "all", "auth", "secret", "tenant", "t", "client-id", "c"},
     "secret"},
    {"a secret and no subscription",
     {"tenant", "t", "client-id", "c", "client-secret", "s"},
     "subscription"},
};

START_TEST(test_complete)
{
    const struct complete_row *row = &complete_rows[_i];
    struct amr_settings settings;
    struct amr_error err = {0};

    amr_settings_init(&settings);
    for (size_t i = 0; row->pairs[i] != NULL; i += 2)
        ck_assert(set(&settings, row->pairs[i], row->pairs[i + 1], L_CREDENTIALS));
    bool is_whole = amr_settings_complete(&settings, &err);
    ck_assert_msg(is_whole == (row->missing == NULL), "%s: %s", row->name, err.message);
    ck_assert_msg(is_whole || err.code == AMR_ERROR_USAGE, "%s: code", row->name);
    ck_assert_msg(is_whole || strstr(err.message, row->missing) != NULL, "%s: %s", row->name,
                  err.message);
    amr_settings_free(&settings);
}
END_TEST

static const struct cloud_row {
    const char *cloud;
    const char *arm_endpoint;
    const char *authority;
} cloud_rows[] = {
    {"public", "https://management.azure.com", "https://login.microsoftonline.com"},
    {"usgov", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us"},
    {"china", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"},
};

START_TEST(test_cloud)
{
    const struct cloud_row *row = &cloud_rows[_i];
    struct amr_settings settings;
    struct amr_error err = {0};

    amr_settings_init(&settings);
    ck_assert(set(&settings, "cloud", row->cloud, L_OPTION));
    ck_assert(set(&settings, "subscription", "all", L_OPTION));
    ck_assert(set(&settings, "token-file", "/t", L_OPTION));
    ck_assert(amr_settings_complete(&settings, &err));
    ck_assert_str_eq(settings.arm_endpoint, row->arm_endpoint);
    ck_assert_str_eq(settings.authority, row->authority);
    amr_settings_free(&settings);
    amr_settings_init(&settings);
    ck_assert(set(&settings, "cloud", row->cloud, L_OPTION));
    ck_assert(set(&settings, "arm-endpoint", "https://arm/", L_OPTION));
    ck_assert(set(&settings, "subscription", "all", L_OPTION));
    ck_assert(set(&settings, "token-file", "/t", L_OPTION));
    ck_assert(amr_settings_complete(&settings, &err));
    ck_assert_str_eq(settings.arm_endpoint, "https://arm");
    ck_assert_str_eq(settings.authority, row->authority);
    amr_settings_free(&settings);
}
END_TEST

static void add_tests(TCase *tcase)
{
    tcase_add_test(tcase, test_defaults);
    tcase_add_test(tcase, test_defaults_that_are_nothing);
    tcase_add_test(tcase, test_no_severity_is_overridden_by_default);
    UNIT_ADD_ROWS(tcase, test_table, table_rows);
    tcase_add_test(tcase, test_table_has_no_doubles);
    tcase_add_test(tcase, test_names_are_not_abbreviated);
    tcase_add_test(tcase, test_default_texts_are_taken);
    UNIT_ADD_ROWS(tcase, test_value, value_rows);
    tcase_add_test(tcase, test_arguments);
    tcase_add_test(tcase, test_what_values_become);
    tcase_add_test(tcase, test_a_refused_value_changes_nothing);
    UNIT_ADD_ROWS(tcase, test_layers, layer_rows);
    UNIT_ADD_ROWS(tcase, test_lists, list_rows);
    tcase_add_test(tcase, test_subscriptions_of_an_option_replace_the_variable);
    tcase_add_test(tcase, test_a_value_that_is_overruled_is_not_read);
    tcase_add_test(tcase, test_a_list_ends);
    UNIT_ADD_ROWS(tcase, test_no_secret_in_a_message, secret_rows);
    tcase_add_test(tcase, test_a_secret_too_long_is_not_told);
    tcase_add_test(tcase, test_a_long_value_is_cut_and_cleaned);
    UNIT_ADD_ROWS(tcase, test_complete, complete_rows);
    UNIT_ADD_ROWS(tcase, test_cloud, cloud_rows);
}

int main(void)
{
    return unit_run("settings", add_tests);
}
