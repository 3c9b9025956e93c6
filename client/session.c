// SPDX-License-Identifier: Apache-2.0
#include "client/session.h"

#include <stdlib.h>

#include "client/session_state.h"

enum status
session_open(struct session **out, const struct session_options *options)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return STATUS_SYSTEM;
    session->options = *options;
    session->open_at = INT64_MIN; // at once
    session->leave_at = INT64_MAX;
    session->store = options->store;
    collectors_init(&session->collectors, options->seed);
    session->frame = malloc(FRAME_MAX);
    if (!session->frame || cargo_init(&session->cargo, CARGO_EVENTS_MAX,
                                      CARGO_BYTES_MAX) != STATUS_OK) {
        session_close(session);
        return STATUS_SYSTEM;
    }
    *out = session;
    return STATUS_OK;
}

void
session_close(struct session *session)
{
    if (!session)
        return;
    cargo_fini(&session->cargo);
    free(session->frame);
    free(session);
}

void
session_learn(struct session *session, struct span endpoint)
{
    collectors_learn(&session->collectors, endpoint);
}

// forget_flights puts everything under way back to waiting.
static void
forget_flights(struct session *session)
{
    cargo_return(&session->cargo, 0);
    session->flight_count = 0;
    session->in_flight = 0;
    session->last_number = 0;
    session->session = 0;
    session->sent = SENT_NOTHING;
}

void
session_lose(struct session *session, struct instant now, int64_t wait_ms)
{
    int64_t wait = collectors_failed(&session->collectors);

    forget_flights(session);
    session->leave_at = INT64_MAX;
    session->phase = SESSION_DOWN;
    session->close_due = true;
    session->open_at = now.steady_ms + (wait_ms < 0 ? wait : wait_ms);
}

void
session_greet(struct session *session, struct instant now)
{
    forget_flights(session);
    session->phase = SESSION_GREETING;
    session->hello_due = true;
    session->hello_at = now.steady_ms;
    session->opened_at = session->heard_at = now.steady_ms;
    session->blocked_until = INT64_MIN;
    session->leave_at = INT64_MAX;
}

void
session_tell(struct session *session, uint64_t last_seq, uint64_t waiting)
{
    session->last_seq = last_seq;
    session->waiting = waiting;
}

void
session_opened(struct session *session, struct instant now)
{
    session_greet(session, now);
}

void
session_failed(struct session *session, struct instant now)
{
    session_lose(session, now, -1);
}

void
session_received(struct session *session, struct instant now, struct span frame)
{
    struct envelope envelope;

    if (session->phase == SESSION_DOWN) {
        session->ignored += 1;
        return;
    }
    enum code code = envelope_read(frame, 0, &envelope);
    if (code != CODE_NONE) { // no proof that somebody sensible is there
        session->ignored += 1;
        return;
    }
    session->heard_at = now.steady_ms;
    session_arrival(session, now, &envelope);
}

void
session_blocked(struct session *session, struct instant now)
{
    departure_undo(session, now);
}

void
session_tick(struct session *session, struct instant now)
{
    if (session->phase == SESSION_DOWN)
        return;
    if (now.steady_ms >= session->leave_at) {
        session_lose(session, now, 0); // the wait is over
        return;
    }
    bool unconnected = session->phase == SESSION_GREETING && session->hello_due;
    int64_t patience = unconnected ? CONNECT_MS : SILENCE_MS;
    if (now.steady_ms - session->heard_at >= patience)
        session_lose(session, now, -1);
}

bool
session_wants(const struct session *session)
{
    return cargo_has_room(&session->cargo);
}

enum status
session_give(struct session *session, uint64_t seq, int64_t recorded_at_ms,
             struct span body)
{
    struct delivery delivery = {
        .seq = seq, .recorded_at_ms = recorded_at_ms, .body = body};

    return cargo_load(&session->cargo, &delivery);
}

enum status
session_give_delivery(struct session *session, const struct delivery *delivery)
{
    return cargo_load(&session->cargo, delivery);
}

// next_word tells the spool what is new about the store.
static struct session_output
next_word(struct session *session)
{
    struct session_output output = {.kind = SESSION_NONE};

    if (session->store_due) {
        session->store_due = false;
        output.kind = SESSION_STORE;
        output.store = session->store;
        output.resend_from = session->resend_from;
    } else if (session->release_due) {
        session->release_due = false;
        output.kind = SESSION_RELEASE;
        output.position = session->backed_up_position;
    }
    return output;
}

struct session_output
session_next(struct session *session, struct instant now)
{
    struct session_output output = next_word(session);

    if (output.kind != SESSION_NONE)
        return output;
    if (session->settled_taken < session->settled) {
        output.kind = SESSION_SETTLE;
        output.settlement = session->settlements[session->settled_taken++];
    } else if (session->close_due) {
        session->close_due = false;
        output.kind = SESSION_CLOSE;
    } else if (session->phase == SESSION_DOWN) {
        output.endpoint = collectors_current(&session->collectors);
        if (output.endpoint && now.steady_ms >= session->open_at) {
            session->open_at = INT64_MAX; // until opened or failed
            session->links += 1;
            output.kind = SESSION_OPEN;
        }
    } else {
        output.bytes = session_departure(session, now);
        if (output.bytes.length > 0)
            output.kind = SESSION_SEND;
        else if (session->settled_taken < session->settled)
            return session_next(session, now); // refused while packing
    }
    return output;
}

static int64_t
earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t
session_deadline(const struct session *session)
{
    int64_t at = earlier(session->heard_at + SILENCE_MS, session->leave_at);

    if (session->leave_at != INT64_MAX)
        return at; // nothing else is said
    if (session->phase == SESSION_DOWN)
        return session->collectors.count ? session->open_at : INT64_MAX;
    if (session->phase == SESSION_GREETING) {
        if (session->hello_due)
            at = earlier(session->hello_at, session->heard_at + CONNECT_MS);
        return at;
    }
    bool hungry = session->credit == 0 && session->cargo.waiting > 0;
    int64_t quiet = session->pinged_at > session->heard_at ? session->pinged_at
                                                           : session->heard_at;
    at = earlier(at, quiet + (hungry ? PING_FOR_CREDIT_MS : PING_MS));
    for (size_t i = 0; i < session->flight_count; i++)
        at = earlier(at, session->flights[i].resend_at);
    if (session->blocked_until != INT64_MIN)
        at = earlier(at, session->blocked_until);
    return at;
}

struct session_view
session_view(const struct session *session)
{
    const char *endpoint = collectors_current(&session->collectors);

    return (struct session_view){
        .phase = session->phase,
        .endpoint = endpoint ? endpoint : "",
        .links = session->links,
        .held = session->cargo.events,
        .in_flight = session->in_flight,
        .credit = session->credit,
        .refusal = session->refusal,
        .refusal_text = session->refusal_text,
        .ignored = session->ignored,
        .backed_up_position = session->backed_up_position,
        .has_clock = session->has_clock,
        .clock_offset_ms = session->clock_offset_ms,
    };
}
