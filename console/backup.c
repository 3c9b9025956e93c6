// SPDX-License-Identifier: Apache-2.0
#include "console/backup.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "aggregator/backup.h"
#include "common/runtime/clock.h"
#include "console/offline.h"
#include "console/scratch.h"

enum { OPTION_NO_VERIFY = 256 };

struct arguments {
    struct offline_place place;
    const char *other, *scratch;
    bool no_verify;
};

#define COMMON_OPTIONS                                                         \
    OFFLINE_OPTIONS, {"scratch",                                               \
                      's',                                                     \
                      "DIR",                                                   \
                      0,                                                       \
                      "Where to fold again; needs about the room of state/",   \
                      0},                                                      \
    {                                                                          \
        "no-verify", OPTION_NO_VERIFY, 0, 0, NO_VERIFY, 0                      \
    }

#define NO_VERIFY "Do not fold the copy again; terminals then keep what it has"
static const struct argp_option backup_options[] = {
    COMMON_OPTIONS,
    {"to", 't', "DIR", 0, "The backup to make; must not exist", 0},
    {0},
};
#undef NO_VERIFY
#define NO_VERIFY "Follow only the chain of records, do not fold again"
static const struct argp_option restore_options[] = {
    COMMON_OPTIONS,
    {"from", 'f', "DIR", 0, "The backup to restore", 0},
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
    case 't':
    case 'f':
        arguments->other = value;
        return 0;
    case OPTION_NO_VERIFY:
        arguments->no_verify = true;
        return 0;
    default:
        return offline_option(&arguments->place, key, value);
    }
}

// One of the two commands, as the code they share sees it.
struct command {
    const char *title, *option, *doc;
    const struct argp_option *options;
    enum status (*run)(const struct backup_options *, struct backup_report *,
                       struct problems *);
    bool is_restore;
};

static void
print_head(const struct backup_report *report)
{
    printf("journal    %" PRIu64 " commits, %" PRIu64 " events",
           report->end.position, report->end.events);
    if (report->verify.end) {
        printf(", chain head ");
        for (size_t i = 0; i < sizeof report->verify.head; i++)
            printf("%02x", report->verify.head[i]);
    }
    printf("\n");
}

static void
print_success(const struct command *command,
              const struct backup_options *options,
              const struct backup_report *report)
{
    print_head(report);
    if (!command->is_restore) {
        printf("backed up to %s%s\n", options->to,
               options->scratch
                   ? "; every figure of the copy was recomputed and is equal"
                   : "; not verified, so terminals keep what is in it");
        return;
    }
    printf("restored to %s as incarnation %" PRIu32 "\n", options->to,
           report->identity.incarnation);
    if (!report->has_state)
        printf("the backup has no state/: the next start folds everything "
               "again\n");
    printf("start the aggregator: terminals send again what the backup "
           "lacks\n");
}

// sentence says what to do about a failure, and with which exit code to end.
static int
explain(const struct command *command, const struct backup_options *options,
        const struct backup_report *report, enum status status)
{
    const char *advice = "";
    int exit_code = EX_OSERR;

    switch (status) {
    case STATUS_BUSY:
        exit_code = EX_CANTCREAT;
        advice = command->is_restore
                     ? "the data directory is in use or not empty: stop the "
                       "aggregator, move what is there away"
                     : "it is there already, or a .partial of a backup that "
                       "was broken off: name another one or remove it";
        break;
    case STATUS_MALFORMED: // problems said why
        exit_code = EX_CONFIG;
        advice = command->is_restore
                     ? "not restored: use the version that made the backup"
                     : "not proven: use the version that made the store";
        break;
    case STATUS_CORRUPT:
        exit_code = EX_DATAERR;
        advice = command->is_restore
                     ? "the backup is damaged: use another one; if only its "
                       "state/ is, move that away and restore again"
                     : "the store is damaged: keep it, see `dealerpulse "
                       "verify`, restore the newest backup";
        break;
    case STATUS_UNAVAILABLE:
        exit_code = EX_UNAVAILABLE;
        advice = "there is no store";
        break;
    case STATUS_FULL:
        exit_code = EX_IOERR;
        advice = "the disk is full: make room";
        break;
    case STATUS_AGAIN:
        exit_code = EX_TEMPFAIL;
        advice = "it was purged meanwhile: remove the .partial and try again";
        break;
    case STATUS_OK:
    case STATUS_NOT_FOUND:
    case STATUS_STOPPED:
    case STATUS_SYSTEM:
        advice = status_text(status);
        break;
    }
    (void)fprintf(stderr, "dealerpulse %s: %s to %s: while %s",
                  command->is_restore ? "restore" : "backup", options->from,
                  options->to, report->step);
    if (report->verify.step)
        (void)fprintf(stderr, " (%s, at commit %" PRIu64 ")",
                      report->verify.step, report->verify.position);
    (void)fprintf(stderr, ": %s\n", advice);
    return exit_code;
}

static int
work(const struct command *command, const struct arguments *arguments,
     const struct offline *offline)
{
    char scratch[SCRATCH_PATH_MAX];
    struct backup_report report;

    if (!arguments->no_verify &&
        !scratch_make(scratch, arguments->scratch, command->title))
        return EX_CANTCREAT;
    const struct backup_options options = {
        .from = command->is_restore ? arguments->other : offline->data,
        .to = command->is_restore ? offline->data : arguments->other,
        .scratch = arguments->no_verify ? NULL : scratch,
        .map_bytes = offline->config->aggregator.journal_bytes,
        .watch = {progress_wanted() ? progress_copy : NULL, NULL},
        .progress = progress_wanted() ? progress_fold : NULL,
        .now = clock_wall_ms(),
    };
    enum status status = command->run(&options, &report, offline->problems);
    problems_print(offline->problems);
    if (!arguments->no_verify)
        scratch_remove(scratch);
    if (status != STATUS_OK)
        return explain(command, &options, &report, status);
    print_success(command, &options, &report);
    return EX_OK;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct arguments arguments = {0};
    struct offline offline;
    const struct argp argp = {.options = command->options,
                              .parser = parse_option,
                              .doc = command->doc};

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (!arguments.other) {
        (void)fprintf(stderr, "%s: which directory?  Give %s DIR.\n",
                      command->title, command->option);
        return EX_USAGE;
    }
    int exit_code = offline_open(&offline, command->title, &arguments.place);
    if (exit_code == EX_OK)
        exit_code = work(command, &arguments, &offline);
    offline_close(&offline);
    return exit_code;
}

int
backup_command(int argc, char **argv)
{
    static const struct command command = {
        .title = "dealerpulse backup",
        .option = "--to",
        .doc = "Copy a data directory while the aggregator runs, and prove "
               "the copy.",
        .options = backup_options,
        .run = backup_run,
    };
    return run(&command, argc, argv);
}

int
restore_command(int argc, char **argv)
{
    static const struct command command = {
        .title = "dealerpulse restore",
        .option = "--from",
        .doc = "Make a data directory from a backup; terminals are asked "
               "again for what it lacks.",
        .options = restore_options,
        .run = restore_run,
        .is_restore = true,
    };
    return run(&command, argc, argv);
}
