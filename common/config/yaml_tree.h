// SPDX-License-Identifier: Apache-2.0
//
// yaml_tree: a YAML file as nodes that know where they stand.
//
// Whoever reads a tree asks each mapping for the keys it knows.  What was
// never asked for is an unknown key, and whatever is wrong is recorded with
// file, line and key path, so that a reader can go on and find everything at
// once.  Duplicate keys, anchors and a second document are problems.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/config/problem.h"
#include "common/span.h"
#include "common/status.h"

enum { YAML_BYTES_MAX = 4 * 1024 * 1024, YAML_DEPTH_MAX = 32 };

struct tree;

enum node_kind { NODE_ABSENT, NODE_SCALAR, NODE_LIST, NODE_MAP };

// A node is a value, good until tree_close.
struct node {
    struct tree *tree;
    int number;                  // 0: not there
    char path[PROBLEM_TEXT_MAX]; // "items[3].scale"
};

// tree_open parses text, which it does not keep.  STATUS_MALFORMED with
// problems.  file and problems must outlive the tree.
MUST_USE enum status tree_open(struct tree **out, struct span text,
                               const char *file, struct problems *problems);

// tree_finish reports every key nobody asked for and tells whether no problem
// was added since tree_open.
bool tree_finish(struct tree *tree);
void tree_close(struct tree *tree);

struct node tree_root(struct tree *tree);

enum node_kind node_kind(struct node node);
unsigned node_line(struct node node);

// node_get returns a mapping's value, or one that is not there.  node_need
// records a problem when it is not there; node_need_like says in it what
// should be.
struct node node_get(struct node map, const char *key);
struct node node_need(struct node map, const char *key);
struct node node_need_like(struct node map, const char *key, const char *what);

// node_list and node_map tell whether a node is one, and record a problem
// when it is there but is not.
bool node_list(struct node node);
bool node_map(struct node node);

// node_count returns how many members a list or mapping has.
size_t node_count(struct node node);
struct node node_at(struct node list, size_t index);

// node_pair returns the value of a mapping's nth pair and its key: for mappings
// whose keys are the user's own.
struct node node_pair(struct node map, size_t index, struct span *key);

// node_raw lends a scalar's text; plain tells whether it is unquoted.
struct span node_raw(struct node node, bool *plain);

__attribute__((format(printf, 2, 3))) void
node_problem(struct node node, const char *format, ...);
