// SPDX-License-Identifier: Apache-2.0
//
// draft: an event while its fields are being filled in by name.
//
// The names are those of import maps (common/config/map.h); `send` and `import`
// share them.  Texts are lent until draft_encode.
#pragma once

#include <stddef.h>

#include "client/dealerpulse.h"
#include "common/config/map.h"
#include "common/crypto/words.h"
#include "terminal/fault.h"

struct draft {
    struct event event;
    struct span comment; // beside the event, bound to it by salt and hash
    uint8_t salt[WORDS_SALT_SIZE]; // to be drawn before draft_encode
    uint8_t hash[WORDS_HASH_SIZE];
    size_t length;
    uint8_t body[EVENT_BODY_MAX];
};

void draft_begin(struct draft *draft, enum event_type type);

// draft_set sets a field from its text (for those of MAP_BYTES: the bytes).
// False: the type has no such field, or the text is none of its values.
bool draft_set(struct draft *draft, enum map_field field, struct span text,
               struct fault *fault);
bool draft_set_time(struct draft *draft, enum map_time time, int64_t ms,
                    struct fault *fault);

// draft_answer adds an answer; value ANSWER_NOT_APPLICABLE for "does not
// apply".  Items come in ascending order.
bool draft_answer(struct draft *draft, uint16_t item, uint8_t value,
                  struct fault *fault);

// draft_entry is what dealerpulse_submit_many is given of an encoded draft.
struct dealerpulse_body draft_entry(const struct draft *draft);

// draft_encode writes body and length under this id and reads them back, so
// that what a collector would refuse in one event alone is found here.  The
// fault's column is then the event's field.
bool draft_encode(struct draft *draft, const struct event_id *id,
                  struct fault *fault);

// event_type_by_name reads "SURVEY_RESPONSE"; EVENT_NONE for no type of ours.
enum event_type event_type_by_name(const char *name);

// field_of_event finds which of a map's fields or times an outcome's field
// names ("occurred_at_ms", "version").  False when it is none.
bool field_of_event(const char *name, enum map_field *field,
                    enum map_time *time, bool *is_time);
