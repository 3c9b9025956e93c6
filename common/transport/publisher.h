// SPDX-License-Identifier: Apache-2.0
//
// publisher: a PUB feed.  Two frames: topic, then payload.  A slow subscriber
// loses messages; sequence numbers in the payload show it.
#pragma once

#include "common/transport/socket.h"

struct publisher;

MUST_USE enum status publisher_open(struct publisher **out,
                                    struct transport *transport,
                                    const char *endpoint);
void publisher_close(struct publisher *publisher);
MUST_USE enum status publisher_send(struct publisher *publisher,
                                    struct span topic, struct span payload);

// publisher_endpoint returns where it is bound, also when it was asked for
// port 0.  Lent until publisher_close.
const char *publisher_endpoint(const struct publisher *publisher);
