/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "survey.h"

#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "buffer.h"
#include "calendar.h"
#include "clock.h"
#include "credential.h"
#include "graph.h"
#include "http.h"
#include "pace.h"
#include "queue.h"
#include "random.h"
#include "text.h"

enum {
    RUNNING_MAX = 8,
    /* A process that goes on is not in a hurry, and each request takes its memory. */
    RESIDENT_RUNNING_MAX = 3,
    PAGES_MAX = 1000,
    GRAPH_TRIES = 2,
    NAMES_BYTES_MAX = 1024,
};

struct amr_survey {
    const struct amr_settings *settings;
    int64_t read_s;
    int64_t start_ms; /* monotonic, of read_s */
    int64_t skew_s;
    int64_t deadline_ms;
    struct amr_http_resident *resident;
    const struct amr_plan *plan;
    struct amr_snapshot *reading;
    struct amr_http *http;
    struct amr_buffer token;
    int token_number;
    bool is_failed; /* there is no way to ask, for the reason `failure` */
    struct amr_error failure;
    bool is_throttled; /* nothing more is asked for, for the reason `throttling` */
    struct amr_error throttling;
    struct amr_queue queue;
    size_t running;
    size_t running_max;
    const char **subscriptions; /* of the plan's lists, for Resource Graph; or NULL */
    bool *is_named;             /* whether it has a cluster of them */
    size_t planned_clusters;    /* those below it have their databases asked for */
};

static struct amr_arm_place place_of(const struct amr_survey *survey, const char *subscription,
                                     const char *resource_group)
{
    return (struct amr_arm_place){
        .endpoint = survey->settings->arm_endpoint,
        .api_version = survey->settings->api_version,
        .subscription = subscription,
        .resource_group = resource_group,
    };
}

static int64_t deadline_of(const struct amr_survey *survey, const struct amr_job *job)
{
    return job->deadline_ms != 0 ? job->deadline_ms : survey->deadline_ms;
}

static bool ask_subscriptions(struct amr_survey *survey, struct amr_error *err)
{
    struct amr_arm_place place = place_of(survey, NULL, NULL);
    struct amr_job job = {.ask = AMR_ASK_SUBSCRIPTIONS, .fetched_s = AMR_INSTANT_NONE, .page = 1};
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_arm_append_subscriptions_url(&url, &place);
    return amr_queue_add(&survey->queue, job, &url, err);
}

static bool ask_clusters(struct amr_survey *survey, const struct amr_plan_list *list,
                         struct amr_error *err)
{
    struct amr_arm_place place = place_of(survey, list->subscription, list->resource_group);
    struct amr_job job = {.ask = AMR_ASK_CLUSTERS,
                          .subscription = list->subscription,
                          .resource_group = list->resource_group,
                          .fetched_s = AMR_INSTANT_NONE,
                          .page = 1};
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_arm_append_clusters_url(&url, &place);
    return amr_queue_add(&survey->queue, job, &url, err);
}

static struct amr_graph_query query_of(const struct amr_survey *survey, const struct amr_job *job)
{
    return (struct amr_graph_query){
        .subscriptions = survey->subscriptions + job->first_list,
        .subscription_count = job->list_count,
        .skip_token = job->skip_token,
    };
}

/* Asks Resource Graph, whose pages may take a third of the time that is left: what stands in for it
 * needs some, too. */
static bool ask_graph(struct amr_survey *survey, size_t first, size_t count, struct amr_error *err)
{
    int64_t now_ms = amr_clock_mono_ms();
    struct amr_job job = {.ask = AMR_ASK_GRAPH,
                          .first_list = first,
                          .list_count = count,
                          .fetched_s = AMR_INSTANT_NONE,
                          .deadline_ms = now_ms + (survey->deadline_ms - now_ms) / 3,
                          .page = 1};
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_graph_append_url(&url, survey->settings->arm_endpoint);
    return amr_queue_add(&survey->queue, job, &url, err);
}

/* Asks Resource Graph instead of for the plan's lists, for as many at once as it takes. */
static bool ask_graph_of_all(struct amr_survey *survey, struct amr_error *err)
{
    const struct amr_plan *plan = survey->plan;

    survey->subscriptions = calloc(plan->list_count + 1, sizeof(*survey->subscriptions));
    survey->is_named = calloc(plan->list_count + 1, sizeof(*survey->is_named));
    if (survey->subscriptions == NULL || survey->is_named == NULL)
        return amr_error_set_no_memory(err);
    for (size_t i = 0; i < plan->list_count; i++)
        survey->subscriptions[i] = plan->lists[i].subscription;
    for (size_t first = 0; first < plan->list_count; first += AMR_GRAPH_SUBSCRIPTIONS_MAX) {
        size_t left = plan->list_count - first;

        if (!ask_graph(survey, first,
                       left < AMR_GRAPH_SUBSCRIPTIONS_MAX ? left : AMR_GRAPH_SUBSCRIPTIONS_MAX,
                       err))
            return false;
    }
    return true;
}

static void add_error(struct amr_survey *survey, const struct amr_job *job,
                      const struct amr_error *error)
{
    struct amr_fleet *fleet = &survey->reading->fleet;

    if (job->ask == AMR_ASK_DATABASES)
        amr_fleet_add_error(fleet, job->cluster, error, "cluster '%s'",
                            fleet->clusters[job->cluster].name);
    else if (job->ask == AMR_ASK_CLUSTERS)
        amr_fleet_add_error(fleet, AMR_CLUSTER_NONE, error, "subscription '%s'", job->subscription);
    else if (job->ask == AMR_ASK_GRAPH)
        amr_fleet_add_error(fleet, AMR_CLUSTER_NONE, error, "Resource Graph");
    else
        amr_fleet_add_error(fleet, AMR_CLUSTER_NONE, error, "list of subscriptions");
}

/* Azure's own names have 90 characters at most; an address of many more would not fit. */
static bool is_askable(const struct amr_cluster *cluster)
{
    return strlen(cluster->resource_group) + strlen(cluster->name) <= NAMES_BYTES_MAX;
}

static bool ask_databases(struct amr_survey *survey, size_t cluster, int64_t fetched_s,
                          struct amr_error *err)
{
    const struct amr_cluster *asked = &survey->reading->fleet.clusters[cluster];
    struct amr_arm_place place = place_of(survey, NULL, NULL);
    struct amr_job job = {.ask = AMR_ASK_DATABASES,
                          .subscription = asked->subscription,
                          .cluster = cluster,
                          .fetched_s = fetched_s,
                          .page = 1};
    struct amr_buffer url;
    struct amr_error fault;

    if (!is_askable(asked)) {
        (void)amr_error_set(&fault, AMR_ERROR_RESPONSE, "its name is too long to ask for it");
        add_error(survey, &job, &fault);
        return true;
    }
    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_arm_append_databases_url(&url, &place, asked);
    return amr_queue_add(&survey->queue, job, &url, err);
}

/* Asks for the databases of the clusters that a list has named since and that are wanted; they were
 * never read, so they go before what was. */
static bool ask_new_databases(struct amr_survey *survey, struct amr_error *err)
{
    struct amr_fleet *fleet = &survey->reading->fleet;

    for (; survey->planned_clusters < fleet->cluster_count; survey->planned_clusters++) {
        size_t cluster = survey->planned_clusters;

        if (amr_plan_is_wanted(survey->plan, &fleet->clusters[cluster]) &&
            !ask_databases(survey, cluster, AMR_INSTANT_NONE, err))
            return false;
    }
    return true;
}

/* Asks for a cluster that is known. Its document is not listed by this reading unless a list names
 * it, too. */
static bool ask_known(struct amr_survey *survey, const struct amr_cluster *known,
                      struct amr_error *err)
{
    struct amr_cluster cluster = *known;
    size_t place;

    cluster.is_listed = false;
    cluster.has_databases = false;
    cluster.is_read = false;
    cluster.fetched_s = survey->read_s;
    return amr_fleet_add_cluster(&survey->reading->fleet, &cluster, &place, err) &&
           ask_databases(survey, place, known->has_databases ? known->fetched_s : AMR_INSTANT_NONE,
                         err);
}

static const char *part_of(const struct amr_survey *survey, const struct amr_job *job,
                           char id[AMR_PART_ID_SIZE])
{
    if (job->ask == AMR_ASK_SUBSCRIPTIONS)
        return AMR_PART_SUBSCRIPTIONS;
    if (job->ask == AMR_ASK_GRAPH)
        return AMR_PART_GRAPH;
    if (job->ask == AMR_ASK_DATABASES)
        return survey->reading->fleet.clusters[job->cluster].id;
    amr_part_id(id, job->subscription, job->resource_group);
    return id;
}

/* What was not asked for yet fails for the reason that one answer gave for all. */
static void give_up_waiting(struct amr_survey *survey)
{
    struct amr_queue *queue = &survey->queue;

    for (; queue->next < queue->count; queue->next++)
        add_error(survey, &queue->jobs[queue->next], &survey->throttling);
}

/* Asks for the lists that a query of Resource Graph stood for. */
static bool ask_lists(struct amr_survey *survey, const struct amr_job *job, bool is_unnamed_only,
                      struct amr_error *err)
{
    for (size_t i = job->first_list; i < job->first_list + job->list_count; i++) {
        if ((!is_unnamed_only || !survey->is_named[i]) &&
            !ask_clusters(survey, &survey->plan->lists[i], err))
            return false;
    }
    return true;
}

/* The lists stand in for Resource Graph, unless the token is good for nothing. */
static bool take_graph_failure(struct amr_survey *survey, const struct amr_job *job,
                               const struct amr_http_result *result,
                               const struct amr_error *failure, struct amr_error *err)
{
    const char *wait = result->retry_after[0] != '\0' ? result->retry_after : result->quota_reset;

    if (failure->code == AMR_ERROR_NO_MEMORY) {
        *err = *failure;
        return false;
    }
    if (failure->code == AMR_ERROR_CREDENTIAL)
        add_error(survey, job, failure);
    else if (!ask_lists(survey, job, false, err))
        return false;
    return amr_snapshot_note_failure(survey->reading, AMR_PART_GRAPH, survey->read_s, failure,
                                     amr_pace_retry_s(wait, survey->read_s), err);
}

/* A failure as it is told: with when to come back, where Azure asks to wait. */
static struct amr_error told_of(const struct amr_error *failure, int64_t retry_s)
{
    struct amr_error told = *failure;
    char until[AMR_INSTANT_TEXT_SIZE];

    if (failure->code != AMR_ERROR_THROTTLED || retry_s == 0)
        return told;
    amr_instant_format(retry_s, until);
    (void)amr_error_add_context(&told, "not to be asked before %s", until);
    return told;
}

static bool take_failure(struct amr_survey *survey, const struct amr_job *job,
                         const struct amr_http_result *result, const struct amr_error *failure,
                         struct amr_error *err)
{
    bool is_throttled = failure->code == AMR_ERROR_THROTTLED;
    int64_t retry_s = failure->retry_s != 0 ? failure->retry_s
                                            : amr_pace_retry_s(result->retry_after, survey->read_s);
    struct amr_error told = told_of(failure, retry_s);
    char id[AMR_PART_ID_SIZE];
    const char *part = part_of(survey, job, id);

    if (job->ask == AMR_ASK_GRAPH)
        return take_graph_failure(survey, job, result, failure, err);
    add_error(survey, job, &told);
    if (job->ask == AMR_ASK_DATABASES && amr_arm_is_absent(failure) &&
        !amr_snapshot_note_absent(survey->reading, part, survey->read_s, err))
        return false;
    if (is_throttled && job->subscription != NULL) {
        amr_part_id(id, job->subscription, NULL);
        part = id;
    }
    if (is_throttled) {
        survey->is_throttled = true;
        survey->throttling = told;
    }
    return amr_snapshot_note_failure(survey->reading, part, survey->read_s, failure, retry_s, err);
}

static bool take_subscription(const char *id, void *context, struct amr_error *err)
{
    struct amr_snapshot *reading = context;
    char part[AMR_PART_ID_SIZE];

    amr_part_id(part, id, NULL);
    return amr_snapshot_note_read(reading, part, AMR_INSTANT_NONE, err);
}

static bool read_page(struct amr_survey *survey, const struct amr_job *job,
                      const struct amr_http_result *result, struct amr_buffer *next_link,
                      struct amr_error *err)
{
    struct amr_fleet *fleet = &survey->reading->fleet;
    const char *body = amr_buffer_text(&result->body);
    size_t length = result->body.length;

    switch (job->ask) {
    case AMR_ASK_SUBSCRIPTIONS:
        return amr_arm_read_subscriptions_page(body, length, take_subscription, survey->reading,
                                               next_link, err);
    case AMR_ASK_CLUSTERS:
        return amr_arm_read_clusters_page(body, length, survey->read_s, fleet, next_link, err);
    default:
        return amr_arm_read_databases_page(body, length, job->cluster, fleet, next_link, err);
    }
}

/* The same question about the page that follows, with all its tries before it. */
static struct amr_job page_after(const struct amr_job *job)
{
    struct amr_job next = *job;

    next.page++;
    next.is_retried = false;
    next.tries = 0;
    next.waits = 0;
    return next;
}

static bool ask_next_page(struct amr_survey *survey, const struct amr_job *job,
                          const struct amr_buffer *next_link, struct amr_error *err)
{
    struct amr_job next = page_after(job);
    struct amr_buffer url;

    if (!amr_arm_is_same_host(survey->settings->arm_endpoint, amr_buffer_text(next_link)))
        return amr_error_set(err, AMR_ERROR_RESPONSE,
                             "nextLink leads to another host: not followed");
    if (next.page > PAGES_MAX || strcmp(job->url, amr_buffer_text(next_link)) == 0)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "the pages of the list do not end");
    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_buffer_append_text(&url, amr_buffer_text(next_link));
    return amr_queue_add(&survey->queue, next, &url, err);
}

/* The last page of a list was taken. One with items that are not known is not whole. */
static bool end_list(struct amr_survey *survey, const struct amr_job *job, struct amr_error *err)
{
    char id[AMR_PART_ID_SIZE];

    if (job->ask == AMR_ASK_DATABASES) {
        struct amr_cluster *cluster = &survey->reading->fleet.clusters[job->cluster];

        cluster->has_databases = true;
        cluster->is_read = true;
        cluster->fetched_s = survey->read_s;
        return true;
    }
    return job->is_spoiled ||
           amr_snapshot_note_read(survey->reading, part_of(survey, job, id), survey->read_s, err);
}

static bool ask_next_rows(struct amr_survey *survey, const struct amr_job *job,
                          const struct amr_buffer *skip_token, struct amr_error *err)
{
    struct amr_job next = page_after(job);
    struct amr_buffer url;

    if (next.page > PAGES_MAX ||
        (job->skip_token != NULL && strcmp(job->skip_token, amr_buffer_text(skip_token)) == 0))
        return amr_error_set(err, AMR_ERROR_RESPONSE, "the pages of Resource Graph do not end");
    next.skip_token = amr_arena_copy(&survey->reading->fleet.arena, amr_buffer_text(skip_token),
                                     skip_token->length);
    if (next.skip_token == NULL)
        return amr_error_set_no_memory(err);
    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_buffer_append_text(&url, job->url);
    return amr_queue_add(&survey->queue, next, &url, err);
}

/* The last page was taken. A subscription without a cluster may be one that Resource Graph must not
 * show: its list tells. */
static bool end_graph(struct amr_survey *survey, const struct amr_job *job, int64_t total,
                      struct amr_error *err)
{
    char id[AMR_PART_ID_SIZE];

    if (total > (int64_t)job->rows)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "fewer rows than /totalRecords says");
    for (size_t i = job->first_list; i < job->first_list + job->list_count; i++) {
        amr_part_id(id, survey->subscriptions[i], NULL);
        if (survey->is_named[i] && !job->is_spoiled &&
            !amr_snapshot_note_named(survey->reading, id, survey->read_s, err))
            return false;
    }
    return ask_lists(survey, job, true, err) &&
           amr_snapshot_note_read(survey->reading, AMR_PART_GRAPH, survey->read_s, err);
}

static bool take_rows(struct amr_survey *survey, const struct amr_job *job,
                      const struct amr_http_result *result, struct amr_error *err)
{
    struct amr_fleet *fleet = &survey->reading->fleet;
    struct amr_graph_query query = query_of(survey, job);
    size_t errors = fleet->error_count;
    struct amr_job taken = *job;
    struct amr_graph_page page;
    struct amr_buffer skip_token;

    amr_buffer_init(&skip_token, AMR_GRAPH_TOKEN_BYTES_MAX);
    bool is_taken = amr_graph_read_page(amr_buffer_text(&result->body), result->body.length, &query,
                                        survey->read_s, fleet, survey->is_named + job->first_list,
                                        &skip_token, &page, err);
    if (is_taken) {
        taken.rows += page.rows;
        taken.is_spoiled |= fleet->error_count > errors;
        is_taken = skip_token.length > 0 ? ask_next_rows(survey, &taken, &skip_token, err)
                                         : end_graph(survey, &taken, page.total, err);
    }
    amr_buffer_free(&skip_token);
    return is_taken;
}

/* Takes a page that Azure answered with 200, and asks for what follows from it. */
static bool take_page(struct amr_survey *survey, const struct amr_job *job,
                      const struct amr_http_result *result, struct amr_error *err)
{
    size_t errors = survey->reading->fleet.error_count;
    struct amr_job taken = *job;
    struct amr_buffer next_link;

    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    bool is_taken = read_page(survey, job, result, &next_link, err);
    taken.is_spoiled |= survey->reading->fleet.error_count > errors;
    if (is_taken)
        is_taken = next_link.length > 0 ? ask_next_page(survey, &taken, &next_link, err)
                                        : end_list(survey, &taken, err);
    amr_buffer_free(&next_link);
    return is_taken;
}

/* The old token stays where there is no new one. */
static bool read_token(struct amr_survey *survey, struct amr_error *err)
{
    struct amr_token_request request = {
        .settings = survey->settings,
        .http = survey->http,
        .now_s = survey->read_s,
        .deadline_ms = survey->deadline_ms,
    };
    struct amr_buffer token;

    amr_buffer_init(&token, AMR_TOKEN_BYTES_MAX);
    survey->token_number++;
    if (!amr_credential_read_token(&request, &token, err)) {
        amr_buffer_wipe(&token);
        return false;
    }
    amr_buffer_wipe(&survey->token);
    survey->token = token;
    return true;
}

static bool ask_again(struct amr_survey *survey, const struct amr_job *job, struct amr_error *err)
{
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_buffer_append_text(&url, job->url);
    return amr_queue_add(&survey->queue, *job, &url, err);
}

/* Asks again after a while where the failure *err may be gone then; else it stays. */
static bool retry_later(struct amr_survey *survey, const struct amr_job *job, struct amr_error *err)
{
    struct amr_job again = *job;
    int64_t now_ms = amr_clock_mono_ms();

    again.tries++;
    int64_t wait_ms = amr_pace_backoff_ms(
        again.tries, job->ask == AMR_ASK_GRAPH ? GRAPH_TRIES : AMR_PACE_READ_TRIES,
        amr_random_draw(), now_ms, deadline_of(survey, job));
    if (wait_ms < 0 || !amr_pace_is_transient(err))
        return false;
    again.not_before_ms = now_ms + wait_ms;
    return ask_again(survey, &again, err);
}

/* Asks again when the time is over that the failure *err asks to wait; nothing else is asked for in
 * that subscription meanwhile. Resource Graph need not be waited for. */
static bool wait_out(struct amr_survey *survey, const struct amr_job *job,
                     const struct amr_http_result *result, struct amr_error *err)
{
    struct amr_job again = *job;
    int64_t now_ms = amr_clock_mono_ms();

    if (err->code != AMR_ERROR_THROTTLED || job->ask == AMR_ASK_GRAPH)
        return false;
    int64_t wait_ms =
        amr_pace_wait_out_ms(amr_pace_retry_s(result->retry_after, survey->read_s) - survey->read_s,
                             again.waits++, now_ms, survey->deadline_ms);
    if (wait_ms < 0)
        return false;
    amr_queue_hold(&survey->queue, job->bucket, now_ms + wait_ms);
    return ask_again(survey, &again, err);
}

/* Asks once more where the token was refused; the first of several that were sent with the same
 * token gets a new one for all. */
static bool retry_with_new_token(struct amr_survey *survey, const struct amr_job *job,
                                 struct amr_error *err)
{
    struct amr_job again = *job;

    if (job->token_number == survey->token_number && !read_token(survey, err))
        return false;
    again.is_retried = true;
    return ask_again(survey, &again, err);
}

/* A resource group lies in one subscription; that the others do not have it hides nothing. */
static bool is_group_of_another(const struct amr_survey *survey, const struct amr_job *job,
                                const struct amr_error *error)
{
    static const char words[] = "HTTP 404 ResourceGroupNotFound";

    return job->ask == AMR_ASK_CLUSTERS && survey->plan->freshness->subscription_count > 1 &&
           strncmp(error->message, words, strlen(words)) == 0;
}

static bool take_answer(struct amr_survey *survey, const struct amr_job *job,
                        const struct amr_http_result *result, struct amr_error *err)
{
    if (!result->is_answered) {
        *err = result->error;
        return retry_later(survey, job, err);
    }
    if (result->status == 200)
        return job->ask == AMR_ASK_GRAPH ? take_rows(survey, job, result, err)
                                         : take_page(survey, job, result, err);
    if (result->status == 401 && !job->is_retried)
        return retry_with_new_token(survey, job, err);
    (void)amr_arm_set_error(result->status, amr_buffer_text(&result->body), result->body.length,
                            result->correlation, err);
    return retry_later(survey, job, err) || wait_out(survey, job, result, err) ||
           (is_group_of_another(survey, job, err) && end_list(survey, job, err));
}

static bool start_job(struct amr_survey *survey, int64_t now_ms, struct amr_error *err)
{
    const struct amr_job *job = &survey->queue.jobs[survey->queue.next];
    struct amr_http_request request = {
        .url = job->url,
        .bearer = amr_buffer_text(&survey->token),
    };
    struct amr_buffer body;

    amr_buffer_init(&body, AMR_GRAPH_BODY_BYTES_MAX);
    if (job->ask == AMR_ASK_GRAPH) {
        struct amr_graph_query query = query_of(survey, job);

        amr_graph_append_body(&body, &query);
        request.body = amr_buffer_text(&body);
        request.headers[0] = "Content-Type: application/json";
    }
    bool is_started = amr_buffer_is_failed(&body)
                          ? amr_error_set_no_memory(err)
                          : amr_http_start(survey->http, &request, survey->queue.next,
                                           deadline_of(survey, job), err);
    amr_buffer_free(&body);
    if (!is_started)
        return false;
    amr_queue_take(&survey->queue, now_ms)->token_number = survey->token_number;
    survey->running++;
    return true;
}

/* *wake_ms becomes the instant at which there may be more to start. */
static bool start_jobs(struct amr_survey *survey, int64_t *wake_ms, struct amr_error *err)
{
    int64_t now_ms = amr_clock_mono_ms();

    *wake_ms = survey->deadline_ms;
    while (survey->running < survey->running_max &&
           amr_queue_pick(&survey->queue, now_ms, wake_ms)) {
        if (!start_job(survey, now_ms, err))
            return false;
    }
    return true;
}

static void note_skew(struct amr_survey *survey, const struct amr_http_result *result)
{
    int64_t passed_s = (amr_clock_mono_ms() - survey->start_ms) / 1000;

    survey->skew_s = amr_pace_skew_s(result->date, survey->read_s + passed_s);
}

/* Takes what one answer says, and asks for what follows from it. */
static bool take_result(struct amr_survey *survey, const struct amr_http_result *result,
                        struct amr_error *err)
{
    /* Copied: the list of jobs grows while the answer is taken. */
    struct amr_job job = survey->queue.jobs[result->tag];
    size_t before = survey->queue.count;
    struct amr_error failure;

    note_skew(survey, result);
    if (!take_answer(survey, &job, result, &failure) &&
        !take_failure(survey, &job, result, &failure, err))
        return false;
    if (survey->plan != NULL && !ask_new_databases(survey, err))
        return false;
    if (survey->is_throttled)
        give_up_waiting(survey);
    else if (survey->queue.count > before)
        amr_queue_sort(&survey->queue);
    return true;
}

/* Waiting ended without an answer: true where only a request's turn has come. */
static bool may_go_on(const struct amr_survey *survey, struct amr_error *err)
{
    size_t left = survey->queue.count - survey->queue.next;

    if (err->code != AMR_ERROR_TIMEOUT)
        return false;
    if (amr_http_is_cancelled(survey->http))
        return false;
    if (amr_clock_mono_ms() < survey->deadline_ms)
        return true;
    if (left > 0)
        (void)amr_error_set(err, AMR_ERROR_TIMEOUT, "no answer in time; requests not made yet: %zu",
                            left);
    return false;
}

static bool run_jobs(struct amr_survey *survey, struct amr_error *err)
{
    while (survey->running > 0 || survey->queue.next < survey->queue.count) {
        struct amr_http_result result;
        int64_t wake_ms;

        if (!start_jobs(survey, &wake_ms, err))
            return false;
        if (amr_http_wait(survey->http, wake_ms, &result, err)) {
            survey->running--;
            bool is_taken = take_result(survey, &result, err);
            amr_http_result_free(&result);
            if (!is_taken)
                return false;
        } else if (!may_go_on(survey, err)) {
            return false;
        }
    }
    return true;
}

static bool open_http(struct amr_survey *survey, struct amr_error *err)
{
    struct amr_http_options options = {
        .user_agent = PACKAGE_NAME "/" PACKAGE_VERSION,
        .proxy = survey->settings->proxy,
        .ca_file = survey->settings->ca_file,
        .ca_path = survey->settings->ca_path,
        .resident = survey->resident,
        .connections_max = (long)survey->running_max,
    };

    return amr_http_open(&options, &survey->http, err);
}

/* Opens connections and gets a token, once; a survey that could not is asked no second time. */
static bool start(struct amr_survey *survey, struct amr_error *err)
{
    if (!survey->is_failed && survey->http == NULL)
        survey->is_failed =
            !open_http(survey, &survey->failure) || !read_token(survey, &survey->failure);
    if (survey->is_failed)
        *err = survey->failure;
    return !survey->is_failed;
}

/* Runs what `ask` asks for first. What ends the whole survey is one more error of the fleet. */
static bool run(struct amr_survey *survey, struct amr_snapshot *reading,
                bool (*ask)(struct amr_survey *survey, struct amr_error *err),
                struct amr_error *err)
{
    struct amr_error failure;

    survey->reading = reading;
    survey->is_throttled = false;
    bool is_started = start(survey, &failure);
    if (is_started && ask(survey, &failure) && run_jobs(survey, &failure))
        return amr_snapshot_note_read(reading, AMR_PART_CREDENTIAL, survey->read_s, err);
    if (failure.code == AMR_ERROR_NO_MEMORY) {
        *err = failure;
        return false;
    }
    struct amr_error told = told_of(&failure, failure.retry_s);
    amr_fleet_add_error(&reading->fleet, AMR_CLUSTER_NONE, &told, "Azure");
    return is_started || amr_snapshot_note_failure(reading, AMR_PART_CREDENTIAL, survey->read_s,
                                                   &failure, failure.retry_s, err);
}

static bool ask_plan(struct amr_survey *survey, struct amr_error *err)
{
    const struct amr_plan *plan = survey->plan;

    if (plan->is_by_graph && !ask_graph_of_all(survey, err))
        return false;
    for (size_t i = 0; i < plan->list_count && !plan->is_by_graph; i++) {
        if (!ask_clusters(survey, &plan->lists[i], err))
            return false;
    }
    for (size_t i = 0; i < plan->cluster_count; i++) {
        if (!ask_known(survey, &plan->snapshot->fleet.clusters[plan->clusters[i]], err))
            return false;
    }
    survey->planned_clusters = survey->reading->fleet.cluster_count;
    return true;
}

bool amr_survey_open(const struct amr_settings *settings, int64_t read_s, int64_t deadline_ms,
                     struct amr_http_resident *resident, struct amr_survey **survey,
                     struct amr_error *err)
{
    struct amr_survey *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return amr_error_set_no_memory(err);
    made->settings = settings;
    made->read_s = read_s;
    made->start_ms = amr_clock_mono_ms();
    made->deadline_ms = deadline_ms;
    made->resident = resident;
    made->running_max = resident == NULL ? RUNNING_MAX : RESIDENT_RUNNING_MAX;
    amr_buffer_init(&made->token, AMR_TOKEN_BYTES_MAX);
    *survey = made;
    return true;
}

bool amr_survey_read_subscriptions(struct amr_survey *survey, struct amr_snapshot *reading,
                                   struct amr_error *err)
{
    survey->plan = NULL;
    return run(survey, reading, ask_subscriptions, err);
}

bool amr_survey_read(struct amr_survey *survey, const struct amr_plan *plan,
                     struct amr_snapshot *reading, struct amr_error *err)
{
    survey->plan = plan;
    return run(survey, reading, ask_plan, err);
}

int64_t amr_survey_skew_s(const struct amr_survey *survey)
{
    return survey == NULL ? 0 : survey->skew_s;
}

void amr_survey_close(struct amr_survey *survey)
{
    if (survey == NULL)
        return;
    amr_queue_free(&survey->queue);
    free(survey->subscriptions);
    free(survey->is_named);
    amr_buffer_wipe(&survey->token);
    amr_http_close(survey->http);
    free(survey);
}
