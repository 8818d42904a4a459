/* SPDX-License-Identifier: MIT */
/* Any bytes as range, date, instant, version, ini file, address and token answer; what parses is
 * written and parsed again. Build with clang, -fsanitize=fuzzer,address,undefined and the files of
 * common/core. */
#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "calendar.h"
#include "ini.h"
#include "range.h"
#include "text.h"
#include "token.h"
#include "url.h"
#include "version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_range(const char *text)
{
    struct amr_range range;
    struct amr_range again;

    if (!amr_range_parse(text, &range))
        return;
    if (strcmp(range.text, text) != 0 || !amr_range_parse(range.text, &again))
        abort();
    for (int64_t value = -100; value <= 100; value += 50)
        (void)amr_range_is_alert(&range, value);
    (void)amr_range_is_alert(&range, INT64_MIN);
    (void)amr_range_is_alert(&range, INT64_MAX);
}

static void fuzz_date(const char *text)
{
    char written[AMR_DATE_TEXT_SIZE];
    struct amr_date date;

    if (!amr_date_parse(text, &date))
        return;
    amr_date_format(&date, written);
    if (strcmp(written, text) != 0 || date.first_day > date.last_day)
        abort();
}

static void fuzz_instant(const char *text)
{
    char written[AMR_INSTANT_TEXT_SIZE];
    int64_t instant_s;
    int64_t again_s;

    if (!amr_instant_parse(text, &instant_s))
        return;
    amr_instant_format(instant_s, written);
    if (!amr_instant_parse(written, &again_s) || again_s != instant_s)
        abort();
}

static void fuzz_version(const char *text)
{
    char written[AMR_LINE_TEXT_SIZE];
    struct amr_line line;
    struct amr_line again;

    if (!amr_version_parse(text, &line))
        return;
    amr_line_format(line, written);
    if (!amr_line_parse(written, &again) || amr_line_compare(line, again) != 0 ||
        !amr_line_is_known(line))
        abort();
}

static bool visit(const struct amr_ini_entry *entry, void *context, struct amr_error *err)
{
    size_t *count = context;

    (void)err;
    *count += strlen(entry->section) + strlen(entry->name) + strlen(entry->value);
    if (entry->name[0] == '\0' || entry->line_number < 1)
        abort();
    return true;
}

static void fuzz_url(const char *text)
{
    static const char endpoint[] = "https://management.azure.com";
    struct amr_buffer encoded;

    if (amr_url_is_endpoint(text) && (strpbrk(text, "@?# \r\n") != NULL || !amr_url_is_proxy(text)))
        abort();
    if (amr_arm_is_same_host(endpoint, text) && strchr("/:", text[sizeof(endpoint) - 1]) == NULL)
        abort();
    amr_buffer_init(&encoded, 1 << 20);
    amr_url_append_encoded(&encoded, text);
    if (strpbrk(amr_buffer_text(&encoded), "/?# &=+\r\n") != NULL)
        abort();
    amr_buffer_cut(&encoded, 0);
    amr_text_append_clean(&encoded, text, 80);
    if (encoded.length > 80 || strpbrk(amr_buffer_text(&encoded), "|<>&\r\n\x1b") != NULL)
        abort();
    amr_buffer_free(&encoded);
}

static void fuzz_token(const char *bytes, size_t size)
{
    struct amr_buffer token;
    struct amr_error err;
    int64_t expires_in_s = 0;

    amr_buffer_init(&token, AMR_TOKEN_BYTES_MAX);
    if (amr_token_read(bytes, size, &token, &expires_in_s, &err) &&
        (expires_in_s < 0 || strpbrk(amr_buffer_text(&token), " \r\n") != NULL))
        abort();
    amr_buffer_cut(&token, 0);
    if (amr_token_trim(bytes, size, &token, &err) && token.length == 0)
        abort();
    (void)amr_token_set_error(400, bytes, size, &err);
    (void)amr_arm_set_error(403, bytes, size, "c", &err);
    if (strpbrk(err.message, "|<>&\r\n\x1b") != NULL)
        abort();
    amr_buffer_wipe(&token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct amr_error err;
    size_t count = 0;

    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    fuzz_range(text);
    fuzz_date(text);
    fuzz_instant(text);
    fuzz_version(text);
    fuzz_url(text);
    fuzz_token((const char *)data, size);
    (void)!amr_ini_parse((const char *)data, size, visit, &count, &err);
    free(text);
    return 0;
}
