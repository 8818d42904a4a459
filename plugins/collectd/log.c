/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

#include "abi.h"
#include "buffer.h"
#include "text.h"

/* The daemon cuts at 1024 bytes. */
enum { TEXT_BYTES_MAX = 900, NAME_BYTES_MAX = 100 };

void amr_log(int level, const char *account, const char *format, ...)
{
    char text[TEXT_BYTES_MAX];
    struct amr_buffer line;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    amr_buffer_init(&line, 2 * TEXT_BYTES_MAX);
    if (account != NULL) {
        amr_buffer_append_text(&line, "account \"");
        amr_text_append_clean(&line, account, NAME_BYTES_MAX);
        amr_buffer_append_text(&line, "\": ");
    }
    amr_text_append_clean(&line, text, TEXT_BYTES_MAX);
    plugin_log(level, "amr_upgrade plugin: %s",
               amr_buffer_is_failed(&line) ? "out of memory for what is to be told here"
                                           : amr_buffer_text(&line));
    amr_buffer_free(&line);
}
