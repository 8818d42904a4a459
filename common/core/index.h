/* SPDX-License-Identifier: MIT */
/* Finds the place of a text, an ARM id for example, without regard to ASCII case. */
#ifndef AMR_INDEX_H
#define AMR_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "attributes.h"

struct amr_index_slot;

/* Zeroed is empty. Keys are borrowed and must outlive the index. */
struct amr_index {
    struct amr_index_slot *slots;
    size_t capacity;
    size_t count;
};

/* Puts key -> place; a key that is there already keeps its place. False without memory. */
bool amr_index_put(struct amr_index *index, const char *key, size_t place) AMR_MUST_CHECK;

/* The same, and *holder is the place that the key then has: `place` where it was not there. */
bool amr_index_claim(struct amr_index *index, const char *key, size_t place,
                     size_t *holder) AMR_MUST_CHECK;

/* True and *place where the key was put. */
bool amr_index_find(const struct amr_index *index, const char *key, size_t *place) AMR_MUST_CHECK;

/* Frees the slots and leaves the index empty; takes a zeroed one. */
void amr_index_free(struct amr_index *index);

#endif
