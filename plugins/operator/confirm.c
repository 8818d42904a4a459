/* SPDX-License-Identifier: MIT */
#include "confirm.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "harden.h"
#include "text.h"

enum { LINE_BYTES_MAX = 512 };

bool amr_confirm_is_possible(void)
{
    return isatty(STDIN_FILENO) == 1;
}

/* The terminal itself, where it can be had: standard error may go elsewhere. */
static int open_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    return fd >= 0 ? fd : STDIN_FILENO;
}

/* Appends a line without its end; what is too long fails the buffer. */
static void read_line(int fd, struct amr_buffer *line)
{
    for (;;) {
        char byte;
        ssize_t length = read(fd, &byte, 1);

        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0 || byte == '\n')
            return;
        amr_buffer_append(line, &byte, 1);
    }
}

bool amr_confirm_name(const char *name)
{
    int fd = open_terminal();
    struct amr_buffer line;
    struct amr_buffer question;

    amr_buffer_init(&question, LINE_BYTES_MAX);
    amr_buffer_append_text(&question, "Type the cluster's name (");
    amr_text_append_clean(&question, name, 100);
    amr_buffer_append_text(&question, ") to go on: ");
    (void)amr_write_all(fd, amr_buffer_text(&question), question.length);
    amr_buffer_free(&question);
    amr_buffer_init(&line, LINE_BYTES_MAX);
    read_line(fd, &line);
    bool is_right = !amr_buffer_is_failed(&line) && strcmp(amr_buffer_text(&line), name) == 0;
    amr_buffer_free(&line);
    if (fd != STDIN_FILENO)
        (void)close(fd);
    return is_right;
}
