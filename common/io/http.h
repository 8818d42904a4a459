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
#include "cancel.h"
#include "error.h"

enum {
    AMR_HTTP_BODY_BYTES_MAX = 8 * 1024 * 1024,
    AMR_HTTP_HEADERS_BYTES_MAX = 64 * 1024,
    AMR_HTTP_HEADER_VALUE_SIZE = 128,
    AMR_HTTP_HEADERS_MAX = 3,
    AMR_HTTP_LINK_BYTES_MAX = 16 * 1024,
};

struct amr_http;

/* What the thread of a process that goes on after its requests has: a way to end them, and how many
 * there were. Those that failed or were answered with a status of 400 and more are errors, those
 * with 429 are throttled besides. Where it keeps connections, a set that is closed with nothing
 * under way is `kept`, with libcurl's caches, and is what amr_http_open hands out next, whatever
 * its options: they are the same each time. */
struct amr_http_resident {
    struct amr_cancel cancel;
    bool keeps_connections;
    struct amr_http *kept;
    uint64_t requests;
    uint64_t errors;
    uint64_t throttled;
};

/* `resident`, which must outlive the set, is NULL in a process that is about to end; one that has
 * it has called amr_http_start_up. The rest is borrowed until amr_http_open returns. ca_file and
 * ca_path, where one is set, replace the system's certificate authorities. Of these the directory
 * is tried first; the bundle, which takes long to read, is where the directory does not know the
 * server. A NULL proxy leaves the choice to the environment, an empty one means none at all. */
struct amr_http_options {
    const char *user_agent;
    const char *proxy;
    const char *ca_file;
    const char *ca_path;
    struct amr_http_resident *resident;
    long connections_max; /* to one host; 0: as many as there are requests */
};

/* A request; all borrowed until amr_http_start returns. `method` is NULL for a POST where there is
 * a body, else a GET. `bearer` is a token or NULL. `body` is a form unless `headers` say what it
 * is. `headers` are further lines "Name: value", up to the first NULL. Where connect_ms is not 0 a
 * connection that does not stand after so many milliseconds is given up. is_direct: past any proxy.
 * A request with a method of its own gets a connection of its own: on one that was used before
 * libcurl would send it again where the server had just closed that. */
struct amr_http_request {
    const char *url;
    const char *method;
    const char *bearer;
    const char *body;
    const char *headers[AMR_HTTP_HEADERS_MAX];
    int64_t connect_ms;
    bool is_direct;
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
    struct amr_buffer operation; /* Azure-AsyncOperation */
    struct amr_buffer location;
    struct amr_error error;
};

/* Starts what libcurl shares between threads, once in a process that has several: not every libcurl
 * can do so from two at a time. Error: AMR_ERROR_NETWORK. */
bool amr_http_start_up(struct amr_error *err) AMR_MUST_CHECK;

/* Opens a set of connections, or hands out what the resident has kept. Errors: AMR_ERROR_NO_MEMORY,
 * AMR_ERROR_NETWORK. */
bool amr_http_open(const struct amr_http_options *options, struct amr_http **http,
                   struct amr_error *err) AMR_MUST_CHECK;

/* Starts a request that must be over by the monotonic instant deadline_ms. */
bool amr_http_start(struct amr_http *http, const struct amr_http_request *request, size_t tag,
                    int64_t deadline_ms, struct amr_error *err) AMR_MUST_CHECK;

/* Waits for one of the started requests to be over and hands out its result, which the caller frees
 * with amr_http_result_free; there may be none under way. Error: AMR_ERROR_TIMEOUT at the monotonic
 * instant until_ms, after which the caller may wait on, and where the requests were cancelled. */
bool amr_http_wait(struct amr_http *http, int64_t until_ms, struct amr_http_result *result,
                   struct amr_error *err) AMR_MUST_CHECK;

/* Frees a result, wiping its body, which may hold a token. */
void amr_http_result_free(struct amr_http_result *result);

/* Ends what is under way, and frees or keeps the set; takes NULL. With a request still under way
 * that is left to a process that is about to end: a name server that is silent would hold it up. */
void amr_http_close(struct amr_http *http);

/* Closes the connections that a resident has kept; takes one that has none. */
void amr_http_forget(struct amr_http_resident *resident);

/* True where the requests of the resident were cancelled. */
bool amr_http_is_cancelled(const struct amr_http *http);

/* Does nothing for wait_ms milliseconds, or until they are. */
void amr_http_pause(const struct amr_http *http, int64_t wait_ms);

/* Makes one request and waits for its end, while those that were started go on. On success *result,
 * the caller's to free with amr_http_result_free, has an answer. Errors: those of amr_http_start
 * and amr_http_wait, and why there is no answer. */
bool amr_http_ask(struct amr_http *http, const struct amr_http_request *request,
                  int64_t deadline_ms, struct amr_http_result *result,
                  struct amr_error *err) AMR_MUST_CHECK;

#endif
