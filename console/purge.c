// SPDX-License-Identifier: Apache-2.0
#include "console/purge.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "aggregator/purge.h"
#include "common/domain/period.h"
#include "console/offline.h"
#include "console/scratch.h"

enum { OPTION_DRY_RUN = 256 };

struct arguments {
    struct offline_place place;
    const char *before;
    bool dry_run;
};

static const struct argp_option options[] = {
    OFFLINE_OPTIONS,
    {"before", 'b', "DATE|POSITION", 0,
     "The first day (YYYY-MM-DD, of commits) or commit to keep whole", 0},
    {"dry-run", OPTION_DRY_RUN, NULL, 0, "Only tell what would go", 0},
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'b':
        arguments->before = value;
        return 0;
    case OPTION_DRY_RUN:
        arguments->dry_run = true;
        return 0;
    case ARGP_KEY_END:
        if (!arguments->before)
            argp_error(state, "--before is missing");
        return 0;
    default:
        return offline_option(&arguments->place, key, value);
    }
}

// read_before takes a day or a position; false: it is neither.
static bool
read_before(const char *text, struct purge_options *purge)
{
    unsigned year, month, day;
    char *end;
    int used = 0;

    if (strspn(text, "0123456789") == strlen(text)) {
        purge->before = strtoull(text, &end, 10);
        return purge->before > 0;
    }
    if (sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &used) != 3 ||
        text[used] || used != 10)
        return false;
    const struct civil date = {(int32_t)year, (uint8_t)month, (uint8_t)day};
    purge->before_day = days_from_civil(date);
    const struct civil back = civil_from_days(purge->before_day);
    return year >= 1970 && back.year == date.year && back.month == month &&
           back.day == day;
}

static void
print_report(const struct purge_report *report, const char *data, bool dry_run)
{
    if (report->position == report->previous) {
        printf("%s: nothing to purge", data);
    } else {
        printf("%s: %s commits %" PRIu64 " to %" PRIu64 ", %" PRIu64 " events",
               data, dry_run ? "would purge" : "purged", report->previous + 1,
               report->position, report->events);
        if (report->quarantined)
            printf(", of which %" PRIu64 " in quarantine stay out for good",
                   report->quarantined);
    }
    printf("\n");
    if (dry_run && report->position != report->previous)
        printf("journal    %" PRIu64
               " bytes now; a copy of the fold, some %" PRIu64
               " bytes, will stay in it\n",
               report->bytes_before, report->bytes_state);
    if (dry_run || report->position == report->previous)
        return;
    printf("journal    %" PRIu64 " bytes before, %" PRIu64
           " now\nbase       commit %" PRIu64 ", %" PRIu64
           " events, chain head ",
           report->bytes_before, report->bytes_after, report->base.position,
           report->base.events);
    for (size_t i = 0; i < CHAIN_SIZE; i++)
        printf("%02x", report->base.head[i]);
    printf("\nbase digest ");
    for (size_t i = 0; i < CHAIN_SIZE; i++)
        printf("%02x", report->base.digest[i]);
    printf("\n");
}

static int
fail(const struct offline *offline, const struct purge_report *report,
     enum status status)
{
    if (status == STATUS_AGAIN) {
        (void)fprintf(stderr,
                      "%s: %s: the checkpoint in state/ is at commit %" PRIu64
                      ", before the records to go: start the aggregator and "
                      "stop it again first\n",
                      offline->title, offline->data, report->verify.checkpoint);
        return EX_UNAVAILABLE;
    }
    const char *doing = report->verify.step;
    uint64_t at = doing ? report->verify.position : report->at;
    if (at)
        (void)fprintf(stderr, "%s: %s, at commit %" PRIu64 "\n", offline->title,
                      doing ? doing : report->step, at);
    return offline_fail(offline, report->step, status);
}

static int
work(const struct offline *offline, const struct arguments *arguments)
{
    struct purge_report report;
    struct purge_options purge = {
        .dir = offline->data,
        .journal_bytes = offline->config->aggregator.journal_bytes,
        .state_bytes = offline->config->aggregator.state_bytes,
        .dry_run = arguments->dry_run,
        .watch = {progress_wanted() ? progress_fold : NULL, NULL},
    };

    if (!read_before(arguments->before, &purge)) {
        (void)fprintf(stderr, "%s: \"%s\" is neither YYYY-MM-DD nor a commit\n",
                      offline->title, arguments->before);
        return EX_USAGE;
    }
    enum status status = purge_run(&purge, &report, offline->problems);
    if (status != STATUS_OK)
        return fail(offline, &report, status);
    print_report(&report, offline->data, arguments->dry_run);
    return EX_OK;
}

int
purge_command(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct offline offline;
    const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "Remove what old events said from the journal, while no "
               "aggregator runs; every figure stays and can be proven.",
    };

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int exit_code =
        offline_open(&offline, "dealerpulse purge", &arguments.place);
    if (exit_code == EX_OK)
        exit_code = work(&offline, &arguments);
    offline_close(&offline);
    return exit_code;
}
