/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "clock.h"
#include "harden.h"
#include "help.h"
#include "layers.h"
#include "run.h"
#include "status.h"
#include "text.h"

enum {
    TEXT_BYTES_MAX = 64 * 1024,
    JSON_BYTES_MAX = 512 * 1024 * 1024,
    GRACE_MS = 500,
    FIRST_TIMEOUT_MS = 30 * 1000,
};

static const char program[] = "check_amr_upgrade";

/* What a run holds. It is not freed: the process ends by _exit, because a name server that is
 * silent would hold up libcurl's clean-up. */
struct run {
    struct amr_run base;
    struct amr_buffer output;
    struct amr_buffer remarks;
};

/* Written by the signal handler when nothing else could end the run in time. */
static volatile sig_atomic_t timeout_exit_code = 3;
static volatile sig_atomic_t is_printing;

static void on_timeout(int signal_number)
{
    static const char message[] = "AMR UPGRADE UNKNOWN - timeout: see --timeout\n";
    static const char other_message[] = "AMR UPGRADE - timeout: see --timeout\n";

    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    (void)signal_number;
    /* Half an answer must not get another behind it, and a full pipe would block. */
    if (is_printing || poll(&out, 1, 0) != 1)
        _exit(timeout_exit_code);
    if (timeout_exit_code == 3)
        (void)amr_write_all(STDOUT_FILENO, message, sizeof(message) - 1);
    else
        (void)amr_write_all(STDOUT_FILENO, other_message, sizeof(other_message) - 1);
    _exit(timeout_exit_code);
}

static void set_watchdog(int64_t left_ms)
{
    amr_watchdog_set((left_ms < 0 ? 0 : left_ms) + GRACE_MS, on_timeout);
}

static int print(struct run *run, enum amr_severity severity)
{
    static const char no_memory[] = "AMR UPGRADE UNKNOWN - out of memory\n";

    if (amr_buffer_is_failed(&run->output)) {
        (void)amr_write_all(STDOUT_FILENO, no_memory, sizeof(no_memory) - 1);
        return amr_status_exit_code(AMR_UNKNOWN);
    }
    is_printing = 1;
    /* An OK that nobody could read is none. */
    if (!amr_write_all(STDOUT_FILENO, amr_buffer_text(&run->output), run->output.length))
        return amr_status_exit_code(AMR_UNKNOWN);
    return amr_status_exit_code(severity);
}

/* Nothing was judged; the catalogue may have been read all the same. */
static void judge_nothing(struct amr_run *run, enum amr_severity severity)
{
    amr_verdict_free(&run->verdict);
    run->verdict.severity = severity;
    run->verdict.oldest_fetched_s = AMR_INSTANT_NONE;
    run->verdict.has_outcome[AMR_OUTCOME_ERROR] = true;
    run->verdict.has_catalog_age =
        amr_catalog_age_days(&run->catalog, run->as_of_s, &run->verdict.catalog_age_days);
}

/* One line, or the JSON document with nothing judged in it. */
static int print_failure(struct run *run, const struct amr_error *error)
{
    struct amr_report report = amr_run_report(&run->base, program);
    enum amr_severity severity =
        error->code == AMR_ERROR_TIMEOUT ? run->base.settings.timeout_severity : AMR_UNKNOWN;

    if (run->base.settings.output == AMR_OUTPUT_JSON) {
        amr_buffer_init(&run->output, JSON_BYTES_MAX);
        amr_fleet_free(&run->base.source.fleet);
        judge_nothing(&run->base, severity);
        amr_fleet_add_error(&run->base.source.fleet, AMR_CLUSTER_NONE, error, "%s", program);
        amr_report_append_json(&run->output, &report, error->message);
    } else {
        amr_buffer_init(&run->output, TEXT_BYTES_MAX);
        amr_buffer_append_format(&run->output, "AMR UPGRADE %s - ", amr_status_word(severity));
        amr_text_append_clean(&run->output, error->message, AMR_ERROR_MESSAGE_SIZE);
        amr_buffer_append_text(&run->output, "\n");
    }
    return print(run, severity);
}

static int print_help(struct run *run)
{
    amr_buffer_init(&run->output, TEXT_BYTES_MAX);
    if (run->base.settings.is_help)
        amr_help_append(&run->output);
    else
        amr_buffer_append_format(&run->output, "%s (%s) %s\n", program, PACKAGE_NAME,
                                 PACKAGE_VERSION);
    return print(run, AMR_UNKNOWN);
}

static int print_verdict(struct run *run)
{
    struct amr_report report = amr_run_report(&run->base, program);

    if (run->base.settings.output == AMR_OUTPUT_JSON) {
        struct amr_buffer summary;

        amr_buffer_init(&summary, TEXT_BYTES_MAX);
        amr_report_append_summary(&summary, &report, AMR_REPORT_SUMMARY_BYTES_MAX);
        amr_buffer_init(&run->output, JSON_BYTES_MAX);
        amr_report_append_json(&run->output, &report, amr_buffer_text(&summary));
        if (amr_buffer_is_failed(&summary))
            amr_buffer_fail(&run->output);
    } else {
        size_t max_bytes = (size_t)run->base.settings.max_output_bytes;

        amr_buffer_init(&run->remarks, TEXT_BYTES_MAX);
        amr_run_append_remarks(&run->base, &run->remarks);
        amr_buffer_init(&run->output, max_bytes);
        amr_status_append_text(&run->output, &report, run->base.settings.verbosity, max_bytes,
                               amr_buffer_text(&run->remarks));
    }
    return print(run, run->base.verdict.severity);
}

/* --timeout with a state of its own decides what a run is that was out of time before it had
 * anything to judge. */
static void apply_timeout_severity(struct run *run)
{
    bool is_out_of_time = amr_clock_mono_ms() >= run->base.deadline_ms;

    if (is_out_of_time && run->base.settings.has_timeout_severity &&
        run->base.verdict.has_outcome[AMR_OUTCOME_ERROR])
        run->base.verdict.severity = run->base.settings.timeout_severity;
}

static bool judge(struct run *run, struct amr_error *err)
{
    if (!amr_run_complete(&run->base, err) || !amr_run_read(&run->base, err) ||
        !amr_run_judge(&run->base, err))
        return false;
    apply_timeout_severity(run);
    return true;
}

static void set_deadline(struct run *run, int64_t start_ms)
{
    run->base.deadline_ms = start_ms + run->base.settings.timeout_s * 1000;
    timeout_exit_code = amr_status_exit_code(run->base.settings.timeout_severity);
    set_watchdog(run->base.deadline_ms - amr_clock_mono_ms());
}

static int check(struct run *run, int count, char *const arguments[])
{
    struct amr_error error;
    int64_t start_ms = amr_clock_mono_ms();
    bool is_right = amr_arguments_parse(count, arguments, &run->base.settings, &error);

    run->base.now_s = amr_clock_now_s();
    run->base.as_of_s = run->base.now_s;
    if (run->base.settings.is_help || run->base.settings.is_version)
        return print_help(run);
    set_deadline(run, start_ms);
    is_right = is_right &&
               amr_layers_load_ini(&run->base.settings, program, run->base.deadline_ms, &error);
    /* The file may have said another time-out. */
    set_deadline(run, start_ms);
    return is_right && judge(run, &error) ? print_verdict(run) : print_failure(run, &error);
}

int main(int argc, char *argv[])
{
    struct run run = {0};

    amr_harden();
    set_watchdog(FIRST_TIMEOUT_MS);
    amr_run_init(&run.base);
    int code = check(&run, argc - 1, argv + 1);
    amr_settings_free(&run.base.settings);
    _exit(code);
}
