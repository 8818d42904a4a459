/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "harden.h"

enum { CHUNK_BYTES = 64 * 1024 };

static bool refuse(struct amr_error *err, const char *what)
{
    return amr_error_set(err, AMR_ERROR_USAGE, "%s", what);
}

static bool refuse_open(struct amr_error *err)
{
    if (errno != EACCES)
        return refuse(err, strerror(errno));
    return amr_error_set(err, AMR_ERROR_USAGE,
                         "Permission denied: the user with the id %lu must be able to read it",
                         (unsigned long)geteuid());
}

/* Waits until something can be read; for regular files that is at once. */
static bool wait_readable(int fd, int64_t deadline_ms, struct amr_error *err)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};

    for (;;) {
        int64_t left_ms = deadline_ms - amr_clock_mono_ms();

        if (left_ms <= 0)
            return amr_error_set(err, AMR_ERROR_TIMEOUT, "nothing more to read in time");
        int ready = poll(&item, 1, left_ms > 60000 ? 60000 : (int)left_ms);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return refuse(err, strerror(errno));
    }
}

/* Appends what can be read now; *is_over where that is nothing more. */
static bool read_some(int fd, struct amr_buffer *content, bool *is_over, struct amr_error *err)
{
    char chunk[CHUNK_BYTES];
    ssize_t length = read(fd, chunk, sizeof(chunk));

    *is_over = length == 0;
    if (length < 0 && errno != EINTR && errno != EAGAIN)
        return refuse(err, strerror(errno));
    if (length > 0) {
        amr_buffer_append(content, chunk, (size_t)length);
        /* It may be a secret. */
        explicit_bzero(chunk, (size_t)length);
    }
    if (amr_buffer_is_failed(content))
        return amr_buffer_set_error(content, err, AMR_ERROR_USAGE, "larger than %zu bytes",
                                    content->max_bytes);
    return true;
}

static bool read_all(int fd, int64_t deadline_ms, struct amr_buffer *content, struct amr_error *err)
{
    bool is_over = false;

    while (!is_over) {
        if (!wait_readable(fd, deadline_ms, err) || !read_some(fd, content, &is_over, err))
            return false;
    }
    return true;
}

static bool inspect(int fd, struct amr_buffer *content, struct amr_error *err)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return refuse(err, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return refuse(err, "is a directory");
    if (S_ISREG(status.st_mode) && status.st_size > 0)
        amr_buffer_reserve(content, (size_t)status.st_size);
    return true;
}

const char *amr_file_words(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

bool amr_file_read(const char *path, int64_t deadline_ms, struct amr_buffer *content,
                   struct amr_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        (void)refuse_open(err);
        return amr_error_add_context(err, "%s", path);
    }
    bool is_read = inspect(fd, content, err) && read_all(fd, deadline_ms, content, err);
    if (!is_stdin)
        (void)close(fd);
    return is_read || amr_error_add_context(err, "%s", amr_file_words(path));
}

bool amr_file_is_readable_by_all(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0;
}

bool amr_file_is_present(const char *path)
{
    struct stat status;

    /* What may not be looked at is not taken for absent: reading it will say why. */
    return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Writes to what is open and closes it, which tells of errors that were kept back. */
static bool write_and_close(int fd, const char *text, size_t length, struct amr_error *err)
{
    bool is_written = amr_write_all(fd, text, length);
    int reason = errno;

    if (close(fd) != 0 && is_written) {
        reason = errno;
        is_written = false;
    }
    return is_written || refuse(err, strerror(reason));
}

/* A temporary name beside the file; the file's own mode, or what the umask leaves of 0666. */
static bool write_beside(char *new_path, mode_t mode, const char *text, size_t length,
                         struct amr_error *err)
{
    int fd = mkstemp(new_path);

    if (fd < 0)
        return refuse(err, strerror(errno));
    if (fchmod(fd, mode) != 0) {
        (void)close(fd);
        return refuse(err, strerror(errno));
    }
    return write_and_close(fd, text, length, err);
}

static mode_t new_mode(void)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return (S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH) & ~mask;
}

static bool replace_regular(const char *path, mode_t mode, const char *text, size_t length,
                            struct amr_error *err)
{
    struct amr_buffer new_path;

    amr_buffer_init(&new_path, AMR_FILE_SETTINGS_BYTES_MAX);
    amr_buffer_append_format(&new_path, "%s.XXXXXX", path);
    if (amr_buffer_is_failed(&new_path))
        return amr_error_set_no_memory(err);
    bool is_written = write_beside(new_path.text, mode, text, length, err);
    if (is_written && rename(new_path.text, path) != 0)
        is_written = refuse(err, strerror(errno));
    if (!is_written)
        (void)unlink(new_path.text);
    amr_buffer_free(&new_path);
    return is_written;
}

static bool write_special(const char *path, const char *text, size_t length, struct amr_error *err)
{
    int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    return fd < 0 ? refuse(err, strerror(errno)) : write_and_close(fd, text, length, err);
}

static bool write_standard_output(const char *text, size_t length, struct amr_error *err)
{
    return amr_write_all(STDOUT_FILENO, text, length) || refuse(err, strerror(errno));
}

bool amr_file_replace(const char *path, const char *text, size_t length, struct amr_error *err)
{
    struct stat found;
    bool is_written;

    if (strcmp(path, "-") == 0) {
        is_written = write_standard_output(text, length, err);
    } else if (stat(path, &found) != 0) {
        is_written = replace_regular(path, new_mode(), text, length, err);
    } else if (!S_ISREG(found.st_mode)) {
        is_written = write_special(path, text, length, err);
    } else {
        /* Behind a symbolic link lies the file that is meant. */
        char *real = realpath(path, NULL);
        mode_t mode = found.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);

        is_written = real != NULL && replace_regular(real, mode, text, length, err);
        if (real == NULL)
            (void)refuse(err, strerror(errno));
        free(real);
    }
    return is_written || amr_error_add_context(err, "%s", path);
}
