// SPDX-License-Identifier: Apache-2.0
#include "aggregator/vetting.h"

#include "common/crypto/sign.h"

static bool
may_send(const struct keyring_entry *entry, const struct event *event)
{
    return role_may_send(entry->role, event->type) &&
           key_speaks_for(entry, event->dealer_id);
}

struct outcome
vetting_judge(const struct keyring *keyring, int64_t now_ms,
              struct span terminal, const struct event *event,
              const struct delivery *delivery)
{
    size_t count, good = 0, permitted = 0;
    struct keyring_entry *const *entries =
        keyring_named(keyring, terminal, &count);

    for (size_t i = 0; i < count; i++) {
        const struct keyring_entry *entry = entries[i];
        if (key_state(entry, now_ms) != KEY_ACTIVE)
            continue;
        good++;
        if (!may_send(entry, event))
            continue;
        permitted++;
        if (!entry->signs ||
            sign_verify(entry->sign, delivery->body, delivery->signature))
            return outcome_of(CODE_NONE, NULL);
    }
    if (permitted > 0)
        return outcome_of(CODE_BAD_SIGNATURE, "signature");
    return outcome_of(CODE_NOT_PERMITTED, good > 0 ? "dealer" : "terminal");
}
