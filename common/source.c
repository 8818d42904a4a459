/* SPDX-License-Identifier: MIT */
#include "source.h"

#include "arm.h"
#include "file.h"
#include "survey.h"

static bool read_file(const char *path, int64_t deadline_ms, struct amr_fleet *fleet,
                      struct amr_error *err)
{
    struct amr_buffer content;

    amr_buffer_init(&content, AMR_FILE_DOCUMENT_BYTES_MAX);
    bool is_read = amr_file_read(path, deadline_ms, &content, err);
    if (is_read && !amr_arm_read_document(amr_buffer_text(&content), content.length, fleet, err))
        is_read = amr_error_add_context(err, "%s", amr_file_words(path));
    amr_buffer_free(&content);
    return is_read;
}

bool amr_source_read(const struct amr_settings *settings, int64_t now_s, int64_t deadline_ms,
                     struct amr_fleet *fleet, enum amr_data_source *data_source,
                     struct amr_error *err)
{
    bool is_file = settings->from_file != NULL;

    *data_source = is_file ? AMR_DATA_FILE : AMR_DATA_AZURE;
    return is_file ? read_file(settings->from_file, deadline_ms, fleet, err)
                   : amr_survey_read(settings, now_s, deadline_ms, fleet, err);
}
