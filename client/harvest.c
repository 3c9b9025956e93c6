// SPDX-License-Identifier: Apache-2.0
//
// From the session into the spool.
#include "client/handle.h"
#include "common/runtime/clock.h"

enum {
    PEER_PUT_MS = 60000,   // between two notes of small changes
    CLOCK_NEWS_MS = 60000, // a smaller change of the clocks is none
};

enum { FIELD_TEXT_MAX = 128, OUTCOME_TEXT_MAX = 512 };

static const char *
copy_text(char *to, size_t capacity, struct span text)
{
    size_t length = text.length < capacity ? text.length : capacity - 1;
    if (length > 0)
        memcpy(to, text.data, length);
    to[length] = '\0';
    return to;
}

static void
tell_caller(struct dealerpulse *pulse, const struct settlement *settlement)
{
    static const enum dealerpulse_kind kinds[] = {
        [OUTCOME_ACCEPTED] = DEALERPULSE_ACCEPTED,
        [OUTCOME_DUPLICATE] = DEALERPULSE_DUPLICATE,
        [OUTCOME_REJECTED] = DEALERPULSE_REJECTED,
        [OUTCOME_RETRY] = DEALERPULSE_RETRY,
    };
    char field[FIELD_TEXT_MAX], text[OUTCOME_TEXT_MAX];
    struct dealerpulse_outcome outcome = {
        .seq = settlement->seq,
        .kind = kinds[settlement->kind],
        .code = (uint32_t)settlement->code,
        .code_name = code_name((uint32_t)settlement->code),
        .field = copy_text(field, sizeof field, settlement->field),
        .text = copy_text(text, sizeof text, settlement->text),
        .after_ms = settlement->after_ms,
    };

    pulse->totals[outcome.kind] += 1;
    if (pulse->on_outcome)
        pulse->on_outcome(pulse->context, &outcome);
}

enum status
harvest_settle(struct dealerpulse *pulse, bool *moved)
{
    if (pulse->settlement_count > 0) {
        enum status status =
            spool_settle(pulse->spool, pulse->settlements,
                         pulse->settlement_count, clock_wall_ms());
        if (status != STATUS_OK)
            return status;
        *moved = true;
    }
    size_t count = pulse->settlement_count;
    pulse->settlement_count = 0; // first: on_outcome may come back here
    for (size_t i = 0; i < count; i++)
        tell_caller(pulse, &pulse->settlements[i]);
    for (size_t i = 0; i < pulse->frame_count; i++)
        frame_close(&pulse->frames[i]);
    pulse->frame_count = 0;
    return STATUS_OK;
}

// --- What is known of the store ----------------------------------------------

static bool
peer_is_news(const struct dealerpulse *pulse, struct instant now)
{
    const struct spool_peer *peer = &pulse->peer, *stored = &pulse->peer_stored;
    int64_t moved = peer->clock_offset_ms - stored->clock_offset_ms;

    if (peer->has_clock != stored->has_clock || moved > CLOCK_NEWS_MS ||
        moved < -CLOCK_NEWS_MS)
        return true;
    return peer->backed_up_position != stored->backed_up_position &&
           now.steady_ms - pulse->peer_put_at >= PEER_PUT_MS;
}

static enum status
put_peer(struct dealerpulse *pulse, struct instant now)
{
    enum status status = spool_peer_put(pulse->spool, &pulse->peer);
    if (status != STATUS_OK)
        return status;
    pulse->peer_stored = pulse->peer;
    pulse->peer_put_at = now.steady_ms;
    return STATUS_OK;
}

enum status
harvest_peer(struct dealerpulse *pulse, struct instant now)
{
    struct session_view view = session_view(pulse->session);

    if (!view.has_clock)
        return STATUS_OK;
    pulse->peer.has_clock = true;
    pulse->peer.clock_offset_ms = view.clock_offset_ms;
    pulse->peer.clock_seen_ms = now.wall_ms;
    return peer_is_news(pulse, now) ? put_peer(pulse, now) : STATUS_OK;
}

enum status
harvest_store(struct dealerpulse *pulse, const struct session_output *output,
              struct instant now, bool *moved)
{
    enum status status = harvest_settle(pulse, moved);
    uint64_t count = 0;

    if (status == STATUS_OK && output->resend_from > 0)
        status = spool_resend(pulse->spool, output->resend_from, &count);
    if (status != STATUS_OK)
        return status;
    pulse->resent_total += count;
    if (output->store.incarnation == pulse->peer.incarnation &&
        pulse->peer.has_store &&
        memcmp(output->store.id, pulse->peer.store, SPOOL_STORE_SIZE) == 0)
        return STATUS_OK;
    pulse->peer.has_store = true;
    memcpy(pulse->peer.store, output->store.id, SPOOL_STORE_SIZE);
    pulse->peer.incarnation = output->store.incarnation;
    pulse->peer.backed_up_position = pulse->release_to = 0;
    return put_peer(pulse, now);
}

enum status
harvest_release(struct dealerpulse *pulse)
{
    uint64_t count = 0;

    if (pulse->release_to == 0)
        return STATUS_OK;
    enum status status = spool_release(pulse->spool, pulse->release_to, &count);
    if (status == STATUS_OK && count == 0)
        pulse->release_to = 0; // until a later backup
    return status;
}
