// SPDX-License-Identifier: Apache-2.0
//
// facts_code: the bytes of what a member says, within entity_code.
//
//   survey     varint: answers * 16 + incentive * 8 + coached * 4 +
//              resurvey * 2 + complete
//              per answer: varint of the items skipped, 1 byte: value
//   visit      varint: flags and which of the eight numbers follow
//              times: varint zigzag less occurred_at; fen: varint zigzag
//   complaint  1 byte: class, 1 byte: severity
//              varint zigzag: received_at less occurred_at
//   action     1 byte: kind, root cause, amount follows
//              1 byte: class (RECLASSIFY); varint: dealer (REASSIGN)
//              varint zigzag: fen
//   verdict    1 byte
//   notice     varint: which fields were said, bit n is field n; of each but
//              words: a time as varint zigzag less occurred_at, else zigzag
#pragma once

#include "common/domain/entity.h"
#include "common/domain/varint.h"

struct reader {
    const uint8_t *at, *end;
};

static inline bool
get_byte(struct reader *reader, uint8_t *byte)
{
    if (reader->at == reader->end)
        return false;
    *byte = *reader->at++;
    return true;
}

// A time is written as its distance from another; the distance wraps, so that
// every pair has one.
static inline uint8_t *
put_time(uint8_t *at, int64_t time, int64_t from)
{
    return varint_put(at, zigzag((int64_t)((uint64_t)time - (uint64_t)from)));
}

static inline bool
get_time(struct reader *reader, int64_t *time, int64_t from)
{
    uint64_t value;

    if (!varint_get(&reader->at, reader->end, &value))
        return false;
    *time = (int64_t)((uint64_t)unzigzag(value) + (uint64_t)from);
    return true;
}

// put_facts writes what `kind` remembers of the member and returns the byte
// behind it; get_facts reads it, false when put_facts did not write it.
uint8_t *put_facts(uint8_t *at, enum entity_kind kind,
                   const struct member *member);
bool get_facts(struct reader *reader, enum entity_kind kind,
               struct member *member);
