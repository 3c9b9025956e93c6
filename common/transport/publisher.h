// SPDX-License-Identifier: Apache-2.0
//
// publisher: a PUB feed.  Two frames: topic, then payload.  A slow subscriber
// loses messages; sequence numbers in the payload show it.
#pragma once

#include "common/transport/curve.h"

struct publisher;

MUST_USE enum status publisher_open(struct publisher **out,
                                    struct transport *transport,
                                    const char *endpoint);
// publisher_open_curve: only subscribers the guard admits.  Those who are in
// stay in until the publisher is closed.
MUST_USE enum status publisher_open_curve(struct publisher **out,
                                          struct transport *transport,
                                          const char *endpoint,
                                          const struct curve_server *server);
void publisher_close(struct publisher *publisher);
MUST_USE enum status publisher_send(struct publisher *publisher,
                                    struct span topic, struct span payload);

// publisher_endpoint returns where it is bound, also when it was asked for
// port 0.  Lent until publisher_close.
const char *publisher_endpoint(const struct publisher *publisher);
