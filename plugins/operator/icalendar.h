/* SPDX-License-Identifier: MIT */
/* The timeline as a calendar that people subscribe to (RFC 5545). Pure. */
#ifndef AMR_ICALENDAR_H
#define AMR_ICALENDAR_H

#include "buffer.h"
#include "report.h"
#include "timeline.h"

/* Appends a calendar of all-day events: deadlines, last days to choose deferral, retirements. The
 * bytes change only where the timeline or the catalogue does: a UID is made of the event and the
 * database's ARM id, and DTSTAMP, which without METHOD says when the information was last revised
 * (3.8.7.2), is the newest review of the catalogue. */
void amr_icalendar_append(struct amr_buffer *buffer, const struct amr_report *report,
                          const struct amr_timeline *timeline);

#endif
