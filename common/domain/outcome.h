// SPDX-License-Identifier: Apache-2.0
//
// outcome: what became of one event, and what its sender should do.
//
// Codes 1..63 are final, 64..127 may change; numbers are those of Code in
// proto/terminal.proto.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CODE_MAP(X)                                                            \
    X(NONE, 0, "fine")                                                         \
    X(MALFORMED, 1, "the bytes are not a readable event")                      \
    X(EMPTY_EVENT, 2, "there is nothing in this event")                        \
    X(BAD_ID, 3, "the event id must be 16 bytes and not all zero")             \
    X(BAD_TEXT, 4, "the text is not valid UTF-8 or contains a NUL")            \
    X(TOO_LARGE, 5, "the event is larger than 8192 bytes or a field too long") \
    X(MISSING_FIELD, 6, "a field this event type needs is missing")            \
    X(BAD_FIELD, 7, "the field's value is not allowed")                        \
    X(UNKNOWN_TYPE, 8, "this event type does not exist")                       \
    X(NOT_YET_SUPPORTED, 9, "this version does not take this event type yet")  \
    X(UNKNOWN_ITEM, 10, "the questionnaire has no such item")                  \
    X(OFF_SCALE, 11, "the answer lies outside the item's scale")               \
    X(TOO_OLD, 12, "the event is older than the legal look-back")              \
    X(ID_CONFLICT, 13, "this id is taken by other content; the first stands")  \
    X(DEALER_MISMATCH, 14, "the parcel names somebody other than its sender")  \
    X(BAD_SIGNATURE, 15, "the signature is missing or not this terminal's")    \
    X(ALREADY_STORED, 32, "already stored, just as good")                      \
    X(FUTURE_TIME, 64, "the event lies in the future; check the clock")        \
    X(UNKNOWN_DEALER, 65, "headquarters does not list this dealer (yet)")      \
    X(UNKNOWN_QUESTIONNAIRE, 66,                                               \
      "this questionnaire version is not published")                           \
    X(NOT_PERMITTED, 67, "this sender may not send this")                      \
    X(OVER_QUOTA, 68, "too many events at once")                               \
    X(STORE_FULL, 69, "the store has no room at the moment")                   \
    X(NO_COMMENT_KEYS, 70, "comments cannot be sealed yet")                    \
    X(SHUTTING_DOWN, 71, "the service is stopping")                            \
    X(NO_AGGREGATOR, 72, "the collector does not reach its aggregator")        \
    X(UNKNOWN_VERSION, 73, "this protocol version is not spoken here")         \
    X(STALE_SESSION, 74, "the session is over; say HELLO again")               \
    X(SPOOL_MISMATCH, 75, "not of the spool that HELLO told of; say it again")

enum code {
#define X(name, number, text) CODE_##name = number,
    CODE_MAP(X)
#undef X
};

enum outcome_kind {
    OUTCOME_ACCEPTED,
    OUTCOME_DUPLICATE, // already stored: as good as ACCEPTED
    OUTCOME_REJECTED,  // final: will never be right
    OUTCOME_RETRY,     // keep it, show it, send it again later
};

// A field's name is a constant of the program or NULL; nothing is owned.
struct outcome {
    enum outcome_kind kind;
    enum code code;
    const char *field;
    uint32_t after_ms; // RETRY only
};

// outcome_of gives the outcome a code stands for: ACCEPTED for NONE, DUPLICATE
// for ALREADY_STORED, REJECTED below 64, RETRY (after one minute) above.
struct outcome outcome_of(enum code code, const char *field);

// code_known tells whether the number is in CODE_MAP.
bool code_known(uint32_t number);
const char *code_name(uint32_t number); // "BAD_ID", "UNKNOWN"
const char *code_text(uint32_t number); // the sentence, "unknown code"
