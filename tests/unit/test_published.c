// SPDX-License-Identifier: Apache-2.0
//
// How a collector fetches what HQ published.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collector/published.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"

static const char DEALERS[] = "id,name\nD1,One\nD2,Two\n";

// The two files with their hashes, and what is fetching them.
struct library {
    char *programme;
    size_t programme_length;
    uint8_t programme_hash[HASH_SIZE], dealers_hash[HASH_SIZE];
    struct published published;
    struct problems problems;
    uint8_t frame[65536];
};

static struct library *
library_open(void)
{
    struct library *library = calloc(1, sizeof *library);
    assert_non_null(library);
    assert_int_equal(file_take(PROGRAMME, 60000, &library->programme,
                               &library->programme_length, &library->problems),
                     STATUS_OK);
    digest(span_of(library->programme, library->programme_length),
           library->programme_hash, HASH_SIZE);
    digest(span_text(DEALERS), library->dealers_hash, HASH_SIZE);
    published_init(&library->published);
    return library;
}

static void
library_close(struct library *library)
{
    published_fini(&library->published);
    free(library->programme);
    free(library);
}

static void
want_both(struct library *library)
{
    published_want(&library->published,
                   span_of(library->programme_hash, HASH_SIZE),
                   span_of(library->dealers_hash, HASH_SIZE));
}

// expect_question asks what is due and returns it, sent.
static struct query
expect_question(struct library *library, int64_t now,
                enum publication_kind kind, const uint8_t hash[HASH_SIZE])
{
    static uint8_t bytes[256];
    struct writer writer = writer_on(bytes, sizeof bytes);
    struct query query;
    assert_int_equal(published_next(&library->published, now, &writer),
                     PUBLISHED_ASK);
    assert_int_equal(query_read(span_of(bytes, writer.used), &query),
                     CODE_NONE);
    assert_int_equal(query.question, QUESTION_PUBLICATION);
    assert_int_equal(query.kind, kind);
    assert_true(span_equal(query.hash, span_of(hash, HASH_SIZE)));
    published_asked(&library->published, now);
    return query;
}

static enum status
answer_with(struct library *library, uint64_t number,
            enum publication_kind kind, struct span content)
{
    uint8_t hash[HASH_SIZE];
    digest(content, hash, sizeof hash);
    struct publication publication = {
        .kind = kind, .hash = span_of(hash, HASH_SIZE), .content = content};
    struct writer writer = writer_on(library->frame, sizeof library->frame);
    answer_begin(&writer, number, 3);
    answer_publication(&writer, &publication);
    size_t length = answer_end(&writer);
    assert_int_not_equal(length, 0);
    return published_answer(&library->published, 0,
                            span_of(library->frame, length),
                            &library->problems);
}

static enum status
answer_programme(struct library *library, uint64_t number)
{
    return answer_with(library, number, PUBLICATION_PROGRAMME,
                       span_of(library->programme, library->programme_length));
}

static enum published_step
step(struct library *library, int64_t now)
{
    uint8_t bytes[256];
    struct writer writer = writer_on(bytes, sizeof bytes);
    return published_next(&library->published, now, &writer);
}

// fetch_both brings both files into force.
static void
fetch_both(struct library *library)
{
    want_both(library);
    struct query query = expect_question(library, 0, PUBLICATION_PROGRAMME,
                                         library->programme_hash);
    assert_int_equal(answer_programme(library, query.number), STATUS_AGAIN);
    query =
        expect_question(library, 0, PUBLICATION_DEALERS, library->dealers_hash);
    assert_int_equal(answer_with(library, query.number, PUBLICATION_DEALERS,
                                 span_text(DEALERS)),
                     STATUS_OK);
}

static void
both_files_are_fetched_by_hash_and_come_into_force_together(void **state)
{
    (void)state;
    struct library *library = library_open();
    assert_int_equal(step(library, 0), PUBLISHED_IDLE);
    fetch_both(library);
    assert_true(library->published.ready);
    assert_int_equal(library->published.directory->dealer_count, 2);
    assert_int_equal(library->published.history.count, 1);
    assert_memory_equal(library->published.dealers_hash, library->dealers_hash,
                        HASH_SIZE);
    assert_int_equal(step(library, 100000), PUBLISHED_IDLE);
    library_close(library);
}

static void
half_of_them_is_not_in_force(void **state)
{
    (void)state;
    struct library *library = library_open();
    want_both(library);
    struct query query = expect_question(library, 0, PUBLICATION_PROGRAMME,
                                         library->programme_hash);
    assert_int_equal(answer_programme(library, query.number), STATUS_AGAIN);
    assert_false(library->published.ready);
    library_close(library);
}

static void
what_is_in_force_is_not_fetched_again(void **state)
{
    (void)state;
    struct library *library = library_open();
    fetch_both(library);
    want_both(library);
    assert_int_equal(step(library, 0), PUBLISHED_IDLE);
    library_close(library);
}

static void
before_anything_is_published_there_is_nothing_to_ask(void **state)
{
    (void)state;
    struct library *library = library_open();
    published_want(&library->published, span_of(NULL, 0), span_of(NULL, 0));
    assert_int_equal(step(library, 0), PUBLISHED_IDLE);
    library_close(library);
}

static void
without_an_answer_the_link_is_opened_anew_and_asked_again(void **state)
{
    (void)state;
    struct library *library = library_open();
    want_both(library);
    expect_question(library, 0, PUBLICATION_PROGRAMME, library->programme_hash);
    assert_int_equal(step(library, 4000), PUBLISHED_IDLE);
    assert_int_equal(step(library, 6000), PUBLISHED_REOPEN);
    expect_question(library, 6000, PUBLICATION_PROGRAMME,
                    library->programme_hash);
    library_close(library);
}

static void
an_answer_to_another_question_changes_nothing(void **state)
{
    (void)state;
    struct library *library = library_open();
    want_both(library);
    struct query query = expect_question(library, 0, PUBLICATION_PROGRAMME,
                                         library->programme_hash);
    assert_int_equal(answer_programme(library, query.number + 1), STATUS_AGAIN);
    assert_null(library->published.next_rulebook);
    assert_int_equal(answer_programme(library, query.number), STATUS_AGAIN);
    assert_non_null(library->published.next_rulebook);
    library_close(library);
}

static void
a_file_that_is_not_the_one_named_is_refused(void **state)
{
    (void)state;
    struct library *library = library_open();
    want_both(library);
    struct query query = expect_question(library, 0, PUBLICATION_PROGRAMME,
                                         library->programme_hash);
    assert_int_equal(answer_with(library, query.number, PUBLICATION_PROGRAMME,
                                 span_text("id: other\n")),
                     STATUS_MALFORMED);
    assert_int_equal(library->problems.count, 1);
    assert_int_equal(step(library, 1000), PUBLISHED_IDLE); // not at once
    assert_int_equal(step(library, 60000), PUBLISHED_ASK);
    library_close(library);
}

static void
an_unusable_file_leaves_in_force_what_was(void **state)
{
    (void)state;
    static const char broken[] = "id,name\nD1,One\nD1,Twice\n";
    uint8_t hash[HASH_SIZE];
    struct library *library = library_open();
    fetch_both(library);
    digest(span_text(broken), hash, sizeof hash);
    published_want(&library->published,
                   span_of(library->programme_hash, HASH_SIZE),
                   span_of(hash, HASH_SIZE));
    struct query query = expect_question(library, 0, PUBLICATION_PROGRAMME,
                                         library->programme_hash);
    assert_int_equal(answer_programme(library, query.number), STATUS_AGAIN);
    query = expect_question(library, 0, PUBLICATION_DEALERS, hash);
    enum status status = answer_with(library, query.number, PUBLICATION_DEALERS,
                                     span_text(broken));
    assert_int_equal(status, STATUS_MALFORMED);
    assert_true(library->published.ready);
    assert_int_equal(library->published.directory->dealer_count, 2);
    assert_memory_equal(library->published.dealers_hash, library->dealers_hash,
                        HASH_SIZE);
    library_close(library);
}

static int
start(void **state)
{
    (void)state;
    return crypto_start() == STATUS_OK ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            both_files_are_fetched_by_hash_and_come_into_force_together),
        cmocka_unit_test(half_of_them_is_not_in_force),
        cmocka_unit_test(what_is_in_force_is_not_fetched_again),
        cmocka_unit_test(before_anything_is_published_there_is_nothing_to_ask),
        cmocka_unit_test(
            without_an_answer_the_link_is_opened_anew_and_asked_again),
        cmocka_unit_test(an_answer_to_another_question_changes_nothing),
        cmocka_unit_test(a_file_that_is_not_the_one_named_is_refused),
        cmocka_unit_test(an_unusable_file_leaves_in_force_what_was),
    };
    return cmocka_run_group_tests_name("published", tests, start, NULL);
}
