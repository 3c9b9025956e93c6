// SPDX-License-Identifier: Apache-2.0
//
// The order of deltas, and what lies between two lists of them.
#include <assert.h>
#include <string.h>

#include "common/domain/contribution_parts.h"

// The four parts of a delta's place, most significant first, as two numbers.
struct place {
    uint64_t tally, counter;
};

static inline struct place
place_of(const struct delta *delta)
{
    return (struct place){
        .tally = (uint64_t)delta->key.month << 32 | delta->key.dealer,
        .counter = (uint64_t)delta->key.slice << 32 | delta->counter};
}

static inline bool
precedes(struct place a, struct place b)
{
    return a.tally != b.tally ? a.tally < b.tally : a.counter < b.counter;
}

static bool
ascends(const struct contribution *out)
{
    struct place before;

    if (out->count == 0)
        return true;
    before = place_of(&out->deltas[0]);
    for (size_t i = 1; i < out->count; i++) {
        const struct place place = place_of(&out->deltas[i]);

        if (!precedes(before, place))
            return false;
        before = place;
    }
    return true;
}

// sort is a shell sort: no memory, and quick on what is nearly in order.
static void
sort(struct contribution *out)
{
    static const uint16_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};

    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
        for (size_t i = gaps[g]; i < out->count; i++) {
            const struct delta delta = out->deltas[i];
            const struct place place = place_of(&delta);
            size_t j = i;

            for (; j >= gaps[g] &&
                   precedes(place, place_of(&out->deltas[j - gaps[g]]));
                 j -= gaps[g])
                out->deltas[j] = out->deltas[j - gaps[g]];
            out->deltas[j] = delta;
        }
}

// add_alike makes one delta of those of one place, and none of a zero.
static void
add_alike(struct contribution *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < out->count;) {
        const struct place place = place_of(&out->deltas[i]);
        struct delta sum = out->deltas[i];

        for (i++; i < out->count && !precedes(place, place_of(&out->deltas[i]));
             i++)
            sum.value += out->deltas[i].value;
        if (sum.value != 0)
            out->deltas[kept++] = sum;
    }
    out->count = kept;
}

void
deltas_settle(struct contribution *out)
{
    if (ascends(out))
        return;
    sort(out);
    add_alike(out);
}

static void
append(struct contribution *out, const struct delta *delta, int64_t value)
{
    assert(out->count < CONTRIBUTION_MAX);
    out->deltas[out->count] = *delta;
    out->deltas[out->count++].value = value;
}

// append_difference takes the smaller of two deltas, or both when alike, and
// returns which moved on: 1 before, 2 after, 3 both.
static unsigned
append_difference(struct contribution *out, const struct delta *before,
                  const struct delta *after)
{
    const struct place old = place_of(before), new = place_of(after);

    if (precedes(old, new)) {
        append(out, before, -before->value);
        return 1;
    }
    if (precedes(new, old)) {
        append(out, after, after->value);
        return 2;
    }
    if (before->value != after->value)
        append(out, after, after->value - before->value);
    return 3;
}

void
contribution_change(const struct contribution *before,
                    const struct contribution *after, struct contribution *out)
{
    size_t b = 0, a = 0;

    out->count = 0;
    while (b < before->count && a < after->count) {
        const unsigned moved =
            append_difference(out, &before->deltas[b], &after->deltas[a]);

        b += moved & 1;
        a += moved >> 1;
    }
    for (; b < before->count; b++)
        append(out, &before->deltas[b], -before->deltas[b].value);
    memcpy(&out->deltas[out->count], &after->deltas[a],
           (after->count - a) * sizeof *out->deltas);
    out->count += after->count - a;
}
