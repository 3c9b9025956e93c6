// SPDX-License-Identifier: Apache-2.0
//
// link: an inbox and an outbox that found each other, for tests.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "common/transport/inbox.h"
#include "common/transport/outbox.h"

enum { PATIENCE_MS = 10000, LINK_BYTES = 4096 };

struct link {
    struct transport *transport;
    struct inbox *inbox;
    struct outbox *outbox;
    struct frame frame;
};

static inline void
expect_readable(struct waitable item)
{
    assert_int_equal(wait_any(&item, 1, PATIENCE_MS), STATUS_OK);
    assert_true(item.ready);
}

// send_until_taken: a link takes nothing before it is connected.
static inline void
send_until_taken(struct outbox *outbox, const char *text)
{
    for (int i = 0; i < PATIENCE_MS; i++) {
        if (outbox_send(outbox, span_text(text)) == STATUS_OK)
            return;
        usleep(1000);
    }
    fail_msg("the link never came up");
}

static inline void
expect_text(struct frame *frame, const char *text)
{
    assert_true(span_equal(frame_span(frame), span_text(text)));
}

static inline int
link_open(void **state)
{
    struct link *link = calloc(1, sizeof *link);
    if (!link || transport_open(&link->transport, 1) != STATUS_OK ||
        inbox_open(&link->inbox, link->transport, "tcp://127.0.0.1:0",
                   LINK_BYTES) != STATUS_OK ||
        outbox_open(&link->outbox, link->transport, inbox_endpoint(link->inbox),
                    LINK_BYTES) != STATUS_OK)
        return -1;
    frame_init(&link->frame);
    *state = link;
    return 0;
}

static inline int
link_close(void **state)
{
    struct link *link = *state;
    frame_close(&link->frame);
    outbox_close(link->outbox);
    inbox_close(link->inbox);
    transport_close(link->transport);
    free(link);
    return 0;
}
