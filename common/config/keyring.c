// SPDX-License-Identifier: Apache-2.0
#include "common/config/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "common/config/text.h"

static const char *const role_names[] = {
    [ROLE_NONE] = "",
    [ROLE_DEALER] = "dealer",
    [ROLE_HQ] = "hq",
    [ROLE_AUDITOR] = "auditor",
    [ROLE_REPORTER] = "reporter",
    [ROLE_COLLECTOR] = "collector",
};

const char *
role_name(enum role role)
{
    return role_names[role];
}

bool
role_named(struct span name, enum role *role)
{
    for (int i = ROLE_DEALER; i <= ROLE_COLLECTOR; i++)
        if (text_is(name, role_names[i])) {
            *role = (enum role)i;
            return true;
        }
    return false;
}

void
keyring_free(struct keyring *keyring)
{
    if (!keyring)
        return;
    struct pool pool = keyring->pool; // the keyring itself lives in it
    pool_fini(&pool);
}

enum key_state
key_state(const struct keyring_entry *entry, int64_t now_ms)
{
    if (entry->revoked)
        return KEY_REVOKED;
    if (now_ms < entry->from)
        return KEY_NOT_YET;
    return now_ms < entry->until ? KEY_ACTIVE : KEY_EXPIRED;
}

const struct keyring_entry *
keyring_find(const struct keyring *keyring, const uint8_t key[Z85_KEY_BYTES])
{
    size_t low = 0, high = keyring->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct keyring_entry *entry = keyring->by_key[middle];
        int order = memcmp(key, entry->key, Z85_KEY_BYTES);
        if (order == 0)
            return entry;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct keyring_entry *
keyring_admit(const struct keyring *keyring, const uint8_t key[Z85_KEY_BYTES],
              int64_t now_ms)
{
    const struct keyring_entry *entry = keyring_find(keyring, key);
    return entry && key_state(entry, now_ms) == KEY_ACTIVE ? entry : NULL;
}

// compare_text orders a text against a constant as strcmp does.
static int
compare_text(struct span text, const char *with)
{
    size_t length = strlen(with);
    size_t shorter = text.length < length ? text.length : length;
    int order = shorter > 0 ? memcmp(text.data, with, shorter) : 0;

    if (order != 0)
        return order;
    return text.length < length ? -1 : text.length > length;
}

static bool
is_named(const struct keyring_entry *entry, struct span name)
{
    return span_equal(span_text(entry->name), name);
}

struct keyring_entry *const *
keyring_named(const struct keyring *keyring, struct span name, size_t *count)
{
    size_t low = 0, high = keyring->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_text(name, keyring->by_name[middle]->name) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < keyring->count &&
           is_named(keyring->by_name[low + *count], name))
        *count += 1;
    return keyring->by_name + low;
}

bool
key_speaks_for(const struct keyring_entry *entry, struct span dealer)
{
    size_t low = 0, high = entry->dealer_count;

    if (entry->role != ROLE_DEALER)
        return entry->role == ROLE_HQ || entry->role == ROLE_AUDITOR;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_text(dealer, entry->dealers[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool
key_same(const struct keyring_entry *a, const struct keyring_entry *b)
{
    if (a->role != b->role || a->dealer_count != b->dealer_count ||
        strcmp(a->name, b->name) != 0)
        return false;
    for (uint32_t i = 0; i < a->dealer_count; i++)
        if (strcmp(a->dealers[i], b->dealers[i]) != 0)
            return false;
    return true;
}
