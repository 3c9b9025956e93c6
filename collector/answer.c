// SPDX-License-Identifier: Apache-2.0
#include "collector/answer.h"

static void
count_outcome(struct collector_counters *counters, enum outcome_kind kind)
{
    switch (kind) {
    case OUTCOME_ACCEPTED:
        counters->accepted_total++;
        return;
    case OUTCOME_DUPLICATE:
        counters->duplicates_total++;
        return;
    case OUTCOME_REJECTED:
        counters->rejected_total++;
        return;
    case OUTCOME_RETRY:
        counters->retried_total++;
        return;
    }
}

bool
remote_outcomes_of(struct remote_outcomes *remote, const struct bundle *bundle,
                   const struct receipt *receipt)
{
    if (receipt->events != bundle->events)
        return false;
    struct repeated outcomes = receipt->outcomes;
    struct receipt_outcome outcome;
    int64_t last = -1;
    while (receipt_next_outcome(&outcomes, &outcome)) {
        if (outcome.index <= last || outcome.index >= bundle->events)
            return false;
        last = outcome.index;
    }
    remote->is_stored = receipt->position != 0;
    remote->rest = receipt->outcomes;
    remote->has_next = receipt_next_outcome(&remote->rest, &remote->next);
    return true;
}

// put_own tells what was judged here.  A rejection that is not in the journal
// would look like a missing event for ever: it is judged again later.
static void
put_own(struct writer *writer, const struct exception *exception,
        bool is_stored, struct collector_counters *counters)
{
    struct outcome outcome = exception->outcome;

    if (outcome.kind == OUTCOME_REJECTED && !is_stored)
        outcome = outcome_of(CODE_STORE_FULL, NULL);
    receipt_outcome(writer, exception->index, &outcome);
    count_outcome(counters, outcome.kind);
}

size_t
answer_entry(struct writer *writer, const struct bundle *bundle,
             const struct entry *entry, const struct receipt *head,
             struct remote_outcomes *remote,
             struct collector_counters *counters)
{
    struct receipt receipt = *head;
    receipt.session = entry->session;
    receipt.batch = entry->number;
    receipt.events = entry->events;
    receipt_begin(writer, &receipt);

    const struct exception *own = bundle->exceptions + entry->exception;
    uint32_t used = 0, answered = 0;
    while (remote->has_next &&
           remote->next.index - entry->first < entry->passed) {
        // The n-th event passed on is the n-th that was not excepted.
        uint32_t n = remote->next.index - entry->first;
        while (used < entry->exception_count && own[used].index <= n + used)
            put_own(writer, &own[used++], remote->is_stored, counters);
        receipt_outcome_copy(writer, n + used, &remote->next);
        count_outcome(counters, remote->next.kind);
        answered++;
        remote->has_next = receipt_next_outcome(&remote->rest, &remote->next);
    }
    while (used < entry->exception_count)
        put_own(writer, &own[used++], remote->is_stored, counters);
    counters->accepted_total += entry->passed - answered;
    return receipt_end(writer, NULL, 0);
}

size_t
answer_judgement(struct writer *writer, const struct judgement *judgement,
                 const struct receipt *head,
                 struct collector_counters *counters)
{
    struct receipt receipt = *head;
    receipt.events = judgement->events;
    receipt_begin(writer, &receipt);
    for (uint32_t i = 0; i < judgement->count; i++)
        put_own(writer, &judgement->exceptions[i], true, counters);
    return receipt_end(writer, NULL, 0);
}
