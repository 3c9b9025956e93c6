// SPDX-License-Identifier: Apache-2.0
//
// access: a program's own key, the keyring and the guard, put together.
//
// Without keys in the configuration a program serves loopback only, in the
// clear; with them everything it binds or connects is encrypted, and only those
// in the keyring get in.  Two threads stand behind a program that serves: the
// guard (common/transport/guard.h), and one that looks four times a second
// whether the keyring file is another one, reads it whole and puts it in the
// old one's place, or logs what is wrong with it and keeps the old one.
//
// Each door asks for roles: a terminal has nothing to ask of the query port.
#pragma once

#include "common/config/config.h"
#include "common/config/keyring.h"
#include "common/transport/inbox.h"
#include "common/transport/outbox.h"
#include "common/transport/publisher.h"

enum access_door {
    ACCESS_TERMINALS,  // dealer, hq, auditor, reporter
    ACCESS_COLLECTORS, // collector
    ACCESS_QUERIES,    // reporter, hq, auditor; collector for what is published
    ACCESS_FEED,       // reporter, hq, auditor
};

struct access;

// access_open reads a program's keys; console and terminal only have one, the
// others a keyring and a guard too.  When it does not return OK the reason was
// logged and *exit_code says how to end (77: a secret others may read; 78).
MUST_USE enum status access_open(struct access **out,
                                 struct transport *transport,
                                 const struct config *config,
                                 enum config_program program, int *exit_code);

// access_close: after the sockets, before the transport.  NULL is fine.
void access_close(struct access *access);

bool access_has_keys(const struct access *access);

// access_client returns the keys of a link to the aggregator, or NULL for one
// in the clear.  Lent until access_close.
const struct curve_client *access_client(const struct access *access);

// access_inbox binds; key_file NULL or "": with the program's own key.  Where
// public_key is not NULL it gets the key clients must expect.  Failures are
// logged; *exit_code as above, 69 when the port is taken.
MUST_USE enum status access_inbox(struct access *access, struct inbox **out,
                                  enum access_door door, const char *endpoint,
                                  int64_t max_bytes, const char *key_file,
                                  uint8_t *public_key, int *exit_code);
MUST_USE enum status access_publisher(struct access *access,
                                      struct publisher **out,
                                      const char *endpoint, int *exit_code);

// access_is_allowed tells whether an address may be bound or connected to:
// without keys only loopback is.  Otherwise it is logged.
bool access_is_allowed(const struct access *access, const char *endpoint);

// access_keyring returns the newest keyring; NULL without keys.  Lent until
// the next call; for one thread of the program.
const struct keyring *access_keyring(struct access *access);

// access_admits tells whether a peer's message may be listened to now, and as
// whose.  Without keys everybody's may, as ROLE_NONE.  Any thread.
bool access_admits(struct access *access, enum access_door door,
                   const struct peer *peer, enum role *role);

// access_feed_is_stale tells whether somebody whom the guard let in to the feed
// should no longer hear it: then close the publisher and bind it anew.
bool access_feed_is_stale(struct access *access);

uint64_t access_refusals(const struct access *access);
