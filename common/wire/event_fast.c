// SPDX-License-Identifier: Apache-2.0
//
// Straight code from the first byte to the last: each field is looked for
// where it has to stand, and goes to its place in the event at once.
//
// `at` is where a field may start, `stop` the last place where the payload
// may: PAYLOAD_HEAD bytes before the end.  The *_next functions take a field if
// it stands at `at` and return where the next may, at most `stop`; NULL when it
// needs a closer look.
#include "common/wire/event_fast.h"

#include "common/wire/cursor.h"
#include "common/wire/event_code.h"
#include "common/wire/event_fields.h"
#include "common/wire/text.h"
#include "common/wire/word.h"

enum {
    PAYLOAD_HEAD = 3,          // a tag of two bytes and a length
    ID_END = EVENT_ID_SIZE + 2 // the id comes first
};

#define TAG_OF(field, type) ((uint8_t)((field) << 3 | (type)))

INLINE const uint8_t *
bytes_next(const uint8_t *at, const uint8_t *stop, uint32_t field,
           uint32_t least, uint32_t most, struct span *bytes)
{
    if (*at != TAG_OF(field, WIRE_LENGTH)) {
        *bytes = (struct span){NULL, 0};
        return at;
    }
    uint32_t length = at[1];
    if (length < least || length > most || length + 2 > (size_t)(stop - at))
        return NULL;
    *bytes = (struct span){at + 2, length};
    return at + 2 + length;
}

INLINE const uint8_t *
text_next(const uint8_t *at, const uint8_t *stop, uint32_t field, uint32_t most,
          struct span *text)
{
    const uint8_t *next = bytes_next(at, stop, field, 1, most, text);

    if (!next || next == at)
        return next;
    return text_is_plain(*text) || utf8_valid(*text) ? next : NULL;
}

INLINE const uint8_t *
number_next(const uint8_t *at, const uint8_t *stop, uint32_t field,
            uint8_t most, uint8_t *number)
{
    *number = 0;
    if (*at != TAG_OF(field, WIRE_VARINT))
        return at;
    if (at[1] > most || stop - at < 2)
        return NULL;
    *number = at[1];
    return at + 2;
}

// The three every event has: id, dealer, occurred_at.
static inline const uint8_t *
needed_next(const uint8_t *at, const uint8_t *stop, struct event *event)
{
    if (stop - at < ID_END || at[0] != TAG_OF(FIELD_ID, WIRE_LENGTH) ||
        at[1] != EVENT_ID_SIZE || (load_8(at + 2) | load_8(at + 10)) == 0)
        return NULL;
    memcpy(event->id.bytes, at + 2, EVENT_ID_SIZE);
    at = bytes_next(at + ID_END, stop, FIELD_DEALER, 1, DEALER_ID_MAX,
                    &event->dealer_id);
    if (!at || !text_is_name(event->dealer_id))
        return NULL;
    if (*at != TAG_OF(FIELD_OCCURRED_AT, WIRE_VARINT) || stop - at < 9)
        return NULL;
    struct packed packed = packed_of(load_8(at + 1));
    event->occurred_at = zigzag_decode(packed_value(packed));
    return packed.size == 0 ? NULL : at + 1 + packed.size;
}

static inline const uint8_t *
names_next(const uint8_t *at, const uint8_t *stop, struct event *event)
{
    uint8_t issuer;

    if (!(at = number_next(at, stop, FIELD_ISSUER, ISSUER_HQ, &issuer)) ||
        !(at = text_next(at, stop, FIELD_VISIT, NATURAL_KEY_MAX,
                         &event->visit)) ||
        !(at = text_next(at, stop, FIELD_INVITATION, NATURAL_KEY_MAX,
                         &event->invitation)) ||
        !(at = text_next(at, stop, FIELD_COMPLAINT, NATURAL_KEY_MAX,
                         &event->complaint_id)) ||
        !(at = bytes_next(at, stop, FIELD_CUSTOMER, PERSON_KEY_MIN,
                          PERSON_KEY_MAX, &event->customer)))
        return NULL;
    event->issuer = (enum issuer)issuer;
    return bytes_next(at, stop, FIELD_VEHICLE, PERSON_KEY_MIN, PERSON_KEY_MAX,
                      &event->vehicle);
}

static inline const uint8_t *
circumstances_next(const uint8_t *at, const uint8_t *stop, struct event *event)
{
    if (!(at = number_next(at, stop, FIELD_MODE, MODE_MAX, &event->mode)) ||
        !(at = number_next(at, stop, FIELD_CHANNEL, CHANNEL_MAX,
                           &event->channel)) ||
        !(at = number_next(at, stop, FIELD_PHASE, PHASE_MAX, &event->phase)) ||
        !(at = number_next(at, stop, FIELD_TOUCHPOINT, TOUCHPOINT_MAX,
                           &event->touchpoint)) ||
        !(at = bytes_next(at, stop, FIELD_COMMENT_HASH, COMMENT_HASH_SIZE,
                          COMMENT_HASH_SIZE, &event->comment_hash)))
        return NULL;
    return text_next(at, stop, FIELD_STAFF, STAFF_MAX, &event->staff);
}

bool
head_fast(struct span body, struct event *event, uint32_t *type,
          struct span *payload)
{
    if (body.length < ID_END + PAYLOAD_HEAD)
        return false;
    const uint8_t *at = body.data, *end = at + body.length;
    const uint8_t *stop = end - PAYLOAD_HEAD;
    if (!(at = needed_next(at, stop, event)) ||
        !(at = names_next(at, stop, event)) ||
        !(at = circumstances_next(at, stop, event)))
        return false;
    event->dealer = 0;

    // The payload's number and length, of at most two bytes each.
    uint32_t tag = (at[0] & 0x7fu) | (uint32_t)at[1] << 7, length = at[2];
    if (at[0] < 0x80 || at[1] >= 0x80 || (tag & 7) != WIRE_LENGTH ||
        tag >> 3 < PAYLOAD_FIRST)
        return false;
    at += PAYLOAD_HEAD;
    if (length >= 0x80) {
        if (at == end || *at >= 0x80)
            return false;
        length = (length & 0x7f) | (uint32_t)*at++ << 7;
    }
    *type = tag >> 3;
    *payload = (struct span){at, length};
    return length == (size_t)(end - at);
}

// answers_fast pairs items with values, all of one byte; false where they are
// not, are out of order or off the scale.
INLINE bool
answers_fast(const uint8_t *items, const uint8_t *values, uint32_t count,
             struct answer *answers)
{
    uint32_t last = 0, off = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t item = items[i], value = values[i];
        off |= (item | value) & 0x80; // of more than one byte
        off |= value & 1;             // negative
        off |= item <= last;
        last = item;
        answers[i] = (struct answer){(uint16_t)item, (uint8_t)(value >> 1)};
    }
    return off == 0;
}

// context_clear goes field by field: for a whole struct gcc's `rep stos` takes
// longer than all the rest.
static inline void
context_clear(struct survey_context *context)
{
    context->device = (struct span){NULL, 0};
    context->network = (struct span){NULL, 0};
    context->started_at = 0;
    context->duration_ms = 0;
    context->attribution = 0;
    context->coached = context->incentive_offered = false;
}

bool
survey_fast(struct span bytes, struct survey *survey)
{
    const uint8_t *at = bytes.data;

    if (bytes.length < 2 || at[0] != TAG_OF(FIELD_QUESTIONNAIRE, WIRE_LENGTH))
        return false;
    uint32_t id = at[1], version_at = 2 + id, items_at = version_at + 4;
    if (id == 0 || id > QUESTIONNAIRE_ID_MAX || bytes.length < items_at)
        return false;
    uint32_t version = at[version_at + 1], count = at[items_at - 1];
    uint32_t values_at = items_at + count + 2;
    if (at[version_at] != TAG_OF(FIELD_VERSION, WIRE_VARINT) || version == 0 ||
        version >= 0x80 ||
        at[items_at - 2] != TAG_OF(FIELD_ITEMS, WIRE_LENGTH) || count == 0 ||
        count > SURVEY_ANSWERS_MAX || bytes.length != values_at + count ||
        at[values_at - 2] != TAG_OF(FIELD_VALUES, WIRE_LENGTH) ||
        at[values_at - 1] != count)
        return false;
    survey->questionnaire = span_of(at + 2, id);
    survey->version = version;
    survey->answer_count = (uint16_t)count;
    survey->resurvey = survey->complete = false;
    survey->parent = (struct event_id){{0}};
    context_clear(&survey->context);
    return answers_fast(at + items_at, at + values_at, count,
                        survey->answers) &&
           (text_is_plain(survey->questionnaire) ||
            utf8_valid(survey->questionnaire));
}
