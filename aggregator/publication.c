// SPDX-License-Identifier: Apache-2.0
#include "aggregator/publication.h"

#include <stdlib.h>

#include "aggregator/base.h"
#include "common/crypto/digest.h"

enum { RECORD_MARGIN = 1024 };

struct recall {
    struct history *history;
    struct problems *problems;
};

static enum status
recall_one(void *context, uint64_t position, struct span record)
{
    struct recall *recall = context;
    struct commit commit;

    enum status status = commit_read(record, &commit);
    if (status != STATUS_OK)
        return status;
    if (commit.position != position || !commit.has_publication)
        return STATUS_CORRUPT;
    return history_publish(recall->history, &commit.publication,
                           recall->problems);
}

enum status
publication_recall(struct journal *journal, struct history *history,
                   struct problems *problems)
{
    struct recall recall = {.history = history, .problems = problems};
    return journal_publications(journal, recall_one, &recall);
}

// append_record makes the record that follows the journal's end and stores it.
static enum status
append_record(struct journal *journal, const struct publication *publication,
              int64_t now)
{
    struct journal_end end;
    size_t capacity = publication->content.length + RECORD_MARGIN;

    enum status status = journal_end_read(journal, &end);
    if (status != STATUS_OK)
        return status;
    uint8_t *room = malloc(capacity);
    if (!room)
        return STATUS_SYSTEM;
    struct writer writer = writer_on(room, capacity);
    commit_begin(&writer, end.position + 1, end.head, now);
    commit_publication(&writer, publication);
    struct span record = span_of(room, commit_end(&writer));
    end.position++;
    end.committed_at_ms = now;
    digest(record, end.head, CHAIN_SIZE);
    status = record.length ? journal_append(journal, record, true, &end)
                           : STATUS_SYSTEM;
    free(room);
    return status;
}

enum status
publication_append(struct journal *journal, struct history *history,
                   enum publication_kind kind, struct span content, int64_t now,
                   bool *is_new, struct problems *problems)
{
    uint8_t hash[HASH_SIZE];

    digest(content, hash, HASH_SIZE);
    struct publication publication = {
        .kind = kind, .hash = span_of(hash, HASH_SIZE), .content = content};
    *is_new =
        !span_equal(publication.hash, history_newest(history, kind)->hash);
    if (!*is_new)
        return STATUS_OK;
    struct journal_base base;
    enum status status = journal_base_read(journal, &base);
    if (status == STATUS_OK)
        status = history_publish(history, &publication, problems);
    if (status == STATUS_OK)
        status = base_allows(&base, history, problems);
    return status == STATUS_OK ? append_record(journal, &publication, now)
                               : status;
}
