// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/books.h"

#include <stdio.h>

#include "common/crypto/digest.h"
#include "tests/simulation/world.h"

uint64_t
books_epoch(const struct world *world, uint32_t terminal)
{
    return mix(world->plan.seed, 0xe0 + terminal) | 1;
}

// rival_of returns the fact with the same id and other content, or NULL.
static struct fact *
rival_of(struct world *world, const struct fact *fact)
{
    struct fact *list = world->facts.list;
    uint32_t i = (uint32_t)(fact - list);

    if (!fact->is_rival)
        return NULL;
    if (i > 0 && list[i - 1].is_rival &&
        event_id_equal(&list[i - 1].id, &fact->id))
        return &list[i - 1];
    return &list[i + 1];
}

// --- Records
// -------------------------------------------------------------------

static const struct terminal *
sender_of(const struct world *world, const struct parcel *parcel)
{
    for (uint32_t i = 0; i < world->plan.terminals; i++)
        if (span_equal(parcel->terminal, span_text(world->terminals[i]->name)))
            return parcel->epoch == books_epoch(world, i) ? world->terminals[i]
                                                          : NULL;
    return NULL;
}

static struct fact *
fact_of(struct world *world, const struct terminal *terminal, uint64_t seq)
{
    if (seq == 0 || seq > terminal->spool.count)
        return NULL;
    return &world->facts.list[terminal->spool.list[seq - 1].fact];
}

// store notes that a record holds a fact, perhaps once more.
static void
store(struct world *world, struct fact *fact, struct fact *rival)
{
    fact->stored = world->books.read;
    world->missing -= fact->is_lost;
    fact->is_lost = fact->is_usurped = false;
    if (!rival || !rival->is_lost)
        return;
    world->missing--;
    rival->is_lost = false;
    rival->is_usurped = true; // nobody can know which one was first
}

void
books_restore(struct world *world, const struct store_disk *disk,
              uint64_t position)
{
    for (uint32_t i = 0; i < world->facts.count; i++) {
        struct fact *fact = &world->facts.list[i];
        if (fact->stored <= position)
            continue;
        fact->stored = 0;
        fact->is_lost = true;
        world->missing++;
    }
    world->books.read = position;
    digest(store_disk_record(disk, position), world->books.head, CHAIN_SIZE);
}

static void
read_delivery(struct world *world, const struct terminal *terminal,
              const struct delivery *delivery)
{
    struct fact *fact = fact_of(world, terminal, delivery->seq);
    struct fact *rival = fact ? rival_of(world, fact) : NULL;
    const unsigned long long seq = delivery->seq;

    if (!fact || !span_equal(delivery->body, facts_body(&world->facts, fact)))
        world_fail(world, "%s/%llu is stored and was never submitted",
                   terminal->name, seq);
    else if (fact->expected != CODE_NONE)
        world_fail(world, "%s/%llu is stored and had to be rejected: %s",
                   terminal->name, seq, code_name((uint32_t)fact->expected));
    else if (fact->stored || (rival && rival->stored))
        world_fail(
            world, "%s/%llu is stored twice, in records %llu and %llu",
            terminal->name, seq,
            (unsigned long long)(fact->stored ? fact->stored : rival->stored),
            (unsigned long long)world->books.read);
    else
        store(world, fact, rival);
}

static void
read_settled(struct world *world, const struct terminal *terminal,
             const struct settled *settled)
{
    for (uint64_t seq = settled->first_seq; seq <= settled->last_seq; seq++) {
        const struct fact *fact = fact_of(world, terminal, seq);
        if (!fact || (!fact->stored && !fact->is_rival &&
                      fact->expected != settled->code))
            world_fail(world, "%s/%llu is settled as %s and should not be",
                       terminal->name, (unsigned long long)seq,
                       code_name((uint32_t)settled->code));
    }
}

static void
read_parcel(struct world *world, const struct parcel *parcel)
{
    const struct terminal *terminal = sender_of(world, parcel);
    struct repeated deliveries = parcel->deliveries;
    struct repeated list = parcel->settled;
    struct delivery delivery;
    struct settled settled;

    if (!terminal) {
        world_fail(world, "record %llu has a parcel of nobody",
                   (unsigned long long)world->books.read);
        return;
    }
    while (parcel_next_delivery(&deliveries, &delivery))
        read_delivery(world, terminal, &delivery);
    while (parcel_next_settled(&list, &settled))
        read_settled(world, terminal, &settled);
}

static void
read_record(struct world *world, struct span record)
{
    struct books *books = &world->books;
    struct commit commit;
    struct parcel parcel;

    if (commit_read(record, &commit) != STATUS_OK ||
        commit.position != books->read ||
        !span_equal(commit.previous, span_of(books->head, CHAIN_SIZE))) {
        world_fail(world, "record %llu is none, or breaks the chain",
                   (unsigned long long)books->read);
        return;
    }
    digest(record, books->head, CHAIN_SIZE);
    while (batch_next_parcel(&commit.parcels, &parcel))
        read_parcel(world, &parcel);
}

void
books_append(struct world *world, const struct store_disk *disk)
{
    while (world->books.read < disk->durable_count) {
        world->books.read++;
        read_record(world, store_disk_record(disk, world->books.read));
    }
}

// --- Outcomes
// ------------------------------------------------------------------

void
books_told(struct world *world, const struct terminal *terminal,
           const struct settlement *settlement)
{
    const struct fact *fact = fact_of(world, terminal, settlement->seq);
    const unsigned long long seq = settlement->seq;

    switch (settlement->kind) {
    case OUTCOME_ACCEPTED:
    case OUTCOME_DUPLICATE:
        // What the disk took along was acknowledged in good faith: it must
        // come back (close_fact).
        if (!fact->stored && !fact->is_lost)
            world_fail(world, "%s/%llu is acknowledged and not stored",
                       terminal->name, seq);
        return;
    case OUTCOME_REJECTED:
        if (fact->stored)
            world_fail(world, "%s/%llu is rejected (%s) and stored",
                       terminal->name, seq,
                       code_name((uint32_t)settlement->code));
        else if (settlement->code !=
                 (fact->is_rival ? CODE_ID_CONFLICT : fact->expected))
            world_fail(world, "%s/%llu is rejected: %s", terminal->name, seq,
                       code_name((uint32_t)settlement->code));
        return;
    case OUTCOME_RETRY:
        return;
    }
}

// close_fact judges what became of one fact.
static void
close_fact(struct world *world, const struct fact *fact)
{
    const struct fact *rival = rival_of(world, fact);
    bool is_acked = fact->is_acked && !fact->is_usurped;
    const char *name = world->terminals[fact->terminal]->name;
    const unsigned long long seq = fact->seq;

    if (!fact->is_acked && fact->code == CODE_NONE)
        world_fail(world, "%s/%llu is lost: nobody heard what became of it",
                   name, seq);
    else if (is_acked != (fact->stored != 0))
        world_fail(world, "%s/%llu is %s", name, seq,
                   is_acked ? "acknowledged and not stored"
                            : "stored and not acknowledged");
    else if (rival && !fact->stored && !rival->stored)
        world_fail(world, "%s/%llu conflicts with what is not stored", name,
                   seq);
    world->sums.acked += is_acked;
    world->sums.counted += fact->stored != 0;
    world->sums.rejected += !is_acked;
}

void
books_close(struct world *world)
{
    world->sums.acked = world->sums.counted = world->sums.rejected = 0;
    world->sums.events = world->facts.count;
    for (uint32_t i = 0; i < world->facts.count; i++)
        close_fact(world, &world->facts.list[i]);
}
