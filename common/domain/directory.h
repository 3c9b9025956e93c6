// SPDX-License-Identifier: Apache-2.0
//
// directory: the dealers HQ lists, effective-dated (dealers.csv).
//
// A dealer has one row per change of region, owner, brand, size or status; a
// row holds from its instant until the next one's.  The numbers tallies are
// kept under are the aggregator's (in order of first publication) and stay
// inside its store.  common/config reads it and owns its memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/domain/event.h"

enum {
    DEALER_NAME_MAX = 400, // bytes: a hundred Chinese characters and more
    DEALER_TAG_MAX = 32,
    SCOPE_MAX = 64, // of a scope's name, with NUL
};

struct dealer_row {
    int64_t from;                   // ms UTC; INT64_MIN: always
    char name[DEALER_NAME_MAX + 1]; // UTF-8, may be empty
    char region[DEALER_TAG_MAX + 1], brand[DEALER_TAG_MAX + 1];
    char size[DEALER_TAG_MAX + 1], group[DEALER_TAG_MAX + 1]; // owner
    char status[DEALER_TAG_MAX + 1];
};

struct dealer {
    char id[DEALER_ID_MAX + 1]; // no white space; never "HQ"
    size_t row_count;
    const struct dealer_row *rows; // ascending from, at least one
};

struct directory {
    size_t dealer_count;
    const struct dealer *dealers; // in the order of the file
    // by_id[i] is an index into dealers; ascending id (memcmp order).
    const uint32_t *by_id;
    // A hash table of indexes + 1, 0 where nobody is: directory_index.
    const uint32_t *places;
    uint32_t place_mask;
};

// directory_place_count tells how many places an index of so many dealers
// takes.  directory_index fills that many, all zero before and lent for as long
// as the directory lives; without it directory_find finds nobody.
size_t directory_place_count(size_t dealer_count);
void directory_index(struct directory *directory, uint32_t *places);

// directory_find returns the dealer with this id, NULL when there is none.
const struct dealer *directory_find(const struct directory *directory,
                                    struct span id);

// dealer_at returns the row that holds at an instant (the first row before).
const struct dealer_row *dealer_at(const struct dealer *dealer, int64_t at);

// dealer_is_closed tells whether a row says that the dealer has closed: one
// with nothing in a period is then not listed in it.
bool dealer_is_closed(const struct dealer_row *row);

// dealer_in_scope tells whether a row belongs to "nation", "region:X",
// "brand:X", "size:X" or "group:X" (a dealer group: who owns it).  peer.h knows
// "peer:X" as well.  scope_valid tells whether a scope has one of these forms,
// peer:X included.
bool dealer_in_scope(const struct dealer_row *row, const char *scope);
bool scope_valid(const char *scope);

enum { SCOPE_KINDS = 4 };

// scope_kind returns the nth kind of scope a column of the directory makes,
// "region" first, and *tag, a row's own.
const char *scope_kind(size_t nth, const struct dealer_row *row,
                       const char **tag);
