// SPDX-License-Identifier: Apache-2.0
#include "client/session_state.h"

// The most one delivery needs beside its body, and one event's batch beside its
// delivery.
enum { DELIVERY_OVERHEAD = 64, SIGNATURE_OVERHEAD = 66, BATCH_OVERHEAD = 160 };

static uint32_t
least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void
flight_remove(struct session *session, size_t index)
{
    session->in_flight -= session->flights[index].events;
    session->flight_count -= 1;
    memmove(&session->flights[index], &session->flights[index + 1],
            (session->flight_count - index) * sizeof session->flights[0]);
}

static struct span
say_hello(struct session *session)
{
    const struct session_options *options = &session->options;
    struct span dealers[HELLO_DEALERS_MAX];
    struct writer writer = writer_on(session->frame, FRAME_MAX);
    struct hello hello = {
        .role = options->role,
        .name = span_text(options->name),
        .epoch = options->epoch,
        .last_seq = session->last_seq,
        .previous_epoch = options->previous_epoch,
        .previous_last_seq = options->previous_last_seq,
        .waiting = session->waiting,
        .software = span_text(options->software),
    };

    for (size_t i = 0; i < options->dealer_count; i++)
        dealers[i] = span_text(options->dealers[i]);
    session->sent = SENT_HELLO;
    session->hello_due = false;
    return span_of(session->frame, hello_write(&writer, &hello, dealers,
                                               options->dealer_count));
}

// --- Flights -----------------------------------------------------------------

static void
open_batch(struct session *session, struct writer *writer, uint64_t number,
           struct instant now)
{
    *writer = writer_on(session->frame, FRAME_MAX);
    batch_begin(writer, session->session, number);
    parcel_begin(writer, span_text(session->options.name),
                 session->options.epoch, now.wall_ms);
}

static void
put_delivery(const struct session *session, struct writer *writer,
             const struct cargo_item *item)
{
    const struct session_options *options = &session->options;
    struct delivery delivery = cargo_delivery(item);
    uint8_t signature[64];

    if (options->signs &&
        options->sign(options->sign_context, delivery.body, signature))
        delivery.signature = span_of(signature, sizeof signature);
    parcel_delivery_full(writer, &delivery);
}

static struct span
close_batch(struct session *session, struct writer *writer)
{
    parcel_end(writer);
    return span_of(session->frame, batch_end(writer));
}

// refuse gives up an event no collector of this kind can ever take.
static void
refuse(struct session *session, struct cargo_item *item)
{
    session->settlements[session->settled++] = (struct settlement){
        .seq = item->seq,
        .kind = OUTCOME_REJECTED,
        .code = CODE_TOO_LARGE,
        .text = span_text("larger than the collector takes"),
    };
    cargo_unload(&session->cargo, item);
}

// load_flight boards waiting events while credit and sizes allow, and returns
// how many.
static uint32_t
load_flight(struct session *session, struct writer *writer,
            struct flight *flight)
{
    uint32_t room = session->credit - (uint32_t)session->in_flight;
    uint32_t events_max = least(room, session->max_batch_events);
    size_t overhead =
        DELIVERY_OVERHEAD + (session->options.signs ? SIGNATURE_OVERHEAD : 0);
    struct cargo_item *item;

    session->settled = session->settled_taken = 0;
    while (flight->events < events_max && session->settled < BATCH_EVENTS_MAX &&
           (item = cargo_next_waiting(&session->cargo))) {
        size_t needed = cargo_item_bytes(item) + overhead;
        if (item->body > session->max_event_bytes ||
            needed + BATCH_OVERHEAD > session->max_batch_bytes) {
            refuse(session, item);
            continue;
        }
        if (writer->used + needed > session->max_batch_bytes)
            break;
        if (flight->events++ == 0)
            flight->first_seq = item->seq;
        put_delivery(session, writer, item);
        cargo_board(&session->cargo, item, flight->number);
    }
    return flight->events;
}

static struct span
send_flight(struct session *session, struct instant now)
{
    struct flight *flight = &session->flights[session->flight_count];
    struct writer writer;

    if (session->cargo.waiting == 0 || session->flight_count == FLIGHTS_MAX ||
        session->in_flight >= session->credit)
        return (struct span){0};
    *flight = (struct flight){
        .number = session->last_number + 1,
        .resend_at = now.steady_ms + RESEND_FIRST_MS,
        .resend_delay = RESEND_FIRST_MS,
    };
    open_batch(session, &writer, flight->number, now);
    if (load_flight(session, &writer, flight) == 0)
        return (struct span){0};
    session->sent = SENT_FLIGHT;
    session->sent_flight = session->flight_count++;
    session->last_number = flight->number;
    session->in_flight += flight->events;
    return close_batch(session, &writer);
}

static struct span
send_again(struct session *session, size_t index, struct instant now)
{
    struct flight *flight = &session->flights[index];
    uint64_t from = flight->first_seq;
    struct cargo_item *item;
    struct writer writer;

    open_batch(session, &writer, flight->number, now);
    while ((item = cargo_next_on(&session->cargo, flight->number, from))) {
        put_delivery(session, &writer, item);
        from = item->seq + 1;
    }
    flight->resend_delay *= 2;
    if (flight->resend_delay > RESEND_MAX_MS)
        flight->resend_delay = RESEND_MAX_MS;
    flight->resend_at = now.steady_ms + flight->resend_delay;
    session->sent = SENT_AGAIN;
    session->sent_flight = index;
    return close_batch(session, &writer);
}

static struct span
send_ping(struct session *session, struct instant now)
{
    struct writer writer = writer_on(session->frame, FRAME_MAX);
    struct ping ping = {.sent_at_ms = now.wall_ms};

    session->pinged_at = now.steady_ms;
    session->sent = SENT_PING;
    return span_of(session->frame, ping_write(&writer, &ping));
}

static bool
ping_is_due(const struct session *session, struct instant now)
{
    bool hungry = session->credit == 0 && session->cargo.waiting > 0;
    int64_t quiet = hungry ? PING_FOR_CREDIT_MS : PING_MS;

    return now.steady_ms - session->heard_at >= quiet &&
           now.steady_ms - session->pinged_at >= quiet;
}

struct span
session_departure(struct session *session, struct instant now)
{
    if (session->phase == SESSION_GREETING)
        return session->hello_due && now.steady_ms >= session->hello_at
                   ? say_hello(session)
                   : (struct span){0};
    if (session->leave_at != INT64_MAX ||
        now.steady_ms < session->blocked_until)
        return (struct span){0};
    session->blocked_until = INT64_MIN;

    if (ping_is_due(session, now))
        return send_ping(session, now);
    for (size_t i = 0; i < session->flight_count; i++)
        if (session->flights[i].resend_at <= now.steady_ms)
            return send_again(session, i, now);
    return send_flight(session, now);
}

void
departure_undo(struct session *session, struct instant now)
{
    struct flight *flight = &session->flights[session->sent_flight];

    session->blocked_until = now.steady_ms + BLOCKED_MS;
    switch (session->sent) {
    case SENT_NOTHING:
        return;
    case SENT_HELLO:
        session->hello_due = true;
        session->hello_at = now.steady_ms + HELLO_AGAIN_MS;
        break;
    case SENT_FLIGHT:
        cargo_return(&session->cargo, flight->number);
        session->last_number -= 1;
        flight_remove(session, session->sent_flight);
        break;
    case SENT_AGAIN:
        flight->resend_at = now.steady_ms + BLOCKED_MS;
        break;
    case SENT_PING:
        session->pinged_at = now.steady_ms - PING_MS;
        break;
    }
    session->sent = SENT_NOTHING;
}
