// SPDX-License-Identifier: Apache-2.0
//
// VISIT, what was done for the customer besides: contacts, disclosures and
// guidance that name the visit.
//
//   FOLLOW_UP_DUE   three days after the first close, at its dealer
//   FOLLOWED_UP     then too, when a FOLLOW_UP within them reached the customer
//                   or does not say that it did not
//   SIGNED          first event that tells when the customer signed
//   DISCLOSED       then too, when there was a DISCLOSURE until then
//   FIRST_VISITS    first event that says it is a first visit
//   FIRST_GUIDED    then too, when there is a GUIDANCE
#include <stddef.h>

#include "common/domain/contribution_parts.h"

enum { FOLLOW_UP_DAYS = 3 };

// Fields of a CONTACT, and what they say.
enum { CONTACT_KIND = 1, CONTACT_OUTCOME = 2, FOLLOW_UP = 1, REACHED = 1 };

struct course {
    const struct live *lives;
    size_t count;
};

static bool
says_closed(const struct live *live)
{
    return live->member->type == EVENT_VISIT_CLOSED;
}

static bool
says_signed(const struct live *live)
{
    return live_is_visit(live) && live->facts->visit.signed_at != 0;
}

static bool
says_first(const struct live *live)
{
    return live_is_visit(live) && live->facts->visit.first_visit;
}

static const struct live *
first_saying(const struct course *course, bool (*says)(const struct live *))
{
    for (size_t i = 0; i < course->count; i++)
        if (says(&course->lives[i]))
            return &course->lives[i];
    return NULL;
}

// happened tells whether an event of a type lies in from..until.
static bool
happened(const struct course *course, enum event_type type, int64_t from,
         int64_t until)
{
    for (size_t i = 0; i < course->count; i++) {
        const struct live *const live = &course->lives[i];
        const int64_t *const said = live->facts->notice.numbers;

        if (live->member->type != type || live->member->occurred_at < from ||
            live->member->occurred_at > until)
            continue;
        if (type != EVENT_CONTACT ||
            (said[CONTACT_KIND] == FOLLOW_UP &&
             (said[CONTACT_OUTCOME] == 0 || said[CONTACT_OUTCOME] == REACHED)))
            return true;
    }
    return false;
}

// emit_pair counts a case, and that it was as it should be.
static void
emit_pair(struct emitter *emitter, const struct live *live, int64_t at,
          enum count all, enum count good, bool is_good)
{
    emit_count(emitter, all, at, live->member->dealer);
    if (is_good)
        emit_count(emitter, good, at, live->member->dealer);
}

void
contribute_care(struct emitter *emitter, const struct live *lives, size_t count)
{
    const struct course course = {lives, count};
    const struct live *const closed = first_saying(&course, says_closed);
    const struct live *const told = first_saying(&course, says_signed);
    const struct live *const first = first_saying(&course, says_first);
    int64_t due;

    if (closed &&
        !__builtin_add_overflow(closed->member->occurred_at,
                                (int64_t)FOLLOW_UP_DAYS * DAY_MS, &due))
        emit_pair(
            emitter, closed, due, COUNT_FOLLOW_UP_DUE, COUNT_FOLLOWED_UP,
            happened(&course, EVENT_CONTACT, closed->member->occurred_at, due));
    if (told)
        emit_pair(emitter, told, told->member->occurred_at, COUNT_SIGNED,
                  COUNT_DISCLOSED,
                  happened(&course, EVENT_DISCLOSURE, INT64_MIN,
                           told->facts->visit.signed_at));
    if (first)
        emit_pair(emitter, first, first->member->occurred_at,
                  COUNT_FIRST_VISITS, COUNT_FIRST_GUIDED,
                  happened(&course, EVENT_GUIDANCE, INT64_MIN, INT64_MAX));
}
