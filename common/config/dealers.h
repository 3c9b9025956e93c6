// SPDX-License-Identifier: Apache-2.0
//
// dealers: dealers.csv as a directory.  Columns, by their header, in any order:
//   id (required), name, region, brand, size, status, from (YYYY-MM-DD)
// UTF-8 (a BOM is fine), RFC 4180 quoting, LF or CRLF.
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
