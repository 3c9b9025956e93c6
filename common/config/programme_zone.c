// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"

static void
read_offset(struct node node, int32_t *offset_s)
{
    bool plain;

    if (node_kind(node) == NODE_ABSENT)
        return;
    if (!when_offset(node_raw(node, &plain), offset_s))
        node_problem(node, "must be an offset such as +08:00, -03:30 or Z");
}

static void
read_changes(struct zone *zone, struct node list)
{
    bool plain;

    if (node_kind(list) == NODE_ABSENT)
        return;
    size_t count = draft_list(list, ZONE_CHANGES_MAX);
    for (size_t i = 0; i < count; i++) {
        struct node node = node_at(list, i);
        struct zone_change *change = &zone->changes[i];
        if (!node_map(node))
            continue;
        struct node at = node_need(node, "at");
        struct span text = node_raw(at, &plain);
        bool utc = text.length > 0 && text.data[text.length - 1] == 'Z';
        if (node_kind(at) != NODE_ABSENT &&
            (!utc || !when_read(text, "iso", 0, &change->at)))
            node_problem(at, "must be an instant in UTC such as "
                             "2007-12-09T07:00:00Z");
        else if (i > 0 && change->at <= zone->changes[i - 1].at)
            node_problem(at, "must be later than the change before it");
        read_offset(node_need(node, "offset"), &change->offset_s);
    }
    zone->change_count = count;
}

// next_word splits the text at white space.
static struct span
next_word(struct span *text)
{
    while (text->length > 0 && *text->data == ' ')
        *text = span_of(text->data + 1, text->length - 1);
    struct span word = span_of(text->data, 0);
    while (text->length > 0 && *text->data != ' ') {
        word.length++;
        *text = span_of(text->data + 1, text->length - 1);
    }
    return word;
}

// find_word returns the place in words, or count.
static size_t
find_word(struct span word, const char *const *words, size_t count)
{
    size_t i = 0;

    while (i < count && !text_is(word, words[i]))
        i++;
    return i;
}

static bool
read_time_of_day(struct span text, int32_t *second)
{
    if (text.length != 5 || text.data[2] != ':')
        return false;
    int64_t hour, minute;
    if (!text_whole(span_of(text.data, 2), &hour) ||
        !text_whole(span_of(text.data + 3, 2), &minute) || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59)
        return false;
    *second = (int32_t)(hour * 3600 + minute * 60);
    return true;
}

// "last sunday of march 01:00 UTC"
static bool
read_switch(struct span text, struct zone_switch *out)
{
    static const char *const places[] = {"first", "second", "third", "fourth",
                                         "last"};
    static const char *const weekdays[] = {"sunday",    "monday",   "tuesday",
                                           "wednesday", "thursday", "friday",
                                           "saturday"};
    static const char *const months[] = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"};

    size_t place = find_word(next_word(&text), places, 5);
    size_t weekday = find_word(next_word(&text), weekdays, 7);
    bool of = text_is(next_word(&text), "of");
    size_t month = find_word(next_word(&text), months, 12);
    int32_t second = 0;
    bool time = read_time_of_day(next_word(&text), &second);
    bool utc = text_is(next_word(&text), "UTC");

    if (place == 5 || weekday == 7 || !of || month == 12 || !time || !utc ||
        next_word(&text).length > 0)
        return false;
    *out = (struct zone_switch){(uint8_t)(month + 1), (uint8_t)(place + 1),
                                (uint8_t)weekday, second};
    return true;
}

static void
need_switch(struct node daylight, const char *key, struct zone_switch *out)
{
    struct node node = node_need(daylight, key);
    bool plain;

    if (node_kind(node) == NODE_ABSENT)
        return;
    if (!read_switch(node_raw(node, &plain), out))
        node_problem(node, "must be a rule such as "
                           "\"last sunday of march 01:00 UTC\"");
}

void
programme_zone(struct programme_draft *draft, struct node root)
{
    struct zone *zone = &draft->book->zone;
    struct node node = node_need(root, "zone");

    if (!node_map(node))
        return;
    node_text(node_need(node, "name"), zone->name, sizeof zone->name);
    read_offset(node_need(node, "offset"), &zone->offset_s);
    read_changes(zone, node_get(node, "changes"));

    struct node daylight = node_get(node, "daylight");
    if (!node_map(daylight))
        return;
    zone->has_daylight = true;
    read_offset(node_need(daylight, "offset"), &zone->daylight_offset_s);
    need_switch(daylight, "from", &zone->daylight_from);
    need_switch(daylight, "until", &zone->daylight_until);
}
