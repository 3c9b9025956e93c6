// SPDX-License-Identifier: Apache-2.0
//
// rights: what the keyring says of a terminal's key.
#pragma once

#include "collector/admission.h"
#include "common/config/keyring.h"

// rights_refusal says why a peer's key may not speak now; CODE_NONE: it may,
// and *entry is what it may.
struct refusal rights_refusal(const struct keyring *keyring,
                              const struct peer *peer, int64_t now_ms,
                              const struct keyring_entry **entry);

// rights_judge says where a HELLO claims more than its key has: the role, the
// name and every dealer must agree.
struct refusal rights_judge(const struct keyring_entry *entry,
                            const struct hello *hello);

// rights_cover tells whether a key still has all that a session was given.
bool rights_cover(const struct keyring_entry *entry,
                  const struct session *session);
