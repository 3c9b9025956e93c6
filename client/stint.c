// SPDX-License-Identifier: Apache-2.0
#include "client/stint.h"

#include <stdlib.h>
#include <string.h>

#include "client/sum.h"
#include "common/domain/peer.h"

struct stint_joint {
    const struct figures_dealer *dealer;
    char scope[SCOPE_MAX];
    struct figures_dealer part;
    struct sum sum; // behind part.tally
    struct stint_joint *next;
};

static const struct dealer_row *
row_of(const struct figures *figures, const struct dealer *listed,
       uint32_t month)
{
    return dealer_at(listed,
                     month_start(&figures->rulebook->zone, month + 1) - 1);
}

// next_change returns the first month after `month` under another row, or the
// month behind the figures' last.
static uint32_t
next_change(const struct figures *figures, const struct dealer *listed,
            uint32_t month)
{
    const struct dealer_row *row = row_of(figures, listed, month);

    do
        month++;
    while (month <= figures->last && row_of(figures, listed, month) == row);
    return month;
}

enum status
stints_open(struct figures_dealer *dealer, const struct figures *figures,
            const struct dealer *listed)
{
    uint32_t first = figures->first;

    if (!dealer->memory || listed->row_count == 1 ||
        row_of(figures, listed, first) == dealer->row)
        return STATUS_OK;
    dealer->stints = calloc(listed->row_count, sizeof *dealer->stints);
    if (!dealer->stints)
        return STATUS_SYSTEM;
    while (first <= figures->last) {
        uint32_t next = next_change(figures, listed, first);
        struct figures_dealer *stint = &dealer->stints[dealer->stint_count++];
        enum status status =
            figures_of_dealer(stint, figures->rulebook, figures->table,
                              dealer->id, first, next - 1, figures->now_ms);
        if (status != STATUS_OK)
            return status;
        stint->row = row_of(figures, listed, first);
        first = next;
    }
    return STATUS_OK;
}

void
stints_close(struct figures_dealer *dealer)
{
    for (size_t i = 0; i < dealer->stint_count; i++)
        free(dealer->stints[i].memory);
    free(dealer->stints);
}

void
stint_joints_free(struct stint_joint **joints)
{
    struct stint_joint *joint = joints ? *joints : NULL;

    while (joint) {
        struct stint_joint *next = joint->next;
        sum_fini(&joint->sum);
        free(joint);
        joint = next;
    }
    free(joints);
}

// add_stint adds to a joint; what is late stops at INT64_MAX, as figures' does.
static enum status
add_stint(struct stint_joint *joint, const struct figures_dealer *stint)
{
    struct figures_dealer *part = &joint->part;

    part->row = stint->row;
    if (__builtin_add_overflow(part->late, stint->late, &part->late))
        part->late = INT64_MAX;
    for (size_t i = 0; i < CLASS_COUNT; i++)
        if (__builtin_add_overflow(part->unanswered[i], stint->unanswered[i],
                                   &part->unanswered[i]))
            return STATUS_FULL;
    if (!stint->memory)
        return STATUS_OK;
    return sum_add(&joint->sum, stint->tally.counters, stint->tally.values,
                   stint->tally.used);
}

static enum status
join(struct stint_joint *joint, const struct figures *figures)
{
    const struct figures_dealer *dealer = joint->dealer;
    enum status status = STATUS_OK;

    joint->part.id = dealer->id;
    for (size_t i = 0; i < dealer->stint_count && status == STATUS_OK; i++)
        if (peer_in_scope(figures->rulebook, dealer->stints[i].row,
                          joint->scope))
            status = add_stint(joint, &dealer->stints[i]);
    joint->part.tally = joint->sum.tally;
    joint->part.memory = joint->sum.tally.counters;
    return status;
}

static enum status
find_joint(const struct figures_dealer **part, const struct figures *figures,
           const struct figures_dealer *dealer, const char *scope)
{
    struct stint_joint *joint = *figures->joints;

    while (joint &&
           (joint->dealer != dealer || strcmp(joint->scope, scope) != 0))
        joint = joint->next;
    if (!joint) {
        joint = calloc(1, sizeof *joint);
        if (!joint)
            return STATUS_SYSTEM;
        joint->dealer = dealer;
        strcpy(joint->scope, scope);
        joint->next = *figures->joints;
        *figures->joints = joint;
        enum status status = join(joint, figures);
        if (status != STATUS_OK)
            return status;
    }
    *part = &joint->part;
    return STATUS_OK;
}

enum status
stint_part(const struct figures_dealer **part, const struct figures *figures,
           const struct figures_dealer *dealer, const char *scope)
{
    size_t inside = 0;

    *part = NULL;
    if (dealer->stint_count == 0) {
        if (figures_in_scope(figures, dealer, scope))
            *part = dealer;
        return STATUS_OK;
    }
    for (size_t i = 0; i < dealer->stint_count; i++)
        if (peer_in_scope(figures->rulebook, dealer->stints[i].row, scope)) {
            *part = &dealer->stints[i];
            inside++;
        }
    if (inside == dealer->stint_count)
        *part = dealer;
    if (inside <= 1 || inside == dealer->stint_count)
        return STATUS_OK;
    return find_joint(part, figures, dealer, scope);
}
