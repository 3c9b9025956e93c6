// SPDX-License-Identifier: Apache-2.0
#include "tests/transport/link.h"

#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include <zmq.h>

static void
port_zero_is_told_as_the_port_taken(void **state)
{
    struct link *link = *state;
    const char *endpoint = inbox_endpoint(link->inbox);

    assert_int_equal(strncmp(endpoint, "tcp://127.0.0.1:", 16), 0);
    assert_true(atoi(endpoint + 16) > 0);
}

static void
taken_port_is_busy(void **state)
{
    struct link *link = *state;
    struct inbox *second = NULL;

    assert_int_equal(inbox_open(&second, link->transport,
                                inbox_endpoint(link->inbox), LINK_BYTES),
                     STATUS_BUSY);
    assert_null(second);
}

static void
what_is_no_endpoint_is_malformed(void **state)
{
    static const char *const wrong[] = {"7070", "tcp://", "gopher://x:1",
                                        "tcp://127.0.0.1:99999"};
    struct link *link = *state;
    struct inbox *inbox = NULL;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(inbox_open(&inbox, link->transport, wrong[i], 64),
                         STATUS_MALFORMED);
    assert_null(inbox);
}

static void
each_peer_gets_its_own_answer(void **state)
{
    struct link *link = *state;
    struct outbox *other = NULL;
    struct peer first, second;

    assert_int_equal(outbox_open(&other, link->transport,
                                 inbox_endpoint(link->inbox), LINK_BYTES),
                     STATUS_OK);
    send_until_taken(link->outbox, "from first");
    expect_readable(inbox_waitable(link->inbox));
    assert_int_equal(inbox_receive(link->inbox, &first, &link->frame),
                     STATUS_OK);
    expect_text(&link->frame, "from first");

    send_until_taken(other, "from second");
    expect_readable(inbox_waitable(link->inbox));
    assert_int_equal(inbox_receive(link->inbox, &second, &link->frame),
                     STATUS_OK);
    assert_false(peer_equal(&first, &second));

    void *copy = strdup("to second");
    assert_int_equal(inbox_send_taken(link->inbox, &second, copy, 9),
                     STATUS_OK);
    assert_int_equal(inbox_send(link->inbox, &first, span_text("to first")),
                     STATUS_OK);
    expect_readable(outbox_waitable(other));
    assert_int_equal(outbox_receive(other, &link->frame), STATUS_OK);
    expect_text(&link->frame, "to second");
    expect_readable(outbox_waitable(link->outbox));
    assert_int_equal(outbox_receive(link->outbox, &link->frame), STATUS_OK);
    expect_text(&link->frame, "to first");
    outbox_close(other);
}

static void
nothing_waiting_is_again(void **state)
{
    struct link *link = *state;
    struct peer peer;

    assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                     STATUS_AGAIN);
    struct waitable item = inbox_waitable(link->inbox);
    assert_int_equal(wait_any(&item, 1, 10), STATUS_AGAIN);
    assert_false(item.ready);
}

// raw_dealer connects without our wrapper, to break the rules.
static void *
raw_dealer(void *context, const char *endpoint, const char *name)
{
    int linger = 1000;
    void *socket = zmq_socket(context, ZMQ_DEALER);
    assert_non_null(socket);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    if (name)
        zmq_setsockopt(socket, ZMQ_ROUTING_ID, name, strlen(name));
    assert_int_equal(zmq_connect(socket, endpoint), 0);
    return socket;
}

static void
message_of_several_frames_is_malformed_and_gone(void **state)
{
    struct link *link = *state;
    struct peer peer;
    void *context = zmq_ctx_new();
    void *raw = raw_dealer(context, inbox_endpoint(link->inbox), NULL);

    zmq_send(raw, "one", 3, ZMQ_SNDMORE);
    zmq_send(raw, "two", 3, ZMQ_SNDMORE);
    zmq_send(raw, "three", 5, 0);
    zmq_send(raw, "good", 4, 0);
    expect_readable(inbox_waitable(link->inbox));
    assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                     STATUS_MALFORMED);
    assert_int_equal(frame_span(&link->frame).length, 0);
    expect_readable(inbox_waitable(link->inbox));
    assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                     STATUS_OK);
    expect_text(&link->frame, "good");
    zmq_close(raw);
    zmq_ctx_term(context);
}

static void
peer_with_an_overlong_name_is_malformed(void **state)
{
    struct link *link = *state;
    struct peer peer;
    void *context = zmq_ctx_new();
    void *raw = raw_dealer(context, inbox_endpoint(link->inbox),
                           "a-name-of-more-than-fifteen-bytes");

    zmq_send(raw, "hello", 5, 0);
    expect_readable(inbox_waitable(link->inbox));
    assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                     STATUS_MALFORMED);
    assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                     STATUS_AGAIN);
    zmq_close(raw);
    zmq_ctx_term(context);
}

static void
oversize_frame_never_arrives_and_later_ones_do(void **state)
{
    struct link *link = *state;
    struct peer peer;
    static const char big[LINK_BYTES + 1];

    send_until_taken(link->outbox, "before");
    assert_int_equal(outbox_send(link->outbox, span_of(big, sizeof big)),
                     STATUS_OK);
    for (;;) { // the link is cut and comes back by itself
        expect_readable(inbox_waitable(link->inbox));
        assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                         STATUS_OK);
        assert_true(frame_span(&link->frame).length <= LINK_BYTES);
        if (span_equal(frame_span(&link->frame), span_text("after")))
            break;
        usleep(100000);
        send_until_taken(link->outbox, "after");
    }
}

static void
answer_to_a_peer_that_left_is_not_found(void **state)
{
    struct link *link = *state;
    enum status status = STATUS_OK;
    struct peer peer;

    send_until_taken(link->outbox, "hello");
    expect_readable(inbox_waitable(link->inbox));
    assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                     STATUS_OK);
    outbox_close(link->outbox);
    link->outbox = NULL;
    for (int i = 0; i < PATIENCE_MS && status == STATUS_OK; i++) {
        status = inbox_send(link->inbox, &peer, span_text("anybody?"));
        usleep(1000);
    }
    assert_int_equal(status, STATUS_NOT_FOUND);
    assert_int_equal(
        inbox_send_taken(link->inbox, &peer, strdup("still there?"), 12),
        STATUS_NOT_FOUND);
}

static void
peer_that_does_not_read_fills_up_and_blocks_nobody(void **state)
{
    struct link *link = *state;
    enum status status = STATUS_OK;
    struct peer peer;
    static const char answer[2048];

    send_until_taken(link->outbox, "hello");
    expect_readable(inbox_waitable(link->inbox));
    assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                     STATUS_OK);
    for (int i = 0; i < 1000000 && status == STATUS_OK; i++)
        status = inbox_send(link->inbox, &peer, span_of(answer, sizeof answer));
    assert_int_equal(status, STATUS_FULL);
}

static void
moved_frame_keeps_its_bytes(void **state)
{
    struct link *link = *state;
    struct frame kept;
    struct peer peer;

    frame_init(&kept);
    send_until_taken(link->outbox, "keep me");
    expect_readable(inbox_waitable(link->inbox));
    assert_int_equal(inbox_receive(link->inbox, &peer, &link->frame),
                     STATUS_OK);
    frame_move(&kept, &link->frame);
    expect_text(&kept, "keep me");
    assert_int_equal(frame_span(&link->frame).length, 0);
    frame_close(&kept);
    frame_close(&kept); // closing twice is fine
}

static void
ignore(int signal)
{
    (void)signal;
}

static void
signal_ends_a_wait_early(void **state)
{
    struct link *link = *state;
    struct itimerval soon = {.it_value.tv_usec = 20000};
    struct sigaction action = {.sa_handler = ignore};

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    struct waitable item = inbox_waitable(link->inbox);
    assert_int_equal(wait_any(&item, 1, PATIENCE_MS), STATUS_AGAIN);
}

static void
descriptor_and_socket_are_waited_for_together(void **state)
{
    struct link *link = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    struct waitable items[] = {inbox_waitable(link->inbox), {.fd = ends[0]}};
    assert_int_equal(wait_any(items, 2, PATIENCE_MS), STATUS_OK);
    assert_false(items[0].ready);
    assert_true(items[1].ready);
    close(ends[0]);
    close(ends[1]);
}

#define WITH_LINK(f) cmocka_unit_test_setup_teardown(f, link_open, link_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LINK(port_zero_is_told_as_the_port_taken),
        WITH_LINK(taken_port_is_busy),
        WITH_LINK(what_is_no_endpoint_is_malformed),
        WITH_LINK(each_peer_gets_its_own_answer),
        WITH_LINK(nothing_waiting_is_again),
        WITH_LINK(message_of_several_frames_is_malformed_and_gone),
        WITH_LINK(peer_with_an_overlong_name_is_malformed),
        WITH_LINK(oversize_frame_never_arrives_and_later_ones_do),
        WITH_LINK(answer_to_a_peer_that_left_is_not_found),
        WITH_LINK(peer_that_does_not_read_fills_up_and_blocks_nobody),
        WITH_LINK(moved_frame_keeps_its_bytes),
        WITH_LINK(signal_ends_a_wait_early),
        WITH_LINK(descriptor_and_socket_are_waited_for_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
