// SPDX-License-Identifier: Apache-2.0
//
// text: what may stand in a name.  utf8_valid is in event_code.h.
#pragma once

#include <stdbool.h>

#include "common/span.h"

// text_is_name: printable ASCII without white space, not empty.
bool text_is_name(struct span text);
