/* SPDX-License-Identifier: MIT */
#include "pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "index.h"
#include "log.h"
#include "series.h"
#include "text.h"

enum { HASH_SIZE = sizeof("-00000000"), INSTANCE_BYTES_MAX = DATA_MAX_NAME_LEN - 1 };

/* A database and the account that it is dispatched for. */
struct entry {
    struct amr_account *account;
    const struct amr_verdict_row *row;
    bool is_colliding;
};

struct pass {
    struct amr_arena arena;
    struct entry *entries;
    size_t count;
    struct amr_index ids;   /* of databases -> place among the entries */
    struct amr_index names; /* of host and instance -> place, SIZE_MAX for an account's */
};

static const char *id_of(const struct amr_account *account, const struct amr_verdict_row *row)
{
    const char *id = account->run.source.fleet.databases[row->assessment.database].id;

    return id != NULL ? id : row->name;
}

static void tell_share(struct amr_account *account, const struct amr_account *other,
                       const struct amr_verdict_row *row)
{
    if (account->is_share_told || account == other)
        return;
    account->is_share_told = true;
    amr_log(LOG_INFO, account->name,
            "%s is dispatched for account \"%s\" already, as others may be", row->label,
            other->name);
}

static bool add_row(struct pass *pass, struct amr_account *account,
                    const struct amr_verdict_row *row)
{
    size_t holder;

    if (!amr_index_claim(&pass->ids, id_of(account, row), pass->count, &holder))
        return false;
    if (holder == pass->count)
        pass->entries[pass->count++] = (struct entry){.account = account, .row = row};
    else
        tell_share(account, pass->entries[holder].account, row);
    return true;
}

/* What is too old comes after all that is not: another account may have a better reading. */
static bool add_rows(struct pass *pass, const struct amr_accounts *accounts, bool is_old)
{
    for (struct amr_account *at = accounts->first; at != NULL; at = at->next) {
        const struct amr_verdict *verdict = &at->run.verdict;
        size_t first = is_old ? verdict->count : 0;
        size_t count = is_old ? verdict->old_count : verdict->count;

        for (size_t i = 0; i < count; i++) {
            if (!add_row(pass, at, &verdict->rows[first + i]))
                return false;
        }
    }
    return true;
}

static const char *make_key(struct pass *pass, const char *host, const char *name)
{
    size_t host_length = strlen(host);
    size_t name_length = strlen(name);
    char *key = amr_arena_allocate(&pass->arena, host_length + name_length + 2);

    if (key == NULL)
        return NULL;
    memcpy(key, host, host_length);
    key[host_length] = '/';
    memcpy(key + host_length + 1, name, name_length);
    return key;
}

static bool put_name(struct pass *pass, const char *host, const char *name, size_t place,
                     size_t *first)
{
    const char *key = make_key(pass, host, name);

    return key != NULL && amr_index_claim(&pass->names, key, place, first);
}

static bool find_collisions(struct pass *pass, const struct amr_accounts *accounts)
{
    size_t first;

    for (const struct amr_account *at = accounts->first; at != NULL; at = at->next) {
        if (!put_name(pass, at->host, at->instance, SIZE_MAX, &first))
            return false;
    }
    for (size_t i = 0; i < pass->count; i++) {
        struct entry *entry = &pass->entries[i];

        if (!put_name(pass, entry->account->host, entry->row->label, i, &first))
            return false;
        if (first == i)
            continue;
        entry->is_colliding = true;
        if (first != SIZE_MAX)
            pass->entries[first].is_colliding = true;
    }
    return true;
}

/* A label that is unique in its fleet ends in the hash already. */
static void append_hash(const struct entry *entry, char instance[DATA_MAX_NAME_LEN])
{
    const char *label = entry->row->label;
    size_t length = strlen(label);
    size_t most = INSTANCE_BYTES_MAX - (HASH_SIZE - 1);
    char hash[HASH_SIZE];

    (void)snprintf(hash, sizeof(hash), "-%08x",
                   (unsigned)amr_text_hash_nocase(id_of(entry->account, entry->row)));
    bool is_hashed = length >= HASH_SIZE && strcmp(label + length - (HASH_SIZE - 1), hash) == 0;
    if (is_hashed && amr_text_copy(instance, DATA_MAX_NAME_LEN, label))
        return;
    (void)snprintf(instance, DATA_MAX_NAME_LEN, "%.*s%s", (int)(length < most ? length : most),
                   label, hash);
}

static void name_instance(const struct entry *entry, char instance[DATA_MAX_NAME_LEN])
{
    if (entry->is_colliding || !amr_text_copy(instance, DATA_MAX_NAME_LEN, entry->row->label))
        append_hash(entry, instance);
}

static void dispatch_entries(const struct pass *pass)
{
    for (size_t i = 0; i < pass->count; i++) {
        const struct entry *entry = &pass->entries[i];
        char instance[DATA_MAX_NAME_LEN];

        name_instance(entry, instance);
        amr_series_dispatch_database(entry->account, instance, entry->row);
        amr_tell_row(entry->account, entry->row, instance);
    }
}

static size_t judge(struct amr_accounts *accounts, int64_t now_s)
{
    size_t rows = 0;

    for (struct amr_account *at = accounts->first; at != NULL; at = at->next) {
        amr_account_judge(at, now_s);
        amr_tell_begin(at);
        rows += at->run.verdict.count + at->run.verdict.old_count;
    }
    return rows;
}

void amr_pass_run(struct amr_accounts *accounts, int64_t now_s)
{
    struct pass pass = {0};

    pass.entries = calloc(judge(accounts, now_s) + 1, sizeof(*pass.entries));
    bool is_made = pass.entries != NULL && add_rows(&pass, accounts, false) &&
                   add_rows(&pass, accounts, true) && find_collisions(&pass, accounts);
    if (is_made)
        dispatch_entries(&pass);
    else if (!accounts->is_lack_told)
        amr_log(LOG_ERR, NULL, "out of memory: no database is dispatched");
    accounts->is_lack_told = !is_made;
    for (struct amr_account *at = accounts->first; at != NULL; at = at->next) {
        amr_series_dispatch_account(at);
        amr_tell_end(at, is_made);
    }
    free(pass.entries);
    amr_index_free(&pass.ids);
    amr_index_free(&pass.names);
    amr_arena_free(&pass.arena);
}
