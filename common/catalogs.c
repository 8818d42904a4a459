/* SPDX-License-Identifier: MIT */
#include "catalogs.h"

#include "file.h"

enum { CATALOG_BYTES_MAX = 8 * 1024 * 1024 };

static bool load(const char *path, int64_t deadline_ms, struct amr_catalog *catalog,
                 struct amr_error *err)
{
    struct amr_buffer content;

    amr_buffer_init(&content, CATALOG_BYTES_MAX);
    bool is_loaded =
        amr_file_read(path, deadline_ms, &content, err) &&
        amr_catalog_merge(catalog, path, amr_buffer_text(&content), content.length, err);
    amr_buffer_free(&content);
    return is_loaded || amr_error_add_context(err, "catalogue");
}

static bool load_installed(const char *path, bool may_be_absent, int64_t deadline_ms,
                           struct amr_catalog *catalog, struct amr_error *err)
{
    if (may_be_absent && !amr_file_is_present(path))
        return true;
    if (load(path, deadline_ms, catalog, err))
        return true;
    if (!may_be_absent && !amr_file_is_present(path))
        (void)amr_error_set(err, AMR_ERROR_USAGE,
                            "the installed catalogue %s is missing: install it or name one", path);
    return false;
}

bool amr_catalogs_load(const struct amr_list *files, const char *files_words, int64_t deadline_ms,
                       struct amr_catalog *catalog, struct amr_error *err)
{
    if (!load_installed(AMR_SHIPPED_CATALOG, files->count > 0, deadline_ms, catalog, err) ||
        !load_installed(AMR_LOCAL_CATALOG, true, deadline_ms, catalog, err))
        return false;
    for (size_t i = 0; i < files->count; i++) {
        if (!load(files->values[i], deadline_ms, catalog, err))
            return amr_error_add_context(err, "%s", files_words);
    }
    return true;
}
