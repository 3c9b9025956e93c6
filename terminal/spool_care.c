// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "terminal/mend.h"
#include "terminal/settings.h"
#include "terminal/spool_parts.h"

// --- verify ------------------------------------------------------------------

static void
print_fault(void *context, const char *sentence)
{
    (void)context;
    spool_print(sentence);
    printf("\n");
}

int
spool_verify(struct spool_task *task)
{
    struct dealerpulse_state state;
    uint64_t faults = 0;

    enum dealerpulse_status status =
        dealerpulse_verify(task->pulse, print_fault, NULL, &faults);
    if (status != DEALERPULSE_OK)
        return spool_trouble(task, status);
    if (faults > 0) {
        printf("%" PRIu64 " faults: run dealerpulse-terminal spool repair\n",
               faults);
        return EX_DATAERR;
    }
    status = dealerpulse_state(task->pulse, &state);
    if (status != DEALERPULSE_OK)
        return spool_trouble(task, status);
    printf("well: %" PRIu64 " events, numbers 1 to %" PRIu64 " accounted for",
           state.waiting + state.retry + state.rejected + state.kept,
           state.last_seq);
    if (state.lost > 0)
        printf(", %" PRIu64 " of them lost in an earlier repair", state.lost);
    printf("\n");
    return 0;
}

// --- repair ------------------------------------------------------------------

int
spool_repair_command(struct spool_task *task)
{
    struct dealerpulse_repair told;

    enum dealerpulse_status status = dealerpulse_repair(task->path, &told);
    mend_print("dealerpulse-terminal spool", status, &told);
    return exit_code_of(status);
}

// --- retry -------------------------------------------------------------------

int
spool_retry_command(struct spool_task *task)
{
    enum dealerpulse_status status;
    uint64_t count = 0, seq = 0;

    if (task->argument)
        seq = strtoull(task->argument, NULL, 10);
    if ((seq == 0) == (!task->all && !task->kept) || (task->argument && !seq)) {
        fprintf(stderr, "dealerpulse-terminal spool: retry which one? a "
                        "number, --all or --kept\n");
        return EX_USAGE;
    }
    if (task->kept)
        status = dealerpulse_resend(task->pulse, 1, &count);
    else
        status = dealerpulse_retry(task->pulse, seq, &count);
    if (status != DEALERPULSE_OK)
        return spool_trouble(task, status);
    printf("%" PRIu64 " events back in line\n", count);
    return 0;
}
