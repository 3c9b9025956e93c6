// SPDX-License-Identifier: Apache-2.0
#include "client/book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/config/dealers.h"
#include "common/config/programme.h"

static enum status
take_programme(struct book *book, struct ask *ask, struct span hash,
               int64_t timeout_ms, struct problems *problems)
{
    char *text;
    size_t length;

    enum status status =
        ask_publication(ask, PUBLICATION_PROGRAMME, hash, timeout_ms, &text,
                        &length, book->programme_hash);
    if (status != STATUS_OK)
        return status;
    status = programme_read(span_of(text, length), "published programme.yaml",
                            &book->rulebook, problems);
    free(text);
    return status;
}

static enum status
take_dealers(struct book *book, struct ask *ask, struct span hash,
             int64_t timeout_ms, struct problems *problems)
{
    char *text;
    size_t length;

    enum status status =
        ask_publication(ask, PUBLICATION_DEALERS, hash, timeout_ms, &text,
                        &length, book->dealers_hash);
    if (status != STATUS_OK)
        return status;
    status = dealers_read(span_of(text, length), "published dealers.csv",
                          &book->directory, problems);
    free(text);
    return status;
}

enum status
book_open(struct book **out, struct ask *ask, const struct store_facts *facts,
          int64_t timeout_ms, struct problems *problems)
{
    struct span programme = span_of(facts->programme_hash, HASH_SIZE);
    struct span dealers = span_of(facts->dealers_hash, HASH_SIZE);

    // Without a hash, the newest: the answer says that there is none.
    if (!facts->has_programme)
        programme = (struct span){0};
    if (!facts->has_dealers)
        dealers = (struct span){0};
    struct book *book = calloc(1, sizeof *book);
    if (!book)
        return STATUS_SYSTEM;
    atomic_init(&book->holders, 1);
    enum status status =
        take_programme(book, ask, programme, timeout_ms, problems);
    if (status == STATUS_OK)
        status = take_dealers(book, ask, dealers, timeout_ms, problems);
    if (status != STATUS_OK) {
        book_close(book);
        return status;
    }
    *out = book;
    return STATUS_OK;
}

struct book *
book_share(struct book *book)
{
    atomic_fetch_add(&book->holders, 1);
    return book;
}

void
book_close(struct book *book)
{
    if (!book || atomic_fetch_sub(&book->holders, 1) > 1)
        return;
    if (book->rulebook)
        programme_free(book->rulebook);
    if (book->directory)
        dealers_free(book->directory);
    free(book);
}

bool
book_is(const struct book *book, const struct store_facts *facts)
{
    return facts->has_programme && facts->has_dealers &&
           memcmp(book->programme_hash, facts->programme_hash, HASH_SIZE) ==
               0 &&
           memcmp(book->dealers_hash, facts->dealers_hash, HASH_SIZE) == 0;
}

struct trace_source
book_source(const struct book *book, const struct store_facts *facts)
{
    struct trace_source source = {.incarnation = facts->incarnation,
                                  .fold_version = facts->fold_version,
                                  .journal_position = facts->journal_position};

    static_assert(sizeof source.head == sizeof facts->head &&
                      sizeof source.programme_hash ==
                          sizeof book->programme_hash &&
                      sizeof source.store == sizeof facts->store,
                  "a trace names what the status names");
    memcpy(source.store, facts->store, sizeof source.store);
    memcpy(source.head, facts->head, sizeof source.head);
    memcpy(source.programme_hash, book->programme_hash,
           sizeof source.programme_hash);
    memcpy(source.dealers_hash, book->dealers_hash, sizeof source.dealers_hash);
    return source;
}

enum status
book_cover(const struct book *book, struct ask *ask, uint64_t position,
           int64_t timeout_ms, struct store_facts *facts)
{
    if (facts->journal_position >= position)
        return STATUS_OK;
    enum status status = ask_status(ask, timeout_ms, facts);
    if (status != STATUS_OK)
        return status;
    return book_is(book, facts) ? STATUS_OK : STATUS_AGAIN;
}
