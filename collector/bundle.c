// SPDX-License-Identifier: Apache-2.0
#include "collector/bundle.h"

#include <stdlib.h>

#include "common/crypto/digest.h"

enum {
    ENTRIES_MAX = LINK_BATCH_EVENTS_MAX,
    EXCEPTIONS_MAX = LINK_BATCH_EVENTS_MAX,
    PARCEL_EXTRA = 128, // what a rewritten parcel may grow by
    SETTLED_EXTRA = 64,
    BATCH_EXTRA = 64,
};

bool
bundle_init(struct bundle *bundle)
{
    *bundle = (struct bundle){.state = BUNDLE_FREE};
    bundle->buffer = malloc(LINK_FRAME_MAX);
    bundle->entries = calloc(ENTRIES_MAX, sizeof *bundle->entries);
    bundle->exceptions = calloc(EXCEPTIONS_MAX, sizeof *bundle->exceptions);
    if (bundle->buffer && bundle->entries && bundle->exceptions)
        return true;
    bundle_fini(bundle);
    return false;
}

void
bundle_fini(struct bundle *bundle)
{
    free(bundle->buffer);
    free(bundle->entries);
    free(bundle->exceptions);
    *bundle = (struct bundle){.state = BUNDLE_FREE};
}

void
bundle_begin(struct bundle *bundle, uint64_t session, uint64_t number)
{
    bundle->state = BUNDLE_FILLING;
    bundle->number = number;
    bundle->writer = writer_on(bundle->buffer, LINK_FRAME_MAX);
    batch_begin(&bundle->writer, session, number);
}

void
bundle_free(struct bundle *bundle)
{
    bundle->state = BUNDLE_FREE;
    bundle->events = 0;
    bundle->entry_count = 0;
    bundle->exception_count = 0;
}

void
bundle_finish(struct bundle *bundle)
{
    bundle->length = batch_end(&bundle->writer);
    bundle->state = BUNDLE_READY;
}

static bool
fits(const struct bundle *bundle, const struct batch *batch,
     const struct judgement *judgement)
{
    size_t bytes = batch->parcels.rest.length + BATCH_EXTRA +
                   (size_t)judgement->parcels * PARCEL_EXTRA +
                   (size_t)judgement->count * SETTLED_EXTRA;
    return bundle->entry_count < ENTRIES_MAX &&
           bundle->events + judgement->events <= LINK_BATCH_EVENTS_MAX &&
           bundle->exception_count + judgement->count <= EXCEPTIONS_MAX &&
           bytes <= bundle->writer.capacity - bundle->writer.used;
}

// The part of a judgement that is about one parcel.
struct slice {
    uint32_t base; // index of the parcel's first event
    const struct exception *exceptions;
    uint32_t count;
};

static void
copy_deliveries(struct writer *writer, struct repeated deliveries,
                struct slice slice)
{
    struct delivery delivery;
    uint32_t next = 0;
    for (uint32_t i = slice.base; parcel_next_delivery(&deliveries, &delivery);
         i++) {
        if (next < slice.count && slice.exceptions[next].index == i)
            next++;
        else
            parcel_delivery_copy(writer, delivery.bytes);
    }
}

// A run of rejections: consecutive numbers, one code.
struct run {
    struct settled range;
    struct digest_run digest;
};

static void
end_run(struct writer *writer, struct run *run)
{
    if (run->range.first_seq == 0)
        return;
    digest_end(&run->digest, run->range.digest, DIGEST_SIZE);
    parcel_settled(writer, &run->range);
    run->range.first_seq = 0;
}

static void
extend_run(struct writer *writer, struct run *run,
           const struct delivery *delivery, enum code code)
{
    bool goes_on = run->range.first_seq != 0 && run->range.code == code &&
                   run->range.last_seq + 1 == delivery->seq;
    if (!goes_on) {
        end_run(writer, run);
        run->range = (struct settled){.first_seq = delivery->seq, .code = code};
        digest_begin(&run->digest, DIGEST_SIZE);
    }
    run->range.last_seq = delivery->seq;
    digest_add(&run->digest, delivery->body);
}

static void
settle_rejections(struct writer *writer, struct repeated deliveries,
                  struct slice slice)
{
    struct run run = {.range = {0}};
    struct delivery delivery;
    uint32_t next = 0;
    for (uint32_t i = slice.base;
         next < slice.count && parcel_next_delivery(&deliveries, &delivery);
         i++) {
        if (slice.exceptions[next].index != i)
            continue;
        if (slice.exceptions[next].outcome.kind == OUTCOME_REJECTED)
            extend_run(writer, &run, &delivery,
                       slice.exceptions[next].outcome.code);
        next++;
    }
    end_run(writer, &run);
}

static bool
has_rejections(struct slice slice)
{
    for (uint32_t i = 0; i < slice.count; i++)
        if (slice.exceptions[i].outcome.kind == OUTCOME_REJECTED)
            return true;
    return false;
}

// put_parcel returns how many of its events go on; *settled is set when
// anything else of it does.
static uint32_t
put_parcel(struct writer *writer, struct span name, int64_t received_at_ms,
           uint64_t told_seq, const struct parcel *parcel, struct slice slice,
           bool *settled)
{
    if (slice.count == 0) {
        parcel_copy_begin(writer, parcel->bytes);
    } else {
        bool rejections = has_rejections(slice);
        if (slice.count == parcel->delivery_count && !rejections)
            return 0;
        parcel_begin(writer, parcel->terminal, parcel->epoch,
                     parcel->sent_at_ms);
        copy_deliveries(writer, parcel->deliveries, slice);
        if (rejections)
            settle_rejections(writer, parcel->deliveries, slice);
        *settled |= rejections;
    }
    parcel_received(writer, name, received_at_ms);
    parcel_told(writer, told_seq);
    parcel_end(writer);
    return parcel->delivery_count - slice.count;
}

static struct slice
slice_of(const struct judgement *judgement, uint32_t *next, uint32_t base,
         uint32_t count)
{
    struct slice slice = {base, judgement->exceptions + *next, 0};
    while (*next < judgement->count &&
           judgement->exceptions[*next].index < base + count) {
        slice.count++;
        (*next)++;
    }
    return slice;
}

enum bundle_result
bundle_add(struct bundle *bundle, struct span name, int64_t received_at_ms,
           const struct sessions *sessions, const struct session *session,
           const struct batch *batch, const struct judgement *judgement)
{
    if (!fits(bundle, batch, judgement))
        return BUNDLE_FULL;

    struct writer before = bundle->writer;
    struct repeated parcels = batch->parcels;
    struct parcel parcel;
    uint32_t base = 0, next = 0, passed = 0;
    bool settled = false;
    while (batch_next_parcel(&parcels, &parcel)) {
        struct slice slice =
            slice_of(judgement, &next, base, parcel.delivery_count);
        base += parcel.delivery_count;
        if (parcel.delivery_count > 0 && !parcel_is_foreign(session, &parcel))
            passed += put_parcel(&bundle->writer, name, received_at_ms,
                                 session->last_seq, &parcel, slice, &settled);
    }
    if (bundle->writer.failed || (passed == 0 && !settled)) {
        bool failed = bundle->writer.failed;
        bundle->writer = before;
        return failed ? BUNDLE_FULL : BUNDLE_NOTHING;
    }

    bundle->entries[bundle->entry_count++] = (struct entry){
        .place = session_place(sessions, session),
        .session = session->id,
        .number = batch->number,
        .events = judgement->events,
        .first = bundle->events,
        .passed = passed,
        .exception = bundle->exception_count,
        .exception_count = judgement->count,
    };
    if (judgement->count > 0)
        memcpy(bundle->exceptions + bundle->exception_count,
               judgement->exceptions,
               judgement->count * sizeof(struct exception));
    bundle->exception_count += judgement->count;
    bundle->events += passed;
    return BUNDLE_ADDED;
}
