// SPDX-License-Identifier: Apache-2.0
#include "aggregator/roster.h"

#include <stdlib.h>

#include "aggregator/table.h"

enum { DEALERS_MAX = 1 << 20, FIRST_CAPACITY = 1024, ENTRY_BYTES = 64 };

struct roster {
    struct table *numbers;          // id -> uint32_t
    char (*ids)[DEALER_ID_MAX + 1]; // by number
    size_t count, capacity;
};

static const uint64_t SEED = 0x6465616c65727321;

// index_id makes a number findable by its id.
static enum status
index_id(struct roster *roster, uint32_t number)
{
    struct span key = span_text(roster->ids[number]);
    uint32_t *value =
        table_put(roster->numbers, key, table_hash(SEED, key), sizeof number);
    if (!value)
        return STATUS_FULL;
    *value = number;
    return STATUS_OK;
}

// grow doubles the room; the index stays as small as the roster, for the
// caches.
static enum status
grow(struct roster *roster)
{
    size_t capacity = roster->capacity ? roster->capacity * 2 : FIRST_CAPACITY;
    struct table *numbers;

    if (capacity > DEALERS_MAX)
        return STATUS_FULL;
    void *ids = realloc(roster->ids, capacity * sizeof *roster->ids);
    if (!ids)
        return STATUS_SYSTEM;
    roster->ids = ids;
    enum status status = table_open(&numbers, capacity, capacity * ENTRY_BYTES);
    if (status != STATUS_OK)
        return status;
    table_close(roster->numbers);
    roster->numbers = numbers;
    roster->capacity = capacity;
    for (size_t i = 0; i < roster->count && status == STATUS_OK; i++)
        status = index_id(roster, (uint32_t)i);
    return status;
}

static enum status
append(struct roster *roster, const char *id)
{
    if (roster->count == roster->capacity) {
        enum status status = grow(roster);
        if (status != STATUS_OK)
            return status;
    }
    uint32_t number = (uint32_t)roster->count;
    memset(roster->ids[number], 0, sizeof roster->ids[number]);
    memcpy(roster->ids[number], id, strlen(id));
    roster->count++;
    return index_id(roster, number);
}

enum status
roster_open(struct roster **out)
{
    struct roster *roster = calloc(1, sizeof *roster);
    if (!roster)
        return STATUS_SYSTEM;
    enum status status = append(roster, "HQ");
    if (status != STATUS_OK) {
        roster_close(roster);
        return status;
    }
    *out = roster;
    return STATUS_OK;
}

void
roster_close(struct roster *roster)
{
    if (!roster)
        return;
    table_close(roster->numbers);
    free(roster->ids);
    free(roster);
}

enum status
roster_add(struct roster *roster, const struct directory *directory)
{
    for (size_t i = 0; i < directory->dealer_count; i++) {
        const char *id = directory->dealers[i].id;
        uint32_t number;
        if (roster_find(roster, span_text(id), &number))
            continue;
        enum status status = append(roster, id);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

bool
roster_find(const struct roster *roster, struct span id, uint32_t *number)
{
    uint32_t length;

    const uint32_t *value =
        table_find(roster->numbers, id, table_hash(SEED, id), &length);
    if (!value)
        return false;
    *number = *value;
    return true;
}

struct span
roster_id(const struct roster *roster, uint32_t number)
{
    if (number >= roster->count)
        return span_of(NULL, 0);
    return span_text(roster->ids[number]);
}
