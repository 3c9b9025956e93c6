// SPDX-License-Identifier: Apache-2.0
//
// settings: the configuration file, and what the command line says instead.
#pragma once

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "client/dealerpulse.h"
#include "common/config/config.h"

struct settings {
    // As typed; NULL or 0: not.
    const char *config_file, *spool, *name, *role;
    size_t dealer_count, collector_count;
    const char *dealers[CONFIG_DEALERS_MAX];
    const char *collectors[CONFIG_ENDPOINTS_MAX];
    char collector_names[CONFIG_ENDPOINTS_MAX][ENDPOINT_MAX + CONFIG_KEY_MAX];

    struct config config;
};

// settings_argp has the options every command takes; a command makes it its
// first child and gives it its struct settings as input.
extern const struct argp settings_argp;

// settings_load reads the file and puts what was typed over it.  0, or an exit
// code after saying what is wrong.
int settings_load(struct settings *settings);
void settings_free(struct settings *settings);

// settings_options gives what dealerpulse_open wants; lent by settings.  Where
// nobody named a dealer the role is headquarters', if hq_by_default.
struct dealerpulse_options settings_options(struct settings *settings,
                                            bool hq_by_default);

// exit_code_of is the exit code a failure stands for.
int exit_code_of(enum dealerpulse_status status);
