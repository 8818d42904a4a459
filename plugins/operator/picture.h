/* SPDX-License-Identifier: MIT */
/* The timeline as a picture: SVG 1.1 without scripts and without anything from elsewhere, light or
 * dark as the reader's system is. Pure. */
#ifndef AMR_PICTURE_H
#define AMR_PICTURE_H

#include "buffer.h"
#include "report.h"
#include "timeline.h"

/* Appends a picture with a row for each database that has a dated event, the soonest first. */
void amr_picture_append(struct amr_buffer *buffer, const struct amr_report *report,
                        const struct amr_timeline *timeline);

#endif
