// SPDX-License-Identifier: Apache-2.0
#include "common/domain/rulebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct item items[] = {
    {.number = 1, .lo = 1, .hi = 10, .id = "overall", .name_en = "Overall"},
    {.number = 2, .lo = 1, .hi = 10, .id = "confirm"},
    {.number = 3, .lo = 0, .hi = 10, .id = "recommend"},
    {.number = 70, .lo = 1, .hi = 5, .id = "cleanliness"},
    {.number = 4095, .lo = 0, .hi = 100, .id = "last"},
};
static const uint16_t of_short[] = {1, 3}, of_long[] = {1, 2, 3, 70};
static const uint16_t core[] = {1, 2, 3};
static const struct questionnaire questionnaires[] = {
    {.id = "svc",
     .version = 2,
     .item_count = 4,
     .items = of_long,
     .core_count = 3,
     .core = core},
    {.id = "svc", .version = 1, .item_count = 2, .items = of_short},
    {.id = "sale", .version = 1, .item_count = 2, .items = of_short},
};
static const struct item_set sets[] = {{2, 2, {1, 2}}, {1, 1, {3}}};
static const struct item_pair pairs[] = {{2, 1, 2}, {1, 2, 1}};
static const struct kpi_rule kpis[] = {
    {.id = "csi", .form = KPI_INDEX, .min_n = 100},
    {.id = "nps", .form = KPI_NPS, .min_n = 30},
    {.id = "complaint_sla", .form = KPI_SLA, .min_n = 5},
};

static struct rulebook
example(void)
{
    return (struct rulebook){
        .id = "demo",
        .version = 3,
        .valid_from = 1000,
        .zone = {.name = "UTC"},
        .clock_ms = {0, 300000, 86400000, 259200000, 300000},
        .emergency_update_ms = 1800000,
        .item_count = 5,
        .questionnaire_count = 3,
        .set_count = 2,
        .pair_count = 2,
        .kpi_count = 3,
        .items = items,
        .questionnaires = questionnaires,
        .sets = sets,
        .pairs = pairs,
        .kpis = kpis,
    };
}

static void
the_version_valid_at_an_instant_rules(void **state)
{
    (void)state;
    const struct rulebook first = {.valid_from = 100},
                          second = {.valid_from = 200},
                          again = {.valid_from = 200};
    const struct rulebook *const versions[] = {&first, &second, &again};
    const struct rulebook_history history = {3, versions};

    assert_ptr_equal(rulebook_at(&history, INT64_MIN), &first); // the oldest
    assert_ptr_equal(rulebook_at(&history, 100), &first);
    assert_ptr_equal(rulebook_at(&history, 199), &first);
    assert_ptr_equal(rulebook_at(&history, 200), &again); // the later wins
    assert_ptr_equal(rulebook_at(&history, INT64_MAX), &again);
    assert_null(rulebook_at(&(struct rulebook_history){0}, 0));
}

static void
items_are_found_by_number_and_id(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();

    for (size_t i = 0; i < 5; i++) {
        assert_ptr_equal(rulebook_item(&rulebook, items[i].number), &items[i]);
        assert_ptr_equal(rulebook_item_by_id(&rulebook, items[i].id),
                         &items[i]);
    }
    assert_null(rulebook_item(&rulebook, 0));
    assert_null(rulebook_item(&rulebook, 4));
    assert_null(rulebook_item(&rulebook, 71));
    assert_null(rulebook_item(&rulebook, UINT16_MAX));
    assert_null(rulebook_item_by_id(&rulebook, "overal"));
    assert_null(rulebook_item(&(struct rulebook){0}, 1));
}

static void
questionnaires_are_found_by_id_and_version(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();

    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(rulebook_questionnaire(&rulebook,
                                                span_text(questionnaires[i].id),
                                                questionnaires[i].version),
                         &questionnaires[i]);
    assert_null(rulebook_questionnaire(&rulebook, span_text("svc"), 3));
    assert_null(rulebook_questionnaire(&rulebook, span_text("sv"), 1));
    assert_null(rulebook_questionnaire(&rulebook, (struct span){0}, 1));
}

static void
a_questionnaire_has_its_items_only(void **state)
{
    (void)state;
    for (uint16_t item = 0; item < 100; item++) {
        bool expected = item == 1 || item == 2 || item == 3 || item == 70;
        assert_int_equal(questionnaire_has(&questionnaires[0], item), expected);
    }
    assert_false(questionnaire_has(&(struct questionnaire){0}, 1));
}

static void
half_of_the_core_items_make_a_response_complete(void **state)
{
    (void)state;
    struct survey survey = {.answer_count = 1, .answers = {{1, 5}}};

    assert_false(questionnaire_complete(&questionnaires[0], &survey));
    survey = (struct survey){.answer_count = 2, .answers = {{1, 5}, {3, 0}}};
    assert_true(questionnaire_complete(&questionnaires[0], &survey));
    survey.answers[1].value = ANSWER_NOT_APPLICABLE; // is no answer
    assert_false(questionnaire_complete(&questionnaires[0], &survey));
    survey = (struct survey){.answer_count = 2, .answers = {{1, 5}, {70, 3}}};
    assert_false(questionnaire_complete(&questionnaires[0], &survey));
    survey.answer_count = 0;
    assert_false(questionnaire_complete(&questionnaires[0], &survey));
    assert_true(questionnaire_complete(&questionnaires[1], &survey)); // no core

    // Of two core items one is half.
    static const uint16_t two[] = {2, 70};
    const struct questionnaire even = {.core_count = 2, .core = two};
    survey = (struct survey){.answer_count = 1, .answers = {{70, 1}}};
    assert_true(questionnaire_complete(&even, &survey));
}

static void
kpis_are_found_by_id(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();
    struct kpi_rule made;

    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(rulebook_kpi(&rulebook, kpis[i].id, &made), &kpis[i]);
    assert_null(rulebook_kpi(&rulebook, "cs", &made));
    assert_null(rulebook_kpi(&rulebook, "", &made));
    assert_null(rulebook_kpi(&rulebook, "mean_", &made));
    assert_null(rulebook_kpi(&rulebook, "mean_overal", &made));
}

static void
every_item_has_a_mean(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();
    struct kpi_rule made;

    assert_ptr_equal(rulebook_kpi(&rulebook, "mean_overall", &made), &made);
    assert_int_equal(made.form, KPI_MEAN);
    assert_int_equal(made.items[0], 1);
    assert_string_equal(made.id, "mean_overall");
    assert_string_equal(made.name_en, "Overall");
    // It ranks no sooner than the least demanding survey KPI.
    assert_int_equal(made.min_n, 30);
}

static void
a_mean_of_a_long_id_keeps_its_text_in_bounds(void **state)
{
    (void)state;
    const struct item item = {.number = 9,
                              .lo = 1,
                              .hi = 10,
                              .id = "a23456789012345678901234567890zz"};
    const struct rulebook rulebook = {.item_count = 1, .items = &item};
    struct kpi_rule made;

    assert_non_null(rulebook_kpi(
        &rulebook, "mean_a23456789012345678901234567890zz", &made));
    assert_int_equal(strlen(made.id), RULE_ID_MAX);
    assert_int_equal(made.items[0], 9);
    assert_int_equal(made.min_n, 0);
}

enum { BYTES_MAX = 4096 };

struct bytes {
    size_t length;
    uint8_t data[BYTES_MAX];
};

static struct bytes
bytes_of(const struct rulebook *rulebook)
{
    struct bytes bytes = {0};

    bytes.length = rulebook_fold_bytes(rulebook, bytes.data, BYTES_MAX);
    assert_true(bytes.length <= BYTES_MAX);
    return bytes;
}

static bool
folds_alike(const struct rulebook *a, const struct rulebook *b)
{
    struct bytes of_a = bytes_of(a), of_b = bytes_of(b);

    return of_a.length == of_b.length &&
           memcmp(of_a.data, of_b.data, of_a.length) == 0;
}

static void
what_only_reading_needs_asks_for_no_refold(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();
    struct rulebook other = example();
    struct item renamed[5];

    memcpy(renamed, items, sizeof items);
    strcpy(renamed[0].name_en, "Anything");
    strcpy(other.zone.name, "Etc/UTC");
    strcpy(other.id, "another");
    other.items = renamed;
    other.version = 4;
    other.kpi_count = 1;
    other.lookback_ms = 5;
    other.future_ms = 6;
    other.close_days = 7;
    assert_true(folds_alike(&rulebook, &other));
}

static void
the_order_of_lists_in_the_file_does_not_matter(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();
    struct rulebook other = example();
    const struct questionnaire shuffled[] = {
        questionnaires[1], questionnaires[2], questionnaires[0]};
    const struct item_set turned_sets[] = {sets[1], sets[0]};
    const struct item_pair turned_pairs[] = {pairs[1], pairs[0]};

    other.questionnaires = shuffled;
    other.sets = turned_sets;
    other.pairs = turned_pairs;
    assert_true(folds_alike(&rulebook, &other));
}

static void
what_the_fold_needs_asks_for_a_refold(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();
    struct rulebook other[12];
    struct item rescaled[5];
    struct questionnaire smaller[3];
    struct item_set swapped[2] = {{2, 2, {2, 1}}, {1, 1, {3}}};
    struct item_pair turned[2] = {{2, 2, 1}, {1, 2, 1}};

    for (size_t i = 0; i < 12; i++)
        other[i] = example();
    memcpy(rescaled, items, sizeof items);
    rescaled[3].hi = 7;
    memcpy(smaller, questionnaires, sizeof questionnaires);
    smaller[0].core_count = 2;
    other[0].valid_from = 1001;
    other[1].zone.offset_s = 3600;
    other[2].zone.change_count = 1;
    other[3].zone.has_daylight = true;
    other[4].items = rescaled;
    other[5].item_count = 4;
    other[6].questionnaires = smaller;
    other[7].questionnaire_count = 2;
    other[8].sets = swapped; // S_1 and S_2 change places
    other[9].pairs = turned;
    other[10].clock_ms[CLASS_HARD] = 1;
    other[11].emergency_update_ms = 1;
    for (size_t i = 0; i < 12; i++)
        if (folds_alike(&rulebook, &other[i]))
            fail_msg("change %zu was not seen", i);
}

static void
daylight_rules_that_do_not_apply_do_not_count(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();
    struct rulebook other = example();

    other.zone.daylight_offset_s = 7200;
    assert_true(folds_alike(&rulebook, &other));
}

static void
the_length_is_told_without_room(void **state)
{
    (void)state;
    const struct rulebook rulebook = example();
    struct bytes whole = bytes_of(&rulebook);
    uint8_t part[11] = {0};

    assert_int_equal(rulebook_fold_bytes(&rulebook, NULL, 0), whole.length);
    assert_int_equal(rulebook_fold_bytes(&rulebook, part, 10), whole.length);
    assert_memory_equal(part, whole.data, 10);
    assert_int_equal(part[10], 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_version_valid_at_an_instant_rules),
        cmocka_unit_test(items_are_found_by_number_and_id),
        cmocka_unit_test(questionnaires_are_found_by_id_and_version),
        cmocka_unit_test(a_questionnaire_has_its_items_only),
        cmocka_unit_test(half_of_the_core_items_make_a_response_complete),
        cmocka_unit_test(kpis_are_found_by_id),
        cmocka_unit_test(every_item_has_a_mean),
        cmocka_unit_test(a_mean_of_a_long_id_keeps_its_text_in_bounds),
        cmocka_unit_test(what_only_reading_needs_asks_for_no_refold),
        cmocka_unit_test(the_order_of_lists_in_the_file_does_not_matter),
        cmocka_unit_test(what_the_fold_needs_asks_for_a_refold),
        cmocka_unit_test(daylight_rules_that_do_not_apply_do_not_count),
        cmocka_unit_test(the_length_is_told_without_room),
    };
    return cmocka_run_group_tests_name("rulebook", tests, NULL, NULL);
}
