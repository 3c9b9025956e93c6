// SPDX-License-Identifier: Apache-2.0
#include "aggregator/intake_parts.h"

#include "common/crypto/digest.h"

// restore reads one stored delivery into its place and asks the memory for
// where it is to be remembered.
static bool
restore(struct intake *intake, const struct delivery *delivery, size_t place)
{
    struct outcome outcome =
        fold_read(intake->history, delivery->body, &intake->events[place]);
    if (outcome.kind != OUTCOME_ACCEPTED)
        return false;
    dedupe_prepare(intake->cache, &intake->events[place], &intake->keys[place]);
    return true;
}

// restore_parcel remembers the events of a parcel; *all says whether every one
// could be read (fold_commit lists the others).
static enum status
restore_parcel(struct intake *intake, const struct parcel *parcel,
               uint64_t position, bool *all)
{
    struct repeated deliveries = parcel->deliveries;
    struct delivery delivery;
    uint8_t hash[BODY_DIGEST_SIZE];

    while (parcel_next_delivery(&deliveries, &delivery)) {
        if (!restore(intake, &delivery, intake->accepted)) {
            *all = false;
            continue;
        }
        digest(delivery.body, hash, BODY_DIGEST_SIZE);
        enum status status = dedupe_remember(
            intake->cache, &intake->keys[intake->accepted], position, hash);
        if (status != STATUS_OK)
            return status;
        // A record of a version with larger groups is read again when folded.
        if (intake->accepted + 1 < GROUP_EVENTS_MAX)
            intake->accepted++;
        else
            *all = false;
    }
    return STATUS_OK;
}

enum status
intake_restore(struct intake *intake, const struct commit *commit, bool *all)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    enum status status = STATUS_OK;

    intake->accepted = 0;
    *all = true;
    while (status == STATUS_OK && batch_next_parcel(&parcels, &parcel))
        status = restore_parcel(intake, &parcel, commit->position, all);
    return status;
}
