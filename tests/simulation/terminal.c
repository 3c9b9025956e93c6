// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/terminal.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/spool.h"
#include "tests/simulation/books.h"
#include "tests/simulation/world.h"

enum { AT_ONCE = 1, LOOK_AGAIN_MS = 500, RESTART_MS = 1000 };

struct terminal *
terminal_open(struct world *world, uint32_t number)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    if (!terminal)
        abort();
    terminal->number = number;
    snprintf(terminal->name, sizeof terminal->name, "till-%u", number);
    terminal->dealers[0] =
        rules_dealer(facts_dealer(number, world->plan.dealers));
    application_open(world, terminal);
    return terminal;
}

void
terminal_close(struct terminal *terminal)
{
    if (!terminal)
        return;
    session_close(terminal->session);
    spool_disk_fini(&terminal->spool);
    free(terminal->queue);
    free(terminal);
}

// wake_in asks to be woken, unless that happens earlier anyway.
static void
wake_in(struct world *world, struct terminal *terminal, int64_t delay)
{
    if (terminal->wakes_at > world->now &&
        terminal->wakes_at <= world->now + delay)
        return;
    terminal->wakes_at = world->now + delay;
    world_later(world, TASK_TERMINAL, terminal->number, delay);
}

void
terminal_start(struct world *world, struct terminal *terminal)
{
    const struct session_options options = {
        .name = terminal->name,
        .role = terminal->number == 0 ? ROLE_HQ : ROLE_DEALER,
        .dealers = terminal->dealers,
        .dealer_count = terminal->number == 0 ? 0 : 1,
        .software = "simulated",
        .epoch = books_epoch(world, terminal->number),
        .store = terminal->spool.store,
        .seed = dice_roll(&world->dice),
    };
    uint32_t first = dice_below(&world->dice, world->plan.collectors);

    if (session_open(&terminal->session, &options) != STATUS_OK)
        abort();
    for (uint32_t i = 0; i < world->plan.collectors; i++) {
        char endpoint[32];
        snprintf(endpoint, sizeof endpoint, "tcp://collector:%u",
                 (first + i) % world->plan.collectors);
        session_learn(terminal->session, span_text(endpoint));
    }
    terminal->link = terminal->given = 0;
    terminal->settlement_count = 0;
    terminal->wakes_at = 0;
    wake_in(world, terminal, AT_ONCE);
    if (terminal->queued < terminal->queue_count)
        world_later(world, TASK_SUBMIT, terminal->number,
                    dice_below(&world->dice, RESTART_MS));
}

void
terminal_crash(struct world *world, struct terminal *terminal)
{
    session_close(terminal->session);
    terminal->session = NULL;
    network_leave(world, terminal->link);
    world_kill(world, terminal->number);
}

// --- From the spool into the session -----------------------------------------

// give hands one event to the session; false: it takes no more.
static bool
give(struct world *world, struct terminal *terminal, uint64_t seq)
{
    const struct disk_event *entry = &terminal->spool.list[seq - 1];
    const struct fact *fact = &world->facts.list[entry->fact];

    if (!session_wants(terminal->session))
        return false;
    enum status status =
        session_give(terminal->session, seq, entry->recorded_at,
                     facts_body(&world->facts, fact));
    if (status == STATUS_OK && world->plan.broken == BREAK_DROP_AT_SEND)
        spool_disk_drop(world, &terminal->spool, seq);
    return status != STATUS_FULL;
}

static void
feed(struct world *world, struct terminal *terminal, int64_t wall_ms)
{
    struct spool_disk *spool = &terminal->spool;
    size_t kept = 0;

    for (size_t i = 0; i < spool->retry_count; i++) {
        uint64_t seq = spool->retries[i];
        const struct disk_event *entry = &spool->list[seq - 1];
        if (entry->state != ENTRY_RETRY)
            continue;
        spool->retries[kept++] = seq;
        if (entry->not_before <= wall_ms ||
            entry->not_before > wall_ms + RETRY_MOST_MS)
            (void)give(world, terminal, seq);
    }
    spool->retry_count = kept;
    while (terminal->given < spool->count) {
        uint64_t seq = terminal->given + 1;
        if (spool->list[seq - 1].state == ENTRY_WAITING &&
            !give(world, terminal, seq))
            return;
        terminal->given = seq;
    }
}

// --- From the session to the world -------------------------------------------

static void
open_link(struct world *world, struct terminal *terminal, const char *endpoint,
          struct instant now)
{
    uint32_t collector = 0;

    network_leave(world, terminal->link);
    terminal->link = 0;
    if (sscanf(endpoint, "tcp://collector:%u", &collector) != 1 ||
        collector >= world->plan.collectors ||
        world_fault(world, FAULT_BLOCKED, terminal->number)) {
        session_failed(terminal->session, now);
        return;
    }
    terminal->link =
        network_open(world, terminal->number, NODE_COLLECTOR + collector);
    session_opened(terminal->session, now);
}

// resend lets what was accepted go again, from a number on.
static void
resend(struct world *world, struct terminal *terminal, uint64_t from)
{
    world_note(world, terminal->number, "sends again from %llu on",
               (unsigned long long)from);
    spool_disk_restore(world, &terminal->spool, from);
    if (terminal->given >= from)
        terminal->given = from - 1;
}

static void
perform(struct world *world, struct terminal *terminal)
{
    for (int i = 0; i < 100000; i++) {
        struct instant now = world_clock(world, terminal->number);
        struct session_output output = session_next(terminal->session, now);
        switch (output.kind) {
        case SESSION_NONE:
            return;
        case SESSION_OPEN:
            open_link(world, terminal, output.endpoint, now);
            break;
        case SESSION_CLOSE:
            network_leave(world, terminal->link);
            terminal->link = 0;
            break;
        case SESSION_SEND:
            if (terminal->link == 0 ||
                !network_send(world, &terminal->link, output.bytes))
                session_blocked(terminal->session, now);
            break;
        case SESSION_SETTLE:
            if (terminal->settlement_count == SETTLEMENTS_MAX)
                abort();
            terminal->settlements[terminal->settlement_count++] =
                output.settlement;
            break;
        case SESSION_STORE: // in this order: it may die in between
            if (output.resend_from)
                resend(world, terminal, output.resend_from);
            terminal->spool.store = output.store;
            break;
        case SESSION_RELEASE:
            spool_disk_release(&terminal->spool, output.position);
            break;
        }
    }
    world_fail(world, "%s never comes to rest", terminal->name);
}

// settle is one transaction of the spool; false: the terminal died of it.
static bool
settle(struct world *world, struct terminal *terminal)
{
    uint32_t node = terminal->number;

    if (terminal->settlement_count == 0)
        return true;
    for (size_t i = 0; i < terminal->settlement_count; i++)
        books_told(world, terminal, &terminal->settlements[i]);
    bool before = world_fault(world, FAULT_SPOOL_BEFORE, node);
    if (!before)
        spool_disk_settle(world, &terminal->spool, terminal->settlements,
                          terminal->settlement_count,
                          world_clock(world, node).wall_ms);
    terminal->settlement_count = 0;
    if (!before && !world_fault(world, FAULT_SPOOL_AFTER, node))
        return true;
    terminal_crash(world, terminal);
    return false;
}

static void
plan_waking(struct world *world, struct terminal *terminal)
{
    int64_t steady = world_clock(world, terminal->number).steady_ms;
    int64_t at = session_deadline(terminal->session);
    int64_t delay = at == INT64_MAX ? LOOK_AGAIN_MS
                    : at > steady   ? at - steady
                                    : AT_ONCE;

    if (terminal->spool.retry_count > 0 && delay > LOOK_AGAIN_MS)
        delay = LOOK_AGAIN_MS;
    wake_in(world, terminal, delay);
}

void
terminal_wake(struct world *world, struct terminal *terminal)
{
    struct instant now = world_clock(world, terminal->number);
    const struct spool_disk *spool = &terminal->spool;

    if (session_view(terminal->session).phase != SESSION_UP)
        session_tell(terminal->session, spool->count, spool->waiting);
    session_tick(terminal->session, now);
    feed(world, terminal, now.wall_ms);
    perform(world, terminal);
    if (settle(world, terminal))
        plan_waking(world, terminal);
}

void
terminal_receive(struct world *world, struct terminal *terminal,
                 struct span frame)
{
    session_received(terminal->session, world_clock(world, terminal->number),
                     frame);
    perform(world, terminal);
    if (settle(world, terminal))
        terminal_wake(world, terminal);
}

bool
terminal_holds(const struct terminal *terminal)
{
    return terminal->session && session_view(terminal->session).held > 0;
}

void
terminal_restore(struct world *world, struct terminal *terminal)
{
    resend(world, terminal, 1);
    terminal_wake(world, terminal);
}
