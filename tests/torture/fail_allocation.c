/* SPDX-License-Identifier: MIT */
/* Preloaded: the allocation number FAIL_AT that a file in FAIL_IN (names, separated by blanks)
 * asks for fails, all others succeed. FAIL_COUNT names a file that gets their number at the end,
 * FAIL_HELD one that gets the number of those that were not freed. A file that is loaded while the
 * program runs counts from then on. Other libraries are left alone: json-c does not survive a
 * failure. */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
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
static void (*real_free)(void *);
static void *(*real_dlopen)(const char *, int);
static long count;
static long fail_at = -1;
static const char *fail_in = "";

enum { RANGES_MAX = 8, HELD_MAX = 1 << 16 };

/* The code of the files that are named. */
static struct range {
    uintptr_t begin;
    size_t length;
} ranges[RANGES_MAX];
static size_t range_count;

/* What was allocated and not freed yet, by address; `early` is where something was. */
static pthread_mutex_t held_mutex = PTHREAD_MUTEX_INITIALIZER;
static void *held[HELD_MAX];
static long held_count;

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

/* The slot of what is held, or the one where it belongs. */
static void **find_held(const void *memory)
{
    void **freed = NULL;
    size_t at = (uintptr_t)memory / 16 % HELD_MAX;

    for (size_t tries = 0; tries < HELD_MAX && held[at] != NULL; tries++) {
        if (held[at] == memory)
            return &held[at];
        if (held[at] == early && freed == NULL)
            freed = &held[at];
        at = (at + 1) % HELD_MAX;
    }
    return freed != NULL ? freed : &held[at];
}

static void *hold(const void *caller, void *memory)
{
    if (memory == NULL || fail_at < 0 || !is_ours(caller))
        return memory;
    (void)pthread_mutex_lock(&held_mutex);
    *find_held(memory) = memory;
    held_count++;
    (void)pthread_mutex_unlock(&held_mutex);
    return memory;
}

static void let_go(const void *memory)
{
    if (memory == NULL || fail_at < 0 || range_count == 0)
        return;
    (void)pthread_mutex_lock(&held_mutex);
    void **slot = find_held(memory);
    if (*slot == memory) {
        *slot = early;
        held_count--;
    }
    (void)pthread_mutex_unlock(&held_mutex);
}

static void start(void)
{
    const char *text = getenv("FAIL_AT");
    const char *names = getenv("FAIL_IN");

    *(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&real_free = dlsym(RTLD_NEXT, "free");
    *(void **)&real_dlopen = dlsym(RTLD_NEXT, "dlopen");
    *(void **)&real_calloc = dlsym(RTLD_NEXT, "calloc");
    fail_in = names == NULL ? "" : names;
    fail_at = text == NULL ? -1 : strtol(text, NULL, 10);
    (void)dl_iterate_phdr(note_range, NULL);
}

static bool is_to_fail(const void *caller)
{
    if (fail_at < 0 || !is_ours(caller) ||
        __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED) != fail_at)
        return false;
    errno = ENOMEM;
    return true;
}

static void write_number(const char *variable, long number)
{
    const char *path = getenv(variable);
    FILE *file = path == NULL ? NULL : fopen(path, "w");

    if (file == NULL)
        return;
    (void)fprintf(file, "%ld\n", number);
    (void)fclose(file);
}

__attribute__((destructor)) static void tell(void)
{
    write_number("FAIL_COUNT", count);
    write_number("FAIL_HELD", held_count);
}

/* The way in which the check ends. */
void _exit(int status)
{
    tell();
    syscall(SYS_exit_group, status);
    abort();
}

/* What is loaded later is looked for once: a thread may read the ranges from then on. */
void *dlopen(const char *path, int flags)
{
    if (real_dlopen == NULL)
        start();
    void *handle = real_dlopen(path, flags);
    if (range_count == 0)
        (void)dl_iterate_phdr(note_range, NULL);
    return handle;
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
    const void *caller = __builtin_return_address(0);

    if (real_malloc == NULL)
        start();
    return is_to_fail(caller) ? NULL : hold(caller, real_malloc(size));
}

void *calloc(size_t items, size_t size)
{
    const void *caller = __builtin_return_address(0);

    if (real_calloc == NULL) {
        early_used += (items * size + 15) / 16 * 16;
        return early_used > sizeof(early) ? NULL
                                          : early + early_used - (items * size + 15) / 16 * 16;
    }
    return is_to_fail(caller) ? NULL : hold(caller, real_calloc(items, size));
}

void *realloc(void *old, size_t size)
{
    const void *caller = __builtin_return_address(0);

    if (real_realloc == NULL)
        start();
    if (is_to_fail(caller))
        return NULL;
    let_go(old);
    return hold(caller, real_realloc(old, size));
}

void free(void *memory)
{
    if ((uintptr_t)memory - (uintptr_t)early < sizeof(early))
        return;
    if (real_free == NULL)
        start();
    let_go(memory);
    real_free(memory);
}

char *strdup(const char *text)
{
    const void *caller = __builtin_return_address(0);

    if (real_malloc == NULL)
        start();
    return is_to_fail(caller) ? NULL : hold(caller, copy(text, strlen(text)));
}

char *strndup(const char *text, size_t length)
{
    const void *caller = __builtin_return_address(0);

    if (real_malloc == NULL)
        start();
    return is_to_fail(caller) ? NULL : hold(caller, copy(text, strnlen(text, length)));
}
