/* SPDX-License-Identifier: MIT */
/* The verb that follows what is under way, whoever began it. */
#include "command.h"
#include "follow.h"

static bool add_tasks(const struct amr_run *run, struct amr_follow *follow, struct amr_error *err)
{
    const struct amr_fleet *fleet = &run->source.fleet;

    for (size_t i = 0; i < run->verdict.count; i++) {
        const struct amr_verdict_row *row = &run->verdict.rows[i];

        if (!amr_database_is_busy(&fleet->databases[row->assessment.database]))
            continue;
        if (!amr_follow_add(follow, row->name, fleet, row->assessment.database, err))
            return false;
        follow->tasks[follow->count - 1].is_sent = true;
    }
    return true;
}

static bool tell_failures(const struct amr_follow *follow)
{
    bool is_done = true;

    for (size_t i = 0; i < follow->count; i++) {
        struct amr_error error = follow->tasks[i].error;

        if (!follow->tasks[i].is_failed)
            continue;
        is_done = amr_error_add_context(&error, "%s", follow->tasks[i].name);
        (void)amr_command_fail(&error, AMR_EXIT_FAILED);
    }
    return is_done;
}

/* What is so in the end, of all databases that were asked about. False where one of them failed. */
static bool print_end(const struct amr_operator *operator)
{
    struct amr_report report = amr_run_report(&operator->run, AMR_PROGRAM);
    struct amr_buffer output;
    bool is_done = true;

    amr_buffer_init(&output, AMR_COMMAND_OUTPUT_BYTES_MAX);
    for (size_t i = 0; i < report.verdict->count; i++) {
        const struct amr_verdict_row *row = &report.verdict->rows[i];

        amr_command_append_row(&output, &report, row);
        is_done &= !row->assessment.has_advisory[AMR_ADVISORY_FAILED];
    }
    is_done &= amr_command_print(&output);
    amr_buffer_free(&output);
    return is_done;
}

static bool follow_all(struct amr_operator *operator, struct amr_follow * follow)
{
    struct amr_error error;

    if (!amr_follow_open(follow, &operator->run.settings, operator->run.verdict.count, &error) ||
        !add_tasks(&operator->run, follow, &error)) {
        (void)amr_command_fail(&error, AMR_EXIT_FAILED);
        return false;
    }
    if (follow->count == 0) {
        amr_command_tell("nothing is under way");
        return print_end(operator);
    }
    if (!amr_follow_run(follow)) {
        amr_command_tell("no longer followed; what Azure has begun goes on");
        return false;
    }
    bool is_done = tell_failures(follow);
    if (amr_command_read(operator, & error))
        return print_end(operator) && is_done;
    (void)amr_command_fail(&error, AMR_EXIT_FAILED);
    return false;
}

enum amr_exit amr_command_wait(struct amr_operator *operator)
{
    struct amr_follow follow = {.settings = NULL};
    enum amr_exit code;

    if (!amr_command_read_fresh(operator, & code))
        return code;
    bool is_done = follow_all(operator, & follow);
    amr_follow_close(&follow);
    return is_done ? AMR_EXIT_DONE : AMR_EXIT_FAILED;
}
