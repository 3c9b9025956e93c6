// SPDX-License-Identifier: Apache-2.0
#include "console/statement_head.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "common/config/text.h"

enum { STATEMENT_FORM = 1 };

static const char *const kind_names[] = {
    [STATEMENT_PROVISIONAL] = "PROVISIONAL",
    [STATEMENT_FINAL] = "FINAL",
    [STATEMENT_RESTATEMENT] = "RESTATEMENT",
};

const char *
statement_kind_name(enum statement_kind kind)
{
    return kind_names[kind];
}

static const char digits[] = "0123456789abcdef";

void
statement_hex(const uint8_t *bytes, size_t size, char *text)
{
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}

bool
statement_unhex(struct span text, uint8_t *bytes, size_t size)
{
    if (text.length != 2 * size)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        const char *at =
            text.data[i] ? strchr(digits, (char)text.data[i]) : NULL;
        if (!at)
            return false;
        unsigned high = i % 2 ? (unsigned)bytes[i / 2] << 4 : 0;
        bytes[i / 2] = (uint8_t)(high | (unsigned)(at - digits));
    }
    return true;
}

// --- Writing -----------------------------------------------------------------

static void
put_text(struct buffer *text, const char *key, const char *value)
{
    buffer_put(text, key);
    buffer_json(text, value);
}

static void
put_number(struct buffer *text, const char *key, int64_t value)
{
    buffer_format(text, "%s%" PRId64, key, value);
}

static void
put_hash(struct buffer *text, const char *key, const uint8_t *hash)
{
    char hex[2 * TRACE_HASH_SIZE + 1];

    statement_hex(hash, TRACE_HASH_SIZE, hex);
    put_text(text, key, hex);
}

void
statement_head_write(const struct statement_head *head, struct buffer *text)
{
    put_number(text, "{\"amount_fen\":", head->amount_fen);
    put_text(text, ",\"dealer\":", head->dealer);
    put_number(text, ",\"delta_fen\":", head->delta_fen);
    put_number(text, ",\"delta_score_micro\":", head->delta_score_micro);
    put_hash(text, ",\"figures\":", head->figures);
    put_text(text, ",\"first\":", head->first);
    put_number(text, ",\"form\":", STATEMENT_FORM);
    put_hash(text, ",\"head\":", head->head);
    put_number(text, ",\"issued_ms\":", head->issued_ms);
    buffer_format(text, ",\"journal_position\":%" PRIu64,
                  head->journal_position);
    put_text(text, ",\"last\":", head->last);
    put_hash(text, ",\"pack\":", head->pack);
    if (head->has_previous)
        put_hash(text, ",\"previous\":", head->previous);
    else
        buffer_put(text, ",\"previous\":null");
    put_hash(text, ",\"programme_hash\":", head->programme_hash);
    if (head->has_score)
        put_number(text, ",\"score_micro\":", head->score_micro);
    else
        buffer_put(text, ",\"score_micro\":null");
    put_hash(text, ",\"signer\":", head->signer);
    put_text(text, ",\"state\":", statement_kind_name(head->kind));
    put_number(text, ",\"version\":", head->version);
    buffer_put(text, "}\n");
}

// --- Reading -----------------------------------------------------------------

// The getters leave alone what is missing or of another type: the line is
// written again and compared, which finds it.
static void
get_text(const json_t *json, const char *key, char *out, size_t size)
{
    const char *value = json_string_value(json_object_get(json, key));

    if (value)
        (void)text_copy(span_text(value), out, size);
}

static int64_t
get_number(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

static bool
get_hash(const json_t *json, const char *key, uint8_t *hash)
{
    const char *value = json_string_value(json_object_get(json, key));

    return value && statement_unhex(span_text(value), hash, TRACE_HASH_SIZE);
}

static void
get_kind(const json_t *json, enum statement_kind *kind)
{
    char name[16] = "";

    get_text(json, "state", name, sizeof name);
    for (int i = STATEMENT_PROVISIONAL; i <= STATEMENT_RESTATEMENT; i++)
        if (strcmp(name, kind_names[i]) == 0)
            *kind = (enum statement_kind)i;
}

static void
take(const json_t *json, struct statement_head *head)
{
    *head = (struct statement_head){0};
    get_text(json, "dealer", head->dealer, sizeof head->dealer);
    get_text(json, "first", head->first, sizeof head->first);
    get_text(json, "last", head->last, sizeof head->last);
    get_kind(json, &head->kind);
    head->version = (uint32_t)get_number(json, "version");
    head->issued_ms = get_number(json, "issued_ms");
    head->amount_fen = get_number(json, "amount_fen");
    head->has_score = json_is_integer(json_object_get(json, "score_micro"));
    head->score_micro = get_number(json, "score_micro");
    head->delta_fen = get_number(json, "delta_fen");
    head->delta_score_micro = get_number(json, "delta_score_micro");
    head->journal_position = (uint64_t)get_number(json, "journal_position");
    head->has_previous = get_hash(json, "previous", head->previous);
    (void)get_hash(json, "head", head->head);
    (void)get_hash(json, "programme_hash", head->programme_hash);
    (void)get_hash(json, "figures", head->figures);
    (void)get_hash(json, "pack", head->pack);
    (void)get_hash(json, "signer", head->signer);
}

bool
statement_head_read(struct span line, struct statement_head *head)
{
    struct buffer again = {0};
    json_t *json = json_loadb((const char *)line.data, line.length,
                              JSON_REJECT_DUPLICATES, NULL);

    if (!json)
        return false;
    take(json, head);
    json_decref(json);
    statement_head_write(head, &again);
    bool same = !again.failed && again.used == (size_t)line.length + 1 &&
                memcmp(again.data, line.data, line.length) == 0;
    buffer_fini(&again);
    return same;
}
