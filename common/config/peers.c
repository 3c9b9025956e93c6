// SPDX-License-Identifier: Apache-2.0
#include "common/config/peers.h"

#include <stdio.h>

#include "common/domain/peer.h"

static bool
has_member(const struct peer_group *group, const struct directory *directory)
{
    for (size_t i = 0; i < directory->dealer_count; i++) {
        const struct dealer *dealer = &directory->dealers[i];
        for (size_t j = 0; j < dealer->row_count; j++)
            if (peer_holds(group, &dealer->rows[j]))
                return true;
    }
    return false;
}

static void
tell(const struct peer_group *group, size_t place, const char *file,
     struct problems *problems)
{
    char key[PROBLEM_TEXT_MAX], scopes[PROBLEM_TEXT_MAX];
    size_t used = 0;

    (void)snprintf(key, sizeof key, "peers[%zu].of", place);
    for (size_t i = 0; i < group->scope_count && used < sizeof scopes; i++)
        used += (size_t)snprintf(scopes + used, sizeof scopes - used, "%s%s",
                                 i > 0 ? " and " : "", group->scopes[i]);
    problem_add(problems, file, group->line, key,
                "%s has no members: no row of dealers.csv is %s; it must hold "
                "at least one dealer, or be taken out",
                group->id, scopes);
}

bool
peers_check(const struct rulebook *rulebook, const char *file,
            const struct directory *directory, struct problems *problems)
{
    bool good = true;

    for (size_t i = 0; i < rulebook->peer_count; i++) {
        if (has_member(&rulebook->peers[i], directory))
            continue;
        tell(&rulebook->peers[i], i, file, problems);
        good = false;
    }
    return good;
}
