// SPDX-License-Identifier: Apache-2.0
//
// vetting: what the keyring says of an event, for a programme whose terminals
// sign: then a collector that was taken over can forge nothing in their name.
//
// Off unless the keyring has a signing key.  From then on an event is taken
// only from a terminal in the keyring, within its rights; where every good key
// of that terminal signs, only with the signature of one of them over the body.
// A terminal that has a good key that does not sign (yet) is believed, as long
// as it has.
#pragma once

#include "common/config/keyring.h"
#include "common/domain/event.h"
#include "common/domain/outcome.h"
#include "common/wire/envelope.h"

// vetting_judge: fine, RETRY(NOT_PERMITTED) for what another keyring would
// allow, or REJECTED(BAD_SIGNATURE).
struct outcome vetting_judge(const struct keyring *keyring, int64_t now_ms,
                             struct span terminal, const struct event *event,
                             const struct delivery *delivery);
