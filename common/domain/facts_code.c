// SPDX-License-Identifier: Apache-2.0
#include "common/domain/facts_code.h"

#include "common/domain/entity_parts.h"
#include "common/domain/notice.h"

enum {
    SURVEY_COMPLETE = 1,
    SURVEY_RESURVEY = 2,
    SURVEY_COACHED = 4,
    SURVEY_INCENTIVE = 8,
    SURVEY_ANSWERS = 16, // times the number of answers

    VISIT_WARRANTY = 1 << 0,
    VISIT_FIRST = 1 << 1,
    VISIT_ELIGIBLE = 1 << 2,
    VISIT_ESTIMATE = 1 << 3,
    VISIT_SETTLED = 1 << 4,
    VISIT_MARGIN = 1 << 5,
    VISIT_TIMES = 6, // bits from here: arrived, served, signed, promised, ready
    VISIT_TIME_COUNT = 5,
    VISIT_BITS = VISIT_TIMES + VISIT_TIME_COUNT,

    ACTION_KIND_MASK = 0x0f,
    ACTION_ROOT_CAUSE = 0x10,
    ACTION_AMOUNT = 0x20,
    ACTION_BITS = 6,
};

// --- Surveys -----------------------------------------------------------------

static uint8_t *
put_survey(uint8_t *at, const struct member *member)
{
    uint32_t next = 0;

    at = varint_put(at, (uint64_t)member->survey.answer_count * SURVEY_ANSWERS +
                            (member->survey.incentive ? SURVEY_INCENTIVE : 0) +
                            (member->survey.coached ? SURVEY_COACHED : 0) +
                            (member->survey.resurvey ? SURVEY_RESURVEY : 0) +
                            (member->survey.complete ? SURVEY_COMPLETE : 0));
    for (uint16_t i = 0; i < member->survey.answer_count; i++) {
        const struct answer answer = member->survey.answers[i];

        at = varint_put(at, answer.item - next);
        *at++ = answer.value;
        next = answer.item + 1u;
    }
    return at;
}

static bool
get_answers(struct reader *reader, struct answer *answers, uint64_t count)
{
    uint64_t item = 0;

    for (uint64_t i = 0; i < count; i++, item++) {
        uint64_t step;

        if (!varint_get(&reader->at, reader->end, &step) || step > UINT16_MAX ||
            item + step > UINT16_MAX || reader->at == reader->end)
            return false;
        item += step;
        answers[i] =
            (struct answer){.item = (uint16_t)item, .value = *reader->at++};
    }
    return true;
}

static bool
get_survey(struct reader *reader, struct member *member)
{
    uint64_t head;

    if (!varint_get(&reader->at, reader->end, &head) ||
        head / SURVEY_ANSWERS > SURVEY_ANSWERS_MAX)
        return false;
    member->survey.answer_count = (uint16_t)(head / SURVEY_ANSWERS);
    member->survey.resurvey = head & SURVEY_RESURVEY;
    member->survey.coached = head & SURVEY_COACHED;
    member->survey.incentive = head & SURVEY_INCENTIVE;
    member->survey.complete = head & SURVEY_COMPLETE;
    return get_answers(reader, member->survey.answers, head / SURVEY_ANSWERS);
}

// --- Visits ------------------------------------------------------------------

static unsigned
visit_flags(const struct visit *visit, const int64_t *times)
{
    unsigned flags = (visit->warranty ? VISIT_WARRANTY : 0u) |
                     (visit->first_visit ? VISIT_FIRST : 0u) |
                     (visit->eligible ? VISIT_ELIGIBLE : 0u) |
                     (visit->has_estimate ? VISIT_ESTIMATE : 0u) |
                     (visit->has_settled ? VISIT_SETTLED : 0u) |
                     (visit->margin_fen != 0 ? VISIT_MARGIN : 0u);

    for (unsigned i = 0; i < VISIT_TIME_COUNT; i++)
        flags |= (times[i] != 0 ? 1u : 0u) << (VISIT_TIMES + i);
    return flags;
}

static uint8_t *
put_visit(uint8_t *at, const struct member *member)
{
    const struct visit *const visit = &member->visit;
    const int64_t times[VISIT_TIME_COUNT] = {
        visit->arrived_at, visit->served_at, visit->signed_at,
        visit->promised_at, visit->ready_at};

    at = varint_put(at, visit_flags(visit, times));
    for (unsigned i = 0; i < VISIT_TIME_COUNT; i++)
        if (times[i] != 0)
            at = put_time(at, times[i], member->occurred_at);
    if (visit->has_estimate)
        at = varint_put(at, zigzag(visit->estimate_fen));
    if (visit->has_settled)
        at = varint_put(at, zigzag(visit->settled_fen));
    if (visit->margin_fen != 0)
        at = varint_put(at, zigzag(visit->margin_fen));
    return at;
}

static bool
get_fen(struct reader *reader, bool given, int64_t *fen)
{
    uint64_t value = 0;

    if (given && !varint_get(&reader->at, reader->end, &value))
        return false;
    *fen = unzigzag(value);
    return true;
}

static bool
get_visit_times(struct reader *reader, uint64_t flags, struct member *member)
{
    int64_t times[VISIT_TIME_COUNT] = {0};

    for (unsigned i = 0; i < VISIT_TIME_COUNT; i++)
        if (flags >> (VISIT_TIMES + i) & 1 &&
            (!get_time(reader, &times[i], member->occurred_at) ||
             times[i] == 0))
            return false;
    member->visit.arrived_at = times[0];
    member->visit.served_at = times[1];
    member->visit.signed_at = times[2];
    member->visit.promised_at = times[3];
    member->visit.ready_at = times[4];
    return true;
}

static bool
get_visit(struct reader *reader, struct member *member)
{
    struct visit *const visit = &member->visit;
    uint64_t flags;

    if (!varint_get(&reader->at, reader->end, &flags) ||
        flags >> VISIT_BITS != 0 || !get_visit_times(reader, flags, member))
        return false;
    visit->warranty = flags & VISIT_WARRANTY;
    visit->first_visit = flags & VISIT_FIRST;
    visit->eligible = flags & VISIT_ELIGIBLE;
    visit->has_estimate = flags & VISIT_ESTIMATE;
    visit->has_settled = flags & VISIT_SETTLED;
    return get_fen(reader, visit->has_estimate, &visit->estimate_fen) &&
           get_fen(reader, visit->has_settled, &visit->settled_fen) &&
           get_fen(reader, flags & VISIT_MARGIN, &visit->margin_fen) &&
           (visit->margin_fen != 0) == ((flags & VISIT_MARGIN) != 0);
}

// --- Cases -------------------------------------------------------------------

static uint8_t *
put_complaint(uint8_t *at, const struct member *member)
{
    *at++ = (uint8_t)member->complaint.class;
    *at++ = member->complaint.severity;
    return put_time(at, member->complaint.received_at, member->occurred_at);
}

static bool
get_class(struct reader *reader, enum complaint_class *class)
{
    uint8_t byte;

    if (!get_byte(reader, &byte) || byte >= CLASS_COUNT)
        return false;
    *class = (enum complaint_class)byte;
    return true;
}

static bool
get_complaint(struct reader *reader, struct member *member)
{
    return get_class(reader, &member->complaint.class) &&
           get_byte(reader, &member->complaint.severity) &&
           get_time(reader, &member->complaint.received_at,
                    member->occurred_at);
}

static uint8_t *
put_action(uint8_t *at, const struct member *member)
{
    const bool amount = member->action.amount_fen != 0;

    *at++ = (uint8_t)(member->action.kind |
                      (member->action.has_root_cause ? ACTION_ROOT_CAUSE : 0) |
                      (amount ? ACTION_AMOUNT : 0));
    if (member->action.kind == ACTION_RECLASSIFY)
        *at++ = (uint8_t)member->action.class;
    if (member->action.kind == ACTION_REASSIGN)
        at = varint_put(at, member->action.dealer);
    if (amount)
        at = varint_put(at, zigzag(member->action.amount_fen));
    return at;
}

static bool
get_action(struct reader *reader, struct member *member)
{
    uint64_t dealer = 0;
    uint8_t head;

    if (!get_byte(reader, &head) || head >> ACTION_BITS != 0 ||
        (head & ACTION_KIND_MASK) >= ACTION_COUNT)
        return false;
    member->action.kind = (enum action_kind)(head & ACTION_KIND_MASK);
    member->action.has_root_cause = head & ACTION_ROOT_CAUSE;
    member->action.class = CLASS_NONE;
    if (member->action.kind == ACTION_RECLASSIFY &&
        !get_class(reader, &member->action.class))
        return false;
    if (member->action.kind == ACTION_REASSIGN &&
        (!varint_get(&reader->at, reader->end, &dealer) || dealer > UINT32_MAX))
        return false;
    member->action.dealer = (uint32_t)dealer;
    return get_fen(reader, head & ACTION_AMOUNT, &member->action.amount_fen) &&
           (member->action.amount_fen != 0) == ((head & ACTION_AMOUNT) != 0);
}

static bool
get_verdict(struct reader *reader, struct member *member)
{
    uint8_t byte;

    if (!get_byte(reader, &byte) || byte >= VERDICT_COUNT)
        return false;
    member->verdict = (enum verdict)byte;
    return true;
}

// --- Notices -----------------------------------------------------------------

static const struct notice_shape *
shape_of(const struct member *member)
{
    return notice_shape(says_of(member->type, member->control.target_type));
}

static uint8_t *
put_notice(uint8_t *at, const struct member *member)
{
    const struct notice_shape *const shape = shape_of(member);
    const int64_t *const numbers = member->notice.numbers;
    uint32_t said = 0;

    for (uint32_t n = 1; n < shape->count; n++)
        said |= (uint32_t)(numbers[n] != 0) << n;
    at = varint_put(at, said);
    for (uint32_t n = 1; n < shape->count; n++)
        if (numbers[n] == 0 || notice_is_words(&shape->fields[n]))
            continue;
        else if (shape->fields[n].form == NOTICE_TIME)
            at = put_time(at, numbers[n], member->occurred_at);
        else
            at = varint_put(at, zigzag(numbers[n]));
    return at;
}

static bool
get_notice_field(struct reader *reader, const struct notice_field *field,
                 int64_t occurred_at, int64_t *number)
{
    *number = 1;
    if (notice_is_words(field))
        return true;
    if (!get_time(reader, number, field->form == NOTICE_TIME ? occurred_at : 0))
        return false;
    return *number != 0;
}

static bool
get_notice(struct reader *reader, struct member *member)
{
    const struct notice_shape *const shape = shape_of(member);
    int64_t *const numbers = member->notice.numbers;
    uint64_t said;

    if (!varint_get(&reader->at, reader->end, &said) ||
        said >> shape->count != 0 || (said & 1))
        return false;
    for (uint32_t n = 0; n < NOTICE_FIELDS_MAX; n++)
        numbers[n] = 0;
    for (uint32_t n = 1; n < shape->count; n++)
        if (said >> n & 1 &&
            !get_notice_field(reader, &shape->fields[n], member->occurred_at,
                              &numbers[n]))
            return false;
    return true;
}

// --- By kind -----------------------------------------------------------------

uint8_t *
put_facts(uint8_t *at, enum entity_kind kind, const struct member *member)
{
    switch (facts_of(kind, member->type, member->control.target_type)) {
    case FACTS_NONE:
        break;
    case FACTS_SURVEY:
        return put_survey(at, member);
    case FACTS_VISIT:
        return put_visit(at, member);
    case FACTS_COMPLAINT:
        return put_complaint(at, member);
    case FACTS_ACTION:
        return put_action(at, member);
    case FACTS_VERDICT:
        *at++ = (uint8_t)member->verdict;
        break;
    case FACTS_NOTICE:
        return put_notice(at, member);
    }
    return at;
}

bool
get_facts(struct reader *reader, enum entity_kind kind, struct member *member)
{
    switch (facts_of(kind, member->type, member->control.target_type)) {
    case FACTS_NONE:
        return true;
    case FACTS_SURVEY:
        return get_survey(reader, member);
    case FACTS_VISIT:
        return get_visit(reader, member);
    case FACTS_COMPLAINT:
        return get_complaint(reader, member);
    case FACTS_ACTION:
        return get_action(reader, member);
    case FACTS_VERDICT:
        return get_verdict(reader, member);
    case FACTS_NOTICE:
        return get_notice(reader, member);
    }
    return false;
}
