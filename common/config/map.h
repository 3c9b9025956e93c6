// SPDX-License-Identifier: Apache-2.0
//
// map: how the rows of a file become events (dealerpulse-terminal import).
//
// A plain, validated reading of MAP.yaml; docs/IMPORT.md explains the form and
// the rule for ids.  Whoever imports executes it row by row:
//
//   1. look up map->columns[] in the file's header (a column the file does not
//      have is an error of the file as a whole: exit 65 naming it);
//   2. for each row, for each event whose conditions hold, form the fields;
//   3. a row of which any event fails is rejected as a whole, with the column.
//
// Texts are NUL-terminated, UTF-8, owned by the map.  "row0" counts the rows of
// data from 0 (the header is none), "row1" from 1.  A cell whose text is empty
// or is listed in map->absent[] is ABSENT: an optional field is then left out,
// a field that event type needs rejects the row.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/config/problem.h"
#include "common/domain/event.h"
#include "common/span.h"
#include "common/status.h"

enum {
    MAP_COLUMNS_MAX = 512,
    MAP_EVENTS_MAX = 32,
    MAP_PARTS_MAX = 16,
    MAP_TABLE_MAX = 4096,
    MAP_CONDITIONS_MAX = 8,
    MAP_NAME_MAX = 64,
};

enum source_kind {
    SOURCE_ABSENT,     // the map does not give this field
    SOURCE_CONSTANT,   // text
    SOURCE_COLUMN,     // the cell of `column`
    SOURCE_ROW,        // the row number, counted from `base`
    SOURCE_ROW_MODULO, // the row number, counted from `base`, mod `modulo`
    SOURCE_KEY,        // the event's natural key as text (see natural_key)
    SOURCE_TEMPLATE,   // the parts' texts joined; ABSENT if any part is
};

// What is done to a text, in this order: source, table, transform.
enum source_transform {
    TRANSFORM_NONE,
    TRANSFORM_SLUG, // map_slug
    TRANSFORM_HEX,  // the text is hex; the field (of MAP_BYTES) is the bytes
    TRANSFORM_HASH, // the field is BLAKE2b-128 of the text's bytes
};

struct source_entry {
    const char *from, *to;
};

struct source {
    enum source_kind kind;
    const char *text;  // CONSTANT
    size_t column;     // COLUMN: index into map->columns
    uint32_t base;     // ROW, ROW_MODULO: 0 or 1
    uint64_t modulo;   // ROW_MODULO: > 0
    size_t part_count; // TEMPLATE: never templates themselves
    const struct source *parts;
    // With a table a text becomes the entry's `to`; one that is not listed
    // becomes `otherwise`, or rejects the row when that is NULL.  An empty
    // `to` or `otherwise` means ABSENT.
    size_t table_count;
    const struct source_entry *table; // ascending from (strcmp)
    const char *otherwise;
    enum source_transform transform;
    unsigned line; // in the map file
};

// An instant: base + plus_days * 86,400,000 + plus_ms.  The base is read with
// `format` (when_read) in UTC + map->offset_s.  plus_days and plus_ms are whole
// numbers, possibly negative; ABSENT cells make the instant absent.
struct time_source {
    struct source base;
    const char *format; // "YYYY-MM-DD", "YYYY-MM-DD hh:mm:ss", "iso", "ms", "s"
    struct source plus_days, plus_ms; // kind SOURCE_ABSENT: 0
};

// Which types have a field: any of these.
enum map_types {
    MAP_OF_INVITATION = 1 << 0, // SURVEY_INVITED, _BOUNCED, _REFUSED
    MAP_OF_SURVEY = 1 << 1,
    MAP_OF_VISIT = 1 << 2, // VISIT_OPENED, _CLOSED
    MAP_OF_OPENING = 1 << 3,
    MAP_OF_ACTION = 1 << 4,
    MAP_OF_VERDICT = 1 << 5,
    MAP_OF_CONTROL = 1 << 6, // no rows of a file; for `send`
    MAP_OF_NOTICE = 1 << 7,  // of notices that have a field of this name
    MAP_OF_ALL = (1 << 8) - 1,
};

// What a field's text is read as.
enum map_kind { MAP_TEXT, MAP_NAME, MAP_NUMBER, MAP_BOOL, MAP_BYTES };

// Everything an event can be given, by the name it has in the map.
// X(FIELD, name, kind, types)
#define MAP_FIELD_MAP(X)                                                       \
    X(DEALER, "dealer", TEXT, MAP_OF_ALL)                                      \
    X(ISSUER, "issuer", NAME, MAP_OF_ALL)                                      \
    X(VISIT, "visit", TEXT, MAP_OF_ALL)                                        \
    X(INVITATION, "invitation", TEXT, MAP_OF_ALL)                              \
    X(COMPLAINT, "complaint", TEXT, MAP_OF_ALL)                                \
    X(CUSTOMER, "customer", BYTES, MAP_OF_ALL)                                 \
    X(VEHICLE, "vehicle", BYTES, MAP_OF_ALL)                                   \
    X(MODE, "mode", NAME, MAP_OF_ALL)                                          \
    X(CHANNEL, "channel", NAME, MAP_OF_ALL)                                    \
    X(PHASE, "phase", NAME, MAP_OF_ALL)                                        \
    X(TOUCHPOINT, "touchpoint", NAME, MAP_OF_ALL)                              \
    X(COMMENT, "comment", TEXT, MAP_OF_ALL)                                    \
    X(STAFF, "staff", TEXT, MAP_OF_ALL)                                        \
    X(CONTACT, "contact", BYTES, MAP_OF_INVITATION)                            \
    X(QUESTIONNAIRE, "questionnaire", TEXT, MAP_OF_SURVEY)                     \
    X(QUESTIONNAIRE_VERSION, "questionnaire_version", NUMBER, MAP_OF_SURVEY)   \
    X(DURATION_MS, "duration_ms", NUMBER, MAP_OF_SURVEY)                       \
    X(DEVICE, "device", BYTES, MAP_OF_SURVEY)                                  \
    X(NETWORK, "network", BYTES, MAP_OF_SURVEY)                                \
    X(ATTRIBUTION, "attribution", NAME, MAP_OF_SURVEY)                         \
    X(COACHED, "coached", BOOL, MAP_OF_SURVEY)                                 \
    X(INCENTIVE_OFFERED, "incentive_offered", BOOL, MAP_OF_SURVEY)             \
    X(WORK_TYPE, "work_type", TEXT, MAP_OF_VISIT)                              \
    X(WARRANTY, "warranty", BOOL, MAP_OF_VISIT)                                \
    X(FIRST_VISIT, "first_visit", BOOL, MAP_OF_VISIT)                          \
    X(ELIGIBLE, "eligible", BOOL, MAP_OF_VISIT)                                \
    X(ESTIMATE_FEN, "estimate_fen", NUMBER, MAP_OF_VISIT)                      \
    X(SETTLED_FEN, "settled_fen", NUMBER, MAP_OF_VISIT)                        \
    X(MARGIN_FEN, "margin_fen", NUMBER, MAP_OF_VISIT)                          \
    X(REPEAT_OF, "repeat_of", TEXT, MAP_OF_VISIT)                              \
    X(CLASS, "class", NAME, MAP_OF_OPENING | MAP_OF_ACTION)                    \
    X(CATEGORY, "category", TEXT, MAP_OF_OPENING)                              \
    X(SEVERITY, "severity", NUMBER, MAP_OF_OPENING)                            \
    X(KIND, "kind", NAME, MAP_OF_ACTION)                                       \
    X(REASSIGN_TO, "reassign_to", TEXT, MAP_OF_ACTION)                         \
    X(AMOUNT_FEN, "amount_fen", NUMBER, MAP_OF_ACTION)                         \
    X(ROOT_CAUSE, "root_cause", TEXT, MAP_OF_ACTION)                           \
    X(NEXT_STEP, "next_step", TEXT, MAP_OF_ACTION)                             \
    X(VERDICT, "verdict", NAME, MAP_OF_VERDICT)                                \
    X(DECIDED_BY, "decided_by", TEXT, MAP_OF_VERDICT)                          \
    X(REASON, "reason", TEXT, MAP_OF_CONTROL)                                  \
    X(EVIDENCE, "evidence", BYTES, MAP_OF_CONTROL)                             \
    X(PLATFORM, "platform", TEXT, MAP_OF_NOTICE)                               \
    X(POLARITY, "polarity", NAME, MAP_OF_NOTICE)                               \
    X(STARS, "stars", NUMBER, MAP_OF_NOTICE)                                   \
    X(HOTLINE, "hotline", TEXT, MAP_OF_NOTICE)                                 \
    X(QA_CHECKED, "qa_checked", BOOL, MAP_OF_NOTICE)                           \
    X(QA_PASSED, "qa_passed", BOOL, MAP_OF_NOTICE)                             \
    X(POINTS, "points", NUMBER, MAP_OF_NOTICE)                                 \
    X(OCCASION, "occasion", TEXT, MAP_OF_NOTICE)                               \
    X(GIFT_TYPE, "gift_type", TEXT, MAP_OF_NOTICE)                             \
    X(BENEFIT, "benefit", NAME, MAP_OF_NOTICE)                                 \
    X(QUANTITY, "quantity", NUMBER, MAP_OF_NOTICE)                             \
    X(DISCOUNT_PPM, "discount_ppm", NUMBER, MAP_OF_NOTICE)                     \
    X(OUTCOME, "outcome", NAME, MAP_OF_NOTICE)                                 \
    X(LEVEL, "level", NUMBER, MAP_OF_NOTICE)                                   \
    X(MEASURE, "measure", TEXT, MAP_OF_NOTICE)                                 \
    X(REFERRER, "referrer", BYTES, MAP_OF_NOTICE)                              \
    X(PURCHASE, "purchase", TEXT, MAP_OF_NOTICE)                               \
    X(BRAND, "brand", TEXT, MAP_OF_NOTICE)                                     \
    X(REPLACES_VEHICLE, "replaces_vehicle", BYTES, MAP_OF_NOTICE)              \
    X(CAUSE, "cause", NAME, MAP_OF_NOTICE)                                     \
    X(PASSED, "passed", NUMBER, MAP_OF_NOTICE)                                 \
    X(TOTAL, "total", NUMBER, MAP_OF_NOTICE)                                   \
    X(VETO_FAILED, "veto_failed", NUMBER, MAP_OF_NOTICE)                       \
    X(RECHECKED, "rechecked", NUMBER, MAP_OF_NOTICE)                           \
    X(CORRECT, "correct", NUMBER, MAP_OF_NOTICE)                               \
    X(DIMENSION, "dimension", NAME, MAP_OF_NOTICE)                             \
    X(STANDARD, "standard", NUMBER, MAP_OF_NOTICE)                             \
    X(CAPABILITY, "capability", NUMBER, MAP_OF_NOTICE)                         \
    X(DELIVERED, "delivered", NUMBER, MAP_OF_NOTICE)                           \
    X(COURSE, "course", TEXT, MAP_OF_NOTICE)                                   \
    X(MINUTES, "minutes", NUMBER, MAP_OF_NOTICE)                               \
    X(CERTIFIED, "certified", BOOL, MAP_OF_NOTICE)                             \
    X(WHAT, "what", TEXT, MAP_OF_NOTICE)                                       \
    X(TOPIC, "topic", TEXT, MAP_OF_NOTICE)                                     \
    X(TIER, "tier", TEXT, MAP_OF_NOTICE)                                       \
    X(HEADCOUNT, "headcount", NUMBER, MAP_OF_NOTICE)                           \
    X(TRAINED, "trained", NUMBER, MAP_OF_NOTICE)                               \
    X(STAFF_LEFT, "staff_left", NUMBER, MAP_OF_NOTICE)                         \
    X(INVOICE, "invoice", TEXT, MAP_OF_NOTICE)

enum map_field {
#define X(field, name, kind, types) MAP_FIELD_##field,
    MAP_FIELD_MAP(X)
#undef X
        MAP_FIELD_COUNT
};

// X(TIME, name)
#define MAP_TIME_MAP(X)                                                        \
    X(OCCURRED_AT, "occurred_at")                                              \
    X(STARTED_AT, "started_at")                                                \
    X(RECEIVED_AT, "received_at")                                              \
    X(ARRIVED_AT, "arrived_at")                                                \
    X(SERVED_AT, "served_at")                                                  \
    X(SIGNED_AT, "signed_at")                                                  \
    X(PROMISED_AT, "promised_at")                                              \
    X(READY_AT, "ready_at")                                                    \
    X(OFFERED_AT, "offered_at")                                                \
    X(OPENED_AT, "opened_at")                                                  \
    X(ANSWERED_AT, "answered_at")                                              \
    X(ABANDONED_AT, "abandoned_at")

enum map_time {
#define X(time, name) MAP_TIME_##time,
    MAP_TIME_MAP(X)
#undef X
        MAP_TIME_COUNT
};

// One answer of a SURVEY_RESPONSE.  An absent cell: the item was not asked; a
// text listed in the event's not_applicable[]: asked, "does not apply".
struct map_answer {
    uint16_t item; // the programme's number
    struct source value;
};

// Holds if the cell is (or, negated, is not) one of the texts.  Compares the
// cell as it stands: "" for an empty one.
struct map_condition {
    size_t column;
    bool negated;
    size_t text_count;
    const char *const *texts;
};

// The part of an event's id that names the row (docs/IMPORT.md, "Ids").  As
// bytes that are hashed: with `single`, the source's text.  Else the columns in
// columns[] (in that order) or, when it is empty, all columns of the file's
// header but except[] (ascending name, memcmp): for each length(name), name,
// length(value), value, the lengths as 4 bytes big endian, the value as it
// stands in the file. As text (SOURCE_KEY): the single text, or 32 lower-case
// hex digits of BLAKE2b-128 of those bytes.
struct natural_key {
    struct source single; // SOURCE_ABSENT: use the columns
    size_t column_count;  // 0: all columns but `except`; each once
    const size_t *columns;
    size_t except_count;
    const char *const *except; // need not be in the file
};

struct map_event {
    enum event_type type; // never a control
    uint32_t ordinal;     // place in the list from 0: part of the id
    struct source fields[MAP_FIELD_COUNT];
    struct time_source times[MAP_TIME_COUNT]; // OCCURRED_AT is always given
    size_t answer_count;
    const struct map_answer *answers; // ascending item, each once
    size_t not_applicable_count;
    const char *const *not_applicable;
    size_t condition_count; // all must hold
    const struct map_condition *conditions;
    unsigned line;
};

struct import_map {
    const char *name; // the namespace in every id: 1..64 bytes
    char separator;   // of CSV: ',' unless told
    int32_t offset_s; // dates are local time of UTC + this
    size_t column_count;
    const char *const *columns; // every column the map names, each once
    size_t absent_count;
    const char *const *absent;
    struct natural_key key;
    size_t event_count;
    const struct map_event *events;
};

MUST_USE enum status map_read(struct span text, const char *file,
                              struct import_map **out,
                              struct problems *problems);
MUST_USE enum status map_load(const char *path, struct import_map **out,
                              struct problems *problems);
void map_free(struct import_map *map);

const char *map_field_name(enum map_field field);
const char *map_time_name(enum map_time time);
enum map_kind map_field_kind(enum map_field field);

// map_field_number reads the text of a NAME, NUMBER or BOOL field of an event
// of `type` into the number struct event holds ("COMPLEX" -> 2, "true" or "1"
// -> 1).  False when the text is none of the field's values (for TEXT and BYTES
// fields always).
bool map_field_number(enum map_field field, enum event_type type,
                      const char *text, int64_t *out);

// map_table_find applies a source's table: the entry's text, `otherwise`, or
// NULL.  Without a table it returns text.
const char *map_table_find(const struct source *source, const char *text);

// map_slug makes a dealer id of a company's name: runs of bytes other than
// A-Z a-z 0-9 become one "-", none at the ends.  If that is longer than 32
// bytes, its first 23 bytes (a "-" at their end taken off), "-" and 8 hex
// digits of the CRC32C of the name as given; if it is empty, "x-" and those.
void map_slug(struct span name, char slug[DEALER_ID_MAX + 1]);

// map_is_absent tells whether a cell counts as absent.
bool map_is_absent(const struct import_map *map, struct span cell);
