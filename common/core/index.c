/* SPDX-License-Identifier: MIT */
#include "index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { FIRST_CAPACITY = 64, WORD_BYTES = sizeof(uint64_t) };

struct amr_index_slot {
    const char *key; /* NULL: free */
    uint32_t hash;
    size_t place;
};

/* Ids are long, so eight bytes are taken at once. The bit that tells the cases of a letter apart is
 * set in all; that of other bytes is no loss, as keys are compared besides. */
static uint32_t hash_of(const char *key)
{
    const uint64_t lower = UINT64_C(0x2020202020202020);
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);

    for (size_t left = strlen(key); left > 0;) {
        size_t length = left < WORD_BYTES ? left : WORD_BYTES;
        uint64_t word = 0;

        memcpy(&word, key, length);
        hash = (hash ^ (word | lower)) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
        key += length;
        left -= length;
    }
    return (uint32_t)hash;
}

static bool is_key(const struct amr_index_slot *slot, const char *key, uint32_t hash)
{
    return slot->hash == hash &&
           (strcmp(slot->key, key) == 0 || amr_text_is_equal_nocase(slot->key, key));
}

/* The slot that holds the key, or the free one where it belongs. The capacity is a power of two
 * and never full, so this ends. */
static struct amr_index_slot *probe(const struct amr_index *index, const char *key, uint32_t hash)
{
    size_t mask = index->capacity - 1;
    size_t at = hash & mask;

    while (index->slots[at].key != NULL && !is_key(&index->slots[at], key, hash))
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

bool amr_index_claim(struct amr_index *index, const char *key, size_t place, size_t *holder)
{
    uint32_t hash = hash_of(key);

    if (index->count >= index->capacity / 2 && !grow(index))
        return false;
    struct amr_index_slot *slot = probe(index, key, hash);
    if (slot->key == NULL) {
        *slot = (struct amr_index_slot){.key = key, .hash = hash, .place = place};
        index->count++;
    }
    *holder = slot->place;
    return true;
}

bool amr_index_put(struct amr_index *index, const char *key, size_t place)
{
    size_t holder;

    return amr_index_claim(index, key, place, &holder);
}

bool amr_index_find(const struct amr_index *index, const char *key, size_t *place)
{
    if (index->count == 0)
        return false;
    const struct amr_index_slot *slot = probe(index, key, hash_of(key));
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
