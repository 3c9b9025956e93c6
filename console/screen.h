// SPDX-License-Identifier: Apache-2.0
//
// screen: what standard output is: a terminal of some size and colour, or a
// file or pipe, which has no bounds.
#pragma once

#include "client/grid_table.h"

struct screen {
    bool is_terminal, is_colour;
    size_t columns, rows; // 0: no bounds
};

// screen_of_output looks; the size is that of now.  Colour only on a terminal
// that can, and not with NO_COLOR set (https://no-color.org).  COLUMNS gives
// the width where nothing else does.
struct screen screen_of_output(void);

// screen_look is how tables look on it.
struct grid_look screen_look(const struct screen *screen);

// screen_show draws a text over what was there, from the top: what a terminal
// shows is replaced without flicker.  Elsewhere it just follows.  Lines
// beyond its height are left out.  False: standard output is gone.
bool screen_show(const struct screen *screen, const char *text, size_t length);
