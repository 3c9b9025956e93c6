// SPDX-License-Identifier: Apache-2.0
#include "client/cargo.h"

#include <stdlib.h>

enum status
cargo_init(struct cargo *cargo, size_t events_max, size_t bytes_max)
{
    // Twice the room: closing the holes left by answered events then costs
    // every event a constant.
    *cargo = (struct cargo){.capacity = 2 * events_max,
                            .events_max = events_max,
                            .bytes_max = bytes_max};
    cargo->items = calloc(cargo->capacity, sizeof *cargo->items);
    return cargo->items ? STATUS_OK : STATUS_SYSTEM;
}

void
cargo_fini(struct cargo *cargo)
{
    for (size_t i = cargo->first; i < cargo->end; i++)
        free(cargo->items[i].body);
    free(cargo->items);
    *cargo = (struct cargo){0};
}

bool
cargo_has_room(const struct cargo *cargo)
{
    return cargo->events < cargo->events_max && cargo->bytes < cargo->bytes_max;
}

// position returns where seq is, or would be put.
static size_t
position(const struct cargo *cargo, uint64_t seq)
{
    size_t low = cargo->first, high = cargo->end;

    if (high > low && cargo->items[high - 1].seq < seq)
        return high; // nearly always: events come in order
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cargo->items[middle].seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct cargo_item *
cargo_find(struct cargo *cargo, uint64_t seq)
{
    size_t at = position(cargo, seq);

    if (at == cargo->end || cargo->items[at].seq != seq ||
        !cargo->items[at].body)
        return NULL;
    return &cargo->items[at];
}

static void
close_holes(struct cargo *cargo)
{
    size_t kept = 0;

    for (size_t i = cargo->first; i < cargo->end; i++)
        if (cargo->items[i].body)
            cargo->items[kept++] = cargo->items[i];
    cargo->first = 0;
    cargo->end = kept;
    cargo->hint = 0;
}

// open_place makes room for seq and returns its index.
static size_t
open_place(struct cargo *cargo, uint64_t seq)
{
    if (cargo->end == cargo->capacity)
        close_holes(cargo);
    size_t at = position(cargo, seq);
    if (at < cargo->end && cargo->items[at].seq == seq)
        return at; // the hole it left itself
    memmove(&cargo->items[at + 1], &cargo->items[at],
            (cargo->end - at) * sizeof *cargo->items);
    cargo->end += 1;
    return at;
}

enum status
cargo_load(struct cargo *cargo, uint64_t seq, int64_t recorded_at_ms,
           struct span body)
{
    if (cargo_find(cargo, seq))
        return STATUS_BUSY;
    if (!cargo_has_room(cargo))
        return STATUS_FULL;
    uint8_t *copy = malloc(body.length ? body.length : 1);
    if (!copy)
        return STATUS_FULL;
    if (body.length > 0)
        memcpy(copy, body.data, body.length);

    size_t at = open_place(cargo, seq);
    cargo->items[at] = (struct cargo_item){.seq = seq,
                                           .recorded_at_ms = recorded_at_ms,
                                           .body = copy,
                                           .length = body.length};
    cargo->events += 1;
    cargo->waiting += 1;
    cargo->bytes += body.length;
    if (at < cargo->hint)
        cargo->hint = at;
    return STATUS_OK;
}

struct cargo_item *
cargo_next_waiting(struct cargo *cargo)
{
    if (cargo->waiting == 0)
        return NULL;
    if (cargo->hint < cargo->first)
        cargo->hint = cargo->first;
    for (; cargo->hint < cargo->end; cargo->hint++) {
        struct cargo_item *item = &cargo->items[cargo->hint];
        if (item->body && item->flight == 0)
            return item;
    }
    return NULL;
}

void
cargo_board(struct cargo *cargo, struct cargo_item *item, uint64_t flight)
{
    item->flight = flight;
    cargo->waiting -= 1;
}

struct cargo_item *
cargo_next_on(struct cargo *cargo, uint64_t flight, uint64_t from)
{
    for (size_t i = position(cargo, from); i < cargo->end; i++)
        if (cargo->items[i].body && cargo->items[i].flight == flight)
            return &cargo->items[i];
    return NULL;
}

void
cargo_return(struct cargo *cargo, uint64_t flight)
{
    for (size_t i = cargo->first; i < cargo->end; i++) {
        struct cargo_item *item = &cargo->items[i];
        if (!item->body || item->flight == 0 ||
            (flight != 0 && item->flight != flight))
            continue;
        item->flight = 0;
        cargo->waiting += 1;
    }
    cargo->hint = cargo->first;
}

void
cargo_unload(struct cargo *cargo, struct cargo_item *item)
{
    cargo->waiting -= item->flight == 0;
    cargo->events -= 1;
    cargo->bytes -= item->length;
    free(item->body);
    item->body = NULL;
    while (cargo->first < cargo->end && !cargo->items[cargo->first].body)
        cargo->first += 1;
    if (cargo->first == cargo->end)
        cargo->first = cargo->end = cargo->hint = 0;
}
