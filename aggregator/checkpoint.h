// SPDX-License-Identifier: Apache-2.0
//
// checkpoint: the thread that writes frozen generations into state/.
//
// It only reads the frozen generation and is handed one at a time:
//   idle -> (writer_start) writing -> written -> (writer_release) clearing
//        -> idle
// While it is idle it moves what a pending checkpoint left into place, in steps
// so short and so far apart that a journal's sync hardly meets one.
#pragma once

#include "aggregator/cache.h"

struct checkpoint_writer;

MUST_USE enum status checkpoint_writer_open(struct checkpoint_writer **out,
                                            struct state *state,
                                            struct cache *cache);
// checkpoint_writer_close waits for what it is doing; NULL is fine.
void checkpoint_writer_close(struct checkpoint_writer *writer);

// checkpoint_writer_fd becomes readable when a generation is written.
int checkpoint_writer_fd(const struct checkpoint_writer *writer);

// checkpoint_writer_is_idle: the next generation may be frozen.
bool checkpoint_writer_is_idle(struct checkpoint_writer *writer);

// checkpoint_writer_is_settled: idle, and everything is in its place.
bool checkpoint_writer_is_settled(struct checkpoint_writer *writer);

// checkpoint_writer_start: the cache's frozen generation is to be written.
void checkpoint_writer_start(struct checkpoint_writer *writer,
                             enum checkpoint_kind kind);

// checkpoint_writer_result: STATUS_AGAIN while it writes, else the result of
// the write; after STATUS_OK call cache_flushed, then ..._release.
enum status checkpoint_writer_result(struct checkpoint_writer *writer);

// checkpoint_writer_release lets it clear the written generation.
void checkpoint_writer_release(struct checkpoint_writer *writer);

// checkpoint_writer_wait waits until it has nothing to do but be told.
void checkpoint_writer_wait(struct checkpoint_writer *writer);
