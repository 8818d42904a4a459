/* SPDX-License-Identifier: MIT */
/* Any bytes as a catalogue, merged over another one and over itself. Build with clang,
 * -fsanitize=fuzzer,address,undefined and the files of common/core. */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char base_text[] =
    "{\"schema\":1,\"reviewed\":\"2026-12-30\",\"window_days\":60,\"releases\":[{\"line\":\"7.4\","
    "\"event\":false,\"notes\":\"https://n\",\"source\":\"https://s\",\"tiers\":{\"Balanced\":{"
    "\"preview\":\"2024-11\",\"ga\":\"2025-05\"}}}],"
    "\"retirements\":[{\"kind\":\"v1\",\"date\":\"2027-03-31\",\"source\":\"https://s\"}]}";

static void check_line(const struct amr_catalog *catalog, const struct amr_catalog_line *line)
{
    if (!amr_line_is_known(line->line) || amr_catalog_find_line(catalog, line->line) != line)
        abort();
    for (const struct amr_catalog_tier *tier = line->tiers; tier != NULL; tier = tier->next) {
        if (amr_catalog_find_tier(line, tier->name) != tier || tier->ga_file == NULL ||
            tier->preview_file == NULL || tier->preview.precision == AMR_DATE_UNKNOWN ||
            tier->ga.first_day > tier->ga.last_day)
            abort();
    }
}

/* What a merge that succeeded promises. */
static void check(const struct amr_catalog *catalog)
{
    int64_t age_days = 0;

    if (catalog->window_days < 1 || catalog->window_days > AMR_CATALOG_WINDOW_DAYS_MAX)
        abort();
    for (const struct amr_catalog_line *line = catalog->lines; line != NULL; line = line->next)
        check_line(catalog, line);
    for (const struct amr_catalog_remark *at = catalog->remarks; at != NULL; at = at->next) {
        if (strstr(at->text, " overrides ") == NULL && strstr(at->text, " has the key '") == NULL)
            abort();
    }
    if (!amr_catalog_age_days(catalog, 0, &age_days) || age_days < 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amr_catalog catalog;
    struct amr_error err;

    amr_catalog_init(&catalog);
    if (!amr_catalog_merge(&catalog, "base", base_text, sizeof(base_text) - 1, &err))
        abort();
    if (amr_catalog_merge(&catalog, "fuzz", (const char *)data, size, &err)) {
        check(&catalog);
        if (!amr_catalog_merge(&catalog, "again", (const char *)data, size, &err))
            abort();
        check(&catalog);
    }
    amr_catalog_free(&catalog);
    return 0;
}
