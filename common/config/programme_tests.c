// SPDX-License-Identifier: Apache-2.0
//
// tests: what the rulebook says must come of answers written down.
#include <stdlib.h>
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"
#include "common/domain/example.h"

// An optional list of at most EXAMPLE_PARTS_MAX members, and room for them.
static void *
take_list(struct programme_draft *draft, struct node list, size_t size,
          size_t *count)
{
    *count = 0;
    if (node_kind(list) == NODE_ABSENT)
        return NULL;
    size_t members = draft_list(list, EXAMPLE_PARTS_MAX);
    void *memory = draft_take(draft, members, size);
    if (memory)
        *count = members;
    return memory;
}

static uint32_t
read_times(struct node node)
{
    int64_t times = 1;

    node_whole(node_get(node, "times"), 1, EXAMPLE_TIMES_MAX, &times);
    return (uint32_t)times;
}

static int
by_item(const void *a, const void *b)
{
    return ((const struct answer *)a)->item - ((const struct answer *)b)->item;
}

static void
read_answer(const struct programme_draft *draft, struct node node,
            struct span key, struct survey *survey)
{
    char id[RULE_ID_MAX + 1] = "";
    const struct item *item = text_copy(key, id, sizeof id)
                                  ? rulebook_item_by_id(draft->book, id)
                                  : NULL;
    struct answer *answer = &survey->answers[survey->answer_count];
    bool plain;
    int64_t value = ANSWER_NOT_APPLICABLE;

    if (!item) {
        node_problem(node, "is not the id of one of the items");
        return;
    }
    if (!text_is(node_raw(node, &plain), "none") &&
        !node_whole(node, item->lo, item->hi ? item->hi : SCALE_MAX, &value))
        return;
    *answer = (struct answer){item->number, (uint8_t)value};
    survey->answer_count++;
}

static void
read_answers(const struct programme_draft *draft, struct node map,
             struct survey *survey)
{
    if (node_kind(map) == NODE_ABSENT || !node_map(map))
        return;
    size_t count = node_count(map);
    if (count > SURVEY_ANSWERS_MAX) {
        node_problem(map, "must have at most %d answers", SURVEY_ANSWERS_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct span key;
        struct node node = node_pair(map, i, &key);
        read_answer(draft, node, key, survey);
    }
    qsort(survey->answers, survey->answer_count, sizeof *survey->answers,
          by_item);
}

// The questionnaire named, its newest version; without a name the first one.
static const struct questionnaire *
find_form(const struct programme_draft *draft, struct node node)
{
    const struct rulebook *book = draft->book;
    const struct questionnaire *found = NULL;
    char id[RULE_ID_MAX + 1];

    if (node_kind(node) == NODE_ABSENT && book->questionnaire_count > 0)
        return book->questionnaires;
    if (node_kind(node) != NODE_ABSENT && !node_id(node, id, sizeof id))
        return NULL;
    for (size_t i = 0; i < book->questionnaire_count; i++) {
        const struct questionnaire *one = &book->questionnaires[i];
        if (strcmp(one->id, id) == 0 &&
            (!found || one->version > found->version))
            found = one;
    }
    if (!found)
        node_problem(node, "must be the id of one of the questionnaires");
    return found;
}

static void
check_items(struct node node, const struct example_response *response)
{
    const struct survey *survey = &response->survey;

    for (size_t i = 0; response->questionnaire && i < survey->answer_count; i++)
        if (!questionnaire_has(response->questionnaire,
                               survey->answers[i].item))
            node_problem(node, "item %u is not asked by %s version %u",
                         survey->answers[i].item, response->questionnaire->id,
                         response->questionnaire->version);
}

static void
read_responses(struct programme_draft *draft, struct node list,
               struct example *example)
{
    struct example_response *out =
        take_list(draft, list, sizeof *out, &example->response_count);

    for (size_t i = 0; i < example->response_count; i++) {
        struct node node = node_at(list, i);
        if (!node_map(node))
            continue;
        out[i].times = read_times(node);
        out[i].questionnaire =
            find_form(draft, node_get(node, "questionnaire"));
        if (draft->book->questionnaire_count == 0)
            node_problem(node, "the programme has no questionnaires");
        read_answers(draft, node_need(node, "answers"), &out[i].survey);
        check_items(node, &out[i]);
    }
    example->responses = out;
}

static void
read_cases(struct programme_draft *draft, struct node list,
           struct example *example)
{
    static const char *const classes[] = {"general", "complex", "hard",
                                          "emergency"};
    struct example_case *out =
        take_list(draft, list, sizeof *out, &example->case_count);

    for (size_t i = 0; i < example->case_count; i++) {
        struct node node = node_at(list, i);
        size_t choice = 0;
        if (!node_map(node))
            continue;
        out[i].times = read_times(node);
        if (node_choice(node_need(node, "class"), classes, 4, &choice))
            out[i].class = (enum complaint_class)(choice + CLASS_GENERAL);
        out[i].is_answered =
            node_duration(node_get(node, "answered_after"),
                          INT64_C(3660) * DAY_MS, &out[i].after_ms);
    }
    example->cases = out;
}

static void
read_counts(struct programme_draft *draft, struct node map,
            struct example *example)
{
    if (node_kind(map) == NODE_ABSENT || !node_map(map))
        return;
    size_t count = node_count(map);
    struct example_count *out = draft_take(draft, count, sizeof *out);
    for (size_t i = 0; out && i < count; i++) {
        char name[RULE_ID_MAX + 1] = "";
        struct span key;
        struct node node = node_pair(map, i, &key);
        if (text_copy(key, name, sizeof name))
            out[i].count = count_by_name(name);
        if (name[0] == 0 || out[i].count == COUNT_END)
            node_problem(node, "is no counter; docs/KPIS.md lists them");
        node_whole(node, 0, INT64_C(1) << 40, &out[i].value);
    }
    example->counts = out;
    example->count_count = out ? count : 0;
}

static void
read_test(struct programme_draft *draft, struct node node,
          struct example *example)
{
    if (!node_map(node))
        return;
    example->line = node_line(node);
    node_text(node_need(node, "name"), example->name, sizeof example->name);
    read_responses(draft, node_get(node, "responses"), example);
    read_cases(draft, node_get(node, "cases"), example);
    read_counts(draft, node_get(node, "counts"), example);
    programme_expected(draft, node, example);
}

void
programme_tests(struct programme_draft *draft, struct node root)
{
    struct node list = node_get(root, "tests");

    if (node_kind(list) == NODE_ABSENT)
        return;
    size_t count = draft_list(list, EXAMPLES_MAX);
    struct example *examples = draft_take(draft, count, sizeof *examples);
    if (!examples)
        return;
    for (size_t i = 0; i < count; i++)
        read_test(draft, node_at(list, i), &examples[i]);
    draft->book->examples = examples;
    draft->book->example_count = count;
}
