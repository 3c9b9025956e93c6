// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config/yaml_inner.h"

// How a node is reached: as a mapping's value, or at a place of a list.
struct step {
    int holder; // 0: the root, or nobody has reached it
    int key;    // 0: at `place`
    size_t place;
};

struct walk {
    struct tree *tree;
    struct step *steps; // by number, from 1
};

static const yaml_node_t *
node_of(const struct tree *tree, int number)
{
    return &tree->document.nodes.start[number - 1];
}

static int
print_key(const struct tree *tree, int number, char *out, size_t capacity)
{
    const yaml_node_t *key = node_of(tree, number);

    return snprintf(out, capacity, "%.*s", (int)key->data.scalar.length,
                    (const char *)key->data.scalar.value);
}

// The steps from the root to a node, as "items[3].scale".
static void
write_path(const struct walk *walk, int number, char path[PROBLEM_TEXT_MAX])
{
    struct step way[YAML_DEPTH_MAX];
    size_t count = 0, used = 0;

    for (; walk->steps[number].holder != 0 && count < YAML_DEPTH_MAX;
         number = walk->steps[number].holder)
        way[count++] = walk->steps[number];
    path[0] = '\0';
    while (count-- > 0 && used + 1 < PROBLEM_TEXT_MAX) {
        char *out = path + used;
        size_t room = PROBLEM_TEXT_MAX - used;
        int wrote = 0;
        if (way[count].key == 0)
            wrote = snprintf(out, room, "[%zu]", way[count].place);
        else if (used == 0)
            wrote = print_key(walk->tree, way[count].key, out, room);
        else if (room > 2) {
            *out = '.';
            wrote =
                1 + print_key(walk->tree, way[count].key, out + 1, room - 1);
        }
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

enum { KNOWN_MAX = 190 };

// known_here lists what was asked for in a mapping, as far as there is room.
static void
known_here(const struct tree *tree, int map, char text[KNOWN_MAX])
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < tree->asked_count; i++) {
        if (tree->asked[i].map != map)
            continue;
        bool room =
            used + strlen(tree->asked[i].key) + sizeof ", , ..." <= KNOWN_MAX;
        int wrote =
            snprintf(text + used, KNOWN_MAX - used, "%s%s", used ? ", " : "",
                     room ? tree->asked[i].key : "...");
        used += wrote > 0 ? (size_t)wrote : 0;
        if (!room)
            return;
    }
}

static void
report(const struct walk *walk, int map, int key)
{
    struct tree *tree = walk->tree;
    char path[PROBLEM_TEXT_MAX], known[KNOWN_MAX];

    write_path(walk, key, path);
    known_here(tree, map, known);
    problem_add(tree->problems, tree->file,
                (unsigned)node_of(tree, key)->start_mark.line + 1, path,
                "is not known here; known: %s", known);
}

static void
walk_map(const struct walk *walk, int number)
{
    const yaml_node_t *map = node_of(walk->tree, number);

    for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
         pair < map->data.mapping.pairs.top; pair++) {
        struct step step = {number, pair->key, 0};
        if (walk->tree->known[pair->key]) {
            walk->steps[pair->value] = step;
            continue;
        }
        walk->steps[pair->key] = step; // the key stands for what it names
        report(walk, number, pair->key);
        if (walk->tree->problems->count > PROBLEMS_MAX)
            return;
    }
}

static void
walk_list(const struct walk *walk, int number)
{
    const yaml_node_t *list = node_of(walk->tree, number);
    size_t place = 0;

    for (const yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++)
        walk->steps[*item] = (struct step){number, 0, place++};
}

// A holder has a smaller number than what it holds, so one pass is enough;
// what is below an unknown key is never reached.
bool
tree_finish(struct tree *tree)
{
    int count = (int)(tree->document.nodes.top - tree->document.nodes.start);
    struct walk walk = {tree, calloc((size_t)count + 1, sizeof(struct step))};

    if (!walk.steps) {
        problem_add(tree->problems, tree->file, 0, "", "no memory to read it");
        return false;
    }
    for (int number = 1; number <= count; number++) {
        if (tree->problems->count > PROBLEMS_MAX)
            break; // nobody reads more of them
        if (number > 1 && walk.steps[number].holder == 0)
            continue;
        yaml_node_type_t type = node_of(tree, number)->type;
        if (type == YAML_MAPPING_NODE)
            walk_map(&walk, number);
        if (type == YAML_SEQUENCE_NODE)
            walk_list(&walk, number);
    }
    free(walk.steps);
    return tree->problems->count == tree->problems_before;
}
