// SPDX-License-Identifier: Apache-2.0
#include "console/statement.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client/render_trace.h"
#include "console/reading.h"
#include "console/statement_issue.h"
#include "console/statement_verify.h"

enum { KEY_EXPLAIN = 'e', KEY_PACK = 'o', KEY_BASE = 'b' };

struct options {
    struct reading_options reading;
    const char *dealer, *pack;
    int64_t base; // fen, -1: not named
    bool explained, json;
};

static const struct argp_option option_list[] = {
    {"period", 'p', "P", 0,
     "2026-10, 2026-Q4, 2026, R4Q:2026-Q4 or 2026-01..2026-03; by default the "
     "newest month with data",
     0},
    {"explain", KEY_EXPLAIN, NULL, 0, "Every step, from counts to fen", 0},
    {"base", KEY_BASE, "FEN", 0,
     "The dealer's base of the period, in fen (1/100 yuan)", 0},
    {"format", 'f', "FORMAT", 0, "text (default) or json", 0},
    {"pack", KEY_PACK, "FILE", 0, "Also write the JSON to this file", 0},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_EXPLAIN:
        options->explained = true;
        return 0;
    case KEY_BASE:
        if (!trace_base_read(argument, &options->base))
            argp_error(state, "the base is 0 to %" PRId64 " fen, not \"%s\"",
                       MONEY_MAX, argument);
        return 0;
    case 'f':
        options->json = strcmp(argument, "json") == 0;
        if (!options->json && strcmp(argument, "text") != 0)
            argp_error(state, "the format is text or json, not \"%s\"",
                       argument);
        return 0;
    case KEY_PACK:
        options->pack = argument;
        return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_NO_ARGS:
        return reading_dealer(&options->dealer, key, argument, state);
    default:
        return reading_option(&options->reading, key, argument);
    }
}

static int
write_pack(const struct reading *reading, const struct trace *trace,
           const char *path)
{
    struct buffer text = {0};

    render_trace_json(trace, &text);
    if (text.failed) {
        buffer_fini(&text);
        return reading_complain(reading, STATUS_SYSTEM, "out of memory");
    }
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(text.data, 1, text.used, file) == text.used;
    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        fprintf(stderr, "dealerpulse statement: cannot write \"%s\": %s\n",
                path, strerror(errno));
    buffer_fini(&text);
    return written ? 0 : EX_CANTCREAT;
}

static int
print(const struct reading *reading, const struct options *options,
      const struct trace *trace)
{
    struct buffer text = {0};

    if (options->json)
        render_trace_json(trace, &text);
    else
        render_trace_text(trace, options->explained, &text);
    return reading_print(reading, &text);
}

static int
complain(const struct reading *reading, const struct options *options,
         enum status status)
{
    if (status == STATUS_NOT_FOUND)
        return reading_no_dealer(reading, options->dealer);
    if (status == STATUS_MALFORMED) {
        fprintf(stderr, "dealerpulse statement: the published programme has "
                        "no rebate\n");
        return EX_CONFIG;
    }
    return reading_complain(
        reading, status,
        status == STATUS_FULL ? "a product leaves what can be computed" : "");
}

static int
show(const struct reading *reading, const struct options *options)
{
    const struct material material = reading_material(reading);
    const struct trace_source source =
        book_source(reading->book, &reading->facts);
    struct trace *trace = NULL;

    enum status status =
        trace_open(&trace, &material, &source, reading->selection.first,
                   reading->selection.last, options->dealer, options->base);
    if (status != STATUS_OK)
        return complain(reading, options, status);
    int code = options->pack ? write_pack(reading, trace, options->pack) : 0;
    if (code == 0)
        code = print(reading, options, trace);
    trace_close(trace);
    return code;
}

// The words that are not the id of a dealer.
static const struct {
    const char *name;
    char title[32]; // argv[0] for its messages
    int (*run)(int argc, char **argv);
} others[] = {
    {"issue", "dealerpulse statement issue", statement_issue},
    {"restate", "dealerpulse statement restate", statement_restate},
    {"verify", "dealerpulse statement verify", statement_verify},
};

int
statement_command(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof others / sizeof *others; i++) {
        char title[sizeof others[i].title];
        if (strcmp(argv[1], others[i].name) != 0)
            continue;
        memcpy(title, others[i].title, sizeof title);
        argv[1] = title;
        return others[i].run(argc - 1, argv + 1);
    }
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .args_doc = "ID\nissue|restate|verify ...",
        .doc = "Follows one dealer through the rebate of a period: figures, "
               "points, score, gates and money, provisional as long as the "
               "period is not closed."};
    struct options options = {.reading.command = "statement", .base = -1};
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
