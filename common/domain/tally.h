// SPDX-License-Identifier: Apache-2.0
//
// tally: the figures of one dealer in one month and one slice.
//
// A tally is a sum of contributions: counters with signed integer values,
// ascending counter, no zeros.  Equal figures are equal bytes.  It never
// overflows silently: an addition that would is refused (STATUS_FULL).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

// A counter's number: class << 24 | a << 8 | b.
enum counter_class {
    COUNTER_COUNT = 1,   // a: enum count
    COUNTER_ANSWER = 2,  // a: item number, b: value or 255 (not applicable)
    COUNTER_SET = 3,     // a: set number, b: 0 = n, 1 + j = S_j
    COUNTER_SQUARE = 4,  // a: set number, b: j * 8 + k, j <= k: Q_jk
    COUNTER_GAP = 5,     // a: pair number, b: 128 + gap: histogram
    COUNTER_SLA = 6,     // a: class, b: enum sla_result
    COUNTER_ARRIVAL = 7, // a: days after the month's end, lateness.h
    COUNTER_TIME = 8,    // a: enum timed, b: how long, bucket.h
};

// What is timed.
enum timed {
    TIME_WAIT,    // from arrival to service
    TIME_RESPOND, // from a complaint's receipt to the first response
    TIME_RESOLVE, // to the first resolution or closing
    TIME_ANSWER,  // of a call, from its offer to the answer
    TIME_CHAT,    // of a chat, from its opening to the answer
    TIME_COUNT
};

enum sla_result { SLA_MET, SLA_LATE, SLA_UNANSWERED };

// X(name, meaning): plain counts, numbered for ever in this order.
#define COUNT_MAP(X)                                                           \
    X(RESPONSES, "complete survey responses that count")                       \
    X(PARTIAL, "responses with under half of the core items")                  \
    X(SURPLUS, "further complete responses of the same visit")                 \
    X(RESURVEYS, "complete responses to a re-survey")                          \
    X(INVITED, "visits or customers invited to a survey")                      \
    X(BOUNCED, "invitations that did not arrive")                              \
    X(REFUSED, "invitations refused by the customer")                          \
    X(VISITS, "visits opened or closed")                                       \
    X(VISITS_CLOSED, "visits closed")                                          \
    X(CUSTOMERS, "different customers seen in the month")                      \
    X(RETURNING, "customers with more than one visit in the month")            \
    X(CASES, "complaint cases opened")                                         \
    X(CASES_RESOLVED, "complaint cases resolved or closed")                    \
    X(CASES_UNOPENED, "cases with actions but no opening")                     \
    X(NO_ROOT_CAUSE, "cases closed without a root cause")                      \
    X(TIME_REVERSED, "cases with an action before their receipt")              \
    X(CONFIRMED, "cases confirmed against the dealer")                         \
    X(UNFOUNDED, "cases found unfounded")                                      \
    X(FRAUD, "cases found fraudulent")                                         \
    X(EMERGENCY_UPDATES, "emergency updates given in time")                    \
    X(EMERGENCY_MISSED, "emergency updates missed")                            \
    X(VOIDED, "events taken out by a live VOID")                               \
    X(CORRECTED, "events replaced by a live CORRECT")                          \
    X(HELD, "events held back from the published figures")                     \
    X(CONTROL_ORPHAN, "controls without a target in their entity")             \
    X(ENTITY_TOO_LARGE, "entities too large to fold")                          \
    X(REVIEWS, "public reviews")                                               \
    X(REVIEWS_GOOD, "reviews said to be good")                                 \
    X(REVIEWS_NEUTRAL, "reviews said to be neutral")                           \
    X(REVIEWS_BAD, "reviews said to be bad")                                   \
    X(REVIEWS_1_STAR, "reviews of 1 star that say no more")                    \
    X(REVIEWS_2_STARS, "reviews of 2 stars that say no more")                  \
    X(REVIEWS_3_STARS, "reviews of 3 stars that say no more")                  \
    X(REVIEWS_4_STARS, "reviews of 4 stars that say no more")                  \
    X(REVIEWS_5_STARS, "reviews of 5 stars that say no more")                  \
    X(CALLS, "calls offered to a hotline")                                     \
    X(CALLS_ANSWERED, "calls answered")                                        \
    X(CALLS_SHORT, "calls abandoned within five seconds")                      \
    X(CALLS_CHECKED, "calls checked for greeting and wording")                 \
    X(CALLS_PASSED, "checked calls that passed")                               \
    X(CHATS, "chats opened")                                                   \
    X(CHATS_ANSWERED, "chats answered")                                        \
    X(POINTS_EARNED, "points earned")                                          \
    X(POINTS_REDEEMED, "points redeemed")                                      \
    X(POINTS_EXPIRED, "points that expired")                                   \
    X(POINTS_REVERSED, "earned points taken back")                             \
    X(BENEFITS, "member benefits used")                                        \
    X(BENEFITS_WASH, "free washes")                                            \
    X(BENEFITS_OIL_LABOUR, "oil changes without labour")                       \
    X(BENEFITS_WAXING, "waxings")                                              \
    X(BENEFITS_CHECK, "free checks")                                           \
    X(BENEFITS_LABOUR_DISCOUNT, "discounts on labour")                         \
    X(BENEFITS_PARTS_DISCOUNT, "discounts on parts")                           \
    X(BENEFITS_CLAIM, "accident claims handled")                               \
    X(BENEFITS_INSURANCE, "insurances arranged")                               \
    X(BENEFITS_TOUR, "tours")                                                  \
    X(BENEFITS_RESCUE, "rescues")                                              \
    X(BENEFITS_LECTURE, "lectures")                                            \
    X(BENEFITS_OTHER, "other benefits")                                        \
    X(CONTACTS, "contacts with customers after the deal")                      \
    X(CONTACTS_REACHED, "contacts that reached the customer")                  \
    X(CONTACTS_WRONG_NUMBER, "contacts with a wrong number")                   \
    X(FOLLOW_UPS, "calls back after a visit")                                  \
    X(GREETINGS_HOLIDAY, "greetings on holidays")                              \
    X(GREETINGS_BIRTHDAY, "greetings on birthdays")                            \
    X(RETENTION_FINANCIAL, "financial retention actions")                      \
    X(RETENTION_SOCIAL, "social retention actions")                            \
    X(RETENTION_STRUCTURAL, "structural retention actions")                    \
    X(REFERRALS, "buyers who name a referrer")                                 \
    X(PURCHASES, "vehicles bought")                                            \
    X(PURCHASES_REPLACING, "vehicles bought in the place of another")          \
    X(PURCHASE_FEN, "what the vehicles cost, in fen")                          \
    X(PURCHASE_MARGIN_FEN, "margin of the vehicles, in fen")                   \
    X(CHURNED, "customers lost")                                               \
    X(CHURNED_STAFF_TURNOVER, "customers lost to staff turnover")              \
    X(CHURNED_RIVAL, "customers lost to a rival")                              \
    X(CHURNED_MARKET_CONTROL, "customers lost to weak market control")         \
    X(CHURNED_DETAILS, "customers lost to neglected details")                  \
    X(CHURNED_NO_RESEARCH, "customers lost to want of market research")        \
    X(CHURNED_SERVICE_SPIRIT, "customers lost to a weak spirit of service")    \
    X(CHURNED_PRICE, "customers lost to the price")                            \
    X(CHURNED_QUALITY, "customers lost to the quality")                        \
    X(CHURNED_AFTER_SALES, "customers lost to the service after the sale")     \
    X(CHURNED_NO_CARE, "customers lost to nobody caring")                      \
    X(CHURNED_OTHER, "customers lost to another cause")                        \
    X(AUDITS, "audits")                                                        \
    X(AUDIT_PASSED, "items audited and passed")                                \
    X(AUDIT_TOTAL, "items audited")                                            \
    X(AUDIT_VETOES, "items failed that must not fail")                         \
    X(CONTACTS_RECHECKED, "reported contacts checked again")                   \
    X(CONTACTS_CORRECT, "contacts found as reported")                          \
    X(LEVELS_RELIABILITY, "audits of the levels of reliability")               \
    X(LEVELS_RELIABILITY_STANDARD,                                             \
      "sum of the levels of reliability asked for")                            \
    X(LEVELS_RELIABILITY_CAPABILITY,                                           \
      "sum of the levels of reliability the dealer can give")                  \
    X(LEVELS_RELIABILITY_DELIVERED, "sum of the levels of reliability given")  \
    X(LEVELS_ASSURANCE, "audits of the levels of assurance")                   \
    X(LEVELS_ASSURANCE_STANDARD, "sum of the levels of assurance asked for")   \
    X(LEVELS_ASSURANCE_CAPABILITY,                                             \
      "sum of the levels of assurance the dealer can give")                    \
    X(LEVELS_ASSURANCE_DELIVERED, "sum of the levels of assurance given")      \
    X(LEVELS_TANGIBLES, "audits of the levels of tangibles")                   \
    X(LEVELS_TANGIBLES_STANDARD, "sum of the levels of tangibles asked for")   \
    X(LEVELS_TANGIBLES_CAPABILITY,                                             \
      "sum of the levels of tangibles the dealer can give")                    \
    X(LEVELS_TANGIBLES_DELIVERED, "sum of the levels of tangibles given")      \
    X(LEVELS_EMPATHY, "audits of the levels of empathy")                       \
    X(LEVELS_EMPATHY_STANDARD, "sum of the levels of empathy asked for")       \
    X(LEVELS_EMPATHY_CAPABILITY,                                               \
      "sum of the levels of empathy the dealer can give")                      \
    X(LEVELS_EMPATHY_DELIVERED, "sum of the levels of empathy given")          \
    X(LEVELS_RESPONSIVENESS, "audits of the levels of responsiveness")         \
    X(LEVELS_RESPONSIVENESS_STANDARD,                                          \
      "sum of the levels of responsiveness asked for")                         \
    X(LEVELS_RESPONSIVENESS_CAPABILITY,                                        \
      "sum of the levels of responsiveness the dealer can give")               \
    X(LEVELS_RESPONSIVENESS_DELIVERED,                                         \
      "sum of the levels of responsiveness given")                             \
    X(TRAININGS, "trainings attended")                                         \
    X(TRAININGS_CERTIFIED, "trainings that ended with a certificate")          \
    X(TRAINING_MINUTES, "minutes of training")                                 \
    X(DISCLOSURES, "defects told beforehand")                                  \
    X(GUIDANCES, "customers guided")                                           \
    X(MEMBERS_JOINED, "customers who became members")                          \
    X(MEMBERS_LEFT, "members who left")                                        \
    X(STAFF, "staff, as last stated in the month")                             \
    X(STAFF_TRAINED, "of them trained")                                        \
    X(STAFF_LEFT, "staff who left in the month")                               \
    X(INVOICES, "invoices of headquarters")                                    \
    X(INVOICED_FEN, "amount of the invoices, in fen")                          \
    X(INVOICED_VEHICLE_FEN, "amount of the invoices for vehicles, in fen")     \
    X(INVOICED_PARTS_FEN, "amount of the invoices for parts, in fen")          \
    X(INVOICED_SERVICE_FEN, "amount of the invoices for services, in fen")     \
    X(INVOICED_OTHER_FEN, "amount of the other invoices, in fen")              \
    X(STAFF_RESPONSES, "complete responses of staff")                          \
    X(STAFF_ANSWERS, "answers in the responses of staff")                      \
    X(STAFF_ANSWER_SUM, "sum of the answers of staff")                         \
    X(DEALER_RESPONSES, "complete responses of the dealer about headquarters") \
    X(DEALER_ANSWERS, "answers in the responses of the dealer")                \
    X(DEALER_ANSWER_SUM, "sum of the answers of the dealer")                   \
    X(ELIGIBLE, "visits to be surveyed")                                       \
    X(ESTIMATED, "closed visits with an estimate and a bill")                  \
    X(OVERRUN, "of these, billed more than 10 % above the estimate")           \
    X(ESTIMATE_FEN, "fen estimated for these visits")                          \
    X(SETTLED_FEN, "fen billed for these visits")                              \
    X(PROMISED, "closed visits with a promised and a real time of readiness")  \
    X(READY_IN_TIME, "of these, ready when promised")                          \
    X(COACHED, "responses that count of customers asked for a mark")           \
    X(INCENTIVE, "responses that count of customers offered something")        \
    X(CASES_CLOSED, "complaint cases closed")                                  \
    X(FIX_DUE, "closed cases whose 90 days have passed")                       \
    X(FIXED_FIRST, "of these, not reopened in that time")                      \
    X(CONFIRMED_SEVERE, "confirmed cases of severity 4")                       \
    X(MADE_GOOD,                                                               \
      "confirmed cases with apology, responsibility and compensation")         \
    X(FOLLOW_UP_DUE,                                                           \
      "closed visits whose three days for a call back are over")               \
    X(FOLLOWED_UP, "of these, called back in time")                            \
    X(SIGNED, "visits that tell when the customer signed")                     \
    X(DISCLOSED, "of these, with a defect told until then")                    \
    X(FIRST_VISITS, "first visits of a customer")                              \
    X(FIRST_GUIDED, "of these, with guidance")                                 \
    X(HOTLINE_MINUTES, "minutes in which somebody called")                     \
    X(HOTLINE_MISSED, "of these, without an answered call")

enum count {
#define X(name, text) COUNT_##name,
    COUNT_MAP(X)
#undef X
        COUNT_END
};

// count_name returns "responses" and the like (lower case); count_text the
// meaning.  count_by_name returns COUNT_END when there is none.
const char *count_name(enum count count);
const char *count_text(enum count count);
enum count count_by_name(const char *name);

static inline uint32_t
counter(enum counter_class class, uint32_t a, uint32_t b)
{
    return (uint32_t) class << 24 | (a & 0xffff) << 8 | (b & 0xff);
}

enum slice {
    SLICE_ALL = 0,
    SLICE_HELD = 1, // what held events would contribute
    // Of no contribution: how events arrived after their month (lateness.h).
    SLICE_ARRIVED = 2,
};

struct tally_key {
    uint32_t month;
    uint32_t dealer; // number
    uint32_t slice;
};

enum { TALLY_KEY_SIZE = 12 };

// tally_key_write writes the storage form: big endian, ordered as the struct.
void tally_key_write(const struct tally_key *key, uint8_t out[TALLY_KEY_SIZE]);
void tally_key_read(struct tally_key *key, const uint8_t in[TALLY_KEY_SIZE]);

// The counters and values are two arrays of `capacity` in memory the caller
// lends (tally_bytes says how much).
struct tally {
    uint32_t used, capacity;
    uint32_t *counters; // ascending
    int64_t *values;    // never 0
};

struct delta {
    struct tally_key key;
    uint32_t counter;
    int64_t value;
};

// tally_init lays an empty tally of `capacity` counters into memory of
// tally_bytes(capacity), aligned for int64_t.
size_t tally_bytes(uint32_t capacity);
void tally_init(struct tally *tally, uint32_t capacity, void *memory);

// tally_copy replaces into's content with from's; its capacity suffices.
void tally_copy(struct tally *into, const struct tally *from);

// tally_add adds `count` deltas, ascending by counter, that all belong to this
// tally (their keys are not read).  STATUS_FULL: capacity reached or a sum
// left int64; the tally is then unchanged for the deltas not yet added and
// *done says how many were.
MUST_USE enum status tally_add(struct tally *tally, const struct delta *deltas,
                               size_t count, size_t *done);

// tally_get returns a counter's value, 0 when it is not there.
int64_t tally_get(const struct tally *tally, uint32_t counter);

// tally_encode writes the canonical bytes: varints of (counter step, zigzag
// value).  Returns the length, at most tally_encoded_max(used).
size_t tally_encoded_max(uint32_t used);
size_t tally_encode(const struct tally *tally, uint8_t *out);

// tally_count reads how many counters canonical bytes hold; tally_decode
// fills a tally with enough capacity.  STATUS_CORRUPT for anything that
// tally_encode would not have written.
MUST_USE enum status tally_count(struct span bytes, uint32_t *count);
MUST_USE enum status tally_decode(struct tally *tally, struct span bytes);
