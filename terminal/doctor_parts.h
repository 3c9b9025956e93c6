// SPDX-License-Identifier: Apache-2.0
//
// doctor_parts: what the files of the doctor share.  Private to them.
#pragma once

#include "client/dealerpulse.h"

struct examination {
    struct dealerpulse_options options;
    int code; // of the first thing that was wrong
};

// doctor_bad writes what is wrong and what to do.
__attribute__((format(printf, 3, 4))) void
doctor_bad(struct examination *on, int code, const char *format, ...);

// doctor_try_collector connects to an endpoint and says how it went.
void doctor_try_collector(struct examination *on, const char *named);
