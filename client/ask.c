// SPDX-License-Identifier: Apache-2.0
#include "client/ask_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/clock.h"

enum {
    QUESTION_MAX = 256,
    PROBLEM_MAX = 320,
    CONNECT_LOOK_MS = 5,
};

struct ask {
    struct transport *transport;     // lent
    struct outbox *outbox;           // NULL: to be opened anew
    const struct curve_client *keys; // lent; NULL: in the clear
    int stop_fd;
    uint64_t number; // of the last question
    char endpoint[128];
    char problem[PROBLEM_MAX];
};

enum status
ask_open(struct ask **out, struct transport *transport, const char *endpoint,
         int stop_fd)
{
    return ask_open_curve(out, transport, endpoint, NULL, stop_fd);
}

enum status
ask_open_curve(struct ask **out, struct transport *transport,
               const char *endpoint, const struct curve_client *keys,
               int stop_fd)
{
    if (strlen(endpoint) >= sizeof(*out)->endpoint)
        return STATUS_MALFORMED;
    struct ask *ask = calloc(1, sizeof *ask);
    if (!ask)
        return STATUS_SYSTEM;
    ask->transport = transport;
    ask->keys = keys;
    ask->stop_fd = stop_fd;
    // Numbers of an earlier process must not answer this one's questions.
    ask->number = (uint64_t)clock_wall_ms() << 16;
    strcpy(ask->endpoint, endpoint);

    enum status status = outbox_open_curve(&ask->outbox, transport, endpoint,
                                           ANSWER_FRAME_MAX, keys);
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

void
ask_explain(struct ask *ask, const char *sentence)
{
    snprintf(ask->problem, sizeof ask->problem, "%s %s", ask->endpoint,
             sentence);
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
        enum status status =
            outbox_open_curve(&ask->outbox, ask->transport, ask->endpoint,
                              ANSWER_FRAME_MAX, ask->keys);
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
            ask_explain(ask, "gives an answer that cannot be read");
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

// give_up throws the silent link away, and says why where the handshake told.
static enum status
give_up(struct ask *ask, int64_t timeout_ms)
{
    enum outbox_trouble trouble =
        ask->outbox ? outbox_trouble(ask->outbox) : OUTBOX_FINE;

    outbox_close(ask->outbox);
    ask->outbox = NULL;
    if (trouble == OUTBOX_REFUSED) {
        ask_explain(ask, "does not admit this key: it is unknown there, "
                         "revoked, expired or not valid yet");
        return STATUS_UNAVAILABLE;
    }
    if (trouble == OUTBOX_WRONG_SERVER) {
        ask_explain(ask, "broke off the handshake: probably aggregator_key is "
                         "not its key");
        return STATUS_UNAVAILABLE;
    }
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

enum status
ask_put(struct ask *ask, struct query *query, int64_t timeout_ms,
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
