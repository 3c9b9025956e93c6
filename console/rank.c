// SPDX-License-Identifier: Apache-2.0
#include "console/rank.h"

#include <argp.h>
#include <stdio.h>

#include "client/render.h"
#include "console/reading.h"
#include "console/screen.h"

struct options {
    struct reading_options reading;
    enum render_format format;
};

static const struct argp_option option_list[] = {
    {"period", 'p', "P", 0,
     "2026-10, 2026-Q4, 2026, R4Q:2026-Q4, YTD:2026-10 or "
     "2026-01..2026-03; by default the newest month with a value",
     0},
    {"by", 'b', "KPI", 0, "The KPI to rank by; csi by default", 0},
    {"scope", 's', "SCOPE", 0,
     "nation (default), region:X, brand:X, size:X, group:X (an owner's "
     "dealers) "
     "or peer:X (a peer group)",
     0},
    {"format", 'f', "FORMAT", 0, "table (default), json or csv", 0},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {"programme", 'r', "FILE", 0,
     "Form the KPIs of this programme.yaml instead of the published one", 1},
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
    default:
        return reading_option(&options->reading, key, argument);
    }
}

static int
show(const struct reading *reading, enum render_format format)
{
    struct figures *figures = NULL;
    struct ranking *ranking = NULL;
    struct buffer text = {0};

    enum status status = reading_rank(reading, &figures, &ranking);
    if (status == STATUS_OK && format == RENDER_TABLE) {
        const struct screen screen = screen_of_output();
        const struct grid_look look = screen_look(&screen);
        render_table(ranking, &look, &text);
    } else if (status == STATUS_OK) {
        render(ranking, format, &text);
    }
    ranking_close(ranking);
    figures_close(figures);
    return status == STATUS_OK ? reading_print(reading, &text)
                               : reading_complain(reading, status, "");
}

int
rank_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Ranks dealers by a KPI, best first, from the aggregator's "
               "tallies."};
    struct options options = {.reading.command = "rank",
                              .format = RENDER_TABLE};
    struct reading reading;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = reading_open(&reading, &options.reading);
    if (code == 0)
        code = reading_select(&reading, false);
    if (code == 0)
        code = show(&reading, options.format);
    reading_close(&reading);
    return code;
}
