// SPDX-License-Identifier: Apache-2.0
//
// PING, PONG and GOAWAY: signs of life, and of its end.
#include "common/wire/conversation.h"
#include "common/wire/put.h"

static const struct rule pong_table[] = {
    [1] = {"sent_at_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
    [2] = {"server_time_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
    [3] = {"credit", FORM_UNSIGNED, false, 0, UINT32_MAX},
};

bool
ping_read(struct span bytes, struct ping *ping)
{
    // A Ping is a Pong's first field alone.
    const struct rules rules = {2, pong_table};
    struct record record;

    if (record_check(&record, rules, bytes).code)
        return false;
    ping->sent_at_ms = record_signed(&record, 1);
    return true;
}

size_t
ping_write(struct writer *writer, const struct ping *ping)
{
    envelope_begin(writer, ENVELOPE_PING);
    put_signed(writer, 1, ping->sent_at_ms);
    return put_closed(writer);
}

bool
pong_read(struct span bytes, struct pong *pong)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(pong_table), bytes).code)
        return false;
    *pong = (struct pong){
        .sent_at_ms = record_signed(&record, 1),
        .server_time_ms = record_signed(&record, 2),
        .credit = (uint32_t)record_number(&record, 3),
    };
    return true;
}

size_t
pong_write(struct writer *writer, const struct pong *pong)
{
    envelope_begin(writer, ENVELOPE_PONG);
    put_signed(writer, 1, pong->sent_at_ms);
    put_signed(writer, 2, pong->server_time_ms);
    put_unsigned(writer, 3, pong->credit);
    return put_closed(writer);
}

static const struct rule goaway_table[] = {
    [1] = {"reconnect_after_ms", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [2] = {"code", FORM_UNSIGNED, false, 0, CODE_MAX},
    [3] = {"text", FORM_TEXT, false, 0, SENTENCE_MAX},
};

bool
goaway_read(struct span bytes, struct goaway *goaway)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(goaway_table), bytes).code)
        return false;
    *goaway = (struct goaway){
        .reconnect_after_ms = (uint32_t)record_number(&record, 1),
        .code = (enum code)record_number(&record, 2),
        .text = record_bytes(&record, 3),
    };
    return true;
}

size_t
goaway_write(struct writer *writer, const struct goaway *goaway)
{
    envelope_begin(writer, ENVELOPE_GOAWAY);
    put_unsigned(writer, 1, goaway->reconnect_after_ms);
    put_unsigned(writer, 2, goaway->code);
    put_bytes(writer, 3, goaway->text);
    return put_closed(writer);
}
