// SPDX-License-Identifier: Apache-2.0
#include "aggregator/resend.h"

#include <endian.h>
#include <stdlib.h>

#include "common/domain/sequence.h"

static enum status
read_one(struct span key, struct span value, struct sequence *sequence,
         struct resend_from *out)
{
    uint64_t epoch;

    if (key.length < sizeof epoch)
        return STATUS_CORRUPT;
    memcpy(&epoch, key.data + key.length - sizeof epoch, sizeof epoch);
    enum status status = sequence_decode(sequence, value);
    if (status != STATUS_OK)
        return status;
    out->epoch = be64toh(epoch);
    out->seq = sequence_resend_from(sequence);
    return STATUS_OK;
}

static int
compare(const void *a, const void *b)
{
    const struct resend_from *one = a, *other = b;

    if (one->epoch != other->epoch)
        return one->epoch < other->epoch ? -1 : 1;
    return one->seq < other->seq ? -1 : one->seq > other->seq;
}

// each_once keeps the lowest number of an epoch that came under several names.
static size_t
each_once(struct resend_from *list, size_t count)
{
    size_t kept = 0;

    qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || list[kept - 1].epoch != list[i].epoch)
            list[kept++] = list[i];
    return kept;
}

enum status
resend_read(struct state *state, struct resend_from *list, size_t room,
            size_t *count)
{
    struct snapshot *snapshot;
    struct scan *scan = NULL;
    struct span key, value;
    size_t read = 0;
    struct sequence *sequence = malloc(sizeof *sequence);

    if (!sequence)
        return STATUS_SYSTEM;
    enum status status = snapshot_open(&snapshot, state);
    if (status != STATUS_OK) {
        free(sequence);
        return status;
    }
    status = scan_open(&scan, snapshot, STATE_SEQUENCE, span_of(NULL, 0));
    while (status == STATUS_OK && read < room &&
           (status = scan_next(scan, &key, &value)) == STATUS_OK)
        status = read_one(key, value, sequence, &list[read++]);
    scan_close(scan);
    snapshot_close(snapshot);
    free(sequence);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    *count = each_once(list, read);
    return STATUS_OK;
}
