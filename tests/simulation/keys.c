// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulation/world.h"

enum { LINE_MAX_BYTES = 160 };

void
keys_sign_in(struct peer *peer, uint32_t terminal)
{
    peer->has_key = true;
    memset(peer->key, 0x5a, sizeof peer->key);
    peer->key[0] = (uint8_t)(terminal + 1);
}

void
keys_fini(struct keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        keyring_free(keys->list[i]);
}

static uint32_t
revoked_now(const struct world *world)
{
    uint32_t revoked = 0;

    for (uint32_t i = 0; i < world->plan.terminals; i++)
        if (world->nodes[i].revoked_until > world->now)
            revoked |= UINT32_C(1) << i;
    return revoked;
}

static struct keyring *
read_file(const struct world *world, uint32_t revoked)
{
    static struct problems problems;
    char text[(TERMINALS_MAX + 1) * LINE_MAX_BYTES];
    struct keyring *keyring;
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "key,role,name,dealers,from,until,status\n");

    for (uint32_t i = 0; i < world->plan.terminals; i++) {
        struct peer peer = {0};
        char key[Z85_KEY_TEXT + 1];
        keys_sign_in(&peer, i);
        z85_key_write(peer.key, key);
        used += (size_t)snprintf(
            text + used, sizeof text - used, "%s,%s,till-%u,%s,,,%s\n", key,
            i == 0 ? "hq" : "dealer", i,
            i == 0 ? "" : rules_dealer(facts_dealer(i, world->plan.dealers)),
            revoked >> i & 1 ? "revoked" : "active");
    }
    if (keyring_read(span_of(text, used), "keyring", &keyring, &problems) !=
        STATUS_OK) {
        problems_print(&problems);
        abort();
    }
    return keyring;
}

const struct keyring *
keys_newest(struct world *world)
{
    struct keys *keys = &world->keys;
    uint32_t revoked = revoked_now(world);

    if (keys->count > 0 &&
        (keys->revoked == revoked || keys->count == KEYRINGS_MAX))
        return keys->list[keys->count - 1];
    keys->revoked = revoked;
    keys->list[keys->count++] = read_file(world, revoked);
    return keys->list[keys->count - 1];
}
