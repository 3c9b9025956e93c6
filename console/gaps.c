// SPDX-License-Identifier: Apache-2.0
#include "console/gaps.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "aggregator/reconcile.h"
#include "console/offline.h"
#include "console/scratch.h"

struct arguments {
    struct offline_place place;
    const char *terminal;
    bool is_json, all;
};

static const struct argp_option options[] = {
    OFFLINE_OPTIONS,
    {"terminal", 't', "NAME", 0, "Only the spools of this terminal", 0},
    {"all", 'a', NULL, 0, "Also spools with nothing to report", 0},
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
    case 'a':
        arguments->all = true;
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

static bool
is_remarkable(const struct spool_account *account)
{
    return account->cloned || account->conflicts ||
           account->numbers->forgotten || spool_missing(account);
}

static void
print_row(const struct spool_account *account)
{
    printf("%-20s %016" PRIx64 " %9" PRIu64 " %9" PRIu64 " %7" PRIu64
           " %8" PRIu64 " %10" PRIu64 " %8" PRIu64 " %s%s%s%s\n",
           account->terminal, account->epoch, spool_highest(account),
           account->accepted, account->voided, account->rejected,
           account->duplicates, spool_missing(account),
           account->is_abandoned ? "abandoned " : "",
           account->cloned ? "cloned " : "",
           account->conflicts ? "conflicts " : "",
           account->numbers->forgotten ? "gaps-forgotten" : "");
    for (size_t i = 0; i < account->numbers->gap_count; i++)
        printf("%20s missing %" PRIu64 "..%" PRIu64 "\n", "",
               account->numbers->gaps[i].first, account->numbers->gaps[i].last);
    if (spool_highest(account) > account->numbers->high)
        printf("%20s missing %" PRIu64 "..%" PRIu64 " (told of, never sent)\n",
               "", account->numbers->high + 1, spool_highest(account));
}

// print_json: names are printable ASCII, but may hold a quote or a backslash.
static void
print_json(const struct spool_account *account)
{
    printf("{\"terminal\":\"");
    for (const char *c = account->terminal; *c; c++)
        printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    printf("\",\"epoch\":\"%016" PRIx64 "\",\"highest\":%" PRIu64
           ",\"accepted\":%" PRIu64 ",\"voided\":%" PRIu64
           ",\"rejected\":%" PRIu64 ",\"conflicts\":%" PRIu64
           ",\"duplicates\":%" PRIu64 ",\"cloned\":%" PRIu64
           ",\"missing\":%" PRIu64 ",\"forgotten\":%" PRIu64
           ",\"abandoned\":%s,\"last_at_ms\":%" PRId64 ",\"gaps\":[",
           account->epoch, spool_highest(account), account->accepted,
           account->voided, account->rejected, account->conflicts,
           account->duplicates, account->cloned, spool_missing(account),
           account->numbers->forgotten,
           account->is_abandoned ? "true" : "false", account->last_at_ms);
    for (size_t i = 0; i < account->numbers->gap_count; i++)
        printf("%s[%" PRIu64 ",%" PRIu64 "]", i ? "," : "",
               account->numbers->gaps[i].first, account->numbers->gaps[i].last);
    if (spool_highest(account) > account->numbers->high)
        printf("%s[%" PRIu64 ",%" PRIu64 "]",
               account->numbers->gap_count ? "," : "",
               account->numbers->high + 1, spool_highest(account));
    printf("]}\n");
}

static int
print_all(const struct reconciliation *reconciliation,
          const struct arguments *arguments)
{
    size_t remarkable = 0, shown = 0;

    if (!arguments->is_json)
        printf("%-20s %-16s %9s %9s %7s %8s %10s %8s\n", "terminal", "epoch",
               "highest", "accepted", "voided", "rejected", "duplicates",
               "missing");
    for (size_t i = 0; i < reconcile_count(reconciliation); i++) {
        const struct spool_account *account =
            reconcile_account(reconciliation, i);
        if (arguments->terminal &&
            strcmp(arguments->terminal, account->terminal) != 0)
            continue;
        shown++;
        remarkable += is_remarkable(account);
        if (!arguments->all && !is_remarkable(account))
            continue;
        if (arguments->is_json)
            print_json(account);
        else
            print_row(account);
    }
    if (!arguments->is_json)
        printf("%zu spools, %zu with something missing or flagged\n", shown,
               remarkable);
    return remarkable ? EX_DATAERR : EX_OK;
}

static int
work(const struct offline *offline, const struct arguments *arguments)
{
    struct reconciliation *reconciliation = NULL;
    struct journal *journal = NULL;
    uint64_t at = 0;
    int exit_code;

    enum status status =
        journal_open(&journal, offline->data,
                     offline->config->aggregator.journal_bytes, true);
    if (status == STATUS_OK)
        status = reconcile_open(&reconciliation, journal,
                                progress_wanted() ? progress_fold : NULL, &at);
    if (status == STATUS_OK) {
        exit_code = print_all(reconciliation, arguments);
    } else {
        if (at)
            (void)fprintf(stderr, "dealerpulse gaps: at commit %" PRIu64 "\n",
                          at);
        exit_code = offline_fail(offline, "reading the journal", status);
    }
    reconcile_close(reconciliation);
    journal_close(journal);
    return exit_code;
}

int
gaps_command(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct offline offline;
    const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "Tell what became of every number a terminal gave, and which "
               "are missing; also while the aggregator runs.",
    };

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int exit_code =
        offline_open(&offline, "dealerpulse gaps", &arguments.place);
    if (exit_code == EX_OK)
        exit_code = work(&offline, &arguments);
    offline_close(&offline);
    return exit_code;
}
