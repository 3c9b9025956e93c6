// SPDX-License-Identifier: Apache-2.0
//
// fetch: the link over which what HQ published is fetched, and its log.
#pragma once

#include "collector/published.h"
#include "common/transport/outbox.h"

struct fetch {
    struct transport *transport;
    const char *endpoint;
    const struct curve_client *keys; // NULL: in the clear
    struct outbox *link;             // NULL while closed
    struct published published;
};

// fetch_init; all it is given outlives it.
void fetch_init(struct fetch *fetch, struct transport *transport,
                const char *endpoint, const struct curve_client *keys);
void fetch_fini(struct fetch *fetch);

// fetch_go takes the answers that have arrived and asks what is due.  It never
// blocks; call it a few times a second.
void fetch_go(struct fetch *fetch);
