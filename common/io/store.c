/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "harden.h"

enum {
    CHUNK_BYTES = 16 * 1024,
    FIRST_PAUSE_MS = 5,
    PAUSE_MS_MAX = 100,
    OTHERS_WRITE = S_IWGRP | S_IWOTH,
    OTHERS_ANY = S_IRWXG | S_IRWXO,
};

static bool refuse(struct amr_error *err, const char *name, const char *what)
{
    return amr_error_set(err, AMR_ERROR_USAGE, "%s: %s", name, what);
}

static bool check_directory(int fd, const char *name, struct amr_error *err)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return refuse(err, name, strerror(errno));
    if (status.st_uid != geteuid())
        return refuse(err, name, "belongs to another user");
    if ((status.st_mode & OTHERS_ANY) != 0)
        return refuse(err, name, "lets other users in: its mode must be 0700");
    return true;
}

/* The user's own directory below; nothing is followed there. */
static bool open_own(int parent_fd, int *own_fd, struct amr_error *err)
{
    char name[24];

    (void)snprintf(name, sizeof(name), "%lu", (unsigned long)geteuid());
    if (mkdirat(parent_fd, name, S_IRWXU) != 0 && errno != EEXIST)
        return refuse(err, name, strerror(errno));
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return refuse(err, name, strerror(errno));
    if (!check_directory(fd, name, err)) {
        (void)close(fd);
        return false;
    }
    *own_fd = fd;
    return true;
}

bool amr_store_open(const char *directory, bool may_make, struct amr_store *store,
                    struct amr_error *err)
{
    if (may_make)
        (void)mkdir(directory, S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH);
    int parent_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent_fd < 0)
        return refuse(err, directory, strerror(errno));
    bool is_open = open_own(parent_fd, &store->directory_fd, err);
    (void)close(parent_fd);
    return is_open || amr_error_add_context(err, "%s", directory);
}

void amr_store_close(struct amr_store *store)
{
    (void)close(store->directory_fd);
    store->directory_fd = -1;
}

static struct amr_store_stamp stamp_of(const struct stat *status)
{
    return (struct amr_store_stamp){
        .inode = (uint64_t)status->st_ino,
        .size_bytes = (int64_t)status->st_size,
        .changed_s = (int64_t)status->st_mtim.tv_sec,
        .changed_ns = (int64_t)status->st_mtim.tv_nsec,
    };
}

static bool check_file(int fd, const char *name, struct amr_store_stamp *stamp,
                       struct amr_error *err)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return refuse(err, name, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return refuse(err, name, "is no regular file");
    if (status.st_uid != geteuid())
        return refuse(err, name, "belongs to another user");
    if ((status.st_mode & OTHERS_WRITE) != 0)
        return refuse(err, name, "other users may write it");
    if (status.st_size > AMR_STORE_FILE_BYTES_MAX)
        return refuse(err, name, "is too large");
    *stamp = stamp_of(&status);
    return true;
}

static bool read_bytes(int fd, const char *name, struct amr_buffer *content, struct amr_error *err)
{
    char chunk[CHUNK_BYTES];

    for (;;) {
        ssize_t length = read(fd, chunk, sizeof(chunk));

        if (length == 0)
            return true;
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return refuse(err, name, strerror(errno));
        amr_buffer_append(content, chunk, (size_t)length);
        if (amr_buffer_is_failed(content))
            return amr_buffer_set_error(content, err, AMR_ERROR_USAGE, "is too large") ||
                   amr_error_add_context(err, "%s", name);
    }
}

bool amr_store_read(const struct amr_store *store, const char *name, struct amr_buffer *content,
                    struct amr_store_stamp *stamp, struct amr_error *err)
{
    int fd = openat(store->directory_fd, name,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    *stamp = (struct amr_store_stamp){0};
    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd < 0)
        return refuse(err, name, strerror(errno));
    bool is_read = check_file(fd, name, stamp, err);
    if (is_read)
        amr_buffer_reserve(content, (size_t)stamp->size_bytes);
    is_read = is_read && read_bytes(fd, name, content, err);
    (void)close(fd);
    return is_read;
}

bool amr_store_is_same(const struct amr_store *store, const char *name,
                       const struct amr_store_stamp *stamp)
{
    struct amr_store_stamp now = {0};
    struct stat status;

    if (fstatat(store->directory_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        now = stamp_of(&status);
    else if (errno != ENOENT)
        return false;
    return now.inode == stamp->inode && now.size_bytes == stamp->size_bytes &&
           now.changed_s == stamp->changed_s && now.changed_ns == stamp->changed_ns;
}

/* The new file has a fixed name: only the holder of the lock writes it, and what a killed process
 * left behind does not pile up. */
static bool write_new(const struct amr_store *store, const char *new_name, const char *text,
                      size_t length, bool is_durable)
{
    (void)unlinkat(store->directory_fd, new_name, 0);
    int fd = openat(store->directory_fd, new_name,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return false;
    bool is_written = amr_write_all(fd, text, length) && (!is_durable || fsync(fd) == 0);
    int reason = errno;
    /* close tells of errors that a network file system kept back. */
    if (close(fd) != 0 && is_written) {
        reason = errno;
        is_written = false;
    }
    errno = reason;
    return is_written;
}

bool amr_store_write(const struct amr_store *store, const char *name, const char *text,
                     size_t length, bool is_durable, struct amr_error *err)
{
    char new_name[AMR_STORE_NAME_SIZE];

    (void)snprintf(new_name, sizeof(new_name), "%s.new", name);
    if (write_new(store, new_name, text, length, is_durable) &&
        renameat(store->directory_fd, new_name, store->directory_fd, name) == 0)
        return true;
    int reason = errno;
    (void)unlinkat(store->directory_fd, new_name, 0);
    (void)refuse(err, name, strerror(reason));
    return amr_error_add_context(err, "not written");
}

/* flock has no bounded wait, and an alarm would be the whole process'. */
static bool wait_for_lock(int fd, const char *name, int64_t deadline_ms,
                          const struct amr_cancel *cancel, struct amr_error *err)
{
    int pause_ms = FIRST_PAUSE_MS;

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int64_t left_ms = deadline_ms - amr_clock_mono_ms();

        if (errno != EWOULDBLOCK && errno != EINTR)
            return refuse(err, name, strerror(errno));
        if (left_ms <= 0 || amr_cancel_is_raised(cancel))
            return amr_error_set(err, AMR_ERROR_TIMEOUT, "%s: another process holds it", name);
        amr_cancel_wait(cancel, left_ms < pause_ms ? left_ms : pause_ms);
        pause_ms = pause_ms * 2 < PAUSE_MS_MAX ? pause_ms * 2 : PAUSE_MS_MAX;
    }
    return true;
}

bool amr_store_lock(const struct amr_store *store, const char *name, int64_t deadline_ms,
                    const struct amr_cancel *cancel, int *lock_fd, struct amr_error *err)
{
    char lock_name[AMR_STORE_NAME_SIZE];
    struct amr_store_stamp ignored;

    (void)snprintf(lock_name, sizeof(lock_name), "%s.lock", name);
    int fd = openat(store->directory_fd, lock_name,
                    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY,
                    S_IRUSR | S_IWUSR);
    if (fd < 0)
        return refuse(err, lock_name, strerror(errno));
    if (!check_file(fd, lock_name, &ignored, err) ||
        !wait_for_lock(fd, lock_name, deadline_ms, cancel, err)) {
        (void)close(fd);
        return false;
    }
    *lock_fd = fd;
    return true;
}

void amr_store_unlock(int lock_fd)
{
    (void)close(lock_fd);
}
