// SPDX-License-Identifier: Apache-2.0
//
// bench-load: events as a fleet of terminals would send them, without spools.
#include <argp.h>
#include <stdlib.h>
#include <sysexits.h>

#include "bench/load.h"
#include "bench/probe.h"
#include "common/crypto/digest.h"
#include "common/runtime/clock.h"

enum key {
    KEY_YEAR = 256,
    KEY_FIRST,
    KEY_MARK,
    KEY_WATCH,
    KEY_PROBE,
    KEY_DUPLICATES,
    KEY_NAME,
    KEY_FLOOD,
    KEY_KEYS,
    KEY_SERVER,
};

static const struct argp_option options[] = {
    {"collector", 'c', "ENDPOINT", 0, "Where to send", 0},
    {"events", 'e', "N", 0, "How many events", 0},
    {"batch", 'b', "N", 0, "Events in a batch (256)", 0},
    {"window", 'w', "N", 0, "Events of a terminal on the way (4096)", 0},
    {"terminals", 't', "N", 0, "How many terminals (8)", 0},
    {"dealers", 'd', "N", 0, "How many dealers (5000)", 0},
    {"rate", 'r', "N", 0, "Single events a second, instead of all it takes", 0},
    {"random", 'x', NULL, 0, "Ids, times and names in random order", 0},
    {"duplicates", KEY_DUPLICATES, "PPM", 0, "Sent once more (10000)", 0},
    {"year-events", KEY_YEAR, "N", 0, "Events in a year (20000000)", 0},
    {"first", KEY_FIRST, "N", 0, "Go on after N events of an earlier run", 0},
    {"mark", KEY_MARK, "N", 0, "Tell the rate up to the N-th answer", 0},
    {"watch", KEY_WATCH, "NAME=PID", 0, "Tell what a process uses", 0},
    {"name", KEY_NAME, "NAME", 0, "Terminals are NAME-0, NAME-1... (bench)", 0},
    {"flood", KEY_FLOOD, NULL, 0, "Heed no credit, only the window", 0},
    {"keys", KEY_KEYS, "DIR", 0, "Encrypted, with DIR/NAME-0.key...", 0},
    {"server-key", KEY_SERVER, "KEY", 0, "The server's public key", 0},
    {"probe", KEY_PROBE, "ENDPOINT", 0,
     "Only wait until an aggregator admits a collector there", 0},
    {0},
};

struct arguments {
    struct load_options load;
    const char *probe;
};

static error_t
parse_list(int key, char *value, struct argp_state *state,
           struct load_options *load)
{
    if (key == KEY_MARK && load->mark_count < LOAD_MARKS_MAX) {
        load->marks[load->mark_count++] = strtoull(value, NULL, 10);
        return 0;
    }
    if (key == KEY_WATCH && load->watch_count < LOAD_WATCHES_MAX &&
        watch_parse(&load->watches[load->watch_count], value)) {
        load->watch_count++;
        return 0;
    }
    argp_error(state, "too many, or not one: %s", value);
    return 0;
}

static error_t
parse(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct load_options *load = &arguments->load;
    uint64_t number = value ? strtoull(value, NULL, 10) : 0;

    switch (key) {
    case 'c':
        load->collector = value;
        return 0;
    case 'e':
        load->events = number;
        return 0;
    case 'b':
        load->batch = (uint32_t)number;
        return 0;
    case 'w':
        load->window = (uint32_t)number;
        return 0;
    case 't':
        load->mill.terminals = (uint32_t)number;
        return 0;
    case 'd':
        load->mill.dealers = (uint32_t)number;
        return 0;
    case 'r':
        load->rate = (uint32_t)number;
        return 0;
    case 'x':
        load->mill.random_order = true;
        return 0;
    case KEY_DUPLICATES:
        load->mill.duplicate_ppm = (uint32_t)number;
        return 0;
    case KEY_YEAR:
        load->mill.year_events = number;
        return 0;
    case KEY_FIRST:
        load->first_event = number;
        return 0;
    case KEY_NAME:
        load->name = value;
        return 0;
    case KEY_FLOOD:
        load->flood = true;
        return 0;
    case KEY_KEYS:
        load->keys.folder = value;
        return 0;
    case KEY_SERVER:
        load->keys.server = value;
        return 0;
    case KEY_PROBE:
        arguments->probe = value;
        return 0;
    case KEY_MARK:
    case KEY_WATCH:
        return parse_list(key, value, state, load);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool
is_sensible(const struct load_options *load)
{
    const struct mill_options *mill = &load->mill;
    return load->events > 0 && load->batch >= 1 &&
           load->batch <= BATCH_EVENTS_MAX && load->window >= load->batch &&
           mill->terminals >= 1 && mill->terminals <= LOAD_TERMINALS_MAX &&
           mill->dealers >= mill->terminals &&
           mill->dealers / mill->terminals <= HELLO_DEALERS_MAX &&
           mill->year_events > 0;
}

int
main(int argc, char **argv)
{
    static const struct argp argp = {
        options, parse, NULL, "Measures what a pipeline takes.",
        NULL,    NULL,  NULL};
    int64_t today_ms = clock_wall_ms() / DAY_MS * DAY_MS;
    struct arguments arguments = {
        .load = {
            .collector = "tcp://127.0.0.1:7070",
            .name = "bench",
            .batch = 256,
            .window = 4096,
            .mill = {.terminals = 8,
                     .dealers = 5000,
                     .year_events = 20000000,
                     .year_start_ms = today_ms - 370 * (int64_t)DAY_MS,
                     .duplicate_ppm = 10000},
        }};

    argp_err_exit_status = EX_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (crypto_start() != STATUS_OK)
        return EX_OSERR;
    if (arguments.probe)
        return probe_run(arguments.probe, &arguments.load.keys)
                   ? EX_OK
                   : EX_UNAVAILABLE;
    if (!is_sensible(&arguments.load))
        return EX_USAGE;
    return load_run(&arguments.load) ? EX_OK : EX_UNAVAILABLE;
}
