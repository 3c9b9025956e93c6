// SPDX-License-Identifier: Apache-2.0
//
// config_parts: what the files that read dealerpulse.yaml share.
#pragma once

#include "common/config/config.h"
#include "common/config/yaml_value.h"

// The file being read: its folder, up to and with the last slash.
struct place {
    const char *path;
    size_t folder;
};

// config_path reads a path, relative to the file; out holds the default.
void config_path(const struct place *place, struct node node,
                 char out[PATH_MAX]);
void config_endpoint(struct node node, char out[ENDPOINT_MAX]);

// config_key reads a public key.
void config_key(struct node node, char out[CONFIG_KEY_MAX]);

// config_listeners reads collector.listen, an endpoint or a list, and
// collector.advertise; collector->key has been read.
void config_listeners(const struct place *place, struct node collector,
                      struct collector_config *config);

// config_collectors reads terminal.collectors.
void config_collectors(struct node list, struct terminal_config *config);
