// SPDX-License-Identifier: Apache-2.0
//
// import_table: a file, a map, and what comes of them.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "common/crypto/digest.h"
#include "common/wire/event_code.h"
#include "terminal/mapper.h"
#include "terminal/rows.h"
#include "tests/support/temp_dir.h"

struct table {
    char folder[TEMP_DIR_MAX];
    char path[TEMP_DIR_MAX + 32];
    struct problems problems;
    struct import_map *map;
    struct rows *rows;
    struct mapper *mapper;
    struct row row;
    struct fault fault;
    const struct mapped_event *events;
    size_t count;
};

static const char survey_map[] =
    "map: shop\n"
    "key: {column: id}\n"
    "events:\n"
    "  - type: SURVEY_RESPONSE\n"
    "    dealer: {column: shop}\n"
    "    occurred_at: {date: {column: day}, format: YYYY-MM-DD}\n"
    "    visit: {column: visit}\n"
    "    questionnaire: q\n"
    "    questionnaire_version: 1\n"
    "    answers:\n"
    "      - {item: 1, column: a}\n"
    "      - {item: 2, column: b}\n";

static inline int
open_table(void **state)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table || crypto_start() != STATUS_OK ||
        temp_dir_make(table->folder) != 0)
        return -1;
    *state = table;
    return 0;
}

static inline void
close_parts(struct table *table)
{
    mapper_close(table->mapper);
    rows_close(table->rows);
    map_free(table->map);
    table->mapper = NULL;
    table->rows = NULL;
    table->map = NULL;
}

static inline int
close_table(void **state)
{
    struct table *table = *state;

    close_parts(table);
    int removed = temp_dir_remove(table->folder);
    free(table);
    return removed;
}

static inline enum status
try_load(struct table *table, const char *map, const char *name,
         const char *bytes, size_t length)
{
    snprintf(table->path, sizeof table->path, "%s/%s", table->folder, name);
    FILE *file = fopen(table->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
    close_parts(table);
    enum status status =
        map_read(span_text(map), "map.yaml", &table->map, &table->problems);
    if (status != STATUS_OK)
        problems_print(&table->problems);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(mapper_open(&table->mapper, table->map), STATUS_OK);
    return rows_open(&table->rows, table->path, table->map, &table->fault);
}

static inline void
load_as(struct table *table, const char *map, const char *name,
        const char *text)
{
    assert_int_equal(try_load(table, map, name, text, strlen(text)), STATUS_OK);
}

static inline void
load(struct table *table, const char *text)
{
    load_as(table, survey_map, "file.csv", text);
}

static inline enum status
next(struct table *table)
{
    return rows_next(table->rows, &table->row, &table->fault);
}

// expect_row: the next row is fine and gives `count` events.
static inline void
expect_row(struct table *table, size_t count)
{
    assert_int_equal(next(table), STATUS_OK);
    if (!mapper_row(table->mapper, &table->row, &table->events, &table->count,
                    &table->fault))
        fail_msg("%s: %s", table->fault.column, table->fault.text);
    assert_int_equal(table->count, count);
}

static inline void
expect_fault(struct table *table, enum code code, const char *column)
{
    assert_int_equal(next(table), STATUS_OK);
    assert_false(mapper_row(table->mapper, &table->row, &table->events,
                            &table->count, &table->fault));
    assert_int_equal(table->fault.code, code);
    assert_string_equal(table->fault.column, column);
    assert_true(table->fault.text[0] != '\0');
}

static inline void
expect_broken(struct table *table, unsigned line, const char *column)
{
    assert_int_equal(next(table), STATUS_MALFORMED);
    assert_int_equal(table->row.line, line);
    assert_int_equal(table->fault.code, CODE_MALFORMED);
    assert_string_equal(table->fault.column, column);
}

static inline struct event
event_at(const struct table *table, size_t index)
{
    struct event event;
    struct outcome outcome = event_read(table->events[index].body, &event);

    assert_int_equal(outcome.code, CODE_NONE);
    return event;
}

#define WITH_TABLE(f)                                                          \
    cmocka_unit_test_setup_teardown(f, open_table, close_table)
