/* SPDX-License-Identifier: MIT */
/* The options of a program as its help shows them: the table of settings in words. */
#ifndef AMR_USAGE_H
#define AMR_USAGE_H

#include "buffer.h"
#include "settings.h"

/* Appends the options that every program has, group by group, except those that the verb has in
 * another form; then what the environment alone says. */
void amr_usage_append(struct amr_buffer *buffer, enum amr_verb verb);

/* Appends the verb's own options. */
void amr_usage_append_verb(struct amr_buffer *buffer, enum amr_verb verb);

#endif
