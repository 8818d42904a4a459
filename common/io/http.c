/* SPDX-License-Identifier: MIT */
#include "http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "text.h"
#include "trust.h"
#include "url.h"

enum {
    CONNECT_MS_MAX = 15000,
    UPLOAD_BUFFER_BYTES = 16 * 1024, /* libcurl's least; what is sent is small */
    WAIT_MS_MAX = 1000
};

struct exchange;

struct amr_http {
    CURLM *multi;
    char *user_agent;
    char *proxy;
    char *ca_file;
    char *ca_path;
    struct amr_http_resident *resident;
    bool is_bundle_needed;
    struct exchange *exchanges; /* under way */
};

/* A request under way. */
struct exchange {
    struct exchange *next;
    CURL *easy;
    struct curl_slist *headers;
    int64_t connect_ms;  /* 0: as usual */
    int64_t deadline_ms; /* monotonic */
    bool is_bundle_read;
    size_t header_bytes;
    bool is_too_large;
    bool is_direct;
    bool is_asked; /* amr_http_ask waits for it, and amr_http_wait does not hand it out */
    bool is_over;
    CURLcode code; /* where it is over */
    char reason[CURL_ERROR_SIZE];
    char *origin; /* scheme, host and port, for messages */
    struct amr_http_result result;
};

static char *copy(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

static bool set_no_network(struct amr_error *err)
{
    return amr_error_set(err, AMR_ERROR_NETWORK, "libcurl could not be started");
}

bool amr_http_start_up(struct amr_error *err)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK || set_no_network(err);
}

static void free_set(struct amr_http *http)
{
    if (http->multi != NULL)
        (void)curl_multi_cleanup(http->multi);
    free(http->user_agent);
    free(http->proxy);
    free(http->ca_file);
    free(http->ca_path);
    if (http->resident == NULL)
        curl_global_cleanup();
    free(http);
}

static struct amr_http *take_kept(struct amr_http_resident *resident)
{
    struct amr_http *kept = resident == NULL ? NULL : resident->kept;

    if (kept != NULL)
        resident->kept = NULL;
    return kept;
}

static bool open_new(const struct amr_http_options *options, struct amr_http **http,
                     struct amr_error *err)
{
    if (options->resident == NULL && !amr_http_start_up(err))
        return false;
    struct amr_http *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return amr_error_set_no_memory(err);
    made->multi = curl_multi_init();
    made->user_agent = copy(options->user_agent);
    made->proxy = copy(options->proxy);
    made->ca_file = copy(options->ca_file);
    made->ca_path = copy(options->ca_path);
    made->resident = options->resident;
    bool is_lacking = (options->proxy != NULL && made->proxy == NULL) ||
                      (options->ca_file != NULL && made->ca_file == NULL) ||
                      (options->ca_path != NULL && made->ca_path == NULL);
    if (made->multi == NULL || made->user_agent == NULL || is_lacking ||
        curl_multi_setopt(made->multi, CURLMOPT_MAX_HOST_CONNECTIONS, options->connections_max) !=
            CURLM_OK) {
        free_set(made);
        return amr_error_set_no_memory(err);
    }
    *http = made;
    return true;
}

bool amr_http_open(const struct amr_http_options *options, struct amr_http **http,
                   struct amr_error *err)
{
    struct amr_http *kept = take_kept(options->resident);

    if (kept != NULL) {
        *http = kept;
        return true;
    }
    return open_new(options, http, err);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    size_t length = size * count;

    amr_buffer_append(&exchange->result.body, bytes, length);
    return amr_buffer_is_failed(&exchange->result.body) ? 0 : length;
}

/* Finds the value of the header with this name, which ends in its colon, in a line that has no NUL
 * at its end; false where it is another header. */
static bool find_value(const char *line, size_t length, const char *name, const char **value,
                       size_t *value_length)
{
    const char *end = line + length;

    for (; *name != '\0'; name++, line++) {
        bool is_capital = line < end && *line >= 'A' && *line <= 'Z';

        if (line == end || (is_capital ? *line + ('a' - 'A') : *line) != *name)
            return false;
    }
    while (line < end && *line == ' ')
        line++;
    while (end > line && (unsigned char)end[-1] <= ' ')
        end--;
    *value = line;
    *value_length = (size_t)(end - line);
    return true;
}

static void take_header(const char *line, size_t length, const char *name,
                        char value[AMR_HTTP_HEADER_VALUE_SIZE])
{
    const char *found;
    size_t found_length;

    if (!find_value(line, length, name, &found, &found_length) ||
        found_length >= AMR_HTTP_HEADER_VALUE_SIZE)
        return;
    memcpy(value, found, found_length);
    value[found_length] = '\0';
}

/* One that is too long is none. */
static void take_link(const char *line, size_t length, const char *name, struct amr_buffer *link)
{
    const char *found;
    size_t found_length;

    if (!find_value(line, length, name, &found, &found_length))
        return;
    amr_buffer_free(link);
    amr_buffer_append(link, found, found_length);
    if (amr_buffer_is_failed(link))
        amr_buffer_free(link);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    size_t length = size * count;

    exchange->header_bytes += length;
    if (exchange->header_bytes > AMR_HTTP_HEADERS_BYTES_MAX) {
        exchange->is_too_large = true;
        return 0;
    }
    take_link(bytes, length, "azure-asyncoperation:", &exchange->result.operation);
    take_link(bytes, length, "location:", &exchange->result.location);
    take_header(bytes, length, "x-ms-correlation-request-id:", exchange->result.correlation);
    take_header(bytes, length, "retry-after:", exchange->result.retry_after);
    take_header(bytes, length, "x-ms-user-quota-resets-after:", exchange->result.quota_reset);
    take_header(bytes, length, "date:", exchange->result.date);
    take_header(bytes, length, "www-authenticate:", exchange->result.www_authenticate);
    return length;
}

static bool add_header(struct exchange *exchange, const char *line)
{
    struct curl_slist *longer = curl_slist_append(exchange->headers, line);

    if (longer != NULL)
        exchange->headers = longer;
    return longer != NULL;
}

static bool add_bearer(struct exchange *exchange, const char *bearer)
{
    struct amr_buffer line;

    if (bearer == NULL)
        return true;
    amr_buffer_init(&line, strlen(bearer) + 64);
    amr_buffer_append_text(&line, "Authorization: Bearer ");
    amr_buffer_append_text(&line, bearer);
    bool is_added = !amr_buffer_is_failed(&line) && add_header(exchange, amr_buffer_text(&line));
    amr_buffer_wipe(&line);
    return is_added;
}

static bool add_headers(struct exchange *exchange, const struct amr_http_request *request)
{
    for (size_t i = 0; i < AMR_HTTP_HEADERS_MAX && request->headers[i] != NULL; i++) {
        if (!add_header(exchange, request->headers[i]))
            return false;
    }
    return add_bearer(exchange, request->bearer);
}

static void wipe_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next)
        explicit_bzero(at->data, strlen(at->data));
    curl_slist_free_all(headers);
}

static void free_exchange(struct exchange *exchange)
{
    if (exchange == NULL)
        return;
    curl_easy_cleanup(exchange->easy);
    wipe_headers(exchange->headers);
    free(exchange->origin);
    amr_http_result_free(&exchange->result);
    free(exchange);
}

/* One failed option makes all failed: a request must not run without one of its limits. */
struct setup {
    CURL *easy;
    CURLcode code;
};

static void set_long(struct setup *setup, CURLoption option, long value)
{
    if (setup->code == CURLE_OK)
        setup->code = curl_easy_setopt(setup->easy, option, value);
}

static void set_text(struct setup *setup, CURLoption option, const char *value)
{
    if (setup->code == CURLE_OK && value != NULL)
        setup->code = curl_easy_setopt(setup->easy, option, value);
}

static void set_pointer(struct setup *setup, CURLoption option, void *value)
{
    if (setup->code == CURLE_OK)
        setup->code = curl_easy_setopt(setup->easy, option, value);
}

static void set_protocols(struct setup *setup)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    set_text(setup, CURLOPT_PROTOCOLS_STR, "http,https");
    set_text(setup, CURLOPT_REDIR_PROTOCOLS_STR, "https");
#else
    set_long(setup, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
    set_long(setup, CURLOPT_REDIR_PROTOCOLS, CURLPROTO_HTTPS);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    set_long(setup, CURLOPT_QUICK_EXIT, 1);
#endif
#if LIBCURL_VERSION_NUM < 0x080c00
    /* The cache of TLS sessions serves one request only, and is freed twice where memory ends. */
    set_long(setup, CURLOPT_SSL_SESSIONID_CACHE, 0);
#endif
}

/* NULL for none of libcurl's own. */
static void set_authorities(struct setup *setup, const char *file, const char *path)
{
    if (setup->code == CURLE_OK)
        setup->code = curl_easy_setopt(setup->easy, CURLOPT_CAINFO, file);
    if (setup->code == CURLE_OK)
        setup->code = curl_easy_setopt(setup->easy, CURLOPT_CAPATH, path);
}

static void set_trust(struct setup *setup, const struct amr_http *http, struct exchange *exchange)
{
    const char *directory = amr_trust_directory();
    bool is_told = http->ca_file != NULL || http->ca_path != NULL;

    exchange->is_bundle_read = is_told || directory == NULL || http->is_bundle_needed;
    if (is_told)
        set_authorities(setup, http->ca_file, http->ca_path);
    else
        set_authorities(setup, exchange->is_bundle_read ? amr_trust_bundle() : NULL, directory);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A process that goes on must see that its authorities have changed. */
    if (http->resident != NULL)
        set_long(setup, CURLOPT_CA_CACHE_TIMEOUT, 0);
#endif
}

static void set_times(struct setup *setup, const struct exchange *exchange)
{
    int64_t left_ms = exchange->deadline_ms - amr_clock_mono_ms();
    long total_ms = left_ms < 1 ? 1 : (long)left_ms;
    long most_ms = exchange->connect_ms > 0 ? (long)exchange->connect_ms : CONNECT_MS_MAX;

    set_long(setup, CURLOPT_TIMEOUT_MS, total_ms);
    set_long(setup, CURLOPT_CONNECTTIMEOUT_MS, total_ms < most_ms ? total_ms : most_ms);
    set_long(setup, CURLOPT_NOSIGNAL, 1);
}

static void set_callbacks(struct setup *setup, struct exchange *exchange)
{
    if (setup->code == CURLE_OK)
        setup->code = curl_easy_setopt(setup->easy, CURLOPT_WRITEFUNCTION, on_body);
    if (setup->code == CURLE_OK)
        setup->code = curl_easy_setopt(setup->easy, CURLOPT_HEADERFUNCTION, on_header);
    set_pointer(setup, CURLOPT_WRITEDATA, exchange);
    set_pointer(setup, CURLOPT_HEADERDATA, exchange);
    set_pointer(setup, CURLOPT_ERRORBUFFER, exchange->reason);
    set_pointer(setup, CURLOPT_PRIVATE, exchange);
}

static bool set_up(const struct amr_http *http, const struct amr_http_request *request,
                   struct exchange *exchange)
{
    struct setup setup = {.easy = exchange->easy, .code = CURLE_OK};

    set_text(&setup, CURLOPT_URL, request->url);
    set_text(&setup, CURLOPT_USERAGENT, http->user_agent);
    set_text(&setup, CURLOPT_PROXY, request->is_direct ? "" : http->proxy);
    set_long(&setup, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BUFFER_BYTES);
    set_long(&setup, CURLOPT_FOLLOWLOCATION, 0);
    set_long(&setup, CURLOPT_NETRC, CURL_NETRC_IGNORED);
    set_text(&setup, CURLOPT_COPYPOSTFIELDS, request->body);
    set_text(&setup, CURLOPT_CUSTOMREQUEST, request->method);
    set_long(&setup, CURLOPT_FRESH_CONNECT, request->method != NULL);
    set_protocols(&setup);
    set_trust(&setup, http, exchange);
    set_times(&setup, exchange);
    set_callbacks(&setup, exchange);
    set_pointer(&setup, CURLOPT_HTTPHEADER, exchange->headers);
    return setup.code == CURLE_OK;
}

static char *copy_origin(const char *url)
{
    const char *host = strstr(url, "://");
    size_t scheme_length = host == NULL ? 0 : (size_t)(host - url) + strlen("://");

    return strndup(url, scheme_length + strcspn(url + scheme_length, "/?#"));
}

static struct exchange *make_exchange(const struct amr_http_request *request, size_t tag,
                                      int64_t deadline_ms)
{
    struct exchange *exchange = calloc(1, sizeof(*exchange));

    if (exchange == NULL)
        return NULL;
    exchange->easy = curl_easy_init();
    exchange->origin = copy_origin(request->url);
    exchange->connect_ms = request->connect_ms;
    exchange->is_direct = request->is_direct;
    exchange->deadline_ms = deadline_ms;
    exchange->result.tag = tag;
    amr_buffer_init(&exchange->result.body, AMR_HTTP_BODY_BYTES_MAX);
    amr_buffer_init(&exchange->result.operation, AMR_HTTP_LINK_BYTES_MAX);
    amr_buffer_init(&exchange->result.location, AMR_HTTP_LINK_BYTES_MAX);
    if (exchange->easy == NULL || exchange->origin == NULL ||
        !add_header(exchange, "Accept: application/json") || !add_headers(exchange, request)) {
        free_exchange(exchange);
        return NULL;
    }
    return exchange;
}

bool amr_http_start(struct amr_http *http, const struct amr_http_request *request, size_t tag,
                    int64_t deadline_ms, struct amr_error *err)
{
    struct exchange *exchange = make_exchange(request, tag, deadline_ms);

    if (exchange == NULL)
        return amr_error_set_no_memory(err);
    if (!set_up(http, request, exchange) ||
        curl_multi_add_handle(http->multi, exchange->easy) != CURLM_OK) {
        free_exchange(exchange);
        return set_no_network(err);
    }
    exchange->next = http->exchanges;
    http->exchanges = exchange;
    if (http->resident != NULL)
        http->resident->requests++;
    return true;
}

static bool has_begun(CURL *easy, CURLINFO info)
{
    curl_off_t microseconds = 0;

    return curl_easy_getinfo(easy, info, &microseconds) == CURLE_OK && microseconds > 0;
}

static enum amr_error_code code_of(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return AMR_ERROR_TIMEOUT;
    case CURLE_OUT_OF_MEMORY:
        return AMR_ERROR_NO_MEMORY;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
        return AMR_ERROR_TLS;
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
        return AMR_ERROR_RESPONSE;
#endif
    default:
        return AMR_ERROR_NETWORK;
    }
}

/* libcurl's own time of connecting includes TLS in some versions; the port is known once the
 * connection stands. */
static bool is_connected(CURL *easy)
{
    long port = 0;

    return curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &port) == CURLE_OK && port > 0;
}

/* A connection that was there before has its TLS behind it. */
static bool is_secured(CURL *easy)
{
    long connects = 0;

    return has_begun(easy, CURLINFO_APPCONNECT_TIME_T) ||
           (curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects) == CURLE_OK && connects == 0);
}

/* The part of the exchange in which it ended. */
static const char *phase_of(const struct exchange *exchange, CURLcode code)
{
    bool is_secure = amr_text_is_prefix_nocase("https:", exchange->origin);

    if (code_of(code) == AMR_ERROR_TLS)
        return "TLS";
    if (!has_begun(exchange->easy, CURLINFO_NAMELOOKUP_TIME_T))
        return "resolve";
    if (!is_connected(exchange->easy))
        return "connect";
    if (is_secure && !is_secured(exchange->easy))
        return "TLS";
    return has_begun(exchange->easy, CURLINFO_PRETRANSFER_TIME_T) ? "receive" : "send";
}

static const char *environment_proxy(const struct exchange *exchange)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    const char *value = NULL;

    if (!amr_text_is_prefix_nocase("https:", exchange->origin))
        return NULL;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && value == NULL; i++)
        value = getenv(names[i]);
    return value;
}

/* The proxy that the connection was to go through, NULL where that is none or not certain. */
static const char *proxy_of(const struct amr_http *http, const struct exchange *exchange)
{
    bool is_excepted = getenv("no_proxy") != NULL || getenv("NO_PROXY") != NULL;
    long status = 0;

    if (exchange->is_direct)
        return NULL;
    (void)curl_easy_getinfo(exchange->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (status / 100 == 2 || (status == 0 && (is_excepted || is_connected(exchange->easy))))
        return NULL;
    return http->proxy != NULL ? http->proxy : environment_proxy(exchange);
}

/* A refusal of the tunnel comes before TLS, whatever libcurl's times say. */
static void append_reason(struct amr_buffer *words, const struct amr_http *http,
                          const struct exchange *exchange, CURLcode code)
{
    const char *reason = exchange->reason[0] != '\0' ? exchange->reason : curl_easy_strerror(code);
    const char *proxy = proxy_of(http, exchange);
    bool is_refused = proxy != NULL && is_connected(exchange->easy);

    if (proxy != NULL) {
        amr_buffer_append_text(words, "proxy ");
        amr_url_append_proxy_name(words, proxy);
        amr_buffer_append_text(words, ": ");
    }
    amr_buffer_append_format(words, "%s: ", is_refused ? "connect" : phase_of(exchange, code));
    amr_text_append_clean(words, reason, CURL_ERROR_SIZE);
}

/* libcurl has a limit of its own for a header line, and up to 8.5 says the same of one that is
 * longer as of a lack of memory: where there is memory for such a line it was the line. */
static bool is_line_too_long(const struct exchange *exchange, CURLcode code)
{
    bool is_received = has_begun(exchange->easy, CURLINFO_PRETRANSFER_TIME_T);
    struct amr_buffer line;

    if (code_of(code) == AMR_ERROR_RESPONSE)
        return is_received;
    if (code != CURLE_OUT_OF_MEMORY || !is_received || LIBCURL_VERSION_NUM >= 0x080600)
        return false;
    amr_buffer_init(&line, CURL_MAX_HTTP_HEADER);
    amr_buffer_reserve(&line, CURL_MAX_HTTP_HEADER);
    bool has_memory = !amr_buffer_is_failed(&line);
    amr_buffer_free(&line);
    return has_memory;
}

static void describe(const struct amr_http *http, struct exchange *exchange, CURLcode code)
{
    struct amr_buffer words;
    struct amr_error *err = &exchange->result.error;

    if (is_line_too_long(exchange, code)) {
        (void)amr_error_set(err, AMR_ERROR_RESPONSE, "the answer is too large");
    } else if (exchange->is_too_large || amr_buffer_is_failed(&exchange->result.body)) {
        (void)amr_buffer_set_error(&exchange->result.body, err, AMR_ERROR_RESPONSE,
                                   "the answer is too large");
    } else {
        amr_buffer_init(&words, AMR_ERROR_MESSAGE_SIZE);
        append_reason(&words, http, exchange, code);
        (void)amr_error_set(err, code_of(code), "%s",
                            amr_buffer_is_failed(&words) ? curl_easy_strerror(code)
                                                         : amr_buffer_text(&words));
        amr_buffer_free(&words);
    }
    (void)amr_error_add_context(err, "%s", exchange->origin);
}

static void count(const struct amr_http *http, const struct amr_http_result *result)
{
    if (http->resident == NULL)
        return;
    http->resident->errors += !result->is_answered || result->status >= 400;
    http->resident->throttled += result->is_answered && result->status == 429;
}

static void take_out(struct amr_http *http, struct exchange *exchange)
{
    struct exchange **slot = &http->exchanges;

    while (*slot != NULL && *slot != exchange)
        slot = &(*slot)->next;
    if (*slot != NULL)
        *slot = exchange->next;
    (void)curl_multi_remove_handle(http->multi, exchange->easy);
}

/* Moves what became of an exchange to *result and frees the rest. */
static void finish(struct amr_http *http, struct exchange *exchange, struct amr_http_result *result)
{
    long status = 0;
    CURLcode code = exchange->code;

    (void)curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    exchange->result.status = (int)status;
    exchange->result.is_answered = code == CURLE_OK && status != 0;
    if (!exchange->result.is_answered)
        describe(http, exchange, code);
    count(http, &exchange->result);
    take_out(http, exchange);
    *result = exchange->result;
    exchange->result = (struct amr_http_result){0};
    free_exchange(exchange);
}

/* Starts again with the bundle besides where the directory was not enough to trust the server.
 * What a failed handshake ended was not sent. */
static bool trust_bundle(struct amr_http *http, struct exchange *exchange, CURLcode code)
{
    struct setup setup = {.easy = exchange->easy, .code = CURLE_OK};

    if (exchange->is_bundle_read ||
        (code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_CACERT_BADFILE))
        return false;
    http->is_bundle_needed = true;
    exchange->reason[0] = '\0';
    (void)curl_multi_remove_handle(http->multi, exchange->easy);
    set_trust(&setup, http, exchange);
    set_times(&setup, exchange);
    return setup.code == CURLE_OK && curl_multi_add_handle(http->multi, exchange->easy) == CURLM_OK;
}

static void note_finished(struct amr_http *http)
{
    int left;
    const CURLMsg *message;

    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        char *private = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        struct exchange *exchange = (struct exchange *)(void *)private;
        exchange->code = code;
        exchange->is_over = !trust_bundle(http, exchange, code);
    }
}

/* `asked`, or where that is NULL any that amr_http_ask does not wait for. */
static bool take_finished(struct amr_http *http, const struct exchange *asked,
                          struct amr_http_result *result)
{
    for (struct exchange *at = http->exchanges; at != NULL; at = at->next) {
        if (at->is_over && (asked == NULL ? !at->is_asked : at == asked)) {
            finish(http, at, result);
            return true;
        }
    }
    return false;
}

static const struct amr_cancel *cancel_of(const struct amr_http *http)
{
    return http->resident == NULL ? NULL : &http->resident->cancel;
}

bool amr_http_is_cancelled(const struct amr_http *http)
{
    return amr_cancel_is_raised(cancel_of(http));
}

void amr_http_pause(const struct amr_http *http, int64_t wait_ms)
{
    amr_cancel_wait(cancel_of(http), wait_ms);
}

static bool wait_a_while(struct amr_http *http, int64_t left_ms)
{
    struct curl_waitfd cancel = {.events = CURL_WAIT_POLLIN};
    unsigned count = http->resident != NULL;
    int wait_ms = left_ms < WAIT_MS_MAX ? (int)left_ms : WAIT_MS_MAX;

    if (http->resident != NULL)
        cancel.fd = http->resident->cancel.read_fd;
    return curl_multi_poll(http->multi, &cancel, count, wait_ms, NULL) == CURLM_OK;
}

static bool wait_for(struct amr_http *http, const struct exchange *asked, int64_t until_ms,
                     struct amr_http_result *result, struct amr_error *err)
{
    for (;;) {
        int running;

        if (curl_multi_perform(http->multi, &running) != CURLM_OK)
            return set_no_network(err);
        note_finished(http);
        if (take_finished(http, asked, result))
            return true;
        int64_t left_ms = until_ms - amr_clock_mono_ms();
        if (left_ms <= 0)
            return amr_error_set(err, AMR_ERROR_TIMEOUT, "no answer in time");
        if (!wait_a_while(http, left_ms))
            return set_no_network(err);
        if (amr_http_is_cancelled(http))
            return amr_error_set(err, AMR_ERROR_TIMEOUT, "ended before there was an answer");
    }
}

bool amr_http_wait(struct amr_http *http, int64_t until_ms, struct amr_http_result *result,
                   struct amr_error *err)
{
    return wait_for(http, NULL, until_ms, result, err);
}

void amr_http_result_free(struct amr_http_result *result)
{
    amr_buffer_wipe(&result->body);
    amr_buffer_free(&result->operation);
    amr_buffer_free(&result->location);
}

bool amr_http_ask(struct amr_http *http, const struct amr_http_request *request,
                  int64_t deadline_ms, struct amr_http_result *result, struct amr_error *err)
{
    if (!amr_http_start(http, request, 0, deadline_ms, err))
        return false;
    struct exchange *asked = http->exchanges;
    asked->is_asked = true;
    if (!wait_for(http, asked, deadline_ms, result, err))
        return false;
    if (result->is_answered)
        return true;
    *err = result->error;
    amr_http_result_free(result);
    return false;
}

static void end_exchanges(struct amr_http *http)
{
    while (http->exchanges != NULL) {
        struct exchange *exchange = http->exchanges;

        count(http, &exchange->result);
        take_out(http, exchange);
        free_exchange(exchange);
    }
}

void amr_http_close(struct amr_http *http)
{
    if (http == NULL || (http->exchanges != NULL && http->resident == NULL))
        return;
    /* A connection that does not answer is not worth keeping. */
    bool is_kept = http->exchanges == NULL && http->resident != NULL &&
                   http->resident->keeps_connections && http->resident->kept == NULL;
    if (is_kept) {
        http->resident->kept = http;
        return;
    }
    end_exchanges(http);
    free_set(http);
}

void amr_http_forget(struct amr_http_resident *resident)
{
    struct amr_http *kept = take_kept(resident);

    if (kept != NULL)
        free_set(kept);
}
