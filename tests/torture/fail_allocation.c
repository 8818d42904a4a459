/* SPDX-License-Identifier: MIT */
/* Preloaded: the allocation number FAIL_AT that the program FAIL_IN itself asks for fails, all
 * others succeed. Those of libraries are left alone: json-c does not survive a failure. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static long count;
static long fail_at = -1;
static const char *fail_in;

/* dlsym allocates before there is a calloc to give it. */
static char early[4096];
static size_t early_used;

static void start(void)
{
    const char *text = getenv("FAIL_AT");

    *(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&real_calloc = dlsym(RTLD_NEXT, "calloc");
    fail_in = getenv("FAIL_IN");
    fail_at = text == NULL || fail_in == NULL ? -1 : strtol(text, NULL, 10);
}

static int is_to_fail(void *caller)
{
    Dl_info where;

    if (fail_at < 0 || dladdr(caller, &where) == 0 || strstr(where.dli_fname, fail_in) == NULL)
        return 0;
    if (++count != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
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
