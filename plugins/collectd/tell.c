/* SPDX-License-Identifier: MIT */
#include "tell.h"

#include <stdio.h>
#include <string.h>

#include "account.h"
#include "text.h"

enum { FAILURES_TOLD = 2, TEXT_BYTES_MAX = 16 * 1024 };

void amr_tell_begin(struct amr_account *account)
{
    struct amr_tell *tell = &account->tell;
    struct amr_error ignored;
    struct amr_buffer document;

    tell->row_count = 0;
    tell->change_count = 0;
    tell->is_lacking = false;
    for (size_t i = 0; i < tell->told.count; i++)
        tell->told.entries[i].is_seen = false;
    if (tell->is_loaded || account->worker == NULL ||
        !amr_worker_take_told(account->worker, &document))
        return;
    tell->is_loaded = true;
    /* What cannot be read was never told. */
    (void)!amr_told_read(amr_buffer_text(&document), document.length, account->name, &tell->told,
                         &ignored);
    amr_buffer_free(&document);
}

static struct amr_change *add_change(struct amr_tell *tell, const struct amr_verdict_row *row,
                                     const char *instance)
{
    size_t place = tell->change_count++;

    if (place >= AMR_TELL_MOST)
        return NULL;
    tell->changes[place] = (struct amr_change){.row = row};
    (void)!amr_text_copy(tell->changes[place].instance, DATA_MAX_NAME_LEN, instance);
    return &tell->changes[place];
}

static struct amr_told_entry entry_of(const struct amr_account *account,
                                      const struct amr_verdict_row *row)
{
    const struct amr_database *database =
        &account->run.source.fleet.databases[row->assessment.database];

    return (struct amr_told_entry){
        .id = database->id != NULL ? database->id : row->name,
        .state = row->assessment.state,
        .severity = row->is_too_old ? AMR_UNKNOWN : row->assessment.severity,
        .line = database->line,
        .is_seen = true,
    };
}

static void tell_upgrade(struct amr_tell *tell, const struct amr_verdict_row *row,
                         const char *instance, struct amr_line from)
{
    struct amr_change *change = add_change(tell, row, instance);

    if (change != NULL)
        change->from = from;
}

static void compare(struct amr_tell *tell, const struct amr_told_entry *old,
                    const struct amr_told_entry *new, const struct amr_verdict_row *row,
                    const char *instance)
{
    bool is_upgrade = amr_line_is_known(old->line) && amr_line_is_known(new->line) &&
                      amr_line_compare(old->line, new->line) < 0;
    bool is_state = old->state != new->state;

    if (is_upgrade)
        tell_upgrade(tell, row, instance, old->line);
    if (!is_state && old->severity == new->severity)
        return;
    struct amr_change *change = add_change(tell, row, instance);
    if (change != NULL)
        change->is_state = is_state;
}

/* What cannot be noted is told when it can: else it would be told each time. */
static void tell_new(struct amr_tell *tell, const struct amr_told_entry *new,
                     const struct amr_verdict_row *row, const char *instance)
{
    if (!amr_told_add(&tell->told, new)) {
        tell->is_lacking = true;
        return;
    }
    tell->is_changed = true;
    if (new->severity != AMR_OK)
        (void)add_change(tell, row, instance);
}

void amr_tell_row(struct amr_account *account, const struct amr_verdict_row *row,
                  const char *instance)
{
    struct amr_tell *tell = &account->tell;
    struct amr_told_entry new = entry_of(account, row);
    struct amr_told_entry *old = amr_told_find(&tell->told, new.id);

    if (!tell->is_loaded)
        return;
    tell->row_count++;
    if (old == NULL) {
        tell_new(tell, &new, row, instance);
        return;
    }
    /* Of what is too old the state is the one that was known last. */
    if (row->is_too_old) {
        new.state = old->state;
        new.line = old->line;
    }
    compare(tell, old, &new, row, instance);
    tell->is_changed |= old->state != new.state || old->severity != new.severity ||
                        amr_line_compare(old->line, new.line) != 0;
    new.id = old->id;
    *old = new;
}

static int level_of(enum amr_severity severity)
{
    static const int levels[] = {
        [AMR_OK] = NOTIF_OKAY,
        [AMR_UNKNOWN] = NOTIF_WARNING,
        [AMR_WARNING] = NOTIF_WARNING,
        [AMR_CRITICAL] = NOTIF_FAILURE,
    };

    return levels[severity];
}

/* Sends the text, cut to what a notification takes, about this series. */
static void send_note(const struct amr_account *account, int level, const char *instance,
                      const char *type_instance, struct amr_buffer *text)
{
    notification_t note = {.severity = level};
    struct amr_buffer message;

    note.time = (cdtime_t)account->run.now_s << 30;
    (void)snprintf(note.host, sizeof(note.host), "%s",
                   account->host[0] != '\0' ? account->host : hostname_g);
    (void)!amr_text_copy(note.plugin, sizeof(note.plugin), "amr_upgrade");
    (void)!amr_text_copy(note.plugin_instance, sizeof(note.plugin_instance), instance);
    (void)!amr_text_copy(note.type, sizeof(note.type), "gauge");
    (void)!amr_text_copy(note.type_instance, sizeof(note.type_instance), type_instance);
    amr_buffer_init(&message, sizeof(note.message) - 1);
    amr_text_append_cut(&message, text, sizeof(note.message) - 1);
    if (amr_buffer_is_failed(&message))
        (void)snprintf(note.message, sizeof(note.message), "%s: out of memory for the text",
                       instance);
    else
        (void)snprintf(note.message, sizeof(note.message), "%s", amr_buffer_text(&message));
    (void)plugin_dispatch_notification(&note);
    amr_buffer_free(&message);
    amr_buffer_free(text);
}

static struct amr_buffer begin_text(const char *name)
{
    struct amr_buffer text;

    amr_buffer_init(&text, TEXT_BYTES_MAX);
    amr_buffer_append_format(&text, "%s: ", name);
    return text;
}

static struct amr_buffer begin_account_text(const struct amr_account *account)
{
    struct amr_buffer text;

    amr_buffer_init(&text, TEXT_BYTES_MAX);
    amr_buffer_append_text(&text, "account \"");
    amr_text_append_clean(&text, account->name, sizeof(account->name));
    amr_buffer_append_text(&text, "\": ");
    return text;
}

/* What is younger than a poll is as new as what a poll brings. */
static struct amr_report report_of(const struct amr_account *account)
{
    struct amr_report report = amr_run_report(&account->run, "collectd");
    int64_t age_s;

    report.is_stale &= amr_report_data_age_s(&report, &age_s) && age_s > account->interval_s;
    return report;
}

static void send_upgrade(const struct amr_account *account, const struct amr_change *change)
{
    struct amr_buffer text = begin_text(change->row->name);
    char from[AMR_LINE_TEXT_SIZE];
    char to[AMR_LINE_TEXT_SIZE];

    amr_line_format(change->from, from);
    amr_line_format(account->run.source.fleet.databases[change->row->assessment.database].line, to);
    amr_buffer_append_format(&text, "upgraded %s -> %s", from, to);
    send_note(account, NOTIF_OKAY, change->instance, "version", &text);
}

static void send_change(const struct amr_account *account, const struct amr_change *change)
{
    const struct amr_verdict_row *row = change->row;
    struct amr_report report = report_of(account);
    enum amr_severity severity = row->is_too_old ? AMR_UNKNOWN : row->assessment.severity;
    struct amr_buffer text = begin_text(row->name);

    amr_buffer_append_format(&text, "%s, ", amr_severity_word(severity));
    if (row->is_too_old)
        amr_buffer_append_text(&text, "the last reading is older than MaxStale");
    else
        amr_report_append_sentence(&text, &report, row);
    send_note(account, level_of(severity), change->instance,
              change->is_state ? "state" : "severity", &text);
}

static void send_summary(const struct amr_account *account)
{
    const struct amr_tell *tell = &account->tell;
    struct amr_report report = report_of(account);
    struct amr_buffer text = begin_account_text(account);

    if (tell->told.is_known)
        amr_buffer_append_format(&text, "%zu changes; ", tell->change_count);
    amr_report_append_summary(&text, &report, AMR_REPORT_SUMMARY_BYTES_MAX);
    send_note(account, level_of(account->run.verdict.severity), account->instance, "severity",
              &text);
}

static void send_changes(const struct amr_account *account)
{
    const struct amr_tell *tell = &account->tell;

    for (size_t i = 0; i < tell->change_count; i++) {
        if (amr_line_is_known(tell->changes[i].from))
            send_upgrade(account, &tell->changes[i]);
        else
            send_change(account, &tell->changes[i]);
    }
}

static void tell_up(struct amr_account *account)
{
    struct amr_told *told = &account->tell.told;
    const struct amr_poll *poll = &account->poll;
    bool is_down =
        poll->is_over && (told->is_down ? !poll->is_right : poll->failures >= FAILURES_TOLD);

    if (!poll->is_over || is_down == told->is_down)
        return;
    struct amr_buffer text = begin_account_text(account);
    if (is_down)
        amr_buffer_append_format(&text, "%d polls failed: %s", poll->failures, poll->error.message);
    else
        amr_buffer_append_text(&text, "polls succeed again");
    send_note(account, is_down ? NOTIF_WARNING : NOTIF_OKAY, account->instance, "up", &text);
    told->is_down = is_down;
    account->tell.is_changed = true;
}

static void tell_databases(struct amr_account *account)
{
    struct amr_tell *tell = &account->tell;

    if (!tell->told.is_known) {
        /* A first poll that failed leaves nothing to compare with. */
        if (tell->is_lacking || (tell->row_count == 0 && !account->poll.is_right))
            return;
        send_summary(account);
        tell->told.is_known = true;
        tell->is_changed = true;
        return;
    }
    if (tell->change_count > AMR_TELL_MOST)
        send_summary(account);
    else
        send_changes(account);
}

/* What is gone is forgotten when Azure was wholly read. */
static void forget(struct amr_account *account)
{
    struct amr_tell *tell = &account->tell;

    if (account->poll.is_over && account->poll.is_right && tell->row_count < tell->told.count)
        tell->is_changed |= amr_told_drop_unseen(&tell->told);
}

static void keep(struct amr_account *account)
{
    struct amr_buffer document;

    account->tell.is_changed = false;
    /* A rehearsal leaves no evidence. */
    if (account->run.settings.has_as_of)
        return;
    amr_buffer_init(&document, AMR_TOLD_BYTES_MAX);
    amr_told_format(&account->tell.told, account->name, &document);
    account->tell.is_changed = amr_buffer_is_failed(&document);
    if (account->tell.is_changed)
        amr_buffer_free(&document);
    else
        amr_worker_keep_told(account->worker, &document);
}

/* Once: nothing changes before the daemon is started anew. */
static void tell_bad(struct amr_account *account)
{
    if (account->tell.is_bad_told)
        return;
    struct amr_buffer text = begin_account_text(account);
    amr_buffer_append_text(&text, "it is not read; collectd's log says why");
    send_note(account, NOTIF_WARNING, account->instance, "up", &text);
    account->tell.is_bad_told = true;
}

void amr_tell_end(struct amr_account *account, bool is_dispatched)
{
    if (account->is_bad)
        tell_bad(account);
    if (!account->tell.is_loaded)
        return;
    tell_up(account);
    if (account->is_judged && is_dispatched) {
        tell_databases(account);
        forget(account);
    }
    if (account->tell.is_changed)
        keep(account);
}
