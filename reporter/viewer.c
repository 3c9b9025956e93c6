// SPDX-License-Identifier: Apache-2.0
#include "reporter/viewer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct viewer viewer_everything = {.reach = REACH_HQ};

bool
viewer_sees(const struct viewer *viewer, const struct dealer *dealer,
            int64_t now_ms)
{
    switch (viewer->reach) {
    case REACH_HQ:
        return true;
    case REACH_REGION:
        return strcmp(dealer_at(dealer, now_ms)->region, viewer->subject) == 0;
    case REACH_DEALER:
        return strcmp(dealer->id, viewer->subject) == 0;
    case REACH_NOTHING:
        return false;
    }
    abort(); // every reach is listed above
}

void
viewer_scope(const struct viewer *viewer, char text[TOKEN_SCOPE_TEXT])
{
    token_scope_text(viewer->reach, viewer->subject, text);
}

// judge_ranking: a ranking names the dealers of its scope, so a region sees its
// own and a dealer none.
static enum ruling
judge_ranking(const struct viewer *viewer, struct target *target)
{
    char own[TOKEN_SCOPE_TEXT];
    const char *scope = target_param(target, "scope");

    if (viewer->reach != REACH_REGION)
        return RULING_FORBIDDEN;
    viewer_scope(viewer, own);
    if (scope)
        return strcmp(scope, own) == 0 ? RULING_ALLOWED : RULING_FORBIDDEN;
    return target_set(target, "scope", own) ? RULING_ALLOWED : RULING_FORBIDDEN;
}

// named returns the dealer's id in /api/v1/dealers/{id} and what is below it.
static struct span
named(const struct target *target)
{
    static const char before[] = "/api/v1/dealers/";
    size_t skip = sizeof before - 1;

    if (strncmp(target->path, before, skip) != 0)
        return (struct span){0};
    const char *id = target->path + skip;
    return span_of(id, strcspn(id, "/"));
}

// judge_dealer: of a dealer one sees his place among the nation or among his
// like, which names nobody else.
static enum ruling
judge_dealer(const struct viewer *viewer, const struct target *target,
             const struct directory *directory, int64_t now_ms)
{
    const char *scope = target_param(target, "scope");

    if (!directory)
        return RULING_NOT_YET;
    const struct dealer *dealer = directory_find(directory, named(target));
    if (!dealer || !viewer_sees(viewer, dealer, now_ms))
        return RULING_HIDDEN;
    return !scope || dealer_in_scope(dealer_at(dealer, now_ms), scope)
               ? RULING_ALLOWED
               : RULING_FORBIDDEN;
}

enum ruling
viewer_judge(const struct viewer *viewer, enum shows shows,
             struct target *target, const struct directory *directory,
             int64_t now_ms)
{
    if (shows == SHOWS_NOTHING || viewer->reach == REACH_HQ)
        return RULING_ALLOWED;
    if (viewer->reach == REACH_NOTHING)
        return RULING_SIGN_IN;
    switch (shows) {
    case SHOWS_NOTHING:
    case SHOWS_OWN:
        return RULING_ALLOWED;
    case SHOWS_RANKING:
        return judge_ranking(viewer, target);
    case SHOWS_DEALER:
        return judge_dealer(viewer, target, directory, now_ms);
    case SHOWS_EVERYTHING:
        return RULING_FORBIDDEN;
    }
    abort(); // all that can be shown is listed above
}
