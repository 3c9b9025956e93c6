// SPDX-License-Identifier: Apache-2.0
//
// assets: the files of this folder as bytes of the program; embed.cmake writes
// the source.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct asset {
    const char *name; // "style.css"
    const char *type; // Content-Type
    const uint8_t *bytes;
    size_t length;
};

extern const struct asset assets[];
extern const size_t asset_count;
