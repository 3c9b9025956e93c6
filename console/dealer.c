// SPDX-License-Identifier: Apache-2.0
#include "console/dealer.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "client/render_scorecard.h"
#include "console/reading.h"

struct options {
    struct reading_options reading;
    const char *dealer;
    bool json;
};

static const struct argp_option option_list[] = {
    {"period", 'p', "P", 0,
     "2026-10, 2026-Q4, 2026, R4Q:2026-Q4, YTD:2026-10 or "
     "2026-01..2026-03; by default the newest month with a value",
     0},
    {"scope", 's', "SCOPE", 0,
     "Rank within nation (default), region:X, brand:X, size:X, group:X or "
     "peer:X",
     0},
    {"format", 'f', "FORMAT", 0, "table (default) or json", 0},
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
        options->json = strcmp(argument, "json") == 0;
        if (!options->json && strcmp(argument, "table") != 0)
            argp_error(state, "the format is table or json, not \"%s\"",
                       argument);
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_NO_ARGS:
        return reading_dealer(&options->dealer, key, argument, state);
    default:
        return reading_option(&options->reading, key, argument);
    }
}

static int
show(const struct reading *reading, const struct options *options)
{
    const struct material material = reading_material(reading);
    struct scorecard *scorecard;
    struct buffer text = {0};

    enum status status = scorecard_open(&scorecard, &material,
                                        &reading->selection, options->dealer);
    if (status == STATUS_NOT_FOUND)
        return reading_no_dealer(reading, options->dealer);
    if (status != STATUS_OK)
        return reading_complain(reading, status, "");
    if (options->json)
        render_scorecard_json(scorecard, &text);
    else
        render_scorecard_table(scorecard, &text);
    scorecard_close(scorecard);
    return reading_print(reading, &text);
}

int
dealer_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .args_doc = "ID",
        .doc = "Shows every KPI of a dealer over a period: its value and rank, "
               "all dealers together, and the period before."};
    struct options options = {.reading.command = "dealer"};
    struct reading reading;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = reading_open(&reading, &options.reading);
    if (code == 0)
        code = reading_select(&reading, true);
    if (code == 0)
        code = show(&reading, &options);
    reading_close(&reading);
    return code;
}
