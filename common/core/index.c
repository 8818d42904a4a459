/* SPDX-License-Identifier: MIT */
#include "index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { FIRST_CAPACITY = 64 };

struct amr_index_slot {
    const char *key; /* NULL: free */
    uint32_t hash;
    size_t place;
};

/* The slot that holds the key, or the free one where it belongs. The capacity is a power of two
 * and never full, so this ends. */
static struct amr_index_slot *probe(const struct amr_index *index, const char *key, uint32_t hash)
{
    size_t mask = index->capacity - 1;
    size_t at = hash & mask;

    while (index->slots[at].key != NULL &&
           (index->slots[at].hash != hash || !amr_text_is_equal_nocase(index->slots[at].key, key)))
        at = (at + 1) & mask;
    return &index->slots[at];
}

static bool grow(struct amr_index *index)
{
    struct amr_index grown = {
        .capacity = index->capacity == 0 ? FIRST_CAPACITY : index->capacity * 2,
        .count = index->count,
    };

    grown.slots = calloc(grown.capacity, sizeof(*grown.slots));
    if (grown.slots == NULL)
        return false;
    for (size_t i = 0; i < index->capacity; i++) {
        const struct amr_index_slot *slot = &index->slots[i];

        if (slot->key != NULL)
            *probe(&grown, slot->key, slot->hash) = *slot;
    }
    free(index->slots);
    *index = grown;
    return true;
}

bool amr_index_put(struct amr_index *index, const char *key, size_t place)
{
    uint32_t hash = amr_text_hash_nocase(key);

    if (index->count >= index->capacity / 2 && !grow(index))
        return false;
    struct amr_index_slot *slot = probe(index, key, hash);
    if (slot->key != NULL)
        return true;
    *slot = (struct amr_index_slot){.key = key, .hash = hash, .place = place};
    index->count++;
    return true;
}

bool amr_index_find(const struct amr_index *index, const char *key, size_t *place)
{
    if (index->count == 0)
        return false;
    const struct amr_index_slot *slot = probe(index, key, amr_text_hash_nocase(key));
    if (slot->key == NULL)
        return false;
    *place = slot->place;
    return true;
}

void amr_index_free(struct amr_index *index)
{
    free(index->slots);
    memset(index, 0, sizeof(*index));
}
