// SPDX-License-Identifier: Apache-2.0
//
// CASE (rulings A2, B7): one complaint, whoever handles it.
//
// The first opening by (occurred_at, id) names the class and the dealer
// responsible.  Openings by others than that dealer and HQ are not looked at;
// the earliest received_at of the rest is the receipt.  The responsible dealer
// changes with each REASSIGN.  Only actions of the dealer responsible just
// then, or of HQ, count; verdicts are HQ's, whatever dealer they name.
//
// Clock: each class ever held is due T after it was set (the opening class
// after receipt, none before receipt), with T of the rulebook valid at
// receipt; no T, no clock.  The earliest such instant is the
// deadline, its class names the counter (of two alike the class set first):
// MET, LATE or UNANSWERED, in the deadline's month, at the dealer responsible
// at the deadline.
//
//   CASES, TIME_REVERSED           month of receipt, dealer of the opening
//   CASES_RESOLVED, NO_ROOT_CAUSE  first RESOLVED or CLOSED; first CLOSED, when
//                                  it names none: its month, dealer responsible
//   CASES_CLOSED                   first CLOSED: its month, dealer responsible
//   FIX_DUE, FIXED_FIRST           90 days after the first CLOSED, the dealer
//                                  responsible at it; fixed when no counted
//                                  REOPENED follows until then
//   CONFIRMED, UNFOUNDED, FRAUD    last verdict: its month, dealer responsible
//   CONFIRMED_SEVERE, MADE_GOOD    the same, of a CONFIRMED case: of severity
//   4;
//                                  with APOLOGY, RESPONSIBILITY, COMPENSATION
//   TIME                           receipt to first RESPONSE, and to first
//                                  RESOLVED or CLOSED: month and dealer of that
//   CASES_UNOPENED                 first action, its dealer: without a live
//                                  opening nothing else counts
#include "common/domain/contribution_case.h"

// --- Reading the case --------------------------------------------------------

static bool
find_opening(struct docket *docket)
{
    for (size_t i = 0; i < docket->count; i++)
        if (docket->lives[i].member->type == EVENT_COMPLAINT_OPENED) {
            docket->opening = &docket->lives[i];
            docket->opener = docket->opening->member->dealer;
            return true;
        }
    return false;
}

static int64_t
receipt_of(const struct docket *docket)
{
    int64_t receipt = docket->opening->facts->complaint.received_at;

    for (size_t i = 0; i < docket->count; i++) {
        const struct live *const live = &docket->lives[i];
        const uint32_t dealer = live->member->dealer;

        if (live->member->type == EVENT_COMPLAINT_OPENED &&
            (dealer == docket->opener || dealer == DEALER_HQ) &&
            live->facts->complaint.received_at < receipt)
            receipt = live->facts->complaint.received_at;
    }
    return receipt;
}

bool
docket_of(struct docket *docket, const struct live *lives, size_t count,
          const struct rulebook_history *history)
{
    *docket = (struct docket){.lives = lives, .count = count};
    if (!find_opening(docket))
        return false;
    docket->received_at = receipt_of(docket);
    docket->rules = rulebook_at(history, docket->received_at);
    return true;
}

struct walk
walk_of(const struct docket *docket)
{
    return (struct walk){.docket = docket, .responsible = docket->opener};
}

const struct live *
walk_next(struct walk *walk)
{
    if (walk->current && walk->current->facts->action.kind == ACTION_REASSIGN)
        walk->responsible = walk->current->facts->action.dealer;
    for (walk->current = NULL; walk->at < walk->docket->count;) {
        const struct live *const live = &walk->docket->lives[walk->at++];
        const uint32_t dealer = live->member->dealer;

        if (live->member->type == EVENT_COMPLAINT_ACTION &&
            (dealer == DEALER_HQ || dealer == walk->responsible)) {
            walk->current = live;
            break;
        }
    }
    return walk->current;
}

uint32_t
responsible_at(const struct docket *docket, int64_t at)
{
    struct walk walk = walk_of(docket);
    const struct live *action = walk_next(&walk);

    while (action && action->member->occurred_at <= at)
        action = walk_next(&walk);
    return walk.responsible;
}

const struct live *
first_action(const struct docket *docket, enum action_kind kind)
{
    struct walk walk = walk_of(docket);
    const struct live *action = walk_next(&walk);

    while (action && action->facts->action.kind != kind)
        action = walk_next(&walk);
    return action;
}

// --- What it counts ----------------------------------------------------------

// emit_at adds one in the month of an event, at the dealer responsible then.
static void
emit_at(struct emitter *emitter, const struct docket *docket,
        const struct live *live, enum count count)
{
    const int64_t at = live->member->occurred_at;

    emit_count(emitter, count, at, responsible_at(docket, at));
}

static void
emit_unopened(struct emitter *emitter, const struct docket *docket)
{
    for (size_t i = 0; i < docket->count; i++) {
        const struct member *const member = docket->lives[i].member;

        if (member->type == EVENT_COMPLAINT_ACTION) {
            emit_count(emitter, COUNT_CASES_UNOPENED, member->occurred_at,
                       member->dealer);
            return;
        }
    }
}

static void
emit_receipt(struct emitter *emitter, const struct docket *docket)
{
    struct walk walk = walk_of(docket);
    const struct live *const first = walk_next(&walk); // and the earliest

    emit_count(emitter, COUNT_CASES, docket->received_at, docket->opener);
    if (first && first->member->occurred_at < docket->received_at)
        emit_count(emitter, COUNT_TIME_REVERSED, docket->received_at,
                   docket->opener);
}

static void
emit_took(struct emitter *emitter, const struct docket *docket,
          const struct live *live, enum timed timed)
{
    const int64_t at = live->member->occurred_at;
    const struct tally_key key =
        emitter_key(emitter, at, responsible_at(docket, at));

    emit_time(emitter, &key, timed, docket->received_at, at);
}

static bool
is_reopened(const struct docket *docket, const struct live *closed,
            int64_t until)
{
    struct walk walk = walk_of(docket);
    const struct live *action;

    while ((action = walk_next(&walk)))
        if (action > closed && action->member->occurred_at <= until &&
            action->facts->action.kind == ACTION_REOPENED)
            return true;
    return false;
}

static void
emit_closed(struct emitter *emitter, const struct docket *docket,
            const struct live *closed)
{
    static const int64_t hold_ms = 90 * (int64_t)DAY_MS;
    const int64_t at = closed->member->occurred_at;
    const uint32_t dealer = responsible_at(docket, at);
    int64_t until;

    emit_count(emitter, COUNT_CASES_CLOSED, at, dealer);
    if (!closed->facts->action.has_root_cause)
        emit_count(emitter, COUNT_NO_ROOT_CAUSE, at, dealer);
    if (__builtin_add_overflow(at, hold_ms, &until))
        return; // such a day never comes
    emit_count(emitter, COUNT_FIX_DUE, until, dealer);
    if (!is_reopened(docket, closed, until))
        emit_count(emitter, COUNT_FIXED_FIRST, until, dealer);
}

static void
emit_end(struct emitter *emitter, const struct docket *docket)
{
    const struct live *const resolved = first_action(docket, ACTION_RESOLVED);
    const struct live *const closed = first_action(docket, ACTION_CLOSED);

    // Both point into one ascending list.
    const struct live *const end =
        resolved && (!closed || resolved < closed) ? resolved : closed;
    const struct live *const answer = first_action(docket, ACTION_RESPONSE);

    if (answer)
        emit_took(emitter, docket, answer, TIME_RESPOND);
    if (end) {
        emit_at(emitter, docket, end, COUNT_CASES_RESOLVED);
        emit_took(emitter, docket, end, TIME_RESOLVE);
    }
    if (closed)
        emit_closed(emitter, docket, closed);
}

static void
emit_confirmed(struct emitter *emitter, const struct docket *docket,
               const struct live *verdict)
{
    static const uint8_t severest = 4;

    emit_at(emitter, docket, verdict, COUNT_CONFIRMED);
    if (docket->opening->facts->complaint.severity == severest)
        emit_at(emitter, docket, verdict, COUNT_CONFIRMED_SEVERE);
    if (first_action(docket, ACTION_APOLOGY) &&
        first_action(docket, ACTION_RESPONSIBILITY) &&
        first_action(docket, ACTION_COMPENSATION))
        emit_at(emitter, docket, verdict, COUNT_MADE_GOOD);
}

static void
emit_verdict(struct emitter *emitter, const struct docket *docket)
{
    const struct live *last = NULL;

    for (size_t i = 0; i < docket->count; i++)
        if (docket->lives[i].member->type == EVENT_COMPLAINT_VERDICT)
            last = &docket->lives[i];
    if (!last)
        return;
    if (last->facts->verdict == VERDICT_CONFIRMED_DEALER)
        emit_confirmed(emitter, docket, last);
    else if (last->facts->verdict == VERDICT_UNFOUNDED)
        emit_at(emitter, docket, last, COUNT_UNFOUNDED);
    else if (last->facts->verdict == VERDICT_FRAUD)
        emit_at(emitter, docket, last, COUNT_FRAUD);
}

void
contribute_case(struct emitter *emitter, const struct live *lives, size_t count)
{
    struct docket docket;

    if (!docket_of(&docket, lives, count, emitter->history)) {
        emit_unopened(emitter, &docket);
        return;
    }
    emit_receipt(emitter, &docket);
    emit_end(emitter, &docket);
    emit_verdict(emitter, &docket);
    if (docket.rules) {
        contribute_emergency(emitter, &docket);
        contribute_clock(emitter, &docket);
    }
}
