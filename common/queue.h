/* SPDX-License-Identifier: MIT */
/* What a survey has still to ask Azure for: in which order, and when it may. */
#ifndef AMR_QUEUE_H
#define AMR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "pace.h"
#include "snapshot.h"

/* What a request asks for. */
enum amr_ask { AMR_ASK_SUBSCRIPTIONS, AMR_ASK_CLUSTERS, AMR_ASK_GRAPH, AMR_ASK_DATABASES };

/* A request to make, or made: its place in the queue is its tag. Texts but `url` are borrowed. */
struct amr_job {
    enum amr_ask ask;
    char *url;                  /* the queue's */
    const char *subscription;   /* of clusters, and of databases */
    const char *resource_group; /* of clusters, NULL: the whole subscription */
    size_t cluster;             /* of databases: the place in the reading's fleet */
    size_t first_list;          /* of Resource Graph: the plan's lists that it stands for */
    size_t list_count;
    const char *skip_token; /* of Resource Graph: where the page begins, NULL: the first */
    size_t rows;            /* of Resource Graph: on the pages before */
    int64_t fetched_s;      /* when it was read last; AMR_INSTANT_NONE: never, or a list */
    size_t number;          /* in the order of asking */
    size_t bucket;          /* the place of its subscription's */
    int page;               /* from 1 */
    int tries;              /* that Azure or the network failed */
    int waits;              /* that Azure asked for and that were waited out */
    int64_t not_before_ms;  /* monotonic */
    int64_t deadline_ms;    /* monotonic */
    int token_number;       /* the token that it was sent with */
    bool is_retried;
    bool is_spoiled; /* an earlier page had items that are not known */
};

/* The reads that are left of one subscription. */
struct amr_allowance {
    char subscription[AMR_PART_ID_SIZE]; /* "": what concerns no single one */
    struct amr_pace_bucket reads;
    int64_t not_before_ms; /* monotonic: Azure asks not to come back before */
};

/* Zeroed is empty. Those before `next` were asked for. */
struct amr_queue {
    struct amr_job *jobs;
    size_t count;
    size_t capacity;
    size_t next;
    struct amr_allowance *allowances;
    size_t allowance_count;
};

/* Adds a job for the address in *url, which is freed. Error: AMR_ERROR_NO_MEMORY. */
bool amr_queue_add(struct amr_queue *queue, struct amr_job job, struct amr_buffer *url,
                   struct amr_error *err) AMR_MUST_CHECK;

/* Orders what waits: what was never read before what is stalest. */
void amr_queue_sort(struct amr_queue *queue);

/* Moves the first job that may be asked for at the monotonic instant now_ms to the front of those
 * that wait. Where there is none, *wake_ms becomes the instant of the next at the latest. */
bool amr_queue_pick(struct amr_queue *queue, int64_t now_ms, int64_t *wake_ms) AMR_MUST_CHECK;

/* Lets nothing of the bucket's subscription be asked for before the monotonic instant until_ms. */
void amr_queue_hold(struct amr_queue *queue, size_t bucket, int64_t until_ms);

/* Notes that the job at the front is asked for at now_ms. Returns it; the queue owns it. */
struct amr_job *amr_queue_take(struct amr_queue *queue, int64_t now_ms);

/* Releases what the queue owns; takes a zeroed one. */
void amr_queue_free(struct amr_queue *queue);

#endif
