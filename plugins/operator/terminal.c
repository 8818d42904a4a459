/* SPDX-License-Identifier: MIT */
#include "terminal.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

enum {
    WIDTH = 80,
    NAME_WIDTH = 34,
    BARS_WIDTH = WIDTH - NAME_WIDTH - 1,
    WORDS_COLUMN = 26,
    WORDS_BYTES_MAX = 4096,
    LABEL_WIDTH = 4, /* "Jan " */
};

/* A cell of a bar; the greater one covers the lesser. */
enum cell {
    CELL_EMPTY,
    CELL_WINDOW,
    CELL_TODAY,
    CELL_GA,
    CELL_RETIREMENT,
    CELL_CHOICE,
    CELL_DEADLINE,
    CELL_ANY_DAY,
    CELL_COUNT,
};

struct glyph {
    const char *ascii;
    const char *unicode;
    const char *colour; /* SGR */
    const char *words;  /* in the legend; NULL: not there */
};

static const struct glyph glyphs[CELL_COUNT] = {
    [CELL_EMPTY] = {" ", " ", "", NULL},
    [CELL_WINDOW] = {"=", "\u2501", "33", "window"},
    [CELL_TODAY] = {"|", "\u2502", "2", "today"},
    [CELL_GA] = {"G", "\u25cf", "36", "GA"},
    [CELL_RETIREMENT] = {"R", "\u2715", "35", "retirement"},
    [CELL_CHOICE] = {"C", "\u25cb", "36", "choose by"},
    [CELL_DEADLINE] = {"D", "\u25c6", "31", "deadline"},
    [CELL_ANY_DAY] = {"!", "\u25b6", "31", "any day"},
};

/* The stretch of days that the bars show. */
struct scale {
    int64_t first_day;
    int64_t last_day;
};

struct canvas {
    const struct amr_report *report;
    const struct amr_timeline *timeline;
    const struct amr_terminal *terminal;
    struct scale scale;
    struct amr_buffer *buffer;
};

static size_t column_of(const struct scale *scale, int64_t day)
{
    int64_t length = scale->last_day - scale->first_day;

    if (length <= 0)
        return 0;
    return (size_t)((day - scale->first_day) * (BARS_WIDTH - 1) / length);
}

static void cover(enum cell *cell, enum cell with)
{
    if (with > *cell)
        *cell = with;
}

static enum cell cell_of(enum amr_event_kind kind)
{
    static const enum cell cells[] = {
        [AMR_EVENT_ANY_DAY] = CELL_ANY_DAY,       [AMR_EVENT_DEADLINE] = CELL_DEADLINE,
        [AMR_EVENT_CHOICE] = CELL_CHOICE,         [AMR_EVENT_GA] = CELL_GA,
        [AMR_EVENT_RETIREMENT] = CELL_RETIREMENT,
    };

    return cells[kind];
}

static void draw(const struct canvas *canvas, const struct amr_verdict_row *row,
                 enum cell cells[BARS_WIDTH])
{
    int64_t first_day;
    int64_t last_day;

    cover(&cells[column_of(&canvas->scale, amr_instant_day(canvas->report->as_of_s))], CELL_TODAY);
    if (amr_timeline_window(canvas->report, row, &first_day, &last_day)) {
        for (size_t i = column_of(&canvas->scale, first_day);
             i <= column_of(&canvas->scale, last_day); i++)
            cover(&cells[i], CELL_WINDOW);
        cover(&cells[column_of(&canvas->scale, first_day)], CELL_GA);
    }
    for (size_t i = 0; i < canvas->timeline->count; i++) {
        const struct amr_event *event = &canvas->timeline->events[i];

        if (event->row == row)
            cover(&cells[column_of(&canvas->scale, event->day)], cell_of(event->kind));
    }
}

static void append_glyph(const struct canvas *canvas, enum cell cell)
{
    const struct glyph *glyph = &glyphs[cell];
    const char *text = canvas->terminal->has_unicode ? glyph->unicode : glyph->ascii;

    if (canvas->terminal->has_colour && glyph->colour[0] != '\0')
        amr_buffer_append_format(canvas->buffer, "\033[%sm%s\033[0m", glyph->colour, text);
    else
        amr_buffer_append_text(canvas->buffer, text);
}

/* The name, cut to the column's width by characters. */
static void append_name(struct amr_buffer *buffer, const char *name)
{
    size_t width = amr_text_count_characters(name, strlen(name));
    const char *at = name;

    if (width <= NAME_WIDTH) {
        amr_buffer_append_format(buffer, "%s%*s ", name, (int)(NAME_WIDTH - width), "");
        return;
    }
    for (int i = 0; i < NAME_WIDTH - 3; i++)
        (void)amr_text_take_character(&at);
    amr_buffer_append(buffer, name, (size_t)(at - name));
    amr_buffer_append_text(buffer, "... ");
}

static void append_bar(const struct canvas *canvas, const struct amr_verdict_row *row)
{
    enum cell cells[BARS_WIDTH] = {CELL_EMPTY};
    size_t length = BARS_WIDTH;

    draw(canvas, row, cells);
    while (length > 0 && cells[length - 1] == CELL_EMPTY)
        length--;
    append_name(canvas->buffer, row->name);
    for (size_t i = 0; i < length; i++)
        append_glyph(canvas, cells[i]);
    amr_buffer_append_text(canvas->buffer, "\n");
}

/* The first days of months, as far as they have room: "Jan", or the year where one begins. */
static void append_axis(const struct canvas *canvas)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    size_t end = 0;

    amr_buffer_append_format(canvas->buffer, "%*s", NAME_WIDTH + 1, "");
    for (int64_t day = canvas->scale.first_day; day <= canvas->scale.last_day; day++) {
        size_t column = column_of(&canvas->scale, day);
        char text[AMR_DATE_TEXT_SIZE];

        amr_day_format(day, text);
        if (strcmp(text + 8, "01") != 0 || column < end || column + LABEL_WIDTH > BARS_WIDTH)
            continue;
        int month = (text[5] - '0') * 10 + (text[6] - '0');
        amr_buffer_append_format(canvas->buffer, "%*s", (int)(column - end), "");
        if (month == 1)
            amr_buffer_append_format(canvas->buffer, "%.4s", text);
        else
            amr_buffer_append_format(canvas->buffer, "%.3s", months + (size_t)(month - 1) * 3);
        end = column + (month == 1 ? 4 : 3);
    }
    amr_buffer_append_text(canvas->buffer, "\n");
}

static void append_legend(const struct canvas *canvas)
{
    const char *separator = "";

    for (enum cell cell = CELL_EMPTY; cell < CELL_COUNT; cell++) {
        if (glyphs[cell].words == NULL)
            continue;
        amr_buffer_append_text(canvas->buffer, separator);
        append_glyph(canvas, cell);
        amr_buffer_append_format(canvas->buffer, " %s", glyphs[cell].words);
        separator = "  ";
    }
    amr_buffer_append_text(canvas->buffer, "\n\n");
}

static void append_bars(const struct canvas *canvas)
{
    const struct amr_verdict *verdict = canvas->report->verdict;

    append_axis(canvas);
    for (size_t i = 0; i < verdict->count; i++) {
        if (amr_timeline_has(canvas->timeline, &verdict->rows[i]))
            append_bar(canvas, &verdict->rows[i]);
    }
    append_legend(canvas);
}

static void break_line(struct amr_buffer *buffer, size_t *column)
{
    amr_buffer_append_format(buffer, "\n%*s", WORDS_COLUMN, "");
    *column = WORDS_COLUMN;
}

/* Appends a word, across lines where it is longer than one. */
static void append_word(struct amr_buffer *buffer, const char *word, size_t length, size_t *column)
{
    for (const char *at = word; at < word + length; *column += 1) {
        const char *start = at;

        (void)amr_text_take_character(&at);
        if (*column == WIDTH)
            break_line(buffer, column);
        amr_buffer_append(buffer, start, (size_t)(at - start));
    }
}

/* Appends words wrapped at WIDTH, further lines below the first word. */
static void append_wrapped(struct amr_buffer *buffer, const char *words)
{
    size_t column = WORDS_COLUMN;

    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        size_t width = amr_text_count_characters(words, length);

        if (column > WORDS_COLUMN && column + 1 + width > WIDTH)
            break_line(buffer, &column);
        else if (column > WORDS_COLUMN)
            append_word(buffer, " ", 1, &column);
        append_word(buffer, words, length, &column);
        words += length + (words[length] == ' ');
    }
    amr_buffer_append_text(buffer, "\n");
}

/* "in 24 days", by the calendar. */
static void append_distance(struct amr_buffer *buffer, int64_t days)
{
    if (days == 0)
        amr_buffer_append_text(buffer, "today");
    else if (days == 1 || days == -1)
        amr_buffer_append_text(buffer, days == 1 ? "tomorrow" : "yesterday");
    else if (days > 0)
        amr_buffer_append_format(buffer, "in %" PRId64 " days", days);
    else
        amr_buffer_append_format(buffer, "%" PRId64 " days ago", -days);
}

static void append_when(const struct canvas *canvas, const struct amr_event *event)
{
    char day[AMR_DATE_TEXT_SIZE];
    struct amr_buffer when;

    if (event->kind == AMR_EVENT_ANY_DAY) {
        amr_buffer_append_format(canvas->buffer, "%-*s", WORDS_COLUMN, "any day");
        return;
    }
    amr_day_format(event->day, day);
    amr_buffer_init(&when, WORDS_BYTES_MAX);
    amr_buffer_append_format(&when, "%s  ", day);
    append_distance(&when, event->day - amr_instant_day(canvas->report->as_of_s));
    amr_buffer_append_format(canvas->buffer, "%-*s", WORDS_COLUMN, amr_buffer_text(&when));
    amr_buffer_free_part(&when, canvas->buffer);
}

static void append_event(const struct canvas *canvas, const struct amr_event *event)
{
    bool is_red = canvas->terminal->has_colour &&
                  (event->kind == AMR_EVENT_ANY_DAY || event->kind == AMR_EVENT_DEADLINE);
    struct amr_buffer words;

    amr_buffer_init(&words, WORDS_BYTES_MAX);
    amr_buffer_append_format(&words, "%s ", event->row->name);
    amr_event_append_step(&words, canvas->report, event);
    amr_buffer_append_text(&words, ": ");
    amr_event_append_words(&words, canvas->report, event);
    amr_buffer_append_text(canvas->buffer, is_red ? "\033[31m" : "");
    append_when(canvas, event);
    amr_buffer_append_text(canvas->buffer, is_red ? "\033[0m" : "");
    append_wrapped(canvas->buffer, amr_buffer_text(&words));
    amr_buffer_free_part(&words, canvas->buffer);
}

/* What has no day is told too: nobody should have to wonder where a database is. */
static void append_rest(const struct canvas *canvas)
{
    const struct amr_verdict *verdict = canvas->report->verdict;

    for (size_t i = 0; i < verdict->count; i++) {
        struct amr_buffer words;

        if (amr_timeline_has(canvas->timeline, &verdict->rows[i]))
            continue;
        amr_buffer_init(&words, WORDS_BYTES_MAX);
        amr_buffer_append_format(&words, "%s: ", verdict->rows[i].name);
        amr_report_append_sentence(&words, canvas->report, &verdict->rows[i]);
        amr_buffer_append_format(canvas->buffer, "%-*s", WORDS_COLUMN, "no day known");
        append_wrapped(canvas->buffer, amr_buffer_text(&words));
        amr_buffer_free_part(&words, canvas->buffer);
    }
}

void amr_terminal_append(struct amr_buffer *buffer, const struct amr_report *report,
                         const struct amr_timeline *timeline, const struct amr_terminal *terminal)
{
    struct canvas canvas = {
        .report = report, .timeline = timeline, .terminal = terminal, .buffer = buffer};
    char as_of[AMR_DATE_TEXT_SIZE];

    amr_day_format(amr_instant_day(report->as_of_s), as_of);
    amr_buffer_append_format(buffer, "As of %s (all days begin at 00:00 UTC)\n\n", as_of);
    if (amr_timeline_span(timeline, report, &canvas.scale.first_day, &canvas.scale.last_day))
        append_bars(&canvas);
    for (size_t i = 0; i < timeline->count; i++)
        append_event(&canvas, &timeline->events[i]);
    append_rest(&canvas);
}
