// SPDX-License-Identifier: Apache-2.0
//
// keys: the little that is never rebuilt: which store this is, and how often
// it was restored.  Committed before the first journal record that needs it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

enum { STORE_ID_SIZE = 16 };

struct store_identity {
    uint8_t id[STORE_ID_SIZE];
    uint32_t incarnation; // from 1
};

// keys_identity reads the identity kept in dir/keys, or makes fresh_id the
// store's id there (incarnation 1) when there is none.
MUST_USE enum status keys_identity(const char *dir,
                                   const uint8_t fresh_id[STORE_ID_SIZE],
                                   struct store_identity *identity);

// keys_read reads the identity of a store that has one (STATUS_NOT_FOUND or
// STATUS_UNAVAILABLE: there is none) and changes nothing.
MUST_USE enum status keys_read(const char *dir,
                               struct store_identity *identity);

// keys_set_incarnation gives the store in dir another incarnation.
MUST_USE enum status keys_set_incarnation(const char *dir,
                                          uint32_t incarnation);
