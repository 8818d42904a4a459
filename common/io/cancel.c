/* SPDX-License-Identifier: MIT */
#include "cancel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static bool set_flags(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

bool amr_cancel_open(struct amr_cancel *cancel, struct amr_error *err)
{
    int fds[2];

    if (pipe(fds) != 0)
        return amr_error_set(err, AMR_ERROR_USAGE, "no pipe: %s", strerror(errno));
    *cancel = (struct amr_cancel){.read_fd = fds[0], .write_fd = fds[1]};
    if (set_flags(fds[0]) && set_flags(fds[1]))
        return true;
    amr_cancel_close(cancel);
    return amr_error_set(err, AMR_ERROR_USAGE, "no pipe: %s", strerror(errno));
}

void amr_cancel_raise(const struct amr_cancel *cancel)
{
    /* A pipe that is full is raised already. */
    ssize_t written = write(cancel->write_fd, "", 1);

    (void)written;
}

static bool wait_for(const struct amr_cancel *cancel, int wait_ms)
{
    struct pollfd raised = {.fd = cancel == NULL ? -1 : cancel->read_fd, .events = POLLIN};

    return poll(&raised, 1, wait_ms) == 1;
}

bool amr_cancel_is_raised(const struct amr_cancel *cancel)
{
    return cancel != NULL && wait_for(cancel, 0);
}

void amr_cancel_wait(const struct amr_cancel *cancel, int64_t wait_ms)
{
    if (wait_ms > 0)
        (void)wait_for(cancel, wait_ms > INT_MAX ? INT_MAX : (int)wait_ms);
}

void amr_cancel_close(struct amr_cancel *cancel)
{
    (void)close(cancel->read_fd);
    (void)close(cancel->write_fd);
    *cancel = (struct amr_cancel){.read_fd = -1, .write_fd = -1};
}
