// SPDX-License-Identifier: Apache-2.0
//
// deliveries: what was told to the webhook, and what became of it: a file that
// is only appended to, mode 0600, one JSON object a line:
//   {"at":"2026-11-02T08:00:00Z","id":"<32 hex digits>","result":"delivered",
//    "http":200,"problem":null,"body":{...}}
// result is delivered, refused (the other side will not have it: not tried
// again), failed (to be tried again) or replay (somebody wants it sent again).
//
// The file is the memory: what is in it as delivered or refused is settled.  A
// crash between an answer and its line tells the same once more, under the same
// id.  The reporter and `dealerpulse deliveries` append to it, each line in one
// write.
#pragma once

#include "client/buffer.h"
#include "common/status.h"

// X(name, text)
#define DELIVERY_RESULT_MAP(X)                                                 \
    X(DELIVERED, "delivered")                                                  \
    X(REFUSED, "refused")                                                      \
    X(FAILED, "failed")                                                        \
    X(REPLAY, "replay")

enum delivery_result {
#define X(name, text) DELIVERY_##name,
    DELIVERY_RESULT_MAP(X)
#undef X
        DELIVERY_RESULT_COUNT
};

const char *delivery_result_name(enum delivery_result result);

enum { DELIVERY_ID_TEXT = 32, DELIVERY_AT_TEXT = 20, DELIVERY_BODY_MAX = 8192 };

struct delivery_line {
    char at[DELIVERY_AT_TEXT + 1];
    char id[DELIVERY_ID_TEXT + 1];
    enum delivery_result result;
    long http;           // 0: no answer came
    const char *problem; // NULL: none
    const char *body;    // JSON, as sent
};

// deliveries_append writes a line and syncs it.  False with errno: it is not
// there, or not certain to be.
bool deliveries_append(const char *path, const struct delivery_line *line);

// deliveries_read gives every whole line from *offset on to `take`, with what
// it lends until that returns, and moves *offset behind them. STATUS_NOT_FOUND:
// there is no file (yet).  A line that a power cut left unfinished is passed
// over: what it said is told again.
MUST_USE enum status
deliveries_read(const char *path, long *offset,
                void (*take)(void *context, const struct delivery_line *line),
                void *context);
