// SPDX-License-Identifier: Apache-2.0
#include "console/rebuild.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "aggregator/rebuild.h"
#include "console/offline.h"
#include "console/scratch.h"

static const struct argp_option options[] = {
    OFFLINE_OPTIONS,
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    return offline_option(state->input, key, value);
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
    struct offline_place place = {0};
    struct offline offline;
    const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "Fold the whole journal again into a fresh state/, while no "
               "aggregator runs.",
    };

    argp_parse(&argp, argc, argv, 0, NULL, &place);
    int exit_code = offline_open(&offline, "dealerpulse rebuild", &place);
    if (exit_code == EX_OK)
        exit_code = work(&offline);
    offline_close(&offline);
    return exit_code;
}
