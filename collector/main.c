// SPDX-License-Identifier: Apache-2.0
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "collector/collector.h"
#include "common/crypto/digest.h"
#include "common/runtime/stop.h"
#include "common/wire/envelope.h"

const char *argp_program_version = "dealerpulse-collector " PROJECT_VERSION;

struct arguments {
    const char *config, *name, *listen, *aggregator, *queries;
};

static const struct argp_option options[] = {
    {"config", 'c', "FILE", 0, "Read the configuration from FILE", 0},
    {"name", 'n', "NAME", 0, "What this collector is called", 0},
    {"listen", 'l', "ENDPOINT", 0, "Where terminals connect", 0},
    {"aggregator", 'a', "ENDPOINT", 0, "Where the aggregator takes events", 0},
    {"queries", 'q', "ENDPOINT", 0, "Where it answers queries", 0},
    {0},
};

static error_t
parse(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'c':
        arguments->config = value;
        return 0;
    case 'n':
        arguments->name = value;
        return 0;
    case 'l':
        arguments->listen = value;
        return 0;
    case 'a':
        arguments->aggregator = value;
        return 0;
    case 'q':
        arguments->queries = value;
        return 0;
    case ARGP_KEY_ARG:
        argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// override copies an option over what the file said.
static bool
override(const char *option, const char *value, char *field, size_t size)
{
    if (!value)
        return true;
    int length = snprintf(field, size, "%s", value);
    if (length > 0 && (size_t)length < size)
        return true;
    fprintf(stderr, "--%s: needs 1 to %zu bytes\n", option, size - 1);
    return false;
}

static bool
apply(const struct arguments *arguments, struct collector_config *config)
{
    if (arguments->listen)
        config->listen_count = 1;
    return override("name", arguments->name, config->name,
                    sizeof config->name) &&
           override("listen", arguments->listen, config->listen[0].endpoint,
                    sizeof config->listen[0].endpoint) &&
           override("aggregator", arguments->aggregator, config->aggregator,
                    sizeof config->aggregator) &&
           override("queries", arguments->queries, config->queries,
                    sizeof config->queries);
}

static int
serve(const struct config *config, int stop_fd)
{
    struct collector *collector;
    int exit_code;

    enum status status =
        collector_open(&collector, config, stop_fd, &exit_code);
    if (status != STATUS_OK)
        return exit_code;
    status = collector_run(collector);
    collector_close(collector);
    return status == STATUS_OK ? EX_OK : EX_OSERR;
}

int
main(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        NULL,
        "Takes events from terminals, checks them, passes them on to the "
        "aggregator and answers each one.",
        NULL,
        NULL,
        NULL};
    static struct problems problems;
    struct arguments arguments = {0};
    static struct config config; // too large for the stack

    argp_err_exit_status = EX_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (config_load(arguments.config, &config, &problems) != STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }

    int code = EX_OSERR;
    int stop_fd = stop_open(); // first: ZeroMQ's threads inherit the mask
    if (!apply(&arguments, &config.collector))
        code = EX_USAGE;
    else if (stop_fd >= 0 && crypto_start() == STATUS_OK)
        code = serve(&config, stop_fd);
    stop_close(stop_fd);
    config_free(&config);
    return code;
}
