// SPDX-License-Identifier: Apache-2.0
//
// yaml_value: the values nodes hold.
//
// Each reader returns true and writes *out when the node holds such a value.
// A node that is not there is no problem (node_need has said so already) and
// leaves *out, the default, alone; anything else is recorded.
#pragma once

#include "common/config/when.h"
#include "common/config/yaml_tree.h"

// node_text: clean UTF-8, one line, 1 to capacity - 1 bytes.
bool node_text(struct node node, char *out, size_t capacity);

// node_id: letters, digits, "_", "-", "."; not digits alone.
bool node_id(struct node node, char *out, size_t capacity);

// node_whole: digits, unquoted, within min..max.
bool node_whole(struct node node, int64_t min, int64_t max, int64_t *out);

// node_micro: a number with at most six decimals, "82.5", unquoted, within
// min..max, in micro.
bool node_micro(struct node node, int64_t min, int64_t max, int64_t *out);

// node_bool: true or false, unquoted.
bool node_bool(struct node node, bool *out);

// node_duration: "24h" and the like (when_duration), 0..max_ms.
bool node_duration(struct node node, int64_t max_ms, int64_t *out);

// node_size: bytes, "64MiB", "1GiB", "1TiB", within min..max.
bool node_size(struct node node, uint64_t min, uint64_t max, uint64_t *out);

// node_choice: one of words[0..count); *out is its index.
bool node_choice(struct node node, const char *const *words, size_t count,
                 size_t *out);
