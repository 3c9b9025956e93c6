// SPDX-License-Identifier: Apache-2.0
#include "aggregator/fold.h"

#include <endian.h>
#include <stdlib.h>

#include "aggregator/numbers.h"
#include "common/domain/contribution.h"
#include "common/domain/lateness.h"
#include "common/wire/event_code.h"

// How many events ahead the memory is asked for.
enum { AHEAD = 8 };

// The entities an event belongs to, and where the cache has them.
struct prepared {
    size_t count;
    struct entity_key keys[ENTITY_KEYS_MAX];
    struct cache_key names[ENTITY_KEYS_MAX]; // lent by keys
    uint32_t month;                          // of the event
    uint64_t tally;                          // hash of its likely tally
};

// Working memory, allocated once: nothing is allocated per event.
struct fold {
    struct cache *cache;
    const struct history *history;
    int64_t horizon;
    int64_t received_at; // of the parcel at hand
    struct entity set;
    struct prepared ahead[AHEAD]; // a ring, of the events to come
    struct contribution was, is, change;
    struct numbers numbers;
    uint8_t bytes[ENTITY_BYTES_MAX];
};

enum status
fold_open(struct fold **out, struct cache *cache, const struct history *history)
{
    struct fold *fold = calloc(1, sizeof *fold);
    if (!fold)
        return STATUS_SYSTEM;
    fold->cache = cache;
    fold->history = history;
    fold->horizon = INT64_MIN;
    fold->set.members = malloc(ENTITY_MEMBERS_MAX * sizeof *fold->set.members);
    if (!fold->set.members) {
        fold_close(fold);
        return STATUS_SYSTEM;
    }
    *out = fold;
    return STATUS_OK;
}

void
fold_close(struct fold *fold)
{
    if (!fold)
        return;
    free(fold->set.members);
    free(fold);
}

int64_t
fold_horizon(const struct fold *fold)
{
    return fold->horizon;
}

void
fold_horizon_set(struct fold *fold, int64_t horizon)
{
    fold->horizon = horizon;
}

// has_survey tells whether the event brings answers: its own, or those of a
// CORRECT.
static bool
has_survey(const struct event *event)
{
    return event_type_has_answers(event->type) ||
           (event->type == EVENT_CORRECT &&
            event_type_has_answers(event->control.target_type));
}

static bool
has_action(const struct event *event)
{
    return event->type == EVENT_COMPLAINT_ACTION ||
           (event->type == EVENT_CORRECT &&
            event->control.target_type == EVENT_COMPLAINT_ACTION);
}

// judge_survey fills what the rulebook says of the answers.  A questionnaire
// nobody published makes the response incomplete, not an error: the fold is
// total.
static void
judge_survey(const struct history *history, struct event *event)
{
    int64_t at = event->type == EVENT_CORRECT
                     ? event->control.target_occurred_at
                     : event->occurred_at;
    const struct rulebook *rulebook = rulebook_at(history_rules(history), at);
    const struct questionnaire *questionnaire =
        rulebook ? rulebook_questionnaire(rulebook, event->survey.questionnaire,
                                          event->survey.version)
                 : NULL;
    event->survey.complete =
        questionnaire && questionnaire_complete(questionnaire, &event->survey);
}

struct outcome
fold_read(const struct history *history, struct span body, struct event *event)
{
    const struct roster *roster = history_roster(history);

    struct outcome outcome = event_read(body, event);
    if (outcome.kind != OUTCOME_ACCEPTED)
        return outcome;
    if (!roster_find(roster, event->dealer_id, &event->dealer))
        return outcome_of(CODE_UNKNOWN_DEALER, "dealer");
    if (has_survey(event))
        judge_survey(history, event);
    if (has_action(event) && event->action.dealer_id.length &&
        !roster_find(roster, event->action.dealer_id, &event->action.dealer))
        return outcome_of(CODE_UNKNOWN_DEALER, "complaint_action.dealer");
    return outcome;
}

// quarantine lists a place in the journal: key position and index, big endian.
static enum status
quarantine(struct fold *fold, uint64_t position, uint32_t index,
           enum quarantine_reason reason, const char *text)
{
    uint8_t key[12];
    uint64_t p = htobe64(position);
    uint32_t i = htobe32(index);
    uint32_t length = (uint32_t)strlen(text);

    memcpy(key, &p, sizeof p);
    memcpy(key + sizeof p, &i, sizeof i);
    const struct cache_key name =
        cache_key_of(fold->cache, span_of(key, sizeof key));
    uint8_t *value =
        cache_put(fold->cache, STATE_QUARANTINE, &name, length + 1);
    if (!value)
        return STATUS_FULL;
    value[0] = (uint8_t)reason;
    memcpy(value + 1, text, length);
    return STATUS_OK;
}

static bool
same_tally(const struct tally_key *a, const struct tally_key *b)
{
    return a->month == b->month && a->dealer == b->dealer &&
           a->slice == b->slice;
}

// apply adds a change to the tallies it names, one tally at a time.
static enum status
apply(struct fold *fold, const struct contribution *change)
{
    for (size_t from = 0, until; from < change->count; from = until) {
        const struct delta *deltas = &change->deltas[from];
        struct tally *tally;
        size_t done;

        until = from + 1;
        while (until < change->count &&
               same_tally(&change->deltas[until].key, &deltas->key))
            until++;
        enum status status = cache_tally(fold->cache, &deltas->key,
                                         (uint32_t)(until - from), &tally);
        if (status == STATUS_OK)
            status = tally_add(tally, deltas, until - from, &done);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

// fold_entity is the heart: tally += contribution(after) - contribution(before)
static enum status
fold_entity(struct fold *fold, const struct entity_key *key,
            const struct cache_key *name, const struct event *event)
{
    const struct rulebook_history *rules = history_rules(fold->history);
    enum entity_kind kind = entity_kind_of(key);
    struct span stored = {0};
    const struct contribution *change = &fold->is;

    enum status status = cache_get(fold->cache, STATE_ENTITY, name, &stored);
    bool is_new = status == STATUS_NOT_FOUND;
    if (!is_new && status != STATUS_OK)
        return status;
    status = entity_decode(kind, stored, &fold->set);
    if (status != STATUS_OK)
        return status;
    if (!is_new)
        contribution_of(key, &fold->set, rules, &fold->was);
    entity_add(kind, &fold->set, event);
    contribution_of(key, &fold->set, rules, &fold->is);
    if (!is_new) {
        contribution_change(&fold->was, &fold->is, &fold->change);
        change = &fold->change;
    }
    size_t length = entity_encode(kind, &fold->set, fold->bytes);
    void *room = cache_put(fold->cache, STATE_ENTITY, name, (uint32_t)length);
    if (!room)
        return STATUS_FULL;
    memcpy(room, fold->bytes, length);
    return apply(fold, change);
}

// prepare names the entities of an event and asks the memory for them.
static void
prepare(struct fold *fold, const struct event *event, struct prepared *prepared)
{
    prepared->count =
        entity_keys(event, history_rules(fold->history), prepared->keys);
    for (size_t i = 0; i < prepared->count; i++) {
        const struct entity_key *key = &prepared->keys[i];
        prepared->names[i] =
            cache_key_of(fold->cache, span_of(key->bytes, key->length));
        cache_prefetch(fold->cache, STATE_ENTITY, &prepared->names[i]);
    }
    prepared->month =
        entity_month(history_rules(fold->history), event->occurred_at);
    const struct tally_key tally = {
        .month = prepared->month, .dealer = event->dealer, .slice = SLICE_ALL};
    prepared->tally = cache_tally_hash(fold->cache, &tally);
    cache_prefetch_tally(fold->cache, prepared->tally, 0);
}

// count_arrival counts an event that came after the end of its month, at its
// own dealer and month; what figures it changes is another matter.
static enum status
count_arrival(struct fold *fold, const struct event *event, uint32_t month)
{
    const struct rulebook *rulebook =
        rulebook_at(history_rules(fold->history), event->occurred_at);
    uint32_t days =
        rulebook ? lateness_days(&rulebook->zone, month, fold->received_at) : 0;
    const struct delta arrived = {.key = {.month = month,
                                          .dealer = event->dealer,
                                          .slice = SLICE_ARRIVED},
                                  .counter = counter(COUNTER_ARRIVAL, days, 0),
                                  .value = 1};
    struct tally *tally;
    size_t done;

    if (days == 0)
        return STATUS_OK;
    enum status status = cache_tally(fold->cache, &arrived.key, 1, &tally);
    return status == STATUS_OK ? tally_add(tally, &arrived, 1, &done) : status;
}

static enum status
fold_event(struct fold *fold, const struct event *event,
           const struct prepared *prepared)
{
    enum status status = count_arrival(fold, event, prepared->month);

    if (event->occurred_at > fold->horizon)
        fold->horizon = event->occurred_at;
    for (size_t i = 0; i < prepared->count && status == STATUS_OK; i++)
        status =
            fold_entity(fold, &prepared->keys[i], &prepared->names[i], event);
    return status;
}

// fold_body folds one stored event.  What cannot be read is listed, not lost:
// the journal keeps it.
static enum status
fold_body(struct fold *fold, struct span body, uint64_t position,
          uint32_t index)
{
    struct event event;
    const char *held_back =
        held_back_find(history_held_back(fold->history), position, index);

    if (held_back)
        return quarantine(fold, position, index, QUARANTINE_HELD_BACK,
                          held_back);
    struct outcome outcome = fold_read(fold->history, body, &event);
    if (outcome.kind != OUTCOME_ACCEPTED)
        return quarantine(fold, position, index, QUARANTINE_UNREADABLE,
                          code_text(outcome.code));
    prepare(fold, &event, &fold->ahead[0]);
    return fold_event(fold, &event, &fold->ahead[0]);
}

// fold_known folds the next of the known events and prepares one further on.
static enum status
fold_known(struct fold *fold, const struct known_events *known, uint32_t index)
{
    if (index == 0)
        for (size_t i = 0; i < AHEAD && i < known->count; i++)
            prepare(fold, &known->list[i], &fold->ahead[i]);
    struct prepared *prepared = &fold->ahead[index % AHEAD];
    cache_prefetch_tally(fold->cache,
                         fold->ahead[(index + AHEAD / 2) % AHEAD].tally, 1);
    enum status status = fold_event(fold, &known->list[index], prepared);
    if (index + AHEAD < known->count)
        prepare(fold, &known->list[index + AHEAD], prepared);
    return status;
}

// fold_deliveries folds the events of a parcel and marks their numbers.
static enum status
fold_deliveries(struct fold *fold, const struct parcel *parcel,
                uint64_t position, uint32_t *index,
                const struct known_events *known)
{
    struct repeated deliveries = parcel->deliveries;
    struct delivery delivery;
    enum status status = STATUS_OK;

    while (status == STATUS_OK &&
           parcel_next_delivery(&deliveries, &delivery)) {
        numbers_mark(&fold->numbers, delivery.seq, delivery.seq);
        if (known)
            status = fold_known(fold, known, *index);
        else
            status = fold_body(fold, delivery.body, position, *index);
        ++*index;
    }
    return status;
}

static enum status
fold_parcel(struct fold *fold, const struct parcel *parcel, uint64_t position,
            uint32_t *index, const struct known_events *known)
{
    struct repeated list = parcel->settled;
    struct settled settled;

    fold->received_at = parcel->received_at_ms;
    enum status status = numbers_load(&fold->numbers, fold->cache,
                                      parcel->terminal, parcel->epoch);
    if (status == STATUS_OK)
        status = fold_deliveries(fold, parcel, position, index, known);
    if (status != STATUS_OK)
        return status;
    while (parcel_next_settled(&list, &settled))
        numbers_mark(&fold->numbers, settled.first_seq, settled.last_seq);
    return numbers_store(&fold->numbers, fold->cache);
}

enum status
fold_commit(struct fold *fold, const struct commit *commit,
            const struct known_events *known)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    uint32_t index = 0;
    enum status status = STATUS_OK;

    if (held_back_touches(history_held_back(fold->history), commit->position))
        known = NULL; // one by one
    while (status == STATUS_OK && batch_next_parcel(&parcels, &parcel))
        status = fold_parcel(fold, &parcel, commit->position, &index, known);
    return status;
}
