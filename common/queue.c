/* SPDX-License-Identifier: MIT */
#include "queue.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "text.h"

enum { FIRST_CAPACITY = 16 };

static struct amr_job *grow(struct amr_queue *queue)
{
    size_t wanted = queue->capacity == 0 ? FIRST_CAPACITY : queue->capacity * 2;

    if (queue->count < queue->capacity)
        return queue->jobs;
    struct amr_job *grown = realloc(queue->jobs, wanted * sizeof(*grown));
    if (grown != NULL) {
        queue->jobs = grown;
        queue->capacity = wanted;
    }
    return grown;
}

static bool find_bucket(struct amr_queue *queue, const char *subscription, size_t *place)
{
    char id[AMR_PART_ID_SIZE] = "";
    size_t count = queue->allowance_count;

    if (subscription != NULL)
        amr_part_id(id, subscription, NULL);
    for (*place = 0; *place < count; (*place)++) {
        if (amr_text_is_equal_nocase(queue->allowances[*place].subscription, id))
            return true;
    }
    struct amr_allowance *grown = realloc(queue->allowances, (count + 1) * sizeof(*grown));
    if (grown == NULL)
        return false;
    memcpy(grown[count].subscription, id, sizeof(id));
    amr_pace_bucket_init(&grown[count].reads, amr_clock_mono_ms());
    grown[count].not_before_ms = 0;
    queue->allowances = grown;
    queue->allowance_count++;
    return true;
}

bool amr_queue_add(struct amr_queue *queue, struct amr_job job, struct amr_buffer *url,
                   struct amr_error *err)
{
    job.url = amr_buffer_is_failed(url) ? NULL : strdup(amr_buffer_text(url));
    amr_buffer_free(url);
    if (job.url == NULL || grow(queue) == NULL ||
        !find_bucket(queue, job.subscription, &job.bucket)) {
        free(job.url);
        return amr_error_set_no_memory(err);
    }
    job.number = queue->count;
    queue->jobs[queue->count++] = job;
    return true;
}

static int compare_jobs(const void *left_job, const void *right_job)
{
    const struct amr_job *left = left_job;
    const struct amr_job *right = right_job;

    if (left->fetched_s != right->fetched_s)
        return left->fetched_s < right->fetched_s ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

void amr_queue_sort(struct amr_queue *queue)
{
    if (queue->next < queue->count)
        qsort(queue->jobs + queue->next, queue->count - queue->next, sizeof(*queue->jobs),
              compare_jobs);
}

/* The first instant, now_ms or later, at which the job may be asked for. */
static int64_t ready_ms_of(const struct amr_queue *queue, const struct amr_job *job, int64_t now_ms)
{
    const struct amr_allowance *allowance = &queue->allowances[job->bucket];
    int64_t ready_ms = amr_pace_bucket_ready_ms(&allowance->reads, now_ms);

    if (ready_ms < allowance->not_before_ms)
        ready_ms = allowance->not_before_ms;
    return ready_ms < job->not_before_ms ? job->not_before_ms : ready_ms;
}

void amr_queue_hold(struct amr_queue *queue, size_t bucket, int64_t until_ms)
{
    if (queue->allowances[bucket].not_before_ms < until_ms)
        queue->allowances[bucket].not_before_ms = until_ms;
}

bool amr_queue_pick(struct amr_queue *queue, int64_t now_ms, int64_t *wake_ms)
{
    for (size_t i = queue->next; i < queue->count; i++) {
        struct amr_job job = queue->jobs[i];
        int64_t ready_ms = ready_ms_of(queue, &job, now_ms);

        if (ready_ms <= now_ms) {
            struct amr_job *front = queue->jobs + queue->next;

            memmove(front + 1, front, (i - queue->next) * sizeof(*front));
            *front = job;
            return true;
        }
        if (ready_ms < *wake_ms)
            *wake_ms = ready_ms;
    }
    return false;
}

struct amr_job *amr_queue_take(struct amr_queue *queue, int64_t now_ms)
{
    struct amr_job *job = &queue->jobs[queue->next++];

    amr_pace_bucket_take(&queue->allowances[job->bucket].reads, now_ms);
    return job;
}

void amr_queue_free(struct amr_queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        free(queue->jobs[i].url);
    free(queue->jobs);
    free(queue->allowances);
    *queue = (struct amr_queue){0};
}
