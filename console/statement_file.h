// SPDX-License-Identifier: Apache-2.0
//
// statement_file: an issued statement: its head, its disclosure pack and the
// signature of both, a line each.
//
// The signature is Ed25519 over the first two lines with their ends, in 128
// hexadecimal digits.  Files lie in one folder for all periods, as
// FIRST..LAST/DEALER.VERSION.statement, are written once and never changed;
// each names the digest of the version before.  Characters of a dealer's id
// other than letters, digits, "_" and "-" are written as %XX in the name.
#pragma once

#include "common/crypto/sign.h"
#include "console/statement_head.h"

enum {
    STATEMENT_BYTES_MAX = 64 * 1024 * 1024,
    STATEMENT_PROBLEM_MAX = 256,
    STATEMENT_PATH_MAX = 4096,
};

// statement_file_make writes a whole file.  head->pack and head->signer are
// filled in; pack is a line with its end.
void statement_file_make(struct statement_head *head, struct span pack,
                         const struct key_pair *key, struct buffer *text);

// statement_file_read takes a file apart and checks all that it says of itself:
// form, digest of the pack, signature by the key it names.  *pack is lent from
// bytes.  False leaves a sentence in problem.
bool statement_file_read(struct span bytes, struct statement_head *head,
                         struct span *pack,
                         char problem[STATEMENT_PROBLEM_MAX]);

// statement_path writes the name of a version's file; false when it does not
// fit.
bool statement_path(char path[STATEMENT_PATH_MAX], const char *folder,
                    const struct statement_head *head);

// statement_latest reads the newest version of head's dealer and period into
// it, and the digest of the whole file; version 0: there is none.  False leaves
// a sentence naming the file that is damaged or cannot be read.
bool statement_latest(const char *folder, struct statement_head *head,
                      uint8_t digest_out[TRACE_HASH_SIZE],
                      char problem[STATEMENT_PROBLEM_MAX]);

// statement_store writes a new file, complete and on disk or not at all.
// STATUS_BUSY: there is one of this version already; STATUS_FULL,
// STATUS_SYSTEM: errno says why not.
MUST_USE enum status statement_store(const char *folder,
                                     const struct statement_head *head,
                                     const struct buffer *text);
