// SPDX-License-Identifier: Apache-2.0
//
// yaml_inner: what a tree is made of, for the files that make it up.
#pragma once

#include <yaml.h>

#include "common/config/yaml_tree.h"

// A key somebody asked a mapping for.
struct asked {
    int map;
    const char *key;
};

struct tree {
    yaml_document_t document;
    const char *file;
    struct problems *problems;
    size_t problems_before;
    uint8_t *known; // by number of the key's node, from 1
    struct asked *asked;
    size_t asked_count, asked_capacity;
};
