// SPDX-License-Identifier: Apache-2.0
//
// natural_key: what tells one row of a file from every other.
#pragma once

#include "terminal/source.h"

struct natural_key_value {
    struct span bytes; // part of the event ids
    const char *text;  // for sources of kind KEY
};

// natural_key_read forms the key of a row (map.h, struct natural_key); lent by
// the row's scratch.  False, with a fault, when it has none.
bool natural_key_read(const struct source_row *row,
                      struct natural_key_value *key, struct fault *fault);
