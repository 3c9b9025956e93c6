// SPDX-License-Identifier: Apache-2.0
//
// dealerpulse-terminal: the dealership's side.
#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "terminal/commands.h"

struct command {
    const char *name;
    const char *title; // argv[0] of the command, for its own messages
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"send", "dealerpulse-terminal send", send_command,
     "store one event and send it"},
    {"import", "dealerpulse-terminal import", import_command,
     "turn a file's rows into events and send them"},
    {"run", "dealerpulse-terminal run", run_command,
     "send what is in the spool, until told to stop"},
    {"spool", "dealerpulse-terminal spool", spool_command,
     "look into the spool and care for it"},
    {"doctor", "dealerpulse-terminal doctor", doctor_command,
     "check everything here and say what to do"},
};

static void
usage(FILE *to)
{
    fprintf(to, "Usage: dealerpulse-terminal COMMAND [OPTION...]\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fprintf(to, "\n`dealerpulse-terminal COMMAND --help` explains a command; "
                "`dealerpulse-terminal --version` tells the version.\n");
}

int
main(int argc, char **argv)
{
    // A file at its size limit is an error like a full disk, not the end.
    signal(SIGXFSZ, SIG_IGN);
    argp_err_exit_status = EX_USAGE;
    argp_program_version = "dealerpulse-terminal " PROJECT_VERSION;
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
    fprintf(stderr, "dealerpulse-terminal: there is no command \"%s\"\n\n",
            argv[1]);
    usage(stderr);
    return EX_USAGE;
}
