// SPDX-License-Identifier: Apache-2.0
//
// problems: what a reader of configuration must say, and texts to say it of.
// Include after cmocka.h.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config/problem.h"
#include "common/config/programme.h"
#include "common/span.h"

// A change to a good text and the problem it makes.
struct flaw {
    const char *good, *bad; // the first `good` in the text becomes `bad`
    unsigned line;
    const char *key, *says; // says: part of the sentence
};

// text_with_flaw returns a copy the caller frees; `good` must be there.
static inline char *
text_with_flaw(const char *text, const struct flaw *flaw)
{
    const char *at = strstr(text, flaw->good);
    assert_non_null(at);
    size_t before = (size_t)(at - text), bad = strlen(flaw->bad);
    const char *rest = at + strlen(flaw->good);
    char *copy = malloc(before + bad + strlen(rest) + 1);

    assert_non_null(copy);
    memcpy(copy, text, before);
    memcpy(copy + before, flaw->bad, bad);
    memcpy(copy + before + bad, rest, strlen(rest) + 1);
    return copy;
}

// expect_problem fails, showing all problems, unless one is as told.
static inline void
expect_problem(const struct problems *problems, const char *file, unsigned line,
               const char *key, const char *says)
{
    for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++) {
        const struct problem *problem = &problems->list[i];
        if (strcmp(problem->file, file) == 0 && problem->line == line &&
            strcmp(problem->key, key) == 0 && strstr(problem->text, says))
            return;
    }
    print_error("wanted %s:%u: %s: ...%s..., got %zu:\n", file, line, key, says,
                problems->count);
    problems_print(problems);
    fail();
}

// sample_take reads a file of the source tree; the caller frees it.
static inline char *
sample_take(const char *name, size_t *length)
{
    static struct problems problems;
    char path[4096], *data;

    (void)snprintf(path, sizeof path, "%s/%s", SOURCE_ROOT, name);
    assert_int_equal(file_take(path, 1 << 24, &data, length, &problems),
                     STATUS_OK);
    return data;
}

static inline uint32_t
dice(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

// mutate changes a few places of text[length]; room is three times as large.
static inline size_t
mutate(char *text, size_t length, uint64_t *state)
{
    static const char *const tokens[] = {"\n",
                                         ":",
                                         ": ",
                                         "- ",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         "\"",
                                         "'",
                                         "&a ",
                                         "*a",
                                         "~",
                                         "-1",
                                         "99999999999999999999",
                                         "\t",
                                         "\r\n",
                                         "\xff",
                                         "0",
                                         "| ",
                                         "!!x ",
                                         "\xe4",
                                         ",",
                                         "#",
                                         "",
                                         "null",
                                         "mean_x",
                                         "HQ",
                                         "%",
                                         "\\",
                                         "2026-02-30",
                                         "---\n",
                                         "? ",
                                         "999999999999d"};
    uint32_t changes = 1 + dice(state) % 4;

    while (changes-- > 0 && length > 0) {
        size_t at = dice(state) % length;
        size_t chunk = dice(state) % 64;
        const char *token =
            tokens[dice(state) % (sizeof tokens / sizeof *tokens)];
        size_t wide = strlen(token);
        if (chunk > length - at)
            chunk = length - at;
        switch (dice(state) % 4) {
        case 0: // overwrite a byte
            text[at] = (char)dice(state);
            break;
        case 1: // put a token in
            memmove(text + at + wide, text + at, length - at);
            memcpy(text + at, token, wide);
            length += wide;
            break;
        case 2: // take a piece out
            memmove(text + at, text + at + chunk, length - at - chunk);
            length -= chunk;
            break;
        default: // say a piece twice
            memmove(text + at + chunk, text + at, length - at);
            length += chunk;
            break;
        }
    }
    return length;
}
