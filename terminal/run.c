// SPDX-License-Identifier: Apache-2.0
//
// run: the agent.  It sends what is in the spool until it is told to stop.
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "common/runtime/stop.h"
#include "terminal/commands.h"
#include "terminal/settings.h"

// Never one line per event: so many a minute, the rest is in the counts.
enum { PUMP_MS = 1000, REPORT_MS = 60000, OUTCOME_LINES = 20 };

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

// What was last written to the log, so that only changes are.
struct seen {
    enum dealerpulse_link link;
    uint32_t refusal;
    uint64_t links_total;
    int64_t reported_at;
    int lines_left;
};

static void
log_outcome(void *context, const struct dealerpulse_outcome *outcome)
{
    char text[LOG_VALUE_MAX], field[LOG_VALUE_MAX];
    struct seen *seen = context;

    if ((outcome->kind != DEALERPULSE_REJECTED &&
         outcome->kind != DEALERPULSE_RETRY) ||
        seen->lines_left == 0)
        return;
    seen->lines_left -= 1;
    log_line(outcome->kind == DEALERPULSE_REJECTED ? LOG_LEVEL_WARNING
                                                   : LOG_LEVEL_NOTICE,
             outcome->kind == DEALERPULSE_REJECTED ? "event-rejected"
                                                   : "event-to-retry",
             "seq=%llu code=%s field=%s text=%s",
             (unsigned long long)outcome->seq, outcome->code_name,
             log_value(field, span_text(outcome->field)),
             log_value(text, span_text(outcome->text)));
}

static void
log_link(const struct dealerpulse_state *state, struct seen *seen)
{
    char text[LOG_VALUE_MAX];

    if (state->refusal && (state->refusal != seen->refusal ||
                           state->links_total != seen->links_total))
        log_warning("collector-refused", "collector=%s code=%u text=%s",
                    state->collector, state->refusal,
                    log_value(text, span_text(state->refusal_text)));
    if (state->link != seen->link) {
        if (state->link == DEALERPULSE_LINK_UP)
            log_notice("link-up", "collector=%s waiting=%llu", state->collector,
                       (unsigned long long)state->waiting);
        else if (seen->link == DEALERPULSE_LINK_UP)
            log_warning("link-lost", "waiting=%llu next=%s",
                        (unsigned long long)state->waiting, state->collector);
    }
    seen->link = state->link;
    seen->refusal = state->refusal;
    seen->links_total = state->links_total;
}

static void
log_progress(const struct dealerpulse_state *state, struct seen *seen)
{
    int64_t now = clock_steady_ms();

    if (now - seen->reported_at < REPORT_MS)
        return;
    seen->reported_at = now;
    seen->lines_left = OUTCOME_LINES;
    log_info("spool",
             "waiting=%llu retry=%llu rejected=%llu accepted_total=%llu "
             "duplicate_total=%llu bytes=%llu",
             (unsigned long long)state->waiting,
             (unsigned long long)state->retry,
             (unsigned long long)state->rejected,
             (unsigned long long)state->accepted_total,
             (unsigned long long)state->duplicate_total,
             (unsigned long long)state->bytes);
}

// trouble logs a failed pump.  True when going on makes sense.
static bool
trouble(struct dealerpulse *pulse, enum dealerpulse_status status)
{
    char text[LOG_VALUE_MAX];

    log_error("spool-failed", "text=%s",
              log_value(text, span_text(dealerpulse_error(pulse))));
    return status == DEALERPULSE_FULL || status == DEALERPULSE_BUSY;
}

static int
agent(struct dealerpulse *pulse, struct seen *seen, int stop_fd)
{
    struct dealerpulse_state state = {0};

    while (!stop_asked(stop_fd)) {
        enum dealerpulse_status status =
            dealerpulse_pump(pulse, PUMP_MS, stop_fd);
        if (status == DEALERPULSE_OK || status == DEALERPULSE_AGAIN)
            status = dealerpulse_state(pulse, &state);
        if (status == DEALERPULSE_OK) {
            log_link(&state, seen);
            log_progress(&state, seen);
        } else if (!trouble(pulse, status)) {
            return exit_code_of(status);
        }
    }
    log_notice("stopped", "in_flight=%llu",
               (unsigned long long)state.in_flight);
    return 0;
}

int
run_command(int argc, char **argv)
{
    struct settings settings = {0};
    struct seen seen = {.reported_at = clock_steady_ms(),
                        .lines_left = OUTCOME_LINES};
    struct dealerpulse *pulse = NULL;
    char error[512] = "";

    argp_parse(&argp, argc, argv, 0, NULL, &settings);
    int code = settings_load(&settings);
    if (code != 0)
        return code;
    int stop_fd = stop_open(); // first: ZeroMQ's threads inherit it
    struct dealerpulse_options options = settings_options(&settings, false);
    options.on_outcome = log_outcome;
    options.context = &seen;
    options.error = error;
    options.error_size = sizeof error;

    enum dealerpulse_status status = dealerpulse_open(&pulse, &options);
    if (status == DEALERPULSE_OK) {
        log_notice("started", "name=%s spool=%s collectors=%zu", options.name,
                   options.spool, options.collector_count);
        code = agent(pulse, &seen, stop_fd);
    } else {
        fprintf(stderr, "%s: %s\n", argv[0], error);
        code = exit_code_of(status);
    }
    dealerpulse_close(pulse);
    stop_close(stop_fd);
    settings_free(&settings);
    return code;
}
