// SPDX-License-Identifier: Apache-2.0
//
// statement_head: the first line of an issued statement: whose it is, what it
// pays, and what it stands on (docs/REBATE.md, "An issued statement").
//
// The line is JSON in the canonical form of the pack: there is one way to write
// a head, so that no byte of it can change unnoticed.
#pragma once

#include "client/buffer.h"
#include "client/trace.h"

enum statement_kind {
    STATEMENT_PROVISIONAL,
    STATEMENT_FINAL,
    STATEMENT_RESTATEMENT, // what a FINAL one would pay by now
};

struct statement_head {
    char dealer[DEALER_ID_MAX + 1];
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX]; // months, "2026-10"
    uint32_t version; // 1.. of this dealer and period
    enum statement_kind kind;
    int64_t issued_ms; // since 1970
    int64_t amount_fen;
    bool has_score;
    int64_t score_micro;
    // RESTATEMENT: against the version before, else 0; a missing score is 0.
    int64_t delta_fen, delta_score_micro;
    uint64_t journal_position; // of the head of the journal's chain
    uint8_t head[TRACE_HASH_SIZE];
    uint8_t programme_hash[TRACE_HASH_SIZE];
    uint8_t figures[TRACE_HASH_SIZE];  // of what was counted and came of it
    uint8_t pack[TRACE_HASH_SIZE];     // of the second line
    bool has_previous;                 // from version 2 on
    uint8_t previous[TRACE_HASH_SIZE]; // of the whole version before
    uint8_t signer[TRACE_HASH_SIZE];   // public key, Ed25519
};

// statement_kind_name returns "PROVISIONAL", "FINAL" or "RESTATEMENT".
const char *statement_kind_name(enum statement_kind kind);

// statement_head_write adds the line, with its end.
void statement_head_write(const struct statement_head *head,
                          struct buffer *text);

// statement_head_read reads a line, without its end.  False: it is no head, or
// not as statement_head_write writes it.
bool statement_head_read(struct span line, struct statement_head *head);

// statement_hex writes the digits of `size` bytes and a NUL.
void statement_hex(const uint8_t *bytes, size_t size, char *text);
// statement_unhex wants 2 * size digits of the small alphabet.
bool statement_unhex(struct span text, uint8_t *bytes, size_t size);
