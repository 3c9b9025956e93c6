// SPDX-License-Identifier: Apache-2.0
#include "reporter/live.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/runtime/clock.h"

enum { LISTENERS_MAX = 200, BLOCK_BYTES = 512, BEAT_MS = 15000 };

struct listener {
    struct live *live;
    struct MHD_Connection *connection;
    struct listener *next, *before;
    struct viewer viewer;
    bool is_suspended, has_begun;
    uint64_t position; // last told
    int64_t told_ms;   // when anything was last said
};

struct live {
    struct shelf *shelf; // lent
    struct door *door;   // lent; NULL: nobody is asked for a token
    pthread_mutex_t lock;
    struct listener *first;
    size_t count;
    bool is_ending;
};

enum status
live_open(struct live **out, struct shelf *shelf, struct door *door)
{
    struct live *live = calloc(1, sizeof *live);
    if (!live)
        return STATUS_SYSTEM;
    live->shelf = shelf;
    live->door = door;
    if (pthread_mutex_init(&live->lock, NULL) != 0) {
        free(live);
        return STATUS_SYSTEM;
    }
    *out = live;
    return STATUS_OK;
}

void
live_close(struct live *live)
{
    if (!live)
        return;
    pthread_mutex_destroy(&live->lock);
    free(live);
}

static int
figures_event(const struct listener *listener, uint64_t events, char *text,
              size_t size)
{
    char more[48] = "";

    if (listener->viewer.reach == REACH_HQ)
        (void)snprintf(more, sizeof more, ",\"events\":%" PRIu64, events);
    return snprintf(text, size,
                    "id: %" PRIu64 "\nevent: figures\n"
                    "data: {\"position\":%" PRIu64 "%s}\n\n",
                    listener->position, listener->position, more);
}

// may_hear tells whether a listener's token is still good.
static bool
may_hear(const struct listener *listener)
{
    struct door *door = listener->live->door;

    return !door || door_still(door, &listener->viewer, clock_wall_ms(),
                               clock_steady_ms());
}

// news writes what a listener has not heard; 0: nothing.
static int
news(struct listener *listener, char *text, size_t size)
{
    struct snapshot *snapshot = shelf_hold(listener->live->shelf);
    int64_t now = clock_steady_ms();
    int length = 0;

    if (snapshot && (!listener->has_begun ||
                     listener->position != snapshot->table->position)) {
        listener->position = snapshot->table->position;
        listener->has_begun = true;
        length = figures_event(listener, snapshot->facts.events, text, size);
    } else if (now - listener->told_ms >= BEAT_MS) {
        length = snprintf(text, size, ": still here\n\n");
    }
    snapshot_drop(snapshot);
    if (length > 0)
        listener->told_ms = now;
    return length;
}

// speak is called by the library when a listener could be told something.
static ssize_t
speak(void *closure, uint64_t at, char *text, size_t size)
{
    struct listener *listener = closure;
    struct live *live = listener->live;

    (void)at;
    pthread_mutex_lock(&live->lock);
    int length = live->is_ending || !may_hear(listener)
                     ? -1
                     : news(listener, text, size);
    if (length == 0) {
        listener->is_suspended = true;
        MHD_suspend_connection(listener->connection);
    }
    pthread_mutex_unlock(&live->lock);
    return length < 0 ? MHD_CONTENT_READER_END_OF_STREAM : length;
}

static void
hang_up(void *closure)
{
    struct listener *listener = closure;
    struct live *live = listener->live;

    pthread_mutex_lock(&live->lock);
    if (listener->before)
        listener->before->next = listener->next;
    else
        live->first = listener->next;
    if (listener->next)
        listener->next->before = listener->before;
    live->count--;
    pthread_mutex_unlock(&live->lock);
    free(listener);
}

// take_place puts a new listener among the others; NULL when there are enough.
static struct listener *
take_place(struct live *live, struct MHD_Connection *connection,
           const struct viewer *viewer)
{
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return NULL;
    *listener = (struct listener){.live = live,
                                  .connection = connection,
                                  .viewer = *viewer,
                                  .told_ms = clock_steady_ms()};
    pthread_mutex_lock(&live->lock);
    bool is_full = live->count >= LISTENERS_MAX || live->is_ending;
    if (!is_full) {
        listener->next = live->first;
        if (live->first)
            live->first->before = listener;
        live->first = listener;
        live->count++;
    }
    pthread_mutex_unlock(&live->lock);
    if (!is_full)
        return listener;
    free(listener);
    return NULL;
}

enum MHD_Result
live_listen(struct live *live, struct MHD_Connection *connection,
            const struct viewer *viewer, bool *is_full,
            bool (*add_headers)(struct MHD_Response *wire))
{
    struct listener *listener = take_place(live, connection, viewer);

    *is_full = !listener;
    if (!listener)
        return MHD_NO;
    struct MHD_Response *wire = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_BYTES, speak, listener, hang_up);
    if (!wire) {
        hang_up(listener);
        return MHD_NO;
    }
    // A listener is idle most of the time.
    MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
    enum MHD_Result result = MHD_NO;
    if (add_headers(wire) &&
        MHD_add_response_header(wire, "Content-Type", "text/event-stream") ==
            MHD_YES)
        result = MHD_queue_response(connection, MHD_HTTP_OK, wire);
    MHD_destroy_response(wire); // calls hang_up once nobody uses it
    return result;
}

void
live_wake(struct live *live)
{
    pthread_mutex_lock(&live->lock);
    for (struct listener *at = live->first; at; at = at->next)
        if (at->is_suspended) {
            at->is_suspended = false;
            MHD_resume_connection(at->connection);
        }
    pthread_mutex_unlock(&live->lock);
}

void
live_end(struct live *live)
{
    pthread_mutex_lock(&live->lock);
    live->is_ending = true;
    pthread_mutex_unlock(&live->lock);
    live_wake(live);
}
