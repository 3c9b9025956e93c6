// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "client/handle.h"
#include "common/crypto/digest.h"
#include "common/crypto/words.h"
#include "common/runtime/clock.h"
#include "common/wire/event_code.h"

void
dealerpulse_new_id(struct dealerpulse *pulse, uint8_t id[DEALERPULSE_ID_SIZE])
{
    uint8_t random[ID_RANDOM_SIZE];

    random_fill(random, sizeof random);
    struct event_id made = id_make(&pulse->ids, clock_wall_ms(), random);
    memcpy(id, made.bytes, DEALERPULSE_ID_SIZE);
}

void
dealerpulse_imported_id(uint8_t id[DEALERPULSE_ID_SIZE], int64_t occurred_at_ms,
                        const char *dealer, uint32_t event_type,
                        const char *name_space, uint32_t ordinal,
                        const void *key, size_t key_length)
{
    struct import_key parts = {
        .occurred_at = occurred_at_ms,
        .dealer = span_text(dealer),
        .event_type = event_type,
        .name_space = span_text(name_space),
        .ordinal = ordinal,
        .natural_key = span_of(key, key_length),
    };
    struct event_id made = id_import(&parts);
    memcpy(id, made.bytes, DEALERPULSE_ID_SIZE);
}

static enum dealerpulse_status
refuse(struct dealerpulse *pulse, const struct outcome *outcome)
{
    return handle_fail(pulse, DEALERPULSE_INVALID, "%s%s%s: %s",
                       code_name((uint32_t)outcome->code),
                       outcome->field ? " " : "",
                       outcome->field ? outcome->field : "",
                       code_text((uint32_t)outcome->code));
}

// look_into_words looks at the comment that goes with an event.
static enum dealerpulse_status
look_into_words(struct dealerpulse *pulse, const struct dealerpulse_body *body,
                const struct event *event, struct spool_entry *entry)
{
    entry->salt = span_of(body->salt, body->salt ? DEALERPULSE_SALT_SIZE : 0);
    entry->comment = span_of(body->comment, body->comment_length);
    struct outcome outcome =
        words_judge(entry->salt, entry->comment, event->comment_hash);
    if (outcome.code == CODE_NONE && !utf8_valid(entry->comment))
        outcome = outcome_of(CODE_BAD_TEXT, "comment");
    return outcome.code == CODE_NONE ? DEALERPULSE_OK : refuse(pulse, &outcome);
}

// look_into refuses what no collector could ever take, while the caller is
// still there to hear it.
static enum dealerpulse_status
look_into(struct dealerpulse *pulse, const struct dealerpulse_body *body,
          struct spool_entry *entry)
{
    struct event event;

    if (body->length > EVENT_BODY_MAX)
        return handle_fail(pulse, DEALERPULSE_INVALID, "TOO_LARGE: %s",
                           code_text(CODE_TOO_LARGE));
    entry->body = span_of(body->bytes, body->length);
    struct outcome outcome = event_read(entry->body, &event);
    if (outcome.kind == OUTCOME_REJECTED)
        return refuse(pulse, &outcome);
    entry->id = event.id;
    return look_into_words(pulse, body, &event, entry);
}

void
dealerpulse_bind_comment(const char *comment, size_t length,
                         uint8_t salt[DEALERPULSE_SALT_SIZE],
                         uint8_t hash[DEALERPULSE_HASH_SIZE])
{
    random_fill(salt, DEALERPULSE_SALT_SIZE);
    words_hash(span_of(salt, DEALERPULSE_SALT_SIZE), span_of(comment, length),
               hash);
}

enum dealerpulse_status
dealerpulse_submit_many(struct dealerpulse *pulse,
                        const struct dealerpulse_body *bodies, size_t count,
                        uint64_t *seqs)
{
    enum dealerpulse_status result = DEALERPULSE_OK;

    struct spool_entry *entries = calloc(count ? count : 1, sizeof *entries);
    if (!entries)
        return handle_fail(pulse, DEALERPULSE_SYSTEM, "out of memory");
    for (size_t i = 0; i < count && result == DEALERPULSE_OK; i++)
        result = look_into(pulse, &bodies[i], &entries[i]);
    if (result == DEALERPULSE_OK) {
        enum status status =
            spool_append(pulse->spool, entries, count, clock_wall_ms(), seqs);
        if (status != STATUS_OK)
            result = handle_status(pulse, status);
    }
    pulse->due_at = 0; // some may have been there and are to go again
    free(entries);
    return result;
}

enum dealerpulse_status
dealerpulse_submit(struct dealerpulse *pulse, const void *body, size_t length,
                   uint64_t *seq)
{
    struct dealerpulse_body one = {.bytes = body, .length = length};
    uint64_t number = 0;

    enum dealerpulse_status status =
        dealerpulse_submit_many(pulse, &one, 1, &number);
    if (status == DEALERPULSE_OK && seq)
        *seq = number;
    return status;
}
