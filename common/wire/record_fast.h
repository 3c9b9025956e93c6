// SPDX-License-Identifier: Apache-2.0
//
// record_fast: record_take and record_judge, laid out per message at compile
// time, for the two messages read a million times a second.
//
// The loops below run over a constant table and are unrolled, so that every
// rule becomes straight code.  record_ordered takes fields only as long as they
// stand in ascending order, as every protobuf library writes them; whatever
// follows goes through record_take, so that both read the same.
#pragma once

#include <stdlib.h>

#include "common/domain/event.h"
#include "common/wire/event_code.h"
#include "common/wire/record.h"
#include "common/wire/text.h"

#ifdef __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 24")
#endif

INLINE enum wire_type
form_wire_type(enum form form)
{
    if (form == FORM_UNSIGNED || form == FORM_SIGNED)
        return WIRE_VARINT;
    return form == FORM_FIXED64 ? WIRE_FIXED64 : WIRE_LENGTH;
}

INLINE bool
value_read(struct cursor *cursor, enum wire_type type, union value *value)
{
    if (type == WIRE_LENGTH)
        return cursor_bytes(cursor, &value->bytes);
    if (type == WIRE_VARINT)
        return cursor_varint(cursor, &value->number);
    return cursor_fixed(cursor, 8, &value->number);
}

// record_ordered takes the fields first..last (at most 15) that come next in
// ascending order and leaves the cursor before the first it did not take.
INLINE void
record_ordered(struct record *record, struct rules rules, struct cursor *cursor,
               uint32_t first, uint32_t last)
{
    uint32_t seen = record->seen;

    UNROLLED
    for (uint32_t number = first; number <= last; number++) {
        enum form form = rules.table[number].form;
        if (form == FORM_NONE)
            continue;
        enum wire_type type = form_wire_type(form);
        if (!cursor_more(cursor) ||
            *cursor->at != (uint8_t)(number << 3 | (uint32_t)type))
            continue;
        struct cursor ahead = {cursor->at + 1, cursor->end};
        if (!value_read(&ahead, type, &record->values[number]))
            break;
        *cursor = ahead;
        seen |= UINT32_C(1) << number;
    }
    record->seen = seen;
}

INLINE enum code
judge_length(const struct rule *rule, uint32_t length)
{
    if (length == 0 && rule->needed)
        return CODE_MISSING_FIELD;
    if (length > rule->most)
        return rule->least == rule->most ? CODE_BAD_FIELD : CODE_TOO_LARGE;
    return length < rule->least ? CODE_BAD_FIELD : CODE_NONE;
}

INLINE enum code
judge_text(const struct rule *rule, struct span text)
{
    enum code code = judge_length(rule, text.length);

    if (code)
        return code;
    if (rule->form == FORM_NAME ? text_is_name(text) : text_is_plain(text))
        return CODE_NONE;
    if (!utf8_valid(text))
        return CODE_BAD_TEXT;
    return rule->form == FORM_NAME ? CODE_BAD_FIELD : CODE_NONE;
}

INLINE enum code
judge_id(struct span id)
{
    uint64_t halves[2];

    if (id.length != EVENT_ID_SIZE)
        return CODE_BAD_ID;
    memcpy(halves, id.data, EVENT_ID_SIZE);
    return halves[0] | halves[1] ? CODE_NONE : CODE_BAD_ID;
}

INLINE enum code
judge_unsigned(const struct rule *rule, uint64_t number)
{
    if (number == 0 && rule->needed && rule->least > 0)
        return CODE_MISSING_FIELD;
    return number < (uint64_t)rule->least || number > (uint64_t)rule->most
               ? CODE_BAD_FIELD
               : CODE_NONE;
}

INLINE enum code
judge_signed(const struct rule *rule, int64_t number)
{
    return number < rule->least || number > rule->most ? CODE_BAD_FIELD
                                                       : CODE_NONE;
}

INLINE enum code
judge_value(const struct rule *rule, const union value *value)
{
    switch (rule->form) {
    case FORM_TEXT:
    case FORM_NAME:
        return judge_text(rule, value->bytes);
    case FORM_BYTES:
        return judge_length(rule, value->bytes.length);
    case FORM_ID:
        return judge_id(value->bytes);
    case FORM_UNSIGNED:
        return judge_unsigned(rule, value->number);
    case FORM_SIGNED:
        return judge_signed(rule, zigzag_decode(value->number));
    case FORM_FIXED64:
    case FORM_MESSAGE:
        return CODE_NONE;
    case FORM_NONE:
        break;
    }
    abort(); // record_take lets no such field in
}

INLINE struct fault
record_judge_fast(const struct record *record, struct rules rules)
{
    UNROLLED
    for (uint32_t number = 1; number < rules.count; number++) {
        const struct rule *rule = &rules.table[number];
        if (record_has(record, number)) {
            enum code code = judge_value(rule, &record->values[number]);
            if (code)
                return fault_of(code, rule->name);
        } else if (rule->needed) {
            return fault_of(CODE_MISSING_FIELD, rule->name);
        }
    }
    return fault_of(CODE_NONE, NULL);
}
