// SPDX-License-Identifier: Apache-2.0
//
// reply: a response as the HTTP library sends it, with the headers that keep
// browsers from running, framing, guessing or leaking anything.
#pragma once

#include <microhttpd.h>

#include "reporter/counters.h"
#include "reporter/response.h"

// reply_safe_headers adds them; false without memory.
bool reply_safe_headers(struct MHD_Response *wire);

// reply_count counts an answer.
void reply_count(struct counters *counters, unsigned status);

// reply_give sends a response and ends it.  is_secure: over TLS.  MHD_NO closes
// the connection.
enum MHD_Result reply_give(struct MHD_Connection *connection,
                           struct response *response, bool is_secure,
                           struct counters *counters);
