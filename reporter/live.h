// SPDX-License-Identifier: Apache-2.0
//
// live: server-sent events, so that a page learns of new figures by itself.
//
// A listener gets an event "figures" at once, and another whenever the position
// of what is shown has moved:
//   id: 42
//   event: figures
//   data: {"position":42,"events":80}
// In between a comment every fifteen seconds keeps proxies from hanging up.  A
// listener waits suspended and costs no thread.
#pragma once

#include <microhttpd.h>

#include "common/status.h"
#include "reporter/door.h"
#include "reporter/snapshot.h"

struct live;

// live_open: with a door (or NULL) a stream ends when its token does.
MUST_USE enum status live_open(struct live **out, struct shelf *shelf,
                               struct door *door);

// live_listen answers a connection with the stream; MHD_NO closes it.
// *is_full: there are too many listeners, and nothing was answered.  "events"
// is told to headquarters only.
enum MHD_Result live_listen(struct live *live,
                            struct MHD_Connection *connection,
                            const struct viewer *viewer, bool *is_full,
                            bool (*add_headers)(struct MHD_Response *wire));

// live_wake lets every listener look for news.  Any thread.
void live_wake(struct live *live);

// live_end ends every stream: before the daemon is stopped; live_close after.
void live_end(struct live *live);
void live_close(struct live *live); // NULL is fine
