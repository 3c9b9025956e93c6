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
note_clock(struct session *session, struct instant now, int64_t server_time_ms)
{
    if (server_time_ms <= 0)
        return;
    session->has_clock = true;
    session->clock_offset_ms = server_time_ms - now.wall_ms;
}

static void
note_backup(struct session *session, uint64_t position)
{
    if (position <= session->backed_up_position)
        return;
    session->backed_up_position = position;
    session->release_due = true;
}

static void
learn_collectors(struct session *session, struct repeated list)
{
    struct span endpoint;

    while (welcome_next_collector(&list, &endpoint))
        collectors_learn(&session->collectors, endpoint);
}

// asked_from returns from which seq on the store wants this spool's events
// again; 0: it does not say.
static uint64_t
asked_from(const struct session *session, const struct welcome *welcome)
{
    struct repeated list = welcome->resend_from;
    uint64_t epoch, seq, from = 0;

    while (welcome_next_resend(&list, &epoch, &seq))
        if (epoch == session->options.epoch && (from == 0 || seq < from))
            from = seq ? seq : 1;
    return from;
}

// note_store returns false for an old copy of the store we know.
static bool
note_store(struct session *session, const struct welcome *welcome)
{
    struct store_seen *known = &session->store;
    struct store_seen told = {.known = welcome->store.length == sizeof told.id,
                              .incarnation = welcome->incarnation};
    uint64_t from = asked_from(session, welcome);

    if (!told.known)
        return true;
    memcpy(told.id, welcome->store.data, sizeof told.id);
    bool is_same =
        known->known && memcmp(told.id, known->id, sizeof told.id) == 0;
    if (is_same && told.incarnation < known->incarnation)
        return false;
    bool is_restored = is_same && told.incarnation > known->incarnation;
    if (is_restored || !is_same)
        session->backed_up_position = 0; // positions begin anew
    if (is_restored && from == 0)
        from = 1; // it does not know this spool any more
    if (is_same && !is_restored)
        return true; // what it asked for went when it was restored
    *known = told;
    session->resend_from = from;
    session->store_due = true;
    return true;
}

void
session_refused(struct session *session, struct instant now, enum code code,
                const char *text)
{
    note_refusal(session, code, span_text(text));
    session_lose(session, now, -1);
}

static void
take_welcome(struct session *session, struct instant now,
             const struct welcome *welcome)
{
    note_clock(session, now, welcome->server_time_ms);
    if (welcome->refusal != CODE_NONE) {
        note_refusal(session, welcome->refusal, welcome->refusal_text);
        session_lose(session, now, -1);
        return;
    }
    if (!note_store(session, welcome)) {
        note_refusal(session, CODE_NO_AGGREGATOR,
                     span_text("an old copy of the store runs behind this "
                               "collector; tell headquarters"));
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
    learn_collectors(session, welcome->collectors);
    note_backup(session, welcome->backed_up_position);
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
            (struct settlement){.seq = item->seq,
                                .kind = OUTCOME_ACCEPTED,
                                .position = receipt->position};
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
take_receipt(struct session *session, struct instant now,
             const struct receipt *receipt)
{
    size_t index = find_flight(session, receipt->batch);

    if (session->phase != SESSION_UP || receipt->session != session->session ||
        index == SIZE_MAX ||
        receipt->events != session->flights[index].events) {
        session->ignored += 1;
        return;
    }
    session->credit = receipt->credit;
    note_clock(session, now, receipt->server_time_ms);
    note_backup(session, receipt->backed_up_position);
    learn_collectors(session, receipt->collectors);
    settle_flight(session, &session->flights[index], receipt);
    flight_remove(session, index);
}

// is_leaving tells a collector that stops, and when to ask the next one.
static bool
is_leaving(const struct goaway *goaway)
{
    return goaway->reconnect_after_ms > 0 &&
           (goaway->code == CODE_SHUTTING_DOWN ||
            goaway->code == CODE_NO_AGGREGATOR);
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
    if (is_leaving(goaway)) { // what it owes us may still come
        if (session->leave_at == INT64_MAX)
            session->leave_at =
                now.steady_ms + (goaway->reconnect_after_ms < LEAVE_MOST_MS
                                     ? goaway->reconnect_after_ms
                                     : LEAVE_MOST_MS);
        return;
    }
    if (goaway->code == CODE_UNKNOWN_VERSION)
        collectors_despair(&session->collectors);
    session_lose(session, now, -1);
}

static void
take_pong(struct session *session, struct instant now, const struct pong *pong)
{
    note_clock(session, now, pong->server_time_ms);
    if (session->phase == SESSION_UP)
        session->credit = pong->credit;
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
        take_receipt(session, now, &envelope->receipt);
        return;
    case ENVELOPE_PONG:
        take_pong(session, now, &envelope->pong);
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
