// SPDX-License-Identifier: Apache-2.0
#include "aggregator/table_parts.h"

#include <endian.h>
#include <stdlib.h>

// What is sorted: the first sixteen bytes of the key decide nearly always.
struct order {
    uint64_t first, second;
    struct entry *entry;
};

static uint64_t
word_of(const uint8_t *bytes, size_t length)
{
    uint64_t word = 0;
    memcpy(&word, bytes, length < 8 ? length : 8);
    return be64toh(word);
}

static struct order
order_of(struct entry *entry)
{
    const uint8_t *key = entry_key(entry);
    size_t length = entry->key_length;

    return (struct order){
        .first = word_of(key, length),
        .second = length > 8 ? word_of(key + 8, length - 8) : 0,
        .entry = entry,
    };
}

static int
compare(const void *left, const void *right)
{
    const struct order *a = left, *b = right;

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

static size_t
collect(const struct table *table, struct order *order)
{
    size_t count = 0;

    for (size_t i = 0; i <= table->mask; i++) {
        if (table->slots[i].place == 0)
            continue;
        struct entry *entry = entry_at(table, table->slots[i].place);
        if (!entry->removed)
            order[count++] = order_of(entry);
    }
    return count;
}

// sort_by_byte is one pass of a radix sort; false when the byte is the same in
// all, and nothing was moved.
static bool
sort_by_byte(const struct order *from, struct order *to, size_t count,
             unsigned shift)
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

// sort orders by the first eight bytes with a radix sort, then each run of
// equal ones by the rest.  Returns which of the two arrays holds the result.
static struct order *
sort(struct order *order, struct order *spare, size_t count)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (!sort_by_byte(order, spare, count, shift))
            continue;
        struct order *swap = order;
        order = spare;
        spare = swap;
    }
    for (size_t from = 0, until; from < count; from = until) {
        until = from + 1;
        while (until < count && order[until].first == order[from].first)
            until++;
        if (until - from > 1)
            qsort(order + from, until - from, sizeof *order, compare);
    }
    return order;
}

enum status
table_sorted(const struct table *table, struct table_entry **entries,
             size_t *count)
{
    struct order *order = malloc((table->used + 1) * sizeof *order);
    struct order *spare = malloc((table->used + 1) * sizeof *spare);
    struct table_entry *list = malloc((table->used + 1) * sizeof *list);
    enum status status = order && spare && list ? STATUS_OK : STATUS_SYSTEM;

    if (status == STATUS_OK) {
        size_t n = collect(table, order);
        const struct order *sorted = sort(order, spare, n);
        for (size_t i = 0; i < n; i++) {
            struct entry *entry = sorted[i].entry;
            list[i] = (struct table_entry){
                .key = span_of(entry_key(entry), entry->key_length),
                .value = entry_value(entry),
                .length = entry->length,
            };
        }
        *entries = list;
        *count = n;
        list = NULL;
    }
    free(order);
    free(spare);
    free(list);
    return status;
}
