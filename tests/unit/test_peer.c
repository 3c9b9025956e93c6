// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/dealers.h"
#include "common/config/peers.h"
#include "common/domain/peer.h"
#include "common/domain/scheme.h"
#include "tests/support/problems.h"

static const char good[] =
    "id: test\nversion: 1\nvalid_from: 2026-01-01\n"                // 1-3
    "zone: {name: UTC, offset: Z}\nlookback: 730d\n"                // 4-5
    "items: [{number: 1, id: a, scale: [1, 10]}]\n"                 // 6
    "kpis: [{id: top, form: share, item: a, cut: 9}]\n"             // 7
    "peers:\n"                                                      // 8
    "  - {id: big, of: [brand:A, size:large], parent: all-a,\n"     // 9
    "     min_members: 3}\n"                                        // 10
    "  - {id: north, of: [region:north, brand:A], parent: all-a}\n" // 11
    "  - {id: all-a, of: [brand:A]}\n";                             // 12

static struct rulebook *
good_book(void)
{
    static struct problems problems;
    struct rulebook *book = NULL;

    problems = (struct problems){0};
    enum status status =
        programme_read(span_text(good), "p.yaml", &book, &problems);
    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    return book;
}

static void
the_first_group_that_holds_a_dealer_is_its_own(void **state)
{
    (void)state;
    struct rulebook *book = good_book();
    const struct dealer_row both = {
        .region = "north", .brand = "A", .size = "large"};
    const struct dealer_row north = {.region = "north", .brand = "A"};
    const struct dealer_row plain = {.region = "south", .brand = "A"};
    const struct dealer_row other = {.region = "north", .brand = "B"};

    assert_int_equal(book->peer_count, 3);
    assert_int_equal(peer_of(book, &both), 0);
    assert_int_equal(peer_of(book, &north), 1);
    assert_int_equal(peer_of(book, &plain), 2);
    assert_int_equal(peer_of(book, &other), PEER_NONE);
    assert_true(peer_in_scope(book, &both, "peer:north")); // holds it as well
    assert_false(peer_in_scope(book, &plain, "peer:north"));
    assert_false(peer_in_scope(book, &both, "peer:south"));
    assert_true(peer_in_scope(book, &both, "size:large"));
    assert_int_equal(book->peers[0].min_members, 3);
    assert_int_equal(book->peers[1].min_members, PEER_MEMBERS);
    programme_free(book);
}

static void
too_few_members_are_judged_with_the_parents(void **state)
{
    (void)state;
    struct rulebook *book = good_book();
    char wider[SCOPE_MAX];

    assert_true(peer_wider(book, "peer:big", wider));
    assert_string_equal(wider, "peer:all-a");
    assert_true(peer_wider(book, "peer:all-a", wider));
    assert_string_equal(wider, "nation");
    assert_true(peer_wider(book, "region:north", wider));
    assert_string_equal(wider, "nation");
    assert_false(peer_wider(book, "nation", wider));
    programme_free(book);
}

static const struct flaw flaws[] = {
    {"id: big, ", "", 9, "peers[0].id", "missing"},
    {"id: north", "id: big", 11, "peers[1]", "the id big is taken"},
    {"of: [brand:A]", "of: []", 12, "peers[2].of", "1 to 4 members"},
    {"[brand:A, size:large]", "[brand:A, nation]", 9, "peers[0].of[1]",
     "must be region:X, brand:X, size:X or group:X"},
    {"[brand:A, size:large]", "[brand:A, peer:north]", 9, "peers[0].of[1]",
     "must be region:X"},
    {"[brand:A, size:large]", "[brand:A, brand:B]", 9, "peers[0].of[1]",
     "no dealer is brand:A and brand:B at once"},
    {"size:large], parent: all-a", "size:large], parent: mine", 9,
     "peers[0].parent", "must be the id of a group further down"},
    {"of: [brand:A]}", "of: [brand:A], parent: big}", 12, "peers[2].parent",
     "further down"},
    {"[region:north, brand:A]", "[region:north]", 11, "peers[1].parent",
     "all-a does not hold all dealers of north"},
    {"id: all-a, of: [brand:A]", "id: all-a, of: [brand:A, region:north]", 12,
     "peers[2]", "overlaps north, listed before it"},
    {"min_members: 3", "min_members: 1", 10, "peers[0].min_members", "2"},
    {"parent: all-a,", "patent: all-a,", 9, "peers[0].patent", ""},
};

static void
every_flaw_is_told_with_line_and_key(void **state)
{
    (void)state;
    static struct problems problems;

    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
        struct rulebook *book = NULL;
        char *text = text_with_flaw(good, &flaws[i]);
        problems = (struct problems){0};
        assert_int_equal(
            programme_read(span_text(text), "p.yaml", &book, &problems),
            STATUS_MALFORMED);
        expect_problem(&problems, "p.yaml", flaws[i].line, flaws[i].key,
                       flaws[i].says);
        free(text);
    }
}

// Two groups with thresholds of their own, and their parent's child.
static const char rebate[] =
    "rebate:\n"                                                 // 13
    "  max_rate_ppm: 1\n"                                       // 14
    "  knots: [{score: 0, ratio_ppm: 0}]\n"                     // 15
    "  dimensions:\n"                                           // 16
    "    - kpi: top\n"                                          // 17
    "      weight_ppm: 1000000\n"                               // 18
    "      floor_ppm: 1\n      threshold_ppm: 2\n"              // 19
    "      benchmark_ppm: 3\n"                                  // 21
    "      shrink: {mean_micro: 7, strength_micro: 8}\n"        // 22
    "      by_peer:\n"                                          // 23
    "        - {peer: all-a, floor_ppm: 4, threshold_ppm: 5,\n" // 24
    "           benchmark_ppm: 6}\n"                            // 25
    "        - {peer: north, floor_ppm: 7, threshold_ppm: 8,\n" // 26
    "           benchmark_ppm: 9, shrink: {mean_micro: 1, flat: true}}\n";

static void
a_dealer_is_scored_by_its_groups_thresholds_or_the_parents(void **state)
{
    (void)state;
    static struct problems problems;
    char text[sizeof good + sizeof rebate];
    struct rulebook *book = NULL;
    const struct dealer_row big = {.brand = "A", .size = "large"};
    const struct dealer_row north = {.brand = "A", .region = "north"};
    const struct dealer_row other = {.brand = "B"};

    problems = (struct problems){0};
    (void)snprintf(text, sizeof text, "%s%s", good, rebate);
    enum status status =
        programme_read(span_text(text), "p.yaml", &book, &problems);
    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    const struct scheme_dimension *one = scheme_of(book, &big)->dimensions;
    assert_int_equal(one->scale.floor, 4); // big has none: its parent's
    assert_int_equal(one->shrink.mean_micro, 7);
    one = scheme_of(book, &north)->dimensions;
    assert_int_equal(one->scale.floor, 7);
    assert_true(one->shrink.is_flat);
    assert_int_equal(one->weight_ppm, 1000000);
    assert_ptr_equal(scheme_of(book, &other), book->scheme);
    assert_ptr_equal(scheme_of(book, NULL), book->scheme);
    assert_int_equal(book->scheme->dimensions[0].scale.floor, 1);
    programme_free(book);
}

static void
flaws_of_a_groups_thresholds_are_told(void **state)
{
    (void)state;
    static struct problems problems;
    static const struct flaw own[] = {
        {"peer: north", "peer: south", 26,
         "rebate.dimensions[0].by_peer[1].peer", "one of the peers"},
        {"peer: north", "peer: all-a", 26,
         "rebate.dimensions[0].by_peer[1].peer", "all-a is listed twice"},
        {"floor_ppm: 7", "floor_ppm: 9", 26,
         "rebate.dimensions[0].by_peer[1].floor_ppm",
         "the floor is above the threshold"},
    };
    char text[sizeof good + sizeof rebate];

    (void)snprintf(text, sizeof text, "%s%s", good, rebate);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        struct rulebook *book = NULL;
        char *broken = text_with_flaw(text, &own[i]);
        problems = (struct problems){0};
        assert_int_equal(
            programme_read(span_text(broken), "p.yaml", &book, &problems),
            STATUS_MALFORMED);
        expect_problem(&problems, "p.yaml", own[i].line, own[i].key,
                       own[i].says);
        free(broken);
    }
}

static void
a_group_without_members_is_told(void **state)
{
    (void)state;
    static struct problems problems;
    struct rulebook *book = good_book();
    struct directory *directory = NULL;

    problems = (struct problems){0};
    assert_int_equal(dealers_read(span_text("id,brand,size,region,from\n"
                                            "1X,A,small,north,\n"
                                            "1X,A,large,north,2027-01-01\n"
                                            "2X,B,large,south,\n"),
                                  "d.csv", &directory, &problems),
                     STATUS_OK);
    assert_true(peers_check(book, "p.yaml", directory, &problems));
    dealers_free(directory);
    assert_int_equal(dealers_read(span_text("id,brand,size,region\n"
                                            "1X,A,small,north\n"
                                            "2X,B,large,south\n"),
                                  "d.csv", &directory, &problems),
                     STATUS_OK);
    assert_false(peers_check(book, "p.yaml", directory, &problems));
    assert_int_equal(problems.count, 1);
    expect_problem(&problems, "p.yaml", 9, "peers[0].of",
                   "big has no members: no row of dealers.csv is brand:A and "
                   "size:large");
    dealers_free(directory);
    programme_free(book);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_group_that_holds_a_dealer_is_its_own),
        cmocka_unit_test(too_few_members_are_judged_with_the_parents),
        cmocka_unit_test(every_flaw_is_told_with_line_and_key),
        cmocka_unit_test(
            a_dealer_is_scored_by_its_groups_thresholds_or_the_parents),
        cmocka_unit_test(flaws_of_a_groups_thresholds_are_told),
        cmocka_unit_test(a_group_without_members_is_told),
    };
    return cmocka_run_group_tests_name("peer", tests, NULL, NULL);
}
