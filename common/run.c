/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run.h"

#include "catalogs.h"
#include "file.h"
#include "layers.h"
#include "text.h"

enum { ACCESS_REFUSED_S = 3600 };

void amr_run_init(struct amr_run *run)
{
    *run = (struct amr_run){0};
    amr_settings_init(&run->settings);
    amr_catalog_init(&run->catalog);
    run->not_before_s = AMR_INSTANT_NONE;
}

bool amr_run_complete(struct amr_run *run, struct amr_error *err)
{
    if (!amr_layers_load_credentials(&run->settings, run->deadline_ms, err))
        return false;
    if (!amr_settings_complete(&run->settings, err))
        return amr_error_add_prefix(err, "--");
    if (run->settings.has_as_of)
        run->as_of_s = run->settings.as_of_s;
    return true;
}

bool amr_run_read(struct amr_run *run, struct amr_error *err)
{
    const struct amr_settings *settings = &run->settings;
    struct amr_source_options options = {.now_s = run->now_s, .deadline_ms = run->deadline_ms};

    if (!amr_catalogs_load(&settings->catalogs, "--catalog", run->deadline_ms, &run->catalog, err))
        return false;
    if (amr_source_read(settings, &options, &run->source, err))
        return true;
    return settings->from_file != NULL && amr_error_add_context(err, "--from-file");
}

bool amr_run_judge(struct amr_run *run, struct amr_error *err)
{
    const struct amr_source *source = &run->source;
    struct amr_verdict_input input = {
        .fleet = &source->fleet,
        .selection = &run->settings.selection,
        .catalog = &run->catalog,
        .policy = &run->settings.policy,
        .history = source->history,
        .is_access_refused = source->refused_since_s != AMR_INSTANT_NONE &&
                             run->now_s - source->refused_since_s > ACCESS_REFUSED_S,
        .as_of_s = run->as_of_s,
        .not_before_s = run->not_before_s,
    };

    return amr_verdict_judge(&input, &run->verdict, err);
}

static void remark_secret_file(struct amr_buffer *remarks, const char *path)
{
    if (path == NULL || !amr_file_is_readable_by_all(path))
        return;
    amr_buffer_append_text(remarks, "note: every user of this machine can read ");
    amr_text_append_clean(remarks, path, 500);
    amr_buffer_append_text(remarks, ": chmod 0600 or 0640\n");
}

void amr_run_append_remarks(const struct amr_run *run, struct amr_buffer *remarks)
{
    const struct amr_settings *settings = &run->settings;

    remark_secret_file(remarks, settings->credentials);
    remark_secret_file(remarks, settings->client_secret_file);
    remark_secret_file(remarks, settings->certificate);
    remark_secret_file(remarks, settings->token_file);
    amr_buffer_append_buffer(remarks, &run->source.notes);
    if (settings->verbosity == 0)
        return;
    amr_buffer_append_buffer(remarks, &run->source.remarks);
    for (const struct amr_catalog_remark *at = run->catalog.remarks; at != NULL; at = at->next) {
        amr_buffer_append_text(remarks, "catalogue: ");
        amr_text_append_clean(remarks, at->text, 1000);
        amr_buffer_append_text(remarks, "\n");
    }
    for (const struct amr_catalog_file *at = run->catalog.files;
         at != NULL && settings->verbosity > 1; at = at->next) {
        amr_buffer_append_text(remarks, "catalogue file: ");
        amr_text_append_clean(remarks, at->path, 1000);
        amr_buffer_append_text(remarks, "\n");
    }
}

struct amr_report amr_run_report(const struct amr_run *run, const char *program)
{
    struct amr_report report = {
        .program = program,
        .version = PACKAGE_VERSION,
        .fleet = &run->source.fleet,
        .selection = &run->settings.selection,
        .catalog = &run->catalog,
        .policy = &run->settings.policy,
        .verdict = &run->verdict,
        .history = run->source.history,
        .source = run->settings.from_file != NULL ? AMR_DATA_FILE : run->source.kind,
        .refused_since_s = run->source.refused_since_s,
        .as_of_s = run->as_of_s,
        .now_s = run->now_s,
    };
    int64_t age_s;

    report.is_stale = report.source == AMR_DATA_SNAPSHOT &&
                      amr_report_data_age_s(&report, &age_s) && age_s > run->settings.cache_ttl_s;
    return report;
}

void amr_run_free(struct amr_run *run)
{
    amr_verdict_free(&run->verdict);
    amr_source_free(&run->source);
    amr_catalog_free(&run->catalog);
    amr_settings_free(&run->settings);
}
