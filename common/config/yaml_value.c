// SPDX-License-Identifier: Apache-2.0
#include "common/config/yaml_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/config/text.h"

// Text that was written: not an empty value, a null, a list or a mapping.
static bool
written(struct node node, const char *wanted, struct span *text, bool *plain)
{
    if (node_kind(node) == NODE_ABSENT)
        return false;
    *text = node_raw(node, plain);
    bool null = *plain && (text->length == 0 || text_is(*text, "~") ||
                           text_is(*text, "null"));
    if (node_kind(node) == NODE_SCALAR && !null)
        return true;
    node_problem(node, "must be %s", wanted);
    return false;
}

bool
node_text(struct node node, char *out, size_t capacity)
{
    struct span text;
    bool plain;

    if (!written(node, "text", &text, &plain))
        return false;
    if (text.length > 0 && text.length < capacity && text_is_clean(text))
        return text_copy(text, out, capacity);
    node_problem(node, "must be one line of 1 to %zu bytes", capacity - 1);
    return false;
}

bool
node_id(struct node node, char *out, size_t capacity)
{
    struct span text;
    bool plain;

    if (!written(node, "an id", &text, &plain))
        return false;
    if (text_is_id(text, capacity - 1))
        return text_copy(text, out, capacity);
    node_problem(node,
                 "must be 1 to %zu letters, digits, '_', '-' or '.', "
                 "not digits alone",
                 capacity - 1);
    return false;
}

bool
node_whole(struct node node, int64_t min, int64_t max, int64_t *out)
{
    struct span text;
    bool plain;
    int64_t value;

    if (!written(node, "a whole number", &text, &plain))
        return false;
    if (!plain || !text_whole(text, &value)) {
        node_problem(node, "must be a whole number, unquoted, such as 30");
        return false;
    }
    if (value < min || value > max) {
        node_problem(node, "must be from %" PRId64 " to %" PRId64, min, max);
        return false;
    }
    *out = value;
    return true;
}

// Digits, and as many zeros behind them as make six places.
static bool
read_decimals(struct span text, int64_t *micro)
{
    enum { PLACES = 6 };

    *micro = 0;
    if (text.length == 0 || text.length > PLACES)
        return false;
    for (uint32_t i = 0; i < PLACES; i++) {
        uint8_t digit = i < text.length ? text.data[i] : '0';
        if (digit < '0' || digit > '9')
            return false;
        *micro = *micro * 10 + digit - '0';
    }
    return true;
}

static bool
read_micro(struct span text, int64_t *out)
{
    const uint8_t *dot =
        text.length ? memchr(text.data, '.', text.length) : NULL;
    bool negative = text.length > 0 && text.data[0] == '-';
    struct span whole = text;
    int64_t part = 0;

    if (dot) {
        uint32_t before = (uint32_t)(dot - text.data);
        whole.length = before;
        if (!read_decimals(span_of(dot + 1, text.length - before - 1), &part))
            return false;
    }
    return text_whole(whole, out) &&
           !__builtin_mul_overflow(*out, 1000000, out) &&
           !__builtin_add_overflow(*out, negative ? -part : part, out);
}

bool
node_micro(struct node node, int64_t min, int64_t max, int64_t *out)
{
    struct span text;
    bool plain;
    int64_t value;

    if (!written(node, "a number", &text, &plain))
        return false;
    if (!plain || !read_micro(text, &value) || value < min || value > max) {
        node_problem(node,
                     "must be a number from %" PRId64 " to %" PRId64
                     " with at most six decimals, unquoted, such as 75 or "
                     "82.5",
                     min / 1000000, max / 1000000);
        return false;
    }
    *out = value;
    return true;
}

bool
node_bool(struct node node, bool *out)
{
    struct span text;
    bool plain;

    if (!written(node, "true or false", &text, &plain))
        return false;
    if (plain && (text_is(text, "true") || text_is(text, "false"))) {
        *out = text_is(text, "true");
        return true;
    }
    node_problem(node, "must be true or false");
    return false;
}

bool
node_duration(struct node node, int64_t max_ms, int64_t *out)
{
    static const char wanted[] = "a duration such as 30min, 24h or 15d";
    struct span text;
    bool plain;
    int64_t value;

    if (!written(node, wanted, &text, &plain))
        return false;
    if (!when_duration(text, &value)) {
        node_problem(node, "must be %s", wanted);
        return false;
    }
    if (value > max_ms) {
        node_problem(node, "must be at most %" PRId64 " days",
                     max_ms / 86400000);
        return false;
    }
    *out = value;
    return true;
}

// Splits "64MiB" into digits and the power of 1024.
static bool
read_size(struct span text, uint64_t *out)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    uint32_t shift = 0;
    int64_t value;

    for (size_t i = 0; i < 4 && text.length > 3; i++) {
        struct span unit = span_of(text.data + text.length - 3, 3);
        if (text_is(unit, units[i])) {
            shift = (uint32_t)(i + 1) * 10;
            text.length -= 3;
            break;
        }
    }
    if (!text_whole(text, &value) || value < 0 || value > INT64_MAX >> shift)
        return false;
    *out = (uint64_t)value << shift;
    return true;
}

bool
node_size(struct node node, uint64_t min, uint64_t max, uint64_t *out)
{
    static const char wanted[] = "bytes, such as 1048576, 64MiB or 1TiB";
    struct span text;
    bool plain;
    uint64_t value;

    if (!written(node, wanted, &text, &plain))
        return false;
    if (!plain || !read_size(text, &value)) {
        node_problem(node, "must be %s", wanted);
        return false;
    }
    if (value < min || value > max) {
        node_problem(node, "must be from %" PRIu64 " to %" PRIu64 " bytes", min,
                     max);
        return false;
    }
    *out = value;
    return true;
}

static void
list_words(const char *const *words, size_t count, char *out, size_t capacity)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count && used + 1 < capacity; i++) {
        int wrote = snprintf(out + used, capacity - used, "%s%s", i ? ", " : "",
                             words[i]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

bool
node_choice(struct node node, const char *const *words, size_t count,
            size_t *out)
{
    char list[PROBLEM_TEXT_MAX / 2];
    struct span text;
    bool plain;

    list_words(words, count, list, sizeof list);
    if (node_kind(node) == NODE_ABSENT)
        return false;
    text = node_raw(node, &plain);
    for (size_t i = 0; i < count; i++) {
        if (node_kind(node) == NODE_SCALAR && text_is(text, words[i])) {
            *out = i;
            return true;
        }
    }
    node_problem(node, "must be one of: %s", list);
    return false;
}
