// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "common/config/programme_parts.h"

static int
ascending(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

static const uint16_t *
sorted_numbers(struct programme_draft *draft, const struct item **items,
               size_t count)
{
    uint16_t *numbers = draft_take(draft, count, sizeof *numbers);

    if (!numbers)
        return NULL;
    for (size_t i = 0; i < count; i++)
        numbers[i] = items[i]->number;
    qsort(numbers, count, sizeof *numbers, ascending);
    return numbers;
}

// All items are the core when the programme does not say.
static void
read_core(struct programme_draft *draft, struct node list,
          struct questionnaire *form)
{
    const struct item *items[SURVEY_ANSWERS_MAX];

    if (node_kind(list) == NODE_ABSENT) {
        form->core = form->items;
        form->core_count = form->item_count;
        return;
    }
    size_t count = draft_items(draft, list, SURVEY_ANSWERS_MAX, items);
    form->core = sorted_numbers(draft, items, count);
    if (!form->core || !form->items)
        return;
    form->core_count = count;
    for (size_t i = 0; i < count; i++)
        if (!bsearch(&form->core[i], form->items, form->item_count,
                     sizeof *form->items, ascending))
            node_problem(list, "item %u is not among the questionnaire's items",
                         form->core[i]);
}

static void
read_questionnaire(struct programme_draft *draft, struct node node,
                   struct questionnaire *form)
{
    const struct item *items[SURVEY_ANSWERS_MAX];
    int64_t version = 0;

    if (!node_map(node))
        return;
    node_id(node_need(node, "id"), form->id, sizeof form->id);
    node_whole(node_need(node, "version"), 1, UINT32_MAX, &version);
    form->version = (uint32_t)version;
    size_t count =
        draft_items(draft, node_need(node, "items"), SURVEY_ANSWERS_MAX, items);
    form->items = sorted_numbers(draft, items, count);
    form->item_count = form->items ? count : 0;
    read_core(draft, node_get(node, "core"), form);
}

void
programme_questionnaires(struct programme_draft *draft, struct node root)
{
    struct node list = node_get(root, "questionnaires");

    if (node_kind(list) == NODE_ABSENT)
        return;
    size_t count = draft_list(list, QUESTIONNAIRES_MAX);
    struct questionnaire *forms = draft_take(draft, count, sizeof *forms);
    if (!forms)
        return;
    for (size_t i = 0; i < count; i++) {
        read_questionnaire(draft, node_at(list, i), &forms[i]);
        for (size_t j = 0; j < i; j++)
            if (forms[i].version == forms[j].version &&
                strcmp(forms[i].id, forms[j].id) == 0)
                node_problem(node_at(list, i),
                             "%s version %u is listed before; a published "
                             "version never changes, give it a new one",
                             forms[i].id, forms[i].version);
    }
    draft->book->questionnaires = forms;
    draft->book->questionnaire_count = count;
}

static uint8_t
read_number(struct node node, bool taken[NUMBERED_MAX + 1])
{
    struct node number = node_need(node, "number");
    int64_t value = 0;

    if (!node_whole(number, 1, NUMBERED_MAX, &value))
        return 0;
    if (taken[value])
        node_problem(number, "is taken; each has a number of its own");
    taken[value] = true;
    return (uint8_t)value;
}

static int
by_set_number(const void *a, const void *b)
{
    return ((const struct item_set *)a)->number -
           ((const struct item_set *)b)->number;
}

void
programme_sets(struct programme_draft *draft, struct node root)
{
    struct node list = node_get(root, "sets");
    bool taken[NUMBERED_MAX + 1] = {false};

    if (node_kind(list) == NODE_ABSENT)
        return;
    size_t count = draft_list(list, NUMBERED_MAX);
    struct item_set *sets = draft_take(draft, count, sizeof *sets);
    if (!sets)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct item *items[SET_ITEMS_MAX];
        struct node node = node_at(list, i);
        if (!node_map(node))
            continue;
        sets[i].number = read_number(node, taken);
        size_t found =
            draft_items(draft, node_need(node, "items"), SET_ITEMS_MAX, items);
        for (size_t j = 0; j < found; j++)
            sets[i].items[j] = items[j]->number;
        sets[i].item_count = (uint8_t)found;
    }
    qsort(sets, count, sizeof *sets, by_set_number);
    draft->book->sets = sets;
    draft->book->set_count = count;
}

static void
read_pair(const struct programme_draft *draft, struct node node,
          struct item_pair *pair)
{
    const struct item *experience =
        draft_item(draft, node_need(node, "experience"));
    const struct item *expectation =
        draft_item(draft, node_need(node, "expectation"));

    if (!experience || !expectation)
        return;
    if (experience == expectation)
        node_problem(node, "must name two different items");
    if (experience->lo != expectation->lo || experience->hi != expectation->hi)
        node_problem(node, "%s and %s must have the same scale", experience->id,
                     expectation->id);
    pair->experience = experience->number;
    pair->expectation = expectation->number;
}

static int
by_pair_number(const void *a, const void *b)
{
    return ((const struct item_pair *)a)->number -
           ((const struct item_pair *)b)->number;
}

void
programme_pairs(struct programme_draft *draft, struct node root)
{
    struct node list = node_get(root, "pairs");
    bool taken[NUMBERED_MAX + 1] = {false};

    if (node_kind(list) == NODE_ABSENT)
        return;
    size_t count = draft_list(list, NUMBERED_MAX);
    struct item_pair *pairs = draft_take(draft, count, sizeof *pairs);
    if (!pairs)
        return;
    for (size_t i = 0; i < count; i++) {
        struct node node = node_at(list, i);
        if (!node_map(node))
            continue;
        pairs[i].number = read_number(node, taken);
        read_pair(draft, node, &pairs[i]);
    }
    qsort(pairs, count, sizeof *pairs, by_pair_number);
    draft->book->pairs = pairs;
    draft->book->pair_count = count;
}
