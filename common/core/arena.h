/* SPDX-License-Identifier: MIT */
/* Memory that is freed all at once. Whatever is taken from an arena lives until amr_arena_free. */
#ifndef AMR_ARENA_H
#define AMR_ARENA_H

#include <stddef.h>

#include "attributes.h"

struct amr_arena_block;

/* Zeroed is empty. */
struct amr_arena {
    struct amr_arena_block *newest;
    size_t used_bytes;
    size_t block_bytes;
};

/* Returns `size` zeroed bytes aligned for any type, owned by the arena; NULL without memory. */
void *amr_arena_allocate(struct amr_arena *arena, size_t size) AMR_MUST_CHECK;

/* Returns a NUL-terminated copy of text[length], owned by the arena; NULL without memory. */
const char *amr_arena_copy(struct amr_arena *arena, const char *text, size_t length) AMR_MUST_CHECK;

/* Gives `arena` everything that `other` owns, which is left empty: texts of both live on in one. */
void amr_arena_adopt(struct amr_arena *arena, struct amr_arena *other);

/* Frees everything that came from the arena and leaves it empty; takes a zeroed one. */
void amr_arena_free(struct amr_arena *arena);

#endif
