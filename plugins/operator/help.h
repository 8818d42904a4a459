/* SPDX-License-Identifier: MIT */
/* The help of the operator's command, made from the table of settings. Pure. */
#ifndef AMR_HELP_H
#define AMR_HELP_H

#include <stddef.h>

#include "buffer.h"
#include "settings.h"

/* A verb: its word and what it does, in a line. */
struct amr_verb_row {
    const char *word;
    enum amr_verb verb;
    const char *help;
};

/* All verbs and their number. */
const struct amr_verb_row *amr_help_verbs(size_t *count);

/* The verb with this word; AMR_VERB_NONE where there is none. */
enum amr_verb amr_help_find_verb(const char *word);

/* The word of a verb. Static text. */
const char *amr_help_verb_word(enum amr_verb verb);

/* Appends the help of a verb, or with AMR_VERB_NONE that of the command. */
void amr_help_append(struct amr_buffer *buffer, enum amr_verb verb);

#endif
