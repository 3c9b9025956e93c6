// SPDX-License-Identifier: Apache-2.0
#include "common/domain/sequence.h"

#include <string.h>

#include "common/domain/varint.h"

// The first gap that ends at or after seq.
static size_t
find_gap(const struct sequence *sequence, uint64_t seq)
{
    size_t low = 0, high = sequence->gap_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (sequence->gaps[middle].last < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
remove_gaps(struct sequence *sequence, size_t at, size_t count)
{
    memmove(&sequence->gaps[at], &sequence->gaps[at + count],
            (sequence->gap_count - at - count) * sizeof *sequence->gaps);
    sequence->gap_count -= count;
}

static void
forget_oldest(struct sequence *sequence)
{
    const struct sequence_gap *oldest = &sequence->gaps[0];

    sequence->forgotten += oldest->last - oldest->first + 1;
    remove_gaps(sequence, 0, 1);
}

static void
append_gap(struct sequence *sequence, uint64_t first, uint64_t last)
{
    if (sequence->gap_count == SEQUENCE_GAPS_MAX)
        forget_oldest(sequence);
    sequence->gaps[sequence->gap_count++] = (struct sequence_gap){first, last};
}

// Takes first..last, which lie strictly inside gaps[at], out of it.
static void
split_gap(struct sequence *sequence, size_t at, uint64_t first, uint64_t last)
{
    if (sequence->gap_count == SEQUENCE_GAPS_MAX && at == 0) {
        // The lower half would be the oldest: forget it at once.
        sequence->forgotten += first - sequence->gaps[0].first;
        sequence->gaps[0].first = last + 1;
        return;
    }
    if (sequence->gap_count == SEQUENCE_GAPS_MAX) {
        forget_oldest(sequence);
        at--;
    }
    memmove(&sequence->gaps[at + 1], &sequence->gaps[at],
            (sequence->gap_count - at) * sizeof *sequence->gaps);
    sequence->gap_count++;
    sequence->gaps[at].last = first - 1;
    sequence->gaps[at + 1].first = last + 1;
}

static void
fill(struct sequence *sequence, uint64_t first, uint64_t last)
{
    size_t at = find_gap(sequence, first);

    if (at == sequence->gap_count)
        return;
    struct sequence_gap *gap = &sequence->gaps[at];
    if (gap->first < first && gap->last > last) {
        split_gap(sequence, at, first, last);
        return;
    }
    if (gap->first < first) {
        gap->last = first - 1;
        at++;
    }
    size_t end = at;
    while (end < sequence->gap_count && sequence->gaps[end].last <= last)
        end++;
    if (end < sequence->gap_count && sequence->gaps[end].first <= last)
        sequence->gaps[end].first = last + 1;
    remove_gaps(sequence, at, end - at);
}

void
sequence_add(struct sequence *sequence, uint64_t first, uint64_t last)
{
    if (first == 0 || first > last)
        return; // names no numbers
    fill(sequence, first, last);
    if (last <= sequence->high)
        return;
    if (first > sequence->high && first - sequence->high > 1)
        append_gap(sequence, sequence->high + 1, first - 1);
    sequence->high = last;
}

bool
sequence_has(const struct sequence *sequence, uint64_t seq)
{
    if (seq == 0 || seq > sequence->high)
        return false;
    size_t at = find_gap(sequence, seq);
    return at == sequence->gap_count || sequence->gaps[at].first > seq;
}

uint64_t
sequence_missing(const struct sequence *sequence)
{
    uint64_t missing = 0;

    for (size_t i = 0; i < sequence->gap_count; i++)
        missing += sequence->gaps[i].last - sequence->gaps[i].first + 1;
    return missing;
}

uint64_t
sequence_resend_from(const struct sequence *sequence)
{
    if (sequence->forgotten)
        return 1;
    return sequence->gap_count ? sequence->gaps[0].first : sequence->high + 1;
}

// high, forgotten, gap_count, then per gap how far it starts behind the first
// place it could, and its length less one.
size_t
sequence_encode(const struct sequence *sequence, uint8_t *out)
{
    uint64_t free_from = 1; // where the next gap may start
    uint8_t *end = varint_put(out, sequence->high);

    end = varint_put(end, sequence->forgotten);
    end = varint_put(end, sequence->gap_count);
    for (size_t i = 0; i < sequence->gap_count; i++) {
        const struct sequence_gap *gap = &sequence->gaps[i];

        end = varint_put(end, gap->first - free_from);
        end = varint_put(end, gap->last - gap->first);
        free_from = gap->last + 2;
    }
    return (size_t)(end - out);
}

static bool
decode_gaps(struct sequence *sequence, const uint8_t **at, const uint8_t *end)
{
    uint64_t last = 0, step, extent;

    for (size_t i = 0; i < sequence->gap_count; i++) {
        // A number that arrived lies between two gaps, and above the last.
        uint64_t apart = i == 0 ? 1 : 2, room = sequence->high - last;

        if (!varint_get(at, end, &step) || !varint_get(at, end, &extent))
            return false;
        if (room <= apart || step >= room - apart)
            return false;
        uint64_t first = last + apart + step;
        if (extent >= sequence->high - first)
            return false;
        last = first + extent;
        sequence->gaps[i] = (struct sequence_gap){first, last};
    }
    return true;
}

enum status
sequence_decode(struct sequence *sequence, struct span bytes)
{
    const uint8_t *at = bytes.data, *end = at + bytes.length;
    uint64_t gap_count;

    if (bytes.length == 0 || !varint_get(&at, end, &sequence->high) ||
        !varint_get(&at, end, &sequence->forgotten) ||
        !varint_get(&at, end, &gap_count) || gap_count > SEQUENCE_GAPS_MAX)
        return STATUS_CORRUPT;
    sequence->gap_count = (size_t)gap_count;
    if (!decode_gaps(sequence, &at, end) || at != end)
        return STATUS_CORRUPT;
    if (sequence->forgotten > sequence->high - sequence_missing(sequence))
        return STATUS_CORRUPT;
    return STATUS_OK;
}
