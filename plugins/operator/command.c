/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "command.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "harden.h"
#include "text.h"

enum { ERRORS_SHOWN_MAX = 10, GRACE_MS = 500, PAUSE_MS = 50, PAUSES_MAX = 21 };

static void on_timeout(int signal_number)
{
    static const char message[] = AMR_PROGRAM ": timeout: see --timeout\n";

    (void)signal_number;
    (void)amr_write_all(STDERR_FILENO, message, sizeof(message) - 1);
    _exit(AMR_EXIT_FAILED);
}

/* What is kept tells two readings apart by their seconds. */
static void wait_for_next_second(int64_t last_s)
{
    for (int i = 0; i < PAUSES_MAX && amr_clock_now_s() == last_s; i++)
        amr_clock_wait(PAUSE_MS);
}

bool amr_command_read(struct amr_operator *operator, struct amr_error * err)
{
    struct amr_run *run = &operator->run;

    amr_verdict_free(&run->verdict);
    amr_source_free(&run->source);
    amr_catalog_free(&run->catalog);
    run->source = (struct amr_source){0};
    wait_for_next_second(run->now_s);
    run->deadline_ms = amr_clock_mono_ms() + run->settings.timeout_s * 1000;
    run->now_s = amr_clock_now_s();
    run->as_of_s = run->settings.has_as_of ? run->settings.as_of_s : run->now_s;
    amr_watchdog_set(run->settings.timeout_s * 1000 + GRACE_MS, on_timeout);
    bool is_read = amr_run_read(run, err) && amr_run_judge(run, err);
    amr_watchdog_set(0, SIG_DFL);
    return is_read;
}

void amr_command_tell(const char *message)
{
    struct amr_buffer line;

    amr_buffer_init(&line, AMR_COMMAND_TEXT_BYTES_MAX);
    amr_buffer_append_format(&line, "%s: %s\n", AMR_PROGRAM, message);
    /* Without memory the words alone are better than nothing. */
    if (amr_buffer_is_failed(&line))
        (void)amr_write_all(STDERR_FILENO, message, strlen(message));
    else
        (void)amr_write_all(STDERR_FILENO, amr_buffer_text(&line), line.length);
    amr_buffer_free(&line);
}

bool amr_command_print(const struct amr_buffer *text)
{
    if (amr_buffer_is_failed(text))
        amr_command_tell("out of memory");
    else if (amr_write_all(STDOUT_FILENO, amr_buffer_text(text), text->length))
        return true;
    else
        amr_command_tell("standard output could not be written");
    return false;
}

enum amr_exit amr_command_fail(const struct amr_error *error, enum amr_exit code)
{
    struct amr_buffer words;

    amr_buffer_init(&words, AMR_ERROR_MESSAGE_SIZE);
    amr_text_append_clean(&words, error->message, AMR_ERROR_MESSAGE_SIZE);
    amr_command_tell(amr_buffer_text(&words));
    amr_buffer_free(&words);
    return code;
}

static void tell_fleet_error(const struct amr_fleet_error *error)
{
    struct amr_buffer words;

    amr_buffer_init(&words, 2 * AMR_ERROR_MESSAGE_SIZE);
    amr_text_append_clean(&words, error->scope == NULL ? "?" : error->scope, 200);
    amr_buffer_append_text(&words, ": ");
    amr_text_append_clean(&words, error->error.message, AMR_ERROR_MESSAGE_SIZE);
    if (error->is_covered)
        amr_buffer_append_text(&words, " (an earlier reading is shown)");
    amr_command_tell(amr_buffer_text(&words));
    amr_buffer_free(&words);
}

static void tell_fleet_errors(const struct amr_run *run)
{
    const struct amr_fleet *fleet = &run->source.fleet;
    size_t count = 0;

    for (size_t i = 0; i < fleet->error_count; i++) {
        if (!amr_verdict_is_error_relevant(fleet, &run->settings.selection, &fleet->errors[i]))
            continue;
        if (count++ < ERRORS_SHOWN_MAX)
            tell_fleet_error(&fleet->errors[i]);
    }
    if (count > ERRORS_SHOWN_MAX)
        amr_command_tell("... and more parts that could not be read");
}

static void tell_remarks(const struct amr_operator *operator)
{
    struct amr_buffer remarks;

    amr_buffer_init(&remarks, AMR_COMMAND_TEXT_BYTES_MAX);
    amr_run_append_remarks(&operator->run, &remarks);
    (void)amr_write_all(STDERR_FILENO, amr_buffer_text(&remarks), remarks.length);
    amr_buffer_free(&remarks);
}

static void tell_age(const struct amr_operator *operator)
{
    struct amr_report report = amr_run_report(&operator->run, AMR_PROGRAM);
    struct amr_buffer words;
    char since[AMR_INSTANT_TEXT_SIZE];
    int64_t age_s;

    if (report.source != AMR_DATA_SNAPSHOT || !amr_report_data_age_s(&report, &age_s) || age_s == 0)
        return;
    amr_instant_format(report.verdict->oldest_fetched_s, since);
    amr_buffer_init(&words, AMR_COMMAND_TEXT_BYTES_MAX);
    amr_buffer_append_format(&words, "the oldest data are of %s", since);
    amr_command_tell(amr_buffer_text(&words));
    amr_buffer_free(&words);
}

bool amr_command_tell_outcome(const struct amr_operator *operator)
{
    const struct amr_run *run = &operator->run;
    const bool *outcomes = run->verdict.has_outcome;
    struct amr_report report = amr_run_report(run, AMR_PROGRAM);
    struct amr_buffer words;

    tell_remarks(operator);
    tell_fleet_errors(run);
    tell_age(operator);
    amr_buffer_init(&words, AMR_COMMAND_TEXT_BYTES_MAX);
    amr_report_append_catalog_stale(&words, &report);
    if (run->verdict.is_catalog_stale)
        amr_command_tell(amr_buffer_text(&words));
    amr_buffer_free(&words);
    if (outcomes[AMR_OUTCOME_EMPTY])
        amr_command_tell(amr_selection_is_filter(&run->settings.selection)
                             ? "no database matches the selection"
                             : "no database found: there is none, or the right to read is missing");
    return !outcomes[AMR_OUTCOME_EMPTY] && !outcomes[AMR_OUTCOME_ERROR] &&
           !outcomes[AMR_OUTCOME_PARTIAL];
}

/* A reading of another process in the same second is as fresh. */
static bool is_fresh(const struct amr_run *run)
{
    const struct amr_fleet *fleet = &run->source.fleet;

    for (size_t i = 0; i < run->verdict.count; i++) {
        size_t database = run->verdict.rows[i].assessment.database;
        const struct amr_cluster *cluster = &fleet->clusters[fleet->databases[database].cluster];

        if (!cluster->is_read && cluster->fetched_s < run->now_s)
            return false;
    }
    return true;
}

bool amr_command_read_fresh(struct amr_operator *operator, enum amr_exit * code)
{
    const struct amr_run *run = &operator->run;
    struct amr_error error;

    *code = AMR_EXIT_FAILED;
    if (!amr_command_read(operator, & error)) {
        *code = amr_command_fail(&error,
                                 error.code == AMR_ERROR_USAGE ? AMR_EXIT_USAGE : AMR_EXIT_FAILED);
        return false;
    }
    if (!amr_command_tell_outcome(operator))
        return false;
    if (run->settings.from_file != NULL || is_fresh(run))
        return true;
    amr_command_tell("Azure could not be read now, and what was read before is not enough");
    return false;
}

const struct amr_verdict_row *amr_command_find_row(const struct amr_run *run, const char *id)
{
    size_t database;

    if (!amr_fleet_find_database(&run->source.fleet, id, &database))
        return NULL;
    for (size_t i = 0; i < run->verdict.count; i++) {
        if (run->verdict.rows[i].assessment.database == database)
            return &run->verdict.rows[i];
    }
    return NULL;
}

void amr_command_append_wait(struct amr_buffer *buffer, const struct amr_cluster *cluster,
                             const char *database)
{
    amr_buffer_append_text(buffer, AMR_PROGRAM " wait --subscription ");
    amr_text_append_clean(buffer, cluster->subscription, 100);
    amr_buffer_append_text(buffer, " --resource-group ");
    amr_text_append_clean(buffer, cluster->resource_group, 400);
    amr_buffer_append_text(buffer, " --cluster ");
    amr_text_append_clean(buffer, cluster->name, 100);
    amr_buffer_append_text(buffer, " --database ");
    amr_text_append_clean(buffer, database, 100);
}

void amr_command_append_row(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_verdict_row *row)
{
    amr_buffer_append_format(buffer, "%s: ", row->name);
    amr_report_append_sentence(buffer, report, row);
    amr_buffer_append_text(buffer, "\n");
}
