// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_lanes.h"

#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/dealerpulse.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "console/simulate_fleet.h"

enum {
    SUBMIT_MAX = 512,    // events handed over at once
    BACKLOG_MAX = 8192,  // a lane takes no more while it has so many
    PATIENCE_MS = 90000, // without any outcome
    NAME_MAX_BYTES = 33,
};

struct lane {
    struct dealerpulse *pulse;
    char name[NAME_MAX_BYTES];
    size_t next, end; // its sendings in the plan
    uint32_t code;    // of the last outcome that was not final
};

struct lanes {
    struct lanes_options options;
    char folder[PATH_MAX];
    size_t count;
    struct lane *list;
};

static void
remember(void *context, const struct dealerpulse_outcome *outcome)
{
    struct lane *lane = context;
    if (outcome->kind == DEALERPULSE_RETRY)
        lane->code = outcome->code;
}

// --- Opening -----------------------------------------------------------------

// dealers_of lists whom a lane speaks for: its own dealers and those it stands
// in for.  The caller frees the list; NULL without memory.
static const char **
dealers_of(const struct lanes *lanes, uint32_t lane, size_t *count)
{
    const struct directory *directory = lanes->options.directory;
    const char **list = calloc(directory->dealer_count + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; list != NULL && i < directory->dealer_count; i++)
        if (fleet_lane(i, lanes->options.count) == lane ||
            fleet_spare_lane(i, lanes->options.count) == lane)
            list[(*count)++] = directory->dealers[i].id;
    return list;
}

static enum status
open_lane(struct lanes *lanes, uint32_t number)
{
    const struct lanes_options *options = &lanes->options;
    struct lane *lane = &lanes->list[number];
    bool is_headquarters = number == options->count;
    char spool[PATH_MAX + 16];
    const char **collectors =
        calloc(options->collector_count, sizeof *collectors);
    size_t dealer_count = 0;
    const char **dealers = dealers_of(lanes, number, &dealer_count);
    enum dealerpulse_status opened = DEALERPULSE_SYSTEM;

    snprintf(lane->name, sizeof lane->name,
             is_headquarters ? "sim-hq" : "sim-%u", number);
    snprintf(spool, sizeof spool, "%s/%u.db", lanes->folder, number);
    if (collectors != NULL && dealers != NULL) {
        for (size_t i = 0; i < options->collector_count; i++)
            collectors[i] =
                options->collectors[(number + i) % options->collector_count];
        opened = dealerpulse_open(
            &lane->pulse,
            &(struct dealerpulse_options){
                .spool = spool,
                .name = lane->name,
                .role = is_headquarters ? DEALERPULSE_HQ : DEALERPULSE_DEALER,
                .dealers = dealers,
                .dealer_count = is_headquarters ? 0 : dealer_count,
                .collectors = collectors,
                .collector_count = options->collector_count,
                .software = "dealerpulse-simulate " PROJECT_VERSION,
                .on_outcome = remember,
                .context = lane,
            });
    }
    if (opened != DEALERPULSE_OK)
        log_error("spool-failed", "terminal=%s reason=\"%s\"", lane->name,
                  dealerpulse_error(lane->pulse));
    free(collectors);
    free(dealers);
    return opened == DEALERPULSE_OK ? STATUS_OK : STATUS_SYSTEM;
}

enum status
lanes_open(struct lanes **out, const struct lanes_options *options)
{
    struct lanes *lanes = calloc(1, sizeof *lanes);
    if (lanes == NULL)
        return STATUS_SYSTEM;
    lanes->options = *options;
    lanes->count = options->count + options->with_headquarters;
    const char *folder = getenv("TMPDIR");
    snprintf(lanes->folder, sizeof lanes->folder, "%s/dealerpulse-fleet.XXXXXX",
             folder != NULL ? folder : "/tmp");
    lanes->list = calloc(lanes->count, sizeof *lanes->list);
    if (lanes->list == NULL || mkdtemp(lanes->folder) == NULL) {
        log_error("spool-failed", "folder=%s", lanes->folder);
        lanes->folder[0] = '\0';
        lanes_close(lanes);
        return STATUS_SYSTEM;
    }
    for (uint32_t i = 0; i < lanes->count; i++)
        if (open_lane(lanes, i) != STATUS_OK) {
            lanes_close(lanes);
            return STATUS_SYSTEM;
        }
    *out = lanes;
    return STATUS_OK;
}

static int
remove_one(const char *path, const struct stat *info, int kind,
           struct FTW *place)
{
    (void)info, (void)kind, (void)place;
    return remove(path);
}

void
lanes_close(struct lanes *lanes)
{
    if (lanes == NULL)
        return;
    for (size_t i = 0; lanes->list != NULL && i < lanes->count; i++)
        dealerpulse_close(lanes->list[i].pulse);
    if (lanes->folder[0] != '\0')
        nftw(lanes->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(lanes->list);
    free(lanes);
}

// --- Running -----------------------------------------------------------------

// take_places finds each lane's part of the plan, which is sorted by lane.
static void
take_places(struct lanes *lanes, const struct plan *plan)
{
    size_t place = 0;
    for (uint32_t i = 0; i < lanes->count; i++) {
        lanes->list[i].next = place;
        while (place < plan->sending_count && plan->sendings[place].lane == i)
            place++;
        lanes->list[i].end = place;
    }
}

// submit_until hands over what is due before an instant, in one write at most.
static enum status
submit_until(struct lane *lane, const struct plan *plan, int64_t instant,
             struct lanes_result *result)
{
    struct dealerpulse_body bodies[SUBMIT_MAX];
    size_t count = 0;
    while (lane->next + count < lane->end && count < SUBMIT_MAX &&
           plan->sendings[lane->next + count].due < instant) {
        size_t number = plan->sendings[lane->next + count].act;
        const struct act *act = &plan->acts[number];
        struct span body = plan_body(plan, number);
        bodies[count++] = (struct dealerpulse_body){
            .bytes = body.data,
            .length = body.length,
            .salt = act->comment ? act->salt : NULL,
            .comment = act->comment,
            .comment_length = act->comment ? strlen(act->comment) : 0,
        };
    }
    if (count == 0)
        return STATUS_NOT_FOUND;
    uint64_t seqs[SUBMIT_MAX];
    if (dealerpulse_submit_many(lane->pulse, bodies, count, seqs) !=
        DEALERPULSE_OK) {
        log_error("submit-failed", "terminal=%s reason=\"%s\"", lane->name,
                  dealerpulse_error(lane->pulse));
        return STATUS_SYSTEM;
    }
    lane->next += count;
    result->sent += count;
    return STATUS_OK;
}

static struct dealerpulse_state
state_of(const struct lane *lane)
{
    struct dealerpulse_state state = {0};
    if (dealerpulse_state(lane->pulse, &state) != DEALERPULSE_OK)
        log_warning("spool-state", "terminal=%s reason=\"%s\"", lane->name,
                    dealerpulse_error(lane->pulse));
    return state;
}

// pump_all gives every lane its turn; true when something moved anywhere.
static bool
pump_all(struct lanes *lanes, int timeout_ms)
{
    bool moved = false;
    for (size_t i = 0; i < lanes->count; i++) {
        enum dealerpulse_status status = dealerpulse_pump(
            lanes->list[i].pulse, timeout_ms, lanes->options.stop_fd);
        moved = moved || status == DEALERPULSE_OK;
    }
    return moved;
}

static void
sum_up(const struct lanes *lanes, struct lanes_result *result)
{
    uint64_t sent = result->sent;
    *result = (struct lanes_result){.sent = sent};
    for (size_t i = 0; i < lanes->count; i++) {
        const struct lane *lane = &lanes->list[i];
        struct dealerpulse_state state = state_of(lane);
        result->accepted += state.accepted_total;
        result->duplicate += state.duplicate_total;
        result->rejected += state.rejected_total;
        result->waiting += state.waiting + state.retry;
        if (state.refusal != 0)
            result->refusal = state.refusal;
        else if (lane->code != 0)
            result->refusal = lane->code;
    }
}

static bool
is_asked_to_stop(const struct lanes *lanes)
{
    struct pollfd item = {.fd = lanes->options.stop_fd, .events = POLLIN};
    return item.fd >= 0 && poll(&item, 1, 0) > 0;
}

// wait_below pumps until no lane has more than `backlog` events waiting.
static enum status
wait_below(struct lanes *lanes, uint64_t backlog)
{
    int64_t patient_until = clock_steady_ms() + PATIENCE_MS;
    for (;;) {
        uint64_t most = 0;
        bool moved = pump_all(lanes, 0);
        if (is_asked_to_stop(lanes))
            return STATUS_STOPPED;
        for (size_t i = 0; i < lanes->count; i++) {
            struct dealerpulse_state state = state_of(&lanes->list[i]);
            if (state.waiting + state.retry > most)
                most = state.waiting + state.retry;
        }
        if (most <= backlog)
            return STATUS_OK;
        int64_t now = clock_steady_ms();
        if (moved)
            patient_until = now + PATIENCE_MS;
        else if (now > patient_until)
            return STATUS_UNAVAILABLE;
        else
            (void)pump_all(lanes, 1);
    }
}

// submit_day hands over everything due before an instant, lane by lane.
static enum status
submit_day(struct lanes *lanes, const struct plan *plan, int64_t instant,
           struct lanes_result *result, bool *rest)
{
    *rest = false;
    for (size_t i = 0; i < lanes->count; i++) {
        enum status status;
        do
            status = submit_until(&lanes->list[i], plan, instant, result);
        while (status == STATUS_OK);
        if (status != STATUS_NOT_FOUND)
            return status;
        *rest = *rest || lanes->list[i].next < lanes->list[i].end;
    }
    return wait_below(lanes, BACKLOG_MAX);
}

enum status
lanes_run(struct lanes *lanes, const struct plan *plan,
          struct lanes_result *result)
{
    enum status status = STATUS_OK;
    int64_t day = INT64_MAX;
    bool rest = true;
    *result = (struct lanes_result){0};
    take_places(lanes, plan);
    for (size_t i = 0; i < plan->sending_count; i++)
        day = plan->sendings[i].due < day ? plan->sendings[i].due : day;
    while (rest && status == STATUS_OK) {
        day += DAY_MS;
        status = submit_day(lanes, plan, day, result, &rest);
    }
    if (status == STATUS_OK)
        status = wait_below(lanes, 0);
    sum_up(lanes, result);
    return status;
}
