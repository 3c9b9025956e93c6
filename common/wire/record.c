// SPDX-License-Identifier: Apache-2.0
#include "common/wire/record.h"

#include "common/wire/record_fast.h"

struct fault
record_take(struct record *record, struct rules rules,
            const struct field *field)
{
    uint32_t number = field->number;

    if (number >= rules.count || rules.table[number].form == FORM_NONE)
        return fault_of(CODE_MALFORMED, NULL);
    const struct rule *rule = &rules.table[number];
    if (field->type != (uint32_t)form_wire_type(rule->form) ||
        record_has(record, number))
        return fault_of(CODE_MALFORMED, rule->name);
    record->seen |= UINT32_C(1) << number;
    record->values[number] = field->value;
    return fault_of(CODE_NONE, NULL);
}

struct fault
record_read(struct record *record, struct rules rules, struct span bytes)
{
    struct cursor cursor = cursor_on(bytes);
    struct field field;

    record->seen = 0;
    while (cursor_more(&cursor)) {
        if (!cursor_field(&cursor, &field))
            return fault_of(CODE_MALFORMED, NULL);
        struct fault fault = record_take(record, rules, &field);
        if (fault.code)
            return fault;
    }
    return fault_of(CODE_NONE, NULL);
}

enum code
rule_judge(const struct rule *rule, const union value *value)
{
    return judge_value(rule, value);
}

struct fault
record_judge(const struct record *record, struct rules rules)
{
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

struct fault
record_check(struct record *record, struct rules rules, struct span bytes)
{
    struct fault fault = record_read(record, rules, bytes);

    return fault.code ? fault : record_judge(record, rules);
}
