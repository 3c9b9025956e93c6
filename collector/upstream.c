// SPDX-License-Identifier: Apache-2.0
//
// The side of the core that faces the aggregator.
#include "collector/state.h"

static void
on_welcome(struct core *core, struct instant now, const struct welcome *welcome)
{
    struct link *link = &core->link;

    if (welcome->refusal != CODE_NONE) {
        core_notice(core, NOTICE_LINK_REFUSED, welcome->refusal);
        core_lose(core, now, welcome->refusal);
        return;
    }
    bool was_up = link->state == LINK_UP;
    if (was_up && welcome->session != link->session) {
        core_lose(core, now, CODE_STALE_SESSION);
        return; // greeted anew after a pause
    }
    switch (link_welcome(link, now.steady_ms, welcome)) {
    case LINK_WELCOMED:
        break;
    case LINK_OTHER_STORE: // terminals learn it from their next WELCOME
        core_part(core, CODE_STALE_SESSION);
        break;
    case LINK_OLDER_STORE:
        core_notice(core, NOTICE_OLDER_STORE, CODE_NONE);
        core_lose(core, now, CODE_NO_AGGREGATOR);
        return;
    }
    published_want(core->options.published, welcome->programme_hash,
                   welcome->dealers_hash);
    if (!was_up)
        core_notice(core, NOTICE_LINK_UP, CODE_NONE);
}

// answer_all gives every terminal in the bundle its receipt.
static void
answer_all(struct core *core, struct instant now, const struct bundle *bundle,
           struct remote_outcomes *remote)
{
    struct receipt head = core_receipt_head(core, now);
    for (uint32_t i = 0; i < bundle->entry_count; i++) {
        const struct entry *entry = &bundle->entries[i];
        struct writer writer = writer_on(core->reply, sizeof core->reply);
        struct session *session =
            sessions_at(&core->sessions, entry->place, entry->session);
        if (session) {
            session->unanswered -= entry->events;
            head.credit = core_grant(core, now, session);
        }
        size_t length = answer_entry(&writer, bundle, entry, &head, remote,
                                     &core->counters);
        if (!session) {
            core->counters.receipts_lost_total++;
            continue;
        }
        core_receipt(core, session, length);
    }
}

static void
on_receipt(struct core *core, struct instant now, const struct receipt *receipt)
{
    struct link *link = &core->link;
    struct remote_outcomes remote;

    if (link->state != LINK_UP || receipt->session != link->session)
        return; // of a session that is over
    struct bundle *bundle = link_find(link, receipt->batch);
    if (!bundle)
        return; // answered already
    if (!remote_outcomes_of(&remote, bundle, receipt)) {
        core_notice(core, NOTICE_BAD_RECEIPT, CODE_NONE);
        core_lose(core, now, CODE_MALFORMED);
        return;
    }
    core->counters.link_receipts_total++;
    link->credit = receipt->credit;
    if (receipt->position != 0) // 0: nothing was stored
        link->position = receipt->position;
    link->backed_up_position = receipt->backed_up_position;
    answer_all(core, now, bundle, &remote);
    link_done(link, bundle);
}

void
core_link_frame(struct core *core, struct instant now, struct span frame)
{
    struct envelope envelope;
    struct link *link = &core->link;

    if (link->state == LINK_CLOSED)
        return; // left over from the link before
    if (envelope_read(frame, BATCH_EVENTS_MAX, &envelope) != CODE_NONE) {
        core_lose(core, now, CODE_MALFORMED);
        return;
    }
    link->heard_at_ms = now.steady_ms;
    switch (envelope.kind) {
    case ENVELOPE_WELCOME:
        on_welcome(core, now, &envelope.welcome);
        return;
    case ENVELOPE_RECEIPT:
        on_receipt(core, now, &envelope.receipt);
        return;
    case ENVELOPE_PONG:
        link->credit = envelope.pong.credit;
        return;
    case ENVELOPE_GOAWAY:
        core_lose(core, now, envelope.goaway.code);
        return;
    case ENVELOPE_PING:
    case ENVELOPE_HELLO:
    case ENVELOPE_BATCH:
        return; // not for us to answer
    }
}
