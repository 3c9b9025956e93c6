// SPDX-License-Identifier: Apache-2.0
#include "terminal/mend.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { AGENT_TRIES = 20, AGENT_PAUSE_US = 500000 };

void
mend_print(const char *who, enum dealerpulse_status status,
           const struct dealerpulse_repair *told)
{
    if (status != DEALERPULSE_OK) {
        fprintf(stderr, "%s: %s\n", who, told->error);
        return;
    }
    fprintf(stderr,
            "%s: the spool was damaged; %" PRIu64
            " events were saved, %s%" PRIu64 " are lost; %s names them, the "
            "damaged file is %s\n",
            who, told->events, told->lost_is_upper ? "at most " : "",
            told->lost, told->report, told->damaged);
    if (told->is_new_epoch)
        fprintf(stderr, "%s: the events have new numbers from 1\n", who);
}

enum dealerpulse_status
mend_repair(const char *spool, const char *who)
{
    struct dealerpulse_repair told;

    enum dealerpulse_status status = dealerpulse_repair(spool, &told);
    if (status != DEALERPULSE_BUSY)
        mend_print(who, status, &told);
    return status;
}

enum dealerpulse_status
mend_open(struct dealerpulse **pulse, const struct dealerpulse_options *options,
          const char *who)
{
    enum dealerpulse_status status = dealerpulse_open(pulse, options);

    for (int i = 0; i < AGENT_TRIES && status == DEALERPULSE_CORRUPT; i++) {
        enum dealerpulse_status mended = mend_repair(options->spool, who);
        if (mended == DEALERPULSE_BUSY)
            usleep(AGENT_PAUSE_US); // the agent is at it
        else if (mended != DEALERPULSE_OK)
            return status;
        status = dealerpulse_open(pulse, options);
    }
    return status;
}
