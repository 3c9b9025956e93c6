// SPDX-License-Identifier: Apache-2.0
#include "aggregator/roster.h"

#include <stdlib.h>

#include "aggregator/table.h"

enum { DEALERS_MAX = 1 << 20, ENTRY_BYTES = 64 };

struct roster {
    struct table *numbers;          // id -> uint32_t
    char (*ids)[DEALER_ID_MAX + 1]; // by number
    size_t count, capacity;
};

static const uint64_t SEED = 0x6465616c65727321;

static enum status
append(struct roster *roster, const char *id)
{
    if (roster->count == DEALERS_MAX)
        return STATUS_FULL;
    if (roster->count == roster->capacity) {
        size_t capacity = roster->capacity ? roster->capacity * 2 : 1024;
        void *larger = realloc(roster->ids, capacity * sizeof *roster->ids);
        if (!larger)
            return STATUS_SYSTEM;
        roster->ids = larger;
        roster->capacity = capacity;
    }
    uint32_t number = (uint32_t)roster->count;
    struct span key = span_text(id);
    uint32_t *value =
        table_put(roster->numbers, key, table_hash(SEED, key), sizeof number);
    if (!value)
        return STATUS_FULL;
    *value = number;
    memset(roster->ids[number], 0, sizeof roster->ids[number]);
    memcpy(roster->ids[number], id, strlen(id));
    roster->count++;
    return STATUS_OK;
}

enum status
roster_open(struct roster **out)
{
    struct roster *roster = calloc(1, sizeof *roster);
    if (!roster)
        return STATUS_SYSTEM;
    enum status status =
        table_open(&roster->numbers, DEALERS_MAX, DEALERS_MAX * ENTRY_BYTES);
    if (status == STATUS_OK)
        status = append(roster, "HQ");
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
