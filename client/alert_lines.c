// SPDX-License-Identifier: Apache-2.0
#include "client/alert_lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/trace.h"

static const char *const what_names[] = {
#define X(name, text) [ALERT_WHAT_##name] = text,
    ALERT_WHAT_MAP(X)
#undef X
};
static const char *const state_names[] = {
    [ALERT_OPEN] = "open", [ALERT_NEAR] = "near", [ALERT_LATE] = "late"};

const char *
alert_what_name(enum alert_what what)
{
    return what_names[what];
}

const char *
alert_state_name(enum alert_state state)
{
    return state_names[state];
}

// --- Making ------------------------------------------------------------------

static bool
is_wanted(const char *name, const char *wanted)
{
    return !wanted || strcmp(name, wanted) == 0;
}

static void
add(struct alert_lines *lines, const struct alert_question *question,
    const struct alert_entry *entry, enum alert_what what, int64_t from,
    int64_t due)
{
    struct alert_line line = {entry, what,
                              alert_state_at(from, due, question->now_ms), due};

    lines->counts[line.state] += 1;
    if (is_wanted(what_names[what], question->what) &&
        is_wanted(state_names[line.state], question->state))
        lines->lines[lines->count++] = line;
}

static void
add_entry(struct alert_lines *lines, const struct alert_question *question,
          const struct alert_entry *entry)
{
    const struct alert *alert = &entry->alert;
    int64_t due;

    if (!is_wanted(entry->dealer, question->dealer) ||
        (question->admits &&
         !question->admits(question->context, entry->dealer)))
        return;
    if (alert->kind == ALERT_CASE) {
        if (alert->answer_due != 0)
            add(lines, question, entry, ALERT_WHAT_COMPLAINT, alert->at,
                alert->answer_due);
        if (alert->update_due != 0)
            add(lines, question, entry, ALERT_WHAT_EMERGENCY, alert->updated_at,
                alert->update_due);
    } else if (alert->at >= question->since_ms &&
               !__builtin_add_overflow(alert->at, question->contact_ms, &due)) {
        add(lines, question, entry, ALERT_WHAT_DETRACTOR, alert->at, due);
    }
}

static int
by_due(const void *a, const void *b)
{
    const struct alert_line *left = a, *right = b;

    if (left->due != right->due)
        return left->due < right->due ? -1 : 1;
    if (left->entry != right->entry) // of one list, in the order of keys
        return left->entry < right->entry ? -1 : 1;
    return (int)left->what - (int)right->what;
}

enum status
alert_lines_make(struct alert_lines *lines, const struct alert_list *list,
                 const struct alert_question *question)
{
    *lines = (struct alert_lines){0};
    // A case has two clocks at most.
    lines->lines = calloc(2 * list->count + 1, sizeof *lines->lines);
    if (!lines->lines)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < list->count; i++)
        add_entry(lines, question, &list->entries[i]);
    qsort(lines->lines, lines->count, sizeof *lines->lines, by_due);
    return STATUS_OK;
}

void
alert_lines_fini(struct alert_lines *lines)
{
    free(lines->lines);
    *lines = (struct alert_lines){0};
}

// --- Writing -----------------------------------------------------------------

// name_json writes the natural key a set was found by, after its namespace:
// the complaint's, or the visit's, where it has one.
static void
name_json(struct buffer *text, const struct entity_key *key)
{
    char name[NATURAL_KEY_MAX + 1];
    size_t skip = key->bytes[0] == ENTITY_CASE ? 5 : 6;
    bool is_case = skip == 5;
    bool is_visit = !is_case && key->length > skip && key->bytes[5] == 'v';
    size_t length = key->length > skip ? key->length - skip : 0;

    length = length < sizeof name ? length : sizeof name - 1;
    memcpy(name, key->bytes + skip, length);
    name[length] = '\0';
    buffer_put(text, ",\"case\":");
    buffer_json(text, is_case ? name : NULL);
    buffer_put(text, ",\"visit\":");
    buffer_json(text, is_visit ? name : NULL);
}

static void
answer_json(struct buffer *text, const struct alert *alert,
            const struct rulebook *rulebook)
{
    const struct item *item = alert->kind == ALERT_DETRACTOR
                                  ? rulebook_item(rulebook, alert->item)
                                  : NULL;

    buffer_put(text, ",\"item\":");
    buffer_json(text, item ? item->id : NULL);
    if (item)
        buffer_format(text, ",\"value\":%u", alert->value);
    else
        buffer_put(text, ",\"value\":null");
}

void
alert_line_json(const struct alert_line *line,
                const struct directory *directory,
                const struct rulebook *rulebook, int64_t now_ms,
                struct buffer *text)
{
    const struct alert_entry *entry = line->entry;
    const struct dealer *dealer =
        directory_find(directory, span_text(entry->dealer));

    buffer_format(text, "{\"what\":\"%s\",\"state\":\"%s\",\"dealer\":",
                  what_names[line->what], state_names[line->state]);
    buffer_json(text, entry->dealer);
    buffer_put(text, ",\"name\":");
    buffer_json(text, dealer ? dealer_at(dealer, now_ms)->name : "");
    buffer_format(text, ",\"at_ms\":%" PRId64 ",\"due_ms\":%" PRId64,
                  line->entry->alert.at, line->due);
    buffer_put(text, ",\"event\":\"");
    for (size_t i = 0; i < EVENT_ID_SIZE; i++)
        buffer_format(text, "%02x", entry->alert.event.bytes[i]);
    buffer_put(text, "\",\"class\":");
    buffer_json(text, line->what == ALERT_WHAT_COMPLAINT
                          ? trace_class_name(entry->alert.class)
                          : NULL);
    answer_json(text, &entry->alert, rulebook);
    name_json(text, &entry->key);
    buffer_put(text, "}");
}

void
alert_lines_json(const struct alert_lines *lines, size_t offset, size_t limit,
                 const struct directory *directory,
                 const struct rulebook *rulebook, int64_t now_ms,
                 struct buffer *text)
{
    size_t from = offset < lines->count ? offset : lines->count;
    size_t left = lines->count - from;
    size_t until = from + (left < limit ? left : limit);

    buffer_format(text,
                  "\"counts\":{\"late\":%zu,\"near\":%zu,\"open\":%zu},"
                  "\"alerts\":[",
                  lines->counts[ALERT_LATE], lines->counts[ALERT_NEAR],
                  lines->counts[ALERT_OPEN]);
    for (size_t i = from; i < until; i++) {
        buffer_put(text, i > from ? ",\n" : "\n");
        alert_line_json(&lines->lines[i], directory, rulebook, now_ms, text);
    }
    buffer_put(text, "]");
}
