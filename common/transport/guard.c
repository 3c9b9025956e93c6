// SPDX-License-Identifier: Apache-2.0
#include "common/transport/guard.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <zmq.h>

#include "common/transport/configure.h"

#define HANDLER "inproc://zeromq.zap.01"

// The frames of a request, in order.
enum {
    REQUEST_VERSION,
    REQUEST_ID,
    REQUEST_DOMAIN,
    REQUEST_ADDRESS,
    REQUEST_IDENTITY,
    REQUEST_MECHANISM,
    REQUEST_KEY,
    REQUEST_FRAMES
};

struct guard {
    struct guard_question question;
    void *socket;
    int stop_fd;
    pthread_t thread;
    bool has_thread;
    atomic_uint_fast64_t refusals;
};

static struct span
span_in(zmq_msg_t *frame)
{
    return span_of(zmq_msg_data(frame), zmq_msg_size(frame));
}

// receive takes a whole request.  False when it has not the right number of
// frames; its id is in frames[REQUEST_ID] all the same if it has one.
static bool
receive(void *socket, zmq_msg_t frames[REQUEST_FRAMES])
{
    for (int i = 0; i < REQUEST_FRAMES; i++) {
        if (zmq_msg_recv(&frames[i], socket, ZMQ_DONTWAIT) < 0)
            return false;
        if (zmq_msg_more(&frames[i]) != (i + 1 < REQUEST_FRAMES)) {
            if (zmq_msg_more(&frames[i]))
                socket_take_rest(socket);
            return false;
        }
    }
    return true;
}

static bool
admits(struct guard *guard, zmq_msg_t frames[REQUEST_FRAMES])
{
    struct span key = span_in(&frames[REQUEST_KEY]);
    const struct guard_question *question = &guard->question;

    return span_equal(span_in(&frames[REQUEST_VERSION]), span_text("1.0")) &&
           span_equal(span_in(&frames[REQUEST_MECHANISM]),
                      span_text("CURVE")) &&
           key.length == Z85_KEY_BYTES &&
           question->admits(question->context, span_in(&frames[REQUEST_DOMAIN]),
                            key.data, span_in(&frames[REQUEST_ADDRESS]));
}

// send_text sends one frame of the answer.
static void
send_text(void *socket, const char *text, int flags)
{
    (void)zmq_send(socket, text, strlen(text), flags | ZMQ_DONTWAIT);
}

// answer tells libzmq, and under which name (User-Id) messages are to come.
static void
answer(struct guard *guard, zmq_msg_t frames[REQUEST_FRAMES], bool admitted)
{
    char user[Z85_KEY_TEXT + 1] = "";
    void *socket = guard->socket;

    if (admitted)
        z85_key_write(zmq_msg_data(&frames[REQUEST_KEY]), user);
    send_text(socket, "1.0", ZMQ_SNDMORE);
    (void)zmq_send(socket, zmq_msg_data(&frames[REQUEST_ID]),
                   zmq_msg_size(&frames[REQUEST_ID]),
                   ZMQ_SNDMORE | ZMQ_DONTWAIT);
    send_text(socket, admitted ? "200" : "400", ZMQ_SNDMORE);
    send_text(socket, admitted ? "OK" : "this key is not admitted",
              ZMQ_SNDMORE);
    send_text(socket, user, ZMQ_SNDMORE);
    send_text(socket, "", 0); // no metadata
}

static void
serve_one(struct guard *guard)
{
    zmq_msg_t frames[REQUEST_FRAMES];

    for (int i = 0; i < REQUEST_FRAMES; i++)
        zmq_msg_init(&frames[i]);
    bool whole = receive(guard->socket, frames);
    if (zmq_msg_size(&frames[REQUEST_ID]) > 0) {
        bool admitted = whole && admits(guard, frames);
        if (!admitted)
            atomic_fetch_add_explicit(&guard->refusals, 1,
                                      memory_order_relaxed);
        answer(guard, frames, admitted);
    }
    for (int i = 0; i < REQUEST_FRAMES; i++)
        zmq_msg_close(&frames[i]);
}

static void *
run(void *argument)
{
    struct guard *guard = argument;
    zmq_pollitem_t items[] = {
        {.socket = guard->socket, .events = ZMQ_POLLIN},
        {.fd = guard->stop_fd, .events = ZMQ_POLLIN},
    };

    for (;;) {
        if (zmq_poll(items, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (items[1].revents != 0)
            return NULL;
        if (items[0].revents != 0)
            serve_one(guard);
    }
}

enum status
guard_open(struct guard **out, struct transport *transport,
           const struct guard_question *question)
{
    int linger = 0;
    struct guard *guard = calloc(1, sizeof *guard);
    if (!guard)
        return STATUS_SYSTEM;
    guard->question = *question;
    guard->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    guard->socket = zmq_socket(transport->context, ZMQ_REP);
    enum status status = guard->stop_fd >= 0 && guard->socket &&
                                 zmq_setsockopt(guard->socket, ZMQ_LINGER,
                                                &linger, sizeof linger) == 0
                             ? STATUS_OK
                             : STATUS_SYSTEM;
    if (status == STATUS_OK && zmq_bind(guard->socket, HANDLER) != 0)
        status = socket_status(errno);
    if (status == STATUS_OK) {
        guard->has_thread =
            pthread_create(&guard->thread, NULL, run, guard) == 0;
        status = guard->has_thread ? STATUS_OK : STATUS_SYSTEM;
    }
    if (status != STATUS_OK) {
        guard_close(guard);
        return status;
    }
    *out = guard;
    return STATUS_OK;
}

void
guard_close(struct guard *guard)
{
    if (!guard)
        return;
    if (guard->has_thread) {
        (void)eventfd_write(guard->stop_fd, 1);
        pthread_join(guard->thread, NULL);
    }
    if (guard->socket)
        zmq_close(guard->socket);
    if (guard->stop_fd >= 0)
        close(guard->stop_fd);
    free(guard);
}

uint64_t
guard_refusals(const struct guard *guard)
{
    return atomic_load_explicit(&guard->refusals, memory_order_relaxed);
}
