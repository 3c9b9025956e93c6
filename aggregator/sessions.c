// SPDX-License-Identifier: Apache-2.0
#include "aggregator/sessions.h"

static struct session_entry *
find(struct sessions *sessions, const struct peer *peer)
{
    for (size_t i = 0; i < sessions->count; i++)
        if (peer_equal(&sessions->list[i].peer, peer))
            return &sessions->list[i];
    return NULL;
}

static struct session_entry *
oldest(struct sessions *sessions)
{
    struct session_entry *entry = &sessions->list[0];

    for (size_t i = 1; i < sessions->count; i++)
        if (sessions->list[i].last_heard < entry->last_heard)
            entry = &sessions->list[i];
    return entry;
}

void
sessions_put(struct sessions *sessions, const struct peer *peer,
             uint64_t session, int64_t now)
{
    struct session_entry *entry = find(sessions, peer);

    if (!entry)
        entry = sessions->count < SESSIONS_MAX
                    ? &sessions->list[sessions->count++]
                    : oldest(sessions);
    *entry = (struct session_entry){
        .peer = *peer, .session = session, .last_heard = now};
}

bool
sessions_know(struct sessions *sessions, const struct peer *peer, int64_t now)
{
    struct session_entry *entry = find(sessions, peer);

    if (entry)
        entry->last_heard = now;
    return entry != NULL;
}

bool
sessions_hear(struct sessions *sessions, const struct peer *peer,
              uint64_t session, int64_t now)
{
    struct session_entry *entry = find(sessions, peer);

    if (!entry || entry->session != session)
        return false;
    entry->last_heard = now;
    return true;
}
