// SPDX-License-Identifier: Apache-2.0
#include "client/what_if.h"

#include <stdlib.h>

static void
count_moves(struct what_if *what_if)
{
    for (size_t i = 0; i < what_if->then->count && what_if->now; i++) {
        const struct scores_row *a = &what_if->now->rows[i];
        const struct scores_row *b = &what_if->then->rows[i];
        what_if->up += a->rank > 0 && b->rank > 0 && b->rank < a->rank;
        what_if->down += a->rank > 0 && b->rank > 0 && b->rank > a->rank;
        what_if->more += b->rate_ppm > a->rate_ppm;
        what_if->less += b->rate_ppm < a->rate_ppm;
    }
}

enum status
what_if_open(struct what_if **out, const struct material *material,
             const struct rulebook *other, uint32_t first, uint32_t last)
{
    struct material changed = *material;
    struct what_if *what_if = calloc(1, sizeof *what_if);
    enum status status = STATUS_OK;

    if (!what_if)
        return STATUS_SYSTEM;
    changed.rulebook = other;
    if (material->rulebook->scheme)
        status = scores_open(&what_if->now, material, first, last);
    if (status == STATUS_OK)
        status =
            what_if->now
                ? scores_open_beside(&what_if->then, &changed, what_if->now)
                : scores_open(&what_if->then, &changed, first, last);
    if (status != STATUS_OK) {
        what_if_close(what_if);
        return status;
    }
    count_moves(what_if);
    *out = what_if;
    return STATUS_OK;
}

void
what_if_close(struct what_if *what_if)
{
    if (!what_if)
        return;
    scores_close(what_if->then); // reads the sums of the other
    scores_close(what_if->now);
    free(what_if);
}
