// SPDX-License-Identifier: Apache-2.0
#include "common/domain/entity.h"

#include <string.h>

#include "common/domain/entity_parts.h"
#include "common/domain/notice.h"

// --- Keys --------------------------------------------------------------------

enum { MINUTE_MS = 60000 };

// What an event is about; for a control, what its target is about.
struct subject {
    enum event_type type;
    const struct event_id *id;
    int64_t occurred_at;
};

static struct subject
subject_of(const struct event *event)
{
    if (!event_type_is_control(event->type))
        return (struct subject){event->type, &event->id, event->occurred_at};
    return (struct subject){event->control.target_type, &event->control.target,
                            event->control.target_occurred_at};
}

static void
key_begin(struct entity_key *key, enum entity_kind kind)
{
    key->bytes[0] = (uint8_t)kind;
    key->length = 1;
}

static void
key_number(struct entity_key *key, uint32_t number)
{
    uint8_t *const out = key->bytes + key->length;

    out[0] = (uint8_t)(number >> 24);
    out[1] = (uint8_t)(number >> 16);
    out[2] = (uint8_t)(number >> 8);
    out[3] = (uint8_t)number;
    key->length = (uint8_t)(key->length + 4);
}

static void
key_bytes(struct entity_key *key, const uint8_t *bytes, size_t length)
{
    memcpy(key->bytes + key->length, bytes, length);
    key->length = (uint8_t)(key->length + length);
}

static uint32_t
namespace_of(const struct event *event)
{
    return event->issuer == ISSUER_HQ ? DEALER_HQ : event->dealer;
}

static bool
names(struct span name, uint32_t longest)
{
    return name.length > 0 && name.length <= longest;
}

// key_named writes the key of a visit or a case; false when it has no name.
static bool
key_named(struct entity_key *key, enum entity_kind kind,
          const struct event *event, struct span name)
{
    if (!names(name, NATURAL_KEY_MAX))
        return false;
    key_begin(key, kind);
    key_number(key, namespace_of(event));
    key_bytes(key, name.data, name.length);
    return true;
}

static void
key_survey(struct entity_key *key, const struct event *event,
           const struct subject *subject)
{
    // What a resurvey names is its first response's; it is its own entity, as
    // is what staff and dealers answer.
    const bool resurvey =
        event->type == EVENT_SURVEY_RESPONSE && event->survey.resurvey;
    const bool own = resurvey || subject->type == EVENT_STAFF_SURVEY ||
                     subject->type == EVENT_DEALER_SURVEY;
    const bool visit = !own && names(event->visit, NATURAL_KEY_MAX);
    const bool invitation = !own && names(event->invitation, NATURAL_KEY_MAX);

    key_begin(key, ENTITY_SURVEY);
    key_number(key, visit || invitation ? namespace_of(event) : event->dealer);
    key_bytes(key, (const uint8_t *)(visit ? "v" : invitation ? "i" : "e"), 1);
    if (visit)
        key_bytes(key, event->visit.data, event->visit.length);
    else if (invitation)
        key_bytes(key, event->invitation.data, event->invitation.length);
    else
        key_bytes(key, subject->id->bytes, EVENT_ID_SIZE);
}

// key_own writes the key of what stands by itself; what is stated for a month
// stands with what else is stated for it.
static void
key_own(struct entity_key *key, const struct event *event,
        const struct subject *subject, const struct rulebook_history *history)
{
    const bool monthly = subject->type == EVENT_STAFF_HEADCOUNT;

    key_begin(key, ENTITY_NOTICE);
    key_number(key, event->dealer);
    key_bytes(key, (const uint8_t *)(monthly ? "m" : "e"), 1);
    if (monthly)
        key_number(key, entity_month(history, subject->occurred_at));
    else
        key_bytes(key, subject->id->bytes, EVENT_ID_SIZE);
}

// key_minute writes the key of the minute something happened in.
static void
key_minute(struct entity_key *key, const struct event *event,
           const struct subject *subject)
{
    const uint64_t minute = (uint64_t)(subject->occurred_at / MINUTE_MS);

    key_begin(key, ENTITY_MINUTE);
    key_number(key, event->dealer);
    key_number(key, (uint32_t)(minute >> 32));
    key_number(key, (uint32_t)minute);
}

// key_customer writes the key of a customer's month, if the event saw one.
static bool
key_customer(struct entity_key *key, const struct event *event,
             const struct subject *subject,
             const struct rulebook_history *history)
{
    if (!names(event->customer, PERSON_KEY_MAX))
        return false;
    key_begin(key, ENTITY_CUSTOMER);
    key_number(key, entity_month(history, subject->occurred_at));
    key_number(key, event->dealer);
    key_bytes(key, event->customer.data, event->customer.length);
    return true;
}

size_t
entity_keys(const struct event *event, const struct rulebook_history *history,
            struct entity_key keys[ENTITY_KEYS_MAX])
{
    const struct subject subject = subject_of(event);
    const unsigned type = subject.type;
    bool seen = false; // the customer, by the dealer
    size_t count = 0;

    if ((type >= EVENT_SURVEY_INVITED && type <= EVENT_SURVEY_RESPONSE) ||
        event_type_has_answers(subject.type)) {
        key_survey(&keys[count++], event, &subject);
        seen = type == EVENT_SURVEY_RESPONSE;
    } else if (type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED) {
        count += key_named(&keys[count], ENTITY_VISIT, event, event->visit);
        seen = true;
    } else if (type >= EVENT_COMPLAINT_OPENED &&
               type <= EVENT_COMPLAINT_VERDICT) {
        count +=
            key_named(&keys[count], ENTITY_CASE, event, event->complaint_id);
        seen = type == EVENT_COMPLAINT_OPENED;
    } else if (event_is_notice(subject.type)) {
        key_own(&keys[count++], event, &subject, history);
        if (subject.type == EVENT_CALL)
            key_minute(&keys[count++], event, &subject);
        if (event_is_of_visit(subject.type))
            count += key_named(&keys[count], ENTITY_VISIT, event, event->visit);
    }
    if (seen)
        count += key_customer(&keys[count], event, &subject, history);
    return count;
}

enum entity_kind
entity_kind_of(const struct entity_key *key)
{
    return (enum entity_kind)key->bytes[0];
}

uint32_t
entity_month(const struct rulebook_history *history, int64_t at)
{
    const struct rulebook *const rulebook = rulebook_at(history, at);

    return rulebook ? month_of(&rulebook->zone, at) : MONTH_NONE;
}
