/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

/* In pixels where no unit is said. */
enum {
    WIDTH = 960,
    MARGIN = 24,
    LEFT = 306,
    RIGHT = WIDTH - 96,
    HEADER = 104,
    ROW = 44,
    FOOTER = 104,
    LEGEND = 24,
    LABEL_ROOM = 78,
    MONTH_ROOM = 38,
    NAME_CHARACTERS_MAX = 34,
    WORDS_BYTES_MAX = 4096,
};

struct scene {
    struct amr_buffer *buffer;
    const struct amr_report *report;
    const struct amr_timeline *timeline;
    int64_t first_day;
    int64_t last_day;
    int64_t rows;
};

static const char style[] =
    "<style>\n"
    "svg{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;"
    "font-size:12px}\n"
    ".paper{fill:#ffffff}.ink{fill:#1f2328}.dim{fill:#59636e}.rule{stroke:#e1e5ea}\n"
    ".stripe{fill:#f6f8fa}.now{stroke:#1f2328}.window{fill:#f2b84b}.loose{fill:#e5534b}\n"
    ".open{fill:#8cc3ff}.deadline{fill:#cf222e}.ga{fill:#1a7f37}.choice{fill:#0969da}\n"
    ".end{stroke:#8250df}.halo{stroke:#ffffff}"
    ".day{fill:#59636e;stroke:#ffffff;stroke-width:4px;paint-order:stroke}\n"
    ".title{font-size:18px;font-weight:600}.name{font-size:13px;font-weight:600}\n"
    "@media (prefers-color-scheme:dark){\n"
    ".paper{fill:#0d1117}.ink{fill:#e6edf3}.dim{fill:#9198a1}.rule{stroke:#2a313c}\n"
    ".stripe{fill:#151b23}.now{stroke:#e6edf3}.window{fill:#9e6a03}.loose{fill:#b62324}\n"
    ".open{fill:#1f4f8f}.deadline{fill:#ff7b72}.ga{fill:#3fb950}.choice{fill:#58a6ff}\n"
    ".end{stroke:#bc8cff}.halo{stroke:#0d1117}.day{fill:#9198a1;stroke:#0d1117}}\n"
    "</style>\n";

static int64_t x_of(const struct scene *scene, int64_t day)
{
    int64_t length = scene->last_day - scene->first_day;

    return LEFT + (day - scene->first_day) * (RIGHT - LEFT) / (length < 1 ? 1 : length);
}

static int64_t today_of(const struct scene *scene)
{
    return amr_instant_day(scene->report->as_of_s);
}

/* Names are cleaned of what XML reads; of the rest the characters that fit. */
static void append_short(struct amr_buffer *buffer, const char *text)
{
    const char *at = text;
    int count = 0;

    for (; *at != '\0' && count < NAME_CHARACTERS_MAX; count++)
        (void)amr_text_take_character(&at);
    amr_buffer_append(buffer, text, (size_t)(at - text));
    amr_buffer_append_text(buffer, *at == '\0' ? "" : "\u2026");
}

static void append_words(struct amr_buffer *buffer, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '>')
            amr_buffer_append_text(buffer, "&gt;");
        else
            amr_buffer_append(buffer, text, 1);
    }
}

/* What a pointer that rests on a mark is told. */
static void append_event_title(const struct scene *scene, const struct amr_event *event)
{
    char day[AMR_DATE_TEXT_SIZE];
    struct amr_buffer words;

    amr_day_format(event->day, day);
    amr_buffer_init(&words, WORDS_BYTES_MAX);
    amr_buffer_append_format(&words, "%s %s ", day, event->row->name);
    amr_event_append_step(&words, scene->report, event);
    amr_buffer_append_text(&words, ": ");
    amr_event_append_words(&words, scene->report, event);
    amr_buffer_append_text(scene->buffer, "<title>");
    append_words(scene->buffer, amr_buffer_text(&words));
    amr_buffer_append_text(scene->buffer, "</title>");
    amr_buffer_free_part(&words, scene->buffer);
}

static void append_shape(const struct scene *scene, enum amr_event_kind kind, int64_t x, int64_t y)
{
    struct amr_buffer *buffer = scene->buffer;

    switch (kind) {
    case AMR_EVENT_ANY_DAY:
        amr_buffer_append_format(buffer,
                                 "<path class=\"deadline halo\" stroke-width=\"2\" d=\"M%" PRId64
                                 " %" PRId64 "l14 8l-14 8z\"/>",
                                 x - 4, y - 8);
        break;
    case AMR_EVENT_DEADLINE:
        amr_buffer_append_format(buffer,
                                 "<path class=\"deadline halo\" stroke-width=\"2\" d=\"M%" PRId64
                                 " %" PRId64 "l8 8l-8 8l-8-8z\"/>",
                                 x, y - 8);
        break;
    case AMR_EVENT_CHOICE:
    case AMR_EVENT_GA:
        amr_buffer_append_format(buffer,
                                 "<circle class=\"%s halo\" stroke-width=\"2\" cx=\"%" PRId64
                                 "\" cy=\"%" PRId64 "\" r=\"%d\"/>",
                                 kind == AMR_EVENT_GA ? "ga" : "choice", x, y,
                                 kind == AMR_EVENT_GA ? 6 : 7);
        break;
    case AMR_EVENT_RETIREMENT:
        amr_buffer_append_format(
            buffer,
            "<path class=\"end\" fill=\"none\" stroke-width=\"3\" d=\"M%" PRId64 " %" PRId64
            "l12 12m0-12l-12 12\"/>",
            x - 6, y - 6);
        break;
    }
}

/* Beside the mark, where the picture has room for it. */
static void append_date(const struct scene *scene, const struct amr_event *event, int64_t x,
                        int64_t y)
{
    bool is_left = x + LABEL_ROOM > WIDTH - MARGIN / 2;
    char day[AMR_DATE_TEXT_SIZE];

    amr_day_format(event->day, day);
    amr_buffer_append_format(scene->buffer,
                             "<text class=\"day\" x=\"%" PRId64 "\" y=\"%" PRId64
                             "\" text-anchor=\"%s\">%s</text>",
                             is_left ? x - 13 : x + 13, y + 4, is_left ? "end" : "start",
                             event->kind == AMR_EVENT_ANY_DAY ? "any day" : day);
}

/* The choice ends the day before GA: one date stands for both. */
static bool is_date_shown(const struct scene *scene, const struct amr_event *event)
{
    if (event->kind != AMR_EVENT_GA)
        return true;
    for (size_t i = 0; i < scene->timeline->count; i++) {
        const struct amr_event *other = &scene->timeline->events[i];

        if (other->row == event->row && other->kind == AMR_EVENT_CHOICE)
            return false;
    }
    return true;
}

/* Where a bar or another mark follows. */
static bool is_above(const struct amr_event *event)
{
    bool is_deadline = event->kind == AMR_EVENT_DEADLINE;

    return event->row->assessment.state == (is_deadline ? AMR_STATE_OVERDUE : AMR_STATE_CHOICE);
}

static void append_event(const struct scene *scene, const struct amr_event *event, int64_t y)
{
    bool is_choice = event->kind == AMR_EVENT_CHOICE;
    int64_t x = x_of(scene, event->day);

    amr_buffer_append_text(scene->buffer, "<g>");
    append_event_title(scene, event);
    append_shape(scene, event->kind, is_choice ? x - 3 : x, y);
    if (is_date_shown(scene, event))
        append_date(scene, event, x, is_above(event) ? y - 13 : y);
    amr_buffer_append_text(scene->buffer, "</g>\n");
}

static void append_bar(const struct scene *scene, const char *class, int64_t x, int64_t end_x,
                       int64_t y)
{
    int64_t width = end_x - x;

    amr_buffer_append_format(scene->buffer,
                             "<rect class=\"%s\" x=\"%" PRId64 "\" y=\"%" PRId64
                             "\" width=\"%" PRId64 "\" height=\"10\" rx=\"5\"/>\n",
                             class, x, y - 5, width < 4 ? 4 : width);
}

/* The stretch in which deferral can be chosen, then the window of an upgrade. */
static void append_bars(const struct scene *scene, const struct amr_verdict_row *row, int64_t y)
{
    const struct amr_assessment *one = &row->assessment;
    int64_t first_day;
    int64_t last_day;

    if (one->state == AMR_STATE_CHOICE)
        append_bar(scene, "open", x_of(scene, today_of(scene)), x_of(scene, one->next_ga.first_day),
                   y);
    if (!amr_timeline_window(scene->report, row, &first_day, &last_day))
        return;
    bool is_loose = one->state == AMR_STATE_DUE || one->state == AMR_STATE_LATE;
    append_bar(scene, is_loose ? "loose" : "window", x_of(scene, first_day), x_of(scene, last_day),
               y);
    if (one->state == AMR_STATE_OVERDUE)
        append_bar(scene, "loose", x_of(scene, last_day), x_of(scene, today_of(scene)), y);
    if (one->state != AMR_STATE_CHOICE)
        append_shape(scene, AMR_EVENT_GA, x_of(scene, first_day), y);
}

static void append_name(const struct scene *scene, const struct amr_verdict_row *row, int64_t y)
{
    const struct amr_database *database = amr_report_database(scene->report, row);
    const char *sku = amr_report_cluster(scene->report, row)->sku;
    struct amr_buffer *buffer = scene->buffer;
    char from[AMR_LINE_TEXT_SIZE];
    char to[AMR_LINE_TEXT_SIZE];

    amr_line_format(database->line, from);
    amr_line_format(row->assessment.target, to);
    amr_buffer_append_format(buffer,
                             "<text class=\"ink name\" x=\"%d\" y=\"%" PRId64 "\"><title>%s"
                             "</title>",
                             MARGIN, y - 2, row->name);
    append_short(buffer, row->name);
    amr_buffer_append_format(buffer, "</text><text class=\"dim\" x=\"%d\" y=\"%" PRId64 "\">%s",
                             MARGIN, y + 14, from);
    if (amr_line_is_known(row->assessment.target))
        amr_buffer_append_format(buffer, " \u2192 %s", to);
    amr_buffer_append_format(buffer, " \u00b7 %s", amr_state_word(row->assessment.state));
    if (sku != NULL) {
        amr_buffer_append_text(buffer, " \u00b7 ");
        amr_text_append_clean(buffer, sku, NAME_CHARACTERS_MAX);
    }
    amr_buffer_append_text(buffer, "</text>\n");
}

static bool is_first_of_row(const struct scene *scene, size_t place)
{
    for (size_t i = 0; i < place; i++) {
        if (scene->timeline->events[i].row == scene->timeline->events[place].row)
            return false;
    }
    return true;
}

static void append_stripes(const struct scene *scene)
{
    for (int64_t number = 1; number < scene->rows; number += 2)
        amr_buffer_append_format(scene->buffer,
                                 "<rect class=\"stripe\" x=\"%d\" y=\"%" PRId64
                                 "\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n",
                                 MARGIN / 2, HEADER + number * ROW, WIDTH - MARGIN, ROW);
}

static void append_row(const struct scene *scene, const struct amr_verdict_row *row, int64_t number)
{
    int64_t y = HEADER + number * ROW + ROW / 2;

    append_name(scene, row, y);
    append_bars(scene, row, y);
    for (size_t i = 0; i < scene->timeline->count; i++) {
        if (scene->timeline->events[i].row == row)
            append_event(scene, &scene->timeline->events[i], y);
    }
}

/* Rules at the first days of months; words where they have room. */
static void append_axis(const struct scene *scene)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t free_x = LEFT;

    for (int64_t day = scene->first_day; day <= scene->last_day; day++) {
        int64_t x = x_of(scene, day);
        char text[AMR_DATE_TEXT_SIZE];

        amr_day_format(day, text);
        if (strcmp(text + 8, "01") != 0)
            continue;
        int month = (text[5] - '0') * 10 + (text[6] - '0');
        bool has_room = x >= free_x && x + MONTH_ROOM < WIDTH;
        if (!has_room && month != 1)
            continue;
        amr_buffer_append_format(scene->buffer,
                                 "<path class=\"rule\" d=\"M%" PRId64 " %d V%" PRId64 "\"/>", x,
                                 HEADER - 24, HEADER + scene->rows * ROW);
        amr_buffer_append_format(
            scene->buffer, "<text class=\"day\" x=\"%" PRId64 "\" y=\"%d\">%.3s%s%.4s</text>\n",
            x + 4, HEADER - 12, months + (size_t)(month - 1) * 3, month == 1 ? " " : "",
            month == 1 ? text : "");
        free_x = x + (month == 1 ? 2 * MONTH_ROOM : MONTH_ROOM);
    }
}

static void append_today(const struct scene *scene)
{
    int64_t x = x_of(scene, today_of(scene));

    amr_buffer_append_format(scene->buffer,
                             "<path class=\"now\" stroke-dasharray=\"3 3\" d=\"M%" PRId64
                             " %d V%" PRId64 "\"/><text class=\"ink\" x=\"%" PRId64
                             "\" y=\"%d\" text-anchor=\"middle\">today</text>\n",
                             x, HEADER - 28, HEADER + scene->rows * ROW, x, HEADER - 34);
}

static void append_legend_words(const struct scene *scene, int64_t x, int64_t y, const char *words)
{
    amr_buffer_append_format(scene->buffer,
                             "<text class=\"dim\" x=\"%" PRId64 "\" y=\"%" PRId64 "\">%s</text>\n",
                             x, y + 4, words);
}

static void append_legend_of_bars(const struct scene *scene, int64_t y)
{
    static const struct {
        const char *class;
        int64_t x;
        const char *words;
    } items[] = {
        {"open", MARGIN, "deferral can be chosen"},
        {"window", 236, "deferred, the window of the upgrade"},
        {"loose", 522, "due, late or overdue: nothing holds the upgrade back"},
    };

    for (size_t i = 0; i < AMR_COUNT_OF(items); i++) {
        append_bar(scene, items[i].class, items[i].x, items[i].x + 28, y);
        append_legend_words(scene, items[i].x + 36, y, items[i].words);
    }
}

static void append_legend(const struct scene *scene)
{
    static const struct {
        enum amr_event_kind kind;
        int64_t x;
        const char *words;
    } items[] = {
        {AMR_EVENT_GA, MARGIN + 8, "GA"},
        {AMR_EVENT_CHOICE, 100, "last day to choose deferral"},
        {AMR_EVENT_DEADLINE, 312, "a deferred one is upgraded from here"},
        {AMR_EVENT_ANY_DAY, 580, "upgraded any day"},
        {AMR_EVENT_RETIREMENT, 732, "Azure retires the product"},
    };
    int64_t y = HEADER + scene->rows * ROW + LEGEND;

    for (size_t i = 0; i < AMR_COUNT_OF(items); i++) {
        append_shape(scene, items[i].kind, items[i].x, y);
        append_legend_words(scene, items[i].x + 15, y, items[i].words);
    }
    append_legend_of_bars(scene, y + LEGEND);
}

static void count_without_event(const struct scene *scene, size_t counts[AMR_STATE_COUNT])
{
    const struct amr_verdict *verdict = scene->report->verdict;

    for (size_t i = 0; i < verdict->count; i++) {
        const struct amr_verdict_row *row = &verdict->rows[i];

        counts[row->assessment.state] += !amr_timeline_has(scene->timeline, row);
    }
}

/* What has no day is told too: nobody should have to wonder where a database is. */
static void append_rest(const struct scene *scene)
{
    const char *separator = "No day is known of: ";
    size_t counts[AMR_STATE_COUNT] = {0};

    if ((size_t)scene->rows == scene->report->verdict->count)
        return;
    count_without_event(scene, counts);
    amr_buffer_append_format(scene->buffer, "<text class=\"dim\" x=\"%d\" y=\"%" PRId64 "\">",
                             MARGIN, HEADER + scene->rows * ROW + FOOTER - MARGIN + 4);
    for (int state = AMR_STATE_COUNT - 1; state >= 0; state--) {
        if (counts[state] == 0)
            continue;
        amr_buffer_append_format(scene->buffer, "%s%zu %s", separator, counts[state],
                                 amr_state_word((enum amr_state)state));
        separator = ", ";
    }
    amr_buffer_append_text(scene->buffer, "</text>\n");
}

static void append_head(const struct scene *scene)
{
    int64_t height = HEADER + scene->rows * ROW + FOOTER;
    char as_of[AMR_DATE_TEXT_SIZE];

    amr_day_format(today_of(scene), as_of);
    amr_buffer_append_format(
        scene->buffer,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%" PRId64
        "\" viewBox=\"0 0 %d %" PRId64 "\" role=\"img\">\n"
        "<title>Azure Managed Redis: version upgrades as of %s</title>\n%s"
        "<rect class=\"paper\" width=\"%d\" height=\"%" PRId64 "\" rx=\"10\"/>\n"
        "<text class=\"ink title\" x=\"%d\" y=\"38\">Azure Managed Redis: version upgrades</text>\n"
        "<text class=\"dim\" x=\"%d\" y=\"58\">as of %s; all days begin at 00:00 UTC</text>\n",
        WIDTH, height, WIDTH, height, as_of, style, WIDTH, height, MARGIN, MARGIN, as_of);
}

static int64_t count_rows(const struct scene *scene)
{
    int64_t count = 0;

    for (size_t i = 0; i < scene->timeline->count; i++)
        count += is_first_of_row(scene, i);
    return count;
}

static void append_body(const struct scene *scene)
{
    int64_t number = 0;

    append_stripes(scene);
    append_today(scene);
    append_axis(scene);
    for (size_t i = 0; i < scene->timeline->count; i++) {
        if (is_first_of_row(scene, i))
            append_row(scene, scene->timeline->events[i].row, number++);
    }
    append_legend(scene);
}

void amr_picture_append(struct amr_buffer *buffer, const struct amr_report *report,
                        const struct amr_timeline *timeline)
{
    struct scene scene = {.buffer = buffer, .report = report, .timeline = timeline};
    bool has_events = amr_timeline_span(timeline, report, &scene.first_day, &scene.last_day);

    scene.rows = count_rows(&scene);
    append_head(&scene);
    if (has_events)
        append_body(&scene);
    else
        amr_buffer_append_format(buffer,
                                 "<text class=\"dim\" x=\"%d\" y=\"%d\">Nothing is due on "
                                 "a day that is known.</text>\n",
                                 MARGIN, HEADER);
    append_rest(&scene);
    amr_buffer_append_text(buffer, "</svg>\n");
}
