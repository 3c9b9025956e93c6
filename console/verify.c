// SPDX-License-Identifier: Apache-2.0
#include "console/verify.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "aggregator/verify.h"
#include "console/offline.h"
#include "console/scratch.h"

struct arguments {
    struct offline_place place;
    const char *scratch;
};

static const struct argp_option options[] = {
    OFFLINE_OPTIONS,
    {"scratch", 's', "DIR", 0,
     "Where to fold again; needs about the room of DIR/state", 0},
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 's':
        arguments->scratch = value;
        return 0;
    default:
        return offline_option(&arguments->place, key, value);
    }
}

static void
print_differences(const struct verify_report *report)
{
    for (size_t db = 0; db < STATE_DB_COUNT; db++)
        if (report->different[db])
            printf("%-10s %" PRIu64 " rows differ\n",
                   state_db_name((enum state_db)db), report->different[db]);
    for (size_t i = 0; i < report->example_count; i++)
        printf("  %s\n", report->examples[i]);
}

static void
print_equal(const struct verify_report *report)
{
    printf("journal    %" PRIu64 " commits, %" PRIu64 " events, chain head ",
           report->end, report->events);
    for (size_t i = 0; i < sizeof report->head; i++)
        printf("%02x", report->head[i]);
    printf("\ncheckpoint at commit %" PRIu64 "\n", report->checkpoint);
    for (size_t db = 0; db < STATE_DB_COUNT; db++)
        if (report->equal[db])
            printf("%-10s %" PRIu64 " rows equal\n",
                   state_db_name((enum state_db)db), report->equal[db]);
    printf("all is equal\n");
}

static int
print_report(enum status status, const struct verify_report *report,
             const char *data)
{
    switch (status) {
    case STATUS_OK:
        print_equal(report);
        return EX_OK;
    case STATUS_CORRUPT:
        print_differences(report);
        printf("NOT equal: while %s", report->step);
        if (report->position)
            printf(", at commit %" PRIu64, report->position);
        printf("\n");
        return EX_DATAERR;
    case STATUS_UNAVAILABLE:
        (void)fprintf(stderr, "dealerpulse verify: %s: no data there\n", data);
        return EX_UNAVAILABLE;
    case STATUS_MALFORMED: // whole, but not for this version: problems say why
        (void)fprintf(stderr,
                      "dealerpulse verify: %s: not verified, while %s\n", data,
                      report->step);
        return EX_CONFIG;
    case STATUS_AGAIN:
    case STATUS_NOT_FOUND:
    case STATUS_STOPPED:
    case STATUS_FULL:
    case STATUS_BUSY:
    case STATUS_SYSTEM:
        break;
    }
    (void)fprintf(stderr, "dealerpulse verify: %s: %s, while %s\n", data,
                  status_text(status), report->step);
    return EX_OSERR;
}

// work folds into a fresh directory below `parent` and removes it again.
static int
work(const struct offline *offline, const char *parent)
{
    char scratch[SCRATCH_PATH_MAX];
    struct verify_report report;

    if (!scratch_make(scratch, parent, offline->title))
        return EX_CANTCREAT;
    const struct verify_options verify = {
        .dir = offline->data,
        .scratch = scratch,
        .map_bytes = offline->config->aggregator.state_bytes,
        .progress = progress_wanted() ? progress_fold : NULL,
    };
    enum status status = verify_run(&verify, &report, offline->problems);
    problems_print(offline->problems);
    scratch_remove(scratch);
    return print_report(status, &report, offline->data);
}

int
verify_command(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct offline offline;
    const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "Fold the journal again and compare every figure, byte for "
               "byte.",
    };

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int exit_code =
        offline_open(&offline, "dealerpulse verify", &arguments.place);
    if (exit_code == EX_OK)
        exit_code = work(&offline, arguments.scratch);
    offline_close(&offline);
    return exit_code;
}
