// SPDX-License-Identifier: Apache-2.0
//
// stand: what chance leaves of a ranking.
#pragma once

#include "client/ranking.h"

// stand ranks the rows of a ranking whose spread is known and fills their
// estimates: values and intervals of all, ranks left open and bands of the
// ranked.  Where no spread is known the raw values rank.  STATUS_SYSTEM: no
// memory.
MUST_USE enum status stand(struct ranking *ranking);
