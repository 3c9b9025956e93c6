// SPDX-License-Identifier: Apache-2.0
#include "console/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS_MIN = 20, COLUMNS_MAX = 10000 };

static bool
has_colour(void)
{
    const char *refused = getenv("NO_COLOR");
    const char *kind = getenv("TERM");

    return !(refused && refused[0]) && kind && strcmp(kind, "dumb") != 0;
}

// columns_named reads COLUMNS; 0 when it says nothing of use.
static size_t
columns_named(void)
{
    const char *named = getenv("COLUMNS");
    unsigned long columns = named ? strtoul(named, NULL, 10) : 0;

    return columns >= COLUMNS_MIN && columns <= COLUMNS_MAX ? columns : 0;
}

struct screen
screen_of_output(void)
{
    struct winsize size = {0};
    struct screen screen = {.is_terminal = isatty(STDOUT_FILENO) == 1};

    if (!screen.is_terminal)
        return screen;
    screen.is_colour = has_colour();
    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    screen.columns = size.ws_col > 0 ? size.ws_col : columns_named();
    screen.rows = size.ws_row;
    return screen;
}

struct grid_look
screen_look(const struct screen *screen)
{
    return (struct grid_look){.width = screen->columns,
                              .is_colour = screen->is_colour};
}

bool
screen_show(const struct screen *screen, const char *text, size_t length)
{
    size_t lines = 0;

    if (!screen->is_terminal) {
        fwrite(text, 1, length, stdout);
        return fflush(stdout) == 0;
    }
    fputs("\033[H", stdout);
    for (const char *at = text, *end = text + length; at < end; lines++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t bytes = (size_t)((line_end ? line_end : end) - at);
        if (screen->rows > 0 && lines + 1 >= screen->rows)
            break; // the cursor's line stays free
        fwrite(at, 1, bytes, stdout);
        fputs("\033[K\n", stdout);
        at += bytes + 1;
    }
    fputs("\033[J", stdout);
    return fflush(stdout) == 0;
}
