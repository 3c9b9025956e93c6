// SPDX-License-Identifier: Apache-2.0
#include "common/domain/peer.h"

#include <string.h>

static const char prefix[] = "peer:";
enum { PREFIX_LENGTH = sizeof prefix - 1 };

bool
peer_holds(const struct peer_group *group, const struct dealer_row *row)
{
    for (size_t i = 0; i < group->scope_count; i++)
        if (!dealer_in_scope(row, group->scopes[i]))
            return false;
    return true;
}

static bool
has_scope(const struct peer_group *group, const char *scope)
{
    for (size_t i = 0; i < group->scope_count; i++)
        if (strcmp(group->scopes[i], scope) == 0)
            return true;
    return false;
}

bool
peer_takes_all(const struct peer_group *group, const struct peer_group *narrow)
{
    for (size_t i = 0; i < group->scope_count; i++)
        if (!has_scope(narrow, group->scopes[i]))
            return false;
    return true;
}

uint8_t
peer_of(const struct rulebook *rulebook, const struct dealer_row *row)
{
    for (size_t i = 0; i < rulebook->peer_count; i++)
        if (peer_holds(&rulebook->peers[i], row))
            return (uint8_t)i;
    return PEER_NONE;
}

const struct peer_group *
peer_find(const struct rulebook *rulebook, const char *scope)
{
    if (strncmp(scope, prefix, PREFIX_LENGTH) != 0)
        return NULL;
    for (size_t i = 0; i < rulebook->peer_count; i++)
        if (strcmp(rulebook->peers[i].id, scope + PREFIX_LENGTH) == 0)
            return &rulebook->peers[i];
    return NULL;
}

bool
peer_in_scope(const struct rulebook *rulebook, const struct dealer_row *row,
              const char *scope)
{
    const struct peer_group *group = peer_find(rulebook, scope);

    return group ? peer_holds(group, row) : dealer_in_scope(row, scope);
}

bool
peer_wider(const struct rulebook *rulebook, const char *scope,
           char wider[SCOPE_MAX])
{
    const struct peer_group *group = peer_find(rulebook, scope);

    if (strcmp(scope, "nation") == 0)
        return false;
    strcpy(wider, "nation");
    if (group && group->parent != PEER_NONE) {
        strcpy(wider, prefix);
        strcat(wider, rulebook->peers[group->parent].id);
    }
    return true;
}
