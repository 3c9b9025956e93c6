// SPDX-License-Identifier: Apache-2.0
#include "common/wire/event_parts.h"

enum {
    FIELD_QUESTIONNAIRE = 1,
    FIELD_VERSION,
    FIELD_ITEMS,
    FIELD_VALUES,
    FIELD_NOT_APPLICABLE,
    FIELD_KIND,
    FIELD_PARENT,
    FIELD_STARTED_AT,
    FIELD_DURATION,
    FIELD_DEVICE,
    FIELD_NETWORK,
    FIELD_ATTRIBUTION,
    FIELD_COACHED,
    FIELD_INCENTIVE,
};

enum { ITEM_MAX = 4095, VALUE_MAX = 100, KIND_RESURVEY = 1 };

static const struct rule survey_table[] = {
    [FIELD_QUESTIONNAIRE] = {"questionnaire", FORM_TEXT, true, 1, 32},
    [FIELD_VERSION] = {"version", FORM_UNSIGNED, true, 1, UINT32_MAX},
    [FIELD_KIND] = {"kind", FORM_UNSIGNED, false, 0, KIND_RESURVEY},
    [FIELD_PARENT] = {"parent", FORM_ID},
    [FIELD_STARTED_AT] = {"started_at_ms", FORM_SIGNED, false, 0, TIME_MAX_MS},
    [FIELD_DURATION] = {"duration_ms", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [FIELD_DEVICE] = {"device", FORM_BYTES, false, PERSON_KEY_MIN,
                      PERSON_KEY_MAX},
    [FIELD_NETWORK] = {"network", FORM_BYTES, false, PERSON_KEY_MIN,
                       PERSON_KEY_MAX},
    [FIELD_ATTRIBUTION] = {"attribution", FORM_UNSIGNED, false, 0, 5},
    [FIELD_COACHED] = {"coached", FORM_UNSIGNED, false, 0, 1},
    [FIELD_INCENTIVE] = {"incentive_offered", FORM_UNSIGNED, false, 0, 1},
};

// The answers while they are read: item[i] goes with value[i].
struct sheet {
    uint32_t item_count, value_count, na_count;
    uint16_t items[SURVEY_ANSWERS_MAX], na[SURVEY_ANSWERS_MAX];
    uint8_t values[SURVEY_ANSWERS_MAX];
};

static inline enum code
item_add(uint16_t *items, uint32_t *count, uint64_t number)
{
    if (*count == SURVEY_ANSWERS_MAX)
        return CODE_TOO_LARGE;
    if (number == 0 || number > ITEM_MAX)
        return CODE_UNKNOWN_ITEM;
    items[(*count)++] = (uint16_t)number;
    return CODE_NONE;
}

static inline enum code
value_add(struct sheet *sheet, uint64_t raw)
{
    if (sheet->value_count == SURVEY_ANSWERS_MAX)
        return CODE_TOO_LARGE;
    // Zigzag: values 0, 1, 2... are 0, 2, 4...; the odd ones are negative.
    if (raw > 2 * VALUE_MAX || (raw & 1))
        return CODE_OFF_SCALE;
    sheet->values[sheet->value_count++] = (uint8_t)(raw >> 1);
    return CODE_NONE;
}

static inline enum code
number_add(struct sheet *sheet, uint32_t field, uint64_t number)
{
    if (field == FIELD_VALUES)
        return value_add(sheet, number);
    return field == FIELD_ITEMS
               ? item_add(sheet->items, &sheet->item_count, number)
               : item_add(sheet->na, &sheet->na_count, number);
}

// packed_add takes one chunk of a repeated number, packed (as declared) or a
// single value, which protobuf parsers must accept too.
static enum code
packed_add(struct sheet *sheet, const struct field *field)
{
    if (field->type == WIRE_VARINT)
        return number_add(sheet, field->number, field->value.number);
    if (field->type != WIRE_LENGTH)
        return CODE_MALFORMED;
    struct cursor cursor = cursor_on(field->value.bytes);
    while (cursor_more(&cursor)) {
        uint64_t number;
        if (!cursor_varint(&cursor, &number))
            return CODE_MALFORMED;
        enum code code = number_add(sheet, field->number, number);
        if (code)
            return code;
    }
    return CODE_NONE;
}

static struct fault
sheet_take(struct sheet *sheet, const struct field *field)
{
    static const char *const names[] = {
        [FIELD_ITEMS] = "items",
        [FIELD_VALUES] = "values",
        [FIELD_NOT_APPLICABLE] = "not_applicable",
    };

    return fault_of(packed_add(sheet, field), names[field->number]);
}

// answer_insert keeps the answers ascending; false: the item is there already.
// Senders list items in order, so that there is nothing to move.
static inline bool
answer_insert(struct survey *survey, struct answer answer)
{
    uint32_t at = survey->answer_count;

    while (at > 0 && survey->answers[at - 1].item > answer.item)
        at--;
    if (at > 0 && survey->answers[at - 1].item == answer.item)
        return false;
    for (uint32_t i = survey->answer_count; i > at; i--)
        survey->answers[i] = survey->answers[i - 1];
    survey->answers[at] = answer;
    survey->answer_count++;
    return true;
}

static struct fault
answers_fill(const struct sheet *sheet, struct survey *survey)
{
    survey->answer_count = 0;
    if (sheet->item_count != sheet->value_count)
        return fault_of(CODE_BAD_FIELD, "values");
    if (sheet->item_count + sheet->na_count > SURVEY_ANSWERS_MAX)
        return fault_of(CODE_TOO_LARGE, "items");
    for (uint32_t i = 0; i < sheet->item_count; i++)
        if (!answer_insert(survey,
                           (struct answer){sheet->items[i], sheet->values[i]}))
            return fault_of(CODE_BAD_FIELD, "items");
    for (uint32_t i = 0; i < sheet->na_count; i++)
        if (!answer_insert(
                survey, (struct answer){sheet->na[i], ANSWER_NOT_APPLICABLE}))
            return fault_of(CODE_BAD_FIELD, "not_applicable");
    return fault_of(CODE_NONE, NULL);
}

static struct fault
resurvey_fill(const struct record *record, struct survey *survey)
{
    bool has_parent = record_has(record, FIELD_PARENT);

    survey->resurvey = record_number(record, FIELD_KIND) == KIND_RESURVEY;
    if (survey->resurvey != has_parent)
        return fault_of(has_parent ? CODE_BAD_FIELD : CODE_MISSING_FIELD,
                        "parent");
    if (has_parent)
        memcpy(survey->parent.bytes, record->values[FIELD_PARENT].bytes.data,
               EVENT_ID_SIZE);
    else
        memset(&survey->parent, 0, sizeof survey->parent);
    return fault_of(CODE_NONE, NULL);
}

static struct fault
fields_take(struct span bytes, struct record *record, struct sheet *sheet)
{
    const struct rules rules = RULES(survey_table);
    struct cursor cursor = cursor_on(bytes);
    struct field field;

    record->seen = 0;
    sheet->item_count = sheet->value_count = sheet->na_count = 0;
    while (cursor_more(&cursor)) {
        if (!cursor_field(&cursor, &field))
            return fault_of(CODE_MALFORMED, "survey_response");
        bool answers =
            field.number >= FIELD_ITEMS && field.number <= FIELD_NOT_APPLICABLE;
        struct fault fault = answers ? sheet_take(sheet, &field)
                                     : record_take(record, rules, &field);
        if (fault.code)
            return fault;
    }
    return fault_of(CODE_NONE, NULL);
}

struct fault
survey_read(struct span bytes, struct survey *survey)
{
    struct record record;
    struct sheet sheet;
    struct fault fault = fields_take(bytes, &record, &sheet);

    if (fault.code)
        return fault;
    fault = record_judge(&record, (struct rules)RULES(survey_table));
    if (fault.code || (fault = answers_fill(&sheet, survey)).code)
        return fault;
    survey->questionnaire = record.values[FIELD_QUESTIONNAIRE].bytes;
    survey->version = (uint32_t)record.values[FIELD_VERSION].number;
    survey->complete = false;
    return resurvey_fill(&record, survey);
}
