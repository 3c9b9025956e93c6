// SPDX-License-Identifier: Apache-2.0
//
// dealers: dealers.csv as a directory.  Columns, by their header, in any order:
//   id (required), name, region, brand, size, status, from (YYYY-MM-DD)
// UTF-8 (a BOM is fine), RFC 4180 quoting, LF or CRLF.  A date in `from` is
// midnight UTC, for the file knows no zone; an instant with an offset
// (2026-01-01T00:00+08:00) is taken as it stands.  Empty: always.
#pragma once

#include "common/config/problem.h"
#include "common/domain/directory.h"
#include "common/status.h"

MUST_USE enum status dealers_read(struct span text, const char *file,
                                  struct directory **out,
                                  struct problems *problems);
MUST_USE enum status dealers_load(const char *path, struct directory **out,
                                  struct problems *problems);
void dealers_free(struct directory *directory);
