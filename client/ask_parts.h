// SPDX-License-Identifier: Apache-2.0
//
// ask_parts: what the two files of ask share.
#pragma once

#include "client/ask.h"

// ask_put asks one question and waits for its answer; as the blocking calls of
// ask.h.  The caller closes the frame after STATUS_OK only.
MUST_USE enum status ask_put(struct ask *ask, struct query *query,
                             int64_t timeout_ms, struct frame *frame,
                             struct answer_frame *answer);

// ask_explain notes what ask_problem says, after the name of the endpoint.
void ask_explain(struct ask *ask, const char *sentence);
