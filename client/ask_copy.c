// SPDX-License-Identifier: Apache-2.0
//
// The answers, copied out of their frames.
#include <stdlib.h>
#include <string.h>

#include "client/ask_parts.h"
#include "common/crypto/digest.h"

enum { WAIT_MS_MAX = 60000, QUARANTINED_MAX = 10000 };

static bool
copy_hash(uint8_t *to, size_t size, struct span from)
{
    if (from.length != size)
        return false;
    memcpy(to, from.data, size);
    return true;
}

enum status
ask_status(struct ask *ask, int64_t timeout_ms, struct store_facts *facts)
{
    struct query query = {.question = QUESTION_STATUS};
    struct frame frame;
    struct answer_frame answer;

    enum status status = ask_put(ask, &query, timeout_ms, &frame, &answer);
    if (status != STATUS_OK)
        return status;
    const struct store_status *from = &answer.status;
    *facts = (struct store_facts){
        .incarnation = from->incarnation,
        .journal_position = from->journal_position,
        .position = answer.position,
        .events = from->events,
        .backed_up_position = from->backed_up_position,
        .unfolded_ms = from->unfolded_ms,
        .intake_held = from->intake_held,
        .reader_ms = from->reader_ms,
        .last_commit_at_ms = from->last_commit_at_ms,
        .fold_version = from->fold_version,
    };
    (void)copy_hash(facts->store, sizeof facts->store, from->store);
    (void)copy_hash(facts->head, HASH_SIZE, from->head);
    facts->has_programme =
        copy_hash(facts->programme_hash, HASH_SIZE, from->programme_hash);
    facts->has_dealers =
        copy_hash(facts->dealers_hash, HASH_SIZE, from->dealers_hash);
    while (facts->month_count < FACTS_MONTHS_MAX &&
           status_next_month(&answer.status.months,
                             &facts->months[facts->month_count]))
        facts->month_count += 1;
    status = answer.has_status ? STATUS_OK : STATUS_MALFORMED;
    frame_close(&frame);
    return status;
}

enum status
ask_quarantined(struct ask *ask, int64_t timeout_ms, uint64_t *count)
{
    struct query query = {.question = QUESTION_QUARANTINE,
                          .limit = QUARANTINED_MAX};
    struct quarantine_row row;
    struct frame frame;
    struct answer_frame answer;

    enum status status = ask_put(ask, &query, timeout_ms, &frame, &answer);
    if (status != STATUS_OK)
        return status;
    for (*count = 0; answer_next_quarantine(&answer.quarantine, &row);)
        *count += 1;
    frame_close(&frame);
    return STATUS_OK;
}

// take_content copies a publication that is what its hash says.
static enum status
take_content(struct ask *ask, const struct publication *publication,
             char **content, size_t *length, uint8_t hash[HASH_SIZE])
{
    uint8_t computed[HASH_SIZE];

    digest(publication->content, computed, HASH_SIZE);
    if (!span_equal(span_of(computed, HASH_SIZE), publication->hash)) {
        ask_explain(ask, "gives a file that does not match its hash");
        return STATUS_MALFORMED;
    }
    char *copy = malloc((size_t)publication->content.length + 1);
    if (!copy)
        return STATUS_SYSTEM;
    if (publication->content.length > 0)
        memcpy(copy, publication->content.data, publication->content.length);
    copy[publication->content.length] = 0;
    memcpy(hash, computed, HASH_SIZE);
    *length = publication->content.length;
    *content = copy;
    return STATUS_OK;
}

enum status
ask_publication(struct ask *ask, enum publication_kind kind, struct span wanted,
                int64_t timeout_ms, char **content, size_t *length,
                uint8_t hash[HASH_SIZE])
{
    struct query query = {
        .question = QUESTION_PUBLICATION, .kind = kind, .hash = wanted};
    struct frame frame;
    struct answer_frame answer;
    struct publication publication;

    enum status status = ask_put(ask, &query, timeout_ms, &frame, &answer);
    if (status != STATUS_OK)
        return status;
    status = STATUS_NOT_FOUND;
    while (answer_next_publication(&answer.publications, &publication)) {
        if (publication.kind != kind ||
            (wanted.length > 0 && !span_equal(publication.hash, wanted)))
            continue;
        status = take_content(ask, &publication, content, length, hash);
        break;
    }
    if (status == STATUS_NOT_FOUND)
        ask_explain(ask, kind == PUBLICATION_DEALERS
                             ? "has not published a dealer directory"
                             : "has not published a programme");
    frame_close(&frame);
    return status;
}

static enum status
fill_table(struct tally_table *table, struct answer_frame *answer)
{
    struct tally_row row;
    uint32_t counter;
    int64_t value;

    while (answer_next_tally(&answer->tallies, &row)) {
        enum status status =
            tally_table_begin_row(table, row.month, row.dealer, row.slice);
        while (status == STATUS_OK && row_next(&row, &counter, &value))
            status = tally_table_put(table, counter, value);
        if (status != STATUS_OK)
            return status;
    }
    tally_table_seal(table);
    return STATUS_OK;
}

enum status
ask_tallies(struct ask *ask, uint32_t first, uint32_t last,
            uint64_t wait_position, int64_t timeout_ms,
            struct tally_table **table)
{
    int64_t half = timeout_ms / 2;
    struct query query = {
        .question = QUESTION_TALLIES,
        .first_month = first,
        .last_month = last,
        .wait_position = wait_position,
        .wait_ms = wait_position == 0   ? 0
                   : half > WAIT_MS_MAX ? WAIT_MS_MAX
                                        : (uint32_t)half,
    };
    struct frame frame;
    struct answer_frame answer;

    enum status status = ask_put(ask, &query, timeout_ms, &frame, &answer);
    if (status != STATUS_OK)
        return status;
    struct tally_table *made = tally_table_alloc();
    status = made ? fill_table(made, &answer) : STATUS_SYSTEM;
    if (status == STATUS_OK) {
        made->position = answer.position;
        *table = made;
    } else {
        tally_table_free(made);
    }
    frame_close(&frame);
    return status;
}
