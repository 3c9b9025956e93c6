// SPDX-License-Identifier: Apache-2.0
#include "common/wire/query.h"

#include "common/wire/put.h"
#include "common/wire/record.h"

enum { WAIT_MAX_MS = 60000 };

static const struct rule query_table[] = {
    [1] = {"version", FORM_UNSIGNED, true, 1, UINT32_MAX},
    [2] = {"number", FORM_UNSIGNED, false, 0, INT64_MAX},
    [3] = {"wait_position", FORM_UNSIGNED, false, 0, INT64_MAX},
    [4] = {"wait_ms", FORM_UNSIGNED, false, 0, WAIT_MAX_MS},
    [QUESTION_STATUS] = {.name = "status", .form = FORM_MESSAGE},
    [QUESTION_PUBLICATION] = {.name = "publication", .form = FORM_MESSAGE},
    [QUESTION_TALLIES] = {.name = "tallies", .form = FORM_MESSAGE},
    [QUESTION_QUARANTINE] = {.name = "quarantine", .form = FORM_MESSAGE},
    [QUESTION_ALERTS] = {.name = "alerts", .form = FORM_MESSAGE},
};

static const struct rule publication_table[] = {
    [1] = {"kind", FORM_UNSIGNED, false, 0, PUBLICATION_DEALERS},
    [2] = {"hash", FORM_BYTES, false, HASH_SIZE, HASH_SIZE},
};
static const struct rule tallies_table[] = {
    [1] = {"first_month", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [2] = {"last_month", FORM_UNSIGNED, false, 0, UINT32_MAX},
};
static const struct rule quarantine_table[] = {
    [1] = {"limit", FORM_UNSIGNED, false, 0, UINT32_MAX},
};
static const struct rule alerts_table[] = {
    [1] = {"through_cases", FORM_UNSIGNED, false, 0, 1},
    [2] = {"after_case", FORM_BYTES, false, 0, ENTITY_KEY_MAX},
    [3] = {"after_position", FORM_UNSIGNED, false, 0, INT64_MAX},
    [4] = {"since_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
};

static bool
alerts_read(struct span bytes, struct query *query)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(alerts_table), bytes).code)
        return false;
    struct span after = record_bytes(&record, 2);
    query->through_cases = record_number(&record, 1) != 0;
    query->after_position = record_number(&record, 3);
    query->since_ms = record_signed(&record, 4);
    query->after_case.length = (uint8_t)after.length;
    if (after.length > 0)
        memcpy(query->after_case.bytes, after.data, after.length);
    return true;
}

// question_read reads the one question there is.
static bool
question_read(struct span bytes, struct query *query)
{
    static const struct rules none = {0, NULL};
    struct record record;

    switch (query->question) {
    case QUESTION_STATUS:
        return record_check(&record, none, bytes).code == CODE_NONE;
    case QUESTION_PUBLICATION:
        if (record_check(&record, (struct rules)RULES(publication_table), bytes)
                .code)
            return false;
        query->kind = (enum publication_kind)record_number(&record, 1);
        query->hash = record_bytes(&record, 2);
        return true;
    case QUESTION_TALLIES:
        if (record_check(&record, (struct rules)RULES(tallies_table), bytes)
                .code)
            return false;
        query->first_month = (uint32_t)record_number(&record, 1);
        query->last_month = (uint32_t)record_number(&record, 2);
        return true;
    case QUESTION_QUARANTINE:
        if (record_check(&record, (struct rules)RULES(quarantine_table), bytes)
                .code)
            return false;
        query->limit = (uint32_t)record_number(&record, 1);
        return true;
    case QUESTION_ALERTS:
        return alerts_read(bytes, query);
    }
    return false;
}

enum code
query_read(struct span frame, struct query *query)
{
    const struct rules rules = RULES(query_table);
    struct record record;
    struct fault fault = record_read(&record, rules, frame);

    // Another version may well look different; say that rather than malformed.
    if (record_has(&record, 1) && record.values[1].number != PROTOCOL_VERSION)
        return CODE_UNKNOWN_VERSION;
    if (fault.code || record_judge(&record, rules).code)
        return CODE_MALFORMED;
    uint32_t questions = (uint32_t)(record.seen >> QUESTION_STATUS);
    if (questions == 0 || (questions & (questions - 1)) != 0)
        return CODE_MALFORMED;
    *query = (struct query){
        .number = record_number(&record, 2),
        .wait_position = record_number(&record, 3),
        .wait_ms = (uint32_t)record_number(&record, 4),
        .question = QUESTION_STATUS + (uint32_t)__builtin_ctz(questions),
    };
    return question_read(record.values[query->question].bytes, query)
               ? CODE_NONE
               : CODE_MALFORMED;
}

size_t
query_write(struct writer *writer, const struct query *query)
{
    put_unsigned_always(writer, 1, PROTOCOL_VERSION);
    put_unsigned(writer, 2, query->number);
    put_unsigned(writer, 3, query->wait_position);
    put_unsigned(writer, 4, query->wait_ms);
    put_open(writer, query->question);
    if (query->question == QUESTION_PUBLICATION) {
        put_unsigned(writer, 1, query->kind);
        put_bytes(writer, 2, query->hash);
    } else if (query->question == QUESTION_TALLIES) {
        put_unsigned(writer, 1, query->first_month);
        put_unsigned(writer, 2, query->last_month);
    } else if (query->question == QUESTION_QUARANTINE) {
        put_unsigned(writer, 1, query->limit);
    } else if (query->question == QUESTION_ALERTS) {
        put_unsigned(writer, 1, query->through_cases);
        put_bytes(writer, 2,
                  span_of(query->after_case.bytes, query->after_case.length));
        put_unsigned(writer, 3, query->after_position);
        put_signed(writer, 4, query->since_ms);
    }
    return put_closed(writer);
}
