/* SPDX-License-Identifier: MIT */
/* Any bytes as the document of --from-file: read, judged and reported; and as a page of Resource
 * Graph. Build with clang,
 * -fsanitize=fuzzer,address,undefined and the files of common/core. */
#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "graph.h"
#include "json.h"
#include "report.h"
#include "verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2027-01-05T00:00:00Z: one tier has a deadline that passed, one a choice to come. */
enum { AS_OF_S = 1799107200, REPORT_BYTES_MAX = 64 << 20 };

static const char catalog_text[] =
    "{\"schema\":1,\"reviewed\":\"2026-12-30\",\"releases\":["
    "{\"line\":\"7.4\",\"tiers\":{\"Balanced\":{\"ga\":\"2025-05\"},"
    "\"FlashOptimized\":{\"preview\":\"2024-11\"},\"Enterprise\":{\"ga\":\"unknown\"}}},"
    "{\"line\":\"8.0\",\"notes\":\"https://n\",\"tiers\":{\"Balanced\":{\"ga\":\"2026-12-01\"},"
    "\"FlashOptimized\":{\"ga\":\"2027-02-01\"}}}],"
    "\"retirements\":[{\"kind\":\"v1\",\"date\":\"2027-03-31\"}]}";

/* What is written must be one line, or one JSON document. */
static void write_report(const struct amr_report *report)
{
    struct amr_buffer summary;
    struct amr_buffer json;
    struct amr_error err;
    amr_json *tree = NULL;

    amr_buffer_init(&summary, REPORT_BYTES_MAX);
    amr_buffer_init(&json, REPORT_BYTES_MAX);
    amr_report_append_summary(&summary, report, AMR_REPORT_SUMMARY_BYTES_MAX);
    if (summary.length > AMR_REPORT_SUMMARY_BYTES_MAX ||
        strpbrk(amr_buffer_text(&summary), "|\n") != NULL)
        abort();
    for (size_t i = 0; i < report->verdict->count; i++) {
        amr_buffer_cut(&summary, 0);
        amr_report_append_sentence(&summary, report, &report->verdict->rows[i]);
        if (strpbrk(amr_buffer_text(&summary), "|<&\n") != NULL)
            abort();
    }
    amr_report_append_json(&json, report, "summary");
    if (!amr_buffer_is_failed(&json) && json.length < AMR_JSON_VALUE_BYTES_MAX / 8 &&
        !amr_json_parse(json.text, json.length, &tree, &err))
        abort();
    amr_json_free(tree);
    amr_buffer_free(&json);
    amr_buffer_free(&summary);
}

static void judge(const struct amr_fleet *fleet, const struct amr_catalog *catalog)
{
    struct amr_selection selection = {0};
    struct amr_policy policy;
    struct amr_verdict verdict = {0};
    struct amr_error err;
    struct amr_verdict_input input = {.fleet = fleet,
                                      .selection = &selection,
                                      .catalog = catalog,
                                      .policy = &policy,
                                      .not_before_s = AMR_INSTANT_NONE,
                                      .as_of_s = AS_OF_S};
    struct amr_report report = {.program = "fuzz",
                                .version = "0",
                                .fleet = fleet,
                                .selection = &selection,
                                .catalog = catalog,
                                .policy = &policy,
                                .verdict = &verdict,
                                .source = AMR_DATA_FILE,
                                .as_of_s = AS_OF_S,
                                .now_s = AS_OF_S};

    amr_policy_init(&policy);
    if (amr_verdict_judge(&input, &verdict, &err))
        write_report(&report);
    amr_verdict_free(&verdict);
}

static void read_graph(const char *text, size_t size)
{
    const char *const subscriptions[] = {"11111111-1111-4111-8111-111111111111"};
    struct amr_graph_query query = {.subscriptions = subscriptions, .subscription_count = 1};
    struct amr_fleet fleet = {0};
    struct amr_graph_page page = {0};
    struct amr_buffer skip_token;
    struct amr_error err;
    bool is_named = false;

    amr_buffer_init(&skip_token, AMR_GRAPH_TOKEN_BYTES_MAX);
    if (amr_graph_read_page(text, size, &query, AS_OF_S, &fleet, &is_named, &skip_token, &page,
                            &err) &&
        is_named != (fleet.cluster_count > 0))
        abort();
    amr_buffer_free(&skip_token);
    amr_fleet_free(&fleet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amr_fleet fleet = {0};
    struct amr_catalog catalog;
    struct amr_error err;

    amr_catalog_init(&catalog);
    if (!amr_catalog_merge(&catalog, "fuzz", catalog_text, sizeof(catalog_text) - 1, &err))
        abort();
    if (amr_arm_read_document((const char *)data, size, &fleet, &err))
        judge(&fleet, &catalog);
    amr_fleet_free(&fleet);
    amr_catalog_free(&catalog);
    read_graph((const char *)data, size);
    return 0;
}
