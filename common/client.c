/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "client.h"

#include <stdlib.h>

#include "clock.h"
#include "credential.h"

enum { UNAUTHORIZED = 401 };

struct amr_client {
    const struct amr_settings *settings;
    struct amr_http *http;
    struct amr_buffer token;
};

bool amr_client_open(const struct amr_settings *settings, struct amr_http_resident *resident,
                     struct amr_client **client, struct amr_error *err)
{
    struct amr_http_options options = {
        .user_agent = PACKAGE_NAME "/" PACKAGE_VERSION,
        .proxy = settings->proxy,
        .ca_file = settings->ca_file,
        .ca_path = settings->ca_path,
        .resident = resident,
    };
    struct amr_client *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return amr_error_set_no_memory(err);
    made->settings = settings;
    amr_buffer_init(&made->token, AMR_TOKEN_BYTES_MAX);
    if (!amr_http_open(&options, &made->http, err)) {
        free(made);
        return false;
    }
    *client = made;
    return true;
}

/* Gets a new token in the place of the one that there is. */
static bool read_token(struct amr_client *client, int64_t deadline_ms, struct amr_error *err)
{
    struct amr_token_request request = {
        .settings = client->settings,
        .http = client->http,
        .now_s = amr_clock_now_s(),
        .deadline_ms = deadline_ms,
    };

    amr_buffer_wipe(&client->token);
    amr_buffer_init(&client->token, AMR_TOKEN_BYTES_MAX);
    return amr_credential_read_token(&request, &client->token, err);
}

bool amr_client_ask(struct amr_client *client, const struct amr_http_request *request,
                    int64_t deadline_ms, struct amr_http_result *result, bool *is_sent,
                    struct amr_error *err)
{
    struct amr_http_request asked = *request;

    for (bool is_last = false;; is_last = true) {
        *is_sent = false;
        if ((is_last || client->token.length == 0) && !read_token(client, deadline_ms, err))
            return false;
        asked.bearer = amr_buffer_text(&client->token);
        *is_sent = true;
        if (!amr_http_ask(client->http, &asked, deadline_ms, result, err))
            return false;
        if (is_last || result->status != UNAUTHORIZED)
            return true;
        amr_http_result_free(result);
    }
}

void amr_client_close(struct amr_client *client)
{
    if (client == NULL)
        return;
    amr_buffer_wipe(&client->token);
    amr_http_close(client->http);
    free(client);
}
