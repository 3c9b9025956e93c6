// SPDX-License-Identifier: Apache-2.0
#include "collector/core.h"

#include <inttypes.h>
#include <stdlib.h>

#include "collector/rights.h"
#include "collector/state.h"

struct core *
core_open(const struct core_options *options)
{
    struct core *core = calloc(1, sizeof *core);
    if (!core)
        return NULL;
    core->options = *options;
    core->random = options->seed;
    uint32_t sessions_max =
        options->sessions_max ? options->sessions_max : SESSIONS_MAX;
    if (!quota_init(&core->quota, options->quota, options->burst,
                    options->seed) ||
        !sessions_init(&core->sessions, sessions_max) ||
        !link_init(&core->link)) {
        core_close(core);
        return NULL;
    }
    return core;
}

void
core_close(struct core *core)
{
    if (!core)
        return;
    quota_fini(&core->quota);
    link_fini(&core->link);
    sessions_fini(&core->sessions);
    free(core);
}

// splitmix64: every state gives another number, so no session id comes twice.
uint64_t
core_random(struct core *core)
{
    uint64_t z = core->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t
core_pause(struct core *core)
{
    return COME_BACK_MS + (uint32_t)(core_random(core) % (3 * COME_BACK_MS));
}

bool
core_is_ready(const struct core *core)
{
    return core->link.state == LINK_UP && core->options.published->ready &&
           !core->draining;
}

enum status
core_reply(struct core *core, const struct peer *peer, size_t length)
{
    const struct core_sink *sink = &core->options.sink;
    if (length == 0)
        return STATUS_FULL;
    return sink->to_peer(sink->shell, peer, span_of(core->reply, length));
}

void
core_goaway(struct core *core, const struct peer *peer, enum code code,
            uint32_t after_ms)
{
    core_send_away(core, peer, code, code_text((uint32_t)code), after_ms);
}

void
core_send_away(struct core *core, const struct peer *peer, enum code code,
               const char *text, uint32_t after_ms)
{
    struct writer writer = writer_on(core->reply, sizeof core->reply);
    struct goaway goaway = {
        .reconnect_after_ms = after_ms,
        .code = code,
        .text = span_text(text),
    };
    // One that does not arrive is followed by silence, which says the same.
    (void)core_reply(core, peer, goaway_write(&writer, &goaway));
}

void
core_part(struct core *core, enum code code)
{
    for (uint32_t i = 0; i < core->sessions.capacity; i++) {
        struct session *session = &core->sessions.places[i];
        if (session->id == 0)
            continue;
        core_goaway(core, &session->peer, code, core_pause(core));
        sessions_remove(&core->sessions, session);
    }
}

void
core_notice(struct core *core, enum core_notice notice, enum code code)
{
    const struct core_sink *sink = &core->options.sink;
    sink->notice(sink->shell, notice, code);
}

void
core_lose(struct core *core, struct instant now, enum code code)
{
    bool was_up = core->link.state == LINK_UP;
    core->counters.forgotten_total +=
        link_close(&core->link, now.steady_ms + core_pause(core));
    if (!was_up)
        return; // nobody was served
    core->counters.link_losses_total++;
    core_notice(core, NOTICE_LINK_LOST, code);
    core_part(core, CODE_NO_AGGREGATOR);
}

static void
greet(struct core *core)
{
    const struct core_sink *sink = &core->options.sink;
    struct writer writer = writer_on(core->reply, sizeof core->reply);
    struct hello hello = {
        .role = ROLE_COLLECTOR,
        .name = span_text(core->options.name),
        .epoch = core->options.seed | 1, // of this run: nothing is kept
        .software = span_text("dealerpulse-collector " PROJECT_VERSION),
    };
    size_t length = hello_write(&writer, &hello, NULL, 0);
    core->link.greeted =
        sink->to_aggregator(sink->shell, span_of(core->reply, length));
}

static void
ping(struct core *core, struct instant now)
{
    const struct core_sink *sink = &core->options.sink;
    struct writer writer = writer_on(core->reply, sizeof core->reply);
    size_t length =
        ping_write(&writer, &(struct ping){.sent_at_ms = now.wall_ms});
    core->link.pinged_at_ms = now.steady_ms;
    // Far below its bounds a link refuses a frame only while nobody is
    // connected; what was on the way is lost then, and the next aggregator to
    // answer would not know of it.
    if (!sink->to_aggregator(sink->shell, span_of(core->reply, length)))
        core_lose(core, now, CODE_NO_AGGREGATOR);
}

static void
tend_link(struct core *core, struct instant now)
{
    struct link *link = &core->link;
    const struct core_sink *sink = &core->options.sink;

    if (link_is_dead(link, now.steady_ms))
        core_lose(core, now, CODE_NONE);
    if (link->state == LINK_CLOSED && now.steady_ms >= link->not_before_ms) {
        sink->reset_link(sink->shell);
        link_open(link, now.steady_ms);
    }
    if (link->state == LINK_GREETING && !link->greeted)
        greet(core);
    if (link->state == LINK_UP &&
        now.steady_ms - link->pinged_at_ms >= LINK_PING_MS)
        ping(core, now);
}

// part_from sends a terminal away whose key may no longer do what it does.
// True: it is gone.
static bool
part_from(struct core *core, struct instant now, struct session *session)
{
    const struct keyring_entry *entry;
    struct refusal refusal =
        rights_refusal(core->keyring, &session->peer, now.wall_ms, &entry);

    if (refusal.code != CODE_NONE) {
        core_send_away(core, &session->peer, refusal.code, refusal.text,
                       REFUSED_PAUSE_MS + core_pause(core));
    } else if (!rights_cover(entry, session)) {
        core_goaway(core, &session->peer, CODE_STALE_SESSION, 0);
    } else {
        return false;
    }
    sessions_remove(&core->sessions, session);
    return true;
}

void
core_keyring(struct core *core, struct instant now,
             const struct keyring *keyring)
{
    core->keyring = keyring;
    for (uint32_t i = 0; keyring && i < core->sessions.capacity; i++)
        if (core->sessions.places[i].id != 0)
            (void)part_from(core, now, &core->sessions.places[i]);
}

// The link does not say when a terminal goes; silence does.  Nor does a key say
// that it has expired.
static void
sweep(struct core *core, struct instant now)
{
    if (now.steady_ms - core->swept_at_ms < SESSION_IDLE_MS / 12)
        return;
    core->swept_at_ms = now.steady_ms;
    for (uint32_t i = 0; i < core->sessions.capacity; i++) {
        struct session *session = &core->sessions.places[i];
        if (session->id == 0 ||
            (core->keyring && part_from(core, now, session)))
            continue;
        if (now.steady_ms - session->heard_at_ms > SESSION_IDLE_MS)
            sessions_remove(&core->sessions, session);
    }
}

void
core_dropped(struct core *core)
{
    core->counters.dropped_total++;
}

void
core_tick(struct core *core, struct instant now)
{
    core_count_active(core, now);
    tend_link(core, now);
    sweep(core, now);
    core_flush(core, now);
}

void
core_flush(struct core *core, struct instant now)
{
    const struct core_sink *sink = &core->options.sink;
    struct bundle *bundle;

    while ((bundle = link_next(&core->link)) != NULL) {
        if (!sink->to_aggregator(sink->shell, bundle_frame(bundle)))
            return;
        link_sent(&core->link, bundle, now.steady_ms);
        core->counters.link_batches_total++;
    }
}

void
core_drain(struct core *core, struct instant now)
{
    core->draining = true;
    for (uint32_t i = 0; i < core->sessions.capacity; i++)
        if (core->sessions.places[i].id != 0)
            core_goaway(core, &core->sessions.places[i].peer,
                        CODE_SHUTTING_DOWN, core_pause(core));
    core_flush(core, now);
}

bool
core_is_idle(const struct core *core)
{
    return link_is_idle(&core->link);
}

const struct collector_counters *
core_counters(const struct core *core)
{
    return &core->counters;
}

uint32_t
core_sessions(const struct core *core)
{
    return core->sessions.count;
}

struct core_clocks
core_clocks(const struct core *core)
{
    struct core_clocks clocks = {0};

    for (uint32_t i = 0; i < core->sessions.capacity; i++) {
        const struct session *session = &core->sessions.places[i];
        const struct skew *skew = &session->skew;
        if (session->id == 0 || !skew->known)
            continue;
        clocks.wrong += skew_is_wrong(skew);
        if (clocks.most_wrong.length == 0 ||
            imaxabs(skew->ms) > imaxabs(clocks.most_ms)) {
            clocks.most_ms = skew->ms;
            clocks.most_wrong = session_name(session);
        }
    }
    return clocks;
}
