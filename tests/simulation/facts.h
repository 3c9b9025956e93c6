// SPDX-License-Identifier: Apache-2.0
//
// facts: everything the applications of a simulated world will submit, made
// before it begins, and what became of each.
//
// Facts come in scenes: a few events that share a visit, a customer or a
// complaint, with controls that act on each other, some of them mistaken.  No
// entity reaches beyond its scene, so that a slow oracle can judge scene by
// scene.
#pragma once

#include <stdbool.h>

#include "common/domain/event.h"
#include "common/domain/outcome.h"
#include "tests/support/dice.h"

struct fact {
    struct event_id id;
    uint32_t dealer;   // its number
    uint32_t terminal; // that submits it; 0 is headquarters
    uint32_t scene;
    uint32_t body_at, body_length; // in facts.bodies
    int64_t occurred_at;
    enum code expected; // NONE: fit to be stored; else REJECTED with it
    bool is_rival;      // another fact has this id and dealer, other content
    // What became of it:
    bool is_tried;   // the spool was asked to take it
    bool is_acked;   // its terminal was told it is stored
    enum code code;  // its terminal was told it is rejected
    uint64_t seq;    // in the spool under this number; 0: not there
    uint64_t stored; // the record that holds it; 0: none
    bool is_lost;    // a record held it that no backup had
    bool is_usurped; // its rival came first after that
};

struct facts {
    struct fact *list;
    uint32_t count, capacity, scenes;
    uint8_t *bodies;
    size_t bodies_used, bodies_capacity;
    int64_t latest; // instant in any; none waits for its time beyond it
};

struct facts_options {
    uint64_t seed;
    uint32_t count;     // about so many
    uint32_t terminals; // 1..; terminal t > 0 speaks for facts_dealer(t)
    uint32_t dealers;
};

void facts_make(struct facts *facts, const struct facts_options *options);
void facts_fini(struct facts *facts);

static inline struct span
facts_body(const struct facts *facts, const struct fact *fact)
{
    return span_of(facts->bodies + fact->body_at, fact->body_length);
}

// facts_dealer returns the number of the dealer terminal t speaks for.
static inline uint32_t
facts_dealer(uint32_t terminal, uint32_t dealers)
{
    return terminal == 0 ? 0 : 1 + (terminal - 1) % dealers;
}
