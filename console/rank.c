// SPDX-License-Identifier: Apache-2.0
#include "console/rank.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client/book.h"
#include "client/render.h"
#include "client/selection.h"
#include "common/config/config.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "common/runtime/clock.h"

enum {
    FIRST_TIMEOUT_MS = 5000,
    TALLIES_TIMEOUT_MS = 60000,
    FIRST_MONTH = 1,
    LAST_MONTH = 9999 * 12 + 11,
};

struct options {
    const char *config, *queries, *programme, *period, *by, *scope;
    enum render_format format;
};

static const struct argp_option option_list[] = {
    {"period", 'p', "P", 0,
     "2026-10, 2026-Q4, 2026, R4Q:2026-Q4, YTD:2026-10 or "
     "2026-01..2026-03; by default the newest month with a value",
     0},
    {"by", 'b', "KPI", 0, "The KPI to rank by; csi by default", 0},
    {"scope", 's', "SCOPE", 0, "nation (default), region:X, brand:X or size:X",
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
    case 'p':
        options->period = argument;
        return 0;
    case 'b':
        options->by = argument;
        return 0;
    case 's':
        options->scope = argument;
        return 0;
    case 'f':
        if (!render_format_of(argument, &options->format))
            argp_error(state, "the format is table, json or csv, not \"%s\"",
                       argument);
        return 0;
    case 'c':
        options->config = argument;
        return 0;
    case 'q':
        options->queries = argument;
        return 0;
    case 'r':
        options->programme = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// What the command has open, so that one function closes it.
struct rank {
    const struct options *options;
    char queries[ENDPOINT_MAX];
    struct transport *transport;
    struct ask *ask;
    struct store_facts facts;
    struct book *book;
    struct rulebook *other; // --programme
    struct selection selection;
    struct tally_table *table;
    struct figures *figures;
    struct ranking *ranking;
};

// complain writes the sentence of a failure and returns its exit code.
static int
complain(enum status status, const char *sentence)
{
    if (sentence[0])
        fprintf(stderr, "dealerpulse rank: %s\n", sentence);
    else
        fprintf(stderr, "dealerpulse rank: %s\n", status_text(status));
    return status == STATUS_UNAVAILABLE || status == STATUS_NOT_FOUND
               ? EX_UNAVAILABLE
               : EX_SOFTWARE;
}

static int
configure(struct rank *rank)
{
    struct problems problems = {0};
    struct config config;

    if (config_load(rank->options->config, &config, &problems) != STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }
    const char *queries = rank->options->queries ? rank->options->queries
                                                 : config.reporter.queries;
    int written = snprintf(rank->queries, sizeof rank->queries, "%s", queries);
    config_free(&config);
    if (written >= (int)sizeof rank->queries) {
        fprintf(stderr, "dealerpulse rank: the endpoint is too long\n");
        return EX_USAGE;
    }
    if (rank->options->programme &&
        programme_load(rank->options->programme, &rank->other, &problems) !=
            STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }
    return 0;
}

// ask_settled asks how the store stands once its figures show all that was
// acknowledged before: what an import just sent is in the next ranking.
static enum status
ask_settled(struct rank *rank)
{
    struct tally_table *nothing = NULL;

    enum status status = ask_status(rank->ask, FIRST_TIMEOUT_MS, &rank->facts);
    uint64_t end = rank->facts.journal_position;
    if (status != STATUS_OK || rank->facts.position >= end)
        return status;
    // A month without data: only the wait for the checkpoint matters.
    status = ask_tallies(rank->ask, 1, 1, end, TALLIES_TIMEOUT_MS, &nothing);
    tally_table_free(nothing);
    if (status != STATUS_OK)
        return status;
    return ask_status(rank->ask, FIRST_TIMEOUT_MS, &rank->facts);
}

static int
ask_rules(struct rank *rank)
{
    struct problems problems = {0};

    if (crypto_start() != STATUS_OK ||
        transport_open(&rank->transport, 1) != STATUS_OK)
        return complain(STATUS_SYSTEM, "");
    enum status status =
        ask_open(&rank->ask, rank->transport, rank->queries, -1);
    if (status != STATUS_OK) {
        fprintf(stderr, "dealerpulse rank: \"%s\" is not an endpoint\n",
                rank->queries);
        return EX_USAGE;
    }
    status = ask_settled(rank);
    if (status == STATUS_OK)
        status = book_open(&rank->book, rank->ask, &rank->facts,
                           FIRST_TIMEOUT_MS, &problems);
    if (status == STATUS_OK)
        return 0;
    if (problems.count > 0)
        problems_print(&problems);
    return complain(status, ask_problem(rank->ask));
}

// rules returns the rulebook whose KPIs are formed.
static const struct rulebook *
rules(const struct rank *rank)
{
    return rank->other ? rank->other : rank->book->rulebook;
}

static int
take_tallies(struct rank *rank, uint32_t first, uint32_t last)
{
    enum status status = ask_tallies(rank->ask, first, last, 0,
                                     TALLIES_TIMEOUT_MS, &rank->table);
    return status == STATUS_OK ? 0 : complain(status, ask_problem(rank->ask));
}

static int
select_what(struct rank *rank, int64_t now_ms)
{
    const struct options *options = rank->options;
    char problem[SELECTION_PROBLEM_MAX];
    struct material material = {.rulebook = rules(rank),
                                .directory = rank->book->directory,
                                .table = rank->table,
                                .months = rank->facts.months,
                                .month_count = rank->facts.month_count,
                                .now_ms = now_ms};

    enum status status =
        selection_make(&rank->selection, &material, options->period,
                       options->by, options->scope, problem);
    if (status == STATUS_OK)
        return 0;
    if (status != STATUS_MALFORMED && status != STATUS_NOT_FOUND)
        return complain(status, "");
    fprintf(stderr, "dealerpulse rank: %s\n", problem);
    return EX_USAGE;
}

// ask_figures chooses what to show and takes its tallies: of a named period
// those, to find the newest with a value all.
static int
ask_figures(struct rank *rank, int64_t now_ms)
{
    int code = 0;

    if (!rank->options->period)
        code = take_tallies(rank, FIRST_MONTH, LAST_MONTH);
    if (code == 0)
        code = select_what(rank, now_ms);
    if (code == 0 && !rank->table)
        code = take_tallies(rank, rank->selection.first, rank->selection.last);
    return code;
}

static int
compute(struct rank *rank, int64_t now_ms)
{
    const struct selection *selection = &rank->selection;

    enum status status =
        figures_open(&rank->figures, rules(rank), rank->book->directory,
                     rank->table, selection->first, selection->last, now_ms);
    if (status == STATUS_OK)
        status = ranking_open(&rank->ranking, rank->figures, &selection->rule,
                              selection->scope, selection->period);
    return status == STATUS_OK ? 0 : complain(status, "");
}

static int
print(const struct rank *rank)
{
    struct buffer text = {0};

    render(rank->ranking, rank->options->format, &text);
    if (text.failed) {
        buffer_fini(&text);
        return complain(STATUS_SYSTEM, "out of memory");
    }
    bool written = fwrite(text.data, 1, text.used, stdout) == text.used &&
                   fflush(stdout) == 0;
    buffer_fini(&text);
    if (!written)
        perror("dealerpulse rank: standard output");
    return written ? 0 : EX_IOERR;
}

static void
close_all(struct rank *rank)
{
    ranking_close(rank->ranking);
    figures_close(rank->figures);
    tally_table_free(rank->table);
    if (rank->other)
        programme_free(rank->other);
    book_close(rank->book);
    ask_close(rank->ask);
    transport_close(rank->transport);
}

int
rank_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Ranks dealers by a KPI, best first, from the aggregator's "
               "tallies."};
    struct options options = {.format = RENDER_TABLE};
    struct rank rank = {.options = &options};
    int64_t now_ms = clock_wall_ms();

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = configure(&rank);
    if (code == 0)
        code = ask_rules(&rank);
    if (code == 0)
        code = ask_figures(&rank, now_ms);
    if (code == 0)
        code = compute(&rank, now_ms);
    if (code == 0)
        code = print(&rank);
    close_all(&rank);
    return code;
}
