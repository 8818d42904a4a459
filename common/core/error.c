/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const code_words[] = {
    [AMR_ERROR_USAGE] = "usage",
    [AMR_ERROR_CREDENTIAL] = "credential",
    [AMR_ERROR_DENIED] = "denied",
    [AMR_ERROR_NOT_FOUND] = "not-found",
    [AMR_ERROR_THROTTLED] = "throttled",
    [AMR_ERROR_SERVER] = "server",
    [AMR_ERROR_NETWORK] = "network",
    [AMR_ERROR_TIMEOUT] = "timeout",
    [AMR_ERROR_TLS] = "tls",
    [AMR_ERROR_RESPONSE] = "response",
    [AMR_ERROR_NO_MEMORY] = "no-memory",
};

AMR_PRINTF(2, 0)
static void format_message(char text[AMR_ERROR_MESSAGE_SIZE], const char *format, va_list arguments)
{
    text[0] = '\0';
    (void)vsnprintf(text, AMR_ERROR_MESSAGE_SIZE, format, arguments);
}

static void append_message(char text[AMR_ERROR_MESSAGE_SIZE], const char *tail)
{
    size_t used = strlen(text);
    size_t room = AMR_ERROR_MESSAGE_SIZE - 1 - used;
    size_t length = strnlen(tail, room);

    memcpy(text + used, tail, length);
    text[used + length] = '\0';
}

bool amr_error_set(struct amr_error *err, enum amr_error_code code, const char *format, ...)
{
    /* The arguments may point into err->message itself. */
    char message[AMR_ERROR_MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    format_message(message, format, arguments);
    va_end(arguments);

    err->code = code;
    err->http_status = 0;
    err->retry_s = 0;
    memcpy(err->message, message, sizeof(message));
    return false;
}

bool amr_error_add_context(struct amr_error *err, const char *format, ...)
{
    char message[AMR_ERROR_MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    format_message(message, format, arguments);
    va_end(arguments);

    append_message(message, ": ");
    append_message(message, err->message);
    memcpy(err->message, message, sizeof(message));
    return false;
}

bool amr_error_add_prefix(struct amr_error *err, const char *prefix)
{
    char message[AMR_ERROR_MESSAGE_SIZE] = "";

    append_message(message, prefix);
    append_message(message, err->message);
    memcpy(err->message, message, sizeof(message));
    return false;
}

bool amr_error_set_no_memory(struct amr_error *err)
{
    return amr_error_set(err, AMR_ERROR_NO_MEMORY, "out of memory");
}

const char *amr_error_code_word(enum amr_error_code code)
{
    /* A code read from foreign bytes may be outside the enumeration. */
    if ((size_t)code >= AMR_COUNT_OF(code_words))
        return "unknown";
    return code_words[code];
}
