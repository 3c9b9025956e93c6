// SPDX-License-Identifier: Apache-2.0
//
// stint: the months of a period that a dealer spent under one row of the
// directory.
//
// Most dealers have none: they stayed where they were, and every scope has all
// of them or nothing.
#pragma once

#include "client/figures.h"

// stints_open gives a dealer, already summed, its stints if its row changed
// within the figures' months.  STATUS_FULL, STATUS_SYSTEM: as figures_open.
// stints_close frees them.
MUST_USE enum status stints_open(struct figures_dealer *dealer,
                                 const struct figures *figures,
                                 const struct dealer *listed);
void stints_close(struct figures_dealer *dealer);

// stint_part finds what a dealer has of a scope: all of it, or the months in
// which it belonged there, with the last row of those; NULL in *part when it
// never did.  Lent until the figures are closed; one thread at a time, as
// sums of several stints are kept with the figures.  The scope's name is
// shorter than SCOPE_MAX.  STATUS_FULL, STATUS_SYSTEM: as figures_open.
MUST_USE enum status stint_part(const struct figures_dealer **part,
                                const struct figures *figures,
                                const struct figures_dealer *dealer,
                                const char *scope);

struct stint_joint; // sums of several stints of a dealer

void stint_joints_free(struct stint_joint **joints); // NULL is fine
