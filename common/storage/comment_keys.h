// SPDX-License-Identifier: Apache-2.0
//
// comment_keys: one key for each comment, in the file dir/keys/comments.
//
// Slots of one size, numbered from 1 and only appended; a sealed comment names
// its slot.  A key is on disk before the journal record that needs it, and is
// never rebuilt.  To erase is to write zeros over it where it stands, which
// LMDB could not do: it never writes in place (decision 0015).  One process
// appends; any may read and erase meanwhile.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/domain/event.h"
#include "common/span.h"
#include "common/status.h"

enum { COMMENT_KEY_SIZE = 32 };

struct comment_keys;

// comment_keys_open opens the file, made if missing unless read_only
// (STATUS_UNAVAILABLE then: no comment was ever kept).  dir/keys exists.
// A reader may erase; it does not append.
enum comment_keys_use {
    COMMENT_KEYS_READ,
    COMMENT_KEYS_ERASE,
    COMMENT_KEYS_APPEND
};
MUST_USE enum status comment_keys_open(struct comment_keys **out,
                                       const char *dir,
                                       enum comment_keys_use use);
void comment_keys_close(struct comment_keys *keys); // NULL is fine

// What a slot says.  dealer is lent.
struct comment_key {
    struct span dealer; // 1..DEALER_ID_MAX bytes: whom the event is about
    struct event_id id;
    int64_t occurred_at;
    bool erased;
    uint8_t bytes[COMMENT_KEY_SIZE]; // of an erased one, zeros
};

// comment_keys_append puts a key into the next slot.  It counts from the next
// comment_keys_commit on; a slot is used again when that fails.
MUST_USE enum status comment_keys_append(struct comment_keys *keys,
                                         const struct comment_key *key,
                                         uint64_t *slot);

// comment_keys_commit returns when everything appended is on disk; at once
// when nothing was.  STATUS_FULL: none of it was kept.
MUST_USE enum status comment_keys_commit(struct comment_keys *keys);

// comment_keys_get reads a slot; key->dealer is lent until the next call.
// STATUS_NOT_FOUND: there is no such slot.  STATUS_CORRUPT: damaged.
MUST_USE enum status comment_keys_get(struct comment_keys *keys, uint64_t slot,
                                      struct comment_key *key);

// comment_keys_walk shows every slot, damaged ones as far as they can be read,
// and destroys the keys for which visit returns true; they are gone for good
// when it returns.
MUST_USE enum status comment_keys_walk(
    struct comment_keys *keys,
    bool (*visit)(void *context, uint64_t slot, const struct comment_key *key),
    void *context);
