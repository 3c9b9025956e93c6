// SPDX-License-Identifier: Apache-2.0
//
// peer: groups of dealers that are compared with each other.
//
// A group is all dealers that belong to each of its scopes ("brand:A" and
// "size:large").  The rulebook lists groups, narrower ones first; the first
// that holds a dealer is its own.  What too few members cannot show is taken
// from the parent, a group further down, or from the nation (rulings C14, C17).
#pragma once

#include "common/domain/directory.h"
#include "common/domain/rulebook.h"

enum {
    PEERS_MAX = 64,
    PEER_SCOPES_MAX = SCOPE_KINDS, // one of each kind
    PEER_MEMBERS = 10,             // min_members where nothing is said
    PEER_NONE = UINT8_MAX,
};

struct peer_group {
    char id[RULE_ID_MAX + 1];
    uint32_t line; // where the rulebook lists it, for problems
    uint8_t scope_count;
    char scopes[PEER_SCOPES_MAX][SCOPE_MAX]; // of directory.h, not nation
    uint8_t parent; // index of a later group; PEER_NONE: the nation
    uint32_t min_members;
};

// peer_holds tells whether a row belongs to each of a group's scopes.
bool peer_holds(const struct peer_group *group, const struct dealer_row *row);

// peer_takes_all tells whether every dealer of `narrow` is one of `group`.
bool peer_takes_all(const struct peer_group *group,
                    const struct peer_group *narrow);

// peer_of returns the index of a row's own group, PEER_NONE without one.
uint8_t peer_of(const struct rulebook *rulebook, const struct dealer_row *row);

// peer_find returns the group a scope "peer:X" names; NULL when it is another
// kind of scope or there is no such group.
const struct peer_group *peer_find(const struct rulebook *rulebook,
                                   const char *scope);

// peer_in_scope tells whether a row belongs to any scope, peer:X included.
bool peer_in_scope(const struct rulebook *rulebook,
                   const struct dealer_row *row, const char *scope);

// peer_wider writes the scope that stands in for one with too few members:
// the parent of peer:X, else the nation.  False for the nation.
bool peer_wider(const struct rulebook *rulebook, const char *scope,
                char wider[SCOPE_MAX]);
