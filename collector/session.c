// SPDX-License-Identifier: Apache-2.0
#include "collector/session.h"

#include <stdlib.h>

enum { NOBODY = UINT32_MAX };

bool
sessions_init(struct sessions *sessions, uint32_t capacity)
{
    uint32_t buckets = 16;
    while (buckets < capacity)
        buckets *= 2;
    *sessions = (struct sessions){.capacity = capacity, .mask = buckets - 1};
    sessions->buckets = malloc(buckets * sizeof *sessions->buckets);
    sessions->places = calloc(capacity, sizeof *sessions->places);
    if (!sessions->buckets || !sessions->places) {
        sessions_fini(sessions);
        return false;
    }
    for (uint32_t i = 0; i < buckets; i++)
        sessions->buckets[i] = NOBODY;
    for (uint32_t i = 0; i < capacity; i++)
        sessions->places[i].next = i + 1 < capacity ? i + 1 : NOBODY;
    return true;
}

void
sessions_fini(struct sessions *sessions)
{
    for (uint32_t i = 0; sessions->places && i < sessions->capacity; i++)
        dealer_set_fini(&sessions->places[i].dealers);
    free(sessions->places);
    free(sessions->buckets);
    *sessions = (struct sessions){0};
}

static uint32_t *
bucket_of(struct sessions *sessions, const struct peer *peer)
{
    uint32_t value = 2166136261u;
    for (uint8_t i = 0; i < peer->length; i++)
        value = (value ^ peer->id[i]) * 16777619u;
    return &sessions->buckets[(value ^ (value >> 15)) & sessions->mask];
}

struct session *
sessions_find(struct sessions *sessions, const struct peer *peer)
{
    uint32_t at = *bucket_of(sessions, peer);
    while (at != NOBODY && !peer_equal(&sessions->places[at].peer, peer))
        at = sessions->places[at].next;
    return at == NOBODY ? NULL : &sessions->places[at];
}

struct session *
sessions_add(struct sessions *sessions, const struct peer *peer)
{
    uint32_t place = sessions->free;
    if (place == NOBODY)
        return NULL;

    struct session *session = &sessions->places[place];
    uint32_t *bucket = bucket_of(sessions, peer);
    sessions->free = session->next;
    *session = (struct session){.peer = *peer, .next = *bucket};
    *bucket = place;
    sessions->count++;
    return session;
}

void
sessions_remove(struct sessions *sessions, struct session *session)
{
    uint32_t place = session_place(sessions, session);
    uint32_t *link = bucket_of(sessions, &session->peer);
    while (*link != place)
        link = &sessions->places[*link].next;
    *link = session->next;

    dealer_set_fini(&session->dealers);
    *session = (struct session){.next = sessions->free};
    sessions->free = place;
    sessions->count--;
}

struct session *
sessions_at(struct sessions *sessions, uint32_t place, uint64_t id)
{
    struct session *session = &sessions->places[place];
    return session->id == id ? session : NULL;
}

uint32_t
session_place(const struct sessions *sessions, const struct session *session)
{
    return (uint32_t)(session - sessions->places);
}
