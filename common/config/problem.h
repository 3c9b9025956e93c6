// SPDX-License-Identifier: Apache-2.0
//
// problem: what is wrong with a file, where, and what would be right.
#pragma once

#include <stddef.h>

enum { PROBLEM_TEXT_MAX = 256, PROBLEMS_MAX = 64 };

struct problem {
    char file[PROBLEM_TEXT_MAX];
    unsigned line;              // 0: the file as a whole
    char key[PROBLEM_TEXT_MAX]; // "items[3].scale"
    char text[PROBLEM_TEXT_MAX];
};

struct problems {
    size_t count; // may exceed PROBLEMS_MAX; the first ones are kept
    struct problem list[PROBLEMS_MAX];
};

__attribute__((format(printf, 5, 6))) void
problem_add(struct problems *problems, const char *file, unsigned line,
            const char *key, const char *format, ...);

// problems_print writes one line each to stderr: "file:line: key: text".
void problems_print(const struct problems *problems);
