/* SPDX-License-Identifier: MIT */
/* Sends changes to Azure and follows what becomes of them. */
#ifndef AMR_FOLLOW_H
#define AMR_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "attributes.h"
#include "client.h"
#include "error.h"
#include "fleet.h"
#include "http.h"
#include "operation.h"
#include "settings.h"
#include "version.h"

/* By what a task is followed; each is the next one's stand-in where it fails. */
enum amr_trail { AMR_TRAIL_OPERATION, AMR_TRAIL_LOCATION, AMR_TRAIL_DATABASE };

/* A database that is worked on. The texts are the follow's; fleets come and go meanwhile. `line` is
 * the one before. */
struct amr_task {
    const char *name;
    const char *id;
    struct amr_cluster cluster;   /* its names */
    struct amr_database database; /* its name */
    struct amr_line line;
    bool is_sent;
    bool is_unsure; /* sent, and no answer came */
    bool is_over;
    bool is_failed; /* for the reason `error` */
    struct amr_error error;
    enum amr_trail trail;
    const char *operation_url;
    const char *location_url;
    int asked;
    int64_t next_ms; /* monotonic, as all of these */
    int64_t begun_ms;
    int64_t told_ms;
    char word[AMR_OPERATION_WORD_SIZE]; /* told last */
};

struct amr_follow {
    const struct amr_settings *settings;
    struct amr_arena arena;
    struct amr_client *client;
    struct amr_http_resident resident;
    struct amr_task *tasks;
    size_t count;
};

/* Makes room for tasks. An interrupt (Ctrl-C) or SIGTERM ends from now on what is under way here,
 * and nothing at Azure. Errors: AMR_ERROR_NO_MEMORY and those of amr_client_open. */
bool amr_follow_open(struct amr_follow *follow, const struct amr_settings *settings,
                     size_t capacity, struct amr_error *err) AMR_MUST_CHECK;

/* Adds a task about a database of the fleet, to be followed by its state. Error:
 * AMR_ERROR_NO_MEMORY. */
bool amr_follow_add(struct amr_follow *follow, const char *name, const struct amr_fleet *fleet,
                    size_t database, struct amr_error *err) AMR_MUST_CHECK;

/* Sends the change of a task, once. False where it failed, which the task tells; where no answer
 * came it is unsure instead. */
bool amr_follow_send(struct amr_follow *follow, struct amr_task *task, enum amr_change change);

/* Asks about all tasks that were sent until they are over, and tells of it on standard error. False
 * where --wait-limit or an interrupt ended it before. */
bool amr_follow_run(struct amr_follow *follow);

/* Releases all; takes a zeroed one. Interrupts end the process again. */
void amr_follow_close(struct amr_follow *follow);

#endif
