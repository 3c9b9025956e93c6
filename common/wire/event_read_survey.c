// SPDX-License-Identifier: Apache-2.0
#include "common/wire/event_fields.h"
#include "common/wire/event_parts.h"

enum { KIND_RESURVEY = 1 };

static const struct rule survey_table[] = {
    [FIELD_QUESTIONNAIRE] = {"questionnaire", FORM_TEXT, true, 1,
                             QUESTIONNAIRE_ID_MAX},
    [FIELD_VERSION] = {"version", FORM_UNSIGNED, true, 1, UINT32_MAX},
    [FIELD_KIND] = {"kind", FORM_UNSIGNED, false, 0, KIND_RESURVEY},
    [FIELD_PARENT] = {.name = "parent", .form = FORM_ID},
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
value_add(uint8_t *values, uint32_t *count, uint64_t raw)
{
    if (*count == SURVEY_ANSWERS_MAX)
        return CODE_TOO_LARGE;
    // Zigzag: values 0, 1, 2... are 0, 2, 4...; the odd ones are negative.
    if (raw > 2 * VALUE_MAX || (raw & 1))
        return CODE_OFF_SCALE;
    values[(*count)++] = (uint8_t)(raw >> 1);
    return CODE_NONE;
}

static enum code
items_take(uint16_t *items, uint32_t *item_count, struct span packed)
{
    struct cursor cursor = cursor_on(packed);
    uint32_t count = *item_count;
    enum code code = CODE_NONE;

    while (cursor_more(&cursor) && !code) {
        uint64_t number;
        if (!cursor_varint(&cursor, &number))
            return CODE_MALFORMED;
        code = item_add(items, &count, number);
    }
    *item_count = count;
    return code;
}

static enum code
values_take(struct sheet *sheet, struct span packed)
{
    struct cursor cursor = cursor_on(packed);
    uint32_t count = sheet->value_count;
    enum code code = CODE_NONE;

    while (cursor_more(&cursor) && !code) {
        uint64_t raw;
        if (!cursor_varint(&cursor, &raw))
            return CODE_MALFORMED;
        code = value_add(sheet->values, &count, raw);
    }
    sheet->value_count = count;
    return code;
}

static enum code
packed_take(struct sheet *sheet, uint32_t field, struct span packed)
{
    if (field == FIELD_VALUES)
        return values_take(sheet, packed);
    return field == FIELD_ITEMS
               ? items_take(sheet->items, &sheet->item_count, packed)
               : items_take(sheet->na, &sheet->na_count, packed);
}

static enum code
single_take(struct sheet *sheet, uint32_t field, uint64_t number)
{
    if (field == FIELD_VALUES)
        return value_add(sheet->values, &sheet->value_count, number);
    return field == FIELD_ITEMS
               ? item_add(sheet->items, &sheet->item_count, number)
               : item_add(sheet->na, &sheet->na_count, number);
}

// sheet_take takes one chunk of a repeated number: packed, as declared, or a
// single value, which protobuf parsers must accept too.
static struct fault
sheet_take(struct sheet *sheet, const struct field *field)
{
    static const char *const names[] = {
        [FIELD_ITEMS] = "items",
        [FIELD_VALUES] = "values",
        [FIELD_NOT_APPLICABLE] = "not_applicable",
    };

    enum code code = CODE_MALFORMED;

    if (field->type == WIRE_LENGTH)
        code = packed_take(sheet, field->number, field->value.bytes);
    else if (field->type == WIRE_VARINT)
        code = single_take(sheet, field->number, field->value.number);
    return fault_of(code, names[field->number]);
}

// answer_insert puts an answer where it belongs among `count` ascending ones;
// false: the item is there already.
static bool
answer_insert(struct answer *answers, uint32_t count, struct answer answer)
{
    uint32_t at = count;

    while (at > 0 && answers[at - 1].item > answer.item)
        at--;
    if (at > 0 && answers[at - 1].item == answer.item)
        return false;
    for (uint32_t i = count; i > at; i--)
        answers[i] = answers[i - 1];
    answers[at] = answer;
    return true;
}

// answered_fill pairs items with values.  Senders list items in ascending
// order, so that most often there is nothing to move.
static bool
answered_fill(const struct sheet *sheet, struct answer *answers)
{
    uint32_t highest = 0;

    for (uint32_t i = 0; i < sheet->item_count; i++) {
        struct answer answer = {sheet->items[i], sheet->values[i]};
        if (answer.item > highest) {
            highest = answer.item;
            answers[i] = answer;
        } else if (!answer_insert(answers, i, answer)) {
            return false;
        }
    }
    return true;
}

static struct fault
answers_fill(const struct sheet *sheet, struct survey *survey)
{
    uint32_t count = sheet->item_count;

    if (count != sheet->value_count)
        return fault_of(CODE_BAD_FIELD, "values");
    if (count + sheet->na_count > SURVEY_ANSWERS_MAX)
        return fault_of(CODE_TOO_LARGE, "items");
    if (!answered_fill(sheet, survey->answers))
        return fault_of(CODE_BAD_FIELD, "items");
    for (uint32_t i = 0; i < sheet->na_count; i++) {
        struct answer answer = {sheet->na[i], ANSWER_NOT_APPLICABLE};
        if (!answer_insert(survey->answers, count, answer))
            return fault_of(CODE_BAD_FIELD, "not_applicable");
        count++;
    }
    survey->answer_count = (uint16_t)count;
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

static void
context_fill(const struct record *record, struct survey_context *context)
{
    context->device = record_bytes(record, FIELD_DEVICE);
    context->network = record_bytes(record, FIELD_NETWORK);
    context->started_at = record_signed(record, FIELD_STARTED_AT);
    context->duration_ms = (uint32_t)record_number(record, FIELD_DURATION);
    context->attribution = (uint8_t)record_number(record, FIELD_ATTRIBUTION);
    context->coached = record_number(record, FIELD_COACHED) != 0;
    context->incentive_offered = record_number(record, FIELD_INCENTIVE) != 0;
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
    if (record.seen >> FIELD_STARTED_AT)
        context_fill(&record, &survey->context);
    else
        survey->context = (struct survey_context){0};
    return resurvey_fill(&record, survey);
}
