/* SPDX-License-Identifier: MIT */
#include "help.h"

#include <string.h>

#include "usage.h"

static const struct amr_verb_row verbs[] = {
    {"list", AMR_VERB_LIST, "print the databases as a table, as JSON or as CSV"},
    {"timeline", AMR_VERB_TIMELINE, "print what happens when: as text, a picture or a calendar"},
    {"defer", AMR_VERB_DEFER, "choose deferral: set the flag, and read it back"},
    {"undefer", AMR_VERB_UNDEFER,
     "take deferral back; where a newer line is GA this lets the upgrade loose"},
    {"start", AMR_VERB_START, "upgrade now; this cannot be undone"},
    {"wait", AMR_VERB_WAIT, "follow what is under way until it ends"},
    {"catalog", AMR_VERB_CATALOG, "print the effective catalogue, or check a file of one"},
};

/* What a verb's help says before its options. */
static const struct {
    enum amr_verb verb;
    const char *text;
} stories[] = {
    {AMR_VERB_LIST,
     "Asks Azure; a snapshot is used only up to --cache-ttl, and where Azure fails.\n"
     "Exits with 0 where all could be read, whatever the databases' severities.\n"},
    {AMR_VERB_TIMELINE,
     "Without --svg and --ics it is printed: 80 columns, in colour on a terminal unless\n"
     "NO_COLOR is set, and in ASCII where the locale is not UTF-8. The files are replaced at\n"
     "once for every reader; the calendar's bytes change only when what it tells changes.\n"},
    {AMR_VERB_DEFER,
     "Sends deferUpgrade = Deferred and nothing else, then reads back. Refused where a newer\n"
     "line is GA already: deferral must be chosen before. Several databases need --yes.\n"},
    {AMR_VERB_UNDEFER,
     "Sends deferUpgrade = NotDeferred and nothing else, then reads back. Where a newer line is\n"
     "GA the automatic upgrade may begin any day after, and it cannot be undone: --yes, or the\n"
     "cluster's name typed, is needed. Several databases need --yes.\n"},
    {AMR_VERB_START,
     "Azure chooses the line, always the newest; the catalogue only tells which that should\n"
     "be. Needs --yes, or the cluster's name typed at the terminal. Several databases need\n"
     "--yes. Without --wait it returns when Azure has accepted.\n"},
    {AMR_VERB_WAIT,
     "Asks until the databases' states are settled: also for an upgrade begun elsewhere.\n"},
    {AMR_VERB_CATALOG,
     "Reads no Azure. With --catalog FILE that file is merged over the installed ones and so\n"
     "checked: an error names the JSON pointer (exit 1), dates without a source are warned of.\n"},
};

const struct amr_verb_row *amr_help_verbs(size_t *count)
{
    *count = AMR_COUNT_OF(verbs);
    return verbs;
}

enum amr_verb amr_help_find_verb(const char *word)
{
    for (size_t i = 0; i < AMR_COUNT_OF(verbs); i++) {
        if (strcmp(verbs[i].word, word) == 0)
            return verbs[i].verb;
    }
    return AMR_VERB_NONE;
}

const char *amr_help_verb_word(enum amr_verb verb)
{
    for (size_t i = 0; i < AMR_COUNT_OF(verbs); i++) {
        if (verbs[i].verb == verb)
            return verbs[i].word;
    }
    return "";
}

static void append_command(struct amr_buffer *buffer)
{
    amr_buffer_append_text(
        buffer,
        "amr-upgrade - look at, defer and start the version upgrades of Azure Managed Redis\n\n"
        "Usage: amr-upgrade VERB --subscription ID [OPTION...]\n"
        "       amr-upgrade VERB --help\n\n"
        "Verbs:\n");
    for (size_t i = 0; i < AMR_COUNT_OF(verbs); i++)
        amr_buffer_append_format(buffer, "  %-10s %s\n", verbs[i].word, verbs[i].help);
    amr_buffer_append_text(
        buffer,
        "\nThe options are those of check_amr_upgrade and each verb's own; the latter stand "
        "on the\ncommand line only, never in a file.\n"
        "\nExit codes: 0 done, 1 failed, 2 refused, 3 usage.\n");
}

static void append_story(struct amr_buffer *buffer, enum amr_verb verb)
{
    for (size_t i = 0; i < AMR_COUNT_OF(stories); i++) {
        if (stories[i].verb == verb)
            amr_buffer_append_text(buffer, stories[i].text);
    }
}

void amr_help_append(struct amr_buffer *buffer, enum amr_verb verb)
{
    if (verb == AMR_VERB_NONE) {
        append_command(buffer);
        return;
    }
    for (size_t i = 0; i < AMR_COUNT_OF(verbs); i++) {
        if (verbs[i].verb == verb)
            amr_buffer_append_format(buffer,
                                     "amr-upgrade %s - %s\n\nUsage: amr-upgrade %s [OPTION...]\n\n",
                                     verbs[i].word, verbs[i].help, verbs[i].word);
    }
    append_story(buffer, verb);
    amr_buffer_append_text(buffer, "\nOf this verb:\n");
    amr_usage_append_verb(buffer, verb);
    amr_usage_append(buffer, verb);
    amr_buffer_append_text(buffer, "\nExit codes: 0 done, 1 failed, 2 refused, 3 usage.\n");
}
