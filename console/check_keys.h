// SPDX-License-Identifier: Apache-2.0
//
// check_keys: the keys of a configuration, as far as they can be judged without
// being the program they belong to.
#pragma once

#include "common/config/config.h"

// check_keys reads the keyring, looks at who may read the secret files that are
// on this host, and at what lacks; file names the settings in problems.
MUST_USE enum status check_keys(const struct config *config, const char *file,
                                struct problems *problems);
