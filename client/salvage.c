// SPDX-License-Identifier: Apache-2.0
#include "client/salvage.h"

#include <stdlib.h>

#include "client/statement.h"

// What the file format says of a leaf of a table.
enum {
    FILE_HEAD = 100, // on page 1, before its own
    LEAF = 0x0d,
    LEAF_HEAD = 8,
    LOCAL_MAX = PAGE_SIZE - 35,
    LOCAL_MIN = (PAGE_SIZE - 12) * 32 / 255 - 23,
    OVERFLOW_ROOM = PAGE_SIZE - 4,
};

enum { PAYLOAD_MAX = 65536, COLUMNS_MAX = 16 };

// Columns of table event, see schema.c and walk.c.
enum { EVENT_COLUMN_COUNT = 14, HEAD_COLUMN_COUNT = 14 };

struct value {
    enum { VALUE_NULL, VALUE_NUMBER, VALUE_BYTES } kind;
    int64_t number;
    struct span bytes;
};

struct reader {
    const struct pages *pages;
    const struct salvage *salvage;
    uint8_t page[PAGE_SIZE], overflow[PAGE_SIZE];
    uint8_t payload[PAYLOAD_MAX];
    struct value values[COLUMNS_MAX];
};

// get_varint moves *at on; false at the end of the bytes.
static bool
get_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    *value = 0;
    for (int i = 0; i < 9 && *at < end; i++) {
        uint8_t byte = *(*at)++;
        if (i == 8) {
            *value = *value << 8 | byte;
            return true;
        }
        *value = *value << 7 | (byte & 0x7f);
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

// --- A cell's bytes ----------------------------------------------------------

static size_t
local_size(size_t total)
{
    if (total <= LOCAL_MAX)
        return total;
    size_t size = LOCAL_MIN + (total - LOCAL_MIN) % OVERFLOW_ROOM;
    return size <= LOCAL_MAX ? size : LOCAL_MIN;
}

static uint32_t
get_number(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

// collect puts the whole payload of a cell together.
static bool
collect(struct reader *reader, const uint8_t *at, size_t total)
{
    const uint8_t *end = reader->page + PAGE_SIZE;
    size_t used = local_size(total);
    size_t link = used < total ? 4 : 0; // the number of the first page more

    if (total > PAYLOAD_MAX || (size_t)(end - at) < used + link)
        return false;
    memcpy(reader->payload, at, used);
    uint32_t next = used < total ? get_number(at + used) : 0;
    while (used < total) {
        size_t part =
            total - used < OVERFLOW_ROOM ? total - used : OVERFLOW_ROOM;
        if (!pages_read(reader->pages, next, reader->overflow))
            return false;
        memcpy(reader->payload + used, reader->overflow + 4, part);
        used += part;
        next = get_number(reader->overflow);
    }
    return true;
}

// --- A record's values -------------------------------------------------------

static int64_t
get_integer(const uint8_t *at, size_t size)
{
    uint64_t value = at[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | at[i];
    return (int64_t)value;
}

// read_value reads one column of that type; false: it is not ours.
static bool
read_value(uint64_t type, const uint8_t **at, const uint8_t *end,
           struct value *value)
{
    static const size_t sizes[] = {0, 1, 2, 3, 4, 6, 8};
    size_t size;

    *value = (struct value){.kind = VALUE_NULL};
    if (type == 0)
        return true;
    if (type == 8 || type == 9) {
        *value =
            (struct value){.kind = VALUE_NUMBER, .number = (int64_t)type - 8};
        return true;
    }
    if (type == 7 || type == 10 || type == 11)
        return false; // no column of ours is a real number
    size = type <= 6 ? sizes[type] : (size_t)((type - 12) / 2);
    if ((size_t)(end - *at) < size)
        return false;
    if (type <= 6)
        *value = (struct value){.kind = VALUE_NUMBER,
                                .number = get_integer(*at, size)};
    else
        *value =
            (struct value){.kind = VALUE_BYTES, .bytes = span_of(*at, size)};
    *at += size;
    return true;
}

// read_record returns the number of columns, 0 for what is none of ours.
static size_t
read_record(struct reader *reader, size_t size)
{
    const uint8_t *type_at = reader->payload, *end = type_at + size;
    uint64_t head, type;
    size_t count = 0;

    if (!get_varint(&type_at, end, &head) || head > size)
        return 0;
    const uint8_t *at = reader->payload + head, *types_end = at;
    while (type_at < types_end) {
        if (count == COLUMNS_MAX || !get_varint(&type_at, types_end, &type) ||
            !read_value(type, &at, end, &reader->values[count]))
            return 0;
        count += 1;
    }
    return at == end ? count : 0;
}

// --- Rows of a spool ---------------------------------------------------------

static bool
is_number(const struct value *value)
{
    return value->kind == VALUE_NUMBER;
}

static bool
is_id(const struct value *value)
{
    return value->kind == VALUE_BYTES &&
           value->bytes.length == sizeof(struct event_id);
}

static bool
take_event(struct reader *reader, uint64_t rowid, size_t columns)
{
    const struct value *v = reader->values;
    struct spool_event event = {.seq = rowid};

    if (columns != EVENT_COLUMN_COUNT || v[0].kind != VALUE_NULL ||
        !is_id(&v[1]) || !is_number(&v[2]) || v[2].number < SPOOL_WAITING ||
        v[2].number > SPOOL_REJECTED || !is_number(&v[3]) ||
        v[9].kind != VALUE_BYTES || !is_number(&v[10]))
        return false;
    memcpy(&event.id, v[1].bytes.data, sizeof event.id);
    event.state = (enum spool_state)v[2].number;
    event.recorded_at_ms = v[3].number;
    event.not_before_ms = v[4].number;
    event.tries = (uint32_t)v[5].number;
    event.code = (enum code)v[6].number;
    event.field = v[7].bytes;
    event.text = v[8].bytes;
    event.body = v[9].bytes;
    event.salt = v[11].bytes;
    event.comment = v[12].bytes;
    event.signature = v[13].bytes;
    if (v[10].number != event_checksum(&event))
        return false;
    reader->salvage->event(reader->salvage->context, &event);
    return true;
}

static bool
take_head(struct reader *reader, size_t columns)
{
    const struct value *v = reader->values;
    struct spool_head head = {0};

    if (columns != HEAD_COLUMN_COUNT || !is_number(&v[1]) ||
        !is_number(&v[2]) || !is_id(&v[3]) || !is_number(&v[8]) ||
        !is_number(&v[9]) || !is_number(&v[13]))
        return false;
    head.epoch = (uint64_t)v[1].number;
    head.last_seq = (uint64_t)v[2].number;
    memcpy(&head.last_id, v[3].bytes.data, sizeof head.last_id);
    head.previous_epoch = (uint64_t)v[8].number;
    head.previous_last_seq = (uint64_t)v[9].number;
    if (v[13].number != head_checksum(&head))
        return false;
    reader->salvage->head(reader->salvage->context, &head);
    return true;
}

// take_cell: true for a row of ours, or one of another table.
static bool
take_cell(struct reader *reader, size_t at_byte, bool any_shape)
{
    const uint8_t *end = reader->page + PAGE_SIZE;
    const uint8_t *at = reader->page + at_byte;
    uint64_t size, rowid;

    if (!get_varint(&at, end, &size) || !get_varint(&at, end, &rowid) ||
        size < 2 || size > PAYLOAD_MAX || rowid == 0 || rowid > INT64_MAX ||
        (!any_shape && (end - at < 2 || at[1] != 0)) ||
        !collect(reader, at, size))
        return false;
    size_t columns = read_record(reader, size);
    if (columns == 0)
        return false;
    return take_event(reader, rowid, columns) || take_head(reader, columns) ||
           (any_shape && columns != EVENT_COLUMN_COUNT);
}

// scan tries every byte of a page whose own table of cells does not hold.
static void
scan(struct reader *reader)
{
    for (size_t at = 0; at < PAGE_SIZE - 4; at++)
        (void)take_cell(reader, at, false);
}

// take_page: false when something of it does not hold.
static bool
take_page(struct reader *reader, size_t start)
{
    const uint8_t *head = reader->page + start;
    size_t count = (size_t)head[3] << 8 | head[4];
    bool good = true;

    if (head[0] != LEAF || start + LEAF_HEAD + 2 * count > PAGE_SIZE)
        return false;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *pointer = head + LEAF_HEAD + 2 * i;
        size_t at = (size_t)pointer[0] << 8 | pointer[1];
        if (at >= PAGE_SIZE || !take_cell(reader, at, true))
            good = false;
    }
    return good;
}

enum status
salvage_read(const struct pages *pages, const struct salvage *salvage)
{
    struct reader *reader = calloc(1, sizeof *reader);

    if (!reader)
        return STATUS_SYSTEM;
    reader->pages = pages;
    reader->salvage = salvage;
    for (uint32_t number = 1; number <= pages->count; number++) {
        if (!pages_read(pages, number, reader->page))
            continue;
        if (!take_page(reader, number == 1 ? FILE_HEAD : 0))
            scan(reader);
    }
    free(reader);
    return STATUS_OK;
}
