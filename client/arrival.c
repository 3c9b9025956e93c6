// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "client/session_state.h"

static uint32_t
or_else(uint32_t told, uint32_t most)
{
    return told == 0 || told > most ? most : told;
}

// note_refusal keeps why we are not wanted, for people to read.
static void
note_refusal(struct session *session, enum code code, struct span text)
{
    if (text.length == 0)
        text = span_text(code_text((uint32_t)code));
    if (text.length >= SESSION_TEXT_MAX)
        text.length = SESSION_TEXT_MAX - 1;
    session->refusal = code;
    memcpy(session->refusal_text, text.data, text.length);
    session->refusal_text[text.length] = '\0';
}

static void
take_welcome(struct session *session, struct instant now,
             const struct welcome *welcome)
{
    struct repeated list = welcome->collectors;
    struct span endpoint;

    if (welcome->refusal != CODE_NONE) {
        note_refusal(session, welcome->refusal, welcome->refusal_text);
        session_lose(session, now, -1);
        return;
    }
    if (session->phase == SESSION_UP && welcome->session != session->session)
        session_greet(session, now); // its session replaces the one we had
    session->phase = SESSION_UP;
    session->hello_due = false;
    session->session = welcome->session;
    session->credit = welcome->credit;
    session->max_event_bytes =
        or_else(welcome->max_event_bytes, EVENT_BODY_MAX);
    session->max_batch_events =
        or_else(welcome->max_batch_events, BATCH_EVENTS_MAX);
    session->max_batch_bytes = or_else(welcome->max_batch_bytes, FRAME_MAX);
    session->refusal = CODE_NONE;
    session->refusal_text[0] = '\0';
    session->pinged_at = now.steady_ms;
    collectors_welcomed(&session->collectors);
    while (welcome_next_collector(&list, &endpoint))
        collectors_learn(&session->collectors, endpoint);
}

static size_t
find_flight(const struct session *session, uint64_t number)
{
    for (size_t i = 0; i < session->flight_count; i++)
        if (session->flights[i].number == number)
            return i;
    return SIZE_MAX;
}

// settle_flight turns a receipt into one settlement for each event of the
// flight: ACCEPTED unless the receipt lists it.
static void
settle_flight(struct session *session, const struct flight *flight,
              const struct receipt *receipt)
{
    struct repeated list = receipt->outcomes;
    struct receipt_outcome told;
    uint64_t from = flight->first_seq;
    struct cargo_item *item;

    session->settled = session->settled_taken = 0;
    while ((item = cargo_next_on(&session->cargo, flight->number, from))) {
        from = item->seq + 1;
        session->settlements[session->settled++] =
            (struct settlement){.seq = item->seq, .kind = OUTCOME_ACCEPTED};
        cargo_unload(&session->cargo, item);
    }
    while (receipt_next_outcome(&list, &told)) {
        if (told.index >= session->settled)
            continue;
        struct settlement *settlement = &session->settlements[told.index];
        settlement->kind = told.kind;
        settlement->code = told.code;
        settlement->field = told.field;
        settlement->text = told.text;
        settlement->after_ms = told.after_ms;
    }
}

static void
take_receipt(struct session *session, const struct receipt *receipt)
{
    size_t index = find_flight(session, receipt->batch);

    if (session->phase != SESSION_UP || receipt->session != session->session ||
        index == SIZE_MAX ||
        receipt->events != session->flights[index].events) {
        session->ignored += 1;
        return;
    }
    session->credit = receipt->credit;
    settle_flight(session, &session->flights[index], receipt);
    flight_remove(session, index);
}

static void
take_goaway(struct session *session, struct instant now,
            const struct goaway *goaway)
{
    if (goaway->code == CODE_STALE_SESSION) {
        // One comes for each batch of the old session; the HELLO that answers
        // the first is on its way.
        if (session->phase == SESSION_UP)
            session_greet(session, now);
        return;
    }
    note_refusal(session, goaway->code, goaway->text);
    bool alone = session->collectors.count <= 1;
    session_lose(session, now,
                 alone && goaway->reconnect_after_ms > 0
                     ? (int64_t)goaway->reconnect_after_ms
                     : -1);
}

void
session_arrival(struct session *session, struct instant now,
                const struct envelope *envelope)
{
    switch (envelope->kind) {
    case ENVELOPE_WELCOME:
        take_welcome(session, now, &envelope->welcome);
        return;
    case ENVELOPE_RECEIPT:
        take_receipt(session, &envelope->receipt);
        return;
    case ENVELOPE_PONG:
        if (session->phase == SESSION_UP)
            session->credit = envelope->pong.credit;
        return;
    case ENVELOPE_GOAWAY:
        take_goaway(session, now, &envelope->goaway);
        return;
    case ENVELOPE_HELLO:
    case ENVELOPE_BATCH:
    case ENVELOPE_PING:
        session->ignored += 1; // nothing a collector says
        return;
    }
}
