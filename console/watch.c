// SPDX-License-Identifier: Apache-2.0
#include "console/watch.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client/render.h"
#include "common/runtime/clock.h"
#include "console/pace.h"
#include "console/reading.h"
#include "console/screen.h"

struct options {
    struct reading_options reading;
    enum render_format format;
    struct pace pace;
};

static const struct argp_option option_list[] = {
    {"period", 'p', "P", 0,
     "As of `dealerpulse rank`; by default the newest month with a value", 0},
    {"by", 'b', "KPI", 0, "The KPI to rank by; csi by default", 0},
    {"scope", 's', "SCOPE", 0, "As of `dealerpulse rank`; nation by default",
     0},
    {"format", 'f', "FORMAT", 0, "table (default), json or csv", 0},
    PACE_OPTIONS,
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
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return EINVAL;
    case PACE_EVERY:
    case PACE_TIMES:
        return pace_option(&options->pace, key, argument, state);
    default:
        return reading_option(&options->reading, key, argument);
    }
}

// draw shows the ranking of what was read; `away` is why it may be old.
static int
draw(const struct reading *reading, const struct options *options,
     const char *away)
{
    const struct screen screen = screen_of_output();
    struct grid_look look = screen_look(&screen);
    struct ranking *ranking = NULL;
    struct figures *figures = NULL;
    struct buffer text = {0};

    look.rows = screen.rows; // more would not be seen
    enum status status = reading_rank(reading, &figures, &ranking);
    if (status == STATUS_OK && away && options->format == RENDER_TABLE)
        buffer_format(&text, "# no answer: %.200s; these figures are old\n",
                      away);
    if (status == STATUS_OK && options->format == RENDER_TABLE)
        render_table(ranking, &look, &text);
    else if (status == STATUS_OK)
        render(ranking, options->format, &text);
    ranking_close(ranking);
    figures_close(figures);
    if (status != STATUS_OK || text.failed) {
        buffer_fini(&text);
        return reading_complain(reading, status, "");
    }
    bool shown = screen_show(&screen, text.data, text.used);
    buffer_fini(&text);
    return shown ? 0 : EX_IOERR;
}

// follow draws anew whenever there is something new.
static int
follow(struct reading *reading, struct options *options)
{
    int code = draw(reading, options, NULL);

    while (code == 0 && pace_next(&options->pace)) {
        enum status status = reading_again(reading);
        const char *away = NULL;
        if (status != STATUS_OK && status != STATUS_AGAIN)
            away = ask_problem(reading->ask);
        if (status == STATUS_OK)
            code = reading_select(reading, false);
        if (code == EX_UNAVAILABLE && !reading->table) {
            code = 0; // it went away in between; the next look tells
            continue;
        }
        // A file gets what is new, a screen may have changed its size.
        if (code == 0 && reading->table &&
            (status == STATUS_OK || screen_of_output().is_terminal))
            code = draw(reading, options, away);
    }
    return code;
}

int
watch_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Shows a ranking and follows the figures, until interrupted."};
    struct options options = {
        .reading.command = "watch", .format = RENDER_TABLE, .pace = PACE_USUAL};
    struct reading reading;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = reading_open(&reading, &options.reading);
    if (code == 0)
        code = reading_select(&reading, false);
    if (code == 0)
        code = follow(&reading, &options);
    reading_close(&reading);
    return code;
}
