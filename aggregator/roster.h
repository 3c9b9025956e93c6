// SPDX-License-Identifier: Apache-2.0
//
// roster: the numbers dealers have inside this store.
//
// In order of first publication, from 1; headquarters ("HQ") is 0.  Derived
// from the journal's publications alone, so a rebuild gives the same numbers.
#pragma once

#include "common/domain/directory.h"
#include "common/status.h"

struct roster;

MUST_USE enum status roster_open(struct roster **out);
void roster_close(struct roster *roster); // NULL is fine

// roster_add numbers every dealer of a directory that has no number yet.
MUST_USE enum status roster_add(struct roster *roster,
                                const struct directory *directory);

// roster_find tells a dealer's number; false when it has none.
bool roster_find(const struct roster *roster, struct span id, uint32_t *number);

// roster_id lends the id behind a number, empty when there is none.
struct span roster_id(const struct roster *roster, uint32_t number);
