// SPDX-License-Identifier: Apache-2.0
//
// NOTICE: each live event adds what the table says of its type, in the month it
// happened, at its dealer; an answered call or chat also how long that took.
#include "common/domain/contribution_parts.h"
#include "common/domain/notice.h"

// What must hold for a row to count.
enum condition {
    ALWAYS,
    SAID,   // field `field` was said
    IS,     // it is `value`, and field `other`, if any, was not said
    WITHIN, // it was said, less than `value` ms after field `other` or, when
            // that was not said, the event
};

// What a row adds: 1, a field, or a field that is 1 where it was not said.
enum amount { ONE, FIELD, UNITS_OF_FIELD };

// Fields: when it began, if not at occurred_at, and when it was answered.
enum {
    CALL_OFFERED_AT = 2,
    CALL_ANSWERED_AT = 3,
    CHAT_OPENED_AT = 1,
    CHAT_ANSWERED_AT = 2,
};

enum { ABANDONED_AT_ONCE_MS = 5000 }; // such a caller chose to go (KPIS.md)

static const struct notice_count {
    enum event_type type;
    enum count count;
    enum condition condition;
    uint8_t field, other;
    int64_t value;
    enum amount amount;
    uint8_t added; // the field
} table[] = {
#define ROW(type, count, ...)                                                  \
    {                                                                          \
        EVENT_##type, COUNT_##count, __VA_ARGS__                               \
    }
#define EACH(type, count)            ROW(type, count, ALWAYS, 0, 0, 0, ONE, 0)
#define SAID_ONE(type, field, count) ROW(type, count, SAID, field, 0, 0, ONE, 0)
#define IS_ONE(type, field, value, unless, count)                              \
    ROW(type, count, IS, field, unless, value, ONE, 0)
#define WITHIN_ONE(type, field, other, value, count)                           \
    ROW(type, count, WITHIN, field, other, value, ONE, 0)
#define SUM(type, added, count) ROW(type, count, ALWAYS, 0, 0, 0, FIELD, added)
#define SUM_OF(type, field, value, added, count)                               \
    ROW(type, count, IS, field, 0, value, FIELD, added)
#define UNITS(type, added, count)                                              \
    ROW(type, count, ALWAYS, 0, 0, 0, UNITS_OF_FIELD, added)
#define UNITS_OF(type, field, value, added, count)                             \
    ROW(type, count, IS, field, 0, value, UNITS_OF_FIELD, added)
    EACH(REVIEW, REVIEWS),
    IS_ONE(REVIEW, 2, 1, 0, REVIEWS_GOOD),
    IS_ONE(REVIEW, 2, 2, 0, REVIEWS_NEUTRAL),
    IS_ONE(REVIEW, 2, 3, 0, REVIEWS_BAD),
    IS_ONE(REVIEW, 3, 1, 2, REVIEWS_1_STAR),
    IS_ONE(REVIEW, 3, 2, 2, REVIEWS_2_STARS),
    IS_ONE(REVIEW, 3, 3, 2, REVIEWS_3_STARS),
    IS_ONE(REVIEW, 3, 4, 2, REVIEWS_4_STARS),
    IS_ONE(REVIEW, 3, 5, 2, REVIEWS_5_STARS),
    EACH(CALL, CALLS),
    SAID_ONE(CALL, 3, CALLS_ANSWERED),
    WITHIN_ONE(CALL, 4, 2, ABANDONED_AT_ONCE_MS, CALLS_SHORT),
    SAID_ONE(CALL, 5, CALLS_CHECKED),
    SAID_ONE(CALL, 6, CALLS_PASSED),
    EACH(CHAT, CHATS),
    SAID_ONE(CHAT, 2, CHATS_ANSWERED),
    SUM_OF(POINTS, 1, 1, 2, POINTS_EARNED),
    SUM_OF(POINTS, 1, 2, 2, POINTS_REDEEMED),
    SUM_OF(POINTS, 1, 3, 2, POINTS_EXPIRED),
    SUM_OF(POINTS, 1, 4, 2, POINTS_REVERSED),
    UNITS(BENEFIT_USED, 2, BENEFITS),
    UNITS_OF(BENEFIT_USED, 1, 1, 2, BENEFITS_WASH),
    UNITS_OF(BENEFIT_USED, 1, 2, 2, BENEFITS_OIL_LABOUR),
    UNITS_OF(BENEFIT_USED, 1, 3, 2, BENEFITS_WAXING),
    UNITS_OF(BENEFIT_USED, 1, 4, 2, BENEFITS_CHECK),
    UNITS_OF(BENEFIT_USED, 1, 5, 2, BENEFITS_LABOUR_DISCOUNT),
    UNITS_OF(BENEFIT_USED, 1, 6, 2, BENEFITS_PARTS_DISCOUNT),
    UNITS_OF(BENEFIT_USED, 1, 7, 2, BENEFITS_CLAIM),
    UNITS_OF(BENEFIT_USED, 1, 8, 2, BENEFITS_INSURANCE),
    UNITS_OF(BENEFIT_USED, 1, 9, 2, BENEFITS_TOUR),
    UNITS_OF(BENEFIT_USED, 1, 10, 2, BENEFITS_RESCUE),
    UNITS_OF(BENEFIT_USED, 1, 11, 2, BENEFITS_LECTURE),
    UNITS_OF(BENEFIT_USED, 1, 12, 2, BENEFITS_OTHER),
    EACH(CONTACT, CONTACTS),
    IS_ONE(CONTACT, 2, 1, 0, CONTACTS_REACHED),
    IS_ONE(CONTACT, 2, 4, 0, CONTACTS_WRONG_NUMBER),
    IS_ONE(CONTACT, 1, 1, 0, FOLLOW_UPS),
    IS_ONE(CONTACT, 1, 2, 0, GREETINGS_HOLIDAY),
    IS_ONE(CONTACT, 1, 3, 0, GREETINGS_BIRTHDAY),
    IS_ONE(RETENTION_ACTION, 1, 1, 0, RETENTION_FINANCIAL),
    IS_ONE(RETENTION_ACTION, 1, 2, 0, RETENTION_SOCIAL),
    IS_ONE(RETENTION_ACTION, 1, 3, 0, RETENTION_STRUCTURAL),
    EACH(REFERRAL, REFERRALS),
    EACH(PURCHASE, PURCHASES),
    SAID_ONE(PURCHASE, 3, PURCHASES_REPLACING),
    SUM(PURCHASE, 4, PURCHASE_FEN),
    SUM(PURCHASE, 5, PURCHASE_MARGIN_FEN),
    EACH(CHURN, CHURNED),
    IS_ONE(CHURN, 1, 1, 0, CHURNED_STAFF_TURNOVER),
    IS_ONE(CHURN, 1, 2, 0, CHURNED_RIVAL),
    IS_ONE(CHURN, 1, 3, 0, CHURNED_MARKET_CONTROL),
    IS_ONE(CHURN, 1, 4, 0, CHURNED_DETAILS),
    IS_ONE(CHURN, 1, 5, 0, CHURNED_NO_RESEARCH),
    IS_ONE(CHURN, 1, 6, 0, CHURNED_SERVICE_SPIRIT),
    IS_ONE(CHURN, 1, 7, 0, CHURNED_PRICE),
    IS_ONE(CHURN, 1, 8, 0, CHURNED_QUALITY),
    IS_ONE(CHURN, 1, 9, 0, CHURNED_AFTER_SALES),
    IS_ONE(CHURN, 1, 10, 0, CHURNED_NO_CARE),
    IS_ONE(CHURN, 1, 11, 0, CHURNED_OTHER),
    EACH(AUDIT_VISIT, AUDITS),
    SUM(AUDIT_VISIT, 2, AUDIT_PASSED),
    SUM(AUDIT_VISIT, 3, AUDIT_TOTAL),
    SUM(AUDIT_VISIT, 4, AUDIT_VETOES),
    SUM(AUDIT_VISIT, 5, CONTACTS_RECHECKED),
    SUM(AUDIT_VISIT, 6, CONTACTS_CORRECT),
    IS_ONE(AUDIT_VISIT, 7, 1, 0, LEVELS_RELIABILITY),
    SUM_OF(AUDIT_VISIT, 7, 1, 8, LEVELS_RELIABILITY_STANDARD),
    SUM_OF(AUDIT_VISIT, 7, 1, 9, LEVELS_RELIABILITY_CAPABILITY),
    SUM_OF(AUDIT_VISIT, 7, 1, 10, LEVELS_RELIABILITY_DELIVERED),
    IS_ONE(AUDIT_VISIT, 7, 2, 0, LEVELS_ASSURANCE),
    SUM_OF(AUDIT_VISIT, 7, 2, 8, LEVELS_ASSURANCE_STANDARD),
    SUM_OF(AUDIT_VISIT, 7, 2, 9, LEVELS_ASSURANCE_CAPABILITY),
    SUM_OF(AUDIT_VISIT, 7, 2, 10, LEVELS_ASSURANCE_DELIVERED),
    IS_ONE(AUDIT_VISIT, 7, 3, 0, LEVELS_TANGIBLES),
    SUM_OF(AUDIT_VISIT, 7, 3, 8, LEVELS_TANGIBLES_STANDARD),
    SUM_OF(AUDIT_VISIT, 7, 3, 9, LEVELS_TANGIBLES_CAPABILITY),
    SUM_OF(AUDIT_VISIT, 7, 3, 10, LEVELS_TANGIBLES_DELIVERED),
    IS_ONE(AUDIT_VISIT, 7, 4, 0, LEVELS_EMPATHY),
    SUM_OF(AUDIT_VISIT, 7, 4, 8, LEVELS_EMPATHY_STANDARD),
    SUM_OF(AUDIT_VISIT, 7, 4, 9, LEVELS_EMPATHY_CAPABILITY),
    SUM_OF(AUDIT_VISIT, 7, 4, 10, LEVELS_EMPATHY_DELIVERED),
    IS_ONE(AUDIT_VISIT, 7, 5, 0, LEVELS_RESPONSIVENESS),
    SUM_OF(AUDIT_VISIT, 7, 5, 8, LEVELS_RESPONSIVENESS_STANDARD),
    SUM_OF(AUDIT_VISIT, 7, 5, 9, LEVELS_RESPONSIVENESS_CAPABILITY),
    SUM_OF(AUDIT_VISIT, 7, 5, 10, LEVELS_RESPONSIVENESS_DELIVERED),
    EACH(TRAINING, TRAININGS),
    SAID_ONE(TRAINING, 3, TRAININGS_CERTIFIED),
    SUM(TRAINING, 2, TRAINING_MINUTES),
    EACH(DISCLOSURE, DISCLOSURES),
    EACH(GUIDANCE, GUIDANCES),
    EACH(MEMBER_JOINED, MEMBERS_JOINED),
    EACH(MEMBER_LEFT, MEMBERS_LEFT),
    SUM(STAFF_HEADCOUNT, 1, STAFF),
    SUM(STAFF_HEADCOUNT, 2, STAFF_TRAINED),
    SUM(STAFF_HEADCOUNT, 3, STAFF_LEFT),
    EACH(INVOICE, INVOICES),
    SUM(INVOICE, 3, INVOICED_FEN),
    SUM_OF(INVOICE, 2, 1, 3, INVOICED_VEHICLE_FEN),
    SUM_OF(INVOICE, 2, 2, 3, INVOICED_PARTS_FEN),
    SUM_OF(INVOICE, 2, 3, 3, INVOICED_SERVICE_FEN),
    SUM_OF(INVOICE, 2, 4, 3, INVOICED_OTHER_FEN),
};

// since is the time from one instant to another, of any two.
static int64_t
since(int64_t at, int64_t from)
{
    int64_t time;

    if (__builtin_sub_overflow(at, from, &time))
        return at < from ? INT64_MIN : INT64_MAX;
    return time;
}

static bool
holds(const struct notice_count *row, int64_t occurred_at,
      const int64_t *numbers)
{
    const int64_t value = numbers[row->field], other = numbers[row->other];

    switch (row->condition) {
    case ALWAYS:
        return true;
    case SAID:
        return value != 0;
    case IS:
        return value == row->value && other == 0;
    case WITHIN:
        return value != 0 &&
               since(value, other ? other : occurred_at) < row->value;
    }
    return false;
}

static int64_t
amount_of(const struct notice_count *row, const int64_t *numbers)
{
    const int64_t field = numbers[row->added];

    if (row->amount == ONE || (row->amount == UNITS_OF_FIELD && field == 0))
        return 1;
    return field;
}

// time_answer counts how long a customer waited for an answer.
static void
time_answer(struct emitter *emitter, const struct live *live, enum timed timed,
            int64_t began_at, int64_t answered_at)
{
    const struct member *const member = live->member;
    const struct tally_key key =
        emitter_key(emitter, member->occurred_at, member->dealer);

    if (answered_at != 0)
        emit_time(emitter, &key, timed,
                  began_at != 0 ? began_at : member->occurred_at, answered_at);
}

static void
count_one(struct emitter *emitter, const struct live *live)
{
    const int64_t *const numbers = live->facts->notice.numbers;
    const struct member *const member = live->member;
    const struct tally_key key =
        emitter_key(emitter, member->occurred_at, member->dealer);

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].type == member->type &&
            holds(&table[i], member->occurred_at, numbers))
            emit(emitter, &key, counter(COUNTER_COUNT, table[i].count, 0),
                 amount_of(&table[i], numbers));
}

// MINUTE: HOTLINE_MINUTES when any call is live, HOTLINE_MISSED when none of
// them was answered.
void
contribute_minute(struct emitter *emitter, const struct live *lives,
                  size_t count)
{
    const struct member *const first = lives[0].member;
    bool answered = false;

    for (size_t i = 0; i < count; i++)
        answered |= lives[i].facts->notice.numbers[CALL_ANSWERED_AT] != 0;
    emit_count(emitter, COUNT_HOTLINE_MINUTES, first->occurred_at,
               first->dealer);
    if (!answered)
        emit_count(emitter, COUNT_HOTLINE_MISSED, first->occurred_at,
                   first->dealer);
}

void
contribute_notice(struct emitter *emitter, const struct live *lives,
                  size_t count)
{
    // What is stated anew, the last statement says; an event that stands by
    // itself is the last of its set.
    const struct live *const last = &lives[count - 1];
    const int64_t *const numbers = last->facts->notice.numbers;

    count_one(emitter, last);
    if (last->member->type == EVENT_CALL)
        time_answer(emitter, last, TIME_ANSWER, numbers[CALL_OFFERED_AT],
                    numbers[CALL_ANSWERED_AT]);
    else if (last->member->type == EVENT_CHAT)
        time_answer(emitter, last, TIME_CHAT, numbers[CHAT_OPENED_AT],
                    numbers[CHAT_ANSWERED_AT]);
}
