// SPDX-License-Identifier: Apache-2.0
//
// What is read out of the store: the first byte chooses the decoder.  What
// decodes has one form, so it encodes to the same bytes; and what an entity
// contributes is canonical, whatever its times and numbers are.
#include "common/domain/contribution.h"
#include "common/domain/sequence.h"
#include "common/storage/environment.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/samples.h"

static bool
delta_before(const struct delta *a, const struct delta *b)
{
    if (a->key.month != b->key.month)
        return a->key.month < b->key.month;
    if (a->key.dealer != b->key.dealer)
        return a->key.dealer < b->key.dealer;
    if (a->key.slice != b->key.slice)
        return a->key.slice < b->key.slice;
    return a->counter < b->counter;
}

static void
contributes_well(enum entity_kind kind, const struct entity *entity)
{
    static struct contribution out;
    struct entity_key key = {.length = 12,
                             .bytes = {(uint8_t)kind, 0, 0, 0, 1}};

    contribution_of(&key, entity, samples_history(), &out);
    must(out.count <= CONTRIBUTION_OF_MAX, "a change always fits");
    for (size_t i = 0; i < out.count; i++) {
        must(out.deltas[i].value != 0, "no delta is 0");
        must(i == 0 || delta_before(&out.deltas[i - 1], &out.deltas[i]),
             "deltas ascend, each once");
    }
}

static void
try_entity(enum entity_kind kind, struct span bytes)
{
    static struct member members[ENTITY_MEMBERS_MAX];
    static uint8_t again[ENTITY_BYTES_MAX];
    struct entity entity = {.members = members};

    if (entity_decode(kind, bytes, &entity) != STATUS_OK)
        return;
    size_t length = entity_encode(kind, &entity, again);
    must(span_equal(span_of(again, length), bytes),
         "an entity has one form only");
    contributes_well(kind, &entity);
}

static void
try_tally(struct span bytes)
{
    uint32_t count;
    size_t done;

    if (tally_count(bytes, &count) != STATUS_OK)
        return;
    void *memory = malloc(tally_bytes(count) + 1);
    uint8_t *again = malloc(tally_encoded_max(count) + 1);
    struct tally tally;
    must(memory && again, "there is memory");
    tally_init(&tally, count, memory);
    if (tally_decode(&tally, bytes) == STATUS_OK) {
        must(tally.used == count, "as many counters as were counted");
        size_t length = tally_encode(&tally, again);
        must(span_equal(span_of(again, length), bytes),
             "a tally has one form only");
        for (uint32_t i = 0; tally.used > 0 && i < count; i++) {
            struct delta undo = {.counter = tally.counters[0],
                                 .value = tally.values[0]};
            undo.value = undo.value == INT64_MIN ? 1 : -undo.value;
            if (tally_add(&tally, &undo, 1, &done) != STATUS_OK)
                break; // would leave int64
        }
    }
    free(again);
    free(memory);
}

static void
try_sequence(struct span bytes)
{
    static struct sequence sequence;
    uint8_t again[SEQUENCE_BYTES_MAX];

    if (sequence_decode(&sequence, bytes) != STATUS_OK)
        return;
    size_t length = sequence_encode(&sequence, again);
    must(span_equal(span_of(again, length), bytes),
         "a sequence has one form only");
    must(sequence_missing(&sequence) <= sequence.high,
         "no more than there are");
    must(sequence.high == 0 || sequence_has(&sequence, sequence.high),
         "the highest arrived");
    for (size_t i = 0; i < sequence.gap_count; i++)
        must(!sequence_has(&sequence, sequence.gaps[i].first) &&
                 !sequence_has(&sequence, sequence.gaps[i].last),
             "what lies in a gap is missing");
    sequence_add(&sequence, 1, sequence.high);
    must(sequence_missing(&sequence) == 0, "gaps can be filled");
}

static void
try_value(struct span bytes)
{
    MDB_val stored = to_val(bytes);
    struct span value;

    if (value_check(&stored, &value) == STATUS_OK)
        must(value.length + CHECKSUM_SIZE == bytes.length,
             "the checksum is cut off");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span bytes = span_of(data + 1, size - 1);
    switch (data[0] % 7) {
    case 0:
        try_tally(bytes);
        break;
    case 5:
        try_sequence(bytes);
        break;
    case 6:
        try_value(bytes);
        break;
    default:
        try_entity((enum entity_kind)(data[0] % 7), bytes);
        break;
    }
    return 0;
}
