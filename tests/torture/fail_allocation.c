/* SPDX-License-Identifier: MIT */
/* Preloaded: the allocation number FAIL_AT that a file in FAIL_IN (names, separated by blanks)
 * asks for fails, all others succeed. FAIL_COUNT names a file that gets their number at the end.
 * Other libraries are left alone: json-c does not survive a failure. */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static long count;
static long fail_at = -1;
static const char *fail_in = "";

enum { RANGES_MAX = 8 };

/* The code of the files that are named. */
static struct range {
    uintptr_t begin;
    size_t length;
} ranges[RANGES_MAX];
static size_t range_count;

/* dlsym allocates before there is a calloc to give it. */
static char early[4096];
static size_t early_used;

/* The name of a library is followed by its version. */
static bool is_named(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;

    for (const char *at = fail_in; *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (strncmp(name, at, length) == 0)
            return true;
        at += length;
    }
    return false;
}

static int note_range(struct dl_phdr_info *info, size_t size, void *context)
{
    const char *name = info->dlpi_name;

    (void)size;
    (void)context;
    if (!is_named(*name == '\0' ? program_invocation_name : name))
        return 0;
    for (size_t i = 0; i < info->dlpi_phnum && range_count < RANGES_MAX; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0)
            ranges[range_count++] = (struct range){info->dlpi_addr + part->p_vaddr, part->p_memsz};
    }
    return 0;
}

static bool is_ours(const void *caller)
{
    for (size_t i = 0; i < range_count; i++) {
        if ((uintptr_t)caller - ranges[i].begin < ranges[i].length)
            return true;
    }
    return false;
}

static void start(void)
{
    const char *text = getenv("FAIL_AT");
    const char *names = getenv("FAIL_IN");

    *(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&real_calloc = dlsym(RTLD_NEXT, "calloc");
    fail_in = names == NULL ? "" : names;
    fail_at = text == NULL ? -1 : strtol(text, NULL, 10);
    (void)dl_iterate_phdr(note_range, NULL);
}

static bool is_to_fail(const void *caller)
{
    if (fail_at < 0 || !is_ours(caller) || ++count != fail_at)
        return false;
    errno = ENOMEM;
    return true;
}

static void tell(void)
{
    const char *path = getenv("FAIL_COUNT");
    FILE *file = path == NULL ? NULL : fopen(path, "w");

    if (file == NULL)
        return;
    (void)fprintf(file, "%ld\n", count);
    (void)fclose(file);
}

/* The way in which the check ends. */
void _exit(int status)
{
    tell();
    syscall(SYS_exit_group, status);
    abort();
}

static void *copy(const char *text, size_t length)
{
    char *made = real_malloc(length + 1);

    if (made == NULL)
        return NULL;
    memcpy(made, text, length);
    made[length] = '\0';
    return made;
}

void *malloc(size_t size)
{
    if (real_malloc == NULL)
        start();
    return is_to_fail(__builtin_return_address(0)) ? NULL : real_malloc(size);
}

void *calloc(size_t items, size_t size)
{
    if (real_calloc == NULL) {
        early_used += (items * size + 15) / 16 * 16;
        return early_used > sizeof(early) ? NULL
                                          : early + early_used - (items * size + 15) / 16 * 16;
    }
    return is_to_fail(__builtin_return_address(0)) ? NULL : real_calloc(items, size);
}

void *realloc(void *old, size_t size)
{
    if (real_realloc == NULL)
        start();
    return is_to_fail(__builtin_return_address(0)) ? NULL : real_realloc(old, size);
}

char *strdup(const char *text)
{
    if (real_malloc == NULL)
        start();
    return is_to_fail(__builtin_return_address(0)) ? NULL : copy(text, strlen(text));
}

char *strndup(const char *text, size_t length)
{
    if (real_malloc == NULL)
        start();
    return is_to_fail(__builtin_return_address(0)) ? NULL : copy(text, strnlen(text, length));
}
