// SPDX-License-Identifier: Apache-2.0
#include "bench/probe.h"

#include <stdio.h>

#include "common/runtime/clock.h"
#include "common/transport/outbox.h"
#include "common/wire/envelope.h"

enum { ATTEMPT_MS = 50, GIVE_UP_MS = 600000 };

// welcome_within greets over a link of its own: one that was refused recovers
// too slowly to measure with.
static bool
welcome_within(struct outbox *outbox, int64_t timeout_ms)
{
    uint8_t bytes[256];
    struct writer writer = writer_on(bytes, sizeof bytes);
    struct hello hello = {.role = ROLE_COLLECTOR,
                          .name = span_text("bench-probe")};
    size_t length = hello_write(&writer, &hello, NULL, 0);
    int64_t until = clock_steady_ms() + timeout_ms;
    bool sent = false, welcome = false;
    struct frame frame;

    frame_init(&frame);
    while (!welcome && clock_steady_ms() < until) {
        if (!sent)
            sent = outbox_send(outbox, span_of(bytes, length)) == STATUS_OK;
        struct waitable wait = outbox_waitable(outbox);
        (void)!wait_any(&wait, 1, 5);
        struct envelope envelope;
        if (outbox_receive(outbox, &frame) == STATUS_OK &&
            envelope_read(frame_span(&frame), 0, &envelope) == CODE_NONE)
            welcome = envelope.kind == ENVELOPE_WELCOME;
    }
    frame_close(&frame);
    return welcome;
}

bool
probe_run(const char *endpoint, const struct bench_keys *keys)
{
    struct transport *transport = NULL;
    int64_t began = clock_steady_us();
    struct bench_link_keys own;
    bool welcome = false;

    if (!bench_keys_load(&own, keys, "bench-probe"))
        return false;
    if (transport_open(&transport, 1) != STATUS_OK)
        return false;
    while (!welcome && clock_steady_us() - began < GIVE_UP_MS * INT64_C(1000)) {
        struct outbox *outbox = NULL;
        if (outbox_open_curve(&outbox, transport, endpoint, FRAME_MAX,
                              bench_keys_client(&own)) != STATUS_OK)
            break;
        welcome = welcome_within(outbox, ATTEMPT_MS);
        outbox_close(outbox);
    }
    transport_close(transport);
    bench_keys_free(&own);
    if (welcome)
        printf("ready_s %.3f\n", (double)(clock_steady_us() - began) / 1e6);
    return welcome;
}
