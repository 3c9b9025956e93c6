// SPDX-License-Identifier: Apache-2.0
//
// record: the singular fields of one message, held against its rules.
//
// A message's rules are a table indexed by field number, so that the code and
// docs/PROTOCOL.md say the same.  Reading takes fields in any order and
// refuses only what is unreadable; judging then goes by field number, so that
// the same mistake gets the same answer however the sender ordered its fields.
#pragma once

#include "common/domain/event.h"
#include "common/domain/outcome.h"
#include "common/wire/cursor.h"

enum form {
    FORM_NONE,     // no such field
    FORM_TEXT,     // UTF-8 of least..most bytes
    FORM_NAME,     // printable ASCII without white space, least..most bytes
    FORM_BYTES,    // least..most bytes
    FORM_ID,       // 16 bytes, not all zero
    FORM_UNSIGNED, // uint32, uint64, bool, enum: least..most
    FORM_SIGNED,   // sint64: least..most
    FORM_FIXED64,
    FORM_MESSAGE,
};

struct rule {
    const char *name;
    enum form form;
    bool needed;
    int64_t least, most;
};

enum { RECORD_FIELDS_MAX = 64 };

struct rules {
    uint32_t count; // of the table, so the highest field number + 1
    const struct rule *table;
};
#define RULES(table)                                                           \
    (struct rules)                                                             \
    {                                                                          \
        sizeof(table) / sizeof(table)[0], (table)                              \
    }

// What is wrong, and with which field; code CODE_NONE: nothing.
struct fault {
    enum code code;
    const char *field;
};

// values[n] is set where seen has bit n.
struct record {
    uint64_t seen;
    union value values[RECORD_FIELDS_MAX];
};

static inline struct fault
fault_of(enum code code, const char *field)
{
    return (struct fault){code, field};
}

static inline bool
record_has(const struct record *record, uint32_t number)
{
    return record->seen >> number & 1;
}

// record_take puts one field into the record: MALFORMED when the message has
// no such field, of another wire type, or has it already.
struct fault record_take(struct record *record, struct rules rules,
                         const struct field *field);

// record_read takes every field of a message; record_check also judges them.
struct fault record_read(struct record *record, struct rules rules,
                         struct span bytes);
struct fault record_judge(const struct record *record, struct rules rules);
struct fault record_check(struct record *record, struct rules rules,
                          struct span bytes);

// rule_judge compares one value with its rule.
enum code rule_judge(const struct rule *rule, const union value *value);

// The getters return the empty span, or 0, for a field that was not there.
static inline struct span
record_bytes(const struct record *record, uint32_t number)
{
    return record_has(record, number) ? record->values[number].bytes
                                      : (struct span){NULL, 0};
}

static inline uint64_t
record_number(const struct record *record, uint32_t number)
{
    return record_has(record, number) ? record->values[number].number : 0;
}

static inline int64_t
record_signed(const struct record *record, uint32_t number)
{
    return zigzag_decode(record_number(record, number));
}
