// SPDX-License-Identifier: Apache-2.0
//
// peers: which dealers are compared with each other.
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"
#include "common/domain/peer.h"

static const char form[] =
    "must be region:X, brand:X, size:X or group:X, a column of dealers.csv";

// One scope of each kind: a dealer has one region, one brand.
static bool
is_of_kind(const char *scope, const char *other)
{
    size_t length = strcspn(other, ":") + 1;

    return strncmp(scope, other, length) == 0;
}

static void
read_scope(struct node node, struct peer_group *group)
{
    char *scope = group->scopes[group->scope_count];
    static const struct dealer_row nobody = {0};

    if (!node_text(node, scope, SCOPE_MAX))
        return;
    // "nation" would hold everybody, and a group no group.
    if (!scope_valid(scope) || dealer_in_scope(&nobody, scope) ||
        is_of_kind(scope, "peer:")) {
        node_problem(node, "%s", form);
        return;
    }
    for (size_t i = 0; i < group->scope_count; i++)
        if (is_of_kind(scope, group->scopes[i])) {
            node_problem(node,
                         "no dealer is %s and %s at once; each kind of scope "
                         "stands here once",
                         group->scopes[i], scope);
            return;
        }
    group->scope_count++;
}

static void
read_group(struct node node, struct peer_group *group)
{
    int64_t members = PEER_MEMBERS;

    group->parent = PEER_NONE;
    group->min_members = PEER_MEMBERS;
    if (!node_map(node))
        return;
    group->line = node_line(node);
    node_id(node_need(node, "id"), group->id, sizeof group->id);
    struct node list = node_need(node, "of");
    size_t count = draft_list(list, PEER_SCOPES_MAX);
    for (size_t i = 0; i < count; i++)
        read_scope(node_at(list, i), group);
    if (node_whole(node_get(node, "min_members"), 2, 1000000, &members))
        group->min_members = (uint32_t)members;
}

// A parent stands further down, so there is no circle, and holds what its
// children hold.
static void
read_parent(struct node node, struct peer_group *groups, size_t count,
            size_t own)
{
    char id[RULE_ID_MAX + 1];

    if (!node_id(node, id, sizeof id))
        return;
    for (size_t i = own + 1; i < count; i++) {
        if (strcmp(groups[i].id, id) != 0)
            continue;
        groups[own].parent = (uint8_t)i;
        if (!peer_takes_all(&groups[i], &groups[own]))
            node_problem(node,
                         "%s does not hold all dealers of %s; a parent's `of` "
                         "is part of its child's",
                         id, groups[own].id);
        return;
    }
    node_problem(node, "must be the id of a group further down; the nation "
                       "stands behind the last by itself");
}

// A dealer belongs to the first group that holds it.
static void
check_order(struct node node, const struct peer_group *groups, size_t own)
{
    for (size_t i = 0; i < own; i++) {
        if (strcmp(groups[i].id, groups[own].id) == 0)
            node_problem(node, "the id %s is taken", groups[own].id);
        else if (groups[i].scope_count > 0 && groups[own].scope_count > 0 &&
                 peer_takes_all(&groups[i], &groups[own]))
            node_problem(node,
                         "overlaps %s, listed before it, which takes every "
                         "dealer of it; list the narrower group first",
                         groups[i].id);
    }
}

void
programme_peers(struct programme_draft *draft, struct node root)
{
    struct node list = node_get(root, "peers");

    if (node_kind(list) == NODE_ABSENT)
        return;
    size_t count = draft_list(list, PEERS_MAX);
    struct peer_group *groups = draft_take(draft, count, sizeof *groups);
    if (!groups)
        return;
    for (size_t i = 0; i < count; i++) {
        read_group(node_at(list, i), &groups[i]);
        check_order(node_at(list, i), groups, i);
    }
    for (size_t i = 0; i < count; i++)
        if (node_kind(node_at(list, i)) == NODE_MAP)
            read_parent(node_get(node_at(list, i), "parent"), groups, count, i);
    draft->book->peers = groups;
    draft->book->peer_count = count;
}
