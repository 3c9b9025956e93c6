// SPDX-License-Identifier: Apache-2.0
//
// oracle: what must hold when a world has come to rest.
//
//   every event has its outcome, and what is acknowledged is stored (books.h)
//   no number is reported missing that is not
//   the tallies are those of a slow count over all stored events, which shares
//   no code with the fold
//   the checkpoint is, byte for byte, what folding the journal anew gives
//   sending everything again changes nothing
#pragma once

#include "tests/simulation/world.h"

void oracle_judge_world(struct world *world);

// oracle_send_again brings back every spool, restarts the aggregator and lets
// everything be sent once more.
void oracle_send_again(struct world *world);

// Parts of the first: of oracle_refold.c, oracle_figures.c.
void oracle_refold(struct world *world);
void oracle_figures(struct world *world);
