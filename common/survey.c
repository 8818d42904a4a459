/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "survey.h"

#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "buffer.h"
#include "credential.h"
#include "http.h"

enum { RUNNING_MAX = 8, PAGES_MAX = 1000 };

/* What a request asks for. */
enum ask { ASK_SUBSCRIPTIONS, ASK_CLUSTERS, ASK_DATABASES };

/* A request to make, or made: its place in the list is its tag. */
struct job {
    enum ask ask;
    char *url;
    const char *subscription; /* of clusters; owned by the fleet's arena */
    size_t cluster;           /* of databases */
    int page;                 /* from 1 */
    int token_number;         /* the token that it was sent with */
    bool is_retried;
};

struct survey {
    const struct amr_settings *settings;
    int64_t now_s;
    int64_t deadline_ms;
    struct amr_fleet *fleet;
    struct amr_http_options options;
    struct amr_http *http;
    struct amr_buffer token;
    int token_number;
    struct job *jobs;
    size_t job_count;
    size_t job_capacity;
    size_t next_job;
    size_t running;
    size_t asked_subscriptions;
    size_t planned_clusters; /* those below it have their databases asked for */
};

static struct amr_arm_place place_of(const struct survey *survey, const char *subscription,
                                     const char *resource_group)
{
    return (struct amr_arm_place){
        .endpoint = survey->settings->arm_endpoint,
        .api_version = survey->settings->api_version,
        .subscription = subscription,
        .resource_group = resource_group,
    };
}

static struct job *grow_jobs(struct survey *survey)
{
    size_t wanted = survey->job_capacity == 0 ? 16 : survey->job_capacity * 2;

    if (survey->job_count < survey->job_capacity)
        return survey->jobs;
    struct job *grown = realloc(survey->jobs, wanted * sizeof(*grown));
    if (grown != NULL)
        survey->job_capacity = wanted;
    return grown;
}

/* Adds a job for the address in *url, which is freed. */
static bool add_job(struct survey *survey, struct job job, struct amr_buffer *url,
                    struct amr_error *err)
{
    struct job *grown = grow_jobs(survey);

    if (grown != NULL)
        survey->jobs = grown;
    job.url = amr_buffer_is_failed(url) ? NULL : strdup(amr_buffer_text(url));
    amr_buffer_free(url);
    if (grown == NULL || job.url == NULL) {
        free(job.url);
        return amr_error_set_no_memory(err);
    }
    survey->jobs[survey->job_count++] = job;
    return true;
}

static bool ask_subscriptions(struct survey *survey, struct amr_error *err)
{
    struct amr_arm_place place = place_of(survey, NULL, NULL);
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_arm_append_subscriptions_url(&url, &place);
    return add_job(survey, (struct job){.ask = ASK_SUBSCRIPTIONS, .page = 1}, &url, err);
}

static bool ask_clusters_of(struct survey *survey, const char *subscription,
                            const char *resource_group, struct amr_error *err)
{
    struct amr_arm_place place = place_of(survey, subscription, resource_group);
    struct job job = {.ask = ASK_CLUSTERS, .subscription = subscription, .page = 1};
    struct amr_buffer url;

    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_arm_append_clusters_url(&url, &place);
    return add_job(survey, job, &url, err);
}

/* One list a resource group that is wanted, else one for the subscription. */
static bool ask_clusters(const char *subscription, void *context, struct amr_error *err)
{
    struct survey *survey = context;
    const struct amr_list *groups = &survey->settings->selection.resource_groups;
    const char *kept = amr_arena_copy(&survey->fleet->arena, subscription, strlen(subscription));

    if (kept == NULL)
        return amr_error_set_no_memory(err);
    survey->asked_subscriptions++;
    if (groups->count == 0)
        return ask_clusters_of(survey, kept, NULL, err);
    for (size_t i = 0; i < groups->count; i++) {
        if (!ask_clusters_of(survey, kept, groups->values[i], err))
            return false;
    }
    return true;
}

/* Asks for the databases of the clusters that have come since and that the selection can need. */
static bool ask_databases(struct survey *survey, struct amr_error *err)
{
    struct amr_arm_place place = place_of(survey, NULL, NULL);

    for (; survey->planned_clusters < survey->fleet->cluster_count; survey->planned_clusters++) {
        size_t cluster = survey->planned_clusters;
        struct job job = {.ask = ASK_DATABASES, .cluster = cluster, .page = 1};
        struct amr_buffer url;

        if (!amr_selection_is_cluster(&survey->settings->selection,
                                      &survey->fleet->clusters[cluster]))
            continue;
        amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
        amr_arm_append_databases_url(&url, &place, &survey->fleet->clusters[cluster]);
        if (!add_job(survey, job, &url, err))
            return false;
    }
    return true;
}

static void add_error(struct survey *survey, const struct job *job, const struct amr_error *error)
{
    if (job->ask == ASK_DATABASES)
        amr_fleet_add_error(survey->fleet, job->cluster, error, "cluster '%s'",
                            survey->fleet->clusters[job->cluster].name);
    else if (job->ask == ASK_CLUSTERS)
        amr_fleet_add_error(survey->fleet, AMR_CLUSTER_NONE, error, "subscription '%s'",
                            job->subscription);
    else
        amr_fleet_add_error(survey->fleet, AMR_CLUSTER_NONE, error, "list of subscriptions");
}

static bool read_page(struct survey *survey, const struct job *job,
                      const struct amr_http_result *result, struct amr_buffer *next_link,
                      struct amr_error *err)
{
    const char *body = amr_buffer_text(&result->body);
    size_t length = result->body.length;

    switch (job->ask) {
    case ASK_SUBSCRIPTIONS:
        return amr_arm_read_subscriptions_page(body, length, ask_clusters, survey, next_link, err);
    case ASK_CLUSTERS:
        return amr_arm_read_clusters_page(body, length, survey->now_s, survey->fleet, next_link,
                                          err);
    default:
        return amr_arm_read_databases_page(body, length, job->cluster, survey->fleet, next_link,
                                           err);
    }
}

static bool ask_next_page(struct survey *survey, const struct job *job,
                          const struct amr_buffer *next_link, struct amr_error *err)
{
    struct job next = {.ask = job->ask,
                       .subscription = job->subscription,
                       .cluster = job->cluster,
                       .page = job->page + 1};
    struct amr_buffer url;

    if (!amr_arm_is_same_host(survey->settings->arm_endpoint, amr_buffer_text(next_link)))
        return amr_error_set(err, AMR_ERROR_RESPONSE,
                             "nextLink leads to another host: not followed");
    if (next.page > PAGES_MAX || strcmp(job->url, amr_buffer_text(next_link)) == 0)
        return amr_error_set(err, AMR_ERROR_RESPONSE, "the pages of the list do not end");
    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_buffer_append_text(&url, amr_buffer_text(next_link));
    return add_job(survey, next, &url, err);
}

/* Takes a page that Azure answered with 200, and asks for what follows from it. */
static bool take_page(struct survey *survey, const struct job *job,
                      const struct amr_http_result *result, struct amr_error *err)
{
    struct amr_buffer next_link;

    amr_buffer_init(&next_link, AMR_ARM_URL_BYTES_MAX);
    bool is_taken = read_page(survey, job, result, &next_link, err);
    if (is_taken && next_link.length > 0)
        is_taken = ask_next_page(survey, job, &next_link, err);
    else if (is_taken && job->ask == ASK_DATABASES)
        survey->fleet->clusters[job->cluster].has_databases = true;
    amr_buffer_free(&next_link);
    return is_taken;
}

/* The old token stays where there is no new one. */
static bool read_token(struct survey *survey, struct amr_error *err)
{
    struct amr_token_request request = {
        .settings = survey->settings,
        .options = &survey->options,
        .now_s = survey->now_s,
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

/* Asks once more where the token was refused; the first of several that were sent with the same
 * token gets a new one for all. */
static bool retry_with_new_token(struct survey *survey, const struct job *job,
                                 struct amr_error *err)
{
    struct job again = *job;
    struct amr_buffer url;

    if (job->token_number == survey->token_number && !read_token(survey, err))
        return false;
    again.is_retried = true;
    amr_buffer_init(&url, AMR_ARM_URL_BYTES_MAX);
    amr_buffer_append_text(&url, job->url);
    return add_job(survey, again, &url, err);
}

/* A resource group lies in one subscription; that the others do not have it hides nothing. */
static bool is_group_of_another(const struct survey *survey, const struct job *job,
                                const struct amr_error *error)
{
    static const char words[] = "HTTP 404 ResourceGroupNotFound";

    return job->ask == ASK_CLUSTERS && survey->asked_subscriptions > 1 &&
           strncmp(error->message, words, strlen(words)) == 0;
}

static bool take_answer(struct survey *survey, const struct job *job,
                        const struct amr_http_result *result, struct amr_error *err)
{
    if (!result->is_answered) {
        *err = result->error;
        return false;
    }
    if (result->status == 200)
        return take_page(survey, job, result, err);
    if (result->status == 401 && !job->is_retried)
        return retry_with_new_token(survey, job, err);
    (void)amr_arm_set_error(result->status, amr_buffer_text(&result->body), result->body.length,
                            result->correlation, err);
    return is_group_of_another(survey, job, err);
}

static bool start_jobs(struct survey *survey, struct amr_error *err)
{
    while (survey->running < RUNNING_MAX && survey->next_job < survey->job_count) {
        struct job *job = &survey->jobs[survey->next_job];
        struct amr_http_request request = {
            .url = job->url,
            .bearer = amr_buffer_text(&survey->token),
        };

        if (!amr_http_start(survey->http, &request, survey->next_job, survey->deadline_ms, err))
            return false;
        job->token_number = survey->token_number;
        survey->next_job++;
        survey->running++;
    }
    return true;
}

static bool take_one(struct survey *survey, struct amr_error *err)
{
    struct amr_http_result result;
    struct amr_error failure;

    if (!amr_http_wait(survey->http, survey->deadline_ms, &result, err))
        return false;
    survey->running--;
    /* Copied: the list of jobs grows while the answer is taken. */
    struct job job = survey->jobs[result.tag];
    if (!take_answer(survey, &job, &result, &failure))
        add_error(survey, &job, &failure);
    amr_http_result_free(&result);
    return ask_databases(survey, err);
}

static bool run_jobs(struct survey *survey, struct amr_error *err)
{
    while (survey->running > 0 || survey->next_job < survey->job_count) {
        if (!start_jobs(survey, err) || !take_one(survey, err))
            return false;
    }
    return true;
}

static bool ask_first(struct survey *survey, struct amr_error *err)
{
    const struct amr_list *wanted = &survey->settings->selection.subscriptions;

    for (size_t i = 0; i < wanted->count; i++) {
        if (strcmp(wanted->values[i], "all") == 0)
            return ask_subscriptions(survey, err);
    }
    for (size_t i = 0; i < wanted->count; i++) {
        if (!ask_clusters(wanted->values[i], survey, err))
            return false;
    }
    return true;
}

static bool read_all(struct survey *survey, struct amr_error *err)
{
    return read_token(survey, err) && amr_http_open(&survey->options, &survey->http, err) &&
           ask_first(survey, err) && run_jobs(survey, err);
}

static void free_survey(struct survey *survey)
{
    for (size_t i = 0; i < survey->job_count; i++)
        free(survey->jobs[i].url);
    free(survey->jobs);
    amr_buffer_wipe(&survey->token);
    /* With a request still under way the process is out of time and about to end. */
    if (survey->http != NULL && !amr_http_is_busy(survey->http))
        amr_http_close(survey->http);
}

bool amr_survey_read(const struct amr_settings *settings, int64_t now_s, int64_t deadline_ms,
                     struct amr_fleet *fleet, struct amr_error *err)
{
    struct survey survey = {
        .settings = settings,
        .now_s = now_s,
        .deadline_ms = deadline_ms,
        .fleet = fleet,
        .options = {.user_agent = PACKAGE_NAME "/" PACKAGE_VERSION,
                    .proxy = settings->proxy,
                    .ca_file = settings->ca_file,
                    .ca_path = settings->ca_path},
    };
    struct amr_error failure;

    amr_buffer_init(&survey.token, AMR_TOKEN_BYTES_MAX);
    bool is_read = read_all(&survey, &failure);
    free_survey(&survey);
    if (!is_read && failure.code == AMR_ERROR_NO_MEMORY) {
        *err = failure;
        return false;
    }
    if (!is_read)
        amr_fleet_add_error(fleet, AMR_CLUSTER_NONE, &failure, "Azure");
    return true;
}
