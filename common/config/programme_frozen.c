// SPDX-License-Identifier: Apache-2.0
//
// What a dimension is judged by, frozen before the period: thresholds and
// shrinkage, and those of peer groups that have their own.
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/domain/peer.h"

enum { FROZEN_MAX = SCHEME_DIMENSIONS_MAX * PEERS_MAX };

// A dimension in one peer group.
struct frozen {
    size_t dimension;
    uint8_t peer;
    struct points_scale scale;
    bool is_shrunken;
    struct shrink shrink;
};

static void
read_scale(struct node node, struct points_scale *scale)
{
    struct node floor = node_need(node, "floor_ppm");
    struct node threshold = node_need(node, "threshold_ppm");
    struct node benchmark = node_need(node, "benchmark_ppm");

    if (!node_whole(floor, 0, POINTS_PPM, &scale->floor) ||
        !node_whole(threshold, 0, POINTS_PPM, &scale->threshold) ||
        !node_whole(benchmark, 0, POINTS_PPM, &scale->benchmark))
        return;
    const char *problem = points_scale_problem(scale);
    if (problem)
        node_problem(scale->floor > scale->threshold ? floor : threshold,
                     "%s; it must be floor <= threshold <= benchmark", problem);
}

// {mean_micro: 71970370, strength_micro: 688640}, or flat: true for no spread.
static void
read_shrink(struct node node, struct shrink *shrink, bool *is_shrunken)
{
    // Of what is counted per thousand a value reaches 1000.
    const int64_t most = 1000 * (int64_t)POINTS_MICRO;

    if (node_kind(node) == NODE_ABSENT || !node_map(node))
        return;
    *is_shrunken = true;
    node_whole(node_need(node, "mean_micro"), -most, most, &shrink->mean_micro);
    node_bool(node_get(node, "flat"), &shrink->is_flat);
    if (!shrink->is_flat)
        node_whole(node_need(node, "strength_micro"), 0, INT64_C(1000000000000),
                   &shrink->strength_micro);
}

static uint8_t
read_peer(const struct programme_draft *draft, struct node node,
          size_t dimension)
{
    const struct rulebook *book = draft->book;
    char id[RULE_ID_MAX + 1] = "";
    uint8_t peer = 0;

    if (!node_id(node, id, sizeof id))
        return PEER_NONE;
    while (peer < book->peer_count && strcmp(book->peers[peer].id, id) != 0)
        peer++;
    if (peer == book->peer_count) {
        node_problem(node, "must be the id of one of the peers");
        return PEER_NONE;
    }
    for (size_t i = 0; i < draft->frozen_count; i++)
        if (draft->frozen[i].dimension == dimension &&
            draft->frozen[i].peer == peer)
            node_problem(node, "%s is listed twice", id);
    return peer;
}

// Without a shrink of its own a group has the dimension's.
static void
read_group(struct programme_draft *draft, struct node node,
           const struct scheme_dimension *own, size_t dimension)
{
    struct frozen one = {.dimension = dimension,
                         .shrink = own->shrink,
                         .is_shrunken = own->is_shrunken};

    if (!node_map(node))
        return;
    one.peer = read_peer(draft, node_need(node, "peer"), dimension);
    read_scale(node, &one.scale);
    read_shrink(node_get(node, "shrink"), &one.shrink, &one.is_shrunken);
    if (one.peer != PEER_NONE && draft->frozen_count < FROZEN_MAX)
        draft->frozen[draft->frozen_count++] = one;
}

void
programme_frozen(struct programme_draft *draft, struct node leaf,
                 struct scheme *scheme, size_t dimension)
{
    struct scheme_dimension *own = &scheme->dimensions[dimension];
    struct node list = node_get(leaf, "by_peer");

    read_scale(leaf, &own->scale);
    read_shrink(node_get(leaf, "shrink"), &own->shrink, &own->is_shrunken);
    if (node_kind(list) == NODE_ABSENT)
        return;
    size_t count = draft_list(list, PEERS_MAX);
    if (!draft->frozen)
        draft->frozen = draft_take(draft, FROZEN_MAX, sizeof *draft->frozen);
    for (size_t i = 0; draft->frozen && i < count; i++)
        read_group(draft, node_at(list, i), own, dimension);
}

// adopt gives a peer group's scheme what is the group's own.
static void
adopt(const struct programme_draft *draft, struct scheme *scheme, size_t peer)
{
    for (size_t i = 0; i < draft->frozen_count; i++) {
        const struct frozen *one = &draft->frozen[i];
        struct scheme_dimension *dimension =
            &scheme->dimensions[one->dimension];
        if (one->peer != peer)
            continue;
        dimension->scale = one->scale;
        dimension->shrink = one->shrink;
        dimension->is_shrunken = one->is_shrunken;
    }
}

// Parents stand behind their children, so theirs is made first.
void
programme_peer_schemes(struct programme_draft *draft, struct scheme *scheme)
{
    const struct rulebook *book = draft->book;

    if (draft->frozen_count == 0)
        return;
    struct scheme *made = draft_take(draft, book->peer_count, sizeof *made);
    for (size_t i = book->peer_count; made && i > 0; i--) {
        uint8_t parent = book->peers[i - 1].parent;
        made[i - 1] = parent == PEER_NONE ? *scheme : made[parent];
        adopt(draft, &made[i - 1], i - 1);
    }
    scheme->of_peers = made;
}
