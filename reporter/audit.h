// SPDX-License-Identifier: Apache-2.0
//
// audit: who did what, when, from where: a file that is only appended to, mode
// 0600, one JSON object a line:
//   {"at":"2026-11-02T08:00:00Z","who":"north","scope":"region:North",
//    "what":"refused","target":"/api/v1/rankings","status":403,
//    "from":"10.1.2.3"}
// `who` and `scope` are empty when nobody knows.  The file is opened for every
// line, so it may be moved away at any time.
#pragma once

#include "reporter/viewer.h"

// audit_write appends a line.  False, and logged, when it cannot: then what it
// would record must not happen.
bool audit_write(const char *path, const struct viewer *viewer,
                 const char *what, const char *target, unsigned status,
                 const char *from, int64_t wall_ms);
