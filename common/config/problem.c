// SPDX-License-Identifier: Apache-2.0
#include "common/config/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/config/text.h"

// Keys and values come out of foreign files and end up on terminals.
static void
copy_printable(char out[PROBLEM_TEXT_MAX], const char *text)
{
    (void)snprintf(out, PROBLEM_TEXT_MAX, "%s", text ? text : "");
    text_make_clean(out);
}

void
problem_add(struct problems *problems, const char *file, unsigned line,
            const char *key, const char *format, ...)
{
    size_t index = problems->count++;
    if (index >= PROBLEMS_MAX)
        return;

    struct problem *problem = &problems->list[index];
    char text[PROBLEM_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);

    copy_printable(problem->file, file);
    copy_printable(problem->key, key);
    copy_printable(problem->text, text);
    problem->line = line;
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
