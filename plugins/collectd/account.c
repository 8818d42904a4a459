/* SPDX-License-Identifier: MIT */
#include "account.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "index.h"
#include "log.h"
#include "random.h"
#include "text.h"

enum { END_MS = 1500, APART_MS = 200, REMARKS_BYTES_MAX = 4096 };

/* Many accounts do not ask all at once; a single one asks at once. */
static int64_t delay_of(const struct amr_account *account, int64_t others)
{
    int64_t tenth_ms = account->interval_s * 100;
    int64_t most_ms = others * APART_MS < tenth_ms ? others * APART_MS : tenth_ms;

    return most_ms == 0 ? 0 : amr_random_draw() % most_ms;
}

static void log_remarks(const struct amr_account *account, const struct amr_buffer *old,
                        const struct amr_buffer *new)
{
    const char *line = amr_buffer_text(new);

    if (strcmp(amr_buffer_text(old), line) == 0)
        return;
    for (size_t length; *line != '\0'; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        amr_log(LOG_WARNING, account->name, "%.*s", (int)length, line);
    }
}

/* Of what the settings name; nothing was read yet. */
static void log_secrets(const struct amr_account *account)
{
    const struct amr_buffer none = {0};
    struct amr_buffer remarks;

    amr_buffer_init(&remarks, REMARKS_BYTES_MAX);
    amr_run_append_remarks(&account->run, &remarks);
    log_remarks(account, &none, &remarks);
    amr_buffer_free(&remarks);
}

static void start(struct amr_account *account, int64_t others)
{
    struct amr_worker_options options = {
        .settings = &account->run.settings,
        .name = account->name,
        .interval_s = account->interval_s,
        .delay_ms = delay_of(account, others),
    };
    struct amr_error error;

    log_secrets(account);
    if (amr_worker_start(&options, &account->worker, &error))
        return;
    amr_log(LOG_ERR, account->name, "%s", error.message);
    account->is_bad = true;
}

void amr_accounts_start(struct amr_accounts *accounts)
{
    int64_t others = -1;
    struct amr_error error;
    bool is_ready = amr_http_start_up(&error);

    if (!is_ready)
        amr_log(LOG_ERR, NULL, "%s", error.message);
    for (struct amr_account *at = accounts->first; at != NULL; at = at->next) {
        others += !at->is_bad;
        at->is_bad |= !is_ready;
    }
    for (struct amr_account *at = accounts->first; at != NULL; at = at->next) {
        if (!at->is_bad)
            start(at, others);
        if (at->is_bad)
            amr_log(LOG_ERR, at->name, "this account is not read");
    }
}

static void free_account(struct amr_account *account)
{
    amr_poll_free(&account->poll);
    amr_told_free(&account->tell.told);
    amr_run_free(&account->run);
    free(account);
}

void amr_accounts_end(struct amr_accounts *accounts)
{
    int64_t until_ms = amr_clock_mono_ms() + END_MS;

    for (struct amr_account *at = accounts->first; at != NULL; at = at->next) {
        if (at->worker != NULL)
            amr_worker_cancel(at->worker);
    }
    while (accounts->first != NULL) {
        struct amr_account *account = accounts->first;

        accounts->first = account->next;
        if (account->worker == NULL || amr_worker_end(account->worker, until_ms))
            free_account(account);
    }
}

/* What the catalogue's keeper should know, from the first remark on that was not there before. */
static void log_catalog(const struct amr_account *account, const struct amr_catalog_remark *old,
                        const struct amr_catalog_remark *new)
{
    while (old != NULL && new != NULL && strcmp(old->text, new->text) == 0) {
        old = old->next;
        new = new->next;
    }
    for (; new != NULL; new = new->next)
        amr_log(LOG_WARNING, account->name, "catalogue: %s", new->text);
}

static void take_data(struct amr_account *account, struct amr_poll *poll)
{
    struct amr_run *run = &account->run;

    /* The time in them may change with each poll. */
    if (run->source.notes.length == 0)
        log_remarks(account, &run->source.notes, &poll->source.notes);
    log_remarks(account, &run->source.remarks, &poll->source.remarks);
    log_catalog(account, run->catalog.remarks, poll->catalog.remarks);
    amr_verdict_free(&run->verdict);
    amr_source_free(&run->source);
    amr_catalog_free(&run->catalog);
    run->source = poll->source;
    run->catalog = poll->catalog;
    account->has_data = true;
    account->data_read_s = poll->read_s;
    poll->source = (struct amr_source){0};
    poll->catalog = (struct amr_catalog){0};
}

/* A text that changes with each poll, by a time or an id, is not worth a line each. */
static void log_change(const struct amr_account *account, const struct amr_poll *new)
{
    const struct amr_poll *old = &account->poll;
    bool is_same = old->is_over && old->is_right == new->is_right &&
                   (new->is_right || (old->error.code == new->error.code &&
                                      old->error.http_status == new->error.http_status));

    if (is_same)
        return;
    if (!new->is_right)
        amr_log(LOG_ERR, account->name, "poll failed: %s", new->error.message);
    else if (old->is_over)
        amr_log(LOG_INFO, account->name, "polls succeed again");
}

/* In how many subscriptions the judged databases are; false where memory is short. */
static bool count_subscriptions(const struct amr_run *run, size_t *count)
{
    const struct amr_fleet *fleet = &run->source.fleet;
    struct amr_index seen = {0};
    bool is_counted = true;

    *count = 0;
    for (size_t i = 0; i < run->verdict.count && is_counted; i++) {
        size_t database = run->verdict.rows[i].assessment.database;
        const char *id = fleet->clusters[fleet->databases[database].cluster].subscription;
        size_t place;

        if (!amr_index_find(&seen, id, &place))
            is_counted = amr_index_put(&seen, id, (*count)++);
    }
    amr_index_free(&seen);
    return is_counted;
}

/* Who has just configured the plugin looks into the log for whether it works, and on what. */
static void log_success(struct amr_account *account)
{
    const struct amr_run *run = &account->run;
    size_t databases = run->verdict.count;
    size_t subscriptions;

    if (account->is_success_told || !account->poll.is_over || !account->poll.is_right ||
        !count_subscriptions(run, &subscriptions))
        return;
    account->is_success_told = true;
    amr_log(LOG_INFO, account->name, "first good poll: %zu %sdatabase%s in %zu subscription%s",
            databases, amr_selection_is_filter(&run->settings.selection) ? "selected " : "",
            databases == 1 ? "" : "s", subscriptions, subscriptions == 1 ? "" : "s");
}

static void take_poll(struct amr_account *account)
{
    struct amr_poll poll;

    if (account->worker == NULL || !amr_worker_take(account->worker, &poll))
        return;
    if (poll.is_over)
        log_change(account, &poll);
    if (poll.has_data)
        take_data(account, &poll);
    account->poll = poll;
}

/* A file says nothing of its age, so that of its reading counts. */
static int64_t not_before_s(const struct amr_account *account, int64_t now_s)
{
    int64_t oldest_s = now_s - account->run.settings.max_stale_s;

    if (account->run.source.kind != AMR_DATA_FILE)
        return oldest_s;
    return account->data_read_s < oldest_s ? INT64_MAX : AMR_INSTANT_NONE;
}

void amr_account_judge(struct amr_account *account, int64_t now_s)
{
    struct amr_run *run = &account->run;
    struct amr_error error;

    take_poll(account);
    account->is_judged = false;
    run->now_s = now_s;
    if (!account->has_data)
        return;
    run->as_of_s = run->settings.has_as_of ? run->settings.as_of_s : now_s;
    run->not_before_s = not_before_s(account, now_s);
    amr_verdict_free(&run->verdict);
    account->is_judged = amr_run_judge(run, &error);
    if (account->is_judged)
        log_success(account);
    else
        amr_log(LOG_ERR, account->name, "%s", error.message);
}
