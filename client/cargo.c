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
        free(cargo->items[i].bytes);
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
        !cargo->items[at].bytes)
        return NULL;
    return &cargo->items[at];
}

static void
close_holes(struct cargo *cargo)
{
    size_t kept = 0;

    for (size_t i = cargo->first; i < cargo->end; i++)
        if (cargo->items[i].bytes)
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

struct delivery
cargo_delivery(const struct cargo_item *item)
{
    const uint8_t *salt = item->bytes + item->body;
    const uint8_t *comment = salt + item->salt;

    return (struct delivery){
        .seq = item->seq,
        .recorded_at_ms = item->recorded_at_ms,
        .body = span_of(item->bytes, item->body),
        .salt = span_of(salt, item->salt),
        .comment = span_of(comment, item->comment),
        .signature = span_of(comment + item->comment, item->signature),
    };
}

static uint8_t *
put(uint8_t *at, struct span bytes)
{
    if (bytes.length > 0)
        memcpy(at, bytes.data, bytes.length);
    return at + bytes.length;
}

// copy_bytes is NULL without memory.
static uint8_t *
copy_bytes(const struct delivery *delivery, size_t size)
{
    uint8_t *bytes = malloc(size ? size : 1);
    if (bytes)
        put(put(put(put(bytes, delivery->body), delivery->salt),
                delivery->comment),
            delivery->signature);
    return bytes;
}

enum status
cargo_load(struct cargo *cargo, const struct delivery *delivery)
{
    struct cargo_item item = {.seq = delivery->seq,
                              .recorded_at_ms = delivery->recorded_at_ms,
                              .body = delivery->body.length,
                              .salt = delivery->salt.length,
                              .comment = delivery->comment.length,
                              .signature = delivery->signature.length};

    if (cargo_find(cargo, delivery->seq))
        return STATUS_BUSY;
    if (!cargo_has_room(cargo))
        return STATUS_FULL;
    item.bytes = copy_bytes(delivery, cargo_item_bytes(&item));
    if (!item.bytes)
        return STATUS_FULL;

    size_t at = open_place(cargo, item.seq);
    cargo->items[at] = item;
    cargo->events += 1;
    cargo->waiting += 1;
    cargo->bytes += cargo_item_bytes(&item);
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
        if (item->bytes && item->flight == 0)
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
        if (cargo->items[i].bytes && cargo->items[i].flight == flight)
            return &cargo->items[i];
    return NULL;
}

void
cargo_return(struct cargo *cargo, uint64_t flight)
{
    for (size_t i = cargo->first; i < cargo->end; i++) {
        struct cargo_item *item = &cargo->items[i];
        if (!item->bytes || item->flight == 0 ||
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
    cargo->bytes -= cargo_item_bytes(item);
    free(item->bytes);
    item->bytes = NULL;
    while (cargo->first < cargo->end && !cargo->items[cargo->first].bytes)
        cargo->first += 1;
    if (cargo->first == cargo->end)
        cargo->first = cargo->end = cargo->hint = 0;
}
