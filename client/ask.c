// SPDX-License-Identifier: Apache-2.0
#include "client/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crypto/digest.h"
#include "common/runtime/clock.h"

enum {
    QUESTION_MAX = 256,
    PROBLEM_MAX = 320,
    WAIT_MS_MAX = 60000,
    CONNECT_LOOK_MS = 5,
};

struct ask {
    struct transport *transport; // lent
    struct outbox *outbox;       // NULL: to be opened anew
    int stop_fd;
    uint64_t number; // of the last question
    char endpoint[128];
    char problem[PROBLEM_MAX];
};

enum status
ask_open(struct ask **out, struct transport *transport, const char *endpoint,
         int stop_fd)
{
    if (strlen(endpoint) >= sizeof(*out)->endpoint)
        return STATUS_MALFORMED;
    struct ask *ask = calloc(1, sizeof *ask);
    if (!ask)
        return STATUS_SYSTEM;
    ask->transport = transport;
    ask->stop_fd = stop_fd;
    // Numbers of an earlier process must not answer this one's questions.
    ask->number = (uint64_t)clock_wall_ms() << 16;
    strcpy(ask->endpoint, endpoint);

    enum status status =
        outbox_open(&ask->outbox, transport, endpoint, ANSWER_FRAME_MAX);
    if (status != STATUS_OK) {
        ask_close(ask);
        return status;
    }
    *out = ask;
    return STATUS_OK;
}

void
ask_close(struct ask *ask)
{
    if (!ask)
        return;
    outbox_close(ask->outbox);
    free(ask);
}

const char *
ask_problem(const struct ask *ask)
{
    return ask->problem;
}

struct waitable
ask_waitable(struct ask *ask)
{
    if (!ask->outbox)
        return (struct waitable){.fd = -1};
    return outbox_waitable(ask->outbox);
}

enum status
ask_send(struct ask *ask, struct query *query)
{
    uint8_t bytes[QUESTION_MAX];
    struct writer writer = writer_on(bytes, sizeof bytes);

    if (!ask->outbox) {
        enum status status = outbox_open(&ask->outbox, ask->transport,
                                         ask->endpoint, ANSWER_FRAME_MAX);
        if (status != STATUS_OK)
            return status;
    }
    query->number = ++ask->number;
    size_t length = query_write(&writer, query);
    if (length == 0)
        return STATUS_MALFORMED;
    return outbox_send(ask->outbox, span_of(bytes, length));
}

// judge tells what a frame that answers the question at hand says.
static enum status
judge(struct ask *ask, const struct answer_frame *answer)
{
    if (answer->code == CODE_NONE)
        return STATUS_OK;
    snprintf(ask->problem, sizeof ask->problem, "%s answers %s: %.*s",
             ask->endpoint, code_name(answer->code),
             (int)(answer->text.length < 200 ? answer->text.length : 200),
             answer->text.length > 0 ? (const char *)answer->text.data
                                     : code_text(answer->code));
    return STATUS_UNAVAILABLE;
}

enum status
ask_receive(struct ask *ask, struct frame *frame, struct answer_frame *answer)
{
    for (;;) {
        if (!ask->outbox)
            return STATUS_AGAIN;
        frame_init(frame);
        enum status status = outbox_receive(ask->outbox, frame);
        if (status == STATUS_MALFORMED)
            continue; // not a message of ours, and gone
        if (status != STATUS_OK) {
            frame_close(frame);
            return status;
        }
        if (answer_read(frame_span(frame), answer) != CODE_NONE) {
            frame_close(frame);
            snprintf(ask->problem, sizeof ask->problem,
                     "%s gives an answer that cannot be read", ask->endpoint);
            return STATUS_MALFORMED;
        }
        if (answer->number == ask->number) {
            status = judge(ask, answer);
            if (status != STATUS_OK)
                frame_close(frame);
            return status;
        }
        frame_close(frame); // too late for its question
    }
}

// give_up throws the silent link away.
static enum status
give_up(struct ask *ask, int64_t timeout_ms)
{
    outbox_close(ask->outbox);
    ask->outbox = NULL;
    snprintf(ask->problem, sizeof ask->problem,
             "nobody answers at %s within %lld ms", ask->endpoint,
             (long long)timeout_ms);
    return STATUS_UNAVAILABLE;
}

// offer sends a question as soon as the link stands: a socket that connects
// takes nothing before.
static enum status
offer(struct ask *ask, struct query *query, int64_t deadline)
{
    for (;;) {
        enum status status = ask_send(ask, query);
        if (status != STATUS_FULL || clock_steady_ms() >= deadline)
            return status;
        struct waitable items[] = {ask_waitable(ask), {.fd = ask->stop_fd}};
        status = wait_any(items, ask->stop_fd >= 0 ? 2 : 1, CONNECT_LOOK_MS);
        if (status != STATUS_OK && status != STATUS_AGAIN)
            return status;
        if (ask->stop_fd >= 0 && items[1].ready)
            return STATUS_STOPPED;
    }
}

// put asks one question and waits for its answer.
static enum status
put(struct ask *ask, struct query *query, int64_t timeout_ms,
    struct frame *frame, struct answer_frame *answer)
{
    int64_t deadline = clock_steady_ms() + timeout_ms;

    ask->problem[0] = 0;
    enum status status = offer(ask, query, deadline);
    if (status == STATUS_FULL)
        return give_up(ask, timeout_ms);
    if (status != STATUS_OK)
        return status;
    for (;;) {
        status = ask_receive(ask, frame, answer);
        if (status != STATUS_AGAIN)
            return status;
        int64_t left = deadline - clock_steady_ms();
        if (left <= 0)
            return give_up(ask, timeout_ms);

        struct waitable items[] = {ask_waitable(ask), {.fd = ask->stop_fd}};
        status = wait_any(items, ask->stop_fd >= 0 ? 2 : 1, left);
        if (status != STATUS_OK && status != STATUS_AGAIN)
            return status;
        if (ask->stop_fd >= 0 && items[1].ready)
            return STATUS_STOPPED;
    }
}

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

    enum status status = put(ask, &query, timeout_ms, &frame, &answer);
    if (status != STATUS_OK)
        return status;
    const struct store_status *from = &answer.status;
    *facts = (struct store_facts){
        .incarnation = from->incarnation,
        .journal_position = from->journal_position,
        .position = answer.position,
        .events = from->events,
        .backed_up_position = from->backed_up_position,
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

// take_content copies a publication that is what its hash says.
static enum status
take_content(struct ask *ask, const struct publication *publication,
             char **content, size_t *length, uint8_t hash[HASH_SIZE])
{
    uint8_t computed[HASH_SIZE];

    digest(publication->content, computed, HASH_SIZE);
    if (!span_equal(span_of(computed, HASH_SIZE), publication->hash)) {
        snprintf(ask->problem, sizeof ask->problem,
                 "%s gives a file that does not match its hash", ask->endpoint);
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

    enum status status = put(ask, &query, timeout_ms, &frame, &answer);
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
        snprintf(ask->problem, sizeof ask->problem,
                 "the aggregator at %s has not published %s", ask->endpoint,
                 kind == PUBLICATION_DEALERS ? "a dealer directory"
                                             : "a programme");
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

    enum status status = put(ask, &query, timeout_ms, &frame, &answer);
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
