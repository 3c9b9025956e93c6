// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "common/wire/event_code.h"
#include "terminal/clock_skew.h"
#include "terminal/event_dump.h"
#include "terminal/id_text.h"
#include "terminal/spool_parts.h"

// --- ls ----------------------------------------------------------------------

static void
put_time(char text[32], int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;

    gmtime_r(&seconds, &utc);
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static void
print_code(const struct dealerpulse_entry *entry)
{
    if (entry->damaged) {
        printf("  damaged on this machine's disk");
    } else if (entry->code == 0) {
        printf("  -");
    } else {
        printf("  %s", entry->code_name);
        if (entry->field[0]) {
            printf(" ");
            spool_print(entry->field);
        }
        printf(": ");
        spool_print(entry->text[0] ? entry->text : code_text(entry->code));
    }
}

static bool
print_entry(void *context, const struct dealerpulse_entry *entry)
{
    char id[ID_TEXT_SIZE], stored[32];
    struct event event;
    size_t *count = context;

    if ((*count)++ == 0)
        printf("%8s  %-8s  %-36s  %-20s  %-17s  %-12s  %s\n", "seq", "state",
               "id", "stored", "type", "dealer", "code");
    id_text_put(id, entry->id);
    put_time(stored, entry->recorded_at_ms);
    struct outcome outcome =
        event_read(span_of(entry->body, entry->length), &event);
    bool readable = outcome.kind == OUTCOME_ACCEPTED;
    printf("%8llu  %-8s  %s  %s  %-17s  %-12.*s",
           (unsigned long long)entry->seq, spool_place(entry->place), id,
           stored,
           readable ? event_type_name((uint32_t)event.type) : "unreadable",
           readable ? (int)event.dealer_id.length : 0,
           readable ? (const char *)event.dealer_id.data : "");
    print_code(entry);
    printf("\n");
    return true;
}

static void
print_summary(const struct dealerpulse_state *state)
{
    char text[CLOCK_SKEW_TEXT_MAX], seen[32];

    printf("waiting %" PRIu64 "  retry %" PRIu64 "  rejected %" PRIu64
           "  kept %" PRIu64 "  lost %" PRIu64 "  bytes %" PRIu64
           "  last_seq %" PRIu64 "\n",
           state->waiting, state->retry, state->rejected, state->kept,
           state->lost, state->bytes, state->last_seq);
    if (!state->has_clock)
        return;
    put_time(seen, state->clock_seen_ms);
    if (clock_skew_text(state->clock_offset_ms, text))
        printf("%s (seen %s)\n", text, seen);
}

int
spool_ls(struct spool_task *task)
{
    struct dealerpulse_state state;
    enum dealerpulse_status status = DEALERPULSE_OK;
    size_t count = 0;

    if (!task->summary)
        status = dealerpulse_list(task->pulse, task->all, print_entry, &count);
    if (status == DEALERPULSE_OK)
        status = dealerpulse_state(task->pulse, &state);
    if (status != DEALERPULSE_OK)
        return spool_trouble(task, status);
    print_summary(&state);
    return 0;
}

// --- cat ---------------------------------------------------------------------

struct wanted {
    uint64_t seq;
    bool found, failed;
};

static bool
print_wanted(void *context, const struct dealerpulse_entry *entry)
{
    struct wanted *wanted = context;

    if (entry->seq < wanted->seq)
        return true;
    if (entry->seq > wanted->seq)
        return false;
    wanted->found = true;
    json_t *object = entry_dump(entry);
    wanted->failed = !object || json_dumpf(object, stdout, JSON_INDENT(2)) != 0;
    printf("\n");
    json_decref(object);
    return false;
}

int
spool_cat(struct spool_task *task)
{
    struct wanted wanted = {.seq = strtoull(task->argument, NULL, 10)};

    enum dealerpulse_status status =
        dealerpulse_list(task->pulse, true, print_wanted, &wanted);
    if (status != DEALERPULSE_OK)
        return spool_trouble(task, status);
    if (wanted.found && !wanted.failed)
        return 0;
    fprintf(stderr,
            "dealerpulse-terminal spool: there is no event %.40s; "
            "spool ls --all lists them\n",
            task->argument);
    return EX_DATAERR;
}
