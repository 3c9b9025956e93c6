// SPDX-License-Identifier: Apache-2.0
//
// list_dealers: every dealer a file names, as a dealers.csv to complete.
#pragma once

#include "terminal/mapper.h"
#include "terminal/rows.h"

// list_dealers writes id,name to stdout, in order of first appearance.  The
// name is what the id was made of.  An exit code; broken rows are passed over.
int list_dealers(struct rows *rows, struct mapper *mapper);
