// SPDX-License-Identifier: Apache-2.0
//
// watch: the keyring as its file has it now, for every thread of a program.
// Private to this folder.
#pragma once

#include "common/config/keyring.h"

struct watch;

// watch_open reads the keyring and starts the thread that follows the file.
// What is wrong was logged.
MUST_USE enum status watch_open(struct watch **out, const char *path);
void watch_close(struct watch *watch); // NULL is fine

// watch_role returns the role of a key that is good now, ROLE_NONE otherwise.
// Any thread.
enum role watch_role(struct watch *watch, const uint8_t key[Z85_KEY_BYTES]);

// watch_newest lends the newest keyring until the next call, to one thread.
const struct keyring *watch_newest(struct watch *watch);

// watch_listener notes a key that was let in to the feed; false when there are
// too many to remember.  watch_listeners_stale tells, once, whether one of them
// is no longer good, and forgets all.
bool watch_listener(struct watch *watch, const uint8_t key[Z85_KEY_BYTES]);
bool watch_listeners_stale(struct watch *watch);
