// SPDX-License-Identifier: Apache-2.0
//
// text: a growing piece of text, and the escapes of what goes into it.
//
// A failure (no memory) sticks: nothing more is added and text_take gives
// NULL, so that only the end needs a check.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *data; // ends in a NUL that is not counted
    size_t used, capacity;
    bool failed;
};

void text_fini(struct text *text);

// text_take gives the text away, to be freed by the caller; NULL on failure.
char *text_take(struct text *text, size_t *length);

void text_put(struct text *text, const char *string);
void text_bytes(struct text *text, const char *bytes, size_t length);
__attribute__((format(printf, 2, 3))) void text_format(struct text *text,
                                                       const char *format, ...);

// text_json adds a quoted JSON string (RFC 8259).  Bytes that are not UTF-8
// become U+FFFD, one each; "<" is written as an escape, so that the text is
// harmless wherever it is pasted.  NULL gives null.
void text_json(struct text *text, const char *string);

// text_csv adds a CSV cell of text (RFC 4180).  A cell that a spreadsheet
// would take for a formula gets a leading apostrophe.
void text_csv(struct text *text, const char *string);

// text_plain adds text for a terminal: control characters become "?".
void text_plain(struct text *text, const char *string);
