// SPDX-License-Identifier: Apache-2.0
#include "console/pace.h"

#include <stdlib.h>
#include <time.h>

enum { EVERY_MAX_S = 3600, TIMES_MAX = 1000000 };

// number_of reads a whole number from 1 to `most`, or ends the program with a
// sentence.
static unsigned long
number_of(const char *text, unsigned long most, struct argp_state *state)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*end || text[0] < '1' || text[0] > '9' || number > most)
        argp_error(state, "\"%s\" is not a number from 1 to %lu", text, most);
    return number;
}

error_t
pace_option(struct pace *pace, int key, const char *argument,
            struct argp_state *state)
{
    switch (key) {
    case PACE_EVERY:
        pace->every_ms =
            (int64_t)number_of(argument, EVERY_MAX_S, state) * 1000;
        return 0;
    case PACE_TIMES:
        pace->left = number_of(argument, TIMES_MAX, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

bool
pace_next(struct pace *pace)
{
    const struct timespec rest = {.tv_sec = pace->every_ms / 1000};

    if (pace->left == 1)
        return false;
    if (pace->left > 0)
        pace->left -= 1;
    (void)nanosleep(&rest, NULL);
    return true;
}
