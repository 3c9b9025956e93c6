// SPDX-License-Identifier: Apache-2.0
//
// notice: an event whose payload is a row of plain fields.
//
// A call, an invoice, a training: each stands by itself, and what it says is a
// handful of texts, numbers, names, times and amounts.  One table names every
// field of every such type; the wire's reader and writer, import maps, `send`,
// the checks of a collector and the members of entities all go by it.
// proto/event.proto has the same fields under the same names and numbers
// (tests hold the two against each other).
#pragma once

#include "common/domain/event.h"
#include "common/domain/outcome.h"

enum notice_form {
    NOTICE_NO_FIELD,
    NOTICE_TEXT,   // UTF-8 of least..most bytes
    NOTICE_BYTES,  // a hash, least..most bytes
    NOTICE_TIME,   // ms since 1970; the name ends in _ms, in maps it does not
    NOTICE_FEN,    // least..most
    NOTICE_NUMBER, // a whole number, least..most, not negative
    NOTICE_BOOL,
    NOTICE_NAME, // 1..most: words[0], words[1], ...
};

struct notice_field {
    const char *name; // in proto/event.proto
    enum notice_form form;
    bool needed;
    int64_t least, most;
    const char *const *words; // of a NAME
};

// fields[0] is no field; fields[n] is field n, n < count.
struct notice_shape {
    uint32_t count;
    const struct notice_field *fields;
};

// event_is_notice tells whether a type's payload is a notice; notice_shape
// what it consists of, NULL when it is none.
bool event_is_notice(enum event_type type);
const struct notice_shape *notice_shape(enum event_type type);

// event_is_of_visit tells whether a notice, when it names a visit, belongs to
// that visit too: CONTACT, DISCLOSURE, GUIDANCE.
static inline bool
event_is_of_visit(enum event_type type)
{
    return type == EVENT_CONTACT || type == EVENT_DISCLOSURE ||
           type == EVENT_GUIDANCE;
}

// notice_field_by_name returns the number of the field with this name, which
// may lack the _ms of a time; 0 when the type has none.
uint32_t notice_field_by_name(enum event_type type, const char *name);

// notice_is_words tells whether a field holds bytes; else it holds a number.
static inline bool
notice_is_words(const struct notice_field *field)
{
    return field->form == NOTICE_TEXT || field->form == NOTICE_BYTES;
}

// notice_says tells whether field n was said.
static inline bool
notice_says(const struct notice_shape *shape, const struct notice *notice,
            uint32_t n)
{
    return notice_is_words(&shape->fields[n])
               ? notice->values[n].bytes.length != 0
               : notice->values[n].number != 0;
}

// notice_check judges what a notice's fields say of one another, as of an
// event of `type` that happened at occurred_at.  Each field by itself was
// judged when it was read.
struct outcome notice_check(enum event_type type, int64_t occurred_at,
                            const struct notice *notice);
