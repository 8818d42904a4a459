/* SPDX-License-Identifier: MIT */
#include "buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_CAPACITY = 64 };

void amr_buffer_init(struct amr_buffer *buffer, size_t max_bytes)
{
    *buffer = (struct amr_buffer){.max_bytes = max_bytes};
}

static size_t next_capacity(const struct amr_buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity > SIZE_MAX / 2 ? needed : buffer->capacity * 2;

    if (capacity < SMALLEST_CAPACITY)
        capacity = SMALLEST_CAPACITY;
    if (capacity - 1 > buffer->max_bytes)
        capacity = buffer->max_bytes + 1;
    return capacity < needed ? needed : capacity;
}

static bool grow(struct amr_buffer *buffer, size_t needed)
{
    size_t capacity = next_capacity(buffer, needed);
    char *text = malloc(capacity);

    if (text == NULL)
        return false;
    /* realloc would leave a copy of a secret in freed memory. */
    if (buffer->text != NULL) {
        memcpy(text, buffer->text, buffer->length);
        explicit_bzero(buffer->text, buffer->capacity);
        free(buffer->text);
    }
    text[buffer->length] = '\0';
    buffer->text = text;
    buffer->capacity = capacity;
    return true;
}

static bool reserve(struct amr_buffer *buffer, size_t extra)
{
    size_t length = buffer->length;

    if (buffer->failed)
        return false;
    buffer->is_full = extra > buffer->max_bytes - length || extra > SIZE_MAX - 1 - length;
    buffer->failed = buffer->is_full ||
                     (length + extra + 1 > buffer->capacity && !grow(buffer, length + extra + 1));
    return !buffer->failed;
}

void amr_buffer_reserve(struct amr_buffer *buffer, size_t length)
{
    size_t wanted = length > buffer->max_bytes ? buffer->max_bytes : length;

    if (wanted > buffer->length)
        (void)reserve(buffer, wanted - buffer->length);
}

void amr_buffer_append(struct amr_buffer *buffer, const void *bytes, size_t length)
{
    if (length == 0 || !reserve(buffer, length))
        return;
    memcpy(buffer->text + buffer->length, bytes, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

void amr_buffer_append_text(struct amr_buffer *buffer, const char *text)
{
    amr_buffer_append(buffer, text, strlen(text));
}

AMR_PRINTF(3, 0)
static void append_formatted(struct amr_buffer *buffer, size_t length, const char *format,
                             va_list arguments)
{
    if (!reserve(buffer, length))
        return;
    (void)vsnprintf(buffer->text + buffer->length, length + 1, format, arguments);
    buffer->length += length;
}

void amr_buffer_append_format(struct amr_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_list again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        buffer->failed = true;
    else if (length > 0)
        append_formatted(buffer, (size_t)length, format, again);
    va_end(again);
    va_end(arguments);
}

void amr_buffer_append_buffer(struct amr_buffer *buffer, const struct amr_buffer *other)
{
    buffer->failed |= other->failed;
    buffer->is_full |= other->is_full;
    amr_buffer_append(buffer, other->text, other->length);
}

void amr_buffer_cut(struct amr_buffer *buffer, size_t length)
{
    if (length >= buffer->length)
        return;
    buffer->length = length;
    buffer->text[length] = '\0';
}

void amr_buffer_fail(struct amr_buffer *buffer)
{
    buffer->failed = true;
}

bool amr_buffer_is_failed(const struct amr_buffer *buffer)
{
    return buffer->failed;
}

bool amr_buffer_set_error(const struct amr_buffer *buffer, struct amr_error *err,
                          enum amr_error_code code, const char *format, ...)
{
    char message[AMR_ERROR_MESSAGE_SIZE] = "";
    va_list arguments;

    if (buffer->failed && !buffer->is_full)
        return amr_error_set_no_memory(err);
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    return amr_error_set(err, code, "%s", message);
}

const char *amr_buffer_text(const struct amr_buffer *buffer)
{
    return buffer->text == NULL ? "" : buffer->text;
}

void amr_buffer_wipe(struct amr_buffer *buffer)
{
    /* The whole capacity: a cut leaves bytes behind the length. */
    if (buffer->text != NULL)
        explicit_bzero(buffer->text, buffer->capacity);
    amr_buffer_free(buffer);
}

void amr_buffer_free(struct amr_buffer *buffer)
{
    free(buffer->text);
    amr_buffer_init(buffer, buffer->max_bytes);
}

void amr_buffer_free_part(struct amr_buffer *part, struct amr_buffer *whole)
{
    whole->failed |= part->failed;
    whole->is_full |= part->is_full;
    amr_buffer_free(part);
}
