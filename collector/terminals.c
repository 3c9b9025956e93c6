// SPDX-License-Identifier: Apache-2.0
//
// The side of the core that faces the terminals.
#include "collector/admission.h"
#include "collector/rights.h"
#include "collector/state.h"

enum { GARBAGE_PAUSE_MS = 5000, FULL_PAUSE_MS = 1000, PUT_OFF_MAX = 16384 };

struct receipt
core_receipt_head(const struct core *core, struct instant now)
{
    return (struct receipt){
        .server_time_ms = now.wall_ms,
        .position = core->link.position,
        .backed_up_position = core->link.backed_up_position,
    };
}

static enum code
not_ready(const struct core *core)
{
    return core->draining ? CODE_SHUTTING_DOWN : CODE_NO_AGGREGATOR;
}

// all_endpoints lists what terminals are told to know.
static size_t
all_endpoints(const struct core *core, struct span list[LISTENERS_MAX + 1])
{
    size_t count = 0;

    if (core->options.endpoint[0] != '\0')
        list[count++] = span_text(core->options.endpoint);
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        if (core->options.more_endpoints[i] &&
            core->options.more_endpoints[i][0] != '\0')
            list[count++] = span_text(core->options.more_endpoints[i]);
    return count;
}

static void
on_hello(struct core *core, struct instant now, const struct peer *peer,
         const struct keyring_entry *entry, const struct hello *hello)
{
    struct refusal refusal = admission_judge(hello);
    if (refusal.code == CODE_NONE && entry)
        refusal = rights_judge(entry, hello);
    struct session *session = NULL;
    struct resend_from resend;
    if (refusal.code == CODE_NONE && !core_is_ready(core))
        refusal = (struct refusal){not_ready(core),
                                   code_text((uint32_t)not_ready(core))};
    if (refusal.code == CODE_NONE) {
        session = admission_make(&core->sessions, peer, hello,
                                 core_random(core) | 1, now.steady_ms);
        if (!session)
            refusal = (struct refusal){CODE_OVER_QUOTA,
                                       "this collector has no more places"};
    }

    const struct published *published = core->options.published;
    struct welcome welcome = {.server_time_ms = now.wall_ms};
    if (session) {
        core->counters.hellos_total++;
        welcome.session = session->id;
        welcome.store = span_of(core->link.store, STORE_SIZE);
        welcome.incarnation = core->link.incarnation;
        session->quota_name = quota_name(&core->quota, session_name(session));
        welcome.credit = core_grant(core, now, session);
        welcome.max_event_bytes = EVENT_BODY_MAX;
        welcome.max_batch_events = BATCH_EVENTS_MAX;
        welcome.max_batch_bytes = FRAME_MAX;
        welcome.programme_hash = span_of(published->programme_hash, HASH_SIZE);
        welcome.dealers_hash = span_of(published->dealers_hash, HASH_SIZE);
        welcome.backed_up_position = core->link.backed_up_position;
        welcome.resend = &resend;
        welcome.resend_count =
            link_resend(&core->link, hello->epoch, &resend) ? 1 : 0;
    } else {
        core->counters.refusals_total++;
        welcome.refusal = refusal.code;
        welcome.refusal_text = span_text(refusal.text);
    }
    struct span endpoints[LISTENERS_MAX + 1];
    size_t count = all_endpoints(core, endpoints);
    struct writer writer = writer_on(core->reply, sizeof core->reply);
    size_t length = welcome_write(&writer, &welcome, endpoints, count);
    if (core_reply(core, peer, length) == STATUS_NOT_FOUND && session)
        sessions_remove(&core->sessions, session);
}

void
core_receipt(struct core *core, struct session *session, size_t length)
{
    enum status status = core_reply(core, &session->peer, length);
    if (status == STATUS_OK)
        return;
    core->counters.receipts_lost_total++; // it will send the events again
    if (status == STATUS_NOT_FOUND)
        sessions_remove(&core->sessions, session);
}

// answer_here gives the receipt of a batch of which nothing goes on.
static void
answer_here(struct core *core, struct instant now, struct session *session,
            uint64_t number)
{
    struct writer writer = writer_on(core->reply, sizeof core->reply);
    struct receipt head = core_receipt_head(core, now);
    head.session = session->id;
    head.batch = number;
    head.credit = core_grant(core, now, session);
    core_receipt(
        core, session,
        answer_judgement(&writer, &core->judgement, &head, &core->counters));
}

// pass_on puts the judged batch into a bundle.
static enum bundle_result
pass_on(struct core *core, struct instant now, const struct session *session,
        const struct batch *batch)
{
    enum bundle_result result = BUNDLE_FULL;
    for (int fresh = 0; fresh < 2 && result == BUNDLE_FULL; fresh++) {
        struct bundle *bundle = link_filling(&core->link, fresh == 1);
        if (!bundle)
            return BUNDLE_FULL;
        result = bundle_add(bundle, span_text(core->options.name), now.wall_ms,
                            &core->sessions, session, batch, &core->judgement);
    }
    return result;
}

// put_off answers a batch beyond the credit; who goes on and on is sent away,
// which costs less than answering every event.
static void
put_off(struct core *core, struct instant now, struct session *session,
        const struct batch *batch, struct outcome over_quota)
{
    core->counters.over_quota_total += batch->events;
    session->put_off += batch->events;
    if (session->put_off > PUT_OFF_MAX) {
        core_goaway(core, &session->peer, CODE_OVER_QUOTA, over_quota.after_ms);
        sessions_remove(&core->sessions, session);
        return;
    }
    judgement_all(&core->judgement, batch, over_quota);
    answer_here(core, now, session, batch->number);
}

static void
on_batch(struct core *core, struct instant now, struct session *session,
         const struct batch *batch)
{
    struct judgement *judgement = &core->judgement;
    struct outcome over_quota = outcome_of(CODE_OVER_QUOTA, NULL);

    core->counters.batches_total++;
    core->counters.events_total += batch->events;
    if (!core_admits(core, now, session, batch->events, &over_quota.after_ms)) {
        put_off(core, now, session, batch, over_quota);
        return;
    }
    over_quota.after_ms = FULL_PAUSE_MS + core_pause(core);
    judge_batch(judgement, session, core->options.published, batch,
                now.wall_ms);
    skew_look(&session->skew, judgement->sent_at_ms, now.wall_ms);
    switch (pass_on(core, now, session, batch)) {
    case BUNDLE_ADDED:
        session->unanswered += judgement->events;
        return;
    case BUNDLE_FULL:
        judgement_all(judgement, batch, over_quota);
        break;
    case BUNDLE_NOTHING:
        break;
    }
    answer_here(core, now, session, batch->number);
}

static void
on_ping(struct core *core, struct instant now, struct session *session,
        const struct ping *ping)
{
    skew_look(&session->skew, ping->sent_at_ms, now.wall_ms);
    struct pong pong = {
        .sent_at_ms = ping->sent_at_ms,
        .server_time_ms = now.wall_ms,
        .credit = core_grant(core, now, session),
    };
    struct writer writer = writer_on(core->reply, sizeof core->reply);
    (void)core_reply(core, &session->peer, pong_write(&writer, &pong));
}

// on_session takes what only makes sense in a session.
static void
on_session(struct core *core, struct instant now, const struct peer *peer,
           const struct envelope *envelope)
{
    struct session *session = sessions_find(&core->sessions, peer);
    bool batch = envelope->kind == ENVELOPE_BATCH;

    // While draining, batches still come that were sent before the GOAWAY was
    // read; whoever goes on sending is stopped by the end.
    if (!session || (batch && envelope->batch.session != session->id)) {
        enum code code =
            core_is_ready(core) ? CODE_STALE_SESSION : not_ready(core);
        core_goaway(core, peer, code,
                    code == CODE_STALE_SESSION ? 0 : core_pause(core));
        return;
    }
    session->heard_at_ms = now.steady_ms;
    if (batch)
        on_batch(core, now, session, &envelope->batch);
    else
        on_ping(core, now, session, &envelope->ping);
}

static void
forget(struct core *core, const struct peer *peer)
{
    struct session *session = sessions_find(&core->sessions, peer);
    if (session)
        sessions_remove(&core->sessions, session);
}

// may_speak asks the keyring, for every frame: a link stays up when its key is
// revoked.  Whoever may not is sent away and keeps its events.
static bool
may_speak(struct core *core, struct instant now, const struct peer *peer,
          const struct keyring_entry **entry)
{
    *entry = NULL;
    if (!core->keyring)
        return true;
    struct refusal refusal =
        rights_refusal(core->keyring, peer, now.wall_ms, entry);
    if (refusal.code == CODE_NONE)
        return true;
    core->counters.unauthorised_total++;
    core_send_away(core, peer, refusal.code, refusal.text,
                   REFUSED_PAUSE_MS + core_pause(core));
    forget(core, peer);
    return false;
}

void
core_frame(struct core *core, struct instant now, const struct peer *peer,
           struct span frame)
{
    struct envelope envelope;
    const struct keyring_entry *entry;
    core->counters.frames_total++;
    if (!may_speak(core, now, peer, &entry))
        return;
    enum code code = envelope_read(frame, BATCH_EVENTS_MAX, &envelope);
    if (code != CODE_NONE) {
        core->counters.garbage_total++;
        core_goaway(core, peer, code, GARBAGE_PAUSE_MS);
        return;
    }
    switch (envelope.kind) {
    case ENVELOPE_HELLO:
        on_hello(core, now, peer, entry, &envelope.hello);
        return;
    case ENVELOPE_BATCH:
    case ENVELOPE_PING:
        on_session(core, now, peer, &envelope);
        return;
    case ENVELOPE_PONG: // nobody asked
        return;
    case ENVELOPE_GOAWAY:
        forget(core, peer);
        return;
    case ENVELOPE_WELCOME:
    case ENVELOPE_RECEIPT: // only we say that
        core->counters.garbage_total++;
        core_goaway(core, peer, CODE_MALFORMED, GARBAGE_PAUSE_MS);
        return;
    }
}
