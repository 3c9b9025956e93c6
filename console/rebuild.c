// SPDX-License-Identifier: Apache-2.0
#include "console/rebuild.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "aggregator/rebuild.h"
#include "console/offline.h"
#include "console/scratch.h"

struct arguments {
    const char *config, *data;
};

static const struct argp_option options[] = {
    {"config", 'c', "FILE", 0, "Read FILE (dealerpulse.yaml)", 0},
    {"data", 'd', "DIR", 0, "The data directory", 0},
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
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int
work(const struct offline *offline)
{
    const struct refold_watch watch = {progress_wanted() ? progress_fold : NULL,
                                       NULL};
    struct rebuild_report report;

    enum status status =
        rebuild_run(offline->data, offline->config->aggregator.state_bytes,
                    &watch, &report, offline->problems);
    if (status == STATUS_OK) {
        printf("%s/state is new: %" PRIu64 " commits, %" PRIu64
               " events folded\n",
               offline->data, report.position, report.events);
        return EX_OK;
    }
    if (report.at)
        (void)fprintf(stderr, "dealerpulse rebuild: at commit %" PRIu64 "\n",
                      report.at);
    return offline_fail(offline, report.step, status);
}

int
rebuild_command(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct offline offline;
    const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "Fold the whole journal again into a fresh state/, while no "
               "aggregator runs.",
    };

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int exit_code = offline_open(&offline, "dealerpulse rebuild",
                                 arguments.config, arguments.data);
    if (exit_code == EX_OK)
        exit_code = work(&offline);
    offline_close(&offline);
    return exit_code;
}
