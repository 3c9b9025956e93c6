// SPDX-License-Identifier: Apache-2.0
#include "common/wire/answer_fields.h"
#include "common/wire/ledger_parts.h"

void
answer_begin(struct writer *writer, uint64_t number, uint64_t position)
{
    put_unsigned(writer, ANSWER_NUMBER, number);
    put_unsigned(writer, ANSWER_POSITION, position);
}

void
answer_error(struct writer *writer, enum code code, const char *text)
{
    put_unsigned(writer, ANSWER_CODE, code);
    put_bytes(writer, ANSWER_TEXT, span_text(text));
}

void
answer_status(struct writer *writer, const struct store_status *status,
              const uint32_t *months, size_t month_count)
{
    put_open(writer, ANSWER_STATUS);
    put_bytes(writer, 1, status->store);
    put_unsigned(writer, 2, status->incarnation);
    put_unsigned(writer, 3, status->journal_position);
    put_bytes(writer, 4, status->head);
    put_unsigned(writer, 5, status->events);
    put_signed(writer, 6, status->last_commit_at_ms);
    put_bytes(writer, 7, status->programme_hash);
    put_bytes(writer, 8, status->dealers_hash);
    put_unsigned(writer, 9, status->fold_version);
    put_open(writer, STATUS_MONTHS);
    for (size_t i = 0; i < month_count; i++)
        put_varint(writer, months[i]);
    put_close(writer);
    put_unsigned(writer, 11, status->backed_up_position);
    put_unsigned(writer, 12, status->unfolded_ms);
    put_unsigned(writer, 13, status->intake_held);
    put_unsigned(writer, 14, status->reader_pid);
    put_unsigned(writer, 15, status->reader_ms);
    put_close(writer);
}

void
answer_publication(struct writer *writer, const struct publication *publication)
{
    publication_put(writer, ANSWER_PUBLICATIONS, publication);
}

void
answer_tally(struct writer *writer, uint32_t month, struct span dealer,
             uint32_t slice, const uint32_t *counters, const int64_t *values,
             size_t count)
{
    put_open(writer, ANSWER_TALLIES);
    put_unsigned(writer, TALLY_MONTH, month);
    put_bytes(writer, TALLY_DEALER, dealer);
    put_unsigned(writer, TALLY_SLICE, slice);
    put_open(writer, TALLY_COUNTERS);
    for (size_t i = 0; i < count; i++)
        put_varint(writer, counters[i]);
    put_close(writer);
    put_open(writer, TALLY_VALUES);
    for (size_t i = 0; i < count; i++)
        put_varint(writer, zigzag_encode(values[i]));
    put_close(writer);
    put_close(writer);
}

void
answer_quarantine(struct writer *writer, const struct quarantine_row *row)
{
    put_open(writer, ANSWER_QUARANTINE);
    put_unsigned(writer, 1, row->position);
    put_unsigned(writer, 2, row->index);
    put_unsigned(writer, 3, row->reason);
    put_bytes(writer, 4, row->text);
    put_close(writer);
}

size_t
answer_end(struct writer *writer)
{
    return put_closed(writer);
}
