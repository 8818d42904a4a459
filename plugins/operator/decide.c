/* SPDX-License-Identifier: MIT */
#include "decide.h"

#include "text.h"

enum { FOREIGN_BYTES_MAX = 100 };

/* What is decided on. */
struct matter {
    const struct amr_command *command;
    const struct amr_report *report;
    const struct amr_verdict_row *row;
    const struct amr_assessment *one;
    const struct amr_database *database;
    struct amr_buffer *words;
};

static const struct amr_decision refusal = {.step = AMR_STEP_REFUSE};
static const struct amr_decision nothing = {.step = AMR_STEP_NOTHING};

static void say(const struct matter *matter, const char *words)
{
    amr_buffer_append_text(matter->words, words);
}

static void say_line(const struct matter *matter, struct amr_line line)
{
    char text[AMR_LINE_TEXT_SIZE];

    amr_line_format(line, text);
    say(matter, text);
}

static void say_date(const struct matter *matter, const struct amr_date *date)
{
    char text[AMR_DATE_TEXT_SIZE];

    amr_date_format(date, text);
    say(matter, date->precision == AMR_DATE_UNKNOWN ? "a day not found" : text);
}

static bool is_unknown(const struct matter *matter)
{
    return matter->one->state == AMR_STATE_UNKNOWN;
}

static bool is_ga_pending(const struct matter *matter)
{
    return matter->one->lines_behind > 0;
}

static void say_unknown(const struct matter *matter)
{
    say(matter, "it cannot be judged: ");
    amr_report_append_reason(matter->words, matter->report, matter->row);
}

static void say_ga(const struct matter *matter)
{
    say_line(matter, matter->one->first);
    say(matter, " is GA since ");
    say_date(matter, &matter->one->ga);
}

/* Other members of the group stay as they are: nothing here upgrades them too. */
static void say_group(const struct matter *matter)
{
    if (matter->database->geo_group == NULL && matter->database->linked_count == 0)
        return;
    say(matter, "; it belongs to the geo-replication group '");
    amr_text_append_clean(matter->words,
                          matter->database->geo_group == NULL ? "" : matter->database->geo_group,
                          FOREIGN_BYTES_MAX);
    say(matter, "', whose other members are not touched");
    if (matter->one->has_advisory[AMR_ADVISORY_SKEW])
        say(matter, " and run different lines");
}

static void say_deferred(const struct matter *matter)
{
    say(matter, "deferral will be chosen");
    if (!amr_line_is_known(matter->one->next))
        return;
    say(matter, " before ");
    say_line(matter, matter->one->next);
    say(matter, " becomes GA on ");
    say_date(matter, &matter->one->next_ga);
}

static struct amr_decision decide_defer(const struct matter *matter)
{
    bool is_deferred = matter->database->deferral == AMR_DEFERRED;

    if (is_unknown(matter))
        say_unknown(matter);
    else if (is_ga_pending(matter)) {
        say_ga(matter);
        say(matter, is_deferred ? ", and deferral is chosen already: it cannot be chosen anew"
                                : ": deferral had to be chosen before that day, and Azure need "
                                  "not honour it");
    } else if (is_deferred) {
        say(matter, "deferral is chosen already");
        return nothing;
    } else {
        say_deferred(matter);
        return (struct amr_decision){.step = AMR_STEP_SEND};
    }
    if (matter->command->is_forced)
        return (struct amr_decision){.step = AMR_STEP_SEND};
    say(matter, " (--force sets the flag all the same)");
    return refusal;
}

static struct amr_decision decide_undefer(const struct matter *matter)
{
    enum amr_deferral deferral = matter->database->deferral;
    struct amr_decision decision = {.step = AMR_STEP_SEND};

    if (deferral == AMR_NOT_DEFERRED || deferral == AMR_DEFERRAL_ABSENT) {
        say(matter, "deferral is not chosen");
        return nothing;
    }
    decision.is_grave = is_unknown(matter) || is_ga_pending(matter);
    say(matter, "deferral will be taken back; ");
    if (is_unknown(matter)) {
        say_unknown(matter);
        say(matter, ", so Azure may upgrade any day after that");
    } else if (is_ga_pending(matter)) {
        say_ga(matter);
        say(matter, ", so Azure may upgrade to ");
        say_line(matter, matter->one->target);
        say(matter, " any day after that");
    } else {
        say(matter, "it can be chosen again before the next GA");
    }
    say(matter, decision.is_grave ? "; an upgrade cannot be undone" : "");
    if (decision.is_grave)
        say_group(matter);
    return decision;
}

/* What stands in the way of an upgrade, in words; false where nothing does. */
static bool is_start_barred(const struct matter *matter)
{
    if (is_unknown(matter)) {
        say_unknown(matter);
        return true;
    }
    if (matter->one->has_advisory[AMR_ADVISORY_BUSY]) {
        say(matter, "it is at work: ");
        amr_report_append_advisory(matter->words, matter->report, matter->row, AMR_ADVISORY_BUSY);
        return true;
    }
    if (!amr_line_is_known(matter->one->manual_target)) {
        say(matter, "the catalogue knows nothing newer than ");
        say_line(matter, matter->database->line);
        return true;
    }
    if (!matter->one->is_manual_preview || matter->command->is_preview_allowed)
        return false;
    say_line(matter, matter->one->manual_target);
    say(matter, " is a preview (--allow-preview goes on all the same)");
    return true;
}

static struct amr_decision decide_start(const struct matter *matter)
{
    if (is_start_barred(matter))
        return refusal;
    say(matter, "it will be upgraded from ");
    say_line(matter, matter->database->line);
    say(matter, " to ");
    say_line(matter, matter->one->manual_target);
    say(matter, matter->one->is_manual_preview ? ", a preview" : "");
    say(matter, ", as far as the catalogue knows: Azure chooses the line, always its newest; this "
                "cannot be undone");
    say_group(matter);
    return (struct amr_decision){.step = AMR_STEP_SEND, .is_grave = true};
}

struct amr_decision amr_decide(enum amr_change change, const struct amr_command *command,
                               const struct amr_report *report, const struct amr_verdict_row *row,
                               struct amr_buffer *words)
{
    struct matter matter = {
        .command = command,
        .report = report,
        .row = row,
        .one = &row->assessment,
        .database = amr_report_database(report, row),
        .words = words,
    };

    if (matter.database->id == NULL) {
        say_unknown(&matter);
        return refusal;
    }
    switch (change) {
    case AMR_CHANGE_DEFER:
        return decide_defer(&matter);
    case AMR_CHANGE_UNDEFER:
        return decide_undefer(&matter);
    default:
        return decide_start(&matter);
    }
}
