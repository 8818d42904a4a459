/* SPDX-License-Identifier: MIT */
/* HTTP requests, several at a time, each bounded in time and size. Knows no JSON. Never follows a
 * redirect, never reads .netrc, verifies certificates always, and shows no header or body of its
 * requests. Exchanges with a server that ask for other authentication are failures like others. */
#ifndef AMR_HTTP_H
#define AMR_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

enum {
    AMR_HTTP_BODY_BYTES_MAX = 8 * 1024 * 1024,
    AMR_HTTP_HEADERS_BYTES_MAX = 64 * 1024,
    AMR_HTTP_HEADER_VALUE_SIZE = 128,
    AMR_HTTP_HEADERS_MAX = 3,
};

struct amr_http;

/* All borrowed until amr_http_open returns. ca_file and ca_path, where one is set, replace the
 * system's certificate authorities. A NULL proxy leaves the choice to the environment, an empty one
 * means none at all. */
struct amr_http_options {
    const char *user_agent;
    const char *proxy;
    const char *ca_file;
    const char *ca_path;
};

/* A request; all borrowed until amr_http_start returns. `method` is NULL for a POST where there is
 * a body, else a GET. `bearer` is a token or NULL. `body` is a form unless `headers` say what it
 * is. `headers` are further lines "Name: value", up to the first NULL. Where connect_ms is not 0 a
 * connection that does not stand after so many milliseconds is given up. */
struct amr_http_request {
    const char *url;
    const char *method;
    const char *bearer;
    const char *body;
    const char *headers[AMR_HTTP_HEADERS_MAX];
    int64_t connect_ms;
};

/* What became of a request. `tag` is the caller's. Where is_answered, status, body and the header
 * values ("" where absent) are those of the answer; else `error` says why there is none. */
struct amr_http_result {
    size_t tag;
    bool is_answered;
    int status;
    struct amr_buffer body;
    char correlation[AMR_HTTP_HEADER_VALUE_SIZE]; /* x-ms-correlation-request-id */
    char retry_after[AMR_HTTP_HEADER_VALUE_SIZE];
    char quota_reset[AMR_HTTP_HEADER_VALUE_SIZE]; /* x-ms-user-quota-resets-after */
    char date[AMR_HTTP_HEADER_VALUE_SIZE];
    char www_authenticate[AMR_HTTP_HEADER_VALUE_SIZE];
    struct amr_error error;
};

/* Opens a set of connections. Errors: AMR_ERROR_NO_MEMORY, AMR_ERROR_NETWORK. */
bool amr_http_open(const struct amr_http_options *options, struct amr_http **http,
                   struct amr_error *err) AMR_MUST_CHECK;

/* Starts a request that must be over by the monotonic instant deadline_ms. */
bool amr_http_start(struct amr_http *http, const struct amr_http_request *request, size_t tag,
                    int64_t deadline_ms, struct amr_error *err) AMR_MUST_CHECK;

/* Waits for one of the started requests to be over and hands out its result, which the caller frees
 * with amr_http_result_free; there may be none under way. Error: AMR_ERROR_TIMEOUT at the monotonic
 * instant until_ms, after which the caller may wait on. A process that is about to end must not
 * call amr_http_close with a request under way: a name server that is silent would block it. */
bool amr_http_wait(struct amr_http *http, int64_t until_ms, struct amr_http_result *result,
                   struct amr_error *err) AMR_MUST_CHECK;

/* Frees a result, wiping its body, which may hold a token. */
void amr_http_result_free(struct amr_http_result *result);

/* Ends what is under way and frees; takes NULL. */
void amr_http_close(struct amr_http *http);

/* True where a request is still under way. */
bool amr_http_is_busy(const struct amr_http *http);

/* Makes one request with connections of its own. On success *result, the caller's to free with
 * amr_http_result_free, has an answer. Errors: those of amr_http_open and amr_http_wait, and why
 * there is no answer. */
bool amr_http_ask(const struct amr_http_options *options, const struct amr_http_request *request,
                  int64_t deadline_ms, struct amr_http_result *result,
                  struct amr_error *err) AMR_MUST_CHECK;

#endif
