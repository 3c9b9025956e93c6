// SPDX-License-Identifier: Apache-2.0
//
// entity: the set of events that name the same thing.
//
// A survey (one per visit counts), a complaint case, a visit, a customer's
// month.  A set has no arrival order: members are kept by (occurred_at, id),
// so the same events are the same bytes.  Controls (VOID, UNVOID, CORRECT,
// HOLD, RELEASE) repeat their target's names and are members like any other;
// which events are live is computed from the set (rulings A3).
//
// A set named by more than ENTITY_EVENTS_MAX events, or by more than that many
// controls, is too large for good: it forgets its members and contributes
// ENTITY_TOO_LARGE alone.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/domain/event.h"
#include "common/domain/rulebook.h"
#include "common/status.h"

enum {
    ENTITY_EVENTS_MAX = 512,
    ENTITY_MEMBERS_MAX = 2 * ENTITY_EVENTS_MAX,
    ENTITY_KEYS_MAX = 4, // entities one event can belong to
    ENTITY_KEY_MAX = 96, // bytes
    MEMBER_BYTES_MAX = 320,
    ENTITY_BYTES_MAX = 16 + ENTITY_MEMBERS_MAX * MEMBER_BYTES_MAX,
};

enum entity_kind {
    ENTITY_SURVEY = 1,   // visit, else invitation, else event id (rulings B6)
    ENTITY_CASE = 2,     // complaint id (B7)
    ENTITY_VISIT = 3,    // visit id
    ENTITY_CUSTOMER = 4, // month, dealer, customer: distinct counts
    ENTITY_NOTICE = 5,   // an event that stands by itself: its id, or month
    ENTITY_MINUTE = 6,   // dealer, minute: the calls of a minute
};

// The storage key: kind (1), then for CUSTOMER month (4) and dealer (4), for
// the others the namespace (4: dealer number, or 0 for HQ) and for SURVEY and
// NOTICE one letter v, i, e or m; then the natural key, for m the month (4),
// for MINUTE the minute (8). Big endian, so that keys of one dealer, or of one
// month, are neighbours.  An event's own id (e) is its dealer's, whoever issued
// the names.
struct entity_key {
    uint8_t length;
    uint8_t bytes[ENTITY_KEY_MAX];
};

// entity_keys lists the entities an event belongs to and returns how many.
// A control belongs to those of its target, found by the names it repeats.
//   survey response, invitation   SURVEY
//   visit opened, closed          VISIT
//   complaint opened, action...   CASE
//   a notice (notice.h)           NOTICE
//   a call                        MINUTE too
//   contact, disclosure, guidance VISIT too, when they name the visit
//   answers of staff and dealers  SURVEY, each its own (e)
//   response, visit, opening      CUSTOMER too, when it names the customer
// A resurvey is an entity of its own, key e and its id, whatever it names; a
// control of one therefore names neither visit nor invitation, and then the
// key is e and the target's id.
size_t entity_keys(const struct event *event,
                   const struct rulebook_history *history,
                   struct entity_key keys[ENTITY_KEYS_MAX]);

enum entity_kind entity_kind_of(const struct entity_key *key);

// entity_month returns the month an instant lies in, in the zone of the
// rulebook valid then; MONTH_NONE without any rulebook.
uint32_t entity_month(const struct rulebook_history *history, int64_t at);

// What an entity remembers of one event: fixed size, no spans.  Only the part
// its type and the entity's kind call for is set; CUSTOMER remembers no facts.
struct member {
    struct event_id id;
    int64_t occurred_at;
    uint32_t dealer;
    enum event_type type;
    struct control control; // of control types
    // Facts of `type`, or for CORRECT of control.target_type.
    union {
        struct {
            uint16_t answer_count;
            bool complete, resurvey, coached, incentive;
            struct answer answers[SURVEY_ANSWERS_MAX];
        } survey;
        struct visit visit;
        struct complaint complaint;
        struct {
            enum action_kind kind;
            enum complaint_class class;
            uint32_t dealer;
            int64_t amount_fen;
            bool has_root_cause;
        } action;
        enum verdict verdict;
        struct {
            int64_t numbers[NOTICE_FIELDS_MAX]; // of a text: 1 if it was said
        } notice;
    };
};

// A decoded set in memory the caller lends; `members` has room for
// ENTITY_MEMBERS_MAX.
struct entity {
    bool too_large;
    uint16_t count;
    struct member *members; // ascending (occurred_at, id), ids differ
};

// entity_decode reads stored bytes; none (length 0) is the empty set.
// STATUS_CORRUPT when they are not what entity_encode writes.
MUST_USE enum status entity_decode(enum entity_kind kind, struct span bytes,
                                   struct entity *entity);

// entity_add puts what `kind` remembers of the event into the set.  An id and
// dealer that is already there changes nothing.
void entity_add(enum entity_kind kind, struct entity *entity,
                const struct event *event);

// entity_encode writes the canonical bytes, at most ENTITY_BYTES_MAX, and
// returns their length.
size_t entity_encode(enum entity_kind kind, const struct entity *entity,
                     uint8_t *out);
