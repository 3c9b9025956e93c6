// SPDX-License-Identifier: Apache-2.0
//
// pantry: answers made once for a snapshot, for everybody who asks the same.
//
// A snapshot has one and takes it along, so that nothing in it is ever old.
// It is small: when it is full, what was asked for longest ago goes.  Before
// the next snapshot is shown, what was asked for is made for that one, too
// (pantry_visit), so that nobody waits for what everybody looks at.  Any
// thread.
#pragma once

#include "reporter/response.h"

enum {
    PANTRY_PORTIONS_MAX = 64,
    PANTRY_PORTION_BYTES = 1 << 20, // larger ones are not kept
    PANTRY_BYTES = 16 << 20,
};

struct pantry;

struct pantry *pantry_alloc(void);       // NULL: no memory
void pantry_free(struct pantry *pantry); // NULL is fine

// pantry_take copies the answer to an address with an etag, which names whom it
// is for; false: it is not there.  NULL pantry: nothing is.
bool pantry_take(struct pantry *pantry, const char *raw, const char *etag,
                 struct response *response);

// pantry_put keeps a copy of an answer with a body; who asked is remembered.
// Without memory nothing happens.
void pantry_put(struct pantry *pantry, const char *raw,
                const struct viewer *viewer, bool is_asked,
                const struct response *response);

// pantry_visit calls `each` for up to `most` of the addresses that somebody
// asked for, the latest first, until it returns false.
void pantry_visit(struct pantry *pantry, size_t most,
                  bool (*each)(void *context, const char *raw,
                               const struct viewer *viewer),
                  void *context);
