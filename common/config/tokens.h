// SPDX-License-Identifier: Apache-2.0
//
// tokens: who may read what the reporter shows, and until when.
//
// A CSV file of mode 0600, columns by their header, in any order:
//   name     whose token it is: 1 to 32 characters, in the audit log
//   scope    hq | region:X | dealer:Y
//   hash     BLAKE2b-256 of the token, 64 hex digits: the token is kept nowhere
//   created  RFC 3339, for people
//   until    RFC 3339 or a date (midnight UTC): good before
//   status   active | revoked
// Of one name at most one row is active.
//
// A list never changes once it is made: a new file makes a new one, whole or
// not at all.
#pragma once

#include <stdint.h>

#include "common/config/problem.h"
#include "common/span.h"
#include "common/status.h"

enum {
    TOKENS_BYTES_MAX = 16 * 1024 * 1024,
    TOKENS_MAX = 50000,
    TOKEN_NAME_MAX = 32,
    TOKEN_SUBJECT_MAX = 32, // of a region's name, of a dealer's id
    TOKEN_DIGEST_BYTES = 32,
    TOKEN_SCOPE_TEXT = 48,
};

// How much of everything a token shows.  Zero is nothing.
enum reach { REACH_NOTHING, REACH_DEALER, REACH_REGION, REACH_HQ };

struct token_row {
    char name[TOKEN_NAME_MAX + 1];
    enum reach reach;
    char subject[TOKEN_SUBJECT_MAX + 1]; // the region or the dealer, or ""
    uint8_t hash[TOKEN_DIGEST_BYTES];
    int64_t created, until; // ms UTC
    bool revoked;
    unsigned line; // in the file, from 1
};

struct token_list {
    size_t count;
    struct token_row rows[]; // as in the file
};

// tokens_read validates the text completely; file names it in problems.
// STATUS_MALFORMED with problems.  A file of a header alone lets nobody in.
MUST_USE enum status tokens_read(struct span text, const char *file,
                                 struct token_list **out,
                                 struct problems *problems);

// tokens_load does so with a file.  STATUS_NOT_FOUND: it cannot be read;
// STATUS_UNAVAILABLE: others may read or change it, or it is not ours.  The
// caller frees the list.
MUST_USE enum status tokens_load(const char *path, struct token_list **out,
                                 struct problems *problems);

// token_is_good: not revoked, and before its end.
bool token_is_good(const struct token_row *row, int64_t now_ms);

// token_scope_read reads "hq", "region:X" or "dealer:Y" into a row.
bool token_scope_read(struct span text, struct token_row *row);

// token_scope_text writes it back; "" for nothing.
void token_scope_text(enum reach reach, const char *subject,
                      char text[TOKEN_SCOPE_TEXT]);
