// SPDX-License-Identifier: Apache-2.0
//
// mend: a damaged spool must not stop a terminal.
#pragma once

#include "client/dealerpulse.h"

// mend_open opens a spool; one that is damaged is repaired first, or by the
// agent that sends from it, for which it waits a while.  `who` begins the lines
// that say so; options->error says why it failed.
enum dealerpulse_status mend_open(struct dealerpulse **pulse,
                                  const struct dealerpulse_options *options,
                                  const char *who);

// mend_repair repairs and tells; the handle was closed before.
enum dealerpulse_status mend_repair(const char *spool, const char *who);

// mend_print tells what became of a repair: on stderr, for a person.
void mend_print(const char *who, enum dealerpulse_status status,
                const struct dealerpulse_repair *told);
