// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/csv.h"
#include "common/config/dealers.h"
#include "tests/support/problems.h"

static enum status
read_text(const char *text, struct directory **directory,
          struct problems *problems)
{
    *problems = (struct problems){0};
    return dealers_read(span_text(text), "d.csv", directory, problems);
}

static struct directory *
good_directory(const char *text)
{
    static struct problems problems;
    struct directory *directory = NULL;
    enum status status = read_text(text, &directory, &problems);

    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    return directory;
}

static void
columns_go_by_their_header(void **state)
{
    (void)state;
    struct directory *directory =
        good_directory("region,id,name\n"
                       "east,SH01,\xe4\xb8\x8a\xe6\xb5\xb7 Shanghai\n");
    const struct dealer *dealer = &directory->dealers[0];

    assert_int_equal(directory->dealer_count, 1);
    assert_string_equal(dealer->id, "SH01");
    assert_int_equal(dealer->row_count, 1);
    assert_int_equal(dealer->rows[0].from, INT64_MIN);
    assert_string_equal(dealer->rows[0].name,
                        "\xe4\xb8\x8a\xe6\xb5\xb7 Shanghai");
    assert_string_equal(dealer->rows[0].region, "east");
    assert_string_equal(dealer->rows[0].brand, "");
    assert_string_equal(dealer->rows[0].group, "");
    dealers_free(directory);
}

static void
quotes_bom_and_crlf_are_fine(void **state)
{
    (void)state;
    struct directory *directory =
        good_directory("\xef\xbb\xbfid,name,brand\r\n"
                       "A,\"Smith, \"\"Jones\"\" & Co\",\"x\"\r\n"
                       "\r\n"
                       "B,,\r\n");

    assert_int_equal(directory->dealer_count, 2);
    assert_string_equal(directory->dealers[0].rows[0].name,
                        "Smith, \"Jones\" & Co");
    assert_string_equal(directory->dealers[0].rows[0].brand, "x");
    assert_string_equal(directory->dealers[1].id, "B");
    dealers_free(directory);
}

static void
rows_of_a_dealer_ascend_by_from(void **state)
{
    (void)state;
    struct directory *directory = good_directory("id,region,from\n"
                                                 "Z,new,2026-07-01\n"
                                                 "A,only,\n"
                                                 "Z,old,\n"
                                                 "Z,mid,2026-01-01\n");
    const struct dealer *dealer = directory_find(directory, span_text("Z"));

    assert_int_equal(directory->dealer_count, 2);
    assert_string_equal(directory->dealers[0].id, "Z"); // as in the file
    assert_ptr_equal(dealer, &directory->dealers[0]);
    assert_int_equal(directory->by_id[0], 1);
    assert_int_equal(directory->by_id[1], 0);
    assert_int_equal(dealer->row_count, 3);
    assert_string_equal(dealer->rows[0].region, "old");
    assert_string_equal(dealer->rows[1].region, "mid");
    assert_string_equal(dealer->rows[2].region, "new");
    int64_t july = days_from_civil((struct civil){2026, 7, 1}) * DAY_MS;
    assert_string_equal(dealer_at(dealer, july)->region, "new");
    assert_string_equal(dealer_at(dealer, july - 1)->region, "mid");
    dealers_free(directory);
}

static const char good[] = "id,name,region,from\n"
                           "A1,One,east,\n"
                           "B2,Two,west,2026-01-01\n";

static const struct flaw flaws[] = {
    {"id,name", "di,name", 1, "", "the column id is missing"},
    {"region,from", "regoin,from", 1, "column 3", "regoin is not known here"},
    {"region,from", "name,from", 1, "column 3", "there twice"},
    {"A1", "A 1", 2, "column 1 (id)", "no spaces"},
    {"A1", "", 2, "column 1 (id)", "1 to 32"},
    {"A1", "A\xc3\xa9", 2, "column 1 (id)", "ASCII"},
    {"A1", "A12345678901234567890123456789012", 2, "column 1 (id)", "1 to 32"},
    {"B2", "HQ", 3, "column 1 (id)", "reserved for headquarters"},
    {"Two", "T\x01wo", 3, "column 2 (name)", "control characters"},
    {"Two", "T\xffwo", 3, "column 2 (name)", "must be UTF-8"},
    {"west", "a region whose name is far too long", 3, "column 3 (region)",
     "at most 32 bytes"},
    {"2026-01-01", "2026-13-01", 3, "column 4 (from)", "must be a date"},
    {"One,east,", "One,east", 2, "column 4 (from)", "fewer cells"},
    {"One,east,", "One,east,,", 2, "column 5", "more cells"},
    {"One", "O\"ne", 2, "column 2 (name)", "not quoted"},
    {"One", "\"One\"x", 2, "column 2 (name)", "text follows the quote"},
    {"One", "\"One", 2, "column 2 (name)", "never closed"},
    {"B2,Two,west,2026-01-01", "A1,Two,west,", 3, "id", "in line 2"},
    {"A1,One,east,\nB2,Two,west,2026-01-01\n", "", 0, "", "lists no dealer"},
};

static void
every_flaw_is_told_with_line_and_column(void **state)
{
    (void)state;
    static struct problems problems;

    dealers_free(good_directory(good));
    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
        struct directory *directory;
        char *text = text_with_flaw(good, &flaws[i]);
        assert_int_equal(read_text(text, &directory, &problems),
                         STATUS_MALFORMED);
        expect_problem(&problems, "d.csv", flaws[i].line, flaws[i].key,
                       flaws[i].says);
        free(text);
    }
}

static void
an_empty_file_is_told(void **state)
{
    (void)state;
    static struct problems problems;
    struct directory *directory;

    assert_int_equal(read_text("", &directory, &problems), STATUS_MALFORMED);
    expect_problem(&problems, "d.csv", 1, "", "is empty");
}

static void
lines_are_counted_through_quoted_line_ends(void **state)
{
    (void)state;
    struct csv csv;
    struct span cells[4];
    size_t count;

    csv_init(&csv, span_text("a;b\n\"1\n2\r\n3\";x\n;\n"), ';');
    assert_int_equal(csv_next(&csv, cells, 4, &count), STATUS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(csv_next(&csv, cells, 4, &count), STATUS_OK);
    assert_int_equal(csv.line, 2);
    assert_int_equal(cells[0].length, 6);
    assert_int_equal(csv_next(&csv, cells, 4, &count), STATUS_OK);
    assert_int_equal(csv.line, 5);
    assert_int_equal(count, 2);
    assert_int_equal(cells[0].length + cells[1].length, 0);
    assert_int_equal(csv_next(&csv, cells, 4, &count), STATUS_AGAIN);
    csv_fini(&csv);
}

static void
reading_goes_on_behind_a_broken_record(void **state)
{
    (void)state;
    struct csv csv;
    struct span cells[4];
    size_t count;

    csv_init(&csv, span_text("\"a\"x,1\nb,2\n"), ',');
    assert_int_equal(csv_next(&csv, cells, 4, &count), STATUS_MALFORMED);
    assert_int_equal(csv.column, 1);
    assert_int_equal(csv_next(&csv, cells, 4, &count), STATUS_OK);
    assert_true(span_equal(cells[0], span_text("b")));
    assert_int_equal(csv.line, 2);
    csv_fini(&csv);
}

static void
shipped_samples_are_good(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t dealers;
    } samples[] = {{"deploy/samples/demo/dealers.csv", 42},
                   {"deploy/samples/ecsi/dealers.csv", 10},
                   {"deploy/samples/ecsi-weighted/dealers.csv", 10},
                   {"deploy/samples/cfpb/dealers.csv", 491}};

    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        size_t length;
        char *text = sample_take(samples[i].name, &length);
        struct directory *directory = good_directory(text);
        assert_int_equal(directory->dealer_count, samples[i].dealers);
        dealers_free(directory);
        free(text);
    }
}

enum { MANY = 200000 };

static void
two_hundred_thousand_dealers_are_found_again(void **state)
{
    (void)state;
    char *text = malloc((size_t)MANY * 40), *at = text;

    assert_non_null(text);
    at += sprintf(at, "id,name,region\n");
    for (unsigned i = 0; i < MANY; i++)
        at += sprintf(at, "D%u,Dealer %u,r%u\n", (i * 7919) % MANY, i, i % 9);
    struct directory *directory = good_directory(text);
    assert_int_equal(directory->dealer_count, MANY);
    for (unsigned i = 0; i < MANY; i += 997) {
        char id[16], name[32];
        (void)sprintf(id, "D%u", (i * 7919) % MANY);
        (void)sprintf(name, "Dealer %u", i);
        const struct dealer *dealer = directory_find(directory, span_text(id));
        assert_non_null(dealer);
        assert_string_equal(dealer->rows[0].name, name);
    }
    dealers_free(directory);
    free(text);
}

static void
no_mutation_of_a_sample_crashes_or_fails_in_silence(void **state)
{
    (void)state;
    static struct problems problems;
    uint64_t dices = 3;
    size_t length;
    char *text = sample_take("deploy/samples/demo/dealers.csv", &length);
    char *room = malloc(length * 3);

    assert_non_null(room);
    for (int round = 0; round < 2000; round++) {
        struct directory *directory;
        memcpy(room, text, length);
        size_t mutated = mutate(room, length, &dices);
        problems = (struct problems){0};
        enum status status = dealers_read(span_of(room, mutated), "d.csv",
                                          &directory, &problems);
        assert_int_equal(status == STATUS_OK, problems.count == 0);
        if (status == STATUS_OK)
            dealers_free(directory);
    }
    free(room);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_go_by_their_header),
        cmocka_unit_test(quotes_bom_and_crlf_are_fine),
        cmocka_unit_test(rows_of_a_dealer_ascend_by_from),
        cmocka_unit_test(every_flaw_is_told_with_line_and_column),
        cmocka_unit_test(an_empty_file_is_told),
        cmocka_unit_test(lines_are_counted_through_quoted_line_ends),
        cmocka_unit_test(reading_goes_on_behind_a_broken_record),
        cmocka_unit_test(shipped_samples_are_good),
        cmocka_unit_test(two_hundred_thousand_dealers_are_found_again),
        cmocka_unit_test(no_mutation_of_a_sample_crashes_or_fails_in_silence),
    };
    return cmocka_run_group_tests_name("dealers", tests, NULL, NULL);
}
