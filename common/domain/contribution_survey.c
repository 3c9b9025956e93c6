// SPDX-License-Identifier: Apache-2.0
//
// SURVEY (rulings B6, B13): the first complete response by (occurred_at, id)
// counts, with its answers, the moments of each item set it answers wholly and
// the gap of each pair it answers.  Further complete ones are SURPLUS,
// incomplete ones PARTIAL.  A resurvey counts RESURVEYS when it is complete,
// nothing else.  The response that counts tells COACHED and INCENTIVE too.
// What staff and dealers answer (COUNT_STAFF_..., _DEALER_...) counts when it
// is complete, apart from customers' answers.  Invitations count once each
// kind, at the first.  Everything lies in the month, and at the dealer, of the
// event it comes from.
#include "common/domain/contribution_survey.h"

enum {
    GAP_ZERO = 128,
    GAP_MAX = 127,
    SET_COUNTERS_MIN = 3, // of a set of one item
    SETS_MAX = CONTRIBUTION_SETS_MAX / SET_COUNTERS_MIN,
};

// The answers of one response to the items of one set.
struct moment {
    const struct item_set *set;
    uint8_t values[SET_ITEMS_MAX];
};

uint8_t
survey_answer(const struct member *facts, uint16_t item)
{
    const struct answer *const answers = facts->survey.answers;
    unsigned low = 0, high = facts->survey.answer_count;

    while (low < high) {
        const unsigned middle = (low + high) / 2;

        if (answers[middle].item == item)
            return answers[middle].value;
        if (answers[middle].item < item)
            low = middle + 1;
        else
            high = middle;
    }
    return ANSWER_NOT_APPLICABLE;
}

static bool
read_moment(struct moment *moment, const struct item_set *set,
            const struct member *facts)
{
    moment->set = set;
    for (unsigned j = 0; j < set->item_count; j++) {
        moment->values[j] = survey_answer(facts, set->items[j]);
        if (moment->values[j] == ANSWER_NOT_APPLICABLE)
            return false;
    }
    return true;
}

// read_moments keeps the sets a response answers wholly and returns how many.
static unsigned
read_moments(const struct rulebook *rulebook, const struct member *facts,
             struct moment moments[SETS_MAX])
{
    unsigned count = 0, counters = 0;

    for (size_t i = 0; i < rulebook->set_count; i++) {
        const struct item_set *const set = &rulebook->sets[i];
        const unsigned items = set->item_count;

        if (items == 0 || items > SET_ITEMS_MAX)
            continue;
        counters += 1 + items + items * (items + 1) / 2;
        if (counters > CONTRIBUTION_SETS_MAX)
            break;
        count += read_moment(&moments[count], set, facts);
    }
    return count;
}

static void
emit_sums(struct emitter *emitter, const struct tally_key *key,
          const struct moment *moment)
{
    const uint32_t number = moment->set->number;

    emit(emitter, key, counter(COUNTER_SET, number, 0), 1);
    for (unsigned j = 0; j < moment->set->item_count; j++)
        emit(emitter, key, counter(COUNTER_SET, number, 1 + j),
             moment->values[j]);
}

static void
emit_squares(struct emitter *emitter, const struct tally_key *key,
             const struct moment *moment)
{
    const uint32_t number = moment->set->number;

    for (unsigned j = 0; j < moment->set->item_count; j++)
        for (unsigned k = j; k < moment->set->item_count; k++)
            emit(emitter, key,
                 counter(COUNTER_SQUARE, number, j * SET_ITEMS_MAX + k),
                 (int64_t)moment->values[j] * moment->values[k]);
}

static void
emit_gaps(struct emitter *emitter, const struct tally_key *key,
          const struct rulebook *rulebook, const struct member *facts)
{
    const size_t count = rulebook->pair_count < CONTRIBUTION_PAIRS_MAX
                             ? rulebook->pair_count
                             : CONTRIBUTION_PAIRS_MAX;

    for (size_t i = 0; i < count; i++) {
        const struct item_pair *const pair = &rulebook->pairs[i];
        const int experience = survey_answer(facts, pair->experience);
        const int expectation = survey_answer(facts, pair->expectation);
        const int gap = experience - expectation;

        if (experience != ANSWER_NOT_APPLICABLE &&
            expectation != ANSWER_NOT_APPLICABLE && gap <= GAP_MAX &&
            gap >= -GAP_ZERO)
            emit(emitter, key,
                 counter(COUNTER_GAP, pair->number, (uint32_t)(GAP_ZERO + gap)),
                 1);
    }
}

// emit_response emits what the response that counts says, ascending as long as
// the rulebook's sets and pairs do.
static void
emit_response(struct emitter *emitter, const struct live *response)
{
    const struct member *const facts = response->facts;
    const int64_t at = response->member->occurred_at;
    const struct rulebook *const rulebook = rulebook_at(emitter->history, at);
    const struct tally_key key =
        emitter_key(emitter, at, response->member->dealer);
    struct moment moments[SETS_MAX];
    unsigned count;

    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_RESPONSES, 0), 1);
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_COACHED, 0),
         facts->survey.coached);
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_INCENTIVE, 0),
         facts->survey.incentive);
    for (uint16_t i = 0; i < facts->survey.answer_count; i++)
        emit(emitter, &key,
             counter(COUNTER_ANSWER, facts->survey.answers[i].item,
                     facts->survey.answers[i].value),
             1);
    if (!rulebook)
        return;
    count = read_moments(rulebook, facts, moments);
    for (unsigned i = 0; i < count; i++)
        emit_sums(emitter, &key, &moments[i]);
    for (unsigned i = 0; i < count; i++)
        emit_squares(emitter, &key, &moments[i]);
    emit_gaps(emitter, &key, rulebook, facts);
}

const struct live *
survey_response(const struct live *lives, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lives[i].member->type == EVENT_SURVEY_RESPONSE &&
            lives[i].facts->survey.complete &&
            !lives[i].member->survey.resurvey)
            return &lives[i];
    return NULL;
}

// add_response emits one response; `counts` is the one that does.
static void
add_response(struct emitter *emitter, const struct live *live,
             const struct live *counts)
{
    const struct member *const member = live->member;
    const bool complete = live->facts->survey.complete;

    if (member->survey.resurvey) {
        if (complete)
            emit_count(emitter, COUNT_RESURVEYS, member->occurred_at,
                       member->dealer);
    } else if (!complete) {
        emit_count(emitter, COUNT_PARTIAL, member->occurred_at, member->dealer);
    } else if (live != counts) {
        emit_count(emitter, COUNT_SURPLUS, member->occurred_at, member->dealer);
    } else {
        emit_response(emitter, live);
    }
}

// add_insider emits what staff or a dealer answered: how many answers, and
// their sum.
static void
add_insider(struct emitter *emitter, const struct live *live)
{
    const bool staff = live->member->type == EVENT_STAFF_SURVEY;
    const struct tally_key key =
        emitter_key(emitter, live->member->occurred_at, live->member->dealer);
    int64_t answers = 0, sum = 0;

    if (!live->facts->survey.complete)
        return;
    for (uint16_t i = 0; i < live->facts->survey.answer_count; i++)
        if (live->facts->survey.answers[i].value != ANSWER_NOT_APPLICABLE) {
            answers++;
            sum += live->facts->survey.answers[i].value;
        }
    emit(emitter, &key,
         counter(COUNTER_COUNT,
                 staff ? COUNT_STAFF_RESPONSES : COUNT_DEALER_RESPONSES, 0),
         1);
    emit(emitter, &key,
         counter(COUNTER_COUNT,
                 staff ? COUNT_STAFF_ANSWERS : COUNT_DEALER_ANSWERS, 0),
         answers);
    emit(emitter, &key,
         counter(COUNTER_COUNT,
                 staff ? COUNT_STAFF_ANSWER_SUM : COUNT_DEALER_ANSWER_SUM, 0),
         sum);
}

void
contribute_survey(struct emitter *emitter, const struct live *lives,
                  size_t count)
{
    const struct live *const counts = survey_response(lives, count);
    bool invited = false, bounced = false, refused = false;

    for (size_t i = 0; i < count; i++) {
        const struct member *const member = lives[i].member;

        if (member->type == EVENT_SURVEY_RESPONSE) {
            add_response(emitter, &lives[i], counts);
        } else if (event_type_has_answers(member->type)) {
            add_insider(emitter, &lives[i]);
        } else if (member->type == EVENT_SURVEY_INVITED && !invited) {
            invited = true;
            emit_count(emitter, COUNT_INVITED, member->occurred_at,
                       member->dealer);
        } else if (member->type == EVENT_SURVEY_BOUNCED && !bounced) {
            bounced = true;
            emit_count(emitter, COUNT_BOUNCED, member->occurred_at,
                       member->dealer);
        } else if (member->type == EVENT_SURVEY_REFUSED && !refused) {
            refused = true;
            emit_count(emitter, COUNT_REFUSED, member->occurred_at,
                       member->dealer);
        }
    }
}
