// SPDX-License-Identifier: Apache-2.0
#include "common/config/dealers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config/csv.h"
#include "common/config/dealers_make.h"
#include "common/config/programme.h"
#include "common/config/text.h"
#include "common/config/when.h"

enum {
    FILE_BYTES_MAX = 128 * 1024 * 1024,
    ROWS_MAX = 1000000,
    CELLS_MAX = 64,
};

static const int64_t day_ms = DAY_MS;

static const char *const column_names[] = {
#define X(column, name) name,
    COLUMN_MAP(X)
#undef X
};

struct reading {
    struct csv csv;
    const char *file;
    struct problems *problems;
    struct pool pool; // texts, gone when the directory is made
    size_t column_count;
    size_t places[COLUMN_COUNT]; // SIZE_MAX: not there
    struct entry *entries;
    size_t count, capacity;
    bool bad;
};

__attribute__((format(printf, 4, 5))) static void
report(struct reading *reading, unsigned line, size_t cell, const char *format,
       ...)
{
    char key[64] = "", text[PROBLEM_TEXT_MAX];
    va_list arguments;

    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (reading->places[i] == cell && cell != SIZE_MAX)
            (void)snprintf(key, sizeof key, "column %zu (%s)", cell + 1,
                           column_names[i]);
    if (key[0] == '\0' && cell != SIZE_MAX)
        (void)snprintf(key, sizeof key, "column %zu", cell + 1);
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problem_add(reading->problems, reading->file, line, key, "%s", text);
    reading->bad = true;
}

static void
place_column(struct reading *reading, struct span name, size_t cell)
{
    char text[64];

    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (!text_is(name, column_names[i]))
            continue;
        if (reading->places[i] != SIZE_MAX)
            report(reading, reading->csv.line, cell, "%s is there twice",
                   column_names[i]);
        reading->places[i] = cell;
        return;
    }
    (void)snprintf(text, sizeof text, "%.*s", (int)name.length,
                   (const char *)name.data);
    report(reading, reading->csv.line, cell,
           "%s is not known here; known: id, name, region, brand, size, "
           "group, status, from",
           text);
}

static enum status
read_header(struct reading *reading)
{
    struct span cells[CELLS_MAX];
    enum status status =
        csv_next(&reading->csv, cells, CELLS_MAX, &reading->column_count);

    for (size_t i = 0; i < COLUMN_COUNT; i++)
        reading->places[i] = SIZE_MAX;
    if (status != STATUS_OK) {
        report(reading, 1, SIZE_MAX, "%s",
               status == STATUS_AGAIN
                   ? "is empty; the first line names the columns"
                   : "the first line must name the columns: "
                     "id,name,region,brand,size,group,status,from");
        return STATUS_MALFORMED;
    }
    for (size_t i = 0; i < reading->column_count; i++)
        place_column(reading, cells[i], i);
    if (reading->places[COLUMN_ID] == SIZE_MAX)
        report(reading, reading->csv.line, SIZE_MAX, "%s",
               "the column id is missing");
    return reading->bad ? STATUS_MALFORMED : STATUS_OK;
}

static void
check_cell(struct reading *reading, enum column column, struct span cell)
{
    size_t place = reading->places[column];
    unsigned line = reading->csv.line;

    if (column == COLUMN_ID) {
        if (!text_is_word(cell, DEALER_ID_MAX))
            report(reading, line, place, "%s",
                   "must be 1 to 32 printable ASCII characters, no spaces");
        else if (text_is(cell, "HQ"))
            report(reading, line, place, "%s",
                   "HQ is reserved for headquarters");
        return;
    }
    if (!text_is_clean(cell))
        report(reading, line, place, "%s",
               "must be UTF-8 without control characters");
    if (column == COLUMN_NAME && cell.length > DEALER_NAME_MAX)
        report(reading, line, place, "must be at most %d bytes",
               DEALER_NAME_MAX);
    if (column != COLUMN_NAME && cell.length > DEALER_TAG_MAX)
        report(reading, line, place, "%s", "must be at most 32 bytes");
}

// A plain date is midnight UTC; an instant may say its own offset.
static int64_t
read_from(struct reading *reading, struct span cell)
{
    struct civil date;
    int64_t at = INT64_MIN;

    if (cell.length == 0)
        return at;
    if (when_date(cell, &date))
        return days_from_civil(date) * day_ms;
    if (!when_read(cell, "iso", 0, &at))
        report(reading, reading->csv.line, reading->places[COLUMN_FROM], "%s",
               "must be a date such as 2026-01-01, or empty for always");
    return at;
}

static struct entry *
new_entry(struct reading *reading)
{
    if (reading->count == reading->capacity) {
        size_t capacity = reading->capacity ? reading->capacity * 2 : 1024;
        struct entry *larger =
            realloc(reading->entries, capacity * sizeof *larger);
        if (!larger)
            return NULL;
        reading->entries = larger;
        reading->capacity = capacity;
    }
    return &reading->entries[reading->count];
}

static enum status
add_row(struct reading *reading, const struct span *cells, size_t count)
{
    struct entry *entry = new_entry(reading);

    if (!entry)
        return STATUS_SYSTEM;
    if (count != reading->column_count) {
        report(reading, reading->csv.line, count, "%s",
               "the row has fewer cells than the header");
        return STATUS_OK;
    }
    *entry = (struct entry){.from = INT64_MIN,
                            .place = (uint32_t)reading->count,
                            .line = reading->csv.line};
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        size_t place = reading->places[i];
        entry->texts[i] = "";
        if (place == SIZE_MAX)
            continue;
        check_cell(reading, (enum column)i, cells[place]);
        if (i == COLUMN_FROM)
            entry->from = read_from(reading, cells[place]);
        else
            entry->texts[i] = pool_text(&reading->pool, cells[place]);
        if (!entry->texts[i])
            return STATUS_SYSTEM;
    }
    reading->count++;
    return STATUS_OK;
}

static enum status
read_rows(struct reading *reading)
{
    for (;;) {
        struct span cells[CELLS_MAX];
        size_t count;
        enum status status =
            csv_next(&reading->csv, cells, reading->column_count, &count);
        if (status == STATUS_AGAIN)
            break;
        if (status == STATUS_MALFORMED) {
            report(reading, reading->csv.line, reading->csv.column - 1, "%s",
                   reading->csv.problem);
            status = STATUS_OK;
        } else if (status == STATUS_OK) {
            status = add_row(reading, cells, count);
        }
        if (status != STATUS_OK)
            return status;
        if (reading->problems->count > PROBLEMS_MAX)
            return STATUS_MALFORMED; // nobody reads more of them
        if (reading->count > ROWS_MAX) {
            report(reading, reading->csv.line, SIZE_MAX, "%s",
                   "more than 1,000,000 rows");
            return STATUS_MALFORMED;
        }
    }
    if (!reading->bad && reading->count == 0)
        report(reading, 0, SIZE_MAX, "%s", "lists no dealer");
    return reading->bad ? STATUS_MALFORMED : STATUS_OK;
}

enum status
dealers_read(struct span text, const char *file, struct directory **out,
             struct problems *problems)
{
    struct reading reading = {.file = file, .problems = problems};

    csv_init(&reading.csv, text, ',');
    enum status status = read_header(&reading);
    if (status == STATUS_OK)
        status = read_rows(&reading);
    if (status == STATUS_OK)
        status =
            dealers_make(reading.entries, reading.count, file, out, problems);
    csv_fini(&reading.csv);
    pool_fini(&reading.pool);
    free(reading.entries);
    return status;
}

enum status
dealers_load(const char *path, struct directory **out,
             struct problems *problems)
{
    char *data;
    size_t length;
    enum status status =
        file_take(path, FILE_BYTES_MAX, &data, &length, problems);

    if (status != STATUS_OK)
        return status;
    status = dealers_read(span_of(data, length), path, out, problems);
    free(data);
    return status;
}
