// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <sysexits.h>

#include "common/config/text.h"
#include "common/runtime/clock.h"
#include "terminal/import.h"

// passes_by tells a RETRY that says nothing about the event: the pipeline is
// not ready, and the same event may be taken a moment later.
static bool
passes_by(uint32_t code)
{
    return code == CODE_OVER_QUOTA || code == CODE_STORE_FULL ||
           code == CODE_SHUTTING_DOWN || code == CODE_NO_AGGREGATOR ||
           code == CODE_STALE_SESSION;
}

static void
reject(struct import *import, const struct pending_event *event,
       const struct dealerpulse_outcome *outcome)
{
    struct fault fault;
    bool is_answer =
        outcome->code == CODE_OFF_SCALE || outcome->code == CODE_UNKNOWN_ITEM;
    const char *column =
        is_answer
            ? mapper_item_column(import->mapper, event->from, event->suspect)
            : mapper_column(import->mapper, event->from, outcome->field);

    fault_set(&fault, (enum code)outcome->code,
              column[0] ? column : outcome->field,
              outcome->text[0] ? outcome->text : NULL);
    rejects_add(&import->rejects, import->path, event->line, &fault,
                "collector");
}

// count_one counts the outcome of one row's event.  The first of several equal
// events is what was stored; the others are duplicates of it.
static void
count_one(struct import *import, const struct pending_event *event,
          const struct dealerpulse_outcome *outcome, bool first)
{
    switch (outcome->kind) {
    case DEALERPULSE_ACCEPTED:
        import->counts.accepted += first;
        import->counts.duplicates += !first;
        return;
    case DEALERPULSE_DUPLICATE:
        import->counts.duplicates += 1;
        return;
    case DEALERPULSE_REJECTED:
        reject(import, event, outcome);
        return;
    case DEALERPULSE_RETRY:
        import->counts.retry += 1;
        return;
    }
}

void
import_take_outcome(void *context, const struct dealerpulse_outcome *outcome)
{
    struct import *import = context;
    struct pending *pending = &import->pending;
    bool retry = outcome->kind == DEALERPULSE_RETRY;
    bool first = true;

    if (retry && passes_by(outcome->code)) {
        snprintf(import->note, sizeof import->note, "%s",
                 outcome->text[0] ? outcome->text : outcome->code_name);
        text_make_clean(import->note); // it is the collector who says so
        return;
    }
    import->answered_at = clock_steady_ms();
    import->note[0] = '\0';
    for (struct pending_event *event = pending_first(pending, outcome->seq);
         event; event = pending_next(pending, event)) {
        if (event->retried && retry)
            continue;
        import->counts.retry -= event->retried; // it has another word now
        pending->retried -= event->retried;
        event->retried = retry;
        pending->retried += retry;
        count_one(import, event, outcome, first);
        first = false;
    }
    if (!retry)
        pending_remove(pending, outcome->seq);
}

int
import_exit_code(const struct import *import)
{
    if (import->rejects.count > 0)
        return EX_DATAERR;
    return import->counts.retry > 0 ? EX_TEMPFAIL : 0;
}
