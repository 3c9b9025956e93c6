// SPDX-License-Identifier: Apache-2.0
//
// The bytes of an entity.  To change them: raise VERSION, raise the store's
// fold version beside it, and let the aggregator refold (docs/STORAGE.md).
//
//   set      VERSION, varint of the number of members (0: too large), members
//   member   1 byte: number of the type, DEALER_CHANGES
//            16 bytes: id
//            varint: occurred_at; of the first zigzag, else ms since the
//            member before
//            varint: dealer, if it is not that of the member before (0 first)
//            control, if the type is one; facts, if the kind has any
//   control  16 bytes: target; 1 byte: number of its type, 0 for none
//            varint zigzag: the target's occurred_at less this occurred_at
//            16 bytes: the control taken back (UNVOID, RELEASE)
//
// Every value has one form and no byte is left over, so that what decodes
// encodes to the same bytes.
#include <string.h>

#include "common/domain/entity.h"
#include "common/domain/entity_parts.h"
#include "common/domain/facts_code.h"
#include "common/domain/varint.h"

enum {
    VERSION = 2,
    TYPE_MASK = 0x7f,
    DEALER_CHANGES = 0x80,
};

// type_of reads a type's number; EVENT_NONE when nobody folds it.
static enum event_type
type_of(uint8_t number)
{
    return event_type_folded(number) ? (enum event_type)number : EVENT_NONE;
}

// --- Writing -----------------------------------------------------------------

static uint8_t *
put_id(uint8_t *at, const struct event_id *id)
{
    memcpy(at, id->bytes, EVENT_ID_SIZE);
    return at + EVENT_ID_SIZE;
}

static uint8_t *
put_control(uint8_t *at, const struct member *member)
{
    at = put_id(at, &member->control.target);
    *at++ = (uint8_t)member->control.target_type;
    at = put_time(at, member->control.target_occurred_at, member->occurred_at);
    if (takes_back(member->type))
        at = put_id(at, &member->control.control);
    return at;
}

static uint8_t *
put_member(uint8_t *at, enum entity_kind kind, const struct member *member,
           const struct member *before)
{
    const bool changes = member->dealer != (before ? before->dealer : 0);

    *at++ = (uint8_t)(member->type | (changes ? DEALER_CHANGES : 0));
    at = put_id(at, &member->id);
    at = varint_put(at, before ? (uint64_t)member->occurred_at -
                                     (uint64_t)before->occurred_at
                               : zigzag(member->occurred_at));
    if (changes)
        at = varint_put(at, member->dealer);
    if (event_type_is_control(member->type))
        at = put_control(at, member);
    return put_facts(at, kind, member);
}

size_t
entity_encode(enum entity_kind kind, const struct entity *entity, uint8_t *out)
{
    uint8_t *at = out;

    if (entity->count == 0 && !entity->too_large)
        return 0;
    *at++ = VERSION;
    at = varint_put(at, entity->too_large ? 0 : entity->count);
    for (uint16_t i = 0; !entity->too_large && i < entity->count; i++)
        at = put_member(at, kind, &entity->members[i],
                        i > 0 ? &entity->members[i - 1] : NULL);
    return (size_t)(at - out);
}

// --- Reading -----------------------------------------------------------------

static bool
get_id(struct reader *reader, struct event_id *id)
{
    if (reader->end - reader->at < EVENT_ID_SIZE)
        return false;
    memcpy(id->bytes, reader->at, EVENT_ID_SIZE);
    reader->at += EVENT_ID_SIZE;
    return true;
}

static bool
get_control(struct reader *reader, struct member *member)
{
    struct control *const control = &member->control;
    uint8_t number;

    if (!get_id(reader, &control->target) || !get_byte(reader, &number) ||
        !get_time(reader, &control->target_occurred_at, member->occurred_at))
        return false;
    control->target_type = type_of(number);
    if (control->target_type == EVENT_NONE && number != 0)
        return false;
    control->control = (struct event_id){0};
    return !takes_back(member->type) || get_id(reader, &control->control);
}

// get_when reads occurred_at, which never falls behind the member before.
static bool
get_when(struct reader *reader, struct member *member,
         const struct member *before)
{
    uint64_t value;

    if (!varint_get(&reader->at, reader->end, &value))
        return false;
    if (!before) {
        member->occurred_at = unzigzag(value);
        return true;
    }
    if (value > (uint64_t)INT64_MAX - (uint64_t)before->occurred_at)
        return false;
    member->occurred_at = (int64_t)((uint64_t)before->occurred_at + value);
    return true;
}

static bool
get_dealer(struct reader *reader, struct member *member, uint32_t before,
           bool changes)
{
    uint64_t value = before;

    if (changes && (!varint_get(&reader->at, reader->end, &value) ||
                    value > UINT32_MAX || value == before))
        return false;
    member->dealer = (uint32_t)value;
    return true;
}

static bool
follows(const struct member *member, const struct member *before)
{
    if (event_before(before->occurred_at, &before->id, member->occurred_at,
                     &member->id))
        return true;
    return before->occurred_at == member->occurred_at &&
           event_id_equal(&before->id, &member->id) &&
           before->dealer < member->dealer;
}

static bool
get_member(struct reader *reader, enum entity_kind kind, struct member *member,
           const struct member *before)
{
    uint8_t head;

    if (!get_byte(reader, &head))
        return false;
    member->type = type_of(head & TYPE_MASK);
    member->control.target_type = EVENT_NONE;
    if (member->type == EVENT_NONE || !get_id(reader, &member->id) ||
        !get_when(reader, member, before) ||
        !get_dealer(reader, member, before ? before->dealer : 0,
                    head & DEALER_CHANGES) ||
        (before && !follows(member, before)))
        return false;
    if (event_type_is_control(member->type) && !get_control(reader, member))
        return false;
    return get_facts(reader, kind, member);
}

static bool
get_members(struct reader *reader, enum entity_kind kind, uint16_t count,
            struct entity *entity)
{
    uint16_t controls = 0;

    for (uint16_t i = 0; i < count; i++) {
        struct member *const member = &entity->members[i];

        if (!get_member(reader, kind, member, i > 0 ? member - 1 : NULL))
            return false;
        controls += event_type_is_control(member->type);
    }
    entity->count = count;
    return controls <= ENTITY_EVENTS_MAX &&
           count - controls <= ENTITY_EVENTS_MAX;
}

enum status
entity_decode(enum entity_kind kind, struct span bytes, struct entity *entity)
{
    struct reader reader;
    uint64_t count;
    uint8_t version;

    entity->too_large = false;
    entity->count = 0;
    if (bytes.length == 0)
        return STATUS_OK;
    reader.at = bytes.data;
    reader.end = bytes.data + bytes.length;
    if (!get_byte(&reader, &version) || version != VERSION ||
        !varint_get(&reader.at, reader.end, &count) ||
        count > ENTITY_MEMBERS_MAX)
        return STATUS_CORRUPT;
    entity->too_large = count == 0;
    if (!get_members(&reader, kind, (uint16_t)count, entity) ||
        reader.at != reader.end) {
        entity->count = 0;
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}
