// SPDX-License-Identifier: Apache-2.0
#include "aggregator/table_parts.h"

#include <endian.h>
#include <stdlib.h>

// What is sorted: the first sixteen bytes of the key decide nearly always.
struct table_order {
    uint64_t first, second;
    struct entry *entry;
};

void
table_sorter_fini(struct table_sorter *sorter)
{
    free(sorter->order);
    free(sorter->spare);
    *sorter = (struct table_sorter){0};
}

static enum status
make_room(struct table_sorter *sorter, size_t entries)
{
    if (entries <= sorter->capacity)
        return STATUS_OK;
    table_sorter_fini(sorter);
    sorter->order = malloc(entries * sizeof *sorter->order);
    sorter->spare = malloc(entries * sizeof *sorter->spare);
    if (!sorter->order || !sorter->spare)
        return STATUS_SYSTEM;
    sorter->capacity = entries;
    return STATUS_OK;
}

static uint64_t
word_of(const uint8_t *bytes, size_t length)
{
    uint64_t word = 0;
    memcpy(&word, bytes, length < 8 ? length : 8);
    return be64toh(word);
}

static struct table_order
order_of(struct entry *entry)
{
    const uint8_t *key = entry_key(entry);
    size_t length = entry->key_length;

    return (struct table_order){
        .first = word_of(key, length),
        .second = length > 8 ? word_of(key + 8, length - 8) : 0,
        .entry = entry,
    };
}

static int
compare(const void *left, const void *right)
{
    const struct table_order *a = left, *b = right;

    if (a->second != b->second)
        return a->second < b->second ? -1 : 1;
    size_t shorter = a->entry->key_length < b->entry->key_length
                         ? a->entry->key_length
                         : b->entry->key_length;
    int difference = memcmp(entry_key(a->entry), entry_key(b->entry), shorter);
    if (difference)
        return difference;
    return (int)a->entry->key_length - (int)b->entry->key_length;
}

// collect walks the region, not the slots: in the order it was written, which
// the memory likes.
static size_t
collect(const struct table *table, struct table_order *order)
{
    size_t count = 0;

    for (size_t at = ALIGN; at < table->region_used;) {
        struct entry *entry = entry_at(table, (uint32_t)(at / ALIGN));
        if (!entry->removed)
            order[count++] = order_of(entry);
        at += entry_size(entry);
    }
    return count;
}

// sort_by_byte is one pass of a radix sort; false when the byte is the same in
// all, and nothing was moved.
static bool
sort_by_byte(const struct table_order *from, struct table_order *to,
             size_t count, unsigned shift)
{
    size_t starts[256] = {0}, sum = 0;

    for (size_t i = 0; i < count; i++)
        starts[from[i].first >> shift & 0xff]++;
    if (count && starts[from[0].first >> shift & 0xff] == count)
        return false;
    for (size_t byte = 0; byte < 256; byte++) {
        size_t size = starts[byte];
        starts[byte] = sum;
        sum += size;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i].first >> shift & 0xff]++] = from[i];
    return true;
}

// sort_runs sorts each run of equal first bytes by the rest.
static void
sort_runs(struct table_order *order, size_t count)
{
    for (size_t from = 0, until; from < count; from = until) {
        until = from + 1;
        while (until < count && order[until].first == order[from].first)
            until++;
        if (until - from > 1)
            qsort(order + from, until - from, sizeof *order, compare);
    }
}

enum status
table_sort(const struct table *table, struct table_sorter *sorter,
           size_t *count)
{
    enum status status = make_room(sorter, table->used + 1);
    if (status != STATUS_OK)
        return status;
    size_t n = collect(table, sorter->order);
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (!sort_by_byte(sorter->order, sorter->spare, n, shift))
            continue;
        struct table_order *swap = sorter->order;
        sorter->order = sorter->spare;
        sorter->spare = swap;
    }
    sort_runs(sorter->order, n);
    *count = n;
    return STATUS_OK;
}

struct table_entry
table_sorted(const struct table_sorter *sorter, size_t i)
{
    struct entry *entry = sorter->order[i].entry;

    return (struct table_entry){
        .key = span_of(entry_key(entry), entry->key_length),
        .value = entry_value(entry),
        .length = entry->length,
    };
}

void
table_sorted_prefetch(const struct table_sorter *sorter, size_t i)
{
    const uint8_t *entry = (const uint8_t *)sorter->order[i].entry;

    __builtin_prefetch(entry);
    __builtin_prefetch(entry + 64);
}
