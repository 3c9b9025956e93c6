// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_plan.h"

#include <stdlib.h>

#include "common/wire/event_code.h"
#include "console/simulate_words.h"

// grown returns the array with room for `more` elements of `size` bytes, moved
// if need be, or NULL without memory (the array then is as it was).
static void *
grown(void *array, size_t *capacity, size_t used, size_t more, size_t size)
{
    if (used + more <= *capacity)
        return array;
    size_t wanted = *capacity * 2 > 1024 ? *capacity * 2 : 1024;
    while (wanted < used + more)
        wanted *= 2;
    void *larger = reallocarray(array, wanted, size);
    if (larger != NULL)
        *capacity = wanted;
    return larger;
}

void
plan_fini(struct plan *plan)
{
    free(plan->bytes);
    free(plan->acts);
    free(plan->sendings);
    *plan = (struct plan){0};
}

// encode writes an event, bound to its comment, behind what the plan has.
static uint32_t
encode(struct plan *plan, const struct event *event, const struct act *act)
{
    uint8_t hash[WORDS_HASH_SIZE];
    struct event bound = *event;

    if (act->comment) {
        words_hash(span_of(act->salt, sizeof act->salt),
                   span_text(act->comment), hash);
        bound.comment_hash = span_of(hash, sizeof hash);
    }
    size_t length =
        event_write(&bound, plan->bytes + plan->byte_count, EVENT_BODY_MAX);
    if (length == 0)
        plan->failed = true;
    return (uint32_t)length;
}

size_t
plan_act(struct plan *plan, const struct event *event)
{
    uint8_t *bytes = grown(plan->bytes, &plan->byte_capacity, plan->byte_count,
                           EVENT_BODY_MAX, 1);
    if (bytes != NULL)
        plan->bytes = bytes;
    struct act *acts = grown(plan->acts, &plan->act_capacity, plan->act_count,
                             1, sizeof *acts);
    if (acts != NULL)
        plan->acts = acts;
    if (bytes == NULL || acts == NULL) {
        plan->failed = true;
        return 0;
    }
    struct act *act = &plan->acts[plan->act_count];
    *act = (struct act){.offset = plan->byte_count};
    act->comment = words_of(event, act->salt);
    act->length = encode(plan, event, act);
    plan->byte_count += act->length;
    return plan->act_count++;
}

void
plan_send(struct plan *plan, size_t act, uint32_t lane, int64_t due)
{
    struct sending *sendings = grown(plan->sendings, &plan->sending_capacity,
                                     plan->sending_count, 1, sizeof *sendings);
    if (sendings == NULL) {
        plan->failed = true;
        return;
    }
    plan->sendings = sendings;
    plan->sendings[plan->sending_count++] = (struct sending){act, lane, due};
}

// By lane, then due; the act breaks ties, so that the order is always the same.
static int
by_lane_and_due(const void *left, const void *right)
{
    const struct sending *a = left, *b = right;
    if (a->lane != b->lane)
        return a->lane < b->lane ? -1 : 1;
    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    return a->act < b->act ? -1 : a->act > b->act;
}

enum status
plan_seal(struct plan *plan)
{
    if (plan->failed)
        return STATUS_SYSTEM;
    if (plan->sending_count > 0)
        qsort(plan->sendings, plan->sending_count, sizeof *plan->sendings,
              by_lane_and_due);
    return STATUS_OK;
}

struct span
plan_body(const struct plan *plan, size_t act)
{
    return span_of(plan->bytes + plan->acts[act].offset,
                   plan->acts[act].length);
}
