/* SPDX-License-Identifier: MIT */
/* Foreign text made safe to print, and the few comparisons that Azure's names need. All functions
 * treat text as ASCII or UTF-8 whatever the locale. */
#ifndef AMR_TEXT_H
#define AMR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

/* Appends foreign text cleaned for a status line: `|`, `<`, `>`, `&`, control bytes (C0, DEL, C1),
 * bidirectional and other invisible format characters (U+061C, U+200B-U+200F, U+2028-U+202E,
 * U+2060-U+206F, U+FEFF, U+E0000-U+E007F), U+FFFE and U+FFFF, which XML does not have, and every
 * byte of invalid UTF-8 become '?'; TAB, CR and LF become a blank, a run of them one blank. At most
 * max_bytes of result, never cut inside a character; a cut is shown as "...", which counts (as many
 * dots as fit where max_bytes is below 3). Where the buffer fails, a part may stand in it. */
void amr_text_append_clean(struct amr_buffer *buffer, const char *text, size_t max_bytes);

/* Appends words that are clean already in at most max_bytes; a cut is shown as "..." and never
 * falls inside a character. A failure of `words` becomes the buffer's. */
void amr_text_append_cut(struct amr_buffer *buffer, const struct amr_buffer *words,
                         size_t max_bytes);

/* Fills *err (AMR_ERROR_USAGE) with "'VALUE' is no WHAT", the value cleaned and cut. Always returns
 * false. */
bool amr_text_refuse(struct amr_error *err, const char *value, const char *what);

/* The bytes at the start of `text` that stay as they are when it is cleaned and in JSON: ASCII
 * letters, digits, the blank and a few signs of names. Nearly every text is only these. */
size_t amr_text_plain_length(const char *text);

/* Takes the character at *text, which is not at its end, and steps over it: its code point, or a
 * value above U+10FFFF for a byte of invalid UTF-8. */
uint32_t amr_text_take_character(const char **text);

/* The characters of the first `length` bytes; a byte of invalid UTF-8 is one. */
size_t amr_text_count_characters(const char *text, size_t length);

/* True for what amr_text_append_clean replaces by '?'. */
bool amr_text_is_unsafe(uint32_t point);

/* Appends `text` as a label or series name: every byte outside [A-Za-z0-9_.-] becomes '_'. */
void amr_text_append_label(struct amr_buffer *buffer, const char *text);

/* Equal without regard to ASCII case. */
bool amr_text_is_equal_nocase(const char *left, const char *right);

/* True where text starts with prefix, without regard to ASCII case. */
bool amr_text_is_prefix_nocase(const char *prefix, const char *text);

/* strcmp without regard to ASCII case. */
int amr_text_compare_nocase(const char *left, const char *right);

/* True where `name` fits the glob `pattern` (`*`, `?`, `[...]`, backslash) without regard to ASCII
 * case. `?` and `[...]` take one character (a byte of invalid UTF-8 is one); `[!a-z]` and `[^a-z]`
 * take what is not in the set; an unclosed `[` and a last backslash stand for themselves. Linear in
 * practice: a pattern with many stars does not explode. */
bool amr_text_is_matching(const char *pattern, const char *name);

/* A 32-bit FNV-1a hash of the text folded to lower case: the same for every spelling of an id. */
uint32_t amr_text_hash_nocase(const char *text);

/* True for a GUID in its 8-4-4-4-12 form, any case. */
bool amr_text_is_guid(const char *text);

/* Copies text into target[target_size], NUL-terminated. False, target untouched, where it does not
 * fit. */
bool amr_text_copy(char *target, size_t target_size, const char *text) AMR_MUST_CHECK;

/* True for valid UTF-8 without NUL, overlong forms, surrogates or values above U+10FFFF. */
bool amr_text_is_utf8(const char *bytes, size_t length);

#endif
