// SPDX-License-Identifier: Apache-2.0
//
// id_text: an event id as people read it (RFC 9562).
#pragma once

#include <stdint.h>

enum { ID_TEXT_SIZE = 37 };

// id_text_put writes 8-4-4-4-12 lower-case hex digits.
void id_text_put(char text[ID_TEXT_SIZE], const uint8_t id[16]);
