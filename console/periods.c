// SPDX-License-Identifier: Apache-2.0
#include "console/periods.h"

#include <argp.h>
#include <string.h>

#include "client/render_periods.h"
#include "console/reading.h"

struct options {
    struct reading_options reading;
    bool json;
};

static const struct argp_option option_list[] = {
    {"format", 'f', "FORMAT", 0, "table (default) or json", 0},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    if (key != 'f')
        return reading_option(&options->reading, key, argument);
    options->json = strcmp(argument, "json") == 0;
    if (!options->json && strcmp(argument, "table") != 0)
        argp_error(state, "the format is table or json, not \"%s\"", argument);
    return 0;
}

static int
show(const struct reading *reading, bool json)
{
    const struct material material = reading_material(reading);
    struct choices choices;
    struct buffer text = {0};

    enum status status =
        periods_of(&choices, material.months, material.month_count,
                   material.rulebook, material.now_ms);
    if (status != STATUS_OK)
        return reading_complain(reading, status, "");
    if (json)
        render_periods_json(
            &choices, choices.count > 0 ? choices.list[0].id : NULL, &text);
    else
        render_periods_table(&choices, material.rulebook, &text);
    choices_fini(&choices);
    return reading_print(reading, &text);
}

int
periods_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Lists the periods with data, newest first: OPEN, PROVISIONAL "
               "or FINAL by the calendar of the programme, and its dates in "
               "the programme's time zone."};
    struct options options = {.reading.command = "periods"};
    struct reading reading;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = reading_open(&reading, &options.reading);
    if (code == 0)
        code = show(&reading, options.json);
    reading_close(&reading);
    return code;
}
