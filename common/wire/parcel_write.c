// SPDX-License-Identifier: Apache-2.0
#include "common/wire/conversation.h"
#include "common/wire/parcel_fields.h"
#include "common/wire/put.h"

void
batch_begin(struct writer *writer, uint64_t session, uint64_t number)
{
    writer->parcel_field = BATCH_PARCELS;
    envelope_begin(writer, ENVELOPE_BATCH);
    put_fixed64(writer, 1, session);
    put_unsigned(writer, 2, number);
}

size_t
batch_end(struct writer *writer)
{
    return put_closed(writer);
}

void
parcel_begin(struct writer *writer, struct span terminal, uint64_t epoch,
             int64_t sent_at_ms)
{
    put_open(writer, writer->parcel_field);
    put_bytes(writer, PARCEL_TERMINAL, terminal);
    put_fixed64(writer, PARCEL_EPOCH, epoch);
    put_signed(writer, PARCEL_SENT_AT, sent_at_ms);
}

void
parcel_copy_begin(struct writer *writer, struct span bytes)
{
    put_open(writer, writer->parcel_field);
    put_raw(writer, bytes.data, bytes.length);
}

void
parcel_delivery(struct writer *writer, uint64_t seq, int64_t recorded_at_ms,
                struct span body)
{
    size_t length = 1 + varint_size(seq) + 1 +
                    varint_size(zigzag_encode(recorded_at_ms)) + 1 +
                    varint_size(body.length) + body.length;

    put_varint(writer, PARCEL_DELIVERIES << 3 | WIRE_LENGTH);
    put_varint(writer, length);
    put_unsigned_always(writer, DELIVERY_SEQ, seq);
    put_signed_always(writer, DELIVERY_RECORDED_AT, recorded_at_ms);
    put_bytes_always(writer, DELIVERY_BODY, body);
}

void
delivery_put(struct writer *writer, const struct delivery *delivery)
{
    put_unsigned_always(writer, DELIVERY_SEQ, delivery->seq);
    put_signed_always(writer, DELIVERY_RECORDED_AT, delivery->recorded_at_ms);
    put_bytes_always(writer, DELIVERY_BODY, delivery->body);
    put_bytes(writer, DELIVERY_SALT, delivery->salt);
    put_bytes(writer, DELIVERY_COMMENT, delivery->comment);
    put_bytes(writer, DELIVERY_SIGNATURE, delivery->signature);
    put_bytes(writer, DELIVERY_SEALED, delivery->sealed);
}

void
parcel_delivery_full(struct writer *writer, const struct delivery *delivery)
{
    if ((delivery->salt.length | delivery->comment.length |
         delivery->signature.length | delivery->sealed.length) == 0) {
        // As most are, and as readers are quickest with.
        parcel_delivery(writer, delivery->seq, delivery->recorded_at_ms,
                        delivery->body);
        return;
    }
    put_open(writer, PARCEL_DELIVERIES);
    delivery_put(writer, delivery);
    put_close(writer);
}

void
parcel_delivery_copy(struct writer *writer, struct span bytes)
{
    put_bytes_always(writer, PARCEL_DELIVERIES, bytes);
}

void
parcel_settled(struct writer *writer, const struct settled *settled)
{
    put_open(writer, PARCEL_SETTLED);
    put_unsigned(writer, SETTLED_FIRST_SEQ, settled->first_seq);
    put_unsigned(writer, SETTLED_LAST_SEQ, settled->last_seq);
    put_unsigned(writer, SETTLED_CODE, settled->code);
    put_bytes(writer, SETTLED_DIGEST, span_of(settled->digest, DIGEST_SIZE));
    put_close(writer);
}

void
parcel_received(struct writer *writer, struct span collector,
                int64_t received_at_ms)
{
    put_bytes(writer, PARCEL_COLLECTOR, collector);
    put_signed(writer, PARCEL_RECEIVED_AT, received_at_ms);
}

void
parcel_told(struct writer *writer, uint64_t told_seq)
{
    put_unsigned(writer, PARCEL_TOLD_SEQ, told_seq);
}

void
parcel_end(struct writer *writer)
{
    put_close(writer);
}
