// SPDX-License-Identifier: Apache-2.0
//
// event: what happened at a dealership, decoded and checked.
//
// A plain value.  Its spans are lent by the message it was read from and live
// as long as that message.  All times are ms since 1970-01-01T00:00Z; all
// money is fen (1/100 yuan).  The numbers of types, kinds and classes are those
// of proto/event.proto, which explains every field.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

enum {
    EVENT_ID_SIZE = 16,
    DEALER_ID_MAX = 32,   // bytes, without the terminating NUL
    NATURAL_KEY_MAX = 64, // visit, invitation, complaint
    PERSON_KEY_MIN = 8,   // customer, vehicle, contact, device: hashes
    PERSON_KEY_MAX = 32,
    EVENT_BODY_MAX = 8192, // bytes of one encoded body
    EVENT_COMMENT_MAX = 2048,
    SURVEY_ANSWERS_MAX = 64,
    DEALER_HQ = 0, // the number of headquarters, id "HQ"
    DAY_MS = 86400000,
};

#define TIME_MAX_MS   INT64_C(253402300799999)  // 9999-12-31T23:59:59.999Z
#define MONEY_MAX_FEN INT64_C(1000000000000000) // ten thousand billion yuan

// X(name, number): the types whose payload is a row of plain fields (notice.h).
#define NOTICE_TYPE_MAP(X)                                                     \
    X(REVIEW, 41)                                                              \
    X(CALL, 42)                                                                \
    X(CHAT, 43)                                                                \
    X(POINTS, 44)                                                              \
    X(BENEFIT_USED, 45)                                                        \
    X(CONTACT, 46)                                                             \
    X(RETENTION_ACTION, 47)                                                    \
    X(REFERRAL, 48)                                                            \
    X(PURCHASE, 49)                                                            \
    X(CHURN, 50)                                                               \
    X(AUDIT_VISIT, 51)                                                         \
    X(TRAINING, 52)                                                            \
    X(DISCLOSURE, 55)                                                          \
    X(GUIDANCE, 56)                                                            \
    X(MEMBER_JOINED, 57)                                                       \
    X(MEMBER_LEFT, 58)                                                         \
    X(STAFF_HEADCOUNT, 59)                                                     \
    X(INVOICE, 60)

// X(name, number): the types this version folds; others are known by number
// (event_type_known) and answered NOT_YET_SUPPORTED.
#define EVENT_TYPE_MAP(X)                                                      \
    X(SURVEY_INVITED, 32)                                                      \
    X(SURVEY_BOUNCED, 33)                                                      \
    X(SURVEY_REFUSED, 34)                                                      \
    X(SURVEY_RESPONSE, 35)                                                     \
    X(VISIT_OPENED, 36)                                                        \
    X(VISIT_CLOSED, 37)                                                        \
    X(COMPLAINT_OPENED, 38)                                                    \
    X(COMPLAINT_ACTION, 39)                                                    \
    X(COMPLAINT_VERDICT, 40)                                                   \
    NOTICE_TYPE_MAP(X)                                                         \
    X(STAFF_SURVEY, 53)                                                        \
    X(DEALER_SURVEY, 54)                                                       \
    X(VOID, 64)                                                                \
    X(UNVOID, 65)                                                              \
    X(CORRECT, 66)                                                             \
    X(HOLD, 67)                                                                \
    X(RELEASE, 68)

enum event_type {
    EVENT_NONE = 0,
#define X(name, number) EVENT_##name = number,
    EVENT_TYPE_MAP(X)
#undef X
};

enum issuer { ISSUER_DEALER = 0, ISSUER_HQ = 1 };

enum complaint_class {
    CLASS_NONE,
    CLASS_GENERAL,
    CLASS_COMPLEX,
    CLASS_HARD,
    CLASS_EMERGENCY,
    CLASS_COUNT
};

enum action_kind {
    ACTION_NONE,
    ACTION_ACK,
    ACTION_RESPONSE,
    ACTION_UPDATE,
    ACTION_APOLOGY,
    ACTION_RESPONSIBILITY,
    ACTION_COMPENSATION,
    ACTION_RESOLVED,
    ACTION_CLOSED,
    ACTION_REOPENED,
    ACTION_CUSTOMER_CONFIRMED,
    ACTION_RECLASSIFY,
    ACTION_REASSIGN,
    ACTION_DISPATCH,
    ACTION_COUNT
};

enum verdict {
    VERDICT_NONE,
    VERDICT_CONFIRMED_DEALER,
    VERDICT_CONFIRMED_MAKER,
    VERDICT_UNFOUNDED,
    VERDICT_FRAUD,
    VERDICT_COUNT
};

struct event_id {
    uint8_t bytes[EVENT_ID_SIZE];
};

struct answer {
    uint16_t item; // number in the rulebook's item catalogue
    uint8_t value; // on the item's scale, or ANSWER_NOT_APPLICABLE
};
enum { ANSWER_NOT_APPLICABLE = 255 };

// How a survey was answered.  Most responses say little of it.
struct survey_context {
    struct span device, network; // hashes
    int64_t started_at;          // 0: none
    uint32_t duration_ms;        // 0: none
    uint8_t attribution;         // proto number, 0: none
    bool coached, incentive_offered;
};

struct survey {
    struct span questionnaire; // id
    uint32_t version;
    uint16_t answer_count;
    bool resurvey;
    // Of the questionnaire version, filled by whoever knows the rulebook:
    bool complete;          // at least half of the core items answered
    struct event_id parent; // of a resurvey
    struct survey_context context;
    struct answer answers[SURVEY_ANSWERS_MAX]; // ascending item, each once
};

// visit, complaint and control hold no span: entities remember them as they
// are.  The words that go with them stand beside them in struct event.
struct visit {
    bool warranty, first_visit, eligible;
    bool has_estimate, has_settled;
    int64_t arrived_at, served_at, signed_at, promised_at, ready_at; // 0: none
    int64_t estimate_fen, settled_fen, margin_fen;
};

struct complaint {
    enum complaint_class class;
    uint8_t severity;    // 1..4, 0: none
    int64_t received_at; // occurred_at when the event does not say
};

struct complaint_action {
    enum action_kind kind;
    enum complaint_class class; // RECLASSIFY
    struct span dealer_id;      // REASSIGN
    uint32_t dealer;            // REASSIGN, resolved
    int64_t amount_fen;
    struct span root_cause, next_step;
};

// What a notice says: values[n] is field n of its type.  0 and the empty span
// are "not said".
enum { NOTICE_FIELDS_MAX = 16 };
struct notice {
    union {
        int64_t number; // also times, fen, truths, names
        struct span bytes;
    } values[NOTICE_FIELDS_MAX];
};

// What a VOID, UNVOID, CORRECT, HOLD or RELEASE acts on.  The event that
// carries it repeats the target's dealer and names.
struct control {
    struct event_id target;
    enum event_type target_type;
    int64_t target_occurred_at;
    struct event_id control; // UNVOID, RELEASE: the control taken back
};

struct event {
    struct event_id id;
    struct span dealer_id;
    uint32_t dealer; // number, resolved through the directory
    int64_t occurred_at;
    enum event_type type;
    enum issuer issuer;
    uint8_t mode, channel, phase, touchpoint; // proto numbers, 0: none
    struct span visit, invitation, complaint_id, customer, vehicle;
    struct span staff, comment_hash;

    // The payload: of `type`, or for CORRECT of `control.target_type`.
    union {
        struct span contact;  // SURVEY_INVITED, _BOUNCED, _REFUSED
        struct survey survey; // SURVEY_RESPONSE, STAFF_ and DEALER_SURVEY
        struct {
            struct visit visit_facts;
            struct span work_type;
            struct span repeat_of; // the visit whose repair is repeated
        };
        struct {
            struct complaint complaint;
            struct span category;
        };
        struct complaint_action action;
        struct {
            enum verdict verdict;
            struct span decided_by;
        };
        struct notice notice;
    };
    // Of control types; nobody may look at it in others.
    struct control control;
    struct span reason, evidence;
};

// event_type_known tells whether proto/event.proto numbers this type, folded
// yet or not; event_type_folded, whether this version folds it.
bool event_type_known(uint32_t number);
bool event_type_folded(uint32_t number);

// event_type_has_answers: SURVEY_RESPONSE, STAFF_SURVEY, DEALER_SURVEY, whose
// payload is a struct survey.
static inline bool
event_type_has_answers(enum event_type type)
{
    return type == EVENT_SURVEY_RESPONSE || type == EVENT_STAFF_SURVEY ||
           type == EVENT_DEALER_SURVEY;
}

// event_type_is_control: VOID, UNVOID, CORRECT, HOLD, RELEASE.
bool event_type_is_control(enum event_type type);

// event_type_name returns "SURVEY_RESPONSE" and the like, "UNKNOWN" otherwise.
const char *event_type_name(uint32_t number);

// event_before orders events by (occurred_at, id): the order of an entity.
bool event_before(int64_t occurred_a, const struct event_id *a,
                  int64_t occurred_b, const struct event_id *b);

bool event_id_equal(const struct event_id *a, const struct event_id *b);
bool event_id_is_zero(const struct event_id *id);
