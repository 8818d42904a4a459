/* SPDX-License-Identifier: MIT */
#include "harden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

static void open_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
    }
}

void amr_harden(void)
{
    struct rlimit none = {0};

    open_standard_descriptors();
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)signal(SIGPIPE, SIG_IGN);
    /* A limit of file sizes is one more reason why something could not be kept. */
    (void)signal(SIGXFSZ, SIG_IGN);
}

void amr_watchdog_set(int64_t wait_ms, void (*handler)(int))
{
    struct itimerval timer = {.it_value = {.tv_sec = (time_t)(wait_ms / 1000),
                                           .tv_usec = (suseconds_t)(wait_ms % 1000 * 1000)}};
    struct sigaction action = {.sa_handler = handler};

    (void)sigaction(SIGALRM, &action, NULL);
    (void)setitimer(ITIMER_REAL, &timer, NULL);
}

bool amr_write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        length -= (size_t)written;
    }
    return true;
}
