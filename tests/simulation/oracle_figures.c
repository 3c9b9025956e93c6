// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "common/wire/event_code.h"
#include "tests/simulation/host.h"
#include "tests/simulation/oracle.h"
#include "tests/unit/heart_judge.h"

enum { PLACES = 1 << 15, SCENE_FACTS_MAX = 64 };

// Figures by place: what all scenes together amount to.
struct figures {
    size_t used;
    struct delta list[PLACES]; // counter 0: free
};

static struct delta *
figure_of(struct figures *figures, const struct tally_key *key,
          uint32_t counter)
{
    uint64_t hash = mix(mix(key->month * 4 + key->slice, key->dealer), counter);
    size_t i = hash % PLACES;

    for (; figures->list[i].counter != 0; i = (i + 1) % PLACES)
        if (figures->list[i].counter == counter &&
            memcmp(&figures->list[i].key, key, sizeof *key) == 0)
            return &figures->list[i];
    if (++figures->used == PLACES)
        abort();
    figures->list[i] = (struct delta){.key = *key, .counter = counter};
    return &figures->list[i];
}

// is_complete counts by hand: five questions are the core.
static bool
is_complete(const struct survey *survey)
{
    int answered = 0;

    for (uint16_t i = 0; i < survey->answer_count; i++)
        answered += survey->answers[i].value != ANSWER_NOT_APPLICABLE;
    return 2 * answered >= 5;
}

static uint32_t
number_of(struct span id)
{
    for (uint32_t i = 0; i <= RULES_DEALERS; i++)
        if (span_equal(id, span_text(rules_dealer(i))))
            return i;
    abort();
}

// read_fact reads a stored event as the world outside knows it.
static void
read_fact(const struct facts *facts, const struct fact *fact,
          struct event *event)
{
    if (event_read(facts_body(facts, fact), event).code != CODE_NONE)
        abort();
    enum event_type says =
        event->type == EVENT_CORRECT ? event->control.target_type : event->type;
    event->dealer = fact->dealer;
    if (event_type_has_answers(says))
        event->survey.complete = is_complete(&event->survey);
    if (says == EVENT_COMPLAINT_ACTION && event->action.dealer_id.length)
        event->action.dealer = number_of(event->action.dealer_id);
}

// count_scenes adds up what the slow oracle makes of every scene.
static void
count_scenes(const struct world *world, struct figures *figures)
{
    static struct oracle oracle;
    static struct event events[SCENE_FACTS_MAX];
    const struct facts *facts = &world->facts;

    for (uint32_t i = 0; i < facts->count;) {
        uint32_t scene = facts->list[i].scene;
        size_t count = 0;
        for (; i < facts->count && facts->list[i].scene == scene; i++)
            if (facts->list[i].stored)
                read_fact(facts, &facts->list[i], &events[count++]);
        oracle_judge(&oracle, history_rules(world->host->history), events,
                     count);
        for (size_t j = 0; j < oracle.count; j++)
            figure_of(figures, &oracle.figures[j].key,
                      oracle.figures[j].counter)
                ->value += oracle.figures[j].value;
    }
}

// take_off subtracts one stored tally; what is left is wrong.
static void
take_off(struct world *world, struct figures *figures,
         const struct disk_value *value)
{
    struct tally_key key;
    struct tally tally;
    uint32_t count;

    tally_key_read(&key, value->bytes);
    if (key.slice == SLICE_ARRIVED)
        return; // no figure; oracle_refold.c holds it against the journal
    if (tally_count(disk_value_span(value), &count) != STATUS_OK) {
        world_fail(world, "a tally cannot be read");
        return;
    }
    void *room = malloc(tally_bytes(count));
    if (!room)
        abort();
    tally_init(&tally, count, room);
    if (tally_decode(&tally, disk_value_span(value)) != STATUS_OK)
        world_fail(world, "a tally cannot be read");
    for (uint32_t i = 0; i < tally.used; i++)
        figure_of(figures, &key, tally.counters[i])->value -= tally.values[i];
    free(room);
}

void
oracle_figures(struct world *world)
{
    struct figures *figures = calloc(1, sizeof *figures);
    const struct disk_value *value;
    size_t place = 0;

    if (!figures)
        abort();
    count_scenes(world, figures);
    while ((value = store_disk_next(&world->host->disk, &place)))
        if (value->db == STATE_TALLY)
            take_off(world, figures, value);
    for (size_t i = 0; i < PLACES; i++) {
        const struct delta *left = &figures->list[i];
        if (left->value != 0)
            world_fail(world,
                       "month %u dealer %u slice %u counter %08x is wrong by "
                       "%lld",
                       left->key.month, left->key.dealer, left->key.slice,
                       left->counter, -(long long)left->value);
    }
    free(figures);
}
