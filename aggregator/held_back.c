// SPDX-License-Identifier: Apache-2.0
#include "aggregator/held_back.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_SIZE = 20 + 1 + 10 + 1 + HELD_BACK_REASON_MAX + 1 };

static int
compare_place(const struct held_back_entry *entry, uint64_t position,
              uint32_t index)
{
    if (entry->position != position)
        return entry->position < position ? -1 : 1;
    return entry->index < index ? -1 : entry->index > index;
}

// find_place returns where an entry is, or where it belongs.
static size_t
find_place(const struct held_back *held, uint64_t position, uint32_t index)
{
    size_t low = 0, high = held->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_place(&held->list[middle], position, index) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
is_at(const struct held_back *held, size_t at, uint64_t position,
      uint32_t index)
{
    return at < held->count &&
           compare_place(&held->list[at], position, index) == 0;
}

bool
held_back_reason_fits(const char *reason)
{
    size_t length = strlen(reason);

    return length > 0 && length <= HELD_BACK_REASON_MAX &&
           !strchr(reason, '\n');
}

enum status
held_back_add(struct held_back *held, uint64_t position, uint32_t index,
              const char *reason)
{
    size_t length = strlen(reason), at = find_place(held, position, index);

    if (!held_back_reason_fits(reason) || position == 0)
        return STATUS_MALFORMED;
    if (!is_at(held, at, position, index)) {
        if (held->count == HELD_BACK_MAX)
            return STATUS_FULL;
        struct held_back_entry *list =
            realloc(held->list, (held->count + 1) * sizeof *list);
        if (!list)
            return STATUS_SYSTEM;
        held->list = list;
        memmove(&list[at + 1], &list[at], (held->count - at) * sizeof *list);
        held->count++;
    }
    held->list[at] =
        (struct held_back_entry){.position = position, .index = index};
    memcpy(held->list[at].reason, reason, length);
    return STATUS_OK;
}

enum status
held_back_remove(struct held_back *held, uint64_t position, uint32_t index)
{
    size_t at = find_place(held, position, index);

    if (!is_at(held, at, position, index))
        return STATUS_NOT_FOUND;
    held->count--;
    memmove(&held->list[at], &held->list[at + 1],
            (held->count - at) * sizeof *held->list);
    return STATUS_OK;
}

// read_line takes one line, which ends in a NUL.
static enum status
read_line(struct held_back *held, const char *line)
{
    struct held_back_entry entry;
    int used = 0;

    if (sscanf(line, "%" SCNu64 " %" SCNu32 " %n", &entry.position,
               &entry.index, &used) != 2 ||
        used == 0)
        return STATUS_MALFORMED;
    if (held->count > 0 && compare_place(&held->list[held->count - 1],
                                         entry.position, entry.index) >= 0)
        return STATUS_MALFORMED; // out of order
    return held_back_add(held, entry.position, entry.index, line + used);
}

void
held_back_free(struct held_back *held)
{
    free(held->list);
    *held = (struct held_back){0};
}

enum status
held_back_write(const struct held_back *held, char **text, size_t *length)
{
    char *room = malloc(held->count * LINE_MAX_SIZE + 1);

    if (!room)
        return STATUS_SYSTEM;
    *length = 0;
    for (size_t i = 0; i < held->count; i++)
        *length += (size_t)sprintf(
            room + *length, "%" PRIu64 " %" PRIu32 " %s\n",
            held->list[i].position, held->list[i].index, held->list[i].reason);
    *text = room;
    return STATUS_OK;
}

// check_form: a list has exactly one form, the one written.
static enum status
check_form(const struct held_back *held, struct span content)
{
    char *text;
    size_t length;

    enum status status = held_back_write(held, &text, &length);
    if (status != STATUS_OK)
        return status;
    if (!span_equal(content, span_of(text, length)))
        status = STATUS_MALFORMED;
    free(text);
    return status;
}

enum status
held_back_read(struct span content, struct held_back *held)
{
    const char *at = (const char *)content.data, *end = at + content.length;
    enum status status = STATUS_OK;
    char line[LINE_MAX_SIZE + 1];

    *held = (struct held_back){0};
    while (status == STATUS_OK && at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        size_t length = next ? (size_t)(next - at) : 0;
        if (!next || length > LINE_MAX_SIZE || memchr(at, 0, length)) {
            status = STATUS_MALFORMED;
            break;
        }
        memcpy(line, at, length);
        line[length] = 0;
        status = read_line(held, line);
        at = next + 1;
    }
    if (status == STATUS_OK)
        status = check_form(held, content);
    if (status != STATUS_OK)
        held_back_free(held);
    return status;
}

const char *
held_back_find(const struct held_back *held, uint64_t position, uint32_t index)
{
    size_t at = find_place(held, position, index);

    return is_at(held, at, position, index) ? held->list[at].reason : NULL;
}

bool
held_back_touches(const struct held_back *held, uint64_t position)
{
    size_t at = find_place(held, position, 0);

    return at < held->count && held->list[at].position == position;
}
