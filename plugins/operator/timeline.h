/* SPDX-License-Identifier: MIT */
/* What happens when: the dated consequences of a verdict. Pure. */
#ifndef AMR_TIMELINE_H
#define AMR_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "report.h"

/* ANY_DAY: the automatic upgrade comes any day from now. CHOICE: the last day on which deferral can
 * be chosen. GA: a line becomes generally available. DEADLINE: the day from which a deferred
 * database is upgraded all the same. RETIREMENT: Azure ends the product. In the order in which
 * events of one day are told. */
enum amr_event_kind {
    AMR_EVENT_ANY_DAY,
    AMR_EVENT_DEADLINE,
    AMR_EVENT_CHOICE,
    AMR_EVENT_GA,
    AMR_EVENT_RETIREMENT,
};

/* Days count from 1970-01-01. latest_day is later than day where a date is known to the month only:
 * the event falls on some day of the two or between. `line` is the one that comes; zero for
 * RETIREMENT. */
struct amr_event {
    enum amr_event_kind kind;
    const struct amr_verdict_row *row;
    struct amr_line line;
    int64_t day;
    int64_t latest_day;
};

/* By day, then kind, then the order of the verdict. A zeroed one is empty. */
struct amr_timeline {
    struct amr_event *events;
    size_t count;
};

/* Makes the timeline of the report's verdict, which it borrows. Error: AMR_ERROR_NO_MEMORY. */
bool amr_timeline_make(const struct amr_report *report, struct amr_timeline *timeline,
                       struct amr_error *err) AMR_MUST_CHECK;

/* Releases what it owns; takes a zeroed one. */
void amr_timeline_free(struct amr_timeline *timeline);

/* Whether the row has an event. */
bool amr_timeline_has(const struct amr_timeline *timeline, const struct amr_verdict_row *row);

/* The word of a kind as the JSON output spells it: "any-day", "deadline", ... Static text. */
const char *amr_event_word(enum amr_event_kind kind);

/* Appends what happens, without day and name: "automatic upgrade from this day on". The same on
 * every day. */
void amr_event_append_words(struct amr_buffer *buffer, const struct amr_report *report,
                            const struct amr_event *event);

/* Appends "7.4 -> 8.0" of an event, "7.4" where no line comes. */
void amr_event_append_step(struct amr_buffer *buffer, const struct amr_report *report,
                           const struct amr_event *event);

/* The first and the last day that any event, GA day or as_of touches; false where there is no
 * event. */
bool amr_timeline_span(const struct amr_timeline *timeline, const struct amr_report *report,
                       int64_t *first_day, int64_t *last_day) AMR_MUST_CHECK;

/* The days between which a row's upgrade is under way, from GA to deadline or to as_of. False where
 * there are none, as where the GA day is not known. */
bool amr_timeline_window(const struct amr_report *report, const struct amr_verdict_row *row,
                         int64_t *first_day, int64_t *last_day) AMR_MUST_CHECK;

/* Appends the timeline as a JSON document. */
void amr_timeline_append_json(struct amr_buffer *buffer, const struct amr_report *report,
                              const struct amr_timeline *timeline);

#endif
