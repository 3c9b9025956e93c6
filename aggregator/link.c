// SPDX-License-Identifier: Apache-2.0
#include "aggregator/link.h"

#include <stdlib.h>

enum { REPLY_MAX = 4096, RESEND_BYTES = 32, RECONNECT_MS = 1000 };

void
link_introduce(struct link *link, const struct link_sink *sink, uint64_t seed,
               const struct store_identity *identity,
               const struct history *history)
{
    link->sink = *sink;
    link->random = seed;
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
    link->sink.to_peer(link->sink.shell, peer, span_of(writer->data, length));
}

// splitmix64: every state gives another number, so none comes twice.
static uint64_t
next_session(struct link *link)
{
    uint64_t z = link->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) | 1;
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

void
link_keyring(struct link *link, const struct keyring *keyring)
{
    link->keyring = keyring;
}

// may_speak asks the keyring: a link stays up when its key is revoked.  *entry
// is NULL without keys.
static bool
may_speak(struct link *link, struct instant now, const struct peer *peer,
          const struct keyring_entry **entry)
{
    *entry = NULL;
    if (!link->keyring)
        return true;
    if (peer->has_key)
        *entry = keyring_admit(link->keyring, peer->key, now.wall_ms);
    if (*entry && (*entry)->role == ROLE_COLLECTOR)
        return true;
    link->sink.notice(link->sink.shell, LINK_NOT_ADMITTED, CODE_NOT_PERMITTED,
                      *entry ? span_text((*entry)->name) : (struct span){0});
    link_refuse(link, peer, CODE_NOT_PERMITTED);
    return false;
}

void
link_backed_up(struct link *link, uint64_t position)
{
    link->welcome.backed_up_position = position;
}

// welcome_collector says, after a restore, also from where terminals send
// again.
static void
welcome_collector(struct link *link, const struct peer *peer,
                  struct welcome *welcome)
{
    if (welcome->incarnation > 1 && link->sink.resend)
        welcome->resend_count =
            link->sink.resend(link->sink.shell, &welcome->resend);
    size_t size = REPLY_MAX + welcome->resend_count * RESEND_BYTES;
    uint8_t *room = malloc(size);
    if (!room)
        return; // it asks again
    struct writer writer = writer_on(room, size);
    send(link, peer, &writer, welcome_write(&writer, welcome, NULL, 0));
    free(room);
}

static void
greet(struct link *link, struct instant now, const struct peer *peer,
      const struct keyring_entry *entry, const struct hello *hello)
{
    uint8_t room[REPLY_MAX];
    struct writer writer = writer_on(room, sizeof room);
    struct welcome welcome = link->welcome;

    welcome.server_time_ms = now.wall_ms;
    bool named = !entry || span_equal(hello->name, span_text(entry->name));
    if (link->parted) {
        welcome.refusal = CODE_SHUTTING_DOWN;
        welcome.refusal_text = span_text(code_text(CODE_SHUTTING_DOWN));
    } else if (hello->role == ROLE_COLLECTOR && named) {
        welcome.session = next_session(link);
        sessions_put(&link->sessions, peer, welcome.session, now.steady_ms);
        link->sink.notice(link->sink.shell, LINK_JOINED, CODE_NONE,
                          hello->name);
        welcome_collector(link, peer, &welcome);
        return;
    } else {
        welcome.refusal = CODE_NOT_PERMITTED;
        welcome.refusal_text =
            span_text(named ? "only collectors speak to this port"
                            : "HELLO names another collector than this key's");
    }
    send(link, peer, &writer, welcome_write(&writer, &welcome, NULL, 0));
}

static void
pong(struct link *link, struct instant now, const struct peer *peer,
     const struct ping *ping)
{
    uint8_t room[REPLY_MAX];
    struct writer writer = writer_on(room, sizeof room);
    const struct pong answer = {.sent_at_ms = ping->sent_at_ms,
                                .server_time_ms = now.wall_ms,
                                .credit = link->welcome.credit};

    send(link, peer, &writer, pong_write(&writer, &answer));
}

void
link_grant(struct link *link, struct instant now, uint32_t credit)
{
    const struct ping unasked = {.sent_at_ms = 0};
    bool rises = link->welcome.credit == 0 && credit > 0;

    link->welcome.credit = credit;
    for (size_t i = 0; rises && i < link->sessions.count; i++)
        pong(link, now, &link->sessions.list[i].peer, &unasked);
}

void
link_part(struct link *link)
{
    link->parted = true;
    for (size_t i = 0; i < link->sessions.count; i++)
        link_refuse(link, &link->sessions.list[i].peer, CODE_SHUTTING_DOWN);
    link->sessions.count = 0;
}

bool
link_take(struct link *link, struct instant now, const struct peer *peer,
          struct span bytes, struct batch *batch)
{
    struct envelope envelope;
    const struct keyring_entry *entry;

    if (!may_speak(link, now, peer, &entry))
        return false;
    enum code code = envelope_read(bytes, LINK_BATCH_EVENTS_MAX, &envelope);
    if (code != CODE_NONE) {
        link->sink.notice(link->sink.shell, LINK_FRAME_REFUSED, code, bytes);
        link_refuse(link, peer, code);
        return false;
    }
    switch (envelope.kind) {
    case ENVELOPE_HELLO:
        greet(link, now, peer, entry, &envelope.hello);
        return false;
    case ENVELOPE_PING:
        // A ping from before a restart must not be answered as if nothing had
        // happened: the store may be another one.
        if (sessions_know(&link->sessions, peer, now.steady_ms))
            pong(link, now, peer, &envelope.ping);
        else
            link_refuse(link, peer, CODE_STALE_SESSION);
        return false;
    case ENVELOPE_BATCH:
        *batch = envelope.batch;
        if (sessions_hear(&link->sessions, peer, batch->session, now.steady_ms))
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
