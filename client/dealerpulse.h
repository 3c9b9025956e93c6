// SPDX-License-Identifier: Apache-2.0
//
// dealerpulse: hand events over and never lose one.  The public header of
// libdealerpulse, 0.x; it needs nothing else of the project.
//
// An event is bytes: one encoded `Event` message (proto/event.proto), with an
// id from dealerpulse_new_id.  dealerpulse_submit puts it into the spool, a
// file beside the program, and returns when it is on disk; no network is
// touched.  dealerpulse_pump moves events from the spool to a collector and
// brings back what became of each.  The two may be far apart: a till submits,
// an agent (dealerpulse-terminal run) on the same spool pumps.
//
//   struct dealerpulse_options options = {
//       .spool = "/var/lib/shop/spool.db", .name = "till-3",
//       .role = DEALERPULSE_DEALER, .dealers = ids, .dealer_count = 1,
//       .collectors = endpoints, .collector_count = 2,
//       .on_outcome = tell_cashier, .context = till };
//   struct dealerpulse *pulse;
//   if (dealerpulse_open(&pulse, &options) != DEALERPULSE_OK) ...
//   dealerpulse_new_id(pulse, id);
//   ... encode the event with this id ...
//   dealerpulse_submit(pulse, bytes, length, &seq);
//   while (!asked_to_stop)
//       dealerpulse_pump(pulse, 1000, -1);
//   dealerpulse_close(pulse);
//
// Outcomes.  ACCEPTED: on the aggregator's disk, counted once.  DUPLICATE: it
// was already there, just as good.  Such an event is done and never sent again,
// unless a store restored from a backup asks for it: the spool keeps it until
// it is in a backup or its room is needed.
// REJECTED(code): it can never become right; it stays in the spool as a dead
// letter until a person looks at it.  RETRY(code): not now (an unlisted dealer,
// a clock ahead); it stays, is sent again by itself and holds up nobody.
// docs/PROTOCOL.md lists the codes.
//
// Threads and processes.  A handle belongs to one thread at a time.  Any number
// of processes may submit to one spool; only one at a time may pump it.  Do not
// fork between open and close.  SIGPIPE is the caller's to ignore.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dealerpulse_status {
    DEALERPULSE_OK,
    DEALERPULSE_AGAIN,     // nothing happened in the time given
    DEALERPULSE_NOT_FOUND, // no such spool, no such event
    DEALERPULSE_INVALID,   // the event or an option is wrong; nothing was done
    DEALERPULSE_FULL,      // the spool is at its bound, or the disk is full
    DEALERPULSE_BUSY,      // another process pumps or locks this spool
    DEALERPULSE_CORRUPT,   // the spool file is damaged
    DEALERPULSE_SYSTEM,    // the operating system failed
    DEALERPULSE_EXPOSED,   // a secret key file others may read
};

enum {
    DEALERPULSE_ID_SIZE = 16,
    DEALERPULSE_BODY_MAX = 8192,
    DEALERPULSE_COMMENT_MAX = 2048,
    DEALERPULSE_SALT_SIZE = 16,
    DEALERPULSE_HASH_SIZE = 32,
};

enum dealerpulse_role {
    DEALERPULSE_DEALER = 1,
    DEALERPULSE_HQ = 2,
    DEALERPULSE_AUDITOR = 3, // sends audits of everybody
};

enum dealerpulse_kind {
    DEALERPULSE_ACCEPTED,
    DEALERPULSE_DUPLICATE,
    DEALERPULSE_REJECTED,
    DEALERPULSE_RETRY,
};

// What became of one event.  The texts are lent for the time of the call.
struct dealerpulse_outcome {
    uint64_t seq; // as dealerpulse_submit told
    enum dealerpulse_kind kind;
    uint32_t code;         // 0 when accepted
    const char *code_name; // "OFF_SCALE"
    const char *field;     // which field is wrong, or ""
    const char *text;      // a sentence for a technician, or ""
    uint32_t after_ms;     // RETRY: not before
};

struct dealerpulse_options {
    const char *spool;    // path; the file is made when it does not exist
    bool must_exist;      // DEALERPULSE_NOT_FOUND instead of making it
    bool store_only;      // never pump: several such handles may be open
    uint64_t spool_bytes; // refuse to grow beyond; 0: 1 GiB.  Events that are
                          // done give way before anything is refused
    const char *name;     // of this terminal, 1..32 bytes
    enum dealerpulse_role role;
    const char *const *dealers; // whom a DEALER speaks for
    size_t dealer_count;
    // "tcp://collector.example:7070", with keys "...:7070#KEY": the collector's
    // public key, 40 Z85 characters.
    const char *const *collectors;
    size_t collector_count;
    // The file with this terminal's secret key (dealerpulse keys new); NULL: in
    // the clear.  Reading it forbids core dumps to the process.
    const char *key_file;
    const char *sign_key_file; // signs every event (Ed25519); NULL: does not
    const char *software;      // "my-dms 4.2"; NULL: this library
    // Called from dealerpulse_pump, once the outcome is in the spool.  May
    // submit; must not pump or close.
    void (*on_outcome)(void *context,
                       const struct dealerpulse_outcome *outcome);
    void *context;
    char *error; // where dealerpulse_open explains a failure; may be NULL
    size_t error_size;
};

struct dealerpulse;

// dealerpulse_open copies what it needs of the options.  NOT_FOUND: with
// must_exist; INVALID: a wrong option; BUSY: another process pumps this spool
// (open with store_only then).
enum dealerpulse_status dealerpulse_open(struct dealerpulse **out,
                                         const struct dealerpulse_options *);

// dealerpulse_close never waits for the network; what is in the spool stays
// there.  NULL is fine.
void dealerpulse_close(struct dealerpulse *pulse);

// dealerpulse_error returns a sentence about the last call on this handle that
// returned neither OK nor AGAIN.  Lent until the next call.
const char *dealerpulse_error(const struct dealerpulse *pulse);

// dealerpulse_new_id writes a UUIDv7.  Ids of one spool never go back, also
// when the clock does.
void dealerpulse_new_id(struct dealerpulse *pulse,
                        uint8_t id[DEALERPULSE_ID_SIZE]);

// dealerpulse_imported_id writes a UUIDv8 that depends on its arguments alone,
// so that importing something twice changes nothing: 48 bits of occurred_at_ms,
// then 74 bits of a hash of dealer, event type, the importer's name, which of
// the events of one row it is, and the row's natural key.  dealer and
// name_space are at most 64 bytes.
void dealerpulse_imported_id(uint8_t id[DEALERPULSE_ID_SIZE],
                             int64_t occurred_at_ms, const char *dealer,
                             uint32_t event_type, const char *name_space,
                             uint32_t ordinal, const void *key,
                             size_t key_length);

// dealerpulse_submit stores one event; *seq (may be NULL) is its number in this
// spool.  An event that still is in the spool, byte for byte, is not stored
// twice: its number is told again, and it is sent again if it was a dead letter
// or waiting for another try.
enum dealerpulse_status dealerpulse_submit(struct dealerpulse *pulse,
                                           const void *body, size_t length,
                                           uint64_t *seq);

// An event, and a customer's comment beside it: what a person said must not
// stand in the event itself.  dealerpulse_bind_comment draws a salt and gives
// the hash that goes into the event's comment_hash.
struct dealerpulse_body {
    const void *bytes;
    size_t length;
    const uint8_t *salt; // DEALERPULSE_SALT_SIZE; NULL: no comment
    const char *comment; // UTF-8, at most DEALERPULSE_COMMENT_MAX bytes
    size_t comment_length;
};

void dealerpulse_bind_comment(const char *comment, size_t length,
                              uint8_t salt[DEALERPULSE_SALT_SIZE],
                              uint8_t hash[DEALERPULSE_HASH_SIZE]);

// dealerpulse_submit_many stores all of them or none, with one write to disk.
enum dealerpulse_status
dealerpulse_submit_many(struct dealerpulse *pulse,
                        const struct dealerpulse_body *bodies, size_t count,
                        uint64_t *seqs);

// dealerpulse_pump sends, receives and settles what it can, waiting at most
// timeout_ms for something to do.  It returns early when wake_fd (-1: none)
// becomes readable.  OK: something moved.  AGAIN: nothing did; a link that is
// down is no error but seen in dealerpulse_state.
enum dealerpulse_status dealerpulse_pump(struct dealerpulse *pulse,
                                         int timeout_ms, int wake_fd);

enum dealerpulse_link {
    DEALERPULSE_LINK_DOWN,       // waiting before the next try
    DEALERPULSE_LINK_CONNECTING, // no WELCOME yet
    DEALERPULSE_LINK_UP,
};

struct dealerpulse_state {
    // In the spool.
    uint64_t last_seq, waiting, retry, rejected, bytes;
    uint64_t kept, kept_bytes; // done, kept until they are in a backup
    uint64_t lost;             // to damage of the file, see dealerpulse_repair
    // Since open, events.
    uint64_t accepted_total, duplicate_total, rejected_total, retry_total;
    // The link.
    enum dealerpulse_link link;
    const char *collector;    // endpoint; lent until the next pump
    uint64_t links_total;     // how often a link was opened
    uint32_t refusal;         // code of the last refusal or goaway, 0: none
    const char *refusal_text; // lent until the next pump
    uint64_t in_flight;       // events sent and not answered
    uint64_t resent_total;    // asked for again by a restored store
    // As a collector last told; without has_clock nobody did.
    bool has_clock;
    int64_t clock_offset_ms; // its clock minus ours
    int64_t clock_seen_ms;   // when, by ours
    uint64_t backed_up_position;
    bool has_store;
    uint8_t store[16];
    uint32_t incarnation;
};

enum dealerpulse_status dealerpulse_state(struct dealerpulse *pulse,
                                          struct dealerpulse_state *state);

enum dealerpulse_place {
    DEALERPULSE_WAITING,
    DEALERPULSE_WAITING_RETRY,
    DEALERPULSE_DEAD_LETTER,
    DEALERPULSE_KEPT // done
};

// One event in the spool; everything is lent for the time of the call.
struct dealerpulse_entry {
    uint64_t seq;
    const uint8_t *id;
    int64_t recorded_at_ms;
    enum dealerpulse_place place;
    int64_t not_before_ms; // WAITING_RETRY
    uint32_t tries;        // how often it was answered RETRY
    uint32_t code;
    const char *code_name, *field, *text;
    uint64_t position; // KEPT: of its commit or a later one
    bool damaged;      // no longer what was stored
    const void *body;
    size_t length;
    const void *salt, *comment; // lengths 0: none
    size_t salt_length, comment_length;
};

// dealerpulse_list calls `each` for every event in the spool that is not done,
// or every one at all, ascending seq, until it returns false.
enum dealerpulse_status dealerpulse_list(
    struct dealerpulse *pulse, bool kept_as_well,
    bool (*each)(void *context, const struct dealerpulse_entry *entry),
    void *context);

// --- Care --------------------------------------------------------------------

// dealerpulse_retry puts a dead letter, an event waiting for its time, or one
// that is done, back in line; with seq 0 all that are not done.  *count (may be
// NULL) says how many.  NOT_FOUND: no such event.
enum dealerpulse_status dealerpulse_retry(struct dealerpulse *pulse,
                                          uint64_t seq, uint64_t *count);

// dealerpulse_resend puts the events that are done, from seq on, back in line,
// as a store restored from a backup asks for by itself.
enum dealerpulse_status dealerpulse_resend(struct dealerpulse *pulse,
                                           uint64_t seq, uint64_t *count);

// dealerpulse_verify reads the whole spool and calls `found` with a sentence
// for each fault; *faults says how many.  Others may go on meanwhile.
enum dealerpulse_status dealerpulse_verify(struct dealerpulse *pulse,
                                           void (*found)(void *context,
                                                         const char *sentence),
                                           void *context, uint64_t *faults);

struct dealerpulse_repair {
    uint64_t events; // in the new file
    uint64_t lost;
    bool lost_is_upper; // some of them may have been accepted before
    bool is_new_epoch;  // events have new numbers
    char damaged[4096]; // where the damaged file is now
    char report[4096];  // a text that names what is lost
    char error[512];
};

// dealerpulse_repair makes a new spool of what can be read of a damaged one
// (DEALERPULSE_CORRUPT) and keeps that one aside.  No handle of this process
// may be open on it; other programs that have it open follow by themselves.
// BUSY: another program sends from it and will see to it.  INVALID: nothing of
// a spool is in the file; it was left alone.
enum dealerpulse_status dealerpulse_repair(const char *spool,
                                           struct dealerpulse_repair *told);
