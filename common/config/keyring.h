// SPDX-License-Identifier: Apache-2.0
//
// keyring: who may speak, as whom, for whom and when.
//
// A CSV file, columns by their header, in any order:
//   key      public CURVE key, Z85 (40 characters)
//   role     dealer | hq | auditor | reporter | collector
//   name     of the terminal, collector or reporter: 1 to 32 characters
//   dealers  of a dealer's key, separated by blanks, 1 to 1000; else empty
//   from     RFC 3339 (2026-01-31T00:00:00Z) or a date (midnight UTC); empty:
//   until      always.  A key is good from `from` on and before `until`
//   status   active | revoked
//   sign     optional: public Ed25519 key, Z85, that signs this terminal's
//            events
// A name may have two keys at a time, so that one can take the other's place.
//
// A keyring never changes once it is made: a new file makes a new one, whole or
// not at all (keyring_watch.h).  Looking up takes no memory and no lock.
#pragma once

#include "common/config/pool.h"
#include "common/config/problem.h"
#include "common/domain/check.h"
#include "common/runtime/z85.h"
#include "common/status.h"

enum {
    KEYRING_BYTES_MAX = 64 * 1024 * 1024,
    KEYRING_ROWS_MAX = 200000,
    KEYRING_NAME_MAX = 32,
    KEYRING_DEALERS_MAX = 1000,
    KEYRING_AT_A_TIME = 2, // keys of one name
};

struct keyring_entry {
    uint8_t key[Z85_KEY_BYTES];
    enum role role;
    char name[KEYRING_NAME_MAX + 1];
    uint32_t dealer_count;
    const char **dealers; // ascending
    int64_t from, until;  // ms UTC; INT64_MIN, INT64_MAX: always
    bool revoked;
    bool signs;
    uint8_t sign[Z85_KEY_BYTES]; // with `signs`
    unsigned line;               // in the file, from 1
};

struct keyring {
    struct pool pool; // everything below
    size_t count;
    struct keyring_entry *entries; // as in the file
    struct keyring_entry **by_key, **by_name;
    size_t sign_count; // entries that sign
};

// keyring_read validates the text completely; file names it in problems.
// STATUS_MALFORMED with problems.  A file of a header alone admits nobody.
MUST_USE enum status keyring_read(struct span text, const char *file,
                                  struct keyring **out,
                                  struct problems *problems);
// keyring_load does so with a file, which must not be writable for everybody.
MUST_USE enum status keyring_load(const char *path, struct keyring **out,
                                  struct problems *problems);
void keyring_free(struct keyring *keyring); // NULL is fine

enum key_state { KEY_ACTIVE, KEY_NOT_YET, KEY_EXPIRED, KEY_REVOKED };
enum key_state key_state(const struct keyring_entry *entry, int64_t now_ms);

// keyring_find returns the entry of a key, whatever its state, or NULL.
const struct keyring_entry *keyring_find(const struct keyring *keyring,
                                         const uint8_t key[Z85_KEY_BYTES]);

// keyring_admit returns the entry of a key that is good now, or NULL.
const struct keyring_entry *keyring_admit(const struct keyring *keyring,
                                          const uint8_t key[Z85_KEY_BYTES],
                                          int64_t now_ms);

// keyring_named returns the entries of a name and how many there are.
struct keyring_entry *const *keyring_named(const struct keyring *keyring,
                                           struct span name, size_t *count);

// key_speaks_for tells whether a key may name a dealer: a dealer's key only its
// own, an HQ or auditor key everybody.
bool key_speaks_for(const struct keyring_entry *entry, struct span dealer);

// key_same tells whether two entries give the same rights to the same name, the
// times and the status apart.
bool key_same(const struct keyring_entry *a, const struct keyring_entry *b);

const char *role_name(enum role role); // "dealer", "" for none
bool role_named(struct span name, enum role *role);
