/* SPDX-License-Identifier: MIT */
/* What a program that knows secrets does about its own process before anything else. */
#ifndef AMR_HARDEN_H
#define AMR_HARDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens those of the three standard descriptors that are closed, so that none becomes a socket that
 * text is written to; forbids core dumps; ignores SIGPIPE and SIGXFSZ, which are then errors of
 * writing like others. */
void amr_harden(void);

/* Lets the handler be called with SIGALRM once, after wait_ms milliseconds; an earlier setting is
 * forgotten. The last resort against a file system that hangs or a computation without end. */
void amr_watchdog_set(int64_t wait_ms, void (*handler)(int));

/* Writes all of text[length]. False where that cannot be done. May be called by a signal handler.
 */
bool amr_write_all(int fd, const char *text, size_t length);

#endif
