// SPDX-License-Identifier: Apache-2.0
//
// Notices: the rules come from the table that names their fields.
#include "common/domain/notice.h"
#include "common/wire/event_parts.h"

static enum form
form_of(enum notice_form form)
{
    switch (form) {
    case NOTICE_TEXT:
        return FORM_TEXT;
    case NOTICE_BYTES:
        return FORM_BYTES;
    case NOTICE_TIME:
    case NOTICE_FEN:
        return FORM_SIGNED;
    case NOTICE_NUMBER:
    case NOTICE_BOOL:
    case NOTICE_NAME:
        return FORM_UNSIGNED;
    case NOTICE_NO_FIELD:
        break;
    }
    return FORM_NONE;
}

static void
rules_make(const struct notice_shape *shape, struct rule *rules)
{
    for (uint32_t n = 0; n < shape->count; n++) {
        const struct notice_field *const field = &shape->fields[n];

        rules[n] = (struct rule){
            .name = field->name,
            .form = form_of(field->form),
            .needed = field->needed,
            // a number that need not be said may be said to be 0
            .least = field->needed || field->least < 0 || notice_is_words(field)
                         ? field->least
                         : 0,
            .most = field->most,
        };
    }
}

// notice_fill also asks that what is needed is not 0.
static struct fault
notice_fill(const struct notice_shape *shape, const struct record *record,
            struct notice *notice)
{
    for (uint32_t n = 1; n < shape->count; n++) {
        const struct notice_field *const field = &shape->fields[n];
        const enum form form = form_of(field->form);

        if (notice_is_words(field))
            notice->values[n].bytes = record_bytes(record, n);
        else if (form == FORM_SIGNED)
            notice->values[n].number = record_signed(record, n);
        else
            notice->values[n].number = (int64_t)record_number(record, n);
        if (field->needed && !notice_says(shape, notice, n))
            return fault_of(CODE_MISSING_FIELD, field->name);
    }
    return fault_of(CODE_NONE, NULL);
}

struct fault
notice_read(struct span bytes, enum event_type type, struct notice *notice)
{
    const struct notice_shape *const shape = notice_shape(type);
    struct rule rules[NOTICE_FIELDS_MAX];
    struct record record;

    rules_make(shape, rules);
    struct fault fault =
        record_check(&record, (struct rules){shape->count, rules}, bytes);
    return fault.code ? fault : notice_fill(shape, &record, notice);
}
