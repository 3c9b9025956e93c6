// SPDX-License-Identifier: Apache-2.0
#include "aggregator/history.h"

#include <stdlib.h>

#include "common/config/dealers.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"

// One publication, its content kept as published.
struct entry {
    struct publication publication;
    uint8_t *content;
    uint8_t hash[HASH_SIZE];
    struct rulebook *rulebook; // of a programme
};

struct history {
    struct entry *entries;
    size_t count;
    const struct rulebook **versions; // effective ones, by valid_from
    struct rulebook_history rules;
    struct roster *roster;
    struct held_back held_back; // the newest list
};

enum status
history_open(struct history **out)
{
    struct history *history = calloc(1, sizeof *history);
    if (!history)
        return STATUS_SYSTEM;
    enum status status = roster_open(&history->roster);
    if (status != STATUS_OK) {
        history_close(history);
        return status;
    }
    *out = history;
    return STATUS_OK;
}

void
history_close(struct history *history)
{
    if (!history)
        return;
    for (size_t i = 0; i < history->count; i++) {
        programme_free(history->entries[i].rulebook);
        free(history->entries[i].content);
    }
    roster_close(history->roster);
    held_back_free(&history->held_back);
    free(history->versions);
    free(history->entries);
    free(history);
}

// insert_version puts a rulebook at its valid_from, in place of an earlier
// publication of the same instant.
static void
insert_version(struct history *history, const struct rulebook *rulebook)
{
    size_t at = 0, count = history->rules.count;

    while (at < count &&
           history->versions[at]->valid_from < rulebook->valid_from)
        at++;
    bool same =
        at < count && history->versions[at]->valid_from == rulebook->valid_from;
    if (!same) {
        memmove(&history->versions[at + 1], &history->versions[at],
                (count - at) * sizeof *history->versions);
        history->rules.count++;
    }
    history->versions[at] = rulebook;
}

// read_content makes of a file what the fold needs of it.
static enum status
read_content(struct history *history, struct entry *entry,
             struct problems *problems)
{
    struct directory *directory;
    struct span content = entry->publication.content;

    switch (entry->publication.kind) {
    case PUBLICATION_PROGRAMME:
        return programme_read(content, "published programme", &entry->rulebook,
                              problems);
    case PUBLICATION_DEALERS: {
        enum status status =
            dealers_read(content, "published dealers", &directory, problems);
        if (status != STATUS_OK)
            return status;
        status = roster_add(history->roster, directory);
        dealers_free(directory);
        return status;
    }
    case PUBLICATION_QUARANTINE: {
        struct held_back held;
        enum status status = held_back_read(content, &held);
        if (status != STATUS_OK)
            return status;
        held_back_free(&history->held_back);
        history->held_back = held;
        return STATUS_OK;
    }
    case PUBLICATION_NONE:
        break;
    }
    return STATUS_MALFORMED;
}

static enum status
make_room(struct history *history)
{
    struct entry *entries = realloc(
        history->entries, (history->count + 1) * sizeof *history->entries);
    if (!entries)
        return STATUS_SYSTEM;
    history->entries = entries;
    const struct rulebook **versions =
        realloc(history->versions,
                (history->rules.count + 1) * sizeof *history->versions);
    if (!versions)
        return STATUS_SYSTEM;
    history->versions = versions;
    history->rules.versions = versions;
    return STATUS_OK;
}

enum status
history_publish(struct history *history, const struct publication *publication,
                struct problems *problems)
{
    enum status status = make_room(history);
    if (status != STATUS_OK)
        return status;

    struct entry entry = {.publication.kind = publication->kind};
    entry.content = malloc(publication->content.length + 1u);
    if (!entry.content)
        return STATUS_SYSTEM;
    if (publication->content.length)
        memcpy(entry.content, publication->content.data,
               publication->content.length);
    entry.publication.content =
        span_of(entry.content, publication->content.length);
    digest(entry.publication.content, entry.hash, HASH_SIZE);
    status = read_content(history, &entry, problems);
    if (status != STATUS_OK) {
        free(entry.content);
        return status;
    }
    history->entries[history->count++] = entry;
    if (entry.rulebook)
        insert_version(history, entry.rulebook);
    // The list may have moved: every hash is again where its entry is.
    for (size_t i = 0; i < history->count; i++)
        history->entries[i].publication.hash =
            span_of(history->entries[i].hash, HASH_SIZE);
    return STATUS_OK;
}

const struct rulebook_history *
history_rules(const struct history *history)
{
    return &history->rules;
}

const struct roster *
history_roster(const struct history *history)
{
    return history->roster;
}

const struct held_back *
history_held_back(const struct history *history)
{
    return &history->held_back;
}

const struct publication *
history_newest(const struct history *history, enum publication_kind kind)
{
    static const struct publication none;

    for (size_t i = history->count; i-- > 0;)
        if (history->entries[i].publication.kind == kind)
            return &history->entries[i].publication;
    return &none;
}

const struct publication *
history_find(const struct history *history, struct span hash)
{
    for (size_t i = history->count; i-- > 0;)
        if (span_equal(history->entries[i].publication.hash, hash))
            return &history->entries[i].publication;
    return NULL;
}

// add_held_back links the part of the list up to a position, as text; nothing
// when it is empty.
static enum status
add_held_back(const struct held_back *held, uint64_t position,
              uint8_t out[HASH_SIZE])
{
    struct held_back part = *held;
    size_t length;
    char *text;

    while (part.count > 0 && part.list[part.count - 1].position > position)
        part.count--;
    if (part.count == 0)
        return STATUS_OK;
    enum status status = held_back_write(&part, &text, &length);
    if (status != STATUS_OK)
        return status;
    digest_two(span_of(out, HASH_SIZE), span_of(text, length), out, HASH_SIZE);
    free(text);
    return STATUS_OK;
}

// The digest is a chain over the versions: each link covers the one before.
enum status
history_digest_to(const struct history *history, int64_t until,
                  uint64_t position, uint8_t out[HASH_SIZE])
{
    uint8_t version = FOLD_VERSION;

    digest(span_of(&version, 1), out, HASH_SIZE);
    for (size_t i = 0; i < history->rules.count; i++) {
        const struct rulebook *rulebook = history->versions[i];
        // The oldest version also serves all that came before it.
        if (i > 0 && rulebook->valid_from > until)
            break;
        size_t length = rulebook_fold_bytes(rulebook, NULL, 0);
        uint8_t *bytes = malloc(length + 1);
        if (!bytes)
            return STATUS_SYSTEM;
        rulebook_fold_bytes(rulebook, bytes, length);
        digest_two(span_of(out, HASH_SIZE), span_of(bytes, length), out,
                   HASH_SIZE);
        free(bytes);
    }
    return add_held_back(&history->held_back, position, out);
}

enum status
history_digest(const struct history *history, int64_t until,
               uint8_t out[HASH_SIZE])
{
    return history_digest_to(history, until, UINT64_MAX, out);
}
