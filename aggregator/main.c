// SPDX-License-Identifier: Apache-2.0
//
// dealerpulse-aggregator: dedupes, journals, folds, checkpoints, answers.
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "aggregator/aggregator.h"
#include "common/crypto/digest.h"
#include "common/runtime/files.h"
#include "common/runtime/log.h"
#include "common/runtime/secrecy.h"
#include "common/runtime/stop.h"

const char *argp_program_version = "dealerpulse-aggregator " PROJECT_VERSION;

struct arguments {
    const char *config, *data, *listen, *queries;
};

static const struct argp_option options[] = {
    {"config", 'c', "FILE", 0, "Read FILE (dealerpulse.yaml)", 0},
    {"data", 'd', "DIR", 0, "Keep journal, state and keys in DIR", 0},
    {"listen", 'l', "ENDPOINT", 0, "Where collectors connect", 0},
    {"queries", 'q', "ENDPOINT", 0, "Where questions are answered", 0},
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'c':
        arguments->config = value;
        return 0;
    case 'd':
        arguments->data = value;
        return 0;
    case 'l':
        arguments->listen = value;
        return 0;
    case 'q':
        arguments->queries = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// override replaces a value of the file by one of the command line.
static void
override(char *value, size_t size, const char *argument)
{
    if (argument)
        (void)snprintf(value, size, "%s", argument);
}

static int
load(const struct arguments *arguments, struct config *config)
{
    struct problems *problems = calloc(1, sizeof *problems);

    if (!problems)
        return EX_OSERR;
    enum status status = config_load(arguments->config, config, problems);
    if (status != STATUS_OK)
        problems_print(problems);
    free(problems);
    if (status != STATUS_OK)
        return EX_CONFIG;
    override(config->aggregator.data, sizeof config->aggregator.data,
             arguments->data);
    override(config->aggregator.listen, sizeof config->aggregator.listen,
             arguments->listen);
    override(config->aggregator.queries, sizeof config->aggregator.queries,
             arguments->queries);
    return EX_OK;
}

static int
serve(const struct config *config)
{
    struct aggregator *aggregator = NULL;
    int exit_code = EX_OSERR;

    (void)files_raise();
    int stop_fd = stop_open(); // first: ZeroMQ's threads inherit it
    // The keys of comments are in its memory, whether links have keys or not.
    if (stop_fd < 0 || !secrecy_begin() || crypto_start() != STATUS_OK)
        return EX_OSERR;
    enum status status =
        aggregator_open(&aggregator, config, stop_fd, &exit_code);
    if (status == STATUS_OK) {
        log_info("ready", "version=" PROJECT_VERSION);
        status = aggregator_run(aggregator);
        exit_code = status == STATUS_OK ? EX_OK : EX_IOERR;
        log_info("stopped", "reason=\"%s\"",
                 status == STATUS_OK ? "asked to" : status_text(status));
    }
    aggregator_close(aggregator);
    stop_close(stop_fd);
    return exit_code;
}

int
main(int argc, char **argv)
{
    struct arguments arguments = {0};
    static struct config config; // too large for the stack
    const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "Dedupe, journal and fold events; answer questions.",
    };

    argp_err_exit_status = EX_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int exit_code = load(&arguments, &config);
    if (exit_code == EX_OK)
        exit_code = serve(&config);
    config_free(&config);
    return exit_code;
}
