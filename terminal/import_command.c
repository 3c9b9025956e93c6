// SPDX-License-Identifier: Apache-2.0
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "common/runtime/stop.h"
#include "terminal/commands.h"
#include "terminal/import.h"
#include "terminal/list_dealers.h"
#include "terminal/mend.h"
#include "terminal/settings.h"

enum { KEY_MAP = 0x200, KEY_DRY_RUN, KEY_LIST_DEALERS, KEY_PATIENCE };
enum { PATIENCE_S = 300, PATIENCE_MAX_S = 1000000 };

struct arguments {
    struct settings settings;
    const char *map, *file;
    bool dry_run, list_dealers;
    long patience_s;
};

static const struct argp_option options[] = {
    {"map", KEY_MAP, "MAP.yaml", 0, "how rows become events", 1},
    {"dry-run", KEY_DRY_RUN, NULL, 0, "read and check, send nothing", 1},
    {"list-dealers", KEY_LIST_DEALERS, NULL, 0,
     "print the dealers the file names, as a dealers.csv", 1},
    {"patience", KEY_PATIENCE, "SECONDS", 0,
     "give up after so long without any outcome (300)", 1},
    {0}};

static const struct argp_child children[] = {{&settings_argp, 0, NULL, 2}, {0}};

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    char *end;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->settings;
        return 0;
    case KEY_MAP:
        arguments->map = text;
        return 0;
    case KEY_DRY_RUN:
        arguments->dry_run = true;
        return 0;
    case KEY_LIST_DEALERS:
        arguments->list_dealers = true;
        return 0;
    case KEY_PATIENCE:
        arguments->patience_s = strtol(text, &end, 10);
        if (*end || arguments->patience_s < 1 ||
            arguments->patience_s > PATIENCE_MAX_S)
            argp_error(state, "the patience is a number of seconds");
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->file)
            argp_error(state, "one file at a time");
        arguments->file = text;
        return 0;
    case ARGP_KEY_END:
        if (!arguments->file)
            argp_error(state, "which file?");
        if (!arguments->map)
            argp_error(state, "which map? (--map)");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "FILE.csv|FILE.jsonl",
    .children = children,
    .doc = "Turn a file's rows into events, send them, and wait until each has "
           "its outcome.  What is not taken goes to FILE.rejects.jsonl.  "
           "Importing "
           "a file twice changes nothing.\v"
           "Exit status: 0 all is well, 65 some rejected, 75 some to retry; "
           "without --role and --dealer it imports as headquarters.",
};

static void
print_summary(const struct import *import, bool sent)
{
    const struct import_counts *counts = &import->counts;

    printf("%" PRIu64 " rows, %" PRIu64 " events: ", counts->rows,
           counts->events);
    if (sent)
        printf("%" PRIu64 " accepted, %" PRIu64 " duplicates, %" PRIu64
               " rejected, %" PRIu64 " to retry\n",
               counts->accepted, counts->duplicates, import->rejects.count,
               counts->retry);
    else
        printf("%" PRIu64 " rejected, nothing sent\n", import->rejects.count);
    if (import->rejects.count > 0 && sent)
        fprintf(stderr, "what was rejected is in %s\n", import->rejects.path);
}

// send opens the spool and imports.  An exit code.
static int
send(struct import *import, struct settings *settings)
{
    char error[512] = "";
    int code = 0;

    struct dealerpulse_options wanted = settings_options(settings, true);
    wanted.on_outcome = import_take_outcome;
    wanted.context = import;
    wanted.error = error;
    wanted.error_size = sizeof error;
    import->stop_fd = stop_open(); // first: ZeroMQ's threads inherit it
    enum dealerpulse_status status =
        mend_open(&import->pulse, &wanted, "dealerpulse-terminal import");
    if (status == DEALERPULSE_OK) {
        code = import_send(import);
        print_summary(import, true);
    } else {
        fprintf(stderr, "dealerpulse-terminal import: %s\n", error);
        code = exit_code_of(status);
    }
    dealerpulse_close(import->pulse);
    stop_close(import->stop_fd);
    return code;
}

// open_file opens map and file, and says what is wrong with them.
static int
open_file(struct import *import, const struct arguments *arguments,
          struct import_map **map)
{
    struct fault fault;
    struct problems *problems = calloc(1, sizeof *problems);
    if (!problems)
        return EX_OSERR;

    enum status status = map_load(arguments->map, map, problems);
    if (status != STATUS_OK)
        problems_print(problems);
    free(problems);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? EX_NOINPUT : EX_CONFIG;

    status = rows_open(&import->rows, arguments->file, *map, &fault);
    if (status != STATUS_OK) {
        fprintf(stderr, "%s: %s%s%s\n", arguments->file, fault.column,
                fault.column[0] ? ": " : "", fault.text);
        return status == STATUS_NOT_FOUND ? EX_NOINPUT : EX_DATAERR;
    }
    return mapper_open(&import->mapper, *map) == STATUS_OK ? 0 : EX_OSERR;
}

static int
execute(struct import *import, struct arguments *arguments)
{
    if (arguments->list_dealers)
        return list_dealers(import->rows, import->mapper);
    if (rejects_init(&import->rejects, arguments->file, arguments->dry_run) !=
        STATUS_OK)
        return EX_USAGE;
    int code = settings_load(&arguments->settings);
    if (code != 0)
        return code;
    progress_init(&import->progress);
    import->rulebook = rules_at_hand(arguments->settings.config.programme);
    if (arguments->dry_run) {
        code = import_read(import);
        print_summary(import, false);
    } else {
        code = send(import, &arguments->settings);
    }
    programme_free(import->rulebook);
    settings_free(&arguments->settings);
    if (rejects_fini(&import->rejects) != STATUS_OK) {
        fprintf(stderr, "cannot write %s\n", import->rejects.path);
        return EX_IOERR;
    }
    return code;
}

int
import_command(int argc, char **argv)
{
    struct arguments arguments = {.patience_s = PATIENCE_S};
    struct import_map *map = NULL;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    struct import *import = calloc(1, sizeof *import);
    if (!import || crypto_start() != STATUS_OK)
        return EX_OSERR;
    import->path = arguments.file;
    import->stop_fd = -1;
    import->patience_ms = arguments.patience_s * 1000;
    int code = open_file(import, &arguments, &map);
    if (code == 0)
        code = execute(import, &arguments);
    mapper_close(import->mapper);
    rows_close(import->rows);
    map_free(map);
    free(import);
    return code;
}
