// SPDX-License-Identifier: Apache-2.0
#include "client/handle.h"

enum { FIELD_TEXT_MAX = 128, OUTCOME_TEXT_MAX = 512 };

enum dealerpulse_status
dealerpulse_state(struct dealerpulse *pulse, struct dealerpulse_state *state)
{
    static const enum dealerpulse_link links[] = {
        [SESSION_DOWN] = DEALERPULSE_LINK_DOWN,
        [SESSION_GREETING] = DEALERPULSE_LINK_CONNECTING,
        [SESSION_UP] = DEALERPULSE_LINK_UP,
    };
    struct spool_head head;
    struct spool_peer peer = pulse->peer;
    uint64_t lost = 0;

    enum status status = spool_head(pulse->spool, &head);
    if (status == STATUS_OK)
        status = spool_lost(pulse->spool, &lost);
    if (status == STATUS_OK && !pulse->session)
        status = spool_peer(pulse->spool, &peer);
    if (status != STATUS_OK)
        return handle_status(pulse, status);
    *state = (struct dealerpulse_state){
        .last_seq = head.last_seq,
        .waiting = head.waiting,
        .retry = head.retry,
        .rejected = head.rejected,
        .bytes = head.bytes,
        .kept = head.kept,
        .kept_bytes = head.kept_bytes,
        .lost = lost,
        .resent_total = pulse->resent_total,
        .has_clock = peer.has_clock,
        .clock_offset_ms = peer.clock_offset_ms,
        .clock_seen_ms = peer.clock_seen_ms,
        .backed_up_position = peer.backed_up_position,
        .has_store = peer.has_store,
        .incarnation = peer.incarnation,
        .accepted_total = pulse->totals[DEALERPULSE_ACCEPTED],
        .duplicate_total = pulse->totals[DEALERPULSE_DUPLICATE],
        .rejected_total = pulse->totals[DEALERPULSE_REJECTED],
        .retry_total = pulse->totals[DEALERPULSE_RETRY],
        .link = DEALERPULSE_LINK_DOWN,
        .collector = "",
        .refusal_text = "",
    };
    memcpy(state->store, peer.store, sizeof state->store);
    if (pulse->session) {
        struct session_view view = session_view(pulse->session);
        state->link = links[view.phase];
        state->collector = view.endpoint;
        state->links_total = view.links;
        state->refusal = (uint32_t)view.refusal;
        state->refusal_text = view.refusal_text;
        state->in_flight = view.in_flight;
    }
    return DEALERPULSE_OK;
}

struct listing {
    bool (*each)(void *context, const struct dealerpulse_entry *entry);
    void *context;
};

static const char *
copy_text(char *to, size_t capacity, struct span text)
{
    size_t length = text.length < capacity ? text.length : capacity - 1;
    if (length > 0)
        memcpy(to, text.data, length);
    to[length] = '\0';
    return to;
}

static bool
list_one(void *context, const struct spool_event *event)
{
    static const enum dealerpulse_place places[] = {
        [SPOOL_WAITING] = DEALERPULSE_WAITING,
        [SPOOL_RETRY] = DEALERPULSE_WAITING_RETRY,
        [SPOOL_REJECTED] = DEALERPULSE_DEAD_LETTER,
        [SPOOL_KEPT] = DEALERPULSE_KEPT,
    };
    struct listing *listing = context;
    char field[FIELD_TEXT_MAX], text[OUTCOME_TEXT_MAX];
    struct dealerpulse_entry entry = {
        .seq = event->seq,
        .id = event->id.bytes,
        .recorded_at_ms = event->recorded_at_ms,
        .place = places[event->state],
        .not_before_ms = event->not_before_ms,
        .tries = event->tries,
        .code = (uint32_t)event->code,
        .code_name = code_name((uint32_t)event->code),
        .field = copy_text(field, sizeof field, event->field),
        .text = copy_text(text, sizeof text, event->text),
        .body = event->body.data,
        .length = event->body.length,
        .position = event->position,
        .damaged = event->damaged,
        .salt = event->salt.data,
        .salt_length = event->salt.length,
        .comment = event->comment.data,
        .comment_length = event->comment.length,
    };
    return listing->each(listing->context, &entry);
}

enum dealerpulse_status
dealerpulse_list(struct dealerpulse *pulse, bool kept_as_well,
                 bool (*each)(void *context,
                              const struct dealerpulse_entry *entry),
                 void *context)
{
    struct listing listing = {.each = each, .context = context};
    enum status status =
        spool_all(pulse->spool, kept_as_well, list_one, &listing);
    return status == STATUS_OK ? DEALERPULSE_OK : handle_status(pulse, status);
}
