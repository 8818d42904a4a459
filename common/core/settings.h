/* SPDX-License-Identifier: MIT */
/* The one table of everything that can be set. Adapters derive their spelling from it: the check's
 * and command's options `--client-id`, an ini file's `client-id = …`, collectd's `ClientId`. */
#ifndef AMR_SETTINGS_H
#define AMR_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "fleet.h"
#include "policy.h"

enum { AMR_SETTINGS_MAX = 64, AMR_SECRET_BYTES_MAX = 4096 };

/* What a setting is about, in the order of help and manual. */
enum amr_setting_group {
    AMR_GROUP_WHAT,
    AMR_GROUP_WHERE,
    AMR_GROUP_WHO,
    AMR_GROUP_JUDGE,
    AMR_GROUP_KEEP,
    AMR_GROUP_PRINT,
    AMR_GROUP_RUN,
    AMR_GROUP_COUNT,
};

/* Where a value comes from. The greater one wins. */
enum amr_layer {
    AMR_LAYER_DEFAULT,
    AMR_LAYER_ENVIRONMENT,
    AMR_LAYER_CREDENTIALS,
    AMR_LAYER_INI,
    AMR_LAYER_OPTION,
};

enum amr_cloud { AMR_CLOUD_PUBLIC, AMR_CLOUD_USGOV, AMR_CLOUD_CHINA };

enum amr_auth {
    AMR_AUTH_AUTO,
    AMR_AUTH_SECRET,
    AMR_AUTH_CERTIFICATE,
    AMR_AUTH_WORKLOAD,
    AMR_AUTH_MANAGED_IDENTITY,
    AMR_AUTH_ARC,
    AMR_AUTH_AZ_CLI,
    AMR_AUTH_TOKEN_FILE,
};

enum amr_output { AMR_OUTPUT_TEXT, AMR_OUTPUT_JSON, AMR_OUTPUT_CSV };

/* The verbs of the operator's command, as bits, so that a setting can name several. NONE: another
 * program. */
enum amr_verb {
    AMR_VERB_NONE = 0,
    AMR_VERB_LIST = 1 << 0,
    AMR_VERB_TIMELINE = 1 << 1,
    AMR_VERB_DEFER = 1 << 2,
    AMR_VERB_UNDEFER = 1 << 3,
    AMR_VERB_START = 1 << 4,
    AMR_VERB_WAIT = 1 << 5,
    AMR_VERB_CATALOG = 1 << 6,
};

/* What only the operator's command can be told. */
struct amr_command {
    const char *svg;
    const char *ics;
    bool is_agreed;
    bool is_forced;
    bool is_preview_allowed;
    bool is_rehearsal;
    bool is_waiting;
    int64_t wait_limit_s;
};

/* The values. Texts are owned by the arena, NULL where not set; endpoints have no slash at their
 * end. Read-only once filled. */
struct amr_settings {
    struct amr_arena arena;
    struct amr_selection selection;
    const char *from_file;
    int cloud; /* enum amr_cloud */
    const char *arm_endpoint;
    const char *authority;
    const char *api_version;
    const char *proxy;
    const char *ca_file;
    const char *ca_path;
    int auth; /* enum amr_auth */
    const char *tenant;
    const char *client_id;
    struct amr_buffer client_secret; /* wiped when freed; empty where not set */
    const char *client_secret_file;
    const char *certificate;
    const char *federated_token_file;
    const char *token_file;
    const char *credentials;
    const char *credentials_directory;
    const char *identity_endpoint;
    struct amr_buffer identity_header; /* as client_secret */
    const char *imds_endpoint;
    const char *pod_identity_host;
    const char *az_config_dir;
    struct amr_policy policy;
    struct amr_list catalogs;
    bool has_as_of;
    int64_t as_of_s;
    const char *cache_dir;
    int64_t cache_ttl_s;
    int64_t max_stale_s;
    const char *state_dir;
    int64_t verbosity;
    int output; /* enum amr_output */
    int64_t max_output_bytes;
    int64_t timeout_s;
    bool has_timeout_severity;
    enum amr_severity timeout_severity;
    bool is_help;
    bool is_version;
    enum amr_verb verb;
    struct amr_command command;
    struct amr_list extra_opts;       /* "[SECTION][@FILE]", "" where given without a value */
    uint8_t layers[AMR_SETTINGS_MAX]; /* enum amr_layer of each setting of the table */
};

struct amr_setting;

/* Stores a value that came as text. */
typedef bool amr_setting_store(struct amr_settings *settings, const struct amr_setting *setting,
                               const char *value, struct amr_error *err);

/* A row of the table. */
struct amr_setting {
    const char *name;     /* long spelling, lower case with hyphens */
    char letter;          /* short spelling or 0 */
    const char *argument; /* the value's name in help; NULL: a flag */
    bool is_argument_optional;
    bool is_repeatable; /* each value counts; else the last */
    bool is_list;       /* stored as struct amr_list */
    bool is_by_name;    /* NAME=VALUE: each name has a layer of its own */
    bool is_secret;     /* never an option: files and environment only */
    bool is_platforms;  /* set by what the program runs on: environment only */
    unsigned verbs;     /* that have it; 0: every program does */
    enum amr_setting_group group;
    const char *default_text; /* as help shows it, or NULL */
    const char *environment;  /* variable or NULL */
    const char *help;
    amr_setting_store *store;
    size_t offset;            /* of the value in struct amr_settings */
    const char *const *words; /* of a choice, ended by NULL */
    int64_t least;            /* of a number */
    int64_t most;
};

/* The table and its length: what every program has. */
const struct amr_setting *amr_settings_table(size_t *count);

/* The rest of it: options of the operator's command, each with its verbs. One that has the name of
 * a setting above stands in its place. */
const struct amr_setting *amr_settings_command_table(size_t *count);

/* The row with this name or letter, NULL where there is none, or only one that is the platform's.
 * Names are not abbreviated. */
const struct amr_setting *amr_settings_find(const char *name, size_t length);
const struct amr_setting *amr_settings_find_letter(char letter);

/* The row that an option of this verb means, by name or letter: the command's own, else one that
 * every program has. NULL where there is none. */
const struct amr_setting *amr_settings_find_option(enum amr_verb verb, const char *name,
                                                   size_t length);
const struct amr_setting *amr_settings_find_option_letter(enum amr_verb verb, char letter);

/* Words for the help's headings ("What to look at"). Static text. */
const char *amr_settings_group_words(enum amr_setting_group group);

/* Fills in the defaults. */
void amr_settings_init(struct amr_settings *settings);

/* Sets one value from `layer`; value is NULL for a flag or an optional argument that is not given.
 * A value that a higher layer overrules is dropped unread; the first of a higher one replaces a
 * list. Errors: AMR_ERROR_USAGE, "'10x' is no range" without the name of the setting, which the
 * caller knows in its own spelling; never a secret. */
bool amr_settings_set(struct amr_settings *settings, const struct amr_setting *setting,
                      const char *value, enum amr_layer layer,
                      struct amr_error *err) AMR_MUST_CHECK;

/* True where the settings hold what this kind of credential starts from: a secret, a certificate, a
 * federated token's or a token's file. Always true for those that come from the machine. */
bool amr_settings_has_auth(const struct amr_settings *settings, enum amr_auth auth);

/* The layer that what amr_settings_has_auth tells of has come from. */
enum amr_layer amr_settings_auth_layer(const struct amr_settings *settings, enum amr_auth auth);

/* The kind's word, as --auth takes it. Static text. */
const char *amr_settings_auth_word(enum amr_auth auth);

/* Checks what no setting can check alone: that there is something to read and a way to read it,
 * and fills endpoints of the cloud where they were not set. Errors: AMR_ERROR_USAGE, the message
 * begins with the name of the setting that is missing. */
bool amr_settings_complete(struct amr_settings *settings, struct amr_error *err) AMR_MUST_CHECK;

/* Wipes the secret and frees; takes a zeroed one. */
void amr_settings_free(struct amr_settings *settings);

#endif
