// SPDX-License-Identifier: Apache-2.0
//
// ledger_parts: what journal records and answers have in common.  Internal to
// common/wire.
#pragma once

#include "common/wire/commit.h"
#include "common/wire/put.h"

bool publication_read(struct span bytes, struct publication *publication);
void publication_put(struct writer *writer, uint32_t field,
                     const struct publication *publication);
