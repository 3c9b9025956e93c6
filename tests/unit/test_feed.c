// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/config/programme.h"
#include "common/runtime/clock.h"
#include "fake_aggregator.h"
#include "figures_support.h"
#include "reporter/refresh.h"

enum { FRAME_BYTES = 65536, HEARD_WITHIN_MS = 20000 };

static const char dealers_text[] =
    "id,name,region\nA,Alpha,north\nB,Beta,south\n";

// A reporter without its page, and one subscriber.
struct scene {
    char *programme;
    struct tally_table *table;
    struct fake_aggregator fake;
    struct transport *transport;
    struct ask *ask;
    struct publish *publish;
    struct shelf *shelf;
    struct counters counters;
    struct refresh refresh;
    void *context, *subscriber;
};

static struct tally_table *
table_with(int64_t tens)
{
    struct tally_table *table = tally_table_alloc();

    table->position = 7;
    row(table, "A", OCTOBER);
    for (uint32_t item = 4; item <= 6; item++)
        answers(table, item, 10, tens);
    tally_table_seal(table);
    return table;
}

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

// free_endpoint finds a port nobody uses at the moment.
static void
free_endpoint(char endpoint[64])
{
    size_t length = 64;
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_PUB);

    assert_int_equal(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &length), 0);
    zmq_close(socket);
    zmq_ctx_term(context);
}

static void
subscribe(struct scene *scene, const char *endpoint)
{
    int linger = 0, patience = HEARD_WITHIN_MS;

    scene->context = zmq_ctx_new();
    scene->subscriber = zmq_socket(scene->context, ZMQ_SUB);
    zmq_setsockopt(scene->subscriber, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(scene->subscriber, ZMQ_RCVTIMEO, &patience, sizeof patience);
    zmq_setsockopt(scene->subscriber, ZMQ_SUBSCRIBE, "", 0);
    assert_int_equal(zmq_connect(scene->subscriber, endpoint), 0);
}

static int
begin(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    char endpoint[64];

    scene->programme = sample_programme();
    scene->table = table_with(40);
    fake_start(&scene->fake, scene->programme, dealers_text, scene->table);
    free_endpoint(endpoint);
    assert_int_equal(transport_open(&scene->transport, 1), STATUS_OK);
    assert_int_equal(ask_open(&scene->ask, scene->transport,
                              fake_endpoint(&scene->fake), -1),
                     STATUS_OK);
    assert_int_equal(
        publish_open(&scene->publish, scene->transport, endpoint, 99),
        STATUS_OK);
    subscribe(scene, endpoint);
    scene->shelf = shelf_open();
    scene->refresh = (struct refresh){.ask = scene->ask,
                                      .shelf = scene->shelf,
                                      .publish = scene->publish,
                                      .counters = &scene->counters,
                                      .refresh_ms = 10};
    *state = scene;
    return 0;
}

static int
end(void **state)
{
    struct scene *scene = *state;

    watchlist_fini(&scene->refresh.alerts);
    zmq_close(scene->subscriber);
    zmq_ctx_term(scene->context);
    shelf_close(scene->shelf);
    publish_close(scene->publish);
    ask_close(scene->ask);
    transport_close(scene->transport);
    fake_stop(&scene->fake);
    tally_table_free(scene->table);
    free(scene->programme);
    free(scene);
    return 0;
}

static void
refresh(struct scene *scene)
{
    int64_t rest_ms;

    assert_int_equal(refresh_once(&scene->refresh, &rest_ms), STATUS_OK);
    assert_true(rest_ms >= 10);
}

// change gives the aggregator other figures at the next position.
static void
change(struct scene *scene, int64_t tens)
{
    struct tally_table *before = scene->table;

    scene->table = table_with(tens);
    scene->fake.table = scene->table;
    scene->fake.position += 1;
    refresh(scene);
    tally_table_free(before);
}

static uint64_t
shown_position(struct scene *scene)
{
    struct snapshot *snapshot = shelf_hold(scene->shelf);
    assert_non_null(snapshot);
    uint64_t position = snapshot->table->position;
    snapshot_drop(snapshot);
    return position;
}

// hear waits for a message of a topic and returns its payload.
static json_t *
hear(struct scene *scene, const char *topic)
{
    static char name[FRAME_BYTES], payload[FRAME_BYTES];
    json_error_t error;

    for (;;) {
        int length = zmq_recv(scene->subscriber, name, sizeof name - 1, 0);
        assert_true(length > 0 && length < (int)sizeof name);
        name[length] = 0;
        length = zmq_recv(scene->subscriber, payload, sizeof payload, 0);
        assert_true(length > 0 && length < (int)sizeof payload);
        if (strcmp(name, topic) != 0)
            continue;
        json_t *json = json_loadb(payload, (size_t)length, 0, &error);
        assert_non_null(json);
        return json;
    }
}

// --- Refreshing --------------------------------------------------------------

static void
tallies_are_taken_again_only_when_the_position_moved(void **state)
{
    struct scene *scene = *state;

    refresh(scene);
    refresh(scene);
    refresh(scene);
    assert_int_equal(scene->fake.tally_questions, 1);
    assert_int_equal(shown_position(scene), 7);
    change(scene, 41);
    assert_int_equal(scene->fake.tally_questions, 2);
    assert_int_equal(shown_position(scene), 8);
    assert_int_equal(scene->counters.refreshes, 4);
    assert_int_equal(scene->counters.snapshots, 2);
}

static void
new_dealers_are_taken_with_their_hash(void **state)
{
    struct scene *scene = *state;

    refresh(scene);
    scene->fake.dealers = "id,name,region\nA,Renamed,north\n";
    refresh(scene);
    struct snapshot *snapshot = shelf_hold(scene->shelf);
    assert_int_equal(snapshot->book->directory->dealer_count, 1);
    assert_string_equal(snapshot->book->directory->dealers[0].rows[0].name,
                        "Renamed");
    snapshot_drop(snapshot);
}

static void
when_the_aggregator_fails_the_last_figures_stay(void **state)
{
    struct scene *scene = *state;

    refresh(scene);
    int64_t answered = scene->counters.answered_steady_ms;
    scene->fake.refuse = true;
    scene->fake.position += 1;
    refresh(scene);
    refresh(scene);
    assert_int_equal(scene->counters.refresh_failures, 2);
    assert_int_equal(scene->counters.answered_steady_ms, answered);
    assert_int_equal(shown_position(scene), 7);

    scene->fake.refuse = false;
    refresh(scene);
    assert_int_equal(shown_position(scene), 8);
}

static void
rules_this_version_cannot_read_are_a_failure_not_a_crash(void **state)
{
    struct scene *scene = *state;

    scene->fake.programme = "id: [not, a, programme]\n";
    refresh(scene);
    assert_int_equal(scene->counters.refresh_failures, 1);
    assert_null(shelf_hold(scene->shelf));
}

static void
a_held_snapshot_outlives_the_next_one(void **state)
{
    struct scene *scene = *state;

    refresh(scene);
    struct snapshot *held = shelf_hold(scene->shelf);
    change(scene, 41);
    assert_int_equal(held->table->position, 7);
    assert_int_equal(held->table->values[0], 40);
    snapshot_drop(held);
}

// --- The feed ----------------------------------------------------------------

static void
a_change_is_published_once_and_numbered(void **state)
{
    struct scene *scene = *state;
    static const char csi[] = "ranking/nation/csi/2026-10";

    refresh(scene);
    // The subscription arrives after a while: figures change until it did.
    int64_t tens = 41;
    zmq_pollitem_t item = {.socket = scene->subscriber, .events = ZMQ_POLLIN};
    while (zmq_poll(&item, 1, 20) == 0)
        change(scene, tens++);

    json_t *json = hear(scene, csi);
    json_int_t first = json_integer_value(json_object_get(json, "sequence"));
    assert_true(first >= 1);
    assert_int_equal(json_integer_value(json_object_get(json, "feed")), 99);
    assert_string_equal(json_string_value(json_object_get(json, "period")),
                        "2026-10");
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 2);
    json_decref(json);

    uint64_t published = scene->counters.published;
    scene->fake.position += 1; // the figures stay: nothing to say
    refresh(scene);
    assert_int_equal(scene->counters.published, published);

    change(scene, 1000);
    json = hear(scene, csi);
    while (json_integer_value(
               json_object_get(json_object_get(json, "total"), "n")) != 1000) {
        json_int_t next = json_integer_value(json_object_get(json, "sequence"));
        assert_int_equal(next, first + 1);
        first = next;
        json_decref(json);
        json = hear(scene, csi);
    }
    assert_int_equal(json_integer_value(json_object_get(json, "sequence")),
                     first + 1);
    json_decref(json);
}

static void
regions_have_topics_of_their_own(void **state)
{
    struct scene *scene = *state;
    int64_t tens = 41;
    zmq_pollitem_t item = {.socket = scene->subscriber, .events = ZMQ_POLLIN};

    refresh(scene);
    while (zmq_poll(&item, 1, 20) == 0)
        change(scene, tens++);
    json_t *json = hear(scene, "ranking/region:north/csi/2026-10");
    assert_string_equal(json_string_value(json_object_get(json, "scope")),
                        "region:north");
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 1);
    json_decref(json);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(tallies_are_taken_again_only_when_the_position_moved),
        WITH(new_dealers_are_taken_with_their_hash),
        WITH(when_the_aggregator_fails_the_last_figures_stay),
        WITH(rules_this_version_cannot_read_are_a_failure_not_a_crash),
        WITH(a_held_snapshot_outlives_the_next_one),
        WITH(a_change_is_published_once_and_numbered),
        WITH(regions_have_topics_of_their_own),
    };
    assert_int_equal(crypto_start(), STATUS_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
