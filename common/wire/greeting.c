// SPDX-License-Identifier: Apache-2.0
//
// HELLO and WELCOME.  Who may come in is for the receiver to judge, who can
// say why not in a WELCOME; here a HELLO only has to be readable.
#include "common/wire/conversation.h"
#include "common/wire/put.h"

enum { HELLO_DEALERS = 3, WELCOME_COLLECTORS = 9, WELCOME_RESEND = 10 };
enum { ROLE_MAX = 127 };

static const struct rule hello_table[] = {
    [1] = {"role", FORM_UNSIGNED, false, 0, ROLE_MAX},
    [2] = {"name", FORM_TEXT, false, 0, 255},
    [4] = {.name = "epoch", .form = FORM_FIXED64},
    [5] = {"last_seq", FORM_UNSIGNED, false, 0, INT64_MAX},
    [6] = {.name = "previous_epoch", .form = FORM_FIXED64},
    [7] = {"previous_last_seq", FORM_UNSIGNED, false, 0, INT64_MAX},
    [8] = {"waiting", FORM_UNSIGNED, false, 0, INT64_MAX},
    [9] = {"software", FORM_TEXT, false, 0, 255},
};
static const struct rule hello_dealer = {"dealers", FORM_TEXT, false, 0, 255};

static bool
hello_fields(struct span bytes, struct record *record)
{
    const struct rules rules = RULES(hello_table);
    struct cursor cursor = cursor_on(bytes);
    struct field field;

    record->seen = 0;
    while (cursor_more(&cursor)) {
        if (!cursor_field(&cursor, &field))
            return false;
        bool dealer =
            field.number == HELLO_DEALERS && field.type == WIRE_LENGTH;
        if (dealer ? rule_judge(&hello_dealer, &field.value) != CODE_NONE
                   : record_take(record, rules, &field).code != CODE_NONE)
            return false;
    }
    return record_judge(record, rules).code == CODE_NONE;
}

bool
hello_read(struct span bytes, struct hello *hello)
{
    struct record record;

    if (!hello_fields(bytes, &record))
        return false;
    *hello = (struct hello){
        .role = (enum role)record_number(&record, 1),
        .name = record_bytes(&record, 2),
        .dealers = repeated_of(bytes, HELLO_DEALERS),
        .epoch = record_number(&record, 4),
        .last_seq = record_number(&record, 5),
        .previous_epoch = record_number(&record, 6),
        .previous_last_seq = record_number(&record, 7),
        .waiting = record_number(&record, 8),
        .software = record_bytes(&record, 9),
    };
    return true;
}

bool
hello_next_dealer(struct repeated *dealers, struct span *dealer)
{
    return repeated_next(dealers, dealer);
}

size_t
hello_write(struct writer *writer, const struct hello *hello,
            const struct span *dealers, size_t dealer_count)
{
    envelope_begin(writer, ENVELOPE_HELLO);
    put_unsigned(writer, 1, hello->role);
    put_bytes(writer, 2, hello->name);
    for (size_t i = 0; i < dealer_count; i++)
        put_bytes_always(writer, HELLO_DEALERS, dealers[i]);
    put_fixed64(writer, 4, hello->epoch);
    put_unsigned(writer, 5, hello->last_seq);
    put_fixed64(writer, 6, hello->previous_epoch);
    put_unsigned(writer, 7, hello->previous_last_seq);
    put_unsigned(writer, 8, hello->waiting);
    put_bytes(writer, 9, hello->software);
    return put_closed(writer);
}

static const struct rule welcome_table[] = {
    [1] = {.name = "session", .form = FORM_FIXED64},
    [2] = {"store", FORM_BYTES, false, 16, 16},
    [3] = {"incarnation", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [4] = {"server_time_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
    [5] = {"credit", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [6] = {"max_event_bytes", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [7] = {"max_batch_events", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [8] = {"max_batch_bytes", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [11] = {"programme_hash", FORM_BYTES, false, HASH_SIZE, HASH_SIZE},
    [12] = {"dealers_hash", FORM_BYTES, false, HASH_SIZE, HASH_SIZE},
    [13] = {"backed_up_position", FORM_UNSIGNED, false, 0, INT64_MAX},
    [14] = {.name = "refusal", .form = FORM_MESSAGE},
};
static const struct rule refusal_table[] = {
    [1] = {"code", FORM_UNSIGNED, true, 1, CODE_MAX},
    [2] = {"text", FORM_TEXT, false, 0, SENTENCE_MAX},
};
static const struct rule resend_table[] = {
    [1] = {.name = "epoch", .form = FORM_FIXED64},
    [2] = {"seq", FORM_UNSIGNED, false, 0, INT64_MAX},
};

static bool
resend_read(struct span bytes, uint64_t *epoch, uint64_t *seq)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(resend_table), bytes).code)
        return false;
    *epoch = record_number(&record, 1);
    *seq = record_number(&record, 2);
    return true;
}

bool
collector_valid(const struct field *field)
{
    static const struct rule rule = {"collectors", FORM_NAME, true, 1,
                                     ENDPOINT_MAX};

    return field->type == WIRE_LENGTH && rule_judge(&rule, &field->value) == 0;
}

static bool
welcome_fields(struct span bytes, struct record *record)
{
    const struct rules rules = RULES(welcome_table);
    struct cursor cursor = cursor_on(bytes);
    struct field field;

    record->seen = 0;
    while (cursor_more(&cursor)) {
        uint64_t epoch, seq;
        bool fine;
        if (!cursor_field(&cursor, &field))
            return false;
        if (field.number == WELCOME_COLLECTORS)
            fine = collector_valid(&field);
        else if (field.number == WELCOME_RESEND)
            fine = field.type == WIRE_LENGTH &&
                   resend_read(field.value.bytes, &epoch, &seq);
        else
            fine = record_take(record, rules, &field).code == CODE_NONE;
        if (!fine)
            return false;
    }
    return record_judge(record, rules).code == CODE_NONE;
}

static bool
refusal_read(const struct record *record, struct welcome *welcome)
{
    struct record refusal;

    welcome->refusal = CODE_NONE;
    welcome->refusal_text = (struct span){NULL, 0};
    if (!record_has(record, 14))
        return true;
    if (record_check(&refusal, (struct rules)RULES(refusal_table),
                     record->values[14].bytes)
            .code)
        return false;
    welcome->refusal = (enum code)record_number(&refusal, 1);
    welcome->refusal_text = record_bytes(&refusal, 2);
    return true;
}

bool
welcome_read(struct span bytes, struct welcome *welcome)
{
    struct record record;

    if (!welcome_fields(bytes, &record))
        return false;
    *welcome = (struct welcome){
        .session = record_number(&record, 1),
        .store = record_bytes(&record, 2),
        .incarnation = (uint32_t)record_number(&record, 3),
        .server_time_ms = record_signed(&record, 4),
        .credit = (uint32_t)record_number(&record, 5),
        .max_event_bytes = (uint32_t)record_number(&record, 6),
        .max_batch_events = (uint32_t)record_number(&record, 7),
        .max_batch_bytes = (uint32_t)record_number(&record, 8),
        .collectors = repeated_of(bytes, WELCOME_COLLECTORS),
        .resend_from = repeated_of(bytes, WELCOME_RESEND),
        .programme_hash = record_bytes(&record, 11),
        .dealers_hash = record_bytes(&record, 12),
        .backed_up_position = record_number(&record, 13),
    };
    return refusal_read(&record, welcome);
}

bool
welcome_next_collector(struct repeated *collectors, struct span *endpoint)
{
    return repeated_next(collectors, endpoint);
}

bool
welcome_next_resend(struct repeated *list, uint64_t *epoch, uint64_t *seq)
{
    struct span bytes;

    return repeated_next(list, &bytes) && resend_read(bytes, epoch, seq);
}

size_t
welcome_write(struct writer *writer, const struct welcome *welcome,
              const struct span *collectors, size_t collector_count)
{
    envelope_begin(writer, ENVELOPE_WELCOME);
    put_fixed64(writer, 1, welcome->session);
    put_bytes(writer, 2, welcome->store);
    put_unsigned(writer, 3, welcome->incarnation);
    put_signed(writer, 4, welcome->server_time_ms);
    put_unsigned(writer, 5, welcome->credit);
    put_unsigned(writer, 6, welcome->max_event_bytes);
    put_unsigned(writer, 7, welcome->max_batch_events);
    put_unsigned(writer, 8, welcome->max_batch_bytes);
    for (size_t i = 0; i < collector_count; i++)
        put_bytes_always(writer, WELCOME_COLLECTORS, collectors[i]);
    for (size_t i = 0; i < welcome->resend_count; i++) {
        put_open(writer, WELCOME_RESEND);
        put_fixed64(writer, 1, welcome->resend[i].epoch);
        put_unsigned(writer, 2, welcome->resend[i].seq);
        put_close(writer);
    }
    put_bytes(writer, 11, welcome->programme_hash);
    put_bytes(writer, 12, welcome->dealers_hash);
    put_unsigned(writer, 13, welcome->backed_up_position);
    if (welcome->refusal) {
        put_open(writer, 14);
        put_unsigned(writer, 1, welcome->refusal);
        put_bytes(writer, 2, welcome->refusal_text);
        put_close(writer);
    }
    return put_closed(writer);
}
