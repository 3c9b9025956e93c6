// SPDX-License-Identifier: Apache-2.0
//
// text: what is fit to be a name, an id or a line on a terminal.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/span.h"

// text_step returns the length of the UTF-8 character at the front of bytes,
// 0 when there is none (overlong forms and surrogates are none).
size_t text_step(struct span bytes);

// text_is_clean: valid UTF-8 without control characters, maybe empty.
bool text_is_clean(struct span text);

// text_make_clean replaces what is not clean by '?', in place.
void text_make_clean(char *text);

// text_is_word: 1..max printable ASCII bytes, no white space (dealer ids).
bool text_is_word(struct span text, size_t max);

// text_is_id: 1..max of A-Z a-z 0-9 _ - . and not digits alone (ids of rules).
bool text_is_id(struct span text, size_t max);

// text_is fits for keywords: equal to a constant.
bool text_is(struct span text, const char *word);

// text_copy copies into out[capacity], NUL-terminated; false when it does not
// fit.
bool text_copy(struct span text, char *out, size_t capacity);

// text_whole reads an optional sign and digits, no leading zeros needed or
// minded; false when it is none or leaves int64.
bool text_whole(struct span text, int64_t *out);
