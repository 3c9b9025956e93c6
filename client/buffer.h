// SPDX-License-Identifier: Apache-2.0
//
// text: a growing piece of text, and the escapes of what goes into it.
//
// A failure (no memory) sticks: nothing more is added and buffer_take gives
// NULL, so that only the end needs a check.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data; // ends in a NUL that is not counted
    size_t used, capacity;
    bool failed;
};

void buffer_fini(struct buffer *text);

// buffer_take gives the text away, to be freed by the caller; NULL on failure.
char *buffer_take(struct buffer *text, size_t *length);

void buffer_put(struct buffer *text, const char *string);
void buffer_bytes(struct buffer *text, const char *bytes, size_t length);
__attribute__((format(printf, 2, 3))) void
buffer_format(struct buffer *text, const char *format, ...);

// buffer_json adds a quoted JSON string (RFC 8259).  Bytes that are not UTF-8
// become U+FFFD, one each; "<" is written as an escape, so that the text is
// harmless wherever it is pasted.  NULL gives null.
void buffer_json(struct buffer *text, const char *string);

// buffer_csv adds a CSV cell of text (RFC 4180).  A cell that a spreadsheet
// would take for a formula gets a leading apostrophe.
void buffer_csv(struct buffer *text, const char *string);

// buffer_plain adds text for a terminal: control characters become "?".
void buffer_plain(struct buffer *text, const char *string);
