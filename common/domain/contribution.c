// SPDX-License-Identifier: Apache-2.0
#include "common/domain/contribution.h"

#include "common/domain/bucket.h"
#include "common/domain/contribution_parts.h"

// --- Emitting ----------------------------------------------------------------

struct tally_key
emitter_key(const struct emitter *emitter, int64_t at, uint32_t dealer)
{
    return (struct tally_key){.month = entity_month(emitter->history, at),
                              .dealer = dealer,
                              .slice = emitter->slice};
}

void
emit_count(struct emitter *emitter, enum count count, int64_t at,
           uint32_t dealer)
{
    const struct tally_key key = emitter_key(emitter, at, dealer);

    emit(emitter, &key, counter(COUNTER_COUNT, count, 0), 1);
}

void
emit_time(struct emitter *emitter, const struct tally_key *key,
          enum timed timed, int64_t from, int64_t until)
{
    int64_t duration;

    if (__builtin_sub_overflow(until, from, &duration))
        duration = until > from ? INT64_MAX : 0;
    emit(emitter, key, counter(COUNTER_TIME, timed, bucket_of(duration)), 1);
}

uint32_t
key_number_at(const struct entity_key *key, size_t offset)
{
    const uint8_t *const in = key->bytes + offset;

    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 |
           (uint32_t)in[2] << 8 | in[3];
}

static void
emit_too_large(struct emitter *emitter)
{
    struct tally_key key = {.month = MONTH_NONE, .slice = SLICE_ALL};

    emitter->out->count = 0;
    if (entity_kind_of(emitter->key) == ENTITY_CUSTOMER) {
        key.month = key_number_at(emitter->key, 1);
        key.dealer = key_number_at(emitter->key, 5);
    } else {
        key.dealer = key_number_at(emitter->key, 1);
    }
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_ENTITY_TOO_LARGE, 0), 1);
}

// --- The whole ---------------------------------------------------------------

static void
contribute(struct emitter *emitter, const struct live *lives, size_t count)
{
    switch (entity_kind_of(emitter->key)) {
    case ENTITY_SURVEY:
        contribute_survey(emitter, lives, count);
        break;
    case ENTITY_CASE:
        contribute_case(emitter, lives, count);
        break;
    case ENTITY_VISIT:
        contribute_visit(emitter, lives, count);
        contribute_care(emitter, lives, count);
        break;
    case ENTITY_CUSTOMER:
        contribute_customer(emitter, lives, count);
        break;
    case ENTITY_NOTICE:
        contribute_notice(emitter, lives, count);
        break;
    case ENTITY_MINUTE:
        contribute_minute(emitter, lives, count);
        break;
    }
}

void
contribution_of(const struct entity_key *key, const struct entity *entity,
                const struct rulebook_history *history,
                struct contribution *out)
{
    struct emitter emitter = {
        .out = out, .key = key, .history = history, .slice = SLICE_ALL};
    struct lives lives; // large: never cleared, only what is used is written

    out->count = 0;
    if (entity->too_large) {
        emit_too_large(&emitter);
        return;
    }
    lives_of(entity, &emitter, entity_kind_of(key) != ENTITY_CUSTOMER, &lives);
    for (unsigned slice = SLICE_ALL; slice <= SLICE_HELD; slice++) {
        emitter.slice = (enum slice)slice;
        if (lives.count[slice] > 0)
            contribute(&emitter, lives.items[slice], lives.count[slice]);
    }
    deltas_settle(out);
    if (out->count > CONTRIBUTION_OF_MAX)
        emit_too_large(&emitter);
}
