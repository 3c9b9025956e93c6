// SPDX-License-Identifier: Apache-2.0
#include "collector/link.h"

#include <stdlib.h>

bool
link_init(struct link *link)
{
    *link = (struct link){.state = LINK_CLOSED};
    link->resend = calloc(RESEND_MAX, sizeof *link->resend);
    if (!link->resend)
        return false;
    for (size_t i = 0; i < LINK_BUNDLES; i++)
        if (!bundle_init(&link->bundles[i])) {
            link_fini(link);
            return false;
        }
    return true;
}

void
link_fini(struct link *link)
{
    for (size_t i = 0; i < LINK_BUNDLES; i++)
        bundle_fini(&link->bundles[i]);
    free(link->resend);
}

static uint64_t
forget_all(struct link *link)
{
    uint64_t events = 0;
    for (size_t i = 0; i < LINK_BUNDLES; i++) {
        struct bundle *bundle = &link->bundles[i];
        for (uint32_t j = 0; j < bundle->entry_count; j++)
            events += bundle->entries[j].events;
        bundle_free(bundle);
    }
    link->on_the_way = 0;
    link->events_on_the_way = 0;
    return events;
}

uint64_t
link_close(struct link *link, int64_t not_before_ms)
{
    link->state = LINK_CLOSED;
    link->not_before_ms = not_before_ms;
    link->credit = 0;
    return forget_all(link);
}

void
link_open(struct link *link, int64_t now_ms)
{
    link->state = LINK_GREETING;
    link->greeted = false;
    link->opened_at_ms = now_ms;
}

static void
learn_resend(struct link *link, const struct welcome *welcome)
{
    struct repeated list = welcome->resend_from;
    struct resend_from one;
    uint64_t last = 0;

    link->resend_count = 0;
    while (link->resend_count < RESEND_MAX &&
           welcome_next_resend(&list, &one.epoch, &one.seq)) {
        // One out of order could not be found: its spool sends everything.
        if (link->resend_count > 0 && one.epoch <= last)
            continue;
        link->resend[link->resend_count++] = one;
        last = one.epoch;
    }
}

// find_epoch returns the place of an epoch, or where it belongs.
static size_t
find_epoch(const struct link *link, uint64_t epoch)
{
    size_t low = 0, high = link->resend_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (link->resend[middle].epoch < epoch)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool
link_resend(struct link *link, uint64_t epoch, struct resend_from *resend)
{
    if (link->incarnation <= 1)
        return false;
    size_t at = find_epoch(link, epoch);
    struct resend_from *place = &link->resend[at];
    if (at < link->resend_count && place->epoch == epoch) {
        *resend = *place;
        place->seq = 0; // asked
        return resend->seq != 0;
    }
    *resend = (struct resend_from){.epoch = epoch, .seq = 1};
    if (link->resend_count < RESEND_MAX) {
        memmove(place + 1, place, (link->resend_count - at) * sizeof *place);
        *place = (struct resend_from){.epoch = epoch};
        link->resend_count++;
    }
    return true;
}

enum link_welcome
link_welcome(struct link *link, int64_t now_ms, const struct welcome *welcome)
{
    if (welcome->store.length != STORE_SIZE)
        return LINK_OLDER_STORE;
    bool same_store = link->store_known &&
                      memcmp(link->store, welcome->store.data, STORE_SIZE) == 0;
    if (same_store && welcome->incarnation < link->incarnation)
        return LINK_OLDER_STORE;
    bool other = link->store_known &&
                 (!same_store || welcome->incarnation != link->incarnation);

    if (link->state != LINK_UP || link->session != welcome->session)
        link->next_number = 1;
    link->state = LINK_UP;
    link->session = welcome->session;
    link->credit = welcome->credit;
    link->backed_up_position = welcome->backed_up_position;
    link->incarnation = welcome->incarnation;
    link->store_known = true;
    learn_resend(link, welcome);
    memcpy(link->store, welcome->store.data, STORE_SIZE);
    link->heard_at_ms = now_ms;
    link->pinged_at_ms = now_ms;
    return other ? LINK_OTHER_STORE : LINK_WELCOMED;
}

bool
link_is_dead(const struct link *link, int64_t now_ms)
{
    if (link->state == LINK_GREETING)
        return now_ms - link->opened_at_ms > LINK_GREETING_MS;
    if (link->state != LINK_UP)
        return false;
    if (now_ms - link->heard_at_ms > LINK_SILENCE_MS)
        return true;
    for (size_t i = 0; i < LINK_BUNDLES; i++)
        if (link->bundles[i].state == BUNDLE_SENT &&
            now_ms - link->bundles[i].sent_at_ms > LINK_RECEIPT_MS)
            return true;
    return false;
}

uint32_t
link_room(const struct link *link)
{
    uint32_t room = 0;
    for (size_t i = 0; i < LINK_BUNDLES; i++) {
        const struct bundle *bundle = &link->bundles[i];
        if (bundle->state == BUNDLE_FREE)
            room += LINK_BATCH_EVENTS_MAX;
        else if (bundle->state == BUNDLE_FILLING)
            room += LINK_BATCH_EVENTS_MAX - bundle->events;
    }
    return room;
}

// oldest returns the one with the lowest number among those in a state.
static struct bundle *
oldest(struct link *link, enum bundle_state state)
{
    struct bundle *found = NULL;
    for (size_t i = 0; i < LINK_BUNDLES; i++) {
        struct bundle *bundle = &link->bundles[i];
        if (bundle->state == state &&
            (!found || bundle->number < found->number))
            found = bundle;
    }
    return found;
}

struct bundle *
link_filling(struct link *link, bool fresh)
{
    struct bundle *filling = oldest(link, BUNDLE_FILLING);
    if (filling && !fresh)
        return filling;
    if (filling && filling->entry_count == 0)
        return NULL; // what an empty one has no room for, none has

    struct bundle *next = oldest(link, BUNDLE_FREE);
    if (!next)
        return NULL;
    if (filling)
        bundle_finish(filling);
    bundle_begin(next, link->session, link->next_number++);
    return next;
}

struct bundle *
link_next(struct link *link)
{
    if (link->state != LINK_UP || link->on_the_way >= LINK_WINDOW)
        return NULL;
    struct bundle *bundle = oldest(link, BUNDLE_READY);
    if (!bundle)
        bundle = oldest(link, BUNDLE_FILLING);
    if (!bundle || bundle->entry_count == 0)
        return NULL;
    // One bundle may exceed the credit, or it would wait for ever.
    if (link->credit == 0 ||
        (link->on_the_way > 0 &&
         link->events_on_the_way + bundle->events > link->credit))
        return NULL;
    if (bundle->state == BUNDLE_FILLING)
        bundle_finish(bundle);
    return bundle;
}

void
link_sent(struct link *link, struct bundle *bundle, int64_t now_ms)
{
    bundle->state = BUNDLE_SENT;
    bundle->sent_at_ms = now_ms;
    link->on_the_way++;
    link->events_on_the_way += bundle->events;
}

struct bundle *
link_find(struct link *link, uint64_t number)
{
    for (size_t i = 0; i < LINK_BUNDLES; i++)
        if (link->bundles[i].state == BUNDLE_SENT &&
            link->bundles[i].number == number)
            return &link->bundles[i];
    return NULL;
}

void
link_done(struct link *link, struct bundle *bundle)
{
    link->on_the_way--;
    link->events_on_the_way -= bundle->events;
    bundle_free(bundle);
}

bool
link_is_idle(const struct link *link)
{
    for (size_t i = 0; i < LINK_BUNDLES; i++)
        if (link->bundles[i].entry_count > 0)
            return false;
    return true;
}
