/* SPDX-License-Identifier: MIT */
/* The verbs that write: defer, undefer, start. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "confirm.h"
#include "decide.h"
#include "follow.h"
#include "help.h"
#include "text.h"

enum { WORDS_BYTES_MAX = 8 * 1024 };

/* A change of several databases, and what was decided on it. */
struct change {
    struct amr_operator *operator;
    enum amr_change kind;
    struct amr_decision *decisions; /* of each row */
    struct amr_buffer plan;         /* a line for each row */
    size_t send_count;
    size_t refuse_count;
    bool is_grave;
};

static enum amr_change kind_of(enum amr_verb verb)
{
    if (verb == AMR_VERB_START)
        return AMR_CHANGE_START;
    return verb == AMR_VERB_DEFER ? AMR_CHANGE_DEFER : AMR_CHANGE_UNDEFER;
}

static const struct amr_command *command_of(const struct change *change)
{
    return &change->operator->run.settings.command;
}

static void decide(struct change *change, const struct amr_report *report, size_t place)
{
    static const char *const heads[] = {[AMR_STEP_SEND] = "",
                                        [AMR_STEP_NOTHING] = "nothing to do: ",
                                        [AMR_STEP_REFUSE] = "refused: "};
    const struct amr_verdict_row *row = &report->verdict->rows[place];
    struct amr_buffer words;

    amr_buffer_init(&words, WORDS_BYTES_MAX);
    struct amr_decision decision =
        amr_decide(change->kind, command_of(change), report, row, &words);
    change->decisions[place] = decision;
    change->send_count += decision.step == AMR_STEP_SEND;
    change->refuse_count += decision.step == AMR_STEP_REFUSE;
    change->is_grave |= decision.is_grave;
    amr_buffer_append_format(&change->plan, "%s: %s%s\n", row->name, heads[decision.step],
                             amr_buffer_text(&words));
    amr_buffer_free_part(&words, &change->plan);
}

static bool decide_all(struct change *change, struct amr_error *err)
{
    struct amr_report report = amr_run_report(&change->operator->run, AMR_PROGRAM);
    size_t count = report.verdict->count;

    amr_buffer_init(&change->plan, AMR_COMMAND_OUTPUT_BYTES_MAX);
    change->decisions = calloc(count + 1, sizeof(*change->decisions));
    if (change->decisions == NULL)
        return amr_error_set_no_memory(err);
    for (size_t i = 0; i < count; i++)
        decide(change, &report, i);
    return true;
}

static const struct amr_database *database_of(const struct amr_run *run, size_t row)
{
    return &run->source.fleet.databases[run->verdict.rows[row].assessment.database];
}

static const struct amr_cluster *cluster_of(const struct amr_run *run, size_t row)
{
    return &run->source.fleet.clusters[database_of(run, row)->cluster];
}

/* The requests as they would be sent, without the token. */
static void append_request(const struct change *change, size_t row, struct amr_buffer *output)
{
    const struct amr_run *run = &change->operator->run;
    const char *body = amr_change_body(change->kind);
    struct amr_arm_place place = {.endpoint = run->settings.arm_endpoint,
                                  .api_version = run->settings.api_version};

    amr_buffer_append_format(output, "%s ", amr_change_method(change->kind));
    amr_change_append_url(output, &place, cluster_of(run, row), database_of(run, row),
                          change->kind);
    if (body != NULL)
        amr_buffer_append_format(output, "\nContent-Type: application/json\n\n%s", body);
    amr_buffer_append_text(output, "\n");
}

static enum amr_exit print_requests(const struct change *change)
{
    struct amr_buffer output;

    amr_buffer_init(&output, AMR_COMMAND_OUTPUT_BYTES_MAX);
    amr_buffer_append_buffer(&output, &change->plan);
    for (size_t i = 0; i < change->operator->run.verdict.count; i++) {
        if (change->decisions[i].step != AMR_STEP_SEND)
            continue;
        amr_buffer_append_text(&output, "\n");
        append_request(change, i, &output);
    }
    bool is_printed = amr_command_print(&output);
    amr_buffer_free(&output);
    return is_printed ? AMR_EXIT_DONE : AMR_EXIT_FAILED;
}

static const char *cluster_to_send(const struct change *change)
{
    size_t row = 0;

    while (change->decisions[row].step != AMR_STEP_SEND)
        row++;
    return cluster_of(&change->operator->run, row)->name;
}

/* Whether the person agrees; told where not. */
static bool is_agreed(const struct change *change)
{
    if (command_of(change)->is_agreed || (change->send_count == 1 && !change->is_grave))
        return true;
    if (change->send_count > 1)
        amr_command_tell("refused: several databases would be changed; --yes does it");
    else if (!amr_confirm_is_possible())
        amr_command_tell("refused: --yes is needed, or a terminal to type the cluster's name at");
    else if (amr_confirm_name(cluster_to_send(change)))
        return true;
    else
        amr_command_tell("refused: that is not the cluster's name");
    return false;
}

static bool add_tasks(const struct change *change, struct amr_follow *follow, struct amr_error *err)
{
    const struct amr_run *run = &change->operator->run;

    for (size_t i = 0; i < run->verdict.count; i++) {
        const struct amr_verdict_row *row = &run->verdict.rows[i];

        if (change->decisions[i].step == AMR_STEP_SEND &&
            !amr_follow_add(follow, row->name, &run->source.fleet, row->assessment.database, err))
            return false;
    }
    return true;
}

/* The first that fails ends it: what one right lacks the others would lack too. */
static void send_all(const struct change *change, struct amr_follow *follow)
{
    for (size_t i = 0; i < follow->count; i++) {
        if (!amr_follow_send(follow, &follow->tasks[i], change->kind) ||
            amr_cancel_is_raised(&follow->resident.cancel))
            return;
    }
}

static void append_error(struct amr_buffer *words, const struct amr_task *task)
{
    amr_text_append_clean(words, task->error.message, AMR_ERROR_MESSAGE_SIZE);
}

/* What Azure says now, against what was wanted. */
static bool is_reached(enum amr_change kind, const struct amr_task *task,
                       const struct amr_database *database)
{
    if (kind == AMR_CHANGE_START)
        return amr_line_compare(database->line, task->line) > 0;
    if (kind == AMR_CHANGE_DEFER)
        return database->deferral == AMR_DEFERRED;
    return database->deferral == AMR_NOT_DEFERRED || database->deferral == AMR_DEFERRAL_ABSENT;
}

static void append_unreached(const struct change *change, const struct amr_task *task,
                             const struct amr_database *database, struct amr_buffer *words)
{
    char line[AMR_LINE_TEXT_SIZE];

    if (task->is_unsure) {
        amr_buffer_append_text(words, "whether Azure has taken the request is not known (");
        append_error(words, task);
        amr_buffer_append_text(words, "), and ");
    }
    amr_line_format(database->line, line);
    if (change->kind == AMR_CHANGE_START)
        amr_buffer_append_format(words, "it still runs %s", line);
    else {
        amr_buffer_append_text(words, "deferUpgrade is ");
        amr_text_append_clean(
            words, database->deferral_text == NULL ? "absent" : database->deferral_text, 40);
    }
    if (amr_database_is_busy(database))
        amr_buffer_append_text(words, ", but Azure is at work on it");
}

/* An accepted start that nobody waits for is done as far as it can be. */
static bool judge_task(const struct change *change, const struct amr_task *task,
                       struct amr_buffer *words)
{
    const struct amr_run *run = &change->operator->run;
    const struct amr_verdict_row *row = amr_command_find_row(run, task->id);
    bool is_accepted = change->kind == AMR_CHANGE_START && !command_of(change)->is_waiting &&
                       task->is_sent && !task->is_unsure;

    if (!task->is_sent && !task->is_failed)
        amr_buffer_append_text(words, "not sent, because an earlier one failed");
    else if (task->is_failed)
        append_error(words, task);
    else if (row == NULL)
        amr_buffer_append_text(words, "it could not be read back");
    else if (!is_accepted && !is_reached(change->kind, task,
                                         &run->source.fleet.databases[row->assessment.database]))
        append_unreached(change, task, &run->source.fleet.databases[row->assessment.database],
                         words);
    else
        return true;
    return false;
}

static void tell_wait(const struct amr_task *task)
{
    struct amr_buffer words;

    amr_buffer_init(&words, WORDS_BYTES_MAX);
    amr_buffer_append_format(&words, "%s: to follow it: ", task->name);
    amr_command_append_wait(&words, &task->cluster, task->database.name);
    amr_command_tell(amr_buffer_text(&words));
    amr_buffer_free(&words);
}

/* Which line came is Azure's choice, so it is said. */
static void append_done(const struct change *change, const struct amr_report *report,
                        const struct amr_task *task, const struct amr_verdict_row *row,
                        struct amr_buffer *output)
{
    char from[AMR_LINE_TEXT_SIZE];
    char to[AMR_LINE_TEXT_SIZE];

    if (row == NULL)
        return;
    if (change->kind == AMR_CHANGE_START && command_of(change)->is_waiting) {
        amr_line_format(task->line, from);
        amr_line_format(amr_report_database(report, row)->line, to);
        amr_buffer_append_format(output, "%s: upgraded %s -> %s\n", task->name, from, to);
    }
    amr_command_append_row(output, report, row);
}

/* Tells what came of each task. */
static bool report_tasks(const struct change *change, const struct amr_follow *follow)
{
    struct amr_report report = amr_run_report(&change->operator->run, AMR_PROGRAM);
    struct amr_buffer output;
    bool is_done = true;

    amr_buffer_init(&output, AMR_COMMAND_OUTPUT_BYTES_MAX);
    for (size_t i = 0; i < follow->count; i++) {
        const struct amr_task *task = &follow->tasks[i];
        const struct amr_verdict_row *row = amr_command_find_row(&change->operator->run, task->id);
        struct amr_buffer words;

        amr_buffer_init(&words, WORDS_BYTES_MAX);
        amr_buffer_append_format(&words, "%s: ", task->name);
        if (judge_task(change, task, &words)) {
            append_done(change, &report, task, row, &output);
            if (change->kind == AMR_CHANGE_START && !command_of(change)->is_waiting)
                tell_wait(task);
        } else {
            is_done = false;
            amr_command_tell(amr_buffer_text(&words));
        }
        amr_buffer_free(&words);
    }
    is_done &= amr_command_print(&output);
    amr_buffer_free(&output);
    return is_done;
}

/* Azure goes on, whatever ends here. */
static void tell_left(const struct amr_follow *follow)
{
    amr_command_tell("no longer followed; what Azure has begun goes on");
    for (size_t i = 0; i < follow->count; i++) {
        if (follow->tasks[i].is_sent && !follow->tasks[i].is_over)
            tell_wait(&follow->tasks[i]);
    }
}

/* What was kept must not go on telling the old flag: whatever was sent is read back. */
static bool read_back(struct change *change, struct amr_follow *follow)
{
    struct amr_error error;

    if (amr_command_read(change->operator, & error))
        return report_tasks(change, follow);
    (void)amr_command_fail(&error, AMR_EXIT_FAILED);
    return false;
}

static bool carry_out(struct change *change, struct amr_follow *follow, struct amr_error *err)
{
    bool is_followed = change->kind != AMR_CHANGE_START || command_of(change)->is_waiting;

    if (!amr_follow_open(follow, &change->operator->run.settings, change->send_count, err) ||
        !add_tasks(change, follow, err))
        return amr_command_fail(err, AMR_EXIT_FAILED) == AMR_EXIT_DONE;
    send_all(change, follow);
    if (amr_cancel_is_raised(&follow->resident.cancel) ||
        (is_followed && !amr_follow_run(follow))) {
        tell_left(follow);
        return false;
    }
    return read_back(change, follow);
}

static enum amr_exit send_changes(struct change *change)
{
    struct amr_follow follow = {.settings = NULL};
    struct amr_error error;
    bool is_done = carry_out(change, &follow, &error);

    amr_follow_close(&follow);
    return is_done ? AMR_EXIT_DONE : AMR_EXIT_FAILED;
}

/* One that must not be changed keeps all from being changed: nobody gets half of what was asked. */
static enum amr_exit act(struct change *change)
{
    if (change->refuse_count == 0 && command_of(change)->is_rehearsal)
        return print_requests(change);
    if (!amr_command_print(&change->plan))
        return AMR_EXIT_FAILED;
    if (change->refuse_count > 0) {
        amr_command_tell("refused: nothing was sent");
        return AMR_EXIT_REFUSED;
    }
    if (change->send_count == 0)
        return AMR_EXIT_DONE;
    return is_agreed(change) ? send_changes(change) : AMR_EXIT_REFUSED;
}

enum amr_exit amr_command_change(struct amr_operator *operator)
{
    struct change change = {.operator= operator, .kind = kind_of(operator->run.settings.verb)};
    struct amr_error error;
    enum amr_exit code;

    if (!amr_command_read_fresh(operator, & code))
        return code;
    code = decide_all(&change, &error) ? act(&change) : amr_command_fail(&error, AMR_EXIT_FAILED);
    free(change.decisions);
    amr_buffer_free(&change.plan);
    return code;
}
