/* SPDX-License-Identifier: MIT */
#include "history.h"

static bool is_on_line(const struct amr_history_record *record, struct amr_line line)
{
    return record != NULL && amr_line_compare(record->line, line) == 0;
}

bool amr_history_is_seen_not_deferred(const struct amr_history_record *record, struct amr_line line,
                                      int64_t since_s)
{
    if (!is_on_line(record, line) || record->not_deferred_last_seen_s == AMR_INSTANT_NONE)
        return false;
    /* An observation from before the upgrade to this line says nothing about this line's event. */
    return record->not_deferred_last_seen_s >= record->line_first_seen_s &&
           record->not_deferred_last_seen_s >= since_s;
}

bool amr_history_is_deferral_spent(const struct amr_history_record *record, struct amr_line line)
{
    if (!is_on_line(record, line) || !amr_line_is_known(record->previous_line))
        return false;
    return record->deferred_first_seen_s != AMR_INSTANT_NONE &&
           record->previous_line_last_seen_s != AMR_INSTANT_NONE &&
           record->deferred_first_seen_s <= record->previous_line_last_seen_s;
}
