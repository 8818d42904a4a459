/* SPDX-License-Identifier: MIT */
#include "follow.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "clock.h"
#include "command.h"
#include "text.h"

enum {
    TOLD_EVERY_MS = 30 * 1000,
    WORDS_BYTES_MAX = 2048,
    UNSURE_TRIES_MAX = 3,
    HTTP_OK = 200,
    HTTP_ACCEPTED = 202
};

/* What a signal's handler can reach. Set before the handler is. */
static struct amr_cancel interrupt;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    amr_cancel_raise(&interrupt);
}

static void set_interrupts(void (*handler)(int))
{
    (void)signal(SIGINT, handler);
    (void)signal(SIGTERM, handler);
}

bool amr_follow_open(struct amr_follow *follow, const struct amr_settings *settings,
                     size_t capacity, struct amr_error *err)
{
    *follow = (struct amr_follow){.settings = settings};
    follow->tasks = calloc(capacity + 1, sizeof(*follow->tasks));
    if (follow->tasks == NULL)
        return amr_error_set_no_memory(err);
    if (!amr_http_start_up(err) || !amr_cancel_open(&follow->resident.cancel, err))
        return false;
    interrupt = follow->resident.cancel;
    set_interrupts(on_interrupt);
    return amr_client_open(settings, &follow->resident, &follow->client, err);
}

static const char *keep(struct amr_follow *follow, const char *text)
{
    return text == NULL ? NULL : amr_arena_copy(&follow->arena, text, strlen(text));
}

bool amr_follow_add(struct amr_follow *follow, const char *name, const struct amr_fleet *fleet,
                    size_t database, struct amr_error *err)
{
    const struct amr_database *found = &fleet->databases[database];
    const struct amr_cluster *cluster = &fleet->clusters[found->cluster];
    struct amr_task task = {
        .name = keep(follow, name),
        .id = keep(follow, found->id),
        .cluster = {.id = keep(follow, cluster->id),
                    .subscription = keep(follow, cluster->subscription),
                    .resource_group = keep(follow, cluster->resource_group),
                    .name = keep(follow, cluster->name)},
        .database = {.name = keep(follow, found->name)},
        .line = found->line,
        .trail = AMR_TRAIL_DATABASE,
        .begun_ms = amr_clock_mono_ms(),
    };

    if (task.name == NULL || task.id == NULL || task.cluster.id == NULL ||
        task.cluster.subscription == NULL || task.cluster.resource_group == NULL ||
        task.cluster.name == NULL || task.database.name == NULL)
        return amr_error_set_no_memory(err);
    follow->tasks[follow->count++] = task;
    return true;
}

static int64_t request_deadline_ms(const struct amr_follow *follow)
{
    return amr_clock_mono_ms() + follow->settings->timeout_s * 1000;
}

static struct amr_arm_place place_of(const struct amr_follow *follow)
{
    return (struct amr_arm_place){.endpoint = follow->settings->arm_endpoint,
                                  .api_version = follow->settings->api_version};
}

static void tell(const struct amr_task *task, const char *words)
{
    struct amr_buffer line;

    amr_buffer_init(&line, WORDS_BYTES_MAX);
    amr_buffer_append_format(&line, "%s: %s", task->name, words);
    amr_command_tell(amr_buffer_text(&line));
    amr_buffer_free(&line);
}

/* Told when it changes, and now and then so that nobody thinks it has stopped. */
static void tell_progress(struct amr_task *task, const char *word)
{
    int64_t now_ms = amr_clock_mono_ms();
    struct amr_buffer words;

    if (strcmp(task->word, word) == 0 && now_ms - task->told_ms < TOLD_EVERY_MS)
        return;
    amr_buffer_init(&words, WORDS_BYTES_MAX);
    amr_text_append_clean(&words, word, AMR_OPERATION_WORD_SIZE - 1);
    if (!amr_text_copy(task->word, sizeof(task->word), amr_buffer_text(&words)))
        task->word[0] = '\0';
    task->told_ms = now_ms;
    amr_buffer_append_format(&words, " (%" PRId64 " s)", (now_ms - task->begun_ms) / 1000);
    tell(task, amr_buffer_text(&words));
    amr_buffer_free(&words);
}

static void fail(struct amr_task *task, const struct amr_error *error)
{
    task->is_over = true;
    task->is_failed = true;
    task->error = *error;
}

/* An address that may be followed, kept; else NULL, and it is told why. */
static const char *keep_link(struct amr_follow *follow, const struct amr_task *task,
                             const char *header, const struct amr_buffer *link)
{
    struct amr_buffer words;

    if (link->length == 0)
        return NULL;
    if (amr_arm_is_same_host(follow->settings->arm_endpoint, amr_buffer_text(link)))
        return keep(follow, amr_buffer_text(link));
    amr_buffer_init(&words, WORDS_BYTES_MAX);
    amr_buffer_append_format(&words, "%s leads to another host: not followed", header);
    tell(task, amr_buffer_text(&words));
    amr_buffer_free(&words);
    return NULL;
}

static void take_trail(struct amr_follow *follow, struct amr_task *task,
                       const struct amr_http_result *result)
{
    int64_t wait_ms = amr_operation_wait_ms(result->retry_after, 0, amr_clock_now_s());

    task->operation_url = keep_link(follow, task, "Azure-AsyncOperation", &result->operation);
    task->location_url = keep_link(follow, task, "Location", &result->location);
    task->trail = task->operation_url != NULL  ? AMR_TRAIL_OPERATION
                  : task->location_url != NULL ? AMR_TRAIL_LOCATION
                                               : AMR_TRAIL_DATABASE;
    /* What was done at once is asked for at once. */
    task->next_ms = amr_clock_mono_ms() + (result->status == HTTP_ACCEPTED ? wait_ms : 0);
}

static void set_refusal(const struct amr_task *task, enum amr_change change,
                        const struct amr_http_result *result, struct amr_error *err)
{
    (void)amr_arm_set_error(result->status, amr_buffer_text(&result->body), result->body.length,
                            result->correlation, err);
    if (err->code == AMR_ERROR_DENIED)
        (void)amr_error_add_context(err, "the right %s on %s is missing", amr_change_right(change),
                                    task->id);
}

static void take_answer(struct amr_follow *follow, struct amr_task *task, enum amr_change change,
                        const struct amr_http_result *result)
{
    struct amr_error error;

    if (result->status >= HTTP_OK && result->status < 300) {
        take_trail(follow, task, result);
        return;
    }
    set_refusal(task, change, result, &error);
    fail(task, &error);
}

static void ask_later(struct amr_task *task, const char *retry_after)
{
    task->asked++;
    task->next_ms =
        amr_clock_mono_ms() + amr_operation_wait_ms(retry_after, task->asked, amr_clock_now_s());
}

/* No body is a body of no bytes, so that its length is told; it has no type. */
static void send_request(struct amr_follow *follow, struct amr_task *task, enum amr_change change,
                         const char *url)
{
    const char *body = amr_change_body(change);
    struct amr_http_request request = {
        .url = url,
        .method = amr_change_method(change),
        .body = body == NULL ? "" : body,
        .headers = {body == NULL ? "Content-Type:" : "Content-Type: application/json"},
    };
    struct amr_http_result result;
    struct amr_error error;

    if (amr_client_ask(follow->client, &request, request_deadline_ms(follow), &result,
                       &task->is_sent, &error)) {
        take_answer(follow, task, change, &result);
        amr_http_result_free(&result);
    } else if (task->is_sent) {
        task->is_unsure = true;
        task->error = error;
        ask_later(task, "");
    } else {
        fail(task, &error);
    }
}

bool amr_follow_send(struct amr_follow *follow, struct amr_task *task, enum amr_change change)
{
    struct amr_arm_place place = place_of(follow);
    struct amr_error error;
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_change_append_url(&url, &place, &task->cluster, &task->database, change);
    if (amr_buffer_is_failed(&url)) {
        (void)amr_error_set_no_memory(&error);
        fail(task, &error);
    } else {
        send_request(follow, task, change, amr_buffer_text(&url));
    }
    amr_buffer_free(&url);
    return !task->is_failed;
}

/* This way of following has ended; the next best one begins. */
static void change_trail(struct amr_task *task, const struct amr_error *error)
{
    bool has_location = task->trail == AMR_TRAIL_OPERATION && task->location_url != NULL;

    if (task->trail == AMR_TRAIL_DATABASE) {
        fail(task, error);
        return;
    }
    tell(task, error->message);
    task->trail = has_location ? AMR_TRAIL_LOCATION : AMR_TRAIL_DATABASE;
    ask_later(task, "");
}

static void take_operation(struct amr_task *task, const struct amr_http_result *result)
{
    struct amr_operation operation;
    struct amr_error error;

    if (!amr_operation_read(amr_buffer_text(&result->body), result->body.length, &operation,
                            &error)) {
        change_trail(task, &error);
        return;
    }
    tell_progress(task, operation.word);
    if (operation.status == AMR_OPERATION_RUNNING)
        ask_later(task, result->retry_after);
    else if (operation.status == AMR_OPERATION_SUCCEEDED)
        task->is_over = true;
    else
        fail(task, &operation.error);
}

static void take_database(struct amr_task *task, const struct amr_database *database,
                          const struct amr_http_result *result)
{
    const char *state = database->resource_state != NULL       ? database->resource_state
                        : database->provisioning_state != NULL ? database->provisioning_state
                                                               : "no state";
    struct amr_error error;

    tell_progress(task, state);
    if (amr_database_is_busy(database)) {
        ask_later(task, result->retry_after);
    } else if (amr_database_is_failed(database)) {
        (void)amr_error_set(&error, AMR_ERROR_SERVER, "its state is %.40s", task->word);
        fail(task, &error);
    } else {
        task->is_over = true;
    }
}

/* Of the list of the cluster's databases. */
static void take_list(struct amr_task *task, const struct amr_http_result *result)
{
    struct amr_fleet fleet = {0};
    struct amr_buffer next_link;
    struct amr_error error;
    size_t cluster;
    size_t place;

    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    bool is_read = amr_fleet_add_cluster(&fleet, &task->cluster, &cluster, &error) &&
                   amr_arm_read_databases_page(amr_buffer_text(&result->body), result->body.length,
                                               cluster, &fleet, &next_link, &error);
    if (is_read && !amr_fleet_find_database(&fleet, task->id, &place))
        is_read = amr_error_set(&error, AMR_ERROR_NOT_FOUND, "the database is not there");
    if (is_read)
        take_database(task, &fleet.databases[place], result);
    else
        fail(task, &error);
    amr_buffer_free(&next_link);
    amr_fleet_free(&fleet);
}

static bool is_passing(int status)
{
    return status == 408 || status == 429 || status >= 500;
}

static void take_status(struct amr_task *task, const struct amr_http_result *result)
{
    struct amr_error error;

    if (result->status == HTTP_OK && task->trail == AMR_TRAIL_OPERATION) {
        take_operation(task, result);
    } else if (result->status == HTTP_OK && task->trail == AMR_TRAIL_DATABASE) {
        take_list(task, result);
    } else if (result->status >= HTTP_OK && result->status < 300) {
        task->is_over = result->status != HTTP_ACCEPTED;
        tell_progress(task, task->is_over ? "done" : "accepted");
        ask_later(task, result->retry_after);
    } else {
        (void)amr_arm_set_error(result->status, amr_buffer_text(&result->body), result->body.length,
                                result->correlation, &error);
        if (is_passing(result->status)) {
            tell(task, error.message);
            ask_later(task, result->retry_after);
        } else {
            change_trail(task, &error);
        }
    }
}

static void append_url(const struct amr_follow *follow, const struct amr_task *task,
                       struct amr_buffer *url)
{
    struct amr_arm_place place = place_of(follow);

    if (task->trail == AMR_TRAIL_DATABASE)
        amr_arm_append_databases_url(url, &place, &task->cluster);
    else
        amr_buffer_append_text(url, task->trail == AMR_TRAIL_OPERATION ? task->operation_url
                                                                       : task->location_url);
}

/* What the network loses is asked for again; but where nobody knows whether there is anything to
 * follow, not for long. */
static void lose(struct amr_task *task, const struct amr_error *error)
{
    tell(task, error->message);
    if (task->is_unsure && task->asked >= UNSURE_TRIES_MAX)
        fail(task, &task->error);
    else
        ask_later(task, "");
}

static void ask(struct amr_follow *follow, struct amr_task *task)
{
    struct amr_http_request request = {.url = NULL};
    struct amr_http_result result;
    struct amr_error error;
    struct amr_buffer url;
    bool is_sent;

    amr_buffer_init(&url, AMR_HTTP_LINK_BYTES_MAX);
    append_url(follow, task, &url);
    request.url = amr_buffer_text(&url);
    if (amr_buffer_is_failed(&url)) {
        (void)amr_error_set_no_memory(&error);
        fail(task, &error);
    } else if (amr_client_ask(follow->client, &request, request_deadline_ms(follow), &result,
                              &is_sent, &error)) {
        take_status(task, &result);
        amr_http_result_free(&result);
    } else if (!amr_cancel_is_raised(&follow->resident.cancel)) {
        lose(task, &error);
    }
    amr_buffer_free(&url);
}

/* The task that is to be asked about next; NULL where all are over. */
static struct amr_task *next_task(const struct amr_follow *follow)
{
    struct amr_task *next = NULL;

    for (size_t i = 0; i < follow->count; i++) {
        struct amr_task *task = &follow->tasks[i];

        if (task->is_sent && !task->is_over && (next == NULL || task->next_ms < next->next_ms))
            next = task;
    }
    return next;
}

bool amr_follow_run(struct amr_follow *follow)
{
    int64_t limit_ms = amr_clock_mono_ms() + follow->settings->command.wait_limit_s * 1000;
    struct amr_task *task;

    while ((task = next_task(follow)) != NULL) {
        int64_t now_ms = amr_clock_mono_ms();

        if (amr_cancel_is_raised(&follow->resident.cancel) || now_ms >= limit_ms)
            return false;
        int64_t wake_ms = task->next_ms < limit_ms ? task->next_ms : limit_ms;
        if (wake_ms > now_ms)
            amr_cancel_wait(&follow->resident.cancel, wake_ms - now_ms);
        else
            ask(follow, task);
    }
    return true;
}

void amr_follow_close(struct amr_follow *follow)
{
    set_interrupts(SIG_DFL);
    amr_client_close(follow->client);
    if (follow->tasks != NULL)
        amr_cancel_close(&follow->resident.cancel);
    free(follow->tasks);
    amr_arena_free(&follow->arena);
    *follow = (struct amr_follow){.settings = NULL};
}
