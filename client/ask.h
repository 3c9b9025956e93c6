// SPDX-License-Identifier: Apache-2.0
//
// ask: a link to the aggregator's query port.
//
// One question at a time; an answer to an older one is dropped.  A link that
// stays silent until the timeout is closed and opened anew, so that the next
// question does not wait behind a dead one.  What is taken is plain memory of
// the caller, nothing is lent from frames.
//
// Blocking calls return STATUS_UNAVAILABLE when nobody answered in time or the
// answer is a refusal (ask_problem says what it was), STATUS_STOPPED when the
// stop descriptor became readable, STATUS_MALFORMED for an answer that is not
// one, STATUS_SYSTEM without memory.
#pragma once

#include "client/tally_table.h"
#include "common/transport/outbox.h"
#include "common/wire/query.h"

struct ask;

// ask_open connects; nothing is sent.  stop_fd (-1: none) ends a wait early
// and is not read.  STATUS_MALFORMED: the endpoint is not one.
MUST_USE enum status ask_open(struct ask **out, struct transport *transport,
                              const char *endpoint, int stop_fd);
// ask_open_curve does so with keys, which outlive the ask; NULL: in the clear.
MUST_USE enum status ask_open_curve(struct ask **out,
                                    struct transport *transport,
                                    const char *endpoint,
                                    const struct curve_client *keys,
                                    int stop_fd);
void ask_close(struct ask *ask); // NULL is fine

// ask_problem returns a sentence about the last failure; lent until the next
// call.
const char *ask_problem(const struct ask *ask);

// --- Without blocking --------------------------------------------------------

// ask_send gives a question the next number and sends it.  STATUS_FULL: the
// link is not connected (yet) or takes no more; try again in a moment.
MUST_USE enum status ask_send(struct ask *ask, struct query *query);

// ask_receive takes the answer to the last question, once.  STATUS_AGAIN:
// nothing yet; wait for ask_waitable.  The caller closes the frame, which lends
// everything in the answer.
MUST_USE enum status ask_receive(struct ask *ask, struct frame *frame,
                                 struct answer_frame *answer);
struct waitable ask_waitable(struct ask *ask);

// --- Blocking ----------------------------------------------------------------

enum { FACTS_MONTHS_MAX = 1200 }; // a hundred years

struct store_facts {
    uint8_t store[16];
    uint32_t incarnation;
    uint64_t journal_position; // last commit on disk
    uint64_t position;         // last checkpoint: what answers show
    uint64_t events, backed_up_position;
    uint64_t unfolded_ms;      // age of the oldest commit not shown yet
    bool intake_held;          // no room: events are put off
    uint64_t reader_ms;        // how long somebody holds the oldest snapshot
    int64_t last_commit_at_ms; // 0: none yet
    uint8_t head[HASH_SIZE];
    bool has_programme, has_dealers;
    uint8_t programme_hash[HASH_SIZE], dealers_hash[HASH_SIZE];
    uint32_t fold_version;
    size_t month_count;
    uint32_t months[FACTS_MONTHS_MAX]; // with data
};

// ask_status asks how the store stands.
MUST_USE enum status ask_status(struct ask *ask, int64_t timeout_ms,
                                struct store_facts *facts);

// ask_publication takes the newest file of a kind, or exactly the one with
// this hash, after checking its content against its hash.  The caller frees
// *content, which ends in a NUL that is not counted.  STATUS_NOT_FOUND: there
// is none.
MUST_USE enum status ask_publication(struct ask *ask,
                                     enum publication_kind kind,
                                     struct span wanted, int64_t timeout_ms,
                                     char **content, size_t *length,
                                     uint8_t hash[HASH_SIZE]);

// ask_quarantined counts the events in quarantine, up to ten thousand.
MUST_USE enum status ask_quarantined(struct ask *ask, int64_t timeout_ms,
                                     uint64_t *count);

// ask_tallies takes all rows of months first..last.  With wait_position it is
// answered once the checkpoint has reached it, or with what there is at the
// end of half the timeout.  The caller frees the table (tally_table_free).
MUST_USE enum status ask_tallies(struct ask *ask, uint32_t first, uint32_t last,
                                 uint64_t wait_position, int64_t timeout_ms,
                                 struct tally_table **table);
