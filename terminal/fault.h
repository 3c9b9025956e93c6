// SPDX-License-Identifier: Apache-2.0
//
// fault: why a row, or one event of it, was not taken.
#pragma once

#include "common/config/map.h"
#include "common/domain/outcome.h"
#include "common/span.h"

enum { FAULT_TEXT_MAX = 200 };

struct fault {
    enum code code;
    char column[MAP_NAME_MAX + 64]; // as the file names it, or the field; or ""
    char text[FAULT_TEXT_MAX];
};

// fault_set fills it, fit for a screen; text NULL: the code's own sentence.
// Returns false, so that a reader can end with it.
bool fault_set(struct fault *fault, enum code code, const char *column,
               const char *text);
