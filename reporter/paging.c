// SPDX-License-Identifier: Apache-2.0
#include "reporter/paging.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT_MAX = 100000, OFFSET_MAX = 1000000000, DIGITS_MAX = 10 };

// read_number reads a whole number of at most `most`.
static bool
read_number(const char *text, size_t most, size_t *number)
{
    size_t length = strlen(text);

    if (length > DIGITS_MAX || strspn(text, "0123456789") != length)
        return false;
    *number = strtoul(text, NULL, 10);
    return *number <= most;
}

const char *
paging_read(struct paging *paging, const struct target *target)
{
    const char *limit = target_param(target, "limit");
    const char *offset = target_param(target, "offset");

    *paging = (struct paging){.limit = SIZE_MAX};
    paging->find = target_param(target, "find");
    paging->is_wanted = limit || offset || paging->find;
    if (limit &&
        (!read_number(limit, LIMIT_MAX, &paging->limit) || paging->limit == 0))
        return "limit is a number from 1 to 100000";
    if (offset && !read_number(offset, OFFSET_MAX, &paging->offset))
        return "offset is a number from 0 to 1000000000";
    return NULL;
}

static void
note_row(struct page_facts *facts, const struct rank_row *row)
{
    int64_t value = row->kpi.value_micro;

    facts->ranked += row->rank > 0;
    if (!row->kpi.has_value)
        return;
    if (!facts->has_values || value < facts->low_micro)
        facts->low_micro = value;
    if (!facts->has_values || value > facts->high_micro)
        facts->high_micro = value;
    facts->has_values = true;
}

// matches compares without regard to ASCII case.
static bool
matches(const char *find, const struct rank_row *row)
{
    return !find || strcasestr(row->dealer, find) ||
           strcasestr(row->name, find);
}

void
paging_cut(const struct paging *paging, struct ranking *ranking,
           struct page_facts *facts)
{
    size_t kept = 0;

    *facts = (struct page_facts){.offset = paging->offset,
                                 .dealers = ranking->row_count};
    for (size_t i = 0; i < ranking->row_count; i++) {
        const struct rank_row *row = &ranking->rows[i];
        note_row(facts, row);
        if (!matches(paging->find, row))
            continue;
        if (facts->found >= paging->offset && kept < paging->limit)
            ranking->rows[kept++] = *row;
        facts->found += 1;
    }
    ranking->row_count = kept;
}

static void
value_json(struct buffer *text, const char *key, bool has_value, int64_t micro)
{
    char value[KPI_TEXT_MAX];

    if (has_value)
        kpi_text(micro, value);
    buffer_format(text, ",\"%s\":", key);
    buffer_json(text, has_value ? value : NULL);
}

void
paging_json(const struct page_facts *facts, struct buffer *text)
{
    buffer_format(text,
                  "\"page\":{\"offset\":%zu,\"found\":%zu,\"dealers\":%zu,"
                  "\"ranked\":%zu",
                  facts->offset, facts->found, facts->dealers, facts->ranked);
    value_json(text, "low", facts->has_values, facts->low_micro);
    value_json(text, "high", facts->has_values, facts->high_micro);
    buffer_put(text, "}");
}
