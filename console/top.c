// SPDX-License-Identifier: Apache-2.0
#include "console/top.h"

#include <argp.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client/grid_table.h"
#include "client/render.h"
#include "common/runtime/clock.h"
#include "console/http_get.h"
#include "console/offline.h"
#include "console/pace.h"
#include "console/reading.h"
#include "console/screen.h"
#include "console/terminals.h"

enum {
    KEY_DATA = 'd',
    KEY_REPORTER = 'w',
    ROWS_MAX = 64,
    TEXT_MAX = 96,
    TIMEOUT_MS = 3000,
    CENSUS_EVERY_MS = 30000, // it reads all of the journal
};

struct options {
    struct reading_options reading;
    const char *reporter, *data;
    enum render_format format;
    struct pace pace;
};

// A figure of a process.
struct row {
    const char *process;
    char figure[GRID_KEY_MAX + 1], value[TEXT_MAX], note[TEXT_MAX];
};

struct top {
    struct reading *reading;
    const struct options *options;
    char reporter[ENDPOINT_MAX];
    bool has_before;
    uint64_t events_before;
    int64_t looked_at, census_at; // steady
    struct terminals_summary terminals;
    bool has_terminals;
    size_t count;
    struct row rows[ROWS_MAX];
};

static const struct argp_option option_list[] = {
    {"format", 'f', "FORMAT", 0, "table (default), json or csv", 0},
    PACE_OPTIONS,
    {"reporter", KEY_REPORTER, "HOST:PORT", 0,
     "Ask the reporter there (reporter.http); its counters need a reporter "
     "that asks for no token",
     1},
    {"data", KEY_DATA, "DIR", 0,
     "On the aggregator's host: tell from its data directory which terminals "
     "wait",
     1},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'f':
        if (!render_format_of(argument, &options->format))
            argp_error(state, "the format is table, json or csv, not \"%s\"",
                       argument);
        return 0;
    case KEY_REPORTER:
        options->reporter = argument;
        return 0;
    case KEY_DATA:
        options->data = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return EINVAL;
    case PACE_EVERY:
    case PACE_TIMES:
        return pace_option(&options->pace, key, argument, state);
    case 'p':
    case 's':
    case 'r':
        return ARGP_ERR_UNKNOWN;
    default:
        return reading_option(&options->reading, key, argument);
    }
}

// --- Rows --------------------------------------------------------------------

__attribute__((format(printf, 5, 6))) static void
add(struct top *top, const char *process, const char *figure, const char *note,
    const char *format, ...)
{
    va_list arguments;

    if (top->count == ROWS_MAX)
        return;
    struct row *row = &top->rows[top->count++];
    *row = (struct row){.process = process};
    snprintf(row->figure, sizeof row->figure, "%s", figure);
    snprintf(row->note, sizeof row->note, "%s", note ? note : "");
    va_start(arguments, format);
    vsnprintf(row->value, sizeof row->value, format, arguments);
    va_end(arguments);
}

static void
add_seconds(struct top *top, const char *process, const char *figure,
            int64_t ms, const char *note)
{
    add(top, process, figure, note, "%" PRId64 ".%03" PRId64, ms / 1000,
        ms % 1000);
}

static void
fill(const void *context, size_t index, struct grid_cell *cells)
{
    const struct row *row = &((const struct row *)context)[index];

    grid_set_text(&cells[0], row->process);
    grid_set_text(&cells[1], row->figure);
    grid_set_text(&cells[2], row->value);
    grid_set_text(&cells[3], row->note);
}

static struct grid
grid_of(const struct top *top)
{
    static const struct grid_column columns[] = {
        {.key = "process"},
        {.key = "figure"},
        {.key = "value"},
        {.key = "note", .is_last_on_line = true}};

    return (struct grid){.name = "Top",
                         .column_count = sizeof columns / sizeof *columns,
                         .columns = columns,
                         .row_count = top->count,
                         .fill = fill,
                         .context = top->rows};
}

// --- The aggregator ----------------------------------------------------------

static void
tell_rate(struct top *top, uint64_t events, int64_t now)
{
    int64_t passed = now - top->looked_at;

    if (top->has_before && passed > 0 && events >= top->events_before)
        add(top, "aggregator", "events_per_second", NULL, "%" PRIu64,
            (events - top->events_before) * 1000 / (uint64_t)passed);
    top->has_before = true;
    top->events_before = events;
    top->looked_at = now;
}

static void
tell_store(struct top *top, const struct store_facts *facts)
{
    uint64_t behind = facts->journal_position - facts->position;
    uint64_t unsafe = facts->journal_position - facts->backed_up_position;
    int64_t quiet = clock_wall_ms() - facts->last_commit_at_ms;

    add(top, "aggregator", "events_total", NULL, "%" PRIu64, facts->events);
    tell_rate(top, facts->events, clock_steady_ms());
    add(top, "aggregator", "journal_position", NULL, "%" PRIu64,
        facts->journal_position);
    add(top, "aggregator", "commits_not_shown",
        behind > 0 ? "committed, not in any figure yet" : NULL, "%" PRIu64,
        behind);
    add_seconds(top, "aggregator", "oldest_unprocessed_seconds",
                (int64_t)facts->unfolded_ms, NULL);
    if (facts->last_commit_at_ms > 0)
        add_seconds(top, "aggregator", "last_commit_seconds_ago",
                    quiet > 0 ? quiet : 0, NULL);
    add(top, "aggregator", "commits_not_backed_up",
        facts->backed_up_position == 0 ? "there is no backup" : NULL,
        "%" PRIu64, unsafe);
    add(top, "aggregator", "intake_held",
        facts->intake_held ? "NO ROOM: events are put off" : NULL, "%d",
        facts->intake_held);
    add_seconds(top, "aggregator", "oldest_reader_seconds",
                (int64_t)facts->reader_ms, NULL);
}

static void
look_at_aggregator(struct top *top)
{
    struct ask *ask = top->reading->ask;
    uint64_t quarantined;

    enum status status = ask_status(ask, TIMEOUT_MS, &top->reading->facts);
    if (status == STATUS_OK)
        tell_store(top, &top->reading->facts);
    else
        add(top, "aggregator", "away", ask_problem(ask), "%d", 1);
    if (status == STATUS_OK &&
        ask_quarantined(ask, TIMEOUT_MS, &quarantined) == STATUS_OK)
        add(top, "aggregator", "events_in_quarantine",
            quarantined > 0 ? "see `dealerpulse quarantine ls`" : NULL,
            "%" PRIu64, quarantined);
}

// --- The reporter ------------------------------------------------------------

// tell_metric makes a row of a line of the Prometheus text.
static void
tell_metric(struct top *top, const char *line, size_t length)
{
    static const char own[] = "dealerpulse_reporter_", web[] = "dealerpulse_";
    const char *space = memchr(line, ' ', length);
    size_t skip =
        strncmp(line, own, strlen(own)) == 0 ? strlen(own) : strlen(web);

    if (!space || strncmp(line, web, strlen(web)) != 0 ||
        strncmp(line, "dealerpulse_aggregator_", 23) == 0 ||
        memchr(line, '{', length))
        return; // the aggregator tells itself
    char figure[GRID_KEY_MAX + 1];
    snprintf(figure, sizeof figure, "%.*s", (int)(space - line - (long)skip),
             line + skip);
    add(top, "reporter", figure, NULL, "%.*s",
        (int)(length - (size_t)(space - line) - 1), space + 1);
}

static void
look_at_reporter(struct top *top)
{
    struct buffer body = {0};
    unsigned code;

    enum status status =
        http_get(top->reporter, "/metrics", TIMEOUT_MS, &code, &body);
    if (status != STATUS_OK || !body.data)
        add(top, "reporter", "away", top->reporter, "%d", 1);
    else if (code == 401)
        add(top, "reporter", "asks_for_a_token", top->reporter, "%d", 1);
    else if (code != 200)
        add(top, "reporter", "away", "it is no reporter", "%d", 1);
    for (const char *at = body.data; code == 200 && at && *at;) {
        size_t length = strcspn(at, "\n");
        tell_metric(top, at, length);
        at += length + (at[length] != 0);
    }
    buffer_fini(&body);
}

// --- Terminals ---------------------------------------------------------------

static int
look_at_terminals(struct top *top)
{
    const struct terminals_summary *seen = &top->terminals;
    const struct offline_place place = {.config = top->options->reading.config,
                                        .data = top->options->data};
    int64_t now = clock_steady_ms();
    char note[TEXT_MAX] = "";
    int code = 0;

    if (!top->options->data)
        return 0;
    if (!top->has_terminals || now - top->census_at >= CENSUS_EVERY_MS) {
        code = terminals_summarise("dealerpulse top", &place, &top->terminals);
        if (code != 0)
            return code;
        top->has_terminals = true;
        top->census_at = now;
    }
    if (seen->waiting > 0)
        snprintf(note, sizeof note, "most at %.32s", seen->most);
    add(top, "terminals", "heard_of", NULL, "%zu", seen->count);
    add(top, "terminals", "waiting", note, "%zu", seen->waiting);
    add(top, "terminals", "events_waiting", NULL, "%" PRIu64,
        seen->events_waiting);
    add(top, "terminals", "clocks_wrong", NULL, "%zu", seen->skewed);
    return 0;
}

// --- All of it ---------------------------------------------------------------

static int
draw(const struct top *top)
{
    const struct screen screen = screen_of_output();
    const struct grid_look look = screen_look(&screen);
    const struct grid grid = grid_of(top);
    struct buffer text = {0};

    switch (top->options->format) {
    case RENDER_JSON:
        grid_json_rows(&grid, grid.row_count, &text);
        buffer_put(&text, "\n");
        break;
    case RENDER_CSV:
        grid_csv(&grid, &text);
        break;
    case RENDER_TABLE:
        grid_table(&grid, &look, &text);
        break;
    }
    if (text.failed) {
        buffer_fini(&text);
        return reading_complain(top->reading, STATUS_SYSTEM, "out of memory");
    }
    bool shown = screen_show(&screen, text.data, text.used);
    buffer_fini(&text);
    return shown ? 0 : EX_IOERR;
}

static int
look(struct top *top)
{
    top->count = 0;
    look_at_aggregator(top);
    look_at_reporter(top);
    int code = look_at_terminals(top);
    return code == 0 ? draw(top) : code;
}

int
top_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Shows what the processes do: events taken and shown, how far "
               "figures are behind, the oldest unprocessed, the reporter's "
               "counters, and terminals with events that wait."};
    struct options options = {
        .reading.command = "top", .format = RENDER_TABLE, .pace = PACE_USUAL};
    struct reading reading;
    struct top *top = calloc(1, sizeof *top);

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = reading_open(&reading, &options.reading);
    if (code == 0 && !top)
        code = reading_complain(&reading, STATUS_SYSTEM, "out of memory");
    if (code == 0) {
        top->reading = &reading;
        top->options = &options;
        snprintf(top->reporter, sizeof top->reporter, "%s",
                 options.reporter ? options.reporter
                                  : reading.config.reporter.http);
        do
            code = look(top);
        while (code == 0 && pace_next(&options.pace));
    }
    free(top);
    reading_close(&reading);
    return code;
}
