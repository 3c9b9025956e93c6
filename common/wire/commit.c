// SPDX-License-Identifier: Apache-2.0
#include "common/wire/commit.h"

#include "common/wire/conversation.h"
#include "common/wire/ledger_parts.h"
#include "common/wire/parcel_fields.h"

enum { COMMIT_CONFLICTS = 5, COMMIT_PUBLICATION };

static const struct rule commit_table[] = {
    [1] = {"position", FORM_UNSIGNED, true, 1, INT64_MAX},
    [2] = {"previous", FORM_BYTES, true, HASH_SIZE, HASH_SIZE},
    [3] = {"committed_at_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
    [COMMIT_PUBLICATION] = {.name = "publication", .form = FORM_MESSAGE},
};
static const struct rule conflict_table[] = {
    [1] = {"terminal", FORM_NAME, true, 1, DEALER_ID_MAX},
    [2] = {.name = "epoch", .form = FORM_FIXED64},
    [3] = {"delivery", FORM_MESSAGE, .needed = true},
};

static bool
conflict_read(struct span bytes, struct conflict *conflict)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(conflict_table), bytes).code)
        return false;
    conflict->terminal = record_bytes(&record, 1);
    conflict->epoch = record_number(&record, 2);
    return delivery_read(record_bytes(&record, 3), &conflict->delivery);
}

// list_fine checks one parcel or conflict.
static bool
list_fine(const struct field *field)
{
    struct conflict conflict;
    struct parcel parcel;

    if (field->type != WIRE_LENGTH)
        return false;
    return field->number == COMMIT_PARCELS
               ? parcel_read(field->value.bytes, &parcel)
               : conflict_read(field->value.bytes, &conflict);
}

static bool
commit_fields(struct span bytes, struct record *record)
{
    const struct rules rules = RULES(commit_table);
    struct cursor cursor = cursor_on(bytes);
    struct field field;

    record->seen = 0;
    while (cursor_more(&cursor)) {
        if (!cursor_field(&cursor, &field))
            return false;
        bool list =
            field.number == COMMIT_PARCELS || field.number == COMMIT_CONFLICTS;
        if (list ? !list_fine(&field)
                 : record_take(record, rules, &field).code != CODE_NONE)
            return false;
    }
    return record_judge(record, rules).code == CODE_NONE;
}

enum status
commit_read(struct span bytes, struct commit *commit)
{
    struct record record;

    if (!commit_fields(bytes, &record))
        return STATUS_CORRUPT;
    *commit = (struct commit){
        .position = record_number(&record, 1),
        .previous = record_bytes(&record, 2),
        .committed_at_ms = record_signed(&record, 3),
        .parcels = repeated_of(bytes, COMMIT_PARCELS),
        .conflicts = repeated_of(bytes, COMMIT_CONFLICTS),
        .has_publication = record_has(&record, COMMIT_PUBLICATION),
    };
    if (commit->has_publication &&
        !publication_read(record_bytes(&record, COMMIT_PUBLICATION),
                          &commit->publication))
        return STATUS_CORRUPT;
    return STATUS_OK;
}

bool
commit_next_conflict(struct repeated *conflicts, struct conflict *conflict)
{
    struct span bytes;

    return repeated_next(conflicts, &bytes) && conflict_read(bytes, conflict);
}

void
commit_begin(struct writer *writer, uint64_t position,
             const uint8_t previous[HASH_SIZE], int64_t committed_at_ms)
{
    writer->parcel_field = COMMIT_PARCELS;
    put_unsigned(writer, 1, position);
    put_bytes(writer, 2, span_of(previous, HASH_SIZE));
    put_signed(writer, 3, committed_at_ms);
}

void
parcel_copy(struct writer *writer, struct span bytes)
{
    put_bytes_always(writer, writer->parcel_field, bytes);
}

void
commit_conflict(struct writer *writer, struct span terminal, uint64_t epoch,
                const struct delivery *delivery)
{
    put_open(writer, COMMIT_CONFLICTS);
    put_bytes(writer, 1, terminal);
    put_fixed64(writer, 2, epoch);
    put_open(writer, 3);
    delivery_put(writer, delivery);
    put_close(writer);
    put_close(writer);
}

void
commit_publication(struct writer *writer, const struct publication *publication)
{
    publication_put(writer, COMMIT_PUBLICATION, publication);
}

size_t
commit_end(struct writer *writer)
{
    return put_closed(writer);
}
