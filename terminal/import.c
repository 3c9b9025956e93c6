// SPDX-License-Identifier: Apache-2.0
#include "terminal/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "common/config/text.h"
#include "common/runtime/clock.h"
#include "common/runtime/stop.h"
#include "terminal/settings.h"

enum {
    OUTSTANDING_MAX = 16384, // events stored and unanswered
    PUMP_MS = 200,
    EX_STOPPED = 128 + 15,
};

static void
show(struct import *import)
{
    uint64_t done, total;

    rows_done(import->rows, &done, &total);
    progress_draw(&import->progress, done, total,
                  import->counts.accepted + import->counts.duplicates,
                  import->note);
}

// next_events reads rows until one gives events.  STATUS_AGAIN at the end.
static enum status
next_events(struct import *import, struct row *row,
            const struct mapped_event **events, size_t *count)
{
    struct fault fault;

    for (;;) {
        enum status status = rows_next(import->rows, row, &fault);
        if (status != STATUS_OK && status != STATUS_MALFORMED)
            return status;
        import->counts.rows += 1;
        if (status == STATUS_OK &&
            mapper_row(import->mapper, row, events, count, &fault)) {
            import->counts.events += *count;
            return STATUS_OK;
        }
        progress_end(&import->progress);
        rejects_add(&import->rejects, import->path, row->line, &fault, "row");
    }
}

// foretell lists an answer that a collector will refuse, as far as the
// programme at hand tells.
static void
foretell(struct import *import, const struct mapped_event *event, unsigned line)
{
    uint16_t item = rules_suspect(import->rulebook, event->event);
    struct fault fault;

    if (item == 0)
        return;
    fault_set(&fault, CODE_OFF_SCALE,
              mapper_item_column(import->mapper, event->from, item),
              "the programme has no such answer to this item");
    rejects_add(&import->rejects, import->path, line, &fault, "programme");
}

int
import_read(struct import *import)
{
    const struct mapped_event *events;
    enum status status;
    struct row row;
    size_t count;

    while ((status = next_events(import, &row, &events, &count)) == STATUS_OK) {
        for (size_t i = 0; i < count; i++)
            foretell(import, &events[i], row.line);
        show(import);
    }
    progress_end(&import->progress);
    return status == STATUS_AGAIN ? import_exit_code(import) : EX_OSERR;
}

// --- Storing -----------------------------------------------------------------

// trouble says what the spool says and gives the exit code.
static int
trouble(struct import *import, enum dealerpulse_status status)
{
    progress_end(&import->progress);
    fprintf(stderr, "dealerpulse-terminal import: %s\n",
            dealerpulse_error(import->pulse));
    return exit_code_of(status);
}

static int
flush(struct import *import)
{
    size_t count = import->batch_count;

    if (count == 0)
        return 0;
    enum dealerpulse_status status = dealerpulse_submit_many(
        import->pulse, import->batch, count, import->batch_seqs);
    if (status != DEALERPULSE_OK)
        return trouble(import, status);
    for (size_t i = 0; i < count; i++) {
        import->batch_events[i].seq = import->batch_seqs[i];
        if (pending_add(&import->pending, &import->batch_events[i]) !=
            STATUS_OK)
            import->out_of_memory = true;
    }
    import->batch_count = import->batch_bytes = 0;
    return import->out_of_memory ? EX_OSERR : 0;
}

static const void *
copy(struct import *import, struct span bytes)
{
    uint8_t *to = import->batch_room + import->batch_bytes;

    if (bytes.length == 0)
        return NULL;
    memcpy(to, bytes.data, bytes.length);
    import->batch_bytes += bytes.length;
    return to;
}

static void
put(struct import *import, const struct mapped_event *event, unsigned line)
{
    size_t at = import->batch_count++;

    import->batch[at] = (struct dealerpulse_body){
        .bytes = copy(import, event->body),
        .length = event->body.length,
        .salt = copy(import, event->salt),
        .comment = copy(import, event->comment),
        .comment_length = event->comment.length,
    };
    import->batch_events[at] = (struct pending_event){
        .line = line,
        .from = event->from,
        .suspect = rules_suspect(import->rulebook, event->event),
    };
}

// --- Sending -----------------------------------------------------------------

static size_t
unanswered(const struct import *import)
{
    return import->pending.count - import->pending.retried;
}

// look_at_link notes why nothing moves.
static void
look_at_link(struct import *import)
{
    struct dealerpulse_state state;

    if (dealerpulse_state(import->pulse, &state) != DEALERPULSE_OK ||
        state.link == DEALERPULSE_LINK_UP)
        return;
    if (state.refusal)
        snprintf(import->note, sizeof import->note, "%.40s: %.80s",
                 state.collector, state.refusal_text);
    else
        snprintf(import->note, sizeof import->note, "no answer from %.80s",
                 state.collector);
    text_make_clean(import->note); // it is the collector who says so
}

static int
give_up(struct import *import)
{
    progress_end(&import->progress);
    fprintf(stderr,
            "dealerpulse-terminal import: no outcome for %lld s (%s); %zu "
            "events wait in the spool, run the import again\n",
            (long long)(import->patience_ms / 1000),
            import->note[0] ? import->note : "the link is up",
            unanswered(import));
    return EX_TEMPFAIL;
}

// pump moves events until at most `most` are unanswered.
static int
pump(struct import *import, size_t most, int timeout_ms)
{
    do {
        enum dealerpulse_status status =
            dealerpulse_pump(import->pulse, timeout_ms, import->stop_fd);
        if (status != DEALERPULSE_OK && status != DEALERPULSE_AGAIN)
            return trouble(import, status);
        if (stop_asked(import->stop_fd))
            return EX_STOPPED;
        if (status == DEALERPULSE_AGAIN)
            look_at_link(import);
        if (clock_steady_ms() - import->answered_at >= import->patience_ms)
            return give_up(import);
        show(import);
    } while (unanswered(import) > most);
    return 0;
}

// send_rows stores all rows' events, never more than so many ahead.
static int
send_rows(struct import *import)
{
    const struct mapped_event *events;
    enum status status;
    struct row row;
    size_t count;
    int code = 0;

    while (code == 0 &&
           (status = next_events(import, &row, &events, &count)) == STATUS_OK) {
        if (import->batch_count + count > IMPORT_BATCH) {
            code = flush(import);
            if (code == 0)
                code = pump(import, OUTSTANDING_MAX - IMPORT_BATCH, 0);
        }
        for (size_t i = 0; i < count && code == 0; i++)
            put(import, &events[i], row.line);
    }
    if (code == 0 && status != STATUS_AGAIN)
        code = EX_OSERR;
    return code == 0 ? flush(import) : code;
}

// drain waits for the outcome of every event, and of what an earlier import
// left in the spool.
static int
drain(struct import *import)
{
    struct dealerpulse_state state;

    for (;;) {
        int code = pump(import, 0, PUMP_MS);
        if (code != 0)
            return code;
        enum dealerpulse_status status =
            dealerpulse_state(import->pulse, &state);
        if (status != DEALERPULSE_OK)
            return trouble(import, status);
        if (state.waiting == 0)
            return 0;
    }
}

int
import_send(struct import *import)
{
    import->batch_room = malloc((size_t)IMPORT_BATCH * ENTRY_ROOM);
    if (!import->batch_room || pending_init(&import->pending) != STATUS_OK)
        return EX_OSERR;
    import->answered_at = clock_steady_ms();

    int code = send_rows(import);
    if (code == 0)
        code = drain(import);
    progress_end(&import->progress);
    if (unanswered(import) > 0) // stopped or given up: they wait in the spool
        import->counts.retry += unanswered(import);
    pending_fini(&import->pending);
    free(import->batch_room);
    return code ? code : import_exit_code(import);
}
