// SPDX-License-Identifier: Apache-2.0
#include "common/config/problem.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/config/text.h"

// Keys and values come out of foreign files and end up on terminals.
static void
copy_printable(char out[PROBLEM_TEXT_MAX], const char *text)
{
    (void)snprintf(out, PROBLEM_TEXT_MAX, "%s", text ? text : "");
    text_make_clean(out);
}

static bool
same(const struct problem *a, const struct problem *b)
{
    return a->line == b->line && strcmp(a->file, b->file) == 0 &&
           strcmp(a->key, b->key) == 0 && strcmp(a->text, b->text) == 0;
}

// What is read twice would be told twice.
static bool
is_told(const struct problems *problems, const struct problem *problem)
{
    for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++)
        if (same(&problems->list[i], problem))
            return true;
    return false;
}

void
problem_add(struct problems *problems, const char *file, unsigned line,
            const char *key, const char *format, ...)
{
    struct problem problem = {.line = line};
    char text[PROBLEM_TEXT_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    copy_printable(problem.file, file);
    copy_printable(problem.key, key);
    copy_printable(problem.text, text);
    if (is_told(problems, &problem))
        return;
    if (problems->count < PROBLEMS_MAX)
        problems->list[problems->count] = problem;
    problems->count++;
}

static void
print_one(const struct problem *problem)
{
    (void)fprintf(stderr, "%s:", problem->file);
    if (problem->line > 0)
        (void)fprintf(stderr, "%u:", problem->line);
    if (problem->key[0])
        (void)fprintf(stderr, " %s:", problem->key);
    (void)fprintf(stderr, " %s\n", problem->text);
}

void
problems_print(const struct problems *problems)
{
    for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++)
        print_one(&problems->list[i]);
    if (problems->count > PROBLEMS_MAX)
        (void)fprintf(stderr, "... and %zu more problems\n",
                      problems->count - PROBLEMS_MAX);
}
