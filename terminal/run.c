// SPDX-License-Identifier: Apache-2.0
//
// run: the agent.  It sends what is in the spool until it is told to stop.
#include <argp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "common/runtime/stop.h"
#include "terminal/commands.h"
#include "terminal/mend.h"
#include "terminal/run_log.h"
#include "terminal/settings.h"

enum { PUMP_MS = 1000, TROUBLE_MS = 1000 };

static const char WHO[] = "dealerpulse-terminal run";

static const struct argp_child children[] = {{&settings_argp, 0, NULL, 0}, {0}};

static error_t
parse(int key, char *text, struct argp_state *state)
{
    (void)text;
    if (key == ARGP_KEY_INIT)
        state->child_inputs[0] = state->input;
    return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
    .parser = parse,
    .children = children,
    .doc = "Send what is in the spool until SIGTERM; what is put there "
           "meanwhile as well.",
};

// rest waits before the next try, or until told to stop.
static void
rest(int stop_fd)
{
    struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
    (void)poll(&stop, 1, TROUBLE_MS);
}

// work pumps until it is told to stop (OK) or the spool needs more than
// patience: a full disk and a lock pass by.
static enum dealerpulse_status
work(struct dealerpulse *pulse, struct run_log *log, int stop_fd)
{
    struct dealerpulse_state state = {0};

    while (!stop_asked(stop_fd)) {
        enum dealerpulse_status status =
            dealerpulse_pump(pulse, PUMP_MS, stop_fd);
        if (status == DEALERPULSE_OK || status == DEALERPULSE_AGAIN)
            status = dealerpulse_state(pulse, &state);
        if (status == DEALERPULSE_OK) {
            run_log_state(log, &state);
            continue;
        }
        run_log_trouble(log, status, dealerpulse_error(pulse));
        if (status != DEALERPULSE_FULL && status != DEALERPULSE_BUSY)
            return status;
        rest(stop_fd);
    }
    log_notice("stopped", "in_flight=%llu",
               (unsigned long long)state.in_flight);
    return DEALERPULSE_OK;
}

// agent works; a spool that turns out to be damaged is repaired on the way.
static int
agent(struct dealerpulse_options *options, struct run_log *log, int stop_fd)
{
    struct dealerpulse *pulse = NULL;
    enum dealerpulse_status status;

    do {
        status = mend_open(&pulse, options, WHO);
        if (status != DEALERPULSE_OK) {
            fprintf(stderr, "%s: %s\n", WHO, options->error);
            return exit_code_of(status);
        }
        log_notice("started", "name=%s spool=%s collectors=%zu", options->name,
                   options->spool, options->collector_count);
        log->state = (struct dealerpulse_state){0};
        status = work(pulse, log, stop_fd);
        dealerpulse_close(pulse);
    } while (status == DEALERPULSE_CORRUPT &&
             mend_repair(options->spool, WHO) == DEALERPULSE_OK);
    return exit_code_of(status);
}

int
run_command(int argc, char **argv)
{
    struct settings settings = {0};
    struct run_log log;
    char error[512] = "";

    argp_parse(&argp, argc, argv, 0, NULL, &settings);
    int code = settings_load(&settings);
    if (code != 0)
        return code;
    int stop_fd = stop_open(); // first: ZeroMQ's threads inherit it
    struct dealerpulse_options options = settings_options(&settings, false);
    run_log_init(&log);
    options.on_outcome = run_log_outcome;
    options.context = &log;
    options.error = error;
    options.error_size = sizeof error;
    code = agent(&options, &log, stop_fd);
    stop_close(stop_fd);
    settings_free(&settings);
    return code;
}
