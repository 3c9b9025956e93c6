// SPDX-License-Identifier: Apache-2.0
#include "console/reading.h"

#include <stdio.h>
#include <sysexits.h>

#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "common/runtime/clock.h"

error_t
reading_option(struct reading_options *options, int key, char *argument)
{
    switch (key) {
    case 'b':
        options->kpi = argument;
        return 0;
    case 'p':
        options->period = argument;
        return 0;
    case 's':
        options->scope = argument;
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
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

error_t
reading_dealer(const char **dealer, int key, char *argument,
               struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (*dealer)
            argp_error(state, "one dealer at a time, not also \"%s\"",
                       argument);
        *dealer = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which dealer?  Name its id");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

enum {
    FIRST_TIMEOUT_MS = 5000,
    TALLIES_TIMEOUT_MS = 60000,
    FIRST_MONTH = 1,
    LAST_MONTH = 9999 * 12 + 11,
};

int
reading_complain(const struct reading *reading, enum status status,
                 const char *sentence)
{
    fprintf(stderr, "dealerpulse %s: %s\n", reading->options->command,
            sentence[0] ? sentence : status_text(status));
    return status == STATUS_UNAVAILABLE || status == STATUS_NOT_FOUND
               ? EX_UNAVAILABLE
               : EX_SOFTWARE;
}

static int
configure(struct reading *reading)
{
    const struct reading_options *options = reading->options;
    struct problems problems = {0};
    struct config *config = &reading->config;

    if (config_load(options->config, config, &problems) != STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }
    const char *queries =
        options->queries ? options->queries : config->console.queries;
    int written =
        snprintf(reading->queries, sizeof reading->queries, "%s", queries);
    if (written >= (int)sizeof reading->queries) {
        fprintf(stderr, "dealerpulse %s: the endpoint is too long\n",
                options->command);
        return EX_USAGE;
    }
    if (options->programme &&
        programme_load(options->programme, &reading->other, &problems) !=
            STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }
    return 0;
}

static enum status
ask_settled(struct reading *reading)
{
    struct tally_table *nothing = NULL;
    struct ask *ask = reading->ask;

    enum status status = ask_status(ask, FIRST_TIMEOUT_MS, &reading->facts);
    uint64_t end = reading->facts.journal_position;
    if (status != STATUS_OK || reading->facts.position >= end)
        return status;
    // A month without data: only the wait for the checkpoint matters.
    status = ask_tallies(ask, 1, 1, end, TALLIES_TIMEOUT_MS, &nothing);
    tally_table_free(nothing);
    if (status != STATUS_OK)
        return status;
    return ask_status(ask, FIRST_TIMEOUT_MS, &reading->facts);
}

static int
ask_rules(struct reading *reading)
{
    struct problems problems = {0};

    if (crypto_start() != STATUS_OK ||
        transport_open(&reading->transport, 1) != STATUS_OK)
        return reading_complain(reading, STATUS_SYSTEM, "");
    int code;
    if (access_open(&reading->access, reading->transport, &reading->config,
                    CONFIG_CONSOLE, &code) != STATUS_OK)
        return code;
    enum status status =
        ask_open_curve(&reading->ask, reading->transport, reading->queries,
                       access_client(reading->access), -1);
    if (status != STATUS_OK) {
        fprintf(stderr, "dealerpulse %s: \"%s\" is not an endpoint\n",
                reading->options->command, reading->queries);
        return EX_USAGE;
    }
    status = ask_settled(reading);
    if (status == STATUS_OK)
        status = book_open(&reading->book, reading->ask, &reading->facts,
                           FIRST_TIMEOUT_MS, &problems);
    if (status == STATUS_OK)
        return 0;
    if (problems.count > 0)
        problems_print(&problems);
    return reading_complain(reading, status, ask_problem(reading->ask));
}

int
reading_open(struct reading *reading, const struct reading_options *options)
{
    *reading = (struct reading){.options = options, .now_ms = clock_wall_ms()};
    int code = configure(reading);
    return code == 0 ? ask_rules(reading) : code;
}

void
reading_close(struct reading *reading)
{
    tally_table_free(reading->table);
    if (reading->other)
        programme_free(reading->other);
    book_close(reading->book);
    ask_close(reading->ask);
    access_close(reading->access);
    transport_close(reading->transport);
    config_free(&reading->config);
}

enum status
reading_again(struct reading *reading)
{
    struct store_facts facts;
    struct problems problems = {0};
    struct book *book;

    enum status status = ask_status(reading->ask, FIRST_TIMEOUT_MS, &facts);
    if (status != STATUS_OK)
        return status;
    bool is_same = book_is(reading->book, &facts);
    if (is_same && reading->table && facts.position == reading->table->position)
        return STATUS_AGAIN;
    if (!is_same) {
        status =
            book_open(&book, reading->ask, &facts, FIRST_TIMEOUT_MS, &problems);
        if (status != STATUS_OK)
            return status;
        book_close(reading->book);
        reading->book = book;
    }
    tally_table_free(reading->table);
    reading->table = NULL;
    reading->facts = facts;
    reading->now_ms = clock_wall_ms();
    return STATUS_OK;
}

static int
take_tallies(struct reading *reading, uint32_t first, uint32_t last)
{
    enum status status = ask_tallies(reading->ask, first, last, 0,
                                     TALLIES_TIMEOUT_MS, &reading->table);
    if (status == STATUS_OK)
        status =
            book_cover(reading->book, reading->ask, reading->table->position,
                       FIRST_TIMEOUT_MS, &reading->facts);
    if (status == STATUS_OK)
        return 0;
    return reading_complain(reading, status,
                            status == STATUS_AGAIN
                                ? "the rules changed meanwhile; ask again"
                                : ask_problem(reading->ask));
}

struct material
reading_material(const struct reading *reading)
{
    return (struct material){
        .rulebook = reading->other ? reading->other : reading->book->rulebook,
        .directory = reading->book->directory,
        .table = reading->table,
        .months = reading->facts.months,
        .month_count = reading->facts.month_count,
        .now_ms = reading->now_ms};
}

static int
select_what(struct reading *reading)
{
    const struct reading_options *options = reading->options;
    struct material material = reading_material(reading);
    char problem[SELECTION_PROBLEM_MAX];

    enum status status =
        selection_make(&reading->selection, &material, options->period,
                       options->kpi, options->scope, problem);
    if (status == STATUS_OK)
        return 0;
    if (status != STATUS_MALFORMED && status != STATUS_NOT_FOUND)
        return reading_complain(reading, status, "");
    fprintf(stderr, "dealerpulse %s: %s\n", options->command, problem);
    return EX_USAGE;
}

int
reading_select(struct reading *reading, bool all)
{
    int code = 0;

    if (all || !reading->options->period)
        code = take_tallies(reading, FIRST_MONTH, LAST_MONTH);
    if (code == 0)
        code = select_what(reading);
    if (code == 0 && !reading->table) {
        uint32_t first, last; // of what the period is judged by
        spread_before(reading->selection.first, &first, &last);
        code = take_tallies(reading, first > FIRST_MONTH ? first : FIRST_MONTH,
                            reading->selection.last);
    }
    return code;
}

enum status
reading_rank(const struct reading *reading, struct figures **figures,
             struct ranking **ranking)
{
    const struct selection *selection = &reading->selection;
    const struct material material = reading_material(reading);

    enum status status = figures_open(
        figures, material.rulebook, material.directory, material.table,
        selection->first, selection->last, material.now_ms);
    if (status != STATUS_OK)
        return status;
    return ranking_open(ranking, *figures, &selection->rule, selection->scope,
                        selection->period);
}

int
reading_no_dealer(const struct reading *reading, const char *dealer)
{
    fprintf(stderr,
            "dealerpulse %s: there is no dealer \"%s\" in the published "
            "dealers.csv, nor figures of one\n",
            reading->options->command, dealer);
    return EX_USAGE;
}

int
reading_print(const struct reading *reading, struct buffer *text)
{
    if (text->failed) {
        buffer_fini(text);
        return reading_complain(reading, STATUS_SYSTEM, "out of memory");
    }
    bool written = fwrite(text->data, 1, text->used, stdout) == text->used &&
                   fflush(stdout) == 0;
    buffer_fini(text);
    if (!written)
        perror("dealerpulse: standard output");
    return written ? 0 : EX_IOERR;
}
