/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum { CHUNK_BYTES = 4096, TICK_MS = 20 };

extern char **environ;

/* A program under way. A descriptor is -1 where nothing more comes. */
struct child {
    pid_t pid;
    int output_fd;
    int complaints_fd;
    bool has_ended;
    int status;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static bool open_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    /* The child gets copies of what it needs; the ends themselves would keep the pipe open. */
    return fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
}

/* A group of its own, to be killed as one, and the signals as a program expects them. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t usual;
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)sigaddset(&usual, SIGCHLD);
    (void)posix_spawnattr_setpgroup(attributes, 0);
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setsigdefault(attributes, &usual);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
}

static int set_files(posix_spawn_file_actions_t *files, int output_fd, int complaints_fd)
{
    int code = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (code == 0)
        code = posix_spawn_file_actions_adddup2(files, output_fd, STDOUT_FILENO);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(files, complaints_fd, STDERR_FILENO);
    return code;
}

/* 0, or errno's reason. */
static int spawn(const char *const arguments[], int output_fd, int complaints_fd, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int code = posix_spawn_file_actions_init(&files);

    if (code != 0)
        return code;
    code = posix_spawnattr_init(&attributes);
    if (code == 0) {
        code = set_attributes(&attributes);
        if (code == 0)
            code = set_files(&files, output_fd, complaints_fd);
        if (code == 0)
            code = posix_spawnp(pid, arguments[0], &files, &attributes,
                                (char *const *)(uintptr_t)arguments, environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return code;
}

static bool start(const char *const arguments[], struct child *child, struct amr_error *err)
{
    int output[2] = {-1, -1};
    int complaints[2] = {-1, -1};
    int code = open_pipe(output) && open_pipe(complaints)
                   ? spawn(arguments, output[1], complaints[1], &child->pid)
                   : errno;

    close_fd(&output[1]);
    close_fd(&complaints[1]);
    child->output_fd = output[0];
    child->complaints_fd = complaints[0];
    return code == 0 || amr_error_set(err, AMR_ERROR_CREDENTIAL, "%s: %s", arguments[0],
                                      code == ENOENT ? "no such program in PATH" : strerror(code));
}

/* Reads what is there into the buffer; what does not fit is lost. */
static void take(int *fd, struct amr_buffer *buffer)
{
    char chunk[CHUNK_BYTES];
    ssize_t length = read(*fd, chunk, sizeof(chunk));
    size_t room = buffer->max_bytes - buffer->length;

    if (length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN))
        close_fd(fd);
    if (length > 0) {
        amr_buffer_append(buffer, chunk, (size_t)length < room ? (size_t)length : room);
        buffer->is_full |= (size_t)length > room;
        buffer->failed |= buffer->is_full;
    }
    explicit_bzero(chunk, sizeof(chunk));
}

static void look_for_end(struct child *child)
{
    int status = 0;
    pid_t ended = child->has_ended ? 0 : waitpid(child->pid, &status, WNOHANG);

    if (ended == child->pid)
        child->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    /* Where SIGCHLD is ignored nothing is left to wait for: that is the end as well. */
    child->has_ended |= ended == child->pid || (ended < 0 && errno == ECHILD);
}

/* One look at both pipes. True where there was something to read. */
static bool read_some(struct child *child, struct amr_buffer *output, struct amr_buffer *complaints)
{
    struct pollfd items[] = {
        {.fd = child->output_fd, .events = POLLIN},
        {.fd = child->complaints_fd, .events = POLLIN},
    };

    if (poll(items, AMR_COUNT_OF(items), TICK_MS) <= 0)
        return false;
    if (items[0].revents != 0)
        take(&child->output_fd, output);
    if (items[1].revents != 0)
        take(&child->complaints_fd, complaints);
    return true;
}

/* A grandchild may keep the pipes open: the end of the program is the end. */
static bool follow(struct child *child, int64_t deadline_ms, struct amr_buffer *output,
                   struct amr_buffer *complaints, struct amr_error *err)
{
    for (;;) {
        look_for_end(child);
        if (!read_some(child, output, complaints) && child->has_ended)
            return true;
        if (amr_buffer_is_failed(output))
            return amr_buffer_set_error(output, err, AMR_ERROR_RESPONSE,
                                        "prints more than %zu bytes", output->max_bytes);
        if (amr_clock_mono_ms() >= deadline_ms)
            return amr_error_set(err, AMR_ERROR_TIMEOUT, "has not ended in time: killed");
    }
}

static void stop(struct child *child)
{
    (void)kill(-child->pid, SIGKILL);
    while (!child->has_ended && waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

bool amr_process_run(const char *const arguments[], int64_t deadline_ms, struct amr_buffer *output,
                     struct amr_buffer *complaints, int *status, struct amr_error *err)
{
    struct child child = {.output_fd = -1, .complaints_fd = -1, .status = -1};
    bool is_started = start(arguments, &child, err);
    bool is_run = is_started && follow(&child, deadline_ms, output, complaints, err);

    if (is_started && !is_run) {
        stop(&child);
        (void)amr_error_add_context(err, "%s", arguments[0]);
    }
    close_fd(&child.output_fd);
    close_fd(&child.complaints_fd);
    if (is_run)
        *status = child.status;
    /* What was left out of the complaints is no failure. */
    complaints->failed = false;
    return is_run;
}
