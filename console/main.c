// SPDX-License-Identifier: Apache-2.0
//
// dealerpulse: what a person types at headquarters or in operations.
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "console/alerts.h"
#include "console/backup.h"
#include "console/check.h"
#include "console/comments.h"
#include "console/dealer.h"
#include "console/deliveries.h"
#include "console/export.h"
#include "console/freeze.h"
#include "console/gaps.h"
#include "console/keys.h"
#include "console/periods.h"
#include "console/purge.h"
#include "console/quarantine.h"
#include "console/rank.h"
#include "console/rebuild.h"
#include "console/score.h"
#include "console/simulate.h"
#include "console/statement.h"
#include "console/terminals.h"
#include "console/tokens.h"
#include "console/top.h"
#include "console/verify.h"
#include "console/watch.h"
#include "console/what_if.h"

struct command {
    const char *name;
    const char *title; // argv[0] of the command, for its own messages
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"rank", "dealerpulse rank", rank_command,
     "rank dealers by a KPI over a period"},
    {"watch", "dealerpulse watch", watch_command,
     "show a ranking that follows the figures"},
    {"top", "dealerpulse top", top_command,
     "show whether everything is well, on one screen"},
    {"dealer", "dealerpulse dealer", dealer_command,
     "show every KPI of one dealer over a period"},
    {"export", "dealerpulse export", export_command,
     "write rankings, all KPIs or statements as CSV, JSON or Excel"},
    {"alerts", "dealerpulse alerts", alerts_command,
     "list what somebody should look at, and by when"},
    {"deliveries", "dealerpulse deliveries", deliveries_command,
     "what the webhook was told; tell it again"},
    {"score", "dealerpulse score", score_command,
     "points of performances against thresholds, offline"},
    {"periods", "dealerpulse periods", periods_command,
     "list the periods with data and how each closes"},
    {"statement", "dealerpulse statement", statement_command,
     "follow one dealer from counts to fen, step by step"},
    {"what-if", "dealerpulse what-if", what_if_command,
     "try the rebate of another programme on a period"},
    {"freeze-thresholds", "dealerpulse freeze-thresholds", freeze_command,
     "make the next version's thresholds of a period"},
    {"check", "dealerpulse check", check_command,
     "validate settings, programme and dealers"},
    {"keys", "dealerpulse keys", keys_command,
     "make, list, revoke and rotate keys: who may speak"},
    {"tokens", "dealerpulse tokens", tokens_command,
     "make, list and revoke tokens: who may read what"},
    {"verify", "dealerpulse verify", verify_command,
     "recompute every figure from the journal"},
    {"comments", "dealerpulse comments", comments_command,
     "show or erase what customers said, on the aggregator's host"},
    {"backup", "dealerpulse backup", backup_command,
     "copy the data directory while the aggregator runs"},
    {"restore", "dealerpulse restore", restore_command,
     "make a data directory from a backup"},
    {"rebuild", "dealerpulse rebuild", rebuild_command,
     "fold the journal again into a fresh state/"},
    {"purge", "dealerpulse purge", purge_command,
     "remove old events from the journal, keep their figures"},
    {"quarantine", "dealerpulse quarantine", quarantine_command,
     "list, show and replay events that contribute nothing"},
    {"terminals", "dealerpulse terminals", terminals_command,
     "who sends, when last, and whose clock is off"},
    {"gaps", "dealerpulse gaps", gaps_command,
     "tell which numbers of which terminal are missing"},
    {"simulate", "dealerpulse simulate", simulate_command,
     "send the events of a fleet with known truth"},
};

static void
usage(FILE *to)
{
    fprintf(to, "Usage: dealerpulse COMMAND [OPTION...]\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(to, "  %-17s %s\n", commands[i].name, commands[i].summary);
    fprintf(to, "\n`dealerpulse COMMAND --help` explains a command; "
                "`dealerpulse --version` tells the version.\n");
}

int
main(int argc, char **argv)
{
    argp_err_exit_status = EX_USAGE;
    argp_program_version = "dealerpulse " PROJECT_VERSION;
    if (argc < 2) {
        usage(stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts(argp_program_version);
        return 0;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char title[64];
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        snprintf(title, sizeof title, "%s", commands[i].title);
        argv[1] = title;
        return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "dealerpulse: there is no command \"%s\"\n\n", argv[1]);
    usage(stderr);
    return EX_USAGE;
}
