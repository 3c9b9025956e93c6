// SPDX-License-Identifier: Apache-2.0
//
// simulate_words: what some of the fleet's customers say besides their answers.
#pragma once

#include "common/crypto/words.h"
#include "common/domain/event.h"

// words_of gives the comment of an event, NULL for most, and its salt; always
// the same for the same event.
const char *words_of(const struct event *event, uint8_t salt[WORDS_SALT_SIZE]);
