// SPDX-License-Identifier: Apache-2.0
//
// text_width: how many columns of a terminal a text takes: Chinese characters
// two, marks that join the letter before none.
#pragma once

#include "client/buffer.h"

// text_width measures UTF-8, whatever the locale is.  What is no character or
// cannot be shown takes one.
size_t text_width(const char *text);

// text_fit adds as much of a text as fits into `width` columns, filled up with
// spaces before (right) or behind; what is cut ends in "…".
void text_fit(struct buffer *out, const char *text, size_t width, bool right);
