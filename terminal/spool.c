// SPDX-License-Identifier: Apache-2.0
//
// spool: look into the spool and care for it.
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "terminal/commands.h"
#include "terminal/mend.h"
#include "terminal/settings.h"
#include "terminal/spool_parts.h"

enum { KEY_ALL = 0x200, KEY_KEPT, KEY_SUMMARY };

struct arguments {
    struct settings settings;
    const struct verb *verb;
    const char *argument;
    bool all, kept, summary;
};

static const struct verb {
    const char *name;
    int (*run)(struct spool_task *task);
    bool needs_argument, takes_argument;
    bool is_closed;   // the verb opens the spool itself
    bool makes_spool; // where there is none
} verbs[] = {
    {"ls", spool_ls, false, false, false, false},
    {"cat", spool_cat, true, true, false, false},
    {"verify", spool_verify, false, false, false, false},
    {"repair", spool_repair_command, false, false, true, false},
    {"export", spool_export, false, false, false, false},
    {"load", spool_load, true, true, false, true},
    {"retry", spool_retry_command, false, true, false, false},
};

static const struct argp_option options[] = {
    {"all", KEY_ALL, NULL, 0,
     "ls, export: accepted events too; retry: every event not accepted", 1},
    {"kept", KEY_KEPT, NULL, 0, "retry: every accepted event still there", 1},
    {"summary", KEY_SUMMARY, NULL, 0, "ls: the counts alone", 1},
    {0}};

static const struct argp_child children[] = {{&settings_argp, 0, NULL, 2}, {0}};

static void
take_argument(struct arguments *arguments, char *text, struct argp_state *state)
{
    if (state->arg_num == 1 && arguments->verb &&
        arguments->verb->takes_argument) {
        arguments->argument = text;
        return;
    }
    if (state->arg_num > 0)
        argp_error(state, "\"%s\" is one argument too many", text);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(text, verbs[i].name) == 0)
            arguments->verb = &verbs[i];
    if (!arguments->verb)
        argp_error(state, "there is no command \"%s\"", text);
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->settings;
        return 0;
    case KEY_ALL:
        arguments->all = true;
        return 0;
    case KEY_KEPT:
        arguments->kept = true;
        return 0;
    case KEY_SUMMARY:
        arguments->summary = true;
        return 0;
    case ARGP_KEY_ARG:
        take_argument(arguments, text, state);
        return 0;
    case ARGP_KEY_END:
        if (!arguments->verb)
            argp_error(state, "which one? ls, cat, verify, repair, export, "
                              "load or retry");
        else if (arguments->verb->needs_argument && !arguments->argument)
            argp_error(state, "%s needs an argument", arguments->verb->name);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "ls\ncat SEQ\nverify\nrepair\nexport\nload FILE\n"
                "retry SEQ|--all|--kept",
    .children = children,
    .doc =
        "Look into the spool and care for it.\v"
        "ls lists what is not accepted, oldest first, and counts the rest.\n"
        "cat shows one event as JSON.\n"
        "verify reads everything: the file, every checksum, every number.  "
        "Exit status 65 and a line for each fault.\n"
        "repair saves what can be read of a damaged spool into a new one and "
        "names what is lost; the agent does so by itself.\n"
        "export writes the events as JSON lines; load stores such lines "
        "again, byte for byte, so that none counts twice.\n"
        "retry puts events back in line: rejected ones and those that wait "
        "for another try, after their cause is mended.",
};

// --- What the verbs share ----------------------------------------------------

int
spool_trouble(const struct spool_task *task, enum dealerpulse_status status)
{
    fprintf(stderr, "dealerpulse-terminal spool: %s\n",
            dealerpulse_error(task->pulse));
    return exit_code_of(status);
}

const char *
spool_place(enum dealerpulse_place place)
{
    switch (place) {
    case DEALERPULSE_WAITING:
        return "waiting";
    case DEALERPULSE_WAITING_RETRY:
        return "retry";
    case DEALERPULSE_DEAD_LETTER:
        return "rejected";
    case DEALERPULSE_KEPT:
        return "kept";
    }
    return "";
}

void
spool_print(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

// --- Running one -------------------------------------------------------------

static int
run_open(struct arguments *arguments, struct spool_task *task,
         struct dealerpulse_options *wanted)
{
    char error[512] = "";

    wanted->store_only = true;
    wanted->must_exist = !arguments->verb->makes_spool;
    wanted->error = error;
    wanted->error_size = sizeof error;
    enum dealerpulse_status status = dealerpulse_open(&task->pulse, wanted);
    if (status != DEALERPULSE_OK) {
        fprintf(stderr, "dealerpulse-terminal spool: %s\n", error);
        return exit_code_of(status);
    }
    int code = arguments->verb->run(task);
    dealerpulse_close(task->pulse);
    return code;
}

int
spool_command(int argc, char **argv)
{
    struct arguments arguments = {0};

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int code = settings_load(&arguments.settings);
    if (code != 0)
        return code;
    struct dealerpulse_options wanted =
        settings_options(&arguments.settings, true);
    struct spool_task task = {.path = wanted.spool,
                              .argument = arguments.argument,
                              .all = arguments.all,
                              .kept = arguments.kept,
                              .summary = arguments.summary};
    code = arguments.verb->is_closed ? arguments.verb->run(&task)
                                     : run_open(&arguments, &task, &wanted);
    if (fflush(stdout) != 0 && code == 0) {
        fprintf(stderr, "dealerpulse-terminal spool: cannot write\n");
        code = EX_IOERR;
    }
    settings_free(&arguments.settings);
    return code;
}
