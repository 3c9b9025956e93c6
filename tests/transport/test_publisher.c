// SPDX-License-Identifier: Apache-2.0
#include "tests/transport/link.h"

#include <zmq.h>

#include "common/transport/publisher.h"

static void
subscriber_gets_topic_and_payload(void **state)
{
    struct transport *transport = NULL;
    struct publisher *publisher = NULL;
    int more = 0, patience = 50;
    size_t length = sizeof more;
    char text[16];
    (void)state;

    assert_int_equal(transport_open(&transport, 1), STATUS_OK);
    assert_int_equal(publisher_open(&publisher, transport, "tcp://127.0.0.1:0"),
                     STATUS_OK);
    void *context = zmq_ctx_new();
    void *subscriber = zmq_socket(context, ZMQ_SUB);
    zmq_setsockopt(subscriber, ZMQ_RCVTIMEO, &patience, sizeof patience);
    zmq_setsockopt(subscriber, ZMQ_SUBSCRIBE, "rank", 4);
    assert_int_equal(zmq_connect(subscriber, publisher_endpoint(publisher)), 0);

    int got = -1;
    for (int i = 0; i < 200 && got < 0; i++) { // until the subscription is in
        assert_int_equal(publisher_send(publisher, span_text("rank.csi"),
                                        span_text("payload")),
                         STATUS_OK);
        assert_int_equal(publisher_send(publisher, span_text("other"),
                                        span_text("nobody asked")),
                         STATUS_OK);
        got = zmq_recv(subscriber, text, sizeof text, 0);
    }
    assert_int_equal(got, 8);
    assert_memory_equal(text, "rank.csi", 8);
    zmq_getsockopt(subscriber, ZMQ_RCVMORE, &more, &length);
    assert_int_equal(more, 1);
    assert_int_equal(zmq_recv(subscriber, text, sizeof text, 0), 7);
    assert_memory_equal(text, "payload", 7);

    zmq_close(subscriber);
    zmq_ctx_term(context);
    publisher_close(publisher);
    transport_close(transport);
}

static void
taken_port_is_busy(void **state)
{
    struct link *link = *state;
    struct publisher *publisher = NULL;

    assert_int_equal(publisher_open(&publisher, link->transport,
                                    inbox_endpoint(link->inbox)),
                     STATUS_BUSY);
    assert_null(publisher);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscriber_gets_topic_and_payload),
        cmocka_unit_test_setup_teardown(taken_port_is_busy, link_open,
                                        link_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
