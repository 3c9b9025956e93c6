// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "common/config/map_parts.h"
#include "common/config/text.h"
#include "common/domain/notice.h"

// Where an event's values stand: in its own entry, else in `every`.
struct places {
    struct node event, every;
};

static struct node
find(const struct places *places, const char *key)
{
    struct node node = node_get(places->event, key);
    struct node fallback = node_get(places->every, key);

    return node_kind(node) != NODE_ABSENT ? node : fallback;
}

static void
read_type(struct node node, struct map_event *event)
{
    static const struct {
        const char *name;
        enum event_type type;
    } types[] = {
#define X(name, number) {#name, EVENT_##name},
        EVENT_TYPE_MAP(X)
#undef X
    };
    const char *words[sizeof types / sizeof *types];
    size_t count = 0, choice;

    // Controls act on events and are no rows of a file.
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!event_type_is_control(types[i].type))
            words[count++] = types[i].name;
    if (node_choice(node, words, count, &choice))
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (strcmp(types[i].name, words[choice]) == 0)
                event->type = types[i].type;
}

static void
read_fields(struct map_draft *draft, const struct places *places,
            struct map_event *event)
{
    for (size_t i = 0; i < MAP_FIELD_COUNT; i++) {
        enum map_field field = (enum map_field)i;
        if (!map_field_fits(field, event->type))
            continue;
        struct node node = find(places, map_field_name(field));
        if (map_source(draft, node, &event->fields[i]))
            map_field_check(node, field, event->type, &event->fields[i]);
    }
    for (size_t i = 0; i < MAP_TIME_COUNT; i++) {
        enum map_time time = (enum map_time)i;
        if (!map_time_fits(time, event->type))
            continue;
        struct node node = find(places, map_time_name(time));
        if (node_kind(node) != NODE_ABSENT)
            map_time(draft, node, &event->times[i]);
    }
}

static bool
has(const struct map_event *event, enum map_field field)
{
    return event->fields[field].kind != SOURCE_ABSENT;
}

static bool
is_kind(const struct map_event *event, const char *kind)
{
    const struct source *source = &event->fields[MAP_FIELD_KIND];

    return source->kind == SOURCE_CONSTANT && source->text &&
           strcmp(source->text, kind) == 0;
}

static bool
notice_needs(enum event_type type, const char *name)
{
    const uint32_t n = notice_field_by_name(type, name);

    return n != 0 && notice_shape(type)->fields[n].needed;
}

static bool
needs(const struct map_event *event, enum map_field field)
{
    enum event_type type = event->type;
    bool visit = type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED;
    bool complaint = type == EVENT_COMPLAINT_OPENED ||
                     type == EVENT_COMPLAINT_ACTION ||
                     type == EVENT_COMPLAINT_VERDICT;

    if (field == MAP_FIELD_DEALER)
        return true;
    if (event_is_notice(type))
        return notice_needs(type, map_field_name(field));
    if (field == MAP_FIELD_QUESTIONNAIRE ||
        field == MAP_FIELD_QUESTIONNAIRE_VERSION)
        return event_type_has_answers(type);
    if (field == MAP_FIELD_VISIT)
        return visit;
    if (field == MAP_FIELD_COMPLAINT)
        return complaint;
    if (field == MAP_FIELD_CLASS)
        return type == EVENT_COMPLAINT_OPENED || is_kind(event, "RECLASSIFY");
    if (field == MAP_FIELD_REASSIGN_TO)
        return is_kind(event, "REASSIGN");
    if (field == MAP_FIELD_KIND)
        return type == EVENT_COMPLAINT_ACTION;
    return field == MAP_FIELD_VERDICT && type == EVENT_COMPLAINT_VERDICT;
}

static void
check_needed(struct node node, const struct map_event *event)
{
    for (size_t i = 0; i < MAP_FIELD_COUNT; i++) {
        enum map_field field = (enum map_field)i;
        if (needs(event, field) && !has(event, field))
            node_problem(node, "needs %s", map_field_name(field));
    }
    if (event->times[MAP_TIME_OCCURRED_AT].base.kind == SOURCE_ABSENT)
        node_problem(node, "needs occurred_at");
    if (event_type_has_answers(event->type) && event->answer_count == 0)
        node_problem(node, "needs answers");
}

static int
by_item(const void *a, const void *b)
{
    return ((const struct map_answer *)a)->item -
           ((const struct map_answer *)b)->item;
}

static void
check_answer(struct node node, const struct source *source)
{
    if (source->transform != TRANSFORM_NONE)
        node_problem(node, "an answer is a number; leave out `as`");
    for (size_t i = 0; i < source->table_count; i++) {
        const char *to = source->table[i].to;
        int64_t value;
        if (to[0] &&
            (!text_whole(span_text(to), &value) || value < 0 || value > 100))
            node_problem(node, "\"%s\" must be a whole number from 0 to 100",
                         to);
    }
}

static void
read_answers(struct map_draft *draft, struct node list, struct map_event *event)
{
    size_t count = node_count(list);

    if (!node_list(list))
        return;
    if (count < 1 || count > SURVEY_ANSWERS_MAX) {
        node_problem(list, "must have 1 to %d answers", SURVEY_ANSWERS_MAX);
        return;
    }
    struct map_answer *answers = map_take(draft, count, sizeof *answers);
    if (!answers)
        return;
    for (size_t i = 0; i < count; i++) {
        struct node node = node_at(list, i);
        int64_t item = 0;
        if (!node_map(node))
            continue;
        node_whole(node_need(node, "item"), 1, 4095, &item);
        answers[i].item = (uint16_t)item;
        if (map_source(draft, node, &answers[i].value))
            check_answer(node, &answers[i].value);
        for (size_t j = 0; item != 0 && j < i; j++)
            if (answers[j].item == answers[i].item)
                node_problem(node, "item %u is answered twice",
                             answers[i].item);
    }
    qsort(answers, count, sizeof *answers, by_item);
    event->answers = answers;
    event->answer_count = count;
}

static void
read_condition(struct map_draft *draft, struct node node,
               struct map_condition *condition)
{
    struct span name;

    if (!node_map(node))
        return;
    struct node column = node_need(node, "column");
    struct node is = node_get(node, "is"), is_not = node_get(node, "is_not");
    if (node_kind(column) != NODE_ABSENT && map_value(column, &name))
        (void)map_column(draft, column, name, &condition->column);
    condition->negated = node_kind(is_not) != NODE_ABSENT;
    if ((node_kind(is) != NODE_ABSENT) == condition->negated) {
        node_problem(node, "must have either `is` or `is_not`");
        return;
    }
    condition->text_count =
        map_texts(draft, condition->negated ? is_not : is, &condition->texts);
}

static void
read_conditions(struct map_draft *draft, struct node node,
                struct map_event *event)
{
    bool list = node_kind(node) == NODE_LIST;
    size_t count = list ? node_count(node) : 1;

    if (node_kind(node) == NODE_ABSENT)
        return;
    if (count < 1 || count > MAP_CONDITIONS_MAX) {
        node_problem(node, "must have 1 to %d conditions", MAP_CONDITIONS_MAX);
        return;
    }
    struct map_condition *conditions =
        map_take(draft, count, sizeof *conditions);
    if (!conditions)
        return;
    for (size_t i = 0; i < count; i++)
        read_condition(draft, list ? node_at(node, i) : node, &conditions[i]);
    event->conditions = conditions;
    event->condition_count = count;
}

static void
read_event(struct map_draft *draft, const struct places *places,
           struct map_event *event)
{
    event->line = node_line(places->event);
    if (!node_map(places->event))
        return;
    read_type(node_need(places->event, "type"), event);
    read_conditions(draft, find(places, "when"), event);
    read_fields(draft, places, event);
    if (event_type_has_answers(event->type)) {
        struct node none = find(places, "not_applicable");
        if (node_kind(none) != NODE_ABSENT)
            event->not_applicable_count =
                map_texts(draft, none, &event->not_applicable);
        read_answers(draft, find(places, "answers"), event);
    }
    if (event->type != EVENT_NONE)
        check_needed(places->event, event);
}

void
map_events(struct map_draft *draft, struct node root)
{
    struct node list = node_need(root, "events");
    struct node every = node_get(root, "every");
    size_t count = node_count(list);

    if (!node_list(list))
        return;
    (void)node_map(every);
    if (count < 1 || count > MAP_EVENTS_MAX) {
        node_problem(list, "must have 1 to %d events", MAP_EVENTS_MAX);
        return;
    }
    struct map_event *events = map_take(draft, count, sizeof *events);
    if (!events)
        return;
    for (size_t i = 0; i < count; i++) {
        struct places places = {node_at(list, i), every};
        events[i].ordinal = (uint32_t)i;
        read_event(draft, &places, &events[i]);
    }
    draft->map->events = events;
    draft->map->event_count = count;
}
