// SPDX-License-Identifier: Apache-2.0
//
// target: what a browser asks for: a path and its parameters, decoded.
//
// Everything is bounded and copied; nothing in a target is a path to a file.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    TARGET_MAX = 2048, // bytes as sent
    TARGET_PATH_MAX = 128,
    TARGET_PARAMS_MAX = 8,
    TARGET_NAME_MAX = 32,
    TARGET_VALUE_MAX = 256,
};

struct target_param {
    char name[TARGET_NAME_MAX], value[TARGET_VALUE_MAX];
};

struct target {
    char path[TARGET_PATH_MAX];
    size_t param_count;
    struct target_param params[TARGET_PARAMS_MAX];
};

// target_read reads "/path?name=value&..." and returns NULL, or a sentence
// saying what is wrong with it.
const char *target_read(struct target *target, const char *raw);

// target_set adds a parameter that is not there, or gives an empty one a value;
// false when there is no room.
bool target_set(struct target *target, const char *name, const char *value);

// target_param returns a parameter's value, NULL when it is not there or
// empty.
const char *target_param(const struct target *target, const char *name);
