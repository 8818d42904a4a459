/* SPDX-License-Identifier: MIT */
#ifndef AMR_HELP_H
#define AMR_HELP_H

#include "buffer.h"

/* Appends the check's help, made from the table of settings. */
void amr_help_append(struct amr_buffer *buffer);

#endif
