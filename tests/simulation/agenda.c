// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/agenda.h"

#include <stdlib.h>

static bool
is_before(const struct task *a, const struct task *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void
agenda_add(struct agenda *agenda, struct task task)
{
    if (agenda->count == agenda->capacity) {
        agenda->capacity = agenda->capacity ? 2 * agenda->capacity : 256;
        agenda->heap =
            realloc(agenda->heap, agenda->capacity * sizeof *agenda->heap);
        if (!agenda->heap)
            abort();
    }
    task.order = agenda->order++;
    size_t i = agenda->count++;
    while (i > 0 && is_before(&task, &agenda->heap[(i - 1) / 2])) {
        agenda->heap[i] = agenda->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    agenda->heap[i] = task;
}

bool
agenda_take(struct agenda *agenda, struct task *task)
{
    if (agenda->count == 0)
        return false;
    *task = agenda->heap[0];
    const struct task last = agenda->heap[--agenda->count];
    size_t i = 0;
    for (size_t child = 1; child < agenda->count; child = 2 * i + 1) {
        if (child + 1 < agenda->count &&
            is_before(&agenda->heap[child + 1], &agenda->heap[child]))
            child++;
        if (!is_before(&agenda->heap[child], &last))
            break;
        agenda->heap[i] = agenda->heap[child];
        i = child;
    }
    agenda->heap[i] = last;
    return true;
}

void
agenda_fini(struct agenda *agenda)
{
    for (size_t i = 0; i < agenda->count; i++)
        free(agenda->heap[i].data);
    free(agenda->heap);
    *agenda = (struct agenda){0};
}
