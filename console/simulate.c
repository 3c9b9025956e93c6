// SPDX-License-Identifier: Apache-2.0
#include "console/simulate.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "client/ask.h"
#include "common/config/config.h"
#include "common/config/dealers.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "common/domain/outcome.h"
#include "common/domain/period.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "common/runtime/stop.h"
#include "console/simulate_fleet.h"
#include "console/simulate_lanes.h"
#include "console/simulate_options.h"

enum {
    SHARED_DEALERS_MAX = 1000, // a terminal may speak for (HELLO)
    FOLD_WAIT_MS = 60000,
};

// What it works on, opened before anything is sent.
struct simulation {
    struct config config;
    struct rulebook *rulebook;
    struct directory *directory;
    struct plan plan;
    struct truth *truth;
    struct lanes *lanes;
};

static void
simulation_fini(struct simulation *simulation)
{
    lanes_close(simulation->lanes);
    truth_close(simulation->truth);
    plan_fini(&simulation->plan);
    dealers_free(simulation->directory);
    programme_free(simulation->rulebook);
    config_free(&simulation->config);
}

static bool
load(struct simulation *simulation, const char *path)
{
    struct problems problems = {0};
    struct config *config = &simulation->config;
    bool fine = config_load(path, config, &problems) == STATUS_OK &&
                programme_load(config->programme, &simulation->rulebook,
                               &problems) == STATUS_OK &&
                dealers_load(config->dealers, &simulation->directory,
                             &problems) == STATUS_OK;
    if (fine && config->terminal.key[0] != '\0') {
        problem_add(&problems, path ? path : "", 0, "terminal.key",
                    "simulate speaks as many terminals, and none of them has a "
                    "key: run it where there are no keys");
        fine = false;
    }
    if (fine && (simulation->rulebook->questionnaire_count == 0 ||
                 simulation->directory->dealer_count == 0)) {
        problem_add(&problems, config->programme, 0, "",
                    "needs a questionnaire, and dealers.csv a dealer");
        fine = false;
    }
    problems_print(&problems);
    return fine;
}

// fleet_of turns what was asked for into the fleet's options.  False: usage.
static bool
fleet_of(const struct simulate_options *choice,
         const struct simulation *simulation, struct fleet_options *fleet)
{
    const struct zone *zone = &simulation->rulebook->zone;
    int64_t now = clock_wall_ms();
    uint32_t last = month_of(zone, now) - 1, first;
    if (choice->until != NULL &&
        (!period_window(choice->until, &first, &last) || first != last)) {
        log_error("usage", "until=\"%s\" is not a month, as in 2026-10",
                  choice->until);
        return false;
    }
    if (simulation->directory->dealer_count * 2 / choice->terminals >
        SHARED_DEALERS_MAX) {
        log_error("usage", "terminals=%u are too few for %zu dealers",
                  choice->terminals, simulation->directory->dealer_count);
        return false;
    }
    int64_t end = month_start(zone, last + 1);
    *fleet = (struct fleet_options){
        .seed = choice->seed,
        .first = last + 1 - choice->months,
        .last = last,
        .until = end < now ? end : now,
        .visits = choice->visits,
        .lanes = choice->terminals,
        .faults = choice->faults,
    };
    return true;
}

static bool
write_truth(const struct truth *truth, const char *path)
{
    FILE *file = fopen(path, "w");
    bool fine = file != NULL && truth_write(truth, file);
    if (file != NULL)
        fine = fclose(file) == 0 && fine;
    if (!fine)
        log_error("truth-failed", "file=%s reason=\"%s\"", path,
                  strerror(errno));
    return fine;
}

// await_fold waits until the published figures show all that was sent.
static enum status
await_fold(const struct config *config, int stop_fd)
{
    struct transport *transport = NULL;
    struct ask *ask = NULL;
    struct store_facts facts = {0};
    int64_t end = clock_steady_ms() + FOLD_WAIT_MS;
    enum status status = transport_open(&transport, 1);
    if (status == STATUS_OK)
        status = ask_open(&ask, transport, config->reporter.queries, stop_fd);
    uint64_t wanted = 0;
    while (status == STATUS_OK) {
        status = ask_status(ask, FOLD_WAIT_MS, &facts);
        if (wanted == 0)
            wanted = facts.journal_position;
        if (status != STATUS_OK || facts.position >= wanted)
            break;
        if (clock_steady_ms() > end)
            status = STATUS_UNAVAILABLE;
        else
            (void)poll(NULL, 0, 20);
    }
    if (status != STATUS_OK)
        log_error("fold-unknown", "reason=\"%s\"",
                  ask != NULL ? ask_problem(ask) : status_text(status));
    ask_close(ask);
    transport_close(transport);
    return status;
}

static int
summarise(const struct plan *plan, const struct lanes_result *result,
          enum status status)
{
    fprintf(stderr,
            "%zu events, %" PRIu64 " sent: %" PRIu64 " accepted, %" PRIu64
            " duplicate, %" PRIu64 " rejected, %" PRIu64 " without an outcome"
            "%s%s\n",
            plan->act_count, result->sent, result->accepted, result->duplicate,
            result->rejected, result->waiting,
            result->refusal != 0 ? "; last trouble: " : "",
            result->refusal != 0 ? code_text(result->refusal) : "");
    if (status == STATUS_UNAVAILABLE && result->accepted == 0)
        return EX_UNAVAILABLE;
    if (status != STATUS_OK)
        return EX_TEMPFAIL;
    return result->rejected > 0 ? EX_DATAERR : EX_OK;
}

// send_all opens the terminals, sends, and waits for outcomes and figures.
static int
send_all(struct simulation *simulation, const struct simulate_options *choice,
         int stop_fd)
{
    const char *collectors[CONFIG_ENDPOINTS_MAX];
    size_t count = choice->collector_count;
    for (size_t i = 0; i < count; i++)
        collectors[i] = choice->collectors[i];
    const struct terminal_config *terminal = &simulation->config.terminal;
    for (size_t i = 0; count == 0 && i < terminal->collector_count; i++)
        collectors[i] = terminal->collectors[i].endpoint;
    struct lanes_options options = {
        .directory = simulation->directory,
        .count = choice->terminals,
        .with_headquarters = (choice->faults & FAULT_VOIDS) != 0,
        .collectors = collectors,
        .collector_count = count != 0 ? count : terminal->collector_count,
        .stop_fd = stop_fd,
    };
    struct lanes_result result;
    if (lanes_open(&simulation->lanes, &options) != STATUS_OK)
        return EX_IOERR;
    enum status status =
        lanes_run(simulation->lanes, &simulation->plan, &result);
    if (status == STATUS_OK)
        status = await_fold(&simulation->config, stop_fd);
    return summarise(&simulation->plan, &result, status);
}

static int
run(struct simulation *simulation, const struct simulate_options *choice,
    int stop_fd)
{
    struct fleet_options fleet;
    if (!load(simulation, choice->config))
        return EX_CONFIG;
    if (!fleet_of(choice, simulation, &fleet))
        return EX_USAGE;
    if (truth_open(&simulation->truth, simulation->rulebook,
                   simulation->directory, fleet.first, fleet.last) != STATUS_OK)
        return EX_OSERR;
    fleet_play(&fleet, simulation->rulebook, simulation->directory,
               &simulation->plan, simulation->truth);
    if (plan_seal(&simulation->plan) != STATUS_OK)
        return EX_SOFTWARE;
    if (choice->truth != NULL && !write_truth(simulation->truth, choice->truth))
        return EX_IOERR;
    return send_all(simulation, choice, stop_fd);
}

int
simulate_command(int argc, char **argv)
{
    struct simulate_options choice;
    simulate_options_take(&choice, argc, argv);
    int stop_fd = stop_open();
    if (stop_fd < 0 || crypto_start() != STATUS_OK)
        return EX_OSERR;
    struct simulation simulation = {0};
    int code = run(&simulation, &choice, stop_fd);
    simulation_fini(&simulation);
    stop_close(stop_fd);
    return code;
}
