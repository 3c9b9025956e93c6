// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "common/domain/rulebook.h"

// What the fold needs, as bytes.  Whatever the file's order, lists without an
// order of their own are written ascending.
struct writer {
    uint8_t *out;
    size_t capacity, length;
};

static void
put(struct writer *writer, uint64_t value, size_t bytes)
{
    for (size_t i = bytes; i > 0; i--, writer->length++)
        if (writer->length < writer->capacity)
            writer->out[writer->length] = (uint8_t)(value >> (8 * (i - 1)));
}

static void
put_switch(struct writer *writer, const struct zone_switch *rule)
{
    put(writer, rule->month, 1);
    put(writer, rule->nth, 1);
    put(writer, rule->weekday, 1);
    put(writer, (uint32_t)rule->second_of_day, 4);
}

static void
put_zone(struct writer *writer, const struct zone *zone)
{
    put(writer, (uint32_t)zone->offset_s, 4);
    put(writer, zone->change_count, 4);
    for (size_t i = 0; i < zone->change_count; i++) {
        put(writer, (uint64_t)zone->changes[i].at, 8);
        put(writer, (uint32_t)zone->changes[i].offset_s, 4);
    }
    put(writer, zone->has_daylight, 1);
    if (!zone->has_daylight)
        return;
    put(writer, (uint32_t)zone->daylight_offset_s, 4);
    put_switch(writer, &zone->daylight_from);
    put_switch(writer, &zone->daylight_until);
}

static void
put_numbers(struct writer *writer, const uint16_t *numbers, size_t count)
{
    put(writer, count, 4);
    for (size_t i = 0; i < count; i++)
        put(writer, numbers[i], 2);
}

static int
compare_questionnaires(const struct questionnaire *a,
                       const struct questionnaire *b)
{
    int order = strcmp(a->id, b->id);

    return order != 0 ? order
                      : (a->version > b->version) - (a->version < b->version);
}

static void
put_questionnaire(struct writer *writer, const struct questionnaire *one)
{
    size_t length = strlen(one->id);

    put(writer, length, 1);
    for (size_t i = 0; i < length; i++)
        put(writer, (uint8_t)one->id[i], 1);
    put(writer, one->version, 4);
    put_numbers(writer, one->items, one->item_count);
    put_numbers(writer, one->core, one->core_count);
}

static void
put_questionnaires(struct writer *writer, const struct rulebook *rulebook)
{
    const struct questionnaire *last = NULL;

    put(writer, rulebook->questionnaire_count, 4);
    for (size_t written = 0; written < rulebook->questionnaire_count;
         written++) {
        const struct questionnaire *next = NULL;
        for (size_t i = 0; i < rulebook->questionnaire_count; i++) {
            const struct questionnaire *one = &rulebook->questionnaires[i];
            if ((!last || compare_questionnaires(one, last) > 0) &&
                (!next || compare_questionnaires(one, next) < 0))
                next = one;
        }
        if (!next)
            return;
        put_questionnaire(writer, next);
        last = next;
    }
}

static void
put_sets(struct writer *writer, const struct rulebook *rulebook)
{
    put(writer, rulebook->set_count, 4);
    for (uint32_t number = 0; number <= UINT8_MAX; number++)
        for (size_t i = 0; i < rulebook->set_count; i++) {
            const struct item_set *set = &rulebook->sets[i];
            if (set->number != number)
                continue;
            put(writer, number, 1);
            put_numbers(writer, set->items, set->item_count);
        }
}

static void
put_pairs(struct writer *writer, const struct rulebook *rulebook)
{
    put(writer, rulebook->pair_count, 4);
    for (uint32_t number = 0; number <= UINT8_MAX; number++)
        for (size_t i = 0; i < rulebook->pair_count; i++) {
            const struct item_pair *pair = &rulebook->pairs[i];
            if (pair->number != number)
                continue;
            put(writer, number, 1);
            put(writer, pair->experience, 2);
            put(writer, pair->expectation, 2);
        }
}

size_t
rulebook_fold_bytes(const struct rulebook *rulebook, uint8_t *out,
                    size_t capacity)
{
    struct writer writer = {.out = out, .capacity = capacity};

    put(&writer, (uint64_t)rulebook->valid_from, 8);
    put_zone(&writer, &rulebook->zone);
    put(&writer, rulebook->item_count, 4);
    for (size_t i = 0; i < rulebook->item_count; i++) {
        put(&writer, rulebook->items[i].number, 2);
        put(&writer, rulebook->items[i].lo, 1);
        put(&writer, rulebook->items[i].hi, 1);
    }
    put_questionnaires(&writer, rulebook);
    put_sets(&writer, rulebook);
    put_pairs(&writer, rulebook);
    for (size_t class = 0; class < CLASS_COUNT; class ++)
        put(&writer, (uint64_t)rulebook->clock_ms[class], 8);
    put(&writer, (uint64_t)rulebook->emergency_update_ms, 8);
    return writer.length;
}
