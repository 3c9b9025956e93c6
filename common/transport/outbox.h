// SPDX-License-Identifier: Apache-2.0
//
// outbox: one link to one endpoint (DEALER).  One socket, one endpoint, one
// session.  A link that stays silent is closed and opened anew by its owner:
// libzmq alone does not recover from a refusal (docs/decisions/).
#pragma once

#include "common/transport/curve.h"

struct outbox;

MUST_USE enum status outbox_open(struct outbox **out,
                                 struct transport *transport,
                                 const char *endpoint, int64_t max_bytes);
// outbox_open_curve connects with keys; client NULL: in the clear.
MUST_USE enum status outbox_open_curve(struct outbox **out,
                                       struct transport *transport,
                                       const char *endpoint, int64_t max_bytes,
                                       const struct curve_client *client);
void outbox_close(struct outbox *outbox); // NULL is fine; drops what waits
struct waitable outbox_waitable(struct outbox *outbox);

// outbox_send copies without blocking; STATUS_FULL when the link takes no more,
// which is also so before it is connected.
MUST_USE enum status outbox_send(struct outbox *outbox, struct span bytes);

// outbox_receive takes a waiting frame; STATUS_AGAIN when there is none,
// STATUS_MALFORMED for a message of several frames (it is gone).
MUST_USE enum status outbox_receive(struct outbox *outbox, struct frame *frame);

// What became of the handshake of a link with keys.
enum outbox_trouble {
    OUTBOX_FINE,         // nothing bad is known
    OUTBOX_REFUSED,      // the server does not admit our key: the link is dead
    OUTBOX_WRONG_SERVER, // it broke off: most likely the server has another
                         // key than the one we know
};
enum outbox_trouble outbox_trouble(struct outbox *outbox);
