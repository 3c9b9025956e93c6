// SPDX-License-Identifier: Apache-2.0
//
// resend: from which number every terminal sends again, after a restore.
//
// Read from the last checkpoint, which may lag behind the journal: then a
// terminal sends a little that is there already, which is a DUPLICATE.
#pragma once

#include "common/storage/state.h"
#include "common/wire/envelope.h"

// resend_read fills the list, ascending by epoch, each epoch once.  An epoch
// that is not in it is not in the store at all.  With more than `room` epochs
// some are left out.
MUST_USE enum status resend_read(struct state *state, struct resend_from *list,
                                 size_t room, size_t *count);
