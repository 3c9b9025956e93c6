// SPDX-License-Identifier: Apache-2.0
//
// queries: the thread that answers read-only questions on its own port, so
// that no reader ever holds up a commit.
#pragma once

#include "aggregator/answers.h"
#include "common/access/access.h"
#include "common/transport/inbox.h"

struct queries;

// queries_open starts the thread; it takes the inbox over.  access says, for
// every question, who may ask: a collector only what is published.
MUST_USE enum status queries_open(struct queries **out, struct inbox *inbox,
                                  const struct answers *answers,
                                  struct access *access);
// queries_close ends the thread and closes the inbox; NULL is fine.
void queries_close(struct queries *queries);
