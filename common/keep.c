/* SPDX-License-Identifier: MIT */
#include "keep.h"

#include <stdlib.h>
#include <string.h>

#include "managed.h"
#include "text.h"

/* Adds a line, once. */
static void remark(struct amr_keep *keep, const struct amr_error *error)
{
    struct amr_buffer line;

    amr_buffer_init(&line, 2 * AMR_ERROR_MESSAGE_SIZE);
    amr_buffer_append_format(&line, "%s: ", keep->word);
    amr_text_append_clean(&line, error->message, AMR_ERROR_MESSAGE_SIZE);
    amr_buffer_append_text(&line, "\n");
    if (strstr(amr_buffer_text(keep->remarks), amr_buffer_text(&line)) == NULL)
        amr_buffer_append_buffer(keep->remarks, &line);
    amr_buffer_free(&line);
}

void amr_keep_open(struct amr_keep *keep, const char *directory,
                   const struct amr_settings *settings, const struct amr_keep_options *options,
                   const char *word, struct amr_buffer *remarks)
{
    struct amr_error error;

    *keep = (struct amr_keep){
        .settings = settings, .options = *options, .word = word, .remarks = remarks};
    if (directory == NULL || strcmp(directory, "none") == 0)
        return;
    /* The default ones belong to several users: who may write there is the installer's to say. */
    bool may_make = strcmp(directory, AMR_CACHE_DIR) != 0 && strcmp(directory, AMR_STATE_DIR) != 0;
    keep->is_open = amr_store_open(directory, may_make, &keep->store, &error);
    if (!keep->is_open)
        remark(keep, &error);
}

void amr_keep_close(struct amr_keep *keep)
{
    if (keep->is_open)
        amr_store_close(&keep->store);
    keep->is_open = false;
}

/* The way by which the machine or its user is asked for the identity; false where it is not. */
static bool find_machine_auth(const struct amr_settings *settings, enum amr_auth *auth)
{
    *auth = (enum amr_auth)settings->auth;
    if (*auth != AMR_AUTH_AUTO)
        return *auth == AMR_AUTH_MANAGED_IDENTITY || *auth == AMR_AUTH_ARC ||
               *auth == AMR_AUTH_AZ_CLI;
    *auth = amr_managed_is_arc(settings) ? AMR_AUTH_ARC : AMR_AUTH_MANAGED_IDENTITY;
    return !amr_settings_has_auth(settings, AMR_AUTH_SECRET) &&
           !amr_settings_has_auth(settings, AMR_AUTH_CERTIFICATE) &&
           !amr_settings_has_auth(settings, AMR_AUTH_WORKLOAD);
}

/* Where that is asked for, NULL for the usual place. */
static const char *origin_of(const struct amr_settings *settings, enum amr_auth auth)
{
    if (auth == AMR_AUTH_AZ_CLI)
        return settings->az_config_dir;
    if (auth == AMR_AUTH_ARC || settings->identity_header.length > 0)
        return settings->identity_endpoint;
    return settings->pod_identity_host;
}

/* Who asks, as far as it decides what Azure shows. */
static struct amr_snapshot_key key_of(const struct amr_settings *settings, const char *subscription)
{
    struct amr_snapshot_key key = {
        .arm_endpoint = settings->arm_endpoint,
        .api_version = settings->api_version,
        .subscription = subscription,
    };
    enum amr_auth auth;

    if (settings->auth == AMR_AUTH_TOKEN_FILE) {
        key.holder = settings->token_file;
        return key;
    }
    if (find_machine_auth(settings, &auth)) {
        key.holder = amr_settings_auth_word(auth);
        key.origin = origin_of(settings, auth);
    }
    key.authority = settings->authority;
    key.tenant = settings->tenant;
    key.client_id = settings->client_id;
    return key;
}

typedef char file_name[AMR_SNAPSHOT_NAME_SIZE];

/* A history tells of Azure, whoever read it. */
static void name_file(const struct amr_keep *keep, enum amr_keep_kind kind,
                      const char *subscription, file_name name)
{
    struct amr_snapshot_key key = key_of(keep->settings, subscription);
    struct amr_snapshot_key of_all = {.arm_endpoint = key.arm_endpoint,
                                      .subscription = subscription};

    if (kind == AMR_KEEP_SNAPSHOT)
        amr_snapshot_name(&key, "fleet", name);
    else
        amr_snapshot_name(&of_all, "history", name);
}

static struct amr_keep_page *find_page(const struct amr_keep *keep, const char *name)
{
    struct amr_keep_page *page = keep->options.memory == NULL ? NULL : keep->options.memory->pages;

    while (page != NULL && strcmp(page->name, name) != 0)
        page = page->next;
    return page;
}

static struct amr_keep_page *add_page(struct amr_keep_memory *memory, const char *name)
{
    struct amr_keep_page *page = calloc(1, sizeof(*page));

    if (page == NULL || !amr_text_copy(page->name, sizeof(page->name), name)) {
        free(page);
        return NULL;
    }
    page->next = memory->pages;
    memory->pages = page;
    return page;
}

/* What is in memory counts until the file could be written again; what is too large is not kept.
 * False without memory, what is there unchanged. */
static bool remember(struct amr_keep *keep, const char *name, const struct amr_buffer *text)
{
    struct amr_keep_page *page = find_page(keep, name);
    struct amr_buffer copy;

    if (keep->options.memory == NULL || text->is_full)
        return true;
    amr_buffer_init(&copy, text->length);
    amr_buffer_append_buffer(&copy, text);
    if (page == NULL && !amr_buffer_is_failed(&copy))
        page = add_page(keep->options.memory, name);
    if (page == NULL || amr_buffer_is_failed(&copy)) {
        amr_buffer_free(&copy);
        return false;
    }
    amr_buffer_free(&page->text);
    page->text = copy;
    return true;
}

static void free_page(struct amr_keep_page **slot)
{
    struct amr_keep_page *page = *slot;

    *slot = page->next;
    amr_buffer_free(&page->text);
    free(page);
}

static void forget(struct amr_keep *keep, const char *name)
{
    struct amr_keep_page *page = find_page(keep, name);

    if (page == NULL)
        return;
    struct amr_keep_page **slot = &keep->options.memory->pages;
    while (*slot != page)
        slot = &(*slot)->next;
    free_page(slot);
}

void amr_keep_memory_free(struct amr_keep_memory *memory)
{
    while (memory->pages != NULL)
        free_page(&memory->pages);
}

/* Appends the file's text; nothing where it must not be used. What there is no memory for is there
 * all the same: that fails. */
static bool load(struct amr_keep *keep, const char *name, struct amr_buffer *text,
                 struct amr_store_stamp *stamp, struct amr_error *err)
{
    struct amr_error error;
    const struct amr_keep_page *page = find_page(keep, name);

    *stamp = (struct amr_store_stamp){0};
    if (page != NULL) {
        amr_buffer_append_buffer(text, &page->text);
        return !amr_buffer_is_failed(text) || amr_error_set_no_memory(err);
    }
    if (!keep->is_open || amr_store_read(&keep->store, name, text, stamp, &error))
        return true;
    amr_buffer_free(text);
    if (error.code == AMR_ERROR_NO_MEMORY) {
        *err = error;
        return false;
    }
    remark(keep, &error);
    return true;
}

/* A document that is not to be used is a remark, unless memory is short. */
static bool pass_over(struct amr_keep *keep, const char *name, const struct amr_error *error,
                      struct amr_error *err)
{
    struct amr_error told = *error;

    if (error->code == AMR_ERROR_NO_MEMORY) {
        *err = *error;
        return false;
    }
    (void)amr_error_add_context(&told, "%s: not used", name);
    remark(keep, &told);
    return true;
}

bool amr_keep_load_snapshot(struct amr_keep *keep, const char *subscription,
                            struct amr_snapshot *snapshot, struct amr_store_stamp *stamp,
                            struct amr_error *err)
{
    struct amr_snapshot_key key = key_of(keep->settings, subscription);
    struct amr_buffer text;
    file_name name;
    struct amr_error error;

    amr_buffer_init(&text, AMR_STORE_FILE_BYTES_MAX);
    name_file(keep, AMR_KEEP_SNAPSHOT, subscription, name);
    bool is_whole = load(keep, name, &text, stamp, err);
    if (text.length > 0 &&
        !amr_snapshot_read(amr_buffer_text(&text), text.length, &key, snapshot, &error))
        is_whole = pass_over(keep, name, &error, err);
    amr_buffer_free(&text);
    return is_whole;
}

bool amr_keep_is_same(const struct amr_keep *keep, const char *subscription,
                      const struct amr_store_stamp *stamp)
{
    file_name name;

    name_file(keep, AMR_KEEP_SNAPSHOT, subscription, name);
    /* What is in memory nobody else writes. */
    return !keep->is_open || find_page(keep, name) != NULL ||
           amr_store_is_same(&keep->store, name, stamp);
}

static bool save(struct amr_keep *keep, const char *name, const struct amr_buffer *text,
                 bool is_durable)
{
    struct amr_error error;
    bool is_saved = false;

    if (amr_buffer_is_failed(text))
        (void)(amr_buffer_set_error(text, &error, AMR_ERROR_USAGE, "too large") ||
               amr_error_add_context(&error, "%s: not written", name));
    else
        is_saved = amr_store_write(&keep->store, name, amr_buffer_text(text), text->length,
                                   is_durable, &error);
    if (is_saved) {
        forget(keep, name);
        return true;
    }
    remark(keep, &error);
    return remember(keep, name, text);
}

bool amr_keep_save_snapshot(struct amr_keep *keep, const char *subscription, bool is_locked,
                            const struct amr_snapshot *snapshot)
{
    struct amr_snapshot_key key = key_of(keep->settings, subscription);
    struct amr_buffer text;
    file_name name;

    if (!is_locked && keep->options.memory == NULL)
        return true;
    amr_buffer_init(&text, AMR_SNAPSHOT_BYTES_MAX);
    name_file(keep, AMR_KEEP_SNAPSHOT, subscription, name);
    amr_snapshot_format(snapshot, &key, &text);
    /* A snapshot that a power cut spoils is read anew. */
    bool is_saved = is_locked ? save(keep, name, &text, false) : remember(keep, name, &text);
    amr_buffer_free(&text);
    return is_saved;
}

bool amr_keep_load_history(struct amr_keep *keep, const char *subscription,
                           struct amr_history *history, struct amr_error *err)
{
    struct amr_store_stamp ignored;
    struct amr_buffer text;
    struct amr_error error;
    file_name name;

    amr_buffer_init(&text, AMR_STORE_FILE_BYTES_MAX);
    name_file(keep, AMR_KEEP_HISTORY, subscription, name);
    bool is_whole = load(keep, name, &text, &ignored, err);
    if (text.length > 0 &&
        !amr_history_read(amr_buffer_text(&text), text.length, keep->settings->arm_endpoint,
                          subscription, history, &error))
        is_whole = pass_over(keep, name, &error, err);
    amr_buffer_free(&text);
    return is_whole;
}

void amr_keep_save_history(struct amr_keep *keep, const char *subscription,
                           const struct amr_history *history)
{
    struct amr_buffer text;
    file_name name;

    amr_buffer_init(&text, AMR_STORE_FILE_BYTES_MAX);
    name_file(keep, AMR_KEEP_HISTORY, subscription, name);
    amr_history_format(history, keep->settings->arm_endpoint, subscription, &text);
    /* Azure cannot be asked for what it said earlier. */
    (void)save(keep, name, &text, true);
    amr_buffer_free(&text);
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(left, right);
}

/* In the order of names, so that two processes never hold what the other waits for. */
static enum amr_keep_lock lock_names(struct amr_keep *keep, file_name *names, size_t count,
                                     int64_t deadline_ms, struct amr_keep_locks *locks)
{
    struct amr_error error;

    qsort(names, count, sizeof(*names), compare_names);
    for (size_t i = 0; i < count; i++) {
        if (amr_store_lock(&keep->store, names[i], deadline_ms, keep->options.cancel,
                           &locks->fds[i], &error)) {
            locks->count++;
            continue;
        }
        amr_keep_unlock(locks);
        if (error.code == AMR_ERROR_TIMEOUT)
            return AMR_KEEP_BUSY;
        remark(keep, &error);
        return AMR_KEEP_UNUSABLE;
    }
    return AMR_KEEP_LOCKED;
}

enum amr_keep_lock amr_keep_lock(struct amr_keep *keep, enum amr_keep_kind kind,
                                 const char *const *subscriptions, size_t count,
                                 int64_t deadline_ms, struct amr_keep_locks *locks)
{
    file_name *names = calloc(count + 1, sizeof(*names));
    enum amr_keep_lock outcome = AMR_KEEP_UNUSABLE;

    *locks = (struct amr_keep_locks){.fds = calloc(count + 1, sizeof(*locks->fds))};
    if (keep->is_open && names != NULL && locks->fds != NULL) {
        for (size_t i = 0; i < count; i++)
            name_file(keep, kind, subscriptions[i], names[i]);
        outcome = lock_names(keep, names, count, deadline_ms, locks);
    }
    if (outcome != AMR_KEEP_LOCKED)
        amr_keep_unlock(locks);
    free(names);
    return outcome;
}

void amr_keep_unlock(struct amr_keep_locks *locks)
{
    for (size_t i = 0; i < locks->count; i++)
        amr_store_unlock(locks->fds[i]);
    free(locks->fds);
    *locks = (struct amr_keep_locks){0};
}
