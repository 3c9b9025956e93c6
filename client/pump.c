// SPDX-License-Identifier: Apache-2.0
//
// The shell around the session: socket, spool and clock.
#include "client/handle.h"
#include "common/runtime/clock.h"

enum {
    POLL_MS = 200, // how soon events of other processes are seen
    DUE_EVENTS_MAX = 4096,
    RECEIPT_BYTES_MAX = LINK_FRAME_MAX,
};

static struct instant
instant_now(void)
{
    return (struct instant){.steady_ms = clock_steady_ms(),
                            .wall_ms = clock_wall_ms()};
}

// --- From the spool into the session -----------------------------------------

static bool
has_settlement_room(const struct dealerpulse *pulse)
{
    return pulse->settlement_count + BATCH_EVENTS_MAX <= SETTLEMENTS_MAX;
}

// condemn makes a dead letter of an event that is no longer what was stored.
static void
condemn(struct dealerpulse *pulse, const struct spool_event *event)
{
    pulse->settlements[pulse->settlement_count++] = (struct settlement){
        .seq = event->seq,
        .kind = OUTCOME_REJECTED,
        .code = CODE_MALFORMED,
        .text = span_text("damaged on this machine's disk; never sent"),
    };
}

// hand_over gives one event to the session; false ends the walk.
static bool
hand_over(struct dealerpulse *pulse, const struct spool_event *event)
{
    if (event->damaged) {
        condemn(pulse, event);
        return has_settlement_room(pulse);
    }
    struct delivery delivery = {
        .seq = event->seq,
        .recorded_at_ms = event->recorded_at_ms,
        .body = event->body,
        .salt = event->salt,
        .comment = event->comment,
        .signature = event->signature,
    };
    return session_give_delivery(pulse->session, &delivery) != STATUS_FULL;
}

// hand_over_due leaves room for events never sent: however many come back, they
// hold up nobody.
static bool
hand_over_due(void *context, const struct spool_event *event)
{
    struct dealerpulse *pulse = context;

    return session_view(pulse->session).held < DUE_EVENTS_MAX &&
           hand_over(pulse, event);
}

static bool
hand_over_waiting(void *context, const struct spool_event *event)
{
    struct dealerpulse *pulse = context;

    return session_wants(pulse->session) && hand_over(pulse, event);
}

static enum status
feed(struct dealerpulse *pulse, struct instant now)
{
    enum status status = STATUS_OK;

    if (!session_wants(pulse->session))
        return STATUS_OK;
    if (now.steady_ms >= pulse->due_at) {
        pulse->due_at = now.steady_ms + POLL_MS;
        status = spool_due(pulse->spool, now.wall_ms, hand_over_due, pulse);
    }
    if (status == STATUS_OK)
        status = spool_waiting(pulse->spool, &pulse->given, hand_over_waiting,
                               pulse);
    return status;
}

// --- From the session to the world -------------------------------------------

static enum status
open_link(struct dealerpulse *pulse, const char *endpoint, struct instant now)
{
    struct address address;

    outbox_close(pulse->outbox);
    pulse->outbox = NULL;
    const char *problem = identity_address(pulse->identity, endpoint, &address);
    if (problem) {
        session_refused(pulse->session, now, CODE_NOT_PERMITTED, problem);
        return STATUS_OK;
    }
    enum status status = outbox_open_curve(
        &pulse->outbox, pulse->transport, address.endpoint, RECEIPT_BYTES_MAX,
        address.has_keys ? &address.client : NULL);
    if (status == STATUS_OK)
        session_opened(pulse->session, now);
    else
        session_failed(pulse->session, now); // it may be a learned one
    return STATUS_OK;
}

// look_at_handshake: a link that was refused is dead without a word, and one to
// a server with another key tries for ever.
static void
look_at_handshake(struct dealerpulse *pulse, struct instant now)
{
    if (!pulse->outbox || session_view(pulse->session).phase == SESSION_UP)
        return;
    switch (outbox_trouble(pulse->outbox)) {
    case OUTBOX_FINE:
        return;
    case OUTBOX_REFUSED:
        session_refused(pulse->session, now, CODE_NOT_PERMITTED,
                        "the collector does not admit this terminal's key: it "
                        "is unknown there, revoked, expired or not valid yet");
        return;
    case OUTBOX_WRONG_SERVER:
        session_refused(pulse->session, now, CODE_NOT_PERMITTED,
                        "the handshake broke off: probably the collector's key "
                        "is not the one this terminal knows, or it has none");
        return;
    }
}

static enum status
tell_session(struct dealerpulse *pulse)
{
    struct spool_head head;

    enum status status = spool_head(pulse->spool, &head);
    if (status == STATUS_OK)
        session_tell(pulse->session, head.last_seq, head.waiting + head.retry);
    return status;
}

// --- The session's outputs ---------------------------------------------------

// perform takes the session's outputs until there are none.
static enum status
perform(struct dealerpulse *pulse, bool *moved)
{
    enum status status;

    for (;;) {
        struct instant now = instant_now();
        struct session_output output = session_next(pulse->session, now);
        switch (output.kind) {
        case SESSION_NONE:
            return STATUS_OK;
        case SESSION_OPEN:
            open_link(pulse, output.endpoint, now);
            break;
        case SESSION_CLOSE:
            outbox_close(pulse->outbox);
            pulse->outbox = NULL;
            break;
        case SESSION_SEND:
            if (outbox_send(pulse->outbox, output.bytes) == STATUS_OK)
                *moved = true;
            else
                session_blocked(pulse->session, now);
            break;
        case SESSION_SETTLE:
            pulse->settlements[pulse->settlement_count++] = output.settlement;
            break;
        case SESSION_STORE:
            status = harvest_store(pulse, &output, now, moved);
            if (status != STATUS_OK)
                return status;
            break;
        case SESSION_RELEASE:
            pulse->peer.backed_up_position = output.position;
            pulse->release_to = output.position;
            break;
        }
    }
}

static enum status
receive(struct dealerpulse *pulse, bool *moved)
{
    while (pulse->outbox && pulse->frame_count < FRAMES_MAX &&
           has_settlement_room(pulse)) {
        struct frame *frame = &pulse->frames[pulse->frame_count];
        enum status status = outbox_receive(pulse->outbox, frame);
        if (status == STATUS_MALFORMED)
            continue;
        if (status != STATUS_OK)
            return status == STATUS_AGAIN ? STATUS_OK : status;
        pulse->frame_count += 1;
        session_received(pulse->session, instant_now(), frame_span(frame));
        if ((status = perform(pulse, moved)) != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

// --- The loop ----------------------------------------------------------------

static enum status
step(struct dealerpulse *pulse, bool *moved)
{
    struct instant now = instant_now();
    enum status status;

    if ((status = harvest_settle(pulse, moved)) !=
        STATUS_OK) // left from a full disk
        return status;
    if (session_view(pulse->session).phase != SESSION_UP &&
        (status = tell_session(pulse)) != STATUS_OK)
        return status;
    look_at_handshake(pulse, now);
    session_tick(pulse->session, now);
    if ((status = feed(pulse, now)) != STATUS_OK ||
        (status = perform(pulse, moved)) != STATUS_OK ||
        (status = receive(pulse, moved)) != STATUS_OK ||
        (status = harvest_settle(pulse, moved)) != STATUS_OK ||
        (status = harvest_release(pulse)) != STATUS_OK)
        return status;
    return harvest_peer(pulse, now);
}

static int64_t
wait_length(const struct dealerpulse *pulse, int64_t until)
{
    int64_t now = clock_steady_ms();
    int64_t at = session_deadline(pulse->session);

    if (at > until)
        at = until;
    if (at > now + POLL_MS)
        at = now + POLL_MS;
    return at > now ? at - now : 0;
}

// wait_for_work waits for a frame, wake_fd or the next deadline.
static enum status
wait_for_work(struct dealerpulse *pulse, int64_t until, int wake_fd,
              bool *woken)
{
    struct waitable items[2];
    size_t count = 0, wake = SIZE_MAX;

    if (pulse->outbox)
        items[count++] = outbox_waitable(pulse->outbox);
    if (wake_fd >= 0) {
        wake = count;
        items[count++] = (struct waitable){.fd = wake_fd};
    }
    enum status status = wait_any(items, count, wait_length(pulse, until));
    *woken = wake != SIZE_MAX && items[wake].ready;
    return status == STATUS_AGAIN ? STATUS_OK : status;
}

enum dealerpulse_status
dealerpulse_pump(struct dealerpulse *pulse, int timeout_ms, int wake_fd)
{
    int64_t until = clock_steady_ms() + timeout_ms;
    bool moved = false, woken = false;

    if (!pulse->session)
        return handle_fail(pulse, DEALERPULSE_INVALID,
                           "this handle was opened to store only");
    for (;;) {
        enum status status = step(pulse, &moved);
        if (status != STATUS_OK)
            return handle_status(pulse, status);
        if (moved)
            return DEALERPULSE_OK;
        if (woken || clock_steady_ms() >= until)
            return DEALERPULSE_AGAIN;
        status = wait_for_work(pulse, until, wake_fd, &woken);
        if (status != STATUS_OK)
            return handle_status(pulse, status);
    }
}
