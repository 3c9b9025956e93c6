// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"

// Read and checked, so that a programme can say it; figures by dimension,
// touchpoint and phase are formed from the item numbers.
static void
read_labels(struct node node)
{
    static const char *const touchpoints[] = {
        "guard",   "bar",   "cleaner", "reception", "advisor",  "technician",
        "cashier", "parts", "hotline", "sales",     "delivery", "web"};
    static const char *const phases[] = {"pre_sale", "sale", "after_sale"};
    char dimension[RULE_ID_MAX + 1];
    size_t choice;

    node_id(node_get(node, "dimension"), dimension, sizeof dimension);
    node_choice(node_get(node, "touchpoint"), touchpoints, 12, &choice);
    node_choice(node_get(node, "phase"), phases, 3, &choice);
}

static void
read_scale(struct node node, struct item *item)
{
    int64_t lo = 0, hi = 0;

    if (!node_list(node))
        return;
    if (node_count(node) != 2) {
        node_problem(node, "must be [lowest, highest], such as [1, 10]");
        return;
    }
    if (!node_whole(node_at(node, 0), 0, SCALE_MAX, &lo) ||
        !node_whole(node_at(node, 1), 0, SCALE_MAX, &hi))
        return;
    if (lo >= hi) {
        node_problem(node, "must rise: the lowest answer, then the highest");
        return;
    }
    item->lo = (uint8_t)lo;
    item->hi = (uint8_t)hi;
}

static void
read_item(struct node node, struct item *item)
{
    int64_t number = 0;

    if (!node_map(node))
        return;
    node_whole(node_need(node, "number"), 1, ITEM_NUMBER_MAX, &number);
    item->number = (uint16_t)number;
    node_id(node_need(node, "id"), item->id, sizeof item->id);
    read_scale(node_need_like(node, "scale",
                              "the lowest and the highest answer, such as "
                              "[1, 10]"),
               item);
    draft_name(node, item->id, item->name_en, item->name_zh);
    read_labels(node);
}

static int
by_number(const void *a, const void *b)
{
    return ((const struct item *)a)->number - ((const struct item *)b)->number;
}

// Equal ids in the order of the array.
static int
by_id(const void *a, const void *b)
{
    const struct item *left = *(const struct item *const *)a;
    const struct item *right = *(const struct item *const *)b;
    int order = strcmp(left->id, right->id);

    return order ? order : (left > right) - (left < right);
}

static void
check_numbers(struct node list, const struct item *items, size_t count)
{
    bool taken[ITEM_NUMBER_MAX + 1] = {false};

    for (size_t i = 0; i < count; i++) {
        if (items[i].number != 0 && taken[items[i].number])
            node_problem(node_at(list, i), "number %u is taken",
                         items[i].number);
        taken[items[i].number] = true;
    }
}

static void
index_ids(const struct item **index, const struct item *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        index[i] = &items[i];
    qsort(index, count, sizeof(struct item *), by_id);
}

void
programme_items(struct programme_draft *draft, struct node root)
{
    struct node list = node_need(root, "items");
    size_t count = draft_list(list, ITEM_NUMBER_MAX);
    struct item *items = draft_take(draft, count, sizeof *items);
    const struct item **index = draft_take(draft, count, sizeof(struct item *));

    if (!items || !index)
        return;
    for (size_t i = 0; i < count; i++)
        read_item(node_at(list, i), &items[i]);
    check_numbers(list, items, count);
    index_ids(index, items, count); // in the order of the file
    for (size_t i = 1; i < count; i++)
        if (index[i]->id[0] && strcmp(index[i - 1]->id, index[i]->id) == 0)
            node_problem(node_at(list, (size_t)(index[i] - items)),
                         "the id %s is taken", index[i]->id);
    qsort(items, count, sizeof *items, by_number);
    index_ids(index, items, count);
    draft->by_id = index;
    draft->book->items = items;
    draft->book->item_count = count;
}

static const struct item *
find_number(const struct rulebook *book, int64_t number)
{
    if (number < 1 || number > ITEM_NUMBER_MAX)
        return NULL;
    struct item wanted = {.number = (uint16_t)number};
    return bsearch(&wanted, book->items, book->item_count, sizeof wanted,
                   by_number);
}

static const struct item *
find_id(const struct programme_draft *draft, struct span text)
{
    size_t low = 0, high = draft->book->item_count;
    char id[RULE_ID_MAX + 1];

    if (!text_copy(text, id, sizeof id))
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(draft->by_id[middle]->id, id);
        if (order == 0)
            return draft->by_id[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct item *
draft_item(const struct programme_draft *draft, struct node node)
{
    const struct item *item = NULL;
    bool plain;
    struct span text = node_raw(node, &plain);
    int64_t number;

    if (node_kind(node) == NODE_ABSENT || draft->book->item_count == 0)
        return NULL;
    if (node_kind(node) == NODE_SCALAR && text.length > 0)
        item = text_whole(text, &number) ? find_number(draft->book, number)
                                         : find_id(draft, text);
    if (!item)
        node_problem(node, "must be the id or number of one of the items");
    return item;
}

size_t
draft_items(const struct programme_draft *draft, struct node list, size_t max,
            const struct item **out)
{
    size_t count = draft_list(list, max), found = 0;

    for (size_t i = 0; i < count; i++) {
        struct node node = node_at(list, i);
        const struct item *item = draft_item(draft, node);
        for (size_t j = 0; item && j < found; j++) {
            if (out[j] != item)
                continue;
            node_problem(node, "is listed twice");
            item = NULL;
        }
        if (item)
            out[found++] = item;
    }
    return found;
}
