// SPDX-License-Identifier: Apache-2.0
//
// source: the text a map's source has in one row.
#pragma once

#include "common/config/map.h"
#include "terminal/fault.h"
#include "terminal/rows.h"
#include "terminal/scratch.h"

// Of one row; key is its natural key as text, once it is known.
struct source_row {
    const struct import_map *map;
    const struct row *row;
    const char *key;
    struct scratch *scratch;
};

enum source_result { SOURCE_IS_TEXT, SOURCE_IS_ABSENT, SOURCE_IS_FAULTY };

// source_text gives the text (NUL-terminated, lent by the scratch; after HEX or
// HASH any bytes), or says that the field is absent or the row faulty.
enum source_result source_text(const struct source_row *row,
                               const struct source *source, struct span *text,
                               struct fault *fault);

// source_column names the column a source reads, "" for none.
const char *source_column(const struct import_map *map,
                          const struct source *source);
