// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a tally, and the names of its plain counts.
//
// Per counter, ascending: varint of how many numbers were skipped since the
// one before, varint of the zigzag value.  No header: an empty tally is no
// bytes, and there are as many counters as pairs of last bytes.
#include <assert.h>
#include <string.h>

#include "common/domain/tally.h"
#include "common/domain/varint.h"

size_t
tally_encoded_max(uint32_t used)
{
    return (size_t)used * (VARINT32_MAX + VARINT_MAX);
}

size_t
tally_encode(const struct tally *tally, uint8_t *out)
{
    uint8_t *at = out;
    uint32_t next = 0;

    for (uint32_t i = 0; i < tally->used; i++) {
        at = varint_put(at, tally->counters[i] - next);
        at = varint_put(at, zigzag(tally->values[i]));
        next = tally->counters[i] + 1;
    }
    return (size_t)(at - out);
}

enum status
tally_count(struct span bytes, uint32_t *count)
{
    uint32_t ends = 0;

    for (uint32_t i = 0; i < bytes.length; i++)
        ends += bytes.data[i] < 0x80;
    if (ends % 2 != 0 ||
        (bytes.length > 0 && bytes.data[bytes.length - 1] >= 0x80))
        return STATUS_CORRUPT;
    *count = ends / 2;
    return STATUS_OK;
}

// read_pair reads one counter, which must be at least *next, and its value.
static bool
read_pair(const uint8_t **at, const uint8_t *end, uint64_t *next,
          uint32_t *counter_out, int64_t *value_out)
{
    uint64_t step, value;

    if (!varint_get(at, end, &step) || !varint_get(at, end, &value) ||
        step > UINT32_MAX || *next + step > UINT32_MAX || value == 0)
        return false;
    *counter_out = (uint32_t)(*next + step);
    *value_out = unzigzag(value);
    *next += step + 1;
    return true;
}

enum status
tally_decode(struct tally *tally, struct span bytes)
{
    const uint8_t *at = bytes.data;
    const uint8_t *const end = bytes.length > 0 ? at + bytes.length : at;
    uint64_t next = 0;
    uint32_t used = 0;

    tally->used = 0;
    for (; at < end; used++) {
        if (used == tally->capacity)
            return STATUS_FULL;
        if (!read_pair(&at, end, &next, &tally->counters[used],
                       &tally->values[used]))
            return STATUS_CORRUPT;
    }
    tally->used = used;
    return STATUS_OK;
}

// The names people type; the list in the header, in lower case.
static const char *const names[] = {
    [COUNT_RESPONSES] = "responses",
    [COUNT_PARTIAL] = "partial",
    [COUNT_SURPLUS] = "surplus",
    [COUNT_RESURVEYS] = "resurveys",
    [COUNT_INVITED] = "invited",
    [COUNT_BOUNCED] = "bounced",
    [COUNT_REFUSED] = "refused",
    [COUNT_VISITS] = "visits",
    [COUNT_VISITS_CLOSED] = "visits_closed",
    [COUNT_CUSTOMERS] = "customers",
    [COUNT_RETURNING] = "returning",
    [COUNT_CASES] = "cases",
    [COUNT_CASES_RESOLVED] = "cases_resolved",
    [COUNT_CASES_UNOPENED] = "cases_unopened",
    [COUNT_NO_ROOT_CAUSE] = "no_root_cause",
    [COUNT_TIME_REVERSED] = "time_reversed",
    [COUNT_CONFIRMED] = "confirmed",
    [COUNT_UNFOUNDED] = "unfounded",
    [COUNT_FRAUD] = "fraud",
    [COUNT_EMERGENCY_UPDATES] = "emergency_updates",
    [COUNT_EMERGENCY_MISSED] = "emergency_missed",
    [COUNT_VOIDED] = "voided",
    [COUNT_CORRECTED] = "corrected",
    [COUNT_HELD] = "held",
    [COUNT_CONTROL_ORPHAN] = "control_orphan",
    [COUNT_ENTITY_TOO_LARGE] = "entity_too_large",
};
static_assert(sizeof names / sizeof *names == COUNT_END, "every count a name");

static const char *const texts[] = {
#define X(name, text) [COUNT_##name] = text,
    COUNT_MAP(X)
#undef X
};

const char *
count_name(enum count count)
{
    return (unsigned)count < COUNT_END ? names[count] : "unknown";
}

const char *
count_text(enum count count)
{
    return (unsigned)count < COUNT_END ? texts[count] : "unknown";
}

enum count
count_by_name(const char *name)
{
    unsigned count = 0;

    while (count < COUNT_END && strcmp(names[count], name) != 0)
        count++;
    return (enum count)count;
}
