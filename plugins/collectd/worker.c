/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "catalogs.h"
#include "clock.h"
#include "http.h"
#include "keep.h"
#include "told_file.h"
#include "verdict.h"

enum {
    KEEPING_S_MAX = 60,
    POLL_MS_MAX = 300 * 1000,
    STACK_BYTES = 512 * 1024,
    THREAD_NAME_SIZE = 16
};

struct amr_worker {
    const struct amr_settings *settings;
    int64_t interval_ms;
    int64_t delay_ms;
    const char *account;
    char name[THREAD_NAME_SIZE];
    struct amr_http_resident resident;
    struct amr_keep_memory memory;
    int failures;
    pthread_t thread;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t changed;
    bool is_cancelled;
    bool is_ended;
    bool has_poll;
    struct amr_poll poll;
    bool has_told;
    struct amr_buffer told; /* at the start */
    bool has_new_told;
    struct amr_buffer new_told; /* to be written */
};

void amr_poll_free(struct amr_poll *poll)
{
    amr_source_free(&poll->source);
    amr_catalog_free(&poll->catalog);
    *poll = (struct amr_poll){0};
}

static void move_data(struct amr_poll *from, struct amr_poll *to)
{
    to->has_data = from->has_data;
    to->source = from->source;
    to->catalog = from->catalog;
    to->read_s = from->read_s;
    from->source = (struct amr_source){0};
    from->catalog = (struct amr_catalog){0};
}

/* Hands the poll over, in the place of one that nobody has taken. That one's data stay where the
 * poll has none. */
static void post(struct amr_worker *worker, struct amr_poll *poll)
{
    (void)pthread_mutex_lock(&worker->mutex);
    struct amr_poll old = worker->poll;
    if (old.has_data && !poll->has_data)
        move_data(&old, poll);
    worker->poll = *poll;
    worker->has_poll = true;
    (void)pthread_mutex_unlock(&worker->mutex);
    amr_poll_free(&old);
}

/* What could not be read, kept from earlier or not, makes the poll a failed one. */
static bool find_error(const struct amr_worker *worker, const struct amr_fleet *fleet,
                       struct amr_error *error)
{
    const struct amr_selection *selection = &worker->settings->selection;

    for (size_t i = 0; i < fleet->error_count; i++) {
        if (!amr_verdict_is_error_relevant(fleet, selection, &fleet->errors[i]))
            continue;
        *error = fleet->errors[i].error;
        if (fleet->errors[i].scope != NULL)
            (void)amr_error_add_context(error, "%s", fleet->errors[i].scope);
        return true;
    }
    return fleet->has_lost_errors && !amr_error_set_no_memory(error);
}

static bool read_data(struct amr_worker *worker, const struct amr_source_options *options,
                      struct amr_poll *poll)
{
    const struct amr_settings *settings = worker->settings;

    amr_catalog_init(&poll->catalog);
    return amr_catalogs_load(&settings->catalogs, "Catalog", options->deadline_ms, &poll->catalog,
                             &poll->error) &&
           amr_source_read(settings, options, &poll->source, &poll->error);
}

static void drop_data(struct amr_poll *poll)
{
    amr_source_free(&poll->source);
    amr_catalog_free(&poll->catalog);
    poll->source = (struct amr_source){0};
    poll->catalog = (struct amr_catalog){0};
}

static void poll_azure(struct amr_worker *worker, int64_t start_ms)
{
    int64_t most_ms = worker->interval_ms < POLL_MS_MAX ? worker->interval_ms : POLL_MS_MAX;
    struct amr_poll poll = {.is_over = true, .read_s = amr_clock_now_s()};
    struct amr_source_options options = {
        .now_s = poll.read_s,
        .deadline_ms = start_ms + most_ms,
        .resident = &worker->resident,
        .memory = &worker->memory,
    };

    poll.has_data = read_data(worker, &options, &poll);
    if (!poll.has_data)
        drop_data(&poll);
    poll.is_right = poll.has_data && !find_error(worker, &poll.source.fleet, &poll.error);
    worker->failures = poll.is_right ? 0 : worker->failures + 1;
    poll.failures = worker->failures;
    poll.duration_ms = amr_clock_mono_ms() - start_ms;
    poll.requests = worker->resident.requests;
    poll.errors = worker->resident.errors;
    poll.throttled = worker->resident.throttled;
    post(worker, &poll);
}

/* After a restart, what was read before it is there at once. */
static void look_for_kept(struct amr_worker *worker)
{
    struct amr_poll poll = {.read_s = amr_clock_now_s()};
    struct amr_source_options options = {
        .now_s = poll.read_s,
        .deadline_ms = amr_clock_mono_ms() + worker->interval_ms,
        .resident = &worker->resident,
        .memory = &worker->memory,
        .is_offline = true,
    };

    if (worker->settings->from_file != NULL)
        return;
    poll.has_data = read_data(worker, &options, &poll) && poll.source.fleet.cluster_count > 0;
    if (poll.has_data)
        post(worker, &poll);
    else
        drop_data(&poll);
}

static void load_told(struct amr_worker *worker)
{
    struct amr_buffer document;

    amr_told_file_load(worker->settings, worker->account, &document);
    (void)pthread_mutex_lock(&worker->mutex);
    worker->told = document;
    worker->has_told = true;
    (void)pthread_mutex_unlock(&worker->mutex);
}

/* With the mutex locked, which is unlocked while the file is written. */
static void save_told(struct amr_worker *worker)
{
    struct amr_buffer document = worker->new_told;

    worker->has_new_told = false;
    worker->new_told = (struct amr_buffer){0};
    (void)pthread_mutex_unlock(&worker->mutex);
    amr_told_file_save(worker->settings, worker->account, &worker->resident.cancel, &document);
    amr_buffer_free(&document);
    (void)pthread_mutex_lock(&worker->mutex);
}

/* Waits until the monotonic instant; false where the worker is to end. */
static bool wait_until(struct amr_worker *worker, int64_t until_ms)
{
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000 * 1000000)};

    (void)pthread_mutex_lock(&worker->mutex);
    for (;;) {
        if (worker->has_new_told)
            save_told(worker);
        else if (worker->is_cancelled || amr_clock_mono_ms() >= until_ms)
            break;
        else
            (void)pthread_cond_timedwait(&worker->changed, &worker->mutex, &until);
    }
    bool is_cancelled = worker->is_cancelled;
    (void)pthread_mutex_unlock(&worker->mutex);
    return !is_cancelled;
}

static void *work(void *context)
{
    struct amr_worker *worker = context;
    int64_t next_ms = amr_clock_mono_ms() + worker->delay_ms;

    load_told(worker);
    look_for_kept(worker);
    while (wait_until(worker, next_ms)) {
        int64_t start_ms = amr_clock_mono_ms();

        poll_azure(worker, start_ms);
        next_ms = start_ms + worker->interval_ms;
    }
    (void)pthread_mutex_lock(&worker->mutex);
    worker->is_ended = true;
    (void)pthread_cond_broadcast(&worker->changed);
    (void)pthread_mutex_unlock(&worker->mutex);
    return NULL;
}

static bool set_no_thread(struct amr_error *err, int reason)
{
    return amr_error_set(err, AMR_ERROR_USAGE, "no thread: %s", strerror(reason));
}

/* Signals are the daemon's own threads' to handle. */
static bool start_thread(struct amr_worker *worker, const pthread_attr_t *attributes,
                         struct amr_error *err)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int reason = pthread_create(&worker->thread, attributes, work, worker);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (reason != 0)
        return set_no_thread(err, reason);
#ifdef __GLIBC__
    (void)pthread_setname_np(worker->thread, worker->name);
#endif
    return true;
}

static bool start_small_thread(struct amr_worker *worker, struct amr_error *err)
{
    pthread_attr_t attributes;
    int reason = pthread_attr_init(&attributes);

    if (reason != 0)
        return set_no_thread(err, reason);
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    bool is_started = start_thread(worker, &attributes, err);
    (void)pthread_attr_destroy(&attributes);
    return is_started;
}

static void init_waiting(struct amr_worker *worker)
{
    pthread_condattr_t attributes;

    (void)pthread_mutex_init(&worker->mutex, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&worker->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

static void free_worker(struct amr_worker *worker)
{
    amr_poll_free(&worker->poll);
    amr_buffer_free(&worker->told);
    amr_buffer_free(&worker->new_told);
    amr_keep_memory_free(&worker->memory);
    amr_http_forget(&worker->resident);
    amr_cancel_close(&worker->resident.cancel);
    (void)pthread_cond_destroy(&worker->changed);
    (void)pthread_mutex_destroy(&worker->mutex);
    free(worker);
}

bool amr_worker_start(const struct amr_worker_options *options, struct amr_worker **worker,
                      struct amr_error *err)
{
    struct amr_worker *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return amr_error_set_no_memory(err);
    made->settings = options->settings;
    made->interval_ms = options->interval_s * 1000;
    made->delay_ms = options->delay_ms;
    made->account = options->name;
    /* Whatever is in between forgets connections that are silent for minutes. */
    made->resident.keeps_connections = options->interval_s <= KEEPING_S_MAX;
    (void)snprintf(made->name, sizeof(made->name), "amr/%s", options->name);
    if (!amr_cancel_open(&made->resident.cancel, err)) {
        free(made);
        return false;
    }
    init_waiting(made);
    if (!start_small_thread(made, err)) {
        free_worker(made);
        return false;
    }
    *worker = made;
    return true;
}

bool amr_worker_take(struct amr_worker *worker, struct amr_poll *poll)
{
    (void)pthread_mutex_lock(&worker->mutex);
    bool is_new = worker->has_poll;
    if (is_new) {
        *poll = worker->poll;
        worker->poll = (struct amr_poll){0};
        worker->has_poll = false;
    }
    (void)pthread_mutex_unlock(&worker->mutex);
    return is_new;
}

bool amr_worker_take_told(struct amr_worker *worker, struct amr_buffer *document)
{
    (void)pthread_mutex_lock(&worker->mutex);
    bool has_told = worker->has_told;
    if (has_told) {
        *document = worker->told;
        worker->told = (struct amr_buffer){0};
        worker->has_told = false;
    }
    (void)pthread_mutex_unlock(&worker->mutex);
    return has_told;
}

void amr_worker_keep_told(struct amr_worker *worker, struct amr_buffer *document)
{
    (void)pthread_mutex_lock(&worker->mutex);
    struct amr_buffer old = worker->new_told;
    worker->new_told = *document;
    worker->has_new_told = true;
    (void)pthread_cond_broadcast(&worker->changed);
    (void)pthread_mutex_unlock(&worker->mutex);
    *document = (struct amr_buffer){0};
    amr_buffer_free(&old);
}

void amr_worker_cancel(struct amr_worker *worker)
{
    amr_cancel_raise(&worker->resident.cancel);
    (void)pthread_mutex_lock(&worker->mutex);
    worker->is_cancelled = true;
    (void)pthread_cond_broadcast(&worker->changed);
    (void)pthread_mutex_unlock(&worker->mutex);
}

bool amr_worker_end(struct amr_worker *worker, int64_t until_ms)
{
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000 * 1000000)};

    (void)pthread_mutex_lock(&worker->mutex);
    while (!worker->is_ended && amr_clock_mono_ms() < until_ms)
        (void)pthread_cond_timedwait(&worker->changed, &worker->mutex, &until);
    bool is_ended = worker->is_ended;
    (void)pthread_mutex_unlock(&worker->mutex);
    if (!is_ended)
        return pthread_detach(worker->thread) != 0;
    (void)pthread_join(worker->thread, NULL);
    free_worker(worker);
    return true;
}
