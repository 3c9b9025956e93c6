// SPDX-License-Identifier: Apache-2.0
#include "common/domain/sort.h"

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
