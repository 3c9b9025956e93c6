// SPDX-License-Identifier: Apache-2.0
#include "client/scope_totals.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/stint.h"

struct scope_totals {
    char scope[SCOPE_MAX]; // empty: the last one, of no scope yet
    struct sum sum;
    struct scope_totals *next;
};

struct scope_totals *
scope_totals_alloc(void)
{
    return calloc(1, sizeof(struct scope_totals));
}

void
scope_totals_free(struct scope_totals *totals)
{
    while (totals) {
        struct scope_totals *next = totals->next;
        sum_fini(&totals->sum);
        free(totals);
        totals = next;
    }
}

static enum status
add_up(struct sum *sum, const struct figures *figures, const char *scope)
{
    sum_reset(sum);
    for (size_t i = 0; i < figures->dealer_count; i++) {
        const struct figures_dealer *part;
        enum status status =
            stint_part(&part, figures, &figures->dealers[i], scope);
        if (status == STATUS_OK && part && part->memory)
            status = sum_add(sum, part->tally.counters, part->tally.values,
                             part->tally.used);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

// keep makes the last one that of a scope.
static enum status
keep(struct scope_totals *last, const struct figures *figures,
     const char *scope)
{
    enum status status = add_up(&last->sum, figures, scope);
    if (status != STATUS_OK)
        return status;
    last->next = scope_totals_alloc();
    if (!last->next)
        return STATUS_SYSTEM;
    strcpy(last->scope, scope);
    return STATUS_OK;
}

enum status
scope_total(const struct tally **total, const struct figures *figures,
            const char *scope)
{
    struct scope_totals *one = figures->totals;

    assert(scope[0] != 0 && strlen(scope) < sizeof one->scope);
    while (one->scope[0] != 0 && strcmp(one->scope, scope) != 0)
        one = one->next;
    enum status status =
        one->scope[0] == 0 ? keep(one, figures, scope) : STATUS_OK;
    if (status == STATUS_OK)
        *total = &one->sum.tally;
    return status;
}
