// SPDX-License-Identifier: Apache-2.0
#include "aggregator/link.h"

#include "common/crypto/digest.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"

enum { REPLY_MAX = 4096, RECONNECT_MS = 1000 };

void
link_welcome(struct link *link, const struct store_identity *identity,
             const struct history *history)
{
    memcpy(link->store, identity->id, STORE_ID_SIZE);
    link->welcome = (struct welcome){
        .store = span_of(link->store, STORE_ID_SIZE),
        .incarnation = identity->incarnation,
        .credit = LINK_CREDIT,
        .max_event_bytes = EVENT_BODY_MAX,
        .max_batch_events = LINK_BATCH_EVENTS_MAX,
        .max_batch_bytes = LINK_FRAME_MAX,
        .programme_hash = history_newest(history, PUBLICATION_PROGRAMME)->hash,
        .dealers_hash = history_newest(history, PUBLICATION_DEALERS)->hash,
    };
}

static void
send(struct link *link, const struct peer *peer, const struct writer *writer,
     size_t length)
{
    // A collector that is gone or does not read asks again.
    (void)!inbox_send(link->inbox, peer, span_of(writer->data, length));
}

void
link_refuse(struct link *link, const struct peer *peer, enum code code)
{
    uint8_t room[REPLY_MAX];
    struct writer writer = writer_on(room, sizeof room);
    const struct goaway goaway = {.reconnect_after_ms = RECONNECT_MS,
                                  .code = code,
                                  .text = span_text(code_text(code))};

    send(link, peer, &writer, goaway_write(&writer, &goaway));
}

static void
greet(struct link *link, const struct peer *peer, const struct hello *hello)
{
    uint8_t room[REPLY_MAX];
    char name[LOG_VALUE_MAX];
    struct writer writer = writer_on(room, sizeof room);
    struct welcome welcome = link->welcome;

    welcome.server_time_ms = clock_wall_ms();
    if (hello->role == ROLE_COLLECTOR) {
        random_fill(&welcome.session, sizeof welcome.session);
        sessions_put(&link->sessions, peer, welcome.session, clock_steady_ms());
        log_info("collector-joined", "name=%s", log_value(name, hello->name));
    } else {
        welcome.refusal = CODE_NOT_PERMITTED;
        welcome.refusal_text = span_text("only collectors speak to this port");
    }
    send(link, peer, &writer, welcome_write(&writer, &welcome, NULL, 0));
}

static void
pong(struct link *link, const struct peer *peer, const struct ping *ping)
{
    uint8_t room[REPLY_MAX];
    struct writer writer = writer_on(room, sizeof room);
    const struct pong answer = {.sent_at_ms = ping->sent_at_ms,
                                .server_time_ms = clock_wall_ms(),
                                .credit = LINK_CREDIT};

    send(link, peer, &writer, pong_write(&writer, &answer));
}

bool
link_take(struct link *link, const struct peer *peer, struct span bytes,
          struct batch *batch)
{
    struct envelope envelope;

    enum code code = envelope_read(bytes, LINK_BATCH_EVENTS_MAX, &envelope);
    if (code != CODE_NONE) {
        log_warning("frame-refused", "code=%s bytes=%u", code_name(code),
                    bytes.length);
        link_refuse(link, peer, code);
        return false;
    }
    switch (envelope.kind) {
    case ENVELOPE_HELLO:
        greet(link, peer, &envelope.hello);
        return false;
    case ENVELOPE_PING:
        pong(link, peer, &envelope.ping);
        return false;
    case ENVELOPE_BATCH:
        *batch = envelope.batch;
        if (sessions_hear(&link->sessions, peer, batch->session,
                          clock_steady_ms()))
            return true;
        link_refuse(link, peer, CODE_STALE_SESSION);
        return false;
    case ENVELOPE_WELCOME:
    case ENVELOPE_RECEIPT:
    case ENVELOPE_PONG:
    case ENVELOPE_GOAWAY:
        return false; // not for us; a collector that goes away just stops
    }
    return false;
}
