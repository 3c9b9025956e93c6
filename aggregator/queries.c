// SPDX-License-Identifier: Apache-2.0
#include "aggregator/queries.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/runtime/clock.h"

enum {
    WAITING_MAX = 256,
    WAIT_MAX_MS = 60000,
    LOOK_AGAIN_MS = 20, // for those who wait for a position
};

// A query that waits for the fold to reach a position.
struct waiting {
    struct peer peer;
    struct query query; // hash points into `hash`
    uint8_t hash[HASH_SIZE];
    int64_t until; // steady ms
};

struct queries {
    struct inbox *inbox;
    struct answers answers;
    struct access *access;
    pthread_t thread;
    bool has_thread;
    int stop_fd;
    size_t waiting_count;
    struct waiting waiting[WAITING_MAX];
};

static void
refuse(struct queries *queries, const struct peer *peer, uint64_t number,
       enum code code, const char *text)
{
    uint8_t room[512];
    struct writer writer = writer_on(room, sizeof room);

    answer_begin(&writer, number, 0);
    answer_error(&writer, code, text);
    size_t length = answer_end(&writer);
    // A peer that is gone or does not read asks again.
    (void)!inbox_send(queries->inbox, peer, span_of(room, length));
}

static void
answer(struct queries *queries, const struct peer *peer,
       const struct query *query)
{
    void *bytes;
    size_t length;

    if (answers_make(&queries->answers, query, &bytes, &length) != STATUS_OK) {
        refuse(queries, peer, query->number, CODE_STORE_FULL,
               "the store could not be read");
        return;
    }
    (void)!inbox_send_taken(queries->inbox, peer, bytes, length);
}

// is_reached tells whether the checkpoint has come to where a query waits.
static bool
is_reached(struct queries *queries, const struct query *query)
{
    uint64_t position;

    return query->wait_position == 0 ||
           answers_position(&queries->answers, &position) != STATUS_OK ||
           position >= query->wait_position;
}

static void
keep_waiting(struct queries *queries, const struct peer *peer,
             const struct query *query)
{
    if (queries->waiting_count == WAITING_MAX) {
        refuse(queries, peer, query->number, CODE_OVER_QUOTA,
               "too many questions wait for a position");
        return;
    }
    uint32_t wait_ms =
        query->wait_ms < WAIT_MAX_MS ? query->wait_ms : WAIT_MAX_MS;
    struct waiting *waiting = &queries->waiting[queries->waiting_count++];
    *waiting = (struct waiting){
        .peer = *peer, .query = *query, .until = clock_steady_ms() + wait_ms};
    if (query->hash.length == HASH_SIZE) {
        memcpy(waiting->hash, query->hash.data, HASH_SIZE);
        waiting->query.hash = span_of(waiting->hash, HASH_SIZE);
    }
}

// may_ask tells whether a peer may have this answer now.
static bool
may_ask(struct queries *queries, const struct peer *peer,
        const struct query *query)
{
    enum role role;

    if (!access_admits(queries->access, ACCESS_QUERIES, peer, &role))
        return false;
    return role != ROLE_COLLECTOR || query->question == QUESTION_STATUS ||
           query->question == QUESTION_PUBLICATION;
}

static void
take_question(struct queries *queries, const struct peer *peer,
              struct frame *frame)
{
    struct query query;

    enum code code = query_read(frame_span(frame), &query);
    if (code != CODE_NONE)
        refuse(queries, peer, 0, code, code_text(code));
    else if (!may_ask(queries, peer, &query))
        refuse(queries, peer, query.number, CODE_NOT_PERMITTED,
               "this key may not ask this");
    else if (is_reached(queries, &query))
        answer(queries, peer, &query);
    else
        keep_waiting(queries, peer, &query);
}

static void
take_questions(struct queries *queries)
{
    struct peer peer;
    struct frame frame;

    frame_init(&frame);
    for (;;) {
        enum status status = inbox_receive(queries->inbox, &peer, &frame);
        if (status == STATUS_MALFORMED)
            continue;
        if (status != STATUS_OK)
            break;
        take_question(queries, &peer, &frame);
        frame_close(&frame);
    }
}

// look_again answers those whose position has come or whose time is up.
static void
look_again(struct queries *queries)
{
    int64_t now = clock_steady_ms();
    size_t left = 0;

    for (size_t i = 0; i < queries->waiting_count; i++) {
        struct waiting *waiting = &queries->waiting[i];
        if (now >= waiting->until || is_reached(queries, &waiting->query)) {
            if (may_ask(queries, &waiting->peer, &waiting->query))
                answer(queries, &waiting->peer, &waiting->query);
            continue;
        }
        if (left != i) {
            queries->waiting[left] = *waiting;
            if (waiting->query.hash.length)
                queries->waiting[left].query.hash =
                    span_of(queries->waiting[left].hash, HASH_SIZE);
        }
        left++;
    }
    queries->waiting_count = left;
}

static void *
run(void *argument)
{
    struct queries *queries = argument;
    struct waitable items[2] = {inbox_waitable(queries->inbox),
                                {.fd = queries->stop_fd}};

    for (;;) {
        enum status status =
            wait_any(items, 2, queries->waiting_count ? LOOK_AGAIN_MS : -1);
        if (items[1].ready || status == STATUS_SYSTEM)
            return NULL;
        take_questions(queries);
        look_again(queries);
    }
}

enum status
queries_open(struct queries **out, struct inbox *inbox,
             const struct answers *answers, struct access *access)
{
    struct queries *queries = calloc(1, sizeof *queries);
    if (!queries)
        return STATUS_SYSTEM;
    queries->answers = *answers;
    queries->access = access;
    queries->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    queries->inbox = inbox;
    queries->has_thread =
        queries->stop_fd >= 0 &&
        pthread_create(&queries->thread, NULL, run, queries) == 0;
    if (!queries->has_thread) {
        queries_close(queries);
        return STATUS_SYSTEM;
    }
    *out = queries;
    return STATUS_OK;
}

void
queries_close(struct queries *queries)
{
    if (!queries)
        return;
    if (queries->has_thread) {
        (void)eventfd_write(queries->stop_fd, 1);
        pthread_join(queries->thread, NULL);
    }
    if (queries->stop_fd >= 0)
        close(queries->stop_fd);
    inbox_close(queries->inbox);
    free(queries);
}
