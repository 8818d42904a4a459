/* SPDX-License-Identifier: MIT */
#include "url.h"

#include <string.h>

#include "text.h"

enum { PROXY_NAME_BYTES_MAX = 300 }; /* a host name has 255 at most */

enum { HOST_BYTES_MAX = 253, PORT_MAX = 65535 };

static const char host_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";

/* Length of `host` or `[v6]` at text, 0 where there is none. */
static size_t host_length(const char *text)
{
    if (*text != '[') {
        size_t length = strspn(text, host_bytes);

        return length > HOST_BYTES_MAX ? 0 : length;
    }
    size_t inside = strspn(text + 1, "0123456789abcdefABCDEF:.");
    return inside > 0 && text[1 + inside] == ']' ? inside + 2 : 0;
}

/* True for nothing or a slash and more after an optional port. */
static bool is_port_and_path(const char *text)
{
    long port = 0;

    if (*text == ':') {
        size_t digits = strspn(text + 1, "0123456789");

        if (digits == 0 || digits > 5)
            return false;
        for (size_t i = 1; i <= digits; i++)
            port = port * 10 + (text[i] - '0');
        if (port < 1 || port > PORT_MAX)
            return false;
        text += 1 + digits;
    }
    return *text == '\0' || *text == '/';
}

/* The same with nothing after the slash. */
static bool is_port_and_end(const char *text)
{
    const char *slash = strchr(text, '/');

    return is_port_and_path(text) && (slash == NULL || slash[1] == '\0');
}

static bool is_host_and_port(const char *text)
{
    size_t length = host_length(text);

    return length > 0 && is_port_and_end(text + length);
}

static bool is_loopback_v4(const char *host, size_t length)
{
    const char *at = host;

    for (int part = 0; part < 4; part++) {
        size_t digits = strspn(at, "0123456789");

        if (digits == 0 || digits > 3 || (digits == 3 && strncmp(at, "255", 3) > 0))
            return false;
        at += digits;
        if (part < 3 && *at++ != '.')
            return false;
    }
    return at == host + length && strncmp(host, "127.", 4) == 0;
}

static bool is_loopback(const char *host)
{
    size_t length = host_length(host);

    return (length == strlen("localhost") && amr_text_is_prefix_nocase("localhost", host)) ||
           (length == strlen("[::1]") && strncmp(host, "[::1]", length) == 0) ||
           is_loopback_v4(host, length);
}

/* What follows the scheme, NULL where it is another. */
static const char *after_scheme(const char *url, const char *scheme)
{
    return amr_text_is_prefix_nocase(scheme, url) ? url + strlen(scheme) : NULL;
}

bool amr_url_is_endpoint(const char *url)
{
    const char *secure = after_scheme(url, "https://");
    const char *plain = after_scheme(url, "http://");

    if (secure != NULL)
        return is_host_and_port(secure);
    return plain != NULL && is_host_and_port(plain) && is_loopback(plain);
}

bool amr_url_is_loopback(const char *url)
{
    const char *secure = after_scheme(url, "https://");
    const char *rest = secure != NULL ? secure : after_scheme(url, "http://");

    return rest != NULL && is_loopback(rest);
}

bool amr_url_is_identity_endpoint(const char *url)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    const char *secure = after_scheme(url, "https://");
    const char *rest = secure != NULL ? secure : after_scheme(url, "http://");
    size_t length = rest == NULL ? 0 : host_length(rest);

    if (length == 0)
        return false;
    const char *path = rest + length + strcspn(rest + length, "/");
    return is_port_and_path(rest + length) && strspn(path, allowed) == strlen(path) &&
           strstr(path, "..") == NULL;
}

/* Bytes at which libcurl would see the host's end, or a new line, are no part of it. */
static bool is_user_info(const char *text, const char *end)
{
    for (const char *at = text; at < end; at++) {
        if (*at <= ' ' || *at > '~' || strchr("/?#\\", *at) != NULL)
            return false;
    }
    return true;
}

bool amr_url_is_proxy(const char *url)
{
    const char *secure = after_scheme(url, "https://");
    const char *rest = secure != NULL ? secure : after_scheme(url, "http://");

    if (rest == NULL)
        return false;
    const char *at = strrchr(rest, '@');
    if (at == NULL)
        return is_host_and_port(rest);
    return is_user_info(rest, at) && is_host_and_port(at + 1);
}

void amr_url_append_proxy_name(struct amr_buffer *words, const char *url)
{
    size_t scheme_length =
        strspn(url, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-");
    struct amr_buffer name;

    scheme_length = strncmp(url + scheme_length, "://", 3) == 0 ? scheme_length + 3 : 0;
    const char *rest = url + scheme_length;
    const char *at = strrchr(rest, '@');
    const char *host = at == NULL ? rest : at + 1;

    amr_buffer_init(&name, PROXY_NAME_BYTES_MAX);
    amr_buffer_append(&name, url, scheme_length);
    amr_buffer_append(&name, host, strcspn(host, "/?#"));
    amr_text_append_clean(words, amr_buffer_is_failed(&name) ? "?" : amr_buffer_text(&name),
                          PROXY_NAME_BYTES_MAX);
    amr_buffer_free(&name);
}

void amr_url_append_encoded(struct amr_buffer *url, const char *value)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (const char *at = value; *at != '\0'; at++) {
        if (strchr(unreserved, *at) != NULL)
            amr_buffer_append(url, at, 1);
        else
            amr_buffer_append_format(url, "%%%02X", (unsigned)(unsigned char)*at);
    }
}
