// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_options.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

enum {
    MONTHS_MAX = 120,
    TERMINALS_MAX = 64,
    VISITS_MAX = 2000,
};

enum option_key {
    KEY_CONFIG = 'c',
    KEY_MONTHS = 'm',
    KEY_UNTIL = 'u',
    KEY_SEED = 's',
    KEY_TERMINALS = 't',
    KEY_VISITS = 'v',
    KEY_COLLECTOR = 'e',
    KEY_TRUTH = 'o',
    KEY_FAULTS = 'f',
    KEY_DEALERS = 'd',
};

static const struct argp_option table[] = {
    {"config", KEY_CONFIG, "FILE", 0, "dealerpulse.yaml", 0},
    {"dealers-from-directory", KEY_DEALERS, 0, 0,
     "Play every dealer of dealers.csv (the default)", 0},
    {"months", KEY_MONTHS, "N", 0, "How many months (3)", 0},
    {"until", KEY_UNTIL, "YYYY-MM", 0,
     "The last of them (the last complete one)", 0},
    {"seed", KEY_SEED, "S", 0, "Same seed, same fleet (1)", 0},
    {"terminals", KEY_TERMINALS, "T", 0, "Terminals of dealers (4)", 0},
    {"visits", KEY_VISITS, "V", 0, "Visits per dealer and month (80)", 0},
    {"collector", KEY_COLLECTOR, "ENDPOINT", 0,
     "Where to send; may be given again (the configured ones)", 0},
    {"truth", KEY_TRUTH, "FILE", 0, "Write the fleet's own figures as CSV", 0},
    {"faults", KEY_FAULTS, "LIST", 0,
     "Of skew,late,duplicates,disorder,voids (none)", 0},
    {0},
};

static uint64_t
number_of(struct argp_state *state, const char *text, uint64_t lo, uint64_t hi)
{
    char *end;
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' ||
        number < lo || number > hi)
        argp_error(state, "%s is not a number from %" PRIu64 " to %" PRIu64,
                   text, lo, hi);
    return number;
}

static unsigned
faults_of(struct argp_state *state, char *list)
{
    static char *const names[] = {"skew",     "late",  "duplicates",
                                  "disorder", "voids", NULL};
    unsigned faults = 0;
    while (*list != '\0') {
        char *value, *word = list;
        int index = getsubopt(&list, names, &value);
        if (index < 0)
            argp_error(state,
                       "%s is no fault; there are skew, late, "
                       "duplicates, disorder, voids",
                       word);
        faults |= 1u << index;
    }
    return faults;
}

static error_t
take_option(int key, char *value, struct argp_state *state)
{
    struct simulate_options *options = state->input;
    switch (key) {
    case KEY_CONFIG:
        options->config = value;
        return 0;
    case KEY_DEALERS:
        return 0;
    case KEY_MONTHS:
        options->months = (uint32_t)number_of(state, value, 1, MONTHS_MAX);
        return 0;
    case KEY_UNTIL:
        options->until = value;
        return 0;
    case KEY_SEED:
        options->seed = number_of(state, value, 0, UINT64_MAX);
        return 0;
    case KEY_TERMINALS:
        options->terminals =
            (uint32_t)number_of(state, value, 1, TERMINALS_MAX);
        return 0;
    case KEY_VISITS:
        options->visits = (uint32_t)number_of(state, value, 1, VISITS_MAX);
        return 0;
    case KEY_COLLECTOR:
        if (options->collector_count == CONFIG_ENDPOINTS_MAX)
            argp_error(state, "more than %d collectors", CONFIG_ENDPOINTS_MAX);
        options->collectors[options->collector_count++] = value;
        return 0;
    case KEY_TRUTH:
        options->truth = value;
        return 0;
    case KEY_FAULTS:
        options->faults = faults_of(state, value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void
simulate_options_take(struct simulate_options *options, int argc, char **argv)
{
    static const struct argp argp = {
        table,
        take_option,
        NULL,
        "Plays a fleet of dealers, sends it to real collectors, and writes "
        "what every figure must be.",
        NULL,
        NULL,
        NULL};
    *options = (struct simulate_options){
        .months = 3, .terminals = 4, .visits = 80, .seed = 1};
    argp_err_exit_status = EX_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, options);
}
