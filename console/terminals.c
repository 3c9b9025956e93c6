// SPDX-License-Identifier: Apache-2.0
#include "console/terminals.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "aggregator/census.h"
#include "aggregator/publication.h"
#include "console/offline.h"

struct arguments {
    struct offline_place place;
    const char *terminal;
    bool is_json;
};

static const struct argp_option options[] = {
    OFFLINE_OPTIONS,
    {"terminal", 't', "NAME", 0, "Only this one", 0},
    {"format", 'f', "FORMAT", 0, "table (default) or json", 0},
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 't':
        arguments->terminal = value;
        return 0;
    case 'f':
        arguments->is_json = strcmp(value, "json") == 0;
        if (!arguments->is_json && strcmp(value, "table") != 0)
            argp_error(state, "there is no format \"%s\"", value);
        return 0;
    default:
        return offline_option(&arguments->place, key, value);
    }
}

static void
print_row(const struct census_row *row)
{
    time_t seconds = (time_t)(row->last_at / 1000);
    char seen[32] = "-", skew[32] = "-";
    struct tm when;

    if (gmtime_r(&seconds, &when))
        (void)strftime(seen, sizeof seen, "%Y-%m-%dT%H:%M:%SZ", &when);
    if (row->skew.known)
        (void)snprintf(
            skew, sizeof skew, "%+" PRId64 ".%03" PRId64, row->skew.ms / 1000,
            row->skew.ms < 0 ? -row->skew.ms % 1000 : row->skew.ms % 1000);
    printf("%-20s %-16s %-20s %10" PRIu64 " %12s %8" PRIu64 " %8" PRIu64
           " %s\n",
           row->terminal, row->collector[0] ? row->collector : "-", seen,
           row->events, skew, row->late, census_waiting(row),
           skew_is_wrong(&row->skew) ? "clock" : "");
}

// print_name: names are printable ASCII, but may hold a quote or a backslash.
static void
print_name(const char *key, const char *name)
{
    printf("\"%s\":\"", key);
    for (const char *c = name; *c; c++)
        printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    printf("\",");
}

static void
print_json(const struct census_row *row)
{
    printf("{");
    print_name("terminal", row->terminal);
    print_name("collector", row->collector);
    printf("\"last_at_ms\":%" PRId64 ",\"parcels\":%" PRIu64
           ",\"events\":%" PRIu64 ",\"late\":%" PRIu64 ",\"waiting\":%" PRIu64
           ",",
           row->last_at, row->parcels, row->events, row->late,
           census_waiting(row));
    if (row->skew.known)
        printf("\"skew_ms\":%" PRId64 ",", row->skew.ms);
    printf("\"clock_wrong\":%s}\n",
           skew_is_wrong(&row->skew) ? "true" : "false");
}

static void
print_all(const struct census *census, void *context)
{
    const struct arguments *arguments = context;
    size_t skewed = 0;

    if (!arguments->is_json)
        printf("%-20s %-16s %-20s %10s %12s %8s %8s\n", "terminal", "collector",
               "last_seen", "events", "skew_s", "late", "waiting");
    for (size_t i = 0; i < census_count(census); i++) {
        const struct census_row *row = census_row(census, i);
        if (arguments->terminal &&
            strcmp(arguments->terminal, row->terminal) != 0)
            continue;
        skewed += skew_is_wrong(&row->skew);
        if (arguments->is_json)
            print_json(row);
        else
            print_row(row);
    }
    if (!arguments->is_json)
        printf("%zu terminals, %zu with a clock more than five minutes off\n",
               census_count(census), skewed);
}

// take_census walks the journal and shows what it found.
static int
take_census(const struct offline *offline,
            void (*look)(const struct census *census, void *context),
            void *context)
{
    struct problems *problems = calloc(1, sizeof *problems);
    struct history *history = NULL;
    struct journal *journal = NULL;
    struct census *census = NULL;
    uint64_t at = 0;
    int exit_code = EX_OK;

    enum status status = problems ? STATUS_OK : STATUS_SYSTEM;
    if (status == STATUS_OK)
        status = journal_open(&journal, offline->data,
                              offline->config->aggregator.journal_bytes, true);
    if (status == STATUS_OK)
        status = history_open(&history);
    if (status == STATUS_OK)
        status = publication_recall(journal, history, problems);
    if (status == STATUS_OK)
        status = census_open(&census, journal, history, &at);
    if (status == STATUS_OK) {
        look(census, context);
    } else {
        if (at)
            (void)fprintf(stderr, "%s: at commit %" PRIu64 "\n", offline->title,
                          at);
        exit_code = offline_fail(offline, "reading the journal", status);
    }
    census_close(census);
    history_close(history);
    journal_close(journal);
    free(problems);
    return exit_code;
}

static void
sum_up(const struct census *census, void *context)
{
    struct terminals_summary *summary = context;
    uint64_t most = 0;

    *summary = (struct terminals_summary){.count = census_count(census)};
    for (size_t i = 0; i < summary->count; i++) {
        const struct census_row *row = census_row(census, i);
        uint64_t waiting = census_waiting(row);
        summary->skewed += skew_is_wrong(&row->skew);
        summary->waiting += waiting > 0;
        summary->events_waiting += waiting;
        if (waiting > most) {
            most = waiting;
            (void)snprintf(summary->most, sizeof summary->most, "%s",
                           row->terminal);
        }
    }
}

int
terminals_summarise(const char *title, const struct offline_place *place,
                    struct terminals_summary *summary)
{
    struct offline offline;

    int exit_code = offline_open(&offline, title, place);
    if (exit_code == EX_OK)
        exit_code = take_census(&offline, sum_up, summary);
    offline_close(&offline);
    return exit_code;
}

int
terminals_command(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct offline offline;
    const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "List every terminal the journal has heard of: its collector, "
               "when it was last heard, its events, how far its clock is off, "
               "how many events came after their month had closed, and how "
               "many numbers its last HELLO told of have no outcome yet; also "
               "while the aggregator runs.",
    };

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int exit_code =
        offline_open(&offline, "dealerpulse terminals", &arguments.place);
    if (exit_code == EX_OK)
        exit_code = take_census(&offline, print_all, &arguments);
    offline_close(&offline);
    return exit_code;
}
