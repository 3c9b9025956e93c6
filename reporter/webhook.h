// SPDX-License-Identifier: Apache-2.0
//
// webhook: tells somebody else's program of alerts, at least once each.
//
// A thread of its own POSTs each parcel of dispatch.h to one address, one after
// the other, and writes what became of it into the file of deliveries before
// the next.  2xx: delivered.  4xx but for 408, 425 and 429: refused.  Anything
// else is tried again after 1 s, 2 s, 4 s ... 5 min, a little more at random.
// Redirects and proxies are not followed.
//
//   Idempotency-Key: <id>
//   Dealerpulse-Signature: t=<s since 1970>,v1=<hex HMAC-SHA256 of "t.body">
#pragma once

#include "common/config/config.h"
#include "common/status.h"
#include "reporter/counters.h"
#include "reporter/snapshot.h"

struct webhook;

enum { WEBHOOK_PROBLEM_MAX = PATH_MAX + 128 };

// webhook_open starts the thread; everything is lent.  With a problem:
// STATUS_MALFORMED: the secret will not do; STATUS_NOT_FOUND: it is not there;
// STATUS_UNAVAILABLE: others may read it.
MUST_USE enum status
webhook_open(struct webhook **out, const struct webhook_config *config,
             const struct alerts_config *alerts, struct shelf *shelf,
             struct counters *counters, char problem[WEBHOOK_PROBLEM_MAX]);

// webhook_close ends what is under way and waits for the thread.
void webhook_close(struct webhook *webhook); // NULL is fine
