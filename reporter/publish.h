// SPDX-License-Identifier: Apache-2.0
//
// publish: the PUB feed of the newest rankings.
//
// Of every KPI the newest month in which it has a value.  Topic
// "ranking/<scope>/<kpi>/<period>", for the nation and every region; payload
// the JSON of a ranking with two keys more: "feed", which changes when the
// reporter starts, and "sequence", counting 1, 2, ... within a topic.  A gap,
// or another feed, tells a subscriber to read /api/v1/rankings again. What did
// not change is not sent.
#pragma once

#include "common/access/access.h"
#include "common/transport/publisher.h"
#include "reporter/counters.h"
#include "reporter/snapshot.h"

struct publish;

MUST_USE enum status publish_open(struct publish **out,
                                  struct transport *transport,
                                  const char *endpoint, uint64_t feed);
// publish_open_guarded does so where access says, with its keys if there are
// any; failures are logged there.  endpoint outlives the feed.
MUST_USE enum status publish_open_guarded(struct publish **out,
                                          struct access *access,
                                          const char *endpoint, uint64_t feed,
                                          int *exit_code);

// publish_look cuts off whoever may not hear the feed any more: it binds anew,
// and everybody has to ask to be let in again.  Call it twice a second.
void publish_look(struct publish *publish);
void publish_close(struct publish *publish); // NULL is fine

// publish_changes sends the rankings that differ from what was sent before.
MUST_USE enum status publish_changes(struct publish *publish,
                                     const struct snapshot *snapshot,
                                     int64_t now_ms, struct counters *counters);
