// SPDX-License-Identifier: Apache-2.0
//
// VISIT: VISITS at the first live visit event, VISITS_CLOSED at the first live
// close.
//
// CUSTOMER (rulings B12): CUSTOMERS when any event is live, RETURNING when two
// opened visits are, in the key's month at the key's dealer.
#include "common/domain/contribution_parts.h"

void
contribute_visit(struct emitter *emitter, const struct live *lives,
                 size_t count)
{
    bool visited = false, closed = false;

    for (size_t i = 0; i < count && !closed; i++) {
        const struct member *const member = lives[i].member;

        if (member->type != EVENT_VISIT_OPENED &&
            member->type != EVENT_VISIT_CLOSED)
            continue;
        if (!visited)
            emit_count(emitter, COUNT_VISITS, member->occurred_at,
                       member->dealer);
        visited = true;
        closed = member->type == EVENT_VISIT_CLOSED;
        if (closed)
            emit_count(emitter, COUNT_VISITS_CLOSED, member->occurred_at,
                       member->dealer);
    }
}

void
contribute_customer(struct emitter *emitter, const struct live *lives,
                    size_t count)
{
    const struct tally_key key = {.month = key_number_at(emitter->key, 1),
                                  .dealer = key_number_at(emitter->key, 5),
                                  .slice = emitter->slice};
    size_t opened = 0;

    for (size_t i = 0; i < count; i++)
        opened += lives[i].member->type == EVENT_VISIT_OPENED;
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_CUSTOMERS, 0), 1);
    if (opened >= 2)
        emit(emitter, &key, counter(COUNTER_COUNT, COUNT_RETURNING, 0), 1);
}
