// SPDX-License-Identifier: Apache-2.0
//
// fake_aggregator: a thread that answers queries as the aggregator does, from
// what the test gives it.
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "client/tally_table.h"
#include "common/crypto/digest.h"
#include "common/transport/inbox.h"
#include "common/wire/query.h"

struct fake_aggregator {
    struct transport *transport;
    struct inbox *inbox;
    pthread_t thread;
    atomic_bool stop;
    _Atomic uint64_t position; // of the store and of every answer
    atomic_bool silent;        // takes questions and says nothing
    atomic_bool spoil;         // publications do not match their hash
    atomic_bool refuse;        // answers STORE_FULL
    atomic_uint tally_questions;
    const char *programme, *dealers; // texts, lent
    const struct tally_table *table; // lent
    uint8_t *bytes;
};

enum { FAKE_BYTES = 1 << 24 };

static inline void
fake_hash(const char *text, uint8_t hash[HASH_SIZE])
{
    digest(span_text(text), hash, HASH_SIZE);
}

static inline void
fake_status(struct fake_aggregator *fake, struct writer *writer)
{
    static const uint8_t store[16] = {0xab, 0xcd};
    uint8_t programme[HASH_SIZE], dealers[HASH_SIZE];
    uint32_t months[64];
    size_t count = tally_table_months(fake->table, months, 64);

    fake_hash(fake->programme, programme);
    fake_hash(fake->dealers, dealers);
    struct store_status status = {
        .store = span_of(store, sizeof store),
        .incarnation = 1,
        .journal_position = fake->position,
        .events = 1234,
        .last_commit_at_ms = 1793836000000,
        .programme_hash = span_of(programme, HASH_SIZE),
        .dealers_hash = span_of(dealers, HASH_SIZE),
        .fold_version = 1,
    };
    answer_status(writer, &status, months, count);
}

static inline void
fake_publication(struct fake_aggregator *fake, const struct query *query,
                 struct writer *writer)
{
    bool is_programme = query->kind == PUBLICATION_PROGRAMME;
    const char *text = is_programme ? fake->programme : fake->dealers;
    uint8_t hash[HASH_SIZE];

    fake_hash(text, hash);
    struct publication publication = {
        .kind = query->kind,
        .hash = span_of(hash, HASH_SIZE),
        .content = span_text(fake->spoil ? text + 1 : text),
    };
    answer_publication(writer, &publication);
}

static inline void
fake_tallies(struct fake_aggregator *fake, const struct query *query,
             struct writer *writer)
{
    atomic_fetch_add(&fake->tally_questions, 1);
    for (size_t i = 0; i < fake->table->row_count; i++) {
        const struct tally_table_row *row = &fake->table->rows[i];
        if (row->month >= query->first_month && row->month <= query->last_month)
            answer_tally(writer, row->month, span_text(row->dealer), row->slice,
                         fake->table->counters + row->first,
                         fake->table->values + row->first, row->used);
    }
}

static inline size_t
fake_answer(struct fake_aggregator *fake, const struct query *query)
{
    struct writer writer = writer_on(fake->bytes, FAKE_BYTES);

    answer_begin(&writer, query->number, fake->position);
    if (fake->refuse)
        answer_error(&writer, CODE_STORE_FULL, "no room for this question");
    else if (query->question == QUESTION_STATUS)
        fake_status(fake, &writer);
    else if (query->question == QUESTION_PUBLICATION)
        fake_publication(fake, query, &writer);
    else if (query->question == QUESTION_TALLIES)
        fake_tallies(fake, query, &writer);
    return answer_end(&writer);
}

static inline void *
fake_run(void *closure)
{
    struct fake_aggregator *fake = closure;

    while (!fake->stop) {
        struct waitable item = inbox_waitable(fake->inbox);
        struct frame frame;
        struct peer peer;
        struct query query;
        if (wait_any(&item, 1, 20) != STATUS_OK)
            continue;
        frame_init(&frame);
        while (inbox_receive(fake->inbox, &peer, &frame) == STATUS_OK) {
            if (query_read(frame_span(&frame), &query) == CODE_NONE &&
                !fake->silent) {
                size_t length = fake_answer(fake, &query);
                assert_true(length > 0);
                assert_int_equal(inbox_send(fake->inbox, &peer,
                                            span_of(fake->bytes, length)),
                                 STATUS_OK);
            }
            frame_close(&frame);
            frame_init(&frame);
        }
        frame_close(&frame);
    }
    return NULL;
}

// fake_start answers on a free port; fake_endpoint says which.
static inline void
fake_start(struct fake_aggregator *fake, const char *programme,
           const char *dealers, const struct tally_table *table)
{
    *fake = (struct fake_aggregator){
        .programme = programme, .dealers = dealers, .table = table};
    fake->position = table->position;
    fake->bytes = malloc(FAKE_BYTES);
    assert_non_null(fake->bytes);
    assert_int_equal(transport_open(&fake->transport, 1), STATUS_OK);
    assert_int_equal(
        inbox_open(&fake->inbox, fake->transport, "tcp://127.0.0.1:0", 65536),
        STATUS_OK);
    assert_int_equal(pthread_create(&fake->thread, NULL, fake_run, fake), 0);
}

static inline const char *
fake_endpoint(const struct fake_aggregator *fake)
{
    return inbox_endpoint(fake->inbox);
}

static inline void
fake_stop(struct fake_aggregator *fake)
{
    fake->stop = true;
    pthread_join(fake->thread, NULL);
    inbox_close(fake->inbox);
    transport_close(fake->transport);
    free(fake->bytes);
}
