// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/repair_parts.h"

static void
write_lost(FILE *file, const struct repairing *repairing)
{
    const struct spool_repair *told = repairing->told;

    if (told->lost == 0) {
        fprintf(file, "Nothing is lost.\n");
        return;
    }
    fprintf(file, "%" PRIu64 " events are lost. Their numbers%s:\n", told->lost,
            told->is_new_epoch ? " (of the epoch before)" : "");
    for (size_t i = 0; i < repairing->lost_count; i++) {
        const struct lost_range *range = &repairing->lost[i];
        if (range->first == range->last)
            fprintf(file, "  %" PRIu64 "\n", range->first);
        else
            fprintf(file, "  %" PRIu64 "-%" PRIu64 "\n", range->first,
                    range->last);
    }
    fprintf(file,
            told->lost_is_upper
                ? "Some of them may have been accepted and dropped earlier: "
                  "the list of those was\ndamaged too. "
                : "This terminal knows of none of them that it was "
                  "accepted. ");
    fprintf(file, "Headquarters' gap report for this terminal and\nepoch "
                  "tells which never arrived; record those again from the "
                  "dealership's own books.\n");
}

static void
write_epoch(FILE *file, const struct repairing *repairing)
{
    const struct spool_repair *told = repairing->told;

    if (!told->is_new_epoch) {
        fprintf(file, "The numbering goes on in the same epoch.\n");
        return;
    }
    fprintf(file, "The highest number ever given is not certain, so a new "
                  "epoch begins and the events\nhave new numbers from 1. ");
    if (told->previous_epoch)
        fprintf(file,
                "The epoch before was %" PRIu64 ", its highest number known "
                "%" PRIu64 ".\n",
                told->previous_epoch, told->previous_last_seq);
    else
        fprintf(file, "The epoch before is not known.\n");
}

void
report_write(const struct repairing *repairing)
{
    const struct spool_repair *told = repairing->told;

    FILE *file = fopen(told->report, "w");
    if (!file)
        return;
    (void)fchmod(fileno(file), 0600);
    fprintf(file,
            "The spool %s was damaged.\nIt was kept as %s.\n%" PRIu64
            " events were saved into a new file.\n",
            repairing->path, told->damaged, told->events);
    write_lost(file, repairing);
    write_epoch(file, repairing);
    (void)fflush(file);
    (void)fsync(fileno(file));
    fclose(file);
}
