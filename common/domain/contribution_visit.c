// SPDX-License-Identifier: Apache-2.0
//
// VISIT: what a set of opened and closed events says of one visit.  Of a fact
// that several live events tell, the first counts.
//
//   VISITS            first event
//   VISITS_CLOSED     first close
//   ELIGIBLE          first event that says so
//   ESTIMATED         first close, when it tells what was settled and any event
//                     tells an estimate: 1, OVERRUN 1 when that was exceeded by
//                     more than 10 %, ESTIMATE_FEN and SETTLED_FEN the amounts
//   PROMISED          first close, when events tell when the car was promised
//                     and when it was ready: 1, READY_IN_TIME 1 unless later
//   TIME, TIME_WAIT   first event that tells arrival and service
//
// CUSTOMER (rulings B12): CUSTOMERS when any event is live, RETURNING when two
// opened visits are, in the key's month at the key's dealer.
#include <stddef.h>

#include "common/domain/contribution_parts.h"

// Beyond it (42 million yuan) an amount is a slip of the pen, and its visit is
// not compared: no sum of fen ever gets near 64 bits.
static const int64_t FEN_MAX = UINT32_MAX;

// The visit as its live events tell it.
struct course {
    const struct live *lives;
    size_t count;
};

static bool
says_eligible(const struct visit *visit)
{
    return visit->eligible;
}

static bool
says_estimate(const struct visit *visit)
{
    return visit->has_estimate;
}

static bool
says_promise(const struct visit *visit)
{
    return visit->promised_at != 0;
}

static bool
says_ready(const struct visit *visit)
{
    return visit->ready_at != 0;
}

static bool
says_wait(const struct visit *visit)
{
    return visit->arrived_at != 0 && visit->served_at != 0;
}

// first_saying returns the first live event that tells something, or NULL.
static const struct live *
first_saying(const struct course *course, bool (*says)(const struct visit *))
{
    for (size_t i = 0; i < course->count; i++)
        if (live_is_visit(&course->lives[i]) &&
            says(&course->lives[i].facts->visit))
            return &course->lives[i];
    return NULL;
}

static const struct live *
first_close(const struct course *course)
{
    for (size_t i = 0; i < course->count; i++)
        if (course->lives[i].member->type == EVENT_VISIT_CLOSED)
            return &course->lives[i];
    return NULL;
}

static void
emit_live(struct emitter *emitter, const struct live *live, enum count count)
{
    emit_count(emitter, count, live->member->occurred_at, live->member->dealer);
}

static void
emit_amounts(struct emitter *emitter, const struct course *course,
             const struct live *closed)
{
    const struct live *const told = first_saying(course, says_estimate);
    const struct tally_key key = emitter_key(
        emitter, closed->member->occurred_at, closed->member->dealer);

    if (!told || !closed->facts->visit.has_settled)
        return;
    const int64_t estimate = told->facts->visit.estimate_fen;
    const int64_t settled = closed->facts->visit.settled_fen;
    if (estimate < 0 || estimate > FEN_MAX || settled < 0 || settled > FEN_MAX)
        return;
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_ESTIMATED, 0), 1);
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_OVERRUN, 0),
         settled * 10 > estimate * 11);
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_ESTIMATE_FEN, 0),
         estimate);
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_SETTLED_FEN, 0), settled);
}

static void
emit_promise(struct emitter *emitter, const struct course *course,
             const struct live *closed)
{
    const struct live *const promise = first_saying(course, says_promise);
    const struct live *const ready = first_saying(course, says_ready);

    if (!promise || !ready)
        return;
    emit_live(emitter, closed, COUNT_PROMISED);
    if (ready->facts->visit.ready_at <= promise->facts->visit.promised_at)
        emit_live(emitter, closed, COUNT_READY_IN_TIME);
}

static void
emit_wait(struct emitter *emitter, const struct course *course)
{
    const struct live *const waited = first_saying(course, says_wait);

    if (!waited)
        return;
    const struct tally_key key = emitter_key(
        emitter, waited->member->occurred_at, waited->member->dealer);
    emit_time(emitter, &key, TIME_WAIT, waited->facts->visit.arrived_at,
              waited->facts->visit.served_at);
}

void
contribute_visit(struct emitter *emitter, const struct live *lives,
                 size_t count)
{
    const struct course course = {lives, count};
    const struct live *const eligible = first_saying(&course, says_eligible);
    const struct live *const closed = first_close(&course);
    size_t first = 0;

    while (first < count && !live_is_visit(&lives[first]))
        first++;
    if (first == count)
        return;
    emit_live(emitter, &lives[first], COUNT_VISITS);
    if (closed)
        emit_live(emitter, closed, COUNT_VISITS_CLOSED);
    if (eligible)
        emit_live(emitter, eligible, COUNT_ELIGIBLE);
    if (closed) {
        emit_amounts(emitter, &course, closed);
        emit_promise(emitter, &course, closed);
    }
    emit_wait(emitter, &course);
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
