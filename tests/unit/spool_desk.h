// SPDX-License-Identifier: Apache-2.0
//
// spool_desk: a spool in a folder of its own, and what was seen in it.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "client/spool.h"
#include "common/crypto/digest.h"
#include "tests/support/temp_dir.h"

enum { NOW = 1000000, PLENTY = 1 << 30, SEEN_MAX = 600 };

struct desk {
    char folder[TEMP_DIR_MAX];
    char path[TEMP_DIR_MAX + 32];
    struct spool *spool;
    char error[SPOOL_ERROR_MAX];
    size_t seen_count;
    struct spool_event seen[SEEN_MAX];
    char text[SEEN_MAX][32];
};

static inline enum status
reopen(struct desk *desk, uint64_t max_bytes)
{
    spool_close(desk->spool);
    desk->spool = NULL;
    return spool_open(&desk->spool, desk->path, max_bytes, false, desk->error);
}

static inline int
open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk || crypto_start() != STATUS_OK)
        return -1;
    if (temp_dir_make(desk->folder) != 0)
        return -1;
    snprintf(desk->path, sizeof desk->path, "%s/spool.db", desk->folder);
    *state = desk;
    return reopen(desk, PLENTY) == STATUS_OK ? 0 : -1;
}

static inline int
close_desk(void **state)
{
    struct desk *desk = *state;

    spool_close(desk->spool);
    int removed = temp_dir_remove(desk->folder);
    free(desk);
    return removed;
}

static inline struct spool_entry
entry(uint8_t number, const char *body)
{
    struct spool_entry entry = {.body = span_text(body)};
    entry.id.bytes[0] = number;
    return entry;
}

static inline uint64_t
append(struct desk *desk, uint8_t number, const char *body)
{
    struct spool_entry one = entry(number, body);
    uint64_t seq = 0;
    assert_int_equal(spool_append(desk->spool, &one, 1, NOW, &seq), STATUS_OK);
    return seq;
}

static inline bool
note(void *context, const struct spool_event *event)
{
    struct desk *desk = context;
    size_t at = desk->seen_count++;

    assert_true(at < SEEN_MAX);
    desk->seen[at] = *event;
    snprintf(desk->text[at], sizeof desk->text[at], "%.*s",
             (int)event->body.length, (const char *)event->body.data);
    return true;
}

static inline size_t
waiting(struct desk *desk, uint64_t after)
{
    struct spool_cursor cursor = {.after = after};

    // A cursor of this revision, or it would begin anew.
    struct spool_head told;
    assert_int_equal(spool_head(desk->spool, &told), STATUS_OK);
    cursor.revision = told.revision;
    desk->seen_count = 0;
    assert_int_equal(spool_waiting(desk->spool, &cursor, note, desk),
                     STATUS_OK);
    assert_true(cursor.after >= told.last_seq);
    return desk->seen_count;
}

// all counts every event in the spool.
static inline size_t
all(struct desk *desk, bool kept_as_well)
{
    desk->seen_count = 0;
    assert_int_equal(spool_all(desk->spool, kept_as_well, note, desk),
                     STATUS_OK);
    return desk->seen_count;
}

static inline size_t
due(struct desk *desk, int64_t now)
{
    desk->seen_count = 0;
    assert_int_equal(spool_due(desk->spool, now, note, desk), STATUS_OK);
    return desk->seen_count;
}

static inline void
settle_at(struct desk *desk, uint64_t seq, enum code code, uint32_t after_ms,
          uint64_t position)
{
    struct outcome outcome = outcome_of(code, NULL);
    struct settlement settlement = {.seq = seq,
                                    .kind = outcome.kind,
                                    .code = code,
                                    .after_ms = after_ms,
                                    .position = position,
                                    .field = span_text("dealer"),
                                    .text = span_text("why not")};
    assert_int_equal(spool_settle(desk->spool, &settlement, 1, NOW), STATUS_OK);
}

static inline void
settle(struct desk *desk, uint64_t seq, enum code code, uint32_t after_ms)
{
    settle_at(desk, seq, code, after_ms, 1);
}

// release drops what a backup up to this position holds; how many.
static inline uint64_t
release(struct desk *desk, uint64_t position)
{
    uint64_t count = 1, sum = 0;

    while (count > 0) {
        assert_int_equal(spool_release(desk->spool, position, &count),
                         STATUS_OK);
        sum += count;
    }
    return sum;
}

static inline struct spool_head
head(struct desk *desk)
{
    struct spool_head told;
    assert_int_equal(spool_head(desk->spool, &told), STATUS_OK);
    return told;
}

#define WITH_DESK(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)
