// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "client/book.h"
#include "common/config/programme.h"
#include "common/runtime/clock.h"
#include "fake_aggregator.h"
#include "figures_support.h"

enum { PATIENT_MS = 10000, HASTY_MS = 150 };

static const char dealers_text[] = "id,name,region\nA,Alpha,north\n";

struct scene {
    struct fake_aggregator fake;
    struct tally_table *table;
    struct transport *transport;
    struct ask *ask;
    char *programme;
};

static char *
sample_programme(void)
{
    struct problems problems = {0};
    char *text;
    size_t length;

    assert_int_equal(file_take(SAMPLE_DIR "/ecsi/programme.yaml", 1 << 20,
                               &text, &length, &problems),
                     STATUS_OK);
    text = realloc(text, length + 1);
    text[length] = 0;
    return text;
}

static int
begin(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);

    scene->programme = sample_programme();
    scene->table = sample_table();
    fake_start(&scene->fake, scene->programme, dealers_text, scene->table);
    assert_int_equal(transport_open(&scene->transport, 1), STATUS_OK);
    assert_int_equal(ask_open(&scene->ask, scene->transport,
                              fake_endpoint(&scene->fake), -1),
                     STATUS_OK);
    *state = scene;
    return 0;
}

static int
end(void **state)
{
    struct scene *scene = *state;

    ask_close(scene->ask);
    transport_close(scene->transport);
    fake_stop(&scene->fake);
    tally_table_free(scene->table);
    free(scene->programme);
    free(scene);
    return 0;
}

static void
status_is_copied_whole(void **state)
{
    struct scene *scene = *state;
    struct store_facts facts;
    uint8_t hash[HASH_SIZE];

    assert_int_equal(ask_status(scene->ask, PATIENT_MS, &facts), STATUS_OK);
    assert_int_equal(facts.position, 42);
    assert_int_equal(facts.journal_position, 42);
    assert_int_equal(facts.incarnation, 1);
    assert_int_equal(facts.store[0], 0xab);
    assert_int_equal(facts.events, 1234);
    assert_int_equal(facts.last_commit_at_ms, 1793836000000);
    assert_int_equal(facts.month_count, 2);
    assert_true(facts.has_programme);
    fake_hash(dealers_text, hash);
    assert_memory_equal(facts.dealers_hash, hash, HASH_SIZE);
}

static void
tallies_of_some_months_are_copied_exactly(void **state)
{
    struct scene *scene = *state;
    struct tally_table *table;

    assert_int_equal(
        ask_tallies(scene->ask, SEPTEMBER, SEPTEMBER, 0, PATIENT_MS, &table),
        STATUS_OK);
    assert_int_equal(table->position, 42);
    assert_int_equal(table->row_count, 2); // slices all and arrived
    assert_string_equal(table->rows[0].dealer, "A");
    assert_int_equal(table->rows[0].used, 4);
    assert_int_equal(table->counters[0], counter(COUNTER_ANSWER, 1, 1));
    assert_int_equal(table->values[0], 2);
    tally_table_free(table);

    assert_int_equal(ask_tallies(scene->ask, 1, OCTOBER, 0, PATIENT_MS, &table),
                     STATUS_OK);
    assert_int_equal(table->row_count, scene->table->row_count);
    for (size_t i = 0; i < table->row_count; i++) {
        const struct tally_table_row *got = &table->rows[i];
        const struct tally_table_row *sent = &scene->table->rows[i];
        assert_string_equal(got->dealer, sent->dealer);
        assert_int_equal(got->month, sent->month);
        assert_int_equal(got->slice, sent->slice);
        assert_int_equal(got->used, sent->used);
        assert_memory_equal(table->values + got->first,
                            scene->table->values + sent->first,
                            got->used * sizeof(int64_t));
    }
    tally_table_free(table);
}

static void
the_published_rules_and_dealers_become_a_book(void **state)
{
    struct scene *scene = *state;
    struct problems problems = {0};
    struct store_facts facts;
    struct book *book;

    assert_int_equal(ask_status(scene->ask, PATIENT_MS, &facts), STATUS_OK);
    assert_int_equal(
        book_open(&book, scene->ask, &facts, PATIENT_MS, &problems), STATUS_OK);
    assert_string_equal(book->rulebook->id, "ecsi");
    assert_non_null(directory_find(book->directory, span_text("A")));
    assert_true(book_is(book, &facts));
    facts.dealers_hash[0] ^= 1;
    assert_false(book_is(book, &facts));

    struct book *shared = book_share(book);
    book_close(book);
    assert_string_equal(shared->rulebook->id, "ecsi");
    book_close(shared);
}

static void
a_file_that_does_not_match_its_hash_is_not_taken(void **state)
{
    struct scene *scene = *state;
    uint8_t hash[HASH_SIZE];
    char *content;
    size_t length;

    scene->fake.spoil = true;
    assert_int_equal(ask_publication(scene->ask, PUBLICATION_DEALERS,
                                     (struct span){0}, PATIENT_MS, &content,
                                     &length, hash),
                     STATUS_MALFORMED);
    assert_non_null(strstr(ask_problem(scene->ask), "does not match its hash"));
}

static void
a_refusal_is_unavailable_and_says_why(void **state)
{
    struct scene *scene = *state;
    struct store_facts facts;

    scene->fake.refuse = true;
    assert_int_equal(ask_status(scene->ask, PATIENT_MS, &facts),
                     STATUS_UNAVAILABLE);
    assert_non_null(strstr(ask_problem(scene->ask), "STORE_FULL"));
    assert_non_null(
        strstr(ask_problem(scene->ask), "no room for this question"));
}

static void
silence_is_unavailable_in_time_and_the_link_recovers(void **state)
{
    struct scene *scene = *state;
    struct store_facts facts;

    scene->fake.silent = true;
    int64_t begun = clock_steady_ms();
    assert_int_equal(ask_status(scene->ask, HASTY_MS, &facts),
                     STATUS_UNAVAILABLE);
    assert_true(clock_steady_ms() - begun >= HASTY_MS);
    assert_non_null(
        strstr(ask_problem(scene->ask), "nobody answers at tcp://"));

    scene->fake.silent = false;
    assert_int_equal(ask_status(scene->ask, PATIENT_MS, &facts), STATUS_OK);
}

static void
a_request_to_stop_ends_the_wait(void **state)
{
    struct scene *scene = *state;
    struct store_facts facts;
    struct ask *ask;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(
        ask_open(&ask, scene->transport, fake_endpoint(&scene->fake), ends[0]),
        STATUS_OK);
    scene->fake.silent = true;
    assert_int_equal(ask_status(ask, PATIENT_MS, &facts), STATUS_STOPPED);
    ask_close(ask);
    close(ends[0]);
    close(ends[1]);
}

static void
only_the_last_question_is_answered(void **state)
{
    struct scene *scene = *state;
    struct query first = {.question = QUESTION_STATUS};
    struct query second = {.question = QUESTION_TALLIES,
                           .first_month = SEPTEMBER,
                           .last_month = SEPTEMBER};
    struct answer_frame answer;
    struct frame frame;
    enum status status = STATUS_AGAIN;

    // Until the link is there.
    while (ask_send(scene->ask, &first) == STATUS_FULL)
        assert_int_equal(wait_any(NULL, 0, 2), STATUS_AGAIN);
    assert_int_equal(ask_send(scene->ask, &second), STATUS_OK);
    while (status == STATUS_AGAIN) {
        struct waitable item = ask_waitable(scene->ask);
        assert_int_equal(wait_any(&item, 1, PATIENT_MS), STATUS_OK);
        status = ask_receive(scene->ask, &frame, &answer);
    }
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(answer.number, second.number);
    assert_false(answer.has_status);
    frame_close(&frame);
}

static void
what_is_no_endpoint_is_refused(void **state)
{
    struct scene *scene = *state;
    struct ask *ask;

    assert_int_equal(ask_open(&ask, scene->transport, "nowhere", -1),
                     STATUS_MALFORMED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(status_is_copied_whole, begin, end),
        cmocka_unit_test_setup_teardown(
            tallies_of_some_months_are_copied_exactly, begin, end),
        cmocka_unit_test_setup_teardown(
            the_published_rules_and_dealers_become_a_book, begin, end),
        cmocka_unit_test_setup_teardown(
            a_file_that_does_not_match_its_hash_is_not_taken, begin, end),
        cmocka_unit_test_setup_teardown(a_refusal_is_unavailable_and_says_why,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            silence_is_unavailable_in_time_and_the_link_recovers, begin, end),
        cmocka_unit_test_setup_teardown(a_request_to_stop_ends_the_wait, begin,
                                        end),
        cmocka_unit_test_setup_teardown(only_the_last_question_is_answered,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_endpoint_is_refused, begin,
                                        end),
    };
    assert_int_equal(crypto_start(), STATUS_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
