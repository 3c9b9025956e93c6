// SPDX-License-Identifier: Apache-2.0
//
// Answers: reading.
#include "common/wire/answer_fields.h"
#include "common/wire/conversation.h"
#include "common/wire/ledger_parts.h"

static const struct rule answer_table[] = {
    [ANSWER_NUMBER] = {"number", FORM_UNSIGNED, false, 0, INT64_MAX},
    [ANSWER_POSITION] = {"position", FORM_UNSIGNED, false, 0, INT64_MAX},
    [ANSWER_CODE] = {"code", FORM_UNSIGNED, false, 0, CODE_MAX},
    [ANSWER_TEXT] = {"text", FORM_TEXT, false, 0, SENTENCE_MAX},
    [ANSWER_STATUS] = {.name = "status", .form = FORM_MESSAGE},
    [ANSWER_ALERT_PAGE] = {.name = "alert_page", .form = FORM_MESSAGE},
};
static const struct rule status_table[] = {
    [1] = {"store", FORM_BYTES, false, 16, 16},
    [2] = {"incarnation", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [3] = {"journal_position", FORM_UNSIGNED, false, 0, INT64_MAX},
    [4] = {"head", FORM_BYTES, false, HASH_SIZE, HASH_SIZE},
    [5] = {"events", FORM_UNSIGNED, false, 0, INT64_MAX},
    [6] = {"last_commit_at_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
    [7] = {"programme_hash", FORM_BYTES, false, HASH_SIZE, HASH_SIZE},
    [8] = {"dealers_hash", FORM_BYTES, false, HASH_SIZE, HASH_SIZE},
    [9] = {"fold_version", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [STATUS_MONTHS] = {"months", FORM_BYTES, false, 0, UINT32_MAX},
    [11] = {"backed_up_position", FORM_UNSIGNED, false, 0, INT64_MAX},
    [12] = {"unfolded_ms", FORM_UNSIGNED, false, 0, INT64_MAX},
    [13] = {"intake_held", FORM_UNSIGNED, false, 0, 1},
    [14] = {"reader_pid", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [15] = {"reader_ms", FORM_UNSIGNED, false, 0, INT64_MAX},
};
static const struct rule tally_table[] = {
    [TALLY_MONTH] = {"month", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [TALLY_DEALER] = {"dealer", FORM_NAME, true, 1, DEALER_ID_MAX},
    [TALLY_SLICE] = {"slice", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [TALLY_COUNTERS] = {"counters", FORM_BYTES, false, 0, UINT32_MAX},
    [TALLY_VALUES] = {"values", FORM_BYTES, false, 0, UINT32_MAX},
};
static const struct rule quarantine_table[] = {
    [1] = {"position", FORM_UNSIGNED, false, 0, INT64_MAX},
    [2] = {"index", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [3] = {"reason", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [4] = {"text", FORM_TEXT, false, 0, SENTENCE_MAX},
};

// number_next takes the next of a packed list, which is not above `most`.
static bool
number_next(struct repeated *packed, uint64_t most, uint64_t *number)
{
    struct cursor cursor = cursor_on(packed->rest);

    if (!cursor_more(&cursor) || !cursor_varint(&cursor, number) ||
        *number > most)
        return false;
    packed->rest = cursor_rest(&cursor);
    return true;
}

static bool
months_fine(struct span packed)
{
    struct repeated months = repeated_of(packed, STATUS_MONTHS);
    uint32_t month;

    while (status_next_month(&months, &month))
        ;
    return months.rest.length == 0;
}

static bool
status_read(struct span bytes, struct store_status *status)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(status_table), bytes).code ||
        !months_fine(record_bytes(&record, STATUS_MONTHS)))
        return false;
    *status = (struct store_status){
        .store = record_bytes(&record, 1),
        .incarnation = (uint32_t)record_number(&record, 2),
        .journal_position = record_number(&record, 3),
        .head = record_bytes(&record, 4),
        .events = record_number(&record, 5),
        .last_commit_at_ms = record_signed(&record, 6),
        .programme_hash = record_bytes(&record, 7),
        .dealers_hash = record_bytes(&record, 8),
        .fold_version = (uint32_t)record_number(&record, 9),
        .months =
            repeated_of(record_bytes(&record, STATUS_MONTHS), STATUS_MONTHS),
        .backed_up_position = record_number(&record, 11),
        .unfolded_ms = record_number(&record, 12),
        .intake_held = record_number(&record, 13) != 0,
        .reader_pid = (uint32_t)record_number(&record, 14),
        .reader_ms = record_number(&record, 15),
    };
    return true;
}

bool
status_next_month(struct repeated *months, uint32_t *month)
{
    uint64_t number;

    if (!number_next(months, UINT32_MAX, &number))
        return false;
    *month = (uint32_t)number;
    return true;
}

static bool
tally_read(struct span bytes, struct tally_row *row)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(tally_table), bytes).code)
        return false;
    *row = (struct tally_row){
        .month = (uint32_t)record_number(&record, TALLY_MONTH),
        .dealer = record_bytes(&record, TALLY_DEALER),
        .slice = (uint32_t)record_number(&record, TALLY_SLICE),
        .counters =
            repeated_of(record_bytes(&record, TALLY_COUNTERS), TALLY_COUNTERS),
        .values =
            repeated_of(record_bytes(&record, TALLY_VALUES), TALLY_VALUES),
    };
    return true;
}

// tally_fine: as many values as counters, all of them readable.
static bool
tally_fine(struct span bytes)
{
    struct tally_row row;
    uint32_t counter;
    int64_t value;

    if (!tally_read(bytes, &row))
        return false;
    while (row_next(&row, &counter, &value))
        ;
    return row.counters.rest.length == 0 && row.values.rest.length == 0;
}

bool
row_next(struct tally_row *row, uint32_t *counter, int64_t *value)
{
    struct repeated counters = row->counters, values = row->values;
    uint64_t number, raw;

    if (!number_next(&counters, UINT32_MAX, &number) ||
        !number_next(&values, UINT64_MAX, &raw))
        return false;
    row->counters = counters;
    row->values = values;
    *counter = (uint32_t)number;
    *value = zigzag_decode(raw);
    return true;
}

static bool
quarantine_read(struct span bytes, struct quarantine_row *row)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(quarantine_table), bytes)
            .code)
        return false;
    *row = (struct quarantine_row){
        .position = record_number(&record, 1),
        .index = (uint32_t)record_number(&record, 2),
        .reason = (uint32_t)record_number(&record, 3),
        .text = record_bytes(&record, 4),
    };
    return true;
}

static bool
part_fine(const struct field *field)
{
    struct publication publication;
    struct quarantine_row row;
    struct alert_row alert;

    if (field->type != WIRE_LENGTH)
        return false;
    if (field->number == ANSWER_ALERTS)
        return alert_row_read(field->value.bytes, &alert);
    if (field->number == ANSWER_PUBLICATIONS)
        return publication_read(field->value.bytes, &publication);
    return field->number == ANSWER_TALLIES
               ? tally_fine(field->value.bytes)
               : quarantine_read(field->value.bytes, &row);
}

static bool
answer_fields(struct span frame, struct record *record)
{
    const struct rules rules = RULES(answer_table);
    struct cursor cursor = cursor_on(frame);
    struct field field;

    record->seen = 0;
    while (cursor_more(&cursor)) {
        if (!cursor_field(&cursor, &field))
            return false;
        bool part = field.number >= ANSWER_PUBLICATIONS &&
                    field.number <= ANSWER_ALERTS;
        if (part ? !part_fine(&field)
                 : record_take(record, rules, &field).code != CODE_NONE)
            return false;
    }
    return record_judge(record, rules).code == CODE_NONE;
}

enum code
answer_read(struct span frame, struct answer_frame *answer)
{
    struct record record;

    if (!answer_fields(frame, &record))
        return CODE_MALFORMED;
    *answer = (struct answer_frame){
        .number = record_number(&record, ANSWER_NUMBER),
        .position = record_number(&record, ANSWER_POSITION),
        .code = (enum code)record_number(&record, ANSWER_CODE),
        .text = record_bytes(&record, ANSWER_TEXT),
        .has_status = record_has(&record, ANSWER_STATUS),
        .publications = repeated_of(frame, ANSWER_PUBLICATIONS),
        .tallies = repeated_of(frame, ANSWER_TALLIES),
        .quarantine = repeated_of(frame, ANSWER_QUARANTINE),
        .alerts = repeated_of(frame, ANSWER_ALERTS),
        .has_alert_page = record_has(&record, ANSWER_ALERT_PAGE),
    };
    if (answer->has_alert_page &&
        !alert_page_read(record_bytes(&record, ANSWER_ALERT_PAGE),
                         &answer->alert_page))
        return CODE_MALFORMED;
    if (answer->has_status &&
        !status_read(record_bytes(&record, ANSWER_STATUS), &answer->status))
        return CODE_MALFORMED;
    return CODE_NONE;
}

bool
answer_next_publication(struct repeated *list, struct publication *publication)
{
    struct span bytes;

    return repeated_next(list, &bytes) && publication_read(bytes, publication);
}

bool
answer_next_tally(struct repeated *list, struct tally_row *row)
{
    struct span bytes;

    return repeated_next(list, &bytes) && tally_read(bytes, row);
}

bool
answer_next_quarantine(struct repeated *list, struct quarantine_row *row)
{
    struct span bytes;

    return repeated_next(list, &bytes) && quarantine_read(bytes, row);
}
