// SPDX-License-Identifier: Apache-2.0
#include "client/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/statement.h"
#include "common/wire/event_code.h"

struct checking {
    struct spool *spool;
    void (*found)(void *context, const char *sentence);
    void *context;
    uint64_t *faults;
};

__attribute__((format(printf, 2, 3))) static void
fault(struct checking *checking, const char *format, ...)
{
    char sentence[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    *checking->faults += 1;
    checking->found(checking->context, sentence);
}

// --- SQLite's own opinion ----------------------------------------------------

static enum status
check_file(struct checking *checking)
{
    struct spool *spool = checking->spool;
    sqlite3_stmt *row = NULL;
    enum status status = STATUS_OK;

    int rc = sqlite3_prepare_v2(spool->database, "PRAGMA integrity_check", -1,
                                &row, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(row);
        if (rc != SQLITE_ROW)
            break;
        const char *word = (const char *)sqlite3_column_text(row, 0);
        if (word && strcmp(word, "ok") != 0)
            fault(checking, "the file is damaged: %.400s", word);
    }
    if (rc != SQLITE_DONE)
        status = spool_fail(spool, rc);
    sqlite3_finalize(row);
    return status;
}

// --- Events ------------------------------------------------------------------

static bool
check_event(void *context, const struct spool_event *event)
{
    struct checking *checking = context;
    unsigned long long seq = event->seq;
    struct event read;

    if (event->damaged) {
        fault(checking, "event %llu is not what was stored (checksum)", seq);
        return true;
    }
    struct outcome outcome = event_read(event->body, &read);
    if (outcome.kind == OUTCOME_REJECTED)
        fault(checking, "event %llu is not readable: %s %s", seq,
              code_name((uint32_t)outcome.code),
              outcome.field ? outcome.field : "");
    else if (memcmp(&read.id, &event->id, sizeof read.id) != 0)
        fault(checking, "event %llu is filed under another id", seq);
    return true;
}

// --- Numbers -----------------------------------------------------------------

static bool
check_gap(void *context, uint64_t first, uint64_t last)
{
    fault(context,
          "numbers %llu to %llu are gone: neither in the spool nor accepted",
          (unsigned long long)first, (unsigned long long)last);
    return true;
}

static void
check_range(struct checking *checking, const struct done_range *range,
            const struct measure *there)
{
    if (there->count != range->kept || there->bytes != range->bytes ||
        there->retry + there->rejected > 0)
        fault(checking,
              "of the accepted numbers %llu to %llu there are %llu events, "
              "not %llu",
              (unsigned long long)range->first, (unsigned long long)range->last,
              (unsigned long long)there->count,
              (unsigned long long)range->kept);
}

static enum status
check_ranges(struct checking *checking, uint64_t last_seq)
{
    struct done_range range;
    struct measure there;
    enum status status;
    uint64_t at = 0;
    bool found;

    for (;; at = range.last) {
        if ((status = done_after(checking->spool, at, &range, &found)) ||
            !found)
            return status;
        if (range.last < range.first || range.last > last_seq) {
            fault(checking, "the range of accepted numbers from %llu is wrong",
                  (unsigned long long)range.first);
            return STATUS_OK;
        }
        if ((status = events_measure(checking->spool, range.first, range.last,
                                     &there)))
            return status;
        check_range(checking, &range, &there);
    }
}

static enum status
check_head(struct checking *checking, const struct spool_head *head)
{
    struct spool_head counted = *head;

    enum status status = head_recount(checking->spool, &counted);
    if (status != STATUS_OK)
        return status;
    if (memcmp(&counted, head, sizeof counted) != 0)
        fault(checking,
              "the counts are wrong: waiting %llu, retry %llu, rejected %llu, "
              "kept %llu, bytes %llu were counted",
              (unsigned long long)counted.waiting,
              (unsigned long long)counted.retry,
              (unsigned long long)counted.rejected,
              (unsigned long long)counted.kept,
              (unsigned long long)counted.bytes);
    return STATUS_OK;
}

static enum status
check_all(struct checking *checking)
{
    struct spool_head head;
    enum status status;

    if ((status = check_file(checking)) ||
        (status = spool_head(checking->spool, &head)) ||
        (status = spool_all(checking->spool, true, check_event, checking)) ||
        (status =
             gaps_visit(checking->spool, head.last_seq, check_gap, checking)) ||
        (status = check_ranges(checking, head.last_seq)))
        return status;
    return check_head(checking, &head);
}

enum status
spool_check(struct spool *spool,
            void (*found)(void *context, const char *sentence), void *context,
            uint64_t *faults)
{
    struct checking checking = {
        .spool = spool, .found = found, .context = context, .faults = faults};

    *faults = 0;
    // One transaction: what is checked must not move meanwhile.
    int rc = sqlite3_exec(spool->database, "BEGIN", NULL, NULL, NULL);
    enum status status =
        rc == SQLITE_OK ? check_all(&checking) : spool_fail(spool, rc);
    sqlite3_exec(spool->database, "COMMIT", NULL, NULL, NULL);
    if (status == STATUS_CORRUPT) {
        fault(&checking, "%s", spool->error);
        status = STATUS_OK;
    }
    return status;
}
