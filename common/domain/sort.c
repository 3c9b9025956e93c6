// SPDX-License-Identifier: Apache-2.0
#include "common/domain/sort.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

struct heap {
    unsigned char *rows; // at the top the row that stands last
    size_t count, size;
    bool (*stands_before)(const void *a, const void *b, const void *rule);
    const void *rule;
};

static unsigned char *
row(const struct heap *heap, size_t i)
{
    return heap->rows + i * heap->size;
}

static bool
is_before(const struct heap *heap, size_t i, size_t j)
{
    return heap->stands_before(row(heap, i), row(heap, j), heap->rule);
}

static void
swap(const struct heap *heap, size_t i, size_t j)
{
    unsigned char kept[64], *a = row(heap, i), *b = row(heap, j);

    for (size_t done = 0; done < heap->size; done += sizeof kept) {
        size_t left = heap->size - done;
        size_t part = left < sizeof kept ? left : sizeof kept;
        memcpy(kept, a + done, part);
        memcpy(a + done, b + done, part);
        memcpy(b + done, kept, part);
    }
}

static void
sift(const struct heap *heap, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= heap->count)
            return;
        if (child + 1 < heap->count && is_before(heap, child, child + 1))
            child++;
        if (!is_before(heap, at, child))
            return;
        swap(heap, at, child);
        at = child;
    }
}

void
sort_rows(void *rows, size_t count, size_t size,
          bool (*stands_before)(const void *a, const void *b, const void *rule),
          const void *rule)
{
    struct heap heap = {rows, count, size, stands_before, rule};

    for (size_t i = count / 2; i > 0; i--)
        sift(&heap, i - 1);
    while (heap.count > 1) {
        swap(&heap, 0, heap.count - 1);
        heap.count--;
        sift(&heap, 0);
    }
}

// The rows where they are, and in each the number of the row that belongs to
// its slot of the heap.
struct places {
    unsigned char *rows;
    size_t size, offset;
    bool (*stands_before)(const void *a, const void *b, const void *rule);
    const void *rule;
};

static uint32_t
place(const struct places *places, size_t slot)
{
    uint32_t number;

    memcpy(&number, places->rows + slot * places->size + places->offset,
           sizeof number);
    return number;
}

static void
set_place(const struct places *places, size_t slot, uint32_t number)
{
    memcpy(places->rows + slot * places->size + places->offset, &number,
           sizeof number);
}

static bool
comes_before(const struct places *places, uint32_t a, uint32_t b)
{
    return places->stands_before(places->rows + a * places->size,
                                 places->rows + b * places->size, places->rule);
}

// sift_place puts a row's number into the heap of `count` slots from `slot` on.
static void
sift_place(const struct places *places, size_t slot, size_t count,
           uint32_t number)
{
    for (size_t child; (child = 2 * slot + 1) < count; slot = child) {
        uint32_t last = place(places, child);
        if (child + 1 < count &&
            comes_before(places, last, place(places, child + 1)))
            last = place(places, ++child);
        if (!comes_before(places, number, last))
            break;
        set_place(places, slot, last);
    }
    set_place(places, slot, number);
}

// settle moves each row to its slot, circle by circle.
static void
settle(const struct places *places, size_t count)
{
    unsigned char kept[SORT_SIZE_MAX];
    const size_t size = places->size;

    for (size_t i = 0; i < count; i++) {
        if (place(places, i) == i)
            continue;
        memcpy(kept, places->rows + i * size, size);
        size_t slot = i;
        for (uint32_t from; (from = place(places, slot)) != i; slot = from) {
            memcpy(places->rows + slot * size, places->rows + from * size,
                   size);
            uint32_t next = place(places, from);
            set_place(places, slot, (uint32_t)slot);
            set_place(places, from, next);
        }
        memcpy(places->rows + slot * size, kept, size);
        set_place(places, slot, (uint32_t)slot);
    }
}

void
sort_places(void *rows, size_t count, size_t size, size_t place_offset,
            bool (*stands_before)(const void *a, const void *b,
                                  const void *rule),
            const void *rule)
{
    const struct places places = {rows, size, place_offset, stands_before,
                                  rule};

    assert(count <= UINT32_MAX && size <= SORT_SIZE_MAX);
    for (size_t i = 0; i < count; i++)
        set_place(&places, i, (uint32_t)i);
    for (size_t i = count / 2; i > 0; i--)
        sift_place(&places, i - 1, count, place(&places, i - 1));
    for (size_t last = count; last-- > 1;) {
        uint32_t number = place(&places, last);
        set_place(&places, last, place(&places, 0));
        sift_place(&places, 0, last, number);
    }
    settle(&places, count);
}
