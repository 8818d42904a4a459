/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 4 * 1024 };

struct amr_arena_block {
    struct amr_arena_block *older;
    alignas(max_align_t) char bytes[];
};

static void *take(struct amr_arena *arena, size_t size)
{
    void *taken = arena->newest->bytes + arena->used_bytes;

    arena->used_bytes += size;
    return taken;
}

static bool add_block(struct amr_arena *arena, size_t size)
{
    size_t block_bytes = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    struct amr_arena_block *block = malloc(sizeof(*block) + block_bytes);

    if (block == NULL)
        return false;
    block->older = arena->newest;
    arena->newest = block;
    arena->used_bytes = 0;
    arena->block_bytes = block_bytes;
    return true;
}

static bool reserve(struct amr_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return false;
    if (arena->newest != NULL && size <= arena->block_bytes - arena->used_bytes)
        return true;
    return add_block(arena, size);
}

static void align(struct amr_arena *arena)
{
    size_t misaligned = arena->used_bytes % alignof(max_align_t);

    if (misaligned != 0)
        arena->used_bytes += alignof(max_align_t) - misaligned;
    if (arena->used_bytes > arena->block_bytes)
        arena->used_bytes = arena->block_bytes;
}

void *amr_arena_allocate(struct amr_arena *arena, size_t size)
{
    align(arena);
    return reserve(arena, size) ? memset(take(arena, size), 0, size) : NULL;
}

const char *amr_arena_copy(struct amr_arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX || !reserve(arena, length + 1))
        return NULL;
    char *copy = take(arena, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void amr_arena_adopt(struct amr_arena *arena, struct amr_arena *other)
{
    struct amr_arena_block *oldest = other->newest;

    if (arena->newest == NULL) {
        *arena = *other;
    } else if (oldest != NULL) {
        while (oldest->older != NULL)
            oldest = oldest->older;
        /* Below the newest block, which still has room. */
        oldest->older = arena->newest->older;
        arena->newest->older = other->newest;
    }
    memset(other, 0, sizeof(*other));
}

void amr_arena_free(struct amr_arena *arena)
{
    while (arena->newest != NULL) {
        struct amr_arena_block *block = arena->newest;

        arena->newest = block->older;
        free(block);
    }
    memset(arena, 0, sizeof(*arena));
}
