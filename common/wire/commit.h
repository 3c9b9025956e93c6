// SPDX-License-Identifier: Apache-2.0
//
// commit: one journal record (proto/ledger.proto), without its checksum.
#pragma once

#include "common/wire/envelope.h"

enum publication_kind {
    PUBLICATION_NONE,
    PUBLICATION_PROGRAMME,
    PUBLICATION_DEALERS,
    PUBLICATION_QUARANTINE
};

struct publication {
    enum publication_kind kind;
    struct span hash; // 32 bytes
    struct span content;
};

struct commit {
    uint64_t position;
    struct span previous; // 32 bytes
    int64_t committed_at_ms;
    struct repeated parcels;   // batch_next_parcel
    struct repeated conflicts; // commit_next_conflict
    bool has_publication;
    struct publication publication;
};

struct conflict {
    struct span terminal;
    uint64_t epoch;
    struct delivery delivery;
};

// commit_read checks a whole record; STATUS_CORRUPT when it is not one.
MUST_USE enum status commit_read(struct span bytes, struct commit *commit);
bool commit_next_conflict(struct repeated *conflicts,
                          struct conflict *conflict);

// Writing: begin, parcels (parcel_begin ... parcel_end, or parcel_copy for one
// taken whole), conflicts, at most one publication, end.
void commit_begin(struct writer *writer, uint64_t position,
                  const uint8_t previous[HASH_SIZE], int64_t committed_at_ms);
void parcel_copy(struct writer *writer, struct span bytes);
void commit_conflict(struct writer *writer, struct span terminal,
                     uint64_t epoch, const struct delivery *delivery);
void commit_publication(struct writer *writer,
                        const struct publication *publication);
size_t commit_end(struct writer *writer);
