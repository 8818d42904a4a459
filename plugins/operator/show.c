/* SPDX-License-Identifier: MIT */
/* The verbs that only look. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalogs.h"
#include "columns.h"
#include "command.h"
#include "file.h"
#include "harden.h"
#include "icalendar.h"
#include "listing.h"
#include "picture.h"
#include "terminal.h"
#include "text.h"
#include "timeline.h"

/* Prints and gives the buffer up. */
static enum amr_exit print(struct amr_buffer *output, bool is_whole)
{
    bool is_printed = amr_command_print(output);

    amr_buffer_free(output);
    return is_printed && is_whole ? AMR_EXIT_DONE : AMR_EXIT_FAILED;
}

static void append_json(struct amr_buffer *output, const struct amr_report *report)
{
    struct amr_buffer summary;

    amr_buffer_init(&summary, AMR_COMMAND_TEXT_BYTES_MAX);
    amr_report_append_summary(&summary, report, AMR_REPORT_SUMMARY_BYTES_MAX);
    amr_report_append_json(output, report, amr_buffer_text(&summary));
    amr_buffer_free_part(&summary, output);
}

/* What a failure before any reading is, and what it exits with. */
static enum amr_exit fail_reading(const struct amr_error *error)
{
    return amr_command_fail(error,
                            error->code == AMR_ERROR_USAGE ? AMR_EXIT_USAGE : AMR_EXIT_FAILED);
}

enum amr_exit amr_command_list(struct amr_operator *operator)
{
    struct amr_error error;
    struct amr_buffer output;

    if (!amr_command_read(operator, & error))
        return fail_reading(&error);
    struct amr_report report = amr_run_report(&operator->run, AMR_PROGRAM);
    bool is_whole = amr_command_tell_outcome(operator);
    amr_buffer_init(&output, AMR_COMMAND_OUTPUT_BYTES_MAX);
    if (operator->run.settings.output == AMR_OUTPUT_JSON)
        append_json(&output, &report);
    else if (operator->run.settings.output == AMR_OUTPUT_CSV)
        amr_columns_append_csv(&output, &report);
    else if (report.verdict->count > 0)
        amr_columns_append_table(&output, &report);
    return print(&output, is_whole);
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && *value != '\0';
}

/* POSIX: LC_ALL goes before LC_CTYPE, and that before LANG. */
static bool is_utf8_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < AMR_COUNT_OF(variables); i++) {
        if (is_set(variables[i]))
            return amr_text_is_matching("*utf-8*", getenv(variables[i])) ||
                   amr_text_is_matching("*utf8*", getenv(variables[i]));
    }
    return false;
}

static struct amr_terminal find_terminal(void)
{
    const char *kind = getenv("TERM");
    bool is_terminal = isatty(STDOUT_FILENO) == 1;
    bool is_dumb = kind == NULL || strcmp(kind, "dumb") == 0;

    return (struct amr_terminal){
        .has_colour = is_terminal && !is_dumb && !is_set("NO_COLOR"),
        .has_unicode = is_terminal && is_utf8_locale(),
    };
}

typedef void append_file(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_timeline *timeline);

/* Writes what `append` makes to the file; one that is not asked for is none. */
static bool write_file(const char *path, append_file *append, const struct amr_report *report,
                       const struct amr_timeline *timeline, struct amr_error *err)
{
    struct amr_buffer content;

    if (path == NULL)
        return true;
    amr_buffer_init(&content, AMR_COMMAND_OUTPUT_BYTES_MAX);
    append(&content, report, timeline);
    bool is_written = amr_buffer_is_failed(&content)
                          ? amr_error_set_no_memory(err)
                          : amr_file_replace(path, amr_buffer_text(&content), content.length, err);
    amr_buffer_free(&content);
    return is_written;
}

static enum amr_exit print_timeline(const struct amr_operator *operator,
                                    const struct amr_timeline * timeline, bool is_whole)
{
    struct amr_report report = amr_run_report(&operator->run, AMR_PROGRAM);
    struct amr_terminal terminal = find_terminal();
    struct amr_buffer output;

    amr_buffer_init(&output, AMR_COMMAND_OUTPUT_BYTES_MAX);
    if (operator->run.settings.output == AMR_OUTPUT_JSON)
        amr_timeline_append_json(&output, &report, timeline);
    else
        amr_terminal_append(&output, &report, timeline, &terminal);
    return print(&output, is_whole);
}

/* A file made of a part of the fleet would take events away that still stand: it is left alone. */
static enum amr_exit write_timeline(const struct amr_operator *operator,
                                    const struct amr_timeline * timeline, bool is_whole)
{
    const struct amr_command *command = &operator->run.settings.command;
    struct amr_report report = amr_run_report(&operator->run, AMR_PROGRAM);
    struct amr_error error;

    if (!is_whole) {
        amr_command_tell("not all could be read: no file is written");
        return AMR_EXIT_FAILED;
    }
    if (write_file(command->svg, amr_picture_append, &report, timeline, &error) &&
        write_file(command->ics, amr_icalendar_append, &report, timeline, &error))
        return AMR_EXIT_DONE;
    return amr_command_fail(&error, AMR_EXIT_FAILED);
}

enum amr_exit amr_command_timeline(struct amr_operator *operator)
{
    const struct amr_command *command = &operator->run.settings.command;
    struct amr_timeline timeline = {0};
    struct amr_error error;

    if (!amr_command_read(operator, & error))
        return fail_reading(&error);
    struct amr_report report = amr_run_report(&operator->run, AMR_PROGRAM);
    bool is_whole = amr_command_tell_outcome(operator);
    if (!amr_timeline_make(&report, &timeline, &error))
        return amr_command_fail(&error, AMR_EXIT_FAILED);
    bool is_to_file = command->svg != NULL || command->ics != NULL;
    enum amr_exit code = is_to_file ? write_timeline(operator, & timeline, is_whole)
                                    : print_timeline(operator, & timeline, is_whole);
    amr_timeline_free(&timeline);
    return code;
}

enum amr_exit amr_command_catalog(struct amr_operator *operator)
{
    const struct amr_settings *settings = &operator->run.settings;
    struct amr_catalog *catalog = &operator->run.catalog;
    struct amr_error error;
    struct amr_buffer output;

    if (!amr_catalogs_load(&settings->catalogs, "--catalog", operator->run.deadline_ms, catalog,
                           &error))
        return amr_command_fail(&error, AMR_EXIT_FAILED);
    amr_buffer_init(&output, AMR_COMMAND_OUTPUT_BYTES_MAX);
    amr_listing_append_warnings(&output, catalog);
    (void)amr_write_all(STDERR_FILENO, amr_buffer_text(&output), output.length);
    amr_buffer_cut(&output, 0);
    if (settings->output == AMR_OUTPUT_JSON)
        amr_listing_append_json(&output, catalog);
    else
        amr_listing_append_table(&output, catalog);
    return print(&output, true);
}
