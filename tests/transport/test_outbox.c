// SPDX-License-Identifier: Apache-2.0
#include "tests/transport/link.h"

#include <stdio.h>

#include <zmq.h>

static void
link_to_nobody_takes_nothing(void **state)
{
    struct transport *transport = NULL;
    struct outbox *outbox = NULL;
    (void)state;

    assert_int_equal(transport_open(&transport, 1), STATUS_OK);
    assert_int_equal(outbox_open(&outbox, transport, "tcp://127.0.0.1:1", 64),
                     STATUS_OK);
    assert_int_equal(outbox_send(outbox, span_text("hello")), STATUS_FULL);
    outbox_close(outbox);
    transport_close(transport);
}

static void
what_is_no_endpoint_is_malformed(void **state)
{
    struct link *link = *state;
    struct outbox *outbox = NULL;

    assert_int_equal(outbox_open(&outbox, link->transport, "nowhere", 64),
                     STATUS_MALFORMED);
    assert_int_equal(
        outbox_open(&outbox, link->transport, "tcp://127.0.0.1:70700", 64),
        STATUS_MALFORMED);
    assert_null(outbox);
}

static void
answer_of_several_frames_is_malformed_and_gone(void **state)
{
    struct link *link = *state;
    struct outbox *outbox = NULL;
    char endpoint[256];
    size_t length = sizeof endpoint;
    char name[64];
    int linger = 0;

    void *context = zmq_ctx_new();
    void *router = zmq_socket(context, ZMQ_ROUTER);
    zmq_setsockopt(router, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_bind(router, "tcp://127.0.0.1:0"), 0);
    zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, endpoint, &length);
    assert_int_equal(
        outbox_open(&outbox, link->transport, endpoint, LINK_BYTES), STATUS_OK);
    send_until_taken(outbox, "hello");

    int named = zmq_recv(router, name, sizeof name, 0);
    assert_true(named > 0);
    assert_int_equal(zmq_recv(router, endpoint, sizeof endpoint, 0), 5);
    zmq_send(router, name, (size_t)named, ZMQ_SNDMORE);
    zmq_send(router, "one", 3, ZMQ_SNDMORE);
    zmq_send(router, "two", 3, 0);
    expect_readable(outbox_waitable(outbox));
    assert_int_equal(outbox_receive(outbox, &link->frame), STATUS_MALFORMED);
    assert_int_equal(outbox_receive(outbox, &link->frame), STATUS_AGAIN);
    outbox_close(outbox);
    zmq_close(router);
    zmq_ctx_term(context);
}

static void
link_over_a_local_socket_carries_frames(void **state)
{
    struct link *link = *state;
    struct inbox *inbox = NULL;
    struct outbox *outbox = NULL;
    struct peer peer;
    char endpoint[64];

    snprintf(endpoint, sizeof endpoint, "ipc:///tmp/dp-test-%d", getpid());
    assert_int_equal(inbox_open(&inbox, link->transport, endpoint, 64),
                     STATUS_OK);
    assert_int_equal(outbox_open(&outbox, link->transport, endpoint, 64),
                     STATUS_OK);
    send_until_taken(outbox, "hello");
    expect_readable(inbox_waitable(inbox));
    assert_int_equal(inbox_receive(inbox, &peer, &link->frame), STATUS_OK);
    expect_text(&link->frame, "hello");
    outbox_close(outbox);
    inbox_close(inbox);
}

static void
closing_with_frames_waiting_does_not_hang(void **state)
{
    struct link *link = *state;

    send_until_taken(link->outbox, "nobody reads this");
    outbox_close(link->outbox);
    link->outbox = NULL;
    inbox_close(link->inbox);
    link->inbox = NULL;
    // link_close ends the context: it returns only with LINGER 0
}

#define WITH_LINK(f) cmocka_unit_test_setup_teardown(f, link_open, link_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_to_nobody_takes_nothing),
        WITH_LINK(what_is_no_endpoint_is_malformed),
        WITH_LINK(answer_of_several_frames_is_malformed_and_gone),
        WITH_LINK(link_over_a_local_socket_carries_frames),
        WITH_LINK(closing_with_frames_waiting_does_not_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
