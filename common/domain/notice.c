// SPDX-License-Identifier: Apache-2.0
#include "common/domain/notice.h"

#include <string.h>

// --- The fields --------------------------------------------------------------

#define TEXT(name, most)                                                       \
    {                                                                          \
        name, NOTICE_TEXT, false, 1, most, NULL                                \
    }
#define NEEDED_TEXT(name, most)                                                \
    {                                                                          \
        name, NOTICE_TEXT, true, 1, most, NULL                                 \
    }
#define HASH(name)                                                             \
    {                                                                          \
        name, NOTICE_BYTES, false, PERSON_KEY_MIN, PERSON_KEY_MAX, NULL        \
    }
#define NEEDED_HASH(name)                                                      \
    {                                                                          \
        name, NOTICE_BYTES, true, PERSON_KEY_MIN, PERSON_KEY_MAX, NULL         \
    }
#define TIME(name)                                                             \
    {                                                                          \
        name, NOTICE_TIME, false, 0, TIME_MAX_MS, NULL                         \
    }
#define FEN(name, least)                                                       \
    {                                                                          \
        name, NOTICE_FEN, false, least, MONEY_MAX_FEN, NULL                    \
    }
#define NEEDED_FEN(name, least)                                                \
    {                                                                          \
        name, NOTICE_FEN, true, least, MONEY_MAX_FEN, NULL                     \
    }
#define NUMBER(name, most)                                                     \
    {                                                                          \
        name, NOTICE_NUMBER, false, 0, most, NULL                              \
    }
#define COUNTED(name, most)                                                    \
    {                                                                          \
        name, NOTICE_NUMBER, false, 1, most, NULL                              \
    }
#define NEEDED(name, most)                                                     \
    {                                                                          \
        name, NOTICE_NUMBER, true, 1, most, NULL                               \
    }
#define BOOL(name)                                                             \
    {                                                                          \
        name, NOTICE_BOOL, false, 0, 1, NULL                                   \
    }
#define NAME(name, words)                                                      \
    {                                                                          \
        name, NOTICE_NAME, false, 1, sizeof(words) / sizeof *(words), words    \
    }
#define NEEDED_NAME(name, words)                                               \
    {                                                                          \
        name, NOTICE_NAME, true, 1, sizeof(words) / sizeof *(words), words     \
    }

static const char *const polarities[] = {"GOOD", "NEUTRAL", "BAD"};
static const struct notice_field review_fields[] = {
    [1] = NEEDED_TEXT("platform", 32),
    [2] = NAME("polarity", polarities),
    [3] = COUNTED("stars", 5),
};

static const struct notice_field call_fields[] = {
    [1] = NEEDED_TEXT("hotline", 64), [2] = TIME("offered_at_ms"),
    [3] = TIME("answered_at_ms"),     [4] = TIME("abandoned_at_ms"),
    [5] = BOOL("qa_checked"),         [6] = BOOL("qa_passed"),
};

static const struct notice_field chat_fields[] = {
    [1] = TIME("opened_at_ms"),
    [2] = TIME("answered_at_ms"),
};

static const char *const points_kinds[] = {"EARN", "REDEEM", "EXPIRE",
                                           "REVERSE"};
static const struct notice_field points_fields[] = {
    [1] = NEEDED_NAME("kind", points_kinds),
    [2] = NEEDED("points", 1000000000),
    [3] = TEXT("occasion", 64),
    [4] = TEXT("gift_type", 64),
};

static const char *const benefits[] = {
    "WASH",           "OIL_LABOUR", "WAXING",    "CHECK", "LABOUR_DISCOUNT",
    "PARTS_DISCOUNT", "CLAIM",      "INSURANCE", "TOUR",  "RESCUE",
    "LECTURE",        "OTHER"};
static const struct notice_field benefit_fields[] = {
    [1] = NEEDED_NAME("benefit", benefits),
    [2] = COUNTED("quantity", 1000),
    [3] = NUMBER("discount_ppm", 1000000),
};

static const char *const contact_kinds[] = {"FOLLOW_UP", "HOLIDAY",  "BIRTHDAY",
                                            "CARE",      "REMINDER", "OTHER"};
static const char *const outcomes[] = {"REACHED", "NOT_REACHED", "REFUSED",
                                       "WRONG_NUMBER"};
static const struct notice_field contact_fields[] = {
    [1] = NEEDED_NAME("kind", contact_kinds),
    [2] = NAME("outcome", outcomes),
};

static const struct notice_field retention_fields[] = {
    [1] = NEEDED("level", 3),
    [2] = TEXT("measure", 64),
};

static const struct notice_field referral_fields[] = {
    [1] = NEEDED_HASH("referrer"),
    [2] = TEXT("purchase", 64),
};

static const struct notice_field purchase_fields[] = {
    [1] = TEXT("purchase", 64),
    [2] = TEXT("brand", 32),
    [3] = HASH("replaces_vehicle"),
    [4] = FEN("amount_fen", 0),
    [5] = FEN("margin_fen", -MONEY_MAX_FEN),
};

static const char *const causes[] = {
    "STAFF_TURNOVER", "RIVAL",          "MARKET_CONTROL", "DETAILS",
    "NO_RESEARCH",    "SERVICE_SPIRIT", "PRICE",          "QUALITY",
    "AFTER_SALES",    "NO_CARE",        "OTHER"};
static const struct notice_field churn_fields[] = {
    [1] = NEEDED_NAME("cause", causes),
};

static const char *const audit_kinds[] = {"MYSTERY", "FLYING", "STANDARD",
                                          "CONTACT_RECHECK"};
static const char *const dimensions[] = {
    "RELIABILITY", "ASSURANCE", "TANGIBLES", "EMPATHY", "RESPONSIVENESS"};
static const struct notice_field audit_fields[] = {
    [1] = NEEDED_NAME("kind", audit_kinds), [2] = NUMBER("passed", 10000),
    [3] = NUMBER("total", 10000),           [4] = NUMBER("veto_failed", 10000),
    [5] = NUMBER("rechecked", 1000000),     [6] = NUMBER("correct", 1000000),
    [7] = NAME("dimension", dimensions),    [8] = COUNTED("standard", 100),
    [9] = COUNTED("capability", 100),       [10] = COUNTED("delivered", 100),
};

static const struct notice_field training_fields[] = {
    [1] = NEEDED_TEXT("course", 64),
    [2] = NUMBER("minutes", 100000),
    [3] = BOOL("certified"),
};

static const struct notice_field disclosure_fields[] = {
    [1] = NEEDED_TEXT("what", 64),
};

static const struct notice_field guidance_fields[] = {
    [1] = NEEDED_TEXT("topic", 64),
};

static const struct notice_field membership_fields[] = {
    [1] = TEXT("tier", 32),
};

static const struct notice_field headcount_fields[] = {
    [1] = NEEDED("headcount", 1000000),
    [2] = NUMBER("trained", 1000000),
    [3] = NUMBER("staff_left", 1000000),
};

static const char *const invoice_kinds[] = {"VEHICLE", "PARTS", "SERVICE",
                                            "OTHER"};
static const struct notice_field invoice_fields[] = {
    [1] = NEEDED_TEXT("invoice", 64),
    [2] = NEEDED_NAME("kind", invoice_kinds),
    [3] = NEEDED_FEN("amount_fen", -MONEY_MAX_FEN),
};

#define SHAPE(type, fields)                                                    \
    [EVENT_##type - EVENT_REVIEW] = {sizeof(fields) / sizeof *(fields), fields}

static const struct notice_shape shapes[] = {
    SHAPE(REVIEW, review_fields),
    SHAPE(CALL, call_fields),
    SHAPE(CHAT, chat_fields),
    SHAPE(POINTS, points_fields),
    SHAPE(BENEFIT_USED, benefit_fields),
    SHAPE(CONTACT, contact_fields),
    SHAPE(RETENTION_ACTION, retention_fields),
    SHAPE(REFERRAL, referral_fields),
    SHAPE(PURCHASE, purchase_fields),
    SHAPE(CHURN, churn_fields),
    SHAPE(AUDIT_VISIT, audit_fields),
    SHAPE(TRAINING, training_fields),
    SHAPE(DISCLOSURE, disclosure_fields),
    SHAPE(GUIDANCE, guidance_fields),
    SHAPE(MEMBER_JOINED, membership_fields),
    SHAPE(MEMBER_LEFT, membership_fields),
    SHAPE(STAFF_HEADCOUNT, headcount_fields),
    SHAPE(INVOICE, invoice_fields),
};

const struct notice_shape *
notice_shape(enum event_type type)
{
    const uint32_t place = (uint32_t)type - (uint32_t)EVENT_REVIEW;

    if (place >= sizeof shapes / sizeof *shapes || shapes[place].count == 0)
        return NULL;
    return &shapes[place];
}

bool
event_is_notice(enum event_type type)
{
    return notice_shape(type) != NULL;
}

// is_named tells whether a field goes by `name`, a time's without its unit.
static bool
is_named(const struct notice_field *field, const char *name)
{
    const size_t length = strlen(name);

    if (strncmp(field->name, name, length) != 0)
        return false;
    return field->name[length] == '\0' ||
           (field->form == NOTICE_TIME &&
            strcmp(field->name + length, "_ms") == 0);
}

uint32_t
notice_field_by_name(enum event_type type, const char *name)
{
    const struct notice_shape *const shape = notice_shape(type);

    for (uint32_t n = 1; shape && n < shape->count; n++)
        if (shape->fields[n].form != NOTICE_NO_FIELD &&
            is_named(&shape->fields[n], name))
            return n;
    return 0;
}

// --- What the fields say of one another --------------------------------------

enum relation {
    NOT_BEFORE, // first, if said, is not before second or, unsaid, the event
    AT_MOST,    // first is at most second
    NEEDS,      // first is said only beside second
    EXACTLY_ONE,
    AT_LEAST_ONE,
};

static const struct notice_rule {
    enum event_type type;
    enum relation relation;
    uint32_t first, second;
} rules[] = {
    {EVENT_REVIEW, AT_LEAST_ONE, 2, 3}, // polarity, stars
    {EVENT_CALL, EXACTLY_ONE, 3, 4},    // answered, abandoned
    {EVENT_CALL, NOT_BEFORE, 3, 2},
    {EVENT_CALL, NOT_BEFORE, 4, 2},
    {EVENT_CALL, NEEDS, 6, 5}, // passed, checked
    {EVENT_CHAT, NOT_BEFORE, 2, 1},
    {EVENT_AUDIT_VISIT, AT_MOST, 2, 3}, // passed, total
    {EVENT_AUDIT_VISIT, AT_MOST, 4, 3}, // veto_failed, total
    {EVENT_AUDIT_VISIT, AT_MOST, 6, 5}, // correct, rechecked
    {EVENT_AUDIT_VISIT, NEEDS, 7, 8},   // a dimension and its three levels
    {EVENT_AUDIT_VISIT, NEEDS, 8, 9},
    {EVENT_AUDIT_VISIT, NEEDS, 9, 10},
    {EVENT_AUDIT_VISIT, NEEDS, 10, 7},
    {EVENT_STAFF_HEADCOUNT, AT_MOST, 2, 1}, // trained, headcount
};

static bool
is_before(const struct notice_rule *rule, int64_t occurred_at,
          const struct notice *notice)
{
    const int64_t first = notice->values[rule->first].number;
    const int64_t second = notice->values[rule->second].number;

    return first != 0 && first < (second != 0 ? second : occurred_at);
}

// rule_judge returns the code for what a rule forbids.  A time is held against
// occurred_at where the other is not said.
static enum code
rule_judge(const struct notice_rule *rule, const struct notice_shape *shape,
           int64_t occurred_at, const struct notice *notice)
{
    const bool first = notice_says(shape, notice, rule->first);
    const bool second = notice_says(shape, notice, rule->second);

    switch (rule->relation) {
    case NOT_BEFORE:
        return is_before(rule, occurred_at, notice) ? CODE_BAD_FIELD
                                                    : CODE_NONE;
    case AT_MOST:
        return notice->values[rule->first].number >
                       notice->values[rule->second].number
                   ? CODE_BAD_FIELD
                   : CODE_NONE;
    case NEEDS:
        return first && !second ? CODE_BAD_FIELD : CODE_NONE;
    case EXACTLY_ONE:
        if (first && second)
            return CODE_BAD_FIELD;
        return first || second ? CODE_NONE : CODE_MISSING_FIELD;
    case AT_LEAST_ONE:
        return first || second ? CODE_NONE : CODE_MISSING_FIELD;
    }
    return CODE_NONE;
}

struct outcome
notice_check(enum event_type type, int64_t occurred_at,
             const struct notice *notice)
{
    const struct notice_shape *const shape = notice_shape(type);

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].type != type)
            continue;
        enum code code = rule_judge(&rules[i], shape, occurred_at, notice);
        if (code != CODE_NONE)
            return outcome_of(code, shape->fields[rules[i].first].name);
    }
    return outcome_of(CODE_NONE, NULL);
}
