// SPDX-License-Identifier: Apache-2.0
//
// What the spool asks SQLite, all in one place.  None of it looks at every
// event but what a person or a repair asks for (test_spool_keep holds it).
#include "client/statement.h"

// As bytes_of in append.c counts them.
#define EVENT_BYTES                                                            \
    "(length(body) + ifnull(length(salt), 0) + ifnull(length(comment), 0) +"   \
    " ifnull(length(signature), 0) + 128)"

#define DONE_COLUMNS "first, last, position, kept, bytes, checksum"

const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_ROLLBACK] = "ROLLBACK",
    [STATEMENT_HEAD_GET] = "SELECT epoch, last_seq, last_id, waiting, retry,"
                           " rejected, bytes, previous_epoch,"
                           " previous_last_seq, kept, kept_bytes, revision,"
                           " checksum FROM spool",
    [STATEMENT_HEAD_PUT] = "UPDATE spool SET last_seq = ?1, last_id = ?2,"
                           " waiting = ?3, retry = ?4, rejected = ?5,"
                           " bytes = ?6, kept = ?7, kept_bytes = ?8,"
                           " revision = ?9, checksum = ?10",
    [STATEMENT_FIND] = "SELECT seq, state, body FROM event WHERE id = ?1",
    [STATEMENT_INSERT] = "INSERT INTO event (seq, id, state, recorded_at, body,"
                         " checksum, salt, comment, signature)"
                         " VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8)",
    [STATEMENT_REOPEN] = "UPDATE event SET state = 1, not_before = 0"
                         " WHERE seq = ?1",
    [STATEMENT_STATE] = "SELECT state FROM event WHERE seq = ?1",
    [STATEMENT_KEEP] = "UPDATE event SET state = ?2, not_before = ?3,"
                       " tries = tries + ?4, code = ?5, field = ?6, text = ?7"
                       " WHERE seq = ?1",
    [STATEMENT_MEASURE] = "SELECT count(*), ifnull(sum(" EVENT_BYTES "), 0),"
                          " ifnull(sum(state = 1), 0),"
                          " ifnull(sum(state = 2), 0) FROM event"
                          " WHERE seq BETWEEN ?1 AND ?2",
    [STATEMENT_CLEAR] = "UPDATE event SET state = 0, not_before = 0, tries = 0,"
                        " code = 0, field = NULL, text = NULL"
                        " WHERE seq BETWEEN ?1 AND ?2 AND state != 0",
    [STATEMENT_DROP] = "DELETE FROM event WHERE seq BETWEEN ?1 AND ?2",
    [STATEMENT_RETRY_ALL] = "UPDATE event SET state = 0, not_before = 0"
                            " WHERE state != 0",
    [STATEMENT_WAITING] = "SELECT " EVENT_COLUMNS " FROM event"
                          " WHERE seq > ?1 AND seq < ?2 AND state = 0"
                          " ORDER BY seq",
    [STATEMENT_DUE] = "SELECT " EVENT_COLUMNS " FROM event"
                      " WHERE state = 1 AND not_before BETWEEN ?1 AND ?2"
                      " ORDER BY not_before, seq",
    [STATEMENT_ALL] = "SELECT " EVENT_COLUMNS " FROM event WHERE seq > ?1"
                      " AND seq < ?2 ORDER BY seq",
    [STATEMENT_DONE_BEFORE] = "SELECT " DONE_COLUMNS " FROM done"
                              " WHERE first <= ?1 ORDER BY first DESC LIMIT 1",
    [STATEMENT_DONE_AFTER] = "SELECT " DONE_COLUMNS " FROM done"
                             " WHERE first > ?1 ORDER BY first LIMIT 1",
    [STATEMENT_DONE_KEPT] = "SELECT " DONE_COLUMNS " FROM done WHERE kept > 0"
                            " ORDER BY position LIMIT 1",
    [STATEMENT_DONE_PUT] = "REPLACE INTO done"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STATEMENT_DONE_REMOVE] = "DELETE FROM done WHERE first = ?1",
    [STATEMENT_LOST] = "SELECT ifnull(sum(last - first + 1), 0) FROM lost",
    [STATEMENT_PEER_GET] = "SELECT store, incarnation, backed_up, clock_offset,"
                           " clock_seen FROM peer",
    [STATEMENT_PEER_PUT] = "UPDATE peer SET store = ?1, incarnation = ?2,"
                           " backed_up = ?3, clock_offset = ?4,"
                           " clock_seen = ?5",
};
