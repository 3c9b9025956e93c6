// SPDX-License-Identifier: Apache-2.0
#include "collector/rights.h"

static struct refusal
not_permitted(const char *text)
{
    return (struct refusal){CODE_NOT_PERMITTED, text};
}

struct refusal
rights_refusal(const struct keyring *keyring, const struct peer *peer,
               int64_t now_ms, const struct keyring_entry **entry)
{
    *entry = peer->has_key ? keyring_find(keyring, peer->key) : NULL;
    if (!*entry)
        return not_permitted("this key is not in the keyring");
    switch (key_state(*entry, now_ms)) {
    case KEY_ACTIVE:
        return (struct refusal){CODE_NONE, NULL};
    case KEY_NOT_YET:
        return not_permitted("this key is not valid yet");
    case KEY_EXPIRED:
        return not_permitted("this key has expired; ask for a new one");
    case KEY_REVOKED:
        return not_permitted("this key was revoked");
    }
    return not_permitted("this key is not admitted");
}

struct refusal
rights_judge(const struct keyring_entry *entry, const struct hello *hello)
{
    struct repeated dealers = hello->dealers;
    struct span dealer;

    if (hello->role != entry->role)
        return not_permitted("HELLO names another role than this key has");
    if (!span_equal(hello->name, span_text(entry->name)))
        return not_permitted("HELLO names another terminal than this key's");
    while (entry->role == ROLE_DEALER && hello_next_dealer(&dealers, &dealer))
        if (!key_speaks_for(entry, dealer))
            return not_permitted("this key does not speak for one of the "
                                 "dealers HELLO names");
    return (struct refusal){CODE_NONE, NULL};
}

bool
rights_cover(const struct keyring_entry *entry, const struct session *session)
{
    const struct dealer_set *dealers = &session->dealers;

    if (entry->role != session->role ||
        !span_equal(span_text(entry->name), session_name(session)))
        return false;
    for (uint32_t i = 0; dealers->places && i <= dealers->mask; i++) {
        const struct dealer_name *name = &dealers->places[i];
        if (name->length > 0 &&
            !key_speaks_for(entry, span_of(name->text, name->length)))
            return false;
    }
    return true;
}
