// SPDX-License-Identifier: Apache-2.0
//
// The small readers of texts: the first byte chooses, the rest is the text.
#include <inttypes.h>

#include "client/buffer.h"
#include "common/config/config.h"
#include "common/config/endpoint.h"
#include "common/config/map.h"
#include "common/config/text.h"
#include "common/config/when.h"
#include "common/domain/directory.h"
#include "common/domain/tally.h"
#include "common/wire/event_code.h"
#include "common/wire/text.h"
#include "reporter/address.h"
#include "reporter/site.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/samples.h"

enum { DAYS_MOST = 400000 };

// Three readers of UTF-8 must be of one mind.
static void
try_utf8(struct span text, const char *copy)
{
    bool whole = true, control = false;
    struct buffer json = {0};

    for (uint32_t i = 0; whole && i < text.length;) {
        size_t step = text_step(span_of(text.data + i, text.length - i));
        whole = step > 0;
        control |= step == 1 && text.data[i] == 0;
        i += (uint32_t)step;
    }
    must(utf8_valid(text) == (whole && !control),
         "wire and config agree on UTF-8");
    must(!text_is_clean(text) || utf8_valid(text), "clean text is UTF-8");
    buffer_json(&json, copy);
    must(!json.failed && utf8_valid(span_of(json.data, json.used)),
         "what JSON is made of is UTF-8");
    must((strstr(json.data, "\xef\xbf\xbd") != NULL) ==
             (strstr(copy, "\xef\xbf\xbd") != NULL ||
              !utf8_valid(span_text(copy))),
         "JSON and wire agree on UTF-8");
    buffer_fini(&json);
    char *cleaned = strdup(copy);
    must(cleaned, "there is memory");
    text_make_clean(cleaned);
    must(text_is_clean(span_text(cleaned)), "cleaned text is clean");
    free(cleaned);
}

static void
try_whole(struct span text)
{
    char again[32];
    int64_t value, twice;

    if (!text_whole(text, &value))
        return;
    snprintf(again, sizeof again, "%" PRId64, value);
    must(text_whole(span_text(again), &twice) && twice == value,
         "a number reads as it is written");
}

static void
try_instants(struct span text)
{
    struct civil date;
    int32_t offset;
    int64_t ms;

    if (when_date(text, &date)) {
        struct civil again = civil_from_days(days_from_civil(date));
        must(again.year == date.year && again.month == date.month &&
                 again.day == date.day,
             "a date is a day");
    }
    if (when_offset(text, &offset))
        must(offset >= -18 * 3600 && offset <= 18 * 3600, "an offset is small");
    if (when_duration(text, &ms))
        must(ms >= 0 && ms <= DAYS_MOST * (int64_t)DAY_MS,
             "a duration is bounded");
    if (when_read(text, "iso", 3600, &ms) || when_read(text, "s", 0, &ms) ||
        when_read(text, "ms", 0, &ms)) {
        const struct zone *zone = &samples_rulebook()->zone;
        uint32_t month = month_of(zone, ms);
        if (month != MONTH_NONE)
            must(month_start(zone, month) <= ms &&
                     month_start(zone, month + 1) > ms,
                 "an instant lies in its month");
        (void)when_local(zone, ms);
    }
}

// The text is a format and a text to read with it, in two lines.
static void
try_format(const char *copy)
{
    const char *end = strchr(copy, '\n');
    char format[64];
    int64_t ms;

    if (!end || (size_t)(end - copy) >= sizeof format)
        return;
    memcpy(format, copy, (size_t)(end - copy));
    format[end - copy] = '\0';
    if (when_format_valid(format) &&
        when_read(span_text(end + 1), format, -3600, &ms))
        must(ms >= -8000001 * (int64_t)DAY_MS &&
                 ms <= 8000001 * (int64_t)DAY_MS,
             "an instant is bounded");
}

static void
try_period(const char *copy)
{
    uint32_t first, last, again_first, again_last;
    char name[PERIOD_TEXT_MAX];

    if (!period_window(copy, &first, &last))
        return;
    must(first >= 12 && first <= last && last < 10000 * 12,
         "a period is within the calendar");
    month_name(first, name);
    must(period_window(name, &again_first, &again_last) &&
             again_first == first && again_last == first,
         "a month reads as it is written");
}

static void
try_endpoint(const char *copy)
{
    struct address address;

    if (endpoint_valid(copy)) {
        must(text_is_name(span_text(copy)), "an endpoint is a name");
        (void)endpoint_is_local(copy);
    }
    must(!endpoint_http_valid(copy) || address_split(&address, copy),
         "what the configuration takes, the server takes");
    bool loose = host_allowed(copy, "name", true);
    must(loose || !host_allowed(copy, "name", false),
         "every address allows more than some");
}

static void
try_names(struct span text, const char *copy)
{
    char slug[DEALER_ID_MAX + 1];
    int64_t number;

    map_slug(text, slug);
    must(text_is_word(span_text(slug), DEALER_ID_MAX), "a slug is an id");
    for (int field = 0; field < MAP_FIELD_COUNT; field++)
        for (int type = 0; type < EVENT_VOID; type++)
            (void)map_field_number((enum map_field)field, (enum event_type)type,
                                   copy, &number);
    (void)count_by_name(copy);
    if (scope_valid(copy))
        (void)dealer_in_scope(samples_directory()->dealers[0].rows, copy);
    if (text_is_id(text, 32))
        must(text_is_name(text), "an id is a name");
}

static void
try_csv_cell(const char *copy)
{
    struct buffer cell = {0};

    buffer_csv(&cell, copy);
    must(!cell.failed && (cell.used == 0 || !strchr("=+-@", cell.data[0])),
         "no cell is a formula");
    buffer_fini(&cell);
    buffer_plain(&cell, copy);
    for (size_t i = 0; i < cell.used; i++)
        must((uint8_t)cell.data[i] >= 0x20 && cell.data[i] != 0x7f,
             "no control reaches a screen");
    buffer_fini(&cell);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span text = span_of(data + 1, size - 1);
    char *copy = malloc(size); // as a C string: up to the first NUL
    must(copy, "there is memory");
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    switch (data[0] % 8) {
    case 0:
        try_utf8(text, copy);
        break;
    case 1:
        try_whole(text);
        break;
    case 2:
        try_instants(text);
        break;
    case 3:
        try_format(copy);
        break;
    case 4:
        try_period(copy);
        break;
    case 5:
        try_endpoint(copy);
        break;
    case 6:
        try_names(text, copy);
        break;
    case 7:
        try_csv_cell(copy);
        break;
    }
    free(copy);
    return 0;
}
