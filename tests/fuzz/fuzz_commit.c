// SPDX-License-Identifier: Apache-2.0
//
// Whatever commit_read takes, protobuf-c takes too, and the walkers find
// exactly what it finds.
#include "common/wire/commit.h"
#include "ledger.pb-c.h"
#include "tests/fuzz/fuzz.h"

static void
parcels_match(struct commit *commit, const Dealerpulse__Commit *mirror)
{
    struct parcel parcel;
    struct delivery delivery;
    size_t count = 0;

    while (batch_next_parcel(&commit->parcels, &parcel)) {
        uint32_t deliveries = 0;
        must(count < mirror->n_parcels, "no parcel is made up");
        while (parcel_next_delivery(&parcel.deliveries, &delivery))
            deliveries++;
        must(deliveries == parcel.delivery_count &&
                 deliveries == mirror->parcels[count]->n_deliveries,
             "every delivery is found");
        count++;
    }
    must(count == mirror->n_parcels, "every parcel is found");
}

static void
conflicts_match(struct commit *commit, const Dealerpulse__Commit *mirror)
{
    struct conflict conflict;
    size_t count = 0;

    while (commit_next_conflict(&commit->conflicts, &conflict)) {
        must(count < mirror->n_conflicts, "no conflict is made up");
        const Dealerpulse__Conflict *other = mirror->conflicts[count++];
        must(span_equal(conflict.terminal, span_text(other->terminal)) &&
                 conflict.epoch == other->epoch &&
                 conflict.delivery.seq == other->delivery->seq,
             "conflicts are the same");
    }
    must(count == mirror->n_conflicts, "every conflict is found");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct commit commit;

    if (commit_read(span_of(data, size), &commit) != STATUS_OK)
        return 0;
    Dealerpulse__Commit *mirror = dealerpulse__commit__unpack(NULL, size, data);
    must(mirror != NULL, "protobuf-c takes what commit_read takes");
    must(commit.position == mirror->position &&
             commit.committed_at_ms == mirror->committed_at_ms &&
             commit.previous.length == HASH_SIZE,
         "the commit is the same");
    parcels_match(&commit, mirror);
    conflicts_match(&commit, mirror);
    must(commit.has_publication == (mirror->publication != NULL),
         "a publication is found");
    if (commit.has_publication)
        must(span_equal(commit.publication.content,
                        span_of(mirror->publication->content.data,
                                mirror->publication->content.len)),
             "the publication is the same");
    dealerpulse__commit__free_unpacked(mirror, NULL);
    return 0;
}
