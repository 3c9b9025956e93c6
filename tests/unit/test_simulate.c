// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config/dealers.h"
#include "common/config/programme.h"
#include "common/domain/check.h"
#include "common/wire/event_code.h"

enum { JUNE_2005 = 2005 * 12 + 5, JUNE_15 = 1118793600 };

static const int64_t noon = JUNE_15 * INT64_C(1000) + DAY_MS / 2;

struct world {
    struct rulebook *rulebook;
    struct directory *directory;
};

static struct world
world_of(const char *sample)
{
    char path[512];
    struct world world;
    struct problems problems = {0};

    snprintf(path, sizeof path, SAMPLE_DIR "/%s/programme.yaml", sample);
    assert_int_equal(programme_load(path, &world.rulebook, &problems),
                     STATUS_OK);
    snprintf(path, sizeof path, SAMPLE_DIR "/%s/dealers.csv", sample);
    assert_int_equal(dealers_load(path, &world.directory, &problems),
                     STATUS_OK);
    return world;
}

static void
world_fini(struct world *world)
{
    programme_free(world->rulebook);
    dealers_free(world->directory);
}

// written returns the CSV of a truth; the caller frees it.
static char *
written(const struct truth *truth)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    assert_true(truth_write(truth, file));
    assert_int_equal(fclose(file), 0);
    return text;
}

// answered gives the satisfaction triple (items 4 to 6) and fives otherwise.
static struct told_response
answered(uint8_t seed, uint8_t first, uint8_t second, uint8_t third)
{
    const uint8_t triple[] = {first, second, third};
    struct told_response told = {
        .at = noon + seed, .id = {{seed}}, .counts = true, .answer_count = 24};

    for (uint16_t i = 0; i < 24; i++)
        told.answers[i] = (struct answer){(uint16_t)(i + 1),
                                          i >= 3 && i <= 5 ? triple[i - 3] : 5};
    return told;
}

static void
expect(const struct world *world, struct told_response responses[4],
       const char *line)
{
    struct truth *truth;

    assert_int_equal(truth_open(&truth, world->rulebook, world->directory,
                                JUNE_2005, JUNE_2005),
                     STATUS_OK);
    for (size_t i = 0; i < 4; i++)
        truth_survey(truth, 0, (uint32_t)i, &responses[i], 1);
    char *text = written(truth);
    if (!strstr(text, line))
        fail_msg("no %s in\n%s", line, text);
    free(text);
    truth_close(truth);
}

// domain.md T1
static void
t1_the_truth_knows_the_index_of_four_responses(void **state)
{
    (void)state;
    struct world world = world_of("ecsi");
    struct told_response responses[] = {
        answered(1, 9, 8, 8), answered(2, 7, 7, 6), answered(3, 10, 9, 10),
        answered(4, 5, 4, 5)};

    expect(&world, responses, "D0,2005-06,csi,4,19,27\n"); // 70.370370
    responses[3].counts = false;
    expect(&world, responses, "D0,2005-06,csi,3,65,81\n"); // 80.246914
    world_fini(&world);
}

static void
the_first_complete_response_of_a_visit_counts_and_others_do_not(void **state)
{
    (void)state;
    struct world world = world_of("ecsi");
    struct told_response responses[] = {
        answered(3, 1, 1, 1), answered(1, 2, 2, 2), answered(2, 9, 9, 9)};
    struct truth *truth;

    responses[1].answer_count = 11; // of 24: not complete
    assert_int_equal(truth_open(&truth, world.rulebook, world.directory,
                                JUNE_2005, JUNE_2005),
                     STATUS_OK);
    truth_survey(truth, 2, 0, responses, 3);
    char *text = written(truth);
    assert_non_null(strstr(text, "D2,2005-06,topbox,1,1,1\n"));
    assert_non_null(strstr(text, "D2,2005-06,responses,1,1,1\n"));
    free(text);
    truth_close(truth);
    world_fini(&world);
}

// --- The fleet ---------------------------------------------------------------

static const struct fleet_options all_faults = {
    .seed = 7,
    .first = 2026 * 12,
    .last = 2026 * 12 + 1,
    .until = INT64_C(1772294400000), // 2026-03-01 in the programme's zone
    .visits = 6,
    .lanes = 4,
    .faults = FAULT_SKEW | FAULT_LATE | FAULT_DUPLICATES | FAULT_DISORDER |
              FAULT_VOIDS,
};

struct played {
    struct plan plan;
    char *truth;
};

static struct played
play(const struct world *world, const struct fleet_options *options)
{
    struct played played = {0};
    struct truth *truth;

    assert_int_equal(truth_open(&truth, world->rulebook, world->directory,
                                options->first, options->last),
                     STATUS_OK);
    fleet_play(options, world->rulebook, world->directory, &played.plan, truth);
    assert_int_equal(plan_seal(&played.plan), STATUS_OK);
    played.truth = written(truth);
    truth_close(truth);
    return played;
}

static void
played_fini(struct played *played)
{
    plan_fini(&played->plan);
    free(played->truth);
}

static void
the_same_seed_is_the_same_fleet_and_another_is_not(void **state)
{
    (void)state;
    struct world world = world_of("demo");
    struct fleet_options other = all_faults;
    other.seed++;
    struct played one = play(&world, &all_faults);
    struct played two = play(&world, &all_faults);
    struct played three = play(&world, &other);

    assert_string_equal(one.truth, two.truth);
    assert_int_equal(one.plan.byte_count, two.plan.byte_count);
    assert_memory_equal(one.plan.bytes, two.plan.bytes, one.plan.byte_count);
    assert_string_not_equal(one.truth, three.truth);
    played_fini(&one);
    played_fini(&two);
    played_fini(&three);
    world_fini(&world);
}

// lane_speaks_for tells whether a lane may send for a dealer.
static bool
lane_speaks_for(uint32_t lane, size_t dealer)
{
    return lane == all_faults.lanes ||
           lane == fleet_lane(dealer, all_faults.lanes) ||
           lane == fleet_spare_lane(dealer, all_faults.lanes);
}

static void
every_event_is_one_a_collector_takes(void **state)
{
    (void)state;
    struct world world = world_of("demo");
    struct played played = play(&world, &all_faults);
    const struct rulebook *versions[] = {world.rulebook};
    const struct rulebook_history history = {1, versions};

    assert_true(played.plan.act_count > 1000);
    assert_true(played.plan.sending_count > played.plan.act_count);
    for (size_t i = 0; i < played.plan.sending_count; i++) {
        const struct sending *sending = &played.plan.sendings[i];
        struct event event;
        struct outcome outcome =
            event_read(plan_body(&played.plan, sending->act), &event);
        assert_int_equal(outcome.kind, OUTCOME_ACCEPTED);
        outcome =
            check_event(&event, &history, world.directory, all_faults.until);
        if (outcome.kind != OUTCOME_ACCEPTED)
            fail_msg("%s %s", code_name((uint32_t)outcome.code), outcome.field);
        assert_true(event.occurred_at < all_faults.until);
        const struct dealer *dealer =
            directory_find(world.directory, event.dealer_id);
        size_t number = (size_t)(dealer - world.directory->dealers);
        assert_true(lane_speaks_for(sending->lane, number));
        assert_int_equal(event_type_is_control(event.type),
                         sending->lane == all_faults.lanes);
    }
    played_fini(&played);
    world_fini(&world);
}

static void
without_faults_everything_is_sent_once_and_in_order(void **state)
{
    (void)state;
    struct world world = world_of("demo");
    struct fleet_options options = all_faults;
    options.faults = 0;
    struct played played = play(&world, &options);
    int64_t last = INT64_MIN;

    assert_int_equal(played.plan.sending_count, played.plan.act_count);
    for (size_t i = 0; i < played.plan.sending_count; i++) {
        const struct sending *sending = &played.plan.sendings[i];
        struct event event;
        assert_int_equal(
            event_read(plan_body(&played.plan, sending->act), &event).kind,
            OUTCOME_ACCEPTED);
        assert_int_equal(event.occurred_at, sending->due);
        assert_false(event_type_is_control(event.type));
        if (i > 0 && played.plan.sendings[i - 1].lane == sending->lane)
            assert_true(last <= sending->due);
        last = sending->due;
    }
    played_fini(&played);
    world_fini(&world);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t1_the_truth_knows_the_index_of_four_responses),
        cmocka_unit_test(
            the_first_complete_response_of_a_visit_counts_and_others_do_not),
        cmocka_unit_test(the_same_seed_is_the_same_fleet_and_another_is_not),
        cmocka_unit_test(every_event_is_one_a_collector_takes),
        cmocka_unit_test(without_faults_everything_is_sent_once_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
